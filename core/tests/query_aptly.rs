//! The same questions to aptly and to us, about the same packages.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use bytes::Bytes;
use reposnap::snapshot::ingest::Content;
use reposnap::snapshot::{Query, Snapshot, search, search_entries};
use reposnap::store::Store;

mod query_support;

/// What both understand alike.
const QUERIES: &[&str] = &[
    "nginx",
    "nginx {amd64}",
    "libssl3 {i386}",
    "apt {all}",
    "tool {source}",
    "tool",
    "tool (>= 1.5)",
    "nginx (1.0)",
    "nginx (= 1.10-1)",
    "nginx (>= 1.9)",
    "nginx (> 1.10-1)",
    "nginx (>> 1.0)",
    "nginx (<< 1.10-1)",
    "nginx (< 1.10-1)",
    "nginx (<= 0:1.10-1)",
    "python3 (>= 1:0.9~rc1)",
    "python3 (% 1*)",
    "python3 (% 1.[0-9]*)",
    "python3 (~ ^1:)",
    "python3 (~ 'rc[0-9]+')",
    "python3 (>= 1.0) {arm64}",
    "nginx_1.0_amd64",
    "tool_1.5_source",
    "g++ | libstdc++6",
    "Name",
    "Name (nginx)",
    "Name (= g++)",
    "Name (% nginx*)",
    "Name (% *-dev)",
    "Name (% lib*[0-9])",
    "Name (% [^a-l]*)",
    "Name (% ?????)",
    "Name (% lib\\[*)",
    "Name (~ ^lib.*-dev$)",
    "Name (~ ssl)",
    "Name (~ '^(apt|dpkg)(-|$)')",
    "Name (~ \"g\\\\+\\\\+\")",
    "Name (<< b)",
    "Name (>= vim)",
    "!Name (% lib*)",
    "Priority (required)",
    "Priority (= optional)",
    "Priority",
    "Section (% non-free/*)",
    "Section (% *)",
    "Section (~ /)",
    "Essential",
    "!Essential, Priority (required)",
    "Multi-Arch (same) | Multi-Arch (foreign)",
    "Multi-Arch (<< same)",
    "Homepage (% https://*)",
    "Homepage (~ 'https?://[a-z.]+/[0-9]+$')",
    "Maintainer ('Ann Other <ann@example.org>')",
    "Maintainer (~ \"O'Brien\")",
    "Maintainer (~ 'Jos.')",
    "Description (~ 'second line')",
    "Depends (~ 'libc6 \\\\(>= 2')",
    "Depends (~ libssl3)",
    "Source (% tool*)",
    "$Source (tool)",
    "$Source (nginx)",
    "$Source (~ ^to)",
    "$Source",
    "$SourceVersion (= 1.5)",
    "$SourceVersion (1.10-1)",
    "$Version (>= 1.9)",
    "$Version (= 1:0.9~rc1-2)",
    "$Version (<< 1.9)",
    "$Version (~ dfsg)",
    "$Version (% *+b[0-9])",
    "$Version",
    "Version (1.0)",
    "Version (% 2.0~*)",
    "$Architecture (amd64)",
    "$Architecture (source)",
    "$Architecture (all)",
    "$Architecture (~ 64)",
    "Architecture (amd64)",
    "Architecture (any)",
    "$PackageType (deb)",
    "$PackageType (udeb)",
    "$PackageType (source)",
    "Installed-Size (= 100)",
    "X-Vendor",
    "No-Such-Field",
    "No-Such-Field (<= a)",
    "nginx, $Architecture (i386) | apt",
    "(nginx | apt), $Architecture (i386)",
    "!(nginx | $Source (tool)), Name (% [nt]*)",
    "!!nginx",
    "$Source (nginx), !Name (% *-dev), $Version (>= 1.0), (Priority (optional) | Section (web))",
];

/// What we write otherwise: ours, and how aptly has it.
const TRANSLATED: &[(&str, &str)] = &[
    // To aptly a bare name means what provides it too, as long as Provides names no version.
    ("httpd-cgi | $Provides (= httpd-cgi)", "httpd-cgi"),
    ("$Provides (mail-transport-agent) | mail-transport-agent", "mail-transport-agent"),
    ("nginx*", "Name (% nginx*)"),
    ("*-dev (>= 1.9) {i386}", "Name (% *-dev), $Version (>= 1.9), $Architecture (i386)"),
    ("nginx and not (apt or $Source (x))", "nginx, !(apt | $Source (x))"),
    ("not nginx & Priority (optional)", "!nginx, Priority (optional)"),
    ("Package (nginx)", "Name (nginx)"),
    ("Version (>= 1.9)", "$Version (>= 1.9)"),
    ("priority_1_x | PRIORITY (required)", "priority_1_x | Priority (required)"),
    ("$source (tool)", "$Source (tool)"),
];

