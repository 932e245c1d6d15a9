//! Bills of materials: the documents of CycloneDX 1.6 and SPDX 2.3, and what both need. What goes into one is for its caller.

pub mod cyclonedx;
mod purl;
pub mod spdx;

pub use purl::{encoded, purl, rpm_purl};

use jiff::Timestamp;

use crate::digest::Digest;
use crate::error::{Error, Kind, Result};

/// A UUID that a digest gives (RFC 9562, version 8: its first bits, told apart from others as such).
pub fn uuid(digest: Digest) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_bytes()[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// A document, in lines.
///
/// # Errors
/// [`Kind::Internal`] alone, which nothing of strings, numbers and lists gives.
pub fn json(document: &impl serde::Serialize) -> Result<String> {
    let mut text = serde_json::to_string_pretty(document)
        .map_err(|error| Error::new(Kind::Internal, "a document can't be written as JSON").source(error))?;
    text.push('\n');
    Ok(text)
}

/// A time in seconds, as both formats want it.
pub fn time(timestamp: Timestamp) -> String {
    timestamp.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids() {
        assert_eq!(uuid(Digest::from_bytes([0xff; 32])), "ffffffff-ffff-8fff-bfff-ffffffffffff");
        assert_ne!(uuid(Digest::of(b"a")), uuid(Digest::of(b"")));
    }
}
