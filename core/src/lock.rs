//! Locks on files, against other processes and other users of the file in this one.

use std::fs::File;
use std::io;

/// An exclusive lock on a file, as flock(2) gives it. Ends with the value, or with the process, however that ends.
#[derive(Debug)]
pub(crate) struct Lock(File);

impl Lock {
    /// Takes the lock on `file`; nothing where somebody else has it.
    #[cfg(unix)]
    pub(crate) fn take(file: &File) -> io::Result<Option<Self>> {
        use rustix::fs::{FlockOperation, flock};
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Self(file.try_clone()?))),
            Err(error) if error == rustix::io::Errno::WOULDBLOCK => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Fails: there are no such locks here.
    #[cfg(not(unix))]
    pub(crate) fn take(_: &File) -> io::Result<Option<Self>> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "locks on files need a Unix system"))
    }
}

#[cfg(unix)]
impl Drop for Lock {
    /// Closing the file would not do: a program that another thread is just starting has the file as well, until its exec.
    fn drop(&mut self) {
        let _ = rustix::fs::flock(&self.0, rustix::fs::FlockOperation::Unlock);
    }
}

#[cfg(all(test, unix))]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_copy_of_the_file_elsewhere_does_not_keep_the_lock() {
        let path = tempfile::NamedTempFile::new().unwrap();
        let open = || File::options().write(true).open(path.path()).unwrap();
        let first = open();
        let lock = Lock::take(&first).unwrap().unwrap();
        // What a fork has of it.
        let copy = first.try_clone().unwrap();
        assert!(Lock::take(&open()).unwrap().is_none());
        drop((first, lock));
        assert!(Lock::take(&open()).unwrap().is_some());
        drop(copy);
    }
}
