//! What the numbers of a universe mean.

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

/// What an atom asks for where it names an architecture that the machine does not have: nothing will ever be there.
pub(crate) const UNKNOWN: u32 = u32::MAX - 2;

/// The most architectures, `all` among them.
pub(crate) const MAX_ARCHITECTURES: usize = 250;

/// The architecture of an atom in one byte.
pub(crate) fn pack_architecture(architecture: u32) -> u32 {
    architecture.wrapping_add(3)
}

#[inline]
pub(crate) fn unpack_architecture(packed: u8) -> u32 {
    u32::from(packed).wrapping_sub(3)
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

/// Marks the kind of a dependency that nobody wrote: it keeps packages of one name and several architectures apart.
pub(crate) const BETWEEN_SIBLINGS: u32 = 1 << 3;

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
        Self::ALL.get((number & !BETWEEN_SIBLINGS) as usize).copied().unwrap_or(DepKind::Suggests)
    }
}
