//! The rows of a universe: which number stands where.

/// The number of something that is not there.
pub(crate) const NONE: u32 = u32::MAX;

/// The architecture `all`.
pub(crate) const ALL: u32 = 0;

/// The machine's own architecture; foreign ones follow.
pub(crate) const NATIVE: u32 = 1;

/// What an atom asks for where it says `:any`.
pub(crate) const ANY: u32 = u32::MAX;

/// What a conflict means where it names no architecture: each of them.
pub(crate) const EVERY: u32 = u32::MAX - 1;

/// A name that is mentioned: of a package, of something that is provided, or of nothing.
pub(crate) struct NameRow;

impl NameRow {
    pub(crate) const WIDTH: usize = 6;
    /// Where the text stands, and how long it is.
    pub(crate) const TEXT: usize = 0;
    /// Its packages, one for each architecture: a run of `NamePackages`.
    pub(crate) const PACKAGES: usize = 2;
    /// The versions that provide it: a run of `Providers`.
    pub(crate) const PROVIDERS: usize = 4;
}

/// A package: a name and an architecture, in the order in which they are first mentioned.
pub(crate) struct PackageRow;

impl PackageRow {
    pub(crate) const WIDTH: usize = 5;
    pub(crate) const NAME: usize = 0;
    pub(crate) const ARCHITECTURE: usize = 1;
    /// Its versions, the newest first: a run of `Versions`.
    pub(crate) const VERSIONS: usize = 2;
    /// [`flag::ESSENTIAL`] and [`flag::IMPORTANT`] of any of its versions.
    pub(crate) const FLAGS: usize = 4;
}

/// A version of a package.
pub(crate) struct VersionRow;

impl VersionRow {
    pub(crate) const WIDTH: usize = 23;
    pub(crate) const PACKAGE: usize = 0;
    pub(crate) const ARCHITECTURE: usize = 1;
    pub(crate) const TEXT: usize = 2;
    pub(crate) const FLAGS: usize = 4;
    pub(crate) const PRIORITY: usize = 5;
    /// The source package's name; empty where it is the package's.
    pub(crate) const SOURCE: usize = 6;
    /// The source package's version; empty where it is the package's.
    pub(crate) const SOURCE_VERSION: usize = 8;
    /// The size in bytes, the low word first.
    pub(crate) const SIZE: usize = 10;
    /// The installed size in KiB.
    pub(crate) const INSTALLED: usize = 12;
    /// The directory of the file.
    pub(crate) const DIRECTORY: usize = 13;
    /// The name of the file; empty where it is `name_version_architecture.deb` without the epoch.
    pub(crate) const FILE: usize = 15;
    /// A run of `VersionDeps`.
    pub(crate) const DEPS: usize = 17;
    /// A run of `Provides`.
    pub(crate) const PROVIDES: usize = 19;
    /// The lists that have it: a run of `VersionLists`.
    pub(crate) const LISTS: usize = 21;
}

/// What a version provides.
pub(crate) struct ProvidesRow;

impl ProvidesRow {
    pub(crate) const WIDTH: usize = 4;
    pub(crate) const NAME: usize = 0;
    /// The architecture that it is provided for.
    pub(crate) const ARCHITECTURE: usize = 1;
    /// The version that is provided; empty where none is named.
    pub(crate) const TEXT: usize = 2;
}

/// A dependency: alternatives, one of which it needs or any of which it can't stand.
pub(crate) struct DepRow;

impl DepRow {
    pub(crate) const WIDTH: usize = 3;
    pub(crate) const KIND: usize = 0;
    /// A run of `DepAtoms`.
    pub(crate) const ATOMS: usize = 1;
}

/// One alternative of a dependency.
pub(crate) struct AtomRow;

impl AtomRow {
    pub(crate) const WIDTH: usize = 7;
    pub(crate) const NAME: usize = 0;
    pub(crate) const ARCHITECTURE: usize = 1;
    /// 0 for none, else the number of the operator from 1.
    pub(crate) const OP: usize = 2;
    pub(crate) const TEXT: usize = 3;
    /// The versions that are what it asks for, the preferred ones first: a run of `Targets`.
    pub(crate) const TARGETS: usize = 5;
}

/// Marks of versions and packages.
pub(crate) mod flag {
    pub(crate) const ESSENTIAL: u32 = 1;
    pub(crate) const IMPORTANT: u32 = 1 << 1;
    pub(crate) const SAME: u32 = 1 << 2;
    pub(crate) const FOREIGN: u32 = 1 << 3;
    pub(crate) const ALLOWED: u32 = 1 << 4;
    /// It is installed and must stay as it is (`apt-mark hold`).
    pub(crate) const HELD: u32 = 1 << 5;
}

/// What a dependency is (Debian policy 7.2 to 7.4), in the order in which apt reads the fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DepKind {
    /// `Pre-Depends`
    PreDepends,
    /// `Depends`
    Depends,
    /// `Conflicts`
    Conflicts,
    /// `Breaks`
    Breaks,
    /// `Recommends`
    Recommends,
    /// `Suggests`
    Suggests,
}

impl DepKind {
    /// All of them, in their order.
    pub const ALL: [DepKind; 6] = [
        DepKind::PreDepends,
        DepKind::Depends,
        DepKind::Conflicts,
        DepKind::Breaks,
        DepKind::Recommends,
        DepKind::Suggests,
    ];

    /// The field's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            DepKind::PreDepends => "Pre-Depends",
            DepKind::Depends => "Depends",
            DepKind::Conflicts => "Conflicts",
            DepKind::Breaks => "Breaks",
            DepKind::Recommends => "Recommends",
            DepKind::Suggests => "Suggests",
        }
    }

    /// Whether it must hold for the package to work.
    pub const fn is_hard(self) -> bool {
        matches!(self, DepKind::PreDepends | DepKind::Depends)
    }

    /// Whether it names what must not be there.
    pub const fn is_negative(self) -> bool {
        matches!(self, DepKind::Conflicts | DepKind::Breaks)
    }

    #[inline]
    pub(crate) fn of(number: u32) -> Self {
        Self::ALL.get(number as usize).copied().unwrap_or(DepKind::Suggests)
    }
}
