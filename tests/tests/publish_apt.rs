//! Published trees as others read them: apt over file: and http:, gpgv, aptly; while they change, and after a kill.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use reposnap::Digest;
use reposnap::openpgp::{self, KeyFile};
use reposnap::progress::Monitor;
use reposnap::publish::{Input, Options, Publication, publish_signed};
use reposnap::snapshot::ingest::{Content, ingest};
use reposnap::snapshot::manifest::{FORMAT, List, Made, Manifest, Part};
use reposnap::snapshot::{Snapshot, SnapshotWriter};
use reposnap::store::{Store, layout};
use reposnap_tests::apt::Apt;
use reposnap_tests::cli::Reposnap;
use reposnap_tests::deb::{Package, sha256};
use reposnap_tests::gnupg::{GnuPg, gpgv};
use reposnap_tests::nginx::Nginx;
use reposnap_tests::process::succeed;
use reposnap_tests::upstream::{Suite, Upstream};

/// A store, a tree and a key.
struct Bench {
    directory: tempfile::TempDir,
    store: Store,
    key: KeyFile,
    runtime: tokio::runtime::Runtime,
}

impl Bench {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let store = runtime.block_on(Store::create(&directory.path().join("store"))).expect("a store");
        let key = openpgp::generate("Test <test@example.org>", jiff::Timestamp::now(), None).expect("a key");
        Self { directory, store, key, runtime }
    }

    fn tree(&self) -> PathBuf {
        self.directory.path().join("tree")
    }

    fn certificate(&self) -> PathBuf {
        self.tree().join("stable.asc")
    }

    /// The source line for apt, at `base` (`http://...` or `file:...`).
    fn source(&self, base: &str, components: &str) -> String {
        format!("deb [signed-by={}] {base} stable {components}\n", self.certificate().display())
    }

    fn file_url(&self) -> String {
        format!("file:{}", self.tree().display())
    }

    /// A snapshot of `packages`, in one list, in this order; and of source packages.
    fn snapshot(&self, packages: &[Package], sources: &[SourcePackage]) -> Snapshot {
        self.runtime.block_on(async {
            let mut writer = SnapshotWriter::new(&self.store, &[]);
            let mut text = String::new();
            for package in packages {
                let bytes = package.build();
                text.push_str(&package.stanza(&bytes));
                text.push('\n');
                self.keep(bytes, "deb").await;
            }
            let mut part = Part { name: "test".into(), ..Part::default() };
            part.lists.push(list(&mut writer, "amd64", text).await);
            if !sources.is_empty() {
                let mut text = String::new();
                for source in sources {
                    text.push_str(&source.stanza());
                    text.push('\n');
                    for (name, bytes) in &source.files {
                        self.keep(bytes.clone(), layout::extension_of(name)).await;
                    }
                }
                part.lists.push(list(&mut writer, "source", text).await);
            }
            let made = Made::Mirror { mirror: "test".into(), filter: None };
            writer
                .commit(Manifest { format: FORMAT, made, parents: vec![], parts: vec![part] })
                .await
                .expect("a snapshot")
        })
    }

    async fn keep(&self, bytes: Vec<u8>, extension: &str) {
        let path = layout::pool(Digest::of(&bytes), extension);
        self.store.objects().put(&path, bytes.into()).await.expect("a package in the store");
    }

    fn publish(&self, snapshot: &Snapshot, formats: &[&str]) -> Publication {
        let options = Options {
            formats: formats.iter().map(|format| format.parse().expect("a format")).collect(),
            codename: Some("testname".into()),
            origin: Some("Test".into()),
            label: Some("Test".into()),
            valid_for: Some(Duration::from_secs(86_400)),
            ..Options::new("stable".parse().expect("a suite"), jiff::Timestamp::now())
        };
        self.publish_with(&[Input::keep(snapshot.clone())], &options)
    }

    fn publish_with(&self, inputs: &[Input], options: &Options) -> Publication {
        let (tree, monitor) = (self.tree(), Monitor::silent());
        self.runtime.block_on(publish_signed(inputs, options, &tree, &self.key, &monitor)).expect("a publication")
    }

    /// The certificate in binary form, for gpgv and aptly.
    fn keyring(&self, gpg: &GnuPg) -> PathBuf {
        gpg.import(&fs::read(self.certificate()).expect("the certificate"));
        let path = self.directory.path().join("keyring.gpg");
        succeed(gpg.gpg().args(["--yes", "--output"]).arg(&path).arg("--export"));
        path
    }
}

