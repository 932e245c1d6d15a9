//! How images are named: the transports that people know from skopeo (containers-transports(5)), and a root folder.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use reposnap::{Error, Kind, Result};

/// What to look at, as it is named on a command line.
///
/// | text | what |
/// |---|---|
/// | `oci:DIR[:TAG]` | an OCI layout; without a tag its only image. `DIR@sha256:DIGEST` names a manifest by its digest |
/// | `oci-archive:FILE[:TAG]` | the same as a tar archive |
/// | `docker-archive:FILE[:NAME:TAG]` | what `docker save` writes; without a name its only image |
/// | `docker://HOST/NAME[:TAG][@sha256:DIGEST]` | a registry |
/// | `dir:ROOT` | a root folder: what is at `/` of an image, unpacked. (skopeo means something else by it) |
/// | `host:` | this machine |
///
/// ```
/// use reposnap_image::reference::{Reference, Transport};
/// let reference: Reference = "oci:images/base:1.0".parse()?;
/// assert_eq!(reference.transport(), &Transport::Oci { directory: "images/base".into(), tag: Some("1.0".into()) });
/// assert_eq!(reference.to_string(), "oci:images/base:1.0");
/// assert!("base:1.0".parse::<Reference>().unwrap_err().to_string().contains("docker://"));
/// # Ok::<(), reposnap::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reference {
    text: String,
    transport: Transport,
}

/// Where an image lies.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Transport {
    /// An OCI layout.
    Oci {
        /// The folder with `oci-layout` in it.
        directory: PathBuf,
        /// The tag (`org.opencontainers.image.ref.name`), or `@sha256:` and digits; none for the only image.
        tag: Option<String>,
    },
    /// An OCI layout as a tar archive.
    OciArchive {
        /// The archive.
        file: PathBuf,
        /// As for [`Transport::Oci`].
        tag: Option<String>,
    },
    /// What `docker save` writes.
    DockerArchive {
        /// The archive.
        file: PathBuf,
        /// `NAME:TAG`; none for the only image.
        name: Option<String>,
    },
    /// A registry: what follows `docker://`, as it was written.
    Docker(String),
    /// A root folder.
    Root(PathBuf),
    /// This machine.
    Host,
}

/// What is told of all transports.
const HELP: &str =
    "write oci:DIR:TAG, oci-archive:FILE:TAG, docker-archive:FILE:NAME:TAG, docker://HOST/NAME:TAG, dir:ROOT or host:";

impl Reference {
    /// Where the image lies.
    pub fn transport(&self) -> &Transport {
        &self.transport
    }

    /// The root folder `root`.
    pub fn root(root: impl Into<PathBuf>) -> Self {
        let root = root.into();
        Self { text: format!("dir:{}", root.display()), transport: Transport::Root(root) }
    }
}

impl FromStr for Reference {
    type Err = Error;

    /// # Errors
    /// [`Kind::Usage`] where the transport is unknown, or something is missing behind it.
    fn from_str(text: &str) -> Result<Self> {
        let wrong = |why: &str| Error::new(Kind::Usage, format!("{text:?} names no image: {why}")).help(HELP);
        let Some((scheme, rest)) = text.split_once(':') else {
            return Err(wrong("it has no transport"));
        };
        let file = |what: &str| {
            let (path, tag) = match rest.split_once("@sha256:") {
                Some((path, digest)) if !path.contains(':') => (path, Some(format!("@sha256:{digest}"))),
                _ => match rest.split_once(':') {
                    Some((path, tag)) => (path, Some(tag.to_owned())),
                    None => (rest, None),
                },
            };
            match (path, &tag) {
                ("", _) => Err(wrong(&format!("it names no {what}"))),
                (_, Some(tag)) if tag.is_empty() => Err(wrong("its tag is empty")),
                _ => Ok((PathBuf::from(path), tag)),
            }
        };
        let transport = match scheme {
            "oci" => {
                let (directory, tag) = file("folder")?;
                Transport::Oci { directory, tag }
            }
            "oci-archive" => {
                let (file, tag) = file("file")?;
                Transport::OciArchive { file, tag }
            }
            "docker-archive" => {
                let (file, name) = file("file")?;
                if name.as_ref().is_some_and(|name| name.starts_with("@sha256:")) {
                    return Err(wrong("archives of this sort have no digests"));
                }
                Transport::DockerArchive { file, name }
            }
            "docker" => match rest.strip_prefix("//") {
                Some(name) if !name.is_empty() => Transport::Docker(name.to_owned()),
                _ => return Err(wrong("docker:// and a name are wanted")),
            },
            "dir" if rest.is_empty() => return Err(wrong("it names no folder")),
            "dir" => Transport::Root(PathBuf::from(rest)),
            "host" if rest.is_empty() => Transport::Host,
            "host" => return Err(wrong("nothing may follow host:")),
            "docker-daemon" | "containers-storage" | "ostree" | "sif" | "tarball" | "atomic" => {
                let error = Error::new(Kind::Unsupported, format!("images of {scheme}: can't be read"));
                return Err(error.help(format!("copy it first: skopeo copy {text} oci:DIR:TAG")));
            }
            _ => return Err(wrong(&format!("{scheme:?} is no transport"))),
        };
        Ok(Self { text: text.to_owned(), transport })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Transport {
        text.parse::<Reference>().unwrap().transport
    }

    #[test]
    fn as_skopeo_has_them() {
        let oci = |directory: &str, tag: Option<&str>| Transport::Oci {
            directory: directory.into(),
            tag: tag.map(str::to_owned),
        };
        assert_eq!(parsed("oci:a/b"), oci("a/b", None));
        assert_eq!(parsed("oci:/a:1:2"), oci("/a", Some("1:2")));
        assert_eq!(parsed("oci:a@sha256:00"), oci("a", Some("@sha256:00")));
        assert_eq!(
            parsed("docker-archive:x.tar:docker.io/library/x:1"),
            Transport::DockerArchive { file: "x.tar".into(), name: Some("docker.io/library/x:1".into()) }
        );
        assert_eq!(parsed("oci-archive:x.tar"), Transport::OciArchive { file: "x.tar".into(), tag: None });
        assert_eq!(
            parsed("docker://localhost:5000/a@sha256:00"),
            Transport::Docker("localhost:5000/a@sha256:00".into())
        );
        assert_eq!(parsed("dir:/srv/root:1"), Transport::Root("/srv/root:1".into()));
        assert_eq!(parsed("host:"), Transport::Host);
    }

    #[test]
    fn all_else_is_refused() {
        for text in ["", "x", "debian:12", "oci:", "oci::x", "oci:a:", "docker:x", "docker://", "dir:", "host:x"] {
            let error = text.parse::<Reference>().unwrap_err();
            assert_eq!(error.kind(), Kind::Usage, "{text}");
            assert!(error.advice().unwrap().contains("docker-archive:FILE"));
        }
        let error = "docker-daemon:x:1".parse::<Reference>().unwrap_err();
        assert_eq!(error.kind(), Kind::Unsupported);
        assert!(error.to_string().contains("skopeo copy docker-daemon:x:1 oci:DIR:TAG"), "{error}");
    }
}
