//! Every command with `--json`, beside what `docs/JSON.md` says of it.

use std::fs;

use reposnap_tests::deb::Package;
use serde_json::{Value, json};

use crate::schema::Schema;
use crate::world::World;

#[test]
fn mirrors() {
    let (schema, world) = (Schema::read(), World::new());
    world.put(&Package::new("greet", "1.0"));
    let added = world.json(&["mirror", "add-folder", "inhouse", &world.path("packages"), "--component", "own"]);
    schema.check("mirror add-folder", &added);
    assert_eq!((&added["mirror"], &added["config"]["component"]), (&json!("inhouse"), &json!("own")));
    assert!(added.get("snapshot").is_none());

    let updated = world.json(&["mirror", "update", "inhouse"]);
    schema.check("mirror update", &updated);
    assert_eq!((&updated["changed"], &updated["before"]), (&json!(true), &Value::Null));
    let again = world.json(&["mirror", "update", "inhouse"]);
    schema.check("mirror update", &again);
    assert_eq!((&again["changed"], &again["before"]), (&json!(false), &updated["snapshot"]));

    schema.check("mirror add-system", &world.json(&["mirror", "add-system", "here"]));
    let elsewhere = world.json(&["mirror", "add-system", "elsewhere", "--root", "/nowhere"]);
    schema.check("mirror add-system", &elsewhere);
    assert_eq!(elsewhere["config"]["root"], "/nowhere");

    let listed = world.json(&["mirror", "list"]);
    schema.check_array("mirror show", &listed);
    assert_eq!(names(&listed, "mirror"), ["elsewhere", "here", "inhouse"]);
    assert_eq!(listed[2]["snapshot"], updated["snapshot"]);
}

#[test]
fn an_upstream_on_demand_and_verbatim() {
    let (schema, world) = (Schema::read(), World::new());
    let keyring = world.upstream(vec![Package::new("greet", "1.0"), Package::new("other", "2")]);
    let url = world.url();
    let add = [
        "mirror",
        "add",
        "up",
        &url,
        "testname",
        "main",
        "--arch",
        "amd64",
        "--signed-by",
        &keyring,
        "--packages",
        "on-demand",
    ];
    let added = world.json(&add);
    schema.check("mirror add", &added);
    assert_eq!(added["config"]["packages"], "on-demand");
    let optional =
        ["--filter", "greet", "--relax", "valid-until", "--max-age", "7", "--translation", "en", "--contents"];
    let mut all = add.to_vec();
    all[2] = "all";
    all.extend(optional);
    let all = world.json(&all);
    schema.check("mirror add", &all);
    assert_eq!((&all["config"]["max_age"], &all["config"]["filter"]), (&json!(604_800), &json!("greet")));

    let news = world.json(&["mirror", "update", "up", "--dry-run"]);
    schema.check("mirror update", &news);
    assert_eq!((&news["changed"], &news["suites"][0]["news"]), (&json!(true), &json!(true)));
    let told = world.ok(&["mirror", "update", "up", "--dry-run"]);
    assert!(told.starts_with("up: there is something new\n  testname: a Release of 20"), "{told}");
    world.json(&["mirror", "update", "up"]);
    schema.check("mirror update", &world.json(&["mirror", "update", "up", "--dry-run"]));
    assert_eq!(world.ok(&["mirror", "update", "up", "--dry-run"]), "up: nothing is new\n");
    let shown = world.json(&["snapshot", "show", "up"]);
    schema.check("snapshot show", &shown);
    assert_eq!(shown["parts"][0]["release"]["origin"], "Test");
    assert_eq!(shown["made"], json!({ "by": "mirror", "mirror": "up" }));

    // Nothing was fetched, so nothing can be published, until it is.
    let derived = world.json(&["snapshot", "merge", "up", "--name", "derived"]);
    schema.check("snapshot merge", &derived);
    assert_eq!(world.error(&["fetch", "derived"])["kind"], "not-found", "a merge does not know where packages are");
    let public = world.path("public");
    let refused = world.error(&["publish", "up", "--verbatim", "--to", &public]);
    assert_eq!((&refused["kind"], &refused["rule"]), (&json!("not-found"), &json!("packages-present")));
    assert_eq!(world.json(&["publish", "up", "--verbatim", "--to", &public, "--dry-run"])[0]["outcome"], "published");
    let would = world.json(&["fetch", "up", "greet", "--dry-run"]);
    let one = world.json(&["fetch", "up", "greet"]);
    assert_eq!(one, would);
    schema.check("fetch", &one);
    assert_eq!(one["files"], 1);
    assert_eq!(world.json(&["fetch", "up"])["files"], 1);
    for rev in ["up", "derived"] {
        assert_eq!(world.json(&["fetch", rev]), json!({ "files": 0, "bytes": 0 }), "{rev}");
    }
    let published = world.json(&["publish", "up", "--verbatim", "--to", &public]);
    schema.check_array("Publication", &published);
    assert_eq!((&published[0]["packages"], &published[0]["certificate"]), (&json!(2), &Value::Null));
    let dry = ["publish", "up", "--verbatim", "--to", &public, "--dry-run"];
    schema.check_array("Publication", &world.json(&dry));
    assert_eq!(world.ok(&dry), "testname: is in place\n");
    let read = |root: &str| fs::read(world.folder().join(root).join("dists/testname/InRelease")).expect("InRelease");
    assert_eq!(read("public"), read("upstream"), "the upstream's own signature");

    let filtered = world.json(&["mirror", "update", "all"]);
    schema.check("mirror update", &filtered);
    let shown = world.json(&["snapshot", "show", "mirror/all", "--packages"]);
    schema.check("snapshot show", &shown);
    assert_eq!((&shown["packages"], &shown["made"]["filter"]), (&json!(1), &json!("greet")));
}

