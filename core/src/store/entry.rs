//! One entry of a log: who did what, when and why, and what came before.

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::probe::nonce;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};

/// The largest entry, in bytes.
pub(super) const LARGEST_ENTRY: u64 = 1 << 20;
/// How far an entry's time may be ahead of another clock before anything is said of it.
pub const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(5);
/// The format of entries that is written, and the newest that is read.
const ENTRY_FORMAT: u32 = 1;
/// The longest `actor`, in bytes.
const LONGEST_ACTOR: usize = 1 << 10;
/// The longest `message`, in bytes.
const LONGEST_MESSAGE: usize = 64 << 10;

/// One entry of a [`Log`](super::refs::Log).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry<T> {
    /// Its number, from 1.
    pub seq: u64,
    /// The digest of its bytes.
    pub digest: Digest,
    /// The digest of the bytes of the entry before; nothing for the first.
    pub previous: Option<Digest>,
    /// 32 hexadecimal digits that nobody else wrote, which tell the winner of a race from a loser with the same wish.
    pub nonce: String,
    /// When it was written, by the writer's clock; never before the entry it follows.
    pub time: Timestamp,
    /// Who did it.
    pub actor: String,
    /// Why.
    pub message: String,
    /// What the log is about.
    pub body: T,
    /// A signature over [`signed_bytes`](Self::signed_bytes), as the writer made it.
    pub signature: Option<String>,
    bytes: Bytes,
}

/// Where in a log an entry stands: what an append says it follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    seq: u64,
    digest: Digest,
    time: Timestamp,
}

/// Who appends an entry, and why.
#[derive(Clone, Copy)]
pub struct Note<'a> {
    actor: &'a str,
    message: &'a str,
    time: Option<Timestamp>,
    sign: Option<Sign<'a>>,
}

/// Signs the bytes of an entry; the text that it returns is kept as it is.
pub(crate) type Sign<'a> = &'a (dyn Fn(&[u8]) -> Result<String> + Send + Sync);

/// An entry as JSON. The signature comes last, so that what it signs is what stands before it.
#[derive(Serialize, Deserialize)]
struct Stored<T> {
    format: u32,
    seq: u64,
    previous: Option<Digest>,
    nonce: String,
    time: Timestamp,
    actor: String,
    message: String,
    body: T,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signature: Option<String>,
}

impl<'a> Note<'a> {
    /// A note by `actor` (at most 1 KiB) with the reason `message` (at most 64 KiB).
    pub fn new(actor: &'a str, message: &'a str) -> Self {
        Self { actor, message, time: None, sign: None }
    }

    /// Takes `time` for now instead of asking the clock.
    #[must_use]
    pub fn at(mut self, time: Timestamp) -> Self {
        self.time = Some(time);
        self
    }

    /// Signs the entry.
    #[must_use]
    pub fn signed(mut self, sign: &'a (dyn Fn(&[u8]) -> Result<String> + Send + Sync)) -> Self {
        self.sign = Some(sign);
        self
    }

    /// What signs the entry.
    pub(crate) fn signer(&self) -> Option<Sign<'a>> {
        self.sign
    }

    /// The time that is taken for now.
    pub(crate) fn time(&self) -> Option<Timestamp> {
        self.time
    }
}

impl<T> Entry<T> {
    /// Where the entry stands, for appending behind it.
    pub fn position(&self) -> Position {
        Position { seq: self.seq, digest: self.digest, time: self.time }
    }

    /// The entry as it is stored.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The bytes that the signature is about: the entry as it would be stored without one.
    pub fn signed_bytes(&self) -> Result<Vec<u8>> {
        let Some(signature) = &self.signature else { return Ok(self.bytes.to_vec()) };
        let tail = format!(",\"signature\":{}}}", serde_json::Value::from(signature.as_str()));
        let body = self.bytes.strip_suffix(tail.as_bytes()).ok_or_else(|| {
            Error::new(Kind::Malformed, "the signature is not written where reposnap writes it").field("signature")
        })?;
        Ok([body, b"}"].concat())
    }
}

impl<T> Entry<T> {
    /// Where the entry's time has not come at `now`, by more than clocks mostly differ ([`CLOCKS_DIFFER`]): in one sentence,
    /// what to make of it.
    ///
    /// The clock of whoever wrote it was wrong, or that of whoever asks is. What follows it gets the same time until that has
    /// come, since times never go back in a log.
    pub fn clock_trouble(&self, now: Timestamp) -> Option<String> {
        let ahead = now.duration_until(self.time);
        (ahead > CLOCKS_DIFFER).then(|| {
            format!(
                "entry {} is from the future: {} has {}, and this machine's clock {now}. One of the clocks was wrong; until \
                 then, what follows gets the same time, and NAME@TIME finds what was before",
                self.seq, self.actor, self.time
            )
        })
    }
}

