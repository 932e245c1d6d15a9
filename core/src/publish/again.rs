//! Compressed indexes as an upstream signed them, made again.
//!
//! The store keeps indexes uncompressed, in pieces that successive snapshots share, and a Release signs the compressed
//! ones too. An encoder gives the same bytes for the same input and settings, and archives are made by few programs.
//! So the settings of those are tried, and what has the signed digest is what upstream has; nothing else is used.

use liblzma::stream::{Action, Check, MtStreamBuilder, PRESET_EXTREME, Status, Stream};

use crate::deb::release::{FileHash, Release};
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::openpgp::signed_text;
use crate::publish::signatures::Signed;

/// The settings of a program that archives compress their indexes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Recipe {
    /// xz's level, 0 to 9.
    level: u32,
    /// Whether it is `--extreme`.
    extreme: bool,
    /// The bytes of each block of the stream, where xz makes them with several threads: three dictionaries.
    blocks: Option<usize>,
    /// Whether an empty stream follows, by which apt-ftparchive ends a file.
    empty_end: bool,
}

/// What was found by comparing with the archives: Debian's dak; apt-ftparchive, which also makes Ubuntu's; reprepro;
/// and what `xz` does by itself up to 5.4 and since.
const RECIPES: [Recipe; 5] = [
    Recipe { level: 6, extreme: true, blocks: Some(24 << 20), empty_end: false },
    Recipe { level: 6, extreme: false, blocks: None, empty_end: true },
    Recipe { level: 9, extreme: false, blocks: None, empty_end: false },
    Recipe { level: 6, extreme: false, blocks: None, empty_end: false },
    Recipe { level: 6, extreme: false, blocks: Some(24 << 20), empty_end: false },
];

/// The largest index that is tried: the largest of Debian's, of sources, has a fifth of that and takes a minute.
const LARGEST: usize = 256 << 20;

/// From this size on, an index that no recipe fits says that none fits the others of its Release either.
pub(crate) const TELLING: usize = 4 << 10;

/// Up to this size all recipes are tried, since several may fit.
const SMALL: usize = 256 << 10;

/// The most threads at once; each takes about 160 MiB.
const MOST_THREADS: usize = 8;

/// The recipes of one upstream: of an archive's indexes one tells how the others are made.
pub(crate) struct Recipes {
    release: Option<Release>,
    left: Vec<Recipe>,
}

impl Recipes {
    /// For the indexes that `signed` names; where nothing in it can be read, none can be made.
    pub(crate) fn new(signed: &Signed) -> Self {
        let text = match (&signed.in_release, &signed.release) {
            (Some(message), _) => signed_text(message).ok(),
            (None, release) => release.clone(),
        };
        Self { release: text.and_then(|text| Release::parse(&text).ok()), left: RECIPES.to_vec() }
    }

    /// What is signed of the xz form of the index at `path`.
    pub(crate) fn signed(&self, path: &str) -> Option<FileHash> {
        self.release.as_ref()?.file(&format!("{path}.xz")).ok().flatten().copied()
    }

    /// Whether the Release has the index at `path` in any compression.
    pub(crate) fn names_compressed(&self, path: &str) -> bool {
        let files = self.release.as_ref().map(Release::files);
        files.is_some_and(|files| {
            ["gz", "xz", "bz2", "lzma", "zst", "lz4"].iter().any(|end| files.contains_key(&format!("{path}.{end}")))
        })
    }

    /// Nothing more will be tried.
    pub(crate) fn give_up(&mut self) {
        self.left.clear();
    }

    /// The xz form of `text`, if one of the recipes makes what was signed. Takes a second of CPU for each MiB and recipe.
    pub(crate) fn make(&mut self, text: &[u8], signed: &FileHash) -> Result<Option<Vec<u8>>> {
        if text.len() > LARGEST {
            return Ok(None);
        }
        let mut fitting = Vec::new();
        let mut made = None;
        for recipe in &self.left {
            let bytes = recipe.compress(text)?;
            if fits(&bytes, signed) {
                fitting.push(*recipe);
                made = made.or(Some(bytes));
                // Of a small text several recipes may make the same, of a large one never.
                if text.len() > SMALL {
                    break;
                }
            }
        }
        if made.is_some() {
            self.left = fitting;
            return Ok(made);
        }
        if text.len() >= TELLING {
            self.give_up();
        }
        Ok(None)
    }
}

