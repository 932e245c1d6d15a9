//! Cuts a query into tokens.

use std::borrow::Cow;

use crate::snapshot::query::term::{Comparison, Operator};

/// Words that join terms where they are not quoted.
pub(super) const KEYWORDS: [&str; 3] = ["and", "or", "not"];

/// A token and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind<'a>,
    /// Its first byte.
    pub(super) start: usize,
    /// The byte after it.
    pub(super) end: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind<'a> {
    Open,
    Close,
    OpenBrace,
    CloseBrace,
    And,
    Or,
    Not,
    Operator(Operator),
    Word { text: Cow<'a, str>, quoted: bool },
    End,
}

/// A quote that is never closed.
#[derive(Debug)]
pub(super) struct Unclosed {
    pub(super) start: usize,
    pub(super) quote: char,
}

/// The token that begins at `from` or after the blanks there.
pub(super) fn next(text: &str, from: usize) -> Result<Token<'_>, Unclosed> {
    let start = text.len() - text[from..].trim_start().len();
    let rest = &text[start..];
    let token = |kind, length| Ok(Token { kind, start, end: start + length });
    let Some(first) = rest.chars().next() else { return token(Kind::End, 0) };
    let operator = |operator, length| token(Kind::Operator(operator), length);
    match first {
        '(' => token(Kind::Open, 1),
        ')' => token(Kind::Close, 1),
        '{' => token(Kind::OpenBrace, 1),
        '}' => token(Kind::CloseBrace, 1),
        ',' | '&' => token(Kind::And, 1),
        '|' => token(Kind::Or, 1),
        '!' => token(Kind::Not, 1),
        '=' => operator(Operator::Compare(Comparison::Equal), 1),
        '%' => operator(Operator::Glob, 1),
        '~' => operator(Operator::Regex, 1),
        '<' if rest.starts_with("<<") => operator(Operator::Compare(Comparison::Less), 2),
        '>' if rest.starts_with(">>") => operator(Operator::Compare(Comparison::Greater), 2),
        // A single one means "or equal", as it once did to dpkg and does to aptly.
        '<' => operator(Operator::Compare(Comparison::LessOrEqual), if rest.starts_with("<=") { 2 } else { 1 }),
        '>' => operator(Operator::Compare(Comparison::GreaterOrEqual), if rest.starts_with(">=") { 2 } else { 1 }),
        quote @ ('\'' | '"') => quoted(rest, quote)
            .map(|(word, length)| Token {
                kind: Kind::Word { text: Cow::Owned(word), quoted: true },
                start,
                end: start + length,
            })
            .ok_or(Unclosed { start, quote }),
        _ => {
            let length = rest.find(ends_word).unwrap_or(rest.len());
            token(Kind::Word { text: Cow::Borrowed(&rest[..length]), quoted: false }, length)
        }
    }
}

/// Whether a word reads back as itself without quotes, in every place.
pub(super) fn is_plain(word: &str) -> bool {
    let special = |first: char| matches!(first, '<' | '>' | '=' | '%' | '~' | '&' | '\'' | '"');
    !word.starts_with(special) && !word.is_empty() && !word.contains(ends_word) && !KEYWORDS.contains(&word)
}

fn ends_word(character: char) -> bool {
    character.is_whitespace() || matches!(character, '(' | ')' | '{' | '}' | '|' | ',' | '!')
}

/// The word in quotes at the beginning of `rest`, and how long it is there. A backslash makes any character plain.
fn quoted(rest: &str, quote: char) -> Option<(String, usize)> {
    let mut word = String::new();
    let mut characters = rest.char_indices().skip(1);
    loop {
        match characters.next()? {
            (at, character) if character == quote => return Some((word, at + 1)),
            (_, '\\') => word.push(characters.next()?.1),
            (_, character) => word.push(character),
        }
    }
}
