//! The bytes of a layer on their way: counted and hashed as they lie, uncompressed, counted and hashed again.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use reposnap::deb::compress::{Compression, Reader};
use reposnap::digest::Hasher;
use reposnap::progress::Monitor;
use reposnap::{Digest, Error, Kind, Result};

use crate::blobs::Descriptor;
use crate::limits::{FREE_BYTES, MAX_LAYER_BYTES, MAX_RATIO};
use crate::tar::from_io;

/// How much is read at once.
const CHUNK: usize = 256 << 10;

/// The phase under which a monitor hears of bytes read.
pub(crate) const PHASE: &str = "layers";

/// How the layer of a descriptor is compressed.
///
/// | media type | compression |
/// |---|---|
/// | `application/vnd.oci.image.layer.v1.tar`, `+gzip`, `+zstd`; `nondistributable` ones, too | as the suffix tells |
/// | `application/vnd.docker.image.rootfs.diff.tar`, `.gzip`, `.zstd`; `foreign` ones, too | as the suffix tells |
///
/// # Errors
/// [`Kind::Unsupported`] for all others.
pub(crate) fn compression(descriptor: &Descriptor) -> Result<Compression> {
    let media_type = descriptor.media_type.as_str();
    let oci = ["application/vnd.oci.image.layer.v1.tar", "application/vnd.oci.image.layer.nondistributable.v1.tar"];
    let docker =
        ["application/vnd.docker.image.rootfs.diff.tar", "application/vnd.docker.image.rootfs.foreign.diff.tar"];
    let suffix = oci.iter().chain(&docker).find_map(|stem| media_type.strip_prefix(stem));
    match suffix {
        Some("") => Ok(Compression::None),
        Some("+gzip" | ".gzip") => Ok(Compression::Gzip),
        Some("+zstd" | ".zstd") => Ok(Compression::Zstd),
        Some(suffix) if suffix.contains("encrypted") => {
            let error = Error::new(Kind::Unsupported, "the layer is encrypted").path(digest_name(&descriptor.digest));
            Err(error.help("decrypt it first: skopeo copy --decryption-key"))
        }
        _ => {
            let error = Error::new(Kind::Unsupported, format!("{media_type:?} is no sort of layer that can be read"));
            Err(error.path(digest_name(&descriptor.digest)))
        }
    }
}

/// A digest as manifests have it.
pub(crate) fn digest_name(digest: &Digest) -> String {
    format!("sha256:{digest}")
}

/// What the first bytes of a file say of its compression; an error for those that no layer may have.
///
/// # Errors
/// [`Kind::Unsupported`] for xz, bzip2 and lz4.
pub(crate) fn magic(first: &[u8]) -> Result<Compression> {
    let unsupported = |name: &str| Err(Error::new(Kind::Unsupported, format!("the layer is compressed with {name}")));
    match first {
        [0x1f, 0x8b, ..] => Ok(Compression::Gzip),
        // A frame, or one that is passed over (RFC 8878, 3.1.2), in which seekable files keep tables.
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Ok(Compression::Zstd),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => unsupported("xz"),
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, ..] => unsupported("bzip2"),
        [0x04, 0x22, 0x4d, 0x18, ..] => unsupported("lz4"),
        _ => Ok(Compression::None),
    }
}

/// What came of a layer's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Passed {
    /// The digest of the uncompressed archive.
    pub(crate) diff_id: Digest,
}

/// The uncompressed bytes of a layer.
pub(crate) struct Stream {
    reader: Reader<BufReader<Source>>,
    hasher: Hasher,
    /// Bytes of the reader's present chunk that were hashed.
    hashed: usize,
}

