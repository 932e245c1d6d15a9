//! Policies of environments, and approvals.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;

use super::environment::{Moved, moved};
use super::keys::{self, Signing};
use super::operation::request;
use super::session::Session;
use reposnap::digest::Digest;
use reposnap::environment::Environment;
use reposnap::environment::gate::{self, Policy, Statement, approval};
use reposnap::error::{Error, Kind, Result};

request! {
    /// Sets the policy of an environment: what has to be there before it moves. It is in force from that entry of its log on.
    "env policy set"(Store) -> "env create";
    pub struct SetPolicy {
        required {
            /// The environment.
            name: String,
        }
        optional {
            /// The file with the policy; it may have those of other environments too.
            file: Option<PathBuf>,
            /// The policy itself, instead of a file.
            text: Option<String>,
            /// Tell what the entry would be, and write nothing.
            dry_run: bool,
            /// Why.
            message: String,
            /// The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
            key: Option<String>,
            /// The file with the password of the key file.
            password_file: Option<PathBuf>,
        }
    }
}

request! {
    /// Takes the policy of an environment away.
    "env policy remove"(Store) -> "env create";
    pub struct RemovePolicy {
        required {
            /// The environment.
            name: String,
        }
        optional {
            /// Tell what the entry would be, and write nothing.
            dry_run: bool,
            /// Why.
            message: String,
            /// The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
            key: Option<String>,
            /// The file with the password of the key file.
            password_file: Option<PathBuf>,
        }
    }
}

request! {
    /// Shows the policy that is in force.
    "env policy show"(Store) -> "env policy show";
    pub struct ShowPolicy {
        required {
            /// The environment.
            name: String,
        }
        optional {}
    }
}

request! {
    /// Approves a snapshot for an environment: signs a statement that names both, and keeps it where promotions find it.
    "env approve"(Store) -> "env approve";
    pub struct Approve {
        required {
            /// The environment.
            name: String,
            /// The snapshot that may go there; of packages that are taken over, the result, which a dry run of the promotion
            /// tells.
            rev: String,
        }
        optional {
            /// The key that signs: a file, or `gpg:FINGERPRINT` for a key of gpg-agent. Without one the statement is told, to
            /// be signed elsewhere with `gpg --clearsign`.
            key: Option<String>,
            /// The file with the password of the key file.
            password_file: Option<PathBuf>,
            /// As what you speak, such as `qa`.
            role: Option<String>,
            /// What there is to say, in one line.
            comment: Option<String>,
            /// Sign, and keep nothing in the store.
            dry_run: bool,
        }
    }
}

/// The policy that is in force.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct InForce {
    /// The environment.
    pub environment: String,
    /// The number of the entry that set it.
    pub seq: u64,
    /// The SHA-256 of its text.
    pub digest: Digest,
    /// Since when it has been in force.
    pub since: Timestamp,
    /// Who set it.
    pub actor: String,
    /// The policy, with its certificates.
    pub policy: String,
}

/// An approval.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Approved {
    /// The environment.
    pub environment: String,
    /// The snapshot that may go there.
    pub snapshot: Digest,
    /// What is signed.
    pub statement: String,
    /// The signed statement; none where there was no key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<String>,
    /// The SHA-256 of the signed statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// The fingerprint of the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
    /// Whether it is kept in the store.
    pub kept: bool,
}

/// Sets the policy of an environment.
///
/// # Errors
/// [`Kind::Malformed`] with line and field for what is no policy; [`Kind::Usage`] where it is in force already.
pub async fn set_policy(session: &Session, request: SetPolicy) -> Result<Moved> {
    let policy = match (&request.file, &request.text) {
        (Some(file), None) => Policy::read(file, &request.name)?,
        (None, Some(text)) => Policy::read_text(text.as_bytes(), &request.name, Path::new(""))?,
        _ => return Err(Error::new(Kind::Usage, "a policy is given as a file or as text, one of them")),
    };
    let signing = Signing::of(request.key.as_deref(), request.password_file.as_deref())?;
    change(session, &request.name, Some(&policy), request.dry_run, &request.message, &signing).await
}

/// Takes the policy of an environment away.
///
/// # Errors
/// [`Kind::Usage`] where it has none.
pub async fn remove_policy(session: &Session, request: RemovePolicy) -> Result<Moved> {
    let signing = Signing::of(request.key.as_deref(), request.password_file.as_deref())?;
    change(session, &request.name, None, request.dry_run, &request.message, &signing).await
}

async fn change(
    session: &Session,
    name: &str,
    policy: Option<&Policy>,
    dry_run: bool,
    message: &str,
    signing: &Signing,
) -> Result<Moved> {
    let session = &session.rehearsing(dry_run).await?;
    let store = session.store().await?;
    let sign = |bytes: &[u8]| signing.sign(bytes);
    let note = signing.note(session.note(message), &sign);
    let entry = Environment::open(&store, name)?.set_policy(policy, None, &note).await?.ok_or_else(|| {
        Error::new(
            Kind::Usage,
            match policy {
                Some(_) => format!("this policy of {name} is in force already"),
                None => format!("{name} has no policy"),
            },
        )
    })?;
    Ok(moved(name, entry))
}

/// Shows the policy that is in force.
///
/// # Errors
/// [`Kind::NotFound`] where there is none.
pub async fn show_policy(session: &Session, request: ShowPolicy) -> Result<InForce> {
    let store = session.store().await?;
    let environment = Environment::open(&store, &request.name)?;
    let known = environment.policy().await?.ok_or_else(|| {
        Error::new(Kind::NotFound, format!("{} has no policy", request.name)).help("set one with `env policy set`")
    })?;
    let entry = environment.log().read(known.id.seq).await?;
    Ok(InForce {
        environment: request.name,
        seq: known.id.seq,
        digest: known.id.digest,
        since: entry.time,
        actor: entry.actor,
        policy: known.policy.text().to_owned(),
    })
}

/// Approves a snapshot for an environment.
///
/// # Errors
/// [`Kind::Usage`] for a role or comment that can't be in a statement; those of signing.
pub async fn approve(session: &Session, request: Approve) -> Result<Approved> {
    let store = session.store().await?;
    let environment = Environment::open(&store, &request.name)?;
    let snapshot = reposnap::environment::resolve(&store, &request.rev).await?.digest;
    // What is signed counts whole seconds.
    let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap_or_else(|_| Timestamp::now());
    let statement = gate::statement(&environment, snapshot, now).await?;
    let statement = Statement { role: request.role, comment: request.comment, ..statement };
    let mut approved = Approved {
        environment: request.name,
        snapshot,
        statement: statement.to_text()?,
        approval: None,
        digest: None,
        signer: None,
        kept: false,
    };
    let Some(key) = request.key else { return Ok(approved) };
    let signer = keys::signer(&key, request.password_file.as_deref())?;
    let message = statement.sign(&*signer)?;
    approved.digest = Some(Digest::of(message.as_bytes()));
    approved.signer = Some(signer.fingerprint());
    if !request.dry_run {
        approval::keep(&store, &message).await?;
        approved.kept = true;
    }
    approved.approval = Some(message);
    Ok(approved)
}
