//! `search`: find packages.

use reposnap::Result;
use reposnap_api::packages::{self, Package};

use crate::Outcome;
use crate::args;
use crate::context::Context;
use crate::output::table;

/// Runs `search`; exit code 1 where nothing is found.
pub async fn run(context: &Context, arguments: args::Search) -> Result<Outcome> {
    let args::Search { rev, query, stanzas } = arguments;
    let found = packages::search(context.session(), packages::Search { rev, query, stanzas }).await?;
    context.print(&found, |found| {
        if stanzas {
            return found.iter().filter_map(|package| package.stanza.as_deref()).collect::<Vec<_>>().join("\n");
        }
        table(&found.iter().map(row).collect::<Vec<_>>())
    })?;
    Ok(if found.is_empty() { Outcome::Findings } else { Outcome::Done })
}

fn row(package: &Package) -> Vec<String> {
    [&package.name, &package.version, &package.architecture, &package.part, &package.component]
        .map(String::clone)
        .to_vec()
}