/// Whether `bytes` are what was signed, by every digest that there is.
pub(crate) fn fits(bytes: &[u8], signed: &FileHash) -> bool {
    use sha2::Digest as _;
    bytes.len() as u64 == signed.size
        && (signed.sha256.is_some() || signed.sha512.is_some())
        && signed.sha256.is_none_or(|sha256| Digest::of(bytes) == sha256)
        && signed.sha512.is_none_or(|sha512| sha2::Sha512::digest(bytes)[..] == sha512[..])
}

impl Recipe {
    fn compress(self, text: &[u8]) -> Result<Vec<u8>> {
        let mut bytes = run(self.encoder(text.len())?, text)?;
        if self.empty_end {
            bytes.extend(run(self.encoder(0)?, b"")?);
        }
        Ok(bytes)
    }

    fn encoder(self, size: usize) -> Result<Stream> {
        let preset = if self.extreme { self.level | PRESET_EXTREME } else { self.level };
        let stream = if let Some(block) = self.blocks {
            let cores = std::thread::available_parallelism().map_or(1, usize::from);
            let mut builder = MtStreamBuilder::new();
            builder.preset(preset).check(Check::Crc64).block_size(block as u64);
            // How many threads there are makes no difference to the bytes.
            builder.threads(cores.min(MOST_THREADS).min(size.div_ceil(block)).max(1) as u32);
            builder.encoder()
        } else {
            Stream::new_easy_encoder(preset, Check::Crc64)
        };
        stream.map_err(failed)
    }
}

fn run(mut stream: Stream, text: &[u8]) -> Result<Vec<u8>> {
    let mut output = Vec::with_capacity(text.len() / 5 + 256);
    loop {
        if output.len() == output.capacity() {
            output.reserve(output.len());
        }
        let read = usize::try_from(stream.total_in()).unwrap_or(usize::MAX);
        let rest = text.get(read..).unwrap_or_default();
        if stream.process_vec(rest, &mut output, Action::Finish).map_err(failed)? == Status::StreamEnd {
            return Ok(output);
        }
    }
}

