//! Text into a lock: strict about what is there, and not about the order in which it stands.

use super::head::Head;
use super::package::{Locked, Reason};
use super::{FORMAT, Lock, MAX_BYTES, MAX_PACKAGES, check};
use crate::deb::stanza::{Stanza, Stanzas};
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};

impl Lock {
    /// Reads a lock.
    ///
    /// # Errors
    /// [`Kind::Format`] for a format that this version does not know; [`Kind::Malformed`] with the line and the field that
    /// is missing, unknown, there twice, or not what it should be; [`Kind::Limit`] beyond [`MAX_BYTES`] or
    /// [`MAX_PACKAGES`].
    ///
    /// ```
    /// use reposnap::resolve::lockfile::Lock;
    /// let error = Lock::parse("Format: reposnap-lock 1\nSnapshot: 12\n").unwrap_err();
    /// assert_eq!(error.to_string(), "line 2: Snapshot: \"12\" is not a SHA-256 digest of 64 hexadecimal digits");
    /// ```
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() > MAX_BYTES {
            return Err(Error::new(Kind::Limit, format!("the lock has more than {MAX_BYTES} bytes")));
        }
        let mut stanzas = Stanzas::new(text.as_bytes());
        let first = stanzas.next().ok_or_else(|| Error::new(Kind::Malformed, "the lock is empty"))??;
        let head = head(Reader::new(&first)?)?;
        let mut packages: Vec<(Locked, u64)> = Vec::new();
        for stanza in stanzas {
            let stanza = stanza?;
            if packages.len() >= MAX_PACKAGES {
                let message = format!("the lock has more than {MAX_PACKAGES} packages");
                return Err(Error::new(Kind::Limit, message).line(stanza.line()));
            }
            packages.push((package(Reader::new(&stanza)?)?, stanza.line()));
        }
        packages.sort_by(|(a, _), (b, _)| (&a.name, &a.architecture).cmp(&(&b.name, &b.architecture)));
        let (packages, lines): (Vec<_>, Vec<_>) = packages.into_iter().unzip();
        let lock = Self { head, packages };
        match lock.check_architectures() {
            Some((at, error)) => Err(error.line(lines[at])),
            None => Ok(lock),
        }
    }
}

fn head(mut reader: Reader<'_>) -> Result<Head> {
    let format = reader.need("Format")?;
    if format.text != FORMAT {
        let error = Error::new(Kind::Format, format!("{:?} is a format that this version can't read", format.text));
        return Err(error.field("Format").line(format.line).help(format!("it reads \"{FORMAT}\"")));
    }
    let snapshot = reader.need("Snapshot")?.digest()?;
    let mut head = Head::new(snapshot, Vec::<String>::new());
    head.architecture = reader.need("Architecture")?.checked(check::architecture)?;
    head.foreign = reader.names("Foreign-Architectures", check::architecture)?;
    head.solver = reader.need("Solver")?.checked(check::word)?;
    head.recommends = reader.need("Recommends")?.yes()?;
    head.requested = reader.names("Requested", check::word)?;
    head.pins = reader.pins()?;
    head.default_release = reader.take("Default-Release").map(|value| value.checked(check::word)).transpose()?;
    head.base = reader.take("Base").map(|value| value.digest()).transpose()?;
    head.remove = reader.names("Remove", check::package)?;
    head.remove.sort_unstable();
    reader.finish()?;
    Ok(head)
}

fn package(mut reader: Reader<'_>) -> Result<Locked> {
    let name = reader.need("Package")?.checked(check::name)?;
    let version = reader.need("Version")?.checked(check::version)?;
    let architecture = reader.need("Architecture")?.checked(check::architecture)?;
    let size = reader.need("Size")?.number()?;
    let sha256 = reader.need("SHA256")?.digest()?;
    let file = reader.need("Filename")?.checked(check::path)?;
    let mut package = Locked::new(&name, &version, &architecture, size, sha256, &file);
    if let Some(value) = reader.take("Source") {
        let parts = value.text.split_once(" (").map(|(name, rest)| (name, rest.strip_suffix(')')));
        let (source, version) = match parts {
            Some((source, Some(version))) => (source, version),
            _ => (value.text, version.as_str()),
        };
        check::name(source).and_then(|()| check::version(version)).map_err(|error| value.at(error))?;
        (package.source, package.source_version) = (source.to_owned(), version.to_owned());
    }
    package.from = reader.take("From").map(|value| value.checked(check::line)).transpose()?;
    package.snapshot = reader.take("Snapshot").map(|value| value.digest()).transpose()?;
    package.automatic = reader.need("Automatic")?.yes()?;
    package.reason = reader.take("Reason").map(|value| value.reason()).transpose()?;
    reader.finish()?;
    Ok(package)
}

