//! lz4 frames, with the framing watched, because the decoder takes a truncated frame for an ended one.

use std::io::{self, BufRead, Read};

use lz4_flex::frame::FrameDecoder;

use super::Compression;
use super::codec::truncated;
use super::reader::from_io;
use crate::error::{Error, Kind, Result};

/// Several lz4 frames in a row.
pub(super) struct Lz4<R: Read> {
    /// Taken only while one frame gives way to the next.
    decoder: Option<FrameDecoder<Watch<R>>>,
    /// At least one frame was read.
    any: bool,
    done: bool,
}

impl<R: BufRead> Lz4<R> {
    pub(super) fn new(source: R) -> Self {
        Self { decoder: Some(FrameDecoder::new(Watch::new(source))), any: false, done: false }
    }

    /// Decodes until there is some output or the input has ended; says how much there is.
    pub(super) fn fill(&mut self) -> Result<usize> {
        while !self.done {
            let Some(decoder) = &mut self.decoder else { break };
            match decoder.fill_buf() {
                Ok([]) => {}
                Ok(chunk) => return Ok(chunk.len()),
                Err(error) => return Err(decode_error(error)),
            }
            let watch = decoder.get_mut();
            let ended = watch.source.fill_buf().map_err(from_io)?.is_empty();
            match watch.state {
                Expect::Magic if ended && self.any => self.done = true,
                Expect::FrameEnd => {
                    self.any = true;
                    // A fresh decoder for each frame: block sizes may differ.
                    let watch = self.decoder.take().map(FrameDecoder::into_inner);
                    self.decoder = watch.map(|watch| FrameDecoder::new(Watch::new(watch.source)));
                }
                _ if ended => return Err(truncated(Compression::Lz4)),
                // An empty block in the middle of a frame.
                _ => {}
            }
        }
        Ok(0)
    }

    /// What [`Lz4::fill`] has decoded and nobody has consumed.
    pub(super) fn filled(&mut self) -> &[u8] {
        if self.done {
            return &[];
        }
        self.decoder.as_mut().and_then(|decoder| decoder.fill_buf().ok()).unwrap_or_default()
    }

    pub(super) fn consume(&mut self, amount: usize) {
        if let Some(decoder) = &mut self.decoder {
            decoder.consume(amount);
        }
    }
}

/// Follows the frame format past the decoder (lz4_Frame_format.md).
struct Watch<R> {
    source: R,
    state: Expect,
    /// Bytes of the present part that are still to come.
    left: u64,
    /// The bytes of the present number, little-endian.
    number: [u8; 4],
    block_checksum: u64,
    content_checksum: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Magic,
    Flags,
    Header,
    BlockSize,
    Block,
    ContentChecksum,
    FrameEnd,
}

const MAGIC: u32 = 0x184D_2204;

impl<R> Watch<R> {
    fn new(source: R) -> Self {
        Self { source, state: Expect::Magic, left: 4, number: [0; 4], block_checksum: 0, content_checksum: 0 }
    }

    fn see(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() && self.state != Expect::FrameEnd {
            let taken = bytes.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
            if matches!(self.state, Expect::Magic | Expect::Flags | Expect::BlockSize) {
                for byte in &bytes[..taken] {
                    self.number.rotate_left(1);
                    self.number[3] = *byte;
                }
            }
            bytes = &bytes[taken..];
            self.left -= taken as u64;
            if self.left == 0 {
                self.next()?;
            }
        }
        Ok(())
    }

    fn next(&mut self) -> io::Result<()> {
        (self.state, self.left) = match self.state {
            Expect::Magic if u32::from_le_bytes(self.number) != MAGIC => {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "it does not begin as an lz4 frame does"));
            }
            Expect::Magic => (Expect::Flags, 1),
            Expect::Flags => {
                let flags = self.number[3];
                let has = |bit: u8, size: u64| if flags & bit == 0 { 0 } else { size };
                self.block_checksum = has(0x10, 4);
                self.content_checksum = has(0x04, 4);
                // The block descriptor, the content size, the dictionary and the header checksum.
                (Expect::Header, 1 + has(0x08, 8) + has(0x01, 4) + 1)
            }
            Expect::Header | Expect::Block => (Expect::BlockSize, 4),
            Expect::BlockSize => match u32::from_le_bytes(self.number) & 0x7fff_ffff {
                0 if self.content_checksum == 0 => (Expect::FrameEnd, 0),
                0 => (Expect::ContentChecksum, self.content_checksum),
                size => (Expect::Block, u64::from(size) + self.block_checksum),
            },
            Expect::ContentChecksum | Expect::FrameEnd => (Expect::FrameEnd, 0),
        };
        Ok(())
    }
}

impl<R: Read> Read for Watch<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.source.read(buffer)?;
        self.see(&buffer[..length])?;
        Ok(length)
    }
}

fn decode_error(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => truncated(Compression::Lz4),
        // The decoder tells of its own findings with these two.
        io::ErrorKind::InvalidData | io::ErrorKind::Other => {
            Error::new(Kind::Malformed, format!("the lz4 data is damaged: {error}"))
        }
        _ => from_io(error),
    }
}
