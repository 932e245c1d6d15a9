//! Tiny valid packages, built without dpkg so that tests can also build broken ones; dpkg is asked to read them.

use std::io::Write;

use sha2::{Digest as _, Sha256};

/// The modification time of every member: 2024-01-01.
const MODIFIED: u64 = 1_704_067_200;

/// A binary package: control fields in order, and the files that it installs.
#[derive(Debug, Clone)]
pub struct Package {
    fields: Vec<(String, String)>,
    files: Vec<(String, Vec<u8>)>,
    compression: Compression,
    component: String,
}

/// How a package's members, or an index, are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip.
    Gzip,
    /// xz.
    Xz,
    /// Zstandard.
    Zstd,
}

impl Compression {
    /// The ending of a file name, with its dot.
    pub fn extension(self) -> &'static str {
        match self {
            Compression::None => "",
            Compression::Gzip => ".gz",
            Compression::Xz => ".xz",
            Compression::Zstd => ".zst",
        }
    }

    /// The bytes, compressed.
    pub fn compress(self, bytes: &[u8]) -> Vec<u8> {
        let done = match self {
            Compression::None => Ok(bytes.to_vec()),
            Compression::Gzip => {
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
                encoder.write_all(bytes).and_then(|()| encoder.finish())
            }
            Compression::Xz => {
                let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 6);
                encoder.write_all(bytes).and_then(|()| encoder.finish())
            }
            Compression::Zstd => zstd::bulk::compress(bytes, 3),
        };
        done.expect("compressing in memory")
    }
}

impl Package {
    /// A package of architecture `amd64` in component `main`, with one file.
    pub fn new(name: &str, version: &str) -> Self {
        let fields = [
            ("Package", name),
            ("Version", version),
            ("Architecture", "amd64"),
            ("Maintainer", "Nobody <nobody@example.invalid>"),
            ("Section", "misc"),
            ("Priority", "optional"),
            ("Description", "a package made for a test\n It does nothing."),
        ];
        Self {
            fields: fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
            files: vec![(format!("usr/share/doc/{name}/version"), format!("{version}\n").into_bytes())],
            compression: Compression::Xz,
            component: "main".to_owned(),
        }
    }

    /// Sets a control field, replacing one of that name; `Description` stays last.
    #[must_use]
    pub fn field(mut self, name: &str, value: &str) -> Self {
        match self.fields.iter_mut().find(|(field, _)| field == name) {
            Some((_, old)) => *old = value.to_owned(),
            None => self.fields.insert(self.fields.len() - 1, (name.to_owned(), value.to_owned())),
        }
        self
    }

    /// Sets `Depends`.
    #[must_use]
    pub fn depends(self, value: &str) -> Self {
        self.field("Depends", value)
    }

    /// Sets the architecture.
    #[must_use]
    pub fn architecture(self, value: &str) -> Self {
        self.field("Architecture", value)
    }

