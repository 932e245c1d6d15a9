//! Debian's security tracker as JSON: `{package: {identifier: {releases: {release: {…}}}}}`.
//!
//! Fields, as the tracker writes them (security-tracker's `bin/tracker_service.py`, `page_json`):
//!
//! | field of a release | meaning |
//! |---|---|
//! | `status` | `resolved`, `open` or `undetermined` |
//! | `fixed_version` | with `resolved`: the first version that is not affected; `0`: none ever was |
//! | `repositories` | the versions that the release has, by suite |
//! | `urgency` | `unimportant`, `low`, `medium`, `high`, `not yet assigned`, `end-of-life`; with `**` as the NVD has it |
//! | `nodsa`, `nodsa_reason` | why there will be no advisory: `ignored`, `postponed`, or empty |
//!
//! `open` is said of the versions that the release has, and of older ones. A version beyond them which is not before the one
//! that unstable was fixed in has the fix, as debsecan(1) counts too. And `resolved` is said of the release's own versions: one
//! beyond them all that came from elsewhere is affected before the one that unstable was fixed in.

use std::borrow::Cow;
use std::fmt;

use reposnap::deb::version::compare;
use reposnap::{Error, Kind, Result};
use reposnap_image::package::Family;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use super::builder::Builder;
use super::model::{Advisory, Affected, By, Range, Status};
use super::release::Release;
use super::{MAX_WORD, summary};
use crate::severity::Urgency;

/// The most releases that one fault of one package may speak of. There are six, and their suites.
const MAX_RELEASES: usize = 64;

/// Takes what the tracker says.
pub(super) fn read(builder: &mut Builder, bytes: &[u8]) -> Result<()> {
    let mut failure = None;
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let result =
        Packages { builder, failure: &mut failure }.deserialize(&mut deserializer).and_then(|()| deserializer.end());
    match (failure, result) {
        (Some(error), _) => Err(error),
        (None, Ok(())) => Ok(()),
        (None, Err(error)) => {
            let at = error.line() as u64;
            Err(Error::new(Kind::Malformed, format!("this is not Debian's tracker: {error}")).line(at))
        }
    }
}

/// All of it.
struct Packages<'a> {
    builder: &'a mut Builder,
    /// What the database said against something, which serde can't carry.
    failure: &'a mut Option<Error>,
}

impl<'de> DeserializeSeed<'de> for Packages<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Packages<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of packages")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(package) = map.next_key::<Word<'de>>()? {
            map.next_value_seed(Faults { package: &package.0, builder: self.builder, failure: self.failure })?;
        }
        Ok(())
    }
}

/// The faults of a package.
struct Faults<'a> {
    package: &'a str,
    builder: &'a mut Builder,
    failure: &'a mut Option<Error>,
}

impl<'de> DeserializeSeed<'de> for Faults<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Faults<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of identifiers")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(id) = map.next_key::<Word<'de>>()? {
            let fault: Fault<'de> = map.next_value()?;
            if let Err(error) = self.builder.add(&advisory(self.package, id.0, &fault)) {
                *self.failure = Some(error);
                return Err(M::Error::custom("the database is full"));
            }
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Fault<'a> {
    #[serde(borrow, default)]
    description: Option<Cow<'a, str>>,
    #[serde(borrow)]
    releases: Releases<'a>,
}

/// Few, and in the order of the file.
struct Releases<'a>(Vec<(Word<'a>, State<'a>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Releases<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each<'a>(std::marker::PhantomData<&'a ()>);
        impl<'de: 'a, 'a> Visitor<'de> for Each<'a> {
            type Value = Releases<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of releases")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Releases<'a>, M::Error> {
                let mut all = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    if all.len() >= MAX_RELEASES {
                        return Err(M::Error::custom(format_args!("more than {MAX_RELEASES} releases")));
                    }
                    all.push(entry);
                }
                Ok(Releases(all))
            }
        }
        deserializer.deserialize_map(Each(std::marker::PhantomData))
    }
}

#[derive(Deserialize)]
struct State<'a> {
    #[serde(borrow)]
    status: Word<'a>,
    #[serde(borrow, default)]
    fixed_version: Option<Word<'a>>,
    #[serde(default)]
    repositories: Versions,
    #[serde(borrow, default)]
    urgency: Option<Word<'a>>,
    #[serde(default)]
    nodsa: Option<IgnoredAny>,
    #[serde(borrow, default)]
    nodsa_reason: Option<Word<'a>>,
}

/// The latest version that a release has.
#[derive(Default)]
struct Versions(Option<String>);

