//! `key`: make signing keys.

use std::io::Write;
use std::path::Path;

use reposnap::openpgp::{self, Signer};
use reposnap::{Error, Result};
use serde::Serialize;

use crate::Outcome;
use crate::args;
use crate::context::Context;

#[derive(Serialize)]
struct Generated {
    fingerprint: String,
    file: String,
}

/// Runs a command of `key`.
pub fn run(context: &Context, command: args::Key) -> Result<Outcome> {
    let args::Key::Generate { user_id, output } = command;
    let fingerprint = generate(&user_id, &output)?;
    let generated = Generated { fingerprint, file: output.display().to_string() };
    context.print(&generated, |generated| format!("{} is in {}", generated.fingerprint, generated.file))?;
    Ok(Outcome::Done)
}

/// Generates a key into a new file that its owner alone may read.
pub fn generate(user_id: &str, output: &Path) -> Result<String> {
    let key = openpgp::generate(user_id, jiff::Timestamp::now(), None)?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let io = |error| Error::io(output.display(), error);
    let mut file = options.open(output).map_err(io)?;
    file.write_all(&key.to_armored_secret()?).and_then(|()| file.sync_all()).map_err(io)?;
    Ok(key.fingerprint())
}
