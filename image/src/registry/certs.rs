//! Certificates by registry, as containers-certs.d(5) and Docker have them: `certs.d/HOST[:PORT]/` with authorities
//! (`*.crt`), and `*.cert` and `*.key` for the client's own identity.

use std::path::{Path, PathBuf};

use reposnap::source::fetch::http::Tls;
use reposnap::{Error, Kind, Result};

/// The most files of a folder of certificates that are looked at.
const MOST_FILES: usize = 256;

/// The folders that are looked through by default, the first that has the host counts:
/// `$HOME/.config/containers/certs.d`, `/etc/containers/certs.d`, `/etc/docker/certs.d`.
pub(super) fn usual_folders() -> Vec<PathBuf> {
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty());
    let of_user = home.map(|home| Path::new(&home).join(".config/containers/certs.d"));
    let system = ["/etc/containers/certs.d", "/etc/docker/certs.d"].map(PathBuf::from);
    of_user.into_iter().chain(system).collect()
}

/// The folder for `host` (with its port), where one is there.
pub(super) fn folder_of(folders: &[PathBuf], host: &str) -> Option<PathBuf> {
    folders.iter().map(|folder| folder.join(host)).find(|folder| folder.is_dir())
}

/// What the files of `folder` say.
pub(super) fn read(folder: &Path) -> Result<Tls> {
    let failed = |error| Error::io(folder.display(), error);
    let mut tls = Tls::default();
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        if paths.len() == MOST_FILES {
            return Err(Error::new(Kind::Limit, "too many files for the certificates of one registry")
                .path(folder.display().to_string())
                .mismatch(format!("at most {MOST_FILES}"), "more"));
        }
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    for path in &paths {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("crt") => tls.authorities.push(path.clone()),
            Some("cert") if tls.identity.is_none() => {
                let key = path.with_extension("key");
                if !paths.contains(&key) {
                    return Err(Error::new(Kind::NotFound, "a client's certificate has no key beside it")
                        .path(path.display().to_string()));
                }
                tls.identity = Some((path.clone(), key));
            }
            _ => {}
        }
    }
    Ok(tls)
}
