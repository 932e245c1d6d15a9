//! References as logs that only grow: `refs/<kind>/<name>/<number>`.
//!
//! The head of a log is its entry with the highest sequence number. An entry is one object, created where there was none,
//! under 2^64 - 1 - its sequence number in 20 digits, so that a listing begins with the newest. Two writers who both want to
//! be number 7 create the same object, and one of them loses: nothing is ever overwritten, and a log is always a line.
//! Each entry names the digest of the one before it, so a log that was cut, patched or reordered shows it.

use std::marker::PhantomData;
use std::time::Duration;

use futures::stream::{self, StreamExt, TryStreamExt};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::entry::{self, LARGEST_ENTRY};
pub use super::entry::{CLOCKS_DIFFER, Entry, Note, Position};
use super::objects::{Created, Objects};
use crate::error::{Error, Kind, Result};
use crate::worker::blocking;

/// The kind of the logs of environments.
pub const ENVIRONMENT: &str = "env";
/// The kind of the logs of mirrors.
pub const MIRROR: &str = "mirror";
/// The kind of the logs of named snapshots.
pub const SNAPSHOT: &str = "snapshot";
/// The kind of the logs of recorded images.
pub const IMAGE: &str = "image";
/// The longest name of a log, and of a kind of log, in bytes.
pub const LONGEST_NAME: usize = 128;
/// How often [`Log::update`] starts again because somebody else was first.
pub const MOST_ATTEMPTS: u32 = 256;

/// How many entries of a log are read at the same time.
const PARALLEL: usize = 16;

/// One log with bodies of type `T`. Opening it reads nothing; it begins to exist with its first entry.
///
/// ```
/// # fn main() -> reposnap::Result<()> {
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use reposnap::store::{Objects, refs::{Log, Note}};
/// let log = Log::<String>::open(&Objects::memory(), "env", "stable")?;
/// let first = log.append(None, "one".to_owned(), &Note::new("ana", "begin")).await?;
/// log.append(Some(first.position()), "two".to_owned(), &Note::new("ana", "go on")).await?;
/// // Nobody can be second again.
/// let late = log.append(Some(first.position()), "three".to_owned(), &Note::new("bob", "too late")).await;
/// assert_eq!(late.unwrap_err().kind(), reposnap::Kind::Conflict);
/// assert_eq!(log.head().await?.body, "two");
/// # Ok(()) })
/// # }
/// ```
pub struct Log<T> {
    objects: Objects,
    kind: String,
    name: String,
    body: PhantomData<fn(T) -> T>,
}

impl<T: Serialize + DeserializeOwned> Log<T> {
    /// The log `name` of a kind; [`Kind::Usage`] where [`check_name`] refuses either.
    pub fn open(objects: &Objects, kind: &str, name: &str) -> Result<Self> {
        check_name(kind)?;
        check_name(name)?;
        Ok(Self { objects: objects.clone(), kind: kind.to_owned(), name: name.to_owned(), body: PhantomData })
    }

    /// The kind of the log.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The name of the log.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The newest entry; [`Kind::NotFound`] where the log has none.
    pub async fn head(&self) -> Result<Entry<T>> {
        self.head_if_exists().await?.ok_or_else(|| {
            Error::new(Kind::NotFound, format!("there is no {} named {:?}", word(&self.kind), self.name))
        })
    }

    /// The newest entry, or nothing where the log has none.
    pub async fn head_if_exists(&self) -> Result<Option<Entry<T>>> {
        match self.head_number().await? {
            Some(seq) => self.read(seq).await.map(Some),
            None => Ok(None),
        }
    }

    /// Appends an entry behind `expected`, the head as the caller knows it (`None` for the first entry);
    /// [`Kind::Conflict`] where somebody else did so first. Durable when it returns.
    pub async fn append(&self, expected: Option<Position>, body: T, note: &Note<'_>) -> Result<Entry<T>> {
        let (entry, bytes) = Entry::compose(expected, body, note)?;
        let path = self.path(entry.seq);
        if bytes.len() as u64 > LARGEST_ENTRY {
            return Err(Error::new(Kind::Limit, "the entry is too large")
                .path(path)
                .mismatch(format!("at most {LARGEST_ENTRY} bytes"), format!("{} bytes", bytes.len())));
        }
        match self.objects.create(&path, bytes).await? {
            Created::Yes => Ok(entry),
            Created::Exists => Err(self.conflict(entry.seq)),
        }
    }

