//! The path of a request, taken apart; whatever tries to lead elsewhere is refused.

/// A path: its parts, decoded, each a plain name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The parts, none of them empty, `.` or `..`, none with a slash or a control character.
    pub parts: Vec<String>,
    /// Whether the path ends with a slash.
    pub is_folder: bool,
}

impl Target {
    /// Takes a target apart; what follows `?` is of no account here.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn parse(target: &str) -> Result<Self, &'static str> {
        let path = target.split_once('?').map_or(target, |(path, _)| path);
        if path.contains('#') {
            return Err("a path has no fragment");
        }
        let path = path.strip_prefix('/').ok_or("the path does not begin with a slash")?;
        let (path, is_folder) = match path.strip_suffix('/') {
            Some(path) => (path, true),
            None => (path, path.is_empty()),
        };
        let parts = if path.is_empty() { Vec::new() } else { path.split('/').map(decode).collect::<Result<_, _>>()? };
        if path.is_empty() && target.starts_with("//") {
            return Err("a part of the path is empty");
        }
        Ok(Self { parts, is_folder })
    }
}

fn decode(part: &str) -> Result<String, &'static str> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(rest.next()), digit(rest.next())) else {
            return Err("a percent sign is not followed by two hexadecimal digits");
        };
        bytes.push((high * 16 + low) as u8);
    }
    let text = String::from_utf8(bytes).map_err(|_| "the path is no UTF-8")?;
    if text.is_empty() || text == "." || text == ".." {
        return Err("a part of the path is empty, `.` or `..`");
    }
    if text.chars().any(|c| c.is_control() || c == '/' || c == '\\') {
        return Err("a part of the path has a slash, a backslash or a control character");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_apart() {
        let target = Target::parse("/stable@2026-11-01T00:00Z/pool/g%2b%2B_1%3a2~3.deb?x=/../").unwrap();
        assert_eq!(target.parts, ["stable@2026-11-01T00:00Z", "pool", "g++_1:2~3.deb"]);
        assert!(!target.is_folder);
        assert_eq!(Target::parse("/").unwrap(), Target { parts: vec![], is_folder: true });
        assert!(Target::parse("/stable/").unwrap().is_folder);
    }

    #[test]
    fn tricks_are_refused() {
        for trick in [
            "/../x",
            "/a/../b",
            "/a/./b",
            "/a//b",
            "//a",
            "//",
            "/a/..",
            "/a/%2e%2e/b",
            "/a/%2E./b",
            "/a%2fb",
            "/a%5cb",
            "/a\\b",
            "/a%00b",
            "/a%0ab",
            "/a%",
            "/a%2",
            "/a%zz",
            "/a%ff",
            "/a#b",
            "/%2e",
            "/a//",
            "/a/%",
            "/a%7f",
        ] {
            assert!(Target::parse(trick).is_err(), "{trick}");
        }
    }
}
