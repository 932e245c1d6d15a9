//! Stanzas as they are published: verbatim but for where the files lie.

use std::borrow::Cow;
use std::ops::Range;

use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::publish::tree::checked_path;
use crate::store::layout::{self, extension_of};

/// The most files that one source package may have.
const MAX_SOURCE_FILES: usize = 1000;

/// A file that a stanza names: what it is in the store, and where it is to lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) digest: Digest,
    pub(crate) extension: Cow<'static, str>,
    pub(crate) place: Place,
}

/// Where a file is to lie in the published tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the pool under its digest, as in the store.
    Digest,
    /// At a path below the tree's root.
    Path(Box<str>),
}

/// Appends the stanza of a binary package with its Filename in the pool, and says which file that is.
///
/// # Errors
/// [`Kind::Malformed`] where the stanza has no SHA256 or two of them.
pub(crate) fn binary(stanza: &[u8], out: &mut Vec<u8>) -> Result<Wanted> {
    let (digest, file_name) = package(stanza)?;
    let value = file_name.as_ref().map(|field| field.value(stanza)).unwrap_or_default();
    let extension = match extension_of(std::str::from_utf8(value).unwrap_or_default()) {
        "deb" => Cow::Borrowed("deb"),
        "udeb" => Cow::Borrowed("udeb"),
        _ if file_name.is_none() => Cow::Borrowed("deb"),
        other => Cow::Owned(other.to_owned()),
    };
    rewrite(stanza, b"Filename", file_name, out, |out| layout::write_pool(out, digest, &extension));
    Ok(Wanted { digest, extension, place: Place::Digest })
}

/// The file of a binary package where upstream has it.
///
/// # Errors
/// As [`binary`]; [`Kind::Malformed`] where Filename is missing or leaves the repository.
pub(crate) fn binary_in_place(stanza: &[u8]) -> Result<Wanted> {
    let (digest, file_name) = package(stanza)?;
    let path = upstream_path("Filename", file_name.map(|field| field.value(stanza)), None)?;
    let extension = Cow::Owned(extension_of(&path).to_owned());
    Ok(Wanted { digest, extension, place: Place::Path(path) })
}

/// The SHA-256 and the first Filename of a binary package.
fn package(stanza: &[u8]) -> Result<(Digest, Option<Field>)> {
    let mut sha256 = Once::new("SHA256");
    let mut file_name = None;
    for field in Fields::new(stanza) {
        match field.colon - field.span.start {
            6 if field.is(stanza, b"SHA256") => sha256.set(field.value(stanza))?,
            8 if file_name.is_none() && field.is(stanza, b"Filename") => file_name = Some(field),
            _ => {}
        }
    }
    let hex = sha256.value.ok_or_else(|| {
        Error::new(Kind::Malformed, "a package has no SHA256, so it can't be published").field("SHA256")
    })?;
    Ok((digest(hex)?, file_name))
}

/// Appends the stanza of a source package with its Directory in the pool, and says which files lie there.
///
/// # Errors
/// [`Kind::Malformed`] where a file has no SHA-256, or a name that is no plain one.
pub(crate) fn source(stanza: &[u8], out: &mut Vec<u8>) -> Result<Vec<Wanted>> {
    let (files, _) = source_files(stanza)?;
    let (main, _) = (files.iter().find(|(_, name)| extension_of(name) == "dsc"))
        .ok_or_else(|| Error::new(Kind::Malformed, "a source package has no .dsc file").field("Checksums-Sha256"))?;
    let hex = main.to_string();
    let directory = format!("pool/source/{}/{hex}", &hex[..2]);
    let first = Fields::new(stanza).find(|field| field.is(stanza, b"Directory"));
    rewrite(stanza, b"Directory", first, out, |out| out.extend_from_slice(directory.as_bytes()));
    Ok(files.into_iter().map(|(digest, name)| source_file(digest, name, format!("{directory}/{name}"))).collect())
}

/// The files of a source package where upstream has them.
///
/// # Errors
/// As [`source`]; [`Kind::Malformed`] where Directory leaves the repository.
pub(crate) fn source_in_place(stanza: &[u8]) -> Result<Vec<Wanted>> {
    let (files, directory) = source_files(stanza)?;
    files
        .into_iter()
        .map(|(digest, name)| {
            Ok(source_file(
                digest,
                name,
                upstream_path("Directory", Some(directory.unwrap_or(b".")), Some(name))?.into(),
            ))
        })
        .collect()
}

