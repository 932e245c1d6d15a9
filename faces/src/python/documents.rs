//! The types of the documents: a `TypedDict` for each table of `docs/JSON.md`.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{HEAD, docstring, type_of, wrap};
use crate::documents::{Documents, Field};
use crate::kind::Kind;
use crate::names::pascal;

/// Words that no attribute may be called.
const KEYWORDS: &[&str] = &["and", "as", "class", "def", "from", "global", "import", "in", "is", "not", "or", "with"];

/// The module.
pub(super) fn module(documents: &Documents) -> String {
    let mut classes = String::new();
    let mut unions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut names = Vec::new();
    for (heading, fields) in documents.all() {
        names.push(pascal(heading));
        classes.push_str(&class(heading, fields));
        for field in fields {
            tagged(&field.kind, documents, &mut unions);
        }
    }
    for (number, (name, members)) in unions.iter().enumerate() {
        names.push(name.clone());
        // Two empty lines end a class.
        let gap = if number == 0 { "\n\n" } else { "\n" };
        let _ = writeln!(classes, "{gap}{name} = Union[{}]", members.join(", "));
        let _ = writeln!(classes, "\"\"\"One of several documents, told by a field that all of them have.\"\"\"");
    }
    names.sort();
    let mut all = String::from("__all__ = [\n");
    for name in names {
        let _ = writeln!(all, "    \"{name}\",");
    }
    format!(
        "{HEAD}\"\"\"The documents that operations give: dicts, whose fields these types tell.\n\n\
         Digests are 64 lower-case hexadecimal digits, times RFC 3339 in UTC, sizes bytes. A field that a type does not\n\
         require is left out where it has no value. `docs/JSON.md` of the repository is where they are defined.\n\"\"\"\n\n\
         from __future__ import annotations\n\nfrom typing import Any, Literal, TypedDict, Union\n\n{all}]\n{classes}"
    )
}

fn class(heading: &str, fields: &[Field]) -> String {
    let name = pascal(heading);
    let (optional, required): (Vec<&Field>, Vec<&Field>) = fields.iter().partition(|field| field.optional);
    if fields.iter().any(|field| KEYWORDS.contains(&field.name.as_str())) {
        assert!(optional.is_empty(), "{heading}: a field is called as a word of Python, and others are optional");
        let rows = required.iter().map(|field| format!("\"{}\": \"{}\"", field.name, quoted(&field.kind)));
        let rows: Vec<String> = rows.collect();
        return format!("\n\n{name} = TypedDict(\"{name}\", {{{}}})\n", rows.join(", "));
    }
    let mut text = String::new();
    let base = if optional.is_empty() || required.is_empty() {
        "TypedDict".to_owned()
    } else {
        let base = format!("_{name}");
        let _ = write!(text, "\n\nclass {base}(TypedDict):\n{}", rows(&required));
        base
    };
    let (own, total) = if optional.is_empty() { (&required, "") } else { (&optional, ", total=False") };
    let told: Vec<String> = fields
        .iter()
        .filter(|field| !field.meaning.is_empty())
        .map(|field| wrap(&format!("    {}: ", field.name), "        ", &field.meaning))
        .collect();
    let mut paragraphs = vec![format!("The document `{}`.", heading.replace('`', ""))];
    if !told.is_empty() {
        paragraphs.push(told.join("\n"));
    }
    let _ = write!(text, "\n\nclass {name}({base}{total}):\n{}\n{}", docstring("    ", &paragraphs), rows(own));
    text
}

fn rows(fields: &[&Field]) -> String {
    fields.iter().map(|field| format!("    {}: {}\n", field.name, type_of(&field.kind, ""))).collect()
}

/// A type within a string.
fn quoted(kind: &Kind) -> String {
    type_of(kind, "").replace('"', "'")
}

fn tagged(kind: &Kind, documents: &Documents, unions: &mut BTreeMap<String, Vec<String>>) {
    match kind {
        Kind::Array(inner) | Kind::Map(inner) | Kind::Nullable(inner) => tagged(inner, documents, unions),
        Kind::Tagged { name, .. } => {
            let members = documents.variants(name).iter().map(|(word, _)| pascal(&format!("{name} {word}"))).collect();
            unions.insert(pascal(name), members);
        }
        _ => {}
    }
}
