//! Lists of files: where they are, and what they must be.

use std::fmt::Write as _;

use super::{Lock, Locked, Options};
use crate::error::{Error, Kind, Result};

/// The name that apt keeps a file under: with the epoch, so that no two are the same.
fn file_name(package: &Locked) -> String {
    let part = |text: &str| text.replace('_', "%5f").replace(':', "%3a");
    format!("{}_{}_{}.deb", part(&package.name), part(&package.version), part(&package.architecture))
}

/// A path in a URL. apt encodes `+` and `~` too: there are servers that take a plus for a blank.
pub(super) fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => out.push(char::from(byte)),
            b'-' | b'.' | b'_' | b'/' | b':' | b'=' | b',' | b'@' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02x}")),
        }
    }
    out
}

fn each(lock: &Lock, options: &Options, write: impl Fn(&mut String, &Locked, &str)) -> Result<String> {
    let mut text = String::new();
    for package in lock.packages() {
        let url = options.url(package).ok_or_else(|| {
            Error::new(Kind::Usage, "a list of URLs needs the URL that the files lie below").field("base")
        })?;
        write(&mut text, package, &url);
    }
    Ok(text)
}

pub(super) fn uris(lock: &Lock, options: &Options) -> Result<String> {
    each(lock, options, |text, package, url| {
        let _ = writeln!(text, "'{url}' {} {} SHA256:{}", file_name(package), package.size, package.sha256);
    })
}

pub(super) fn curl(lock: &Lock, options: &Options) -> Result<String> {
    each(lock, options, |text, package, url| {
        let _ = writeln!(text, "url = \"{url}\"\noutput = \"{}\"", file_name(package));
    })
}

pub(super) fn sha256sums(lock: &Lock) -> String {
    let line = |package: &Locked| format!("{}  {}\n", package.sha256, file_name(package));
    lock.packages().iter().map(line).collect()
}