impl<T: Serialize> Entry<T> {
    /// The entry that follows `after`, and its bytes.
    pub(super) fn compose(after: Option<Position>, body: T, note: &Note<'_>) -> Result<(Self, Bytes)> {
        for (field, text, most) in [("actor", note.actor, LONGEST_ACTOR), ("message", note.message, LONGEST_MESSAGE)] {
            if text.len() > most {
                return Err(Error::new(Kind::Limit, "the text is too long")
                    .field(field)
                    .mismatch(format!("at most {most} bytes"), format!("{} bytes", text.len())));
            }
        }
        let seq = match after {
            None => 1,
            Some(after) => after.seq.checked_add(1).ok_or_else(|| Error::new(Kind::Limit, "the log is full"))?,
        };
        let now = note.time.unwrap_or_else(now);
        let mut stored = Stored {
            format: ENTRY_FORMAT,
            seq,
            previous: after.map(|after| after.digest),
            nonce: nonce()?,
            // Clocks of several writers differ; a log is a line all the same.
            time: after.map_or(now, |after| now.max(after.time)),
            actor: note.actor.to_owned(),
            message: note.message.to_owned(),
            body,
            signature: None,
        };
        let mut bytes = encode(&stored)?;
        if let Some(sign) = note.sign {
            stored.signature = Some(sign(&bytes)?);
            bytes = encode(&stored)?;
        }
        let bytes = Bytes::from(bytes);
        Ok((stored.into_entry(bytes.clone()), bytes))
    }
}

impl<T: DeserializeOwned> Entry<T> {
    /// Reads the entry that was found at `path` as number `seq`.
    pub(super) fn parse(path: &str, seq: u64, bytes: Bytes) -> Result<Self> {
        check_format(&bytes).map_err(|error| error.path(path))?;
        let malformed = |what: String| Error::new(Kind::Malformed, what).path(path).rule("log-entry");
        let stored: Stored<T> = serde_json::from_slice(&bytes)
            .map_err(|error| malformed(format!("not an entry of a log: {error}")).line(error.line() as u64))?;
        if stored.seq != seq {
            return Err(malformed("the entry is not the one of its name".to_owned())
                .field("seq")
                .mismatch(seq.to_string(), stored.seq.to_string()));
        }
        if (stored.seq == 1) != stored.previous.is_none() {
            return Err(malformed("only the first entry follows nothing".to_owned())
                .field("previous")
                .mismatch(if seq == 1 { "null" } else { "a digest" }, name_of(stored.previous)));
        }
        if stored.nonce.len() != 32 || !stored.nonce.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(malformed("the nonce is not 32 hexadecimal digits".to_owned()).field("nonce"));
        }
        Ok(stored.into_entry(bytes))
    }
}

impl<T> Stored<T> {
    fn into_entry(self, bytes: Bytes) -> Entry<T> {
        Entry {
            seq: self.seq,
            digest: Digest::of(&bytes),
            previous: self.previous,
            nonce: self.nonce,
            time: self.time,
            actor: self.actor,
            message: self.message,
            body: self.body,
            signature: self.signature,
            bytes,
        }
    }
}

/// A digest or `null`, for messages.
pub(super) fn name_of(digest: Option<Digest>) -> String {
    digest.map_or_else(|| "null".to_owned(), |digest| digest.to_string())
}

/// Refuses an entry of a later format before anything else in it is looked at.
fn check_format(bytes: &[u8]) -> Result<()> {
    #[derive(Deserialize)]
    struct Head {
        format: u32,
    }
    match serde_json::from_slice::<Head>(bytes) {
        Ok(head) if head.format > ENTRY_FORMAT => {
            Err(Error::new(Kind::Format, "the entry has a newer format than this version can read")
                .field("format")
                .mismatch(format!("at most {ENTRY_FORMAT}"), head.format.to_string())
                .help("use a newer reposnap"))
        }
        // Whatever else is wrong is told by the full parser.
        _ => Ok(()),
    }
}

fn encode<T: Serialize>(stored: &Stored<T>) -> Result<Vec<u8>> {
    serde_json::to_vec(stored)
        .map_err(|error| Error::new(Kind::Internal, format!("the entry can't be written as JSON: {error}")))
}

/// The time to the millisecond, which is enough for people and short in JSON.
fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}
