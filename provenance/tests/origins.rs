//! Packages held against snapshots: of this machine, of packages that dpkg itself installed, and of made-up archives.

mod store_support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use reposnap::deb::stanza::Stanzas;
use reposnap::progress::Monitor;
use reposnap::source::mirror::{Config, FolderConfig, Mirror, SystemConfig};
use reposnap::source::{folder, system};
use reposnap::store::Store;
use reposnap::store::refs::Note;
use reposnap_image::Package;
use reposnap_image::inventory::{ChangedFile, FileChange};
use reposnap_image::package::Family;
use reposnap_provenance::audit::{Against, audit};
use reposnap_provenance::dating::{self, Why};
use reposnap_provenance::fleet::{self, Fleet};
use reposnap_provenance::history::{Histories, Lineage};
use reposnap_provenance::matching::{Matched, matches};
use reposnap_provenance::report::{HeldBy, Match, Rule, Severity, Verdict};
use store_support::{Indexed, Suite, day, image, indexed, installed, mirrored, of_status, promoted, snapshot, suite};

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The packages of a root folder, as dpkg's status has them, with their `.md5sums`.
fn packages_of(root: &Path) -> Vec<Package> {
    let status = fs::read(root.join("var/lib/dpkg/status")).unwrap();
    let mut packages = Vec::new();
    for stanza in Stanzas::new(&status) {
        let mut package = of_status(stanza.unwrap().raw());
        let info = root.join("var/lib/dpkg/info");
        let names = [package.name.clone(), format!("{}:{}", package.name, package.architecture)];
        let read = names.iter().find_map(|name| fs::read(info.join(format!("{name}.md5sums"))).ok());
        package.md5sums = read.map(Bytes::from);
        if package.state.has_files() {
            packages.push(package);
        }
    }
    packages
}

#[tokio::test]
async fn this_machine_against_its_own_lists() {
    if !system::has_lists("/".as_ref()) {
        run(Command::new("apt-get").arg("update"));
    }
    let store = Store::memory();
    let note = Note::new("test", "");
    let config = Config::System(SystemConfig::default());
    let mirror = Mirror::add(&store, "machine", config, &note).await.unwrap();
    system::update(mirror, Timestamp::now(), &note, &Monitor::silent()).await.unwrap();
    let histories = Histories::of(&store, &Monitor::silent()).await.unwrap();
    let packages = packages_of("/".as_ref());

    // What apt says: the versions that its indexes have, and the suites.
    let names: BTreeSet<&str> = packages.iter().map(|package| &*package.name).collect();
    let madison = run(Command::new("apt-cache").arg("madison").args(&names));
    let mut known: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for line in madison.lines() {
        let [name, version, place] = line.split('|').map(str::trim).collect::<Vec<_>>()[..] else { panic!("{line}") };
        let words: Vec<&str> = place.split(' ').collect();
        if words.last() == Some(&"Packages") {
            // `http://deb.example.org/debian bookworm/main amd64 Packages`
            let (suite, _component) = words[1].rsplit_once('/').unwrap();
            known.entry((name.to_owned(), version.to_owned())).or_default().insert(suite.to_owned());
        }
    }
    let parts: BTreeSet<&str> = histories.all[0].lists().iter().map(|list| &*list.part).collect();

    let matched = matches(&store, &histories, &packages).await.unwrap();
    let mut counts = BTreeMap::new();
    for (package, matched) in packages.iter().zip(&matched) {
        *counts.entry(matched.origin.matched).or_insert(0) += 1;
        let suites = known.get(&(package.name.clone(), package.version.clone()));
        let mirrored = suites.is_some_and(|suites| suites.iter().any(|suite| parts.contains(&**suite)));
        let what = format!("{} {} {suites:?} {matched:?}", package.name, package.version);
        match matched.origin.matched {
            Match::Known => {
                assert!(mirrored, "{what}");
                let places = matched.places.iter().filter_map(|place| place.suite.as_deref());
                assert!(places.into_iter().all(|suite| suites.unwrap().contains(suite)), "{what}");
                assert!(matched.origin.sha256.is_some() && matched.differs.is_empty(), "{what}");
            }
            Match::FromNowhere => assert!(!mirrored, "{what}"),
            // Somebody built a package of this machine anew under the archive's version, which is what this is to find.
            Match::Modified => assert!(mirrored && !matched.differs.is_empty(), "{what}"),
            Match::Superseded => panic!("{what}"),
        }
    }
    println!("{counts:?} of {}", packages.len());
    let all = packages.len();
    assert!(counts[&Match::Known] * 2 > all, "{counts:?}");
    let modified: Vec<&Matched> = matched.iter().filter(|matched| matched.origin.matched == Match::Modified).collect();
    assert!(modified.len() * 100 <= all, "{modified:?}");

    // One that was altered, in what tells the build, is found out.
    let (at, _) = (packages.iter().zip(&matched).enumerate())
        .find(|(_, (_, matched))| matched.origin.matched == Match::Known)
        .map(|(at, pair)| (at, pair.1))
        .unwrap();
    let mut altered = packages[at].clone();
    let text = String::from_utf8(altered.stanza.to_vec()).unwrap().replacen("Maintainer: ", "Maintainer: not ", 1);
    altered.stanza = Arc::from(text.as_bytes());
    let matched = matches(&store, &histories, &[altered]).await.unwrap();
    assert_eq!(matched[0].origin.matched, Match::Modified);
    assert_eq!(matched[0].differs[0].field, "Maintainer");
}

