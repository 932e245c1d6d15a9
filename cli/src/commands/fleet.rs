//! `fleet`: recorded images, and what to rebuild of them.

use std::time::Duration;

use reposnap::Result;
use reposnap_api::fleet::{self, FleetImage, StaleImage};
use reposnap_provenance::fleet::{Added, Plan, Reason};

use super::image::reading;
use crate::Outcome;
use crate::args;
use crate::context::Context;
use crate::output::table;

/// Runs a command of `fleet`.
pub async fn run(context: &Context, command: args::Fleet) -> Result<Outcome> {
    let session = context.session();
    match command {
        args::Fleet::Add { reading, name, dry_run } => {
            let added = fleet::add(session, reading!(fleet::Add, reading, name: name, dry_run: dry_run)).await?;
            context.print(&added, recorded)?;
            Ok(Outcome::Done)
        }
        args::Fleet::List => {
            context.print(&fleet::list(session, fleet::List {}).await?, |images| listed(images))?;
            Ok(Outcome::Done)
        }
        args::Fleet::Affected { name, mended: version, sort: args::Sort { by, family }, system } => {
            let images = fleet::affected(session, fleet::Affected { name, version, by, family, system }).await?;
            print(context, images)
        }
        args::Fleet::Stale { rev, since, system } => {
            let images = fleet::stale(session, fleet::Stale { rev, since, system }).await?;
            print(context, images)
        }
        args::Fleet::Plan { rev: Some(environment), sort, system, watch: Some(seconds), promotions, .. } => {
            let request = fleet::Rebuild { by: sort.by, family: sort.family, system, ..Default::default() };
            watch(context, environment, request, seconds, promotions).await
        }
        args::Fleet::Plan { rev, since, fix, sort: args::Sort { by, family }, system, .. } => {
            let (name, version) = fix.unzip();
            let request = fleet::Rebuild { rev, since, name, version, by, family, system };
            let plan = fleet::plan(session, request).await?;
            context.print(&plan, planned)?;
            Ok(if plan.steps.is_empty() { Outcome::Done } else { Outcome::Findings })
        }
    }
}

/// Waits for promotions of an environment, and tells for each what it asks for.
async fn watch(
    context: &Context,
    environment: String,
    request: fleet::Rebuild,
    seconds: u64,
    promotions: Option<u64>,
) -> Result<Outcome> {
    let session = context.session();
    let now = || async { Ok::<_, reposnap::Error>(session.snapshot(&environment).await?.0.digest) };
    let (mut before, mut told) = (now().await?, 0);
    while promotions.is_none_or(|most| told < most) {
        tokio::time::sleep(Duration::from_secs(seconds.max(1))).await;
        let after = now().await?;
        if after != before {
            let (rev, since) = (Some(after.to_string()), Some(before.to_string()));
            let request = fleet::Rebuild { rev, since, ..request.clone() };
            context.print(&fleet::plan(session, request).await?, planned)?;
            (before, told) = (after, told + 1);
        }
    }
    Ok(Outcome::Done)
}

fn print(context: &Context, images: Vec<StaleImage>) -> Result<Outcome> {
    context.print(&images, |images| stale(images))?;
    Ok(if images.is_empty() { Outcome::Done } else { Outcome::Findings })
}

fn recorded(added: &Added) -> String {
    let Added { reference, image, packages, changed, .. } = added;
    match changed {
        true => format!("{reference} is sha256:{image}, with {packages} packages\n"),
        false => format!("{reference} is known as sha256:{image}\n"),
    }
}

fn listed(images: &[FleetImage]) -> String {
    let row = |image: &FleetImage| {
        let base = image.base.first().map(|base| format!("on {base}")).unwrap_or_default();
        let system = image.system.clone().unwrap_or_default();
        vec![image.reference.clone(), format!("sha256:{}", image.image), system, base]
    };
    table(&images.iter().map(row).collect::<Vec<_>>())
}

fn stale(images: &[StaleImage]) -> String {
    let mut text = String::new();
    for image in images {
        text.push_str(&format!("{}\n", image.names.join(", ")));
        let row = |package: &fleet::StalePackage| {
            let (name, version) = (format!("  {}", package.name), package.version.clone());
            vec![name, version, "->".to_owned(), package.fixed_in.clone()]
        };
        text.push_str(&table(&image.packages.iter().map(row).collect::<Vec<_>>()));
    }
    text
}

fn planned(plan: &Plan) -> String {
    let mut text = String::new();
    for (number, step) in plan.steps.iter().enumerate() {
        let why = match &step.reason {
            Reason::Itself => "its own packages".to_owned(),
            Reason::NewBase { names, is_there: true, .. } => format!("a newer {} is enough", names.join(", ")),
            Reason::NewBase { names, .. } => format!("a new {} is enough", names.join(", ")),
            Reason::Both { names, .. } => format!("a new {}, and its own packages", names.join(", ")),
            Reason::UnknownBase { claim } => format!("its base sha256:{claim} is not recorded"),
        };
        text.push_str(&format!("{}. {}: {why}\n", number + 1, step.names.join(", ")));
        let row = |package: &reposnap_provenance::fleet::PlannedPackage| {
            let (name, version) = (format!("   {}", package.name), package.version.clone());
            vec![name, version, "->".to_owned(), package.fixed_in.clone()]
        };
        text.push_str(&table(&step.packages.iter().map(row).collect::<Vec<_>>()));
    }
    if plan.steps.is_empty() {
        text.push_str("nothing to rebuild\n");
    }
    text
}
