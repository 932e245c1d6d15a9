//! Walking through the packages of a snapshot.

use std::ffi::c_char;
use std::sync::{Mutex, PoisonError};

use reposnap::Result;
use reposnap::snapshot::Walk;
use reposnap::snapshot::{Found, Query, Want};
use reposnap_api::blocking;

use crate::error::reposnap_error;
use crate::guard::{clear, guard, guard_or};
use crate::handle::{self, Handle};
use crate::result::reposnap_result;
use crate::store::{reposnap_store, session_of};
use crate::text::{optional, text};

/// A walk through the packages of a snapshot. It holds a few MiB at a time, however many packages there are. One thread at
/// a time can take from it. Free it with `reposnap_packages_free`.
pub struct reposnap_packages {
    _opaque: [u8; 0],
}

impl Handle for reposnap_packages {
    type Object = Mutex<Packages>;
    const WORD: &'static str = "walk through packages";
}

/// A package. It and its texts are the walk's and live until the next step of it. Later versions may add fields behind
/// these.
#[repr(C)]
pub struct reposnap_package {
    /// Its name.
    pub name: *const c_char,
    /// Its version.
    pub version: *const c_char,
    /// Its architecture; `source` for a source package.
    pub architecture: *const c_char,
    /// The part of the snapshot that has it: the suite; of several the first.
    pub part: *const c_char,
    /// The component that has it there.
    pub component: *const c_char,
    /// Its stanza to the last newline, or NULL where the walk was begun without stanzas.
    pub stanza: *const c_char,
    /// The length of the stanza in bytes: it may have a NUL inside, and need not be UTF-8.
    pub stanza_length: usize,
}

/// A walk, the packages that were read and not yet taken, and the one that C looks at.
pub(crate) struct Packages {
    walk: Walk,
    stanzas: bool,
    batch: std::vec::IntoIter<Found>,
    texts: Vec<u8>,
    current: reposnap_package,
}

// SAFETY: the pointers of `current` lead into `texts`, which moves with it.
unsafe impl Send for Packages {}

impl Packages {
    /// Makes the next package the current one; false at the end.
    fn step(&mut self) -> Result<bool> {
        let found = loop {
            match self.batch.next() {
                Some(found) => break found,
                None => match blocking::wait(self.walk.next_batch())? {
                    Some(batch) => self.batch = batch.into_iter(),
                    None => return Ok(false),
                },
            }
        };
        let key = &found.key;
        let texts = [key.name_str(), key.version_str(), key.architecture_str(), found.part(), found.component()];
        let stanza = if self.stanzas { found.stanza()? } else { None };
        self.texts.clear();
        let mut starts = [0; 6];
        for (start, text) in starts.iter_mut().zip(texts.map(str::as_bytes).into_iter().chain(stanza)) {
            *start = self.texts.len();
            self.texts.extend_from_slice(text);
            self.texts.push(0);
        }
        // Only now, for the buffer may have moved while it grew.
        let at = |start: usize| self.texts[start..].as_ptr().cast::<c_char>();
        self.current = reposnap_package {
            name: at(starts[0]),
            version: at(starts[1]),
            architecture: at(starts[2]),
            part: at(starts[3]),
            component: at(starts[4]),
            stanza: if stanza.is_some() { at(starts[5]) } else { std::ptr::null() },
            stanza_length: stanza.map_or(0, <[u8]>::len),
        };
        Ok(true)
    }
}

const NOBODY: reposnap_package = reposnap_package {
    name: std::ptr::null(),
    version: std::ptr::null(),
    architecture: std::ptr::null(),
    part: std::ptr::null(),
    component: std::ptr::null(),
    stanza: std::ptr::null(),
    stanza_length: 0,
};

/// Begins a walk through the packages of the snapshot that `rev` names, each once, list by list in order of their names.
/// `query` keeps those that pass it; NULL keeps all. Their stanzas are read only where `stanzas` asks for them.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_packages_open(
    store: *const reposnap_store,
    rev: *const c_char,
    query: *const c_char,
    stanzas: bool,
    packages: *mut *mut reposnap_packages,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        clear(packages);
        guard(error, || {
            let session = session_of(store)?;
            let (rev, query) = (text(rev, "rev")?, optional(query, "query")?);
            let query = query.map(str::parse::<Query>).transpose()?;
            let (_, snapshot) = blocking::wait(session.snapshot(rev))?;
            let want = if stanzas { Want::Entries } else { Want::Keys };
            let walk = Walk::new(snapshot, query, want)?;
            if !packages.is_null() {
                let batch = Vec::new().into_iter();
                let begun = Packages { walk, stanzas, batch, texts: Vec::new(), current: NOBODY };
                *packages = handle::give(Mutex::new(begun));
            }
            Ok(())
        })
    }
}

/// Goes one package on: `package` gets it, or NULL behind the last and where the step fails.
///
/// # Safety
/// `package` can be written; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_packages_next(
    packages: *mut reposnap_packages,
    package: *mut *const reposnap_package,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        if !package.is_null() {
            *package = std::ptr::null();
        }
        guard(error, || {
            let packages = handle::get(packages, "packages")?;
            let mut packages = packages.lock().unwrap_or_else(PoisonError::into_inner);
            if packages.step()? && !package.is_null() {
                *package = &raw const packages.current;
            }
            Ok(())
        })
    }
}

/// Ends a walk and frees it with its package. `REPOSNAP_USAGE` for what is no walk or was freed; NULL is nothing to do.
#[unsafe(no_mangle)]
pub extern "C" fn reposnap_packages_free(packages: *mut reposnap_packages) -> reposnap_result {
    guard_or(reposnap_result::REPOSNAP_USAGE, || handle::free(packages).map(|()| reposnap_result::REPOSNAP_OK))
}