/// Builds a package with one file with dpkg-deb.
fn build(folder: &Path, name: &str, version: &str, depends: &str, content: &str) -> PathBuf {
    let tree = tempfile::tempdir().unwrap();
    fs::create_dir_all(tree.path().join("DEBIAN")).unwrap();
    fs::create_dir_all(tree.path().join("usr/share").join(name)).unwrap();
    fs::write(tree.path().join("usr/share").join(name).join("file"), content).unwrap();
    let sums = run(Command::new("md5sum").current_dir(tree.path()).arg(format!("usr/share/{name}/file")));
    fs::write(tree.path().join("DEBIAN/md5sums"), sums).unwrap();
    let control = format!(
        "Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: Test <test@example.org>\n\
         Section: misc\nPriority: optional\nEssential: no\nDepends: {depends}\n\
         Description: a package\n with a long description\n .\n of two paragraphs\n"
    );
    fs::write(tree.path().join("DEBIAN/control"), control).unwrap();
    let file = folder.join(format!("{name}_{version}.deb"));
    run(Command::new("dpkg-deb").args(["--root-owner-group", "--build"]).arg(tree.path()).arg(&file));
    file
}

fn install(root: &Path, files: &[&Path]) {
    fs::create_dir_all(root.join("var/lib/dpkg/info")).unwrap();
    fs::create_dir_all(root.join("var/lib/dpkg/updates")).unwrap();
    let status = root.join("var/lib/dpkg/status");
    if !status.exists() {
        fs::write(status, "").unwrap();
    }
    let mut dpkg = Command::new("dpkg");
    dpkg.args(["--force-not-root", "--force-script-chrootless", "--force-depends", "--force-bad-path"]);
    dpkg.arg(format!("--root={}", root.display())).arg("--install").args(files);
    run(&mut dpkg);
}

