//! `mirror`: add, update, list.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use reposnap::openpgp::Keyring;
use reposnap::snapshot::Query;
use reposnap::source::acceptance::PackageRule;
use reposnap::source::fetch::{self, Credentials, FetchOptions, Fetcher};
use reposnap::source::mirror::{AptConfig, Config, Extras, FolderConfig, Mirror, Packages, SystemConfig, keep_keyring};
use reposnap::source::{apt, folder, system};
use reposnap::{Digest, Error, Result};
use serde::Serialize;

use crate::Outcome;
use crate::args;
use crate::commands::verify::policies;
use crate::context::Context;
use crate::output::table;

/// A mirror.
#[derive(Serialize)]
struct Shown {
    mirror: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshot: Option<Digest>,
    time: Timestamp,
    config: Config,
}

/// What an update came to.
#[derive(Serialize)]
struct Updated {
    mirror: String,
    changed: bool,
    before: Option<Digest>,
    snapshot: Option<Digest>,
}

/// Runs a command of `mirror`.
pub async fn run(context: &Context, command: args::Mirror) -> Result<Outcome> {
    match command {
        args::Mirror::Add(arguments) => add(context, arguments).await,
        args::Mirror::AddSystem { name, root } => {
            let root = root.map(|root| root.display().to_string()).unwrap_or_default();
            add_config(context, &name, Config::System(SystemConfig { root })).await
        }
        args::Mirror::AddFolder { name, directory, component } => {
            let directory = absolute(&directory)?;
            add_config(context, &name, Config::Folder(FolderConfig { directory, component })).await
        }
        args::Mirror::Update { name } => update(context, &name).await,
        args::Mirror::List => list(context).await,
    }
}

async fn add(context: &Context, arguments: args::MirrorAdd) -> Result<Outcome> {
    let keyring = Keyring::from_files(&arguments.signed_by)?;
    let (_, of_releases): (Vec<String>, Vec<String>) =
        arguments.relax.iter().cloned().partition(|rule| rule.parse::<PackageRule>().is_ok());
    policies(&arguments.signers, arguments.threshold, &of_releases)?;
    fetch::parse_url(&arguments.url)?;
    if let Some(filter) = &arguments.filter {
        filter.parse::<Query>()?;
    }
    let architectures = if arguments.architectures.is_empty() {
        vec![system::architecture(Path::new("/"))?]
    } else {
        arguments.architectures
    };
    let store = context.open_or_create().await?;
    let config = AptConfig {
        uri: arguments.url,
        suites: arguments.suite.split(',').map(str::to_owned).collect(),
        components: arguments.components,
        architectures,
        keyring: keep_keyring(&store, &keyring).await?,
        signers: arguments.signers,
        threshold: arguments.threshold,
        extras: Extras {
            sources: arguments.sources,
            translations: arguments.translations,
            contents: arguments.contents,
        },
        packages: match arguments.packages {
            args::Packages::All => Packages::All,
            args::Packages::OnDemand => Packages::OnDemand,
            args::Packages::None => Packages::None,
        },
        filter: arguments.filter,
        relax: arguments.relax,
        max_age: arguments.max_age.map(|days| days.saturating_mul(86_400)),
    };
    add_config(context, &arguments.name, Config::Apt(Box::new(config))).await
}

async fn add_config(context: &Context, name: &str, config: Config) -> Result<Outcome> {
    let store = context.open_or_create().await?;
    let mirror = Mirror::add(&store, name, config, &context.note("")).await?;
    context.print(&shown(&mirror), |shown| {
        format!("mirror {} added; `mirror update {}` fills it", shown.mirror, shown.mirror)
    })?;
    Ok(Outcome::Done)
}

async fn update(context: &Context, name: &str) -> Result<Outcome> {
    let store = context.open().await?;
    let mirror = Mirror::open(&store, name).await?;
    let before = mirror.snapshot_id();
    let mirror = update_mirror(context, mirror).await?;
    let changed = mirror.snapshot_id() != before;
    let updated = Updated { mirror: name.to_owned(), changed, before, snapshot: mirror.snapshot_id() };
    context.print(&updated, |updated| match (updated.changed, updated.snapshot) {
        (true, Some(snapshot)) => format!("{name}: {snapshot}"),
        _ => format!("{name}: nothing changed"),
    })?;
    Ok(Outcome::Done)
}

/// Updates a mirror of any sort.
pub async fn update_mirror(context: &Context, mirror: Mirror) -> Result<Mirror> {
    let (note, monitor) = (context.note("update"), context.monitor());
    match mirror.config() {
        Config::Apt(_) => apt::update(mirror, &fetcher(context)?, Timestamp::now(), &note, monitor).await,
        Config::System(_) => system::update(mirror, Timestamp::now(), &note, monitor).await,
        Config::Folder(_) => folder::update(mirror, &note, monitor).await,
    }
}

/// What fetches, with the defaults, the environment's proxies, and the passwords that apt has (apt_auth.conf(5)).
pub fn fetcher(context: &Context) -> Result<Fetcher> {
    let mut options = FetchOptions::default();
    options.credentials = Credentials::of_apt(Path::new("/"))?;
    for file in options.credentials.unreadable() {
        context.monitor().note(&format!("{}: passwords that you may not read are left out", file.display()));
    }
    Fetcher::new(options)
}

async fn list(context: &Context) -> Result<Outcome> {
    let store = context.open().await?;
    let mirrors: Vec<Shown> = Mirror::list(&store).await?.iter().map(shown).collect();
    context.print(&mirrors, |mirrors| {
        let row = |mirror: &Shown| {
            let snapshot = mirror.snapshot.map_or_else(|| "not updated yet".to_owned(), |id| id.to_string());
            vec![mirror.mirror.clone(), snapshot, mirror.time.to_string(), source(&mirror.config)]
        };
        table(&mirrors.iter().map(row).collect::<Vec<_>>())
    })?;
    Ok(Outcome::Done)
}

fn shown(mirror: &Mirror) -> Shown {
    Shown {
        mirror: mirror.name().to_owned(),
        snapshot: mirror.snapshot_id(),
        time: mirror.entry().time,
        config: mirror.config().clone(),
    }
}

fn source(config: &Config) -> String {
    match config {
        Config::Apt(config) => format!("{} {} {}", config.uri, config.suites.join(","), config.components.join(" ")),
        Config::System(config) if config.root.is_empty() => "this machine's apt".to_owned(),
        Config::System(config) => format!("the apt of {}", config.root),
        Config::Folder(config) => config.directory.clone(),
    }
}

fn absolute(path: &PathBuf) -> Result<String> {
    let path = std::fs::canonicalize(path).map_err(|error| Error::io(path.display(), error))?;
    Ok(path.display().to_string())
}
