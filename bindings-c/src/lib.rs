//! The C library libreposnap: opaque handles, numbered results, and every operation of [`reposnap_api`] as a function.
//!
//! There is no logic here: a function reads its arguments into a request, and the core does the rest. `include/reposnap.h`
//! is made from these sources; what their comments say, it says.

#![allow(non_camel_case_types)]

mod call;
mod cancel;
mod document;
mod error;
mod guard;
mod handle;
mod operations;
mod packages;
mod request;
mod result;
mod store;
mod text;
mod version;
mod watch;
