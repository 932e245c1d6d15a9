//! Compression of indexes and packages: gzip, xz, zstd and lz4, with limits.
//!
//! All input is hostile. Output never grows beyond the caller's limit by more
//! than one byte, decoders use bounded memory, and anything but a whole, intact
//! stream is an error: truncation, a wrong checksum, bytes after the end.
//! Several gzip members, xz streams, zstd or lz4 frames in a row are one file,
//! as for the tools of the same names.

mod codec;
mod encode;
mod lz4;
mod reader;

use std::io::BufRead as _;

pub use encode::compress;
pub use reader::Reader;
pub(crate) use reader::from_io;

use crate::error::{Error, Kind, Result};
use codec::Codec;

/// Memory that decoding xz may take: a dictionary of 64 MiB, which `xz -9` makes, takes 65 MiB.
pub const XZ_MEMORY_LIMIT: u64 = 256 << 20;

/// The largest zstd window that is decoded, as a power of two: 128 MiB, the limit of the `zstd` tool.
pub const ZSTD_WINDOW_LOG_LIMIT: u32 = 27;

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip (RFC 1952), `.gz`.
    Gzip,
    /// xz, `.xz`.
    Xz,
    /// zstd (RFC 8878), `.zst`.
    Zstd,
    /// The lz4 frame format, `.lz4`, in which apt can keep its lists.
    Lz4,
}

impl Compression {
    /// Every compression, the plain form first.
    pub const ALL: [Self; 5] = [Self::None, Self::Gzip, Self::Xz, Self::Zstd, Self::Lz4];

    /// Splits a path into its stem and the compression that its extension names.
    ///
    /// ```
    /// use reposnap::deb::compress::Compression;
    /// assert_eq!(Compression::from_path("main/binary-amd64/Packages.xz"), ("main/binary-amd64/Packages", Compression::Xz));
    /// assert_eq!(Compression::from_path("Release"), ("Release", Compression::None));
    /// ```
    pub fn from_path(path: &str) -> (&str, Self) {
        for kind in [Self::Gzip, Self::Xz, Self::Zstd, Self::Lz4] {
            match path.strip_suffix(kind.extension()) {
                Some(stem) if !stem.is_empty() && !stem.ends_with('/') => return (stem, kind),
                _ => {}
            }
        }
        (path, Self::None)
    }

    /// The extension with its dot: `.gz`, `.xz`, `.zst`, `.lz4`; empty for [`Compression::None`].
    pub const fn extension(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Gzip => ".gz",
            Self::Xz => ".xz",
            Self::Zstd => ".zst",
            Self::Lz4 => ".lz4",
        }
    }

    /// The name of the format, as the tools have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Xz => "xz",
            Self::Zstd => "zstd",
            Self::Lz4 => "lz4",
        }
    }
}

impl std::fmt::Display for Compression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// Decompresses a whole file of at most `limit` bytes of output.
///
/// # Errors
///
/// [`Kind::Limit`] when the output, or the memory that decoding needs, is beyond
/// its limit; [`Kind::Malformed`] when `bytes` are not one intact file of this kind.
///
/// ```
/// use reposnap::deb::compress::{Compression, compress, decompress};
/// let packed = compress(Compression::Zstd, None, b"Package: hello\n");
/// assert_eq!(decompress(Compression::Zstd, &packed, 1 << 20)?, b"Package: hello\n");
/// assert_eq!(decompress(Compression::Zstd, &packed, 3).unwrap_err().kind(), reposnap::Kind::Limit);
/// # Ok::<(), reposnap::Error>(())
/// ```
pub fn decompress(kind: Compression, bytes: &[u8], limit: u64) -> Result<Vec<u8>> {
    let capacity = codec::guess_size(kind, bytes).min(limit).saturating_add(1);
    let mut output = decode(kind, bytes, capacity, limit)?;
    if output.capacity() - output.len() > output.len() / 8 {
        output.shrink_to_fit();
    }
    Ok(output)
}

/// Decompresses a whole file whose size is known, as a Release file states it.
///
/// # Errors
///
/// As [`decompress`]; also [`Kind::Limit`] when `size` itself is beyond `limit`, and
/// [`Kind::Verification`] with the rule `size-mismatch` when the output is shorter or longer than `size`.
pub fn decompress_sized(kind: Compression, bytes: &[u8], size: u64, limit: u64) -> Result<Vec<u8>> {
    if size > limit {
        return Err(over_limit(kind, limit));
    }
    let output = match decode(kind, bytes, size + 1, size) {
        // The only limit on output here is the size itself.
        Err(error) if error.broken_rule() == Some(OUTPUT_LIMIT) => {
            return Err(size_mismatch(size, format!("more than {size} bytes")));
        }
        other => other?,
    };
    if output.len() as u64 != size {
        return Err(size_mismatch(size, format!("{} bytes", output.len())));
    }
    Ok(output)
}

fn decode(kind: Compression, bytes: &[u8], capacity: u64, limit: u64) -> Result<Vec<u8>> {
    let mut output = Vec::new();
    grow(&mut output, capacity, limit);
    match Codec::new(kind)? {
        Some(mut codec) => {
            let mut position = 0;
            loop {
                if output.len() == output.capacity() {
                    let doubled = output.capacity() as u64;
                    grow(&mut output, doubled, limit);
                }
                let step = codec.step(&bytes[position..], &mut output, true)?;
                position += step.consumed;
                if output.len() as u64 > limit {
                    return Err(over_limit(kind, limit));
                }
                if step.done {
                    return Ok(output);
                }
            }
        }
        None => {
            let mut reader = Reader::new(kind, bytes, limit)?;
            loop {
                let chunk = reader.fill_buf().map_err(from_io)?;
                if chunk.is_empty() {
                    return Ok(output);
                }
                output.extend_from_slice(chunk);
                let length = chunk.len();
                reader.consume(length);
            }
        }
    }
}