#[tokio::test]
async fn packages_that_dpkg_installed_against_their_folder() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let root = tempfile::tempdir().unwrap();
    let good = build(folder.path(), "good", "1:2.0-1", "dpkg(>= 1.15.4),  bash | dash", "good");
    build(folder.path(), "content", "1.0", "dpkg", "as it was");
    build(folder.path(), "control", "0:1.0", "dpkg", "same");
    let old = build(folder.path(), "old", "1.0", "dpkg", "old");
    let content = build(elsewhere.path(), "content", "1.0", "dpkg", "something else");
    let control = build(elsewhere.path(), "control", "1.0", "dpkg, evil", "same");
    let nowhere = build(elsewhere.path(), "nowhere", "1.0", "dpkg", "nowhere");
    install(root.path(), &[&good, &content, &control, &old, &nowhere]);

    for on_disk in [true, false] {
        let directory = tempfile::tempdir().unwrap();
        let store = match on_disk {
            true => Store::create(directory.path()).await.unwrap(),
            false => Store::memory(),
        };
        let note = Note::new("test", "");
        let config = Config::Folder(FolderConfig {
            directory: folder.path().display().to_string(),
            component: "main".to_owned(),
        });
        let mirror = Mirror::add(&store, "own", config, &note).await.unwrap();
        let mirror = folder::update(mirror, &note, &Monitor::silent()).await.unwrap();
        // The old one goes, and another comes.
        let kept = elsewhere.path().join("kept.deb");
        fs::rename(&old, &kept).unwrap();
        let newer = build(folder.path(), "old", "2.0", "dpkg", "new");
        folder::update(mirror, &note, &Monitor::silent()).await.unwrap();
        fs::remove_file(newer).unwrap();
        fs::rename(&kept, &old).unwrap();

        let histories = Histories::of(&store, &Monitor::silent()).await.unwrap();
        let packages = packages_of(root.path());
        let matched = matches(&store, &histories, &packages).await.unwrap();
        let told: BTreeMap<&str, (Match, Vec<&str>, bool)> = packages
            .iter()
            .zip(&matched)
            .map(|(package, matched)| {
                let fields = matched.differs.iter().map(|differs| &*differs.field).collect();
                (&*package.name, (matched.origin.matched, fields, matched.has_file))
            })
            .collect();
        assert_eq!(told["good"], (Match::Known, vec![], true));
        assert_eq!(told["content"], (Match::Modified, vec!["md5sums"], true));
        assert_eq!(told["control"], (Match::Modified, vec!["Depends"], false));
        assert_eq!(told["old"], (Match::Superseded, vec![], true));
        assert_eq!(told["nowhere"], (Match::FromNowhere, vec![], false));
        let good = &matched[packages.iter().position(|package| package.name == "good").unwrap()];
        assert_eq!(good.origin.mirror.as_deref(), Some("own"));
        assert_eq!(good.origin.component.as_deref(), Some("main"));
        assert_eq!(good.places.len(), 1);
    }
}

/// An archive with a suite of security updates, an environment that follows it, and the packages of each day.
async fn archive(store: &Store) -> Vec<Vec<Indexed>> {
    let all = "Maintainer: M\nDescription: d\n";
    let names = ["a", "b", "c", "d", "e"];
    let day0: Vec<Indexed> = names.iter().map(|name| indexed(name, "1").with(all)).collect();
    let mut day1 = day0.clone();
    day1[1] = indexed("b", "2").with(all);
    let mut security = vec![indexed("a", "1+deb1").with(all)];
    let worlds = [
        (day0.clone(), vec![]),
        (day1.clone(), vec![]),
        (day1.clone(), security.clone()),
        (day1.clone(), {
            security.push(indexed("c", "1+deb1").with(all));
            security.clone()
        }),
    ];
    let mut base = None;
    for (number, (stable, security)) in worlds.iter().enumerate() {
        let suites = [
            suite("stable", stable.clone()),
            suite("stable-security", security.clone()),
            Suite { name: "backports", release: "NotAutomatic: yes\n", packages: vec![indexed("d", "9").with(all)] },
        ];
        let next = snapshot(store, base.as_ref(), &suites).await;
        mirrored(store, "debian", next.id(), day(number as i64 * 10)).await;
        promoted(store, "production", next.id(), day(number as i64 * 10 + 1)).await;
        base = Some(next);
    }
    vec![day0, day1, security]
}

fn find<'a>(packages: &'a [Indexed], name: &str) -> &'a Indexed {
    packages.iter().find(|package| package.name == name).unwrap()
}

