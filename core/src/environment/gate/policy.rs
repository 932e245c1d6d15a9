//! What has to be there before an environment moves: policies, as values.

use std::fmt;
use std::path::Path;

use super::read;
use super::span::Span;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::openpgp::{Keyring, SignerId};
use crate::store::refs::{ENVIRONMENT, MIRROR};

/// The largest policy file, in bytes.
pub const LARGEST_POLICY_FILE: u64 = 1 << 20;
/// The longest policy with its certificates, in bytes: it goes into one entry of a log.
pub const LONGEST_POLICY: usize = 256 << 10;
/// How many environments, suites of tests, architectures or keys a field may list.
pub const MOST_LISTED: usize = 64;

/// What has to be there before an environment moves.
///
/// A policy is a stanza of control data; `docs/GATES.md` tells its fields. Where files of certificates
/// are named, they are read once, and the policy has them in itself from then on: its [`text`](Self::text) is all that a
/// review needs.
///
/// ```
/// use reposnap::environment::gate::Policy;
/// let policy = Policy::parse(b"Environment: stable\nFrom: testing\nMinimum-Age: 72h\nCheck: clean\n")?;
/// assert_eq!(policy.text(), "Environment: stable\nFrom: testing\nMinimum-Age: 3d\nCheck: clean\n");
/// let error = Policy::parse(b"Environment: stable\n# how long\nMinimal-Age: 3d\n").unwrap_err();
/// assert_eq!(error.at_line(), Some(3));
/// # Ok::<(), reposnap::Error>(())
/// ```
#[derive(Clone)]
pub struct Policy {
    pub(super) environment: String,
    pub(super) from: Vec<Origin>,
    pub(super) minimum_age: Option<Span>,
    pub(super) check: Option<Check>,
    pub(super) architectures: Vec<String>,
    pub(super) tests: Vec<String>,
    pub(super) tests_bound: bool,
    pub(super) approvals: usize,
    pub(super) signed_by: Vec<SignerId>,
    pub(super) maximum_age: Option<Span>,
    pub(super) frozen: bool,
    pub(super) signed_entries: bool,
    pub(super) promoters: Vec<SignerId>,
    pub(super) owners: Vec<SignerId>,
    pub(super) overrides: bool,
    pub(super) gated_rollback: bool,
    pub(super) keyring: Option<Keyring>,
    pub(super) text: String,
}

/// A log that snapshots have to come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The kind of the log, `env` or `mirror`.
    pub(super) kind: &'static str,
    /// Its name.
    pub(super) name: String,
}

impl Origin {
    /// Reads `testing`, `env/testing` or `mirror/debian`.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let (kind, name) = match text.split_once('/') {
            None => (ENVIRONMENT, text),
            Some(("env", name)) => (ENVIRONMENT, name),
            Some(("mirror", name)) => (MIRROR, name),
            Some(_) => {
                return Err(Error::new(Kind::Usage, format!("{text:?} is no environment or mirror"))
                    .help("write testing, env/testing or mirror/debian"));
            }
        };
        crate::store::refs::check_name(name)?;
        Ok(Self { kind, name: name.to_owned() })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            ENVIRONMENT => f.write_str(&self.name),
            kind => write!(f, "{kind}/{}", self.name),
        }
    }
}

/// What is asked of relations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    /// What could be installed before still can be.
    Clean,
    /// The newest version of each package can be installed.
    NoneUninstallable,
}

impl Check {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Check::Clean => "clean",
            Check::NoneUninstallable => "none-uninstallable",
        }
    }
}

impl Policy {
    /// Reads a policy that names no files: one stanza.
    ///
    /// # Errors
    /// [`Kind::Malformed`] with line and field for what is no stanza, an unknown field or a value that can't be;
    /// [`Kind::Limit`] beyond [`LONGEST_POLICY`].
    pub fn parse(text: &[u8]) -> Result<Self> {
        let no_files = |name: &str| {
            Err(Error::new(
                Kind::Usage,
                format!("{name:?} is a file, and this policy has to have its certificates in it"),
            ))
        };
        let mut policies = read::policies(text, &no_files)?;
        match (policies.pop(), policies.is_empty()) {
            (Some(policy), true) => Ok(policy),
            (None, _) => {
                Err(Error::new(Kind::Malformed, "there is no policy").help("a policy begins with Environment:"))
            }
            (Some(_), false) => Err(Error::new(Kind::Malformed, "there are several policies where one is wanted")),
        }
    }

