//! Dry runs: each gives what the real run then gives, and leaves every file and every folder as it was.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use reposnap::{Digest, Error, Kind};
use reposnap_api::{OPERATIONS, Session, call};
use reposnap_tests::apt::Apt;
use reposnap_tests::deb::Package;
use reposnap_tests::gnupg::GnuPg;
use reposnap_tests::upstream::{Suite, Upstream, date};
use serde_json::{Value, json};

/// A store, a folder of packages and published trees, all in one folder that is looked at before and after.
struct Scene {
    folder: tempfile::TempDir,
    session: Session,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("packages")).unwrap();
        let session = Session::at(&folder.path().join("store")).actor("ana");
        Self { folder, session }
    }

    /// With the folder's mirror `inhouse`: `greet` 1.0 and then 1.1 with `tool`; the environment `stable` is at the first.
    async fn with_two_states() -> Self {
        let scene = Self::new();
        scene.put(&Package::new("greet", "1.0"));
        scene.run("mirror add-folder", json!({ "name": "inhouse", "directory": scene.path("packages") })).await;
        scene.run("mirror update", json!({ "name": "inhouse" })).await;
        scene.run("env create", json!({ "name": "stable", "rev": "inhouse" })).await;
        std::fs::remove_file(scene.folder.path().join("packages").join(Package::new("greet", "1.0").file_name()))
            .unwrap();
        scene.put(&Package::new("greet", "1.1"));
        scene.put(&Package::new("tool", "2.0"));
        scene.run("mirror update", json!({ "name": "inhouse" })).await;
        scene
    }

    fn put(&self, package: &Package) {
        std::fs::write(self.folder.path().join("packages").join(package.file_name()), package.build()).unwrap();
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    async fn run(&self, operation: &str, request: Value) -> Value {
        call(&self.session, operation, request).await.unwrap_or_else(|error| panic!("{operation}: {error}"))
    }

    /// Runs an operation dry, and proves that nothing was written.
    async fn try_dry(&self, operation: &str, mut request: Value) -> Result<Value, Error> {
        request["dry_run"] = json!(true);
        let before = listing(self.folder.path());
        let result = call(&self.session, operation, request).await;
        assert_eq!(listing(self.folder.path()), before, "{operation} wrote in a dry run");
        result
    }

    async fn dry(&self, operation: &str, request: Value) -> Value {
        self.try_dry(operation, request).await.unwrap_or_else(|error| panic!("{operation}: {error}"))
    }

    async fn refused(&self, operation: &str, request: Value) -> Error {
        self.try_dry(operation, request).await.expect_err(operation)
    }

    /// Runs an operation dry and then in earnest: the documents are the same but for the fields `but`. Gives the dry one.
    async fn rehearse(&self, operation: &str, request: Value, but: &[&str]) -> Value {
        let dry = self.dry(operation, request.clone()).await;
        let before = listing(self.folder.path());
        let real = self.run(operation, request).await;
        assert_ne!(listing(self.folder.path()), before, "{operation}: the run in earnest writes");
        let told = |document: &Value| {
            let mut fields = document.as_object().expect("an object").clone();
            but.iter().for_each(|field| drop(fields.remove(*field)));
            fields
        };
        assert_eq!(told(&dry), told(&real), "{operation}");
        dry
    }
}

/// All below a folder: directories, and files with the digests of their contents.
fn listing(folder: &Path) -> BTreeMap<PathBuf, Option<Digest>> {
    let mut all = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path.clone());
                all.insert(path, None);
            } else {
                let digest = Digest::of(&std::fs::read(&path).unwrap());
                all.insert(path, Some(digest));
            }
        }
    }
    all
}

#[test]
fn every_operation_that_writes_has_a_dry_run() {
    // `key generate` makes one file, which must not be there.
    let reads = |name: &str| {
        let words: Vec<&str> = name.split(' ').collect();
        ["list", "show", "resolve", "diff", "log", "compare", "parse", "release", "message", "sign", "generate", "stats"]
            .contains(&words[words.len() - 1])
            || ["search", "why", "upgrade", "build-deps", "graph", "check"].contains(&name)
            // A lock is a text, which comes and goes.
            || words[0] == "lock"
            // What is attested goes beside the image, and into no store.
            || words[0] == "image"
            || (words[0] == "fleet" && words[1] != "add")
    };
    for operation in OPERATIONS {
        let has = operation.parameters.iter().any(|parameter| parameter.name == "dry_run");
        assert_eq!(has, !reads(operation.name), "{}", operation.name);
    }
}

