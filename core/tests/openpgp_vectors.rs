//! Every crafted message of tests/vectors/openpgp comes out as its
//! expected.json says, by the rule that it names.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use reposnap::openpgp::{self, Keyring, Policy, Rule};
use serde_json::Value;

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/openpgp")
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn expectations() -> Value {
    serde_json::from_slice(&read(&vectors().join("expected.json"))).expect("JSON")
}

fn time(value: &Value) -> Timestamp {
    value.as_str().expect("a time").parse().expect("an ISO time")
}

fn policy(case: &Value) -> Policy {
    let mut policy = Policy::default();
    for signer in case["signers"].as_array().into_iter().flatten() {
        policy = policy.signer(signer.as_str().expect("a fingerprint").parse().expect("a fingerprint"));
    }
    if let Some(threshold) = case["threshold"].as_u64() {
        policy = policy.threshold(NonZeroUsize::new(threshold as usize).expect("at least one"));
    }
    for rule in case["relax"].as_array().into_iter().flatten() {
        policy = policy.relax(rule.as_str().expect("a rule").parse().expect("a rule")).expect("relaxable");
    }
    if case["as_of"].is_string() {
        policy = policy.as_of(time(&case["as_of"]));
    }
    policy
}

#[test]
fn every_case_comes_out_as_expected() {
    let root = vectors();
    let expected = expectations();
    let mut wrong = Vec::new();
    let cases = expected["cases"].as_object().expect("cases");
    for (name, case) in cases {
        let keyring = case["keyring"].as_str().or(expected["keyring"].as_str()).expect("a keyring");
        let keyring = Keyring::from_bytes(&read(&root.join(keyring))).expect("the keyring");
        let now = time(if case["time"].is_string() { &case["time"] } else { &expected["reference_time"] });
        let file = read(&root.join(case["file"].as_str().unwrap_or(name)));
        let found = match case["signature"].as_str() {
            Some(signature) => {
                openpgp::verify_detached(&file, &read(&root.join(signature)), &keyring, &policy(case), now)
            }
            None => openpgp::verify_inline(&file, &keyring, &policy(case), now),
        };
        let verdict = match &found {
            Ok(_) => ("accept", None),
            Err(error) => ("reject", error.broken_rule()),
        };
        if (Some(verdict.0), verdict.1) != (case["verdict"].as_str(), case["rule"].as_str()) {
            wrong.push(format!("{name}: expected {} by {}, found {found:?}", case["verdict"], case["rule"]));
        }
        let Ok(found) = found else { continue };
        if case["text"].as_str().is_some_and(|text| found.value() != &read(&root.join(text))) {
            wrong.push(format!("{name}: another text than {}", case["text"]));
        }
        if let Some(notes) = case["notes"].as_array() {
            let notes: Vec<&str> = notes.iter().filter_map(Value::as_str).collect();
            let told: Vec<&str> = found.notes().iter().map(|note| note.rule.as_str()).collect();
            if told != notes {
                wrong.push(format!("{name}: expected notes {notes:?}, found {told:?}"));
            }
        }
    }
    assert!(cases.len() >= 140, "only {} cases", cases.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rules_of_the_cases_exist() {
    for (name, case) in expectations()["cases"].as_object().expect("cases") {
        match case["verdict"].as_str() {
            Some("reject") => {
                let rule = case["rule"].as_str().unwrap_or_else(|| panic!("{name} names no rule"));
                rule.parse::<Rule>().expect(name);
            }
            verdict => assert_eq!(verdict, Some("accept"), "{name}"),
        }
    }
}

/// Where no policy beyond the default is asked for, what we accept gpgv
/// accepts too, and with the same text; but for what its notes explain.
#[test]
fn what_we_accept_gpgv_accepts() {
    let root = vectors();
    let expected = expectations();
    let dir = tempfile::tempdir().expect("a directory");
    let mut compared = 0;
    for (name, case) in expected["cases"].as_object().expect("cases") {
        let own_policy = ["signers", "threshold", "relax", "as_of"].iter().any(|key| !case[key].is_null());
        if case["verdict"] != "accept" || own_policy || case["gpgv"] == "reject" || case["signature"].is_string() {
            continue;
        }
        let file = root.join(case["file"].as_str().unwrap_or(name));
        let keyring = root.join(case["keyring"].as_str().or(expected["keyring"].as_str()).expect("a keyring"));
        let now = expected["reference_time"].as_str().expect("a time").replace('T', " ");
        let out = dir.path().join(name);
        let gpgv = std::process::Command::new("faketime")
            .env("TZ", "UTC")
            .args(["-f", now.trim_end_matches('Z'), "gpgv", "--keyring"])
            .arg(&keyring)
            .arg("--output")
            .arg(&out)
            .arg(&file)
            .output()
            .unwrap_or_else(|error| panic!("faketime can't be run: {error}"));
        assert!(gpgv.status.success(), "{name}: {}", String::from_utf8_lossy(&gpgv.stderr));
        let keyring = Keyring::from_bytes(&read(&keyring)).expect("the keyring");
        let ours =
            openpgp::verify_inline(&read(&file), &keyring, &Policy::default(), time(&expected["reference_time"]));
        let theirs = read(&out);
        // gpgv drops a carriage return nowhere; apt, as we do, takes it for a part of the line end.
        let theirs = theirs.split_inclusive(|b| *b == b'\n').flat_map(|line| match line {
            [line @ .., b'\r', b'\n'] => [line, b"\n"],
            line => [line, b""],
        });
        let ours = ours.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(ours.value(), &theirs.collect::<Vec<_>>().concat(), "{name}");
        compared += 1;
    }
    assert!(compared > 20, "only {compared} cases compared");
}
