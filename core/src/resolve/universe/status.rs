//! Reads what is installed: the status file of dpkg.

use super::Builder;
use super::build::FIELDS;
use super::origin::Origin;
use super::rows::flag;
use crate::deb::stanza::{Selection, Stanzas};
use crate::deb::status::{Status, has_files};
use crate::error::{Error, Kind, Result};

impl Builder {
    /// Reads dpkg's status file (`/var/lib/dpkg/status`): what is installed, and what of it is held.
    ///
    /// It is read behind the indexes, as apt does: of two builds of one version, the first one that is read comes first.
    /// Packages of which the configuration alone is left are no versions here; to apt they are such as can't be fetched.
    ///
    /// # Errors
    /// [`Kind::Malformed`] with the line, the package and the field that can't be read; [`Kind::Limit`].
    ///
    /// ```
    /// use reposnap::resolve::{Builder, Candidates};
    /// let mut builder = Builder::new("amd64", &[])?;
    /// builder.status(b"Package: a\nStatus: hold ok installed\nVersion: 1\nArchitecture: amd64\n")?;
    /// let universe = builder.finish()?;
    /// let candidates = Candidates::new(&universe);
    /// let package = universe.find_package("a", 1).unwrap();
    /// assert_eq!(universe.version_text(candidates.installed(package).unwrap()), "1");
    /// assert!(candidates.is_held(package));
    /// # Ok::<(), reposnap::Error>(())
    /// ```
    pub fn status(&mut self, text: &[u8]) -> Result<()> {
        let list = self.list(Origin { installed: true, ..Origin::default() });
        let selection = Selection::new(FIELDS);
        let status = Selection::new(["Status"]);
        for item in Stanzas::new(text).select(&selection) {
            let (stanza, fields) = item?;
            let [Some(line)] = stanza.select(&status) else { continue };
            let state = read(line).map_err(|error| {
                let name = String::from_utf8_lossy(fields[0].unwrap_or_default()).into_owned();
                error.path(name).line(stanza.line()).field("Status")
            })?;
            if let Some(flags) = state {
                self.stanza(list, &fields, flags).map_err(|error| error.line(stanza.line()))?;
            }
        }
        Ok(())
    }
}

/// The flags of what is installed; nothing for what is not.
fn read(line: &[u8]) -> Result<Option<u32>> {
    let text = String::from_utf8_lossy(line).to_ascii_lowercase();
    let bad = || {
        Error::new(Kind::Malformed, format!("{:?} is no state of a package", String::from_utf8_lossy(line)))
            .help("dpkg writes three words, such as `install ok installed`")
    };
    let status = Status::parse(&text).ok_or_else(bad)?;
    // What broke on its way is installed to apt.
    Ok(has_files(status.state).then_some(if status.want == "hold" { flag::HELD } else { 0 }))
}
