//! What images in registries are called.

use std::fmt;
use std::str::FromStr;

use reposnap::{Digest, Error, Kind, Result};

/// The longest name of a repository with its host, in bytes, as other tools have it.
pub const LONGEST_NAME: usize = 255;
/// The longest tag, in bytes (distribution specification, "Pulling manifests").
pub const LONGEST_TAG: usize = 128;
/// The registry that is meant where a name has no host.
pub const DEFAULT_HOST: &str = "docker.io";
/// The tag that is meant where a name has neither tag nor digest.
pub const DEFAULT_TAG: &str = "latest";

/// A repository of a registry: `HOST[:PORT]/NAME`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Repository {
    full: String,
    /// Where the slash behind the host stands.
    slash: usize,
}

/// What names an image in a registry: `HOST[:PORT]/NAME[:TAG][@sha256:DIGEST]`, with or without `docker://` before it.
///
/// The grammar is that of the distribution specification ("Pulling manifests"); what is left out is filled in as skopeo does.
/// Where both a tag and a digest are given, the digest counts.
///
/// ```
/// use reposnap_image::registry::Name;
/// let name: Name = "docker://alpine".parse()?;
/// assert_eq!(name.to_string(), "docker.io/library/alpine:latest");
/// let name: Name = "registry.example:5000/team/app:1.2".parse()?;
/// assert_eq!((name.repository().host(), name.repository().path()), ("registry.example:5000", "team/app"));
/// # Ok::<(), reposnap::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    repository: Repository,
    tag: Option<String>,
    digest: Option<Digest>,
}

impl Repository {
    /// The host, and its port where one is given; IPv6 addresses in brackets.
    pub fn host(&self) -> &str {
        &self.full[..self.slash]
    }

    /// The name within the registry: `library/alpine`.
    pub fn path(&self) -> &str {
        &self.full[self.slash + 1..]
    }

    /// Host, slash and path.
    pub(super) fn full(&self) -> &str {
        &self.full
    }

    /// The host that answers requests: that of `docker.io` is `registry-1.docker.io`.
    pub fn endpoint(&self) -> &str {
        if self.host() == DEFAULT_HOST { "registry-1.docker.io" } else { self.host() }
    }

    /// Whether the host is this very machine: `localhost`, 127.0.0.0/8 or `[::1]`.
    pub fn is_loopback(&self) -> bool {
        is_loopback(without_port(self.host()))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let (host, path) = match text.split_once('/') {
            Some((first, rest)) if is_host_like(first) => (first, rest.to_owned()),
            Some(_) => (DEFAULT_HOST, text.to_owned()),
            None => (DEFAULT_HOST, format!("library/{text}")),
        };
        let host = match host {
            "index.docker.io" | "registry-1.docker.io" => DEFAULT_HOST,
            other => other,
        };
        check_host(host)?;
        let path = if host == DEFAULT_HOST && !path.contains('/') { format!("library/{path}") } else { path };
        if let Some(part) = path.split('/').find(|part| !is_component(part)) {
            return Err(if part.bytes().any(|byte| byte.is_ascii_uppercase()) {
                format!("the part {part:?} of the repository's name has upper case letters")
            } else {
                format!("{part:?} can't be a part of a repository's name")
            });
        }
        if host.len() + 1 + path.len() > LONGEST_NAME {
            return Err(format!("the name is longer than {LONGEST_NAME} bytes"));
        }
        Ok(Self { full: format!("{}/{path}", host.to_ascii_lowercase()), slash: host.len() })
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.full)
    }
}

impl Name {
    /// The repository.
    pub fn repository(&self) -> &Repository {
        &self.repository
    }

    /// The tag, where one was given or filled in.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest, where one was given.
    pub fn digest(&self) -> Option<Digest> {
        self.digest
    }

    /// The same repository's manifest with this digest.
    #[must_use]
    pub fn at(&self, digest: Digest) -> Self {
        Self { repository: self.repository.clone(), tag: None, digest: Some(digest) }
    }

    /// What the registry's URL says: the digest where there is one, else the tag.
    pub(super) fn target(&self) -> String {
        match (&self.digest, &self.tag) {
            (Some(digest), _) => format!("sha256:{digest}"),
            (None, Some(tag)) => tag.clone(),
            (None, None) => DEFAULT_TAG.to_owned(),
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        let text = text.strip_prefix("docker://").unwrap_or(text);
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(parse_digest(digest)?)),
            None => (text, None),
        };
        // A colon before the last slash is a port's.
        let at = rest.rfind('/').map_or(0, |slash| slash + 1);
        let (repository, tag) = match rest[at..].split_once(':') {
            Some((last, tag)) => (&rest[..at + last.len()], Some(tag)),
            None => (rest, None),
        };
        if let Some(tag) = tag.filter(|tag| !is_tag(tag)) {
            return Err(format!("{tag:?} is not a tag: 1 to {LONGEST_TAG} letters, digits, '_', '.' and '-' are"));
        }
        let repository = Repository::parse(repository)?;
        let tag = match (tag, digest) {
            (Some(tag), _) => Some(tag.to_owned()),
            (None, None) => Some(DEFAULT_TAG.to_owned()),
            (None, Some(_)) => None,
        };
        Ok(Self { repository, tag, digest })
    }
}

impl FromStr for Name {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        // Longer than any name can be; not repeated in the message.
        if text.len() > 2 * LONGEST_NAME + LONGEST_TAG {
            return Err(Error::new(Kind::Usage, "the name of the image is too long"));
        }
        Self::parse(text).map_err(|why| {
            Error::new(Kind::Usage, format!("{text:?} does not name an image in a registry: {why}"))
                .help("write it as HOST[:PORT]/NAME[:TAG] or HOST[:PORT]/NAME@sha256:DIGEST")
        })
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@sha256:{digest}")?;
        }
        Ok(())
    }
}