async fn list(writer: &mut SnapshotWriter, architecture: &str, text: String) -> List {
    let content = if architecture == "source" { Content::Source } else { Content::Binary };
    let ingested = ingest("index", &Bytes::from(text), content).expect("an index");
    let listed = writer.list(ingested.entries, None).await.expect("a list");
    if let Some(explicit) = ingested.explicit {
        let digest = Digest::of(&explicit);
        writer.blob(explicit.into(), digest, None).await.expect("an order");
    }
    List {
        component: "main".into(),
        architecture: architecture.into(),
        path: format!("main/{architecture}"),
        root: listed.root,
        entries: listed.entries,
        bytes: listed.bytes,
        layout: ingested.layout,
        sha256: None,
    }
}

/// A native source package.
struct SourcePackage {
    name: &'static str,
    files: Vec<(String, Vec<u8>)>,
}

impl SourcePackage {
    fn new(name: &'static str) -> Self {
        let tar = b"not unpacked".to_vec();
        let line = format!("{} {} {name}_1.tar.xz", sha256(&tar), tar.len());
        let dsc = format!(
            "Format: 3.0 (native)\nSource: {name}\nBinary: {name}\nArchitecture: all\nVersion: 1\nChecksums-Sha256:\n {line}\n"
        );
        Self { name, files: vec![(format!("{name}_1.dsc"), dsc.into_bytes()), (format!("{name}_1.tar.xz"), tar)] }
    }

    fn stanza(&self) -> String {
        let sums: String =
            self.files.iter().map(|(name, bytes)| format!(" {} {} {name}\n", sha256(bytes), bytes.len())).collect();
        format!(
            "Package: {}\nFormat: 3.0 (native)\nBinary: {}\nArchitecture: all\nVersion: 1\nDirectory: pool/main/x\nChecksums-Sha256:\n{sums}",
            self.name, self.name
        )
    }
}

fn packages(version: &str) -> Vec<Package> {
    vec![
        Package::new("hello", version).depends("greeting"),
        Package::new("polite", version).field("Provides", "greeting"),
        Package::new("casual", version).field("Provides", "greeting"),
    ]
}

#[test]
fn apt_installs_from_every_format() {
    let bench = Bench::new();
    let snapshot = bench.snapshot(&packages("1.0"), &[SourcePackage::new("src")]);
    for formats in [&["gz"][..], &["xz"], &["zst"], &["gz", "xz", "zst"]] {
        bench.publish(&snapshot, formats);
        let apt = Apt::with_source(&bench.source(&bench.file_url(), "main"));
        apt.update();
        assert_eq!(apt.candidate("hello").as_deref(), Some("1.0"), "{formats:?}");
        assert!(apt.policy("hello").contains("500"), "{}", apt.policy("hello"));
    }
    let server = Nginx::serve(&bench.tree());
    let binary = bench.source(&server.url(), "main");
    let apt = Apt::with_source(&format!("{binary}{}", binary.replace("deb [", "deb-src [")));
    apt.update();
    let fetched: Vec<String> = server.accesses().into_iter().map(|access| access.path).collect();
    assert!(fetched.iter().any(|path| path.contains("/by-hash/SHA256/")), "{fetched:?}");
    // With all three listed, apt 2.6 takes xz.
    let xz = fs::read(bench.tree().join("dists/stable/main/binary-amd64/Packages.xz")).expect("the index");
    assert!(fetched.iter().any(|path| path.ends_with(&sha256(&xz))), "{fetched:?}");
    let files = apt.download(&["hello"]);
    let built = packages("1.0")[0].build();
    assert!(files.iter().any(|file| fs::read(file).expect("a download") == built), "{files:?}");

    succeed(apt.command("apt-get").args(["source", "--download-only", "src"]));
    assert_eq!(fs::read(apt.root().join("src_1.tar.xz")).expect("a source file"), b"not unpacked");
    assert!(apt.root().join("src_1.dsc").exists());
}

