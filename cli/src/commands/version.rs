//! `version`: compare as dpkg does.

use reposnap::Result;
use reposnap_api::formats;

use crate::Outcome;
use crate::args;
use crate::context::Context;

/// Runs a command of `version`.
pub async fn run(context: &Context, command: args::Version) -> Result<Outcome> {
    let args::Version::Compare { a, mut rest } = command;
    let b = rest.pop().unwrap_or_default();
    let request = formats::Compare { a, b, operator: rest.pop() };
    let compared = formats::compare(context.session(), request).await?;
    context.print(&compared, |compared| match compared.holds {
        Some(_) => String::new(),
        None => compared.order.to_owned(),
    })?;
    Ok(if compared.holds == Some(false) { Outcome::Findings } else { Outcome::Done })
}
