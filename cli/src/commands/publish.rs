//! `publish` and `prune`: snapshots into a tree that apt reads.

use std::collections::BTreeMap;

use reposnap::publish::{Outcome as Done, Publication};
use reposnap::{Error, Kind, Result};
use reposnap_api::publish;

use crate::Outcome;
use crate::args;
use crate::context::Context;

/// Runs `publish`.
pub async fn run(context: &Context, arguments: args::Publish) -> Result<Outcome> {
    let describe: fn(&Publication) -> String = if arguments.dry_run { foretell } else { describe };
    let publications = if arguments.verbatim {
        let [rev] = &arguments.revs[..] else {
            return Err(Error::new(Kind::Usage, "a verbatim tree is made of one snapshot").help("name one REV"));
        };
        let request = publish::Verbatim {
            rev: rev.clone(),
            to: arguments.to,
            allow_missing: arguments.allow_missing,
            invalidate: arguments.invalidate,
            dry_run: arguments.dry_run,
        };
        publish::verbatim(context.session(), request).await?
    } else {
        vec![publish::publish(context.session(), request(arguments)?).await?]
    };
    context.print(&publications, |publications| publications.iter().map(describe).collect())?;
    Ok(Outcome::Done)
}

/// Runs `prune`.
pub async fn prune(context: &Context, arguments: args::Prune) -> Result<Outcome> {
    let args::Prune { directory, dry_run } = arguments;
    let verb = if dry_run { "would be removed" } else { "removed" };
    let pruned = publish::prune(context.session(), publish::Prune { directory, dry_run }).await?;
    context.print(&pruned, |pruned| {
        let files: String = pruned.files.iter().flatten().map(|file| format!("{file}\n")).collect();
        format!("{files}{} files {verb}, {} bytes; {} stay", pruned.removed, pruned.bytes, pruned.kept)
    })?;
    Ok(Outcome::Done)
}

fn request(arguments: args::Publish) -> Result<publish::Publish> {
    let mut components = BTreeMap::new();
    for pair in &arguments.components {
        let (component, rev) = pair.split_once('=').ok_or_else(|| {
            Error::new(Kind::Usage, format!("{pair:?} does not name a component and a snapshot")).help("write C=REV")
        })?;
        if components.insert(component.to_owned(), rev.to_owned()).is_some() {
            return Err(Error::new(Kind::Usage, format!("the component {component} is named twice"))
                .help("merge the snapshots first"));
        }
    }
    Ok(publish::Publish {
        to: arguments.to,
        suite: arguments.suite.unwrap_or_default(),
        key: arguments.key.unwrap_or_default(),
        revs: arguments.revs,
        components,
        password_file: arguments.password_file,
        codename: arguments.codename,
        origin: arguments.origin,
        label: arguments.label,
        description: arguments.description,
        suite_version: arguments.suite_version,
        valid_for: arguments.valid_for,
        not_automatic: arguments.not_automatic,
        but_automatic_upgrades: arguments.but_automatic_upgrades,
        sign_field: arguments.sign_field,
        architectures: arguments.architectures,
        compress: arguments.compress,
        allow_missing: arguments.allow_missing,
        resign: arguments.resign,
        invalidate: arguments.invalidate,
        dry_run: arguments.dry_run,
    })
}

fn foretell(publication: &Publication) -> String {
    let outcome = match publication.outcome {
        Done::Published => "would be published",
        Done::Resigned => "would be signed again",
        Done::Unchanged => "is in place",
    };
    format!("{}: {outcome}\n", publication.suite)
}

fn describe(publication: &Publication) -> String {
    let outcome = serde_json::to_value(publication.outcome).ok();
    let outcome = outcome.as_ref().and_then(|word| word.as_str()).unwrap_or("published");
    let mut text = match publication.outcome {
        Done::Published => format!(
            "{}: {outcome}, {} packages, {} added, {} missing\n",
            publication.suite, publication.packages, publication.added, publication.missing
        ),
        _ => format!("{}: {outcome}\n", publication.suite),
    };
    if let Some(uploaded) = &publication.uploaded {
        text.push_str(&format!("  {} bytes uploaded, {} requests\n", uploaded.bytes, uploaded.requests));
    }
    for note in &publication.notes {
        text.push_str(&format!("  {note}\n"));
    }
    text
}
