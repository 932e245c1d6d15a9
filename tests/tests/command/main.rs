//! The command line from end to end: documents, exit codes, names of snapshots, errors, shells, quickstart.

mod documents;
mod errors;
mod looking;
mod names;
mod quickstart;
mod schema;
mod shells;
mod world;
