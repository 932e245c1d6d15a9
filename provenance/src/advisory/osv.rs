//! Records of the OSV schema 1.6 (<https://ossf.github.io/osv-schema/>), and `upstream` of 1.7: one, a list, or one a line.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use reposnap::{Error, Kind, Result};
use reposnap_image::package::Family;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, SeqAccess, Visitor};

use super::builder::Builder;
use super::model::{Advisory, Affected, By, Concern, End, Range, Status};
use super::release::Release;
use super::{MAX_WORD, summary};
use crate::order;
use crate::severity::{Score, Urgency};

/// The most events of one range.
const MAX_EVENTS: usize = 4096;

/// The most versions that are listed of one package.
const MAX_VERSIONS: usize = 1 << 18;

/// The most ranges that each of the listed versions is looked for in.
const MAX_COMPARED: usize = 64;

/// Takes the records of a file.
pub(super) fn read(builder: &mut Builder, bytes: &[u8]) -> Result<()> {
    let mut failure = None;
    let wrong = |error: serde_json::Error| {
        let at = error.line() as u64;
        Error::new(Kind::Malformed, format!("this is no record of OSV: {error}")).line(at)
    };
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        let mut deserializer = serde_json::Deserializer::from_slice(bytes);
        let seed = List { builder, failure: &mut failure };
        let result = seed.deserialize(&mut deserializer).and_then(|()| deserializer.end());
        return match failure {
            Some(error) => Err(error),
            None => result.map_err(wrong),
        };
    }
    let mut records = serde_json::Deserializer::from_slice(bytes).into_iter::<Record<'_>>();
    let mut any = false;
    for record in &mut records {
        take(builder, &record.map_err(wrong)?)?;
        any = true;
    }
    if any { Ok(()) } else { Err(Error::new(Kind::Malformed, "the file has no record of OSV")) }
}

/// A list of records, taken one by one.
struct List<'a> {
    builder: &'a mut Builder,
    failure: &'a mut Option<Error>,
}

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of records")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<(), S::Error> {
        while let Some(record) = list.next_element::<Record<'de>>()? {
            if let Err(error) = take(self.builder, &record) {
                *self.failure = Some(error);
                return Err(S::Error::custom("the database does not take it"));
            }
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(default)]
    published: Option<Timestamp>,
    #[serde(default)]
    modified: Option<Timestamp>,
    #[serde(default)]
    withdrawn: Option<Timestamp>,
    #[serde(borrow, default)]
    aliases: Vec<Cow<'a, str>>,
    #[serde(borrow, default)]
    upstream: Vec<Cow<'a, str>>,
    #[serde(borrow, default)]
    summary: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    details: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    severity: Vec<Severity<'a>>,
    #[serde(borrow, default)]
    affected: Vec<Package<'a>>,
    #[serde(borrow, default)]
    references: Vec<Reference<'a>>,
}

#[derive(Deserialize)]
struct Severity<'a> {
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    #[serde(borrow)]
    score: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Reference<'a> {
    #[serde(borrow)]
    url: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Package<'a> {
    #[serde(borrow, default)]
    package: Option<Named<'a>>,
    #[serde(borrow, default)]
    ranges: Vec<Stretch<'a>>,
    #[serde(borrow, default)]
    versions: Vec<Cow<'a, str>>,
    #[serde(borrow, default)]
    severity: Vec<Severity<'a>>,
    #[serde(borrow, default)]
    ecosystem_specific: Option<Specific<'a>>,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    ecosystem: Cow<'a, str>,
    #[serde(borrow)]
    name: Cow<'a, str>,
}

/// What Debian's converter puts there; others put other things.
#[derive(Default)]
struct Specific<'a> {
    urgency: Option<Cow<'a, str>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Specific<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Fields<'a> {
            #[serde(borrow, default)]
            urgency: Option<MaybeText<'a>>,
        }
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum MaybeText<'a> {
            Text(#[serde(borrow)] Cow<'a, str>),
            Other(#[allow(dead_code)] serde::de::IgnoredAny),
        }
        let urgency = match Fields::deserialize(deserializer)?.urgency {
            Some(MaybeText::Text(text)) => Some(text),
            _ => None,
        };
        Ok(Self { urgency })
    }
}

#[derive(Deserialize)]
struct Stretch<'a> {
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    #[serde(borrow, default)]
    events: Vec<Event<'a>>,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, default)]
    introduced: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    fixed: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    last_affected: Option<Cow<'a, str>>,
}

