//! Approvals: somebody's signed word that one snapshot may go into one environment.
//!
//! An approval is a cleartext signed message (RFC 9580 section 7), as `gpg --clearsign` makes it, over a statement of fixed
//! form. The statement names the snapshot by its digest and the environment by its name and by the first entry of its log, so
//! an approval is good for nothing else: no other snapshot, no other environment, no environment of that name elsewhere.

use jiff::Timestamp;

use super::policy::Policy;
use crate::deb::stanza::Stanza;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::openpgp::{self, Limits, SignedBy, Signer};
use crate::store::Store;
use crate::store::refs::check_name;

/// The largest approval, in bytes.
pub const LARGEST_APPROVAL: u64 = 64 << 10;
/// The longest role and the longest comment, in bytes.
pub const LONGEST_TEXT: usize = 1 << 10;
/// How many approvals of one snapshot are looked at.
pub const MOST_APPROVALS: usize = 256;
/// The first line of a statement: what is signed is meant as an approval, and nothing else is one.
const FORMAT: &str = "reposnap-approval 1";
/// How much later than its signature a statement may be dated, in seconds: the signature's clock counts whole seconds.
const TOLERANCE: i64 = 300;

/// What an approval says.
///
/// ```
/// use reposnap::Digest;
/// use reposnap::environment::gate::Statement;
/// let statement = Statement {
///     environment: "stable".into(),
///     log: Digest::of(b"first entry"),
///     snapshot: Digest::of(b"snapshot"),
///     date: "2026-11-01T12:00:00Z".parse().unwrap(),
///     role: Some("qa".into()),
///     comment: None,
/// };
/// assert!(statement.to_text()?.starts_with("Format: reposnap-approval 1\nEnvironment: stable\n"));
/// assert_eq!(Statement::parse(statement.to_text()?.as_bytes())?, statement);
/// # Ok::<(), reposnap::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The environment.
    pub environment: String,
    /// The digest of the first entry of its log.
    pub log: Digest,
    /// The snapshot that may go there.
    pub snapshot: Digest,
    /// When it was approved, by the approver's clock.
    pub date: Timestamp,
    /// As what the approver speaks, such as `qa`.
    pub role: Option<String>,
    /// What there is to say.
    pub comment: Option<String>,
}

impl Statement {
    /// The statement as it is signed: a stanza whose fields stand in one order.
    ///
    /// # Errors
    /// [`Kind::Usage`] for a role or comment of several lines, with blanks around it or longer than [`LONGEST_TEXT`].
    pub fn to_text(&self) -> Result<String> {
        check_name(&self.environment)?;
        let mut text = format!(
            "Format: {FORMAT}\nEnvironment: {}\nLog: {}\nSnapshot: {}\nDate: {}\n",
            self.environment, self.log, self.snapshot, self.date
        );
        for (name, value) in [("Role", &self.role), ("Comment", &self.comment)] {
            let Some(value) = value else { continue };
            if value.is_empty()
                || value.len() > LONGEST_TEXT
                || value.trim() != value
                || value.contains(char::is_control)
            {
                return Err(Error::new(
                    Kind::Usage,
                    format!("it has to be one line of 1 to {LONGEST_TEXT} bytes without blanks around it"),
                )
                .field(name));
            }
            text.push_str(&format!("{name}: {value}\n"));
        }
        Ok(text)
    }

    /// Reads a statement; [`Kind::Malformed`] for anything that [`to_text`](Self::to_text) would not write.
    pub fn parse(text: &[u8]) -> Result<Self> {
        let malformed = |why: String| Error::new(Kind::Malformed, why).rule("approval");
        let stanza =
            Stanza::parse(text).map_err(|error| malformed(format!("this is no approval: {}", error.message())))?;
        let get = |name: &str| stanza.get(name).map(|value| String::from_utf8_lossy(value).into_owned());
        let need = |name: &str| {
            get(name).ok_or_else(|| malformed(format!("this is no approval: it lacks {name}")).field(name))
        };
        let digest = |name: &str| {
            let value = need(name)?;
            Digest::from_hex(value.as_bytes()).ok_or_else(|| malformed("it is no digest".to_owned()).field(name))
        };
        let format = need("Format")?;
        if format != FORMAT {
            return Err(malformed("this is no approval".to_owned()).field("Format").mismatch(FORMAT, format));
        }
        let date = need("Date")?;
        let statement = Self {
            environment: need("Environment")?,
            log: digest("Log")?,
            snapshot: digest("Snapshot")?,
            date: date.parse().map_err(|_| malformed(format!("{date:?} is no time")).field("Date"))?,
            role: get("Role"),
            comment: get("Comment"),
        };
        // One way to write it: nothing else can be said in what is signed.
        if statement.to_text().ok().as_deref().map(str::as_bytes) != Some(text) {
            return Err(malformed("the statement is not written as an approval is".to_owned())
                .help("have `env approve` write it"));
        }
        Ok(statement)
    }

