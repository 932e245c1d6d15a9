//! What a lock says in the words of others, as those others read it: apt, curl, sha256sum, and checkers of bills of
//! materials.

use std::fs;
use std::path::Path;
use std::process::Command;

use reposnap::Digest;
use reposnap::resolve::lockfile::export::{Format, Options, auto_arguments, install_arguments};
use reposnap::resolve::lockfile::{Graph, Head, Lock};
use reposnap::resolve::{Builder, Candidates, Goal, Origin, Universe, classic};
use reposnap_tests::apt::Apt;
use reposnap_tests::deb::Package;
use reposnap_tests::gnupg::GnuPg;
use reposnap_tests::process::{capture_with_input, succeed, succeed_with_input};
use reposnap_tests::upstream::{Suite, Upstream};

/// The packages that are locked.
fn old() -> Vec<Package> {
    vec![
        Package::new("g++", "4:12.2.0-3")
            .depends("libc6 (>= 2.36), mta, libstdc++6 (= 12~rc1+b1)")
            .field("Recommends", "doc"),
        Package::new("libstdc++6", "12~rc1+b1")
            .depends("libc6")
            .field("Source", "gcc (12)")
            .field("Multi-Arch", "same"),
        Package::new("libc6", "2.36-9").field("Source", "glibc").field("Multi-Arch", "same"),
        Package::new("libc6", "2.36-9").architecture("i386").field("Source", "glibc").field("Multi-Arch", "same"),
        Package::new("doc", "1.0").architecture("all"),
        Package::new("mta-b", "1").field("Provides", "mta").architecture("all"),
        Package::new("wine", "8.0").architecture("i386").depends("libc6 (>= 2)"),
    ]
}

/// What came after, which apt would take of itself.
fn newer() -> Vec<Package> {
    vec![
        Package::new("g++", "4:13").depends("libc6 (>= 2.36), mta"),
        Package::new("libstdc++6", "13").depends("libc6").field("Source", "gcc").field("Multi-Arch", "same"),
        Package::new("libc6", "2.37").field("Source", "glibc").field("Multi-Arch", "same"),
        Package::new("libc6", "2.37").architecture("i386").field("Source", "glibc").field("Multi-Arch", "same"),
        Package::new("doc", "1.0.1").architecture("all"),
        Package::new("mta-a", "1").field("Provides", "mta"),
        Package::new("wine", "9.0").architecture("i386").depends("libc6 (>= 2)"),
        Package::new("other", "1"),
    ]
}

fn suite(packages: Vec<Package>) -> Suite {
    Suite { architectures: vec!["amd64".into(), "i386".into()], ..Suite::new(packages) }
}

/// The universe of a suite, over what is installed.
fn universe(packages: Vec<Package>, status: &str) -> Universe {
    let mut builder = Builder::new("amd64", &["i386"]).expect("a builder");
    for text in suite(packages).indexes().values() {
        let origin = Origin { codename: "testname".into(), component: "main".into(), ..Origin::default() };
        builder.index(origin, text).expect("an index");
    }
    if !status.is_empty() {
        builder.index(Origin { installed: true, ..Origin::default() }, status.as_bytes()).expect("a status");
    }
    builder.finish().expect("a universe")
}

fn lock(universe: &Universe, requested: &[&str]) -> Lock {
    let goal = |name: &&str| {
        let (name, architecture) = name.split_once(':').map_or((*name, 1), |(name, _)| (name, 2));
        Goal { package: universe.find_package(name, architecture).expect("a package"), version: None }
    };
    let goals: Vec<Goal> = requested.iter().map(goal).collect();
    let plan = classic(universe, &Candidates::new(universe), &goals, true);
    let mut head = Head::new(Digest::of(b"a snapshot"), requested.iter().copied());
    head.recommends = true;
    Lock::of(universe, &plan, &goals, head).expect("a lock")
}