fn source_file(digest: Digest, name: &str, path: String) -> Wanted {
    Wanted { digest, extension: Cow::Owned(extension_of(name).to_owned()), place: Place::Path(path.into()) }
}

/// A path of upstream's below the root of the repository; `./` at its beginning says nothing.
fn upstream_path(field: &'static str, value: Option<&[u8]>, name: Option<&str>) -> Result<Box<str>> {
    let value = value.ok_or_else(|| Error::new(Kind::Malformed, "a stanza lacks the field").field(field))?;
    let value = std::str::from_utf8(value)
        .map_err(|_| Error::new(Kind::Malformed, "a path is no UTF-8").field(field).rule("path-safe"))?;
    let mut path = value;
    while let Some(rest) = path.strip_prefix("./") {
        path = rest;
    }
    let path = match name {
        Some(name) if path == "." || path.is_empty() => name.to_owned(),
        Some(name) => format!("{}/{name}", path.trim_end_matches('/')),
        None => path.to_owned(),
    };
    checked_path(&path).map_err(|error| error.field(field))?;
    Ok(path.into())
}

/// Digest and name of each file of a source package, and its Directory.
type SourceFiles<'a> = (Vec<(Digest, &'a str)>, Option<&'a [u8]>);

fn source_files(stanza: &[u8]) -> Result<SourceFiles<'_>> {
    let mut directory = None;
    let mut sums = Once::new("Checksums-Sha256");
    let mut files = Vec::new();
    for field in Fields::new(stanza) {
        if field.is(stanza, b"Checksums-Sha256") {
            sums.set(field.value(stanza))?;
        } else if field.is(stanza, b"Directory") && directory.is_none() {
            directory = Some(field.value(stanza));
        } else if field.is(stanza, b"Files") || field.is(stanza, b"Checksums-Sha1") {
            files.extend(
                lines(field.value(stanza)).filter_map(|line| line.split(|byte| byte.is_ascii_whitespace()).next_back()),
            );
        }
    }
    let malformed = |what: String| Error::new(Kind::Malformed, what).field("Checksums-Sha256");
    let sums = sums
        .value
        .ok_or_else(|| malformed("a source package has no Checksums-Sha256, so it can't be published".into()))?;
    let mut found: Vec<(Digest, &str)> = Vec::new();
    for line in lines(sums) {
        let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let (Some(hex), Some(_), Some(name), None) = (words.next(), words.next(), words.next(), words.next()) else {
            return Err(malformed(format!("a line is no digest, size and name: {:?}", String::from_utf8_lossy(line))));
        };
        let name = plain_name(name)?;
        let digest = digest(hex)?;
        if let Some((other, _)) = found.iter().find(|(_, known)| *known == name) {
            if *other == digest {
                continue;
            }
            return Err(malformed(format!("the file {name} has two digests")));
        }
        if found.len() == MAX_SOURCE_FILES {
            return Err(Error::new(Kind::Limit, format!("a source package has more than {MAX_SOURCE_FILES} files")));
        }
        found.push((digest, name));
    }
    if let Some(name) = files.into_iter().find(|name| !found.iter().any(|(_, known)| known.as_bytes() == *name)) {
        return Err(malformed(format!("the file {} has no SHA-256", String::from_utf8_lossy(name))));
    }
    Ok((found, directory))
}

/// Appends `stanza` with another value in the `first` field `name`, without further ones, or with the field at its end.
fn rewrite(stanza: &[u8], name: &[u8], first: Option<Field>, out: &mut Vec<u8>, value: impl FnOnce(&mut Vec<u8>)) {
    let Some(first) = first else {
        out.extend_from_slice(stanza);
        end_line(out);
        out.extend_from_slice(name);
        out.extend_from_slice(b": ");
        value(out);
        out.push(b'\n');
        return;
    };
    out.extend_from_slice(&stanza[..=first.colon]);
    out.push(b' ');
    value(out);
    out.push(b'\n');
    let rest = &stanza[first.span.end..];
    let mut copied = 0;
    for field in Fields::new(rest).filter(|field| field.is(rest, name)) {
        out.extend_from_slice(&rest[copied..field.span.start]);
        copied = field.span.end;
    }
    out.extend_from_slice(&rest[copied..]);
    end_line(out);
}

