//! Progress callbacks, and what cancels one call.

use std::ffi::{c_char, c_void};
use std::sync::{Arc, Mutex, PoisonError};

use reposnap::Result;
use reposnap::progress::{Event, Monitor, Progress, Unit};

use crate::cancel::reposnap_cancel;
use crate::handle;
use crate::text::c_string;

/// What an event tells.
#[repr(C)]
#[derive(Clone, Copy)]
pub enum reposnap_event_type {
    /// A phase begins.
    REPOSNAP_EVENT_START = 1,
    /// `amount` more of a phase is done.
    REPOSNAP_EVENT_ADVANCE = 2,
    /// A phase has ended.
    REPOSNAP_EVENT_FINISH = 3,
    /// `text` is something the user should know that is not a failure.
    REPOSNAP_EVENT_NOTE = 4,
}

/// What the amounts of a phase count.
#[repr(C)]
#[derive(Clone, Copy)]
pub enum reposnap_unit {
    /// Nothing: this event has no amount.
    REPOSNAP_UNIT_NONE = 0,
    /// Bytes.
    REPOSNAP_UNIT_BYTES = 1,
    /// Items: packages, files, requests.
    REPOSNAP_UNIT_ITEMS = 2,
}

/// A step of long work. It and its text are the library's and live as long as the callback runs. Later versions may add
/// fields behind these.
#[repr(C)]
pub struct reposnap_event {
    /// What is told.
    pub event_type: reposnap_event_type,
    /// The phase, such as `packages`; of a note its text.
    pub text: *const c_char,
    /// Of a start how much there is to do, as far as `amount_known`; of an advance how much more is done.
    pub amount: u64,
    /// Whether `amount` says anything.
    pub amount_known: bool,
    /// Of a start, what its phase counts.
    pub unit: reposnap_unit,
}

/// Receives the events of a call, with the `user` pointer of its `reposnap_watch`. It comes from any thread, but never from
/// two at once and never after the call has returned. It may call the library, `reposnap_cancel_now` above all. It must
/// come back: no `longjmp`, no C++ exception, no end of its thread.
pub type reposnap_progress = Option<unsafe extern "C" fn(user: *mut c_void, event: *const reposnap_event)>;

/// How one call is followed and ended. Begin it with `REPOSNAP_INIT(&watch)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_watch {
    /// Set by `REPOSNAP_INIT`.
    pub size: usize,
    /// What cancels the call, or NULL.
    pub cancel: *mut reposnap_cancel,
    /// Who is told of progress, or NULL.
    pub progress: reposnap_progress,
    /// Handed to `progress` as it is.
    pub user: *mut c_void,
}

/// The callback of a running call. It is taken away when the call ends, so that a straggler finds nobody.
pub(crate) struct Relay(Mutex<Option<Callback>>);

struct Callback {
    call: unsafe extern "C" fn(*mut c_void, *const reposnap_event),
    user: *mut c_void,
}

// SAFETY: the library does nothing with the user's pointer but hand it back; that the callback comes from any thread is
// what its documentation says.
unsafe impl Send for Callback {}

impl Relay {
    /// Ends the callback; one that runs is waited for.
    fn close(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl Progress for Relay {
    fn event(&self, event: Event<'_>) {
        let (event_type, text, amount, unit) = match event {
            Event::Start { phase, total, unit } => {
                (reposnap_event_type::REPOSNAP_EVENT_START, phase, total, Some(unit))
            }
            Event::Advance { phase, by } => (reposnap_event_type::REPOSNAP_EVENT_ADVANCE, phase, Some(by), None),
            Event::Finish { phase } => (reposnap_event_type::REPOSNAP_EVENT_FINISH, phase, None, None),
            Event::Note(text) => (reposnap_event_type::REPOSNAP_EVENT_NOTE, text, None, None),
            // An event of a later core; this face does not know what it says.
            _ => return,
        };
        let text = c_string(text);
        let event = reposnap_event {
            event_type,
            text: text.as_ptr(),
            amount: amount.unwrap_or(0),
            amount_known: amount.is_some(),
            unit: match unit {
                None => reposnap_unit::REPOSNAP_UNIT_NONE,
                Some(Unit::Bytes) => reposnap_unit::REPOSNAP_UNIT_BYTES,
                Some(Unit::Items) => reposnap_unit::REPOSNAP_UNIT_ITEMS,
            },
        };
        let callback = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(callback) = &*callback {
            // SAFETY: whoever made the watch promises that the callback can be called with its pointer until the call
            // ends, which `close` waits for.
            unsafe { (callback.call)(callback.user, &raw const event) };
        }
    }
}

/// The monitor of a call; its callback ends when this is dropped.
pub(crate) struct Watched {
    pub(crate) monitor: Monitor,
    relay: Option<Arc<Relay>>,
}

impl Drop for Watched {
    fn drop(&mut self) {
        if let Some(relay) = &self.relay {
            relay.close();
        }
    }
}

/// Reads a watch; NULL is one that nobody follows or ends.
///
/// # Safety
/// `watch` is NULL or points to a watch whose first `size` bytes can be read.
pub(crate) unsafe fn watched(watch: *const reposnap_watch) -> Result<Watched> {
    // SAFETY: as the caller promises.
    let Some(watch) = (unsafe { crate::request::sized(watch, "watch")? }) else {
        return Ok(Watched { monitor: Monitor::silent(), relay: None });
    };
    let cancel = match handle::get_optional(watch.cancel, "cancel")? {
        Some(cancel) => (*cancel).clone(),
        None => Default::default(),
    };
    let Some(call) = watch.progress else {
        return Ok(Watched { monitor: Monitor::cancelled_by(cancel), relay: None });
    };
    let relay = Arc::new(Relay(Mutex::new(Some(Callback { call, user: watch.user }))));
    Ok(Watched { monitor: Monitor::new(relay.clone(), cancel), relay: Some(relay) })
}

// SAFETY: its size is first, and all bytes 0 are a watch: NULL pointers, and no function.
unsafe impl crate::request::Growing for reposnap_watch {}
