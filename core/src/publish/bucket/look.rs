//! What lies in the directory of a suite.

use std::collections::BTreeMap;

use crate::digest::Digest;
use crate::error::Result;
use crate::publish::state::below;
use crate::store::bucket::{Bucket as Files, Version};

/// The most bytes of InRelease that are read.
const LARGEST: u64 = 64 << 20;

/// A listing, and the file that clients look at first.
#[derive(Debug)]
pub(super) struct Look {
    /// The sizes of objects by their paths below the prefix.
    sizes: BTreeMap<String, u64>,
    /// The SHA-256 of InRelease, or of Release where that stands alone; none where there is neither.
    pub(super) clients_see: Option<Digest>,
    /// The version of InRelease.
    pub(super) in_release: Version,
}

impl Look {
    /// Looks at `directory`, which is empty for the prefix itself: two requests, or one where nothing is there.
    pub(super) async fn at(files: &Files, directory: &str) -> Result<Self> {
        let mut listed = Vec::new();
        if directory.is_empty() {
            // Everything else is below it, too.
            listed.extend(files.list_top().await?);
            listed.extend(files.list("by-hash").await?);
        } else {
            listed.extend(files.list(directory).await?);
        }
        let sizes = listed.into_iter().map(|listed| (listed.path, listed.size)).collect();
        let mut look = Self { sizes, clients_see: None, in_release: Version::Absent };
        for name in ["InRelease", "Release"] {
            let path = below(directory, name);
            if look.clients_see.is_none()
                && look.has(&path, None)
                && let Some((bytes, version)) = files.get(&path, LARGEST).await?
            {
                look.clients_see = Some(Digest::of(&bytes));
                if name == "InRelease" {
                    look.in_release = version;
                }
            }
        }
        Ok(look)
    }

    /// Whether there is an object at `path`, of `size` bytes where that is said.
    pub(super) fn has(&self, path: &str, size: Option<u64>) -> bool {
        self.sizes.get(path).is_some_and(|found| size.is_none_or(|size| *found == size))
    }

    /// The names of the objects in `directory`, and not of those below.
    pub(super) fn names<'a>(&'a self, directory: &'a str) -> impl Iterator<Item = &'a str> {
        let below = self.sizes.range(format!("{directory}/")..).map(|(path, _)| path);
        let names = below.map_while(move |path| path.strip_prefix(directory)?.strip_prefix('/'));
        names.filter(|name| !name.contains('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::bucket::headers;

    #[tokio::test]
    async fn a_suite_and_the_root_are_looked_at() {
        let files = Files::memory();
        for path in ["InRelease", "by-hash/SHA256/x", "pool/a", "dists/s/InRelease", "dists/s/m/by-hash/SHA256/y"] {
            files.put(path, path.to_owned().into(), &headers::named(path)).await.unwrap();
        }
        let root = Look::at(&files, "").await.unwrap();
        assert_eq!(root.clients_see, Some(Digest::of(b"InRelease")));
        assert!(root.has("by-hash/SHA256/x", Some(16)) && !root.has("by-hash/SHA256/x", Some(1)));
        assert!(!root.has("pool/a", None));
        let suite = Look::at(&files, "dists/s").await.unwrap();
        assert_eq!(suite.names("dists/s/m/by-hash/SHA256").collect::<Vec<_>>(), ["y"]);
        assert_eq!(suite.names("dists/s").collect::<Vec<_>>(), ["InRelease"]);
        let none = Look::at(&files, "dists/none").await.unwrap();
        assert_eq!((none.clients_see, none.in_release), (None, Version::Absent));
    }
}
