//! The grammar of relations, one byte at a time.

use super::{ArchitectureList, ProfileFormula, Relation};
use crate::deb::version::Op;
use crate::error::{Error, Kind, Result};

#[derive(Clone, Debug)]
pub(super) struct Parser<'a> {
    text: &'a str,
    at: usize,
}

/// What follows a relation.
pub(super) enum Next {
    Alternative,
    Group,
    End,
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut parser = Self { text, at: 0 };
        parser.skip_spaces();
        parser
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    /// Reads the relation that starts here, and what separates it from the next one.
    pub(super) fn relation(&mut self, group: u32) -> Result<(Relation<'a>, Next)> {
        let start = self.at;
        self.read(group).map_err(|fault| {
            let rest = &self.text[start..];
            let end = rest.find([',', '|']).unwrap_or(rest.len());
            let shown: String = rest[..end].chars().take(SHOWN).collect();
            let message = format!("{shown:?} is no relation: at byte {} there must be {fault}", self.at + 1);
            Error::new(Kind::Malformed, message)
        })
    }

    fn read(&mut self, group: u32) -> Result<(Relation<'a>, Next), &'static str> {
        let name = self.word(NAME).ok_or("a package name")?;
        let qualifier = match self.take(b':') {
            true => Some(self.word(ARCHITECTURE).ok_or("an architecture")?),
            false => None,
        };
        self.skip_spaces();
        let version = if self.take(b'(') { Some(self.version()?) } else { None };
        let architectures = if self.peek() == Some(b'[') { Some(self.architectures()?) } else { None };
        let profiles = if self.peek() == Some(b'<') { Some(self.profiles()?) } else { None };
        let relation = Relation { group, name, qualifier, version, architectures, profiles };
        let next = match self.peek() {
            None => return Ok((relation, Next::End)),
            Some(b',') => Next::Group,
            Some(b'|') => Next::Alternative,
            Some(_) => return Err("a comma, a bar or the end"),
        };
        self.at += 1;
        self.skip_spaces();
        match next {
            Next::Group if self.is_at_end() => Ok((relation, Next::End)),
            next => Ok((relation, next)),
        }
    }

    /// The inside of the parentheses, the closing one, and the white space behind it.
    fn version(&mut self) -> Result<(Op, &'a str), &'static str> {
        self.skip_spaces();
        let rest = &self.text.as_bytes()[self.at..];
        let (op, length) = match rest {
            [b'<', b'<', ..] => (Op::Earlier, 2),
            [b'>', b'>', ..] => (Op::Later, 2),
            [b'<', b'=', ..] => (Op::EarlierOrEqual, 2),
            [b'>', b'=', ..] => (Op::LaterOrEqual, 2),
            [b'=', ..] => (Op::Equal, 1),
            [b'<', ..] => (Op::EarlierOrEqual, 1),
            [b'>', ..] => (Op::LaterOrEqual, 1),
            _ => return Err("an operator such as >="),
        };
        self.at += length;
        self.skip_spaces();
        let version = self.word(VERSION).ok_or("a version")?;
        self.skip_spaces();
        if !self.take(b')') {
            return Err("a closing parenthesis");
        }
        self.skip_spaces();
        Ok((op, version))
    }

    fn architectures(&mut self) -> Result<ArchitectureList<'a>, &'static str> {
        let inside = self.list(b']', ARCHITECTURE, "an architecture")?;
        Ok(ArchitectureList(inside))
    }

    fn profiles(&mut self) -> Result<ProfileFormula<'a>, &'static str> {
        let start = self.at;
        while self.peek() == Some(b'<') {
            self.list(b'>', NAME, "a build profile")?;
        }
        Ok(ProfileFormula(self.text[start..self.at].trim_end()))
    }

    /// What stands between brackets, after a check of its words, and the white space behind them.
    fn list(&mut self, close: u8, class: u8, what: &'static str) -> Result<&'a str, &'static str> {
        self.at += 1;
        let start = self.at;
        self.skip_spaces();
        loop {
            self.take(b'!');
            self.word(class).ok_or(what)?;
            let spaces = self.skip_spaces();
            let end = self.at;
            if self.take(close) {
                self.skip_spaces();
                return Ok(&self.text[start..end]);
            }
            if spaces == 0 || self.is_at_end() {
                return Err("a space or a closing bracket");
            }
        }
    }

    /// The longest word of bytes of `class` here, if there is one and its first byte may start it.
    fn word(&mut self, class: u8) -> Option<&'a str> {
        let rest = &self.text.as_bytes()[self.at..];
        if class != VERSION && !rest.first()?.is_ascii_alphanumeric() {
            return None;
        }
        let length = rest.iter().take_while(|byte| CLASSES[usize::from(**byte)] & class != 0).count();
        let word = &self.text[self.at..self.at + length];
        self.at += length;
        (length > 0).then_some(word)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn skip_spaces(&mut self) -> usize {
        let rest = &self.text.as_bytes()[self.at..];
        let spaces = rest.iter().take_while(|byte| CLASSES[usize::from(**byte)] & SPACE != 0).count();
        self.at += spaces;
        spaces
    }
}

/// Characters of a refused relation that an error repeats.
const SHOWN: usize = 80;

const SPACE: u8 = 1;
const NAME: u8 = 2;
const ARCHITECTURE: u8 = 4;
const VERSION: u8 = 8;

/// What each byte may be a part of. No byte beyond ASCII is in a class, so words end between characters.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        let character = byte as u8;
        if matches!(character, b' ' | b'\t'..=b'\r') {
            classes[byte] |= SPACE;
        }
        if character.is_ascii_alphanumeric() || matches!(character, b'+' | b'-' | b'.' | b'_') {
            classes[byte] |= NAME;
        }
        if character.is_ascii_alphanumeric() || character == b'-' {
            classes[byte] |= ARCHITECTURE;
        }
        if character.is_ascii_graphic()
            && !matches!(character, b'(' | b')' | b'[' | b']' | b'<' | b'>' | b'=' | b',' | b'|')
        {
            classes[byte] |= VERSION;
        }
        byte += 1;
    }
    classes
};
