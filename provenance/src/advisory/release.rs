//! Which release of which distribution a package is of, by one name: what advisories call `Debian:12`, `bookworm` or
//! `Red Hat:enterprise_linux:9::baseos`, and images `bookworm-security`.

use std::fmt;

use reposnap::{Error, Kind, Result};
use reposnap_image::inventory::Os;

/// Debian's releases by number (`/usr/share/distro-info/debian.csv`). Those to come are named years ahead.
const DEBIAN: [(&str, &str); 10] = [
    ("7", "wheezy"),
    ("8", "jessie"),
    ("9", "stretch"),
    ("10", "buster"),
    ("11", "bullseye"),
    ("12", "bookworm"),
    ("13", "trixie"),
    ("14", "forky"),
    ("15", "duke"),
    ("sid", "sid"),
];

/// Ubuntu's (`/usr/share/distro-info/ubuntu.csv`): those that still get fixes, for suites that are not what `os-release`
/// tells; its own codename needs no table.
const UBUNTU: [(&str, &str); 9] = [
    ("14.04", "trusty"),
    ("16.04", "xenial"),
    ("18.04", "bionic"),
    ("20.04", "focal"),
    ("22.04", "jammy"),
    ("24.04", "noble"),
    ("24.10", "oracular"),
    ("25.04", "plucky"),
    ("25.10", "questing"),
];

/// A release, and the part of it that a package came from. It shows as `debian:12`, which names it everywhere here.
///
/// ```
/// use reposnap_provenance::advisory::Release;
/// assert_eq!(Release::of_suite("debian", "bookworm-security").to_string(), "debian:12");
/// assert_eq!(Release::of_ecosystem("Ubuntu:22.04:LTS").unwrap().to_string(), "ubuntu:22.04");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Release {
    vendor: String,
    version: String,
    pocket: Pocket,
}

/// The part of a release that a package came from, as far as it changes who judges it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Pocket {
    /// The release itself, its security fixes, its updates, proposed ones.
    Main,
    /// Backports from the next release.
    Backports,
    /// Backports from the release after the next.
    Sloppy,
}

impl Release {
    /// Of a vendor, in `os-release`'s word for it (`ID`), and a suite: a codename (`bookworm`), a version (`12`), either of
    /// them with what archives put behind it (`-security`, `/updates`, `-updates`, `-proposed-updates`, `-backports`,
    /// `-backports-sloppy`). `unstable` is `sid`. Words that move, such as `stable`, name a release that no advisory knows:
    /// only who sees the archive's Release file can tell which one is meant.
    pub fn of_suite(vendor: &str, suite: &str) -> Self {
        let vendor = vendor.to_ascii_lowercase();
        let suite = suite.to_ascii_lowercase();
        let (name, pocket) = [
            ("-backports-sloppy", Pocket::Sloppy),
            ("-backports", Pocket::Backports),
            ("-security", Pocket::Main),
            ("-proposed-updates", Pocket::Main),
            ("-proposed", Pocket::Main),
            ("-updates", Pocket::Main),
            ("/updates", Pocket::Main),
            ("-lts", Pocket::Main),
        ]
        .into_iter()
        .find_map(|(suffix, pocket)| suite.strip_suffix(suffix).map(|name| (name, pocket)))
        .unwrap_or((&suite, Pocket::Main));
        let known: &[(&str, &str)] = match vendor.as_str() {
            "debian" => &DEBIAN,
            "ubuntu" => &UBUNTU,
            _ => &[],
        };
        let name = if vendor == "debian" && name == "unstable" { "sid" } else { name };
        let version = known.iter().find(|(_, codename)| *codename == name).map_or(name, |(version, _)| version);
        let version = version_of(&vendor, version);
        Self { vendor, version, pocket }
    }

    /// Of an image's `os-release`, and the suite that a package came from where that is known. None where both say nothing.
    ///
    /// A suite of the image's own codename takes the image's own version, so derivatives need no table; without a suite the
    /// image's release it is.
    pub fn of_os(os: &Os, suite: Option<&str>) -> Option<Self> {
        let own = os.version.as_deref().or(os.codename.as_deref());
        // Debian's testing and unstable have no version, and a codename only since 2019.
        let own = own.map(|version| Self::of_suite(&os.id, version));
        match suite {
            None => own,
            Some(suite) => {
                let mut release = Self::of_suite(&os.id, suite);
                if let (Some(codename), Some(own)) = (&os.codename, own)
                    && codename.eq_ignore_ascii_case(&release.version)
                {
                    release.version = own.version;
                }
                Some(release)
            }
        }
    }

