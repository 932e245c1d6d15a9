//! `fetch`: bring packages that a mirror left where they are.

use reposnap::Result;
use reposnap::snapshot::Query;
use reposnap::source::apt;
use serde::Serialize;

use crate::Outcome;
use crate::args;
use crate::commands::mirror::fetcher;
use crate::context::Context;

#[derive(Serialize)]
struct Fetched {
    files: u64,
    bytes: u64,
}

/// Runs `fetch`.
pub async fn run(context: &Context, arguments: args::Fetch) -> Result<Outcome> {
    let store = context.open().await?;
    let query = arguments.query.as_deref().map(str::parse::<Query>).transpose()?;
    let (_, snapshot) = context.snapshot(&store, &arguments.rev).await?;
    let done = apt::fetch_packages(&fetcher(context)?, &snapshot, query.as_ref(), context.monitor()).await?;
    let fetched = Fetched { files: done.items, bytes: done.bytes };
    context.print(&fetched, |fetched| format!("{} files, {} bytes", fetched.files, fetched.bytes))?;
    Ok(Outcome::Done)
}
