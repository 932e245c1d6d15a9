//! Binary packages: the `.deb` format (deb(5)).
//!
//! An `ar` archive of `debian-binary`, `control.tar` and `data.tar`. Opening one reads the control part into
//! memory, checks the framing strictly and leaves the data part, which may be gigabytes, to be streamed.

mod container;
mod data;
mod index;
mod path;
mod tar;

use std::io::{BufRead, BufReader, Cursor, Read, Seek, SeekFrom};

pub use data::DataMembers;
pub use index::{IndexFields, index_stanza};

use super::compress::{self, Reader};
use crate::error::{Error, Kind, Result};
use container::{Found, Layout};

/// How much of a package is read before it counts as an attack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of `control.tar`, compressed and not.
    pub control_bytes: u64,
    /// Members of `control.tar`.
    pub control_members: usize,
    /// Bytes of the uncompressed `data.tar`.
    pub data_bytes: u64,
    /// Members of `data.tar`.
    pub data_members: u64,
    /// Bytes of a path or of a link's target.
    pub path_bytes: usize,
}

impl Default for Limits {
    /// 64 MiB and 1,024 members of control; 64 GiB and 4 million members of data; paths of 4,096 bytes, the `PATH_MAX` of Linux.
    fn default() -> Self {
        Self {
            control_bytes: 64 << 20,
            control_members: 1_024,
            data_bytes: 64 << 30,
            data_members: 4_000_000,
            path_bytes: 4_096,
        }
    }
}

/// An open `.deb`.
///
/// ```no_run
/// use reposnap::deb::archive::{Archive, Limits};
/// let file = std::fs::File::open("hello_2.10-3_amd64.deb").unwrap();
/// let mut package = Archive::open(file, &Limits::default())?;
/// println!("{}", String::from_utf8_lossy(package.control()));
/// for member in package.data()? {
///     let member = member?;
///     println!("{} {}", member.size, String::from_utf8_lossy(&member.path));
/// }
/// # Ok::<(), reposnap::Error>(())
/// ```
#[derive(Debug)]
pub struct Archive<R> {
    reader: R,
    layout: Layout,
    limits: Limits,
    members: Vec<ControlMember>,
    /// Where `control` is in `members`.
    control: usize,
}

/// A file of the control part, such as `control`, `md5sums` or `postinst`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlMember {
    /// The name, without `./`.
    pub name: String,
    /// Permission bits.
    pub mode: u32,
    /// The content.
    pub bytes: Vec<u8>,
}

/// A file, directory or link of the data part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataMember {
    /// The path below the root, without `./` and without a slash at either end; empty for the root itself.
    /// UTF-8 in today's packages (policy 10.10), any bytes in old ones.
    pub path: Vec<u8>,
    /// What it is.
    pub kind: MemberKind,
    /// Permission bits, with set-user-id, set-group-id and sticky.
    pub mode: u32,
    /// Owner.
    pub uid: u64,
    /// Group.
    pub gid: u64,
    /// Bytes of content; 0 for all but files.
    pub size: u64,
    /// Seconds since 1970.
    pub mtime: i64,
    /// What a symbolic link holds, verbatim, or the path of the file that a hard link shares.
    pub link: Option<Vec<u8>>,
}

/// What a member of the data part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MemberKind {
    /// A regular file.
    File,
    /// Another name of a file that came before.
    HardLink,
    /// A symbolic link.
    SymbolicLink,
    /// A directory.
    Directory,
    /// A character device.
    CharacterDevice,
    /// A block device.
    BlockDevice,
    /// A named pipe.
    Fifo,
}

/// A line of `md5sums`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Md5Sum {
    /// The digest.
    pub md5: [u8; 16],
    /// The path below the root, as [`DataMember::path`].
    pub path: Vec<u8>,
}

