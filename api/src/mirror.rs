//! Mirrors: add, update, list, show.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;

use super::operation::{ParameterType, request};
use super::session::Session;
use super::verify::keyring;
use reposnap::digest::Digest;
use reposnap::error::{Error, Result};
use reposnap::source::apt::{self, Look};
use reposnap::source::mirror::{AptConfig, Config, Extras, FolderConfig, Mirror, Packages, SystemConfig, keep_keyring};
use reposnap::source::{folder, system};
use reposnap::store::Store;

impl ParameterType for Packages {
    const KIND: &'static str = "word: all, on-demand, none";
}

request! {
    /// Adds a mirror of an APT repository. With the same settings again, nothing happens.
    "mirror add"(Store) -> "mirror add";
    pub struct Add {
        required {
            /// The mirror's name.
            name: String,
            /// The repository's base URL: http, https or file.
            url: String,
            /// The suites; one that ends with `/` is a flat repository.
            suites: Vec<String>,
            /// The keys that sign the repository: keyring files, or armored blocks.
            signed_by: Vec<String>,
        }
        optional {
            /// The components; all of the repository's where there are none.
            components: Vec<String>,
            /// The architectures; this machine's own where there are none.
            architectures: Vec<String>,
            /// Of the keyring, the fingerprints that count; `!` at the end means just that subkey.
            signers: Vec<String>,
            /// How many of the keys must have signed; 1 by default.
            threshold: Option<usize>,
            /// When to fetch packages; `all`, with each update, by default.
            packages: Packages,
            /// Keep only the packages that pass a query.
            filter: Option<String>,
            /// Mirror source packages too.
            sources: bool,
            /// Mirror the translations of these languages too.
            translations: Vec<String>,
            /// Mirror the Contents indexes too.
            contents: bool,
            /// Relax rules of verification, by their names.
            relax: Vec<String>,
            /// The greatest age, in days, of a Release without Valid-Until.
            max_age: Option<u64>,
            /// Give a mirror of this name these settings, where it has others.
            replace: bool,
            /// Say what would change, and change nothing.
            dry_run: bool,
        }
    }
}

request! {
    /// Adds a mirror of this machine's own APT sources, from the lists that `apt-get update` left.
    "mirror add-system"(Store) -> "mirror add-system";
    pub struct AddSystem {
        required {
            /// The mirror's name.
            name: String,
        }
        optional {
            /// The root folder of the machine; `/` by default.
            root: Option<PathBuf>,
            /// Give a mirror of this name these settings, where it has others.
            replace: bool,
            /// Say what would change, and change nothing.
            dry_run: bool,
        }
    }
}

request! {
    /// Adds a mirror of a folder of packages.
    "mirror add-folder"(Store) -> "mirror add-folder";
    pub struct AddFolder {
        required {
            /// The mirror's name.
            name: String,
            /// The folder.
            directory: PathBuf,
        }
        optional {
            /// The component to put the packages in; `main` by default.
            component: Option<String>,
            /// Give a mirror of this name these settings, where it has others.
            replace: bool,
            /// Say what would change, and change nothing.
            dry_run: bool,
        }
    }
}

request! {
    /// Updates a mirror; what it made is a new snapshot.
    "mirror update"(Store) -> "mirror update";
    pub struct Update {
        required {
            /// The mirror's name.
            name: String,
        }
        optional {
            /// Say whether there is something new, and write nothing: of an APT repository, only the Release files are
            /// asked for.
            dry_run: bool,
        }
    }
}

request! {
    /// Lists the mirrors.
    "mirror list"(Store) -> "array of mirror show";
    pub struct List {
        required {}
        optional {}
    }
}

request! {
    /// Shows a mirror.
    "mirror show"(Store) -> "mirror show";
    pub struct Show {
        required {
            /// The mirror's name.
            name: String,
        }
        optional {}
    }
}

/// A mirror.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Shown {
    /// Its name.
    pub mirror: String,
    /// Its newest snapshot; none before the first update.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<Digest>,
    /// When its newest entry was written; none in a dry run of a mirror that is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<Timestamp>,
    /// What it mirrors.
    pub config: Config,
}

/// What adding a mirror came to.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Added {
    /// The mirror.
    #[serde(flatten)]
    pub shown: Shown,
    /// Whether it was not there with these settings before.
    pub changed: bool,
}

impl std::ops::Deref for Added {
    type Target = Shown;

    fn deref(&self) -> &Shown {
        &self.shown
    }
}

/// What an update came to.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Updated {
    /// The mirror's name.
    pub mirror: String,
    /// Whether there is a new snapshot, or would be.
    pub changed: bool,
    /// The snapshot before.
    pub before: Option<Digest>,
    /// The snapshot now; none in a dry run of a mirror of an APT repository that has news, which only its indexes tell.
    pub snapshot: Option<Digest>,
    /// What a dry run saw of each suite of an APT repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suites: Option<Vec<Look>>,
}

