//! The decoders that take a slice of input and fill the spare room of a vector.

use flate2::{Decompress, FlushDecompress};
use liblzma::stream::{Action, CONCATENATED, Stream, TELL_UNSUPPORTED_CHECK};
use zstd::zstd_safe;

use super::{Compression, XZ_MEMORY_LIMIT, ZSTD_WINDOW_LOG_LIMIT};
use crate::error::{Error, Kind, Result};

/// A decoder of gzip, xz or zstd in the middle of its work.
pub(super) struct Codec {
    kind: Compression,
    state: State,
}

/// What one call of [`Codec::step`] did.
pub(super) struct Step {
    /// How many bytes of input were used.
    pub(super) consumed: usize,
    /// The input has ended, and ended well.
    pub(super) done: bool,
}

enum State {
    Gzip(Gzip),
    Xz(Box<Stream>),
    Zstd(Zstd),
}

enum Gzip {
    /// Before a member; true once a whole member was read.
    Between(bool),
    Member(Box<Decompress>),
    /// Zeros that fill the last block of a tape, which gzip ignores too.
    Padding,
}

struct Zstd {
    context: zstd_safe::DCtx<'static>,
    /// A frame has begun and not ended.
    open: bool,
    /// At least one frame was read.
    any: bool,
}

impl Codec {
    /// A decoder; none for the kinds that are not decoded in this way.
    pub(super) fn new(kind: Compression) -> Result<Option<Self>> {
        let state = match kind {
            Compression::None | Compression::Lz4 => return Ok(None),
            Compression::Gzip => State::Gzip(Gzip::Between(false)),
            Compression::Xz => {
                let stream = Stream::new_stream_decoder(XZ_MEMORY_LIMIT, CONCATENATED | TELL_UNSUPPORTED_CHECK)
                    .map_err(|error| xz_error(&error))?;
                State::Xz(Box::new(stream))
            }
            Compression::Zstd => {
                let mut context = zstd_safe::DCtx::try_create()
                    .ok_or_else(|| Error::new(Kind::Limit, "no memory for a zstd decoder"))?;
                context
                    .set_parameter(zstd_safe::DParameter::WindowLogMax(ZSTD_WINDOW_LOG_LIMIT))
                    .map_err(zstd_error)?;
                State::Zstd(Zstd { context, open: false, any: false })
            }
        };
        Ok(Some(Self { kind, state }))
    }

    /// Decodes some of `input` into the spare capacity of `output`, of which there must be some.
    ///
    /// `last` says that nothing follows `input`. Fails when the input ends in the middle.
    pub(super) fn step(&mut self, input: &[u8], output: &mut Vec<u8>, last: bool) -> Result<Step> {
        debug_assert!(output.len() < output.capacity());
        let before = output.len();
        let step = match &mut self.state {
            State::Gzip(gzip) => gzip.step(input, output, last)?,
            State::Xz(stream) => xz_step(stream, input, output, last)?,
            State::Zstd(zstd) => zstd.step(input, output, last)?,
        };
        if last && !step.done && step.consumed == 0 && output.len() == before {
            return Err(truncated(self.kind));
        }
        Ok(step)
    }
}

impl Gzip {
    fn step(&mut self, input: &[u8], output: &mut Vec<u8>, last: bool) -> Result<Step> {
        match self {
            Self::Between(any) => match input.first() {
                None => Ok(Step { consumed: 0, done: last && *any }),
                Some(0) if *any => {
                    *self = Self::Padding;
                    self.step(input, output, last)
                }
                Some(0x1f) => {
                    *self = Self::Member(Box::new(Decompress::new_gzip(15)));
                    self.step(input, output, last)
                }
                Some(_) if *any => Err(malformed(Compression::Gzip, "bytes follow its end")),
                Some(_) => Err(malformed(Compression::Gzip, "it does not begin as gzip does")),
            },
            Self::Member(inflate) => {
                let before = inflate.total_in();
                let status = inflate
                    .decompress_vec(input, output, FlushDecompress::None)
                    .map_err(|error| malformed(Compression::Gzip, error.message().unwrap_or("a block is corrupt")))?;
                let consumed = (inflate.total_in() - before) as usize;
                if status == flate2::Status::StreamEnd {
                    *self = Self::Between(true);
                    return Ok(Step { consumed, done: last && consumed == input.len() });
                }
                Ok(Step { consumed, done: false })
            }
            Self::Padding => {
                if input.iter().any(|byte| *byte != 0) {
                    return Err(malformed(Compression::Gzip, "bytes follow its end"));
                }
                Ok(Step { consumed: input.len(), done: last })
            }
        }
    }
}