#[tokio::test]
async fn an_audit_tells_what_is_outdated_and_who_holds_it_back() {
    let store = Store::memory();
    let worlds = archive(&store).await;
    let histories = Histories::of(&store, &Monitor::silent()).await.unwrap();
    let against = Against::environment(&store, "production").await.unwrap();
    let layered = |package: &Indexed, layer: usize| {
        let mut package = installed(package);
        package.layer = Some(layer);
        package
    };
    // A base of the first day, and an image on it of the third.
    let of_base = |name: &str| layered(find(&worlds[0], name), 0);
    let base = image("docker://r/base:1", &["one"], ["a", "c", "e"].map(of_base).to_vec());
    let mut packages = base.packages.clone();
    packages.push(layered(find(&worlds[0], "b"), 1));
    packages.push(layered(&indexed("d", "9").with("Maintainer: M\nDescription: d\n"), 1));
    packages.push(layered(&indexed("own", "1"), 1));
    packages.push(layered(&indexed("a", "1").with("Maintainer: N\nDescription: d\n").of("i386"), 1));
    let mut app = image("docker://r/app:1", &["one", "two"], packages);
    app.files = Some(vec![ChangedFile {
        path: "etc/x".into(),
        package: "e:amd64".into(),
        change: FileChange::Modified,
        layer: Some(1),
        conffile: false,
    }]);
    let note = Note::new("test", "");
    fleet::add(&store, "docker://r/base:1", &base, &note).await.unwrap();
    let fleet = Fleet::open(&store, &Monitor::silent()).await.unwrap();

    let audited = audit(&store, &histories, &app, Some(&against), Some(&fleet), day(41)).await.unwrap();
    let report = &audited.report;
    assert_eq!(report.verdict, Verdict::Findings);
    let told = |name: &str| {
        let of = |finding: &&reposnap_provenance::report::Finding| {
            finding
                .package
                .is_some_and(|at| report.packages[at].name == name && report.packages[at].architecture == "amd64")
        };
        report.findings.iter().filter(of).map(|finding| (finding.rule, finding.severity)).collect::<Vec<_>>()
    };
    let package = |name: &str| report.packages.iter().find(|package| package.name == name).unwrap();
    // The archive's own 1 of a, c and e is still there beside the updates.
    assert_eq!(told("a"), [(Rule::SecurityUpdate, Severity::Error)]);
    assert_eq!(package("a").candidate.as_deref(), Some("1+deb1"));
    assert_eq!(package("a").outdated_since, Some(day(21)));
    assert_eq!(package("a").held_by, Some(HeldBy::Base));
    assert_eq!(told("c"), [(Rule::SecurityUpdate, Severity::Error)]);
    assert_eq!(package("c").outdated_since, Some(day(31)));
    assert_eq!(told("b"), [(Rule::Outdated, Severity::Warning), (Rule::Superseded, Severity::Note)]);
    assert_eq!(package("b").held_by, Some(HeldBy::Image));
    // From a list that is only taken from when asked.
    assert_eq!(told("d"), []);
    assert_eq!(package("d").candidate.as_deref(), Some("9"));
    assert_eq!(told("e"), [(Rule::FileChanged, Severity::Warning)]);
    assert_eq!(told("own"), [(Rule::FromNowhere, Severity::Warning)]);
    assert_eq!(report.base.as_ref().unwrap().names, ["docker://r/base:1"]);
    assert_eq!(report.rebuild, ["docker://r/base:1", "docker://r/app:1"]);
    let message = &report.findings.iter().find(|finding| finding.fixed_in.as_deref() == Some("2")).unwrap().message;
    assert_eq!(message, "production has 2 of b 1, for 30 days");
    assert!(report.findings.is_sorted_by_key(|finding| std::cmp::Reverse(finding.severity)));
    assert_eq!(package("a").origin.as_ref().unwrap().suite.as_deref(), Some("stable"));

    // The base was made from the first snapshots; what was put on it from nothing that is one.
    let base_date = audited.dates.layers[0].dating.as_ref().unwrap();
    assert_eq!((base_date.lineage, &*base_date.name), (Lineage::Mirror, "debian"));
    assert_eq!((base_date.dated.first.time, base_date.dated.last.time), (day(0), day(10)));
    let own_date = audited.dates.layers[1].dating.as_ref().unwrap();
    assert_eq!((own_date.dated.covered, own_date.dated.packages), (2, 4));
    assert_eq!(own_date.dated.last.time, day(0));
    let reasons: Vec<Why> = own_date.left.iter().map(|left| left.why).collect();
    assert_eq!(reasons, [Why::FromNowhere, Why::FromNowhere]);
}

