//! Policies: who must have signed what an image is made of, and what must hold of it. Files in the form of control data.
//!
//! ```text
//! # Only images whose every package comes from stable, at most 14 days old, signed by us.
//! Signed-By: keys/ci.pub
//! Environment: stable
//! Match: known
//! Max-Age: 14d
//! Allow-Outside: our-app our-config
//! ```
//!
//! Lines that start with `#` are comments. Unknown fields are errors, since a rule that is not understood would not hold.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use reposnap::deb::stanza::Stanza;
use reposnap::{Digest, Error, Kind, Result};

use crate::signing::{SignerInfo, Trust};

/// The most bytes of a policy.
pub const MAX_POLICY: usize = 1 << 20;

/// The fields that a policy may have.
pub const FIELDS: &[&str] =
    &["Signed-By", "Threshold", "Environment", "Snapshots", "Match", "Max-Age", "Allow-Outside", "Allow-Superseded"];

/// What an image must fulfil.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// `Signed-By`, words that are no fingerprint: files with public keys or certificates.
    pub key_files: Vec<String>,
    /// `Signed-By`, words that are 40 or 64 hexadecimal digits: of all keys in the files, those that count.
    pub fingerprints: Vec<String>,
    /// `Threshold`: how many different keys must have signed. 1.
    pub threshold: NonZeroUsize,
    /// `Environment`: where packages must come from.
    pub environment: Option<String>,
    /// `Snapshots`: the same, as digests, instead of an environment.
    pub snapshots: Vec<Digest>,
    /// `Max-Age`: how old the last snapshot that had a package may be. Without it, any age will do.
    pub max_age: Option<SignedDuration>,
    /// `Allow-Outside`: packages that may come from elsewhere, by name.
    pub allow_outside: BTreeSet<String>,
    /// `Allow-Superseded`: whether packages may be there that the newest snapshot had already replaced when the statement was
    /// made. No.
    pub allow_superseded: bool,
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// [`Kind::Malformed`] with the line and the field that is missing, unknown, there twice, or not what it should be;
    /// [`Kind::Limit`] beyond [`MAX_POLICY`].
    ///
    /// ```
    /// use reposnap_provenance::attest::Policy;
    /// let policy = Policy::parse("Signed-By: ci.pub\nEnvironment: stable\nMax-Age: 14d\n")?;
    /// assert_eq!(policy.environment.as_deref(), Some("stable"));
    ///
    /// let error = Policy::parse("Signed-By: ci.pub\nEnvironment: stable\nMax-age: soon\n").unwrap_err();
    /// assert_eq!(error.to_string(), "line 3: Max-age: \"soon\" is no age (write 14d, 36h or 2w)");
    /// # Ok::<(), reposnap::Error>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() > MAX_POLICY {
            return Err(Error::new(Kind::Limit, format!("a policy has at most {MAX_POLICY} bytes")));
        }
        let (kept, lines) = without_comments(text);
        // The reader counts the lines that are left.
        let place = |line: u64| lines.get(line as usize - 1).copied().unwrap_or(line);
        let fields = fields(&kept).map_err(|error| moved(&error, place))?;
        let mut policy = Self {
            key_files: Vec::new(),
            fingerprints: Vec::new(),
            threshold: NonZeroUsize::MIN,
            environment: None,
            snapshots: Vec::new(),
            max_age: None,
            allow_outside: BTreeSet::new(),
            allow_superseded: false,
        };
        for field in fields {
            policy.take(&field).map_err(|error| error.field(field.name).line(place(field.line)))?;
        }
        policy.check()?;
        Ok(policy)
    }

    /// Reads the policy at `path`, and the keys that it names, from beside it unless their paths are absolute.
    ///
    /// # Errors
    /// As for [`Policy::parse`] and [`Policy::trust`], with the path.
    pub fn open(path: impl AsRef<Path>) -> Result<(Self, Trust)> {
        let path = path.as_ref();
        let text = std::fs::read(path).map_err(|error| Error::io(path.display(), error))?;
        let text = String::from_utf8(text).map_err(|_| Error::new(Kind::Malformed, "the policy is no text"));
        let policy =
            text.and_then(|text| Self::parse(&text)).map_err(|error| error.path(path.display().to_string()))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let trust = policy.trust(|file| {
            let file = folder.join(file);
            std::fs::read(&file).map_err(|error| Error::io(file.display(), error))
        })?;
        Ok((policy, trust))
    }

    fn take(&mut self, field: &Field<'_>) -> Result<()> {
        let words = || field.value.split_ascii_whitespace();
        match field.name.to_ascii_lowercase().as_str() {
            "signed-by" => {
                for word in words() {
                    match is_fingerprint(word) {
                        true => self.fingerprints.push(word.to_owned()),
                        false => self.key_files.push(word.to_owned()),
                    }
                }
            }
            "threshold" => {
                self.threshold =
                    field.value.parse().map_err(|_| bad(field.value, "number of keys", "write 1 or more"))?;
            }
            "environment" => match words().count() {
                1 => self.environment = Some(field.value.to_owned()),
                _ => return Err(bad(field.value, "name of an environment", "name one")),
            },
            "snapshots" => self.snapshots = words().map(str::parse).collect::<Result<_>>()?,
            "match" if field.value == "known" => {}
            "match" => return Err(bad(field.value, "rule that is known", "write known")),
            "max-age" => self.max_age = Some(age(field.value)?),
            "allow-outside" => self.allow_outside = words().map(str::to_owned).collect(),
            "allow-superseded" => {
                self.allow_superseded = match field.value {
                    "yes" => true,
                    "no" => false,
                    other => return Err(bad(other, "answer", "write yes or no")),
                };
            }
            _ => {
                let known = format!("the fields are {}", FIELDS.join(", "));
                return Err(Error::new(Kind::Malformed, "a policy has no such field").help(known));
            }
        }
        Ok(())
    }

    fn check(&self) -> Result<()> {
        let missing =
            |field: &str, help: &str| Err(Error::new(Kind::Malformed, "this field is missing").field(field).help(help));
        if self.key_files.is_empty() {
            return missing("Signed-By", "name the files with the keys that may sign");
        }
        match (&self.environment, self.snapshots.is_empty()) {
            (None, true) => missing("Environment", "name the environment that packages must come from"),
            (Some(_), false) => {
                Err(Error::new(Kind::Malformed, "a policy has Environment or Snapshots, not both").field("Snapshots"))
            }
            _ => Ok(()),
        }
    }

    /// The keys that may sign. `read` gives the content of a file that [`Policy::key_files`] names; who knows where the policy
    /// lies reads them from there.
    ///
    /// # Errors
    /// What `read` says, and what is wrong with a key, with the file's name.
    pub fn trust(&self, mut read: impl FnMut(&str) -> Result<Vec<u8>>) -> Result<Trust> {
        let mut trust = Trust::new();
        for file in &self.key_files {
            let bytes = read(file).map_err(|error| error.path(file))?;
            trust = trust.file(&bytes).map_err(|error| error.path(file))?;
        }
        self.fingerprints.iter().try_fold(trust, |trust, fingerprint| trust.only(fingerprint))
    }

    /// How old `then` is, where that is more than the policy allows.
    pub(super) fn too_old(&self, then: Timestamp, now: Timestamp) -> Option<SignedDuration> {
        let age = now.duration_since(then);
        self.max_age.filter(|most| age > *most).map(|_| age)
    }
}

