//! How a snapshot is named, everywhere one is.
//!
//! | text | snapshot |
//! |---|---|
//! | `stable` | what the environment, mirror or named snapshot `stable` is now |
//! | `stable~2` | what it was two entries of its log ago; `stable~` is `stable~1` |
//! | `stable@2026-11-01T00:00Z` | what it was then; also with seconds, with an offset such as `+01:00`, without a zone (UTC), or only a date (its first moment, UTC) |
//! | `env/stable`, `mirror/debian`, `snapshot/before-upgrade` | the same, of that kind and no other |
//! | `4f9a2c` | the only snapshot whose digest begins so; at least 6 digits |
//!
//! A name goes before the beginning of a digest. A name of two kinds is refused until the kind is given: which one was meant
//! must not change when somebody adds the other. All 64 digits are always a digest, because no name is one.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::snapshot::Snapshot;
use crate::store::Store;
use crate::store::refs::{self, ENVIRONMENT, Entry, Log, MIRROR, SNAPSHOT};

/// The shortest beginning of a digest that names a snapshot.
pub const SHORTEST_PREFIX: usize = 6;
/// How many candidates an error lists.
const MOST_LISTED: usize = 10;

/// A snapshot that was named, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Revision {
    /// The snapshot.
    pub digest: Digest,
    /// What sort of name led to it.
    pub source: Source,
    /// The name of the environment, mirror or named snapshot.
    pub name: Option<String>,
    /// The number of the log entry that names the snapshot.
    pub seq: Option<u64>,
    /// When that entry was written.
    pub time: Option<Timestamp>,
}

/// What sort of name led to a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// An environment.
    Environment,
    /// A mirror.
    Mirror,
    /// A named snapshot.
    Snapshot,
    /// A digest, or its beginning.
    Digest,
}

/// Finds the snapshot that `text` names; the [module](self) tells how one is named.
///
/// [`Kind::Usage`] for text that is no name or names several, [`Kind::NotFound`] for one that names nothing.
pub async fn resolve(store: &Store, text: &str) -> Result<Revision> {
    let named = Named::parse(text).map_err(|error| error.path(text))?;
    find(store, &named).await.map_err(|error| error.path(text))
}

impl Source {
    const LOGS: [Source; 3] = [Source::Environment, Source::Mirror, Source::Snapshot];

    /// The kind of log that holds such names.
    pub const fn log_kind(self) -> Option<&'static str> {
        match self {
            Source::Environment => Some(ENVIRONMENT),
            Source::Mirror => Some(MIRROR),
            Source::Snapshot => Some(SNAPSHOT),
            Source::Digest => None,
        }
    }

    fn of_prefix(prefix: &str) -> Option<Self> {
        Self::LOGS.into_iter().find(|source| source.log_kind() == Some(prefix))
    }
}

/// Where the store keeps a snapshot.
pub(super) fn snapshot_path(digest: Digest) -> String {
    format!("snapshots/{digest}")
}

/// A revision as it is written.
#[derive(Debug, PartialEq, Eq)]
struct Named<'a> {
    source: Option<Source>,
    name: &'a str,
    when: When,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Now,
    Back(u64),
    At(Timestamp),
}

impl<'a> Named<'a> {
    fn parse(text: &'a str) -> Result<Self> {
        let (source, rest) = match text.split_once('/') {
            None => (None, text),
            Some((kind, rest)) => match Source::of_prefix(kind) {
                Some(source) => (Some(source), rest),
                None => return Err(usage("a name has no '/' but behind env, mirror or snapshot")),
            },
        };
        let end = rest.find(['~', '@']).unwrap_or(rest.len());
        let (name, suffix) = rest.split_at(end);
        let when = match (suffix.as_bytes().first(), suffix.get(1..)) {
            (Some(b'~'), Some("")) => When::Back(1),
            (Some(b'~'), Some(count)) if count.bytes().all(|byte| byte.is_ascii_digit()) => {
                When::Back(count.parse().map_err(|_| usage("the number behind '~' is too large"))?)
            }
            (Some(b'~'), _) => return Err(usage("'~' has to be followed by a number and nothing else")),
            (Some(_), Some(time)) => When::At(parse_time(time)?),
            _ => When::Now,
        };
        if name.is_empty() {
            return Err(usage("it names nothing"));
        }
        if Digest::from_hex(name.as_bytes()).is_none() {
            refs::check_name(name)?;
        } else if source.is_some() || when != When::Now {
            return Err(usage("a digest names one snapshot, which has no kind and no past"));
        }
        Ok(Self { source, name, when })
    }
}