/// Makes room for `more` bytes, at least 64 KiB, but never for more than one byte beyond `limit`.
fn grow(output: &mut Vec<u8>, more: u64, limit: u64) {
    let room = limit.saturating_add(1).saturating_sub(output.len() as u64);
    let more = more.max(64 << 10).min(room);
    output.reserve_exact(usize::try_from(more).unwrap_or(usize::MAX / 2));
}

/// The rule of an [`Error`] that says that output went beyond its limit.
const OUTPUT_LIMIT: &str = "decompressed-size";

fn over_limit(kind: Compression, limit: u64) -> Error {
    Error::new(Kind::Limit, format!("the {kind} data decompresses to more than {limit} bytes")).rule(OUTPUT_LIMIT)
}

fn size_mismatch(expected: u64, found: String) -> Error {
    Error::new(Kind::Verification, "the decompressed size differs")
        .rule("size-mismatch")
        .mismatch(format!("{expected} bytes"), found)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn sample() -> Vec<u8> {
        (0..20_000u32)
            .flat_map(|n| format!("Package: p{}\n", n.wrapping_mul(2_654_435_761) % 9_973).into_bytes())
            .collect()
    }

    #[test]
    fn round_trips_and_concatenations() {
        let text = sample();
        for kind in Compression::ALL {
            let packed = compress(kind, None, &text);
            assert_eq!(packed, compress(kind, None, &text), "{kind} is not deterministic");
            assert_eq!(decompress(kind, &packed, text.len() as u64).unwrap(), text, "{kind}");
            assert_eq!(decompress_sized(kind, &packed, text.len() as u64, u64::MAX).unwrap(), text, "{kind}");
            let twice = [packed.clone(), compress(kind, None, b""), packed].concat();
            assert_eq!(decompress(kind, &twice, 1 << 30).unwrap(), [text.clone(), text.clone()].concat(), "{kind}");
        }
    }

    #[test]
    fn the_limit_is_exact() {
        let text = sample();
        let size = text.len() as u64;
        for kind in Compression::ALL {
            let packed = compress(kind, None, &text);
            for limit in [0, 1, size / 2, size - 1] {
                let error = decompress(kind, &packed, limit).unwrap_err();
                assert_eq!(error.kind(), Kind::Limit, "{kind} {limit}: {error}");
                let error = decompress_sized(kind, &packed, limit, limit).unwrap_err();
                assert_eq!(error.broken_rule(), Some("size-mismatch"), "{kind} {limit}: {error}");
            }
            assert_eq!(decompress_sized(kind, &packed, size + 1, u64::MAX).unwrap_err().kind(), Kind::Verification);
            assert_eq!(decompress_sized(kind, &packed, size, size - 1).unwrap_err().kind(), Kind::Limit);
        }
    }

    #[test]
    fn damage_is_an_error() {
        let text = sample();
        for kind in [Compression::Gzip, Compression::Xz, Compression::Zstd, Compression::Lz4] {
            let packed = compress(kind, None, &text);
            for length in (0..packed.len()).step_by(301).chain(packed.len().saturating_sub(40)..packed.len()) {
                let error = decompress(kind, &packed[..length], 1 << 30).unwrap_err();
                assert_eq!(error.kind(), Kind::Malformed, "{kind} cut to {length}: {error}");
            }
            for garbage in [&b"x"[..], b"\n", b"garbage after the end", b"\0\0\0x"] {
                let error = decompress(kind, &[&packed, garbage].concat(), 1 << 30).unwrap_err();
                assert_eq!(error.kind(), Kind::Malformed, "{kind} + {garbage:?}: {error}");
            }
            for position in (0..packed.len()).step_by(89) {
                let mut damaged = packed.clone();
                damaged[position] ^= 0x15;
                // A few bits of the headers (time, operating system) carry no data.
                if let Ok(output) = decompress(kind, &damaged, 1 << 30) {
                    assert!(output == text, "{kind}: damage at {position} went unnoticed");
                }
            }
        }
    }

    #[test]
    fn padding_of_zeros() {
        let gzip = [compress(Compression::Gzip, None, b"text"), vec![0; 100]].concat();
        assert_eq!(decompress(Compression::Gzip, &gzip, 100).unwrap(), b"text");
        let xz = [compress(Compression::Xz, None, b"text"), vec![0; 8]].concat();
        assert_eq!(decompress(Compression::Xz, &xz, 100).unwrap(), b"text");
        let odd = [xz, vec![0; 3]].concat();
        assert_eq!(decompress(Compression::Xz, &odd, 100).unwrap_err().kind(), Kind::Malformed);
    }

    #[test]
    fn paths() {
        for (path, stem, kind) in [
            ("Packages.gz", "Packages", Compression::Gzip),
            ("a/Contents-amd64.zst", "a/Contents-amd64", Compression::Zstd),
            ("x_Packages.lz4", "x_Packages", Compression::Lz4),
            ("Packages.bz2", "Packages.bz2", Compression::None),
            (".gz", ".gz", Compression::None),
            ("by-hash/.xz", "by-hash/.xz", Compression::None),
        ] {
            assert_eq!(Compression::from_path(path), (stem, kind));
        }
    }
}
