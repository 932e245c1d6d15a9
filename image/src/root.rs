//! A folder that is taken for a root: links in it are followed as if it were `/`, and nothing that is opened lies outside it,
//! whatever others do to the folder meanwhile.

#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub(crate) use other::Root;
#[cfg(unix)]
pub(crate) use unix::Root;
