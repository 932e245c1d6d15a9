//! HTTP/1.1, the strict part of it that apt, browsers and proxies speak.
//!
//! A head is taken only where there is one way to read it: lines end with CRLF, no line is folded, a target is a path, a body
//! has one length and no transfer coding. All else is refused and the connection closed, since whoever reads a request
//! otherwise than the proxy before it lets requests be smuggled. General servers are forgiving there, so the few rules are
//! written out here, and the bytes of files go from the disk to the socket without passing through this process.

mod conditions;
mod date;
mod head;
mod response;
mod stream;

pub use conditions::apply;
pub use head::{Head, Method, Refusal, end, parse};
pub use response::{Body, Packed, PackedSource, Response};
pub use stream::{Stream, read_whole};
