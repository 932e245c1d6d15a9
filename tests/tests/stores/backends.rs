//! Every kind of store that the suite runs on.

use std::path::{Path, PathBuf};

use reposnap::store::{Options, Store, Variables};
use reposnap_tests::azurite::{self, Azurite};
use reposnap_tests::moto::{self, Moto};
use reposnap_tests::s3::S3;

/// A place for a store, which goes with what it is in.
pub struct Backend {
    pub name: &'static str,
    /// Whether one of many writers wins. moto looks first and writes later, so rarely that no trial finds it out.
    pub is_atomic: bool,
    place: PathBuf,
    options: Options,
    _folder: Option<tempfile::TempDir>,
    _server: Option<Server>,
}

enum Server {
    Ours(#[expect(dead_code, reason = "held until the end")] S3),
    Moto(#[expect(dead_code, reason = "held until the end")] Moto),
    Azurite(#[expect(dead_code, reason = "held until the end")] Azurite),
}

impl Backend {
    /// A directory, the same as a URL, and buckets of two servers.
    pub fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for name in ["directory", "file URL"] {
            let folder = tempfile::tempdir().expect("a temporary directory");
            let path = folder.path().join("store");
            let place = if name == "directory" { path } else { format!("file://{}", path.display()).into() };
            all.push(Self {
                name,
                is_atomic: true,
                place,
                options: Options::default(),
                _folder: Some(folder),
                _server: None,
            });
        }
        let server = S3::serve();
        let (place, options) = (server.url("some/prefix").into(), options(&server));
        all.push(Self {
            name: "S3",
            is_atomic: true,
            place,
            options,
            _folder: None,
            _server: Some(Server::Ours(server)),
        });
        let server = Moto::serve();
        let place = format!("s3://{}/some/prefix", moto::BUCKET).into();
        let options = Options::default().variables(Variables::new(server.variables()));
        all.push(Self {
            name: "moto",
            is_atomic: false,
            place,
            options,
            _folder: None,
            _server: Some(Server::Moto(server)),
        });
        all
    }

    /// A container of Azure's emulator.
    pub fn azurite() -> Self {
        let server = Azurite::serve();
        Self {
            name: "Azurite",
            is_atomic: true,
            place: format!("az://{}/some/prefix", azurite::CONTAINER).into(),
            options: Options::default().variables(Variables::new(server.variables())),
            _folder: None,
            _server: Some(Server::Azurite(server)),
        }
    }

    pub async fn create(&self) -> Store {
        Store::create_at(&self.place, &self.options).await.unwrap_or_else(|error| panic!("{}: {error:?}", self.name))
    }

    /// Another handle.
    pub async fn open(&self) -> Store {
        Store::open_at(&self.place, &self.options).await.unwrap_or_else(|error| panic!("{}: {error:?}", self.name))
    }
}

/// How the server's stores are opened.
pub fn options(server: &S3) -> Options {
    Options::default().variables(Variables::new(server.variables()))
}

/// A new store in the server's bucket.
pub async fn store_in(server: &S3) -> Store {
    let url = server.url("store");
    Store::create_at(Path::new(&url), &options(server)).await.expect("a new store")
}
