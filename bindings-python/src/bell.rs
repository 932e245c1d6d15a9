//! How an event loop learns that work has ended: by a socket that becomes readable.
//!
//! No thread of ours calls Python for it. One that did might have to wait for the interpreter's lock while the interpreter
//! ends, and Python ends such a thread by unwinding its stack, which ends the process.

use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;

/// One for each event loop.
#[pyclass(module = "reposnap._native", frozen)]
pub(crate) struct Bell {
    listen: UnixStream,
    rope: Arc<Rope>,
}

/// What work pulls when it has ended. It lives as long as anybody may, so its file is never another's.
pub(crate) struct Rope {
    ring: UnixStream,
    ended: Mutex<Vec<u64>>,
    next: AtomicU64,
}

impl Bell {
    /// What a piece of work pulls, and the number that the loop knows it by.
    pub(crate) fn hand(&self) -> (Arc<Rope>, u64) {
        (self.rope.clone(), self.rope.next.fetch_add(1, Ordering::Relaxed))
    }
}

impl Rope {
    /// Tells the loop that the work of that number has ended.
    pub(crate) fn pull(&self, number: u64) {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).push(number);
        // Where the socket is full, the loop has enough to wake for; where the other end is gone, nobody waits.
        let _ = (&self.ring).write_all(&[0]);
    }
}

#[pymethods]
impl Bell {
    #[new]
    fn new() -> PyResult<Self> {
        let (listen, ring) = UnixStream::pair()?;
        listen.set_nonblocking(true)?;
        ring.set_nonblocking(true)?;
        let rope = Rope { ring, ended: Mutex::default(), next: AtomicU64::new(0) };
        Ok(Self { listen, rope: Arc::new(rope) })
    }

    /// The file that becomes readable.
    fn fileno(&self) -> i32 {
        self.listen.as_raw_fd()
    }

    /// The numbers of the work that has ended since the last call; the file is read empty.
    fn ended(&self) -> Vec<u64> {
        let mut bytes = [0; 512];
        // Before the numbers are taken: one that comes later rings again.
        while matches!((&self.listen).read(&mut bytes), Ok(count) if count == bytes.len()) {}
        std::mem::take(&mut *self.rope.ended.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