fn end_line(out: &mut Vec<u8>) {
    if out.last().is_some_and(|last| *last != b'\n') {
        out.push(b'\n');
    }
}

/// A field that may stand once.
struct Once<'a> {
    name: &'static str,
    value: Option<&'a [u8]>,
}

impl<'a> Once<'a> {
    fn new(name: &'static str) -> Self {
        Self { name, value: None }
    }

    fn set(&mut self, value: &'a [u8]) -> Result<()> {
        if self.value.is_some_and(|before| before != value) {
            return Err(
                Error::new(Kind::Malformed, "a stanza has the field twice, with different values").field(self.name)
            );
        }
        self.value = Some(value);
        Ok(())
    }
}

fn digest(hex: &[u8]) -> Result<Digest> {
    Digest::from_hex(hex).ok_or_else(|| {
        let shown = String::from_utf8_lossy(&hex[..hex.len().min(80)]).into_owned();
        Error::new(Kind::Malformed, format!("{shown:?} is no SHA-256 of 64 hexadecimal digits"))
    })
}

/// A name that can't leave its directory.
fn plain_name(name: &[u8]) -> Result<&str> {
    const LONGEST: usize = 255;
    std::str::from_utf8(name)
        .ok()
        .filter(|name| {
            name.len() <= LONGEST
                && !name.starts_with('.')
                && name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/')
        })
        .ok_or_else(|| {
            let shown = String::from_utf8_lossy(&name[..name.len().min(80)]).into_owned();
            Error::new(Kind::Malformed, format!("{shown:?} is no plain name of a file")).rule("path-safe")
        })
}

fn lines(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty())
}

/// A field by its place in a stanza.
struct Field {
    /// From its name to the end of its last line, the newline among it.
    span: Range<usize>,
    colon: usize,
}

impl Field {
    fn is(&self, stanza: &[u8], name: &[u8]) -> bool {
        stanza[self.span.start..self.colon].eq_ignore_ascii_case(name)
    }

    fn value<'a>(&self, stanza: &'a [u8]) -> &'a [u8] {
        stanza[self.colon + 1..self.span.end].trim_ascii()
    }
}

/// The fields of a stanza; lines that belong to none (comments) are passed over.
struct Fields<'a> {
    stanza: &'a [u8],
    at: usize,
}

impl<'a> Fields<'a> {
    fn new(stanza: &'a [u8]) -> Self {
        Self { stanza, at: 0 }
    }
}

impl Iterator for Fields<'_> {
    type Item = Field;

    fn next(&mut self) -> Option<Field> {
        loop {
            let rest = self.stanza.get(self.at..).filter(|rest| !rest.is_empty())?;
            let start = self.at;
            let mut end = start + line_length(rest);
            while matches!(self.stanza.get(end), Some(b' ' | b'\t')) {
                end += line_length(&self.stanza[end..]);
            }
            self.at = end;
            let line = &self.stanza[start..end];
            if line[0] == b'#' {
                continue;
            }
            if let Some(colon) = memchr::memchr(b':', line) {
                return Some(Field { span: start..end, colon: start + colon });
            }
        }
    }
}

