//! Advisories and statements about them, by path or URL.

use reposnap::error::{Error, Kind, Result};
use reposnap::source::fetch::{Fetched, parse_url};
use reposnap_provenance::advisory::read::Options;
use reposnap_provenance::advisory::{self, Builder, Release};
use reposnap_provenance::report::Report;
use reposnap_provenance::vex::Statements;

use crate::session::Session;

/// The most bytes that are fetched of one URL.
const MAX_FETCHED: u64 = 1 << 30;

/// What is known of weaknesses, and what somebody states of them.
pub(super) struct Advice<'a> {
    /// Paths and URLs of advisories.
    pub(super) advisories: &'a [String],
    /// Paths and URLs of OpenVEX documents.
    pub(super) vex: &'a [String],
    /// The release that updateinfo files are of.
    pub(super) release: Option<&'a str>,
    /// The mirrors whose packages no advisories are about.
    pub(super) own: &'a [String],
}

impl Advice<'_> {
    /// Adds to a report what advisories say of its packages, and comes to a verdict.
    ///
    /// # Errors
    /// Those of reading the files; [`Kind::NotFound`] for a URL that has none.
    pub(super) async fn examine(&self, session: &Session, report: &mut Report) -> Result<()> {
        if self.advisories.is_empty() && self.vex.is_empty() {
            return Ok(());
        }
        let mut options = Options::default();
        options.release = self.release.map(Release::parse).transpose()?;
        let (mut builder, mut statements) = (Builder::new(), Statements::new());
        for source in self.advisories {
            match fetched(session, source).await? {
                Some(bytes) => builder.read(source, &bytes, &options)?,
                None => builder.read_path(source.as_ref(), &options)?,
            }
        }
        for source in self.vex {
            match fetched(session, source).await? {
                Some(bytes) => statements.read(source, &bytes)?,
                None => statements.read_path(source.as_ref())?,
            }
        }
        if !self.advisories.is_empty() {
            advisory::examine(report, &builder.finish(), &statements, self.own);
        }
        report.conclude();
        Ok(())
    }
}

/// What a URL has; none for a path.
async fn fetched(session: &Session, source: &str) -> Result<Option<bytes::Bytes>> {
    if !source.contains("://") {
        return Ok(None);
    }
    let url = parse_url(source)?;
    match session.fetcher()?.get(&url, MAX_FETCHED, None).await? {
        Fetched::Body(body) => Ok(Some(body.bytes)),
        _ => Err(Error::new(Kind::NotFound, "there is no such file").path(source)),
    }
}
