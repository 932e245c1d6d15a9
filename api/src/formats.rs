//! The formats of Debian repositories as values: versions, stanzas, relations, sources, packages, queries.

use std::cmp::Ordering;
use std::path::PathBuf;

use serde::Serialize;

use super::operation::request;
use super::session::Session;
use reposnap::deb::archive::{Archive, Limits};
use reposnap::deb::relation;
use reposnap::deb::sources::{self, SignedBy};
use reposnap::deb::stanza::{Stanza, Stanzas};
use reposnap::deb::version::Version;
use reposnap::error::{Error, Kind, Result};
use reposnap::snapshot::Query;
use reposnap::worker::blocking;

request! {
    /// Compares two versions as dpkg does.
    "version compare"(Nothing) -> "version compare";
    pub struct Compare {
        required {
            /// The first version.
            a: String,
            /// The second version.
            b: String,
        }
        optional {
            /// A relation to test: `lt le eq ne ge gt`, or `<< <= = != >= >>`.
            operator: Option<String>,
        }
    }
}

request! {
    /// Reads stanzas, as control files and indexes have them (deb822(5)).
    "stanza parse"(Nothing) -> "array of array of Field";
    pub struct ParseStanzas {
        required {
            /// The text.
            text: String,
        }
        optional {}
    }
}

request! {
    /// Reads the value of a relation field such as Depends or Provides (Debian policy, chapter 7).
    "relation parse"(Nothing) -> "array of array of Relation";
    pub struct ParseRelations {
        required {
            /// The value.
            value: String,
        }
        optional {}
    }
}

request! {
    /// Reads an apt source file (sources.list(5)), in either format.
    "sources parse"(Nothing) -> "array of SourceEntry";
    pub struct ParseSources {
        required {
            /// The file's name: one that ends in `.sources` has stanzas, another has lines.
            file: String,
            /// Its text.
            text: String,
            /// What `$(ARCH)` stands for: the machine's architecture.
            architecture: String,
        }
        optional {}
    }
}

request! {
    /// Reads a query and tells it in its plainest form.
    "query parse"(Nothing) -> "query parse";
    pub struct ParseQuery {
        required {
            /// The query.
            query: String,
        }
        optional {}
    }
}

request! {
    /// Reads a binary package (deb(5)): its control file, and what else its control part has.
    "deb show"(Nothing) -> "deb show";
    pub struct ShowDeb {
        required {
            /// The package file.
            file: PathBuf,
        }
        optional {
            /// List the members of its data part too.
            contents: bool,
        }
    }
}

/// How two versions stand.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Compared {
    /// The first version.
    pub a: String,
    /// The second version.
    pub b: String,
    /// `<`, `=` or `>`: the first to the second.
    pub order: &'static str,
    /// The operator, as it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// Whether the relation holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holds: Option<bool>,
}

/// A field of a stanza.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Field {
    /// Its name, as written.
    pub name: String,
    /// Its value, without the white space around it.
    pub value: String,
}

/// One alternative of a relation.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Relation {
    /// The package's name.
    pub name: String,
    /// What stands behind the name's colon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qualifier: Option<String>,
    /// `<<`, `<=`, `=`, `>=` or `>>`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<&'static str>,
    /// The version that is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The architectures that it is for, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architectures: Option<String>,
    /// The build profiles that it is for, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profiles: Option<String>,
}

/// One source of apt.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct SourceEntry {
    /// `deb` or `deb-src`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The root of the repository.
    pub uri: String,
    /// The suite.
    pub suite: String,
    /// The components.
    pub components: Vec<String>,
    /// Which keys may sign: files, fingerprints (with `!` for that key alone), armored blocks.
    pub signed_by: Vec<String>,
    /// Whether the source is in use.
    pub enabled: bool,
    /// The line it begins at.
    pub line: u64,
}

/// A query that was understood.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ParsedQuery {
    /// The query in its plainest form.
    pub query: String,
    /// Whether a package's stanza is needed to tell if it passes.
    pub needs_stanza: bool,
    /// The names outside of which no package passes, where the query says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub names: Option<Vec<String>>,
}

/// A binary package.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Deb {
    /// The fields of its control file.
    pub control: Vec<Field>,
    /// The names of the files of its control part.
    pub files: Vec<String>,
    /// The paths of its data part, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contents: Option<Vec<String>>,
}

