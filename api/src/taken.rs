//! Which packages are taken of another snapshot: those that were asked for, and what has to come along.

use std::collections::BTreeSet;

use super::snapshot::Package;
use reposnap::error::{Error, Kind, Result};
use reposnap::resolve::check::{Addition, Options, smallest_addition};
use reposnap::resolve::{Architectures, universe};
use reposnap::snapshot::{Query, Snapshot, search};

/// What is taken.
pub(super) struct Taken {
    /// As a query.
    pub(super) query: Query,
    /// The same as texts, one of which has to pass.
    pub(super) queries: Vec<String>,
    /// What comes along.
    pub(super) along: Vec<Package>,
}

impl Taken {
    /// What passes one of `queries`; with dependencies the smallest set besides that lets all of it be installed and breaks
    /// nothing that could be installed from `into`. Each architecture of the two is looked at by itself.
    pub(super) async fn of(into: &Snapshot, from: &Snapshot, queries: &[String], with_deps: bool) -> Result<Self> {
        let query = Query::any_of(queries)?;
        let mut along = BTreeSet::new();
        if with_deps {
            let keys: Vec<_> = search(from, &query).await?.into_iter().map(|found| found.key).collect();
            for native in architectures(into, from)? {
                let is_here = |architecture: &str| architecture == native || architecture == "all";
                let names: BTreeSet<&str> =
                    keys.iter().filter(|key| is_here(key.architecture_str())).map(|key| key.name_str()).collect();
                if !names.is_empty() {
                    along.extend(needed(into, from, &native, names.into_iter().collect()).await?);
                }
            }
        }
        let mut queries = queries.to_vec();
        queries.extend(along.iter().map(|Package { name, version, architecture }| {
            format!("Name (= {name}), Version (= {version}), $Architecture (= {architecture})")
        }));
        Ok(Self { query: Query::any_of(&queries)?, queries, along: along.into_iter().collect() })
    }
}

/// The architectures that one of the two has packages of; any one, where there are none but packages of all architectures.
fn architectures(into: &Snapshot, from: &Snapshot) -> Result<BTreeSet<String>> {
    let lists = into.manifest().lists().chain(from.manifest().lists()).map(|(_, list)| list.architecture.clone());
    let known: BTreeSet<String> = lists.filter(|name| !["all", "source"].contains(&name.as_str())).collect();
    match known.is_empty() {
        true => Ok([Architectures::of(from, None, &[])?.native].into()),
        false => Ok(known),
    }
}

/// What has to come along on machines of one architecture.
async fn needed(into: &Snapshot, from: &Snapshot, native: &str, names: Vec<&str>) -> Result<Vec<Package>> {
    let architectures = Architectures { native: native.to_owned(), foreign: Vec::new() };
    let (old, new) = (universe(into, &architectures).await?, universe(from, &architectures).await?);
    let asked = names.join(", ");
    match smallest_addition(&old, &new, &names, &Options::default())? {
        Addition::Found { along, .. } => {
            let package = |version: u32| Package {
                name: new.name_text(new.package_name(new.package_of(version))).to_owned(),
                version: new.version_text(version).to_owned(),
                architecture: new.architecture_text(version).to_owned(),
            };
            Ok(along.into_iter().map(package).collect())
        }
        Addition::Impossible { version, words } => {
            let why = if words.is_empty() { format!("{version} can't be installed then") } else { words };
            Err(Error::new(Kind::Unsatisfiable, format!("{asked} can't be taken over with what they need: {why}")))
        }
        Addition::Undecided => Err(Error::new(Kind::Limit, format!("what {asked} need could not be told"))
            .help("take over fewer packages at once")),
    }
}
