//! Reports of tests in JUnit's XML, as pytest, Maven, cargo-nextest, gtest and the rest write them.
//!
//! There is no official schema; what all dialects share is enough: a `testsuites` or `testsuite` element on top, `testcase`
//! elements somewhere below, `failure`, `error` and `skipped` in these, and counts as attributes of the suites. A test that
//! failed counts whether an element or only an attribute tells of it.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Kind, Result};

/// The largest report, in bytes.
pub const LARGEST_REPORT: u64 = 64 << 20;
/// How deep elements may lie in each other.
pub const DEEPEST_REPORT: usize = 64;
/// How many attributes an element that is looked at may have.
const MOST_ATTRIBUTES: usize = 64;
/// How many failing tests are named.
const MOST_NAMED: usize = 5;
/// The property of a suite that says which snapshot was tested.
pub const SNAPSHOT_PROPERTY: &str = "reposnap.snapshot";

/// What a report says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// How many test cases there are.
    pub tests: u64,
    /// How many of them failed.
    pub failures: u64,
    /// How many could not be run to their end, and errors outside of test cases.
    pub errors: u64,
    /// How many were left out.
    pub skipped: u64,
}

/// A report that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The counts.
    pub counts: Counts,
    /// The first of the tests that failed, `class.name`.
    pub failing: Vec<String>,
    /// The snapshots that the property `reposnap.snapshot` of its suites names, without those that were named before.
    pub snapshots: Vec<String>,
}

impl Report {
    /// Reads a report.
    ///
    /// ```
    /// use reposnap::environment::gate::junit::Report;
    /// let report = Report::parse(br#"<testsuite name="unit" tests="2" failures="1">
    ///   <testcase classname="a" name="works"/>
    ///   <testcase classname="a" name="breaks"><failure message="no"/></testcase>
    /// </testsuite>"#)?;
    /// assert_eq!((report.counts.tests, report.counts.failures), (2, 1));
    /// assert_eq!(report.failing, ["a.breaks"]);
    /// assert!(report.fault().is_some());
    /// # Ok::<(), reposnap::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Kind::Malformed`] with the line for what is no such report: no XML, cut short, a document type (which could define
    /// entities), another root; [`Kind::Limit`] beyond [`LARGEST_REPORT`] and [`DEEPEST_REPORT`].
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        if bytes.len() as u64 > LARGEST_REPORT {
            return Err(Error::new(Kind::Limit, "the report is too large")
                .mismatch(format!("at most {LARGEST_REPORT} bytes"), format!("{} bytes", bytes.len())));
        }
        let mut reading = Reading::default();
        let mut reader = Reader::from_reader(bytes);
        loop {
            let event = reader.read_event();
            let at = usize::try_from(reader.buffer_position()).unwrap_or(bytes.len()).min(bytes.len());
            let line = || 1 + memchr::memchr_iter(b'\n', &bytes[..at]).count() as u64;
            let event = event.map_err(|error| malformed(format!("the report is no XML: {error}")).line(line()))?;
            if matches!(event, Event::Eof) {
                break;
            }
            reading.take(&event).map_err(|error| error.line(line()))?;
        }
        reading.finish()
    }

    /// Why the report does not speak for what was tested, in words; nothing where it does. It has to tell of at least one
    /// test that was run, of no failure, and of no error.
    pub fn fault(&self) -> Option<String> {
        let Counts { tests, failures, errors, skipped } = self.counts;
        if failures > 0 || errors > 0 {
            let mut words = format!("{failures} of {tests} tests failed and {errors} had errors");
            if !self.failing.is_empty() {
                words.push_str(&format!(": {}", self.failing.join(", ")));
            }
            return Some(words);
        }
        match tests {
            0 => Some("it tells of no test".to_owned()),
            _ if skipped >= tests => Some(format!("all {tests} tests were skipped")),
            _ => None,
        }
    }
}

/// Where the reading is.
#[derive(Default)]
struct Reading {
    report: Report,
    depth: usize,
    /// Whether the root was closed.
    done: bool,
    /// The test case that is open: its depth, its name, and what it came to.
    case: Option<(usize, String, Ended)>,
    /// The counts that attributes of suites claim: the largest of each, since outer suites repeat those of inner ones.
    claimed: Counts,
}

/// What a test came to. The worst counts, and once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Ended {
    Well,
    Skipped,
    Failed,
    Error,
}

