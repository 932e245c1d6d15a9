//! `mirror`: add, update, list, show.

use reposnap::Result;
use reposnap::source::mirror::{Config, Packages};
use reposnap_api::mirror::{self, Added, Shown, Updated};

use crate::Outcome;
use crate::args;
use crate::context::Context;
use crate::output::table;

/// Runs a command of `mirror`.
pub async fn run(context: &Context, command: args::Mirror) -> Result<Outcome> {
    let session = context.session();
    match command {
        args::Mirror::Add(arguments) => added(context, &mirror::add(session, request(arguments)).await?)?,
        args::Mirror::AddSystem { name, root, put: args::Put { replace, dry_run } } => {
            let request = mirror::AddSystem { name, root, replace, dry_run };
            added(context, &mirror::add_system(session, request).await?)?;
        }
        args::Mirror::AddFolder { name, directory, component, put: args::Put { replace, dry_run } } => {
            let request = mirror::AddFolder { name, directory, component: Some(component), replace, dry_run };
            added(context, &mirror::add_folder(session, request).await?)?;
        }
        args::Mirror::Update { name, dry_run } => update(context, mirror::Update { name, dry_run }).await?,
        args::Mirror::List => {
            let mirrors = mirror::list(session, mirror::List {}).await?;
            context.print(&mirrors, |mirrors| table(&mirrors.iter().map(row).collect::<Vec<_>>()))?;
        }
        args::Mirror::Show { name } => {
            let shown = mirror::show(session, mirror::Show { name }).await?;
            context.print(&shown, |shown| table(&[row(shown)]))?;
        }
    }
    Ok(Outcome::Done)
}

fn request(arguments: args::MirrorAdd) -> mirror::Add {
    mirror::Add {
        name: arguments.name,
        url: arguments.url,
        suites: arguments.suite.split(',').map(str::to_owned).collect(),
        signed_by: arguments.signed_by.iter().map(|file| file.display().to_string()).collect(),
        components: arguments.components,
        architectures: arguments.architectures,
        signers: arguments.signers,
        threshold: Some(arguments.threshold),
        packages: match arguments.packages {
            args::Packages::All => Packages::All,
            args::Packages::OnDemand => Packages::OnDemand,
            args::Packages::None => Packages::None,
        },
        filter: arguments.filter,
        sources: arguments.sources,
        translations: arguments.translations,
        contents: arguments.contents,
        relax: arguments.relax,
        max_age: arguments.max_age,
        replace: arguments.put.replace,
        dry_run: arguments.put.dry_run,
    }
}

fn added(context: &Context, added: &Added) -> Result<()> {
    context.print(added, |added| match added.time {
        Some(_) => format!("mirror {} added; `mirror update {}` fills it", added.mirror, added.mirror),
        None => format!("mirror {} would be added", added.mirror),
    })
}

async fn update(context: &Context, request: mirror::Update) -> Result<()> {
    let describe = if request.dry_run { foretell } else { updated };
    context.print(&mirror::update(context.session(), request).await?, describe)
}

fn updated(updated: &Updated) -> String {
    match (updated.changed, updated.snapshot) {
        (true, Some(snapshot)) => format!("{}: {snapshot}", updated.mirror),
        _ => format!("{}: nothing changed", updated.mirror),
    }
}

fn foretell(updated: &Updated) -> String {
    let mut text = match (updated.changed, updated.snapshot) {
        (false, _) => format!("{}: nothing is new\n", updated.mirror),
        (true, None) => format!("{}: there is something new\n", updated.mirror),
        (true, Some(snapshot)) => format!("{}: would be {snapshot}\n", updated.mirror),
    };
    for look in updated.suites.iter().flatten().filter(|look| look.news) {
        let date = look.date.map(|date| format!(" of {date}")).unwrap_or_default();
        text.push_str(&format!("  {}: a Release{date}\n", look.suite));
    }
    text
}

fn row(mirror: &Shown) -> Vec<String> {
    let snapshot = mirror.snapshot.map_or_else(|| "not updated yet".to_owned(), |id| id.to_string());
    let time = mirror.time.map(|time| time.to_string()).unwrap_or_default();
    vec![mirror.mirror.clone(), snapshot, time, source(&mirror.config)]
}

fn source(config: &Config) -> String {
    match config {
        Config::Apt(config) => format!("{} {} {}", config.uri, config.suites.join(","), config.components.join(" ")),
        Config::System(config) if config.root.is_empty() => "this machine's apt".to_owned(),
        Config::System(config) => format!("the apt of {}", config.root),
        Config::Folder(config) => config.directory.clone(),
    }
}
