//! Takes a snapshot of a folder of packages and publishes it as a signed repository. Run it again after a change: only
//! what is new is stored and published.
//!
//! `cargo run -p reposnap-examples --bin publish-folder PACKAGES STORE KEY PUBLIC`
//!
//! The key is made where there is none.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use reposnap::openpgp::{self, KeyFile, Signer};
use reposnap::progress::Monitor;
use reposnap::publish::{Input, Options, publish_signed};
use reposnap::source::folder;
use reposnap::source::mirror::{Config, FolderConfig, Mirror};
use reposnap::store::Store;
use reposnap::store::refs::Note;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [packages, store, key, public] = &arguments[..] else {
        return Err("usage: publish-folder PACKAGES STORE KEY PUBLIC".into());
    };
    let key = key_at(key)?;
    let store = Store::open_or_create(store).await?;
    let note = Note::new("publish-folder", "");
    let monitor = Monitor::silent();

    let directory = packages.canonicalize()?.display().to_string();
    let config = Config::Folder(FolderConfig { directory, component: "main".to_owned() });
    let mirror = Mirror::add(&store, "packages", config, &note).await?;
    let mirror = folder::update(mirror, &note, &monitor).await?;
    let snapshot = mirror.snapshot().await?.ok_or("an updated mirror has a snapshot")?;

    let options = Options::new("stable".parse()?, Timestamp::now());
    let published = publish_signed(&[Input::keep(snapshot.clone())], &options, public, &key, &monitor).await?;
    println!("snapshot {}", snapshot.id());
    println!("{} packages, {} new", snapshot.entries(), published.added);
    println!("certificate {}", published.certificate.unwrap_or_default().display());
    Ok(())
}

/// The key in a file, made where there is none.
fn key_at(path: &Path) -> Result<KeyFile, Box<dyn std::error::Error>> {
    if !path.exists() {
        let key = openpgp::generate("Example archive <archive@example.org>", Timestamp::now(), None)?;
        std::fs::write(path, key.to_armored_secret()?)?;
        println!("key {}", key.fingerprint());
    }
    Ok(KeyFile::open(path, None)?)
}
