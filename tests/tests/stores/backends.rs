//! Every kind of store that the suite runs on.

use std::any::Any;
use std::path::{Path, PathBuf};

use reposnap::store::{Options, Store, Variables};
use reposnap_tests::azurite::Azurite;
use reposnap_tests::ceph::Ceph;
use reposnap_tests::garage::Garage;
use reposnap_tests::moto::Moto;
use reposnap_tests::s3::S3;

/// A place for a store, which goes with what it is in.
pub struct Backend {
    /// Whether one of many writers wins. moto looks first and writes later, so rarely that no trial finds it out.
    pub is_atomic: bool,
    pub place: PathBuf,
    pub variables: Vec<(String, String)>,
    _held: Box<dyn Any>,
}

impl Backend {
    pub fn directory() -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        Self::new(folder.path().join("store").display().to_string(), Vec::new(), folder)
    }

    pub fn file_url() -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        Self::new(format!("file://{}/store", folder.path().display()), Vec::new(), folder)
    }

    /// This project's own server of tests.
    pub fn s3() -> Self {
        let server = S3::serve();
        Self::new(server.url(PREFIX), server.variables(), server)
    }

    /// The same in Google's dialect.
    pub fn google() -> Self {
        let server = S3::serve_google();
        Self::new(server.url(PREFIX), server.variables(), server)
    }

    pub fn moto() -> Self {
        let server = Moto::serve();
        Self { is_atomic: false, ..Self::new(server.url(PREFIX), server.variables(), server) }
    }

    pub fn azurite() -> Self {
        let server = Azurite::serve();
        Self::new(server.url(PREFIX), server.variables(), server)
    }

    pub fn ceph() -> Self {
        let server = Ceph::serve();
        Self::new(server.url(PREFIX), server.variables(), server)
    }

    /// One that is refused.
    pub fn garage() -> Self {
        let server = Garage::serve();
        Self::new(server.url(PREFIX), server.variables(), server)
    }

    fn new(place: String, variables: Vec<(String, String)>, held: impl Any) -> Self {
        Self { is_atomic: true, place: place.into(), variables, _held: Box::new(held) }
    }

    pub fn options(&self) -> Options {
        Options::default().variables(Variables::new(self.variables.iter().cloned()))
    }

    pub async fn create(&self) -> Store {
        Store::create_at(&self.place, &self.options()).await.expect("a new store")
    }

    /// Another handle.
    pub async fn open(&self) -> Store {
        Store::open_at(&self.place, &self.options()).await.expect("the store")
    }
}

/// Where the stores are in their buckets.
const PREFIX: &str = "some/prefix";

/// How the server's stores are opened.
pub fn options(server: &S3) -> Options {
    Options::default().variables(Variables::new(server.variables()))
}

/// A new store in the server's bucket.
pub async fn store_in(server: &S3) -> Store {
    let url = server.url("store");
    Store::create_at(Path::new(&url), &options(server)).await.expect("a new store")
}
