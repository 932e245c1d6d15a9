//! What is published in a bucket, and who is at it: one object, which is read whole and replaced as one version.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::publish::state::State;
use crate::store::bucket::{Bucket as Files, Version};

/// Where it lies.
pub(super) const PATH: &str = ".reposnap/published.json";

/// The most bytes of it that are read: a suite with a hundred indexes takes 100 KB.
const LARGEST: u64 = 64 << 20;

const FORMAT: u32 = 1;

/// What is published below a prefix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ledger {
    format: u32,
    /// How often somebody claimed the prefix: no two versions of the ledger are alike.
    pub(super) turn: u64,
    /// Who is at it. Whoever is killed leaves this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) claim: Option<Claim>,
    pub(super) suites: Vec<Entry>,
    /// That the bucket honours the conditions of writes was tried out.
    #[serde(default)]
    pub(super) is_tried: bool,
    /// The name of the inventory of the pool; none where nothing is known of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pool: Option<Digest>,
}

/// A suite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// The SHA-256 of its certificate, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) certificate: Option<Digest>,
    #[serde(flatten)]
    pub(super) state: State,
}

/// That somebody publishes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Claim {
    /// Who: random, new for every claim.
    pub(super) nonce: String,
    /// How often it was said since.
    pub(super) beat: u64,
}

impl Ledger {
    fn new() -> Self {
        Self { format: FORMAT, turn: 0, claim: None, suites: Vec::new(), is_tried: false, pool: None }
    }

    /// Reads the ledger and its version; an empty one where nothing was published.
    ///
    /// # Errors
    /// [`Kind::Malformed`] and [`Kind::Format`] for one that was not written by this version or an older one.
    pub(super) async fn load(files: &Files) -> Result<(Self, Version)> {
        let Some((bytes, version)) = files.get(PATH, LARGEST).await? else { return Ok((Self::new(), Version::Absent)) };
        let ledger = Self::parse(&bytes).map_err(|error| error.path(files.url_of(PATH)))?;
        Ok((ledger, version))
    }

    pub(super) fn to_bytes(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(self)
            .map_err(|error| Error::new(Kind::Internal, "what is published can't be written down").source(error))
    }

    pub(super) fn suite(&self, suite: &str) -> Option<&Entry> {
        self.suites.iter().find(|entry| entry.state.suite == suite)
    }

    /// Puts `entry` in the place of what was known of its suite.
    pub(super) fn put(&mut self, entry: Entry) {
        self.suites.retain(|other| other.state.suite != entry.state.suite);
        self.suites.push(entry);
        self.suites.sort_by(|a, b| a.state.suite.cmp(&b.state.suite));
    }

    pub(super) fn states(&self) -> Vec<State> {
        self.suites.iter().map(|entry| entry.state.clone()).collect()
    }

    fn parse(bytes: &[u8]) -> Result<Self> {
        let damaged = |why: &str| {
            Error::new(Kind::Malformed, format!("what is published here is written down badly: {why}"))
                .help("publish under another prefix, or remove all below this one and publish again")
        };
        let ledger: Self = serde_json::from_slice(bytes).map_err(|error| damaged(&error.to_string()).source(error))?;
        if ledger.format > FORMAT {
            return Err(Error::new(Kind::Format, format!("a newer version published here (format {})", ledger.format))
                .help("use a newer reposnap"));
        }
        ledger.suites.iter().try_for_each(|entry| entry.state.check())?;
        let mut names: Vec<&str> = ledger.suites.iter().map(|entry| entry.state.suite.as_str()).collect();
        names.sort_unstable();
        match names.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(damaged(&format!("the suite {} is there twice", pair[0]))),
            None => Ok(ledger),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ledger_comes_back_and_a_bad_one_is_refused() {
        let mut ledger = Ledger::new();
        ledger.put(Entry { certificate: Some(Digest::of(b"c")), state: State::new("stable", "dists/stable") });
        ledger.put(Entry { certificate: None, state: State::new("a", "dists/a") });
        ledger.put(Entry { certificate: None, state: State::new("stable", "dists/stable") });
        ledger.claim = Some(Claim { nonce: "n".into(), beat: 1 });
        ledger.pool = Some(Digest::of(b"p"));
        let text = String::from_utf8(ledger.to_bytes().unwrap()).unwrap();
        assert_eq!(Ledger::parse(text.as_bytes()).unwrap(), ledger);
        assert_eq!(ledger.suites.len(), 2);
        for (from, to, kind) in [
            ("{\"format\":1", "{\"format\":2", Kind::Format),
            ("dists/stable", "../stable", Kind::Malformed),
            ("dists/a", "dists/a\\n", Kind::Malformed),
            ("\"suite\":\"a\"", "\"suite\":\"stable\"", Kind::Malformed),
            ("\"suite\":\"a\"", "\"suite\":\"../a\"", Kind::Usage),
            ("}", "", Kind::Malformed),
        ] {
            assert_eq!(Ledger::parse(text.replace(from, to).as_bytes()).unwrap_err().kind(), kind, "{from}");
        }
    }
}
