//! The update of a mirror of this machine's own apt.

use std::collections::BTreeMap;
use std::path::PathBuf;

use bytes::Bytes;
use jiff::Timestamp;

use crate::deb::release::Release;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::openpgp::{Policy, Verified, verify_detached, verify_inline};
use crate::progress::{Monitor, Unit};
use crate::snapshot::manifest::{Made, Part};
use crate::source::acceptance::{Accepted, ReleasePolicy, ReleaseRule, accept};
use crate::source::apt::{Signed, check, record};
use crate::source::assemble::{Assembler, ListPlan};
use crate::source::fetch::Validators;
use crate::source::mirror::{Config, Mirror, State, SuiteState};
use crate::source::system::config::{Keyrings, Source, architectures, sources};
use crate::source::system::lists::Lists;
use crate::store::refs::Note;
use crate::worker::blocking;

const MAX_RELEASE: u64 = 16 << 20;
const PHASE: &str = "sources";

/// Reads this machine's lists, verifies them again, and appends the snapshot of them to the mirror's log. Sources that
/// can't be used - without lists, or without a signature that holds - are told to `monitor` and left out.
///
/// The Valid-Until of a Release is not enforced: what apt installs from is what apt has, however old.
///
/// # Errors
/// [`Kind::NotFound`] where no source has lists; [`Kind::Verification`] where an index is not the one that its Release
/// names, as happens while `apt-get update` runs.
pub async fn update(mirror: Mirror, now: Timestamp, note: &Note<'_>, monitor: &Monitor) -> Result<Mirror> {
    let Config::System(config) = mirror.config().clone() else {
        return Err(Error::new(Kind::Usage, format!("the mirror {} is not of this machine", mirror.name())));
    };
    let root = PathBuf::from(if config.root.is_empty() { "/" } else { &config.root });
    let lists = Lists::new(&root);
    let place = root.clone();
    let found = blocking(move || {
        let architectures = architectures(&place)?;
        sources(&place, &architectures)
    })
    .await?;

    monitor.start(PHASE, Some(found.len() as u64), Unit::Items);
    let before = mirror.snapshot().await?;
    let mut assembler = Assembler::new(&mirror.store, before.as_ref(), None);
    let mut keyrings = Keyrings::default();
    let mut suites = BTreeMap::new();
    for source in &found {
        monitor.check()?;
        let name = part_name(source, &found);
        let previous = mirror.entry().body.suites.get(&name).map(|state| &state.accepted);
        match read_release(&root, &lists, source, previous, &mut keyrings, now) {
            Ok(Some(signed)) => {
                add_part(&lists, source, &name, &signed, &mut assembler).await?;
                suites.insert(name, suite_state(&signed));
            }
            Ok(None) => monitor.note(&format!("{}: apt has no lists of {} {}", source.place, source.uri, source.suite)),
            Err(error) if !matches!(error.kind(), Kind::Io | Kind::Internal) => {
                monitor.note(&format!("{}: left out: {error}", source.place));
            }
            Err(error) => return Err(error),
        }
        monitor.advance(PHASE, 1);
    }
    monitor.finish(PHASE);
    if suites.is_empty() {
        return Err(Error::new(Kind::NotFound, "this machine's apt has no lists that can be verified")
            .path(lists.folder())
            .help("run `apt-get update` first"));
    }
    let made = Made::Mirror { mirror: mirror.name().to_owned(), filter: None };
    let snapshot = assembler.finish(made).await?;
    let state = State { snapshot: Some(snapshot.id()), config: mirror.config().clone(), suites };
    mirror.advance(state, note).await
}

/// The suite, and the repository too where several have a suite of this name.
fn part_name(source: &Source, all: &[Source]) -> String {
    let same = all.iter().filter(|other| other.suite == source.suite).count();
    if same == 1 { source.suite.clone() } else { format!("{} of {}", source.suite, without_user(&source.uri)) }
}

fn without_user(uri: &str) -> String {
    crate::source::fetch::parse_url(uri)
        .map_or_else(|_| "a repository".to_owned(), |url| crate::source::fetch::redacted(&url))
}

