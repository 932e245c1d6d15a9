//! Work that must not hold up an event loop.

use tokio::runtime::{Handle, RuntimeFlavor};

use crate::error::{Error, Kind, Result};

/// Runs work that may wait long, for disks or for others, on a thread beside the runtime; right here where there is no
/// runtime.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    match Handle::try_current() {
        Ok(runtime) => match runtime.spawn_blocking(work).await {
            Ok(result) => result,
            Err(error) => Err(Error::new(Kind::Internal, "a worker thread failed").source(error)),
        },
        Err(_) => work(),
    }
}

/// Runs work that computes, or reads and writes a little, for milliseconds: beside a runtime of several threads, but
/// right here on one of a single thread.
///
/// Who runs on a single thread waits for the result and for nothing else. A second thread would cost more than it
/// brings: what it allocates comes from fresh memory of its own, and page faults are most of the time of short commands.
pub async fn compute<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    match Handle::try_current() {
        Ok(runtime) if runtime.runtime_flavor() != RuntimeFlavor::CurrentThread => blocking(work).await,
        Ok(_) => {
            let result = work();
            // Timers, downloads and whoever wants to cancel get their turn.
            tokio::task::yield_now().await;
            result
        }
        Err(_) => work(),
    }
}
