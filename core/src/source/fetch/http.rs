//! What a client of HTTP is made of, for protocols that are more than fetching files: those of registries.
//!
//! Who uses these keeps what [`fetch`](super) promises: no answer without a limit, no wait without an end, no secret to
//! another host or into a message.

pub use super::client::{Tls, http_client};
pub use super::request::broken;
pub use super::retry::{Again, Failure, Tries, retry_after};
