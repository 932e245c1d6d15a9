//! The page `docs/OPERATIONS.md`: every operation, what it takes and gives, and what it is called in each language.

use std::fmt::Write;

use reposnap::api::{Needs, OPERATIONS, Operation};

use crate::documents::Documents;

/// The page.
///
/// # Panics
/// Where an operation gives a document that `docs/JSON.md` does not tell.
pub fn page(documents: &Documents) -> String {
    let mut page = String::from(
        "# Operations\n\nWhat the library does, by the names that every language calls it by. Made from its table of \
         operations; the types are those of [JSON.md](JSON.md), where the documents are told.\n",
    );
    for operation in OPERATIONS {
        section(operation, documents, &mut page);
    }
    page
}

fn section(operation: &Operation, documents: &Documents, page: &mut String) {
    let known = |name: &str| documents.fields(name).is_some();
    let result = operation.result.trim_start_matches("array of ");
    assert!(known(result), "{}: docs/JSON.md has no table {result}", operation.name);
    let store = if operation.needs == Needs::Store { "Works on a store. " } else { "" };
    let _ = write!(
        page,
        "\n## {}\n\n{}\n\n{store}Gives: {}.\n",
        operation.name,
        operation.summary.trim(),
        operation.result
    );
    if operation.parameters.is_empty() {
        return;
    }
    page.push_str("\n| parameter | type | |\n|---|---|---|\n");
    for parameter in operation.parameters {
        let optional = if parameter.required { "" } else { ", optional" };
        let _ =
            writeln!(page, "| `{}` | {}{optional} | {} |", parameter.name, parameter.kind, parameter.summary.trim());
    }
}
