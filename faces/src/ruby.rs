//! The methods of the Ruby gem: names and keywords as Ruby has them, over what UniFFI writes.

use std::fmt::Write;

use reposnap_api::{Needs, OPERATIONS, Operation, Parameter};

use crate::kind::Kind;
use crate::names::snake;

const HEAD: &str = "\
# Made from the table of operations; `UPDATE=1 cargo test -p reposnap-faces --test generated` writes it anew.
# frozen_string_literal: true

module Reposnap
";

/// The file of the methods.
pub fn methods() -> String {
    let mut text = String::from(HEAD);
    text.push_str("  class Store\n");
    for (index, operation) in OPERATIONS.iter().filter(|operation| operation.needs == Needs::Store).enumerate() {
        if index > 0 {
            text.push('\n');
        }
        method(operation, &mut text);
    }
    text.push_str("  end\n\n  class << self\n");
    for (index, operation) in OPERATIONS.iter().filter(|operation| operation.needs == Needs::Nothing).enumerate() {
        if index > 0 {
            text.push('\n');
        }
        method(operation, &mut text);
    }
    text.push_str("  end\nend\n");
    text
}

fn method(operation: &Operation, text: &mut String) {
    let store = operation.needs == Needs::Store;
    let name = snake(operation.name);
    let _ = writeln!(text, "    # {}\n    #", operation.summary.trim());
    for parameter in operation.parameters {
        let _ = writeln!(
            text,
            "    # @param {} [{}] {}",
            parameter.name,
            kind(&Kind::parse(parameter.kind)),
            parameter.summary.trim()
        );
    }
    if store {
        text.push_str(
            "    # @param cancel [Cancel] What ends the work.\n    # @yieldparam event [Progress] A step of it.\n",
        );
    }
    let _ = writeln!(text, "    # @return {}", operation.result);
    let mut arguments: Vec<String> = operation.parameters.iter().map(argument).collect();
    if store {
        arguments.extend(["cancel: nil".to_owned(), "&progress".to_owned()]);
    }
    let values: Vec<String> = operation.parameters.iter().map(value).collect();
    let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
    let values = if values.is_empty() { String::new() } else { format!("({})", values.join(", ")) };
    let _ = writeln!(text, "    def {name}{arguments}");
    if store {
        let _ = writeln!(text, "      watched(cancel, progress) {{ |native| native.{name}{values} }}");
    } else {
        let _ = writeln!(text, "      guard {{ ReposnapUniffi.{name}{values} }}");
    }
    text.push_str("    end\n");
}

fn argument(parameter: &Parameter) -> String {
    let name = parameter.name;
    match (parameter.required, Kind::parse(parameter.kind)) {
        (true, _) => name.to_owned(),
        (false, Kind::Boolean) => format!("{name}: false"),
        (false, _) => format!("{name}: nil"),
    }
}

/// What is handed on: a symbol for a word, a Pathname for a path, and a Time will do too.
fn value(parameter: &Parameter) -> String {
    let (name, kind) = (parameter.name, Kind::parse(parameter.kind));
    match kind {
        Kind::Boolean => format!("{name} ? true : false"),
        Kind::Integer => name.to_owned(),
        _ => format!("plain({name})"),
    }
}

fn kind(kind: &Kind) -> String {
    match kind {
        Kind::Boolean => "Boolean".to_owned(),
        Kind::Integer => "Integer".to_owned(),
        Kind::Array(inner) => format!("Array<{}>", self::kind(inner)),
        Kind::Map(inner) => format!("Hash{{String => {}}}", self::kind(inner)),
        Kind::Word(words) => words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(", "),
        Kind::Time => "Time, String".to_owned(),
        _ => "String".to_owned(),
    }
}
