//! Facts as bytes, for a cache: `RSLF`, the version 2, three lengths of 8 bytes each (little endian): of the body, of the same as
//! a zstd frame with a checksum, and of the tail; the XXH3 (128 bits) of the tail, the frame, and the tail.
//!
//! Numbers are unsigned LEB128; a path is how many bytes it shares with the path before it, and the rest with its length. The
//! body is the `diff_id`; removed paths; opaque folders; entries, each a path, its time (zigzag), a byte for what it is, and
//! what belongs to that; links, each a path and a target; implied folders; and then the contents one after another. Those of
//! md5sums are in the tail, as they are: digests can't be compressed, and to decompress them is most of the time of a second
//! look.

use bytes::Bytes;
use reposnap::Digest;

use super::facts::{Content, Fact, Facts, What};
use crate::limits::{MAX_KEPT, MAX_NAMES};

const MAGIC: &[u8; 5] = b"RSLF\x02";

const DIRECTORY: u8 = 0;
const FILE: u8 = 1;
const SYMBOLIC: u8 = 2;
const HARD: u8 = 3;
const OTHER: u8 = 4;
/// Flags of a file: its bytes are there, its MD5 is there.
const BYTES: u8 = 0x10;
const MD5: u8 = 0x20;

/// How hard zstd tries: facts are written once and read often, but whoever writes them waits.
const LEVEL: i32 = 1;

/// The facts as bytes; none where zstd has no memory.
pub(crate) fn encode(facts: &Facts) -> Option<Vec<u8>> {
    let mut out = Writer { bytes: Vec::with_capacity(facts.kept as usize + (64 << 10)), last: Vec::new() };
    out.bytes.extend_from_slice(facts.diff_id.as_bytes());
    for paths in [&facts.removed, &facts.opaque] {
        out.paths(paths);
    }
    out.uint(facts.entries.len() as u64);
    for fact in &facts.entries {
        out.path(&fact.path);
        out.uint((fact.mtime << 1 ^ fact.mtime >> 63) as u64);
        match &fact.what {
            What::Directory => out.bytes.push(DIRECTORY),
            What::Other => out.bytes.push(OTHER),
            What::SymbolicLink(target) => {
                out.bytes.push(SYMBOLIC);
                out.plain(target);
            }
            What::HardLink(target) => {
                out.bytes.push(HARD);
                out.plain(target);
            }
            What::File(content) => {
                let flags =
                    if content.bytes.is_some() { BYTES } else { 0 } | if content.md5.is_some() { MD5 } else { 0 };
                out.bytes.push(FILE | flags);
                out.uint(content.size);
                out.bytes.extend_from_slice(content.md5.as_ref().map_or(&[], |md5| &md5[..]));
            }
        }
    }
    out.uint(facts.links.len() as u64);
    for (path, target) in &facts.links {
        out.path(path);
        out.plain(target);
    }
    out.paths(&facts.implied);
    let mut tail = Vec::new();
    for fact in &facts.entries {
        if let What::File(Content { bytes: Some(bytes), .. }) = &fact.what {
            if is_plain(&fact.path) { &mut tail } else { &mut out.bytes }.extend_from_slice(bytes);
        }
    }
    let body = out.bytes;
    let mut compressor = zstd::bulk::Compressor::new(LEVEL).ok()?;
    compressor.include_checksum(true).ok()?;
    let frame = compressor.compress(&body).ok()?;
    let mut whole = Vec::with_capacity(MAGIC.len() + 40 + frame.len() + tail.len());
    whole.extend_from_slice(MAGIC);
    for length in [body.len(), frame.len(), tail.len()] {
        whole.extend_from_slice(&(length as u64).to_le_bytes());
    }
    whole.extend_from_slice(&sum(&tail));
    whole.extend_from_slice(&frame);
    whole.extend_from_slice(&tail);
    Some(whole)
}

/// Whether a file's content is in the tail.
fn is_plain(path: &[u8]) -> bool {
    path.ends_with(b".md5sums")
}

fn sum(tail: &[u8]) -> [u8; 16] {
    twox_hash::XxHash3_128::oneshot(tail).to_le_bytes()
}

