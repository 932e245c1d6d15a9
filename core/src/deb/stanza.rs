//! Stanzas of control data (deb822): Packages, Sources, Release, the control file of a package.
//!
//! The reading is apt's, so that nobody downstream sees other fields than this does; it is stricter where apt shrugs:
//!
//! - A stanza ends at an empty line, or one of carriage returns only. A line of spaces is *not* empty: to apt it goes on
//!   with the field before it. (dpkg's perl tools end the stanza there.)
//! - A line that starts with a space or a tab goes on with the field before it. At the start of a stanza it is an error
//!   here; apt drops it.
//! - Every other line is `name: value`, where the name follows Debian policy 5.1: printable ASCII without space and
//!   colon, not starting with `#` or `-`. So comments are errors; policy allows them in `debian/control` alone. apt
//!   would take a line without a colon as the beginning of the next field's name.
//! - White space around a value (C's `isspace`) is not part of it, nor is a line end right behind the colon.
//! - Of two fields with one name apt sees the last, and so does [`Stanza::get`]. Policy forbids them:
//!   [`Stanza::refuse_duplicates`].
//! - A NUL byte and more than [`MAX_STANZA`] bytes are errors.

use crate::error::{Error, Kind, Result};

mod field;
mod select;

pub use field::{Field, Fields};
pub use select::{Select, Selection};

use field::Name;

/// The most bytes that one stanza may have.
pub const MAX_STANZA: usize = 16 << 20;

/// The stanzas of some control data in order, borrowed from it.
///
/// A stanza that comes out is well-formed throughout. After an error the iteration ends.
///
/// ```
/// use reposnap::deb::stanza::Stanzas;
/// let packages = b"Package: a\nVersion: 1\n\nPackage: b\nVersion: 2\nDescription: short\n long\n";
/// let mut versions = Vec::new();
/// for stanza in Stanzas::new(packages) {
///     versions.push(stanza?.get("Version"));
/// }
/// assert_eq!(versions, [Some(&b"1"[..]), Some(b"2")]);
///
/// let error = Stanzas::new(b"Package: a\nVersion\n").next().unwrap().unwrap_err();
/// assert_eq!(error.to_string(), "line 2: \"Version\" is no field: it has no colon");
/// # Ok::<(), reposnap::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Stanzas<'a> {
    data: &'a [u8],
    position: usize,
    line: u64,
}

impl<'a> Stanzas<'a> {
    /// The stanzas of `data`.
    pub fn new(data: &'a [u8]) -> Self {
        Self { data, position: 0, line: 1 }
    }

