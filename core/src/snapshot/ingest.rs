//! A Packages or Sources index into entries, and back into the very same bytes.

use std::cmp::Ordering;

use bytes::Bytes;

use crate::deb::stanza::{Selection, Stanza, Stanzas};
use crate::deb::version;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::snapshot::entry::{Entry, MAX_ENTRIES, SOURCE};
use crate::snapshot::manifest::{Layout, Order};
use crate::snapshot::query::field_of;
use crate::store::wire::{Reader, put_bytes, put_uint};

/// The longest name, version or architecture that is taken: dpkg's own file names end long before.
const MAX_WORD: usize = 512;

/// The longest run of bytes between two stanzas that is kept; an honest index has one newline there.
const MAX_GAP: usize = 1 << 20;

/// What the stanzas of an index describe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Binary packages: a Packages index.
    Binary,
    /// Source packages: a Sources index.
    Source,
}

/// An index taken apart.
#[derive(Clone, Debug)]
pub struct Ingested {
    /// Its entries in key order.
    pub entries: Vec<Entry>,
    /// How the index is made from them.
    pub layout: Layout,
    /// What the layout refers to, where a rule does not tell all.
    pub explicit: Option<Vec<u8>>,
}

/// Takes the index `text`, which the caller has verified, apart. `path` is for errors.
///
/// # Errors
/// [`Kind::Malformed`] with the line of a stanza without Package, Version or (binary) Architecture, or with one that
/// could not be a file's name; whatever the scanner of stanzas rejects.
pub fn ingest(path: &str, text: &Bytes, content: Content) -> Result<Ingested> {
    let (mut upstream, mut sources) = (Vec::new(), Vec::new());
    let mut irregular = Vec::new();
    let mut at = 0;
    let fields = Selection::new(FIELDS);
    for stanza in Stanzas::new(text).select(&fields) {
        let (stanza, values) = stanza.map_err(|error| error.path(path))?;
        if upstream.len() == MAX_ENTRIES {
            return Err(Error::new(Kind::Limit, format!("more than {MAX_ENTRIES} stanzas")).path(path));
        }
        let before = gap(path, text, at, stanza.offset())?;
        if *before != *regular_gap(upstream.len(), usize::MAX, true) {
            irregular.push((upstream.len(), before));
        }
        at = stanza.offset() + stanza.raw().len();
        let entry = entry(text, &stanza, &values, content).map_err(|error| error.path(path))?;
        sources.push(
            source_name(values[SOURCE_FIELD]).map_or_else(|| entry.key.name.clone(), |name| text.slice_ref(name)),
        );
        upstream.push(entry);
    }
    let last = gap(path, text, at, text.len())?;
    let closed = !upstream.is_empty() && !last.is_empty();
    if *last != *regular_gap(upstream.len(), upstream.len(), closed) {
        irregular.push((upstream.len(), last));
    }

    let order = rule_of(&upstream, &sources);
    drop(sources);
    let positions = if order == Order::Explicit { sorted_positions(&upstream) } else { Vec::new() };
    let explicit = (order == Order::Explicit || !irregular.is_empty()).then(|| encode_explicit(&positions, &irregular));
    let layout = Layout { order, closed, explicit: explicit.as_deref().map(Digest::of) };
    let mut entries = upstream;
    if order != Order::Key {
        entries.sort_by(|a, b| a.key.order().cmp(&b.key.order()));
    }
    Ok(Ingested { entries, layout, explicit })
}

/// The entries in upstream's order.
pub fn in_upstream_order(mut entries: Vec<Entry>, layout: &Layout, explicit: Option<&[u8]>) -> Result<Vec<Entry>> {
    match layout.order {
        Order::Key => {}
        Order::Source => {
            let sources: Vec<&[u8]> = entries.iter().map(source_of).collect();
            let mut sorted: Vec<u32> = (0..entries.len() as u32).collect();
            sorted.sort_by(|a, b| {
                let (a, b) = (*a as usize, *b as usize);
                source_order(sources[a], &entries[a], sources[b], &entries[b])
            });
            permute(&mut entries, &sorted)?;
        }
        Order::Explicit => {
            let (positions, _) = decode_explicit(required(explicit)?, entries.len())?;
            permute(&mut entries, &positions)?;
        }
    }
    Ok(entries)
}

/// The index that [`ingest`] took apart, byte for byte.
pub fn render(entries: Vec<Entry>, layout: &Layout, explicit: Option<&[u8]>) -> Result<Vec<u8>> {
    let count = entries.len();
    let irregular = match (layout.explicit, explicit) {
        (None, _) => Vec::new(),
        (Some(_), explicit) => decode_explicit(required(explicit)?, count)?.1,
    };
    let mut irregular = irregular.into_iter().peekable();
    let entries = in_upstream_order(entries, layout, explicit)?;
    let mut out = Vec::with_capacity(entries.iter().map(|entry| entry.text.len() + 1).sum());
    for position in 0..=count {
        match irregular.next_if(|(at, _)| *at == position) {
            Some((_, bytes)) => out.extend_from_slice(&bytes),
            None => out.extend_from_slice(regular_gap(position, count, layout.closed)),
        }
        if let Some(entry) = entries.get(position) {
            out.extend_from_slice(&entry.text);
        }
    }
    Ok(out)
}

