//! The client of registries: beside skopeo and umoci against Debian's docker-registry, and against a server that does
//! whatever a hostile one may.
//!
//! Needs the Debian packages docker-registry, openssl, skopeo and umoci, and the npm package of `tests/node`.

#![allow(clippy::unwrap_used)]

mod attachments;
mod fake;
mod hostile;
mod layers;
mod layout;
mod logins;
mod real;
mod tools;
