//! Whether a package that was fetched says of itself what its stanza says of it.

use super::Url;
use super::address::redacted;
use crate::deb::archive::{Head, Limits, control_of_head};
use crate::deb::control::{Facts, RULE};
use crate::deb::stanza::Stanza;
use crate::error::{Error, Kind, Result};
use crate::progress::Monitor;

/// What the control file of a package has to agree with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    /// What the stanza says.
    pub facts: Facts,
    /// What a package that says otherwise gets.
    pub mismatch: Mismatch,
}

/// What a package gets whose control file does not agree with its stanza.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mismatch {
    /// It is rejected.
    #[default]
    Reject,
    /// It is taken, with a note.
    Note,
}

impl Control {
    /// Compares with the control file that `head` has, the first bytes of a package of `size` bytes.
    pub(super) fn check(&self, head: &[u8], size: u64) -> Result<()> {
        match control_of_head(head, size, &Limits::default()).map_err(unreadable)? {
            Head::Control(control) => self.compare(&control),
            Head::Needs(_) => Err(unreadable(Error::new(Kind::Malformed, "the package ends too early"))),
        }
    }

    fn compare(&self, control: &[u8]) -> Result<()> {
        let stanza = Stanza::parse(control).map_err(unreadable)?;
        stanza.refuse_duplicates().map_err(unreadable)?;
        self.facts.agree(&Facts::of(&stanza))
    }

    /// What becomes of the package at `url`, by what came of its check.
    pub(super) fn judge(&self, checked: Result<()>, url: &Url, monitor: &Monitor) -> Result<()> {
        let Err(error) = checked else { return Ok(()) };
        let error = error.path(redacted(url));
        match self.mismatch {
            Mismatch::Reject => Err(error),
            Mismatch::Note => {
                monitor.note(&format!("relaxed: {error}"));
                Ok(())
            }
        }
    }
}

/// A package without a control file to read agrees with no stanza.
fn unreadable(error: Error) -> Error {
    Error::new(Kind::Verification, format!("the package's control file can't be read: {error}"))
        .rule(RULE)
        .source(error)
}

/// Gathers the beginning of a package that is too large for memory, up to the end of its control part.
pub(super) struct Gatherer<'a> {
    control: &'a Control,
    size: u64,
    head: Vec<u8>,
    /// How many bytes it takes to know more.
    needs: u64,
    verdict: Option<Result<()>>,
}

/// Bytes that tell where the control part is, where nothing stands before it but `debian-binary`.
const FIRST: u64 = 8 + 60 + 4 + 60;

/// The longest beginning that is gathered.
const LONGEST: u64 = (64 << 20) + 4096;

impl<'a> Gatherer<'a> {
    pub(super) fn new(control: &'a Control, size: u64) -> Self {
        Self { control, size, head: Vec::new(), needs: FIRST, verdict: None }
    }

    /// Takes the next bytes of the package.
    pub(super) fn add(&mut self, mut bytes: &[u8]) {
        while self.verdict.is_none() && !bytes.is_empty() {
            let lacking = (self.needs - self.head.len() as u64).min(bytes.len() as u64) as usize;
            let (more, rest) = bytes.split_at(lacking);
            self.head.extend_from_slice(more);
            bytes = rest;
            if (self.head.len() as u64) < self.needs {
                return;
            }
            match control_of_head(&self.head, self.size, &Limits::default()) {
                Ok(Head::Needs(needs)) if needs > LONGEST => {
                    let error = Error::new(Kind::Limit, "too much comes before the control file")
                        .mismatch(format!("at most {LONGEST} bytes"), format!("{needs} bytes"));
                    self.end(Err(unreadable(error)));
                }
                Ok(Head::Needs(needs)) => self.needs = needs,
                Ok(Head::Control(control)) => self.end(self.control.compare(&control)),
                Err(error) => self.end(Err(unreadable(error))),
            }
        }
    }

    /// Begins anew.
    pub(super) fn restart(&mut self) {
        *self = Self::new(self.control, self.size);
    }

    /// What came of it, once all bytes were added.
    pub(super) fn verdict(self) -> Result<()> {
        self.verdict.unwrap_or_else(|| self.control.check(&self.head, self.size))
    }

    fn end(&mut self, verdict: Result<()>) {
        self.verdict = Some(verdict);
        self.head = Vec::new();
    }
}
