//! Progress and cancellation of long work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

use crate::error::{Error, Kind, Result};

/// A step of long work, as a [`Progress`] is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A phase begins; `total` counts bytes or items (see `unit`) where it is known.
    Start {
        /// The phase in words, such as `packages`.
        phase: &'a str,
        /// How much there is to do.
        total: Option<u64>,
        /// What is counted.
        unit: Unit,
    },
    /// So much more of the phase is done.
    Advance {
        /// The phase, as it was started.
        phase: &'a str,
        /// How much more.
        by: u64,
    },
    /// The phase has ended.
    Finish {
        /// The phase, as it was started.
        phase: &'a str,
    },
    /// Something the user should know that is not a failure.
    Note(&'a str),
}

/// What the numbers of an [`Event`] count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Bytes.
    Bytes,
    /// Items: packages, files, requests.
    Items,
}

/// Receives the events of long work; called from several threads, must not block.
pub trait Progress: Send + Sync {
    /// One event.
    fn event(&self, event: Event<'_>);
}

/// Says whether work has been cancelled. Clones share the answer.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<CancelState>);

#[derive(Debug, Default)]
struct CancelState {
    cancelled: AtomicBool,
    waiting: Notify,
}

impl Cancel {
    /// A token that nobody has cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancels all work that holds this token or a clone of it.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::SeqCst);
        self.0.waiting.notify_waiters();
    }

    /// Whether [`Cancel::cancel`] was called.
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::SeqCst)
    }

    /// Ends once [`Cancel::cancel`] is called, or was.
    pub async fn cancelled(&self) {
        // Registered before the question, so that a call between the two is not missed.
        let waiting = self.0.waiting.notified();
        if !self.is_cancelled() {
            waiting.await;
        }
    }
}

/// How the caller follows long work: where progress goes, and the token that ends it.
#[derive(Clone, Default)]
pub struct Monitor {
    progress: Option<Arc<dyn Progress>>,
    cancel: Cancel,
}

impl Monitor {
    /// A monitor that sends progress to `progress` and obeys `cancel`.
    pub fn new(progress: Arc<dyn Progress>, cancel: Cancel) -> Self {
        Self { progress: Some(progress), cancel }
    }

    /// A monitor that tells nobody and obeys `cancel`.
    pub fn cancelled_by(cancel: Cancel) -> Self {
        Self { progress: None, cancel }
    }

    /// What ends the work.
    pub fn cancel(&self) -> &Cancel {
        &self.cancel
    }

    /// A monitor that tells nobody and is never cancelled.
    pub fn silent() -> Self {
        Self::default()
    }

    /// Tells of the start of a phase.
    pub fn start(&self, phase: &str, total: Option<u64>, unit: Unit) {
        self.event(Event::Start { phase, total, unit });
    }

    /// Tells of progress in a phase.
    pub fn advance(&self, phase: &str, by: u64) {
        self.event(Event::Advance { phase, by });
    }

    /// Tells of the end of a phase.
    pub fn finish(&self, phase: &str) {
        self.event(Event::Finish { phase });
    }

    /// Tells the user something that is not a failure.
    pub fn note(&self, text: &str) {
        self.event(Event::Note(text));
    }

    /// Fails with [`Kind::Cancelled`] once the work is cancelled.
    pub fn check(&self) -> Result<()> {
        if self.cancel.is_cancelled() {
            return Err(Error::new(Kind::Cancelled, "the work was cancelled"));
        }
        Ok(())
    }

    fn event(&self, event: Event<'_>) {
        if let Some(progress) = &self.progress {
            progress.event(event);
        }
    }
}

impl std::fmt::Debug for Monitor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Monitor").field("cancel", &self.cancel).finish_non_exhaustive()
    }
}
