//! The generated half of the npm package `reposnap`: its methods, their types and those of the documents.

use std::fmt::Write as _;

use reposnap_api::{Needs, OPERATIONS, Operation, Parameter};

use crate::Generated;
use crate::documents::{Documents, Field};
use crate::kind::Kind;
use crate::names::{camel, pascal};

const FIRST_LINE: &str =
    "// Written by the crate reposnap-faces from the table of operations and docs/JSON.md: don't edit.\n";

/// The files.
pub fn files(documents: &Documents) -> Vec<Generated> {
    vec![
        ("bindings-node/lib/operations.cjs", code()),
        ("bindings-node/lib/names.mjs", names()),
        ("bindings-node/lib/options.d.cts", option_types()),
        ("bindings-node/lib/operations.d.cts", method_types()),
        ("bindings-node/lib/functions.d.cts", function_types()),
        ("bindings-node/lib/documents.d.cts", document_types(documents)),
    ]
}

/// What has no place as an argument: the options of every method.
const OPTIONS: &str = "CallOptions";

fn on_store() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().filter(|operation| operation.needs == Needs::Store)
}

fn elsewhere() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().filter(|operation| operation.needs == Needs::Nothing)
}

fn required(operation: &Operation) -> impl Iterator<Item = &'static Parameter> {
    operation.parameters.iter().filter(|parameter| parameter.required)
}

fn optional(operation: &Operation) -> impl Iterator<Item = &'static Parameter> {
    operation.parameters.iter().filter(|parameter| !parameter.required)
}

fn code() -> String {
    let mut code = format!(
        "{FIRST_LINE}'use strict';\n\nconst request = require('./request.cjs');\n\nconst {{ any, array, boolean, integer, \
         map, string, time, word }} = request;\n\nconst table = {{\n"
    );
    for operation in OPERATIONS {
        let _ = writeln!(code, "  {}: {{\n    operation: '{}',", camel(operation.name), operation.name);
        for (group, parameters) in [
            ("required", required(operation).collect::<Vec<_>>()),
            ("optional", optional(operation).collect::<Vec<_>>()),
        ] {
            let _ = writeln!(code, "    {group}: [");
            for parameter in parameters {
                let check = check(&Kind::parse(parameter.kind));
                let name = parameter.name;
                let _ = writeln!(code, "      {{ name: '{}', key: '{name}', check: {check} }},", camel(name));
            }
            code.push_str("    ],\n");
        }
        code.push_str("  },\n");
    }
    code.push_str("};\n\n/** The operations on a store, as methods. */\nclass Operations {\n");
    for operation in on_store() {
        let arguments: Vec<String> = required(operation).map(|parameter| camel(parameter.name)).collect();
        let mut signature = arguments.clone();
        signature.push("options".to_owned());
        let _ = writeln!(
            code,
            "  {name}({}) {{\n    return request.onStore(this, table.{name}, [{}], options);\n  }}\n",
            signature.join(", "),
            arguments.join(", "),
            name = camel(operation.name),
        );
    }
    code.truncate(code.trim_end().len());
    code.push_str("\n}\n\n/** The operations that need no store, as functions. */\nconst functions = {\n");
    for operation in elsewhere() {
        let arguments: Vec<String> = required(operation).map(|parameter| camel(parameter.name)).collect();
        let mut signature = arguments.clone();
        signature.push("options".to_owned());
        let _ = writeln!(
            code,
            "  {name}({}) {{\n    return request.alone(table.{name}, [{}], options);\n  }},",
            signature.join(", "),
            arguments.join(", "),
            name = camel(operation.name),
        );
    }
    code.push_str("};\n\nmodule.exports = { Operations, functions, table };\n");
    code
}

/// The functions as an ES module exports them: those names have to be written out.
fn names() -> String {
    let mut code = format!("{FIRST_LINE}import functions from './functions.cjs';\n\nexport const {{\n");
    for operation in elsewhere() {
        let _ = writeln!(code, "  {},", camel(operation.name));
    }
    code.push_str("} = functions;\n");
    code
}

/// The function of `lib/request.cjs` that checks and converts an argument.
fn check(kind: &Kind) -> String {
    match kind {
        Kind::String | Kind::Digest => "string".to_owned(),
        Kind::Boolean => "boolean".to_owned(),
        Kind::Integer => "integer".to_owned(),
        Kind::Time => "time".to_owned(),
        Kind::Word(words) => format!("word('{}')", words.join("', '")),
        Kind::Array(inner) => format!("array({})", check(inner)),
        Kind::Map(inner) => format!("map({})", check(inner)),
        Kind::Nullable(inner) => check(inner),
        Kind::Any | Kind::Document(_) | Kind::Tagged { .. } => "any".to_owned(),
    }
}

fn option_types() -> String {
    let mut types = format!("{FIRST_LINE}import type {{ CallOptions }} from './call.cjs';\n");
    for operation in OPERATIONS.iter().filter(|operation| optional(operation).next().is_some()) {
        let name = camel(operation.name);
        let _ = write!(
            types,
            "\n/** Options of `{name}`. */\nexport interface {} extends {OPTIONS} {{\n",
            options_type(operation)
        );
        for parameter in optional(operation) {
            let _ = writeln!(types, "  /** {} */", sentence(parameter.summary));
            let kind = argument(&Kind::parse(parameter.kind));
            let _ = writeln!(types, "  {}?: {kind} | null | undefined;", camel(parameter.name));
        }
        types.push_str("}\n");
    }
    types
}

