//! `fetch`: bring packages that a mirror left where they are.

use reposnap::Result;
use reposnap_api::packages;

use crate::Outcome;
use crate::args;
use crate::context::Context;

/// Runs `fetch`.
pub async fn run(context: &Context, arguments: args::Fetch) -> Result<Outcome> {
    let args::Fetch { rev, query, dry_run } = arguments;
    let fetched = packages::fetch(context.session(), packages::Fetch { rev, query, dry_run }).await?;
    let verb = if dry_run { " would be fetched" } else { "" };
    context.print(&fetched, |fetched| format!("{} files, {} bytes{verb}", fetched.files, fetched.bytes))?;
    Ok(Outcome::Done)
}