fn xz_step(stream: &mut Stream, input: &[u8], output: &mut Vec<u8>, last: bool) -> Result<Step> {
    let before = stream.total_in();
    // With LZMA_CONCATENATED the end of a stream is the end of the file only after `Finish`.
    let action = if last { Action::Finish } else { Action::Run };
    let status = stream.process_vec(input, output, action).map_err(|error| xz_error(&error))?;
    let consumed = (stream.total_in() - before) as usize;
    Ok(Step { consumed, done: status == liblzma::stream::Status::StreamEnd })
}

impl Zstd {
    fn step(&mut self, input: &[u8], output: &mut Vec<u8>, last: bool) -> Result<Step> {
        let mut source = zstd_safe::InBuffer::around(input);
        if self.open || !input.is_empty() {
            let filled = output.len();
            let mut target = zstd_safe::OutBuffer::around_pos(output, filled);
            let hint = self.context.decompress_stream(&mut target, &mut source).map_err(zstd_error)?;
            self.open = hint != 0;
            self.any = true;
        }
        let consumed = source.pos();
        Ok(Step { consumed, done: last && consumed == input.len() && self.any && !self.open })
    }
}

/// A guess at the size of the output, which may be a lie, for the first allocation only.
pub(super) fn guess_size(kind: Compression, bytes: &[u8]) -> u64 {
    let length = bytes.len() as u64;
    let guess = match kind {
        Compression::None => length,
        // The last four bytes are the size of the last member modulo 2^32 (RFC 1952).
        Compression::Gzip => bytes.last_chunk().map_or(0, |size| u64::from(u32::from_le_bytes(*size))),
        Compression::Zstd => zstd_safe::get_frame_content_size(bytes).ok().flatten().unwrap_or(length * 5),
        Compression::Xz | Compression::Lz4 => length * 5,
    };
    // Indexes shrink to a twentieth at most; whoever claims more gets it by growth.
    guess.min(length * 20)
}

fn malformed(kind: Compression, why: &str) -> Error {
    Error::new(Kind::Malformed, format!("the {kind} data is damaged: {why}"))
}

pub(super) fn truncated(kind: Compression) -> Error {
    Error::new(Kind::Malformed, format!("the {kind} data ends too early"))
}

fn xz_error(error: &liblzma::stream::Error) -> Error {
    use liblzma::stream::Error as Xz;
    match error {
        Xz::MemLimit => {
            Error::new(Kind::Limit, format!("decoding the xz data takes more than {XZ_MEMORY_LIMIT} bytes of memory"))
        }
        Xz::Mem => Error::new(Kind::Limit, "no memory to decode the xz data"),
        Xz::Format => malformed(Compression::Xz, "it does not begin as xz does"),
        Xz::Options | Xz::UnsupportedCheck => malformed(Compression::Xz, "a header names an unknown filter or check"),
        _ => malformed(Compression::Xz, "a block, an index or its check is corrupt"),
    }
}

fn zstd_error(code: usize) -> Error {
    let name = zstd_safe::get_error_name(code);
    // The text of ZSTD_error_frameParameter_windowTooLarge; the code itself is not part of the binding.
    if name.contains("too much memory") {
        let limit = 1u64 << ZSTD_WINDOW_LOG_LIMIT;
        return Error::new(Kind::Limit, format!("the zstd data needs a window of more than {limit} bytes"));
    }
    malformed(Compression::Zstd, name)
}
