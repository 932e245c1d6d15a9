//! Compression of what is published: the same bytes in always give the same bytes out.

use std::io::Write as _;

use flate2::GzBuilder;
use liblzma::stream::{Action, Check, Status, Stream};
use zstd::zstd_safe::CParameter;

use super::Compression;

/// Compresses `bytes` in one piece at `level`.
///
/// Levels: gzip 0 to 9 (6), xz 0 to 9 (6), zstd 1 to 19 (19); the number in brackets stands for `None`, others are
/// moved to the nearest end, and lz4 has no levels. The output depends on nothing but the arguments and the version of
/// the encoder: gzip headers carry neither time nor name. Every format but the plain one carries a checksum.
///
/// ```
/// use reposnap::deb::compress::{Compression, compress};
/// assert!(compress(Compression::Gzip, Some(9), &[b'a'; 10_000]).len() < 100);
/// ```
pub fn compress(kind: Compression, level: Option<i32>, bytes: &[u8]) -> Vec<u8> {
    let level = |default: i32, least: i32, most: i32| level.unwrap_or(default).clamp(least, most);
    match kind {
        Compression::None => bytes.to_vec(),
        Compression::Gzip => gzip(level(6, 0, 9).unsigned_abs(), bytes),
        Compression::Xz => xz(level(6, 0, 9).unsigned_abs(), bytes),
        Compression::Zstd => zstd(level(19, 1, 19), bytes),
        Compression::Lz4 => lz4(bytes),
    }
}

const IN_MEMORY: &str = "an encoder with valid parameters that writes to memory does not fail";

fn gzip(level: u32, bytes: &[u8]) -> Vec<u8> {
    let output = Vec::with_capacity(bytes.len() / 3 + 64);
    let mut encoder = GzBuilder::new().mtime(0).write(output, flate2::Compression::new(level));
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect(IN_MEMORY)
}

fn xz(level: u32, bytes: &[u8]) -> Vec<u8> {
    let mut stream = Stream::new_easy_encoder(level, Check::Crc64).expect(IN_MEMORY);
    let mut output = Vec::with_capacity(bytes.len() / 4 + 256);
    loop {
        if output.len() == output.capacity() {
            output.reserve(output.len());
        }
        let position = usize::try_from(stream.total_in()).expect(IN_MEMORY);
        if stream.process_vec(&bytes[position..], &mut output, Action::Finish).expect(IN_MEMORY) == Status::StreamEnd {
            return output;
        }
    }
}

fn zstd(level: i32, bytes: &[u8]) -> Vec<u8> {
    let mut compressor = zstd::bulk::Compressor::new(level).expect(IN_MEMORY);
    compressor.set_parameter(CParameter::ChecksumFlag(true)).expect(IN_MEMORY);
    compressor.compress(bytes).expect(IN_MEMORY)
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    let info = lz4_flex::frame::FrameInfo::new()
        .content_checksum(true)
        .block_size(lz4_flex::frame::BlockSize::Max4MB)
        .content_size(Some(bytes.len() as u64));
    let mut encoder = lz4_flex::frame::FrameEncoder::with_frame_info(info, Vec::with_capacity(bytes.len() / 2 + 64));
    encoder.write_all(bytes).expect(IN_MEMORY);
    encoder.finish().expect(IN_MEMORY)
}