#[tokio::test]
async fn aptly_finds_the_same_packages() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    let pool = root.join("pool");
    build_packages(&pool);
    let aptly = Aptly::new(root);
    aptly.ok(&["repo", "create", "r"]);
    aptly.ok(&["repo", "add", "r", pool.to_str().unwrap()]);
    let snapshot = snapshot_of(root).await;

    let same = QUERIES.iter().map(|query| (*query, *query));
    let (mut empty, mut hits, mut differences) = (Vec::new(), BTreeSet::new(), Vec::new());
    for (ours, theirs) in same.chain(TRANSLATED.iter().copied()) {
        let expected = aptly.search(&["package", "search", theirs]);
        // For names aptly has a second way, by index.
        if !theirs.contains(char::is_uppercase) && aptly.search(&["repo", "search", "r", theirs]) != expected {
            differences.push(format!("aptly differs from itself: {theirs}"));
        }
        let query: Query = ours.parse().unwrap_or_else(|error| panic!("{ours}: {error}"));
        // What a query says of itself means the same.
        let again: Query = query.to_string().parse().unwrap();
        for query in [query, again] {
            let found = found(&snapshot, &query).await;
            let (missing, extra): (Vec<_>, Vec<_>) =
                (expected.difference(&found).collect(), found.difference(&expected).collect());
            if found != expected {
                differences.push(format!("{query}: missing {missing:?}, extra {extra:?}"));
            }
        }
        if expected.is_empty() {
            empty.push(theirs);
        }
        hits.insert(expected);
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    // Queries that find nothing, or all the same, would prove little.
    assert!(empty.len() <= 6, "these find nothing: {empty:?}");
    assert!(hits.len() > 60, "{} different answers", hits.len());
}

/// Texts that aptly refuses are refused, but for those that we gave a meaning.
#[test]
fn aptly_refuses_the_same_texts() {
    let directory = tempfile::tempdir().unwrap();
    let aptly = Aptly::new(directory.path());
    for text in [
        "",
        "nginx,",
        "nginx |",
        "| nginx",
        "!",
        "(nginx",
        "nginx)",
        "nginx (>= )",
        "nginx (>= 1.0",
        "nginx (1.0) (2.0)",
        "nginx apt",
        "nginx {amd64",
        "nginx {}",
        "Name {amd64}",
        "Name (~ 1.2[34)",
        "nginx (~ '(')",
        "'nginx",
        "~nginx",
        "= nginx",
        "Name (~ (a|b))",
        "()",
        "Name ()",
        "nginx {amd64} (1.0)",
    ] {
        let output = aptly.run(&["package", "search", text]);
        assert!(!output.status.success(), "aptly takes {text}");
        assert!(text.parse::<Query>().is_err(), "{text}");
    }
}

async fn found(snapshot: &Snapshot, query: &Query) -> BTreeSet<String> {
    let found = search(snapshot, query).await.unwrap();
    let entries = search_entries(snapshot, query).await.unwrap();
    assert!(found.iter().map(|found| &found.key).eq(entries.iter().map(|found| &found.key)));
    for found in &entries {
        let stanza = String::from_utf8_lossy(found.stanza().unwrap().expect("a stanza"));
        assert!(stanza.contains(&format!("Package: {}\n", found.key.name_str())), "{stanza}");
    }
    let name =
        |key: &reposnap::snapshot::Key| format!("{}_{}_{}", key.name_str(), key.version_str(), key.architecture_str());
    found.iter().map(|found| name(&found.key)).collect()
}

/// The packages as dpkg's own tools list them.
async fn snapshot_of(root: &Path) -> Snapshot {
    let store = Store::memory();
    let scan = |program: &str, arguments: &[&str]| {
        let output = succeed(Command::new(program).args(arguments).current_dir(root));
        Bytes::from(output.stdout)
    };
    let lists = [
        ("amd64", Content::Binary, scan("dpkg-scanpackages", &["--multiversion", "pool"])),
        ("udeb", Content::Binary, scan("dpkg-scanpackages", &["--multiversion", "--type", "udeb", "pool"])),
        ("source", Content::Source, scan("dpkg-scansources", &["pool"])),
    ];
    query_support::snapshot(&store, lists).await
}