#[test]
fn snapshots() {
    let (schema, world) = (Schema::read(), World::with_two_states());
    let shown = world.json(&["snapshot", "show", "inhouse", "--packages"]);
    schema.check("snapshot show", &shown);
    assert_eq!(names(&shown["entries"], "name"), ["extra", "greet"]);
    assert_eq!(shown["parents"].as_array().map(Vec::len), Some(1));

    let diff = world.json_with(1, &["snapshot", "diff", "stable", "inhouse"]);
    schema.check("snapshot diff", &diff);
    assert_eq!(diff["summary"], json!({ "added": 1, "upgraded": 1 }));
    assert_eq!(diff["differences"][1]["after"], "1.1");
    let same = world.json(&["snapshot", "diff", "stable", "stable"]);
    schema.check("snapshot diff", &same);
    assert_eq!(same["differences"], json!([]));

    assert_eq!(world.json(&["fetch", "inhouse"]), json!({ "files": 0, "bytes": 0 }), "a folder's are all here");
    for derive in [
        &["snapshot", "merge", "stable", "inhouse", "--rule", "all"][..],
        &["snapshot", "filter", "inhouse", "extra"],
        &["snapshot", "pull", "stable", "inhouse", "greet", "extra"],
    ] {
        let would = world.json(&[derive, &["--dry-run"]].concat());
        assert_eq!(world.error(&["snapshot", "show", text(&would["snapshot"])])["kind"], "not-found", "{derive:?}");
        let told = format!("would be {}, {} packages\n", text(&would["snapshot"]), would["packages"]);
        assert_eq!(world.ok(&[derive, &["--dry-run"]].concat()), told);
        assert_eq!(world.json(derive), would);
    }
    for rule in ["precedence", "newest", "all"] {
        let merged = world.json(&["snapshot", "merge", "stable", "inhouse", "--rule", rule, "--name", rule]);
        schema.check("snapshot merge", &merged);
        assert_eq!(merged["packages"], if rule == "all" { 3 } else { 2 }, "{rule}");
        schema.check("snapshot show", &world.json(&["snapshot", "show", rule]));
    }
    let filtered = world.json(&["snapshot", "filter", "inhouse", "extra"]);
    schema.check("snapshot filter", &filtered);
    assert_eq!(filtered["packages"], 1);
    schema.check("snapshot show", &world.json(&["snapshot", "show", text(&filtered["snapshot"])]));
    let pulled = world.json(&["snapshot", "pull", "stable", "inhouse", "greet", "extra"]);
    schema.check("snapshot pull", &pulled);
    schema.check("snapshot show", &world.json(&["snapshot", "show", text(&pulled["snapshot"])]));

    let listed = world.json(&["snapshot", "list"]);
    schema.check_array("Listed", &listed);
    let names: Vec<&str> =
        listed.as_array().into_iter().flatten().flat_map(|one| one["names"].as_array()).flatten().map(text).collect();
    for name in ["env/stable", "mirror/inhouse", "snapshot/newest"] {
        assert!(names.contains(&name), "{names:?}");
    }

    let found = world.json(&["search", "inhouse", "greet (>= 1)"]);
    schema.check_array("Found", &found);
    let found = world.json(&["search", "inhouse", "greet", "--stanzas"]);
    schema.check_array("Found", &found);
    assert!(text(&found[0]["stanza"]).starts_with("Package: greet\n"));
    assert_eq!(world.json_with(1, &["search", "inhouse", "nothing"]), json!([]));
}

