//! reposnap for the languages of UniFFI: Ruby, Kotlin and Swift.
//!
//! There is no logic here: a method makes a request of its arguments, the core does the rest, and what it gives is read into
//! a record.

#![expect(clippy::large_enum_variant, reason = "documents are what the tables say, and are read once")]
#![expect(clippy::result_large_err, reason = "an error has all its fields, for UniFFI has no other way to carry them")]

mod documents;
mod failure;
mod operations;
mod packages;
mod progress;
mod request;
mod store;
mod values;
mod versions;

uniffi::setup_scaffolding!();
