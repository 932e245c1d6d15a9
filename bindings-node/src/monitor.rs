//! How JavaScript follows a piece of work: progress to a callback, and what cancels it.
//!
//! Events come from several threads, and by the thousand. They are gathered here, advances of one phase added up, and
//! JavaScript is woken once for all that are there: what waits is never more than a few events, however busy it is.

use std::sync::{Arc, Mutex, PoisonError};

use napi::Status;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;
use reposnap::progress::{Cancel, Event, Progress, Unit};
use serde::Serialize;

use crate::outcome;

/// Wakes JavaScript; weak, so that it keeps no event loop alive by itself.
type Wake = ThreadsafeFunction<(), (), (), Status, false, true>;

/// Follows one piece of work, from its start to `finish`.
#[napi]
pub struct Monitor {
    cancel: Cancel,
    gathered: Option<Arc<Gathered>>,
}

#[napi]
impl Monitor {
    /// With `wake`, a function that calls `drain`, progress is gathered. It is held until `finish`.
    #[napi(constructor)]
    pub fn new(wake: Option<Wake>) -> Self {
        let gathered = wake.map(|wake| Arc::new(Gathered(Mutex::new(State { wake: Some(wake), ..State::default() }))));
        Self { cancel: Cancel::new(), gathered }
    }

    /// Ends the work; it fails with `cancelled`.
    #[napi]
    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    /// The events since the last time, as the outcome of an array.
    #[napi]
    pub fn drain(&self) -> String {
        outcome::guard(|| outcome::json(&self.gathered.as_ref().map(|gathered| gathered.drain()).unwrap_or_default()))
    }

    /// Lets go of `wake`: nobody listens any more. The last events, as of `drain`.
    #[napi]
    pub fn finish(&self) -> String {
        if let Some(gathered) = &self.gathered {
            gathered.state().wake = None;
        }
        self.drain()
    }
}

// Of its own: the macro would register a method that a build without assertions leaves out.
#[cfg(debug_assertions)]
#[napi]
impl Monitor {
    /// For the tests: the next progress that the work tells of panics, in the middle of it.
    #[napi]
    pub fn panic_for_tests(&self) {
        if let Some(gathered) = &self.gathered {
            gathered.state().panics = true;
        }
    }
}

impl Monitor {
    /// As the library takes it.
    pub(crate) fn monitor(&self) -> reposnap::progress::Monitor {
        match &self.gathered {
            Some(gathered) => reposnap::progress::Monitor::new(gathered.clone(), self.cancel.clone()),
            None => reposnap::progress::Monitor::cancelled_by(self.cancel.clone()),
        }
    }
}

/// Events that wait for JavaScript.
struct Gathered(Mutex<State>);

#[derive(Default)]
struct State {
    events: Vec<Owned>,
    wake: Option<Wake>,
    #[cfg(debug_assertions)]
    panics: bool,
}

impl Gathered {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn drain(&self) -> Vec<Owned> {
        std::mem::take(&mut self.state().events)
    }
}

impl Progress for Gathered {
    fn event(&self, event: Event<'_>) {
        let mut state = self.state();
        #[cfg(debug_assertions)]
        if state.panics {
            drop(state);
            panic!("asked for by a test");
        }
        if state.wake.is_none() {
            return;
        }
        let first = state.events.is_empty();
        add(&mut state.events, event);
        if first && let Some(wake) = &state.wake {
            // An environment that is closing takes no calls; there is nobody left to tell.
            let _ = wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }
}

/// An event, as JavaScript sees it.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Owned {
    Start { phase: String, total: Option<u64>, unit: &'static str },
    Advance { phase: String, by: u64 },
    Finish { phase: String },
    Note { message: String },
}

impl Owned {
    fn phase(&self) -> Option<&str> {
        match self {
            Self::Start { phase, .. } | Self::Advance { phase, .. } | Self::Finish { phase } => Some(phase),
            Self::Note { .. } => None,
        }
    }
}

fn add(events: &mut Vec<Owned>, event: Event<'_>) {
    let event = match event {
        Event::Start { phase, total, unit } => {
            let unit = match unit {
                Unit::Bytes => "bytes",
                Unit::Items => "items",
            };
            Owned::Start { phase: phase.to_owned(), total, unit }
        }
        Event::Advance { phase, by } => {
            let last = events.iter_mut().rev().find(|waiting| waiting.phase() == Some(phase));
            if let Some(Owned::Advance { by: so_far, .. }) = last {
                *so_far = so_far.saturating_add(by);
                return;
            }
            Owned::Advance { phase: phase.to_owned(), by }
        }
        Event::Finish { phase } => Owned::Finish { phase: phase.to_owned() },
        Event::Note(message) => Owned::Note { message: message.to_owned() },
        _ => return,
    };
    events.push(event);
}
