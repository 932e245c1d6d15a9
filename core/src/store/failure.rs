//! What the failures of `object_store` and of the file system mean here.

use std::error::Error as _;

use super::answer;
use crate::error::{Error, Kind};

/// The error for a failed operation on the object at `path`.
pub(super) fn from_store(path: &str, error: object_store::Error) -> Error {
    use object_store::Error as E;
    if !is_missing(&error)
        && !matches!(error, E::AlreadyExists { .. } | E::Precondition { .. })
        && let Some(told) = answer::failure(path, &error)
    {
        return told;
    }
    let kind = match &error {
        E::NotFound { .. } => return Error::new(Kind::NotFound, "there is no such object").path(path).source(error),
        E::AlreadyExists { .. } => Kind::AlreadyExists,
        E::InvalidPath { .. } => Kind::Usage,
        E::NotSupported { .. } | E::NotImplemented { .. } => Kind::Unsupported,
        E::PermissionDenied { .. } | E::Unauthenticated { .. } => Kind::ReadOnly,
        _ => {
            let mut cause = error.source();
            while let Some(inner) = cause {
                if let Some(io) = inner.downcast_ref::<std::io::Error>() {
                    let copy = match io.raw_os_error() {
                        Some(code) => std::io::Error::from_raw_os_error(code),
                        None => std::io::Error::new(io.kind(), io.to_string()),
                    };
                    return from_io(path, copy);
                }
                cause = inner.source();
            }
            Kind::Io
        }
    };
    Error::new(kind, error.to_string()).path(path).source(error)
}

/// The error for a failed file operation.
pub(super) fn from_io(path: &str, error: std::io::Error) -> Error {
    use std::io::ErrorKind as E;
    match error.kind() {
        E::StorageFull | E::QuotaExceeded => {
            Error::io(path, error).help("nothing half-written stays behind: free some space and do it again")
        }
        E::ReadOnlyFilesystem | E::PermissionDenied => {
            Error::io(path, error).help("the store may not be written by this user, or is mounted read-only")
        }
        _ => Error::io(path, error),
    }
}

/// Whether the object is not there. Where the bucket is missing, nobody knows.
pub(super) fn is_missing(error: &object_store::Error) -> bool {
    matches!(error, object_store::Error::NotFound { .. }) && !answer::is_no_bucket(&error.to_string())
}