/// The part of every log entry that names a snapshot, whatever else it says.
#[derive(Serialize, Deserialize)]
struct Pointing {
    #[serde(default)]
    snapshot: Option<Digest>,
}

async fn find(store: &Store, named: &Named<'_>) -> Result<Revision> {
    if let Some(digest) = Digest::from_hex(named.name.as_bytes()) {
        if store.objects().exists(&snapshot_path(digest)).await? {
            return Ok(of_digest(digest));
        }
        let missing = Snapshot::missing(store, digest).await;
        if missing.broken_rule().is_some() {
            return Err(missing);
        }
        return Err(Error::new(Kind::NotFound, "the store has no snapshot with this digest"));
    }
    if let Some(source) = named.source {
        return match open(store, source, named.name).await? {
            Some((log, head)) => in_log(source, &log, head, named.when).await,
            None => Err(not_found(store, named).await),
        };
    }
    let mut logs = Vec::new();
    for source in Source::LOGS {
        if let Some((log, head)) = open(store, source, named.name).await? {
            logs.push((source, log, head));
        }
    }
    if logs.len() > 1 {
        let forms: Vec<_> = logs.iter().map(|(_, log, _)| format!("{}/{}", log.kind(), log.name())).collect();
        return Err(usage("the name is one of several kinds").help(format!("say which: {}", forms.join(" or "))));
    }
    match logs.pop() {
        Some((source, log, head)) => in_log(source, &log, head, named.when).await,
        None if named.when == When::Now => by_prefix(store, named).await,
        None => Err(not_found(store, named).await),
    }
}

async fn open(store: &Store, source: Source, name: &str) -> Result<Option<(Log<Pointing>, Entry<Pointing>)>> {
    let Some(kind) = source.log_kind() else { return Ok(None) };
    let log = Log::open(store.objects(), kind, name)?;
    Ok(log.head_if_exists().await?.map(|head| (log, head)))
}

async fn in_log(source: Source, log: &Log<Pointing>, head: Entry<Pointing>, when: When) -> Result<Revision> {
    let entry = match when {
        When::Now | When::Back(0) => head,
        When::Back(back) => log.back(back).await?,
        When::At(time) => log.at(time).await?,
    };
    let Some(digest) = entry.body.snapshot else {
        return Err(Error::new(Kind::NotFound, format!("{} {:?} had no snapshot yet", log.kind(), log.name()))
            .help("update it first"));
    };
    Ok(Revision { digest, source, name: Some(log.name().to_owned()), seq: Some(entry.seq), time: Some(entry.time) })
}

async fn by_prefix(store: &Store, named: &Named<'_>) -> Result<Revision> {
    let prefix = named.name.to_ascii_lowercase();
    if prefix.len() < SHORTEST_PREFIX || !prefix.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(not_found(store, named).await);
    }
    let names = store.objects().names("snapshots").await?;
    let matching = names.iter().filter(|name| name.starts_with(&prefix));
    let digests: Vec<Digest> = matching.filter_map(|name| Digest::from_hex(name.as_bytes())).collect();
    match digests[..] {
        [] => Err(not_found(store, named).await),
        [digest] => Ok(of_digest(digest)),
        _ => {
            let mut listed: Vec<_> = digests.iter().take(MOST_LISTED).map(Digest::to_string).collect();
            if digests.len() > MOST_LISTED {
                listed.push(format!("{} more", digests.len() - MOST_LISTED));
            }
            Err(usage("several snapshots begin so").help(format!("give more digits: {}", listed.join(", "))))
        }
    }
}

fn of_digest(digest: Digest) -> Revision {
    Revision { digest, source: Source::Digest, name: None, seq: None, time: None }
}

