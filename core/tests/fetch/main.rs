//! Fetching from servers that behave, and from servers that don't.
#![allow(clippy::unwrap_used)]

mod answers;
mod downloads;
mod nginx;
mod proxies;
mod redirects;
mod server;
mod tls;
mod verified;

use std::time::Duration;

use reposnap::source::fetch::{FetchOptions, Fetched, Fetcher, parse_url};

/// Options with short waits, and no proxy of the machine that runs the tests.
fn options() -> FetchOptions {
    let mut options = FetchOptions::default();
    options.backoff = Duration::from_millis(2);
    options.longest_wait = Duration::from_secs(2);
    options.idle_timeout = Duration::from_secs(5);
    options.proxy = reposnap::source::fetch::Proxy::Direct;
    options
}

fn fetcher(options: FetchOptions) -> Fetcher {
    Fetcher::new(options).unwrap()
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(future)
}

/// Gets `url` with a limit of 1 MiB.
fn get(options: FetchOptions, url: &str) -> reposnap::Result<Fetched> {
    run(fetcher(options).get(&parse_url(url)?, 1 << 20, None))
}

/// The body of [`get`].
fn body(options: FetchOptions, url: &str) -> reposnap::Result<Vec<u8>> {
    match get(options, url)? {
        Fetched::Body(body) => Ok(body.bytes.to_vec()),
        other => panic!("no body: {other:?}"),
    }
}

/// Bytes that repeat late.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as u8
        })
        .collect()
}
