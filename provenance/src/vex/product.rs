//! Whether a statement's product is an image, or a package of it.

use reposnap::bom::{purl, rpm_purl};
use reposnap_image::package::Family;

use crate::report::{Report, Reported, distro, vendor};

/// A product, or a part of one: what it is called by.
#[derive(Clone, Debug, Default)]
pub(super) struct Component {
    /// Package URLs.
    pub(super) purls: Vec<Purl>,
    /// SHA-256 of an image's manifest or of a package's file, 64 digits in lower case.
    pub(super) sha256: Option<String>,
    /// Identifiers that are no package URL: an image's reference.
    pub(super) names: Vec<String>,
}

/// A package URL in its parts (ECMA-427), decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Purl {
    kind: String,
    namespace: String,
    name: String,
    version: Option<String>,
    qualifiers: Vec<(String, String)>,
}

/// The longest package URL that is looked at, in bytes.
const MAX_PURL: usize = 4096;

impl Purl {
    /// None for what is no package URL.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_PURL {
            return None;
        }
        let rest = text.strip_prefix("pkg:")?.trim_start_matches('/');
        let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest);
        let (rest, qualifiers) = rest.split_once('?').unwrap_or((rest, ""));
        // A version stands behind the last `@`, which no path has behind it.
        let (path, version) = match rest.rsplit_once('@') {
            Some((path, version)) if !version.contains('/') => (path, Some(decoded(version)?)),
            _ => (rest, None),
        };
        let (kind, path) = path.split_once('/')?;
        let path = path.trim_matches('/');
        let (namespace, name) = path.rsplit_once('/').unwrap_or(("", path));
        let mut pairs = Vec::new();
        for pair in qualifiers.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=')?;
            pairs.push((key.to_ascii_lowercase(), decoded(value)?));
        }
        let purl = Self {
            kind: kind.to_ascii_lowercase(),
            namespace: decoded(namespace)?.to_ascii_lowercase(),
            name: decoded(name)?,
            version: version.filter(|version| !version.is_empty()),
            qualifiers: pairs,
        };
        (!purl.kind.is_empty() && !purl.name.is_empty()).then_some(purl)
    }

    fn qualifier(&self, key: &str) -> Option<&str> {
        self.qualifiers.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    /// Whether a package is what this names: type, vendor and name are the same; so are version and qualifiers, where this
    /// has them. `arch=source` names the source package.
    fn is_package(&self, report: &Report, package: &Reported) -> bool {
        let (kind, lower) = match package.family {
            Family::Deb => ("deb", true),
            Family::Rpm => ("rpm", false),
        };
        if self.kind != kind {
            return false;
        }
        let os = report.os.as_ref();
        let (vendor, distro) = (vendor(os, package.family), distro(os));
        let of_source = matches!(self.qualifier("arch"), Some("source" | "src"));
        let (name, version, architecture) = match of_source {
            true => (&package.source.name, &package.source.version, "source"),
            false => (&package.name, &package.version, package.architecture.as_str()),
        };
        let same = |a: &str, b: &str| if lower { a.eq_ignore_ascii_case(b) } else { a == b };
        if !(self.namespace.is_empty() || self.namespace == vendor) || !same(&self.name, name) {
            return false;
        }
        // Through the writer of purls, so that an epoch is where the type has it.
        let own = match package.family {
            Family::Deb => purl(&vendor, name, version, architecture, distro.as_deref()),
            Family::Rpm => rpm_purl(&vendor, name, version, architecture, distro.as_deref()),
        };
        let Some(own) = Self::parse(&own) else { return false };
        let distros = report.os.iter().flat_map(|os| [os.codename.clone(), os.version.clone()]).flatten();
        let distros: Vec<String> = distros.chain(distro).collect();
        (self.version.is_none() || self.version == own.version)
            && self.qualifiers.iter().all(|(key, value)| match key.as_str() {
                "arch" => of_source || value == architecture,
                "distro" => distros.iter().any(|distro| distro == value),
                "epoch" => own.qualifier("epoch").unwrap_or("0") == value,
                // Where a file may be had says nothing of what it is.
                "repository_url" | "download_url" | "vcs_url" => true,
                "upstream" => package.source.name == *value.split('@').next().unwrap_or(value),
                _ => false,
            })
    }

    /// Whether an image is what this names: of the type `oci`, by the manifest's digest; without one, every image of that
    /// name (and that repository, where it is told).
    fn is_image(&self, report: &Report) -> bool {
        if !matches!(self.kind.as_str(), "oci" | "docker") {
            return false;
        }
        let digest = report.digest.map(|digest| format!("sha256:{digest}"));
        if let Some(version) = &self.version {
            return digest.as_ref() == Some(version);
        }
        let repository = repository(&report.reference);
        if repository.is_empty() || repository.rsplit('/').next() != Some(self.name.as_str()) {
            return false;
        }
        match self.qualifier("repository_url") {
            Some(url) => url.trim_start_matches("https://").trim_end_matches('/') == repository,
            None => true,
        }
    }
}

