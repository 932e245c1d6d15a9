//! What servers are tested with: a store with two states of a mirror, and an environment.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::Reposnap;
use crate::deb::{Package, sha256};
use crate::flaky::Flaky;
use crate::gnupg::GnuPg;
use crate::serve::Served;
use crate::upstream::{Suite, Upstream};

/// A store with a mirror that fetches no packages, two states of it, and the environment `stable` at the first.
pub struct World {
    /// Where all of it lies.
    pub directory: tempfile::TempDir,
    /// The upstream, with the newer state.
    pub upstream: Flaky,
    /// The command over the store.
    pub reposnap: Reposnap,
    /// The digests of the two states.
    pub states: [String; 2],
}

fn packages(version: &str) -> Vec<Package> {
    let fill: Vec<u8> = (0..200_000_u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    vec![
        Package::new("hello", version).depends("libhello"),
        Package::new("libhello", version).file("usr/share/libhello/fill", &fill),
        Package::new("g++-x", "1:1+b~2"),
    ]
}

impl World {
    /// Makes it.
    #[expect(clippy::new_without_default, reason = "it starts a server")]
    pub fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let root = directory.path().join("upstream");
        let gpg = GnuPg::new();
        let key = gpg.generate("Upstream <u@example.org>");
        let keyring = gpg.write_keyring(&key, &directory.path().join("upstream.gpg"));
        let mut archive = Upstream::new(&root, &gpg, &key);
        archive.publish(&Suite::new(packages("1.0")));
        let upstream = Flaky::serve(&root);
        let reposnap = Reposnap::new(&directory.path().join("store"));
        let keyring = keyring.display().to_string();
        let url = upstream.url();
        reposnap.ok([
            "mirror",
            "add",
            "up",
            &url,
            "testname",
            "--signed-by",
            &keyring,
            "--arch",
            "amd64",
            "--packages",
            "on-demand",
        ]);
        let update = || {
            reposnap.ok(["mirror", "update", "up"]);
            let resolved = reposnap.json(["snapshot", "show", "up"]);
            resolved["snapshot"].as_str().expect("a digest").to_owned()
        };
        let first = update();
        archive.publish(&Suite::new(packages("2.0")));
        let second = update();
        reposnap.ok(["env", "create", "stable", &first]);
        reposnap.ok([
            "key",
            "generate",
            "Serve <s@example.org>",
            "--output",
            &directory.path().join("key.asc").display().to_string(),
        ]);
        upstream.forget();
        Self { directory, upstream, reposnap, states: [first, second] }
    }

    /// The key that signs.
    pub fn key(&self) -> String {
        self.directory.path().join("key.asc").display().to_string()
    }

    /// A server that signs, with further arguments.
    pub fn serve(&self, more: &[&str]) -> Served {
        let key = self.key();
        Served::start(&self.reposnap, ["--key", &key].iter().chain(more))
    }

    /// The certificate of what is signed.
    pub fn certificate(&self, served: &Served) -> PathBuf {
        let (status, _, body) = served.get("/stable/stable.asc");
        assert_eq!(status, 200);
        let path = self.directory.path().join("serve.asc");
        std::fs::write(&path, body).expect("writing");
        path
    }

    /// Moves `stable`.
    pub fn promote(&self, state: usize) {
        self.reposnap.ok(["env", "promote", "stable", &self.states[state]]);
    }

    /// Moves `stable` to and fro, as fast as it can, from `state` on until it is `over`, and tells how often.
    pub fn keep_moving(&self, state: usize, over: &AtomicBool) -> usize {
        let mut moves = 0;
        while !over.load(Ordering::Relaxed) {
            self.promote((state + moves) % 2);
            moves += 1;
        }
        moves
    }

    /// The path of a package below an environment.
    pub fn package(&self, served: &Served, state: usize, name: &str) -> String {
        let (status, _, body) =
            served.get(&format!("/{}/dists/snapshot/main/binary-amd64/Packages", self.states[state]));
        assert_eq!(status, 200);
        let text = String::from_utf8(body).expect("UTF-8");
        let stanza =
            text.split("\n\n").find(|stanza| stanza.contains(&format!("Package: {name}\n"))).expect("the package");
        stanza.lines().find_map(|line| line.strip_prefix("Filename: ")).expect("a place").to_owned()
    }

    /// A file with the tokens `reader`, `mirrorer` and `promoter`, each of which may what it is called after.
    pub fn token_file(&self) -> String {
        let line = |role: &str, token: &str| format!("{role} {} {token}-name\n", sha256(token.as_bytes()));
        let text = format!(
            "# tokens\n{}{}{}",
            line("read", "reader"),
            line("mirror", "mirrorer"),
            line("promote", "promoter")
        );
        let path = self.directory.path().join("tokens");
        std::fs::write(&path, text).expect("writing");
        path.display().to_string()
    }
}

/// A line of `sources.list`.
pub fn source(certificate: &Path, base: &str, suite: &str) -> String {
    format!("deb [signed-by={}] {base} {suite} main\n", certificate.display())
}
