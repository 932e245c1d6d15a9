//! What goes wrong, and what is printed where.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use reposnap_tests::cli::program;
use reposnap_tests::deb::Package;
use reposnap_tests::process::{capture, succeed};
use serde_json::json;

use crate::schema::Schema;
use crate::world::{World, document};

#[test]
fn arguments_that_are_not_understood() {
    let (schema, world) = (Schema::read(), World::with_two_states());
    for arguments in [
        &["no-such-command"][..],
        &[],
        &["mirror"],
        &["mirror", "update"],
        &["snapshot", "merge"],
        &["search", "stable", "greet", "--no-such-option"],
        &["publish", "stable", "--to", "public"],
        &["publish", "stable", "--to", "public", "--verbatim", "--suite", "x"],
        &["verify", "release", "x", "--keyring", "y", "--at", "yesterday"],
        &["snapshot", "merge", "stable", "--rule", "loudest"],
        &["search", "stable", "greet (>="],
        &["version", "compare", "1", "like", "2"],
        &["version", "compare", "not a version", "2"],
        &["publish", "stable", "--to", "public", "--suite", "../x", "--key", "key"],
        &["mirror", "add", "x", "ftp://host/", "suite", "--signed-by", "/dev/null"],
    ] {
        let told = world.json_with(2, arguments);
        schema.check("error document", &told);
        assert!(!told["error"]["message"].as_str().unwrap_or_default().is_empty(), "{told}");
        let finished = world.reposnap.run(arguments);
        assert_eq!((finished.code(), finished.text().as_str()), (2, ""), "{arguments:?}");
        assert!(!finished.stderr.is_empty() && !finished.stderr.contains("panicked"), "{arguments:?}");
    }
    assert_eq!(world.error(&["publish", "stable"])["kind"], "usage");
    // Help is no error, and no document.
    for asked in ["--help", "--version"] {
        let finished = world.reposnap.run(["--json", asked]);
        assert!(finished.status.success() && finished.text().contains("reposnap") && finished.stderr.is_empty());
    }
}

#[test]
fn every_rule_that_can_be_relaxed_is_told() {
    let world = World::new();
    for command in [["mirror", "add", "--help"], ["verify", "release", "--help"]] {
        let help = world.ok(&command);
        for rule in ["valid-until", "framing-before", "codename-changed", "weak-binding-digest"] {
            assert!(help.contains(rule), "{rule}\n{help}");
        }
        assert!(!help.contains("no-signature"), "a firm rule\n{help}");
        assert_eq!(help.contains("control-mismatch"), command[0] == "mirror", "a rule of packages\n{help}");
    }
    let keyring = world.upstream(vec![Package::new("greet", "1.0")]);
    let file = world.path("upstream/dists/testname/InRelease");
    for rule in ["no-signature", "loudness", "control-mismatch"] {
        let error = world.error(&["verify", "release", &file, "--keyring", &keyring, "--relax", rule]);
        assert_eq!(error["kind"], "usage", "{error}");
    }
    let url = world.path("upstream");
    let add = |name: &str, rule: &str| {
        let arguments = ["mirror", "add", name, &format!("file://{url}"), "testname", "--signed-by", &keyring];
        world.reposnap.run(arguments.into_iter().chain(["--arch", "amd64", "--relax", rule]))
    };
    assert_eq!(add("one", "loudness").code(), 2);
    assert_eq!(add("one", "control-mismatch").code(), 0);
    assert_eq!(world.json(&["mirror", "list"])[0]["config"]["relax"], json!(["control-mismatch"]));
}

#[test]
fn an_error_names_what_is_at_fault() {
    let world = World::with_two_states();
    let missing = world.error(&["verify", "release", "nowhere", "--keyring", "nowhere"]);
    assert_eq!((&missing["kind"], &missing["path"]), (&json!("not-found"), &json!("nowhere")));
    fs::write(world.folder().join("packages/broken.deb"), b"!<arch>\nnot one").expect("writing");
    let before = world.json(&["mirror", "list"]);
    let broken = world.error(&["mirror", "update", "inhouse"]);
    assert_eq!(broken["kind"], "malformed");
    assert!(broken["path"].as_str().is_some_and(|path| path.ends_with("packages/broken.deb")), "{broken}");
    assert_eq!(world.json(&["mirror", "list"]), before, "the mirror stays as it was");
    let key = world.path("key");
    world.ok(&["key", "generate", "Test <test@example.org>", "-o", &key]);
    assert_eq!(world.error(&["key", "generate", "Test <test@example.org>", "-o", &key])["path"], key.as_str());
    // A tampered file is a verdict, not an error.
    let keyring = world.upstream(vec![Package::new("greet", "1.0")]);
    let file = world.path("InRelease");
    let text = fs::read_to_string(world.path("upstream/dists/testname/InRelease")).expect("InRelease");
    fs::write(&file, text.replace("Origin: Test", "Origin: Evil")).expect("writing");
    let verdict = world.json_with(1, &["verify", "release", &file, "--keyring", &keyring]);
    assert_eq!(verdict["rejected"]["rule"], "bad-signature");
    assert_eq!(verdict["rejected"]["path"], file.as_str());
}

