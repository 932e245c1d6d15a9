//! The generated files are what the table of operations makes of them. `UPDATE=1` writes them anew.

use reposnap_api::OPERATIONS;
use reposnap_faces::classes::{CLASSES, OBJECT_LANGUAGES};
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
        let text = text_of(language.files);
        for operation in OPERATIONS {
            let declaration = language.declaration(operation);
            assert!(text.contains(&declaration), "{} has no {declaration}", language.name);
        }
    }
}

#[test]
fn every_object_language_has_every_class() {
    for language in OBJECT_LANGUAGES {
        let text = text_of(language.files);
        let missing: Vec<String> = CLASSES.iter().flat_map(|class| language.missing(class, &text)).collect();
        assert!(missing.is_empty(), "{} lacks {missing:?}", language.name);
    }
}

fn text_of(files: &[&str]) -> String {
    let read =
        |path: &&str| std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    files.iter().map(read).collect()
}
