//! URLs: reading, joining, and showing them without their secrets.

use url::Url;

use crate::error::{Error, Kind, Result};

/// The longest URL taken, in bytes.
pub const LONGEST_URL: usize = 8 << 10;

/// Reads the URL of a repository or file: `http`, `https`, or `file` (also as apt writes it, `file:/path`).
///
/// ```
/// # fn main() -> reposnap::Result<()> {
/// use reposnap::source::fetch;
/// let url = fetch::parse_url("https://deb.example.org/debian")?;
/// assert_eq!(url.as_str(), "https://deb.example.org/debian");
/// assert_eq!(fetch::parse_url("gopher://x").unwrap_err().kind(), reposnap::Kind::Unsupported);
/// # Ok(()) }
/// ```
pub fn parse_url(text: &str) -> Result<Url> {
    if text.len() > LONGEST_URL {
        return Err(Error::new(Kind::Limit, "the URL is too long").mismatch("at most 8 KiB", text.len().to_string()));
    }
    // A password may stand in a URL that does not parse, so the text is not repeated.
    let url = Url::parse(text).map_err(|error| {
        Error::new(Kind::Usage, format!("the URL can't be understood: {error}"))
            .help("write it as https://host/path, http://host/path or file:///path")
    })?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        "file" => match url.host_str() {
            None => Ok(url),
            Some(host) => Err(Error::new(Kind::Usage, format!("a file URL can't name the host {host}"))
                .path(redacted(&url))
                .help("write file:///path")),
        },
        other => Err(Error::new(Kind::Unsupported, format!("the URL scheme {other:?} is not supported"))
            .path(redacted(&url))
            .help("use http, https or file")),
    }
}

/// The URL of the file `path` below `base`, where `path` is the plain name that an index gives, not encoded.
///
/// Everything is percent-encoded but letters, digits and `-._~/`; also `+`, which some servers read as a space, and `%`.
/// A query of `base` is kept. A path that is absolute or has an empty, `.` or `..` part is refused, so that what is
/// fetched lies below `base`.
///
/// ```
/// # fn main() -> reposnap::Result<()> {
/// use reposnap::source::fetch;
/// let base = fetch::parse_url("http://deb.example/debian/")?;
/// assert_eq!(
///     fetch::join(&base, "pool/g++_1%3a2.deb")?.as_str(),
///     "http://deb.example/debian/pool/g%2B%2B_1%253a2.deb"
/// );
/// assert!(fetch::join(&base, "../etc/passwd").is_err());
/// # Ok(()) }
/// ```
pub fn join(base: &Url, path: &str) -> Result<Url> {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let refuse = |why: &str| {
        Err(Error::new(Kind::Malformed, format!("{path:?} can't be a path below a repository: {why}"))
            .path(redacted(base))
            .rule("unsafe-path"))
    };
    if path.len() > LONGEST_URL {
        return refuse("it is too long");
    }
    if path.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return refuse("a part is empty, '.' or '..'");
    }
    let mut encoded = String::with_capacity(base.path().len() + path.len() + 8);
    encoded.push_str(base.path().trim_end_matches('/'));
    encoded.push('/');
    for &byte in path.as_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                encoded.push(char::from(byte))
            }
            0..=31 | 127 => return refuse("it has a control character"),
            _ => {
                encoded.push('%');
                encoded.push(char::from(DIGITS[usize::from(byte >> 4)]));
                encoded.push(char::from(DIGITS[usize::from(byte & 15)]));
            }
        }
    }
    let mut url = base.clone();
    url.set_path(&encoded);
    Ok(url)
}

/// The URL as messages show it: without user, password, the values of its query, and fragment.
pub fn redacted(url: &Url) -> String {
    let mut text = String::with_capacity(url.as_str().len());
    text.push_str(url.scheme());
    text.push(':');
    if let Some(host) = url.host_str() {
        text.push_str("//");
        text.push_str(host);
        if let Some(port) = url.port() {
            text.push(':');
            text.push_str(&port.to_string());
        }
    } else if url.scheme() == "file" {
        text.push_str("//");
    }
    text.push_str(url.path());
    if url.query().is_some() {
        text.push_str("?...");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let url = parse_url("https://user:hunter2@deb.example:8443/a%20b?token=hunter2#hunter2").expect("a URL");
        assert_eq!(redacted(&url), "https://deb.example:8443/a%20b?...");
        assert!(!parse_url("https://user:hunter2@[bad/").expect_err("bad").to_string().contains("hunter2"));
        assert!(!parse_url("ftp://user:hunter2@x/").expect_err("ftp").to_string().contains("hunter2"));
        assert_eq!(redacted(&parse_url("file:/srv/repo").expect("apt's spelling")), "file:///srv/repo");
    }

    #[test]
    fn joined_paths_stay_below_the_base() {
        let base = parse_url("http://h/debian?key=1").expect("a URL");
        let join = |path| join(&base, path).map(|url| url.to_string());
        assert_eq!(join("dists/sid/InRelease").expect("fine"), "http://h/debian/dists/sid/InRelease?key=1");
        assert_eq!(join("pool/a:b c#d?e\\f@").expect("fine"), "http://h/debian/pool/a%3Ab%20c%23d%3Fe%5Cf%40?key=1");
        assert_eq!(join("pool/%2e%2e/x").expect("fine"), "http://h/debian/pool/%252e%252e/x?key=1");
        for bad in ["", "/etc/passwd", "a//b", "../x", "a/./b", "a/..", "a/", "a\nb", "a\0b"] {
            assert_eq!(join(bad).expect_err(bad).broken_rule(), Some("unsafe-path"), "{bad:?}");
        }
        let file = parse_url("file:///srv/repo/").expect("a URL");
        assert_eq!(super::join(&file, "a+b").expect("fine").to_file_path(), Ok("/srv/repo/a+b".into()));
    }

    #[test]
    fn what_is_not_a_repository_url_is_refused() {
        for (text, kind) in [
            ("", Kind::Usage),
            ("deb.example.org/debian", Kind::Usage),
            ("http://", Kind::Usage),
            ("file://host/path", Kind::Usage),
            ("cdrom:[x]/", Kind::Unsupported),
            ("tor+http://x/", Kind::Unsupported),
        ] {
            assert_eq!(parse_url(text).expect_err(text).kind(), kind, "{text}");
        }
        assert_eq!(parse_url(&format!("http://h/{}", "a".repeat(9000))).expect_err("long").kind(), Kind::Limit);
    }
}