fn suite_state(signed: &Signed) -> SuiteState {
    SuiteState {
        etag: None,
        last_modified: None,
        accepted: signed.accepted.clone(),
        valid_until: signed.release.value().valid_until(),
    }
}

fn read_release(
    root: &std::path::Path,
    lists: &Lists,
    source: &Source,
    previous: Option<&Accepted>,
    keyrings: &mut Keyrings,
    now: Timestamp,
) -> Result<Option<Signed>> {
    let uri = |name: &str| format!("{}{}{name}", source.uri, source.folder);
    let inline = lists.read(&uri("InRelease"), MAX_RELEASE)?;
    let detached = match &inline {
        Some(_) => None,
        None => lists.read(&uri("Release"), MAX_RELEASE)?.zip(lists.read(&uri("Release.gpg"), MAX_RELEASE)?),
    };
    if inline.is_none() && detached.is_none() {
        return Ok(None);
    }
    let (keyring, signers) = keyrings.of(root, source)?;
    let mut policy = Policy::default();
    for signer in &signers {
        policy = policy.signer(signer.parse()?);
    }
    type Files = Vec<(&'static str, Bytes)>;
    let (text, files): (Verified<Vec<u8>>, Files) = match (inline, detached) {
        (Some(message), _) => {
            let text = verify_inline(&message, &keyring, &policy, now)?;
            (text, vec![("InRelease", message.into())])
        }
        (None, Some((release, signature))) => {
            let text = verify_detached(&release, &signature, &keyring, &policy, now)?;
            (text, vec![("Release", release.into()), ("Release.gpg", signature.into())])
        }
        (None, None) => return Ok(None),
    };
    let asked = ReleasePolicy::default().suite(&source.suite).relax(ReleaseRule::ValidUntil);
    let (release, accepted) = accept(text, &asked, previous, now)?;
    Ok(Some(Signed { files, validators: Validators::default(), release, accepted }))
}

async fn add_part(
    lists: &Lists,
    source: &Source,
    name: &str,
    signed: &Signed,
    assembler: &mut Assembler,
) -> Result<()> {
    assembler.begin(Part {
        name: name.to_owned(),
        uri: Some(without_user(&source.uri)),
        suite: Some(source.suite.clone()),
        release: Some(record(signed)?),
        ..Part::default()
    });
    for (path, bytes) in &signed.files {
        assembler.add_release_file(path, bytes.clone()).await?;
    }
    for (path, component, architecture) in wanted(source, signed.release.value()) {
        let Some(expected) = signed.release.value().file(&path)?.copied() else { continue };
        let (lists, uri) = (lists.clone(), format!("{}{}{path}", source.uri, source.folder));
        let read = blocking(move || {
            let Some((at, text)) = lists.index(&uri, &expected)? else { return Ok(None) };
            check(&at, &text, &expected).map_err(|error| error.help("run `apt-get update`, then try again"))?;
            let sha256 = expected.sha256.unwrap_or_else(|| Digest::of(&text));
            Ok(Some((sha256, Bytes::from(text))))
        })
        .await?;
        let Some((sha256, text)) = read else { continue };
        let plan = ListPlan { component, architecture, path, sha256 };
        match assembler.unchanged(&plan) {
            Some(same) => assembler.keep(same).await?,
            None => assembler.add_list(&plan, text).await?,
        }
    }
    Ok(())
}

/// The indexes of packages that apt reads of a source: path, component, architecture.
fn wanted(source: &Source, release: &Release) -> Vec<(String, String, String)> {
    if source.suite.ends_with('/') {
        let own = source.architectures.first().cloned().unwrap_or_else(|| "all".to_owned());
        let mut wanted = vec![("Packages".to_owned(), String::new(), own)];
        if source.sources {
            wanted.push(("Sources".to_owned(), String::new(), "source".to_owned()));
        }
        return wanted;
    }
    let mut wanted = Vec::new();
    for component in &source.components {
        for architecture in
            source.architectures.iter().map(String::as_str).chain(release.has_index_for_all().then_some("all"))
        {
            let path = format!("{component}/binary-{architecture}/Packages");
            wanted.push((path, component.clone(), architecture.to_owned()));
        }
        if source.sources {
            wanted.push((format!("{component}/source/Sources"), component.clone(), "source".to_owned()));
        }
    }
    wanted
}