/// Facts from what [`encode`] wrote; none for all else: a cache that is damaged is an empty one.
pub(crate) fn decode(bytes: &Bytes) -> Option<Facts> {
    let mut rest = bytes.strip_prefix(MAGIC)?;
    let mut length = || {
        let (length, behind) = rest.split_first_chunk()?;
        rest = behind;
        usize::try_from(u64::from_le_bytes(*length)).ok()
    };
    let (body_length, frame_length, tail_length) = (length()?, length()?, length()?);
    let (tail_sum, rest) = rest.split_first_chunk()?;
    let (frame, tail) = rest.split_at_checked(frame_length)?;
    if body_length as u64 > MAX_KEPT + 4 * MAX_NAMES as u64 || tail.len() != tail_length || sum(tail) != *tail_sum {
        return None;
    }
    let tail = bytes.slice_ref(tail);
    let body = Bytes::from(zstd::bulk::decompress(frame, body_length).ok()?);
    if body.len() != body_length {
        return None;
    }
    let mut read = Reader { rest: &body, last: Vec::new(), whole: body.len() };
    let diff_id = Digest::from_bytes(*read.array()?);
    let removed = read.paths()?;
    let opaque = read.paths()?;
    let count = read.count()?;
    let mut entries = Vec::with_capacity(count);
    for _ in 0..count {
        let path = read.path()?;
        let mtime = read.uint()?;
        let mtime = (mtime >> 1) as i64 ^ -((mtime & 1) as i64);
        let what = match read.take(1)?[0] {
            DIRECTORY => What::Directory,
            OTHER => What::Other,
            SYMBOLIC => What::SymbolicLink(read.plain()?),
            HARD => What::HardLink(read.plain()?),
            flags if flags & !(BYTES | MD5) == FILE => {
                let size = read.uint()?;
                let md5 = if flags & MD5 != 0 { Some(*read.array()?) } else { None };
                // The bytes come at the end.
                let bytes = (flags & BYTES != 0).then(Bytes::new);
                What::File(Content { bytes, md5, size })
            }
            _ => return None,
        };
        entries.push(Fact { path, what, mtime });
    }
    let count = read.count()?;
    let mut links = Vec::with_capacity(count);
    for _ in 0..count {
        links.push((read.path()?, read.plain()?));
    }
    let implied = read.paths()?;
    let (mut at, mut tail_at) = (read.whole - read.rest.len(), 0);
    let mut kept = 0u64;
    for fact in &mut entries {
        if let What::File(Content { bytes: Some(bytes), size, .. }) = &mut fact.what {
            let (from, at) = if is_plain(&fact.path) { (&tail, &mut tail_at) } else { (&body, &mut at) };
            let end = at.checked_add(usize::try_from(*size).ok()?).filter(|end| *end <= from.len())?;
            *bytes = from.slice(*at..end);
            kept += *size;
            *at = end;
        }
    }
    (at == body.len() && tail_at == tail.len()).then_some(Facts {
        diff_id,
        removed,
        opaque,
        entries,
        links,
        implied,
        kept,
    })
}

struct Writer {
    bytes: Vec<u8>,
    last: Vec<u8>,
}

