//! The records of a file of preferences, line by line as apt reads them.
//!
//! They look like other control data, with comments: a line that begins with `#` is none, wherever it stands. A line of
//! blanks goes on with the record, an empty one ends it.

use crate::error::{Error, Kind, Result};

/// A field and the line of its name, counted from 1.
#[derive(Clone, Debug)]
pub(super) struct Field {
    name: String,
    pub(super) value: String,
    pub(super) line: u64,
}

/// The fields of a record, and the line of the first.
#[derive(Debug)]
pub(super) struct Fields {
    pub(super) line: u64,
    fields: Vec<Field>,
}

impl Fields {
    /// The last field of a name.
    pub(super) fn get(&self, name: &str) -> Option<Field> {
        let found = self.fields.iter().rfind(|field| field.name.eq_ignore_ascii_case(name))?;
        Some(Field { value: found.value.trim_ascii().to_owned(), ..found.clone() })
    }
}

/// Gives one record after the other.
pub(super) struct Reader<'a> {
    lines: std::iter::Enumerate<std::str::Split<'a, char>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { lines: text.split('\n').enumerate() }
    }
}

impl Iterator for Reader<'_> {
    type Item = Result<Fields>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut fields: Vec<Field> = Vec::new();
        for (index, line) in self.lines.by_ref() {
            let number = index as u64 + 1;
            let line = line.trim_end_matches('\r');
            if line.is_empty() {
                if fields.is_empty() {
                    continue;
                }
                break;
            }
            if line.starts_with('#') {
                continue;
            }
            if line.starts_with([' ', '\t']) {
                // What goes on with nothing says nothing.
                if let Some(open) = fields.last_mut() {
                    open.value.push('\n');
                    open.value.push_str(line);
                }
                continue;
            }
            let Some((name, value)) = line.split_once(':') else {
                return Some(Err(Error::new(Kind::Malformed, format!("{line:?} has no colon"))
                    .line(number)
                    .help("begin a comment with `#`, or write a field as `Name: value`")));
            };
            fields.push(Field { name: name.trim_ascii().to_owned(), value: value.to_owned(), line: number });
        }
        let line = fields.first()?.line;
        Some(Ok(Fields { line, fields }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packages(text: &str) -> Vec<(String, u64)> {
        let read =
            Reader::new(text).map(|record| record.unwrap().get("package").map(|field| (field.value, field.line)));
        read.map(Option::unwrap_or_default).collect()
    }

    #[test]
    fn records_end_where_apt_ends_them() {
        for (text, found) in [
            ("", &[][..]),
            ("# c\n\n#", &[]),
            ("   \n", &[]),
            ("\n\nPackage: b\n", &[("b", 3)]),
            ("# c\nPackage: b\n#\n bb\n", &[("b\n bb", 2)]),
            ("Package: b\r\n\r\nPackage : a", &[("b", 1), ("a", 3)]),
            ("Package: b\n \nPackage: a\n", &[("a", 3)]),
            ("Package: b\n#\nPackage: a\n", &[("a", 3)]),
            ("Foo: x\n\nPACKAGE:b\n", &[("", 0), ("b", 3)]),
        ] {
            let found: Vec<_> = found.iter().map(|(name, line)| ((*name).to_owned(), *line)).collect();
            assert_eq!(packages(text), found, "{text:?}");
        }
    }
}
