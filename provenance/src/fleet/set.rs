//! Sets of images: as they are kept, and as they are united.
//!
//! A set that is kept is a byte 0 and the varints of the gaps between its members, or, where it has many, a byte 1 and a
//! Roaring bitmap in the portable format (github.com/RoaringBitmap/RoaringFormatSpec).

use reposnap::{Error, Kind, Result};
use roaring::RoaringBitmap;

use crate::packed::{damaged, put_uint, take_uint};

/// The most members that are written as gaps: a Roaring bitmap has two bytes for each and more around them.
const MOST_GAPS: usize = 1 << 10;

/// Appends a set, of which the members come in order and without repetition.
pub(super) fn write(members: &[u32], out: &mut Vec<u8>) -> Result<()> {
    if members.len() <= MOST_GAPS {
        out.push(0);
        let mut next = 0;
        for member in members {
            put_uint(out, u64::from(member - next));
            next = member + 1;
        }
        return Ok(());
    }
    out.push(1);
    let failed = |_| Error::new(Kind::Internal, "members of a set are out of order");
    let mut bitmap = RoaringBitmap::from_sorted_iter(members.iter().copied()).map_err(failed)?;
    bitmap.optimize();
    bitmap.serialize_into(out).map_err(|error| Error::new(Kind::Internal, "a set can't be written").source(error))
}

/// Images of a fleet, as many bits as it has images.
#[derive(Clone, Debug, Default)]
pub(super) struct Union {
    words: Vec<u64>,
}

impl Union {
    pub(super) fn new(images: usize) -> Self {
        Self { words: vec![0; images.div_ceil(64)] }
    }

    /// Adds a set that is kept, of some images from number `from` on.
    pub(super) fn add(&mut self, set: &[u8], from: usize, images: usize) -> Result<()> {
        visit(set, images, |member| {
            let at = from + member as usize;
            if let Some(word) = self.words.get_mut(at / 64) {
                *word |= 1 << (at % 64);
            }
        })
    }

    /// The members.
    pub(super) fn to_bitmap(&self) -> RoaringBitmap {
        let bytes: Vec<u8> = self.words.iter().flat_map(|word| word.to_le_bytes()).collect();
        RoaringBitmap::from_lsb0_bytes(0, &bytes)
    }
}

/// Shows `visit` the members of a set that is kept, of so many images. One that is beyond them is an error.
pub(super) fn visit(set: &[u8], images: usize, mut visit: impl FnMut(u32)) -> Result<()> {
    let beyond = || damaged("a set has a member that is none");
    let cut = || damaged("a set is cut");
    match set.split_first() {
        Some((0, mut gaps)) => {
            let mut next = 0_u64;
            while !gaps.is_empty() {
                let member = take_uint(&mut gaps).and_then(|gap| next.checked_add(gap)).ok_or_else(cut)?;
                if member >= images as u64 {
                    return Err(beyond());
                }
                visit(u32::try_from(member).map_err(|_| beyond())?);
                next = member + 1;
            }
            Ok(())
        }
        Some((1, bitmap)) => {
            let bitmap = RoaringBitmap::deserialize_from(bitmap).map_err(|_| cut())?;
            if bitmap.max().is_some_and(|last| last as usize >= images) {
                return Err(beyond());
            }
            bitmap.iter().for_each(visit);
            Ok(())
        }
        _ => Err(cut()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_come_back_and_damage_is_an_error() {
        for step in [1, 7, 100] {
            for count in [0, 1, 5, MOST_GAPS, MOST_GAPS + 1, 70_000] {
                let members: Vec<u32> = (0..count as u32).map(|member| member * step + 3).collect();
                let mut bytes = Vec::new();
                write(&members, &mut bytes).unwrap();
                let images = members.last().map_or(0, |last| *last as usize + 1);
                let mut read = Vec::new();
                visit(&bytes, images, |member| read.push(member)).unwrap();
                assert_eq!(read, members);
                let mut union = Union::new(images + 10);
                union.add(&bytes, 10, images).unwrap();
                assert!(union.to_bitmap().iter().eq(members.iter().map(|member| member + 10)));
                if count > 0 {
                    assert!(visit(&bytes, images - 1, |_| ()).is_err());
                    let _ = visit(&bytes[..bytes.len() - 1], images, |_| ());
                }
            }
        }
        assert!(visit(&[], 9, |_| ()).is_err());
        assert!(visit(&[2, 1], 9, |_| ()).is_err());
        assert!(visit(&[0, 0xff], 9, |_| ()).is_err());
        assert!(visit(&[1, 9, 9], 9, |_| ()).is_err());
    }
}