#[tokio::test]
async fn adding_mirrors() {
    let scene = Scene::new();
    let gpg = GnuPg::new();
    let key = gpg.generate("Upstream <upstream@example.org>");
    let keyring = gpg.write_keyring(&key, &scene.folder.path().join("upstream.gpg")).display().to_string();
    let apt = json!({
        "name": "debian", "url": "https://deb.example.org/debian", "suites": ["bookworm"], "architectures": ["amd64"],
        "signed_by": [keyring],
    });
    for (operation, request) in [
        ("mirror add", apt),
        ("mirror add-system", json!({ "name": "machine", "root": scene.path("machine") })),
        ("mirror add-folder", json!({ "name": "inhouse", "directory": scene.path("packages") })),
    ] {
        let added = scene.rehearse(operation, request, &["time"]).await;
        assert_eq!(added["changed"], true, "{operation}");
    }
}

#[tokio::test]
async fn updating_a_mirror_of_a_folder() {
    let scene = Scene::new();
    scene.put(&Package::new("greet", "1.0"));
    scene.run("mirror add-folder", json!({ "name": "inhouse", "directory": scene.path("packages") })).await;
    let update = || json!({ "name": "inhouse" });
    let first = scene.rehearse("mirror update", update(), &[]).await;
    assert!(first["changed"] == true && first["before"].is_null() && first["snapshot"].is_string(), "{first}");
    let same = scene.dry("mirror update", update()).await;
    assert_eq!((&same["changed"], &same["snapshot"]), (&json!(false), &first["snapshot"]));

    scene.put(&Package::new("tool", "2.0"));
    let second = scene.rehearse("mirror update", update(), &[]).await;
    assert_eq!((&second["changed"], &second["before"]), (&json!(true), &first["snapshot"]));
    std::fs::write(scene.folder.path().join("packages/broken.deb"), "!<arch>\n").unwrap();
    assert_eq!(scene.refused("mirror update", update()).await.kind(), Kind::Malformed);
    assert_eq!(scene.refused("mirror update", json!({ "name": "nobody" })).await.kind(), Kind::NotFound);
}

#[tokio::test]
async fn updating_a_mirror_of_a_repository_and_fetching_and_publishing_it() {
    let scene = Scene::new();
    let (gpg, www) = (GnuPg::new(), scene.folder.path().join("www"));
    let key = gpg.generate("Upstream <upstream@example.org>");
    let keyring = gpg.write_keyring(&key, &scene.folder.path().join("upstream.gpg")).display().to_string();
    let packages = |version: &str| vec![Package::new("greet", version), Package::new("tool", "2.0")];
    let mut upstream = Upstream::new(&www, &gpg, &key);
    upstream.publish(&Suite::new(packages("1.0")).date(&date(-300)));
    let request = json!({
        "name": "debian", "url": format!("file://{}", www.display()), "suites": ["testname"], "architectures": ["amd64"],
        "signed_by": [keyring], "packages": "on-demand",
    });
    scene.run("mirror add", request).await;
    let update = || json!({ "name": "debian" });

    let news = scene.rehearse("mirror update", update(), &["snapshot", "suites"]).await;
    assert!(news["changed"] == true && news["snapshot"].is_null(), "only the indexes tell: {news}");
    let suite = &news["suites"][0];
    assert!(suite["suite"] == "testname" && suite["news"] == true && suite["date"].is_string(), "{news}");
    let first = scene.run("mirror show", update()).await["snapshot"].clone();
    let none = scene.dry("mirror update", update()).await;
    assert_eq!((&none["changed"], &none["snapshot"]), (&json!(false), &first));
    assert_eq!(none["suites"], json!([{ "suite": "testname", "news": false }]));

    let fetch = || json!({ "rev": "debian", "query": "greet" });
    let fetched = scene.rehearse("fetch", fetch(), &[]).await;
    assert!(fetched["files"] == 1 && fetched["bytes"].as_u64() > Some(0), "{fetched}");
    assert_eq!(scene.dry("fetch", fetch()).await, json!({ "files": 0, "bytes": 0 }));
    assert_eq!(scene.dry("fetch", json!({ "rev": "debian" })).await["files"], 1);

    let to = scene.path("verbatim");
    let verbatim = || json!({ "rev": "debian", "to": to, "allow_missing": true });
    let outcome = |publications: &Value| publications[0]["outcome"].clone();
    assert_eq!(outcome(&scene.dry("publish verbatim", verbatim()).await), "published");
    assert!(!Path::new(&to).exists());
    scene.run("fetch", json!({ "rev": "debian" })).await;
    let done = scene.run("publish verbatim", verbatim()).await;
    let same = scene.dry("publish verbatim", verbatim()).await;
    assert_eq!((outcome(&same), &same[0]["release"]), (json!("unchanged"), &done[0]["release"]));
    assert_eq!(scene.refused("publish verbatim", json!({ "rev": "x", "to": to })).await.kind(), Kind::NotFound);

    upstream.publish(&Suite::new(packages("1.1")).date(&date(-200)));
    let again = scene.rehearse("mirror update", update(), &["snapshot", "suites"]).await;
    assert_eq!((&again["changed"], &again["before"]), (&json!(true), &first));
    assert_eq!(outcome(&scene.dry("publish verbatim", verbatim()).await), "published");

    // What an update rejects, a dry run rejects by the same rule.
    for (suite, signer, rule) in [
        (Suite::new(packages("1.0")).date(&date(-300)), key.clone(), "rollback"),
        (Suite::new(packages("1.2")).date(&date(-100)), gpg.generate("Other <other@example.org>"), "unknown-key"),
    ] {
        Upstream::new(&www, &gpg, &signer).publish(&suite);
        let dry = scene.refused("mirror update", update()).await;
        let real = call(&scene.session, "mirror update", update()).await.unwrap_err();
        assert_eq!((dry.kind(), dry.broken_rule()), (Kind::Verification, real.broken_rule()));
        assert!(dry.to_string() == real.to_string() && real.broken_rule() == Some(rule), "{real}");
    }
}

