//! Integers and byte strings of the binary objects: LEB128 varints, and lengths before bytes.

use crate::digest::Digest;
use crate::error::{Error, Kind, Result};

/// Appends `value` as an unsigned LEB128 varint.
pub(crate) fn put_uint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value as u8) | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends the length of `bytes`, then `bytes`.
pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_uint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Reads what the functions above wrote; every read checks that the bytes are there.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    whole: usize,
}

impl<'a> Reader<'a> {
    /// A reader at the start of `bytes`.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, whole: bytes.len() }
    }

    /// How many bytes have been read.
    pub(crate) fn position(&self) -> usize {
        self.whole - self.rest.len()
    }

    /// How many bytes are left.
    pub(crate) fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// The next `length` bytes.
    #[inline]
    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        if length > self.rest.len() {
            return Err(self.damaged("it ends too early"));
        }
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        Ok(taken)
    }

    /// The next varint.
    #[inline]
    pub(crate) fn uint(&mut self) -> Result<u64> {
        if let [byte, rest @ ..] = self.rest
            && *byte < 0x80
        {
            self.rest = rest;
            return Ok(u64::from(*byte));
        }
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            if shift == 63 && byte > 1 {
                break;
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(self.damaged("a number is too large"))
    }

    /// The next varint, of something that is kept in memory and so has a `limit`.
    #[inline]
    pub(crate) fn count(&mut self, limit: usize) -> Result<usize> {
        let value = self.uint()?;
        usize::try_from(value)
            .ok()
            .filter(|count| *count <= limit)
            .ok_or_else(|| self.damaged(&format!("a count of {value} passes the limit of {limit}")))
    }

    /// The next length and that many bytes.
    #[inline]
    pub(crate) fn bytes(&mut self) -> Result<&'a [u8]> {
        let length = self.count(usize::MAX)?;
        self.take(length)
    }

    /// The next 32 bytes.
    pub(crate) fn digest(&mut self) -> Result<Digest> {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.take(32)?);
        Ok(Digest::from_bytes(bytes))
    }

    /// Fails unless all was read.
    pub(crate) fn end(&self) -> Result<()> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.damaged("bytes follow its end")) }
    }

    fn damaged(&self, how: &str) -> Error {
        Error::new(Kind::Malformed, format!("a stored object is damaged at byte {}: {how}", self.position()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_and_cut_ones_fail() {
        for value in [0, 1, 127, 128, 16_383, 16_384, u64::from(u32::MAX), u64::MAX] {
            let mut bytes = Vec::new();
            put_uint(&mut bytes, value);
            let mut reader = Reader::new(&bytes);
            assert_eq!(reader.uint().unwrap(), value);
            reader.end().unwrap();
            assert!(Reader::new(&bytes[..bytes.len() - 1]).uint().is_err());
        }
        assert!(Reader::new(&[0xff; 10]).uint().is_err());
        assert!(Reader::new(&[5, 1, 2]).bytes().is_err());
    }
}
