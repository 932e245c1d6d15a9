//! One xz stream of blocks that are compressed one by one.
//!
//! liblzma's single-call coder makes whole streams: header, block, index, footer (the .xz file format 1.2, section 2).
//! The blocks are taken out of such streams and put into one of their own, whose index names them all. apt's reader
//! stops after the first stream of a file, so joining whole streams would not do.

use std::io::Write as _;

use liblzma::stream::{Check, Filters, LzmaOptions, Stream};

use crate::error::{Error, Kind, Result};
use crate::store::wire::{Reader, put_uint};

/// Magic bytes, the flags of a stream with CRC-32 checks, and the CRC-32 of the flags.
pub(crate) const HEADER: [u8; 12] = [0xfd, b'7', b'z', b'X', b'Z', 0, 0, 1, 0x69, 0x22, 0xde, 0x36];

const FOOTER_LENGTH: usize = 12;
const LARGEST_DICTIONARY: u32 = 8 << 20;

/// A block, padded to whole words, and the size without its padding.
pub(crate) struct Block {
    pub(crate) bytes: Vec<u8>,
    pub(crate) unpadded: u64,
}

/// Compresses `raw` into a block of its own.
pub(crate) fn block(raw: &[u8], level: u32) -> Result<Block> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| {
        Error::new(Kind::Internal, "xz could not compress").source(error)
    };
    let mut options = LzmaOptions::new_preset(level).map_err(|error| failed(error.into()))?;
    // A larger dictionary than the block would be memory for nothing.
    let needed = u32::try_from(raw.len()).unwrap_or(LARGEST_DICTIONARY).clamp(4096, LARGEST_DICTIONARY);
    options.dict_size(needed.next_power_of_two());
    let mut filters = Filters::new();
    filters.lzma2(&options);
    let stream = Stream::new_stream_encoder(&filters, Check::Crc32).map_err(|error| failed(error.into()))?;
    let mut encoder = liblzma::write::XzEncoder::new_stream(Vec::with_capacity(raw.len() / 4), stream);
    encoder.write_all(raw).map_err(|error| failed(error.into()))?;
    take_block(encoder.finish().map_err(|error| failed(error.into()))?)
        .ok_or_else(|| Error::new(Kind::Internal, "xz made a stream that is not one block"))
}

/// The index of `blocks`, each its size without padding and its raw size, and the footer: what ends the stream.
pub(crate) fn end(blocks: impl ExactSizeIterator<Item = (u64, u64)>) -> Vec<u8> {
    let mut out = vec![0];
    put_uint(&mut out, blocks.len() as u64);
    for (unpadded, raw) in blocks {
        put_uint(&mut out, unpadded);
        put_uint(&mut out, raw);
    }
    out.resize(out.len().next_multiple_of(4), 0);
    out.extend_from_slice(&crc32(&out).to_le_bytes());
    let words = (out.len() / 4 - 1) as u32;
    let mut tail = words.to_le_bytes().to_vec();
    tail.extend_from_slice(&HEADER[6..8]);
    out.extend_from_slice(&crc32(&tail).to_le_bytes());
    out.extend_from_slice(&tail);
    out.extend_from_slice(b"YZ");
    out
}

/// Cuts header, index and footer off a stream of one block.
fn take_block(mut stream: Vec<u8>) -> Option<Block> {
    let footer = stream.len().checked_sub(FOOTER_LENGTH)?;
    let words: [u8; 4] = stream.get(footer + 4..footer + 8)?.try_into().ok()?;
    let index = footer.checked_sub((u32::from_le_bytes(words) as usize + 1) * 4)?;
    let mut reader = Reader::new(&stream[index..footer]);
    if reader.uint().ok()? != 0 || reader.uint().ok()? != 1 || !stream.starts_with(&HEADER) {
        return None;
    }
    let unpadded = reader.uint().ok()?;
    stream.truncate(index);
    stream.drain(..HEADER.len());
    (unpadded.next_multiple_of(4) == stream.len() as u64).then_some(Block { bytes: stream, unpadded })
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    fn joined(parts: &[&[u8]]) -> Vec<u8> {
        let blocks: Vec<Block> = parts.iter().map(|part| block(part, 1).unwrap()).collect();
        let mut stream = HEADER.to_vec();
        blocks.iter().for_each(|block| stream.extend_from_slice(&block.bytes));
        stream.extend(end(blocks.iter().zip(parts).map(|(block, part)| (block.unpadded, part.len() as u64))));
        stream
    }

    #[test]
    fn blocks_join_to_one_stream() {
        let long = b"Package: hello\n".repeat(10_000);
        for parts in [vec![], vec![&b"a"[..]], vec![b"hello\n", &long, b"x"]] {
            let stream = joined(&parts);
            // A decoder of exactly one stream, as apt's is.
            let one = Stream::new_stream_decoder(u64::MAX, 0).unwrap();
            let mut text = Vec::new();
            liblzma::read::XzDecoder::new_stream(&stream[..], one).read_to_end(&mut text).unwrap();
            assert_eq!(text, parts.concat());
        }
    }

    #[test]
    fn the_xz_command_takes_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("text.xz");
        std::fs::write(&path, joined(&[b"one\n", b"two\n", b"three\n"])).unwrap();
        let listed = std::process::Command::new("xz").args(["--robot", "--list", "-vv"]).arg(&path).output().unwrap();
        assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
        assert!(
            String::from_utf8_lossy(&listed.stdout).contains("\nfile\t1\t3\t"),
            "{}",
            String::from_utf8_lossy(&listed.stdout)
        );
        let plain = std::process::Command::new("xz").arg("-dc").arg(&path).output().unwrap();
        assert_eq!(plain.stdout, b"one\ntwo\nthree\n");
    }
}