#[tokio::test]
async fn updating_a_mirror_of_this_machine() {
    let scene = Scene::new();
    let (gpg, www) = (GnuPg::new(), scene.folder.path().join("www"));
    let key = gpg.generate("Upstream <upstream@example.org>");
    Upstream::new(&www, &gpg, &key).publish(&Suite::new(vec![Package::new("greet", "1.0")]));
    let apt = Apt::with_source(&format!("deb file:{} testname main\n", www.display()));
    gpg.write_keyring(&key, &apt.root().join("etc/apt/trusted.gpg.d/upstream.gpg"));
    apt.update();
    let dpkg = "Package: dpkg\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n";
    std::fs::write(apt.root().join("var/lib/dpkg/status"), dpkg).unwrap();
    scene.run("mirror add-system", json!({ "name": "machine", "root": apt.root() })).await;
    let first = scene.rehearse("mirror update", json!({ "name": "machine" }), &[]).await;
    assert!(first["changed"] == true && first["snapshot"].is_string(), "{first}");
    assert_eq!(scene.dry("mirror update", json!({ "name": "machine" })).await["changed"], false);
}

#[tokio::test]
async fn deriving_snapshots() {
    let scene = Scene::with_two_states().await;
    for (operation, request, packages) in [
        ("snapshot merge", json!({ "revs": ["stable", "inhouse"], "rule": "all", "name": "merged" }), 3),
        ("snapshot filter", json!({ "rev": "inhouse", "query": "tool", "name": "filtered" }), 1),
        ("snapshot pull", json!({ "into": "stable", "from": "inhouse", "queries": ["tool"], "name": "pulled" }), 2),
    ] {
        let derived = scene.rehearse(operation, request.clone(), &[]).await;
        assert_eq!(derived["packages"], packages, "{operation}");
        // It is there now, and comes out again.
        assert_eq!(scene.dry(operation, request).await, derived);
    }
    let taken = json!({ "rev": "inhouse", "query": "greet", "name": "filtered" });
    assert_eq!(scene.refused("snapshot filter", taken).await.kind(), Kind::AlreadyExists);
    let nothing = json!({ "into": "stable", "from": "inhouse", "queries": ["nothing"] });
    assert_eq!(scene.refused("snapshot pull", nothing).await.kind(), Kind::NotFound);
}