fn parse_digest(text: &str) -> Result<Digest, String> {
    let Some(hex) = text.strip_prefix("sha256:") else {
        return Err("of digests, only sha256 is supported".to_owned());
    };
    let lower = !hex.bytes().any(|byte| byte.is_ascii_uppercase());
    Digest::from_hex(hex.as_bytes())
        .filter(|_| lower)
        .ok_or_else(|| "its digest does not have 64 lower case hexadecimal digits".to_owned())
}

/// Whether what stands before the first slash is a host and not a part of a name of Docker Hub.
fn is_host_like(text: &str) -> bool {
    text == "localhost" || text.bytes().any(|byte| matches!(byte, b'.' | b':' | b'[') || byte.is_ascii_uppercase())
}

fn check_host(text: &str) -> Result<(), String> {
    let host = without_port(text);
    if let Some(port) = text[host.len()..].strip_prefix(':') {
        // A sign would parse.
        if !port.bytes().all(|byte| byte.is_ascii_digit()) || !port.parse::<u16>().is_ok_and(|port| port > 0) {
            return Err(format!("{port:?} is not a port"));
        }
    }
    let address = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let fine = match address {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => host.split('.').all(is_label),
    };
    if fine { Ok(()) } else { Err(format!("{host:?} is not a host")) }
}

fn is_label(label: &str) -> bool {
    let bytes = label.as_bytes();
    let inner = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    bytes.iter().all(inner) && bytes.first().is_some_and(|byte| *byte != b'-') && bytes.last() != Some(&b'-')
}

/// The host of `HOST[:PORT]`.
pub(super) fn without_port(text: &str) -> &str {
    match text.rfind(':') {
        Some(colon) if !text.ends_with(']') => &text[..colon],
        _ => text,
    }
}

/// Whether `host`, without a port, is this very machine.
pub(super) fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
fn is_component(text: &str) -> bool {
    let alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = text.as_bytes();
    let ends = [bytes.first(), bytes.last()];
    if !ends.iter().all(|end| end.is_some_and(|byte| alphanumeric(*byte))) {
        return false;
    }
    text.split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        .all(|separator| matches!(separator, "" | "." | "_" | "__") || separator.bytes().all(|byte| byte == b'-'))
}

/// `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`
pub(super) fn is_tag(text: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.len() <= LONGEST_TAG
        && text.bytes().next().is_some_and(word)
        && text.bytes().all(|byte| word(byte) || matches!(byte, b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_filled_in_as_skopeo_does() {
        let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        for (text, full) in [
            ("alpine", "docker.io/library/alpine:latest".to_owned()),
            ("docker://alpine:3", "docker.io/library/alpine:3".to_owned()),
            ("grafana/grafana", "docker.io/grafana/grafana:latest".to_owned()),
            ("docker.io/alpine", "docker.io/library/alpine:latest".to_owned()),
            ("index.docker.io/library/alpine", "docker.io/library/alpine:latest".to_owned()),
            ("localhost/a", "localhost/a:latest".to_owned()),
            ("localhost:5000/a:b", "localhost:5000/a:b".to_owned()),
            ("[::1]:5000/a/b__c/d--e:F_.-1", "[::1]:5000/a/b__c/d--e:F_.-1".to_owned()),
            ("Registry.Example/a", "registry.example/a:latest".to_owned()),
            (&format!("q.io/a@sha256:{hex}"), format!("q.io/a@sha256:{hex}")),
            (&format!("q.io/a:t@sha256:{hex}"), format!("q.io/a:t@sha256:{hex}")),
        ] {
            assert_eq!(text.parse::<Name>().map(|name| name.to_string()).unwrap(), full, "{text}");
        }
        assert_eq!("alpine".parse::<Name>().unwrap().repository().endpoint(), "registry-1.docker.io");
        assert_eq!(format!("q.io/a:t@sha256:{hex}").parse::<Name>().unwrap().target(), format!("sha256:{hex}"));
    }

    #[test]
    fn what_names_nothing_is_refused() {
        let upper = "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855";
        for text in [
            "",
            "/",
            "a/",
            "/a",
            "a//b",
            "q.io/",
            "q.io/A",
            "q.io/a/../b",
            "q.io/a b",
            "q.io/-a",
            "q.io/a_",
            "q.io/a._b",
            "q.io/a___b",
            "q.io/a:",
            "q.io/a:-t",
            "q.io/a:t/b:u@",
            "q.io/a@",
            "q.io/a@sha256:12",
            "q.io/a@sha512:12",
            "q.io:/a",
            "q.io:0/a",
            "q.io:+1/a",
            "q.io:65536/a",
            "-q.io/a",
            "q..io/a",
            "[::g]:1/a",
            "user@q.io/a",
            "q.io/a?x=1",
            "q.io/a#x",
            "q.io/a%2f",
            &format!("q.io/a@sha256:{upper}"),
            &format!("q.io/a:{}", "t".repeat(129)),
            &format!("q.io/{}", "a".repeat(260)),
            &"a".repeat(10_000),
        ] {
            assert_eq!(text.parse::<Name>().expect_err(text).kind(), Kind::Usage, "{text}");
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for (host, loopback) in [
            ("localhost:1", true),
            ("127.9.9.9", true),
            ("[::1]:5000", true),
            ("128.0.0.1", false),
            ("localhost.example", false),
            ("127.0.0.1.example", false),
            ("[::2]", false),
        ] {
            assert_eq!(format!("{host}/a").parse::<Name>().unwrap().repository().is_loopback(), loopback, "{host}");
        }
    }
}
