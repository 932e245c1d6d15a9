//! Sorts the versions on standard input as dpkg does, oldest first.
//!
//! `printf '1.10\n1.9\n1.10~rc1\n' | cargo run -p reposnap-examples --bin sort-versions`

use std::io::{self, BufRead};

use reposnap::deb::version::Version;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut versions = Vec::new();
    for line in io::stdin().lock().lines() {
        let line = line?;
        if !line.trim().is_empty() {
            versions.push(line.trim().parse::<Version>()?);
        }
    }
    versions.sort();
    for version in versions {
        println!("{version}");
    }
    Ok(())
}