impl Stream {
    /// The bytes of `blob`, which `descriptor` tells of.
    ///
    /// # Errors
    /// [`Kind::Unsupported`] for other media types than those of layers; [`Kind::Verification`] with the rule
    /// `media-type` where the blob is compressed in another way than its media type says. (Runtimes go by the blob, verifiers by
    /// the type: an image that two of them read in different ways is none.)
    pub(crate) fn new(
        blob: Box<dyn Read + Send>,
        descriptor: &Descriptor,
        monitor: Monitor,
        stop: Arc<AtomicBool>,
    ) -> Result<Self> {
        let kind = compression(descriptor)?;
        let source = Source {
            blob,
            hasher: Hasher::new(),
            left: descriptor.size,
            descriptor: descriptor.clone(),
            monitor,
            stop,
        };
        let mut source = BufReader::with_capacity(CHUNK, source);
        let found = magic(source.fill_buf().map_err(from_io)?)?;
        if found != kind {
            let error =
                Error::new(Kind::Verification, "the layer is compressed in another way than its media type says");
            let error = error.rule("media-type").mismatch(kind.as_str(), found.as_str());
            return Err(error.path(digest_name(&descriptor.digest)));
        }
        let free = FREE_BYTES.max(descriptor.size.saturating_mul(MAX_RATIO));
        let reader = Reader::new(kind, source, free.min(MAX_LAYER_BYTES))?;
        Ok(Self { reader, hasher: Hasher::new(), hashed: 0 })
    }

    /// The digest of all bytes, after the last one was read.
    pub(crate) fn finish(self) -> Passed {
        Passed { diff_id: self.hasher.finish() }
    }
}

impl BufRead for Stream {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let chunk = self.reader.fill_buf()?;
        if chunk.len() > self.hashed {
            self.hasher.update(&chunk[self.hashed..]);
            self.hashed = chunk.len();
        }
        Ok(chunk)
    }

    fn consume(&mut self, amount: usize) {
        self.hashed -= amount.min(self.hashed);
        self.reader.consume(amount);
    }
}

impl crate::tar::Source for Stream {}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut chunk = self.fill_buf()?;
        let length = chunk.read(buffer)?;
        self.consume(length);
        Ok(length)
    }
}

/// A blob, compared with its descriptor as it passes.
struct Source {
    blob: Box<dyn Read + Send>,
    hasher: Hasher,
    /// Bytes that have to come yet.
    left: u64,
    descriptor: Descriptor,
    monitor: Monitor,
    /// Whether another layer has failed.
    stop: Arc<AtomicBool>,
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.monitor.check().map_err(io::Error::other)?;
        if self.stop.load(Ordering::Relaxed) {
            return Err(io::Error::other(Error::new(Kind::Cancelled, "nobody waits for the layer any more")));
        }
        let length = match self.blob.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => return Err(io::Error::other(from_io(error).path(digest_name(&self.descriptor.digest)))),
            Ok(length) => length,
        };
        self.hasher.update(&buffer[..length]);
        self.monitor.advance(PHASE, length as u64);
        let wrong = |found: String| {
            let error = Error::new(Kind::Verification, "a layer has another size than its manifest says");
            let error = error.rule("size-mismatch").mismatch(format!("{} bytes", self.descriptor.size), found);
            io::Error::other(error.path(digest_name(&self.descriptor.digest)))
        };
        match (self.left.checked_sub(length as u64), length) {
            (None, _) => return Err(wrong("more".to_owned())),
            (Some(left), 0) if left > 0 => return Err(wrong(format!("{} bytes", self.descriptor.size - left))),
            (Some(0), 0) => {
                let found = self.hasher.clone().finish();
                if found != self.descriptor.digest {
                    let error = Error::new(Kind::Verification, "a layer has another digest than its manifest says");
                    let error = error.rule("digest-mismatch");
                    let error = error.mismatch(digest_name(&self.descriptor.digest), digest_name(&found));
                    return Err(io::Error::other(error.path(digest_name(&self.descriptor.digest))));
                }
            }
            (Some(left), _) => self.left = left,
        }
        Ok(length)
    }
}
