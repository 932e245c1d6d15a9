//! updateinfo.xml, as repositories of rpms have it: what createrepo_c writes and dnf reads (libsolv's `repo_updateinfoxml.c`
//! tells the same elements).
//!
//! ```text
//! <updates>
//!   <update type="security"> <id/> <title/> <severity/> <issued date=""/> <updated date=""/> <description/>
//!     <references> <reference type="cve" id="" href=""/> </references>
//!     <pkglist> <collection> <module name="" stream=""/> <package name="" epoch="" version="" release="" arch=""/>
//! ```
//!
//! Each package of an update is the first that is not affected, of its name and architecture.

use jiff::Timestamp;
use jiff::civil;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use reposnap::{Error, Kind, Result};
use reposnap_image::package::Family;

use super::builder::Builder;
use super::model::{Advisory, Affected, By, Concern, Range, Status};
use super::osv::is_web;
use super::release::Release;
use super::{MAX_WORD, summary};
use crate::severity::Urgency;

/// How deep elements may stand in each other. Eight is what the format needs.
const MAX_DEPTH: usize = 32;

/// The most bytes of an element's name with its attributes.
const MAX_TAG: usize = 64 << 10;

/// The most bytes of the text that is kept of one element; what is beyond is dropped.
const MAX_TEXT: usize = 16 << 10;

/// The most packages, and the most references, of one update. The largest that distributions publish have 20,000.
const MAX_PACKAGES: usize = 1 << 18;

/// Takes the updates of a file, which is of `release`, or about whatever rpms there are.
pub(super) fn read(builder: &mut Builder, bytes: &[u8], release: Option<&Release>) -> Result<()> {
    let release = release.map_or_else(|| "*".to_owned(), Release::to_string);
    let mut reader = Reader::from_reader(bytes);
    reader.config_mut().expand_empty_elements = true;
    let mut state = State { builder, release, depth: 0, update: None, text: None, rooted: false };
    loop {
        let at = reader.buffer_position();
        let failed = |error: Error| error.line(line(bytes, at));
        let event = reader
            .read_event()
            .map_err(|error| failed(Error::new(Kind::Malformed, format!("this is no updateinfo.xml: {error}"))))?;
        match state.take(event) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => return Err(failed(error)),
        }
    }
}

fn line(bytes: &[u8], at: u64) -> u64 {
    let before = &bytes[..usize::try_from(at).map_or(bytes.len(), |at| at.min(bytes.len()))];
    1 + before.iter().filter(|byte| **byte == b'\n').count() as u64
}

struct State<'a> {
    builder: &'a mut Builder,
    release: String,
    depth: usize,
    update: Option<Update>,
    /// What is collected of the element that is open.
    text: Option<(Field, String)>,
    rooted: bool,
}

struct Update {
    advisory: Advisory,
    title: String,
    module: Option<String>,
}

#[derive(Clone, Copy)]
enum Field {
    Id,
    Title,
    Severity,
    Description,
}

fn malformed(what: impl Into<String>) -> Error {
    Error::new(Kind::Malformed, what)
}

impl State<'_> {
    /// Whether there is more to come.
    fn take(&mut self, event: Event<'_>) -> Result<bool> {
        match event {
            Event::Start(start) => self.start(&start)?,
            Event::End(end) => self.end(end.name().as_ref())?,
            Event::Text(text) => self.add(&text.decode().map_err(|error| malformed(error.to_string()))?),
            Event::CData(text) => self.add(&text.decode().map_err(|error| malformed(error.to_string()))?),
            Event::GeneralRef(entity) => {
                let resolved = match entity.resolve_char_ref() {
                    Ok(Some(char)) => Some(char),
                    // The five that need no declaration; what others declare is not looked at.
                    _ => match &*entity {
                        b"amp" => Some('&'),
                        b"lt" => Some('<'),
                        b"gt" => Some('>'),
                        b"quot" => Some('"'),
                        b"apos" => Some('\''),
                        _ => None,
                    },
                };
                let char = resolved.ok_or_else(|| malformed("there is an entity that XML does not know"))?;
                self.add(char.encode_utf8(&mut [0; 4]));
            }
            Event::Eof if !self.rooted => return Err(malformed("there are no updates in it")),
            Event::Eof if self.depth > 0 => return Err(malformed("it ends within an element; it may have been cut")),
            Event::Eof => return Ok(false),
            Event::DocType(_) => return Err(malformed("it declares a document type, which updateinfo.xml does not")),
            _ => {}
        }
        Ok(true)
    }

    fn add(&mut self, text: &str) {
        if let Some((_, collected)) = &mut self.text {
            let room = MAX_TEXT.saturating_sub(collected.len());
            collected.extend(text.chars().take(room));
        }
    }

    fn start(&mut self, start: &BytesStart<'_>) -> Result<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Error::new(Kind::Limit, format!("more than {MAX_DEPTH} elements stand in each other")));
        }
        if start.len() > MAX_TAG {
            return Err(Error::new(Kind::Limit, format!("an element begins with more than {MAX_TAG} bytes")));
        }
        let name = start.name();
        let name = name.as_ref();
        if self.depth == 1 {
            self.rooted = matches!(name, b"updates" | b"update");
            if !self.rooted {
                return Err(malformed("its outermost element is not <updates>"));
            }
        }
        self.text = None;
        if name == b"update" {
            let kind = match attribute(start, "type")?.as_deref() {
                Some("security") => Concern::Security,
                Some("bugfix") => Concern::Bugfix,
                _ => Concern::Enhancement,
            };
            let advisory = Advisory { kind, ..Advisory::new(Family::Rpm, "") };
            self.update = Some(Update { advisory, title: String::new(), module: None });
            return Ok(());
        }
        let Some(update) = &mut self.update else { return Ok(()) };
        let field = match name {
            b"id" => Some(Field::Id),
            b"title" => Some(Field::Title),
            b"severity" => Some(Field::Severity),
            b"description" => Some(Field::Description),
            b"issued" => {
                update.advisory.published = attribute(start, "date")?.as_deref().and_then(date);
                None
            }
            b"updated" => {
                update.advisory.modified = attribute(start, "date")?.as_deref().and_then(date);
                None
            }
            b"reference" => {
                update.reference(start)?;
                None
            }
            b"collection" => {
                update.module = None;
                None
            }
            b"module" => {
                let words = ["name", "stream"].map(|name| attribute(start, name));
                let [name, stream] = words;
                update.module = Some(format!("module {}:{}", name?.unwrap_or_default(), stream?.unwrap_or_default()));
                None
            }
            b"package" => {
                update.package(start, &self.release)?;
                None
            }
            _ => None,
        };
        self.text = field.map(|field| (field, String::new()));
        Ok(())
    }

    fn end(&mut self, name: &[u8]) -> Result<()> {
        self.depth = self.depth.saturating_sub(1);
        let text = self.text.take();
        let Some(update) = &mut self.update else { return Ok(()) };
        if let Some((field, text)) = text {
            let text = text.trim();
            match field {
                Field::Id => {
                    if text.len() > MAX_WORD {
                        return Err(malformed("an update's id is too long").field("id"));
                    }
                    text.clone_into(&mut update.advisory.id);
                }
                Field::Title => update.title = summary(text),
                Field::Severity => update.advisory.urgency = Urgency::of_word(text),
                Field::Description => update.advisory.summary = summary(text),
            }
        }
        if name == b"update"
            && let Some(mut update) = self.update.take()
        {
            if update.advisory.id.is_empty() {
                return Err(malformed("an update has no id").field("id"));
            }
            if !update.title.is_empty() {
                update.advisory.summary = update.title;
            }
            self.builder.add(&update.advisory)?;
        }
        Ok(())
    }
}

