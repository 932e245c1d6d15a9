//! What dpkg's database says of how far a package is: its `Status` (dpkg(1), "INFORMATION ABOUT PACKAGES").

const WANTS: [&str; 5] = ["unknown", "install", "hold", "deinstall", "purge"];
const FLAGS: [&str; 2] = ["ok", "reinstreq"];
const STATES: [&str; 8] = [
    "not-installed",
    "config-files",
    "half-installed",
    "unpacked",
    "half-configured",
    "triggers-awaited",
    "triggers-pending",
    "installed",
];

/// The three words of a `Status`, each one that dpkg knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status<'a> {
    /// What the package is to become: `unknown`, `install`, `hold`, `deinstall` or `purge`.
    pub want: &'a str,
    /// Whether all is well: `ok` or `reinstreq`.
    pub flag: &'a str,
    /// How far it is, from `not-installed` to `installed`.
    pub state: &'a str,
}

impl<'a> Status<'a> {
    /// Reads the value of a `Status` field; none where a word is missing, one too many, or unknown.
    ///
    /// ```
    /// use reposnap::deb::status::{Status, has_files};
    /// let status = Status::parse("hold ok half-configured").unwrap();
    /// assert_eq!((status.want, has_files(status.state)), ("hold", true));
    /// assert!(Status::parse("install ok").is_none());
    /// ```
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut words = text.split_ascii_whitespace();
        let (want, flag, state) = (words.next()?, words.next()?, words.next()?);
        let known = WANTS.contains(&want) && FLAGS.contains(&flag) && STATES.contains(&state) && words.next().is_none();
        known.then_some(Self { want, flag, state })
    }
}

/// Whether the files of a package in this state are there, what broke on its way included: in all but `not-installed` and
/// `config-files`.
pub fn has_files(state: &str) -> bool {
    !matches!(state, "not-installed" | "config-files")
}
