//! The outer `ar` archive.

use std::io::{Read, Seek, SeekFrom};

use crate::deb::compress::{Compression, from_io};
use crate::error::{Error, Kind, Result};

/// Where the parts of a package are.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// The first line of `debian-binary`.
    pub(super) version: String,
    pub(super) control: Part,
    pub(super) data: Part,
}

/// A member of the `ar` archive that is a tar archive.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) compression: Compression,
    pub(super) offset: u64,
    pub(super) size: u64,
}

/// What the first bytes of a package tell of its control part.
pub(super) enum Found {
    /// Where it is.
    At(Part),
    /// Nothing before so many bytes are there.
    Needs(u64),
}

const MAGIC: &[u8; 8] = b"!<arch>\n";

/// A header of a member: name 16, time 12, owner 6, group 6, mode 8, size 10, end 2.
const HEADER: usize = 60;

/// More members than any package has: three, and perhaps some signatures.
const MEMBER_LIMIT: usize = 64;

/// A `debian-binary` of more bytes is none.
const VERSION_LIMIT: u64 = 1_024;

/// Reads all headers, without the content of any member but `debian-binary`.
pub(super) fn read<R: Read + Seek>(reader: &mut R) -> Result<Layout> {
    let end = reader.seek(SeekFrom::End(0)).map_err(from_io)?;
    reader.rewind().map_err(from_io)?;
    check_magic(reader, end)?;
    let mut position = MAGIC.len() as u64;
    let mut version = None;
    let mut control: Option<Part> = None;
    let mut data: Option<Part> = None;
    for count in 0.. {
        if position == end {
            break;
        }
        if count == MEMBER_LIMIT {
            return Err(Error::new(Kind::Limit, format!("the package has more than {MEMBER_LIMIT} ar members")));
        }
        let (name, size) = read_header(reader, position, end)?;
        let offset = position + HEADER as u64;
        if version.is_none() {
            version = Some(read_version(reader, &name, size)?);
        } else if let Some(compression) = tar_member(&name, "control.tar")? {
            place(&mut control, Part { name, compression, offset, size }, data.is_none())?;
        } else if let Some(compression) = tar_member(&name, "data.tar")? {
            place(&mut data, Part { name, compression, offset, size }, control.is_some())?;
        } else if data.is_none() && !name.starts_with('_') || name == "debian-binary" {
            return Err(malformed(format!("the ar member {name:?} is out of place")));
        }
        position = next_member(reader, offset + size, end)?;
    }
    let missing = |part: &str| malformed(format!("the package has no {part}"));
    Ok(Layout {
        version: version.ok_or_else(|| missing("debian-binary"))?,
        control: control.ok_or_else(|| missing("control.tar"))?,
        data: data.ok_or_else(|| missing("data.tar"))?,
    })
}

/// Where the control part is, from the first bytes of a package of `size` bytes; how many of them are needed where they
/// are too few. What follows the control part is not looked at.
pub(super) fn find_control(head: &[u8], size: u64) -> Result<Found> {
    let mut reader = std::io::Cursor::new(head);
    let mut need = MAGIC.len() as u64;
    let mut version = None;
    // debian-binary and the control part come first, but for members with an underscore (deb(5)).
    for count in 0..MEMBER_LIMIT {
        let position = need;
        if position > size {
            break;
        }
        need += HEADER as u64;
        if (head.len() as u64) < need.min(size) {
            return Ok(Found::Needs(need.min(size)));
        }
        if count == 0 {
            check_magic(&mut reader, size)?;
        }
        reader.set_position(position);
        let (name, length) = read_header(&mut reader, position, size)?;
        let offset = need;
        if version.is_none() {
            need += length.min(VERSION_LIMIT);
            if (head.len() as u64) < need {
                return Ok(Found::Needs(need));
            }
            version = Some(read_version(&mut reader, &name, length)?);
        } else if let Some(compression) = tar_member(&name, "control.tar")? {
            return Ok(Found::At(Part { name, compression, offset, size: length }));
        } else if !name.starts_with('_') {
            return Err(malformed(format!("the ar member {name:?} is out of place")));
        }
        need = (offset + length).next_multiple_of(2);
    }
    Err(malformed("the package has no control.tar"))
}

fn check_magic<R: Read>(reader: &mut R, end: u64) -> Result<()> {
    if end < MAGIC.len() as u64 {
        return Err(malformed("the file is too short for a Debian package"));
    }
    let mut magic = [0; MAGIC.len()];
    reader.read_exact(&mut magic).map_err(from_io)?;
    if magic.starts_with(b"0.93") {
        return Err(Error::new(Kind::Unsupported, "the package has the old format of deb-old(5)"));
    }
    if magic != *MAGIC {
        return Err(malformed("the file is not a Debian package: it does not begin as an ar archive does"));
    }
    Ok(())
}

