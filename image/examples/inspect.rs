//! What is in an image: `cargo run --example inspect -- REFERENCE [CACHE]`.

use std::sync::Arc;
use std::time::Instant;

use reposnap_image::cache::DirectoryCache;
use reposnap_image::inspect::{Options, inspect};

#[tokio::main]
async fn main() -> reposnap::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let reference = arguments.next().unwrap_or_else(|| "host:".to_owned()).parse()?;
    let cache = arguments.next().map(DirectoryCache::open).transpose()?;
    let files = std::env::var_os("FILES").is_some();
    let options = Options { cache: cache.map(|cache| Arc::new(cache) as _), files, ..Options::default() };
    let start = Instant::now();
    let read = inspect(&reference, None, &options).await?;
    let took = start.elapsed();
    for layer in &read.inventory.layers {
        println!("{} {} bytes, {} packages", layer.digest, layer.size, layer.packages);
    }
    for package in &read.inventory.packages {
        println!("{} {} {}", package.name, package.version, package.architecture);
    }
    for file in read.inventory.files.iter().flatten() {
        println!("{:?} {}", file.change, file.path);
    }
    eprintln!("{} packages in {took:?}", read.inventory.packages.len());
    Ok(())
}