impl Writer {
    fn uint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push((value as u8) | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    fn plain(&mut self, bytes: &[u8]) {
        self.uint(bytes.len() as u64);
        self.bytes.extend_from_slice(bytes);
    }

    fn path(&mut self, path: &[u8]) {
        let shared = path.iter().zip(&self.last).take_while(|(a, b)| a == b).count();
        self.uint(shared as u64);
        self.plain(&path[shared..]);
        self.last.truncate(shared);
        self.last.extend_from_slice(&path[shared..]);
    }

    fn paths(&mut self, paths: &[Vec<u8>]) {
        self.uint(paths.len() as u64);
        for path in paths {
            self.path(path);
        }
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    last: Vec<u8>,
    whole: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(taken)
    }

    fn uint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            if shift == 63 && byte > 1 {
                return None;
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    /// A number of things, each of which takes a byte at least.
    fn count(&mut self) -> Option<usize> {
        usize::try_from(self.uint()?).ok().filter(|count| *count <= self.rest.len())
    }

    fn plain(&mut self) -> Option<Vec<u8>> {
        let length = self.count()?;
        Some(self.take(length)?.to_vec())
    }

    fn path(&mut self) -> Option<Vec<u8>> {
        let shared = usize::try_from(self.uint()?).ok()?;
        let length = self.count()?;
        let rest = self.take(length)?;
        let mut path = Vec::with_capacity(shared.min(self.last.len()) + length);
        path.extend_from_slice(self.last.get(..shared)?);
        path.extend_from_slice(rest);
        self.last.clone_from(&path);
        Some(path)
    }

    fn paths(&mut self) -> Option<Vec<Vec<u8>>> {
        let count = self.count()?;
        (0..count).map(|_| self.path()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        let file = |bytes: &'static [u8], md5| {
            What::File(Content { bytes: Some(Bytes::from_static(bytes)), md5, size: bytes.len() as u64 })
        };
        let fact = |path: &str, what, mtime| Fact { path: path.into(), what, mtime };
        Facts {
            diff_id: Digest::of(b"x"),
            removed: vec![b"var/lib/a".to_vec(), b"var/lib/b".to_vec()],
            opaque: vec![Vec::new()],
            entries: vec![
                fact("var", What::Directory, -5),
                fact("var/a", file(b"", None), i64::MAX),
                fact("var/b", file(b"content", Some([7; 16])), i64::MIN),
                fact("var/c", What::File(Content { bytes: None, md5: Some([1; 16]), size: 1 << 40 }), 1),
                fact("var/d", What::SymbolicLink(b"../x".to_vec()), 0),
                fact("var/e", What::HardLink(b"var/b".to_vec()), 0),
                fact("zero", What::Other, 0),
                fact("zf", file(b"more", None), 3),
                fact("zf.md5sums", file(b"sums", None), 3),
                fact("zg.md5sums", file(b"", None), 3),
            ],
            links: vec![(b"var/d".to_vec(), b"../x".to_vec())],
            implied: vec![b"usr".to_vec(), b"usr/lib".to_vec()],
            kept: 15,
        }
    }

    #[test]
    fn there_and_back() {
        let encoded = Bytes::from(encode(&facts()).unwrap());
        assert_eq!(decode(&encoded).unwrap(), facts());
    }

    #[test]
    fn what_is_damaged_is_not_there() {
        let encoded = Bytes::from(encode(&facts()).unwrap());
        for at in 0..encoded.len() {
            assert_eq!(decode(&encoded.slice(..at)), None);
            let mut damaged = encoded.to_vec();
            damaged[at] ^= 0x11;
            if let Some(found) = decode(&damaged.into()) {
                // Bits of the frame's header that carry nothing.
                assert_eq!(found, facts(), "{at}");
            }
        }
        assert_eq!(decode(&[&encoded[..], b"x"].concat().into()), None);
    }

    #[test]
    fn bodies_that_lie() {
        let whole = |lengths: [u64; 3], frame: &[u8]| {
            let lengths = lengths.map(u64::to_le_bytes).concat();
            Bytes::from([&MAGIC[..], &lengths, &sum(b""), frame].concat())
        };
        let framed = |body: &[u8]| {
            let frame = zstd::bulk::compress(body, 1).unwrap();
            whole([body.len() as u64, frame.len() as u64, 0], &frame)
        };
        let zero = vec![0; 32 + 5];
        assert!(decode(&framed(&zero)).is_some());
        for at in 32..37 {
            for value in [1, 0x7f, 0xff] {
                let mut body = zero.clone();
                body[at] = value;
                assert_eq!(decode(&framed(&body)), None, "{at} {value}");
            }
        }
        for lengths in
            [[u64::MAX; 3], [u64::MAX, 0, 0], [1 << 40, 0, 0], [0, u64::MAX, 0], [0, 0, u64::MAX], [37, 0, 1]]
        {
            assert_eq!(decode(&whole(lengths, b"")), None);
        }
    }
}
