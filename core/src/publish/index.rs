//! An index in the making: its text goes by once, and comes out hashed and in every compression.

use std::io::{self, Write};

use zstd::zstd_safe::CParameter;

use crate::deb::compress::{Compression, compress};
use crate::digest::{Digest, Hasher};
use crate::error::{Error, Kind, Result};
use crate::publish::desk::{Desk, Draft, Staged};
use crate::publish::format::IndexFormat;
use crate::publish::groups::Groups;
use crate::publish::pieces::Group;
use crate::publish::state::{Form, Index};
use crate::publish::xz;

/// Text from this size on is compressed by several threads, one for each format.
const WORTH_A_THREAD: usize = 256 << 10;

/// One in so many stanzas begins a gzip member, about 25 KiB of text. Larger members compress better (twice as large
/// ones by 3 %), smaller ones leave more unchanged: of 63,440 packages, 600 changes touch a quarter of these.
const GZIP_STANZAS: u64 = 32;

/// One in so many stanzas begins an xz block, about 1.6 MiB of text.
const XZ_STANZAS: u64 = 2048;

/// What a piece of text ends: a stanza, or another place where the text may be cut.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    /// Where in the text the stanza ends.
    pub(crate) end: usize,
    /// A digest that tells what the stanza is published as.
    pub(crate) digest: Digest,
    /// A number that says whether a cut may stand before it; the same wherever the same package stands.
    pub(crate) cut: u64,
}

/// An index whose files are written but have no place yet.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) index: Index,
    pub(crate) files: Vec<Finished>,
}

/// A file of an index and the table of its pieces.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) form: Form,
    pub(crate) file: Staged,
    /// Where the pieces begin, and the pieces; none for files made in one piece.
    pub(crate) groups: Option<(u64, Vec<Group>)>,
}

/// Writes one index.
pub(crate) struct IndexWriter {
    desk: Desk,
    hasher: Hasher,
    size: u64,
    outputs: Vec<Output>,
}

impl IndexWriter {
    /// A writer in `formats`; `before` is the index published before, and the directory of its suite.
    pub(crate) fn new(desk: &Desk, formats: &[IndexFormat], before: Option<(&str, &Index)>) -> Result<Self> {
        let outputs = formats.iter().map(|format| Output::new(desk, *format, before)).collect::<Result<_>>()?;
        Ok(Self { desk: desk.clone(), hasher: Hasher::new(), size: 0, outputs })
    }

    /// Adds `text`, whose last mark is at its end.
    pub(crate) fn add(&mut self, text: &[u8], marks: &[Mark]) -> Result<()> {
        let Self { hasher, outputs, .. } = self;
        self.size += text.len() as u64;
        if text.len() < WORTH_A_THREAD || outputs.len() < 2 {
            hasher.update(text);
            return outputs.iter_mut().try_for_each(|output| output.add(text, marks));
        }
        std::thread::scope(|scope| {
            let workers: Vec<_> =
                outputs.iter_mut().map(|output| scope.spawn(move || output.add(text, marks))).collect();
            hasher.update(text);
            workers.into_iter().try_for_each(|worker| {
                worker.join().unwrap_or_else(|_| Err(Error::new(Kind::Internal, "a compressing thread failed")))
            })
        })
    }

    /// Ends the index at `path`, made from what `source` names.
    pub(crate) fn finish(self, path: &str, source: Digest, packages: u64) -> Result<Written> {
        let files = self.outputs.into_iter().map(Output::finish).collect::<Result<Vec<_>>>()?;
        let index = Index {
            path: path.to_owned(),
            source,
            size: self.size,
            sha256: self.hasher.finish(),
            packages,
            forms: files.iter().map(|file| file.form.clone()).collect(),
        };
        Ok(Written { index, files })
    }

    /// A finished file with `bytes` as they are, beside those that the writer makes.
    pub(crate) fn as_it_is(&self, extension: &str, bytes: &[u8]) -> Result<Finished> {
        let form = Form { extension: extension.to_owned(), size: bytes.len() as u64, sha256: Digest::of(bytes) };
        Ok(Finished { form, file: self.desk.whole(bytes)?, groups: None })
    }
}

