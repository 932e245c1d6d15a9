//! The tables of `docs/JSON.md` as a schema: what they say is what the command prints, no field more or less.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

/// The tables by heading: `mirror add`, `Difference`, `Config apt`.
pub struct Schema(BTreeMap<String, Table>);

struct Table {
    fields: Vec<Field>,
}

struct Field {
    name: String,
    kind: String,
    optional: bool,
}

impl Schema {
    /// Reads the page.
    pub fn read() -> Self {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/JSON.md");
        let text = std::fs::read_to_string(&page).expect("docs/JSON.md");
        let mut tables = BTreeMap::new();
        for section in text.split("\n### ").skip(1) {
            let (heading, body) = section.split_once('\n').expect("a heading ends");
            let body = body.split("\n## ").next().expect("the first of a split");
            let table = body.lines().skip_while(|line| !line.starts_with("| field"));
            let fields: Vec<Field> = table.take_while(|line| line.starts_with('|')).filter_map(field).collect();
            if !fields.is_empty() {
                for name in heading.replace('`', "").split(", ") {
                    let fields = fields.iter().map(Field::copy).collect();
                    let double = tables.insert(name.to_owned(), Table { fields });
                    assert!(double.is_none(), "{name} is told twice");
                }
            }
        }
        Self(tables)
    }

    /// Panics unless `value` is what the table `name` says.
    pub fn check(&self, name: &str, value: &Value) {
        let result = self.object(name, value, name);
        assert!(result.is_ok(), "docs/JSON.md says otherwise: {}\n{value:#}", result.err().unwrap_or_default());
    }

    /// Panics unless `value` is an array of what the table `name` says, and not empty.
    pub fn check_array(&self, name: &str, value: &Value) {
        let values = value.as_array().unwrap_or_else(|| panic!("not an array: {value:#}"));
        assert!(!values.is_empty(), "nothing to check");
        values.iter().for_each(|value| self.check(name, value));
    }

    fn object(&self, name: &str, value: &Value, at: &str) -> Result<(), String> {
        let table = self.0.get(name).ok_or_else(|| format!("{at}: no table {name}"))?;
        let object = value.as_object().ok_or_else(|| format!("{at}: not an object"))?;
        if let Some(other) = object.keys().find(|key| table.fields.iter().all(|field| field.name != **key)) {
            return Err(format!("{at}.{other} is not told"));
        }
        for field in &table.fields {
            let at = format!("{at}.{}", field.name);
            match object.get(&field.name) {
                Some(value) => self.value(&field.kind, value, &at)?,
                None if field.optional => {}
                None => return Err(format!("{at} is missing")),
            }
        }
        Ok(())
    }

    fn value(&self, kind: &str, value: &Value, at: &str) -> Result<(), String> {
        let wrong = || Err(format!("{at}: {value} is no {kind}"));
        if let Some(inner) = kind.strip_suffix(" or null") {
            return if value.is_null() { Ok(()) } else { self.value(inner, value, at) };
        }
        if let Some(inner) = kind.strip_prefix("array of ") {
            let Some(values) = value.as_array() else { return wrong() };
            return values.iter().try_for_each(|value| self.value(inner, value, &format!("{at}[]")));
        }
        if let Some(inner) = kind.strip_prefix("map of ") {
            let Some(values) = value.as_object() else { return wrong() };
            return values.values().try_for_each(|value| self.value(inner, value, &format!("{at}.*")));
        }
        if let Some(words) = kind.strip_prefix("word: ") {
            let known = value.as_str().is_some_and(|word| words.split(", ").any(|known| known == word));
            return if known { Ok(()) } else { wrong() };
        }
        if let Some((name, tag)) = kind.split_once(" by ") {
            let Some(tag) = value[tag].as_str() else { return wrong() };
            return self.object(&format!("{name} {tag}"), value, at);
        }
        let right = match kind {
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_u64(),
            "any" => true,
            "digest" => {
                value.as_str().is_some_and(|text| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()))
            }
            "time" => value.as_str().is_some_and(|text| text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok()),
            table => return self.object(table, value, at),
        };
        if right { Ok(()) } else { wrong() }
    }
}

impl Field {
    fn copy(&self) -> Self {
        Self { name: self.name.clone(), kind: self.kind.clone(), optional: self.optional }
    }
}

/// A row: `` | `name` | kind, optional | meaning | ``.
fn field(line: &str) -> Option<Field> {
    let mut cells = line.strip_prefix("| `")?.split(" | ");
    let name = cells.next()?.trim_end_matches('`').to_owned();
    let kind = cells.next()?.trim_end_matches([' ', '|']).replace('`', "");
    let (kind, optional) = match kind.strip_suffix(", optional") {
        Some(kind) => (kind.to_owned(), true),
        None => (kind, false),
    };
    Some(Field { name, kind, optional })
}
