//! What Amazon and Google say in different words: who asks, what has to be there for a write, and versions.

use super::bucket::Object;
use super::http::{Answer, Request, decode};
use super::{ACCESS_KEY, SECRET_KEY, TOKEN};

/// Whose protocol the server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Amazon,
    /// The XML API of Google Cloud Storage.
    Google,
}

/// What a write is done over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted<'a> {
    Anything,
    Nothing,
    /// This version and no other.
    Version(&'a str),
}

impl Dialect {
    /// What URLs of stores begin with.
    pub(super) fn scheme(self) -> &'static str {
        match self {
            Self::Amazon => "s3",
            Self::Google => "gs",
        }
    }

    /// The variables by which a server at `endpoint` is reached.
    pub(super) fn variables(self, endpoint: &str) -> Vec<(String, String)> {
        let variables = match self {
            Self::Amazon => vec![
                ("AWS_ACCESS_KEY_ID", ACCESS_KEY),
                ("AWS_SECRET_ACCESS_KEY", SECRET_KEY),
                ("AWS_REGION", "eu-test-1"),
                ("AWS_ENDPOINT_URL", endpoint),
                ("AWS_ALLOW_HTTP", "true"),
            ],
            Self::Google => {
                vec![("GOOGLE_BEARER_TOKEN", TOKEN), ("GOOGLE_BASE_URL", endpoint), ("GOOGLE_ALLOW_HTTP", "true")]
            }
        };
        variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// The answer to somebody who is not known.
    pub(super) fn stranger(self, request: &Request) -> Option<Answer> {
        let said = request.header("authorization").unwrap_or_default();
        match self {
            Self::Amazon if !said.contains(&format!("Credential={ACCESS_KEY}/")) => {
                let message = "The AWS Access Key Id you provided does not exist in our records.";
                Some(Answer::error(403, "InvalidAccessKeyId", message))
            }
            Self::Google if said != format!("Bearer {TOKEN}") => {
                Some(Answer::error(401, "AuthenticationRequired", "Authentication required."))
            }
            _ => None,
        }
    }

    /// The condition of a write.
    pub(super) fn wanted(self, request: &Request) -> Wanted<'_> {
        match self {
            Self::Amazon if request.header("if-none-match") == Some("*") => Wanted::Nothing,
            Self::Amazon => request.header("if-match").map_or(Wanted::Anything, Wanted::Version),
            Self::Google => match request.header("x-goog-if-generation-match") {
                Some("0") => Wanted::Nothing,
                generation => generation.map_or(Wanted::Anything, Wanted::Version),
            },
        }
    }

    /// Whether an object is the version that is wanted.
    pub(super) fn is_version(self, object: &Object, wanted: &str) -> bool {
        match self {
            Self::Amazon => object.etag == wanted,
            Self::Google => object.generation.to_string() == wanted,
        }
    }

    /// The answer where no version is there, and one is wanted.
    pub(super) fn no_version(self) -> Answer {
        match self {
            Self::Amazon => super::bucket::missing(),
            Self::Google => super::bucket::refused(),
        }
    }

    /// The key of the object that a write copies.
    pub(super) fn source(self, request: &Request) -> Option<String> {
        let source = request.header(match self {
            Self::Amazon => "x-amz-copy-source",
            Self::Google => "x-goog-copy-source",
        })?;
        let (bucket, key) = source.trim_start_matches('/').split_once('/')?;
        (decode(bucket) == request.bucket).then(|| decode(key))
    }

    /// Whether a header of a client's is kept with its object.
    pub(super) fn is_kept(self, header: &str) -> bool {
        let own = match self {
            Self::Amazon => "x-amz-meta-",
            Self::Google => "x-goog-meta-",
        };
        ["cache-control", "content-type"].contains(&header) || header.starts_with(own)
    }

    /// The answer with what tells the object's version.
    pub(super) fn describe(self, answer: Answer, object: &Object) -> Answer {
        let answer = answer.with("etag", &object.etag);
        match self {
            Self::Amazon => answer,
            Self::Google => answer.with("x-goog-generation", object.generation.to_string()),
        }
    }
}