    /// Reads the policy of `environment` from a file, which may have those of others too. Files of certificates that it
    /// names are looked for beside it.
    ///
    /// # Errors
    /// Those of [`parse`](Self::parse) and of reading files, and [`Kind::NotFound`] where the file has no policy for that
    /// environment.
    pub fn read(path: &Path, environment: &str) -> Result<Self> {
        let text = read::file(path, LARGEST_POLICY_FILE)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Self::read_text(&text, environment, folder).map_err(|error| error.path(path.display().to_string()))
    }

    /// Reads the policy of `environment` from text, as [`read`](Self::read) does; files are looked for below `folder`.
    ///
    /// # Errors
    /// Those of [`read`](Self::read).
    pub fn read_text(text: &[u8], environment: &str, folder: &Path) -> Result<Self> {
        let beside = |name: &str| read::file(&folder.join(name), LARGEST_POLICY_FILE);
        let policies = read::policies(text, &beside)?;
        let known: Vec<&str> = policies.iter().map(|policy| policy.environment.as_str()).collect();
        match known.iter().position(|name| *name == environment) {
            Some(at) => Ok(policies[at].clone()),
            None => Err(Error::new(Kind::NotFound, format!("there is no policy for environment {environment:?}"))
                .help(match known.is_empty() {
                    true => "a policy begins with Environment:".to_owned(),
                    false => format!("there are policies for {}", known.join(", ")),
                })),
        }
    }

    /// The environment that it is for.
    pub fn environment(&self) -> &str {
        &self.environment
    }

    /// The policy as it is kept: its fields in one order, the certificates in it. Read again, it is the same policy.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The SHA-256 of its text.
    pub fn digest(&self) -> Digest {
        Digest::of(self.text.as_bytes())
    }

    /// Whether each entry of the log has to be signed.
    pub fn wants_signed_entries(&self) -> bool {
        self.signed_entries
    }

    /// The certificates of those who may sign something.
    pub fn keyring(&self) -> Option<&Keyring> {
        self.keyring.as_ref()
    }

    /// Writes the fields in their order.
    pub(super) fn compose(&mut self) -> Result<()> {
        let mut text = String::new();
        let mut put = |name: &str, value: &str| {
            if !value.is_empty() {
                text.push_str(&format!("{name}: {value}\n"));
            }
        };
        let yes = |set: bool| if set { "yes" } else { "" };
        let keys = |signers: &[SignerId]| signers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let span = |span: Option<Span>| span.map(|span| span.to_string()).unwrap_or_default();
        put("Environment", &self.environment);
        put("From", &self.from.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "));
        put("Minimum-Age", &span(self.minimum_age));
        put("Check", self.check.map_or("", Check::as_str));
        put("Architectures", &self.architectures.join(" "));
        if !self.tests.is_empty() {
            put("Tests", &format!("junit {}", self.tests.join(" ")));
        }
        put("Tests-Bound", yes(self.tests_bound));
        if self.approvals > 0 {
            put("Approvals", &self.approvals.to_string());
        }
        put("Signed-By", &keys(&self.signed_by));
        put("Maximum-Age", &span(self.maximum_age));
        put("Freeze", yes(self.frozen));
        put("Signed-Entries", yes(self.signed_entries));
        put("Promoters", &keys(&self.promoters));
        put("Owners", &keys(&self.owners));
        put("Overrides", yes(self.overrides));
        put("Rollback", if self.gated_rollback { "gated" } else { "" });
        if let Some(keyring) = &self.keyring {
            let armored = keyring.to_armored()?;
            let lines = String::from_utf8_lossy(&armored);
            text.push_str("Keyring:\n");
            for line in lines.lines() {
                // As in apt's Signed-By: an empty line would end the stanza.
                text.push_str(&format!(" {}\n", if line.is_empty() { "." } else { line }));
            }
        }
        if text.len() > LONGEST_POLICY {
            return Err(Error::new(Kind::Limit, "the policy with its certificates is too long")
                .mismatch(format!("at most {LONGEST_POLICY} bytes"), format!("{} bytes", text.len()))
                .help("export certificates with `gpg --export-options export-minimal --export`"));
        }
        self.text = text;
        Ok(())
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy").field("digest", &self.digest()).field("text", &self.text).finish_non_exhaustive()
    }
}

impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Policy {}
