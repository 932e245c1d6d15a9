//! The generated files are what the table of operations makes of them. `UPDATE=1` writes them anew.

use reposnap::api::OPERATIONS;
use reposnap_faces::languages::LANGUAGES;
use reposnap_faces::{files, root};

#[test]
fn generated_files_are_current() {
    let update = std::env::var_os("UPDATE").is_some_and(|value| value == "1");
    let mut stale = Vec::new();
    for (path, text) in files() {
        let file = root().join(path);
        if std::fs::read_to_string(&file).is_ok_and(|there| there == text) {
            continue;
        }
        if update {
            std::fs::create_dir_all(file.parent().expect("a file is in a folder")).expect("making a folder");
            std::fs::write(&file, text).expect("writing a generated file");
        } else {
            stale.push(path);
        }
    }
    assert!(stale.is_empty(), "stale: {stale:?}; run `UPDATE=1 cargo test -p reposnap-faces --test generated`");
}

#[test]
fn every_language_has_every_operation() {
    for language in LANGUAGES {
        let read =
            |path: &&str| std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        let text: String = language.files.iter().map(read).collect();
        for operation in OPERATIONS {
            let declaration = language.declaration(operation);
            assert!(text.contains(&declaration), "{} has no {declaration}", language.name);
        }
    }
}