    /// Of an ecosystem of the OSV schema: `Debian:12`, `Ubuntu:Pro:18.04:LTS`, `Rocky Linux:9`, `openSUSE:Leap 15.5`,
    /// `SUSE:Linux Enterprise Server 15 SP5`, `Red Hat:enterprise_linux:9::baseos`. None for those of neither family.
    pub fn of_ecosystem(ecosystem: &str) -> Option<Self> {
        let (name, rest) = ecosystem.split_once(':').unwrap_or((ecosystem, "*"));
        let release = |vendor: &str, version: &str| {
            let version = version_of(vendor, version);
            Some(Self { vendor: vendor.to_owned(), version, pocket: Pocket::Main })
        };
        match name {
            "Debian" => Some(Self::of_suite("debian", rest)),
            "Ubuntu" => {
                // What Pro alone has is a release of its own, since others never get those fixes.
                let (pro, rest) = rest.strip_prefix("Pro:").map_or((false, rest), |rest| (true, rest));
                let version = rest.strip_suffix(":LTS").unwrap_or(rest);
                release(if pro { "ubuntu-pro" } else { "ubuntu" }, version)
            }
            "Rocky Linux" => release("rocky", rest),
            "AlmaLinux" => release("almalinux", rest),
            "Red Hat" => match rest.split_once(':') {
                Some(("enterprise_linux", version)) => release("rhel", version.split(':').next().unwrap_or(version)),
                Some((product, version)) => release(product, version.split(':').next().unwrap_or(version)),
                None => release("rhel", rest),
            },
            "openSUSE" => match rest.strip_prefix("Leap ") {
                Some(version) => release("opensuse-leap", version),
                None if rest == "Tumbleweed" => release("opensuse-tumbleweed", "*"),
                None => release("opensuse", rest),
            },
            "SUSE" => {
                // The version and its service pack are the last words: `... 15 SP5`.
                let mut words = rest.rsplit(' ');
                let last = words.next().unwrap_or(rest);
                match last.strip_prefix("SP").filter(|pack| !pack.is_empty()) {
                    Some(pack) => release("sles", &format!("{}.{pack}", words.next().unwrap_or("*"))),
                    None => release("sles", last),
                }
            }
            "Mageia" => release("mageia", rest),
            "openEuler" => release("openeuler", rest),
            "Azure Linux" => release("azurelinux", rest),
            _ => None,
        }
    }

    /// Whose ecosystem's packages are dpkg's: `Some(true)`, rpm's: `Some(false)`, another's: none.
    pub(super) fn is_deb(ecosystem: &str) -> Option<bool> {
        match ecosystem.split(':').next().unwrap_or(ecosystem) {
            "Debian" | "Ubuntu" => Some(true),
            "Rocky Linux" | "AlmaLinux" | "Red Hat" | "openSUSE" | "SUSE" | "Mageia" | "openEuler" | "Azure Linux" => {
                Some(false)
            }
            _ => None,
        }
    }

    /// Of text as [`Release`] shows it, or a suite of Debian's alone: `fedora:39`, `debian:bookworm`, `bookworm`.
    ///
    /// # Errors
    /// [`Kind::Usage`] where it is neither.
    pub fn parse(text: &str) -> Result<Self> {
        let word = |text: &str| !text.is_empty() && !text.bytes().any(|byte| byte <= b' ' || byte >= 0x7f);
        match text.split_once(':') {
            Some((vendor, suite)) if word(vendor) && word(suite) => Ok(Self::of_suite(vendor, suite)),
            None if DEBIAN.iter().any(|(_, codename)| text.split(['-', '/']).next() == Some(codename)) => {
                Ok(Self::of_suite("debian", text))
            }
            _ => Err(Error::new(Kind::Usage, format!("{text:?} names no release"))
                .help("write it as fedora:39 or debian:bookworm")),
        }
    }

    /// The vendor, in `os-release`'s word.
    pub fn vendor(&self) -> &str {
        &self.vendor
    }

    /// The version, such as `12`, `22.04`, `sid`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The part of it.
    pub fn pocket(&self) -> Pocket {
        self.pocket
    }

    /// The same release, another part of it.
    #[must_use]
    pub fn with(mut self, pocket: Pocket) -> Self {
        self.pocket = pocket;
        self
    }

    /// Its codename, for Debian's.
    pub fn codename(&self) -> Option<&str> {
        let known: &[(&str, &str)] = match self.vendor.as_str() {
            "debian" => &DEBIAN,
            "ubuntu" => &UBUNTU,
            _ => &[],
        };
        known.iter().find(|(version, _)| *version == self.version).map(|(_, codename)| *codename)
    }

    /// The release that backports to this one are made from: Debian's next, or the one after.
    pub(super) fn ahead(&self) -> Option<Self> {
        let steps = match self.pocket {
            Pocket::Main => return None,
            Pocket::Backports => 1,
            Pocket::Sloppy => 2,
        };
        let version = self.version.parse::<u32>().ok()?.checked_add(steps)?;
        Some(Self { vendor: self.vendor.clone(), version: version.to_string(), pocket: Pocket::Main })
    }
}

