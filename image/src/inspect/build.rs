//! An inventory from the files of a root.

use std::path::Path;

use reposnap::{Error, Kind, Result};

use super::{AllFacts, Options, Read, layers};
use crate::check;
use crate::dpkg::{self, Inputs};
use crate::evidence;
use crate::files::Files;
use crate::fold::{Folded, Links};
use crate::inventory::{Database, Inventory, Layer};
use crate::layer::interest::{Interest, Rule};
use crate::limits::{MAX_PLACES, MAX_STATE_PACKAGES};
use crate::manifest::Selected;
use crate::os_release;
use crate::package::{Family, Package};
use crate::reference::Reference;
use crate::root::Root;
use crate::rpm_files::rpm_databases;
use crate::state::{Change, LayerState, attribute};

/// What came of putting an image together.
pub(super) enum Outcome {
    Done(Box<Read>),
    /// Links lead to places of which the facts do not tell.
    Needs(Vec<(Vec<u8>, Rule)>),
}

/// The packages of a root, and where they were found.
#[derive(Default)]
struct Found {
    databases: Vec<Database>,
    packages: Vec<Package>,
    inputs: Inputs,
    /// The newest time of a database.
    changed: Option<i64>,
}

/// The state of the databases' files: which file, of which layer.
type Signature = Vec<(Vec<u8>, Option<usize>)>;

/// Reads the packages; none where the files are those that `last` tells of.
fn find(files: &dyn Files, last: Option<&Signature>, options: &Options) -> Result<Option<(Signature, Found)>> {
    let inputs = Inputs::find(files)?;
    let rpm = rpm_databases(files)?;
    let mut signature = inputs.signature();
    signature.extend(rpm.iter().flat_map(|database| database.signature.iter().cloned()));
    if last == Some(&signature) {
        return Ok(None);
    }
    let contents = dpkg::read(files, &inputs)?;
    let mut found =
        Found { databases: contents.databases, packages: contents.packages, changed: inputs.changed(), inputs };
    for database in rpm {
        let Some(read) = &options.rpm else {
            let error = Error::new(Kind::Unsupported, "nothing was given that reads rpm databases");
            return Err(error.path(database.path));
        };
        let packages = read(&database).map_err(|error| error.path(database.path.as_str()))?;
        found.databases.push(Database {
            family: Family::Rpm,
            path: database.path,
            format: database.format.as_str().to_owned(),
            packages: packages.len(),
        });
        found.packages.extend(packages);
        found.changed = found.changed.max(Some(database.changed));
    }
    let key = |package: &Package| {
        (package.family, package.name.clone(), package.architecture.clone(), package.version.clone())
    };
    if !found.packages.is_sorted_by_key(key) {
        found.packages.sort_by_cached_key(key);
    }
    Ok(Some((signature, found)))
}

/// What all inventories have.
fn inventory(
    reference: &Reference,
    files: &dyn Files,
    found: Found,
    layers: Vec<Layer>,
    options: &Options,
) -> Result<Inventory> {
    dpkg::refuse_half(files, &found.inputs, &found.packages)?;
    let mut evidence = evidence::read(files)?;
    evidence.database_changed = found.changed.and_then(evidence::time);
    let changed = if options.files { Some(check::changed(files, &found.packages)?) } else { None };
    Ok(Inventory {
        reference: reference.to_string(),
        digest: None,
        platform: None,
        created: None,
        labels: Default::default(),
        os: os_release::read(files)?,
        layers,
        databases: found.databases,
        packages: found.packages,
        evidence,
        files: changed,
    })
}

/// Looks at a root folder.
pub(super) fn root(reference: &Reference, path: &Path, options: &Options) -> Result<Read> {
    let files = Root::open(path)?.with_lists(options.files);
    options.monitor.check()?;
    let found = find(&files, None, options)?.map(|(_, found)| found).unwrap_or_default();
    let inventory = inventory(reference, &files, found, Vec::new(), options)?;
    let states = match inventory.databases[..] {
        [] => Vec::new(),
        _ => vec![LayerState { layer: None, packages: inventory.packages.clone() }],
    };
    Ok(Read { inventory, states })
}

/// Puts an image's layers together and looks at it after each of them.
pub(super) fn image(
    reference: &Reference,
    selected: &Selected,
    facts: &AllFacts,
    interest: &Interest,
    options: &Options,
) -> Result<Outcome> {
    let mut folded = Folded::new(interest);
    let mut links = Links::default();
    let mut names = Vec::new();
    for facts in facts {
        names.extend(links.add(facts, interest));
        if names.len() > MAX_PLACES {
            break;
        }
    }
    if !names.is_empty() {
        return Ok(Outcome::Needs(names));
    }
    let read = put_together(reference, selected, facts, &mut folded, options);
    let needs = folded.needs();
    // What is wrong may be so only because something is not known yet.
    if needs.is_empty() { read.map(|read| Outcome::Done(Box::new(read))) } else { Ok(Outcome::Needs(needs)) }
}

fn put_together(
    reference: &Reference,
    selected: &Selected,
    facts: &AllFacts,
    folded: &mut Folded<'_>,
    options: &Options,
) -> Result<Read> {
    let mut layers = layers(selected);
    let mut states: Vec<LayerState> = Vec::new();
    let mut total = 0;
    let mut last: (Signature, Found) = Default::default();
    for (index, (facts, layer)) in facts.iter().zip(&mut layers).enumerate() {
        options.monitor.check()?;
        folded.apply(index, facts).map_err(|error| error.path(format!("sha256:{}", layer.digest)))?;
        let Some((signature, mut found)) = find(folded, Some(&last.0), options)? else { continue };
        let Change { count, removed } = attribute(&last.1.packages, &mut found.packages, Some(index));
        (layer.packages, layer.removed) = (count, removed);
        total += found.packages.len();
        if total > MAX_STATE_PACKAGES {
            let message = format!("its layers have more than {MAX_STATE_PACKAGES} packages together");
            return Err(Error::new(Kind::Limit, message));
        }
        states.push(LayerState { layer: Some(index), packages: found.packages.clone() });
        last = (signature, found);
    }
    let mut inventory = inventory(reference, folded, last.1, layers, options)?;
    // Sums that a later layer brought or took, without a change to the database.
    if let Some(state) = states.last_mut() {
        state.packages.clone_from(&inventory.packages);
    }
    let config = &selected.config;
    inventory.digest = Some(selected.document.digest);
    inventory.platform = Some(config.platform.clone());
    inventory.created = config.created;
    inventory.labels = selected.manifest.annotations.clone();
    inventory.labels.extend(config.labels.clone());
    Ok(Read { inventory, states })
}
