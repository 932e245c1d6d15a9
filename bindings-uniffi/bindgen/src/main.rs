//! `reposnap-bindgen LIBRARY CONFIG FOLDER`: writes the Ruby, Kotlin and Swift sides of a built library.
//!
//! What UniFFI writes for Ruby is altered in one thing: its functions run without the interpreter's lock, so that other
//! threads go on, and callbacks can come.

use std::error::Error;
use std::fs;
use std::process::ExitCode;

use camino::Utf8PathBuf;
use uniffi_bindgen::bindings::{GenerateOptions, TargetLanguage, generate};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("reposnap-bindgen: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let paths: Vec<Utf8PathBuf> = std::env::args().skip(1).map(Into::into).collect();
    let [library, config, folder] = paths.as_slice() else {
        return Err("usage: reposnap-bindgen LIBRARY CONFIG FOLDER".into());
    };
    for (language, name) in
        [(TargetLanguage::Ruby, "ruby"), (TargetLanguage::Kotlin, "kotlin"), (TargetLanguage::Swift, "swift")]
    {
        let options = GenerateOptions {
            languages: vec![language],
            source: library.clone(),
            out_dir: folder.join(name),
            config_override: Some(config.clone()),
            ..GenerateOptions::default()
        };
        generate(options).map_err(|error| format!("{name}: {error:#}"))?;
    }
    let ruby = folder.join("ruby/reposnap_uniffi.rb");
    fs::write(&ruby, without_the_lock(&fs::read_to_string(&ruby)?))?;
    Ok(())
}

/// Has the functions that work run without the interpreter's lock. Those that free and register stay: they are short, and
/// some are called while objects are collected.
fn without_the_lock(ruby: &str) -> String {
    let mut text = String::from(
        "# Written by UniFFI and bindings-uniffi/bindgen; `UPDATE=1 bindings-uniffi/check` writes it anew.\n\n",
    );
    let mut waiting = false;
    for line in ruby.lines() {
        if let Some(function) = line.trim_start().strip_prefix("attach_function :") {
            let works = ["_fn_method_", "_fn_func_", "_fn_constructor_"].iter().any(|part| function.contains(part));
            waiting = works;
        }
        // The type of the result ends a declaration, and stands alone on its line.
        let end = waiting && !line.trim_end().ends_with(',');
        text.push_str(line.trim_end());
        if end {
            text.push_str(",\n    blocking: true");
            waiting = false;
        }
        text.push('\n');
    }
    text
}
