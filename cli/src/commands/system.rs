//! `system`: look at this machine.

use reposnap::Result;
use reposnap::source::system::Standing;
use reposnap_api::machine;

use crate::Outcome;
use crate::args;
use crate::context::Context;
use crate::output::table;

/// Runs a command of `system`; exit code 1 where packages are outdated.
pub async fn run(context: &Context, command: args::System) -> Result<Outcome> {
    let args::System::Compare { rev, root } = command;
    let compared = machine::compare(context.session(), machine::Compare { rev, root }).await?;
    context.print(&compared, |compared| {
        let rows: Vec<Vec<String>> = compared
            .packages
            .iter()
            .filter(|relation| relation.standing != Standing::Current)
            .map(|relation| {
                let package = &relation.installed;
                let available = relation.available.clone().unwrap_or_default();
                let standing = relation.standing.as_str().to_owned();
                vec![standing, package.name.clone(), package.architecture.clone(), package.version.clone(), available]
            })
            .collect();
        let counts: Vec<String> =
            compared.summary.iter().map(|(standing, count)| format!("{count} {}", standing.as_str())).collect();
        format!("{}{}\n", table(&rows), counts.join(", "))
    })?;
    Ok(if compared.summary.contains_key(&Standing::Outdated) { Outcome::Findings } else { Outcome::Done })
}
