//! Progress bars on a terminal.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use reposnap::progress::{Event, Progress, Unit};

/// One bar for each phase, on the standard error.
pub struct Bars {
    screen: MultiProgress,
    bars: Mutex<HashMap<String, ProgressBar>>,
}

impl Bars {
    /// No bars yet.
    pub fn new() -> Self {
        Self { screen: MultiProgress::new(), bars: Mutex::default() }
    }

    fn with(&self, phase: &str, work: impl FnOnce(&ProgressBar)) {
        let bars = self.bars.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bar) = bars.get(phase) {
            work(bar);
        }
    }
}

impl Progress for Bars {
    fn event(&self, event: Event<'_>) {
        match event {
            Event::Start { phase, total, unit } => {
                let bar = self.screen.add(ProgressBar::new(total.unwrap_or(0)));
                bar.set_style(style(total.is_some(), unit));
                bar.set_prefix(phase.to_owned());
                self.bars.lock().unwrap_or_else(PoisonError::into_inner).insert(phase.to_owned(), bar);
            }
            Event::Advance { phase, by } => self.with(phase, |bar| bar.inc(by)),
            Event::Finish { phase } => {
                self.with(phase, ProgressBar::finish_and_clear);
                self.bars.lock().unwrap_or_else(PoisonError::into_inner).remove(phase);
            }
            Event::Note(text) => {
                // The screen is the terminal's; a note that it can't show is lost with the bars.
                let _ = self.screen.println(text);
            }
            _ => {}
        }
    }
}

/// No bars, as behooves a pipe; only what the user should know, on the standard error.
pub struct Notes;

impl Progress for Notes {
    fn event(&self, event: Event<'_>) {
        if let Event::Note(text) = event {
            let _ = writeln!(std::io::stderr(), "note: {text}");
        }
    }
}

fn style(known: bool, unit: Unit) -> ProgressStyle {
    let template = match (known, unit) {
        (true, Unit::Bytes) => "{prefix:12} {wide_bar} {bytes}/{total_bytes} {binary_bytes_per_sec} {eta}",
        (true, Unit::Items) => "{prefix:12} {wide_bar} {pos}/{len} {eta}",
        (false, Unit::Bytes) => "{prefix:12} {spinner} {bytes} {binary_bytes_per_sec}",
        (false, Unit::Items) => "{prefix:12} {spinner} {pos}",
    };
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
