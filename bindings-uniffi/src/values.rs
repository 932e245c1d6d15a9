//! Queries and policies: values that need no store.

use reposnap::snapshot::{self, Key};
use reposnap::{Digest, Error, Kind};
use reposnap_api as api;

use crate::failure::ReposnapError;

/// A question that a package passes or not, in the query language.
#[derive(uniffi::Object)]
pub struct Query(snapshot::Query);

#[uniffi::export]
impl Query {
    /// Reads a query; the kind `usage`, with the column, for what can't be understood.
    #[uniffi::constructor]
    pub fn parse(query: String) -> Result<Self, ReposnapError> {
        Ok(Self(query.parse()?))
    }

    /// The query in its plainest form.
    pub fn text(&self) -> String {
        self.0.to_string()
    }

    /// Whether a package's stanza is needed to tell; where not, its name, version and architecture do.
    pub fn needs_stanza(&self) -> bool {
        self.0.needs_stanza()
    }

    /// The names outside of which no package passes, each once and in order; none where the query does not say.
    pub fn names(&self) -> Option<Vec<String>> {
        Some(self.0.exact_names()?.into_iter().map(str::to_owned).collect())
    }

    /// Whether a package passes; the kind `usage` where the query asks for its stanza, which is not given.
    #[uniffi::method(default(stanza = None))]
    pub fn matches(
        &self,
        name: String,
        version: String,
        architecture: String,
        stanza: Option<String>,
    ) -> Result<bool, ReposnapError> {
        if self.0.needs_stanza() && stanza.is_none() {
            let error = Error::new(Kind::Usage, "the query asks for more than name, version and architecture");
            return Err(error.field("stanza").help("read the packages with their stanzas").into());
        }
        let stanza = stanza.unwrap_or_default();
        let digest = Digest::of(stanza.as_bytes());
        let key = Key { name: name.into(), version: version.into(), architecture: architecture.into(), digest };
        Ok(self.0.matches(&key, stanza.as_bytes()))
    }
}

/// What a policy of verification comes to, rule by rule; the kind `usage` for one that can't be.
#[uniffi::export]
pub fn policy_text(signers: Vec<String>, threshold: u64, relax: Vec<String>) -> Result<String, ReposnapError> {
    let threshold = usize::try_from(threshold).unwrap_or(usize::MAX);
    let (policy, release) = api::verify::policies(&signers, Some(threshold), &relax)?;
    Ok(format!("{policy}{release}"))
}