fn line_length(rest: &[u8]) -> usize {
    memchr::memchr(b'\n', rest).map_or(rest.len(), |newline| newline + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    const OTHER: &str = "486ea46224d1bb4fb680f34f7c9ad96a8f24ec88be73ea8e5a6c65260e9cb8a7";

    fn published(stanza: &str) -> (String, Wanted) {
        let mut out = Vec::new();
        let wanted = binary(stanza.as_bytes(), &mut out).unwrap();
        (String::from_utf8(out).unwrap(), wanted)
    }

    #[test]
    fn only_the_file_name_changes() {
        let here = format!("pool/2c/{HEX}.deb");
        let (text, wanted) = published(&format!(
            "Package: a\nFilename: pool/a.deb\nSHA256: {HEX}\nX-Odd:  kept \nfilename: second\nDescription: x\n Filename: no field\n"
        ));
        assert_eq!(
            text,
            format!(
                "Package: a\nFilename: {here}\nSHA256: {HEX}\nX-Odd:  kept \nDescription: x\n Filename: no field\n"
            )
        );
        assert_eq!((wanted.digest.to_string(), &*wanted.extension), (HEX.to_owned(), "deb"));
        // The mirror named the object by the whole value, so the same is done here.
        assert_eq!(published(&format!("Filename: a.deb\n more\nSHA256: {HEX}\n")).1.extension, "bin");
        let (text, _) = published(&format!("Package: a\nsha256: {}", HEX.to_uppercase()));
        assert_eq!(text, format!("Package: a\nsha256: {}\nFilename: {here}\n", HEX.to_uppercase()));
        let (text, wanted) = published(&format!("FILENAME: x/y.udeb\nSHA256:\n {HEX}\n"));
        assert_eq!(text, format!("FILENAME: pool/2c/{HEX}.udeb\nSHA256:\n {HEX}\n"));
        assert_eq!(wanted.extension, "udeb");
        assert_eq!(published(&format!("Filename: x/../evil.d$b\nSHA256: {HEX}\n")).1.extension, "bin");
    }

    #[test]
    fn a_package_needs_one_digest() {
        for (stanza, why) in [
            ("Package: a\nMD5sum: x\n".to_owned(), "has no SHA256"),
            ("SHA256: abc\n".to_owned(), "is no SHA-256"),
            (format!("SHA256: {HEX}\nSHA256: {OTHER}\n"), "twice"),
        ] {
            let error = binary(stanza.as_bytes(), &mut Vec::new()).unwrap_err();
            assert_eq!(error.kind(), Kind::Malformed);
            assert!(error.to_string().contains(why), "{error}");
        }
    }

    #[test]
    fn files_of_a_source_package_keep_their_names() {
        let stanza = format!(
            "Package: a\nDirectory: pool/main/a\nFiles:\n 0 1 a_1.dsc\n 0 5 a_1.tar.xz\nChecksums-Sha256:\n {HEX} 1 a_1.dsc\n {OTHER} 5 a_1.tar.xz\nVersion: 1\n"
        );
        let mut out = Vec::new();
        let wanted = source(stanza.as_bytes(), &mut out).unwrap();
        let directory = format!("pool/source/2c/{HEX}");
        assert_eq!(String::from_utf8(out).unwrap(), stanza.replace("pool/main/a", &directory));
        assert_eq!(wanted[1].extension, "xz");
        assert_eq!(wanted[1].place, Place::Path(format!("{directory}/a_1.tar.xz").into()));
    }

    #[test]
    fn upstream_paths_stay_below_the_root() {
        let place = |field: &str| binary_in_place(format!("{field}\nSHA256: {HEX}\n").as_bytes());
        assert_eq!(place("Filename: ././a/b.deb").unwrap().place, Place::Path("a/b.deb".into()));
        for bad in [
            "X: y",
            "Filename:",
            "Filename: ../a.deb",
            "Filename: /a.deb",
            "Filename: a/./b",
            "Filename: a//b",
            "Filename: .reposnap/lock",
        ] {
            assert_eq!(place(bad).unwrap_err().kind(), Kind::Malformed, "{bad}");
        }
        let source = |directory: &str| {
            source_in_place(format!("Directory: {directory}\nChecksums-Sha256:\n {HEX} 1 a.dsc\n").as_bytes())
        };
        for (directory, path) in [(".", "a.dsc"), ("pool/a/", "pool/a/a.dsc"), ("./x", "x/a.dsc")] {
            assert_eq!(source(directory).unwrap()[0].place, Place::Path(path.into()));
        }
        assert_eq!(source("a/..").unwrap_err().broken_rule(), Some("path-safe"));
    }

    #[test]
    fn a_source_package_can_not_leave_its_directory() {
        let with = |files: &str| source(format!("Package: a\n{files}").as_bytes(), &mut Vec::new()).unwrap_err();
        for name in ["../a.dsc", "/etc/passwd", ".dsc", "a/b.dsc", "..", "\u{e4}.dsc"] {
            assert!(with(&format!("Checksums-Sha256:\n {HEX} 1 {name}\n")).to_string().contains("path-safe"), "{name}");
        }
        with("Files:\n 0 1 a.dsc\n");
        with(&format!("Checksums-Sha256:\n {HEX} 1 a.tar\n"));
        with(&format!("Files:\n 0 1 b\nChecksums-Sha256:\n {HEX} 1 a.dsc\n"));
        with(&format!("Checksums-Sha256:\n {HEX} 1 a.dsc\n {OTHER} 1 a.dsc\n"));
        with(&format!("Checksums-Sha256:\n {HEX} a.dsc\n"));
    }
}