/// An archive that has all versions, and apt with it as its source.
struct Scene {
    folder: tempfile::TempDir,
    apt: Apt,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let gpg = GnuPg::new();
        let key = gpg.generate("Archive <archive@example.invalid>");
        let keyring = gpg.write_keyring(&key, &folder.path().join("keyring.gpg"));
        Upstream::new(&folder.path().join("www"), &gpg, &key).publish(&suite([old(), newer()].concat()));
        let apt = Apt::with_source(&format!(
            "deb [signed-by={}] file:{}/www testname main\n",
            keyring.display(),
            folder.path().display()
        ));
        apt.configure("APT::Architectures { \"i386\"; };");
        apt.update();
        Self { folder, apt }
    }

    fn www(&self) -> String {
        format!("{}/www", self.folder.path().display())
    }

    fn pin(&self, pins: &str) {
        fs::write(self.apt.root().join("etc/apt/preferences.d/lock"), pins).expect("writing");
    }

    /// What apt would do: `name=version` of each package that it would install, `name-` of each that it would remove.
    fn simulate(&self, arguments: &[String]) -> Vec<String> {
        let mut command = self.apt.command("apt-get");
        let text = succeed(command.args(["install", "--simulate", "--no-install-recommends"]).args(arguments)).text();
        let mut found: Vec<String> = text
            .lines()
            .filter_map(|line| match line.split_once(' ')? {
                // Inst NAME [OLD] (VERSION ORIGIN [ARCHITECTURE])
                ("Inst", rest) => {
                    let (name, rest) = rest.split_once(' ')?;
                    let version = rest.split_once('(')?.1.split(' ').next()?;
                    Some(format!("{name}={version}"))
                }
                ("Remv", rest) => Some(format!("{}-", rest.split(' ').next()?)),
                _ => None,
            })
            .collect();
        found.sort();
        found
    }
}