impl<'a> Archive<Cursor<&'a [u8]>> {
    /// Opens a package in memory.
    ///
    /// # Errors
    ///
    /// As [`Archive::open`].
    pub fn from_bytes(bytes: &'a [u8], limits: &Limits) -> Result<Self> {
        Self::open(Cursor::new(bytes), limits)
    }
}

impl<R: Read + Seek> Archive<R> {
    /// Opens a package and reads its control part.
    ///
    /// # Errors
    ///
    /// [`Kind::Malformed`] for what breaks deb(5), [`Kind::Unsupported`] for deb-old(5) and for bzip2 and lzma,
    /// [`Kind::Limit`] beyond `limits`, [`Kind::Io`] when reading fails.
    pub fn open(mut reader: R, limits: &Limits) -> Result<Self> {
        let layout = container::read(&mut reader)?;
        let members =
            read_control(&mut reader, &layout, limits).map_err(|error| error.field(layout.control.name.clone()))?;
        let control = members
            .iter()
            .position(|member| member.name == "control")
            .ok_or_else(|| no_control().field(layout.control.name.clone()))?;
        Ok(Self { reader, layout, limits: limits.clone(), members, control })
    }

    /// The members of the data part, in their order, streamed.
    ///
    /// # Errors
    ///
    /// [`Kind::Io`] when the reader can't seek. What is wrong with the data comes from the iterator.
    pub fn data(&mut self) -> Result<DataMembers<'_, R>> {
        let member = &self.layout.data;
        self.reader.seek(SeekFrom::Start(member.offset)).map_err(compress::from_io)?;
        let section = BufReader::with_capacity(128 << 10, (&mut self.reader).take(member.size));
        let stream = Reader::new(member.compression, section, self.limits.data_bytes)?;
        Ok(DataMembers::new(stream, &self.limits, member.name.clone()))
    }
}

impl<R> Archive<R> {
    /// The control file as it is in the package: one stanza.
    pub fn control(&self) -> &[u8] {
        &self.members[self.control].bytes
    }

    /// All files of the control part, in their order.
    pub fn control_members(&self) -> &[ControlMember] {
        &self.members
    }

    /// The content of one file of the control part.
    pub fn control_member(&self, name: &str) -> Option<&[u8]> {
        self.members.iter().find(|member| member.name == name).map(|member| &member.bytes[..])
    }

    /// The format version: the first line of `debian-binary`, such as `2.0`.
    pub fn format_version(&self) -> &str {
        &self.layout.version
    }

    /// The parsed `md5sums` (deb-md5sums(5)); none where the package has no such file.
    ///
    /// # Errors
    ///
    /// [`Kind::Malformed`] with the line that is not a digest, two spaces and a path.
    pub fn md5sums(&self) -> Result<Option<Vec<Md5Sum>>> {
        self.control_member("md5sums").map(|text| parse_md5sums(text, self.limits.path_bytes)).transpose()
    }
}

/// What the first bytes of a package tell of its control file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Head {
    /// The control file: one stanza.
    Control(Vec<u8>),
    /// Nothing before so many bytes are there.
    Needs(u64),
}

/// The control file of a package of `size` bytes, from its first bytes alone: it comes before the data.
///
/// Call it again with as many bytes as it needs. What follows the control part is not looked at, so this says nothing of
/// the rest of the package.
///
/// # Errors
/// As [`Archive::open`].
///
/// ```no_run
/// use reposnap::deb::archive::{Head, Limits, control_of_head};
/// # let (first_bytes, size) = (vec![0], 1);
/// match control_of_head(&first_bytes, size, &Limits::default())? {
///     Head::Control(control) => println!("{}", String::from_utf8_lossy(&control)),
///     Head::Needs(bytes) => println!("read {bytes} bytes first"),
/// }
/// # Ok::<(), reposnap::Error>(())
/// ```
pub fn control_of_head(head: &[u8], size: u64, limits: &Limits) -> Result<Head> {
    let part = match container::find_control(head, size)? {
        Found::At(part) => part,
        Found::Needs(bytes) => return Ok(Head::Needs(bytes)),
    };
    let of = |error: Error| error.field(part.name.clone());
    if part.size > limits.control_bytes {
        return Err(of(too_large(limits)));
    }
    let end = part.offset + part.size;
    let Some(bytes) = head.get(part.offset as usize..end as usize) else { return Ok(Head::Needs(end)) };
    // Whole at once, which is much quicker than in pieces: there are many packages, and these parts are small.
    let tar = compress::decompress(part.compression, bytes, limits.control_bytes).map_err(of)?;
    let members = read_members(&tar[..], limits).map_err(of)?;
    let control = members.into_iter().find(|member| member.name == "control");
    control.map(|member| Head::Control(member.bytes)).ok_or_else(|| of(no_control()))
}

