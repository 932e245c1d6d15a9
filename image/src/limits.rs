//! How much of an image is read before it counts as an attack. Every limit of reading layers, manifests and databases is
//! here.

/// Layers of an image. Docker stops at 127.
pub const MAX_LAYERS: usize = 1_000;

/// Manifests that an index lists.
pub const MAX_MANIFESTS: usize = 1_000;

/// Indexes within indexes.
pub const MAX_INDEX_DEPTH: usize = 4;

/// Entries of one layer.
pub const MAX_ENTRIES: u64 = 4_000_000;

/// Bytes of a path in a layer, and of a link's target: the `PATH_MAX` of Linux.
pub const MAX_PATH: usize = 4_096;

/// Bytes of one pax header (extended attributes are in there, too).
pub const MAX_PAX: u64 = 1 << 20;

/// Bytes of one layer, uncompressed: 256 GiB.
pub const MAX_LAYER_BYTES: u64 = 256 << 30;

/// Uncompressed bytes that a layer of any size may have: 1 GiB. Beyond these, [`MAX_RATIO`] holds.
pub const FREE_BYTES: u64 = 1 << 30;

/// Uncompressed bytes for each compressed one, beyond [`FREE_BYTES`]. Layers of programs have 2 to 4.
pub const MAX_RATIO: u64 = 200;

/// Bytes of paths and link targets that are remembered of one layer: 256 MiB.
pub const MAX_NAMES: usize = 256 << 20;

/// Bytes of the files that are kept of one layer: 1 GiB.
pub const MAX_KEPT: u64 = 1 << 30;

/// Bytes of the files that are kept of all layers of an image: 2 GiB.
pub const MAX_KEPT_IMAGE: u64 = 2 << 30;

/// Bytes of a dpkg `status` file: 128 MiB. One of 5,000 packages has 5 MiB.
pub const MAX_STATUS: u64 = 128 << 20;

/// Bytes of a file of a few lines, or of a list of files: 16 MiB.
pub const MAX_TEXT: u64 = 16 << 20;

/// Bytes of a log, as it lies there: 64 MiB. Larger ones are passed over.
pub const MAX_LOG: u64 = 64 << 20;

/// Bytes of a file of an rpm database: 768 MiB.
pub const MAX_RPM: u64 = 768 << 20;

/// Symbolic links that are followed for one path: as many as Linux follows.
pub const MAX_LINKS: usize = 40;

/// How often layers are read once more because a link leads a database to a place that was not kept.
pub const MAX_ROUNDS: usize = 8;

/// Places to which links may lead databases.
pub const MAX_PLACES: usize = 10_000;

/// Files of one folder that is listed.
pub const MAX_FOLDER: usize = 1_000_000;

/// Folders within folders of a root folder.
pub const MAX_DEPTH: usize = 128;

/// Entries of an archive of an image (`docker save`).
pub const MAX_ARCHIVE_ENTRIES: usize = 100_000;

/// Packages of one database. All of Debian has 65,000.
pub const MAX_PACKAGES: usize = 100_000;

/// Packages of the databases after all layers together.
pub const MAX_STATE_PACKAGES: usize = 1_000_000;

/// Commands and dates that are taken from logs.
pub const MAX_LOG_ENTRIES: usize = 100_000;