#[tokio::test]
async fn nobody_can_tell_and_nothing_is_wrong() {
    let store = Store::memory();
    let worlds = archive(&store).await;
    let histories = Histories::of(&store, &Monitor::silent()).await.unwrap();
    let against = Against::environment(&store, "production").await.unwrap();
    let good = [find(&worlds[1], "b"), find(&worlds[1], "e"), find(&worlds[2], "a")].map(installed).to_vec();
    let clean = image("oci:x", &["l"], good.clone());
    let judge = async |histories: &Histories, inventory| {
        let audited = audit(&store, histories, inventory, Some(&against), None, day(50)).await.unwrap();
        (audited.report.verdict, audited.report.findings.len(), audited.report.doubts.len())
    };
    assert_eq!(judge(&histories, &clean).await, (Verdict::Clean, 0, 0));
    // No database, no package, no snapshot, another distribution.
    let mut none = clean.clone();
    none.databases.clear();
    assert_eq!(judge(&histories, &none).await.0, Verdict::Inconclusive);
    let empty = image("oci:x", &["l"], Vec::new());
    assert_eq!(judge(&histories, &empty).await.0, Verdict::Inconclusive);
    assert_eq!(judge(&Histories::default(), &clean).await.0, Verdict::Inconclusive);
    let other = image("oci:x", &["l"], ["x", "y", "z"].map(|name| installed(&indexed(name, "1"))).to_vec());
    assert_eq!(judge(&histories, &other).await.0, Verdict::Inconclusive);
    let mut rpm = installed(&indexed("bash", "5"));
    rpm.family = Family::Rpm;
    let fedora = image("oci:x", &["l"], vec![rpm]);
    let report = audit(&store, &histories, &fedora, Some(&against), None, day(50)).await.unwrap().report;
    assert_eq!((report.verdict, report.findings.len()), (Verdict::Inconclusive, 0));
    assert!(report.packages[0].origin.is_none());
    // Half way, and newer than all.
    let mut half = clean.clone();
    half.packages[0].state.status = "half-configured".into();
    assert_eq!(judge(&histories, &half).await, (Verdict::Findings, 1, 0));
    let mut ahead = good.clone();
    ahead.push(installed(&indexed("c", "7")));
    let audited =
        audit(&store, &histories, &image("oci:x", &["l"], ahead), Some(&against), None, day(50)).await.unwrap();
    let rules: Vec<Rule> = audited.report.findings.iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, [Rule::FromNowhere, Rule::Ahead]);
    // What is only unpacked no more is no package of the image.
    let mut gone = clean.clone();
    gone.packages[0].state.status = "config-files".into();
    let audited = audit(&store, &histories, &gone, Some(&against), None, day(50)).await.unwrap();
    assert_eq!(audited.report.packages.len(), 2);
}

#[tokio::test]
async fn labels_are_claims() {
    let store = Store::memory();
    let worlds = archive(&store).await;
    let histories = Histories::of(&store, &Monitor::silent()).await.unwrap();
    let history = histories.find(Lineage::Mirror, "debian").unwrap();
    let good = [find(&worlds[1], "b"), find(&worlds[1], "e"), find(&worlds[2], "a")].map(installed).to_vec();
    let check = async |label: &str, value: String| {
        let mut inventory = image("oci:x", &["l"], good.clone());
        inventory.labels.insert(label.to_owned(), value);
        let dates = dating::dates(&histories, &inventory);
        dating::labels::check(&store, &inventory, dates.image.as_ref()).await.unwrap()
    };
    let snapshot = |position: usize| history.positions()[position].snapshot.to_string();
    assert!(check("org.reposnap.snapshot", snapshot(2)).await.is_empty());
    assert!(check("org.reposnap.snapshot", format!("sha256:{}", snapshot(3))).await.is_empty());
    let found = check("org.reposnap.snapshot", snapshot(0)).await;
    assert_eq!(found[0].rule, Rule::FalseLabel);
    assert!(found[0].message.ends_with("which does not have b 2, a 1+deb1"), "{found:?}");
    assert_eq!(check("reposnap.snapshot", "0".repeat(64)).await.len(), 1);
    assert_eq!(check("reposnap.snapshot", "stable".into()).await.len(), 1);
    let created = "org.opencontainers.image.created";
    assert!(check(created, day(30).to_string()).await.is_empty());
    assert!(check(created, "1970-01-01T00:00:00Z".into()).await.is_empty());
    // More than a week before the last snapshot that did not have them.
    let found = check(created, day(2).to_string()).await;
    assert_eq!((found.len(), found[0].severity), (1, Severity::Warning));
    assert_eq!(check(created, "yesterday".into()).await[0].severity, Severity::Note);
}
