//! `Tests`: reports that real test runners write.

use std::path::Path;
use std::process::Command;

use reposnap::environment::gate::junit::Report;

use super::*;

/// Runs a test runner that fails or not, and takes what it wrote.
fn run(command: &mut Command, passes: bool) -> Vec<u8> {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} can't be run: {error}"));
    assert_eq!(output.status.success(), passes, "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn pytest(folder: &Path, text: &str, passes: bool) -> Vec<u8> {
    std::fs::write(folder.join("test_it.py"), format!("import pytest\n{text}")).unwrap();
    // So that it asks no settings of the folders above, and names tests from here.
    std::fs::write(folder.join("pytest.ini"), "[pytest]\n").unwrap();
    // Debian's own, which has its pytest; another python3 may come first on the path.
    let mut command = Command::new("/usr/bin/python3");
    command.args(["-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml=report.xml", "test_it.py"]);
    run(command.current_dir(folder).env("PYTHONDONTWRITEBYTECODE", "1"), passes);
    std::fs::read(folder.join("report.xml")).unwrap()
}

fn node(folder: &Path, text: &str, passes: bool) -> Vec<u8> {
    std::fs::write(folder.join("it.test.js"), format!("const test = require('node:test');\n{text}")).unwrap();
    run(Command::new("node").args(["--test", "--test-reporter=junit", "it.test.js"]).current_dir(folder), passes)
}

#[tokio::test]
async fn reports_of_runners_decide() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (store, [one, two, ..]) = store().await;
    let stable = gated(&store, one, "Tests: junit unit integration\n").await;
    let good = "def test_ok(): pass\n@pytest.mark.skip\ndef test_later(): pass\n";
    let bad = "def test_ok(): pass\ndef test_bad(): assert 1 == 2\n@pytest.fixture\ndef broken(): raise RuntimeError\n\
               def test_broken(broken): pass\n";
    let unit = pytest(folder, good, true);
    let failing = pytest(folder, bad, false);
    let skipped = pytest(folder, "@pytest.mark.skip\ndef test_later(): pass\n", true);
    let integration =
        node(folder, "test('ok', () => {});\ntest('outer', async t => { await t.test('inner', () => {}); });", true);
    let throwing = node(folder, "test('bad', () => { throw new Error('no'); });", false);
    for (report, counts) in [
        (&unit, (2, 0, 0, 1)),
        (&failing, (3, 1, 1, 0)),
        (&skipped, (1, 0, 0, 1)),
        (&integration, (2, 0, 0, 0)),
        (&throwing, (1, 1, 0, 0)),
    ] {
        let found = Report::parse(report).unwrap().counts;
        assert_eq!(
            (found.tests, found.failures, found.errors, found.skipped),
            counts,
            "{}",
            String::from_utf8_lossy(report)
        );
    }

    let give = |unit: &[u8], integration: &[u8]| {
        let one = |name: &str, content: &[u8]| Given::Tests { name: name.into(), content: content.to_vec() };
        vec![one("unit", unit), one("integration", integration)]
    };
    assert_eq!(missing(&whole(&stable, two, 10, Vec::new()).await), ["gate-tests", "gate-tests"]);
    for (given, word) in [
        (give(&failing, &integration), "1 of 3 tests failed and 1 had errors: test_it.test_bad, test_it.test_broken"),
        (give(&unit, &throwing), "1 of 1 tests failed"),
        (give(&skipped, &integration), "all 1 tests were skipped"),
        (give(&unit[..unit.len() - 20], &integration), "can't be read, line 1"),
        (give(b"", &integration), "can't be read"),
    ] {
        let judgement = whole(&stable, two, 20, given).await;
        assert_eq!(missing(&judgement), ["gate-tests"]);
        let refusal = judgement.refusal().unwrap();
        assert!(refusal.message().contains(word), "{refusal}");
    }
    append(whole(&stable, two, 30, give(&unit, &integration)).await).await.unwrap();
    assert!(holds(&stable).await, "{:?}", told(&stable).await);
}

#[tokio::test]
async fn a_report_can_name_what_it_tested() {
    let folder = tempfile::tempdir().unwrap();
    let (store, [one, two, three, _]) = store().await;
    let stable = gated(&store, one, "Tests: junit\nTests-Bound: yes\n").await;
    let about = |snapshot: Digest| {
        let text = format!(
            "def test_ok(record_testsuite_property):\n    record_testsuite_property('reposnap.snapshot', '{snapshot}')\n"
        );
        vec![Given::Tests { name: "tests".into(), content: pytest(folder.path(), &text, true) }]
    };
    let unbound =
        vec![Given::Tests { name: "tests".into(), content: pytest(folder.path(), "def test_ok(): pass\n", true) }];
    let judgement = whole(&stable, two, 10, unbound).await;
    assert!(judgement.refusal().unwrap().message().contains("does not say which snapshot was tested"));
    let judgement = whole(&stable, two, 10, about(three)).await;
    assert!(judgement.refusal().unwrap().message().contains("is about snapshot"));
    append(whole(&stable, two, 20, about(two)).await).await.unwrap();
    assert!(holds(&stable).await);
}

#[tokio::test]
async fn a_large_report_lies_beside_the_log() {
    let (store, [one, two, ..]) = store().await;
    let stable = gated(&store, one, "Tests: junit\n").await;
    let content = format!("<testsuite>{}</testsuite>", "<testcase name='a'/>".repeat(10_000)).into_bytes();
    let path = format!("evidence/{}", Digest::of(&content));
    let given = vec![Given::Tests { name: "tests".into(), content: content.clone() }];
    append(whole(&stable, two, 10, given).await).await.unwrap();
    assert_eq!(store.objects().get(&path).await.unwrap(), content);
    assert!(holds(&stable).await);

    store.objects().delete(&path).await.unwrap();
    let gone = told(&stable).await;
    assert_eq!(gone[0], (3, Outcome::CannotTell, vec!["gate-evidence".to_owned(), "gate-tests".to_owned()]));
    store.objects().put(&path, Bytes::from_static(b"<testsuite><testcase/></testsuite>")).await.unwrap();
    let changed = told(&stable).await;
    assert_eq!((changed[0].1, changed[0].2[0].as_str()), (Outcome::DoesNotHold, "gate-evidence"));
}