fn method_types() -> String {
    let mut types = imports(on_store());
    types.push_str("\n/** The operations on a store. */\nexport declare class Operations {\n");
    for operation in on_store() {
        comment(operation, "  ", &mut types);
        let _ = writeln!(types, "  {}{}\n", camel(operation.name), signature(operation));
    }
    types.truncate(types.trim_end().len());
    types.push_str("\n}\n");
    types
}

fn function_types() -> String {
    let mut types = imports(elsewhere());
    for operation in elsewhere() {
        types.push('\n');
        comment(operation, "", &mut types);
        let _ = writeln!(types, "export declare function {}{}", camel(operation.name), signature(operation));
    }
    types
}

fn imports(operations: impl Iterator<Item = &'static Operation>) -> String {
    let mut names: Vec<String> = operations.map(options_type).filter(|name| name != OPTIONS).collect();
    names.sort_unstable();
    format!(
        "{FIRST_LINE}import type {{ {OPTIONS} }} from './call.cjs';\nimport type {{ documents }} from './documents.cjs';\n\
         import type {{\n  {},\n}} from './options.cjs';\n",
        names.join(",\n  ")
    )
}

fn options_type(operation: &Operation) -> String {
    match optional(operation).next() {
        Some(_) => format!("{}Options", pascal(operation.name)),
        None => OPTIONS.to_owned(),
    }
}

fn signature(operation: &Operation) -> String {
    let mut arguments: Vec<String> = required(operation)
        .map(|parameter| format!("{}: {}", camel(parameter.name), argument(&Kind::parse(parameter.kind))))
        .collect();
    arguments.push(format!("options?: {} | null", options_type(operation)));
    format!("({}): Promise<{}>;", arguments.join(", "), result(&Kind::parse(operation.result), "documents."))
}

fn comment(operation: &Operation, indent: &str, types: &mut String) {
    let _ = writeln!(types, "{indent}/**\n{indent} * {}\n{indent} *", sentence(operation.summary));
    for parameter in required(operation) {
        let _ = writeln!(types, "{indent} * @param {} {}", camel(parameter.name), sentence(parameter.summary));
    }
    let _ = writeln!(
        types,
        "{indent} * @returns The document of `{}`, as docs/JSON.md tells it.\n\
         {indent} * @throws {{ReposnapError}} Whose `kind` says why; nothing is changed then.\n{indent} */",
        operation.name
    );
}

/// As a comment has it.
fn sentence(text: &str) -> String {
    text.trim().replace("*/", "* /")
}

/// The type of an argument: what is taken.
fn argument(kind: &Kind) -> String {
    match kind {
        Kind::Time => "string | Date".to_owned(),
        Kind::Array(inner) => format!("readonly {}[]", bracketed(argument(inner))),
        Kind::Map(inner) => format!("Readonly<Record<string, {}>>", argument(inner)),
        other => result(other, "documents."),
    }
}

/// The type of what is given; `prefix` is where documents are.
fn result(kind: &Kind, prefix: &str) -> String {
    match kind {
        Kind::String => "string".to_owned(),
        Kind::Boolean => "boolean".to_owned(),
        Kind::Integer => "number".to_owned(),
        Kind::Digest => format!("{prefix}Digest"),
        Kind::Time => format!("{prefix}Time"),
        Kind::Any => "unknown".to_owned(),
        Kind::Word(words) => format!("'{}'", words.join("' | '")),
        Kind::Array(inner) => format!("{}[]", bracketed(result(inner, prefix))),
        Kind::Map(inner) => format!("Record<string, {}>", result(inner, prefix)),
        Kind::Nullable(inner) => format!("{} | null", result(inner, prefix)),
        Kind::Document(name) | Kind::Tagged { name, .. } => format!("{prefix}{}", pascal(name)),
    }
}

fn bracketed(kind: String) -> String {
    if kind.contains(' ') { format!("({kind})") } else { kind }
}

fn document_types(documents: &Documents) -> String {
    let mut types = format!(
        "{FIRST_LINE}/** The documents that operations give, as docs/JSON.md tells them. Later versions may add fields. */\n\
         export declare namespace documents {{\n  /** 64 lower-case hexadecimal digits. */\n  type Digest = string;\n\
         \x20 /** RFC 3339 in UTC, such as `2026-11-01T00:00:00Z`. */\n  type Time = string;\n"
    );
    let mut tagged: Vec<&str> = Vec::new();
    for (name, fields) in documents.all() {
        let _ = write!(types, "\n  /** The document `{name}`. */\n  interface {} {{\n", pascal(name));
        for field in fields {
            field_type(field, &mut types);
            tagged_in(&field.kind, &mut tagged);
        }
        types.push_str("  }\n");
    }
    tagged.sort_unstable();
    tagged.dedup();
    for name in tagged {
        let variants: Vec<String> =
            documents.variants(name).iter().map(|(word, _)| pascal(&format!("{name} {word}"))).collect();
        let _ = write!(
            types,
            "\n  /** One of several documents. */\n  type {} = {};\n",
            pascal(name),
            variants.join(" | ")
        );
    }
    types.push_str("}\n");
    types
}

fn field_type(field: &Field, types: &mut String) {
    if !field.meaning.is_empty() {
        let _ = writeln!(types, "    /** {} */", sentence(&field.meaning));
    }
    let mark = if field.optional { "?" } else { "" };
    let _ = writeln!(types, "    {}{mark}: {};", field.name, result(&field.kind, ""));
}

/// The names of tagged types in `kind`.
fn tagged_in<'a>(kind: &'a Kind, tagged: &mut Vec<&'a str>) {
    match kind {
        Kind::Tagged { name, .. } => tagged.push(name),
        Kind::Array(inner) | Kind::Map(inner) | Kind::Nullable(inner) => tagged_in(inner, tagged),
        _ => {}
    }
}
