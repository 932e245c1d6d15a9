//! A store over HTTP.
//!
//! | path | what |
//! |---|---|
//! | `/<environment>/`, `/<environment>@<time>/`, `/<snapshot>/` | an apt repository, without publishing it |
//! | `/api/v1/<operation>` | the operations of the library, from JSON to JSON |
//! | `/` | a page for people |
//! | `/healthz`, `/readyz`, `/metrics` | for what watches over it |
//!
//! Trees are made in memory by the code that publishes, packages come from the store, or into it first, and who may do what
//! is told by tokens. `docs/SERVE.md` has it all.

#![forbid(unsafe_code)]
#![warn(clippy::unwrap_used)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod access;
mod ahead;
mod answers;
mod api;
mod callers;
mod clients;
mod connection;
mod flight;
mod http;
pub mod limits;
mod log;
mod metrics;
mod openapi;
mod options;
mod packages;
mod page;
mod repository;
mod server;
mod service;
mod shelf;
mod target;
mod tls;
mod tokens;
mod tree;
mod trees;
mod worker;

pub use options::{Ahead, Options, network};
pub use server::{Reloader, Server};

use reposnap::error::{Error, Kind, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use tokio::sync::watch;

/// Serves until SIGTERM or SIGINT, then finishes what runs. SIGHUP has it read its tokens and its certificate again.
///
/// It has a runtime of its own, so it must not be called on one.
///
/// # Errors
/// Those of [`Server::bind`].
pub fn run(options: &Options) -> Result<()> {
    let failed = |what: &str, error: std::io::Error| Error::new(Kind::Io, what.to_owned()).source(error);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| failed("the runtime can't be started", error))?;
    let mut signals =
        Signals::new([SIGTERM, SIGINT, SIGHUP]).map_err(|error| failed("signals can't be heard", error))?;
    let (tell, stop) = watch::channel(false);
    let handle = signals.handle();
    let served = runtime.block_on(async {
        let server = Server::bind(options).await?;
        let reloader = server.reloader();
        let listening = std::thread::spawn(move || {
            for signal in signals.forever() {
                match signal {
                    SIGHUP => reloader.reload(),
                    _ => drop(tell.send_replace(true)),
                }
            }
        });
        let served = server.run(stop).await;
        handle.close();
        let _ = listening.join();
        served
    });
    // What still computes for nobody is not waited for.
    runtime.shutdown_background();
    served
}
