//! What building source packages needs.

use super::choice::{Choice, Solver, choice_request};
use super::resolve::{Resolved, document};
use super::session::Session;
use reposnap::deb::stanza::{Selection, Stanzas};
use reposnap::deb::version::compare;
use reposnap::error::{Error, Kind, Result};
use reposnap::resolve::{Architectures, Goal, Parts, build_dependencies};
use reposnap::snapshot::{Query, Snapshot, search_entries};

choice_request! {
    /// Finds the versions that building source packages needs, as `apt-get build-dep` would choose.
    "build-deps" -> "resolve";
    pub struct BuildDeps {
        required {
            /// The snapshot; it must have the sources.
            rev: String,
            /// The source packages: `name` or `name=version`.
            names: Vec<String>,
        }
        optional {
            /// How to choose; `apt-classic` by default.
            solver: Solver,
            /// The build profiles that are on, such as `nocheck`.
            profiles: Vec<String>,
            /// Build the packages of an architecture alone.
            arch_only: bool,
            /// Build the packages for all architectures alone.
            indep_only: bool,
            /// Further snapshots whose packages may be taken, as by further lines of sources.list.
            also: Vec<String>,
        }
    }
}

/// Finds the versions that building source packages needs.
///
/// # Errors
/// [`Kind::NotFound`] for a source that there is not; [`Kind::Unsatisfiable`] where what they need can't be had together.
pub async fn build_deps(session: &Session, request: BuildDeps) -> Result<Resolved> {
    let parts = match (request.arch_only, request.indep_only) {
        (false, false) => Parts::All,
        (true, false) => Parts::Architecture,
        (false, true) => Parts::Independent,
        (true, true) => return Err(Error::new(Kind::Usage, "no packages are left to build")),
    };
    let snapshots = session.snapshots(&request.rev, &request.also).await?;
    let native = Architectures::of(&snapshots[0], request.architecture.as_deref(), &request.foreign)?.native;
    let profiles: Vec<&str> = request.profiles.iter().map(String::as_str).collect();
    let (mut stanzas, mut names) = (Vec::new(), Vec::new());
    for name in &request.names {
        let source = source_stanza(&snapshots, name).await?;
        let stanza = Stanzas::new(&source).next().ok_or_else(|| no_source(name))??;
        stanzas.push(build_dependencies(&stanza, &native, &profiles, parts)?);
        let [bare] = stanza.select(&Selection::new(["Package"]));
        names.push(format!("src:{}", String::from_utf8_lossy(bare.unwrap_or_default())));
    }
    let extra = stanzas.join("\n");
    let chosen = Choice { extra: Some(&extra), ..request.choice() }.of(snapshots).await?;
    let universe = &chosen.universe;
    let packages: Vec<u32> = names.iter().filter_map(|name| universe.find_package(name, 1)).collect();
    let goals: Vec<_> = packages.iter().map(|package| Goal { package: *package, version: None }).collect();
    // apt takes what is only recommended for no build.
    let plan = chosen.plan(&goals, request.solver, false)?;
    let mut resolved = document(&chosen, &goals, &plan, request.names, request.solver, true);
    resolved.packages.retain(|package| !package.name.starts_with("src:"));
    Ok(resolved)
}

/// The stanza of a source: the newest version that a snapshot has, or the one that is named.
async fn source_stanza(snapshots: &[Snapshot], text: &str) -> Result<Vec<u8>> {
    let (name, version) = text.split_once('=').map_or((text, None), |(name, version)| (name, Some(version)));
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)) {
        return Err(
            Error::new(Kind::Usage, format!("{text:?} is no source package")).help("write name or name=version")
        );
    }
    let query: Query = format!("Name (= {name}), $Architecture (= source)").parse()?;
    let mut found = Vec::new();
    for snapshot in snapshots {
        found.extend(search_entries(snapshot, &query).await?);
    }
    found.retain(|source| version.is_none_or(|version| source.key.version_str() == version));
    let newest = found.into_iter().max_by(|a, b| compare(&a.key.version, &b.key.version));
    let source = newest.ok_or_else(|| no_source(text))?;
    Ok(source.stanza()?.map(<[u8]>::to_vec).unwrap_or_default())
}

fn no_source(name: &str) -> Error {
    Error::new(Kind::NotFound, format!("there is no source package {name}"))
        .help("the snapshot needs the sources; a mirror has them with `--sources`")
}
