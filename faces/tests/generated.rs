//! The generated files are what the table of operations makes of them. `UPDATE=1` writes them anew.

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
