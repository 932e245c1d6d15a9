//! The vectors that every language runs, here in Rust: `tests/vectors/*.json`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use reposnap::Kind;
use reposnap::deb::version;
use reposnap_api::{OPERATIONS, Session, call};
use serde_json::{Value, json};

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

fn read(name: &str) -> Value {
    let path = vectors().join(name);
    let text = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What `${...}` stands for.
type Names = BTreeMap<String, String>;

/// The packages lie at another path in every run, so that no vector can expect what depends on where they lie.
fn names(folder: &Path) -> Names {
    let folder = folder.canonicalize().expect("a folder");
    let copy = folder.join("vectors");
    if !copy.exists() {
        let copied = Command::new("cp").arg("-a").arg(vectors()).arg(&copy).status().expect("cp");
        assert!(copied.success(), "cp could not copy the vectors");
    }
    let packages = copy.join("packages");
    [("dir", folder), ("packages", packages)].map(|(name, path)| (name.to_owned(), path.display().to_string())).into()
}

fn substitute(value: &Value, names: &Names) -> Value {
    match value {
        Value::String(text) => {
            let replace =
                |text: String, (name, value): (&String, &String)| text.replace(&format!("${{{name}}}"), value);
            Value::String(names.iter().fold(text.clone(), replace))
        }
        Value::Array(values) => values.iter().map(|value| substitute(value, names)).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), substitute(value, names))).collect(),
        other => other.clone(),
    }
}

/// Whether `found` has what `expected` says: objects at least its fields, arrays the same length, all else the same.
fn has(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            expected.iter().all(|(name, expected)| has(found.get(name).unwrap_or(&Value::Null), expected))
        }
        (Value::Array(found), Value::Array(expected)) => {
            found.len() == expected.len() && found.iter().zip(expected).all(|(found, expected)| has(found, expected))
        }
        _ => found == expected,
    }
}

async fn run(session: &Session, step: &Value, names: &mut Names, at: &str) {
    let operation = step["operation"].as_str().expect("a step names its operation");
    let at = format!("{at}: {operation} {}", step["request"]);
    let result = call(session, operation, substitute(&step["request"], names)).await;
    let found = match &result {
        Ok(document) => document.clone(),
        Err(error) => serde_json::json!({ "error": error }),
    };
    match (step.get("result"), step.get("error"), result) {
        (Some(expected), None, Ok(_)) => {
            let expected = substitute(expected, names);
            assert!(has(&found, &expected), "{at}\nexpected {expected:#}\nfound {found:#}");
        }
        (None, Some(expected), Err(_)) => {
            let expected = substitute(expected, names);
            assert!(has(&found["error"], &expected), "{at}\nexpected {expected:#}\nfound {found:#}");
        }
        _ => panic!("{at}\nfound {found:#}"),
    }
    for (name, pointer) in step["save"].as_object().into_iter().flatten() {
        let pointer = pointer.as_str().expect("a pointer");
        let value = found.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{at}: no {pointer}"));
        names.insert(name.clone(), value.to_owned());
    }
}

#[tokio::test]
async fn operations() {
    let vectors = read("operations.json");
    let folder = tempfile::tempdir().expect("a folder");
    for case in vectors["cases"].as_array().expect("cases") {
        let at = case["name"].as_str().expect("a name");
        run(&Session::new(), case, &mut names(folder.path()), at).await;
    }
    for scenario in vectors["scenarios"].as_array().expect("scenarios") {
        let folder = tempfile::tempdir().expect("a folder");
        let session = Session::at(&folder.path().join("store"));
        let mut names = names(folder.path());
        for step in scenario["steps"].as_array().expect("steps") {
            run(&session, step, &mut names, scenario["name"].as_str().expect("a name")).await;
        }
    }
}

/// Collects what nothing needs, at once, but for snapshots that only the scenario knows of; how many objects that was.
async fn collect(session: &Session, names: &Names) -> u64 {
    let mut keep = Vec::new();
    for value in names.values().filter(|value| value.len() == 64) {
        if call(session, "snapshot show", json!({ "rev": value })).await.is_ok() {
            keep.push(value);
        }
    }
    match call(session, "store gc", json!({ "keep": keep, "grace": "0s" })).await {
        Ok(report) => {
            report["swept"].as_array().into_iter().flatten().filter_map(|swept| swept["objects"].as_u64()).sum()
        }
        // There is no store yet.
        Err(error) => {
            assert_eq!(error.kind(), Kind::NotFound, "{error:?}");
            0
        }
    }
}

