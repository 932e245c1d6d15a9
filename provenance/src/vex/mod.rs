//! Statements about whether a vulnerability concerns a product: OpenVEX 0.2
//! (<https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md>), and 0.0.1 as older tools write it.
//!
//! Nothing here asks who signed a document: whoever gives one to [`Statements::read`] believes its author.
//!
//! Of the statements about a vulnerability and a product the latest counts, by its own time or its document's; of two of the
//! same time the one that was read last. `not_affected` and `fixed` suppress what was found, which then is reported as
//! suppressed and does not count; `affected` and `under_investigation` do not.

mod openvex;
mod product;

use std::collections::HashMap;
use std::path::Path;

use jiff::Timestamp;
use reposnap::{Error, Kind, Result};

pub use crate::report::Stated as Status;
use crate::report::{Report, Reported, Suppression};
use product::Component;

/// The most bytes of a document.
pub const MAX_DOCUMENT: u64 = 64 << 20;

/// The most statements, of all documents together, each counted for each of its products.
pub const MAX_STATEMENTS: usize = 1 << 21;

/// What somebody stated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What it says.
    pub status: Status,
    /// Why the product is not concerned: `component_not_present`, `vulnerable_code_not_present`,
    /// `vulnerable_code_not_in_execute_path`, `vulnerable_code_cannot_be_controlled_by_adversary` or
    /// `inline_mitigations_already_exist`.
    pub justification: Option<String>,
    /// More, in words: the impact, what to do, notes.
    pub words: Option<String>,
    /// Who stated it.
    pub author: String,
    /// When.
    pub time: Timestamp,
    /// The document's identifier.
    pub document: String,
}

/// Statements of any number of documents.
#[derive(Debug, Default)]
pub struct Statements {
    statements: Vec<Statement>,
    /// By each name of a vulnerability: what it is said of, and by which statement.
    by_name: HashMap<String, Vec<(Subject, usize)>>,
    count: usize,
}

/// What a statement is about: a product, and a part of it where one is named.
#[derive(Clone, Debug)]
struct Subject {
    product: Component,
    part: Option<Component>,
}

impl Statements {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether nothing is stated.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// Takes a document's statements, or those of several, one behind the other. `name` is for errors.
    ///
    /// # Errors
    /// [`Kind::Malformed`] with the line for what is no OpenVEX document or breaks its rules: no author, no time, an unknown
    /// status, `not_affected` without a reason; [`Kind::Limit`] for too much.
    ///
    /// ```
    /// let document = br#"{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.org/vex/1",
    ///     "author": "QA <qa@example.org>", "timestamp": "2024-05-01T00:00:00Z", "version": 1, "statements": [{
    ///     "vulnerability": {"name": "CVE-2024-0001"}, "products": [{"@id": "pkg:deb/debian/openssl"}],
    ///     "status": "not_affected", "justification": "vulnerable_code_not_present"}]}"#;
    /// let mut statements = reposnap_provenance::vex::Statements::new();
    /// statements.read("vex.json", document)?;
    /// assert!(!statements.is_empty());
    /// # Ok::<(), reposnap::Error>(())
    /// ```
    pub fn read(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        if bytes.len() as u64 > MAX_DOCUMENT {
            return Err(Error::new(Kind::Limit, format!("the document has more than {MAX_DOCUMENT} bytes")).path(name));
        }
        openvex::read(self, bytes).map_err(|error| error.path(name))
    }

    /// Takes a file's statements.
    ///
    /// # Errors
    /// As [`Statements::read`], and what the file system says.
    pub fn read_path(&mut self, path: &Path) -> Result<()> {
        let shown = path.display().to_string();
        let size = std::fs::metadata(path).map_err(|error| Error::io(&shown, error))?.len();
        if size > MAX_DOCUMENT {
            return Err(Error::new(Kind::Limit, format!("the document has more than {MAX_DOCUMENT} bytes")).path(shown));
        }
        self.read(&shown, &std::fs::read(path).map_err(|error| Error::io(&shown, error))?)
    }

    /// What counts about a vulnerability, known by these names (the best known first), in a package of an image.
    ///
    /// An advisory that is about several CVEs is only suppressed where it is named itself, or each of them is.
    pub fn about<'a>(&'a self, names: &[&str], report: &Report, package: &Reported) -> Option<&'a Statement> {
        let latest = |name: &str| {
            let said = self.by_name.get(name)?;
            let fitting = said.iter().filter(|(subject, _)| subject.fits(report, package));
            fitting.map(|(_, at)| *at).max_by_key(|at| (self.statements[*at].time, *at))
        };
        let cves = names.iter().filter(|name| name.starts_with("CVE-")).count();
        if cves <= 1 {
            let at = names.iter().filter_map(|name| latest(name)).max_by_key(|at| (self.statements[*at].time, *at));
            return at.map(|at| &self.statements[at]);
        }
        let (of_cves, others): (Vec<&str>, Vec<&str>) = names.iter().partition(|name| name.starts_with("CVE-"));
        let itself = others.iter().filter_map(|name| latest(name)).max_by_key(|at| (self.statements[*at].time, *at));
        if let Some(at) = itself {
            return Some(&self.statements[at]);
        }
        let each: Vec<Option<&Statement>> =
            of_cves.iter().map(|name| latest(name).map(|at| &self.statements[at])).collect();
        // What one of them is affected by, the whole is.
        let counts = each.iter().flatten().find(|statement| !statement.status.suppresses());
        if let Some(statement) = counts {
            return Some(statement);
        }
        match each.iter().all(Option::is_some) {
            true => each.into_iter().flatten().max_by_key(|statement| statement.time),
            false => None,
        }
    }

    /// Takes a statement about a vulnerability's names and its products.
    fn add(&mut self, statement: Statement, names: &[String], subjects: &[Subject]) -> Result<()> {
        self.count = self.count.saturating_add(names.len().saturating_mul(subjects.len()).max(1));
        if self.count > MAX_STATEMENTS {
            return Err(Error::new(Kind::Limit, format!("more than {MAX_STATEMENTS} things are stated")));
        }
        let at = self.statements.len();
        self.statements.push(statement);
        for name in names {
            let said = self.by_name.entry(name.clone()).or_default();
            said.extend(subjects.iter().map(|subject| (subject.clone(), at)));
        }
        Ok(())
    }
}

impl Subject {
    fn fits(&self, report: &Report, package: &Reported) -> bool {
        match &self.part {
            Some(part) => {
                part.is_package(report, package)
                    && (self.product.is_image(report) || self.product.is_package(report, package))
            }
            None => self.product.is_image(report) || self.product.is_package(report, package),
        }
    }
}

impl From<&Statement> for Suppression {
    fn from(statement: &Statement) -> Self {
        Self {
            status: statement.status,
            justification: statement.justification.clone(),
            words: statement.words.clone(),
            author: statement.author.clone(),
            time: statement.time,
            document: statement.document.clone(),
        }
    }
}
