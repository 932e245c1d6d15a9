//! Images made by the ordinary tools, and what dpkg-query and dpkg say in the same roots.

mod folding;
mod history;
mod hostile;
mod support;
mod transports;
