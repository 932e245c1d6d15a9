//! A store in a directory, a bucket to publish into, and a key.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use reposnap::openpgp::{self, KeyFile};
use reposnap::progress::Monitor;
use reposnap::publish::{Bucket, Input, Options, Place, Publication};
use reposnap::snapshot::Snapshot;
use reposnap::store::{self, Store, Variables};
use reposnap::{Digest, Result};
use reposnap_api::{Session, call};
use reposnap_tests::apt::Apt;
use reposnap_tests::deb::{Compression, Package};
use reposnap_tests::s3::S3;
use serde_json::json;

/// Where publications lie in the bucket.
pub const PREFIX: &str = "team/public";
/// How long a publisher that says nothing is waited for, by whoever takes over from one that was ended.
pub const LEASE: Duration = Duration::from_millis(50);
/// The same for everybody else: longer than any test, so that nobody takes over, and nothing is said in between.
const LONG: Duration = Duration::from_secs(600);
/// How long one that says something is.
pub const WAIT: Duration = Duration::from_secs(30);

pub struct Bench {
    pub folder: tempfile::TempDir,
    pub server: S3,
    pub key: KeyFile,
    session: Session,
}

impl Bench {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let packages = folder.path().join("packages");
        fs::create_dir(&packages).expect("a folder");
        let store = Store::create(&folder.path().join("store")).await.expect("a store");
        let session = Session::with_store(store);
        let request = json!({ "name": "inhouse", "directory": packages });
        call(&session, "mirror add-folder", request).await.expect("a mirror");
        let key = openpgp::generate("Test <test@example.org>", jiff::Timestamp::now(), None).expect("a key");
        let server = S3::serve();
        server.make_public(&format!("{PREFIX}/"));
        Self { folder, server, key, session }
    }

    /// A snapshot of exactly these packages.
    pub async fn snapshot(&self, packages: &[Package]) -> Snapshot {
        let folder = self.folder.path().join("packages");
        fs::remove_dir_all(&folder).expect("the folder of before");
        fs::create_dir(&folder).expect("a folder");
        for package in packages {
            fs::write(folder.join(package.file_name()), package.build()).expect("a package");
        }
        call(&self.session, "mirror update", json!({ "name": "inhouse" })).await.expect("an update");
        self.session.snapshot("mirror/inhouse").await.expect("a snapshot").1
    }

    /// A handle of its own, as another program has it.
    pub fn bucket(&self) -> Bucket {
        self.bucket_with(&store::Options::default())
    }

    /// The same, and it takes over from one that says nothing.
    pub fn heir(&self) -> Bucket {
        self.bucket().lease(LEASE)
    }

    pub fn bucket_with(&self, options: &store::Options) -> Bucket {
        let options = options.clone().variables(Variables::new(self.server.variables()));
        bucket(&self.server.url(PREFIX), &options)
    }

    pub fn options(&self) -> Options {
        let suite = "stable".parse().expect("a suite");
        Options { lock_wait: WAIT, ..Options::new(suite, jiff::Timestamp::now()) }
    }

    pub async fn try_publish(&self, snapshot: &Snapshot, options: &Options) -> Result<Publication> {
        self.publish_by(&self.bucket(), snapshot, options).await
    }

    pub async fn publish_by(&self, bucket: &Bucket, snapshot: &Snapshot, options: &Options) -> Result<Publication> {
        let inputs = [Input::keep(snapshot.clone())];
        bucket.publish_signed(&inputs, options, &self.key, &Monitor::silent()).await
    }

    pub async fn publish(&self, snapshot: &Snapshot) -> Publication {
        self.try_publish(snapshot, &self.options()).await.expect("a publication")
    }

    /// The keys below the prefix, without it.
    pub fn keys(&self) -> BTreeSet<String> {
        let prefix = format!("{PREFIX}/");
        self.server.keys().iter().filter_map(|key| key.strip_prefix(&prefix).map(str::to_owned)).collect()
    }

    pub fn object(&self, path: &str) -> Option<Vec<u8>> {
        self.server.object(&format!("{PREFIX}/{path}"))
    }

    /// An apt that knows the suite `stable`, once that is published.
    pub fn apt(&self) -> Apt {
        let certificate = self.folder.path().join("stable.asc");
        fs::write(&certificate, self.object("stable.asc").expect("the certificate")).expect("writing");
        Apt::with_source(&self.source(&certificate))
    }

    fn source(&self, certificate: &Path) -> String {
        format!("deb [signed-by={}] {} stable main", certificate.display(), self.server.public_url(PREFIX))
    }
}

pub fn bucket(url: &str, options: &store::Options) -> Bucket {
    match Place::of(Path::new(url), options).expect("a good URL") {
        Place::Bucket(bucket) => bucket.lease(LONG),
        Place::Directory(directory) => panic!("{} is no bucket", directory.display()),
    }
}

/// A package that is built fast.
pub fn package(name: &str, version: &str) -> Package {
    Package::new(name, version).compression(Compression::None)
}

/// Every file that InRelease and the indexes name is there with its digest; gives the packages, `NAME VERSION`. This is what
/// apt asks for, without apt.
pub fn packages_of(bench: &Bench) -> Option<BTreeSet<String>> {
    let signed = String::from_utf8(bench.object("dists/stable/InRelease")?).expect("text");
    let (_, list) = signed.split_once("\nSHA256:\n").expect("digests");
    let mut packages = BTreeSet::new();
    for line in list.lines().take_while(|line| line.starts_with(' ')) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [digest, size, path] = words[..] else { panic!("{line}") };
        // The plain form is not there where a compressed one is.
        let Some(compressed) = path.strip_suffix(".gz") else { continue };
        let folder = compressed.rsplit_once('/').map_or("", |(folder, _)| folder);
        let found = bench.object(&format!("dists/stable/{folder}/by-hash/SHA256/{digest}"));
        let bytes = found.unwrap_or_else(|| panic!("{path} is not there by its hash {digest}"));
        assert_eq!(
            (bytes.len().to_string().as_str(), Digest::of(&bytes).to_string().as_str()),
            (size, digest),
            "{path}"
        );
        let mut text = String::new();
        std::io::Read::read_to_string(&mut flate2::read::MultiGzDecoder::new(&bytes[..]), &mut text).expect("gzip");
        for stanza in text.split("\n\n").filter(|stanza| !stanza.trim().is_empty()) {
            let field = |name: &str| {
                let found = stanza.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
                found.unwrap_or_else(|| panic!("no {name} in {stanza}"))
            };
            let file = bench.object(field("Filename")).unwrap_or_else(|| panic!("{} is not there", field("Filename")));
            assert_eq!(Digest::of(&file).to_string(), field("SHA256"), "{}", field("Filename"));
            packages.insert(format!("{} {}", field("Package"), field("Version")));
        }
    }
    Some(packages)
}
