//! What an operation is called in each language, and where that language has it.

use reposnap_api::{Needs, Operation};

use crate::names::{camel, snake};

/// A language that operations are called from.
pub struct Language {
    /// Its name.
    pub name: &'static str,
    /// The file, below the repository's root, in which its operations are declared; one with the functions that need no
    /// store, where they stand apart.
    pub files: &'static [&'static str],
    call: fn(&Operation) -> String,
    declaration: fn(&Operation) -> String,
}

/// The languages, in the order in which a page names them.
pub static LANGUAGES: &[Language] = &[
    Language {
        name: "Python",
        files: &["bindings-python/python/reposnap/_methods.py", "bindings-python/python/reposnap/operations.py"],
        call: |operation| {
            format!("{}.{}", if on_a_store(operation) { "store" } else { "reposnap" }, snake(operation.name))
        },
        declaration: |operation| format!("def {}(", snake(operation.name)),
    },
    Language {
        name: "Node",
        files: &["bindings-node/lib/operations.d.cts", "bindings-node/lib/functions.d.cts"],
        call: |operation| {
            format!("{}.{}", if on_a_store(operation) { "store" } else { "reposnap" }, camel(operation.name))
        },
        declaration: |operation| format!("{}(", camel(operation.name)),
    },
    Language {
        name: "C",
        files: &["bindings-c/include/reposnap.h"],
        call: |operation| format!("reposnap_{}", snake(operation.name)),
        declaration: |operation| format!("reposnap_{}(", snake(operation.name)),
    },
    Language {
        name: "Ruby",
        files: &["bindings-uniffi/ruby/lib/reposnap/operations.rb"],
        call: |operation| {
            format!("{}.{}", if on_a_store(operation) { "store" } else { "Reposnap" }, snake(operation.name))
        },
        declaration: |operation| format!("def {}", snake(operation.name)),
    },
    Language {
        name: "Kotlin, Swift",
        // What UniFFI makes them from.
        files: &["bindings-uniffi/src/operations.rs"],
        call: |operation| match on_a_store(operation) {
            true => format!("store.{}", camel(operation.name)),
            false => camel(operation.name),
        },
        declaration: |operation| format!("pub fn {}(", snake(operation.name)),
    },
];

impl Language {
    /// How the operation is called.
    pub fn call(&self, operation: &Operation) -> String {
        (self.call)(operation)
    }

    /// What stands in one of [`Language::files`] where the language has the operation.
    pub fn declaration(&self, operation: &Operation) -> String {
        (self.declaration)(operation)
    }
}

fn on_a_store(operation: &Operation) -> bool {
    operation.needs == Needs::Store
}