#[test]
fn environments() {
    let (schema, world) = (Schema::read(), World::with_two_states());
    let told = world.ok(&["env", "create", "testing", "inhouse", "--dry-run"]);
    assert!(told.starts_with("testing would begin with "), "{told}");
    let created = world.json(&["env", "create", "testing", "inhouse", "--message", "why not", "--actor", "ana"]);
    schema.check("env create", &created);
    assert_eq!(
        (&created["actor"], &created["message"], &created["seq"]),
        (&json!("ana"), &json!("why not"), &json!(1))
    );

    let dry = world.json(&["env", "promote", "stable", "testing", "--dry-run"]);
    schema.check("env promote", &dry);
    assert_eq!((&dry["dry_run"], &dry["moved"]), (&json!(true), &json!(false)));
    assert_eq!(world.json(&["env", "log", "stable"]).as_array().map(Vec::len), Some(1), "a dry run changes nothing");

    let partial = world.json(&["env", "promote", "stable", "testing", "--packages", "greet"]);
    schema.check("env promote", &partial);
    assert_eq!((&partial["moved"], partial["differences"].as_array().map(Vec::len)), (&json!(true), Some(1)));
    let whole = world.json(&["env", "promote", "stable", "testing"]);
    assert_eq!(whole["differences"][0]["name"], "extra");
    let again = world.json(&["env", "promote", "stable", "testing"]);
    schema.check("env promote", &again);
    assert_eq!(again["moved"], false);

    let told = world.ok(&["env", "rollback", "stable", "--dry-run"]);
    assert!(told.starts_with("stable would be ") && told.ends_with(" again\n"), "{told}");
    let back = world.json(&["env", "rollback", "stable", "--message", "it broke"]);
    schema.check("env rollback", &back);
    assert_eq!(back["change"], json!({ "kind": "rolled-back", "from": 3, "to": 2 }));
    schema.check("env rollback", &world.json(&["env", "rollback", "stable", "--to", "stable~3"]));

    let log = world.json(&["env", "log", "stable"]);
    schema.check_array("env create", &log);
    let kinds: Vec<&str> = log.as_array().into_iter().flatten().map(|entry| text(&entry["change"]["kind"])).collect();
    assert_eq!(kinds, ["rolled-back", "rolled-back", "promoted", "partial", "created"]);
    assert_eq!(world.json(&["env", "log", "stable", "-n", "2"]).as_array().map(Vec::len), Some(2));
    let listed = world.json(&["env", "list"]);
    schema.check_array("env create", &listed);
    assert_eq!(names(&listed, "environment"), ["stable", "testing"]);
}