fn failed(error: liblzma::stream::Error) -> Error {
    Error::new(Kind::Internal, "xz could not compress").source(error)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    /// Text like an index, of about `size` bytes.
    fn index(size: usize) -> Vec<u8> {
        let mut text = Vec::new();
        for number in 0_u64.. {
            if text.len() >= size {
                break;
            }
            let digest = Digest::of(&number.to_le_bytes());
            text.extend(format!("Package: p{number}\nVersion: {}\nSHA256: {digest}\n\n", number % 7).bytes());
        }
        text
    }

    fn signed(bytes: &[u8]) -> FileHash {
        FileHash { size: bytes.len() as u64, sha256: Some(Digest::of(bytes)), sha512: None }
    }

    fn recipes() -> Recipes {
        Recipes::new(&Signed::default())
    }

    /// The program `xz` makes the same of the same text.
    #[test]
    fn the_recipes_are_those_of_xz() {
        use std::io::Write as _;
        use std::process::{Command, Stdio};
        let text = index(100_000);
        for (arguments, end) in [
            (&["-6e", "-T2", "--block-size=25165824"][..], None),
            (&["-6", "-T1"], Some(&b""[..])),
            (&["-9", "-T1"], None),
            (&["-6", "-T1"], None),
            (&["-6", "-T2", "--block-size=25165824"], None),
        ] {
            let run = |text: &[u8]| {
                let mut child =
                    Command::new("xz").args(arguments).arg("-c").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
                let child = child.as_mut().unwrap_or_else(|error| panic!("xz is needed for this test: {error}"));
                let mut input = child.stdin.take().unwrap();
                let text = text.to_vec();
                let writer = std::thread::spawn(move || input.write_all(&text));
                let mut output = Vec::new();
                std::io::Read::read_to_end(child.stdout.as_mut().unwrap(), &mut output).unwrap();
                writer.join().unwrap().unwrap();
                assert!(child.wait().unwrap().success());
                output
            };
            let mut bytes = run(&text);
            bytes.extend(end.map(&run).unwrap_or_default());
            assert_eq!(recipes().make(&text, &signed(&bytes)).unwrap(), Some(bytes), "{arguments:?}");
        }
    }

    /// Of the archives that this machine's apt knows, those of Debian and Ubuntu can be made again; large lists take long.
    #[test]
    fn the_recipes_are_those_of_real_archives() {
        let lists = std::path::Path::new("/var/lib/apt/lists");
        let names =
            || std::fs::read_dir(lists).unwrap().flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let mut made = 0;
        for (prefix, name) in names().filter_map(|name| Some((name.strip_suffix("_InRelease")?.to_owned(), name))) {
            let signed = Signed { in_release: std::fs::read(lists.join(name)).ok(), ..Signed::default() };
            let mut recipes = Recipes::new(&signed);
            let origin = recipes.release.as_ref().and_then(|release| release.origin().map(str::to_owned));
            if !origin.is_some_and(|origin| origin == "Debian" || origin == "Ubuntu") {
                continue;
            }
            for (name, rest) in
                names().filter_map(|n| Some((n.clone(), n.strip_prefix(&format!("{prefix}_"))?.to_owned())))
            {
                let Some((path, _)) = rest.split_once("_Packages") else { continue };
                let path = format!("{}/Packages", path.replace('_', "/"));
                let mut command = std::process::Command::new("/usr/lib/apt/apt-helper");
                let text = command.arg("cat-file").arg(lists.join(name)).output().unwrap().stdout;
                let Some(signed) = recipes.signed(&path).filter(|_| text.len() < 4 << 20) else { continue };
                let bytes = recipes.make(&text, &signed).unwrap().unwrap_or_else(|| panic!("{prefix}: {path}"));
                assert!(fits(&bytes, &signed));
                made += 1;
            }
        }
        assert!(made > 0, "this test needs a Debian or Ubuntu machine where `apt-get update` has worked");
    }

    #[test]
    fn one_index_tells_of_the_others() {
        let (small, large) = (index(200), index(TELLING));
        for recipe in RECIPES {
            let mut recipes = recipes();
            let bytes = recipe.compress(&large).unwrap();
            assert_eq!(recipes.make(&large, &signed(&bytes)).unwrap(), Some(bytes));
            assert!(recipes.left.contains(&recipe), "others may fit too");
            assert_ne!(recipes.left, RECIPES);
        }
        let mut recipes = recipes();
        assert_eq!(recipes.make(&small, &signed(b"no xz")).unwrap(), None);
        assert_eq!(recipes.left.len(), RECIPES.len(), "a small one may be an exception");
        assert_eq!(recipes.make(&large, &signed(b"no xz")).unwrap(), None);
        assert_eq!(recipes.left, []);
        assert_eq!(recipes.make(b"", &signed(&RECIPES[3].compress(b"").unwrap())).unwrap(), None);
    }

    #[test]
    fn only_what_was_signed_is_taken() {
        let text = index(200);
        let bytes = RECIPES[0].compress(&text).unwrap();
        let good = signed(&bytes);
        assert!(fits(&bytes, &good));
        assert!(!fits(&bytes, &FileHash { size: good.size + 1, ..good }));
        assert!(!fits(&bytes, &FileHash { sha256: Some(Digest::of(b"other")), ..good }));
        assert!(!fits(&bytes, &FileHash { sha512: Some([0; 64]), ..good }));
        assert!(!fits(&bytes, &FileHash { sha256: None, ..good }), "no digest is no proof");
    }

    #[test]
    fn the_number_of_threads_makes_no_difference() {
        let text = index(3 << 20);
        let recipe = Recipe { level: 0, extreme: false, blocks: Some(1 << 20), empty_end: false };
        let mut builder = MtStreamBuilder::new();
        builder.preset(0).check(Check::Crc64).block_size(1 << 20).threads(1);
        assert_eq!(recipe.compress(&text).unwrap(), run(builder.encoder().unwrap(), &text).unwrap());
    }
}
