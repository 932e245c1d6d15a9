//! Work that waits for disks, beside an event loop.

use reposnap::{Error, Kind, Result};
use tokio::runtime::Handle;

/// Runs `work` on a thread beside the runtime; right here where there is none.
pub(crate) async fn beside<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    match Handle::try_current() {
        Ok(runtime) => match runtime.spawn_blocking(work).await {
            Ok(result) => result,
            Err(error) => Err(Error::new(Kind::Internal, "a worker thread failed").source(error)),
        },
        Err(_) => work(),
    }
}