/// Mirrors, environments with policies and evidence, fleets, universes, locks, histories, publications: between any two steps
/// all that nothing needs is collected, and every operation answers as if nothing had been.
#[tokio::test]
async fn nothing_that_an_operation_needs_is_garbage() {
    let vectors = read("operations.json");
    let operation = |step: &Value| step["operation"].as_str().expect("a step names its operation").to_owned();
    let steps = |scenario: &Value| scenario["steps"].as_array().expect("steps").clone();
    // One of them is about collections itself.
    let others = vectors["scenarios"].as_array().expect("scenarios").iter();
    let others = others.filter(|scenario| steps(scenario).iter().all(|step| operation(step) != "store gc"));
    let scenarios = others.map(|scenario| async move {
        let folder = tempfile::tempdir().expect("a folder");
        let session = Session::at(&folder.path().join("store"));
        let (mut names, mut collected) = (names(folder.path()), 0);
        let at = scenario["name"].as_str().expect("a name");
        for step in scenario["steps"].as_array().expect("steps") {
            collected += collect(&session, &names).await;
            run(&session, step, &mut names, &format!("{at}, with garbage collected")).await;
        }
        collected
    });
    let collected: u64 = futures::future::join_all(scenarios).await.into_iter().sum();
    assert!(collected > 0, "there was no garbage in any of them");
    println!("{collected} objects were collected");
}

/// This takes an upstream that signs; `mirror_apt.rs` and the command's tests have one.
const ELSEWHERE: &str = "publish verbatim";

#[test]
fn every_operation_has_a_vector() {
    let vectors = read("operations.json");
    let steps = vectors["scenarios"]
        .as_array()
        .expect("scenarios")
        .iter()
        .flat_map(|scenario| scenario["steps"].as_array().expect("steps").iter());
    let told: Vec<&str> = vectors["cases"]
        .as_array()
        .expect("cases")
        .iter()
        .chain(steps)
        .filter(|step| step.get("result").is_some())
        .filter_map(|step| step["operation"].as_str())
        .chain([ELSEWHERE])
        .collect();
    let missing: Vec<&str> =
        OPERATIONS.iter().map(|operation| operation.name).filter(|name| !told.contains(name)).collect();
    assert!(missing.is_empty(), "no vector shows what these give: {missing:?}");
}

#[test]
fn versions() {
    let vectors = read("versions.json");
    for row in vectors.as_array().expect("rows") {
        let [a, order, b] = [0, 1, 2].map(|column| row[column].as_str().expect("text"));
        let found = match version::compare(a.as_bytes(), b.as_bytes()) {
            std::cmp::Ordering::Less => "<",
            std::cmp::Ordering::Equal => "=",
            std::cmp::Ordering::Greater => ">",
        };
        assert_eq!(found, order, "{a} {b}");
        let (mut a_key, mut b_key) = (Vec::new(), Vec::new());
        version::sort_key(a.as_bytes(), &mut a_key);
        version::sort_key(b.as_bytes(), &mut b_key);
        assert_eq!(a_key.cmp(&b_key), version::compare(a.as_bytes(), b.as_bytes()), "{a} {b}");
    }
}

#[test]
fn the_packages_are_what_their_script_makes() {
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("packages");
    let packages = vectors().join("packages");
    for state in ["one", "two"] {
        std::fs::create_dir_all(copy.join(state)).expect("making a folder");
    }
    std::fs::copy(packages.join("make"), copy.join("make")).expect("copying the script");
    reposnap_tests::process::succeed(&mut Command::new(copy.join("make")));
    for state in ["one", "two"] {
        let list = |folder: PathBuf| -> BTreeMap<String, Vec<u8>> {
            let files = std::fs::read_dir(&folder).expect("reading a folder").map(|entry| entry.expect("an entry"));
            files
                .map(|file| {
                    let name = file.file_name().to_string_lossy().into_owned();
                    // What dpkg reads of it: compressors of other versions write other bytes.
                    let fields = Command::new("dpkg-deb").arg("--field").arg(file.path()).output().expect("dpkg-deb");
                    (name, fields.stdout)
                })
                .collect()
        };
        assert_eq!(list(copy.join(state)), list(packages.join(state)), "{state}");
    }
}
