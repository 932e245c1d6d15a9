//! A lock in the words of others: apt's pins and arguments, lists of files, bills of materials.

mod apt;
mod cyclonedx;
mod files;
mod spdx;

pub use apt::{auto_arguments, install_arguments};

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use super::{Graph, Lock, Locked};
pub use crate::bom::purl;
use crate::error::{Error, Kind, Result};

/// What a lock can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// `apt-pins`: a file for `/etc/apt/preferences.d` (apt_preferences(5)), with which apt takes the locked versions of
    /// whatever it installs.
    AptPins,
    /// `apt-install`: two lines for a shell. The first has apt install what is locked and nothing else, the second marks
    /// what came along as automatic.
    AptInstall,
    /// `uris`: a line for each file as `apt-get --print-uris` prints it where `Acquire::ForceHash` is `SHA256`:
    /// `'URI' NAME SIZE SHA256:DIGEST`. With `cut -d\' -f2` it is a list for `wget -i` or `aria2c -i`.
    Uris,
    /// `curl`: a configuration for `curl --fail --config FILE`, which gets all files under the names of [`Format::Uris`].
    Curl,
    /// `sha256sums`: what `sha256sum --check` reads, with the names of [`Format::Uris`].
    Sha256Sums,
    /// `cyclonedx`: a bill of materials, CycloneDX 1.6 as JSON.
    CycloneDx,
    /// `spdx`: a bill of materials, SPDX 2.3 as JSON.
    Spdx,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 7] = [
        Format::AptPins,
        Format::AptInstall,
        Format::Uris,
        Format::Curl,
        Format::Sha256Sums,
        Format::CycloneDx,
        Format::Spdx,
    ];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Format::AptPins => "apt-pins",
            Format::AptInstall => "apt-install",
            Format::Uris => "uris",
            Format::Curl => "curl",
            Format::Sha256Sums => "sha256sums",
            Format::CycloneDx => "cyclonedx",
            Format::Spdx => "spdx",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Format::ALL.into_iter().find(|format| format.as_str() == text).ok_or_else(|| {
            let known = Format::ALL.map(Format::as_str).join(", ");
            Error::new(Kind::Usage, format!("a lock can't be written as {text:?}")).help(format!("it can be: {known}"))
        })
    }
}

/// Where the files lie below the base.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Layout {
    /// Where the lists say: in the archive itself, and in what reposnap publishes verbatim.
    #[default]
    Archive,
    /// `pool/<aa>/<sha256>.deb`: in what reposnap publishes otherwise.
    Published,
}

/// What a format needs besides the lock.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// The URL that the files lie below, such as `https://deb.example.org/debian`; needed for [`Format::Uris`] and
    /// [`Format::Curl`], told in bills of materials.
    pub base: Option<String>,
    /// Where they lie there.
    pub layout: Layout,
    /// Pins: refuse every package that is not locked, so that apt can't take anything else.
    pub exclusive: bool,
    /// Bills of materials: what they are about; `environment` by default.
    pub name: String,
    /// The vendor in the packages' purls; `debian` by default.
    pub vendor: String,
    /// The release in the packages' purls, such as `bookworm` or `debian-12`.
    pub distro: Option<String>,
    /// When the bill was made; needed for [`Format::Spdx`]. Nothing here asks the clock.
    pub created: Option<Timestamp>,
    /// Who needs whom; what the lock itself tells where this is none.
    pub graph: Option<Graph>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            base: None,
            layout: Layout::Archive,
            exclusive: false,
            name: "environment".to_owned(),
            vendor: "debian".to_owned(),
            distro: None,
            created: None,
            graph: None,
        }
    }
}

impl Options {
    /// The URL of a package's file, if there is a base.
    fn url(&self, package: &Locked) -> Option<String> {
        let base = self.base.as_deref()?.trim_end_matches('/');
        let path = match self.layout {
            Layout::Archive => files::encoded(package.file.trim_start_matches("./")),
            Layout::Published => {
                let sha256 = package.sha256.to_string();
                format!("pool/{}/{sha256}.deb", &sha256[..2])
            }
        };
        Some(format!("{base}/{path}"))
    }

    fn check(&self) -> Result<()> {
        let bad = |what: &str, field: &'static str| Err(Error::new(Kind::Usage, what.to_owned()).field(field));
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic() && !b"'\"\\<>`".contains(&byte));
        if self.base.as_deref().is_some_and(|base| !base.contains(':') || !plain(base)) {
            return bad("the base is no URL", "base");
        }
        if self.name.is_empty() || self.name.chars().any(char::is_control) {
            return bad("the name is empty, or has control characters", "name");
        }
        if self.vendor.is_empty()
            || !self.vendor.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
        {
            return bad("the vendor is no word", "vendor");
        }
        if self.distro.as_deref().is_some_and(|distro| distro.is_empty() || !plain(distro)) {
            return bad("the distro is no word", "distro");
        }
        Ok(())
    }

    fn purl(&self, package: &Locked) -> String {
        purl(&self.vendor, &package.name, &package.version, &package.architecture, self.distro.as_deref())
    }

    fn graph(&self, lock: &Lock) -> Graph {
        self.graph.clone().unwrap_or_else(|| Graph::of_reasons(lock))
    }
}

impl Lock {
    /// The lock in another form. The same lock and the same options give the same bytes.
    ///
    /// # Errors
    /// [`Kind::Usage`] where the options lack what the format needs.
    ///
    /// ```
    /// use reposnap::Digest;
    /// use reposnap::resolve::lockfile::{Head, Lock, Locked, export::{Format, Options}};
    /// let mut head = Head::new(Digest::of(b"a snapshot"), ["hello"]);
    /// head.architecture = "amd64".into();
    /// let hello = Locked::new("hello", "2.10-3", "amd64", 5, Digest::of(b"a deb"), "pool/hello_2.10-3_amd64.deb");
    /// let lock = Lock::new(head, vec![hello])?;
    /// let pins = lock.export(Format::AptPins, &Options::default())?;
    /// assert!(pins.ends_with("Package: hello:amd64\nPin: version 2.10-3\nPin-Priority: 1001\n"));
    /// # Ok::<(), reposnap::Error>(())
    /// ```
    pub fn export(&self, format: Format, options: &Options) -> Result<String> {
        options.check()?;
        match format {
            Format::AptPins => Ok(apt::pins(self, options.exclusive)),
            Format::AptInstall => Ok(apt::install(self)),
            Format::Uris => files::uris(self, options),
            Format::Curl => files::curl(self, options),
            Format::Sha256Sums => Ok(files::sha256sums(self)),
            Format::CycloneDx => cyclonedx::write(self, options),
            Format::Spdx => spdx::write(self, options),
        }
    }
}

#[cfg(test)]
mod tests;
