//! Globs and regular expressions, made ready once.

use crate::snapshot::query::limits::MAX_REGEX_SIZE;

/// A shell pattern for a whole value: `*`, `?`, `[a-z]`, `[^a-z]` and `\` before a character that stands for itself. As in
/// aptly, neither `*` nor `?` stands for a `/`.
#[derive(Clone, Debug)]
pub(super) struct Glob {
    text: String,
    /// What has to stand at the beginning of a value.
    prefix: Vec<u8>,
    rest: Vec<Piece>,
}

#[derive(Clone, Debug)]
enum Piece {
    Literal(char),
    /// Any character but `/`.
    One,
    /// Any number of bytes but `/`.
    Many,
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Glob {
    /// The pattern that a text is, or what is wrong with it.
    pub(super) fn new(text: &str) -> Result<Self, &'static str> {
        let mut pieces = Vec::new();
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            pieces.push(match character {
                '*' if matches!(pieces.last(), Some(Piece::Many)) => continue,
                '*' => Piece::Many,
                '?' => Piece::One,
                '[' => class(&mut characters)?,
                '\\' => Piece::Literal(characters.next().ok_or("a `\\` with nothing after it")?),
                other => Piece::Literal(other),
            });
        }
        let fixed = pieces.iter().take_while(|piece| matches!(piece, Piece::Literal(_))).count();
        let rest = pieces.split_off(fixed);
        let mut prefix = String::new();
        for piece in pieces {
            if let Piece::Literal(character) = piece {
                prefix.push(character);
            }
        }
        Ok(Self { text: text.to_owned(), prefix: prefix.into_bytes(), rest })
    }

    /// Whether a word has characters that make it a pattern.
    pub(super) fn is_one(word: &str) -> bool {
        word.contains(['*', '?', '['])
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the whole value is as the pattern says. The time is at most the product of the two lengths.
    pub(super) fn matches(&self, value: &[u8]) -> bool {
        let Some(value) = value.strip_prefix(&*self.prefix) else { return false };
        let (mut piece, mut at) = (0, 0);
        // Where to go on when what follows the last `*` does not fit: one byte further. Earlier ones need no second try.
        let mut retry: Option<(usize, usize)> = None;
        loop {
            match self.rest.get(piece) {
                None if at == value.len() => return true,
                Some(Piece::Many) => {
                    retry = Some((piece + 1, at));
                    piece += 1;
                    if piece == self.rest.len() {
                        return memchr::memchr(b'/', &value[at..]).is_none();
                    }
                    continue;
                }
                Some(single) => {
                    if let Some(length) = single.width(&value[at..]) {
                        piece += 1;
                        at += length;
                        continue;
                    }
                }
                None => {}
            }
            match retry {
                Some((after, from)) if value.get(from).is_some_and(|byte| *byte != b'/') => {
                    retry = Some((after, from + 1));
                    (piece, at) = (after, from + 1);
                }
                _ => return false,
            }
        }
    }
}

