//! Buckets in memory: what each request does.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::dialect::{Dialect, Wanted};
use super::http::{Answer, Request};
use super::xml;

/// How many objects one page of a listing has.
const PAGE: usize = 1000;
/// The least bytes of a part that is not the last.
const LEAST_PART: usize = 5 << 20;

/// How conditions of writes are met: `If-None-Match: *` and `If-Match`, or `x-goog-if-generation-match`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conditions {
    /// As S3 and Google do: one writer wins.
    Honoured,
    /// Not at all: every write replaces what is there.
    Ignored,
    /// The server looks first and writes later.
    LooksThenWrites,
    /// The write is refused, and done.
    RefusedAndDone,
    /// With 501.
    Unknown,
}

/// All buckets, and the uploads to them.
pub(super) struct Buckets {
    dialect: Dialect,
    buckets: BTreeMap<String, BTreeMap<String, Object>>,
    uploads: BTreeMap<String, Upload>,
    begun: u64,
    written: u64,
}

pub(super) struct Object {
    bytes: Vec<u8>,
    modified: Timestamp,
    pub(super) etag: String,
    /// The how-manieth write this was.
    pub(super) generation: u64,
    headers: Headers,
}

struct Upload {
    bucket: String,
    key: String,
    parts: BTreeMap<u32, Vec<u8>>,
    headers: Headers,
}

/// What is said with an object: the headers that a client gave, by their names.
type Headers = BTreeMap<String, String>;

/// The answer to a create where there is an object.
pub(super) fn refused() -> Answer {
    Answer::error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
}

pub(super) fn missing() -> Answer {
    Answer::error(404, "NoSuchKey", "The specified key does not exist.")
}

impl Buckets {
    pub(super) fn with(dialect: Dialect, name: &str) -> Self {
        let buckets = BTreeMap::from([(name.to_owned(), BTreeMap::new())]);
        Self { dialect, buckets, uploads: BTreeMap::new(), begun: 0, written: 0 }
    }

    pub(super) fn keys(&self, bucket: &str) -> Vec<String> {
        self.buckets.get(bucket).map(|objects| objects.keys().cloned().collect()).unwrap_or_default()
    }

    pub(super) fn bytes(&self, bucket: &str, key: &str) -> Option<Vec<u8>> {
        self.buckets.get(bucket)?.get(key).map(|object| object.bytes.clone())
    }

    pub(super) fn header(&self, bucket: &str, key: &str, name: &str) -> Option<String> {
        self.buckets.get(bucket)?.get(key)?.headers.get(name).cloned()
    }

    pub(super) fn place(&mut self, bucket: &str, key: &str, bytes: &[u8]) {
        self.write(bucket, key, bytes.to_vec(), Headers::new());
    }

    pub(super) fn take(&mut self, bucket: &str, key: &str) {
        self.buckets.entry(bucket.to_owned()).or_default().remove(key);
    }

    pub(super) fn remove(&mut self, bucket: &str) {
        self.buckets.remove(bucket);
    }

    pub(super) fn unfinished(&self) -> usize {
        self.uploads.len()
    }

    /// Whether the object that a request is about is there.
    pub(super) fn holds(&self, request: &Request) -> bool {
        self.buckets.get(&request.bucket).is_some_and(|objects| objects.contains_key(&request.key))
    }

    pub(super) fn answer(&mut self, request: &Request, conditions: Conditions) -> Answer {
        if !self.buckets.contains_key(&request.bucket) {
            return Answer::error(404, "NoSuchBucket", "The specified bucket does not exist");
        }
        match request.method.as_str() {
            "GET" if request.key.is_empty() => self.list(request),
            "GET" | "HEAD" => self.read(request),
            "PUT" if request.parameter("uploadId").is_some() => self.put_part(request),
            "PUT" => self.put(request, conditions),
            "POST" if request.parameter("delete").is_some() && self.dialect == Dialect::Amazon => {
                self.delete_many(request)
            }
            "POST" if request.parameter("uploads").is_some() => self.begin(request),
            "POST" if request.parameter("uploadId").is_some() => self.complete(request),
            "DELETE" if request.parameter("uploadId").is_some() => {
                self.uploads.remove(request.parameter("uploadId").unwrap_or_default());
                Answer::new(204, "")
            }
            "DELETE" => match self.objects(request).remove(&request.key) {
                None if self.dialect == Dialect::Google => missing(),
                _ => Answer::new(204, ""),
            },
            _ => Answer::error(405, "MethodNotAllowed", "The specified method is not allowed against this resource."),
        }
    }

