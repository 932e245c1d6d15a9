//! Files against what their packages say of them, as `dpkg --verify` does: every path that a package lists must be there, and
//! those of which it has an MD5 must have that content. Configuration files are compared with what came in the package.
//! Documentation that an image left out on purpose is missing, here as there.

use std::collections::{HashMap, HashSet};

use reposnap::{Error, Kind, Result};

use crate::dpkg;
use crate::files::{Files, Look, shown};
use crate::inventory::{ChangedFile, FileChange};
use crate::layer::interest::Rule;
use crate::package::{Family, Package};
use reposnap::deb::stanza::Stanza;

/// What packages list and the image has otherwise, by path.
///
/// # Errors
/// [`Kind::Malformed`] with file and line for sums that can't be read.
pub(crate) fn changed(files: &dyn Files, packages: &[Package]) -> Result<Vec<ChangedFile>> {
    let diversions = Diversions::read(files)?;
    let lists: HashMap<Vec<u8>, _> = dpkg::info(files)?.unwrap_or_default().into_iter().collect();
    let mut found = Vec::new();
    let checked = |package: &&Package| {
        package.family == Family::Deb && package.state.has_files() && package.state.status != "half-installed"
    };
    for package in packages.iter().filter(checked) {
        let of = format!("{}:{}", package.name, package.architecture);
        let mut wanted: HashMap<Vec<u8>, [u8; 16]> = HashMap::new();
        if let Some(sums) = &package.md5sums {
            for (path, md5) in sums_of(sums).map_err(|error| error.path(format!("the md5sums of {of}")))? {
                wanted.insert(path, md5);
            }
        }
        let mut configuration = HashSet::new();
        for (path, md5) in conffiles(package)? {
            configuration.insert(path.clone());
            wanted.insert(path, md5);
        }
        let list = [format!("{of}.list"), format!("{}.list", package.name)];
        let list = list.iter().find_map(|name| lists.get(name.as_bytes()).and_then(Option::as_ref));
        let mut paths: Vec<Vec<u8>> = match list {
            Some(list) => {
                let lines = list.bytes.split(|byte| *byte == b'\n');
                lines
                    .filter_map(|line| line.strip_prefix(b"/"))
                    .filter(|line| !matches!(*line, b"" | b"."))
                    .map(<[u8]>::to_vec)
                    .collect()
            }
            None => wanted.keys().cloned().collect(),
        };
        paths.sort();
        paths.dedup();
        for path in paths {
            let there = diversions.apply(&path, &package.name);
            let look = files.look(there)?;
            let (change, layer) = match (look, wanted.get(&path)) {
                (Look::Missing { layer }, _) => (FileChange::Missing, layer),
                (_, None) => continue,
                (Look::File { md5, .. }, Some(wanted)) if md5 == *wanted => continue,
                (Look::File { layer, .. } | Look::Other { layer }, Some(_)) => (FileChange::Modified, layer),
            };
            let conffile = configuration.contains(&path);
            found.push(ChangedFile { path: shown(there), package: of.clone(), change, conffile, layer });
        }
    }
    found.sort_by(|a, b| (&a.path, &a.package).cmp(&(&b.path, &b.package)));
    Ok(found)
}

/// The lines of an `.md5sums` (deb-md5sums(5)).
fn sums_of(text: &[u8]) -> Result<Vec<(Vec<u8>, [u8; 16])>> {
    let mut sums = Vec::new();
    for (index, line) in text.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty()) {
        let read = || {
            let (digits, rest) = line.split_at_checked(32)?;
            let path = rest.strip_prefix(b"  ").or_else(|| rest.strip_prefix(b" *"))?;
            let path = path.strip_prefix(b"./").unwrap_or(path);
            let path = path.strip_prefix(b"/").unwrap_or(path);
            Some((path.to_vec(), md5(digits)?))
        };
        let error = || Error::new(Kind::Malformed, "the line is not an MD5 digest, two blanks and a path");
        sums.push(read().ok_or_else(|| error().line(index as u64 + 1))?);
    }
    Ok(sums)
}

/// 32 hexadecimal digits.
fn md5(digits: &[u8]) -> Option<[u8; 16]> {
    let mut md5 = [0; 16];
    if digits.len() != 32 {
        return None;
    }
    for (byte, pair) in md5.iter_mut().zip(digits.chunks_exact(2)) {
        let nibble = |digit: u8| char::from(digit).to_digit(16).map(|value| value as u8);
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Some(md5)
}

/// The field `Conffiles` of a package's stanza: a path, its MD5 as the package has it, and perhaps a word. Those that no
/// package had yet (`newconffile`) have none.
fn conffiles(package: &Package) -> Result<Vec<(Vec<u8>, [u8; 16])>> {
    if package.stanza.is_empty() {
        return Ok(Vec::new());
    }
    let stanza = Stanza::parse(&package.stanza).map_err(|error| error.path(package.place.as_str()))?;
    let lines = stanza.get("Conffiles").unwrap_or_default().split(|byte| *byte == b'\n');
    let read = |line: &[u8]| {
        let mut words = line.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
        let path = words.next()?.strip_prefix(b"/")?.to_vec();
        Some((path, md5(words.next()?)?))
    };
    Ok(lines.filter_map(read).collect())
}

/// Files that lie elsewhere because another package's takes their place (dpkg-divert(1)).
struct Diversions(HashMap<Vec<u8>, (Vec<u8>, String)>);

impl Diversions {
    fn read(files: &dyn Files) -> Result<Self> {
        let Some(found) = files.read(b"var/lib/dpkg/diversions", Rule::Text)? else { return Ok(Self(HashMap::new())) };
        let lines: Vec<&[u8]> = found.bytes.split(|byte| *byte == b'\n').collect();
        let relative = |path: &[u8]| path.strip_prefix(b"/").unwrap_or(path).to_vec();
        let entries = lines.chunks_exact(3);
        Ok(Self(entries.map(|entry| (relative(entry[0]), (relative(entry[1]), shown(entry[2])))).collect()))
    }

    /// Where the file that `package` has at `path` lies.
    fn apply<'a>(&'a self, path: &'a [u8], package: &str) -> &'a [u8] {
        match self.0.get(path) {
            Some((elsewhere, by)) if by != package => elsewhere,
            _ => path,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums() {
        let text = b"d41d8cd98f00b204e9800998ecf8427e  usr/bin/a b\n\nD41D8CD98F00B204E9800998ECF8427E *./usr/x\n";
        let sums = sums_of(text).unwrap();
        assert_eq!(sums[0].0, b"usr/bin/a b");
        assert_eq!((sums[1].0.as_slice(), sums[1].1), (&b"usr/x"[..], sums[0].1));
        for bad in
            [&b"d41d  x\n"[..], b"\nzzzd8cd98f00b204e9800998ecf8427e  x\n", b"d41d8cd98f00b204e9800998ecf8427e x\n"]
        {
            assert!(sums_of(bad).unwrap_err().at_line().is_some());
        }
    }
}