#[test]
fn without_a_store_or_with_another() {
    let world = World::new();
    let none = world.error(&["mirror", "list"]);
    assert_eq!(none["kind"], "not-found");
    assert!(none["help"].as_str().is_some_and(|help| help.contains("--store")), "{none}");
    assert!(!world.store().exists(), "looking makes nothing");

    let world = World::with_two_states();
    let format = world.store().join("reposnap.json");
    let text = fs::read_to_string(&format).expect("reposnap.json");
    fs::write(&format, text.replace("\"min_writer\": 1", "\"min_writer\": 2")).expect("writing");
    assert_eq!(world.error(&["env", "create", "other", "inhouse"])["kind"], "read-only");
    world.ok(&["snapshot", "list"]);
    fs::write(&format, text.replace("\"min_reader\": 1", "\"min_reader\": 2")).expect("writing");
    assert_eq!(world.error(&["snapshot", "list"])["kind"], "format");
    fs::write(&format, "{}").expect("writing");
    assert_eq!(world.error(&["snapshot", "list"])["kind"], "malformed");

    let file = World::new();
    fs::write(file.store(), "").expect("writing");
    assert_eq!(file.error(&["snapshot", "list"])["kind"], "usage");
    let occupied = World::new();
    fs::create_dir(occupied.store()).expect("making a folder");
    fs::write(occupied.store().join("precious"), "").expect("writing");
    assert_eq!(occupied.error(&["mirror", "add-system", "x"])["kind"], "already-exists");
}

/// Somebody who may read the store but not write it. Root may write anything, so root becomes nobody.
#[test]
fn a_store_that_may_only_be_read() {
    let world = World::with_two_states();
    let program_copy = world.path("reposnap");
    fs::copy(program(), &program_copy).expect("copying the program");
    let store = world.store().display().to_string();
    succeed(Command::new("chmod").args(["-R", "a=rX", &store]));
    fs::set_permissions(world.folder(), fs::Permissions::from_mode(0o755)).expect("setting a mode");
    let is_root = succeed(Command::new("id").arg("-u")).text().trim() == "0";
    let run = |arguments: &[&str]| {
        let mut command = Command::new(if is_root { "setpriv" } else { &program_copy });
        if is_root {
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups", &program_copy]);
        }
        capture(command.args(["--json", "--store", &store]).args(arguments).current_dir(world.folder()))
    };
    for reading in [&["snapshot", "list"][..], &["env", "log", "stable"], &["search", "inhouse", "greet"]] {
        let finished = run(reading);
        assert!(finished.status.success(), "{reading:?}\n{}", finished.transcript());
    }
    for writing in [
        &["env", "promote", "stable", "inhouse"][..],
        &["env", "create", "other", "inhouse"],
        &["mirror", "add-system", "system"],
        &["snapshot", "filter", "inhouse", "greet"],
    ] {
        let finished = run(writing);
        assert_eq!(finished.code(), 2, "{writing:?}\n{}", finished.transcript());
        assert_eq!(document(&finished)["error"]["kind"], "read-only", "{writing:?}");
    }
    succeed(Command::new("chmod").args(["-R", "u+w", &store]));
    assert_eq!(world.json(&["env", "log", "stable"]).as_array().map(Vec::len), Some(1), "nothing was written");
}

#[test]
fn the_environment_names_store_and_actor() {
    let world = World::with_two_states();
    let run =
        |arguments: &[&str], variables: &[(&str, &str)]| capture(world.bare(arguments).envs(variables.iter().copied()));
    let store = world.store().display().to_string();
    let listed = run(&["env", "list", "--json"], &[("REPOSNAP_STORE", &store)]);
    assert_eq!(document(&listed)[0]["environment"], "stable");
    let elsewhere = run(&["env", "list", "--store", "elsewhere"], &[("REPOSNAP_STORE", &store)]);
    assert_eq!(elsewhere.code(), 2, "the option goes before the variable");
    let default = run(&["mirror", "add-system", "system"], &[]);
    assert!(default.status.success() && world.folder().join("reposnap-store/reposnap.json").exists());

    let create = |name: &'static str| ["env", "create", name, "inhouse", "--json"];
    let store = ("REPOSNAP_STORE", store.as_str());
    let actor = |finished| document(&finished)["actor"].as_str().unwrap_or_default().to_owned();
    assert_eq!(actor(run(&create("a"), &[store, ("USER", "ana")])), "ana");
    assert_eq!(actor(run(&create("b"), &[store, ("USER", "root"), ("SUDO_USER", "bob")])), "bob");
    assert_eq!(actor(run(&create("c"), &[store, ("USER", "ana"), ("REPOSNAP_ACTOR", "ci")])), "ci");
}

#[test]
fn pipes_get_results_and_nothing_else() {
    let world = World::with_two_states();
    let (key, public) = (world.path("key"), world.path("public"));
    for arguments in [
        &["mirror", "update", "inhouse"][..],
        &["snapshot", "show", "inhouse"],
        &["key", "generate", "Test <test@example.org>", "-o", &key],
        &["publish", "inhouse", "--to", &public, "--suite", "s", "--key", &key],
        &["env", "promote", "stable", "inhouse"],
    ] {
        let finished = world.reposnap.run(arguments);
        assert!(finished.status.success() && !finished.stdout.is_empty(), "{}", finished.transcript());
        assert_eq!(finished.stderr, "", "{arguments:?}");
        assert!(!finished.stdout.contains(&0x1b), "no colours: {arguments:?}");
    }
    // A reader that has seen enough is no error.
    for arguments in [&["--json", "snapshot", "list"][..], &["completions", "bash"], &["--help"]] {
        let mut command = world.reposnap.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the command");
        drop(child.stdout.take());
        let finished = child.wait_with_output().expect("the command ends");
        assert!(finished.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&finished.stderr));
    }
}

/// On a terminal there may be progress; what `script` records must at least be the same result.
#[test]
fn a_terminal_gets_the_result_too() {
    let world = World::with_two_states();
    world.put(&Package::new("new", "1"));
    let command = format!("'{}' --store '{}' mirror update inhouse", program().display(), world.store().display());
    let recorded = succeed(Command::new("script").args(["--quiet", "--return", "--command", &command, "/dev/null"]));
    assert!(recorded.text().contains("inhouse: "), "{}", recorded.transcript());
}
