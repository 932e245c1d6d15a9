//! `check`: which packages can't be installed.

use reposnap::Result;
use reposnap_api::check::{self, Broken, Checked};

use crate::Outcome;
use crate::args;
use crate::context::Context;

/// Runs `check`; exit code 1 where something can't be installed.
pub async fn run(context: &Context, arguments: args::Check) -> Result<Outcome> {
    let args::Check { rev, against, all_versions, also, architecture, foreign } = arguments;
    let request = check::Check { rev, against, all_versions, also, architecture, foreign };
    let checked = check::check(context.session(), request).await?;
    context.print(&checked, shown)?;
    let arrived = checked.arrived.as_ref().is_some_and(|arrived| !arrived.is_empty());
    Ok(if arrived || !checked.uninstallable.is_empty() || !checked.undecided.is_empty() {
        Outcome::Findings
    } else {
        Outcome::Done
    })
}

fn shown(checked: &Checked) -> String {
    let mut text = String::new();
    let line = |broken: &Broken, what: &str| {
        let why = if broken.why.is_empty() { "why, takes too long to tell" } else { &broken.why };
        format!("{} {} {} {what}: {why}\n", broken.name, broken.version, broken.architecture)
    };
    let what = if checked.against.is_some() { "can no longer be installed" } else { "can't be installed" };
    text.extend(checked.uninstallable.iter().map(|broken| line(broken, what)));
    text.extend(checked.arrived.iter().flatten().map(|broken| line(broken, "is new and can't be installed")));
    text.extend(checked.repaired.iter().flatten().map(|shown| format!("{shown} can be installed again\n")));
    text.extend(checked.undecided.iter().map(|shown| format!("{shown} took too long to tell\n")));
    let broken = checked.uninstallable.len() + checked.arrived.as_ref().map_or(0, Vec::len);
    text.push_str(&format!("{} versions looked at, {broken} can't be installed\n", checked.checked));
    text
}
