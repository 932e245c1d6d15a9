//! Names and passwords for registries: files as containers-auth.json(5) and Docker's `config.json` have them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use reposnap::{Error, Kind, Result};
use serde::Deserialize;

use super::helper;
use super::name::{DEFAULT_HOST, Repository};
use super::secret::Secret;

/// The largest file of credentials, in bytes.
pub const LARGEST_AUTH_FILE: u64 = 1 << 20;
/// What Docker calls Docker Hub in its files and to its helpers.
const HUB: &str = "https://index.docker.io/v1/";

/// Where names and passwords come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Credentials {
    /// The files that podman, skopeo and docker use: `$REGISTRY_AUTH_FILE` alone where it is set; else
    /// `$XDG_RUNTIME_DIR/containers/auth.json` (`/run/containers/UID/auth.json`), `$XDG_CONFIG_HOME/containers/auth.json`
    /// and `$DOCKER_CONFIG/config.json` (`~/.docker/config.json`), the first that knows the registry. They are read when a
    /// registry asks who we are.
    #[default]
    Environment,
    /// This file alone.
    File(PathBuf),
    /// This name and password.
    Password {
        /// The name.
        user: String,
        /// The password.
        password: Secret,
    },
    /// None: whatever everybody may read.
    Anonymous,
}

/// What a registry or its token endpoint is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Login {
    /// A name and password.
    Password {
        /// The name.
        user: String,
        /// The password.
        password: Secret,
    },
    /// What the token endpoint gives tokens for (a refresh token of OAuth 2).
    Identity(Secret),
    /// A token for the registry itself.
    Token(Secret),
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct File {
    auths: BTreeMap<String, Entry>,
    cred_helpers: BTreeMap<String, String>,
    creds_store: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    auth: String,
    username: String,
    password: String,
    identitytoken: String,
    registrytoken: String,
}

impl Credentials {
    /// What is known for `repository`. Blocks: it reads files and may run a helper.
    pub(super) fn find(&self, repository: &Repository) -> Result<Option<Login>> {
        let mut variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        match self {
            Credentials::Anonymous => Ok(None),
            Credentials::Password { user, password } => {
                Ok(Some(Login::Password { user: user.clone(), password: password.clone() }))
            }
            Credentials::File(path) => in_file(path, true, repository),
            Credentials::Environment => match variable("REGISTRY_AUTH_FILE") {
                Some(path) => in_file(&path, true, repository),
                None => {
                    for path in usual_files(&mut variable) {
                        if let Some(login) = in_file(&path, false, repository)? {
                            return Ok(Some(login));
                        }
                    }
                    Ok(None)
                }
            },
        }
    }
}

fn usual_files(variable: &mut dyn FnMut(&str) -> Option<PathBuf>) -> Vec<PathBuf> {
    let home = variable("HOME");
    let below_home = |path: &str| home.as_ref().map(|home| home.join(path));
    let runtime = variable("XDG_RUNTIME_DIR").or_else(|| Some(Path::new("/run/containers").join(user_id()?)));
    let in_runtime =
        runtime.map(|folder| if folder.starts_with("/run/containers") { folder } else { folder.join("containers") });
    let config = variable("XDG_CONFIG_HOME").or_else(|| below_home(".config"));
    let docker = variable("DOCKER_CONFIG").or_else(|| below_home(".docker"));
    [
        in_runtime.map(|folder| folder.join("auth.json")),
        config.map(|folder| folder.join("containers/auth.json")),
        docker.map(|folder| folder.join("config.json")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The number of the user that this process runs as.
#[cfg(unix)]
fn user_id() -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    Some(std::fs::metadata("/proc/self").ok()?.uid().to_string())
}

#[cfg(not(unix))]
fn user_id() -> Option<String> {
    None
}

fn in_file(path: &Path, wanted: bool, repository: &Repository) -> Result<Option<Login>> {
    let name = path.display().to_string();
    let Some(bytes) = read(path, wanted)? else { return Ok(None) };
    parse(&bytes).and_then(|file| file.find(repository, helper::HELPER_TIME)).map_err(|error| error.path(name))
}

fn read(path: &Path, wanted: bool) -> Result<Option<Vec<u8>>> {
    let name = path.display();
    let meta = match std::fs::metadata(path) {
        Ok(meta) => meta,
        Err(error)
            if !wanted && matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) =>
        {
            return Ok(None);
        }
        // A file of another user's is no business of ours.
        Err(error) if !wanted && error.kind() == std::io::ErrorKind::PermissionDenied => return Ok(None),
        Err(error) => return Err(Error::io(name, error)),
    };
    if !meta.is_file() {
        return Err(Error::new(Kind::Usage, "credentials are read from a regular file").path(name.to_string()));
    }
    if meta.len() > LARGEST_AUTH_FILE {
        return Err(Error::new(Kind::Limit, "a file of credentials has at most 1 MiB").path(name.to_string()));
    }
    use std::io::Read as _;
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(LARGEST_AUTH_FILE).read_to_end(&mut bytes));
    match read {
        Ok(_) => Ok(Some(bytes)),
        Err(error) if !wanted && error.kind() == std::io::ErrorKind::PermissionDenied => Ok(None),
        Err(error) => Err(Error::io(name, error)),
    }
}

