//! Mirrors: what is mirrored, and the log of the snapshots that it gave.
//!
//! A mirror is a log of the kind `mirror`. Its entries carry the configuration with the snapshot that was made under it,
//! so that history tells which key and which filter let a package in.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::openpgp::Keyring;
use crate::openpgp::Policy;
use crate::snapshot::{Query, Snapshot, hold};
use crate::source::acceptance::{Accepted, PackageRule, ReleasePolicy, relax};
use crate::source::fetch::{self, Mismatch};
use crate::store::Store;
use crate::store::refs::{self, Entry, Log, MIRROR, Note};

/// Where a store keeps a keyring.
pub fn keyring_path(sha256: Digest) -> String {
    format!("keyrings/{sha256}")
}

/// Keeps a keyring in the store: whoever updates the mirror, on whatever machine, trusts the same keys.
pub async fn keep_keyring(store: &Store, keyring: &Keyring) -> Result<Digest> {
    let bytes = keyring.to_bytes()?;
    let sha256 = Digest::of(&bytes);
    let path = keyring_path(sha256);
    if store.objects().size(&path).await? != Some(bytes.len() as u64) {
        store.objects().put(&path, bytes.into()).await?;
    }
    Ok(sha256)
}

/// What a mirror mirrors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Config {
    /// Suites of an APT repository.
    Apt(Box<AptConfig>),
    /// This machine's own apt: the indexes that `apt-get update` left.
    System(SystemConfig),
    /// A folder of packages.
    Folder(FolderConfig),
}

impl Config {
    /// Whether the store has the packages of each of its snapshots.
    pub fn promised(&self) -> hold::Packages {
        match self {
            Config::Apt(config) if config.packages == Packages::All => hold::Packages::Required,
            Config::Folder(_) => hold::Packages::Required,
            _ => hold::Packages::IfThere,
        }
    }
}

/// Suites of an APT repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AptConfig {
    /// The repository's base URI, as in sources.list(5).
    pub uri: String,
    /// The suites; one that ends with `/` is a flat repository.
    pub suites: Vec<String>,
    /// The components; all that the Release names where empty.
    #[serde(default)]
    pub components: Vec<String>,
    /// The architectures, at least one.
    pub architectures: Vec<String>,
    /// The SHA-256 of the keyring, kept at `keyrings/<sha256>`.
    pub keyring: Digest,
    /// Of the keyring's keys, the fingerprints that count; all where empty. `!` at the end means just that subkey.
    #[serde(default)]
    pub signers: Vec<String>,
    /// How many of them must have signed.
    #[serde(default = "one")]
    pub threshold: usize,
    /// Which indexes to mirror besides Packages.
    #[serde(default)]
    pub extras: Extras,
    /// When to fetch packages.
    #[serde(default)]
    pub packages: Packages,
    /// A query that packages must pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// The rules of verification that this mirror relaxes, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relax: Vec<String>,
    /// The greatest age of a Release without Valid-Until, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u64>,
}

fn one() -> usize {
    1
}

impl AptConfig {
    /// Refuses what no update could work with.
    pub fn check(&self) -> Result<()> {
        let wrong = |field: &str, what: &str| Err(Error::new(Kind::Usage, what).field(field));
        fetch::parse_url(&self.uri)?;
        if self.suites.is_empty() {
            return wrong("suites", "a mirror needs a suite");
        }
        let mut names = BTreeSet::new();
        for suite in &self.suites {
            if !names.insert(suite) {
                return wrong("suites", &format!("the suite {suite} is named twice"));
            }
        }
        if self.architectures.is_empty() {
            return wrong("architectures", "a mirror needs an architecture");
        }
        if let Some(filter) = &self.filter {
            filter.parse::<Query>().map_err(|error| error.field("filter"))?;
        }
        self.policies().map(drop)
    }

    /// The policies of verification: the defaults with what this changes.
    pub(crate) fn policies(&self) -> Result<(Policy, ReleasePolicy)> {
        let threshold = NonZeroUsize::new(self.threshold)
            .ok_or_else(|| Error::new(Kind::Usage, "at least one key must have signed").field("threshold"))?;
        let mut policy = Policy::default().threshold(threshold);
        for signer in &self.signers {
            policy = policy.signer(signer.parse()?);
        }
        let mut release = ReleasePolicy::default();
        if let Some(seconds) = self.max_age {
            release = release.max_age(seconds);
        }
        relax(policy, release, self.relax.iter().filter(|name| name.parse::<PackageRule>().is_err()))
    }

    /// What a package gets that says otherwise of itself than its stanza.
    pub(crate) fn mismatch(&self) -> Mismatch {
        let is_relaxed = self.relax.iter().any(|name| name == PackageRule::ControlMismatch.as_str());
        if is_relaxed { Mismatch::Note } else { Mismatch::Reject }
    }
}

/// Indexes besides Packages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Extras {
    /// Source packages.
    pub sources: bool,
    /// The languages of Translation indexes, such as `en`.
    pub translations: Vec<String>,
    /// Contents indexes.
    pub contents: bool,
}

/// When the packages of a mirror are fetched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Packages {
    /// With each update.
    #[default]
    All,
    /// When they are asked for.
    OnDemand,
    /// Never.
    None,
}

impl std::str::FromStr for Packages {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self> {
        match word {
            "all" => Ok(Self::All),
            "on-demand" => Ok(Self::OnDemand),
            "none" => Ok(Self::None),
            _ => Err(Error::new(Kind::Usage, format!("{word:?} does not say when to fetch packages"))
                .help("all, on-demand or none")),
        }
    }
}