fn take(builder: &mut Builder, record: &Record<'_>) -> Result<()> {
    if record.id.is_empty() || record.id.len() > MAX_WORD {
        return Err(Error::new(Kind::Malformed, "a record has no identifier, or one too long").field("id"));
    }
    if record.withdrawn.is_some() {
        builder.skipped.withdrawn += 1;
        return Ok(());
    }
    let (mut deb, mut rpm) = (Vec::new(), Vec::new());
    for package in &record.affected {
        let Some(named) = &package.package else { continue };
        let (Some(is_deb), Some(release)) =
            (Release::is_deb(&named.ecosystem), Release::of_ecosystem(&named.ecosystem))
        else {
            builder.skipped.foreign += 1;
            continue;
        };
        if named.name.is_empty() || named.name.len() > MAX_WORD {
            return Err(at(record, Error::new(Kind::Malformed, "a package has no name, or one too long")));
        }
        let family = if is_deb { Family::Deb } else { Family::Rpm };
        let ranges = ranges(family, package).map_err(|error| at(record, error))?;
        let Some(ranges) = ranges else {
            builder.skipped.no_versions += 1;
            continue;
        };
        let fixed = ranges.iter().any(|range| matches!(range.end, End::Before(_)));
        let affected = Affected {
            release: release.to_string(),
            name: named.name.clone().into_owned(),
            by: if is_deb { By::Source } else { By::Either },
            architecture: None,
            status: if fixed { Status::Resolved } else { Status::Open },
            ranges,
            urgency: urgency(package),
            remark: None,
        };
        if is_deb { deb.push(affected) } else { rpm.push(affected) }
    }
    for (family, affected) in [(Family::Deb, deb), (Family::Rpm, rpm)] {
        if !affected.is_empty() {
            builder.add(&advisory(record, family, affected)).map_err(|error| at(record, error))?;
        }
    }
    Ok(())
}

fn at(record: &Record<'_>, error: Error) -> Error {
    error.field(record.id.chars().take(80).collect::<String>())
}