    /// The same stanzas together with the values of some fields, all found in one pass.
    ///
    /// This is the fastest way to a few fields of every stanza.
    pub fn select<'s, const N: usize>(self, selection: &'s Selection<'s, N>) -> Select<'a, 's, N> {
        Select::new(self, selection)
    }

    /// The next stanza, whose fields are put into `fields` in the same pass; what was in there is dropped.
    ///
    /// This is the fastest way to all fields of every stanza.
    ///
    /// ```
    /// use reposnap::deb::stanza::Stanzas;
    /// let mut stanzas = Stanzas::new(b"Package: a\nVersion: 1\n\nPackage: b\n");
    /// let (mut fields, mut counts) = (Vec::new(), Vec::new());
    /// while let Some(stanza) = stanzas.next_with_fields(&mut fields) {
    ///     stanza?;
    ///     counts.push(fields.len());
    /// }
    /// assert_eq!(counts, [2, 1]);
    /// # Ok::<(), reposnap::Error>(())
    /// ```
    pub fn next_with_fields(&mut self, fields: &mut Vec<Field<'a>>) -> Option<Result<Stanza<'a>>> {
        let data = self.data;
        fields.clear();
        let mut open: Option<(usize, Name)> = None;
        let stanza = self.advance(|at, name| {
            if let Some((start, name)) = open.replace((at, name)) {
                fields.push(Field::new(&data[start..at], name));
            }
        })?;
        if let (Ok(stanza), Some((start, name))) = (&stanza, open) {
            fields.push(Field::new(&data[start..stanza.offset + stanza.raw.len()], name));
        }
        Some(stanza)
    }

    /// Reads the next stanza and shows `visit` each field: where its line starts, and its name.
    fn advance(&mut self, visit: impl FnMut(usize, Name)) -> Option<Result<Stanza<'a>>> {
        while let Some(length) = empty_line(&self.data[self.position..]) {
            self.position += length;
            self.line += 1;
        }
        if self.position == self.data.len() {
            return None;
        }
        let (offset, line) = (self.position, self.line);
        let result = self.scan(visit).map(|()| Stanza { raw: &self.data[offset..self.position], offset, line });
        if result.is_err() {
            self.position = self.data.len();
        }
        Some(result)
    }

    /// Moves over one stanza, of which there is at least a byte.
    fn scan(&mut self, mut visit: impl FnMut(usize, Name)) -> Result<()> {
        let (data, start) = (self.data, self.position);
        let mut at = start;
        while let Some(&first) = data.get(at) {
            match first {
                b' ' | b'\t' if at > start => {}
                b' ' | b'\t' => {
                    let message = "a stanza starts with a line that continues a field";
                    return Err(Error::new(Kind::Malformed, message).line(self.line));
                }
                b'\n' | b'\r' if empty_line(&data[at..]).is_some() => break,
                _ => match Name::read(&data[at..]) {
                    Some(name) => visit(at, name),
                    None => return Err(Name::fault(&data[at..]).line(self.line)),
                },
            }
            at = memchr::memchr(b'\n', &data[at..]).map_or(data.len(), |end| at + end + 1);
            self.line += 1;
            if at - start > MAX_STANZA {
                let message = format!("a stanza is longer than {MAX_STANZA} bytes");
                return Err(Error::new(Kind::Limit, message).line(self.line));
            }
        }
        self.position = at;
        match memchr::memchr(0, &data[start..at]) {
            Some(nul) => {
                let behind = memchr::memchr_iter(b'\n', &data[start + nul..at]).count() as u64;
                Err(Error::new(Kind::Malformed, "a stanza has a NUL byte").line(self.line - behind))
            }
            None => Ok(()),
        }
    }
}

impl<'a> Iterator for Stanzas<'a> {
    type Item = Result<Stanza<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.advance(|_, _| {})
    }
}

impl std::iter::FusedIterator for Stanzas<'_> {}

/// One well-formed stanza: at least one field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Stanza<'a> {
    raw: &'a [u8],
    offset: usize,
    line: u64,
}

impl<'a> Stanza<'a> {
    /// The only stanza of `data`, such as a package's control file; empty lines around it are fine.
    ///
    /// # Errors
    /// Those of [`Stanzas`], and [`Kind::Malformed`] where there is no stanza or a second one.
    ///
    /// ```
    /// use reposnap::deb::stanza::Stanza;
    /// let control = Stanza::parse(b"Package: a\nVersion: 1\n")?;
    /// assert_eq!(control.get("package"), Some(&b"a"[..]));
    /// assert!(Stanza::parse(b"Package: a\n\nPackage: b\n").is_err());
    /// # Ok::<(), reposnap::Error>(())
    /// ```
    pub fn parse(data: &'a [u8]) -> Result<Self> {
        let mut stanzas = Stanzas::new(data);
        let first = stanzas.next().ok_or_else(|| Error::new(Kind::Malformed, "there is no stanza"))??;
        match stanzas.next() {
            None => Ok(first),
            Some(second) => {
                Err(Error::new(Kind::Malformed, "there is a second stanza where one is allowed").line(second?.line))
            }
        }
    }

    /// A stanza that was parsed before it was stored, and so is not checked again.
    pub(crate) fn of_checked(raw: &'a [u8]) -> Self {
        Self { raw, offset: 0, line: 1 }
    }