#[test]
fn gates() {
    let (schema, world) = (Schema::read(), World::with_two_states());
    let (key, public) = (world.path("key"), world.path("public"));
    world.ok(&["key", "generate", "QA <qa@example.org>", "--output", &key]);
    world.ok(&["publish", "stable", "--to", &public, "--suite", "stable", "--key", &key]);
    world.ok(&["env", "create", "testing", "inhouse"]);
    let (policy, report) = (world.path("policy"), world.path("report.xml"));
    let fields = "Environment: stable\nFrom: testing\nMinimum-Age: 1h\nCheck: clean\nTests: junit\nSigned-By: public/stable.asc\n\
                  Signed-Entries: yes\nPromoters: public/stable.asc\nOverrides: yes\n";
    fs::write(&policy, fields).expect("writing a policy");
    fs::write(&report, "<testsuite><testcase name='a'/></testsuite>").expect("writing a report");
    let told = world.ok(&["env", "policy", "set", "stable", &policy, "--key", &key, "--dry-run"]);
    assert!(told.starts_with("stable would have policy "), "{told}");
    let set = world.json(&["env", "policy", "set", "stable", &policy, "--key", &key]);
    schema.check("env policy set", &set);
    let shown = world.json(&["env", "policy", "show", "stable"]);
    schema.check("env policy show", &shown);
    assert!(world.ok(&["env", "policy", "show", "stable"]).starts_with("Environment: stable\nFrom: testing\n"));

    let dry = world.json_with(1, &["env", "promote", "stable", "testing", "--dry-run"]);
    schema.check("env promote", &dry);
    let missing = dry["gate"]["requirements"].as_array().into_iter().flatten().filter(|one| one["holds"] == false);
    let missing: Vec<&str> = missing.map(|one| text(&one["rule"])).collect();
    assert_eq!(missing, ["gate-age", "gate-tests", "gate-approval", "gate-signature"]);
    let error = world.error(&["env", "promote", "stable", "testing"]);
    assert_eq!((&error["kind"], &error["rule"]), (&json!("verification"), &json!("gate-age")));

    let statement = world.json(&["env", "approve", "stable", "testing", "--role", "qa"]);
    schema.check("env approve", &statement);
    let approval = world.path("approval");
    let approved = ["env", "approve", "stable", "testing", "--key", &key, "--role", "qa", "--output", &approval];
    schema.check("env approve", &world.json(&approved));
    let (tests, given) = (format!("tests={report}"), format!("approval={approval}"));
    let ticket = format!("file:ticket={policy}");
    let evidence = ["--evidence", &tests, "--evidence", &given, "--evidence", &ticket];
    let promote =
        [&["env", "promote", "stable", "testing", "--key", &key, "--override", "urgent"], &evidence[..]].concat();
    let moved = world.json(&promote);
    schema.check("env promote", &moved);
    let kinds: Vec<&str> =
        moved["gate"]["evidence"].as_array().into_iter().flatten().map(|one| text(&one["kind"])).collect();
    assert_eq!(kinds, ["log", "check", "tests", "approval", "file"]);
    assert_eq!(moved["gate"]["overridden"], "urgent");
    let log = world.json(&["env", "log", "stable", "--verify"]);
    schema.check_array("env create", &log);
    assert_eq!(log[0]["verification"]["signers"], json!([shown_signer(&log[0])]));

    // The newest entry, altered: its signature tells.
    let entry = world.folder().join(format!("store/refs/env/stable/{:020}", u64::MAX - 3));
    let stored = fs::read_to_string(&entry).expect("an entry");
    fs::remove_file(&entry).expect("removing");
    fs::write(&entry, stored.replace("urgent", "agreed")).expect("writing");
    let log = world.json_with(1, &["env", "log", "stable", "--verify"]);
    schema.check_array("env create", &log);
    assert_eq!(log[0]["verification"]["findings"][0]["rule"], "gate-signature");
    let told = world.reposnap.run(["env", "log", "stable", "--verify"]);
    assert!(told.transcript().contains("does not hold") && told.code() == 1, "{}", told.transcript());
    let removed = world.json(&["env", "policy", "remove", "stable", "--key", &key]);
    schema.check("env policy remove", &removed);
}

/// Who approved, and signed the entry as well.
fn shown_signer(entry: &Value) -> &str {
    let evidence = entry["gate"]["evidence"].as_array().expect("evidence");
    text(&evidence.iter().find(|one| one["kind"] == "approval").expect("an approval")["signer"])
}

