//! A machine's installed packages beside a snapshot.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::operation::request;
use super::session::Session;
use reposnap::digest::Digest;
use reposnap::error::Result;
use reposnap::source::system::{self, Relation, Standing};

request! {
    /// Tells how the packages that are installed on a machine stand to a snapshot.
    "system compare"(Store) -> "system compare";
    pub struct Compare {
        required {
            /// The snapshot.
            rev: String,
        }
        optional {
            /// The root folder of the machine; `/` by default.
            root: Option<PathBuf>,
        }
    }
}

/// A machine beside a snapshot.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Compared {
    /// The snapshot.
    pub snapshot: Digest,
    /// How many installed packages stand how.
    pub summary: BTreeMap<Standing, usize>,
    /// The installed packages.
    pub packages: Vec<Relation>,
}

/// Tells how the packages that are installed on a machine stand to a snapshot.
pub async fn compare(session: &Session, request: Compare) -> Result<Compared> {
    let (_, snapshot) = session.snapshot(&request.rev).await?;
    let installed = system::installed(&request.root.unwrap_or_else(|| "/".into()))?;
    let packages = system::relate(&snapshot, installed).await?;
    let mut summary = BTreeMap::new();
    for relation in &packages {
        *summary.entry(relation.standing).or_insert(0) += 1;
    }
    Ok(Compared { snapshot: snapshot.id(), summary, packages })
}
