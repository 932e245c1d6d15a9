//! What servers and caches are told of each object.
//!
//! What is named by its content never changes, so caches may keep it for a year, the most that is understood, and never ask
//! (`immutable`, RFC 8246). What is replaced under its name may be kept, too, but not used without asking (`no-cache`, RFC 9111,
//! section 5.2.2.4): to ask costs a small answer where nothing changed, and a stale InRelease beside a fresh index is what apt
//! calls a hash sum mismatch. Nothing says `Content-Encoding`: apt wants the compressed file, not what is in it.

use crate::digest::Digest;
use crate::store::bucket::Headers;

/// For what is named by its content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// For packages under the names of an upstream, who seldom gives one name to two files.
const FOR_A_DAY: &str = "public, max-age=86400";
/// For what is replaced under its name.
const ASK: &str = "public, no-cache";
/// For the publisher's own records.
const NEVER: &str = "private, no-store";

/// Of a file by hash, whose content is like that of `path`.
pub(super) fn by_hash(path: &str) -> Headers {
    Headers { content_type: content_type(path), cache_control: FOR_EVER, sha256: None }
}

/// Of a file that is replaced under its name.
pub(super) fn named(path: &str) -> Headers {
    Headers { content_type: content_type(path), cache_control: ASK, sha256: None }
}

/// Of a package whose path tells its content.
pub(super) fn pool(path: &str) -> Headers {
    Headers { content_type: content_type(path), cache_control: FOR_EVER, sha256: None }
}

/// Of a package where upstream has it.
pub(super) fn upstream(path: &str, sha256: Digest) -> Headers {
    Headers { content_type: content_type(path), cache_control: FOR_A_DAY, sha256: Some(sha256) }
}

/// Of the publisher's own records.
pub(super) fn private(content_type: &'static str) -> Headers {
    Headers { content_type, cache_control: NEVER, sha256: None }
}

fn content_type(path: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or_default();
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "deb" | "udeb" | "ddeb" => "application/vnd.debian.binary-package",
        "gz" => "application/gzip",
        "xz" => "application/x-xz",
        "zst" => "application/zstd",
        "bz2" => "application/x-bzip2",
        "gpg" | "sig" => "application/pgp-signature",
        "asc" => "application/pgp-keys",
        "dsc" => "text/plain; charset=utf-8",
        _ if ["InRelease", "Release", "Packages", "Sources"].contains(&name) || name.starts_with("Translation-") => {
            "text/plain; charset=utf-8"
        }
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_go_by_the_ending_of_the_name() {
        for (path, told) in [
            ("pool/aa/x.deb", "application/vnd.debian.binary-package"),
            ("dists/stable/main/binary-amd64/Packages.gz", "application/gzip"),
            ("dists/stable/main/binary-amd64/Packages", "text/plain; charset=utf-8"),
            ("dists/stable/InRelease", "text/plain; charset=utf-8"),
            ("dists/stable/Release.gpg", "application/pgp-signature"),
            ("stable.asc", "application/pgp-keys"),
            ("pool/source/x/y.orig.tar", "application/octet-stream"),
        ] {
            assert_eq!(content_type(path), told, "{path}");
        }
    }
}
