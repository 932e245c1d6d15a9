//! Packages of a snapshot: search and fetch. To walk through all of them there is [`Walk`](reposnap::snapshot::Walk).

use serde::Serialize;

use super::operation::request;
use super::session::Session;
use reposnap::error::Result;
use reposnap::snapshot::{self, Found, Query};
use reposnap::source::apt;

request! {
    /// Finds the packages of a snapshot that pass a query.
    "search"(Store) -> "array of Found";
    pub struct Search {
        required {
            /// The snapshot.
            rev: String,
            /// The query.
            query: String,
        }
        optional {
            /// Give their stanzas too.
            stanzas: bool,
        }
    }
}

request! {
    /// Fetches packages that a mirror left where they are.
    "fetch"(Store) -> "fetch";
    pub struct Fetch {
        required {
            /// The snapshot.
            rev: String,
        }
        optional {
            /// Which packages; all by default.
            query: Option<String>,
            /// Say how much would be fetched, and fetch nothing.
            dry_run: bool,
        }
    }
}

/// A package that was found.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its architecture.
    pub architecture: String,
    /// The part of the snapshot that has it; of several the first.
    pub part: String,
    /// The component that has it there.
    pub component: String,
    /// Its stanza, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stanza: Option<String>,
}

/// What was fetched, or would be.
#[derive(Clone, Copy, Debug, Serialize)]
#[non_exhaustive]
pub struct Fetched {
    /// Files.
    pub files: u64,
    /// Bytes.
    pub bytes: u64,
}

/// Finds the packages of a snapshot that pass a query, each once.
pub async fn search(session: &Session, request: Search) -> Result<Vec<Package>> {
    let query: Query = request.query.parse()?;
    let (_, snapshot) = session.snapshot(&request.rev).await?;
    let found = match request.stanzas {
        true => snapshot::search_entries(&snapshot, &query).await?,
        false => snapshot::search(&snapshot, &query).await?,
    };
    let package = |found: Found| {
        Ok(Package {
            name: found.key.name_str().to_owned(),
            version: found.key.version_str().to_owned(),
            architecture: found.key.architecture_str().to_owned(),
            part: found.part().to_owned(),
            component: found.component().to_owned(),
            stanza: match request.stanzas {
                true => found.stanza()?.map(|stanza| String::from_utf8_lossy(stanza).into_owned()),
                false => None,
            },
        })
    };
    found.into_iter().map(package).collect()
}

/// Fetches packages that a mirror left where they are.
pub async fn fetch(session: &Session, request: Fetch) -> Result<Fetched> {
    let query = request.query.as_deref().map(str::parse::<Query>).transpose()?;
    let (_, snapshot) = session.snapshot(&request.rev).await?;
    if request.dry_run {
        let totals = apt::plan_packages(&snapshot, query.as_ref()).await?;
        return Ok(Fetched { files: totals.items, bytes: totals.bytes });
    }
    let done = apt::fetch_packages(&session.fetcher()?, &snapshot, query.as_ref(), session.progress()).await?;
    Ok(Fetched { files: done.items, bytes: done.bytes })
}
