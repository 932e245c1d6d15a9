//! Work on the runtime's threads, and the Python thread that waits for it.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use pyo3::prelude::*;
use reposnap::progress::{self, Cancel, Monitor, Progress, Unit};
use reposnap::{Error, Result};

use crate::bell::{Bell, Rope};
use crate::{fail, runtime};

/// How long a waiting thread stays away from the interpreter: signals and progress are seen that late at most.
const POLL: Duration = Duration::from_millis(50);

/// How long cancelled work may take to end before it is left to itself.
const GRACE: Duration = Duration::from_secs(2);

/// What work gives: a function that makes it an object, run by a thread that is attached.
pub(crate) type Give = Box<dyn FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send>;

/// A step of long work, as a progress callback is told of it.
#[pyclass(module = "reposnap", frozen, get_all)]
pub(crate) struct Event {
    /// `start`, `advance`, `finish` or `note`.
    kind: &'static str,
    /// The phase, such as `packages`; none for a note.
    phase: Option<String>,
    /// Of a start: how much there is to do, where that is known.
    total: Option<u64>,
    /// Of a start: what is counted, `bytes` or `items`.
    unit: Option<&'static str>,
    /// Of an advance: how much more is done.
    by: Option<u64>,
    /// Of a note: what the user should know.
    text: Option<String>,
}

#[pymethods]
impl Event {
    fn __repr__(&self) -> String {
        let phase = self.phase.as_deref().unwrap_or_default();
        match self.kind {
            "start" => {
                format!("<Event start {phase:?} total={:?} unit={:?}>", self.total, self.unit.unwrap_or_default())
            }
            "advance" => format!("<Event advance {phase:?} by={}>", self.by.unwrap_or_default()),
            "finish" => format!("<Event finish {phase:?}>"),
            kind => format!("<Event {kind} {:?}>", self.text.as_deref().unwrap_or_default()),
        }
    }
}

impl Event {
    fn of(event: progress::Event<'_>) -> Option<Self> {
        let empty = Self { kind: "", phase: None, total: None, unit: None, by: None, text: None };
        Some(match event {
            progress::Event::Start { phase, total, unit } => Self {
                kind: "start",
                phase: Some(phase.to_owned()),
                total,
                unit: Some(if unit == Unit::Bytes { "bytes" } else { "items" }),
                ..empty
            },
            progress::Event::Advance { phase, by } => {
                Self { kind: "advance", phase: Some(phase.to_owned()), by: Some(by), ..empty }
            }
            progress::Event::Finish { phase } => Self { kind: "finish", phase: Some(phase.to_owned()), ..empty },
            progress::Event::Note(text) => Self { kind: "note", text: Some(text.to_owned()), ..empty },
            _ => return None,
        })
    }
}

/// Work that was started.
pub(crate) struct Work {
    state: Mutex<State>,
    ended: Condvar,
    cancel: Cancel,
    bell: Option<(Arc<Rope>, u64)>,
}

#[derive(Default)]
struct State {
    events: VecDeque<Event>,
    done: Option<Result<Give>>,
    over: bool,
}

/// Collects events until the waiting thread takes them. Steps of one phase are added up, so few are ever held.
struct Collector(Arc<Work>);

impl Progress for Collector {
    fn event(&self, event: progress::Event<'_>) {
        let mut state = self.0.lock();
        if let (progress::Event::Advance { phase, by }, Some(last)) = (&event, state.events.back_mut())
            && last.phase.as_deref() == Some(*phase)
            && let Some(sum) = &mut last.by
        {
            *sum += by;
            return;
        }
        state.events.extend(Event::of(event));
    }
}

impl Work {
    /// Starts the work that `make` makes of a monitor; `bell` rings when it has ended.
    ///
    /// It has a thread of its own while it runs: much of it computes, which would hold up the others on an event loop.
    pub(crate) fn start<F: Future<Output = Result<Give>>>(
        py: Python<'_>,
        bell: Option<&Bell>,
        make: impl FnOnce(Monitor) -> F + Send + 'static,
    ) -> PyResult<Arc<Self>> {
        let runtime = runtime::runtime(py)?;
        let bell = bell.map(Bell::hand);
        let work = Arc::new(Self { state: Mutex::default(), ended: Condvar::new(), cancel: Cancel::new(), bell });
        let (ending, handle) = (work.clone(), runtime.handle());
        runtime.spawn_blocking(move || {
            let monitor = Monitor::new(Arc::new(Collector(ending.clone())), ending.cancel.clone());
            let done = fail::guard(|| handle.block_on(make(monitor)));
            ending.finish(done.unwrap_or_else(Err));
        });
        Ok(work)
    }

    /// Waits for the work's end, telling `progress` of its steps; a signal or an exception of `progress` ends it.
    pub(crate) fn wait(&self, py: Python<'_>, progress: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        loop {
            py.detach(|| self.wait_for_end(POLL));
            let attended = self.tell(py, progress).and_then(|()| py.check_signals());
            if let Err(error) = attended {
                self.cancel.cancel();
                py.detach(|| self.wait_for_end(GRACE));
                return Err(error);
            }
            if let Some(result) = self.result(py) {
                // Between the last look and the end there may have been steps.
                self.tell(py, progress)?;
                return result;
            }
        }
    }

    /// The steps since the last call.
    pub(crate) fn events(&self) -> Vec<Event> {
        std::mem::take(&mut self.lock().events).into()
    }

    /// What came of it, once; none while it goes on.
    pub(crate) fn result(&self, py: Python<'_>) -> Option<PyResult<Py<PyAny>>> {
        let done = self.lock().done.take()?;
        Some(match done {
            Ok(give) => give(py),
            Err(error) => Err(fail::raise(py, &error)),
        })
    }

    /// Ends the work.
    pub(crate) fn cancel(&self) {
        self.cancel.cancel();
    }

    /// The number that the bell tells its end by.
    pub(crate) fn number(&self) -> u64 {
        self.bell.as_ref().map(|(_, number)| *number).unwrap_or_default()
    }

    fn tell(&self, py: Python<'_>, progress: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let events = self.events();
        let Some(progress) = progress else { return Ok(()) };
        events.into_iter().try_for_each(|event| progress.call1((Py::new(py, event)?,)).map(drop))
    }

    fn finish(&self, done: Result<Give, Error>) {
        {
            let mut state = self.lock();
            state.done = Some(done);
            state.over = true;
        }
        self.ended.notify_all();
        if let Some((rope, number)) = &self.bell {
            rope.pull(*number);
        }
    }

    fn wait_for_end(&self, longest: Duration) {
        let end = Instant::now() + longest;
        let mut state = self.lock();
        while !state.over {
            let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) else { return };
            state = self.ended.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
