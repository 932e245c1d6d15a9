//! Tells what differs between two snapshots of a store, by any name that the command takes: `stable~1`, `mirror/debian`,
//! the beginning of a digest.
//!
//! `cargo run -p reposnap-examples --bin diff-snapshots STORE BEFORE AFTER`

use std::path::Path;

use reposnap::environment::resolve;
use reposnap::snapshot::{Snapshot, diff};
use reposnap::store::Store;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [store, before, after] = &arguments[..] else {
        return Err("usage: diff-snapshots STORE BEFORE AFTER".into());
    };
    let store = Store::open_read_only(Path::new(store)).await?;
    let before = Snapshot::open(&store, resolve(&store, before).await?.digest).await?;
    let after = Snapshot::open(&store, resolve(&store, after).await?.digest).await?;
    for difference in diff(&before, &after).await? {
        let version = |version: Option<String>| version.unwrap_or_else(|| "-".to_owned());
        println!(
            "{} {} {} {} {}",
            difference.change.as_str(),
            difference.name,
            difference.architecture,
            version(difference.before),
            version(difference.after)
        );
    }
    Ok(())
}
