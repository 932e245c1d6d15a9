//! Formats of Debian repositories: bytes in, views out; no I/O, no clock.

pub mod archive;
pub mod compress;
pub mod control;
pub mod relation;
pub mod release;
pub mod sources;
pub mod stanza;
pub mod status;
pub mod version;