/// The fields that name a package, as [`Selection`] gives them.
const FIELDS: [&str; 4] = ["Package", "Version", "Architecture", "Source"];
const SOURCE_FIELD: usize = 3;

fn entry(text: &Bytes, stanza: &Stanza<'_>, values: &[Option<&[u8]>; 4], content: Content) -> Result<Entry> {
    let field = |which: usize| -> Result<Bytes> {
        let name = FIELDS[which];
        let value = values[which].unwrap_or_default();
        let wrong =
            |what: &str| Error::new(Kind::Malformed, format!("a stanza {what}")).line(stanza.line()).field(name);
        if value.is_empty() {
            return Err(wrong(&format!("has no {name}")).help("the index is damaged; tell the repository's owner"));
        }
        if value.len() > MAX_WORD || !value.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'/') {
            return Err(wrong(&format!("has the {name} {:?}", String::from_utf8_lossy(&value[..value.len().min(80)]))));
        }
        Ok(text.slice_ref(value))
    };
    let architecture = match content {
        Content::Binary => field(2)?,
        Content::Source => Bytes::from_static(SOURCE),
    };
    Ok(Entry::new(field(0)?, field(1)?, architecture, text.slice_ref(stanza.raw())))
}

fn gap(path: &str, text: &Bytes, from: usize, to: usize) -> Result<Bytes> {
    if to - from > MAX_GAP {
        return Err(Error::new(Kind::Limit, format!("more than {MAX_GAP} bytes between two stanzas")).path(path));
    }
    Ok(text.slice(from..to))
}

/// One blank line between stanzas, one after the last where the index is closed by one, nothing before the first.
fn regular_gap(position: usize, count: usize, closed: bool) -> &'static [u8] {
    if position == 0 || (position == count && !closed) { b"" } else { b"\n" }
}

/// The rule that the order of `upstream` follows.
fn rule_of(upstream: &[Entry], sources: &[Bytes]) -> Order {
    if upstream.windows(2).all(|pair| pair[0].key.order() <= pair[1].key.order()) {
        return Order::Key;
    }
    let ascends =
        |at: usize| source_order(&sources[at - 1], &upstream[at - 1], &sources[at], &upstream[at]) == Ordering::Less;
    if (1..upstream.len()).all(ascends) { Order::Source } else { Order::Explicit }
}

/// A total order but for entries that are equal in all.
fn source_order(a_source: &[u8], a: &Entry, b_source: &[u8], b: &Entry) -> Ordering {
    (a_source.cmp(b_source))
        .then_with(|| a.key.name.cmp(&b.key.name))
        .then_with(|| version::compare(&a.key.version, &b.key.version))
        .then_with(|| a.key.order().cmp(&b.key.order()))
}

/// The source package's name: of `Source: name (version)` the first word, else the package's own name.
fn source_of(entry: &Entry) -> &[u8] {
    source_name(Some(field_of(&entry.text, "Source"))).unwrap_or(&entry.key.name)
}

fn source_name(field: Option<&[u8]>) -> Option<&[u8]> {
    field?.split(|byte| *byte == b' ' || *byte == b'(').next().filter(|name| !name.is_empty())
}

/// Moves to each place the entry whose position is told there. In place: a large list has tens of megabytes of entries.
fn permute(entries: &mut [Entry], positions: &[u32]) -> Result<()> {
    let mut seen = vec![false; entries.len()];
    let once = |at: &u32| seen.get_mut(*at as usize).is_some_and(|seen| !std::mem::replace(seen, true));
    if positions.len() != entries.len() || !positions.iter().all(once) {
        return Err(Error::new(Kind::Malformed, "a stored order is not a permutation"));
    }
    // Each cycle from its first place on; `seen` is true where the right entry is not yet.
    for first in 0..entries.len() {
        let mut at = first;
        while std::mem::take(&mut seen[at]) && positions[at] as usize != first {
            let from = positions[at] as usize;
            entries.swap(at, from);
            at = from;
        }
    }
    Ok(())
}

/// The position that each entry gets once they are sorted, stably, by key.
fn sorted_positions(upstream: &[Entry]) -> Vec<u32> {
    let mut sorted: Vec<u32> = (0..upstream.len() as u32).collect();
    sorted.sort_by(|a, b| upstream[*a as usize].key.order().cmp(&upstream[*b as usize].key.order()));
    let mut positions = vec![0; sorted.len()];
    for (upstream, at) in sorted.into_iter().zip(0..) {
        positions[upstream as usize] = at;
    }
    positions
}

fn required(explicit: Option<&[u8]>) -> Result<&[u8]> {
    explicit.ok_or_else(|| Error::new(Kind::Malformed, "a list lacks its explicit layout"))
}

