//! Translations, Contents and other indexes beside the lists of packages, carried over from upstream.

use std::collections::HashSet;
use std::io::BufRead as _;

use bytes::Bytes;

use crate::deb::compress::{Compression, Reader, decompress, from_io};
use crate::digest::{Digest, Hasher};
use crate::error::Result;
use crate::publish::desk::Desk;
use crate::publish::format::IndexFormat;
use crate::publish::index::{IndexWriter, Mark, Written};
use crate::publish::state::Index;
use crate::snapshot::Snapshot;
use crate::snapshot::manifest::File;
use crate::worker::blocking;

/// The largest translation that is taken apart or compressed anew, in bytes.
const LARGEST_TRANSLATION: u64 = 1 << 30;

/// The largest other file, uncompressed: Contents of all of Debian is about 1 GiB.
const LARGEST_FILE: u64 = 16 << 30;

/// An index file to carry over.
#[derive(Clone, Debug)]
pub(crate) struct FilePlan {
    /// Its path below the suite, uncompressed.
    pub(crate) stem: String,
    pub(crate) sources: Vec<FileSource>,
}

/// A kept file, and which part of which input it is of.
#[derive(Clone, Debug)]
pub(crate) struct FileSource {
    pub(crate) snapshot: Snapshot,
    pub(crate) file: File,
    pub(crate) part: (usize, usize),
}

impl FilePlan {
    /// Whether it is a translation, which is stanzas and can be united.
    pub(crate) fn is_translation(&self) -> bool {
        self.stem.rsplit('/').next().is_some_and(|name| name.starts_with("Translation-"))
    }

    /// The digest of all that the index is made from.
    pub(crate) fn source(&self, formats: &[IndexFormat]) -> Digest {
        let mut hasher = Hasher::new();
        hasher.update(b"file 1\n");
        formats.iter().for_each(|format| hasher.update(format!("{format}\n").as_bytes()));
        for source in &self.sources {
            hasher.update(source.file.path.as_bytes());
            hasher.update(b"\n");
            hasher.update(source.file.sha256.as_bytes());
        }
        hasher.finish()
    }

    /// Makes the index. Translations are united and compressed; other files keep the compression they came in.
    pub(crate) async fn write(
        &self,
        desk: &Desk,
        formats: &[IndexFormat],
        before: Option<(&str, &Index)>,
    ) -> Result<Written> {
        let source = self.source(formats);
        if self.is_translation() {
            let mut writer = IndexWriter::new(desk, formats, before)?;
            let mut united = Translation::new(self.sources.len());
            let mut done = HashSet::new();
            for source in &self.sources {
                // The same translation in several compressions is one.
                if done.insert(source.part) {
                    let bytes = source.snapshot.file(&source.file).await?;
                    let path = source.file.path.clone();
                    united = blocking(move || {
                        let (_, kind) = Compression::from_path(&path);
                        united.add(&decompress(kind, &bytes, LARGEST_TRANSLATION).map_err(|error| error.path(&path))?);
                        Ok(united)
                    })
                    .await?;
                }
            }
            let stem = self.stem.clone();
            return blocking(move || {
                writer.add(&united.text, &united.marks)?;
                writer.finish(&stem, source, 0)
            })
            .await;
        }
        let mut files = Vec::new();
        for source in &self.sources {
            let (_, kind) = Compression::from_path(&source.file.path);
            files.push((kind, source.snapshot.file(&source.file).await?));
        }
        let (desk, formats, stem) = (desk.clone(), formats.to_vec(), self.stem.clone());
        blocking(move || write_file(&desk, &formats, files, &stem, source)).await
    }
}

/// Writes a file that is kept in one or several compressions.
fn write_file(
    desk: &Desk,
    formats: &[IndexFormat],
    files: Vec<(Compression, Bytes)>,
    stem: &str,
    source: Digest,
) -> Result<Written> {
    let compressed = files.iter().any(|(kind, _)| *kind != Compression::None);
    // Kept in some compression, it is not compressed again: Contents would cost more than all the rest.
    let mut writer = IndexWriter::new(desk, if compressed { &[] } else { formats }, None)?;
    let (kind, bytes) = &files[0];
    let mut reader = Reader::new(*kind, &bytes[..], LARGEST_FILE)?;
    loop {
        let piece = reader.fill_buf().map_err(from_io).map_err(|error| error.path(stem))?;
        if piece.is_empty() {
            break;
        }
        let length = piece.len();
        writer.add(piece, &[Mark { end: length, digest: Digest::of(piece), cut: 1 }])?;
        reader.consume(length);
    }
    let mut kept = Vec::new();
    for (kind, bytes) in files.iter().filter(|(kind, _)| *kind != Compression::None) {
        kept.push(writer.as_it_is(kind.extension(), bytes)?);
    }
    let mut written = writer.finish(stem, source, 0)?;
    written.index.forms.extend(kept.iter().map(|file| file.form.clone()));
    written.files.extend(kept);
    Ok(written)
}

/// The stanzas of several translations, each once.
struct Translation {
    text: Vec<u8>,
    marks: Vec<Mark>,
    seen: Option<HashSet<Digest>>,
}

impl Translation {
    fn new(sources: usize) -> Self {
        Self { text: Vec::new(), marks: Vec::new(), seen: (sources > 1).then(HashSet::new) }
    }

    fn add(&mut self, text: &[u8]) {
        let mut rest = text;
        while !rest.is_empty() {
            let end = memchr::memmem::find(rest, b"\n\n").map_or(rest.len(), |at| at + 1);
            let (stanza, after) = rest.split_at(end);
            rest = &after[after.iter().take_while(|byte| **byte == b'\n').count()..];
            let digest = Digest::of(stanza.trim_ascii_end());
            if stanza.trim_ascii().is_empty() || self.seen.as_mut().is_some_and(|seen| !seen.insert(digest)) {
                continue;
            }
            self.text.extend_from_slice(stanza.trim_ascii_end());
            self.text.extend_from_slice(b"\n\n");
            let [a, b, c, d, e, f, g, h, ..] = *digest.as_bytes();
            let cut = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
            self.marks.push(Mark { end: self.text.len(), digest, cut });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn translations_unite_without_repeating_themselves() {
        let mut united = Translation::new(2);
        united.add(b"Package: a\nDescription-en: x\n\nPackage: b\n\n\n");
        united.add(b"Package: b\n\nPackage: c");
        assert_eq!(united.text, b"Package: a\nDescription-en: x\n\nPackage: b\n\nPackage: c\n\n");
        assert_eq!(united.marks.last().unwrap().end, united.text.len());
    }
}