fn sorted(mut words: Vec<String>) -> Vec<String> {
    words.sort();
    words
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

#[test]
fn with_the_pins_apt_takes_what_is_locked() {
    let scene = Scene::new();
    let lock = lock(&universe(old(), ""), &["g++", "wine:i386"]);
    let expected = sorted(install_arguments(&lock));
    assert_eq!(
        expected,
        words("doc=1.0 g++=4:12.2.0-3 libc6:i386=2.36-9 libc6=2.36-9 libstdc++6=12~rc1+b1 mta-b=1 wine:i386=8.0")
    );
    // Left to itself apt takes what is newest, and another provider.
    let asked = words("g++ wine:i386 doc");
    let of_itself = words("doc=1.0.1 g++=4:13 libc6:i386=2.37 libc6=2.37 mta-a=1 wine:i386=9.0");
    assert_eq!(scene.simulate(&asked), of_itself);
    scene.pin(&lock.export(Format::AptPins, &Options::default()).expect("pins"));
    // Pins choose versions, not packages: a provider that is not locked can still be had,
    let pinned = scene.simulate(&words("g++ wine:i386 doc mta-b"));
    assert_eq!(pinned, expected);
    assert_eq!(scene.apt.candidate("other").as_deref(), Some("1"));
    // unless all that is not locked is refused.
    let mut options = Options::default();
    options.exclusive = true;
    scene.pin(&lock.export(Format::AptPins, &options).expect("pins"));
    assert_eq!(scene.simulate(&asked), expected);
    assert_eq!(scene.apt.candidate("other"), None);
}

#[test]
fn pins_lead_back_from_newer_versions() {
    let scene = Scene::new();
    let newer = newer().into_iter().filter(|package| package.get("Package") == "libc6");
    let status: String = newer.map(|package| package.control() + "Status: install ok installed\n\n").collect();
    scene.apt.set_installed(&status.replace("Description", "X-Description"));
    assert_eq!(scene.apt.candidate("libc6").as_deref(), Some("2.37"));
    let lock = lock(&universe(old(), ""), &["wine:i386"]);
    scene.pin(&lock.export(Format::AptPins, &Options::default()).expect("pins"));
    assert_eq!(scene.apt.candidate("libc6:i386").as_deref(), Some("2.36-9"));
    // The one of the machine's own architecture is not locked.
    assert_eq!(scene.apt.candidate("libc6").as_deref(), Some("2.37"));
}

#[test]
fn the_arguments_have_apt_install_what_is_locked() {
    let scene = Scene::new();
    let locked = lock(&universe(old(), ""), &["g++", "wine:i386"]);
    assert_eq!(scene.simulate(&install_arguments(&locked)), sorted(install_arguments(&locked)));

    // The line for a shell is the same, and marks what came along.
    let text = locked.export(Format::AptInstall, &Options::default()).expect("lines");
    let (install, mark) = text.trim_end().split_once('\n').expect("two lines");
    assert_eq!(install, format!("apt-get install --no-install-recommends {}", install_arguments(&locked).join(" ")));
    let status = old().into_iter().map(|package| package.control() + "Status: install ok installed\n\n");
    scene.apt.set_installed(&status.collect::<String>().replace("Description", "X-Description"));
    let marking = scene.apt.command("sh").args(["-c", mark]).output().expect("sh");
    assert!(marking.status.success(), "{}", String::from_utf8_lossy(&marking.stderr));
    let automatic = succeed(scene.apt.command("apt-mark").arg("showauto")).text();
    assert_eq!(automatic.lines().collect::<Vec<_>>(), auto_arguments(&locked));
    assert_eq!(succeed(scene.apt.command("apt-mark").arg("showmanual")).text(), "g++\nwine:i386\n");
}

#[test]
fn over_a_base_apt_upgrades_and_removes_what_the_lock_says() {
    let scene = Scene::new();
    let base = [
        Package::new("libc6", "2.30").field("Multi-Arch", "same"),
        Package::new("enemy", "1").field("Breaks", "g++ (>= 4:12)"),
    ];
    let status: String = base.iter().map(|package| package.control() + "Status: install ok installed\n\n").collect();
    let status = status.replace("Description", "X-Description");
    scene.apt.set_installed(&status);
    let lock = lock(&universe(old(), &status), &["g++"]);
    assert_eq!(lock.head().remove, ["enemy"]);
    let expected = sorted(install_arguments(&lock));
    assert_eq!(expected, words("doc=1.0 enemy- g++=4:12.2.0-3 libc6=2.36-9 libstdc++6=12~rc1+b1 mta-b=1"));
    assert_eq!(scene.simulate(&install_arguments(&lock)), expected);
}

#[test]
fn uris_are_apts_own() {
    let scene = Scene::new();
    let lock = lock(&universe(old(), ""), &["g++", "wine:i386"]);
    let mut options = Options::default();
    options.base = Some(format!("file:{}", scene.www()));
    let ours = lock.export(Format::Uris, &options).expect("URIs");
    let mut command = scene.apt.command("apt-get");
    // Of itself it prints the MD5 of a file, and nothing where the archive has none.
    command
        .args(["install", "--print-uris", "--no-install-recommends", "-o", "Acquire::ForceHash=SHA256"])
        .args(install_arguments(&lock));
    let text = succeed(&mut command).text();
    let theirs = text.lines().filter(|line| line.starts_with('\'')).map(str::to_owned).collect();
    assert_eq!(sorted(ours.lines().map(str::to_owned).collect()), sorted(theirs));
}

#[test]
fn curl_fetches_what_sha256sum_accepts() {
    let scene = Scene::new();
    let lock = lock(&universe(old(), ""), &["g++", "wine:i386"]);
    let folder = tempfile::tempdir().expect("a temporary directory");
    let mut options = Options::default();
    options.base = Some(format!("file://{}", scene.www()));
    let config = lock.export(Format::Curl, &options).expect("a configuration");
    let sums = lock.export(Format::Sha256Sums, &options).expect("sums");
    let run = |program: &str, arguments: &[&str], input: &str| {
        succeed_with_input(Command::new(program).args(arguments).current_dir(folder.path()), input.as_bytes())
    };
    run("curl", &["--fail", "--silent", "--show-error", "--config", "-"], &config);
    run("sha256sum", &["--check", "--strict", "--quiet"], &sums);
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), lock.packages().len());
    // And it is these sums that it checks.
    fs::write(folder.path().join("doc_1.0_all.deb"), "another").expect("writing");
    let bad = capture_with_input(
        Command::new("sha256sum").args(["--check", "--quiet"]).current_dir(folder.path()),
        sums.as_bytes(),
    );
    assert_eq!((bad.code(), bad.text().as_str()), (1, "doc_1.0_all.deb: FAILED\n"));
}