/// The fields of a stanza that nobody took yet.
struct Reader<'a> {
    line: u64,
    values: Vec<Value<'a>>,
}

/// A field's value, and where the field stands.
#[derive(Clone, Copy)]
struct Value<'a> {
    name: &'a str,
    text: &'a str,
    line: u64,
}

impl<'a> Reader<'a> {
    fn new(stanza: &Stanza<'a>) -> Result<Self> {
        stanza.refuse_duplicates()?;
        let lines = stanza.raw().split(|byte| *byte == b'\n').zip(stanza.line()..);
        let starts = lines.filter(|(line, _)| !matches!(line.first(), Some(b' ' | b'\t') | None));
        let mut values = Vec::new();
        for (field, (_, line)) in stanza.fields().zip(starts) {
            // The whole is a text, and cut only at ASCII.
            let text = |bytes| std::str::from_utf8(bytes).unwrap_or_default();
            let value = Value { name: text(field.name), text: text(field.value), line };
            if value.text.is_empty() {
                return Err(value.at(Error::new(Kind::Malformed, "the field is empty")));
            }
            values.push(value);
        }
        Ok(Self { line: stanza.line(), values })
    }

    fn take(&mut self, name: &str) -> Option<Value<'a>> {
        let at = self.values.iter().position(|value| value.name.eq_ignore_ascii_case(name))?;
        Some(self.values.swap_remove(at))
    }

    fn need(&mut self, name: &str) -> Result<Value<'a>> {
        let line = self.line;
        self.take(name).ok_or_else(|| Error::new(Kind::Malformed, "the field is missing").field(name).line(line))
    }

    fn names(&mut self, name: &str, each: impl Fn(&str) -> Result<()>) -> Result<Vec<String>> {
        let Some(value) = self.take(name) else { return Ok(Vec::new()) };
        let names: Vec<String> = value.text.lines().map(|line| line.trim().to_owned()).collect();
        check::names(&names, each).map_err(|error| value.at(error))?;
        Ok(names)
    }

    /// Pins: each line behind one blank, a full stop for an empty one.
    fn pins(&mut self) -> Result<String> {
        let Some(value) = self.take("Pins") else { return Ok(String::new()) };
        let mut text = String::with_capacity(value.text.len());
        for line in value.text.lines() {
            let line = line.strip_prefix(' ').unwrap_or(line).trim_end();
            text.push_str(if line == "." { "" } else { line });
            text.push('\n');
        }
        check::pins(&text).map_err(|error| value.at(error))
    }

    /// Fails if anything is left.
    fn finish(self) -> Result<()> {
        match self.values.iter().min_by_key(|value| value.line) {
            Some(value) => Err(value.at(Error::new(Kind::Malformed, "this version knows no such field"))),
            None => Ok(()),
        }
    }
}

impl Value<'_> {
    fn at(&self, error: Error) -> Error {
        error.field(self.name).line(self.line)
    }

    fn checked(&self, check: impl Fn(&str) -> Result<()>) -> Result<String> {
        check(self.text).map_err(|error| self.at(error))?;
        Ok(self.text.to_owned())
    }

    fn digest(&self) -> Result<Digest> {
        self.text.parse().map_err(|error| self.at(error))
    }

    /// Digits alone: a sign or a zero in front would be another text for the same number.
    fn number(&self) -> Result<u64> {
        let number = self.text.parse::<u64>().ok().filter(|number| number.to_string() == self.text);
        number.ok_or_else(|| self.at(Error::new(Kind::Malformed, format!("{:?} is no number of bytes", self.text))))
    }

    fn yes(&self) -> Result<bool> {
        match self.text {
            "yes" => Ok(true),
            "no" => Ok(false),
            other => Err(self.at(Error::new(Kind::Malformed, format!("{other:?} is neither yes nor no")))),
        }
    }

    fn reason(&self) -> Result<Reason> {
        let reason: Reason = self.text.parse().map_err(|error| self.at(error))?;
        let good = check::line(&reason.relation).and_then(|()| check::package(&reason.of));
        good.map_err(|error| self.at(error))?;
        Ok(reason)
    }
}
