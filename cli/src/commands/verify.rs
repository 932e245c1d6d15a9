//! `verify`: whether a signed file holds.

use std::path::PathBuf;

use reposnap::Result;
use reposnap_api::verify;

use crate::Outcome;
use crate::args;
use crate::commands::key::read;
use crate::context::Context;

/// Runs a command of `verify`.
pub async fn run(context: &Context, command: args::Verify) -> Result<Outcome> {
    match command {
        args::Verify::Release { file, keyring, signature, at, signers, relax } => {
            let keyring = names(&keyring);
            let request = verify::Release { file, keyring, signature, at, signers, threshold: None, relax };
            release(context, request).await
        }
        args::Verify::Message { file, keyring, signature, at, signers, relax } => {
            let signature = signature.as_deref().map(read).transpose()?;
            let (message, keyring) = (read(&file)?, names(&keyring));
            let request = verify::Message { message, keyring, signature, at, signers, threshold: None, relax };
            signed(context, request).await
        }
    }
}

async fn release(context: &Context, request: verify::Release) -> Result<Outcome> {
    let verdict = verify::release(context.session(), request).await?;
    context.print(&verdict, |verdict| match &verdict.rejected {
        None => format!("{}: accepted, signed by {}", verdict.file, verdict.signers.join(" ")),
        Some(rejected) => {
            let rule = rejected.broken_rule().unwrap_or_default();
            format!("{}: rejected [{rule}]: {}", verdict.file, rejected.message())
        }
    })?;
    Ok(if verdict.accepted { Outcome::Done } else { Outcome::Findings })
}

async fn signed(context: &Context, request: verify::Message) -> Result<Outcome> {
    let verdict = verify::message(context.session(), request).await?;
    context.print(&verdict, |verdict| match (&verdict.text, &verdict.rejected) {
        (Some(text), _) => text.clone(),
        (None, Some(rejected)) => format!("rejected: {rejected}"),
        (None, None) => String::new(),
    })?;
    Ok(if verdict.accepted { Outcome::Done } else { Outcome::Findings })
}

fn names(files: &[PathBuf]) -> Vec<String> {
    files.iter().map(|file| file.display().to_string()).collect()
}
