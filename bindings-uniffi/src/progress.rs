//! Progress and cancellation.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, PoisonError};

use reposnap::progress::{self, Event, Monitor, Unit};
use reposnap::{Error, Kind};
use reposnap_api::{Session, blocking};
use serde_json::Value;

use crate::failure::ReposnapError;

/// Ends work early. Any number of calls can hold one.
#[derive(Default, uniffi::Object)]
pub struct Cancel(pub(crate) progress::Cancel);

#[uniffi::export]
impl Cancel {
    /// One that nobody has cancelled.
    #[uniffi::constructor]
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancels all work that holds this, now and later: it fails with the kind `cancelled`. For any thread.
    pub fn cancel(&self) {
        self.0.cancel();
    }

    /// Whether it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }
}

/// A step of long work.
#[derive(Clone, Debug, uniffi::Enum)]
pub enum ProgressEvent {
    /// A phase begins.
    Start {
        /// The phase, such as `packages`.
        phase: String,
        /// How much there is to do, where it is known.
        total: Option<u64>,
        /// What is counted: `bytes` or `items`.
        unit: String,
    },
    /// So much more of the phase is done.
    Advance {
        /// The phase.
        phase: String,
        /// How much more.
        by: u64,
    },
    /// The phase has ended.
    Finish {
        /// The phase.
        phase: String,
    },
    /// Something the user should know that is not a failure.
    Note {
        /// What.
        text: String,
    },
}

/// Receives the events of calls, on the thread that calls.
#[uniffi::export(callback_interface)]
pub trait Progress: Send + Sync {
    /// One event. A failure ends the work.
    fn event(&self, event: ProgressEvent) -> Result<(), ReposnapError>;
}

/// Sends events to the thread that waits.
struct Relay(Sender<ProgressEvent>);

impl progress::Progress for Relay {
    fn event(&self, event: Event<'_>) {
        let event = match event {
            Event::Start { phase, total, unit } => {
                let unit = if unit == Unit::Bytes { "bytes" } else { "items" };
                ProgressEvent::Start { phase: phase.to_owned(), total, unit: unit.to_owned() }
            }
            Event::Advance { phase, by } => ProgressEvent::Advance { phase: phase.to_owned(), by },
            Event::Finish { phase } => ProgressEvent::Finish { phase: phase.to_owned() },
            Event::Note(text) => ProgressEvent::Note { text: text.to_owned() },
            // An event of a later core; this face does not know what it says.
            _ => return,
        };
        // Nobody listens any more where the call has returned.
        let _ = self.0.send(event);
    }
}

/// Runs an operation in a thread of its own, and hands its events to `listener` on this one: an interpreter's lock is held
/// by no other.
pub(crate) fn call_and_tell(
    session: Session,
    cancel: progress::Cancel,
    listener: &dyn Progress,
    operation: &str,
    request: Value,
) -> Result<Value, ReposnapError> {
    let (sender, events) = channel();
    let session = session.monitor(Monitor::new(Arc::new(Relay(sender)), cancel.clone()));
    std::thread::scope(|scope| {
        let worker = scope.spawn(move || blocking::call(&session, operation, request));
        let mut failed = None;
        for event in events {
            if failed.is_none()
                && let Err(failure) = listener.event(event)
            {
                cancel.cancel();
                failed = Some(failure);
            }
        }
        let done = worker.join().unwrap_or_else(|panic| Err(blocking::panicked(panic.as_ref())));
        match failed {
            Some(failure) => Err(failure),
            None => Ok(done?),
        }
    })
}

/// What is there where somebody panicked holding the lock is whole all the same.
pub(crate) fn ignore_poison<T>(result: Result<T, PoisonError<T>>) -> T {
    result.unwrap_or_else(PoisonError::into_inner)
}

/// The failure of a call on a store that was closed.
pub(crate) fn closed() -> Error {
    Error::new(Kind::Usage, "the store is closed").help("open it again")
}
