//! The files that a dpkg database is made of.

use reposnap::Result;

use super::{STATUS, STATUS_D, UPDATES};
use crate::files::{Files, Found, shown};
use crate::layer::interest::Rule;

/// The files of a database, as they stand.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    pub(crate) status: Option<Found>,
    /// What dpkg has not yet written into `status`, in order.
    pub(crate) updates: Vec<(String, Found)>,
    /// The files of `status.d` with stanzas, by name; none where the folder is missing.
    pub(crate) stanzas: Option<Vec<(String, Found)>>,
    /// The files with sums beside them, by the name of the file with the stanza.
    pub(crate) sums: Vec<(String, Found)>,
}

impl Inputs {
    pub(crate) fn find(files: &dyn Files) -> Result<Self> {
        let mut inputs = Self { status: files.read(STATUS.as_bytes(), Rule::Status)?, ..Self::default() };
        if inputs.status.is_some() {
            for (name, found) in files.folder(UPDATES.as_bytes(), Rule::Updates)?.unwrap_or_default() {
                inputs.updates.extend(found.map(|found| (shown(&name), found)));
            }
        }
        if let Some(folder) = files.folder(STATUS_D.as_bytes(), Rule::StatusD)? {
            let mut stanzas = Vec::new();
            for (name, found) in folder {
                let (name, Some(found)) = (shown(&name), found) else { continue };
                match name.strip_suffix(".md5sums") {
                    Some(of) => inputs.sums.push((of.to_owned(), found)),
                    None if name.starts_with('.') => {}
                    None => stanzas.push((name, found)),
                }
            }
            inputs.stanzas = Some(stanzas);
        }
        Ok(inputs)
    }

    fn all(&self) -> impl Iterator<Item = &Found> {
        let stanzas = self.stanzas.iter().flatten().chain(&self.updates).map(|(_, found)| found);
        self.status.iter().chain(stanzas)
    }

    /// What tells one state of the files from another, as far as layers make it.
    pub(crate) fn signature(&self) -> Vec<(Vec<u8>, Option<usize>)> {
        let files = self.all().map(|found| (found.path.clone(), found.layer));
        // A folder without anything in it is a database without packages.
        files.chain(self.stanzas.iter().map(|_| (STATUS_D.into(), None))).collect()
    }

    /// The newest time at which one of them was changed: seconds since 1970.
    pub(crate) fn changed(&self) -> Option<i64> {
        self.all().map(|found| found.mtime).max()
    }
}
