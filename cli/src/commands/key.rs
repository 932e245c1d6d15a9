//! `key` and `keyring`: make signing keys, sign, and look at certificates.

use std::path::Path;

use reposnap::openpgp::CertificateInfo;
use reposnap::{Error, Result};
use reposnap_api::{keys, verify};

use crate::Outcome;
use crate::args;
use crate::context::Context;
use crate::output::table;

/// Runs a command of `key`.
pub async fn run(context: &Context, command: args::Key) -> Result<Outcome> {
    match command {
        args::Key::Generate { user_id, output } => {
            let generated = keys::generate(context.session(), keys::Generate { user_id, output }).await?;
            context.print(&generated, |generated| format!("{} is in {}", generated.fingerprint, generated.file))?;
        }
        args::Key::Sign { file, key, password_file, detached } => {
            let request = keys::Sign { text: read(&file)?, key, password_file, detached };
            let signed = keys::sign(context.session(), request).await?;
            context.print(&signed, |signed| signed.signature.clone())?;
        }
    }
    Ok(Outcome::Done)
}

/// Runs a command of `keyring`.
pub async fn keyring(context: &Context, command: args::Keyring) -> Result<Outcome> {
    let args::Keyring::Show { keyring, at } = command;
    let keyring = keyring.iter().map(|file| file.display().to_string()).collect();
    let certificates = verify::show_keyring(context.session(), verify::ShowKeyring { keyring, at }).await?;
    context.print(&certificates, |certificates| table(&certificates.iter().map(row).collect::<Vec<_>>()))?;
    Ok(Outcome::Done)
}

/// A text file, whole.
pub fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).map_err(|error| Error::io(file.display(), error))
}

fn row(certificate: &CertificateInfo) -> Vec<String> {
    let validity = match (certificate.revoked, certificate.expires) {
        (true, _) => "revoked".to_owned(),
        (false, Some(expires)) => format!("expires {expires}"),
        (false, None) => "does not expire".to_owned(),
    };
    vec![certificate.fingerprint.clone(), certificate.algorithm.clone(), validity, certificate.user_ids.join(", ")]
}
