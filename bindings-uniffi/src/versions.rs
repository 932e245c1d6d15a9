//! Versions of packages.

use std::cmp::Ordering;

use reposnap::deb::version::{compare, sort_key};

/// Compares two versions as dpkg does: -1 where `a` is earlier, 0 where they are equal, 1 where `a` is later. The order is
/// total on any text.
#[uniffi::export]
pub fn compare_versions(a: String, b: String) -> i8 {
    match compare(a.as_bytes(), b.as_bytes()) {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    }
}

/// The sort key of a version: bytes that compare as versions do.
#[uniffi::export]
pub fn version_sort_key(version: String) -> Vec<u8> {
    let mut key = Vec::new();
    sort_key(version.as_bytes(), &mut key);
    key
}
