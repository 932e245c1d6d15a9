//! The commands that look at single things, beside what `docs/JSON.md` says of them, and operations by their names.

use std::fs;
use std::path::Path;
use std::process::Command;

use reposnap_tests::gnupg::GnuPg;
use reposnap_tests::process::succeed;
use serde_json::{Value, json};

use crate::schema::Schema;
use crate::world::World;

#[test]
fn what_else_there_is_to_look_at() {
    let (schema, world) = (Schema::read(), World::with_two_states());
    schema.check("mirror show", &world.json(&["mirror", "show", "inhouse"]));
    schema.check("env show", &world.json(&["env", "show", "stable"]));
    let resolved = world.json(&["snapshot", "resolve", "stable"]);
    schema.check("snapshot resolve", &resolved);
    assert_eq!(resolved["source"], "environment");

    let changed = world.json(&["mirror", "add-folder", "inhouse", &world.path("."), "--replace", "--dry-run"]);
    schema.check("mirror add-folder", &changed);
    assert_eq!(changed["changed"], true);
    let begun = world.json(&["env", "promote", "testing", "stable", "--create"]);
    schema.check("env promote", &begun);
    assert_eq!((&begun["before"], &begun["moved"]), (&Value::Null, &json!(true)));

    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/machine").display().to_string();
    let compared = world.json_with(0, &["system", "compare", "inhouse", "--root", &root]);
    schema.check("system compare", &compared);
    assert_eq!(compared["packages"].as_array().map(Vec::len), Some(3), "what is installed: {compared}");

    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/packages/one/greet_1.0-1_all.deb");
    let shown = world.json(&["deb", "show", &package.display().to_string(), "--contents"]);
    schema.check("deb show", &shown);
    assert_eq!(shown["control"][0], json!({ "name": "Package", "value": "greet" }));
}

#[test]
fn signatures_by_hand() {
    let (schema, world) = (Schema::read(), World::new());
    let (key, text, signed) = (world.path("key"), world.path("text"), world.path("text.asc"));
    world.json(&["key", "generate", "Test <test@example.org>", "-o", &key]);
    fs::write(&text, "- a text\n").expect("writing");
    let made = world.json(&["key", "sign", &text, "--key", &key]);
    schema.check("key sign", &made);
    let certificate = world.path("certificate.asc");
    for (file, field) in [(&signed, "signature"), (&certificate, "certificate")] {
        fs::write(file, text_of(&made[field])).expect("writing");
    }
    schema.check_array("Certificate", &world.json(&["keyring", "show", &certificate]));
    let verdict = world.json(&["verify", "message", &signed, "--keyring", &certificate]);
    schema.check("verify message", &verdict);
    assert_eq!((&verdict["accepted"], &verdict["text"]), (&json!(true), &json!("- a text\n")));
    // And gpgv says the same.
    let gpgv = Command::new("gpgv").arg("--keyring").arg(dearmored(&certificate)).arg(&signed).output();
    assert!(gpgv.expect("gpgv runs").status.success());

    let apart = world.json(&["key", "sign", &text, "--key", &key, "--detached"]);
    fs::write(&signed, text_of(&apart["signature"])).expect("writing");
    fs::write(&text, "another text\n").expect("writing");
    let verify = ["verify", "message", &text, "--signature", &signed, "--keyring", &certificate];
    let verdict = world.json_with(1, &verify);
    schema.check("verify message", &verdict);
    assert_eq!(verdict["rejected"]["rule"], "bad-signature");
}

#[test]
fn operations_by_their_names() {
    let (schema, world) = (Schema::read(), World::with_two_states());
    let operations = world.json(&["operations"]);
    schema.check_array("Operation", &operations);
    let name = |operation: &Value| text_of(&operation["name"]).to_owned();
    let names: Vec<String> = operations.as_array().into_iter().flatten().map(name).collect();
    assert!(names.contains(&"env promote".to_owned()), "{names:?}");
    let called = world.json(&["call", "env show", r#"{"name": "stable"}"#]);
    assert_eq!(called, world.json(&["env", "show", "stable"]));
    assert_eq!(world.error(&["call", "env show", "{}"])["kind"], "usage");
    assert_eq!(world.error(&["call", "env show", "nonsense"])["kind"], "usage");
}

/// The certificate as gpgv takes it: binary.
fn dearmored(certificate: &str) -> String {
    let keyring = format!("{certificate}.gpg");
    succeed(GnuPg::new().gpg().args(["--output", &keyring, "--dearmor", certificate]));
    keyring
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}