    /// Leaves a field out, to make a broken package or stanza.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(field, _)| field != name);
        self
    }

    /// Adds a file; `path` without a slash in front.
    #[must_use]
    pub fn file(mut self, path: &str, bytes: &[u8]) -> Self {
        self.files.push((path.to_owned(), bytes.to_vec()));
        self
    }

    /// Compresses both members this way.
    #[must_use]
    pub fn compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// Puts the package into another component.
    #[must_use]
    pub fn component(mut self, component: &str) -> Self {
        self.component = component.to_owned();
        self
    }

    /// The component that the package is in.
    pub fn component_name(&self) -> &str {
        &self.component
    }

    /// The value of a field, empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// The control file.
    pub fn control(&self) -> String {
        self.fields.iter().map(|(name, value)| format!("{name}: {value}\n")).collect()
    }

    /// `name_version_architecture.deb`, the version without its epoch.
    pub fn file_name(&self) -> String {
        let version = self.get("Version");
        let version = version.split_once(':').map_or(version, |(_, rest)| rest);
        format!("{}_{version}_{}.deb", self.get("Package"), self.get("Architecture"))
    }

    /// The path below the archive's root.
    pub fn pool_path(&self) -> String {
        let name = self.get("Package");
        let initial = name.get(..1).unwrap_or("_");
        format!("pool/{}/{initial}/{name}/{}", self.component, self.file_name())
    }

    /// The package itself.
    pub fn build(&self) -> Vec<u8> {
        let suffix = self.compression.extension();
        let control = tar(&[("control".to_owned(), self.control().into_bytes())]);
        let data = tar(&self.files);
        ar(&[
            ("debian-binary", b"2.0\n".to_vec()),
            (&format!("control.tar{suffix}"), self.compression.compress(&control)),
            (&format!("data.tar{suffix}"), self.compression.compress(&data)),
        ])
    }

    /// The stanza of an index, without the blank line after it. `bytes` is the package as built.
    pub fn stanza(&self, bytes: &[u8]) -> String {
        let mut stanza: String = self.fields[..self.fields.len() - 1].iter().map(render).collect();
        stanza.push_str(&format!("Filename: {}\nSize: {}\nSHA256: {}\n", self.pool_path(), bytes.len(), sha256(bytes)));
        stanza.extend(self.fields.last().map(render));
        stanza
    }
}

fn render((name, value): &(String, String)) -> String {
    format!("{name}: {value}\n")
}

/// An `ar` archive of members, as dpkg writes it.
pub fn ar(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut out = b"!<arch>\n".to_vec();
    for (name, bytes) in members {
        out.extend(format!("{name:<16}{MODIFIED:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, "100644", bytes.len()).bytes());
        out.extend(bytes);
        if bytes.len() % 2 == 1 {
            out.push(b'\n');
        }
    }
    out
}

/// A tar of files, with entries for their folders as dpkg expects; names begin with `./`.
pub fn tar(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut folders = std::collections::BTreeSet::from([String::new()]);
    for (path, _) in files {
        folders.extend(path.match_indices('/').map(|(at, _)| path[..at].to_owned()));
    }
    for folder in folders {
        let mut header = header(tar::EntryType::Directory, 0o755, 0);
        let path = if folder.is_empty() { "./".to_owned() } else { format!("./{folder}/") };
        append(&mut builder, &mut header, &path, &[]);
    }
    for (path, bytes) in files {
        let mut header = header(tar::EntryType::Regular, 0o644, bytes.len() as u64);
        append(&mut builder, &mut header, &format!("./{path}"), bytes);
    }
    builder.into_inner().expect("writing to memory")
}

/// Writes an entry whose name keeps its `./`, which [`tar::Builder`] would take off.
fn append(builder: &mut tar::Builder<Vec<u8>>, header: &mut tar::Header, path: &str, bytes: &[u8]) {
    let name = &mut header.as_old_mut().name;
    assert!(path.len() <= name.len(), "{path}: longer than a plain tar header holds");
    name[..path.len()].copy_from_slice(path.as_bytes());
    header.set_cksum();
    builder.append(header, bytes).expect("writing to memory");
}

fn header(kind: tar::EntryType, mode: u32, size: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(size);
    header.set_mtime(MODIFIED);
    header.set_uid(0);
    header.set_gid(0);
    header
}

/// The SHA-256 of bytes in lower-case hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::process::succeed;

    #[test]
    fn dpkg_reads_every_compression() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        for compression in [Compression::None, Compression::Gzip, Compression::Xz, Compression::Zstd] {
            let package = Package::new("hello", "1:2.0-1")
                .depends("libc6 (>= 2.36)")
                .file("usr/bin/hello", b"#!/bin/sh\n")
                .compression(compression);
            let path = directory.path().join(package.file_name());
            std::fs::write(&path, package.build()).expect("writing");
            let control = succeed(Command::new("dpkg-deb").arg("--field").arg(&path)).text();
            assert_eq!(control, package.control(), "{compression:?}");
            let contents = succeed(Command::new("dpkg-deb").arg("--contents").arg(&path)).text();
            assert!(contents.contains("./usr/bin/hello"), "{contents}");
        }
    }
}