fn parse(bytes: &[u8]) -> Result<File> {
    // The parser's own words quote what it does not like, which may be a password.
    serde_json::from_slice(bytes).map_err(|error| {
        Error::new(Kind::Malformed, "the file of credentials can't be understood")
            .line(error.line() as u64)
            .help("it has to be JSON as containers-auth.json(5) describes it")
    })
}

impl File {
    /// A helper that is named for the registry; else the entry with the longest path that the repository lies in; else the
    /// store that keeps all passwords.
    fn find(&self, repository: &Repository, time: Duration) -> Result<Option<Login>> {
        let host = repository.host();
        let server = if host == DEFAULT_HOST { HUB } else { host };
        let keys = keys(repository);
        if let Some(helper) = keys.iter().find_map(|key| self.cred_helpers.get(*key)) {
            return helper::get(helper, server, time);
        }
        let hub = |key: &str| host == DEFAULT_HOST && self.cred_helpers.contains_key(key);
        if let Some(key) = [HUB, "index.docker.io", "registry-1.docker.io"].into_iter().find(|key| hub(key)) {
            return helper::get(&self.cred_helpers[key], server, time);
        }
        // Exact keys from the longest to the host, then whatever else means the host.
        let exact = keys.iter().filter_map(|key| self.auths.get_key_value(*key));
        let other = self.auths.iter().filter(|(key, _)| host_of(key) == Some(host));
        for (key, entry) in exact.chain(other) {
            if let Some(login) = entry.login().map_err(|error| error.field(format!("auths.{key}")))? {
                return Ok(Some(login));
            }
        }
        match self.creds_store.as_str() {
            "" => Ok(None),
            store => helper::get(store, server, time),
        }
    }
}

/// What an entry for `repository` may be called, the closest first.
fn keys(repository: &Repository) -> Vec<&str> {
    // A repository is shown as its host, a slash, and its path; prefixes of that are wanted.
    let full = repository.full();
    let mut keys = vec![full];
    let mut rest = full;
    while let Some(slash) = rest.rfind('/') {
        rest = &rest[..slash];
        keys.push(rest);
    }
    keys
}

/// The registry that a key stands for as a whole: a host, or a URL as Docker writes it.
fn host_of(key: &str) -> Option<&str> {
    let stripped = key.strip_prefix("https://").or_else(|| key.strip_prefix("http://"));
    let host = match stripped {
        Some(rest) => rest.split('/').next()?,
        None if key.contains('/') => return None,
        None => key,
    };
    Some(match host {
        "index.docker.io" | "registry-1.docker.io" => DEFAULT_HOST,
        other => other,
    })
}

impl Entry {
    fn login(&self) -> Result<Option<Login>> {
        if !self.identitytoken.is_empty() {
            return Ok(Some(Login::Identity(Secret::new(self.identitytoken.clone()))));
        }
        if !self.registrytoken.is_empty() {
            return Ok(Some(Login::Token(Secret::new(self.registrytoken.clone()))));
        }
        if self.auth.is_empty() {
            let login =
                || Login::Password { user: self.username.clone(), password: Secret::new(self.password.clone()) };
            return Ok((!self.username.is_empty() && !self.password.is_empty()).then(login));
        }
        let bad = || Error::new(Kind::Malformed, "auth is not the base64 of a name, a colon and a password");
        let bytes = base64::engine::general_purpose::STANDARD.decode(self.auth.trim()).map_err(|_| bad())?;
        let text = String::from_utf8(bytes).map_err(|_| bad())?;
        let (user, password) = text.split_once(':').ok_or_else(bad)?;
        // Docker pads passwords with zeros.
        Ok(Some(Login::Password { user: user.to_owned(), password: Secret::new(password.trim_end_matches('\0')) }))
    }
}

#[cfg(test)]
mod tests;
