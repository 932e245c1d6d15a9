//! What is answered.

use std::fs::File;

use bytes::Bytes;
use jiff::Timestamp;
use reposnap::Error;
use reposnap::error::Kind;
use reposnap::store::Objects;

use super::date::{http_date, last_modified};

/// An answer.
#[derive(Debug)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Fields beside those that follow from the others.
    pub fields: Vec<(&'static str, String)>,
    /// What is sent.
    pub body: Body,
    /// Which version it is: a strong ETag, without its quotes.
    pub etag: Option<String>,
    /// When that was made.
    pub modified: Option<Timestamp>,
    /// Of the body, the part that is sent.
    pub range: Option<std::ops::Range<u64>>,
    /// Whether the connection is closed afterwards.
    pub close: bool,
}

/// What is sent.
#[derive(Debug)]
pub enum Body {
    /// Bytes in memory.
    Bytes(Bytes),
    /// An open file of so many bytes.
    File(File, u64),
    /// An object of a store that is no directory, of so many bytes.
    Object(Objects, String, u64),
}

impl Body {
    /// How many bytes it has.
    pub fn size(&self) -> u64 {
        match self {
            Body::Bytes(bytes) => bytes.len() as u64,
            Body::File(_, size) | Body::Object(_, _, size) => *size,
        }
    }
}

impl Response {
    /// An answer with a body.
    pub fn new(status: u16, body: Body) -> Self {
        Self { status, fields: Vec::new(), body, etag: None, modified: None, range: None, close: false }
    }

    /// An answer of a text of the media type `media`.
    pub fn text(status: u16, media: &str, text: impl Into<Bytes>) -> Self {
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
    pub fn field(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    /// With a version, and when it was made.
    #[must_use]
    pub fn version(mut self, etag: String, modified: Option<Timestamp>) -> Self {
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
        let mut text = format!("HTTP/1.1 {} {}\r\nDate: {}\r\n", self.status, reason(self.status), http_date(now));
        if self.status != 304 {
            let _ = write!(text, "Content-Length: {}\r\n", self.length());
        }
        if let Some(etag) = &self.etag {
            let _ = write!(text, "ETag: \"{etag}\"\r\nAccept-Ranges: bytes\r\n");
        }
        if let Some(modified) = self.modified {
            let _ = write!(text, "Last-Modified: {}\r\n", http_date(last_modified(modified, now)));
        }
        if let (206, Some(range)) = (self.status, &self.range) {
            let last = range.end.saturating_sub(1);
            let _ = write!(text, "Content-Range: bytes {}-{last}/{}\r\n", range.start, self.body.size());
        }
        for (name, value) in &self.fields {
            // A line break in a value would begin another field.
            let value: String = value.chars().filter(|c| !c.is_control()).collect();
            let _ = write!(text, "{name}: {value}\r\n");
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
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        _ => "Answer",
    }
}
