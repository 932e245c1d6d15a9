//! The lists of packages that the snapshots of a lineage had.

use std::collections::HashMap;

use reposnap::snapshot::Snapshot;
use reposnap::snapshot::manifest::{List, Part};
use reposnap::{Error, Kind, Result};
use serde::{Deserialize, Serialize};

/// The most lists that a lineage may have had.
pub(super) const MAX_LISTS: usize = u16::MAX as usize;

/// The most bytes of a Release file that is looked at.
const MAX_RELEASE: u64 = 16 << 20;

/// A list of packages of a lineage: one index of one suite. It is the same one in all snapshots that have it under its part
/// and its path; what its Release says of it is as the newest of them has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageList {
    /// The part of the snapshot: the suite as it was asked for; empty in derived snapshots.
    pub part: String,
    /// The path of the index below the suite.
    pub path: String,
    /// The component.
    pub component: String,
    /// The architecture whose index it is.
    pub architecture: String,
    /// `Suite` of the Release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suite: Option<String>,
    /// `Codename` of the Release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codename: Option<String>,
    /// `Label` of the Release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// `Origin` of the Release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// `NotAutomatic: yes` in the Release: nothing is taken from it unless asked for (backports, experimental).
    #[serde(default)]
    pub not_automatic: bool,
}

impl PackageList {
    /// What people call the suite: its codename, what it was asked for as, or its suite, the first of them that is there.
    pub fn suite_name(&self) -> Option<&str> {
        let names =
            [self.codename.as_deref(), Some(&*self.part).filter(|name| !name.is_empty()), self.suite.as_deref()];
        // A suite beside a distribution has that one's codename in some archives: what tells more goes first.
        let longer = names.iter().flatten().find(|name| name.contains('-'));
        longer.or_else(|| names.iter().flatten().next()).copied()
    }

    /// Whether it is of a suite of security updates: the part, the suite or the codename ends with `-security` or with
    /// `/updates` (Debian before bullseye), or the label is `Debian-Security`.
    pub fn is_security(&self) -> bool {
        let names = [Some(&*self.part), self.suite.as_deref(), self.codename.as_deref()];
        let by_name = |name: &&str| name.ends_with("-security") || name.ends_with("/updates");
        self.label.as_deref() == Some("Debian-Security") || names.iter().flatten().any(by_name)
    }
}

/// The lists of a lineage in the making, with their numbers.
#[derive(Default)]
pub(super) struct Lists {
    pub(super) all: Vec<PackageList>,
    numbers: HashMap<(String, String), usize>,
}

impl Lists {
    pub(super) fn new(all: Vec<PackageList>) -> Self {
        let number = |(number, list): (usize, &PackageList)| ((list.part.clone(), list.path.clone()), number);
        let numbers = all.iter().enumerate().map(number).collect();
        Self { all, numbers }
    }

    /// The number of a list of `snapshot`; what its Release says now is taken over.
    pub(super) async fn number(&mut self, snapshot: &Snapshot, part: &Part, list: &List) -> Result<usize> {
        let key = (part.name.clone(), list.path.clone());
        let number = match self.numbers.get(&key) {
            Some(number) => *number,
            None if self.all.len() >= MAX_LISTS => {
                return Err(Error::new(Kind::Limit, format!("a log has had more than {MAX_LISTS} lists of packages")));
            }
            None => {
                self.numbers.insert(key, self.all.len());
                self.all.push(PackageList {
                    part: part.name.clone(),
                    path: list.path.clone(),
                    not_automatic: not_automatic(snapshot, part).await?,
                    ..PackageList::default()
                });
                self.all.len() - 1
            }
        };
        let known = &mut self.all[number];
        known.component.clone_from(&list.component);
        known.architecture.clone_from(&list.architecture);
        if let Some(release) = &part.release {
            known.suite.clone_from(&release.suite);
            known.codename.clone_from(&release.codename);
            known.label.clone_from(&release.label);
            known.origin.clone_from(&release.origin);
        }
        Ok(number)
    }
}

/// Whether the Release of a part says `NotAutomatic: yes`. The file was verified when it entered the snapshot; a signature
/// around it and text behind it make no difference to a line.
pub(crate) async fn not_automatic(snapshot: &Snapshot, part: &Part) -> Result<bool> {
    let file = part.release.as_ref().and_then(|release| release.files.first());
    let Some(file) = file.filter(|file| file.size <= MAX_RELEASE) else { return Ok(false) };
    let bytes = snapshot.file(file).await?;
    let is_it = |line: &[u8]| {
        let mut halves = line.splitn(2, |byte| *byte == b':');
        let is_name = halves.next().is_some_and(|name| name.eq_ignore_ascii_case(b"NotAutomatic"));
        is_name && halves.next().is_some_and(|value| value.trim_ascii().eq_ignore_ascii_case(b"yes"))
    };
    Ok(bytes.split(|byte| *byte == b'\n').any(is_it))
}
