//! `search`: find packages.

use reposnap::Result;
use reposnap::snapshot::{Query, search, search_entries};
use serde::Serialize;

use crate::Outcome;
use crate::args;
use crate::context::Context;
use crate::output::table;

#[derive(Serialize)]
struct Found {
    name: String,
    version: String,
    architecture: String,
    part: String,
    component: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    stanza: Option<String>,
}

/// Runs `search`; exit code 1 where nothing is found.
pub async fn run(context: &Context, arguments: args::Search) -> Result<Outcome> {
    let store = context.open().await?;
    let query: Query = arguments.query.parse()?;
    let (_, snapshot) = context.snapshot(&store, &arguments.rev).await?;
    let found =
        if arguments.stanzas { search_entries(&snapshot, &query).await? } else { search(&snapshot, &query).await? };
    let found: Vec<Found> = found
        .into_iter()
        .map(|found| Found {
            name: found.key.name_str().to_owned(),
            version: found.key.version_str().to_owned(),
            architecture: found.key.architecture_str().to_owned(),
            part: found.part,
            component: found.component,
            stanza: found
                .stanza
                .filter(|_| arguments.stanzas)
                .map(|stanza| String::from_utf8_lossy(&stanza).into_owned()),
        })
        .collect();
    context.print(&found, |found| {
        if arguments.stanzas {
            return found.iter().filter_map(|found| found.stanza.clone()).collect::<Vec<_>>().join("\n");
        }
        let row = |found: &Found| {
            vec![
                found.name.clone(),
                found.version.clone(),
                found.architecture.clone(),
                found.part.clone(),
                found.component.clone(),
            ]
        };
        table(&found.iter().map(row).collect::<Vec<_>>())
    })?;
    Ok(if found.is_empty() { Outcome::Findings } else { Outcome::Done })
}