/// Reads both bills with libraries of those who made the formats, checks them against the published schemas and rules, and
/// tells what they say.
const CHECK: &str = r#"
import json, pathlib, sys
from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from spdx_tools.spdx.model import RelationshipType
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

folder = pathlib.Path(sys.argv[1])
text = (folder / "lock.cdx.json").read_text()
fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
assert fault is None, fault
bom = Bom.from_json(json.loads(text))
bom.validate()
out = {"cyclonedx": [], "spdx": [], "needs": []}
for component in json.loads(text)["components"]:
    purl = PackageURL.from_string(component["purl"])
    assert purl.to_string() == component["purl"], component
    out["cyclonedx"].append([purl.type, purl.namespace, purl.name, purl.version, purl.qualifiers["arch"],
                             purl.qualifiers["distro"], component["hashes"][0]["content"]])
document = parse_file(str(folder / "lock.spdx.json"))
faults = validate_full_spdx_document(document)
assert faults == [], faults
names = {package.spdx_id: package.name for package in document.packages}
for package in document.packages[1:]:
    out["spdx"].append([package.name, package.version, package.checksums[0].value])
for relation in document.relationships:
    if relation.relationship_type == RelationshipType.DEPENDS_ON:
        out["needs"].append([names[relation.spdx_element_id], names[relation.related_spdx_element_id]])
json.dump(out, sys.stdout)
"#;

#[test]
fn bills_of_materials_are_valid_and_say_what_is_locked() {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/sbom-venv/bin/python");
    assert!(python.exists(), "{} is not there; scripts/setup installs what the tests need", python.display());
    let universe = universe(old(), "");
    let lock = lock(&universe, &["g++", "wine:i386"]);
    let folder = tempfile::tempdir().expect("a temporary directory");
    let mut options = Options::default();
    options.base = Some("https://deb.example.org/debian".into());
    options.distro = Some("testname".into());
    options.created = Some("2024-01-02T03:04:05Z".parse().expect("a time"));
    for graph in [None, Some(Graph::of(&lock, &[&universe]).expect("a graph"))] {
        let all = graph.is_some();
        options.graph = graph;
        for (format, name) in [(Format::CycloneDx, "lock.cdx.json"), (Format::Spdx, "lock.spdx.json")] {
            fs::write(folder.path().join(name), lock.export(format, &options).expect("a bill")).expect("writing");
        }
        let text = succeed(Command::new(&python).args(["-c", CHECK]).arg(folder.path())).text();
        let found: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let packages = lock.packages().iter();
        let cyclonedx: Vec<_> = packages
            .clone()
            .map(|it| {
                let sha256 = it.sha256.to_string();
                serde_json::json!(["deb", "debian", it.name, it.version, it.architecture, "testname", sha256])
            })
            .collect();
        let spdx: Vec<_> = packages.map(|it| serde_json::json!([it.name, it.version, it.sha256.to_string()])).collect();
        assert_eq!((&found["cyclonedx"], &found["spdx"]), (&cyclonedx.into(), &spdx.into()));
        let needs = found["needs"].as_array().expect("an array");
        let has = |from: &str, to: &str| needs.contains(&serde_json::json!([from, to]));
        assert!(has("environment", "g++") && has("g++", "libstdc++6") && has("wine", "libc6"));
        // What brought a package is one relation; who needs it may be many.
        assert_eq!(has("libstdc++6", "libc6"), all, "{needs:?}");
    }
}
