//! Systems without `openat`.

use std::fs::File;
use std::path::Path;

use reposnap::{Error, Kind, Result};

use crate::files::{Files, Found, Listed, Look};
use crate::layer::interest::Rule;

/// A root folder; there is none here.
#[derive(Debug)]
pub(crate) enum Root {}

impl Root {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let error = Error::new(Kind::Unsupported, "folders can only be read safely where the system has openat(2)");
        Err(error.path(path.display().to_string()))
    }

    pub(crate) fn with_lists(self, _: bool) -> Self {
        self
    }

    pub(crate) fn file(&self, _: &[u8]) -> Result<Option<(File, u64)>> {
        match *self {}
    }
}

impl Files for Root {
    fn read(&self, _: &[u8], _: Rule) -> Result<Option<Found>> {
        match *self {}
    }

    fn folder(&self, _: &[u8], _: Rule) -> Result<Option<Listed>> {
        match *self {}
    }

    fn info_rule(&self) -> Rule {
        match *self {}
    }

    fn look(&self, _: &[u8]) -> Result<Look> {
        match *self {}
    }
}
