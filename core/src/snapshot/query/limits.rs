//! What a query may cost. Queries come from command lines, and from services that let others write them.

/// The longest query, in bytes.
pub const MAX_LENGTH: usize = 64 << 10;

/// How deep parentheses and `!` may nest.
pub const MAX_DEPTH: usize = 64;

/// How many regular expressions one query may have.
pub const MAX_REGEXES: usize = 256;

/// How large one regular expression may become when it is compiled, in bytes.
pub const MAX_REGEX_SIZE: usize = 1 << 20;
