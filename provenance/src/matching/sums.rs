//! The digests of a package's files: as its own file in the store's pool has them, and as the image has them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek};

use reposnap::deb::archive::{Archive, Limits};
use reposnap::store::{Store, layout};
use reposnap::{Digest, Error, Kind, Result};

use super::Differs;

/// The largest package that is read whole from a store that is no directory, in bytes. Larger ones are not compared.
pub const LARGEST_FETCHED: u64 = 64 << 20;

/// How many paths a difference names.
const NAMED: usize = 3;

/// The member `md5sums` of the control part of a package, as it is (deb-md5sums(5)); none where the store does not have the
/// package's file, where it is too large to be fetched, and where it has no such member.
///
/// # Errors
/// Those of reading the store, and [`Kind::Malformed`] where the file is no package.
pub async fn of_pool(store: &Store, sha256: Digest) -> Result<Option<Vec<u8>>> {
    let path = layout::pool(sha256, "deb");
    if let Some(file) = store.objects().local_path(&path) {
        return match File::open(&file) {
            Ok(file) => member(BufReader::new(file)).map_err(|error| error.path(path)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io(file.display(), error)),
        };
    }
    match store.objects().get_limited(&path, LARGEST_FETCHED).await {
        Ok(bytes) => member(std::io::Cursor::new(bytes)).map_err(|error| error.path(path)),
        Err(error) if matches!(error.kind(), Kind::NotFound | Kind::Limit) => Ok(None),
        Err(error) => Err(error),
    }
}

fn member(reader: impl Read + Seek) -> Result<Option<Vec<u8>>> {
    let archive = Archive::open(reader, &Limits::default())?;
    Ok(archive.control_member("md5sums").map(<[u8]>::to_vec))
}

/// What differs between the digests of a package and those of an image: paths that one side lacks, and paths with another
/// digest. The order of the lines makes no difference.
pub fn differ(theirs: &[u8], ours: &[u8]) -> Option<Differs> {
    if theirs == ours {
        return None;
    }
    let (theirs, ours) = (paths(theirs), paths(ours));
    let all: std::collections::BTreeSet<&[u8]> = theirs.keys().chain(ours.keys()).copied().collect();
    let other: Vec<&[u8]> = all.into_iter().filter(|path| theirs.get(path) != ours.get(path)).collect();
    let first = other.first()?;
    let digest = |of: &BTreeMap<&[u8], &[u8]>| match of.get(first) {
        Some(digest) => format!("{} of {}", String::from_utf8_lossy(digest), String::from_utf8_lossy(first)),
        None => format!("no {}", String::from_utf8_lossy(first)),
    };
    let mut named = digest(&ours);
    for path in other.iter().skip(1).take(NAMED - 1) {
        named.push_str(&format!(", {}", String::from_utf8_lossy(path)));
    }
    if other.len() > NAMED {
        named.push_str(&format!(" and {} more", other.len() - NAMED));
    }
    Some(Differs { field: "md5sums".into(), theirs: digest(&theirs), ours: named })
}

/// The digest of each path.
fn paths(text: &[u8]) -> BTreeMap<&[u8], &[u8]> {
    let line = |line: &'_ [u8]| -> Option<(usize, usize)> {
        let rest = line.get(32..)?;
        (rest.starts_with(b"  ") || rest.starts_with(b" *")).then_some((32, 34))
    };
    let lines = text.split(|byte| *byte == b'\n');
    lines.filter_map(|text| line(text).map(|(end, start)| (&text[start..], &text[..end]))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_compared_and_not_lines() {
        let (a, b) = ("0".repeat(32), "1".repeat(32));
        let text = |lines: &[(&str, &str)]| {
            lines.iter().map(|(sum, path)| format!("{sum}  {path}\n")).collect::<String>().into_bytes()
        };
        let theirs = text(&[(&a, "usr/bin/x"), (&a, "usr/bin/y")]);
        assert_eq!(differ(&theirs, &text(&[(&a, "usr/bin/y"), (&a, "usr/bin/x")])), None);
        let changed = differ(&theirs, &text(&[(&b, "usr/bin/x"), (&a, "usr/bin/y")])).unwrap();
        assert_eq!(changed.to_string(), format!("md5sums: {b} of usr/bin/x instead of {a} of usr/bin/x"));
        let missing = differ(&theirs, b"").unwrap();
        assert_eq!(missing.ours, "no usr/bin/x, usr/bin/y");
    }
}
