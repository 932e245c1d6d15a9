//! The Rust side of Ruby, Kotlin and Swift: a method for each operation, and a record for each document.

use std::collections::BTreeSet;
use std::fmt::Write;

use reposnap_api::{Needs, OPERATIONS, Operation, Parameter};

use crate::documents::{Documents, Field};
use crate::kind::Kind;
use crate::names::{pascal, snake};

const METHODS: &str = "\
//! A method for each operation. Made from the table of operations: change that, and write this anew with
//! `UPDATE=1 cargo test -p reposnap-faces --test generated`.

// The parameters of an operation are as many as they are.
#![allow(clippy::too_many_arguments)]

use std::collections::HashMap;

use crate::documents::*;
use crate::failure::ReposnapError;
use crate::request::{Request, run};
use crate::store::Store;
";

const RECORDS: &str = "\
//! A record for each document. Made from the tables of `docs/JSON.md`: change those, and write this anew with
//! `UPDATE=1 cargo test -p reposnap-faces --test generated`.

use std::collections::HashMap;

use serde::Deserialize;
";

/// The source file of the methods.
pub fn methods() -> String {
    let mut text = String::from(METHODS);
    text.push_str("\n#[uniffi::export]\nimpl Store {\n");
    for (index, operation) in OPERATIONS.iter().filter(|operation| operation.needs == Needs::Store).enumerate() {
        if index > 0 {
            text.push('\n');
        }
        method(operation, "    ", &mut text);
    }
    text.push_str("}\n");
    for operation in OPERATIONS.iter().filter(|operation| operation.needs == Needs::Nothing) {
        text.push('\n');
        method(operation, "", &mut text);
    }
    text
}

fn method(operation: &Operation, indent: &str, text: &mut String) {
    let store = operation.needs == Needs::Store;
    let mut line = |words: &str| {
        let _ = writeln!(text, "{indent}{words}");
    };
    line(&format!("/// {}", operation.summary.trim()));
    if !operation.parameters.is_empty() {
        line("///");
    }
    for parameter in operation.parameters {
        line(&format!("/// - `{}`: {}", parameter.name, parameter.summary.trim()));
    }
    let defaults: Vec<String> = operation.parameters.iter().filter(|one| !one.required).map(default).collect();
    let word = if store { "uniffi::method" } else { "uniffi::export" };
    if !defaults.is_empty() {
        line(&format!("#[{word}(default({}))]", defaults.join(", ")));
    } else if !store {
        line("#[uniffi::export]");
    }
    let mut parameters: Vec<String> =
        operation.parameters.iter().map(|one| format!("{}: {}", one.name, parameter_type(one))).collect();
    if store {
        parameters.insert(0, "&self".to_owned());
    }
    let result = rust(&Kind::parse(operation.result));
    let head =
        format!("pub fn {}({}) -> Result<{result}, ReposnapError> {{", snake(operation.name), parameters.join(", "));
    line(&head);
    let mutable = if operation.parameters.is_empty() { "" } else { "mut " };
    line(&format!("    let {mutable}request = Request::default();"));
    for parameter in operation.parameters {
        line(&format!("    request.set(\"{0}\", {0});", parameter.name));
    }
    let run = if store { "self.run" } else { "run" };
    line(&format!("    {run}(\"{}\", request)", operation.name));
    line("}");
}

fn default(parameter: &Parameter) -> String {
    match Kind::parse(parameter.kind) {
        Kind::Boolean => format!("{} = false", parameter.name),
        _ => format!("{} = None", parameter.name),
    }
}

fn parameter_type(parameter: &Parameter) -> String {
    let kind = Kind::parse(parameter.kind);
    let own = rust(&kind);
    if parameter.required || kind == Kind::Boolean { own } else { format!("Option<{own}>") }
}

/// A type in Rust.
fn rust(kind: &Kind) -> String {
    match kind {
        Kind::String | Kind::Digest | Kind::Time | Kind::Any | Kind::Word(_) => "String".to_owned(),
        Kind::Boolean => "bool".to_owned(),
        Kind::Integer => "u64".to_owned(),
        Kind::Array(inner) => format!("Vec<{}>", rust(inner)),
        Kind::Map(inner) => format!("HashMap<String, {}>", rust(inner)),
        Kind::Nullable(inner) => format!("Option<{}>", rust(inner)),
        Kind::Document(name) | Kind::Tagged { name, .. } => record(name),
    }
}

