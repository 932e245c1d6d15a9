//! What apt installed because something else needed it: its file `extended_states`.

use crate::deb::stanza::{Selection, Stanzas};
use crate::error::{Error, Kind, Result};
use crate::resolve::universe::Universe;
use crate::resolve::universe::rows::NATIVE;

/// The most stanzas of the file.
const MAX_STANZAS: usize = 1 << 20;

/// The packages that nobody asked for, as `/var/lib/apt/extended_states` has them (apt-mark(8)).
///
/// ```
/// use reposnap::resolve::Automatic;
/// let text = b"Package: libc6\nArchitecture: amd64\nAuto-Installed: 1\n\nPackage: vim\nAuto-Installed: 0\n";
/// assert_eq!(Automatic::parse(text, "extended_states")?.len(), 1);
/// # Ok::<(), reposnap::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Automatic {
    /// Names with their architectures; without one, a package is meant in all of them.
    packages: Vec<(String, Option<String>)>,
}

impl Automatic {
    /// Reads the text of the file; `file` is how messages call it.
    ///
    /// # Errors
    /// [`Kind::Malformed`] with file and line for a stanza that is none or has no `Package`; [`Kind::Limit`] for more than
    /// a million of them.
    pub fn parse(text: &[u8], file: &str) -> Result<Self> {
        let mut automatic = Self::default();
        let selection = Selection::new(["Package", "Architecture", "Auto-Installed"]);
        for (count, item) in Stanzas::new(text).select(&selection).enumerate() {
            let (stanza, [name, architecture, state]) = item.map_err(|error| error.path(file))?;
            let error = |kind: Kind, message: String| Error::new(kind, message).path(file).line(stanza.line());
            if count >= MAX_STANZAS {
                return Err(error(Kind::Limit, format!("there are more than {MAX_STANZAS} packages")));
            }
            let name = name.ok_or_else(|| {
                error(Kind::Malformed, "a stanza has no Package".to_owned())
                    .field("Package")
                    .help("name the package, or take the stanza out")
            })?;
            // apt reads the number that the value begins with.
            let state = state.unwrap_or_default();
            let digits = state.iter().take_while(|byte| byte.is_ascii_digit());
            if digits.into_iter().any(|digit| *digit != b'0') {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                automatic.packages.push((text(name), architecture.map(text)));
            }
        }
        Ok(automatic)
    }

    /// How many packages it names.
    pub fn len(&self) -> usize {
        self.packages.len()
    }

    /// Whether it names none.
    pub fn is_empty(&self) -> bool {
        self.packages.is_empty()
    }

    /// The packages of a universe that it names, in their order.
    pub(super) fn packages(&self, universe: &Universe) -> Vec<u32> {
        let mut found = Vec::new();
        for (name, architecture) in &self.packages {
            let Some(id) = universe.find_name(name) else { continue };
            // Packages of `all` belong to the machine's own architecture.
            let wanted =
                architecture.as_deref().map(|wanted| if wanted == "all" { NATIVE } else { position(universe, wanted) });
            let is_meant =
                |package: &&u32| wanted.is_none_or(|wanted| universe.package_architecture(**package) == wanted);
            found.extend(universe.packages_of(id).iter().filter(is_meant));
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn position(universe: &Universe, architecture: &str) -> u32 {
    let found = universe.architectures().iter().position(|known| known == architecture);
    found.map_or(u32::MAX, |found| found as u32)
}