/// Compares two versions as dpkg does.
pub async fn compare(_: &Session, request: Compare) -> Result<Compared> {
    let order = Version::parse(request.a.as_bytes())?.cmp(&Version::parse(request.b.as_bytes())?);
    let holds = request.operator.as_deref().map(|operator| holds(order, operator)).transpose()?;
    let word = match order {
        Ordering::Less => "<",
        Ordering::Equal => "=",
        Ordering::Greater => ">",
    };
    Ok(Compared { a: request.a, b: request.b, order: word, operator: request.operator, holds })
}

/// Whether two versions that compare as `order` stand in the relation `operator`: one of `dpkg --compare-versions`, or of
/// relation fields.
///
/// # Errors
/// [`Kind::Usage`] for another word.
pub fn holds(order: Ordering, operator: &str) -> Result<bool> {
    match operator {
        "lt" | "<<" => Ok(order.is_lt()),
        "le" | "<=" => Ok(order.is_le()),
        "eq" | "=" => Ok(order.is_eq()),
        "ne" | "!=" => Ok(order.is_ne()),
        "ge" | ">=" => Ok(order.is_ge()),
        "gt" | ">>" => Ok(order.is_gt()),
        _ => Err(Error::new(Kind::Usage, format!("{operator:?} is not an operator"))
            .help("lt, le, eq, ne, ge or gt, or <<, <=, =, >= or >>")),
    }
}

/// Reads stanzas.
pub async fn parse_stanzas(_: &Session, request: ParseStanzas) -> Result<Vec<Vec<Field>>> {
    Stanzas::new(request.text.as_bytes()).map(|stanza| stanza.map(|stanza| fields(&stanza))).collect()
}

/// Reads the value of a relation field.
pub async fn parse_relations(_: &Session, request: ParseRelations) -> Result<Vec<Vec<Relation>>> {
    let groups = relation::parse(request.value.as_bytes())?;
    Ok(groups.iter().map(|group| group.iter().map(alternative).collect()).collect())
}

/// Reads an apt source file.
pub async fn parse_sources(_: &Session, request: ParseSources) -> Result<Vec<SourceEntry>> {
    let entries = sources::parse(&request.file, request.text.as_bytes(), &request.architecture)?;
    let entry = |entry: sources::SourceEntry| SourceEntry {
        kind: entry.kind.as_str(),
        uri: entry.uri,
        suite: entry.suite,
        components: entry.components,
        signed_by: entry.signed_by.into_iter().map(key).collect(),
        enabled: entry.enabled,
        line: entry.line,
    };
    Ok(entries.into_iter().map(entry).collect())
}

/// Reads a query.
pub async fn parse_query(_: &Session, request: ParseQuery) -> Result<ParsedQuery> {
    let query: Query = request.query.parse()?;
    Ok(ParsedQuery {
        query: query.to_string(),
        needs_stanza: query.needs_stanza(),
        names: query.exact_names().map(|names| names.into_iter().map(str::to_owned).collect()),
    })
}

/// Reads a binary package.
pub async fn show_deb(_: &Session, request: ShowDeb) -> Result<Deb> {
    let path = request.file.display().to_string();
    let file = std::fs::File::open(&request.file).map_err(|error| Error::io(&path, error))?;
    blocking(move || {
        let read = || {
            let mut archive = Archive::open(std::io::BufReader::new(file), &Limits::default())?;
            let control = fields(&Stanza::parse(archive.control())?);
            let files = archive.control_members().iter().map(|member| member.name.clone()).collect();
            let contents = if request.contents { Some(contents(&mut archive)?) } else { None };
            Ok(Deb { control, files, contents })
        };
        read().map_err(|error: Error| error.path(path))
    })
    .await
}

fn contents<R: std::io::Read + std::io::Seek>(archive: &mut Archive<R>) -> Result<Vec<String>> {
    archive.data()?.map(|member| Ok(String::from_utf8_lossy(&member?.path).into_owned())).collect()
}

fn fields(stanza: &Stanza<'_>) -> Vec<Field> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    stanza.fields().map(|field| Field { name: text(field.name), value: text(field.value) }).collect()
}

fn alternative(relation: &relation::Relation<'_>) -> Relation {
    Relation {
        name: relation.name.to_owned(),
        qualifier: relation.qualifier.map(str::to_owned),
        operator: relation.version.map(|(operator, _)| operator.as_str()),
        version: relation.version.map(|(_, version)| version.to_owned()),
        architectures: relation.architectures.map(|list| list.to_string()),
        profiles: relation.profiles.map(|formula| formula.to_string()),
    }
}

fn key(key: SignedBy) -> String {
    match key {
        SignedBy::File(text) | SignedBy::Fingerprint(text) | SignedBy::Armored(text) => text,
        SignedBy::ExactFingerprint(digits) => format!("{digits}!"),
    }
}
