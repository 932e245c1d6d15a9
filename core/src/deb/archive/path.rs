//! Paths inside packages.

use crate::error::{Error, Kind, Result};

/// Brings a path into its one form: relative, without `.` and empty segments; the root is empty.
pub(super) fn normalize(path: &[u8], limit: usize) -> Result<Vec<u8>> {
    let fail = |kind, why: &str| {
        let shown = String::from_utf8_lossy(&path[..path.len().min(200)]).into_owned();
        Err(Error::new(kind, format!("the path {shown:?} {why}")))
    };
    if path.len() > limit {
        return fail(Kind::Limit, &format!("is longer than {limit} bytes"));
    }
    if path.is_empty() {
        return fail(Kind::Malformed, "is empty");
    }
    if path[0] == b'/' {
        return fail(Kind::Malformed, "is absolute");
    }
    if path.contains(&0) {
        return fail(Kind::Malformed, "holds a NUL");
    }
    let mut normal = Vec::with_capacity(path.len());
    for segment in path.split(|byte| *byte == b'/') {
        match segment {
            b"" | b"." => {}
            b".." => return fail(Kind::Malformed, "leaves the package"),
            _ => {
                if !normal.is_empty() {
                    normal.push(b'/');
                }
                normal.extend_from_slice(segment);
            }
        }
    }
    Ok(normal)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn one_form() {
        for (path, normal) in
            [("./", ""), (".", ""), ("./usr/", "usr"), ("usr//bin/./x", "usr/bin/x"), ("a..b", "a..b")]
        {
            assert_eq!(normalize(path.as_bytes(), 100).unwrap(), normal.as_bytes());
        }
        for path in ["", "/", "/etc/passwd", "..", "./../x", "a/..", "a\0b"] {
            assert_eq!(normalize(path.as_bytes(), 100).unwrap_err().kind(), Kind::Malformed, "{path}");
        }
        assert_eq!(normalize(&[b'a'; 101], 100).unwrap_err().kind(), Kind::Limit);
    }
}