#[test]
fn publications_keys_and_verdicts() {
    let (schema, world) = (Schema::read(), World::with_two_states());
    let (key, public) = (world.path("key"), world.path("public"));
    let generated = world.json(&["key", "generate", "Test <test@example.org>", "--output", &key]);
    schema.check("key generate", &generated);
    assert_eq!(
        fs::metadata(&key).map(|meta| std::os::unix::fs::PermissionsExt::mode(&meta.permissions()) & 0o777).ok(),
        Some(0o600)
    );

    let publish =
        ["publish", "stable", "--component", "next=inhouse", "--to", &public, "--suite", "stable", "--key", &key];
    let fields = ["--compress", "gz,xz,zst", "--origin", "O", "--label", "L", "--valid-for", "7", "--sign-field"];
    let published = world.json(&[&publish[..], &fields].concat());
    schema.check_array("Publication", &published);
    assert_eq!((&published[0]["outcome"], &published[0]["packages"]), (&json!("published"), &json!(3)));
    assert_eq!(names(&published[0]["indexes"], "path"), ["main/binary-amd64/Packages", "next/binary-amd64/Packages"]);
    let again = world.json(&[&publish[..], &fields].concat());
    schema.check_array("Publication", &again);
    assert_eq!((&again[0]["outcome"], &again[0]["release"]), (&json!("unchanged"), &published[0]["release"]));
    let release = fs::read_to_string(world.folder().join("public/dists/stable/Release")).expect("Release");
    let signed_by = format!("Signed-By: {}", text(&generated["fingerprint"]));
    for line in ["Origin: O", "Label: L", "Valid-Until: ", "Packages.xz", "Packages.zst", &signed_by] {
        assert!(release.contains(line), "{line}\n{release}");
    }

    let (file, keyring) = (format!("{public}/dists/stable/InRelease"), format!("{public}/stable.asc"));
    let verdict = world.json(&["verify", "release", &file, "--keyring", &keyring]);
    schema.check("verify release", &verdict);
    assert_eq!((&verdict["accepted"], &verdict["signers"]), (&json!(true), &json!([generated["fingerprint"]])));
    let (release, signature) = (format!("{public}/dists/stable/Release"), format!("{public}/dists/stable/Release.gpg"));
    let detached = world.json(&["verify", "release", &release, "--signature", &signature, "--keyring", &keyring]);
    assert_eq!(detached["accepted"], true);
    let late = ["verify", "release", &file, "--keyring", &keyring, "--at", "2200-01-01T00:00:00Z"];
    let late_verdict = world.json_with(1, &late);
    schema.check("verify release", &late_verdict);
    assert_eq!((&late_verdict["accepted"], &late_verdict["rejected"]["rule"]), (&json!(false), &json!("valid-until")));
    let relaxed = world.json(&[&late[..], &["--relax", "valid-until"]].concat());
    schema.check("verify release", &relaxed);
    assert_eq!(relaxed["notes"].as_array().map(Vec::len), Some(1));
}

#[test]
fn versions() {
    let (schema, world) = (Schema::read(), World::new());
    for (a, b, order) in [("1:1.0~rc1-1", "1:1.0-1", "<"), ("1.0", "0:1.0-0", "="), ("1.10", "1.9", ">")] {
        let compared = world.json(&["version", "compare", a, b]);
        schema.check("version compare", &compared);
        assert_eq!(compared["order"], order);
        for (operator, holds) in [
            ("lt", order == "<"),
            ("<=", order != ">"),
            ("eq", order == "="),
            ("ne", order != "="),
            (">=", order != "<"),
            (">>", order == ">"),
        ] {
            let compared = world.json_with(i32::from(!holds), &["version", "compare", a, operator, b]);
            schema.check("version compare", &compared);
            assert_eq!(compared["holds"], holds, "{a} {operator} {b}");
        }
    }
    assert_eq!(world.ok(&["version", "compare", "1", "lt", "2"]), "", "the exit code says it");
    assert!(!world.store().exists(), "comparing needs no store");
}

fn names<'a>(values: &'a Value, field: &str) -> Vec<&'a str> {
    values.as_array().into_iter().flatten().map(|value| text(&value[field])).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}
