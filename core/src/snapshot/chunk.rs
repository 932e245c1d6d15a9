//! Where lists and blobs are cut into chunks.
//!
//! A cut depends on what begins there and on nothing around it, so a change moves no cut but its own: lists that share
//! a run of packages share its chunks, whatever stands before and after. For a list the name and architecture decide,
//! never the version; an upgrade changes a chunk in place.

use std::ops::Range;

use crate::snapshot::entry::Entry;

/// One in so many groups of entries begins a chunk: of 800-byte stanzas that is about 25 KiB.
const GROUPS: u64 = 32;

/// One in so many lines begins a chunk of a blob: of 90-byte lines that is about 23 KiB.
const LINES: u64 = 256;

/// A blob without line ends is cut here.
const LONGEST: usize = 256 << 10;

/// Whether the group of `name` and `architecture` begins a chunk.
pub fn begins_chunk(name: &[u8], architecture: &[u8]) -> bool {
    mix(fnv(fnv(fnv(FNV_START, name), b"\0"), architecture)).is_multiple_of(GROUPS)
}

/// The chunks of `entries`, which are in key order.
pub fn cut_entries(entries: &[Entry]) -> Vec<Range<usize>> {
    let mut chunks = Vec::with_capacity(entries.len() / 24);
    let mut start = 0;
    for at in 1..entries.len() {
        let (before, here) = (&entries[at - 1].key, &entries[at].key);
        if before.group() != here.group() && begins_chunk(&here.name, &here.architecture) {
            chunks.push(start..at);
            start = at;
        }
    }
    if start < entries.len() {
        chunks.push(start..entries.len());
    }
    chunks
}

/// The chunks of a blob, each with the word by which it is found again in another version of the blob.
pub fn cut_blob(bytes: &[u8]) -> Vec<(Range<usize>, &[u8])> {
    let mut chunks = Vec::new();
    let (mut start, mut at) = (0, 0);
    let mut first = &bytes[..0];
    while at < bytes.len() {
        let longest = (at + LONGEST).min(bytes.len());
        let end = memchr::memchr(b'\n', &bytes[at..longest]).map_or(longest, |newline| at + newline + 1);
        let word = last_word(&bytes[at..end]);
        if at == start {
            first = word;
        } else if mix(fnv(FNV_START, word)).is_multiple_of(LINES) || end - start > LONGEST {
            chunks.push((start..at, first));
            (start, first) = (at, word);
        }
        at = end;
    }
    if start < bytes.len() {
        chunks.push((start..bytes.len(), first));
    }
    chunks
}

/// The last word of a line: in a Release file and in Contents it names, where the words before it vary.
fn last_word(line: &[u8]) -> &[u8] {
    const LONGEST_WORD: usize = 200;
    let line = line.trim_ascii_end();
    let tail = &line[line.len().saturating_sub(LONGEST_WORD)..];
    let start = tail.iter().rposition(|byte| byte.is_ascii_whitespace()).map_or(0, |blank| blank + 1);
    &tail[start..]
}

const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a. These functions fix where stored chunks begin: changing one costs every store its sharing.
fn fnv(state: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(state, |state, byte| (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The finalizer of `SplitMix64`: FNV's low bits alone are poor.
fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn entry(number: usize, version: usize) -> Entry {
        let name = Bytes::from(format!("package-{number:05}"));
        Entry::new(name, Bytes::from(format!("{version}")), "all".into(), Bytes::from(format!("text {version}")))
    }

    fn chunks_of(entries: &[Entry]) -> Vec<Vec<Entry>> {
        cut_entries(entries).into_iter().map(|range| entries[range].to_vec()).collect()
    }

    #[test]
    fn a_change_touches_its_own_chunk_alone() {
        let old: Vec<Entry> = (0..5000).map(|number| entry(number, 1)).collect();
        let chunks = chunks_of(&old);
        assert!((100..220).contains(&chunks.len()), "{}", chunks.len());
        assert_eq!(chunks.concat(), old);

        let mut upgraded = old.clone();
        upgraded[2500] = entry(2500, 2);
        let differing = chunks_of(&upgraded).into_iter().filter(|chunk| !chunks.contains(chunk)).count();
        assert_eq!(differing, 1);

        let mut removed = old.clone();
        removed.remove(2500);
        assert!(chunks_of(&removed).into_iter().filter(|chunk| !chunks.contains(chunk)).count() <= 1);
    }

    #[test]
    fn versions_of_one_package_stay_together() {
        let mut entries: Vec<Entry> = (0..500).flat_map(|number| [entry(number, 1), entry(number, 2)]).collect();
        entries.sort_by(|a, b| a.key.order().cmp(&b.key.order()));
        for range in cut_entries(&entries) {
            assert_ne!(entries.get(range.end).map(|next| next.key.group()), Some(entries[range.end - 1].key.group()));
        }
    }

    #[test]
    fn blobs_come_back_whole() {
        let lines: String = (0..20_000).map(|number| format!("{:x} {number} path/{number}\n", number * 77)).collect();
        let mut binary = vec![7u8; 1 << 20];
        binary.push(b'\n');
        for blob in [lines.as_bytes(), &binary, b"", b"\n", b"no end"] {
            let joined: Vec<u8> = cut_blob(blob).into_iter().flat_map(|(range, _)| blob[range].to_vec()).collect();
            assert_eq!(joined, blob);
            assert!(cut_blob(blob).iter().all(|(range, _)| range.len() <= 2 * LONGEST));
        }
        assert!((40..160).contains(&cut_blob(lines.as_bytes()).len()));
    }
}