/// A format that an index is written in.
enum Output {
    /// In pieces, each compressed alone and taken from the file before where that has it.
    Pieces(Pieces),
    /// In one piece; for zstd, whose level 3 is faster than looking pieces up.
    Whole { extension: &'static str, encoder: zstd::stream::write::Encoder<'static, Sink> },
}

impl Output {
    fn new(desk: &Desk, format: IndexFormat, before: Option<(&str, &Index)>) -> Result<Self> {
        let extension = format.compression().extension();
        let sink = Sink::new(desk)?;
        match format.compression() {
            Compression::Zstd => {
                let failed = |error| Error::new(Kind::Internal, "zstd could not begin").source(error);
                let mut encoder = zstd::stream::write::Encoder::new(sink, format.level()).map_err(failed)?;
                encoder.set_parameter(CParameter::ChecksumFlag(true)).map_err(failed)?;
                if format.level() <= 4 {
                    // Matches in an index are long: not looking for short ones is faster and 3 % smaller.
                    encoder.set_parameter(CParameter::MinMatch(6)).map_err(failed)?;
                }
                Ok(Self::Whole { extension, encoder })
            }
            _ => {
                let form = before.and_then(|(suite, index)| {
                    let form = index.forms.iter().find(|form| form.extension == extension)?;
                    Some((format!("{suite}/{}", index.by_hash(form)), form.sha256))
                });
                Pieces::new(format, sink, desk.pieces(form)).map(Self::Pieces)
            }
        }
    }

    fn add(&mut self, text: &[u8], marks: &[Mark]) -> Result<()> {
        match self {
            Self::Pieces(pieces) => pieces.add(text, marks),
            Self::Whole { encoder, .. } => encoder.write_all(text).map_err(|error| Error::io("zstd", error)),
        }
    }

    fn finish(self) -> Result<Finished> {
        match self {
            Self::Pieces(pieces) => pieces.finish(),
            Self::Whole { extension, encoder } => {
                encoder.finish().map_err(|error| Error::io("zstd", error))?.finish(extension, None)
            }
        }
    }
}

struct Pieces {
    format: IndexFormat,
    stanzas: u64,
    sink: Sink,
    start: u64,
    before: Groups,
    made: Vec<Group>,
    text: Vec<u8>,
    key: Hasher,
}

/// The text of a piece, and the digest of what it was made from.
struct Piece {
    key: Digest,
    text: Vec<u8>,
}

/// A piece as it stands in the file.
struct Packed {
    bytes: Vec<u8>,
    unpadded: u64,
}

impl Pieces {
    fn new(format: IndexFormat, mut sink: Sink, before: Groups) -> Result<Self> {
        let (stanzas, head): (_, &[u8]) =
            if format.compression() == Compression::Xz { (XZ_STANZAS, &xz::HEADER) } else { (GZIP_STANZAS, &[]) };
        sink.put(head)?;
        let start = head.len() as u64;
        let key = Self::first_key(format);
        Ok(Self { format, stanzas, sink, start, before, made: Vec::new(), text: Vec::new(), key })
    }

    /// What a piece is made with is part of its key.
    fn first_key(format: IndexFormat) -> Hasher {
        let mut key = Hasher::new();
        key.update(format!("{format}\n").as_bytes());
        key
    }

    fn add(&mut self, text: &[u8], marks: &[Mark]) -> Result<()> {
        let mut at = 0;
        let mut whole = Vec::new();
        for mark in marks {
            if mark.cut % self.stanzas == 0 && !self.text.is_empty() {
                whole.push(self.end_piece());
            }
            self.text.extend_from_slice(&text[at..mark.end]);
            self.key.update(mark.digest.as_bytes());
            at = mark.end;
        }
        self.put(&whole)
    }

    fn end_piece(&mut self) -> Piece {
        let key = std::mem::replace(&mut self.key, Self::first_key(self.format)).finish();
        let next = Vec::with_capacity(self.text.len());
        Piece { key, text: std::mem::replace(&mut self.text, next) }
    }

