//! A function for each operation that needs no store, and a method for each that does.

use std::fmt::Write;

use reposnap_api::{Needs, OPERATIONS, Operation, Parameter};

use super::example::Examples;
use super::{HEAD, docstring, literal, type_of, wrap};
use crate::kind::Kind;
use crate::names::snake;

/// The module of functions.
pub(super) fn functions(asynchronous: bool) -> String {
    let chosen: Vec<&Operation> = OPERATIONS.iter().filter(|operation| operation.needs == Needs::Nothing).collect();
    let mut text = head(
        asynchronous,
        "The operations that need no store, as functions",
        if asynchronous { "from ._run import call" } else { "from ._call import call" },
        &chosen,
    );
    let mut names: Vec<String> = chosen.iter().map(|operation| snake(operation.name)).collect();
    names.sort();
    text.push_str("\n__all__ = [\n");
    for name in names {
        let _ = writeln!(text, "    \"{name}\",");
    }
    text.push_str("]\n");
    let examples = Examples::read();
    for operation in chosen {
        text.push_str("\n\n");
        text.push_str(&function(operation, &examples, asynchronous, ""));
    }
    text
}

/// The class of methods.
pub(super) fn class(asynchronous: bool) -> String {
    let chosen: Vec<&Operation> = OPERATIONS.iter().filter(|operation| operation.needs == Needs::Store).collect();
    let mut text = head(asynchronous, "The operations on a store, as methods", "", &chosen);
    text.push_str("\n\nclass StoreMethods:\n    \"\"\"A method for each operation on a store.\"\"\"\n\n");
    text.push_str("    __slots__ = ()\n\n");
    let word = if asynchronous { "async def" } else { "def" };
    let _ = writeln!(
        text,
        "    {word} _call(self, operation: str, request: dict[str, Any], progress: Progress | None) -> Any:\n        \
         raise NotImplementedError"
    );
    let examples = Examples::read();
    for operation in chosen {
        text.push('\n');
        text.push_str(&function(operation, &examples, asynchronous, "    "));
    }
    text
}

fn head(asynchronous: bool, title: &str, import: &str, operations: &[&Operation]) -> String {
    let place = if asynchronous { ".." } else { "." };
    let twin = if asynchronous { ", for event loops" } else { "" };
    let kinds: Vec<(String, bool)> = operations
        .iter()
        .flat_map(|operation| operation.parameters)
        .map(|parameter| (parameter_type(parameter), parameter.required))
        .collect();
    let uses = |word: &str| kinds.iter().any(|(kind, _)| kind.contains(word));
    let list = |words: &[&str]| words.iter().copied().filter(|word| uses(word)).collect::<Vec<_>>().join(", ");
    let mut text = format!("{HEAD}\"\"\"{title}{twin}.\"\"\"\n\nfrom __future__ import annotations\n\n");
    let call = if import.is_empty() { String::new() } else { format!("{import}\n\n") };
    let method = import.is_empty();
    let typing: Vec<&str> = [("Any", method), ("Literal", uses("Literal"))]
        .into_iter()
        .filter_map(|(word, used)| used.then_some(word))
        .collect();
    text.push_str("from typing import TYPE_CHECKING\n\n");
    text.push_str(&call);
    text.push_str("if TYPE_CHECKING:\n");
    let abstracts = list(&["Mapping", "Sequence"]);
    if !abstracts.is_empty() {
        let _ = writeln!(text, "    from collections.abc import {abstracts}");
    }
    if !typing.is_empty() {
        let _ = writeln!(text, "    from typing import {}", typing.join(", "));
    }
    if !abstracts.is_empty() || !typing.is_empty() {
        text.push('\n');
    }
    let _ = writeln!(text, "    from {place} import documents");
    let own = list(&["StrPath", "Time"]);
    if !own.is_empty() {
        let _ = writeln!(text, "    from {place}_types import {own}");
    }
    let _ = writeln!(text, "    from {place}progress import Progress");
    text
}

