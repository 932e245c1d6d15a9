//! `verify`: whether a signed file holds.

use std::num::NonZeroUsize;
use std::path::Path;

use jiff::Timestamp;
use reposnap::openpgp::{Keyring, Policy, SignerId, verify_detached, verify_inline};
use reposnap::source::acceptance::{ReleasePolicy, accept, relax};
use reposnap::{Error, Kind, Result};
use serde::Serialize;

use crate::args;
use crate::context::Context;
use crate::{Outcome, output};

#[derive(Serialize)]
struct Verdict {
    file: String,
    accepted: bool,
    at: Timestamp,
    signers: Vec<String>,
    notes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rejected: Option<serde_json::Value>,
}

/// Runs a command of `verify`.
pub fn run(context: &Context, command: args::Verify) -> Result<Outcome> {
    let args::Verify::Release { file, keyring, signature, at, signers, relax } = command;
    let keyring = Keyring::from_files(&keyring)?;
    let (policy, asked) = policies(&signers, 1, &relax)?;
    let now = at.unwrap_or_else(Timestamp::now);
    let message = read(&file)?;
    let verified = match &signature {
        None => verify_inline(&message, &keyring, &policy, now),
        Some(signature) => verify_detached(&message, &read(signature)?, &keyring, &policy, now),
    };
    let name = file.display().to_string();
    let verdict = match verified.and_then(|verified| accept(verified, &asked, None, now)) {
        Ok((verified, _)) => Verdict {
            file: name,
            accepted: true,
            at: now,
            signers: verified.signers().iter().map(|signer| signer.primary.clone()).collect(),
            notes: verified.notes().iter().map(|note| note.message.clone()).collect(),
            rejected: None,
        },
        Err(error) if is_verdict(&error) => Verdict {
            file: name.clone(),
            accepted: false,
            at: now,
            signers: Vec::new(),
            notes: Vec::new(),
            rejected: Some(output::fields(&error.path(name))),
        },
        Err(error) => return Err(error.path(name)),
    };
    context.print(&verdict, |verdict| match &verdict.rejected {
        None => format!("{}: accepted, signed by {}", verdict.file, verdict.signers.join(" ")),
        Some(rejected) => format!(
            "{}: rejected [{}]: {}",
            verdict.file,
            rejected["rule"].as_str().unwrap_or_default(),
            rejected["message"].as_str().unwrap_or_default()
        ),
    })?;
    Ok(if verdict.accepted { Outcome::Done } else { Outcome::Findings })
}

/// The default policies with what the arguments change.
pub fn policies(signers: &[String], threshold: usize, relaxed: &[String]) -> Result<(Policy, ReleasePolicy)> {
    let mut policy = Policy::default();
    for signer in signers {
        policy = policy.signer(signer.parse::<SignerId>()?);
    }
    let threshold = NonZeroUsize::new(threshold).ok_or_else(|| {
        Error::new(Kind::Usage, "at least one key must have signed").help("give a threshold of 1 or more")
    })?;
    relax(policy.threshold(threshold), ReleasePolicy::default(), relaxed)
}

fn is_verdict(error: &Error) -> bool {
    matches!(error.kind(), Kind::Verification | Kind::Malformed | Kind::Limit)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| Error::io(path.display(), error))
}