#[test]
fn apt_chooses_among_equal_providers_as_with_the_upstream() {
    let gpg = GnuPg::new();
    let key = gpg.generate("Upstream <upstream@example.org>");
    let mut choices = Vec::new();
    for order in [[0, 1, 2], [0, 2, 1]] {
        let ordered: Vec<Package> = order.iter().map(|at| packages("1.0")[*at].clone()).collect();
        let bench = Bench::new();
        bench.publish(&bench.snapshot(&ordered, &[]), &["gz"]);
        let ours = Apt::with_source(&bench.source(&bench.file_url(), "main"));
        ours.update();

        let mut upstream = Upstream::new(&bench.directory.path().join("upstream"), &gpg, &key);
        upstream.publish(&Suite::new(ordered));
        let keyring = gpg.write_keyring(&key, &bench.directory.path().join("upstream.gpg"));
        let source =
            format!("deb [signed-by={}] file:{} testname main\n", keyring.display(), upstream.root().display());
        let theirs = Apt::with_source(&source);
        theirs.update();
        choices.push(ours.simulate_install(&["hello"]));
        assert_eq!(choices.last(), Some(&theirs.simulate_install(&["hello"])));
    }
    assert_ne!(choices[0], choices[1], "the order of the index decides");
}

#[test]
fn gpgv_and_aptly_accept_the_tree() {
    let bench = Bench::new();
    bench.publish(&bench.snapshot(&packages("1.0"), &[SourcePackage::new("src")]), &["gz"]);
    let gpg = GnuPg::new();
    let keyring = bench.keyring(&gpg);
    let suite = bench.tree().join("dists/stable");
    for files in [&[suite.join("InRelease")][..], &[suite.join("Release.gpg"), suite.join("Release")]] {
        let paths: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
        let verified = gpgv(&keyring, &paths);
        assert!(verified.status.success(), "{}", verified.transcript());
    }

    let server = Nginx::serve(&bench.tree());
    let root = bench.directory.path().join("aptly");
    let config = bench.directory.path().join("aptly.conf");
    fs::write(&config, format!("{{\"rootDir\": {:?}, \"gpgProvider\": \"gpg\"}}", root.display().to_string()))
        .expect("writing");
    let aptly = |arguments: &[&str]| {
        let mut command = Command::new("aptly");
        command.arg("-config").arg(&config).args(arguments).env("GNUPGHOME", gpg.home());
        succeed(&mut command).text()
    };
    let keyring = format!("-keyring={}", keyring.display());
    aptly(&[
        "mirror",
        "create",
        &keyring,
        "-architectures=amd64",
        "-with-sources",
        "test",
        &server.url(),
        "stable",
        "main",
    ]);
    aptly(&["mirror", "update", &keyring, "test"]);
    let shown = aptly(&["mirror", "show", "-with-packages", "test"]);
    for package in ["hello_1.0_amd64", "polite_1.0_amd64", "casual_1.0_amd64", "src_1_source"] {
        assert!(shown.contains(package), "{package}: {shown}");
    }
}

