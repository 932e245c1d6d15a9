//! `resolve`, `why`, `upgrade`, `build-deps`: what packages bring along.

use reposnap::Result;
use reposnap_api::builds;
use reposnap_api::resolve::{self, Explained, Link, Package, Resolved};
use reposnap_api::upgrade::{self, Upgraded};

use crate::Outcome;
use crate::args;
use crate::context::Context;
use crate::output::table;

/// Runs `resolve`.
pub async fn run(context: &Context, arguments: args::Resolve) -> Result<Outcome> {
    let args::Resolve { rev, names, how, machine } = arguments;
    let args::How { solver, no_recommends, also } = how;
    let args::Machine { architecture, foreign, status, pins, default_release } = machine;
    let request = resolve::Resolve {
        rev,
        names,
        solver,
        no_recommends,
        also,
        architecture,
        foreign,
        status,
        pins,
        default_release,
    };
    context.print(&resolve::resolve(context.session(), request).await?, shown)?;
    Ok(Outcome::Done)
}

/// Runs `why`; exit code 1 where the package does not come along.
pub async fn why(context: &Context, arguments: args::Why) -> Result<Outcome> {
    let args::Why { rev, name, names, how, machine } = arguments;
    let args::How { solver, no_recommends, also } = how;
    let args::Machine { architecture, foreign, status, pins, default_release } = machine;
    let request = resolve::Why {
        rev,
        name,
        names,
        solver,
        no_recommends,
        also,
        architecture,
        foreign,
        status,
        pins,
        default_release,
    };
    let explained = resolve::why(context.session(), request).await?;
    context.print(&explained, explanation)?;
    Ok(if explained.version.is_some() { Outcome::Done } else { Outcome::Findings })
}

/// Runs `upgrade`.
pub async fn upgrade(context: &Context, arguments: args::Upgrade) -> Result<Outcome> {
    let args::Upgrade { rev, full, no_recommends, also, machine } = arguments;
    let args::Machine { architecture, foreign, status, pins, default_release } = machine;
    let request =
        upgrade::Upgrade { rev, full, no_recommends, also, architecture, foreign, status, pins, default_release };
    context.print(&upgrade::upgrade(context.session(), request).await?, upgraded)?;
    Ok(Outcome::Done)
}

/// Runs `build-deps`.
pub async fn build_deps(context: &Context, arguments: args::BuildDeps) -> Result<Outcome> {
    let args::BuildDeps { rev, names, profiles, arch_only, indep_only, solver, also, machine } = arguments;
    let args::Machine { architecture, foreign, status, pins, default_release } = machine;
    let request = builds::BuildDeps {
        rev,
        names,
        solver,
        profiles,
        arch_only,
        indep_only,
        also,
        architecture,
        foreign,
        status,
        pins,
        default_release,
    };
    context.print(&builds::build_deps(context.session(), request).await?, shown)?;
    Ok(Outcome::Done)
}

fn upgraded(upgraded: &Upgraded) -> String {
    let text = |package: &Package| [&package.name, &package.version, &package.architecture].map(String::clone);
    let mut rows: Vec<Vec<String>> = Vec::new();
    for change in &upgraded.changes {
        let [name, version, architecture] = text(&change.package);
        rows.push(vec![name, format!("{} -> {version}", change.before), architecture]);
    }
    for package in &upgraded.packages {
        let [name, version, architecture] = text(package);
        rows.push(vec![name, version, architecture, "is new".to_owned()]);
    }
    rows.extend(upgraded.remove.iter().map(|name| vec![name.clone(), "is removed".to_owned()]));
    let held = upgraded.held.iter().map(|held| {
        vec![
            held.name.clone(),
            format!("{} stays, not {}", held.version, held.candidate),
            String::new(),
            held.why.clone(),
        ]
    });
    rows.extend(held);
    table(&rows)
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
