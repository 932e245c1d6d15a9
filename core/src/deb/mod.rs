//! Formats of Debian repositories: bytes in, views out; no I/O, no clock.
