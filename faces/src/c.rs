//! The typed functions of the C library, one for each operation.

use std::fmt::Write;

use reposnap_api::{Needs, OPERATIONS, Operation, Parameter};

use crate::kind::Kind;
use crate::names::snake;

const HEAD: &str = "\
//! A function for each operation. Made from the table of operations: change that, and write this anew with
//! `UPDATE=1 cargo test -p reposnap-faces --test generated`.

use std::ffi::c_char;

use crate::call::{Out, run};
use crate::document::reposnap_document;
use crate::error::reposnap_error;
use crate::request::{Growing, reposnap_pair, sized};
use crate::result::reposnap_result;
use crate::store::reposnap_store;
use crate::watch::reposnap_watch;
";

/// The source file of the functions.
pub fn functions() -> String {
    let mut text = String::from(HEAD);
    for operation in OPERATIONS {
        if optional(operation).next().is_some() {
            options(operation, &mut text);
        }
        function(operation, &mut text);
    }
    text
}

fn required(operation: &Operation) -> impl Iterator<Item = &'static Parameter> {
    operation.parameters.iter().filter(|parameter| parameter.required)
}

fn optional(operation: &Operation) -> impl Iterator<Item = &'static Parameter> {
    operation.parameters.iter().filter(|parameter| !parameter.required)
}

/// The struct of the optional parameters.
fn options(operation: &Operation, text: &mut String) {
    let name = snake(operation.name);
    text.push('\n');
    let what =
        format!("What `reposnap_{name}` can be told beyond its arguments. Begin it with `REPOSNAP_INIT(&options)`.");
    comment(&what, "", text);
    let _ = write!(
        text,
        "#[repr(C)]\n#[derive(Clone, Copy)]\npub struct reposnap_{name}_options {{\n    /// Set by `REPOSNAP_INIT`.\n    \
         pub size: usize,\n"
    );
    for parameter in optional(operation) {
        comment(&format!("{}{}", parameter.summary.trim(), told(parameter)), "    ", text);
        let _ = writeln!(text, "    pub {}: {},", field(parameter), kind(parameter));
    }
    let _ = write!(
        text,
        "}}\n\n// SAFETY: its size is first, and all bytes 0 are valid: NULL and false.\nunsafe impl Growing for \
         reposnap_{name}_options {{}}\n"
    );
}

/// The function.
fn function(operation: &Operation, text: &mut String) {
    let name = snake(operation.name);
    let store = operation.needs == Needs::Store;
    text.push('\n');
    comment(operation.summary.trim(), "", text);
    text.push_str("///\n");
    for parameter in required(operation) {
        comment(&format!("`{}`: {}{}", field(parameter), parameter.summary.trim(), told(parameter)), "", text);
        text.push_str("///\n");
    }
    let has_options = optional(operation).next().is_some();
    let options = if has_options { "`options`, `watch`" } else { "`watch`" };
    comment(&format!("{options} and `document` may be NULL. Gives: {}.", operation.result), "", text);
    text.push_str("///\n/// # Safety\n/// Text ends with NUL; pointers are NULL or what they say.\n");
    let _ = writeln!(text, "#[unsafe(no_mangle)]\npub unsafe extern \"C\" fn reposnap_{name}(");
    if store {
        text.push_str("    store: *const reposnap_store,\n");
    }
    for parameter in required(operation) {
        let _ = writeln!(text, "    {}: {},", field(parameter), kind(parameter));
    }
    if has_options {
        let _ = writeln!(text, "    options: *const reposnap_{name}_options,");
    }
    text.push_str(
        "    watch: *const reposnap_watch,\n    document: *mut *mut reposnap_document,\n    error: *mut *mut \
         reposnap_error,\n) -> reposnap_result {\n",
    );
    let place = if store { "Some(store)" } else { "None" };
    let fills = operation.parameters.iter().map(fill).collect::<Vec<_>>();
    let request = if fills.is_empty() { "_" } else { "request" };
    let _ = write!(
        text,
        "    // SAFETY: as the caller promises.\n    unsafe {{\n        run({place}, \"{}\", watch, Out {{ document, error \
         }}, |{request}| {{\n",
        operation.name
    );
    let required = required(operation).count();
    for fill in &fills[..required] {
        let _ = writeln!(text, "            {fill}");
    }
    if has_options {
        text.push_str("            if let Some(options) = sized(options, \"options\")? {\n");
        for fill in &fills[required..] {
            let _ = writeln!(text, "                {fill}");
        }
        text.push_str("            }\n");
    }
    text.push_str("            Ok(())\n        })\n    }\n}\n");
}

/// A comment, its lines broken at 120 columns as in all sources.
fn comment(words: &str, indent: &str, text: &mut String) {
    let mut line = format!("{indent}///");
    for word in words.split_whitespace() {
        if line.len() + 1 + word.len() > 120 {
            let _ = writeln!(text, "{line}");
            line = format!("{indent}///");
        }
        line.push(' ');
        line.push_str(word);
    }
    let _ = writeln!(text, "{line}");
}

/// A parameter's name; some are words of C++.
fn field(parameter: &Parameter) -> String {
    match parameter.name {
        word @ ("operator" | "default" | "class" | "new" | "delete" | "namespace" | "template" | "this") => {
            format!("{word}_")
        }
        name => name.to_owned(),
    }
}

/// Its type in Rust, which cbindgen puts into C.
fn kind(parameter: &Parameter) -> &'static str {
    match (Kind::parse(parameter.kind), parameter.required) {
        (Kind::String | Kind::Digest | Kind::Time | Kind::Word(_), _) => "*const c_char",
        (Kind::Array(inner), _) if *inner == Kind::String => "*const *const c_char",
        (Kind::Map(inner), false) if *inner == Kind::String => "*const reposnap_pair",
        (Kind::Integer, false) => "*const u64",
        (Kind::Boolean, false) => "bool",
        _ => unknown(parameter),
    }
}

/// What its comment says beyond its meaning.
fn told(parameter: &Parameter) -> String {
    match Kind::parse(parameter.kind) {
        Kind::Time => " A time as RFC 3339 has it, such as `2026-11-01T00:00:00Z`.".to_owned(),
        Kind::Word(words) => format!(" One of `{}`.", words.join("`, `")),
        Kind::Array(_) => " An array that ends with NULL.".to_owned(),
        Kind::Map(_) => " An array that ends with a pair whose name is NULL.".to_owned(),
        Kind::Integer => " Where the number is.".to_owned(),
        _ => String::new(),
    }
}

/// The line that puts it into the request.
fn fill(parameter: &Parameter) -> String {
    let (name, field) = (parameter.name, field(parameter));
    match (kind(parameter), parameter.required) {
        ("*const c_char", true) => format!("request.string(\"{name}\", {field})?;"),
        ("*const *const c_char", true) => format!("request.strings(\"{name}\", {field})?;"),
        ("*const c_char", false) => format!("request.optional_string(\"{name}\", options.{field})?;"),
        ("*const *const c_char", false) => format!("request.optional_strings(\"{name}\", options.{field})?;"),
        ("*const reposnap_pair", false) => format!("request.optional_pairs(\"{name}\", options.{field})?;"),
        ("*const u64", false) => format!("request.optional_integer(\"{name}\", options.{field})?;"),
        ("bool", false) => format!("request.optional_boolean(\"{name}\", options.{field});"),
        _ => unknown(parameter),
    }
}

fn unknown(parameter: &Parameter) -> ! {
    panic!("{}: C has no parameters of the type {:?} yet", parameter.name, parameter.kind)
}
