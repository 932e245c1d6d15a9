//! The files below `/var/lib/apt/lists` and what apt calls them.

use std::path::{Path, PathBuf};

use crate::deb::compress::{Compression, decompress_sized};
use crate::deb::release::FileHash;
use crate::error::Result;
use crate::source::system::config::read_if_exists;

/// The largest index as it lies there.
const MAX_INDEX: u64 = 4 << 30;

/// The name that apt gives the file of a URI: without the scheme and the user, with `_` for `/`, and with
/// the characters that it quotes (apt's `URItoFileName`, as seen in any lists folder) as `%` and lower-case hexadecimal.
pub(crate) fn file_name(uri: &str) -> String {
    const QUOTED: &[u8] = b"\\|{}[]<>\"^~_=!@#$%^&*";
    let rest = uri.split_once(':').map_or(uri, |(_, rest)| rest);
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", rest),
    };
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let rest = format!("{host}{path}");
    let mut name = String::with_capacity(rest.len());
    for byte in rest.bytes() {
        match byte {
            b'/' => name.push('_'),
            byte if QUOTED.contains(&byte) || !byte.is_ascii_graphic() => name.push_str(&format!("%{byte:02x}")),
            byte => name.push(char::from(byte)),
        }
    }
    name
}

/// The lists folder of a machine.
#[derive(Clone, Debug)]
pub(crate) struct Lists(PathBuf);

impl Lists {
    pub(crate) fn new(root: &Path) -> Self {
        Self(root.join("var/lib/apt/lists"))
    }

    pub(crate) fn folder(&self) -> String {
        self.0.display().to_string()
    }

    /// The file of a URI, as it is.
    pub(crate) fn read(&self, uri: &str, limit: u64) -> Result<Option<Vec<u8>>> {
        read_if_exists(&self.0.join(file_name(uri)), limit)
    }

    /// The index of a URI, decompressed, and the name of its file. apt keeps indexes plain or in the compression that
    /// it fetched or was told to store (`Acquire::GzipIndexes`).
    pub(crate) fn index(&self, uri: &str, expected: &FileHash) -> Result<Option<(String, Vec<u8>)>> {
        const FORMS: [Compression; 5] =
            [Compression::None, Compression::Lz4, Compression::Zstd, Compression::Gzip, Compression::Xz];
        for form in FORMS {
            let name = match form {
                Compression::None => file_name(uri),
                _ => format!("{}{}", file_name(uri), form.extension()),
            };
            let path = self.0.join(&name);
            let Some(bytes) = read_if_exists(&path, MAX_INDEX)? else { continue };
            let at = path.display().to_string();
            let text = match form {
                Compression::None => bytes,
                _ => decompress_sized(form, &bytes, expected.size, expected.size.min(MAX_INDEX))
                    .map_err(|error| error.path(at.clone()))?,
            };
            return Ok(Some((at, text)));
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_apts_own() {
        for (uri, name) in [
            (
                "http://deb.example.org/debian/dists/bookworm/InRelease",
                "deb.example.org_debian_dists_bookworm_InRelease",
            ),
            (
                "https://deb.example.com/node_20.x/dists/nodistro/InRelease",
                "deb.example.com_node%5f20.x_dists_nodistro_InRelease",
            ),
            ("file:/srv/repo/Packages", "_srv_repo_Packages"),
            ("file:///srv/repo/Packages", "_srv_repo_Packages"),
            ("http://user:secret@host/x/./Packages", "host_x_._Packages"),
        ] {
            assert_eq!(file_name(uri), name);
        }
    }
}
