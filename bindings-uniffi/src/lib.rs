//! reposnap for the languages of UniFFI: Ruby, Kotlin and Swift.
//!
//! There is no logic here: a method makes a request of its arguments, the core does the rest, and what it gives is read into
//! a record.

mod documents;
mod failure;
mod operations;
mod packages;
mod progress;
mod request;
mod store;
mod versions;

uniffi::setup_scaffolding!();