#[tokio::test]
async fn moving_environments() {
    let scene = Scene::with_two_states().await;
    let created = scene.rehearse("env create", json!({ "name": "testing", "rev": "inhouse" }), &["time"]).await;
    assert_eq!((&created["seq"], &created["actor"]), (&json!(1), &json!("ana")));
    let again = json!({ "name": "testing", "rev": "inhouse" });
    assert_eq!(scene.refused("env create", again).await.kind(), Kind::AlreadyExists);
    assert_eq!(scene.refused("env rollback", json!({ "name": "testing" })).await.kind(), Kind::NotFound);

    let some = json!({ "name": "stable", "rev": "inhouse", "packages": ["tool"] });
    let partial = scene.rehearse("env promote", some, &["dry_run", "moved"]).await;
    assert_eq!((&partial["dry_run"], &partial["moved"]), (&json!(true), &json!(false)));
    let whole =
        scene.rehearse("env promote", json!({ "name": "stable", "rev": "inhouse" }), &["dry_run", "moved"]).await;
    assert_eq!(whole["before"], partial["after"]);
    let begun = json!({ "name": "next", "rev": "inhouse", "create": true });
    scene.rehearse("env promote", begun, &["dry_run", "moved"]).await;

    // Undone twice, it is where it began.
    let back = scene.rehearse("env rollback", json!({ "name": "stable" }), &["time"]).await;
    assert_eq!(back["change"], json!({ "kind": "rolled-back", "from": 3, "to": 2 }));
    let further = scene.rehearse("env rollback", json!({ "name": "stable" }), &["time"]).await;
    assert_eq!(further["change"], json!({ "kind": "rolled-back", "from": 4, "to": 1 }));
    assert_eq!(scene.refused("env rollback", json!({ "name": "stable" })).await.kind(), Kind::NotFound);
    scene.rehearse("env rollback", json!({ "name": "stable", "to": "stable~2" }), &["time"]).await;
}

#[tokio::test]
async fn judging_promotions() {
    let scene = Scene::with_two_states().await;
    let policy = json!({ "name": "stable", "text": "Environment: stable\nCheck: clean\nTests: junit\n" });
    let set = scene.rehearse("env policy set", policy, &["time"]).await;
    assert_eq!((&set["seq"], &set["policy"]["seq"]), (&json!(2), &json!(2)));
    let promotion = json!({ "name": "stable", "rev": "inhouse" });
    let dry = scene.dry("env promote", promotion.clone()).await;
    assert_eq!((&dry["passes"], &dry["gate"]["requirements"][1]["rule"]), (&json!(false), &json!("gate-tests")));
    assert_eq!(call(&scene.session, "env promote", promotion).await.unwrap_err().kind(), Kind::Verification);
    let report = scene.path("report.xml");
    // Larger than what goes into an entry.
    let text = format!("<testsuite>{}</testsuite>", "<testcase name='a'/>".repeat(5000));
    std::fs::write(&report, text).unwrap();
    let promotion = json!({ "name": "stable", "rev": "inhouse", "evidence": [format!("tests={report}")] });
    let dry = scene.rehearse("env promote", promotion, &["dry_run", "moved"]).await;
    assert_eq!(dry["passes"], true);

    let key = scene.path("key");
    scene.run("key generate", json!({ "user_id": "Test <test@example.org>", "output": key })).await;
    let approval = json!({ "name": "stable", "rev": "inhouse", "key": key });
    let but = ["statement", "approval", "digest", "kept"];
    assert_eq!(scene.rehearse("env approve", approval, &but).await["kept"], false);
    scene.rehearse("env policy remove", json!({ "name": "stable" }), &["time"]).await;
}

#[tokio::test]
async fn publishing_and_pruning() {
    let scene = Scene::with_two_states().await;
    let (key, to) = (scene.path("key"), scene.path("public"));
    scene.run("key generate", json!({ "user_id": "Test <test@example.org>", "output": key })).await;
    let publish = |rev: &str| json!({ "to": to, "suite": "stable", "key": key, "revs": [rev] });
    let prune = || json!({ "directory": to });
    assert_eq!(scene.dry("publish", publish("stable")).await["outcome"], "published");
    assert_eq!(scene.refused("publish prune", prune()).await.kind(), Kind::NotFound);
    assert_eq!(call(&scene.session, "publish prune", prune()).await.unwrap_err().kind(), Kind::NotFound);
    assert!(!Path::new(&to).exists(), "nothing was published, and nothing is made");
    // A store has a pool too.
    let store = json!({ "directory": scene.path("store") });
    let before = listing(scene.folder.path());
    assert_eq!(call(&scene.session, "publish prune", store).await.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(listing(scene.folder.path()), before);

    scene.run("snapshot filter", json!({ "rev": "inhouse", "query": "tool", "name": "tool" })).await;
    for rev in ["stable", "inhouse", "tool"] {
        scene.run("publish", publish(rev)).await;
    }
    assert_eq!(scene.dry("publish", publish("tool")).await["outcome"], "unchanged");
    // Of the first publication, nothing is needed any more.
    let pruned = scene.rehearse("publish prune", prune(), &["files"]).await;
    let file = pruned["files"][0].as_str().unwrap();
    assert!(pruned["removed"] == 1 && file.starts_with("pool/") && !Path::new(&to).join(file).exists(), "{pruned}");
    let again = scene.dry("publish prune", prune()).await;
    assert_eq!((&again["removed"], &again["files"], &again["kept"]), (&json!(0), &json!([]), &json!(2)));
}
