//! HTTP/1.1 as far as clients of buckets speak it.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::xml;

/// How often a waiting connection looks whether the server has ended.
const POLL: Duration = Duration::from_millis(20);
/// The longest request line or header line, bytes.
const MAX_LINE: u64 = 16 * 1024;
/// The largest body, bytes.
const MAX_BODY: usize = 256 << 20;

/// One request as it came.
pub(super) struct Request {
    pub(super) method: String,
    /// The bucket's name.
    pub(super) bucket: String,
    /// The key, decoded.
    pub(super) key: String,
    raw: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Request {
    /// `METHOD /path?query`, as it came.
    pub(super) fn line(&self) -> String {
        format!("{} {}", self.method, self.raw)
    }

    /// The value of a header field; `name` in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// All header fields, their names in lower case.
    pub(super) fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of a parameter of the query.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(parameter, _)| parameter == name).map(|(_, value)| value.as_str())
    }

    /// Refuses a body that is not what its digest says.
    pub(super) fn check_digest(&self) -> Option<Answer> {
        let said = self.header("x-amz-content-sha256").filter(|said| said.len() == 64)?;
        let found: String = Sha256::digest(&self.body).iter().map(|byte| format!("{byte:02x}")).collect();
        (said != found).then(|| Answer::error(400, "XAmzContentSHA256Mismatch", "The digest does not match the body."))
    }
}

/// What is answered.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    /// The length is told and the body kept back.
    pub(super) is_head: bool,
}

impl Answer {
    pub(super) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), is_head: false }
    }

    pub(super) fn error(status: u16, code: &str, message: &str) -> Self {
        Self::new(status, xml::error(code, message)).with("content-type", "application/xml")
    }

    pub(super) fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

/// A connection, which waits as long as the server lives.
pub(super) struct Connection<'a> {
    reader: BufReader<Patient<'a>>,
    stream: &'a TcpStream,
}

impl<'a> Connection<'a> {
    pub(super) fn new(stream: &'a TcpStream, stopped: &'a AtomicBool) -> std::io::Result<Self> {
        stream.set_read_timeout(Some(POLL))?;
        Ok(Self { reader: BufReader::with_capacity(64 << 10, Patient { stream, stopped }), stream })
    }

    /// The next request; nothing at the end.
    pub(super) fn read(&mut self) -> std::io::Result<Option<Request>> {
        let Some(first) = self.line()?.filter(|line| !line.is_empty()) else { return Ok(None) };
        let mut words = first.split(' ');
        let (method, raw) = (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned());
        let mut headers = Vec::new();
        while let Some(line) = self.line()?.filter(|line| !line.is_empty()) {
            if let Some((name, value)) = line.split_once(':') {
                headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
        let (path, query) = raw.split_once('?').unwrap_or((&raw, ""));
        let (bucket, key) = path.trim_start_matches('/').split_once('/').unwrap_or((path.trim_matches('/'), ""));
        let query = query.split('&').filter(|pair| !pair.is_empty());
        let query = query.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let query = query.map(|(name, value)| (decode(name), decode(&value.replace('+', " ")))).collect();
        let (bucket, key) = (decode(bucket), decode(key));
        let mut request = Request { method, bucket, key, raw: raw.clone(), query, headers, body: Vec::new() };
        let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0_usize);
        if length > MAX_BODY || request.header("transfer-encoding").is_some() {
            return Err(std::io::Error::new(ErrorKind::InvalidData, "no such body is taken"));
        }
        request.body.resize(length, 0);
        self.reader.read_exact(&mut request.body)?;
        Ok(Some(request))
    }

    /// Writes an answer, and of its body so many bytes.
    pub(super) fn write(&mut self, answer: &Answer, most: usize) -> std::io::Result<()> {
        let mut head = format!("HTTP/1.1 {} X\r\ncontent-length: {}\r\n", answer.status, answer.body.len());
        for (name, value) in &answer.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        if !answer.is_head {
            bytes.extend_from_slice(&answer.body[..most]);
        }
        self.stream.write_all(&bytes)
    }

    fn line(&mut self) -> std::io::Result<Option<String>> {
        let mut line = String::new();
        let read = (&mut self.reader).take(MAX_LINE).read_line(&mut line)?;
        Ok((read > 0).then(|| line.trim_end().to_owned()))
    }
}

/// Undoes `%XX`.
pub(super) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digits = |rest: &mut std::str::Bytes<'_>| {
            let digits = [rest.next()?, rest.next()?];
            u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()
        };
        bytes.push(if byte == b'%' { digits(&mut rest).unwrap_or(b'?') } else { byte });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

struct Patient<'a> {
    stream: &'a TcpStream,
    stopped: &'a AtomicBool,
}

impl Read for Patient<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            match self.stream.read(buffer) {
                Err(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock) => {
                    if self.stopped.load(Ordering::SeqCst) {
                        return Ok(0);
                    }
                }
                other => return other,
            }
        }
    }
}
