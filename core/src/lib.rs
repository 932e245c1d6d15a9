//! reposnap: the package repository as the single source of truth.
//!
//! The modules form floors; each imports only what stands below it:
//!
//! | floor | module | subject |
//! |---|---|---|
//! | 0 | [`digest`], [`error`], [`progress`], [`worker`] | names for bytes, failures, progress and cancellation, which thread works |
//! | 1 | [`deb`] | formats of Debian repositories: bytes in, views out; no I/O, no clock |
//! | 1 | [`bom`] | the documents of bills of materials |
//! | 1 | [`openpgp`] | what a signature must be to count, and how to make one |
//! | 2 | [`store`] | immutable objects, packs, and references that only ever grow |
//! | 3 | [`snapshot`] | a set of packages and what can be done with it |
//! | 4 | [`source`] | upstreams into snapshots |
//! | 5 | [`publish`] | snapshots into trees that apt reads |
//! | 5 | [`resolve`] | which versions get installed, and what can't be |
//! | 6 | [`environment`] | named, moving snapshots: promote, log, roll back; gates |
//! | 7 | [`care`] | the store as a whole: what is needed, what is garbage, whether all is there; copies |

#![forbid(unsafe_code)]
#![warn(clippy::unwrap_used, unreachable_pub)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod bom;
pub mod care;
pub mod deb;
pub mod digest;
pub mod environment;
pub mod error;
mod lock;
pub mod openpgp;
pub mod progress;
pub mod publish;
pub mod resolve;
pub mod snapshot;
pub mod source;
pub mod store;
mod tls;
pub mod worker;

pub use digest::Digest;
pub use error::{Error, Kind, Result};
