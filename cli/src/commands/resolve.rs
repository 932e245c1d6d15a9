//! `resolve` and `why`: what packages bring along.

use reposnap::Result;
use reposnap::api::resolve::{self, Explained, Link, Resolved, Solver};

use crate::Outcome;
use crate::args;
use crate::context::Context;
use crate::output::table;

/// Runs `resolve`.
pub async fn run(context: &Context, arguments: args::Resolve) -> Result<Outcome> {
    let args::Resolve { rev, names, solver, machine } = arguments;
    let args::Machine { no_recommends, architecture, foreign, status } = machine;
    let solver = if solver == Solver::Closure.as_str() { Solver::Closure } else { Solver::AptClassic };
    let request = resolve::Resolve { rev, names, solver, no_recommends, architecture, foreign, status };
    let resolved = resolve::resolve(context.session(), request).await?;
    context.print(&resolved, shown)?;
    Ok(Outcome::Done)
}

/// Runs `why`; exit code 1 where the package does not come along.
pub async fn why(context: &Context, arguments: args::Why) -> Result<Outcome> {
    let args::Why { rev, name, names, machine } = arguments;
    let args::Machine { no_recommends, architecture, foreign, status } = machine;
    let request = resolve::Why { rev, name, names, no_recommends, architecture, foreign, status };
    let explained = resolve::why(context.session(), request).await?;
    context.print(&explained, explanation)?;
    Ok(if explained.version.is_some() { Outcome::Done } else { Outcome::Findings })
}

fn shown(resolved: &Resolved) -> String {
    let mut rows: Vec<Vec<String>> = resolved
        .packages
        .iter()
        .map(|package| {
            let reason = package.reason.as_ref().map(|link| format!("{} of {}", link.relation, link.name));
            [&package.name, &package.version, &package.architecture]
                .map(String::clone)
                .into_iter()
                .chain(reason)
                .collect()
        })
        .collect();
    rows.extend(resolved.remove.iter().map(|name| vec![name.clone(), "is removed".to_owned()]));
    table(&rows)
}

fn explanation(explained: &Explained) -> String {
    let Some(version) = &explained.version else { return format!("{} does not come along\n", explained.name) };
    let mut lines: Vec<String> = explained.chain.iter().map(sentence).collect();
    lines.push(format!("{} {version}", explained.name));
    lines.join("\n") + "\n"
}

fn sentence(link: &Link) -> String {
    let verb = match link.field.as_str() {
        "Recommends" => "recommends",
        "Pre-Depends" => "pre-depends on",
        _ => "depends on",
    };
    format!("{} {} {verb} {}", link.name, link.version, link.relation)
}