/// This machine's own apt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SystemConfig {
    /// The root folder; `/` where empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub root: String,
}

/// A folder of packages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FolderConfig {
    /// The folder; it is searched with all below it.
    pub directory: String,
    /// The component that the packages are put in.
    pub component: String,
}

/// What an entry of a mirror's log says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The snapshot; none before the first update.
    pub snapshot: Option<Digest>,
    /// What is mirrored.
    pub config: Config,
    /// What is known of each suite of an APT repository.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub suites: BTreeMap<String, SuiteState>,
}

/// What was last seen of a suite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuiteState {
    /// The ETag of its InRelease.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The Last-Modified of its InRelease.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
    /// What was accepted: the next one may not be older.
    pub accepted: Accepted,
    /// The Valid-Until of what was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
}

/// A mirror as its newest entry has it.
#[derive(Clone, Debug)]
pub struct Mirror {
    pub(crate) store: Store,
    name: String,
    entry: Entry<State>,
}

impl Mirror {
    /// Adds a mirror that has nothing yet.
    ///
    /// # Errors
    /// [`Kind::AlreadyExists`] where there is a mirror of this name with another configuration; with the same, the
    /// mirror that is there comes back. [`Kind::Usage`] for settings that no update could work with.
    pub async fn add(store: &Store, name: &str, config: Config, note: &Note<'_>) -> Result<Self> {
        if let Config::Apt(config) = &config {
            config.check()?;
        }
        let log = Log::open(store.objects(), MIRROR, name)?;
        if let Some(entry) = log.head_if_exists().await? {
            let mirror = Self { store: store.clone(), name: name.to_owned(), entry };
            if mirror.config() == &config {
                return Ok(mirror);
            }
            return Err(Self::other_settings(name));
        }
        let state = State { snapshot: None, config, suites: BTreeMap::new() };
        let named = hold::mentioned(&state);
        let append = log.append(None, state, note);
        let entry = hold::appending(store, &named, hold::Packages::IfThere, append).await?;
        Ok(Self { store: store.clone(), name: name.to_owned(), entry })
    }

    /// Adds a mirror, or gives the one of this name another configuration; what it has mirrored so far stays in its
    /// history, and its next snapshot begins anew. Where the repository is the same, its suites may still not go back
    /// behind what was accepted of them.
    pub async fn configure(store: &Store, name: &str, config: Config, note: &Note<'_>) -> Result<Self> {
        match Self::add(store, name, config.clone(), note).await {
            Err(error) if error.kind() == Kind::AlreadyExists => {
                let mirror = Self::open(store, name).await?;
                let suites = match (mirror.config(), &config) {
                    (Config::Apt(old), Config::Apt(new)) if old.uri == new.uri => mirror.entry.body.suites.clone(),
                    _ => BTreeMap::new(),
                };
                mirror.advance(State { snapshot: None, config, suites }, note).await
            }
            result => result,
        }
    }

    /// Opens the mirror `name`.
    pub async fn open(store: &Store, name: &str) -> Result<Self> {
        Self::open_if_exists(store, name).await?.ok_or_else(|| {
            Error::new(Kind::NotFound, format!("there is no mirror {name}")).help("`mirror list` tells which there are")
        })
    }

    /// Opens the mirror `name`, where there is one.
    pub async fn open_if_exists(store: &Store, name: &str) -> Result<Option<Self>> {
        let entry = Log::open(store.objects(), MIRROR, name)?.head_if_exists().await?;
        Ok(entry.map(|entry| Self { store: store.clone(), name: name.to_owned(), entry }))
    }

    /// What is said of a mirror that exists already, with other settings.
    pub fn other_settings(name: &str) -> Error {
        Error::new(Kind::AlreadyExists, format!("there is a mirror {name} with other settings"))
            .help("take another name, or replace its settings")
    }

    /// All mirrors by name.
    pub async fn list(store: &Store) -> Result<Vec<Self>> {
        let names = refs::names(store.objects(), MIRROR).await?;
        futures::future::try_join_all(names.iter().map(|name| Self::open(store, name))).await
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it mirrors.
    pub fn config(&self) -> &Config {
        &self.entry.body.config
    }

    /// Its newest snapshot's name.
    pub fn snapshot_id(&self) -> Option<Digest> {
        self.entry.body.snapshot
    }

    /// Its newest entry.
    pub fn entry(&self) -> &Entry<State> {
        &self.entry
    }

    /// Its newest snapshot.
    pub async fn snapshot(&self) -> Result<Option<Snapshot>> {
        match self.snapshot_id() {
            Some(id) => Snapshot::open(&self.store, id).await.map(Some),
            None => Ok(None),
        }
    }

    /// Appends what an update came to, unless it is what the newest entry says already.
    pub(crate) async fn advance(self, state: State, note: &Note<'_>) -> Result<Self> {
        if state == self.entry.body {
            return Ok(self);
        }
        let log = Log::open(self.store.objects(), MIRROR, &self.name)?;
        let (named, packages) = (hold::mentioned(&state), state.config.promised());
        let append = log.append(Some(self.entry.position()), state, note);
        let held = hold::appending(&self.store, &named, packages, append).await;
        let entry = held.map_err(|error| match error.kind() {
            Kind::Conflict if error.at_path().is_some_and(|path| path.starts_with("refs/")) => {
                Error::new(Kind::Conflict, format!("another update of the mirror {} was faster", self.name))
                    .help("run the update again")
                    .source(error)
            }
            _ => error,
        })?;
        Ok(Self { entry, ..self })
    }
}
