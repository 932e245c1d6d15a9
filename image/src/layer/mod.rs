//! One layer: what it says of the places that matter, taken from its archive as it passes.
//!
//! A layer is read once, and hashed as it passes; what is kept of it are [`facts::Facts`], by which images are put together.
//! Nothing else of it is ever needed, so facts can be cached by the layer's digest.

pub(crate) mod encode;
pub(crate) mod facts;
pub(crate) mod interest;
pub(crate) mod scan;
pub(crate) mod stream;