fn function(operation: &Operation, examples: &Examples, asynchronous: bool, indent: &str) -> String {
    let method = !indent.is_empty();
    let word = if asynchronous { "async def" } else { "def" };
    let mut text = format!("{indent}{word} {}(\n", snake(operation.name));
    if method {
        let _ = writeln!(text, "{indent}    self,");
    }
    let (required, optional): (Vec<&Parameter>, Vec<&Parameter>) =
        operation.parameters.iter().partition(|parameter| parameter.required);
    for parameter in required {
        let _ = writeln!(text, "{indent}    {}: {},", argument(parameter.name), parameter_type(parameter));
    }
    let _ = writeln!(text, "{indent}    *,");
    for parameter in optional {
        let kind = parameter_type(parameter);
        let none = if kind == "bool" { "bool = False".to_owned() } else { format!("{kind} | None = None") };
        let _ = writeln!(text, "{indent}    {}: {none},", argument(parameter.name));
    }
    let _ = writeln!(text, "{indent}    progress: Progress | None = None,");
    let result = type_of(&Kind::parse(operation.result), "documents.");
    let _ = writeln!(text, "{indent}) -> {result}:");
    let owner = match (method, asynchronous) {
        (true, true) => "await store.",
        (true, false) => "store.",
        (false, true) => "await aio.operations.",
        (false, false) => "operations.",
    };
    let inner = format!("{indent}    ");
    let example = examples.call(operation, owner, &format!("{inner}    "));
    text.push_str(&documentation(operation, example, &inner));
    let rows = operation
        .parameters
        .iter()
        .map(|parameter| format!("{indent}        \"{}\": {},\n", parameter.name, argument(parameter.name)));
    let rows: String = rows.collect();
    let request = if rows.is_empty() { "{}".to_owned() } else { format!("{{\n{rows}{indent}    }}") };
    let called = match (method, asynchronous) {
        (true, true) => "await self._call",
        (true, false) => "self._call",
        (false, true) => "await call",
        (false, false) => "call",
    };
    let _ = writeln!(text, "{indent}    request = {request}");
    if rows.is_empty() {
        text = text.replace(&format!("{indent}    request = {{}}\n"), "");
    }
    let request = if rows.is_empty() { "{}" } else { "request" };
    let _ = writeln!(text, "{indent}    result: {result} = {called}(\"{}\", {request}, progress)", operation.name);
    let _ = writeln!(text, "{indent}    return result");
    text
}

fn documentation(operation: &Operation, example: Option<String>, indent: &str) -> String {
    let mut arguments = format!("{indent}Args:");
    let inner = format!("{indent}    ");
    let deeper = format!("{inner}    ");
    for parameter in operation.parameters {
        arguments.push('\n');
        arguments.push_str(&wrap(&format!("{inner}{}: ", argument(parameter.name)), &deeper, parameter.summary));
    }
    arguments.push_str(&format!("\n{inner}progress: Called with each step of the work; see `reposnap.progress`."));
    let summary = operation.summary.trim();
    let (first, rest) = summary.split_once(". ").map_or((summary, None), |(first, rest)| (first, Some(rest)));
    // The quotes stand before the first words.
    let first = wrap(&format!("{indent}\"\"\""), indent, &format!("{}.", first.trim_end_matches('.')));
    let mut paragraphs = vec![first[indent.len() + 3..].to_owned()];
    if let Some(rest) = rest {
        paragraphs.push(wrap(indent, indent, rest));
    }
    paragraphs.push(arguments);
    paragraphs.push(format!(
        "{indent}Returns:\n{}",
        wrap(&inner, &inner, &format!("What docs/JSON.md calls {}.", operation.result))
    ));
    paragraphs.push(format!(
        "{indent}Raises:\n{}",
        wrap(&format!("{inner}reposnap.Error: "), &deeper, "One of its subclasses, by the kind of failure.")
    ));
    paragraphs.extend(example.map(|call| format!("{indent}Example:\n{call}")));
    docstring(indent, &paragraphs)
}

/// A parameter's name, where Python has none of its own for it.
pub(super) fn argument(name: &str) -> &str {
    if name == "from" { "from_" } else { name }
}

fn parameter_type(parameter: &Parameter) -> String {
    // What speaks of a file takes a path as well as its text.
    let summary = parameter.summary.to_lowercase();
    let path = ["file", "directory", "folder"].iter().any(|word| summary.contains(word));
    let text = if path { "StrPath" } else { "str" };
    match Kind::parse(parameter.kind) {
        Kind::String | Kind::Digest => text.to_owned(),
        Kind::Boolean => "bool".to_owned(),
        Kind::Integer => "int".to_owned(),
        Kind::Time => "Time".to_owned(),
        Kind::Word(words) => literal(&words),
        Kind::Array(_) => format!("Sequence[{text}]"),
        Kind::Map(_) => format!("Mapping[str, {text}]"),
        other => panic!("{}: no parameter of Python's has the type {other:?}", parameter.name),
    }
}