impl PartialEq for Glob {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Glob {}

impl Piece {
    /// How many bytes it takes from the beginning of `rest`, where it fits.
    fn width(&self, rest: &[u8]) -> Option<usize> {
        match self {
            Piece::Literal(literal) => {
                let mut bytes = [0; 4];
                let literal = literal.encode_utf8(&mut bytes).as_bytes();
                rest.starts_with(literal).then_some(literal.len())
            }
            Piece::One => first_character(rest).filter(|(character, _)| *character != '/').map(|(_, length)| length),
            Piece::Class { negated, ranges } => {
                let (character, length) = first_character(rest)?;
                let within = ranges.iter().any(|(low, high)| (*low..=*high).contains(&character));
                (within != *negated).then_some(length)
            }
            Piece::Many => None,
        }
    }
}

/// The class after a `[`.
fn class(characters: &mut std::str::Chars<'_>) -> Result<Piece, &'static str> {
    const OPEN: &str = "a `[` without its `]`";
    let negated = characters.as_str().starts_with('^');
    if negated {
        characters.next();
    }
    let mut ranges = Vec::new();
    loop {
        let low = match characters.next().ok_or(OPEN)? {
            ']' if ranges.is_empty() => return Err("`[]` without characters"),
            ']' => return Ok(Piece::Class { negated, ranges }),
            '\\' => characters.next().ok_or(OPEN)?,
            '-' => return Err("a `-` in `[]` without characters around it"),
            other => other,
        };
        let mut high = low;
        if characters.as_str().starts_with('-') {
            characters.next();
            high = match characters.next().ok_or(OPEN)? {
                '\\' => characters.next().ok_or(OPEN)?,
                '-' | ']' => return Err("a `-` in `[]` without characters around it"),
                other => other,
            };
        }
        if high < low {
            return Err("a range in `[]` that runs backwards");
        }
        ranges.push((low, high));
    }
}

/// The first character and its length. A byte that is not UTF-8 counts as one unknown character.
fn first_character(bytes: &[u8]) -> Option<(char, usize)> {
    let first = *bytes.first()?;
    if first.is_ascii() {
        return Some((char::from(first), 1));
    }
    let window = &bytes[..bytes.len().min(4)];
    let chunk = window.utf8_chunks().next()?;
    Some(
        chunk
            .valid()
            .chars()
            .next()
            .map_or((char::REPLACEMENT_CHARACTER, 1), |character| (character, character.len_utf8())),
    )
}

/// A regular expression that is looked for anywhere in a value, in linear time.
#[derive(Clone, Debug)]
pub(super) struct Regex(regex::bytes::Regex);

impl Regex {
    pub(super) fn new(text: &str) -> Result<Self, regex::Error> {
        regex::bytes::RegexBuilder::new(text).size_limit(MAX_REGEX_SIZE).build().map(Self)
    }

    pub(super) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(super) fn finds(&self, value: &[u8]) -> bool {
        self.0.is_match(value)
    }
}

impl PartialEq for Regex {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Regex {}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, value: &str) -> bool {
        Glob::new(pattern).unwrap().matches(value.as_bytes())
    }

    #[test]
    fn globs() {
        for (pattern, value) in [
            ("", ""),
            ("*", ""),
            ("*", "abc"),
            ("a*", "a"),
            ("*c", "abc"),
            ("a**c", "abbbc"),
            ("a*b*c", "axxbyybzc"),
            ("*ab", "aab"),
            ("*a*b/*c", "xayb/zc"),
            ("?", "é"),
            ("[^a]", "é"),
            ("[é-ü]x", "öx"),
            ("a[0-9]", "a7"),
            ("a[^0-9]", "ab"),
            ("[\\]]", "]"),
            ("[a\\-b]", "-"),
            ("\\*", "*"),
            ("a/*/b", "a/x/b"),
            ("lib*-dev", "libssl-dev"),
        ] {
            assert!(matches(pattern, value), "{pattern} {value}");
        }
        for (pattern, value) in [
            ("", "a"),
            ("*", "a/b"),
            ("?", "/"),
            ("?", ""),
            ("a*c", "a/c"),
            ("a", "ab"),
            ("ab", "a"),
            ("*ab", "aba"),
            ("[a-c]", "d"),
            ("[a-c]", ""),
            ("[^a]", "a"),
            ("\\*", "a"),
        ] {
            assert!(!matches(pattern, value), "{pattern} {value}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_match_as_characters() {
        let value = b"a\xff\xe9b";
        assert!(Glob::new("a??b").unwrap().matches(value));
        assert!(Glob::new("a*b").unwrap().matches(value));
        assert!(!Glob::new("a?b").unwrap().matches(value));
        assert!(Regex::new("a.*|b$").unwrap().finds(value));
    }

    #[test]
    fn bad_globs_are_told() {
        for pattern in ["[", "[a", "[]", "[^]", "[a-", "[a-]", "[-a]", "[b-a]", "a\\", "[\\"] {
            assert!(Glob::new(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn a_hostile_glob_ends() {
        let pattern = format!("{}b", "*a".repeat(1000));
        assert!(!matches(&pattern, &"a".repeat(20_000)));
    }
}