fn no_control() -> Error {
    Error::new(Kind::Malformed, "the package has no control file")
}

fn too_large(limits: &Limits) -> Error {
    Error::new(Kind::Limit, format!("it is larger than {} bytes", limits.control_bytes))
}

fn read_control<R: Read + Seek>(reader: &mut R, layout: &Layout, limits: &Limits) -> Result<Vec<ControlMember>> {
    let member = &layout.control;
    if member.size > limits.control_bytes {
        return Err(too_large(limits));
    }
    reader.seek(SeekFrom::Start(member.offset)).map_err(compress::from_io)?;
    let source = BufReader::new(reader.take(member.size));
    read_members(Reader::new(member.compression, source, limits.control_bytes)?, limits)
}

fn read_members(tar: impl BufRead, limits: &Limits) -> Result<Vec<ControlMember>> {
    let mut entries = tar::Entries::new(tar, limits.path_bytes);
    let mut members: Vec<ControlMember> = Vec::new();
    while let Some(entry) = entries.next()? {
        match entry.kind {
            MemberKind::Directory => continue,
            MemberKind::File => {}
            kind => {
                return Err(Error::new(Kind::Malformed, format!("it holds something that is not a file: {kind:?}")));
            }
        }
        if members.len() == limits.control_members {
            return Err(Error::new(Kind::Limit, format!("it has more than {} files", limits.control_members)));
        }
        let name = String::from_utf8(entry.path)
            .map_err(|error| Error::new(Kind::Malformed, "a file's name is not UTF-8").source(error))?;
        if members.iter().any(|member| member.name == name) {
            return Err(Error::new(Kind::Malformed, format!("it has two files named {name:?}")));
        }
        // The reader stops at its limit, so a size that lies can't make this grow beyond it.
        let mut bytes = Vec::with_capacity(entry.size.min(1 << 20) as usize);
        entries.content().read_to_end(&mut bytes).map_err(compress::from_io)?;
        members.push(ControlMember { name, mode: entry.mode, bytes });
    }
    Ok(members)
}

fn parse_md5sums(text: &[u8], path_limit: usize) -> Result<Vec<Md5Sum>> {
    let mut sums = Vec::new();
    for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
        if line.is_empty() {
            continue;
        }
        let parse = || -> Option<Md5Sum> {
            let (digest, rest) = line.split_at_checked(32)?;
            // `md5sum --binary` writes an asterisk for the second space.
            let path = rest.strip_prefix(b"  ").or_else(|| rest.strip_prefix(b" *"))?;
            let mut md5 = [0; 16];
            for (byte, pair) in md5.iter_mut().zip(digest.chunks_exact(2)) {
                let nibble = |digit: u8| char::from(digit).to_digit(16).map(|value| value as u8);
                *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
            }
            Some(Md5Sum { md5, path: path::normalize(path, path_limit).ok().filter(|path| !path.is_empty())? })
        };
        sums.push(parse().ok_or_else(|| {
            Error::new(Kind::Malformed, "the line is not an MD5 digest, two spaces and a path")
                .path("md5sums")
                .line(index as u64 + 1)
        })?);
    }
    Ok(sums)
}