    /// Appends what `next` makes of the head, and starts again where somebody else was first; nothing where `next` says so.
    ///
    /// [`Kind::Conflict`] after [`MOST_ATTEMPTS`].
    pub async fn update(
        &self,
        note: &Note<'_>,
        mut next: impl FnMut(Option<&Entry<T>>) -> Result<Option<T>>,
    ) -> Result<Option<Entry<T>>> {
        for attempt in 0..MOST_ATTEMPTS {
            let head = self.head_if_exists().await?;
            let Some(body) = next(head.as_ref())? else { return Ok(None) };
            match self.append(head.as_ref().map(Entry::position), body, note).await {
                Err(error) if error.kind() == Kind::Conflict => wait(attempt).await?,
                result => return result.map(Some),
            }
        }
        Err(Error::new(Kind::Conflict, format!("others moved {} {:?} without a pause", word(&self.kind), self.name))
            .help("do it again"))
    }

    /// The newest `limit` entries, newest first. The chain between them is verified.
    pub async fn entries(&self, limit: usize) -> Result<Vec<Entry<T>>> {
        match self.head_number().await? {
            Some(head) => self.entries_from(head, limit).await,
            None => Ok(Vec::new()),
        }
    }

    /// At most `limit` entries from number `seq` backwards. The chain between them is verified.
    pub async fn entries_from(&self, seq: u64, limit: usize) -> Result<Vec<Entry<T>>> {
        let last = seq.saturating_sub(limit as u64);
        let mut read = stream::iter((last + 1..=seq).rev()).map(|seq| self.read(seq)).buffered(PARALLEL);
        let mut entries: Vec<Entry<T>> = Vec::new();
        while let Some(older) = read.try_next().await? {
            if let Some(newer) = entries.last() {
                self.check_link(newer, &older)?;
            }
            entries.push(older);
        }
        Ok(entries)
    }

    /// The entry `back` places before the head; 0 is the head. [`Kind::NotFound`] where the log is shorter.
    pub async fn back(&self, back: u64) -> Result<Entry<T>> {
        let head = self.head().await?;
        match head.seq.checked_sub(back) {
            Some(seq) if seq == head.seq => Ok(head),
            None | Some(0) => Err(Error::new(
                Kind::NotFound,
                format!(
                    "{} {:?} has only {} entries, none {back} before the head",
                    word(&self.kind),
                    self.name,
                    head.seq
                ),
            )),
            Some(seq) => self.read(seq).await,
        }
    }

    /// The entry that was in force at `time`: the newest that is not younger. [`Kind::NotFound`] before the first.
    ///
    /// Reads a handful of entries, however long the log is.
    pub async fn at(&self, time: Timestamp) -> Result<Entry<T>> {
        let head = self.head().await?;
        if head.time <= time {
            return Ok(head);
        }
        // Times never go back in a log, so halving finds the last entry in force.
        let (mut low, mut high) = (0, head.seq);
        let (mut found, mut newer) = (None, head);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            let entry = self.read(middle).await?;
            if entry.time <= time {
                (low, found) = (middle, Some(entry));
            } else {
                (high, newer) = (middle, entry);
            }
        }
        let Some(found) = found else {
            return Err(Error::new(
                Kind::NotFound,
                format!("{} {:?} did not exist at {time}; it begins at {}", word(&self.kind), self.name, newer.time),
            ));
        };
        self.check_link(&newer, &found)?;
        Ok(found)
    }

    /// The entry with number `seq`, counted from 1.
    pub async fn read(&self, seq: u64) -> Result<Entry<T>> {
        let path = self.path(seq);
        let bytes = self.objects.get_limited(&path, LARGEST_ENTRY).await?;
        Entry::parse(&path, seq, bytes)
    }

    /// The number of the newest entry.
    async fn head_number(&self) -> Result<Option<u64>> {
        head_number(&self.objects, &self.kind, &self.name).await
    }

    fn path(&self, seq: u64) -> String {
        path(&self.kind, &self.name, seq)
    }

    fn check_link(&self, newer: &Entry<T>, older: &Entry<T>) -> Result<()> {
        let broken = |what: &str| {
            Error::new(Kind::Malformed, what)
                .path(self.path(newer.seq))
                .rule("log-chain")
                .help("an entry was changed or lost after it was written; restore it from a backup")
        };
        if newer.seq == older.seq + 1 && newer.previous != Some(older.digest) {
            return Err(broken("the entry does not name the one before it")
                .field("previous")
                .mismatch(older.digest.to_string(), entry::name_of(newer.previous)));
        }
        if newer.time < older.time {
            return Err(broken("the entry is older than one before it")
                .field("time")
                .mismatch(format!("at least {}", older.time), newer.time.to_string()));
        }
        Ok(())
    }

    fn conflict(&self, seq: u64) -> Error {
        Error::new(Kind::Conflict, format!("somebody else moved {} {:?} first", word(&self.kind), self.name))
            .path(self.path(seq))
            .help("look at what they did, then do it again")
    }
}