    /// Its bytes, up to and with the line end of its last line (which the last stanza of a file may lack), but without
    /// the empty line behind it. With the bytes between the stanzas these make up the whole.
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// Where in the data it starts, in bytes.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The line of the data in which it starts, counted from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The value of the field `name`, of any case; the last one if there are several.
    ///
    /// White space around it is cut off, line ends and leading spaces inside it are kept. To read several fields, take
    /// [`Stanza::select`].
    pub fn get(&self, name: &str) -> Option<&'a [u8]> {
        let [value] = self.select(&Selection::new([name]));
        value
    }

    /// The values of the fields of `selection`, found in one pass; each as of [`Stanza::get`].
    ///
    /// ```
    /// use reposnap::deb::stanza::{Selection, Stanza};
    /// let stanza = Stanza::parse(b"Package: a\nVersion: 1\n")?;
    /// let [version, multi_arch] = stanza.select(&Selection::new(["Version", "Multi-Arch"]));
    /// assert_eq!((version, multi_arch), (Some(&b"1"[..]), None));
    /// # Ok::<(), reposnap::Error>(())
    /// ```
    pub fn select<const N: usize>(&self, selection: &Selection<'_, N>) -> [Option<&'a [u8]>; N] {
        selection.find(self.raw)
    }

    /// Its fields in order.
    ///
    /// ```
    /// use reposnap::deb::stanza::Stanza;
    /// let stanza = Stanza::parse(b"Package: a\nTag: x,\n y\n")?;
    /// let fields: Vec<_> = stanza.fields().map(|field| (field.name, field.value)).collect();
    /// assert_eq!(fields, [(&b"Package"[..], &b"a"[..]), (b"Tag", b"x,\n y")]);
    /// # Ok::<(), reposnap::Error>(())
    /// ```
    pub fn fields(&self) -> Fields<'a> {
        Fields::new(self.raw)
    }

    /// Fails if two fields have the same name but for case, which Debian policy 5.1 forbids.
    ///
    /// # Errors
    /// [`Kind::Malformed`] with the name and the line of the second field.
    pub fn refuse_duplicates(&self) -> Result<()> {
        let Some((name, at)) = field::duplicate(self.raw) else { return Ok(()) };
        let line = self.line + memchr::memchr_iter(b'\n', &self.raw[..at]).count() as u64;
        Err(Error::new(Kind::Malformed, "a stanza has this field twice")
            .field(String::from_utf8_lossy(name))
            .line(line))
    }
}

impl std::fmt::Debug for Stanza<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Stanza(line {}, {:?})", self.line, String::from_utf8_lossy(self.raw))
    }
}