/// A version as advisories count: for those who promise one of a major version that all minor ones share it, the major one.
fn version_of(vendor: &str, version: &str) -> String {
    match vendor {
        "rhel" | "rocky" | "almalinux" | "centos" | "ol" => version.split('.').next().unwrap_or(version).to_owned(),
        // It has no releases; its version is a date.
        "opensuse-tumbleweed" => "*".to_owned(),
        _ => version.to_ascii_lowercase(),
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.vendor, self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites() {
        for (suite, shown, pocket) in [
            ("bookworm", "debian:12", Pocket::Main),
            ("12", "debian:12", Pocket::Main),
            ("bookworm-security", "debian:12", Pocket::Main),
            ("buster/updates", "debian:10", Pocket::Main),
            ("bookworm-proposed-updates", "debian:12", Pocket::Main),
            ("bookworm-backports", "debian:12", Pocket::Backports),
            ("bookworm-backports-sloppy", "debian:12", Pocket::Sloppy),
            ("unstable", "debian:sid", Pocket::Main),
            ("stable", "debian:stable", Pocket::Main),
        ] {
            let release = Release::of_suite("Debian", suite);
            assert_eq!((release.to_string().as_str(), release.pocket()), (shown, pocket), "{suite}");
        }
        assert_eq!(Release::of_suite("debian", "bookworm-backports").ahead().unwrap().to_string(), "debian:13");
        assert_eq!(Release::of_suite("debian", "sid-backports").ahead(), None);
    }

    #[test]
    fn ecosystems() {
        for (ecosystem, shown) in [
            ("Debian:12", "debian:12"),
            ("Debian:bookworm", "debian:12"),
            ("Debian", "debian:*"),
            ("Ubuntu:22.04:LTS", "ubuntu:22.04"),
            ("Ubuntu:23.10", "ubuntu:23.10"),
            ("Ubuntu:Pro:18.04:LTS", "ubuntu-pro:18.04"),
            ("Rocky Linux:9", "rocky:9"),
            ("AlmaLinux:8", "almalinux:8"),
            ("Red Hat:enterprise_linux:9::baseos", "rhel:9"),
            ("Red Hat:rhel_eus:9.2::appstream", "rhel_eus:9.2"),
            ("openSUSE:Leap 15.5", "opensuse-leap:15.5"),
            ("openSUSE:Tumbleweed", "opensuse-tumbleweed:*"),
            ("SUSE:Linux Enterprise Server 15 SP5", "sles:15.5"),
            ("SUSE:Linux Enterprise Module for Basesystem 15 SP5", "sles:15.5"),
            ("SUSE:Linux Enterprise Server 15", "sles:15"),
        ] {
            assert_eq!(Release::of_ecosystem(ecosystem).unwrap().to_string(), shown, "{ecosystem}");
        }
        assert_eq!(Release::of_ecosystem("Alpine:v3.18"), None);
        assert_eq!(Release::of_ecosystem("PyPI"), None);
    }

    #[test]
    fn images() {
        let os = |id: &str, version: &str, codename: &str| Os {
            id: id.into(),
            version: (!version.is_empty()).then(|| version.into()),
            codename: (!codename.is_empty()).then(|| codename.into()),
            ..Os::default()
        };
        let shown = |os: &Os, suite| Release::of_os(os, suite).map(|it| it.to_string());
        let debian = os("debian", "12", "bookworm");
        assert_eq!(shown(&debian, None).as_deref(), Some("debian:12"));
        assert_eq!(shown(&debian, Some("trixie")).as_deref(), Some("debian:13"));
        assert_eq!(shown(&os("debian", "", "sid"), None).as_deref(), Some("debian:sid"));
        assert_eq!(shown(&os("debian", "", ""), None), None);
        // A release that no table here knows.
        let new = os("ubuntu", "31.04", "zippy");
        assert_eq!(shown(&new, Some("zippy-security")).as_deref(), Some("ubuntu:31.04"));
        assert_eq!(shown(&os("rocky", "9.3", ""), None).as_deref(), Some("rocky:9"));
        assert_eq!(shown(&os("fedora", "39", ""), None).as_deref(), Some("fedora:39"));
    }

    #[test]
    fn texts() {
        assert_eq!(Release::parse("bookworm-security").unwrap().to_string(), "debian:12");
        assert_eq!(Release::parse("fedora:39").unwrap().to_string(), "fedora:39");
        for text in ["", ":", "fedora:", "nonsense", "a b:c", "debian:x\u{7f}"] {
            assert_eq!(Release::parse(text).unwrap_err().kind(), Kind::Usage, "{text:?}");
        }
    }
}