/// The name of a record. Some documents are called like types that each language has.
fn record(name: &str) -> String {
    match name {
        "Error" | "File" | "List" | "Field" | "Package" | "Index" => format!("{name}Document"),
        name => pascal(name),
    }
}

/// The source file of the records: those that an operation gives, and what these have inside.
pub fn records(documents: &Documents) -> String {
    let mut wanted = BTreeSet::new();
    for operation in OPERATIONS {
        collect(&Kind::parse(operation.result), documents, &mut wanted);
    }
    for own in ["Operation", "Found"] {
        collect(&Kind::Document(own.to_owned()), documents, &mut wanted);
    }
    let mut text = String::from(RECORDS);
    for (name, tag) in &wanted {
        match tag {
            Some(tag) => variants(name, tag, documents, &mut text),
            None => structure(name, documents.fields(name).unwrap_or_default(), &mut text),
        }
    }
    text
}

/// Notes a document, and those inside of it, with the tags of those that have one.
fn collect(kind: &Kind, documents: &Documents, wanted: &mut BTreeSet<(String, Option<String>)>) {
    let inside = |fields: &[Field], wanted: &mut BTreeSet<_>| {
        fields.iter().for_each(|field| collect(&field.kind, documents, wanted));
    };
    match kind {
        Kind::Array(inner) | Kind::Map(inner) | Kind::Nullable(inner) => collect(inner, documents, wanted),
        Kind::Document(name) => {
            let fields = documents.fields(name).unwrap_or_else(|| panic!("docs/JSON.md has no table {name}"));
            if wanted.insert((name.clone(), None)) {
                inside(fields, wanted);
            }
        }
        Kind::Tagged { name, tag } if wanted.insert((name.clone(), Some(tag.clone()))) => {
            documents.variants(name).iter().for_each(|(_, fields)| inside(fields, wanted));
        }
        _ => {}
    }
}

fn structure(name: &str, fields: &[Field], text: &mut String) {
    let _ = write!(
        text,
        "\n/// The document `{name}`.\n#[derive(Clone, Debug, Deserialize, uniffi::Record)]\npub struct {} {{\n",
        record(name)
    );
    for field in fields {
        member(field, "    pub ", text);
    }
    text.push_str("}\n");
}

fn variants(name: &str, tag: &str, documents: &Documents, text: &mut String) {
    let _ = write!(
        text,
        "\n/// The document `{name}`, by its `{tag}`.\n#[derive(Clone, Debug, Deserialize, uniffi::Enum)]\n#[serde(tag = \
         \"{tag}\")]\npub enum {} {{\n",
        record(name)
    );
    for (word, fields) in documents.variants(name) {
        let _ = write!(text, "    /// `{word}`\n    #[serde(rename = \"{word}\")]\n    {}", pascal(word));
        let own: Vec<&Field> = fields.iter().filter(|field| field.name != tag).collect();
        if own.is_empty() {
            text.push_str(",\n");
            continue;
        }
        text.push_str(" {\n");
        own.iter().for_each(|field| member(field, "        ", text));
        text.push_str("    },\n");
    }
    text.push_str("}\n");
}

fn member(field: &Field, before: &str, text: &mut String) {
    let indent = before.trim_end_matches("pub ");
    let meaning = if field.meaning.is_empty() { format!("`{}`", field.name) } else { field.meaning.clone() };
    let _ = writeln!(text, "{indent}/// {meaning}");
    let own = rust(&field.kind);
    let optional = field.optional && !own.starts_with("Option<");
    if field.kind == Kind::Any {
        let _ = writeln!(text, "{indent}#[serde(default, deserialize_with = \"crate::request::text\")]");
    } else if field.optional {
        let _ = writeln!(text, "{indent}#[serde(default)]");
    }
    let name = match field.name.as_str() {
        "type" => {
            let _ = writeln!(text, "{indent}#[serde(rename = \"type\")]");
            "type_name"
        }
        name => name,
    };
    let own = if optional { format!("Option<{own}>") } else { own };
    let _ = writeln!(text, "{before}{name}: {own},");
}
