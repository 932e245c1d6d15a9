//! `include/reposnap.h` is what cbindgen makes of the sources. `UPDATE=1` writes it anew.

use std::path::{Path, PathBuf};

use cbindgen::{Builder, Config, DocumentationLength, DocumentationStyle, ItemType, Language, Style};

/// What stands on top of the header.
const TOP: &str = include_str!("../header/top.h");
/// What stands behind the last declaration.
const VERSION: &str = include_str!("../header/version.h");

/// The modules, in the order in which a reader needs them.
const MODULES: &[&str] = &[
    "result",
    "error",
    "cancel",
    "watch",
    "store",
    "document",
    "call",
    "packages",
    "version",
    "handle",
    "request",
    "operations",
];

#[test]
fn the_header_is_current() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = folder.join("include/reposnap.h");
    let now = header(folder);
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        std::fs::create_dir_all(folder.join("include")).expect("making the folder");
        std::fs::write(&file, &now).expect("writing the header");
    }
    let there = std::fs::read_to_string(&file).expect("reading the header");
    let first = now.lines().zip(there.lines()).find(|(now, there)| now != there);
    assert!(now == there, "stale ({first:?}): run `UPDATE=1 cargo test -p reposnap-c --test header`");
}

fn header(folder: &Path) -> String {
    let mut config = Config {
        language: Language::C,
        cpp_compat: true,
        include_guard: Some("REPOSNAP_H".to_owned()),
        no_includes: true,
        header: Some(TOP.trim_end().to_owned()),
        after_includes: Some(version()),
        documentation: true,
        documentation_style: DocumentationStyle::C99,
        documentation_length: DocumentationLength::Full,
        style: Style::Both,
        line_length: 110,
        usize_is_size_t: true,
        ..Config::default()
    };
    config.sys_includes = ["stdbool.h", "stddef.h", "stdint.h", "string.h"].map(str::to_owned).into();
    config.export.item_types =
        vec![ItemType::Enums, ItemType::Structs, ItemType::OpaqueItems, ItemType::Typedefs, ItemType::Functions];
    let mut builder = Builder::new().with_config(config);
    for module in MODULES {
        builder = builder.with_src(source(folder, module));
    }
    let mut text = Vec::new();
    builder.generate().expect("the sources can be read").write(&mut text);
    let text = String::from_utf8(text).expect("the header is text");
    tidy(&text)
}

fn source(folder: &Path, module: &str) -> PathBuf {
    folder.join("src").join(module).with_extension("rs")
}

/// The macros of the version, from the one that the crate has.
fn version() -> String {
    let version = env!("CARGO_PKG_VERSION");
    let mut numbers = version.split(['.', '-']);
    let mut text = VERSION.trim_end().replace("@VERSION@", version);
    for part in ["@MAJOR@", "@MINOR@", "@PATCH@"] {
        text = text.replace(part, numbers.next().expect("a version has three numbers"));
    }
    format!("\n{text}")
}

/// What rustdoc asks for and C does not: the heading of what callers promise, which the top of the header tells.
fn tidy(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    let mut safety = false;
    for line in text.lines() {
        let comment = line.trim_start().starts_with("//");
        safety = comment && (safety || line.trim_start().starts_with("// # Safety"));
        if safety {
            continue;
        }
        if !comment {
            while lines.last().is_some_and(|last| *last == "//") {
                lines.pop();
            }
        }
        lines.push(line.trim_end());
    }
    lines.join("\n") + "\n"
}
