//! What tells, beside the package list, where packages came from and when: apt's sources, the Release files and the names of
//! indexes that it left, and the logs of dpkg and apt. All of it is what somebody wrote, and nothing is signed but Release
//! files: it is read leniently and proves nothing.

mod log;

use jiff::Timestamp;
use reposnap::deb::compress::{Compression, decompress};
use reposnap::deb::release::parse_date;
use reposnap::{Digest, Kind, Result};

use crate::files::{Files, Found, shown};
use crate::inventory::{Evidence, LeftRelease, SourcesFile};
use crate::layer::interest::Rule;
use crate::limits::{MAX_LOG, MAX_LOG_ENTRIES, MAX_TEXT};

/// Reads all evidence but the times of databases.
pub(crate) fn read(files: &dyn Files) -> Result<Evidence> {
    let mut evidence = Evidence::default();
    let mut left = MAX_TEXT;
    let mut source = |path: String, found: Option<Found>| {
        // Sources are some lines. Whoever has more of them has something else.
        let Some(found) = found.filter(|found| found.bytes.len() as u64 <= left) else { return };
        left -= found.bytes.len() as u64;
        evidence.sources.push(SourcesFile { file: path, text: String::from_utf8_lossy(&found.bytes).into_owned() });
    };
    let sources = "etc/apt/sources.list";
    source(sources.to_owned(), files.read(sources.as_bytes(), Rule::Log)?);
    let sources = "etc/apt/sources.list.d";
    for (name, found) in files.folder(sources.as_bytes(), Rule::Sources)?.unwrap_or_default() {
        source(format!("{sources}/{}", shown(&name)), found);
    }
    for (name, found) in files.folder(b"var/lib/apt/lists", Rule::Lists)?.unwrap_or_default() {
        let name = shown(&name);
        if let Some(found) = found.filter(|_| name.ends_with("_InRelease") || name.ends_with("_Release")) {
            evidence.releases.push(release(name, &found.bytes));
        } else if is_index(&name) {
            evidence.indexes.push(name);
        }
    }
    let mut dates = Vec::new();
    for text in logs(files, "var/log", Rule::Logs)? {
        log::dpkg(&text, &mut dates);
    }
    // In the order of time; the last one counts.
    dates.sort_by(|a, b| a.0.cmp(&b.0));
    evidence.installed = dates.into_iter().map(|(date, what)| (what, date)).collect();
    for text in logs(files, "var/log/apt", Rule::AptLogs)? {
        log::apt(&text, &mut evidence.commands);
    }
    evidence.commands.sort_by(|a, b| a.date.cmp(&b.date));
    evidence.commands.truncate(MAX_LOG_ENTRIES);
    Ok(evidence)
}

/// A time of a file; none beyond what a calendar holds.
pub(crate) fn time(seconds: i64) -> Option<Timestamp> {
    Timestamp::from_second(seconds).ok()
}

/// The logs in a folder, uncompressed, as many as come to [`MAX_LOG`] together, the newest first; those that are damaged are
/// passed over.
fn logs(files: &dyn Files, folder: &str, rule: Rule) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    let mut left = MAX_LOG;
    for (name, found) in files.folder(folder.as_bytes(), rule)?.unwrap_or_default() {
        let Some(found) = found else { continue };
        let (_, compression) = Compression::from_path(&shown(&name));
        match decompress(compression, &found.bytes, left) {
            Ok(bytes) => {
                left -= bytes.len() as u64;
                texts.push(String::from_utf8_lossy(&bytes).into_owned());
            }
            Err(error) if error.kind() == Kind::Limit => break,
            Err(_) => {}
        }
    }
    Ok(texts)
}

/// Whether a file in apt's lists is an index: `..._binary-amd64_Packages`, perhaps compressed.
fn is_index(name: &str) -> bool {
    let (stem, _) = Compression::from_path(name);
    ["_Packages", "_Sources"].iter().any(|end| stem.ends_with(end))
        || ["_Translation-", "_Contents-", "_Components-"].iter().any(|part| stem.contains(part))
}

/// What a Release file claims. Its fields stand before the list of files, in lines of their own.
fn release(file: String, bytes: &[u8]) -> LeftRelease {
    let text = String::from_utf8_lossy(bytes);
    let mut release =
        LeftRelease { file, sha256: Digest::of(bytes), origin: None, suite: None, codename: None, date: None };
    for line in text.lines() {
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        let set = |field: &mut Option<String>| {
            if field.is_none() && !value.is_empty() {
                *field = Some(value.to_owned());
            }
        };
        match name {
            "Origin" => set(&mut release.origin),
            "Suite" => set(&mut release.suite),
            "Codename" => set(&mut release.codename),
            "Date" if release.date.is_none() => release.date = parse_date(value).ok(),
            "MD5Sum" | "SHA1" | "SHA256" | "SHA512" => break,
            _ => {}
        }
    }
    release
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_of_a_release() {
        let text =
            b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nOrigin: Debian\nSuite: stable\nCodename: bookworm\n\
                     Date: Sat, 11 Jul 2026 10:16:37 UTC\nSHA256:\n 00 1 Origin: x\nOrigin: y\n";
        let found = release("x_InRelease".into(), text);
        assert_eq!((found.origin.as_deref(), found.suite.as_deref()), (Some("Debian"), Some("stable")));
        assert_eq!(found.codename.as_deref(), Some("bookworm"));
        assert_eq!(found.date.unwrap().to_string(), "2026-07-11T10:16:37Z");
        assert_eq!(release("x".into(), b"\xff\0Date: never").date, None);
    }

    #[test]
    fn indexes() {
        for name in ["x_dists_bookworm_main_binary-amd64_Packages", "x_Packages.lz4", "x_i18n_Translation-en"] {
            assert!(is_index(name), "{name}");
        }
        for name in ["lock", "partial", "x_InRelease", "x_Release.gpg"] {
            assert!(!is_index(name), "{name}");
        }
    }
}
