//! dpkg's database: `status` and the journal `updates` (dpkg(1), "FILES"; deb-control(5)), and `status.d` of distroless images.

mod inputs;
mod status;

use std::collections::HashMap;

use reposnap::{Error, Kind, Result};

use crate::files::{Files, Found, Listed, shown};
use crate::inventory::Database;
use crate::limits::MAX_PACKAGES;
use crate::package::{Family, Package};

pub(crate) use inputs::Inputs;

/// Where the database is.
pub(crate) const STATUS: &str = "var/lib/dpkg/status";
pub(crate) const STATUS_D: &str = "var/lib/dpkg/status.d";
pub(crate) const UPDATES: &str = "var/lib/dpkg/updates";
pub(crate) const INFO: &str = "var/lib/dpkg/info";

/// What a database has, and where it was found.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    pub(crate) databases: Vec<Database>,
    pub(crate) packages: Vec<Package>,
}

/// Reads the database.
///
/// # Errors
/// [`Kind::Malformed`] with file and line for what is no stanza, lacks a field, is there twice, or ends in the middle.
pub(crate) fn read(files: &dyn Files, inputs: &Inputs) -> Result<Contents> {
    let mut contents = Contents::default();
    let mut database = |format: &str, path: &str, packages: usize| {
        let (format, path) = (format.to_owned(), path.to_owned());
        contents.databases.push(Database { family: Family::Deb, path, format, packages });
    };
    let mut packages = Vec::new();
    if let Some(found) = &inputs.status {
        packages = status::read(STATUS, &found.bytes, true)?;
        let mut updates = Vec::new();
        for (name, update) in &inputs.updates {
            updates.extend(status::read(&format!("{UPDATES}/{name}"), &update.bytes, true)?);
            refuse_too_many(updates.len(), UPDATES)?;
        }
        status::update(&mut packages, updates);
        packages.retain(|package| package.state.status != "not-installed");
        status::refuse_duplicates(&packages)?;
        database("status", STATUS, packages.len());
        sums(files, &mut packages)?;
    }
    if let Some(stanzas) = &inputs.stanzas {
        let mut distroless = Vec::new();
        let beside: HashMap<&str, &Found> = inputs.sums.iter().map(|(of, sums)| (of.as_str(), sums)).collect();
        for (name, found) in stanzas {
            let place = format!("{STATUS_D}/{name}");
            let sums = beside.get(name.as_str()).map(|sums| sums.bytes.clone());
            for mut package in status::read(&place, &found.bytes, false)? {
                package.md5sums.clone_from(&sums);
                distroless.push(package);
            }
            refuse_too_many(distroless.len(), STATUS_D)?;
        }
        distroless.retain(|package| package.state.status != "not-installed");
        database("status.d", STATUS_D, distroless.len());
        // What `status` has at the same version counts once.
        let known: std::collections::HashSet<_> =
            packages.iter().map(|p| (p.name.clone(), p.architecture.clone(), p.version.clone())).collect();
        distroless.retain(|p| !known.contains(&(p.name.clone(), p.architecture.clone(), p.version.clone())));
        packages.extend(distroless);
    }
    status::refuse_duplicates(&packages)?;
    packages.sort_by(|a, b| (&a.name, &a.architecture, &a.version).cmp(&(&b.name, &b.architecture, &b.version)));
    contents.packages = packages;
    Ok(contents)
}

fn refuse_too_many(count: usize, path: &str) -> Result<()> {
    if count <= MAX_PACKAGES {
        return Ok(());
    }
    Err(Error::new(Kind::Limit, format!("it has more than {MAX_PACKAGES} packages")).path(path))
}

/// Gives the packages their `.md5sums`: `NAME:ARCH.md5sums` for those that several architectures share, else `NAME.md5sums`.
fn sums(files: &dyn Files, packages: &mut [Package]) -> Result<()> {
    let Some(found) = info(files)? else { return Ok(()) };
    let found: HashMap<&[u8], &Found> =
        found.iter().filter_map(|(name, found)| Some((name.strip_suffix(b".md5sums")?, found.as_ref()?))).collect();
    for package in packages.iter_mut().filter(|package| package.state.has_files()) {
        let qualified = format!("{}:{}", package.name, package.architecture);
        let sums = found.get(qualified.as_bytes()).or_else(|| found.get(package.name.as_bytes()));
        package.md5sums = sums.map(|sums| sums.bytes.clone());
    }
    Ok(())
}

/// The folder `info`: its md5sums, and where files are checked, the lists.
pub(crate) fn info(files: &dyn Files) -> Result<Option<Listed>> {
    files.folder(INFO.as_bytes(), files.info_rule())
}

/// Fails where a `status` that has packages lacks one of which `info` has the sums: it was cut off between two stanzas, which
/// nothing else shows. One that has none at all is told as such.
///
/// # Errors
/// [`Kind::Malformed`] with the rule `half-a-database`.
pub(crate) fn refuse_half(files: &dyn Files, inputs: &Inputs, packages: &[Package]) -> Result<()> {
    if inputs.status.is_none() || !packages.iter().any(|package| package.place == STATUS) {
        return Ok(());
    }
    let names: std::collections::HashSet<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    for (file, _) in info(files)?.unwrap_or_default() {
        let Some(stem) = file.strip_suffix(b".md5sums") else { continue };
        let name = shown(stem.split(|byte| *byte == b':').next().unwrap_or_default());
        if !names.contains(name.as_str()) {
            let message = format!("it lacks {name}, of which {INFO} has {:?}: it is not whole", shown(&file));
            return Err(Error::new(Kind::Malformed, message).path(STATUS).rule("half-a-database"));
        }
    }
    Ok(())
}