impl<'de> Deserialize<'de> for Versions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Latest;
        impl<'de> Visitor<'de> for Latest {
            type Value = Versions;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of versions")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Versions, M::Error> {
                let mut latest: Option<Word<'de>> = None;
                while let Some((_, version)) = map.next_entry::<IgnoredAny, Word<'de>>()? {
                    if latest.as_ref().is_none_or(|it| compare(it.0.as_bytes(), version.0.as_bytes()).is_lt()) {
                        latest = Some(version);
                    }
                }
                Ok(Versions(latest.map(|version| version.0.into_owned())))
            }
        }
        deserializer.deserialize_map(Latest)
    }
}

/// Text of at most [`MAX_WORD`] bytes.
struct Word<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Word<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text<'a>(std::marker::PhantomData<&'a ()>);
        impl<'de: 'a, 'a> Visitor<'de> for Text<'a> {
            type Value = Word<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "text of at most {MAX_WORD} bytes")
            }

            fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<Word<'a>, E> {
                match text.len() > MAX_WORD {
                    true => Err(E::invalid_length(text.len(), &self)),
                    false => Ok(Word(Cow::Borrowed(text))),
                }
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Word<'a>, E> {
                match text.len() > MAX_WORD {
                    true => Err(E::invalid_length(text.len(), &self)),
                    false => Ok(Word(Cow::Owned(text.to_owned()))),
                }
            }
        }
        deserializer.deserialize_str(Text(std::marker::PhantomData))
    }
}

fn advisory(package: &str, id: Cow<'_, str>, fault: &Fault<'_>) -> Advisory {
    let unstable = fault.releases.0.iter().find(|(release, _)| release.0 == "sid").and_then(|(_, state)| state.fixed());
    let affected = fault.releases.0.iter().map(|(release, state)| Affected {
        release: Release::of_suite("debian", &release.0).to_string(),
        name: package.to_owned(),
        by: By::Source,
        architecture: None,
        ..state.judged(unstable)
    });
    let url = format!("https://security-tracker.debian.org/tracker/{id}");
    Advisory {
        summary: summary(fault.description.as_deref().unwrap_or_default()),
        urls: vec![url],
        affected: affected.collect(),
        ..Advisory::new(Family::Deb, id)
    }
}

impl State<'_> {
    fn fixed(&self) -> Option<&str> {
        self.fixed_version.as_ref().map(|version| &*version.0).filter(|_| self.status.0 == "resolved")
    }

    /// What is said of the versions; the rest is for the caller to fill in.
    fn judged(&self, unstable: Option<&str>) -> Affected {
        let word = self.urgency.as_ref().map_or("", |urgency| &urgency.0);
        let reason = self.nodsa_reason.as_ref().map(|reason| &*reason.0).filter(|reason| !reason.is_empty());
        let remark = match (word, reason, &self.nodsa) {
            ("end-of-life", ..) => Some("end-of-life"),
            (_, Some(reason), _) => Some(reason),
            (_, None, Some(_)) => Some("no-dsa"),
            _ => None,
        };
        let (status, ranges) = match (&*self.status.0, self.fixed()) {
            ("resolved", Some("0")) => (Status::NotAffected, Vec::new()),
            ("resolved", Some(fixed)) => (Status::Resolved, self.resolved(fixed, unstable)),
            ("open", _) => (Status::Open, self.open(unstable)),
            // `resolved` without a version, and words that are none of the tracker's: nobody can tell.
            _ => (Status::Undetermined, Vec::new()),
        };
        Affected {
            release: String::new(),
            name: String::new(),
            by: By::Source,
            architecture: None,
            status,
            ranges,
            urgency: Urgency::of_word(word),
            remark: remark.map(str::to_owned),
        }
    }

    fn resolved(&self, fixed: &str, unstable: Option<&str>) -> Vec<Range> {
        let mut ranges = vec![Range::before(fixed)];
        let before = |a: &str, b: &str| compare(a.as_bytes(), b.as_bytes()).is_lt();
        if let (Some(unstable), Some(latest)) = (unstable, &self.repositories.0) {
            // What the release is mended in may not be in it yet.
            let latest = if before(latest, fixed) { fixed } else { latest };
            if before(latest, unstable) {
                ranges.push(Range::foreign(latest, unstable));
            }
        }
        ranges
    }

    fn open(&self, unstable: Option<&str>) -> Vec<Range> {
        match (unstable, &self.repositories.0) {
            // `0` there: unstable never had it, which says nothing of this release.
            (Some(fixed), Some(latest)) if fixed != "0" => vec![Range::before(fixed), Range::through(latest)],
            _ => vec![Range::all()],
        }
    }
}
