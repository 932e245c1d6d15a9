//! What the environment says about buckets: who we are, and how their servers are reached.

use std::collections::BTreeMap;
use std::fmt;

use super::gate::Writers;
use crate::error::{Error, Kind, Result};

/// What the names of variables begin with that anything here looks at.
const PREFIXES: [&str; 4] = ["AWS_", "GOOGLE_", "AZURE_", "REPOSNAP_"];
/// Further variables: a service account of Google, the identity of a machine of Azure, and where caches are.
const NAMES: [&str; 4] = ["SERVICE_ACCOUNT", "IDENTITY_ENDPOINT", "XDG_CACHE_HOME", "HOME"];
/// Words in the names of variables whose values are never told.
const SECRET: [&str; 5] = ["SECRET", "TOKEN", "KEY", "SAS", "PASSWORD"];
/// Values that are shorter are no secrets, and hiding them would make holes in messages.
const SHORTEST_SECRET: usize = 6;
/// How many programs write to the store: `many` or `single`.
pub(super) const WRITERS: &str = "REPOSNAP_WRITERS";

/// The variables that stores in buckets obey: those of the environment, or others.
///
/// | store | variables |
/// |---|---|
/// | `s3://` | `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_REGION` or `AWS_DEFAULT_REGION`, `AWS_ENDPOINT_URL` or `AWS_ENDPOINT_URL_S3`, `AWS_ALLOW_HTTP`, `AWS_CA_BUNDLE`, `AWS_VIRTUAL_HOSTED_STYLE_REQUEST`, `AWS_WEB_IDENTITY_TOKEN_FILE`, `AWS_ROLE_ARN`, `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`, `AWS_PROFILE` with `AWS_SHARED_CREDENTIALS_FILE` and `AWS_CONFIG_FILE`, and others of `object_store`'s `AmazonS3ConfigKey` |
/// | `gs://` | `GOOGLE_APPLICATION_CREDENTIALS`, `GOOGLE_SERVICE_ACCOUNT`, `GOOGLE_SERVICE_ACCOUNT_KEY`, `GOOGLE_BEARER_TOKEN`, `GOOGLE_BASE_URL`, `GOOGLE_ALLOW_HTTP`, and others of `GoogleConfigKey` |
/// | `az://`, `abfss://` | `AZURE_STORAGE_ACCOUNT_NAME`, `AZURE_STORAGE_ACCOUNT_KEY`, `AZURE_STORAGE_SAS_KEY`, `AZURE_TENANT_ID`, `AZURE_CLIENT_ID`, `AZURE_CLIENT_SECRET`, `AZURE_FEDERATED_TOKEN_FILE`, `AZURE_STORAGE_ENDPOINT`, `AZURE_STORAGE_USE_EMULATOR`, and others of `AzureConfigKey` |
/// | all | `REPOSNAP_WRITERS` (`many` or `single`); `REPOSNAP_CACHE` and `REPOSNAP_CACHE_SIZE` (see [`Cache`](super::Cache)) |
///
/// Values are never shown: neither here nor in messages.
///
/// ```
/// use reposnap::store::Variables;
/// let given = Variables::new([("AWS_ACCESS_KEY_ID", "me"), ("AWS_SECRET_ACCESS_KEY", "hunter2")]);
/// assert!(!format!("{given:?}").contains("hunter2"));
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Variables(BTreeMap<String, String>);

impl Variables {
    /// These variables and no others.
    pub fn new<N: Into<String>, V: Into<String>>(given: impl IntoIterator<Item = (N, V)>) -> Self {
        Self(given.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    /// Those of the environment that are in UTF-8 and not empty.
    pub fn of_environment() -> Self {
        let known = |name: &str| NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix));
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        let variables = std::env::vars_os().filter_map(text);
        Self(variables.filter(|(name, value)| known(name) && !value.is_empty()).collect())
    }

    /// These, and others besides.
    pub(super) fn with(&self, others: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut all = self.0.clone();
        all.extend(others);
        Self(all)
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Names and values that begin with `prefix`.
    pub(super) fn with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let all = self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        all.filter(move |(name, _)| name.starts_with(prefix))
    }

    /// Whether a switch is on; [`Kind::Usage`] for a value that is neither.
    pub(super) fn is_on(&self, name: &str) -> Result<bool> {
        match self.get(name).map(str::to_ascii_lowercase).as_deref() {
            None | Some("0" | "false" | "off" | "no" | "n") => Ok(false),
            Some("1" | "true" | "on" | "yes" | "y") => Ok(true),
            Some(_) => Err(Error::new(Kind::Usage, "the variable has to be true or false").field(name)),
        }
    }

    /// What [`WRITERS`] says.
    pub(super) fn writers(&self) -> Result<Writers> {
        match self.get(WRITERS) {
            None | Some("many") => Ok(Writers::Many),
            Some("single") => Ok(Writers::Single),
            Some(other) => Err(Error::new(Kind::Usage, "the variable has to be `many` or `single`")
                .field(WRITERS)
                .mismatch("many or single", other)),
        }
    }

    /// The text without the values of secrets.
    pub(super) fn hide(&self, mut text: String) -> String {
        for (name, value) in &self.0 {
            if value.len() >= SHORTEST_SECRET && SECRET.iter().any(|word| name.contains(word)) {
                text = text.replace(value.as_str(), "…");
            }
        }
        text
    }
}

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_and_writers() {
        let given = Variables::new([("A", "true"), ("B", "0"), ("C", "maybe"), ("D", "")]);
        assert!(given.is_on("A").unwrap() && !given.is_on("B").unwrap() && !given.is_on("D").unwrap());
        assert_eq!(given.is_on("C").unwrap_err().at_field(), Some("C"));
        assert_eq!(given.writers().unwrap(), Writers::Many);
        assert_eq!(Variables::new([(WRITERS, "single")]).writers().unwrap(), Writers::Single);
        assert_eq!(Variables::new([(WRITERS, "few")]).writers().unwrap_err().at_field(), Some(WRITERS));
    }

    #[test]
    fn secrets_are_hidden() {
        let given = Variables::new([("AWS_SECRET_ACCESS_KEY", "hunter2"), ("AWS_REGION", "eu-west-1")]);
        assert_eq!(given.hide("hunter2 in eu-west-1".to_owned()), "… in eu-west-1");
    }
}