    fn objects(&mut self, request: &Request) -> &mut BTreeMap<String, Object> {
        self.buckets.entry(request.bucket.clone()).or_default()
    }

    fn write(&mut self, bucket: &str, key: &str, bytes: Vec<u8>, headers: Headers) -> &Object {
        self.written += 1;
        let etag = etag(&bytes);
        let object = Object { bytes, modified: Timestamp::now(), etag, generation: self.written, headers };
        let objects = self.buckets.entry(bucket.to_owned()).or_default();
        objects.insert(key.to_owned(), object);
        &objects[key]
    }

    fn read(&mut self, request: &Request) -> Answer {
        let dialect = self.dialect;
        let Some(object) = self.objects(request).get(&request.key) else { return missing() };
        if request.header("if-match").is_some_and(|wanted| wanted != object.etag) {
            return refused();
        }
        if request.header("if-none-match").is_some_and(|known| known == object.etag) {
            return Answer::new(304, "").with("etag", &object.etag);
        }
        let size = object.bytes.len();
        let described = |answer: Answer| {
            let modified = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&object.modified);
            let answer = dialect.describe(answer, object).with("last-modified", modified.expect("a time of today"));
            object.headers.iter().fold(answer, |answer, (name, value)| answer.with(name.clone(), value))
        };
        match request.header("range").map(|range| bounds(range, size)) {
            None => described(Answer::new(200, object.bytes.clone())),
            Some(Some((start, end))) => described(Answer::new(206, &object.bytes[start..end]))
                .with("content-range", format!("bytes {start}-{}/{size}", end - 1)),
            Some(None) => Answer::error(416, "InvalidRange", "The requested range is not satisfiable"),
        }
    }

    fn put(&mut self, request: &Request, conditions: Conditions) -> Answer {
        let dialect = self.dialect;
        let wanted = dialect.wanted(request);
        if wanted == Wanted::Nothing && conditions == Conditions::Unknown {
            let message = "A header you provided implies functionality that is not implemented";
            return Answer::error(501, "NotImplemented", message);
        }
        let objects = self.objects(request);
        let mut refusal = match (wanted, objects.get(&request.key)) {
            _ if conditions == Conditions::Ignored => None,
            (Wanted::Nothing, Some(_)) => Some(refused()),
            (Wanted::Version(_), None) => Some(dialect.no_version()),
            (Wanted::Version(version), Some(object)) if !dialect.is_version(object, version) => Some(refused()),
            _ => None,
        };
        let is_done = wanted == Wanted::Nothing && conditions == Conditions::RefusedAndDone;
        if let Some(refusal) = refusal.take_if(|_| !is_done) {
            return refusal;
        }
        let source = dialect.source(request);
        let (bytes, headers) = match source.as_ref().map(|source| objects.get(source)) {
            Some(None) => return missing(),
            Some(Some(source)) => (source.bytes.clone(), source.headers.clone()),
            None => (request.body.clone(), self.said(request)),
        };
        let object = self.write(&request.bucket, &request.key, bytes, headers);
        let elements = [("LastModified", &*object.modified.to_string()), ("ETag", &object.etag)];
        let body = if source.is_some() { xml::document("CopyObjectResult", &elements) } else { String::new() };
        refusal.unwrap_or_else(|| dialect.describe(Answer::new(200, body), object))
    }

    fn begin(&mut self, request: &Request) -> Answer {
        self.begun += 1;
        let id = format!("upload-{}", self.begun);
        let upload = Upload {
            bucket: request.bucket.clone(),
            key: request.key.clone(),
            parts: BTreeMap::new(),
            headers: self.said(request),
        };
        self.uploads.insert(id.clone(), upload);
        let elements = [("Bucket", request.bucket.as_str()), ("Key", &request.key), ("UploadId", &id)];
        Answer::new(200, xml::document("InitiateMultipartUploadResult", &elements))
    }

    fn put_part(&mut self, request: &Request) -> Answer {
        let number = request.parameter("partNumber").and_then(|number| number.parse().ok());
        let upload = self.uploads.get_mut(request.parameter("uploadId").unwrap_or_default());
        match (upload, number) {
            (Some(upload), Some(number @ 1..=10_000)) if upload.key == request.key => {
                upload.parts.insert(number, request.body.clone());
                Answer::new(200, "").with("etag", etag(&request.body))
            }
            _ => Answer::error(404, "NoSuchUpload", "The specified multipart upload does not exist."),
        }
    }

    fn complete(&mut self, request: &Request) -> Answer {
        let id = request.parameter("uploadId").unwrap_or_default();
        let Some(upload) = self.uploads.get(id) else {
            return Answer::error(404, "NoSuchUpload", "The specified multipart upload does not exist.");
        };
        let asked = String::from_utf8_lossy(&request.body);
        let numbers: Vec<u32> =
            xml::elements(&asked, "PartNumber").iter().filter_map(|number| number.parse().ok()).collect();
        let etags = xml::elements(&asked, "ETag");
        let mut bytes = Vec::new();
        for (index, number) in numbers.iter().enumerate() {
            let Some(part) = upload.parts.get(number).filter(|part| etags.get(index) == Some(&etag(part))) else {
                return Answer::error(400, "InvalidPart", "One or more of the specified parts could not be found.");
            };
            if part.len() < LEAST_PART && index + 1 < numbers.len() {
                return Answer::error(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum.");
            }
            bytes.extend_from_slice(part);
        }
        let Upload { bucket, key, headers, .. } = self.uploads.remove(id).expect("it was just there");
        let dialect = self.dialect;
        let object = self.write(&bucket, &key, bytes, headers);
        let elements = [("Bucket", &*bucket), ("Key", &key), ("ETag", &object.etag)];
        dialect.describe(Answer::new(200, xml::document("CompleteMultipartUploadResult", &elements)), object)
    }

    fn delete_many(&mut self, request: &Request) -> Answer {
        let keys = xml::elements(&String::from_utf8_lossy(&request.body), "Key");
        let objects = self.objects(request);
        let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><DeleteResult>".to_owned();
        for key in keys {
            objects.remove(&key);
            text.push_str(&format!("<Deleted><Key>{}</Key></Deleted>", xml::escape(&key)));
        }
        Answer::new(200, text + "</DeleteResult>")
    }

    /// The headers that are kept with an object.
    fn said(&self, request: &Request) -> Headers {
        let kept = request.headers().filter(|(name, _)| self.dialect.is_kept(name));
        kept.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    fn list(&mut self, request: &Request) -> Answer {
        let prefix = request.parameter("prefix").unwrap_or_default();
        let delimiter = request.parameter("delimiter").filter(|delimiter| !delimiter.is_empty());
        let after = request.parameter("continuation-token").or(request.parameter("start-after")).unwrap_or_default();
        let most = request.parameter("max-keys").and_then(|most| most.parse().ok()).unwrap_or(PAGE).min(PAGE);
        let (mut objects, mut folders, mut next) = (Vec::new(), Vec::<String>::new(), None::<String>);
        for (key, object) in self.objects(request).iter().filter(|(key, _)| key.starts_with(prefix)) {
            let rest = &key[prefix.len()..];
            let folder = delimiter.and_then(|delimiter| rest.find(delimiter).map(|at| at + delimiter.len()));
            let name = &key[..prefix.len() + folder.unwrap_or(rest.len())];
            if name <= after || folders.last().is_some_and(|last| last == name) {
                continue;
            }
            if objects.len() + folders.len() == most {
                break;
            }
            if folder.is_some() {
                folders.push(name.to_owned());
            } else {
                objects.push((key.clone(), object.bytes.len(), object.modified.to_string(), object.etag.clone()));
            }
            next = Some(name.to_owned());
        }
        // A page that is full may be the last: the next one is empty then.
        let next = next.filter(|_| objects.len() + folders.len() == most);
        Answer::new(200, xml::listing(&objects, &folders, next.as_deref())).with("content-type", "application/xml")
    }
}

fn etag(bytes: &[u8]) -> String {
    let digest: String = Sha256::digest(bytes).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{digest}\"")
}

/// The bytes of `bytes=a-b`, `bytes=a-` and `bytes=-n`.
fn bounds(range: &str, size: usize) -> Option<(usize, usize)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let (start, end) = match (first, last) {
        ("", last) => (size.saturating_sub(last.parse().ok()?), size),
        (first, "") => (first.parse().ok()?, size),
        (first, last) => (first.parse().ok()?, last.parse::<usize>().ok()?.saturating_add(1).min(size)),
    };
    (start < end).then_some((start, end))
}