    /// Writes pieces, those that are not known from before compressed by as many threads as there are processors.
    fn put(&mut self, pieces: &[Piece]) -> Result<()> {
        let new: Vec<bool> = pieces.iter().map(|piece| !self.before.has(piece.key, piece.text.len() as u64)).collect();
        let mut packed =
            pack_all(self.format, pieces.iter().zip(&new).filter(|(_, new)| **new).map(|(piece, _)| piece))?;
        for (piece, new) in pieces.iter().zip(new) {
            let raw = piece.text.len() as u64;
            if !new && let Some((group, bytes)) = self.before.get(piece.key) {
                self.sink.put(&bytes)?;
                self.made.push(group);
                continue;
            }
            // A piece that is known from before may turn out not to be readable.
            let made = if new { packed.next() } else { None }.map_or_else(|| pack(self.format, &piece.text), Ok)?;
            self.sink.put(&made.bytes)?;
            self.made.push(Group { key: piece.key, length: made.bytes.len() as u64, unpadded: made.unpadded, raw });
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Finished> {
        let is_xz = self.format.compression() == Compression::Xz;
        // An empty gzip file has one empty member; an empty xz stream has no block.
        if !self.text.is_empty() || (self.made.is_empty() && !is_xz) {
            let last = self.end_piece();
            self.put(&[last])?;
        }
        if is_xz {
            self.sink.put(&xz::end(self.made.iter().map(|group| (group.unpadded, group.raw))))?;
        }
        self.sink.finish(self.format.compression().extension(), Some((self.start, self.made)))
    }
}

/// Packs pieces, with as many threads as there are processors where that is worth it; gives them in their order.
fn pack_all<'a>(format: IndexFormat, pieces: impl Iterator<Item = &'a Piece>) -> Result<std::vec::IntoIter<Packed>> {
    let pieces: Vec<&Piece> = pieces.collect();
    let text: usize = pieces.iter().map(|piece| piece.text.len()).sum();
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(pieces.len());
    if threads < 2 || text < WORTH_A_THREAD {
        let packed: Result<Vec<_>> = pieces.into_iter().map(|piece| pack(format, &piece.text)).collect();
        return packed.map(Vec::into_iter);
    }
    let share = pieces.len().div_ceil(threads);
    let packed: Result<Vec<Vec<Packed>>> = std::thread::scope(|scope| {
        let work = |share: &[&Piece]| share.iter().map(|piece| pack(format, &piece.text)).collect();
        let shares = pieces.chunks(share).map(|share| share.to_vec());
        let workers: Vec<_> = shares.map(|share| scope.spawn(move || work(&share))).collect();
        let failed = |_| Err(Error::new(Kind::Internal, "a compressing thread failed"));
        workers.into_iter().map(|worker| worker.join().unwrap_or_else(failed)).collect()
    });
    Ok(packed?.into_iter().flatten().collect::<Vec<_>>().into_iter())
}

fn pack(format: IndexFormat, text: &[u8]) -> Result<Packed> {
    if format.compression() == Compression::Xz {
        let block = xz::block(text, format.level().unsigned_abs())?;
        return Ok(Packed { bytes: block.bytes, unpadded: block.unpadded });
    }
    let bytes = compress(format.compression(), Some(format.level()), text);
    let unpadded = bytes.len() as u64;
    Ok(Packed { bytes, unpadded })
}

/// A file without a place that is hashed as it is written.
struct Sink {
    draft: Draft,
    hasher: Hasher,
    size: u64,
}

impl Sink {
    fn new(desk: &Desk) -> Result<Self> {
        Ok(Self { draft: desk.draft()?, hasher: Hasher::new(), size: 0 })
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.write_all(bytes).map_err(|error| Error::io("an index", error))
    }

    fn finish(self, extension: &str, groups: Option<(u64, Vec<Group>)>) -> Result<Finished> {
        let form = Form { extension: extension.to_owned(), size: self.size, sha256: self.hasher.finish() };
        Ok(Finished { form, file: self.draft.finish()?, groups })
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hasher.update(bytes);
        self.size += bytes.len() as u64;
        self.draft.write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.draft.flush()
    }
}