impl Reading {
    fn take(&mut self, event: &Event<'_>) -> Result<()> {
        match event {
            Event::Start(element) => {
                self.open(element)?;
                self.depth += 1;
                if self.depth > DEEPEST_REPORT {
                    return Err(Error::new(
                        Kind::Limit,
                        format!("elements lie in each other more than {DEEPEST_REPORT} deep"),
                    ));
                }
            }
            Event::Empty(element) => {
                self.open(element)?;
                self.close();
            }
            Event::End(_) => {
                self.depth -= 1;
                self.close();
            }
            Event::DocType(_) => return Err(malformed("a report has no document type".to_owned())),
            Event::Text(text) if self.depth == 0 && !text.as_ref().trim_ascii().is_empty() => {
                let ignored = text.as_ref().trim_ascii() == b"\xef\xbb\xbf";
                if !ignored {
                    return Err(malformed("there is text outside of the report".to_owned()));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn open(&mut self, element: &BytesStart<'_>) -> Result<()> {
        let name = element.local_name();
        let name = name.as_ref();
        if self.depth == 0 {
            if self.done {
                return Err(malformed("there is a second element behind the report".to_owned()));
            }
            if name != b"testsuites" && name != b"testsuite" {
                return Err(malformed(format!("the report begins with <{}>", String::from_utf8_lossy(name)))
                    .mismatch("<testsuites> or <testsuite>", format!("<{}>", String::from_utf8_lossy(name)))
                    .help("give a report in JUnit's XML, such as `pytest --junitxml FILE` writes"));
            }
        }
        match name {
            b"testsuites" | b"testsuite" => {
                for (name, value) in attributes(element)? {
                    let claimed = match name {
                        b"failures" => &mut self.claimed.failures,
                        b"errors" => &mut self.claimed.errors,
                        _ => continue,
                    };
                    let count: u64 = value.trim().parse().map_err(|_| {
                        malformed(format!("{value:?} is no number of tests"))
                            .field(String::from_utf8_lossy(name).into_owned())
                    })?;
                    *claimed = count.max(*claimed);
                }
            }
            b"testcase" => {
                if self.case.is_some() {
                    return Err(malformed("a test case lies in another".to_owned()));
                }
                let (mut class, mut own) = (String::new(), String::new());
                for (name, value) in attributes(element)? {
                    match name {
                        b"classname" => class = value.into_owned(),
                        b"name" => own = value.into_owned(),
                        _ => {}
                    }
                }
                let name = if class.is_empty() { own } else { format!("{class}.{own}") };
                self.case = Some((self.depth, name, Ended::Well));
            }
            b"failure" => self.ended(Ended::Failed),
            b"error" => self.ended(Ended::Error),
            b"skipped" => self.ended(Ended::Skipped),
            b"property" => self.property(element)?,
            _ => {}
        }
        Ok(())
    }

    fn ended(&mut self, how: Ended) {
        match (&mut self.case, how) {
            (Some((_, _, ended)), _) => *ended = how.max(*ended),
            // Outside of a test: a suite that could not be set up.
            (None, Ended::Failed | Ended::Error) => self.report.counts.errors += 1,
            (None, _) => {}
        }
    }

    /// The element at the present depth ends.
    fn close(&mut self) {
        self.done |= self.depth == 0;
        let Some((_, name, ended)) = self.case.take_if(|(depth, _, _)| *depth == self.depth) else { return };
        let counts = &mut self.report.counts;
        counts.tests += 1;
        match ended {
            Ended::Well => return,
            Ended::Skipped => {
                counts.skipped += 1;
                return;
            }
            Ended::Failed => counts.failures += 1,
            Ended::Error => counts.errors += 1,
        }
        if self.report.failing.len() < MOST_NAMED {
            self.report.failing.push(name.chars().filter(|c| !c.is_control()).take(200).collect());
        }
    }

    fn property(&mut self, element: &BytesStart<'_>) -> Result<()> {
        let (mut key, mut text) = (Cow::Borrowed(""), Cow::Borrowed(""));
        for (name, value) in attributes(element)? {
            match name {
                b"name" => key = value,
                b"value" => text = value,
                _ => {}
            }
        }
        // A property of one test says nothing of the others. Two different ones are refused by whoever compares.
        let known = &mut self.report.snapshots;
        if key == SNAPSHOT_PROPERTY && self.case.is_none() && known.len() < 2 && !known.iter().any(|one| *one == text) {
            known.push(text.chars().take(64).collect());
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Report> {
        if self.depth > 0 || !self.done {
            return Err(malformed("the report ends before its last element does".to_owned())
                .help("it may have been cut short; give the whole file"));
        }
        let counts = &mut self.report.counts;
        counts.failures = counts.failures.max(self.claimed.failures);
        counts.errors = counts.errors.max(self.claimed.errors);
        Ok(self.report)
    }
}

/// The attributes of an element, by their local names, as they stand.
fn attributes<'a>(element: &'a BytesStart<'_>) -> Result<Vec<(&'a [u8], Cow<'a, str>)>> {
    let mut found = Vec::new();
    // The check for doubles takes quadratic time; the number is bounded instead, and the last one counts.
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| malformed(format!("an attribute can't be read: {error}")))?;
        if found.len() == MOST_ATTRIBUTES {
            return Err(Error::new(Kind::Limit, format!("an element has more than {MOST_ATTRIBUTES} attributes")));
        }
        let value = match attribute.value {
            Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
            Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        };
        found.push((attribute.key.local_name().into_inner(), value));
    }
    Ok(found)
}

fn malformed(why: String) -> Error {
    Error::new(Kind::Malformed, why).rule("junit")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(xml: &str) -> (u64, u64, u64, u64) {
        let Counts { tests, failures, errors, skipped } = Report::parse(xml.as_bytes()).expect(xml).counts;
        (tests, failures, errors, skipped)
    }

    #[test]
    fn dialects_are_counted() {
        for (xml, expected) in [
            // Maven's surefire: retries are elements of other names, and no failures.
            (
                r#"<testsuite xmlns:xsi="x" name="A" time="0.1" tests="2" errors="0" skipped="0" failures="0">
                   <testcase name="a" classname="A"><flakyFailure message="x"/></testcase><testcase name="b"/></testsuite>"#,
                (2, 0, 0, 0),
            ),
            // gtest: suites in suites, attributes at both.
            (
                r#"<?xml version="1.0" encoding="UTF-8"?>
                   <testsuites tests="3" failures="1" disabled="0" errors="0" name="AllTests">
                   <testsuite name="S" tests="2" failures="1" errors="0"><testcase name="a"/>
                   <testcase name="b"><failure message="x" type=""><![CDATA[<testcase/>]]></failure></testcase></testsuite>
                   <testsuite name="T" tests="1" failures="0" errors="0"><testcase name="c"><skipped/></testcase></testsuite>
                   </testsuites>"#,
                (3, 1, 0, 1),
            ),
            // A failure and an error in one test are one.
            ("<testsuite><testcase><failure/><error/></testcase></testsuite>", (1, 0, 1, 0)),
            // Only an attribute tells.
            (r#"<testsuite tests="9" failures="3"/>"#, (0, 3, 0, 0)),
            // Outside of tests.
            ("<testsuites><testsuite><error/></testsuite></testsuites>", (0, 0, 1, 0)),
            ("\u{feff}<testsuite><!-- <failure/> --><testcase/></testsuite>\n<!-- end -->", (1, 0, 0, 0)),
        ] {
            assert_eq!(counts(xml), expected, "{xml}");
        }
    }

    #[test]
    fn what_speaks_for_nothing() {
        let fault = |xml: &str| Report::parse(xml.as_bytes()).expect(xml).fault();
        assert_eq!(fault("<testsuite><testcase/></testsuite>"), None);
        assert_eq!(fault("<testsuites/>").as_deref(), Some("it tells of no test"));
        let skipped = "<testsuite><testcase><skipped/></testcase></testsuite>";
        assert_eq!(fault(skipped).as_deref(), Some("all 1 tests were skipped"));
        let failed = r#"<testsuite><testcase/><testcase classname="c" name="n"><failure/></testcase></testsuite>"#;
        assert_eq!(fault(failed).as_deref(), Some("1 of 2 tests failed and 0 had errors: c.n"));
    }

    #[test]
    fn a_report_names_its_snapshot() {
        let named = |xml: &str| Report::parse(xml.as_bytes()).expect(xml).snapshots;
        let property = r#"<property name="reposnap.snapshot" value="abc"/>"#;
        let suite = format!("<testsuite><properties>{property}{property}</properties><testcase/></testsuite>");
        assert_eq!(named(&suite), ["abc"]);
        let case = format!("<testsuite><testcase><properties>{property}</properties></testcase></testsuite>");
        assert!(named(&case).is_empty());
    }

    #[test]
    fn what_is_no_report() {
        for (xml, kind, line) in [
            ("", Kind::Malformed, None),
            ("hello", Kind::Malformed, Some(1)),
            ("<html></html>", Kind::Malformed, Some(1)),
            ("<testsuite>\n<testcase>", Kind::Malformed, None),
            ("<testsuite>\n</testcase>", Kind::Malformed, Some(2)),
            ("<testsuite/>\n<testsuite/>", Kind::Malformed, Some(2)),
            ("<testsuite/>tail", Kind::Malformed, Some(1)),
            ("<testsuite><testcase><testcase/></testcase></testsuite>", Kind::Malformed, Some(1)),
            ("<!DOCTYPE x [<!ENTITY a \"b\">]>\n<testsuite/>", Kind::Malformed, Some(1)),
            ("<testsuite failures='many'/>", Kind::Malformed, Some(1)),
            ("<testsuite failures='-1'/>", Kind::Malformed, Some(1)),
            ("<testsuite failures='1/>", Kind::Malformed, Some(1)),
        ] {
            let error = Report::parse(xml.as_bytes()).expect_err(xml);
            assert_eq!((error.kind(), error.at_line()), (kind, line), "{xml}: {error}");
        }
        let deep = "<testsuite>".repeat(100);
        assert_eq!(Report::parse(deep.as_bytes()).expect_err("deep").kind(), Kind::Limit);
        let many = format!("<testsuite {}/>", "a='1' ".repeat(100));
        assert_eq!(Report::parse(many.as_bytes()).expect_err("many").kind(), Kind::Limit);
    }
}