fn build_packages(pool: &Path) {
    const NAMES: [&str; 27] = [
        "nginx",
        "nginx-core",
        "nginx-light",
        "libssl3",
        "libssl-dev",
        "libc6",
        "libc6-dev",
        "zlib1g",
        "zlib1g-dev",
        "python3",
        "python3-apt",
        "perl",
        "perl-base",
        "apt",
        "apt-utils",
        "dpkg",
        "dpkg-dev",
        "g++",
        "gcc-12",
        "libstdc++6",
        "0ad",
        "tool",
        "vim",
        "vim-tiny",
        "mutt",
        "postfix",
        "exim4",
    ];
    const VERSIONS: [&str; 5] = ["1.0", "1.10-1", "1:0.9~rc1-2", "1.9.0+dfsg-3+b1", "2.0~beta"];
    const ARCHITECTURES: [&str; 4] = ["amd64", "all", "i386", "arm64"];
    fs::create_dir_all(pool).unwrap();
    for number in 0..64 {
        let round = number / NAMES.len();
        let name = NAMES[number % NAMES.len()];
        let version = VERSIONS[(number + round) % VERSIONS.len()];
        let architecture = ARCHITECTURES[(number * 3 + round) % ARCHITECTURES.len()];
        let mut control = format!("Package: {name}\nVersion: {version}\nArchitecture: {architecture}\n");
        let mut field = |every: usize, name: &str, values: &[&str]| {
            if number % every == 0 {
                control += &format!("{name}: {}\n", values[number / every % values.len()]);
            }
        };
        field(
            1,
            "Maintainer",
            &["Ann Other <ann@example.org>", "Flann O'Brien <f@example.org>", "José <j@example.org>"],
        );
        field(2, "Source", &["tool", "tool (1.5)", "nginx", "nginx (1.10-1)", "toolbox"]);
        field(1, "Section", &["web", "non-free/libs", "libs", "contrib/net", "devel"]);
        field(1, "Priority", &["optional", "required", "important", "optional"]);
        field(5, "Installed-Size", &["100", "20", "3000"]);
        field(7, "Essential", &["yes"]);
        field(3, "Multi-Arch", &["same", "foreign", "allowed"]);
        field(3, "Homepage", &["https://example.org/", "http://example.org/7", "https://example.org"]);
        field(2, "Depends", &["libc6 (>= 2.34), zlib1g", "libssl3 | libssl1.1", "perl:any"]);
        field(4, "Provides", &["mail-transport-agent", "httpd, mail-transport-agent", "postfix (= 3.7)", "httpd-cgi"]);
        field(9, "X-Vendor", &["Example"]);
        field(1, "Description", &["small\n the first line\n .\n the second line", "without more"]);
        build(pool, &format!("p{number}.deb"), &control);
    }
    let udeb = "Package: installer\nVersion: 1.0\nArchitecture: amd64\nMaintainer: A <a@b.c>\nSection: debian-installer\n\
                Description: small\n";
    build(pool, "installer_1.0_amd64.udeb", udeb);
    for (name, version, priority) in
        [("tool", "1.5", "optional"), ("nginx", "1.0", "required"), ("tool", "1:2", "extra")]
    {
        build_source(pool, name, version, priority);
    }
}

fn build(pool: &Path, file: &str, control: &str) {
    let tree = tempfile::tempdir().unwrap();
    fs::create_dir(tree.path().join("DEBIAN")).unwrap();
    fs::write(tree.path().join("DEBIAN/control"), control).unwrap();
    let mut command = Command::new("dpkg-deb");
    succeed(
        command.args(["-Zgzip", "--nocheck", "--root-owner-group", "--build"]).arg(tree.path()).arg(pool.join(file)),
    );
}

fn build_source(pool: &Path, name: &str, version: &str, priority: &str) {
    let directory = tempfile::tempdir().unwrap();
    let debian = directory.path().join("tree/debian");
    fs::create_dir_all(debian.join("source")).unwrap();
    fs::write(debian.join("source/format"), "3.0 (native)\n").unwrap();
    let control = format!(
        "Source: {name}\nMaintainer: A <a@b.c>\nSection: web\nPriority: {priority}\nStandards-Version: 4.6.2\n\
         Homepage: https://example.org/src\n\nPackage: {name}\nArchitecture: any\nDescription: small\n"
    );
    fs::write(debian.join("control"), control).unwrap();
    let changelog = format!(
        "{name} ({version}) unstable; urgency=low\n\n  * All.\n\n -- A <a@b.c>  Mon, 01 Jan 2024 00:00:00 +0000\n"
    );
    fs::write(debian.join("changelog"), changelog).unwrap();
    succeed(Command::new("dpkg-source").args(["--build", "tree"]).current_dir(directory.path()));
    for file in fs::read_dir(directory.path()).unwrap().map(Result::unwrap).filter(|file| file.path().is_file()) {
        fs::copy(file.path(), pool.join(file.file_name())).unwrap();
    }
}

struct Aptly {
    config: std::path::PathBuf,
}

impl Aptly {
    fn new(root: &Path) -> Self {
        let config = root.join("aptly.conf");
        let root = root.join("aptly");
        let document = serde_json::json!({ "rootDir": root, "architectures": [], "gpgDisableSign": true });
        fs::write(&config, document.to_string()).unwrap();
        Self { config }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("aptly");
        command.arg(format!("-config={}", self.config.display())).args(arguments);
        command.output().unwrap_or_else(|error| panic!("aptly has to be installed: {error}"))
    }

    fn ok(&self, arguments: &[&str]) {
        let output = self.run(arguments);
        assert!(output.status.success(), "{}", text(&output));
    }

    /// The packages that it prints.
    fn search(&self, arguments: &[&str]) -> BTreeSet<String> {
        let output = self.run(arguments);
        if !output.status.success() {
            // So it says that there are none.
            assert!(text(&output).contains("no results"), "{arguments:?}: {}", text(&output));
            return BTreeSet::new();
        }
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    }
}

fn succeed(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} has to be installed: {error}"));
    assert!(output.status.success(), "{command:?}: {}", text(&output));
    output
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
