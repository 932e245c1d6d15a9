//! The Python package: a method for each operation, for programs that wait and for event loops, and the types of the
//! documents.

mod documents;
mod example;
mod methods;

use crate::Generated;
use crate::documents::Documents;
use crate::kind::Kind;
use crate::names::pascal;

/// The first lines of a generated file.
const HEAD: &str = "# Made by the crate reposnap-faces from the table of operations. Do not edit.\n";

/// How wide the files are.
const WIDTH: usize = 116;

/// The generated files of the package.
pub fn files(documents: &Documents) -> Vec<Generated> {
    vec![
        ("bindings-python/python/reposnap/documents.py", documents::module(documents)),
        ("bindings-python/python/reposnap/operations.py", methods::functions(false)),
        ("bindings-python/python/reposnap/_methods.py", methods::class(false)),
        ("bindings-python/python/reposnap/aio/operations.py", methods::functions(true)),
        ("bindings-python/python/reposnap/aio/_methods.py", methods::class(true)),
    ]
}

/// The type of a field, `place` before the names of documents.
fn type_of(kind: &Kind, place: &str) -> String {
    match kind {
        Kind::String | Kind::Digest | Kind::Time => "str".into(),
        Kind::Boolean => "bool".into(),
        Kind::Integer => "int".into(),
        Kind::Any => "Any".into(),
        Kind::Word(words) => literal(words),
        Kind::Array(inner) => format!("list[{}]", type_of(inner, place)),
        Kind::Map(inner) => format!("dict[str, {}]", type_of(inner, place)),
        Kind::Nullable(inner) => format!("{} | None", type_of(inner, place)),
        Kind::Document(name) | Kind::Tagged { name, .. } => format!("{place}{}", pascal(name)),
    }
}

fn literal(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    format!("Literal[{}]", words.join(", "))
}

/// A docstring of paragraphs, each a first indent, text, and an indent for its further lines.
fn docstring(indent: &str, paragraphs: &[String]) -> String {
    let mut text = format!("{indent}\"\"\"{}", paragraphs[0]);
    for paragraph in &paragraphs[1..] {
        text.push_str("\n\n");
        text.push_str(paragraph);
    }
    if paragraphs.len() > 1 {
        text.push('\n');
        text.push_str(indent);
    }
    text.push_str("\"\"\"\n");
    text
}

/// `text` in lines of a bounded width: the first behind `first`, the others behind `rest`.
fn wrap(first: &str, rest: &str, text: &str) -> String {
    let mut lines = String::from(first);
    let mut width = first.chars().count();
    let mut empty = true;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if !empty && width + 1 + length > WIDTH {
            lines.push('\n');
            lines.push_str(rest);
            width = rest.chars().count();
            empty = true;
        }
        if !empty {
            lines.push(' ');
            width += 1;
        }
        lines.push_str(word);
        width += length;
        empty = false;
    }
    lines
}
