//! The page `docs/OPERATIONS.md`: every operation, what it takes and gives, and what it is called in each language.

use std::fmt::Write;

use reposnap_api::{Needs, OPERATIONS, Operation};

use crate::documents::Documents;
use crate::languages::LANGUAGES;

/// The page.
///
/// # Panics
/// Where an operation gives a document that `docs/JSON.md` does not tell.
pub fn page(documents: &Documents) -> String {
    let mut page = String::from(
        "# Operations\n\nWhat the library does, and what that is called in every language. Made from its table of \
         operations; the types are those of [JSON.md](JSON.md), where the documents are told. In a shell, \
         `reposnap call NAME REQUEST` runs any of them.\n\n",
    );
    overview(&mut page);
    for operation in OPERATIONS {
        section(operation, documents, &mut page);
    }
    page
}

/// One row for each operation, one column for each language.
fn overview(page: &mut String) {
    let cells = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let heads = LANGUAGES.iter().map(|language| language.name.to_owned());
    page.push_str(&cells(std::iter::once("operation".to_owned()).chain(heads).collect()));
    page.push_str(&format!("|{}\n", "---|".repeat(LANGUAGES.len() + 1)));
    for operation in OPERATIONS {
        let anchor = operation.name.replace(' ', "-");
        let calls = LANGUAGES.iter().map(|language| format!("`{}`", language.call(operation)));
        let name = format!("[{}](#{anchor})", operation.name);
        page.push_str(&cells(std::iter::once(name).chain(calls).collect()));
    }
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
