//! What is answered.

use std::borrow::Cow;
use std::fs::File;
use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use reposnap::deb::compress::Compression;
use reposnap::error::Kind;
use reposnap::store::Objects;
use reposnap::{Digest, Error};

use super::date::{last_modified, put_http_date};

/// How large a head mostly is at most, in bytes.
const HEAD: usize = 512;

/// An answer. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Fields beside those that follow from the others.
    pub fields: Vec<(&'static str, Cow<'static, str>)>,
    /// What is sent.
    pub body: Body,
    /// The SHA-256 of the body, which is its strong ETag.
    pub etag: Option<Digest>,
    /// When that was made.
    pub modified: Option<Timestamp>,
    /// Of the body, the part that is sent.
    pub range: Option<std::ops::Range<u64>>,
    /// Whether the connection is closed afterwards.
    pub close: bool,
}

/// What is sent.
#[derive(Clone, Debug)]
pub enum Body {
    /// Bytes in memory.
    Bytes(Bytes),
    /// An open file of so many bytes.
    File(Arc<File>, u64),
    /// An object of a store that is no directory, of so many bytes.
    Object(Objects, String, u64),
    /// What comes out of another body, of so many bytes, when it is decompressed.
    Packed(Arc<Packed>, u64),
}

/// What is decompressed as it is sent.
#[derive(Debug)]
pub struct Packed {
    /// How it is compressed.
    pub compression: Compression,
    /// Where it lies.
    pub source: PackedSource,
}

/// Where the compressed bytes lie.
#[derive(Debug)]
pub enum PackedSource {
    /// In memory.
    Bytes(Bytes),
    /// In an open file of so many bytes.
    File(Arc<File>, u64),
}

impl Body {
    /// How many bytes it has.
    pub fn size(&self) -> u64 {
        match self {
            Body::Bytes(bytes) => bytes.len() as u64,
            Body::File(_, size) | Body::Object(_, _, size) | Body::Packed(_, size) => *size,
        }
    }
}

impl Response {
    /// An answer with a body.
    pub fn new(status: u16, body: Body) -> Self {
        Self { status, fields: Vec::new(), body, etag: None, modified: None, range: None, close: false }
    }

    /// An answer of a text of the media type `media`.
    pub fn text(status: u16, media: &'static str, text: impl Into<Bytes>) -> Self {
        Self::new(status, Body::Bytes(text.into())).field("Content-Type", media)
    }

    /// The document of an error.
    pub fn error(status: u16, error: &Error) -> Self {
        let mut text = serde_json::to_string(&serde_json::json!({ "error": error })).unwrap_or_default();
        text.push('\n');
        Self::text(status, "application/json", text).field("Cache-Control", "no-store")
    }

    /// A failure with a status and a sentence.
    pub fn failure(status: u16, kind: Kind, why: &str) -> Self {
        Self::error(status, &Error::new(kind, why))
    }

    /// There is nothing.
    pub fn not_found(why: &str) -> Self {
        Self::failure(404, Kind::NotFound, why)
    }

    /// With one more field.
    #[must_use]
    pub fn field(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    /// With a version, and when it was made.
    #[must_use]
    pub fn version(mut self, etag: Digest, modified: Option<Timestamp>) -> Self {
        self.etag = Some(etag);
        self.modified = modified;
        self
    }

    /// How many bytes of body are sent.
    pub fn length(&self) -> u64 {
        self.range.as_ref().map_or_else(|| self.body.size(), |range| range.end - range.start)
    }

    /// The head as it is sent.
    pub fn head(&self, now: Timestamp) -> String {
        use std::fmt::Write as _;
        let mut text = String::with_capacity(HEAD);
        let _ = write!(text, "HTTP/1.1 {} {}\r\nDate: ", self.status, reason(self.status));
        put_http_date(&mut text, now);
        text.push_str("\r\n");
        if self.status != 304 {
            let _ = write!(text, "Content-Length: {}\r\n", self.length());
        }
        if let Some(etag) = &self.etag {
            let _ = write!(text, "ETag: \"{etag}\"\r\nAccept-Ranges: bytes\r\n");
        }
        if let Some(modified) = self.modified {
            text.push_str("Last-Modified: ");
            put_http_date(&mut text, last_modified(modified, now));
            text.push_str("\r\n");
        }
        if let (206, Some(range)) = (self.status, &self.range) {
            let last = range.end.saturating_sub(1);
            let _ = write!(text, "Content-Range: bytes {}-{last}/{}\r\n", range.start, self.body.size());
        }
        for (name, value) in &self.fields {
            text.push_str(name);
            text.push_str(": ");
            // A line break in a value would begin another field.
            match value {
                Cow::Borrowed(value) => text.push_str(value),
                Cow::Owned(value) => text.extend(value.chars().filter(|c| !c.is_control())),
            }
            text.push_str("\r\n");
        }
        text.push_str("X-Content-Type-Options: nosniff\r\n");
        text.push_str(if self.close { "Connection: close\r\n\r\n" } else { "\r\n" });
        text
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        206 => "Partial Content",
        301 => "Moved Permanently",
        304 => "Not Modified",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        411 => "Length Required",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        414 => "URI Too Long",
        415 => "Unsupported Media Type",
        416 => "Range Not Satisfiable",
        417 => "Expectation Failed",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        _ => "Answer",
    }
}