/// The length of the empty line that `data` starts with, with its line end. Carriage returns count as nothing.
fn empty_line(data: &[u8]) -> Option<usize> {
    let returns = data.iter().take_while(|byte| **byte == b'\r').count();
    match data.get(returns) {
        Some(b'\n') => Some(returns + 1),
        Some(_) => None,
        None => (returns > 0).then_some(returns),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stanzas(data: &[u8]) -> Vec<Stanza<'_>> {
        Stanzas::new(data).collect::<Result<_>>().expect("well-formed")
    }

    fn failure(data: &[u8]) -> String {
        let mut stanzas = Stanzas::new(data).skip_while(Result::is_ok);
        let error = stanzas.next().expect("an error").expect_err("an error");
        assert!(stanzas.next().is_none(), "an error ends the stanzas");
        error.to_string()
    }

    #[test]
    fn bytes_between_and_inside_make_up_the_whole() {
        for data in [
            &b"A: 1\nB: 2\n\nC: 3\n"[..],
            b"\n\n\nA: 1\n\n\n\nB: 2",
            b"\r\nA: 1\r\nB: 2\r\n\r\nC: 3\r\n\r\r\n\r",
            b"A:\n\nB:",
            b"",
            b"\n",
        ] {
            let mut whole = Vec::new();
            for stanza in stanzas(data) {
                assert!(stanza.offset() >= whole.len());
                whole.extend_from_slice(&data[whole.len()..stanza.offset()]);
                whole.extend_from_slice(stanza.raw());
                assert_eq!(stanza.line(), 1 + data[..stanza.offset()].iter().filter(|b| **b == b'\n').count() as u64);
                assert!(stanza.raw().ends_with(b"\n") || stanza.offset() + stanza.raw().len() == data.len());
            }
            whole.extend_from_slice(&data[whole.len()..]);
            assert_eq!(whole, data);
        }
    }

    #[test]
    fn empty_lines_are_apts() {
        assert_eq!(stanzas(b"A: 1\r\nB: 2\r\n\r\nC: 3\r\n").len(), 2);
        assert_eq!(stanzas(b"A: 1\n\r\r\nB: 2\n").len(), 2);
        // A line of spaces goes on with the field before it.
        let found = stanzas(b"A: 1\n  \nB: 2\n");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].get("A"), Some(&b"1"[..]));
        assert_eq!(found[0].get("B"), Some(&b"2"[..]));
        let found = stanzas(b"A: 1\n \n\nB: 2\n");
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn values_are_trimmed_outside_only() {
        let data = b"A:\n x\n y\nB:   x  \n\tfoo  \n .\n bar \t\r\nC:\nDescription-md5-and-more: \x0b\x0cx\x0b\nD:x";
        let stanza = Stanza::parse(data).expect("well-formed");
        let values: Vec<_> = stanza.fields().map(|field| field.value).collect();
        assert_eq!(values, [&b"x\n y"[..], b"x  \n\tfoo  \n .\n bar", b"", b"x", b"x"]);
        for field in stanza.fields() {
            let name = std::str::from_utf8(field.name).expect("ASCII");
            assert!(field.is(name) && field.is(&name.to_lowercase()));
            assert_eq!(stanza.get(name), Some(field.value));
            assert_eq!(stanza.get(&name.to_lowercase()), Some(field.value));
        }
        assert_eq!(stanza.get("Description-md5-and"), None);
        assert_eq!(stanza.get("Description-md5-"), None);
        assert_eq!(stanza.get(""), None);
    }

    #[test]
    fn the_last_of_two_counts() {
        let stanza = Stanza::parse(b"A: 1\nB: x\na: 2\n").expect("well-formed");
        assert_eq!(stanza.get("A"), Some(&b"2"[..]));
        let error = stanza.refuse_duplicates().expect_err("two fields");
        assert_eq!(error.to_string(), "line 3: a: a stanza has this field twice");
        assert!(stanzas(b"A: 1\nB: x\nAB: 2\n")[0].refuse_duplicates().is_ok());
    }

    #[test]
    fn select_and_get_agree() {
        let data = b"Package: a\nVersion: 1\nSource: s\n (x)\n\nPackage: b\nA-very-long-name-indeed: 2\nVersion:\n";
        let names = ["version", "A-very-long-name-Indeed", "Source", "None", "Package"];
        let selection = Selection::new(names);
        let mut count = 0;
        for item in Stanzas::new(data).select(&selection) {
            let (stanza, values) = item.expect("well-formed");
            for (name, value) in names.iter().zip(values) {
                assert_eq!(stanza.get(name), value, "{name}");
            }
            assert_eq!(stanza.select(&selection), values);
            count += 1;
        }
        assert_eq!(count, 2);
    }

    #[test]
    fn refusals_say_why_and_where() {
        for (data, message) in [
            (&b"A: 1\n\nB\nC: 1\n"[..], "line 3: \"B\" is no field: it has no colon"),
            (b"A: 1\n# c: d\n", "line 2: \"# c: d\" is no field: its name starts with '#'"),
            (b"-A: 1\n", "line 1: \"-A: 1\" is no field: its name starts with '-'"),
            (b": 1\n", "line 1: \": 1\" is no field: its name is empty"),
            (b"A : 1\n", "line 1: \"A : 1\" is no field: ' ' may not stand in its name"),
            (
                b"A-long-name-of-a-field\xe9: 1\n",
                "line 1: \"A-long-name-of-a-field\u{fffd}: 1\" is no field: the byte 0xe9 may not stand in its name",
            ),
            (
                b"A\x7f: 1234567890123456\n",
                "line 1: \"A\\u{7f}: 1234567890123456\" is no field: '\\u{7f}' may not stand in its name",
            ),
            (b"A: 1\n\n x\n", "line 3: a stanza starts with a line that continues a field"),
            (b"A: 1\nB: \0\n x\n y\n\nC: 1", "line 2: a stanza has a NUL byte"),
        ] {
            assert_eq!(failure(data), message);
        }
        let long = [b"A: ", vec![b'x'; MAX_STANZA].as_slice()].concat();
        assert_eq!(failure(&long), "line 2: a stanza is longer than 16777216 bytes");
        let lines = b"A: 1\n".repeat(MAX_STANZA / 5 + 1);
        assert!(failure(&lines).ends_with("a stanza is longer than 16777216 bytes"));
    }
}
