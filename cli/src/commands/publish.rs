//! `publish`: snapshots into a tree that apt reads.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use reposnap::openpgp::{GpgAgent, KeyFile, Signer};
use reposnap::publish::{self, Input, Missing, Options, Publication, Upgrades, publish_signed, publish_verbatim};
use reposnap::store::Store;
use reposnap::{Error, Kind, Result};

use crate::Outcome;
use crate::args;
use crate::context::Context;

/// How long to wait for another publisher of the same directory.
const WAIT: Duration = Duration::from_secs(60);

/// Runs `publish`.
pub async fn run(context: &Context, arguments: args::Publish) -> Result<Outcome> {
    let store = context.open().await?;
    let missing = if arguments.allow_missing { Missing::Allow } else { Missing::Refuse };
    let publications = if arguments.verbatim {
        let [rev] = &arguments.revs[..] else {
            return Err(Error::new(Kind::Usage, "a verbatim tree is made of one snapshot").help("name one REV"));
        };
        let (_, snapshot) = context.snapshot(&store, rev).await?;
        publish_verbatim(&snapshot, &arguments.to, missing, WAIT, context.monitor()).await?
    } else {
        let inputs = inputs(context, &store, &arguments).await?;
        let signer = signer(arguments.key.as_deref().unwrap_or_default(), arguments.password_file.as_deref())?;
        let options = options(&arguments, missing, signer.as_ref())?;
        vec![publish_signed(&inputs, &options, &arguments.to, signer.as_ref(), context.monitor()).await?]
    };
    context.print(&publications, |publications| publications.iter().map(describe).collect())?;
    Ok(Outcome::Done)
}

async fn inputs(context: &Context, store: &Store, arguments: &args::Publish) -> Result<Vec<Input>> {
    let mut inputs = Vec::new();
    for rev in &arguments.revs {
        inputs.push(Input::keep(context.snapshot(store, rev).await?.1));
    }
    for pair in &arguments.components {
        let (component, rev) = pair.split_once('=').ok_or_else(|| {
            Error::new(Kind::Usage, format!("{pair:?} does not name a component and a snapshot")).help("write C=REV")
        })?;
        inputs.push(Input::into_component(context.snapshot(store, rev).await?.1, component)?);
    }
    if inputs.is_empty() {
        return Err(Error::new(Kind::Usage, "there is nothing to publish").help("name a REV, or --component C=REV"));
    }
    Ok(inputs)
}

/// The signer that `--key` names.
pub fn signer(key: &str, password_file: Option<&Path>) -> Result<Box<dyn Signer>> {
    if let Some(fingerprint) = key.strip_prefix("gpg:") {
        return Ok(Box::new(GpgAgent::new(fingerprint)?));
    }
    let password = password_file
        .map(|path| std::fs::read_to_string(path).map_err(|error| Error::io(path.display(), error)))
        .transpose()?;
    let password = password.as_deref().map(|password| password.trim_end_matches(['\n', '\r']));
    Ok(Box::new(KeyFile::open(key, password)?))
}

fn options(arguments: &args::Publish, missing: Missing, signer: &dyn Signer) -> Result<Options> {
    let suite = arguments.suite.as_deref().unwrap_or_default().parse()?;
    let mut options = Options::new(suite, Timestamp::now());
    options.codename.clone_from(&arguments.codename);
    options.origin.clone_from(&arguments.origin);
    options.label.clone_from(&arguments.label);
    options.version.clone_from(&arguments.suite_version);
    options.description.clone_from(&arguments.description);
    options.valid_for = arguments.valid_for.map(|days| Duration::from_secs(days.saturating_mul(86_400)));
    options.upgrades = match (arguments.not_automatic, arguments.but_automatic_upgrades) {
        (false, _) => Upgrades::Automatic,
        (true, false) => Upgrades::OnRequest,
        (true, true) => Upgrades::OnceInstalled,
    };
    if arguments.sign_field {
        options.signed_by = vec![signer.fingerprint()];
    }
    if !arguments.compress.is_empty() {
        options.formats = arguments.compress.iter().map(|format| format.parse()).collect::<Result<_>>()?;
    }
    options.missing = missing;
    options.lock_wait = WAIT;
    Ok(options)
}

fn describe(publication: &Publication) -> String {
    let outcome = serde_json::to_value(publication.outcome).ok();
    let outcome = outcome.as_ref().and_then(|word| word.as_str()).unwrap_or("published");
    let mut text = match publication.outcome {
        publish::Outcome::Published => format!(
            "{}: {outcome}, {} packages, {} added, {} missing\n",
            publication.suite, publication.packages, publication.added, publication.missing
        ),
        _ => format!("{}: {outcome}\n", publication.suite),
    };
    for note in &publication.notes {
        text.push_str(&format!("  {note}\n"));
    }
    text
}
