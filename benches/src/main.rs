//! Races of reposnap against its peers on the same input, in the same run: `cargo run --release -p reposnap-benches`.

mod index;
mod measure;
mod peers;
mod race;
mod synthetic;

use std::env;
use std::ffi::OsString;

fn main() {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    if arguments.first().is_some_and(|first| first == measure::STARTER) {
        std::process::exit(measure::start(&arguments[1..]));
    }
    let n = arguments.first().and_then(|a| a.to_str()).and_then(|a| a.parse().ok());
    let dir = env::current_exe().expect("x");
    let dir = dir.parent().and_then(|d| d.parent()).expect("y").join("bench-data");
    let up = synthetic::Upstream::prepare(&dir, n);
    let out = [peers::aptly(&up), peers::reprepro(&up)].concat();
    println!("{}", serde_json::to_string_pretty(&out).expect("x"));
}