/// The repository of an image in a registry: `docker.io/library/debian` of `docker://docker.io/library/debian:12`. Empty for
/// images that lie elsewhere.
fn repository(reference: &str) -> &str {
    let Some(rest) = reference.strip_prefix("docker://") else { return "" };
    let rest = rest.split_once('@').map_or(rest, |(rest, _)| rest);
    match rest.rsplit_once(':') {
        Some((rest, tag)) if !tag.contains('/') => rest,
        _ => rest,
    }
}

/// Percent-decoded; none for what is not.
fn decoded(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?].map(|digit| char::from(digit).to_digit(16));
                let [high, low] = digits;
                out.push(u8::try_from(high? << 4 | low?).ok()?);
            }
            other => out.push(other),
        }
    }
    String::from_utf8(out).ok()
}

impl Component {
    /// Whether it is called anything at all.
    pub(super) fn is_named(&self) -> bool {
        !self.purls.is_empty() || self.sha256.is_some() || !self.names.is_empty()
    }

    pub(super) fn is_image(&self, report: &Report) -> bool {
        let digest = report.digest.map(|digest| digest.to_string());
        if let Some(sha256) = &self.sha256 {
            return digest.as_ref() == Some(sha256);
        }
        self.purls.iter().any(|purl| purl.is_image(report)) || self.names.contains(&report.reference)
    }

    pub(super) fn is_package(&self, report: &Report, package: &Reported) -> bool {
        if let Some(sha256) = &self.sha256
            && let Some(known) = package.origin.as_ref().and_then(|origin| origin.sha256)
        {
            return known.to_string() == *sha256;
        }
        self.purls.iter().any(|purl| purl.is_package(report, package))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purls() {
        let purl =
            Purl::parse("pkg:deb/Debian/libstdc%2B%2B6@1:12.2.0-14%2Bdeb12u1?arch=amd64&distro=bookworm").unwrap();
        assert_eq!((purl.kind.as_str(), purl.namespace.as_str(), purl.name.as_str()), ("deb", "debian", "libstdc++6"));
        assert_eq!(purl.version.as_deref(), Some("1:12.2.0-14+deb12u1"));
        assert_eq!(purl.qualifier("distro"), Some("bookworm"));
        let image = Purl::parse("pkg:oci/debian@sha256%3Aabc?repository_url=docker.io/library/debian").unwrap();
        assert_eq!(image.version.as_deref(), Some("sha256:abc"));
        for text in [
            "",
            "pkg:",
            "pkg:deb",
            "pkg:deb/",
            "deb/debian/a",
            "pkg:deb/debian/a%2",
            "pkg:deb/debian/a%ff",
            "pkg:x/y?z",
        ] {
            assert_eq!(Purl::parse(text), None, "{text}");
        }
    }

    #[test]
    fn repositories() {
        for (reference, wanted) in [
            ("docker://docker.io/library/debian:12", "docker.io/library/debian"),
            ("docker://localhost:5000/app", "localhost:5000/app"),
            ("docker://localhost:5000/app@sha256:00", "localhost:5000/app"),
            ("oci:dir:tag", ""),
        ] {
            assert_eq!(repository(reference), wanted);
        }
    }
}
