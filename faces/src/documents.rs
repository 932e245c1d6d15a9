//! The tables of `docs/JSON.md`.

use std::collections::BTreeMap;

use crate::kind::Kind;

/// The tables by heading: `mirror add`, `Difference`, `Config apt`.
pub struct Documents(BTreeMap<String, Vec<Field>>);

/// A row of a table.
#[derive(Clone, Debug)]
pub struct Field {
    /// The field's name.
    pub name: String,
    /// Its type.
    pub kind: Kind,
    /// Whether it is left out where it has no value.
    pub optional: bool,
    /// What it means; may be empty.
    pub meaning: String,
}

impl Documents {
    /// Reads the page.
    ///
    /// # Panics
    /// Where two tables have one name.
    pub fn read() -> Self {
        let text = std::fs::read_to_string(crate::root().join("docs/JSON.md")).expect("docs/JSON.md");
        let mut tables = BTreeMap::new();
        for section in text.split("\n### ").skip(1) {
            let (heading, body) = section.split_once('\n').expect("a heading ends");
            let body = body.split("\n## ").next().expect("the first of a split");
            let rows = body.lines().skip_while(|line| !line.starts_with("| field"));
            let fields: Vec<Field> = rows.take_while(|line| line.starts_with('|')).filter_map(field).collect();
            if !fields.is_empty() {
                for name in heading.replace('`', "").split(", ") {
                    let double = tables.insert(name.to_owned(), fields.clone());
                    assert!(double.is_none(), "{name} is told twice");
                }
            }
        }
        Self(tables)
    }

    /// The fields of a document.
    pub fn fields(&self, name: &str) -> Option<&[Field]> {
        self.0.get(name).map(Vec::as_slice)
    }

    /// All documents by name.
    pub fn all(&self) -> impl Iterator<Item = (&str, &[Field])> {
        self.0.iter().map(|(name, fields)| (name.as_str(), fields.as_slice()))
    }

    /// The documents that a tagged type can be: its words, and the fields of each.
    pub fn variants(&self, name: &str) -> Vec<(&str, &[Field])> {
        let word = |heading: &'_ str| heading.strip_prefix(name).and_then(|rest| rest.strip_prefix(' ')).is_some();
        self.all()
            .filter(|(heading, _)| word(heading))
            .map(|(heading, fields)| (&heading[name.len() + 1..], fields))
            .collect()
    }
}

/// A row: `` | `name` | kind, optional | meaning | ``.
fn field(line: &str) -> Option<Field> {
    let mut cells = line.strip_prefix("| `")?.split(" | ");
    let name = cells.next()?.trim_end_matches('`').to_owned();
    let kind = cells.next()?.trim_end_matches([' ', '|']).replace('`', "");
    let (kind, optional) = match kind.strip_suffix(", optional") {
        Some(kind) => (kind, true),
        None => (kind.as_str(), false),
    };
    let meaning = cells.next().unwrap_or_default().trim_end_matches([' ', '|']).to_owned();
    Some(Field { name, kind: Kind::parse(kind), optional, meaning })
}