/// The names of all logs of a kind, sorted.
pub async fn names(objects: &Objects, kind: &str) -> Result<Vec<String>> {
    check_name(kind)?;
    let mut names = objects.names(&format!("refs/{kind}")).await?;
    names.retain(|name| check_name(name).is_ok());
    if !objects.is_local() {
        return Ok(names);
    }
    // A folder outlives a crash before its first entry; that is no log.
    let mut logs = Vec::with_capacity(names.len());
    for name in names {
        if newest(objects, &folder(kind, &name)).await?.is_some() {
            logs.push(name);
        }
    }
    Ok(logs)
}

/// Refuses what can't be a name: one has 1 to [`LONGEST_NAME`] letters, digits and `+._-`, begins with a letter or a digit,
/// and is not a digest.
pub fn check_name(name: &str) -> Result<()> {
    let refuse = |why: &str| Err(Error::new(Kind::Usage, format!("{name:?} can't be a name: {why}")).rule("name"));
    match name.as_bytes() {
        [] => refuse("it is empty"),
        bytes if bytes.len() > LONGEST_NAME => refuse("it is longer than 128 bytes"),
        [first, ..] if !first.is_ascii_alphanumeric() => refuse("it has to begin with a letter or a digit"),
        bytes if !bytes.iter().all(|&byte| byte.is_ascii_alphanumeric() || b"+._-".contains(&byte)) => {
            refuse("only letters, digits and the characters + . _ - are allowed")
        }
        bytes if crate::Digest::from_hex(bytes).is_some() => refuse("it is a digest"),
        _ => Ok(()),
    }
}

/// The path of entry `seq` of a log.
pub fn path(kind: &str, name: &str, seq: u64) -> String {
    format!("{}/{:020}", folder(kind, name), u64::MAX - seq)
}

/// The kind and the name of the log, and the number of the entry, that a path names; nothing for what is no entry's.
///
/// ```
/// use reposnap::store::refs::{parse_path, path};
/// assert_eq!(parse_path(&path("env", "stable", 7)), Some(("env", "stable", 7)));
/// assert_eq!(parse_path("refs/env/stable/7"), None);
/// ```
pub fn parse_path(path: &str) -> Option<(&str, &str, u64)> {
    let mut parts = path.strip_prefix("refs/")?.split('/');
    let (kind, name, number) = (parts.next()?, parts.next()?, number(parts.next()?)?);
    let is_log = parts.next().is_none() && check_name(kind).is_ok() && check_name(name).is_ok();
    is_log.then_some((kind, name, number))
}

/// The number of the newest entry of a log.
pub(crate) async fn head_number(objects: &Objects, kind: &str, name: &str) -> Result<Option<u64>> {
    newest(objects, &folder(kind, name)).await
}

fn folder(kind: &str, name: &str) -> String {
    format!("refs/{kind}/{name}")
}

/// What a kind of log is called in messages.
fn word(kind: &str) -> &str {
    match kind {
        ENVIRONMENT => "environment",
        SNAPSHOT => "named snapshot",
        other => other,
    }
}

/// The highest sequence number of the log in `folder`.
async fn newest(objects: &Objects, folder: &str) -> Result<Option<u64>> {
    if objects.is_local() {
        let names = objects.names(folder).await?;
        return Ok(names.iter().filter_map(|name| number(name)).max());
    }
    let Some(listed) = objects.first(folder, number).await? else { return Ok(None) };
    // Listings of most stores are sorted, but not of all. There are no gaps, so the last entry can be felt for.
    let there = async |seq: u64| objects.exists(&format!("{folder}/{:020}", u64::MAX - seq)).await;
    let (mut low, mut step) = (listed, 1_u64);
    while low.checked_add(step).is_some() && there(low + step).await? {
        low += step;
        step *= 2;
    }
    while step > 1 {
        step /= 2;
        if there(low + step).await? {
            low += step;
        }
    }
    Ok(Some(low))
}

/// The sequence number behind the name of an entry; other names are not entries.
fn number(name: &str) -> Option<u64> {
    if name.len() != 20 || !name.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let descending: u64 = name.parse().ok()?;
    Some(u64::MAX - descending).filter(|&seq| seq > 0)
}

/// Waits a little, at random, so that writers who keep meeting stop doing so.
pub(crate) async fn wait(attempt: u32) -> Result<()> {
    if attempt == 0 {
        return Ok(());
    }
    let most = 1_000_u32 << attempt.min(5);
    let micros = getrandom::u32().unwrap_or(0) % most;
    blocking(move || {
        std::thread::sleep(Duration::from_micros(micros.into()));
        Ok(())
    })
    .await
}

impl<T> Clone for Log<T> {
    fn clone(&self) -> Self {
        Self { objects: self.objects.clone(), kind: self.kind.clone(), name: self.name.clone(), body: PhantomData }
    }
}

impl<T> std::fmt::Debug for Log<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Log({}/{})", self.kind, self.name)
    }
}