/// A decision is told with who signed.
pub(super) fn names(signers: &[SignerInfo]) -> String {
    signers.iter().map(|signer| signer.user_id.as_ref().unwrap_or(&signer.key).as_str()).collect::<Vec<_>>().join(", ")
}

/// A field, and the line where it starts.
struct Field<'a> {
    name: &'a str,
    value: &'a str,
    line: u64,
}

/// The text without its comments, and the numbers of the lines that are left.
fn without_comments(text: &str) -> (String, Vec<u64>) {
    let kept = text.split_inclusive('\n').zip(1..).filter(|(line, _)| !line.starts_with('#'));
    let (lines, numbers): (Vec<&str>, Vec<u64>) = kept.unzip();
    (lines.concat(), numbers)
}

fn fields(text: &str) -> Result<Vec<Field<'_>>> {
    let stanza = Stanza::parse(text.as_bytes())?;
    stanza.refuse_duplicates()?;
    let lines = stanza.raw().split(|byte| *byte == b'\n').zip(stanza.line()..);
    let starts = lines.filter(|(line, _)| !matches!(line.first(), Some(b' ' | b'\t') | None));
    // The whole is a text, and cut only at ASCII.
    let text = |bytes| std::str::from_utf8(bytes).unwrap_or_default();
    let fields = stanza.fields().zip(starts).map(|(field, (_, line))| {
        let (name, value) = (text(field.name), text(field.value));
        match value.is_empty() {
            true => Err(Error::new(Kind::Malformed, "the field is empty").field(name).line(line)),
            false => Ok(Field { name, value, line }),
        }
    });
    fields.collect()
}

/// The same failure, of another line.
fn moved(error: &Error, place: impl Fn(u64) -> u64) -> Error {
    let mut moved = Error::new(error.kind(), error.message());
    if let Some(field) = error.at_field() {
        moved = moved.field(field);
    }
    match error.at_line() {
        Some(line) => moved.line(place(line.max(1))),
        None => moved,
    }
}

fn is_fingerprint(word: &str) -> bool {
    let digits = word.strip_prefix("0x").unwrap_or(word);
    matches!(digits.len(), 40 | 64) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// `14d`, `36h`, `2w`.
fn age(text: &str) -> Result<SignedDuration> {
    let wrong = || bad(text, "age", "write 14d, 36h or 2w");
    let (digits, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let hours: u32 = match unit {
        "h" => 1,
        "d" => 24,
        "w" => 7 * 24,
        _ => return Err(wrong()),
    };
    let count: u32 = digits.parse().ok().filter(|_| !digits.starts_with('+')).ok_or_else(wrong)?;
    count.checked_mul(hours).map(|hours| SignedDuration::from_hours(i64::from(hours))).ok_or_else(wrong)
}

fn bad(value: &str, what: &str, help: &str) -> Error {
    Error::new(Kind::Malformed, format!("{value:?} is no {what}")).help(help)
}