#[test]
fn a_client_in_mid_update_never_sees_a_mixture() {
    const STATES: usize = 20;
    let bench = Bench::new();
    let states: Vec<Snapshot> =
        ["1.0", "2.0", "3.0"].iter().map(|version| bench.snapshot(&packages(version), &[])).collect();
    bench.publish(&states[0], &["gz", "xz:1"]);
    let server = Nginx::serve(&bench.tree());
    let source = bench.source(&server.url(), "main");
    let done = AtomicBool::new(false);
    let updates = std::thread::scope(|scope| {
        let client = scope.spawn(|| {
            let mut updates = 0;
            let mut finished = false;
            while !finished {
                // Once more after the last state.
                finished = done.load(Ordering::Acquire);
                let apt = Apt::with_source(&source);
                apt.update();
                let candidate = apt.candidate("hello");
                assert!(matches!(candidate.as_deref(), Some("1.0" | "2.0" | "3.0")), "{candidate:?}");
                updates += 1;
            }
            updates
        });
        for number in 1..STATES {
            bench.publish(&states[number % states.len()], &["gz", "xz:1"]);
            // At most one publication during each update: a client is given the time of one generation.
            std::thread::sleep(Duration::from_millis(300));
        }
        done.store(true, Ordering::Release);
        client.join().expect("the client")
    });
    assert!(updates > 1);
}

#[test]
fn a_killed_publisher_leaves_a_valid_tree() {
    const KILLS: u64 = 25;
    let directory = tempfile::tempdir().expect("a temporary directory");
    let gpg = GnuPg::new();
    let upstream_key = gpg.generate("Upstream <upstream@example.org>");
    let mut upstream = Upstream::new(&directory.path().join("upstream"), &gpg, &upstream_key);
    let keyring = gpg.write_keyring(&upstream_key, &directory.path().join("upstream.gpg"));
    let reposnap = Reposnap::new(&directory.path().join("store"));
    let url = format!("file:{}", upstream.root().display());
    let keyring = keyring.display().to_string();
    reposnap.ok(["mirror", "add", "m", &url, "testname", "main", "--arch", "amd64", "--signed-by", &keyring]);
    let many = |version: &str| -> Vec<Package> {
        let filler = (0..150).map(|number| Package::new(&format!("filler-{number}"), version));
        packages(version).into_iter().chain(filler).collect()
    };
    let mut revisions = Vec::new();
    for version in ["1.0", "2.0"] {
        upstream.publish(&Suite::new(many(version)));
        reposnap.ok(["mirror", "update", "m"]);
        let shown = reposnap.json(["snapshot", "show", "m"]);
        revisions.push(shown["snapshot"].as_str().expect("the snapshot's digest").to_owned());
    }
    let own = gpg.generate("Own <own@example.org>");
    let key = directory.path().join("key.asc");
    fs::write(&key, gpg.export_secret(&own)).expect("writing");
    let tree = directory.path().join("tree");
    let (key, to) = (key.display().to_string(), tree.display().to_string());
    let publish =
        |revision: &str| reposnap.command(["publish", revision, "--to", &to, "--suite", "stable", "--key", &key]);
    succeed(&mut publish(&revisions[0]));

    let server = Nginx::serve(&tree);
    let source = format!("deb [signed-by={}] {} stable main\n", tree.join("stable.asc").display(), server.url());
    let check = || {
        let apt = Apt::with_source(&source);
        apt.update();
        let candidate = apt.candidate("hello").expect("a candidate");
        assert_eq!(apt.candidate("filler-149").as_ref(), Some(&candidate));
        assert_eq!(apt.download(&["hello"]).len(), 2);
    };
    for number in 0..KILLS {
        let mut child = publish(&revisions[(number % 2) as usize])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("reposnap");
        std::thread::sleep(Duration::from_millis(number * 7 % 120));
        child.kill().expect("killing");
        child.wait().expect("waiting");
        check();
    }
    // The next publisher clears up and goes on.
    succeed(&mut publish(&revisions[0]));
    succeed(&mut publish(&revisions[1]));
    check();
    assert_eq!(fs::read_dir(tree.join(".reposnap/tmp")).expect("the temporary files").count(), 0);
    let hashes =
        fs::read_dir(tree.join("dists/stable/main/binary-amd64/by-hash/SHA256")).expect("files by hash").count();
    assert_eq!(hashes, 2, "of two publications");
}