/// An error that lists what there is instead.
async fn not_found(store: &Store, named: &Named<'_>) -> Error {
    let what = match named.source {
        None => "there is no environment, mirror or snapshot of this name",
        Some(Source::Environment) => "there is no environment of this name",
        Some(Source::Mirror) => "there is no mirror of this name",
        Some(_) => "there is no named snapshot of this name",
    };
    let error = Error::new(Kind::NotFound, what);
    let mut known = Vec::new();
    for kind in Source::LOGS.into_iter().filter_map(Source::log_kind) {
        // The names are a courtesy; not to know them changes nothing.
        let names = refs::names(store.objects(), kind).await.unwrap_or_default();
        known.extend(names.into_iter().map(|name| format!("{kind}/{name}")));
    }
    match known.len() {
        0 => error.help("the store has none yet"),
        count if count <= MOST_LISTED => error.help(format!("there are {}", known.join(", "))),
        count => error.help(format!("there are {} and {} more", known[..MOST_LISTED].join(", "), count - MOST_LISTED)),
    }
}

fn parse_time(text: &str) -> Result<Timestamp> {
    let utc = |time: DateTime| TimeZone::UTC.to_timestamp(time).ok();
    let date = || text.parse::<Date>().ok().filter(|_| !text.contains(['T', 't', ' '])).map(DateTime::from);
    text.parse::<Timestamp>()
        .ok()
        .or_else(|| text.parse::<DateTime>().ok().filter(|_| text.contains(['T', 't', ' '])).and_then(utc))
        .or_else(|| date().and_then(utc))
        .ok_or_else(|| {
            usage("the text behind '@' is not a time")
                .help("write 2026-11-01T00:00Z, 2026-11-01T00:00+01:00 or 2026-11-01")
        })
}

fn usage(why: &str) -> Error {
    Error::new(Kind::Usage, why).rule("revision")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_syntax() {
        let time = |text: &str| When::At(text.parse().expect(text));
        let digest = Digest::of(b"").to_string();
        for (text, source, name, when) in [
            ("stable", None, "stable", When::Now),
            ("env/stable", Some(Source::Environment), "stable", When::Now),
            ("mirror/debian-12.1~", Some(Source::Mirror), "debian-12.1", When::Back(1)),
            ("snapshot/x~0", Some(Source::Snapshot), "x", When::Back(0)),
            ("stable~2", None, "stable", When::Back(2)),
            ("stable@2026-11-01T00:00Z", None, "stable", time("2026-11-01T00:00:00Z")),
            ("stable@2026-11-01T00:00", None, "stable", time("2026-11-01T00:00:00Z")),
            ("stable@2026-11-01 10:30", None, "stable", time("2026-11-01T10:30:00Z")),
            ("stable@2026-11-01T00:00:05.5+01:00", None, "stable", time("2026-10-31T23:00:05.5Z")),
            ("stable@2026-11-01T00:00-0930", None, "stable", time("2026-11-01T09:30:00Z")),
            ("stable@20261101T000000Z", None, "stable", time("2026-11-01T00:00:00Z")),
            ("stable@2026-11-01", None, "stable", time("2026-11-01T00:00:00Z")),
            ("4f9a2c", None, "4f9a2c", When::Now),
            (&digest, None, &digest, When::Now),
        ] {
            assert_eq!(Named::parse(text).expect(text), Named { source, name, when }, "{text}");
        }
        for text in [
            "",
            "~1",
            "@2026-11-01",
            "env/",
            "env/~1",
            "branch/x",
            "/x",
            "env/a/b",
            "x~-1",
            "x~1~2",
            "x~a",
            "x~1@2026-11-01",
            "x@",
            "x@yesterday",
            "x@2026-13-01",
            "x@2026-11-01T25:00Z",
            "x@2026-11-01~1",
            "x y",
            "é",
            "..",
            "x~99999999999999999999",
            &format!("{digest}~1"),
            &format!("env/{digest}"),
            &"x".repeat(200),
        ] {
            assert_eq!(Named::parse(text).expect_err(text).kind(), Kind::Usage, "{text:?}");
        }
    }
}
