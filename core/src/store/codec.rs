//! zstd frames, alone or coded against the bytes they replace.
//!
//! A frame coded against a prefix (RFC 8878 section 5: a raw-content dictionary) costs about as much as what differs.
//! The prefix must be at hand to decode, so chains of frames are kept short by whoever writes them.

use zstd::zstd_safe::{CCtx, DCtx, DParameter, compress_bound, get_error_name};

use crate::error::{Error, Kind, Result};

/// The largest piece of raw bytes that one frame may hold.
pub(crate) const MAX_RAW: usize = 256 << 20;

/// The largest window that the decoder accepts, 2^27 bytes: what zstd's own command takes unasked.
const WINDOW_LOG: u32 = 27;

/// A prefix that begins so would be taken for a trained dictionary (RFC 8878 section 5).
const DICTIONARY_MAGIC: [u8; 4] = 0xEC30_A437u32.to_le_bytes();

/// Compresses frames with one level, one after the other.
pub(crate) struct Encoder {
    context: CCtx<'static>,
    level: i32,
}

impl Encoder {
    /// An encoder of zstd `level`.
    pub(crate) fn new(level: i32) -> Self {
        Self { context: CCtx::create(), level }
    }

    /// Appends the frame of `raw` to `out`; `prefix` must be given again to decode it, unless it is empty.
    pub(crate) fn encode(&mut self, raw: &[u8], prefix: &[u8], out: &mut Vec<u8>) -> Result<()> {
        let start = out.len();
        out.resize(start + compress_bound(raw.len()), 0);
        let written = self
            .context
            .compress_using_dict(&mut out[start..], raw, usable(prefix), self.level)
            .map_err(|code| Error::new(Kind::Internal, format!("zstd could not compress: {}", get_error_name(code))))?;
        out.truncate(start + written);
        Ok(())
    }
}

/// Decodes frames, one after the other.
pub(crate) struct Decoder {
    context: DCtx<'static>,
}

impl Decoder {
    /// A decoder; cheap to use again, less so to make.
    pub(crate) fn new() -> Self {
        let mut context = DCtx::create();
        // The default limit is the same; said here so that it stays.
        let _ = context.set_parameter(DParameter::WindowLogMax(WINDOW_LOG));
        Self { context }
    }

    /// Decodes one frame of exactly `raw_len` bytes.
    ///
    /// # Errors
    /// [`Kind::Malformed`] where the frame is damaged, or holds more or less than `raw_len` bytes.
    pub(crate) fn decode(&mut self, frame: &[u8], prefix: &[u8], raw_len: usize) -> Result<Vec<u8>> {
        if raw_len > MAX_RAW {
            return Err(Error::new(Kind::Limit, format!("a frame of {raw_len} bytes is larger than {MAX_RAW}")));
        }
        let mut raw = Vec::with_capacity(raw_len);
        let length = self.context.decompress_using_dict(&mut raw, frame, usable(prefix)).map_err(|code| {
            Error::new(Kind::Malformed, format!("a compressed frame is damaged: {}", get_error_name(code)))
        })?;
        if length != raw_len {
            return Err(Error::new(Kind::Malformed, "a compressed frame has the wrong length")
                .mismatch(raw_len.to_string(), length.to_string()));
        }
        Ok(raw)
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

fn usable(prefix: &[u8]) -> &[u8] {
    if prefix.starts_with(&DICTIONARY_MAGIC) { &[] } else { prefix }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_pays_and_is_needed_again() {
        let old: Vec<u8> = (0..4000u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        let mut new = old.clone();
        new[5000] ^= 1;
        let mut encoder = Encoder::new(3);
        let (mut alone, mut coded) = (Vec::new(), Vec::new());
        encoder.encode(&new, &[], &mut alone).unwrap();
        encoder.encode(&new, &old, &mut coded).unwrap();
        assert!(coded.len() * 50 < alone.len(), "{} against {}", coded.len(), alone.len());
        assert_eq!(Decoder::new().decode(&alone, &[], new.len()).unwrap(), new);
        assert_eq!(Decoder::new().decode(&coded, &old, new.len()).unwrap(), new);
        assert_eq!(Decoder::new().decode(&coded, &old, new.len() + 1).unwrap_err().kind(), Kind::Malformed);
        assert_eq!(Decoder::new().decode(&coded, &old, new.len() - 1).unwrap_err().kind(), Kind::Malformed);
        assert_eq!(
            Decoder::new().decode(&coded[..coded.len() - 2], &old, new.len()).unwrap_err().kind(),
            Kind::Malformed
        );
    }
}
