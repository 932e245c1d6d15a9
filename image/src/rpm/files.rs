//! The files of a package, as its header lists them.

use super::header::{Header, Numbers, Strings};
use super::tag;

/// The bit of [`File::flags`] that says configuration: people change such files.
pub const FLAG_CONFIG: u32 = 1;
/// The bit of [`File::flags`] that says ghost: the package owns the path but does not bring the file.
pub const FLAG_GHOST: u32 = 1 << 6;

/// A file of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File<'a> {
    /// The folder, with a leading and a closing slash.
    pub folder: &'a [u8],
    /// The name in the folder.
    pub name: &'a [u8],
    /// Type and permissions (`st_mode`); 0 where the header does not tell.
    pub mode: u32,
    /// [`FLAG_CONFIG`], [`FLAG_GHOST`] and others.
    pub flags: u32,
    /// The size in bytes; 0 where the header does not tell.
    pub size: u64,
    /// The digest of the content in hexadecimal digits, by the algorithm of [`digest_algorithm`]. Empty for what is no regular
    /// file.
    pub digest: &'a [u8],
    /// The target, of a symbolic link; else empty.
    pub target: &'a [u8],
    /// What rpm did: 0 installed the file; 1 and 3 left it to another package, 2 left it out.
    pub state: u8,
}

impl File<'_> {
    /// The path, without the leading slash.
    pub fn path(&self) -> Vec<u8> {
        [self.folder.strip_prefix(b"/").unwrap_or(self.folder), self.name].concat()
    }

    /// Whether it is a regular file that the package brought, so that its content can be compared.
    pub fn is_comparable(&self) -> bool {
        /// The bits of `st_mode` that tell the type, and a regular file's.
        const TYPE: (u32, u32) = (0o170_000, 0o100_000);
        self.mode & TYPE.0 == TYPE.1 && self.flags & FLAG_GHOST == 0 && self.state == 0 && !self.digest.is_empty()
    }
}

/// The algorithm of the files' digests: `md5`, `sha1`, `sha256`, `sha384`, `sha512`; none for others.
pub fn digest_algorithm(header: &Header<'_>) -> Option<&'static str> {
    // Numbers of OpenPGP (RFC 9580 section 9.5).
    match header.number(tag::FILE_DIGEST_ALGO) {
        None | Some(1) => Some("md5"),
        Some(2) => Some("sha1"),
        Some(8) => Some("sha256"),
        Some(9) => Some("sha384"),
        Some(10) => Some("sha512"),
        Some(_) => None,
    }
}

/// Whether the list of files is what was signed, where anything was: none of its tags stands outside the header's region. rpm
/// rewrites the list of a package that is installed under another prefix.
pub fn are_from_region(header: &Header<'_>) -> bool {
    [
        tag::BASE_NAMES,
        tag::DIR_NAMES,
        tag::DIR_INDEXES,
        tag::FILE_MODES,
        tag::FILE_FLAGS,
        tag::FILE_DIGESTS,
        tag::FILE_DIGEST_ALGO,
        tag::FILE_LINK_TOS,
    ]
    .into_iter()
    .all(|tag| header.is_from_region(tag))
}

/// The files of a header. Ends early where a name's folder does not exist; [`Files::is_whole`] tells of lists that don't fit
/// together.
pub fn files<'a>(header: &Header<'a>) -> Files<'a> {
    Files {
        place: 0,
        whole: fits(header),
        names: header.strings(tag::BASE_NAMES),
        folders: header.strings(tag::DIR_NAMES).map(Iterator::collect).unwrap_or_default(),
        folder_of: header.numbers(tag::DIR_INDEXES),
        modes: header.numbers(tag::FILE_MODES),
        flags: header.numbers(tag::FILE_FLAGS),
        sizes: header.numbers(tag::LONG_FILE_SIZES).or_else(|| header.numbers(tag::FILE_SIZES)),
        states: header.numbers(tag::FILE_STATES),
        digests: header.strings(tag::FILE_DIGESTS),
        targets: header.strings(tag::FILE_LINK_TOS),
    }
}

/// An iterator over the files of a header.
#[derive(Clone, Debug)]
pub struct Files<'a> {
    place: usize,
    whole: bool,
    names: Option<Strings<'a>>,
    folders: Vec<&'a [u8]>,
    folder_of: Option<Numbers<'a>>,
    modes: Option<Numbers<'a>>,
    flags: Option<Numbers<'a>>,
    sizes: Option<Numbers<'a>>,
    states: Option<Numbers<'a>>,
    digests: Option<Strings<'a>>,
    targets: Option<Strings<'a>>,
}

impl Files<'_> {
    /// Whether the lists that the header tells files in have one entry for each file, and every file a folder.
    pub fn is_whole(&self) -> bool {
        self.whole
    }
}

impl<'a> Iterator for Files<'a> {
    type Item = File<'a>;

    fn next(&mut self) -> Option<File<'a>> {
        let name = self.names.as_mut()?.next()?;
        let number = |numbers: &Option<Numbers<'a>>| numbers.and_then(|numbers| numbers.get(self.place));
        let folder = usize::try_from(number(&self.folder_of)?).ok()?;
        let file = File {
            folder: self.folders.get(folder)?,
            name,
            mode: low(number(&self.modes)),
            flags: low(number(&self.flags)),
            size: number(&self.sizes).unwrap_or(0),
            digest: self.digests.as_mut().and_then(Iterator::next).unwrap_or_default(),
            target: self.targets.as_mut().and_then(Iterator::next).unwrap_or_default(),
            state: number(&self.states).and_then(|state| u8::try_from(state).ok()).unwrap_or(0),
        };
        self.place += 1;
        Some(file)
    }
}

fn low(number: Option<u64>) -> u32 {
    number.and_then(|number| u32::try_from(number).ok()).unwrap_or(0)
}

/// Whether the lists are of one length and every folder exists.
fn fits(header: &Header<'_>) -> bool {
    let strings = |tag| header.strings(tag).map(Iterator::count);
    let numbers = |tag| header.numbers(tag).map(|numbers| numbers.len());
    let Some(names) = strings(tag::BASE_NAMES) else {
        return strings(tag::DIR_NAMES).is_none() && numbers(tag::DIR_INDEXES).is_none();
    };
    let folders = strings(tag::DIR_NAMES).unwrap_or(0);
    let all_folders_exist = header.numbers(tag::DIR_INDEXES).is_some_and(|indexes| {
        indexes.len() == names
            && (0..names).all(|place| {
                indexes
                    .get(place)
                    .and_then(|folder| usize::try_from(folder).ok())
                    .is_some_and(|folder| folder < folders)
            })
    });
    all_folders_exist
        && [strings(tag::FILE_DIGESTS), numbers(tag::FILE_MODES), numbers(tag::FILE_FLAGS), numbers(tag::FILE_STATES)]
            .into_iter()
            .flatten()
            .all(|count| count == names)
}