fn advisory(record: &Record<'_>, family: Family, affected: Vec<Affected>) -> Advisory {
    // Debian and Ubuntu name what they are about with themselves in front; the bare name is what everybody knows.
    let bare = ["DEBIAN-", "UBUNTU-"].iter().find_map(|prefix| record.id.strip_prefix(prefix));
    let aliases = bare.into_iter().map(str::to_owned).chain(
        record.aliases.iter().chain(&record.upstream).filter(|name| name.len() <= MAX_WORD).map(|it| it.to_string()),
    );
    let vector = record.severity.iter().find(|severity| severity.r#type.starts_with("CVSS_V3"));
    let vector = vector.or_else(|| record.severity.iter().find(|severity| severity.r#type.starts_with("CVSS_V")));
    let vector = vector.map(|severity| &*severity.score).filter(|vector| vector.len() <= MAX_WORD);
    let word = record.severity.iter().find(|severity| !severity.r#type.starts_with("CVSS"));
    let text = record.summary.as_deref().filter(|text| !text.trim().is_empty());
    let own = format!("https://osv.dev/vulnerability/{}", record.id);
    let urls = record.references.iter().map(|reference| reference.url.to_string());
    Advisory {
        aliases: aliases.collect(),
        kind: Concern::Security,
        summary: summary(text.or(record.details.as_deref()).unwrap_or_default()),
        urls: std::iter::once(own).chain(urls.filter(|url| is_web(url)).take(MAX_URLS)).collect(),
        urgency: word.map_or(Urgency::Unknown, |severity| Urgency::of_word(&severity.score)),
        score: vector.and_then(Score::of_vector),
        vector: vector.map(str::to_owned),
        published: record.published,
        modified: record.modified,
        affected,
        ..Advisory::new(family, &*record.id)
    }
}

/// The most references that are kept of a record.
const MAX_URLS: usize = 16;

/// Whether somebody may be pointed at it: not at `javascript:`.
pub(super) fn is_web(url: &str) -> bool {
    url.len() <= 2048
        && (url.starts_with("https://") || url.starts_with("http://"))
        && url.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte))
}

fn urgency(package: &Package<'_>) -> Urgency {
    let words = package.ecosystem_specific.iter().filter_map(|specific| specific.urgency.as_deref());
    let own = package.severity.iter().filter(|severity| !severity.r#type.starts_with("CVSS"));
    words
        .chain(own.map(|severity| &*severity.score))
        .map(Urgency::of_word)
        .find(|urgency| *urgency != Urgency::Unknown)
        .or_else(|| package.severity.iter().find_map(|it| Score::of_vector(&it.score)).map(Score::urgency))
        .unwrap_or_default()
}

/// The affected versions: what the events say, in the order of versions, and those of the list that they leave out. None where
/// neither says anything.
fn ranges(family: Family, package: &Package<'_>) -> Result<Option<Vec<Range>>> {
    let mut out = Vec::new();
    let stretches = package.ranges.iter().filter(|stretch| stretch.r#type == "ECOSYSTEM");
    for stretch in stretches {
        if stretch.events.len() > MAX_EVENTS {
            return Err(Error::new(Kind::Limit, format!("a range has more than {MAX_EVENTS} events")));
        }
        out.extend(between(family, &stretch.events)?);
    }
    let (by_events, listed) = (out.len(), package.versions.len());
    if listed > MAX_VERSIONS {
        return Err(Error::new(Kind::Limit, format!("a package has more than {MAX_VERSIONS} versions")));
    }
    for version in &package.versions {
        word(version)?;
        // Mostly the list has what the events say, version by version. To leave that out saves room, and costs time for each
        // pair of them.
        let known = by_events <= MAX_COMPARED && out[..by_events].iter().any(|range| holds(family, range, version));
        if !known {
            out.push(Range::exactly(&**version));
        }
    }
    Ok((!out.is_empty()).then_some(out))
}

fn word(version: &str) -> Result<()> {
    match version.len() > MAX_WORD {
        true => Err(Error::new(Kind::Malformed, format!("a version has more than {MAX_WORD} bytes"))),
        false => Ok(()),
    }
}

/// Whether a range holds a version for certain.
fn holds(family: Family, range: &Range, version: &str) -> bool {
    let before = |a: &str, b: &str| order::compare(family, a, b).is_lt();
    let until = |a: &str, b: &str| order::compare(family, a, b).is_le();
    range.introduced.as_deref().is_none_or(|introduced| until(introduced, version))
        && match &range.end {
            End::Open => true,
            End::Before(end) => before(version, end),
            End::Through(end) => until(version, end),
        }
}

/// What happens at a version, in the order in which it counts where several things do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Fixed,
    Introduced,
    LastAffected,
}

/// The ranges of the schema's events ("Evaluation"): sorted by version, an `introduced` begins one and the next `fixed` or
/// `last_affected` ends it. `limit` is for those of commits.
fn between(family: Family, events: &[Event<'_>]) -> Result<Vec<Range>> {
    let mut points: Vec<(&str, What)> = Vec::with_capacity(events.len());
    for event in events {
        for (version, what) in [
            (&event.introduced, What::Introduced),
            (&event.fixed, What::Fixed),
            (&event.last_affected, What::LastAffected),
        ] {
            if let Some(version) = version {
                word(version)?;
                points.push((version, what));
            }
        }
    }
    // `0` is before every version. What can't be compared stays where its publisher has it, which is the same order.
    let is_comparable = points.iter().all(|(version, _)| *version == "0" || order::check(family, version).is_ok());
    if is_comparable {
        points.sort_by(|a, b| {
            let order = match (a.0, b.0) {
                ("0", "0") => std::cmp::Ordering::Equal,
                ("0", _) => std::cmp::Ordering::Less,
                (_, "0") => std::cmp::Ordering::Greater,
                (a, b) => order::compare(family, a, b),
            };
            order.then(a.1.cmp(&b.1))
        });
    }
    let mut out = Vec::new();
    let mut open: Option<Option<String>> = None;
    for (version, what) in points {
        match what {
            What::Introduced => {
                open.get_or_insert_with(|| (version != "0").then(|| version.to_owned()));
            }
            What::Fixed | What::LastAffected => {
                let Some(introduced) = open.take() else { continue };
                let end = if what == What::Fixed { End::Before } else { End::Through };
                out.push(Range { introduced, end: end(version.to_owned()), foreign: false });
            }
        }
    }
    out.extend(open.map(|introduced| Range { introduced, end: End::Open, foreign: false }));
    Ok(out)
}
