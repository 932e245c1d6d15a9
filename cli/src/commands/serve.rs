//! `serve`: the store over HTTP.

use std::time::Duration;

use reposnap::{Error, Kind, Result};
use reposnap_serve::Options;

use crate::Outcome;
use crate::args;
use crate::context::Context;

/// Runs `serve`.
pub fn run(context: &Context, arguments: args::Serve) -> Result<Outcome> {
    let options = options(context, arguments)?;
    // The server has a runtime of its own, and this thread is on another one.
    std::thread::spawn(move || reposnap_serve::run(&options))
        .join()
        .map_err(|_| Error::new(Kind::Internal, "the server failed"))??;
    Ok(Outcome::Done)
}

fn options(context: &Context, arguments: args::Serve) -> Result<Options> {
    let mut options = Options::new(context.directory().to_owned(), arguments.listen);
    options.key = arguments.key;
    options.password_file = arguments.password_file;
    options.verbatim = arguments.verbatim;
    options.suite = arguments.suite.as_deref().map(str::parse).transpose()?;
    options.origin = arguments.origin;
    options.label = arguments.label;
    options.valid_for = arguments.valid_for.map(|days| Duration::from_secs(days.saturating_mul(86_400)));
    if !arguments.compress.is_empty() {
        options.formats = arguments.compress.iter().map(|format| format.parse()).collect::<Result<_>>()?;
    }
    options.read_only = arguments.read_only;
    options.fetch = !arguments.no_fetch;
    options.tokens = arguments.tokens;
    options.anonymous_read = arguments.anonymous_read;
    options.tls = arguments.tls_cert.zip(arguments.tls_key);
    options.connections = arguments.connections.unwrap_or(options.connections);
    options.connections_per_client = arguments.connections_per_client.unwrap_or(options.connections_per_client);
    options.requests_per_client = arguments.requests_per_client.unwrap_or(options.requests_per_client);
    options.trusted_proxies =
        arguments.trusted_proxy.iter().map(|text| reposnap_serve::network(text)).collect::<Result<_>>()?;
    options.shelf = arguments.trees.or(options.shelf);
    options.shelf_bytes = arguments.trees_limit.map_or(options.shelf_bytes, |mib| mib.saturating_mul(1 << 20));
    options.ahead = arguments.ahead.map_or(Ok(options.ahead), |ahead| ahead.parse())?;
    options.cache_bytes = arguments.cache.map_or(options.cache_bytes, |mib| mib.saturating_mul(1 << 20));
    options.grace = arguments.grace.map_or(options.grace, Duration::from_secs);
    Ok(options)
}