impl Update {
    fn reference(&mut self, start: &BytesStart<'_>) -> Result<()> {
        if self.advisory.urls.len().max(self.advisory.aliases.len()) >= MAX_PACKAGES {
            return Err(Error::new(Kind::Limit, format!("an update has more than {MAX_PACKAGES} references")));
        }
        if let Some(href) = attribute(start, "href")?
            && is_web(&href)
        {
            self.advisory.urls.push(href);
        }
        let id = attribute(start, "id")?.filter(|id| !id.is_empty() && id.len() <= MAX_WORD);
        if attribute(start, "type")?.as_deref() == Some("cve")
            && let Some(id) = id
        {
            self.advisory.aliases.push(id);
        }
        Ok(())
    }

    fn package(&mut self, start: &BytesStart<'_>, release: &str) -> Result<()> {
        if self.advisory.affected.len() >= MAX_PACKAGES {
            return Err(Error::new(Kind::Limit, format!("an update has more than {MAX_PACKAGES} packages")));
        }
        let mut words = ["name", "epoch", "version", "release", "arch"].map(|_| String::new());
        for (at, name) in ["name", "epoch", "version", "release", "arch"].into_iter().enumerate() {
            let word = attribute(start, name)?;
            // Without an epoch it is 0.
            let needed = name != "epoch";
            match word {
                Some(word) if word.len() <= MAX_WORD && (!word.is_empty() || !needed) => words[at] = word,
                None if !needed => {}
                _ => return Err(malformed("a package of an update lacks it, or it is too long").field(name)),
            }
        }
        let [name, epoch, version, package_release, architecture] = words;
        if matches!(architecture.as_str(), "src" | "nosrc") {
            return Ok(());
        }
        let epoch = if matches!(epoch.as_str(), "" | "0") { String::new() } else { format!("{epoch}:") };
        self.advisory.affected.push(Affected {
            release: release.to_owned(),
            name,
            by: By::Binary,
            architecture: Some(architecture),
            status: Status::Resolved,
            ranges: vec![Range::before(format!("{epoch}{version}-{package_release}"))],
            urgency: Urgency::Unknown,
            remark: self.module.clone(),
        });
        Ok(())
    }
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Result<Option<String>> {
    // Twice the same one is looked for in all of them, for each of them: a tag may have thousands.
    for attribute in start.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| malformed(format!("an attribute can't be read: {error}")))?;
        if attribute.key.as_ref() == name.as_bytes() {
            let value = attribute.unescape_value().map_err(|error| malformed(error.to_string()).field(name))?;
            return Ok(Some(value.trim().to_owned()));
        }
    }
    Ok(None)
}

/// Dates as they are written there: `2024-01-02 03:04:05`, `2024-01-02`, seconds since 1970, all in UTC.
fn date(text: &str) -> Option<Timestamp> {
    if let Ok(seconds) = text.parse::<i64>() {
        return Timestamp::from_second(seconds).ok();
    }
    let text = text.trim_end_matches(" UTC");
    let time = text.replacen(' ', "T", 1).parse::<civil::DateTime>();
    let date = time.or_else(|_| text.parse::<civil::Date>().map(|date| date.at(0, 0, 0, 0))).ok()?;
    jiff::tz::Offset::UTC.to_timestamp(date).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for (text, seconds) in [
            ("2024-01-02 03:04:05", Some(1_704_164_645)),
            ("2024-01-02", Some(1_704_153_600)),
            ("2024-01-02 03:04:05 UTC", Some(1_704_164_645)),
            ("1704164645", Some(1_704_164_645)),
            ("yesterday", None),
        ] {
            assert_eq!(date(text).map(Timestamp::as_second), seconds, "{text}");
        }
    }
}