    /// Signs the statement: the approval.
    ///
    /// # Errors
    /// Those of [`to_text`](Self::to_text) and of signing.
    pub fn sign(&self, signer: &dyn Signer) -> Result<String> {
        let message = signer.clearsign(self.to_text()?.as_bytes())?;
        String::from_utf8(message).map_err(|_| Error::new(Kind::Internal, "a cleartext message is text"))
    }
}

/// An approval whose signature was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Approval {
    /// What it says.
    pub statement: Statement,
    /// Who signed it; several keys may.
    pub signers: Vec<SignedBy>,
}

/// For what an approval has to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    pub(super) policy: &'a Policy,
    pub(super) log: Digest,
    pub(super) snapshot: Digest,
    pub(super) now: Timestamp,
}

/// Verifies an approval: its signature by one of those who may approve, as of `wanted.now`, and that it is about this
/// snapshot and environment and not too old.
pub(super) fn verify(message: &[u8], wanted: &Wanted<'_>) -> Result<Approval> {
    let Some(keyring) = wanted.policy.keyring() else {
        return Err(Error::new(Kind::Verification, "the policy has no keys of approvers"));
    };
    let limits = Limits { message: LARGEST_APPROVAL as usize, ..Limits::default() };
    let rules = wanted
        .policy
        .signed_by
        .iter()
        .cloned()
        .fold(openpgp::Policy::default().limits(limits), |rules, key| rules.signer(key));
    let verified = openpgp::verify_inline(message, keyring, &rules, wanted.now)?;
    let statement = Statement::parse(verified.value())?;
    let refuse = |field: &str, why: &str, expected: String, found: String| {
        Err(Error::new(Kind::Verification, why).field(field).mismatch(expected, found))
    };
    if statement.environment != wanted.policy.environment() {
        let expected = wanted.policy.environment().to_owned();
        return refuse("Environment", "the approval is for another environment", expected, statement.environment);
    }
    if statement.log != wanted.log {
        let why = "the approval is for an environment of this name in another store";
        return refuse("Log", why, wanted.log.to_string(), statement.log.to_string());
    }
    if statement.snapshot != wanted.snapshot {
        let why = "the approval is for another snapshot";
        return refuse("Snapshot", why, wanted.snapshot.to_string(), statement.snapshot.to_string());
    }
    for signer in verified.signers() {
        if statement.date.as_second() > signer.created.as_second().saturating_add(TOLERANCE) {
            let why = "the approval is dated after its signature";
            return refuse("Date", why, format!("at most {}", signer.created), statement.date.to_string());
        }
        let given = statement.date.min(signer.created);
        if let Some(most) = wanted.policy.maximum_age.filter(|most| most.after(given) < wanted.now) {
            let why = "the approval is too old";
            return refuse("Date", why, format!("at most {most} before {}", wanted.now), given.to_string());
        }
    }
    Ok(Approval { statement, signers: verified.signers().to_vec() })
}

/// Where approvals of a snapshot are kept.
fn folder(snapshot: Digest) -> String {
    format!("approvals/{snapshot}")
}

/// Keeps an approval beside its snapshot, where promotions find it; gives its digest.
///
/// # Errors
/// [`Kind::Malformed`] for what is no signed statement; it is not verified here. Those of the store.
pub async fn keep(store: &Store, message: &str) -> Result<Digest> {
    let bytes = message.as_bytes();
    if bytes.len() as u64 > LARGEST_APPROVAL {
        return Err(Error::new(Kind::Limit, "the approval is too large")
            .mismatch(format!("at most {LARGEST_APPROVAL} bytes"), format!("{} bytes", bytes.len())));
    }
    let statement = Statement::parse(&openpgp::signed_text(bytes)?)?;
    let digest = Digest::of(bytes);
    let path = format!("{}/{digest}", folder(statement.snapshot));
    // Named by its content: whoever was first wrote the same.
    let _ = store.objects().create(&path, bytes.to_vec().into()).await?;
    // Where it was there before, a plan of garbage collection perhaps names it.
    store.objects().touch(&path).await?;
    Ok(digest)
}

/// The approvals that are kept for a snapshot, by their digests; whoever may write to the store may have put any there.
pub(super) async fn kept(store: &Store, snapshot: Digest) -> Result<Vec<Vec<u8>>> {
    let folder = folder(snapshot);
    let mut names = store.objects().names(&folder).await?;
    names.retain(|name| Digest::from_hex(name.as_bytes()).is_some());
    names.sort();
    let mut messages = Vec::new();
    for name in names.iter().take(MOST_APPROVALS) {
        match store.objects().get_limited(&format!("{folder}/{name}"), LARGEST_APPROVAL).await {
            Ok(message) => messages.push(message.to_vec()),
            // What is no approval must not keep the others from counting.
            Err(error) if error.kind() == Kind::Limit => {}
            Err(error) => return Err(error),
        }
    }
    Ok(messages)
}
