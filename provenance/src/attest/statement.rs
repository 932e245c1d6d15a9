//! In-toto statements (in-toto/attestation, `spec/v1/statement.md`): what an envelope says of which artifact.

use std::collections::BTreeMap;

use reposnap::{Digest, Error, Kind, Result};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

use super::dsse::{Attested, Envelope, malformed};
use super::media;

/// `_type` of the statements that are made.
pub const STATEMENT_V1: &str = "https://in-toto.io/Statement/v1";

/// `_type` of statements of before version 1, which cosign still makes. Their fields are the same.
pub const STATEMENT_V01: &str = "https://in-toto.io/Statement/v0.1";

/// What is said of which artifacts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement<P> {
    /// [`STATEMENT_V1`].
    #[serde(rename = "_type")]
    pub kind: String,
    /// The artifacts.
    pub subject: Vec<Subject>,
    /// What `predicate` is: a URI.
    #[serde(rename = "predicateType")]
    pub predicate_type: String,
    /// What is said.
    pub predicate: P,
}

/// An artifact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// How it is called; nothing hangs on it.
    #[serde(default)]
    pub name: String,
    /// Its digests, in hexadecimal, by algorithm.
    pub digest: BTreeMap<String, String>,
}

/// A digest as in-toto writes it: `{"sha256": "..."}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Sha256 {
    /// The digest.
    pub sha256: Digest,
}

impl From<Digest> for Sha256 {
    fn from(sha256: Digest) -> Self {
        Self { sha256 }
    }
}

impl Subject {
    /// An image of this name and digest.
    pub fn image(name: &str, digest: &Digest) -> Self {
        Self { name: name.to_owned(), digest: BTreeMap::from([("sha256".to_owned(), digest.to_string())]) }
    }

    /// Whether it has this SHA-256.
    pub fn is(&self, digest: &Digest) -> bool {
        self.digest.get("sha256").and_then(|hex| Digest::from_hex(hex.as_bytes())).as_ref() == Some(digest)
    }
}

impl<P> Statement<P> {
    /// A statement about one image.
    pub fn about(name: &str, digest: &Digest, predicate_type: &str, predicate: P) -> Self {
        Self {
            kind: STATEMENT_V1.to_owned(),
            subject: vec![Subject::image(name, digest)],
            predicate_type: predicate_type.to_owned(),
            predicate,
        }
    }

    /// Fails unless the statement is about this image.
    ///
    /// # Errors
    /// [`Kind::Verification`] with the rule `subject`.
    pub fn check_subject(&self, image: &Digest) -> Result<()> {
        if self.subject.iter().any(|subject| subject.is(image)) {
            return Ok(());
        }
        let found: Vec<_> =
            self.subject.iter().filter_map(|subject| subject.digest.get("sha256")).take(3).cloned().collect();
        Err(Error::new(Kind::Verification, "the statement is about another image")
            .rule("subject")
            .mismatch(image.to_string(), if found.is_empty() { "no SHA-256".into() } else { found.join(", ") }))
    }
}

impl<P: Serialize> Statement<P> {
    /// An envelope around it, which nobody signed yet. Equal statements give equal bytes.
    ///
    /// # Errors
    /// [`Kind::Limit`] where it is too large.
    pub fn to_envelope(&self) -> Result<Envelope> {
        let json = serde_json::to_vec(self)
            .map_err(|error| Error::new(Kind::Internal, format!("the statement can't be written: {error}")))?;
        Envelope::new(media::IN_TOTO, json)
    }
}

impl Attested {
    /// What the statement in it is about and what it says, the predicate itself left out.
    ///
    /// # Errors
    /// [`Kind::Malformed`] for what is no statement.
    pub fn head(&self) -> Result<Statement<()>> {
        let Statement { kind, subject, predicate_type, predicate: IgnoredAny } = self.parse::<IgnoredAny>()?;
        Ok(Statement { kind, subject, predicate_type, predicate: () })
    }

    /// The statement in it, which must have this type of predicate.
    ///
    /// # Errors
    /// [`Kind::Malformed`] for what is no statement, or has not the fields of such a predicate; [`Kind::Verification`] with the
    /// rule `predicate` for one of another type.
    pub fn statement<P: DeserializeOwned>(&self, predicate_type: &str) -> Result<Statement<P>> {
        let head = self.head()?;
        if head.predicate_type != predicate_type {
            return Err(Error::new(Kind::Verification, "the statement says something else")
                .rule("predicate")
                .mismatch(predicate_type, head.predicate_type));
        }
        self.parse()
    }

    fn parse<P: DeserializeOwned>(&self) -> Result<Statement<P>> {
        if self.payload_type() != media::IN_TOTO {
            return Err(Error::new(Kind::Malformed, "the envelope holds no in-toto statement")
                .mismatch(media::IN_TOTO, self.payload_type()));
        }
        let statement: Statement<P> =
            serde_json::from_slice(self.payload()).map_err(|error| malformed("an in-toto statement", &error))?;
        match statement.kind.as_str() {
            STATEMENT_V1 | STATEMENT_V01 => Ok(statement),
            other => Err(Error::new(Kind::Malformed, "the statement is of a version that is not known")
                .field("_type")
                .mismatch(STATEMENT_V1, other)),
        }
    }
}