/// Runs of consecutive positions, each start told from the end of the run before; then the irregular gaps.
fn encode_explicit(positions: &[u32], irregular: &[(usize, Bytes)]) -> Vec<u8> {
    let mut runs: Vec<(i64, u64)> = Vec::new();
    let mut expected = 0i64;
    for position in positions {
        let position = i64::from(*position);
        match runs.last_mut() {
            Some(run) if position == expected => run.1 += 1,
            _ => runs.push((position - expected, 1)),
        }
        expected = position + 1;
    }
    let mut out = Vec::new();
    put_uint(&mut out, runs.len() as u64);
    for (jump, length) in runs {
        put_uint(&mut out, ((jump << 1) ^ (jump >> 63)) as u64);
        put_uint(&mut out, length);
    }
    put_uint(&mut out, irregular.len() as u64);
    for (at, bytes) in irregular {
        put_uint(&mut out, *at as u64);
        put_bytes(&mut out, bytes);
    }
    out
}

type Explicit = (Vec<u32>, Vec<(usize, Vec<u8>)>);

fn decode_explicit(bytes: &[u8], entries: usize) -> Result<Explicit> {
    let mut reader = Reader::new(bytes);
    let mut positions = Vec::new();
    let mut expected = 0i64;
    for _ in 0..reader.count(MAX_ENTRIES)? {
        let jump = reader.uint()?;
        let length = reader.count(entries - positions.len().min(entries))?;
        expected = expected.wrapping_add(((jump >> 1) as i64) ^ -((jump & 1) as i64));
        for _ in 0..length {
            let position = u32::try_from(expected)
                .map_err(|_| Error::new(Kind::Malformed, "a stored order points outside its list"))?;
            positions.push(position);
            expected += 1;
        }
    }
    let mut irregular = Vec::new();
    for _ in 0..reader.count(MAX_ENTRIES)? {
        irregular.push((reader.count(entries)?, reader.bytes()?.to_vec()));
    }
    reader.end()?;
    Ok((positions, irregular))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stanza(name: &str, version: &str, source: &str) -> String {
        let source = if source.is_empty() { String::new() } else { format!("Source: {source}\n") };
        format!("Package: {name}\n{source}Version: {version}\nArchitecture: all\nDescription: x\n y\n")
    }

    fn there_and_back(text: &str) -> Ingested {
        let bytes = Bytes::from(text.to_owned());
        let ingested = ingest("Packages", &bytes, Content::Binary).unwrap();
        let again = render(ingested.entries.clone(), &ingested.layout, ingested.explicit.as_deref()).unwrap();
        assert_eq!(String::from_utf8(again).unwrap(), text);
        assert!(ingested.entries.windows(2).all(|pair| pair[0].key.order() <= pair[1].key.order()));
        ingested
    }

    #[test]
    fn every_layout_comes_back() {
        let (a, b, c) = (stanza("a", "1", ""), stanza("b", "1", "a (2)"), stanza("ab", "1", "c"));
        assert_eq!(there_and_back("").layout, Layout::default());
        assert_eq!(there_and_back(&a).layout, Layout::default());
        assert!(there_and_back(&format!("{a}\n{b}\n")).layout.closed);
        let by_source = there_and_back(&format!("{a}\n{b}\n{c}\n"));
        assert_eq!((by_source.layout.order, by_source.layout.explicit), (Order::Source, None));
        for odd in [
            format!("\n{a}\n{b}"),
            format!("{a}\n\n\n{b}\n\n"),
            format!("{b}\n{c}\n{a}"),
            format!("{c}\n{a}\n\n{b}\n"),
            format!("{a}\n{a}\n{a}"),
            format!("{b}\n{a}\n{b}\n{a}"),
            format!("{a}\n{}", c.trim_end()),
            "\n\n".to_owned(),
        ] {
            there_and_back(&odd);
        }
        let versions = [stanza("a", "1.10", "z"), stanza("a", "1.9", "z")];
        assert_eq!(there_and_back(&format!("{}\n{}", versions[1], versions[0])).layout.order, Order::Source);
    }

    #[test]
    fn stanzas_without_a_name_are_told_by_line() {
        let text = format!("{}\nPackage: b\nArchitecture: all\n", stanza("a", "1", ""));
        let error = ingest("Packages", &text.into(), Content::Binary).unwrap_err();
        assert_eq!((error.kind(), error.at_line(), error.at_field()), (Kind::Malformed, Some(7), Some("Version")));
        let error = ingest("Packages", &"Package: ../x\nVersion: 1\nArchitecture: all\n".into(), Content::Binary);
        assert_eq!(error.unwrap_err().at_field(), Some("Package"));
    }

    #[test]
    fn a_damaged_order_is_an_error() {
        let text = format!("{}\n{}\n{}", stanza("b", "1", ""), stanza("c", "1", ""), stanza("a", "1", ""));
        let ingested = there_and_back(&text);
        let explicit = ingested.explicit.unwrap();
        for at in 0..explicit.len() {
            let mut damaged = explicit.clone();
            damaged[at] ^= 0xff;
            let _ = render(ingested.entries.clone(), &ingested.layout, Some(&damaged));
            assert!(render(ingested.entries.clone(), &ingested.layout, Some(&explicit[..at])).is_err());
        }
    }
}
