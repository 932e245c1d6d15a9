//! The page that `serve` has for people, in a real Chromium, by keyboard.

use std::process::Command;

use reposnap_tests::cli::Reposnap;
use reposnap_tests::deb::Package;
use reposnap_tests::process::succeed;
use reposnap_tests::serve::Served;
use serde_json::Value;

/// What somebody would write who hopes that it is taken as markup.
const MARKUP: &str = "<img src=x onerror=alert(1)><b>bold</b>";

#[test]
fn people_find_their_way_by_keyboard_and_nothing_is_taken_as_markup() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let folder = directory.path().join("packages");
    std::fs::create_dir(&folder).expect("making a folder");
    let reposnap = Reposnap::new(&directory.path().join("store"));
    let add = |version: &str| {
        let package = Package::new("hello", version);
        std::fs::write(folder.join(package.file_name()), package.build()).expect("writing");
        reposnap.ok(["mirror", "update", "up"]);
    };
    reposnap.ok(["mirror", "add-folder", "up", &folder.display().to_string()]);
    add("1.0");
    reposnap.ok(["env", "create", "stable", "up"]);
    add("2.0");
    reposnap.ok(["env", "promote", "stable", "up", "--message", MARKUP]);
    add("3.0");
    let served = Served::start(&reposnap, ["--no-fetch"]);
    let chromium = ["chromium", "chromium-headless-shell"]
        .into_iter()
        .find(|name| Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success()));
    let chromium = chromium.expect("chromium; scripts/setup installs it");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/page/drive.mjs");
    let url = format!("{}/", served.url());
    let profile = directory.path().join("profile");
    let told =
        succeed(Command::new("node").arg(script).args([chromium, &url]).arg(&profile).env("HOME", directory.path()))
            .text();
    let told: Value = serde_json::from_str(&told).expect("JSON");
    let text =
        |pointer: &str| told.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer}: {told}"));

    assert_eq!(text("/timeline/status"), "2 states of stable");
    assert!(text("/timeline/text").contains(MARKUP), "{told}");
    assert_eq!(told["markup"], 0);
    assert!(text("/search/status").starts_with("2 packages"), "{told}");
    assert!(text("/search/text").contains("2.0"));
    assert!(text("/promotion/status").contains("would change"));
    assert!(text("/promotion/text").contains("3.0"));
    assert_eq!(text("/stale/status"), "0 images need a rebuild");
    assert!(text("/diff/status").contains("difference"));
    assert!(text("/diff/text").contains("2.0"));
    assert_eq!(text("/focusAfterDiff"), "diff-result");

    assert_eq!(text("/order/0"), "To the content");
    for part in ["token", "environment", "before", "after", "where", "query", "into", "from", "against"] {
        assert!(told["order"].as_array().is_some_and(|order| order.iter().any(|at| at == part)), "{part}: {told}");
    }
    assert_eq!(told["nameless"], Value::Array(Vec::new()), "{told}");
    for role in ["banner", "main", "navigation", "contentinfo", "heading", "status", "table", "list"] {
        assert!(
            told["roles"].as_array().is_some_and(|roles| roles.iter().any(|known| known == role)),
            "{role}: {told}"
        );
    }
    for contrast in ["contrast", "darkContrast"] {
        assert!(told[contrast].as_f64().is_some_and(|ratio| ratio >= 4.5), "{contrast}: {told}");
    }

    let requests = told["requests"].as_array().expect("requests");
    assert!(
        requests.iter().all(|request| request.as_str().is_some_and(|request| request.starts_with(served.url()))),
        "{told}"
    );
    // The one complaint is of what was slipped in, and it did not run.
    assert_eq!(told["slipped"], false);
    let complaints = told["complaints"].as_array().expect("complaints");
    let of_icon = |text: &&Value| !text.as_str().is_some_and(|text| text.contains("404"));
    let complaints: Vec<_> = complaints.iter().filter(of_icon).collect();
    assert!(
        complaints.iter().all(|text| text.as_str().is_some_and(|text| text.contains("Content Security Policy"))),
        "{complaints:?}"
    );
}
