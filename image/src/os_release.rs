//! `os-release` (os-release(5)): what distribution it is.

use reposnap::Result;

use crate::files::Files;
use crate::inventory::Os;
use crate::layer::interest::Rule;

/// The distribution of a root; none where neither file is there.
pub(crate) fn read(files: &dyn Files) -> Result<Option<Os>> {
    for path in ["etc/os-release", "usr/lib/os-release"] {
        if let Some(found) = files.read(path.as_bytes(), Rule::Text)? {
            return Ok(Some(parse(&String::from_utf8_lossy(&found.bytes))));
        }
    }
    Ok(None)
}

/// Parses the file; lines that are no assignments are passed over, as a shell's comments are. The last of two counts.
fn parse(text: &str) -> Os {
    let mut os = Os { id: "linux".to_owned(), ..Os::default() };
    for line in text.lines().take(1_000) {
        let Some((key, value)) = line.trim().split_once('=') else { continue };
        let value = unquote(value);
        let filled = (!value.is_empty()).then(|| value.clone());
        match key {
            "ID" if !value.is_empty() => os.id = value,
            "ID_LIKE" => os.like = value.split_ascii_whitespace().map(str::to_owned).collect(),
            "VERSION_ID" => os.version = filled,
            "VERSION_CODENAME" => os.codename = filled,
            "PRETTY_NAME" => os.name = filled,
            _ => {}
        }
    }
    os
}

/// A value as a shell reads it, as far as the format allows: quotes, and backslashes before what would mean something.
fn unquote(value: &str) -> String {
    let value = value.trim();
    let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''));
    let inner = match quote {
        Some(quote) => value[1..].strip_suffix(quote).unwrap_or(&value[1..]),
        None => value,
    };
    if quote == Some('\'') {
        return inner.to_owned();
    }
    let mut plain = String::with_capacity(inner.len());
    let mut characters = inner.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, characters.peek()) {
            ('\\', Some('$' | '"' | '\'' | '\\' | '`')) => plain.extend(characters.next()),
            _ => plain.push(character),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_defaults() {
        let os = parse(
            "PRETTY_NAME=\"Debian \\\"x\\\" \\$1\"\n# ID=no\nNAME=x\nVERSION_ID='12'\nVERSION_CODENAME=bookworm\nID=debian\nID_LIKE=\"a b\"\n",
        );
        assert_eq!(os.name.as_deref(), Some("Debian \"x\" $1"));
        assert_eq!(
            (os.id.as_str(), os.version.as_deref(), os.codename.as_deref()),
            ("debian", Some("12"), Some("bookworm"))
        );
        assert_eq!(os.like, ["a", "b"]);
        assert_eq!(parse("rubbish\n=\nID=\n").id, "linux");
    }
}