/// Reads the header at `position`, where the reader stands.
fn read_header<R: Read>(reader: &mut R, position: u64, end: u64) -> Result<(String, u64)> {
    let broken = |why: &str| malformed(format!("the ar header at byte {position} is broken: {why}"));
    if end - position < HEADER as u64 {
        return Err(broken("the file ends in it"));
    }
    let mut header = [0; HEADER];
    reader.read_exact(&mut header).map_err(from_io)?;
    if &header[58..] != b"`\n" {
        return Err(broken("its end mark is missing"));
    }
    let text = |range: std::ops::Range<usize>| {
        let field = header[range].trim_ascii_end();
        std::str::from_utf8(field).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_graphic()))
    };
    let number = |range| text(range).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()));
    for (range, what) in [(16..28, "time"), (28..34, "owner"), (34..40, "group"), (40..48, "mode")] {
        number(range).ok_or_else(|| broken(&format!("its {what} is not a number")))?;
    }
    // A slash ends the name where GNU ar wrote it (deb(5)).
    let name = text(0..16).ok_or_else(|| broken("its name is not printable"))?;
    let name = name.strip_suffix('/').unwrap_or(name);
    if name.is_empty() {
        return Err(broken("it has no name"));
    }
    let size = number(48..58).and_then(|digits| digits.parse::<u64>().ok());
    let size = size.ok_or_else(|| broken("its size is not a number"))?;
    if size > end - position - HEADER as u64 {
        return Err(broken(&format!("{name:?} is said to have {size} bytes, more than the file holds")));
    }
    Ok((name.to_owned(), size))
}

fn read_version<R: Read>(reader: &mut R, name: &str, size: u64) -> Result<String> {
    if name != "debian-binary" {
        return Err(malformed(format!("the first ar member is {name:?}, not debian-binary")));
    }
    if size > VERSION_LIMIT {
        return Err(malformed("debian-binary is too long"));
    }
    let mut text = String::new();
    reader
        .take(size)
        .read_to_string(&mut text)
        .map_err(|error| malformed("debian-binary is not text").source(error))?;
    // More lines may follow in the future and are to be ignored, as is the minor number (deb(5)).
    let line = text.split_once('\n').map(|(line, _)| line).ok_or_else(|| malformed("debian-binary has no line"))?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    match line.split_once('.') {
        Some(("2", minor)) if digits(minor) => Ok(line.to_owned()),
        Some((major, minor)) if digits(major) && digits(minor) => {
            Err(Error::new(Kind::Unsupported, format!("the package has format version {line}, not 2")))
        }
        _ => Err(malformed(format!("debian-binary holds {line:?}, not a format version"))),
    }
}

/// The compression of the member `name` if it is the tar archive `stem`.
fn tar_member(name: &str, stem: &str) -> Result<Option<Compression>> {
    let Some(extension) = name.strip_prefix(stem) else { return Ok(None) };
    match extension {
        "" => Ok(Some(Compression::None)),
        ".gz" => Ok(Some(Compression::Gzip)),
        ".xz" => Ok(Some(Compression::Xz)),
        ".zst" => Ok(Some(Compression::Zstd)),
        _ => Err(Error::new(Kind::Unsupported, format!("{name:?} is compressed in a way that is not supported"))
            .help("rebuild the package with gzip, xz or zstd")),
    }
}

fn place(slot: &mut Option<Part>, part: Part, in_order: bool) -> Result<()> {
    if slot.is_some() {
        return Err(malformed(format!("the package has a second {}", part.name)));
    }
    if !in_order {
        return Err(malformed(format!("the ar member {:?} is out of place", part.name)));
    }
    *slot = Some(part);
    Ok(())
}

/// Moves to the next header: members begin at even bytes. dpkg asks for no filler after the last.
fn next_member<R: Read + Seek>(reader: &mut R, position: u64, end: u64) -> Result<u64> {
    reader.seek(SeekFrom::Start(position)).map_err(from_io)?;
    if position.is_multiple_of(2) || position == end {
        return Ok(position);
    }
    let mut filler = [0];
    reader.read_exact(&mut filler).map_err(from_io)?;
    if filler != *b"\n" {
        return Err(malformed(format!("the ar archive has no newline as filler at byte {position}")));
    }
    Ok(position + 1)
}

fn malformed(message: impl Into<String>) -> Error {
    Error::new(Kind::Malformed, message)
}