/// Adds a mirror of an APT repository.
pub async fn add(session: &Session, request: Add) -> Result<Added> {
    let keyring = keyring(&request.signed_by)?;
    let architectures = match request.architectures.is_empty() {
        true => vec![system::architecture(Path::new("/"))?],
        false => request.architectures,
    };
    let config = AptConfig {
        uri: request.url,
        suites: request.suites,
        components: request.components,
        architectures,
        keyring: Digest::of(&keyring.to_bytes()?),
        signers: request.signers,
        threshold: request.threshold.unwrap_or(1),
        extras: Extras { sources: request.sources, translations: request.translations, contents: request.contents },
        packages: request.packages,
        filter: request.filter,
        relax: request.relax,
        max_age: request.max_age.map(|days| days.saturating_mul(86_400)),
    };
    config.check()?;
    let config = Config::Apt(Box::new(config));
    if !request.dry_run {
        keep_keyring(&session.store_or_new().await?, &keyring).await?;
    }
    put(session, &request.name, config, Putting { replace: request.replace, dry_run: request.dry_run }).await
}

/// Adds a mirror of this machine's own APT sources.
pub async fn add_system(session: &Session, request: AddSystem) -> Result<Added> {
    let root = request.root.map(|root| root.display().to_string()).unwrap_or_default();
    let config = Config::System(SystemConfig { root });
    put(session, &request.name, config, Putting { replace: request.replace, dry_run: request.dry_run }).await
}

/// Adds a mirror of a folder of packages.
pub async fn add_folder(session: &Session, request: AddFolder) -> Result<Added> {
    let directory = std::fs::canonicalize(&request.directory)
        .map_err(|error| Error::io(request.directory.display(), error))?
        .display()
        .to_string();
    let component = request.component.unwrap_or_else(|| "main".to_owned());
    let config = Config::Folder(FolderConfig { directory, component });
    put(session, &request.name, config, Putting { replace: request.replace, dry_run: request.dry_run }).await
}

/// How a mirror is put in place.
struct Putting {
    replace: bool,
    dry_run: bool,
}

async fn put(session: &Session, name: &str, config: Config, how: Putting) -> Result<Added> {
    if how.dry_run {
        return plan(session, name, config, how.replace).await;
    }
    let store = session.store_or_new().await?;
    let before = Mirror::open_if_exists(&store, name).await?;
    let same = before.is_some_and(|mirror| mirror.config() == &config);
    let note = session.note("");
    let mirror = if how.replace && !same {
        Mirror::configure(&store, name, config, &note).await?
    } else {
        Mirror::add(&store, name, config, &note).await?
    };
    Ok(Added { shown: shown(&mirror), changed: !same })
}

/// What [`put`] would do.
async fn plan(session: &Session, name: &str, config: Config, replace: bool) -> Result<Added> {
    let before = match session.store().await {
        Ok(store) => Mirror::open_if_exists(&store, name).await?,
        Err(error) if error.kind() == reposnap::Kind::NotFound => None,
        Err(error) => return Err(error),
    };
    match before {
        Some(mirror) if mirror.config() == &config => Ok(Added { shown: shown(&mirror), changed: false }),
        Some(_) if !replace => Err(Mirror::other_settings(name)),
        _ => {
            let shown = Shown { mirror: name.to_owned(), snapshot: None, time: None, config };
            Ok(Added { shown, changed: true })
        }
    }
}

/// Updates a mirror.
pub async fn update(session: &Session, request: Update) -> Result<Updated> {
    let session = &session.rehearsing(request.dry_run).await?;
    let store = session.store().await?;
    let mirror = Mirror::open(&store, &request.name).await?;
    let before = mirror.snapshot_id();
    if request.dry_run && matches!(mirror.config(), Config::Apt(_)) {
        return look(session, mirror).await;
    }
    let mirror = update_mirror(session, mirror).await?;
    let snapshot = mirror.snapshot_id();
    Ok(Updated { mirror: request.name, changed: snapshot != before, before, snapshot, suites: None })
}

/// What an update of a mirror of an APT repository would come to, as far as the Release files tell.
async fn look(session: &Session, mirror: Mirror) -> Result<Updated> {
    let suites = apt::look_at(&mirror, &session.fetcher()?, Timestamp::now(), session.progress()).await?;
    let before = mirror.snapshot_id();
    let changed = before.is_none() || suites.iter().any(|suite| suite.news);
    let snapshot = before.filter(|_| !changed);
    Ok(Updated { mirror: mirror.name().to_owned(), changed, before, snapshot, suites: Some(suites) })
}

/// Updates a mirror of any sort.
pub async fn update_mirror(session: &Session, mirror: Mirror) -> Result<Mirror> {
    let (note, monitor) = (session.note("update"), session.progress());
    let mirror = match mirror.config() {
        Config::Apt(_) => apt::update(mirror, &session.fetcher()?, Timestamp::now(), &note, monitor).await,
        Config::System(_) => system::update(mirror, Timestamp::now(), &note, monitor).await,
        Config::Folder(_) => folder::update(mirror, &note, monitor).await,
    }?;
    session.tell_of_clocks(mirror.name(), mirror.entry());
    Ok(mirror)
}

/// Lists the mirrors by name.
pub async fn list(session: &Session, _: List) -> Result<Vec<Shown>> {
    let store: Store = session.store().await?;
    Ok(Mirror::list(&store).await?.iter().map(shown).collect())
}

/// Shows a mirror.
pub async fn show(session: &Session, request: Show) -> Result<Shown> {
    let store = session.store().await?;
    Ok(shown(&Mirror::open(&store, &request.name).await?))
}

fn shown(mirror: &Mirror) -> Shown {
    Shown {
        mirror: mirror.name().to_owned(),
        snapshot: mirror.snapshot_id(),
        time: Some(mirror.entry().time),
        config: mirror.config().clone(),
    }
}
