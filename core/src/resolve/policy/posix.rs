//! Extended regular expressions of POSIX, as the C library reads them, for the engine that this library has.
//!
//! The engine knows another dialect: `a+?` is one thing here and another there, `\d` is the letter d here. So an expression
//! is read by the rules of regex(7) and written anew. What a program of GNU knows beside POSIX (`\w`, `\<` and the like)
//! works; a back reference doesn't, since no engine of bounded time has it.

use regex::bytes::{Regex, RegexBuilder};

use super::glob::class_name;

/// How large an expression may become when it is compiled, in bytes, and what looking for it may take beside.
const MAX_COMPILED: usize = 1 << 17;

/// The most repetitions that `{}` may name: the C library's `RE_DUP_MAX`.
const MAX_REPEAT: u32 = 0x7fff;

/// Why an expression can't be had.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// apt would refuse it, too.
    Invalid(&'static str),
    /// apt would take it.
    Unsupported(&'static str),
}

/// An expression that is looked for anywhere in a text, letters of either case being the same.
pub(super) fn compile(text: &str) -> Result<Regex, Fault> {
    let written = Writer::new(text).write()?;
    RegexBuilder::new(&written)
        .case_insensitive(true)
        .dot_matches_new_line(true)
        // Names and versions are ASCII, and the classes of Unicode are large.
        .unicode(false)
        .size_limit(MAX_COMPILED)
        .dfa_size_limit(MAX_COMPILED)
        .build()
        .map_err(|_| Fault::Unsupported("it is too large, nests too deep, or has letters beyond ASCII in a set"))
}

struct Writer<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    out: String,
    /// Where the piece that a repetition would repeat begins, if there is one.
    piece: Option<usize>,
    /// Where the open groups begin.
    open: Vec<usize>,
    closed: u32,
}

impl<'a> Writer<'a> {
    fn new(text: &'a str) -> Self {
        Self { rest: text.chars().peekable(), out: String::new(), piece: None, open: Vec::new(), closed: 0 }
    }

    fn write(mut self) -> Result<String, Fault> {
        while let Some(character) = self.rest.next() {
            match character {
                '(' => {
                    self.open.push(self.out.len());
                    self.out.push_str("(?:");
                    self.piece = None;
                }
                ')' => match self.open.pop() {
                    Some(start) => {
                        self.out.push(')');
                        self.closed += 1;
                        self.piece = Some(start);
                    }
                    None => self.literal(')'),
                },
                '|' => {
                    self.out.push('|');
                    self.piece = None;
                }
                '^' => self.anchor(r"\A"),
                '$' => self.anchor(r"\z"),
                '*' | '+' | '?' => self.repeat(&character.to_string())?,
                '{' => {
                    let bounds = self.bounds()?;
                    self.repeat(&bounds)?;
                }
                '.' => self.class("."),
                '[' => self.set()?,
                '\\' => self.escape()?,
                other => self.literal(other),
            }
        }
        if !self.open.is_empty() {
            return Err(Fault::Invalid("a `(` has no `)`"));
        }
        Ok(self.out)
    }

    fn literal(&mut self, character: char) {
        self.piece = Some(self.out.len());
        self.out.push_str(&regex::escape(character.encode_utf8(&mut [0; 4])));
    }

    fn class(&mut self, written: &str) {
        self.piece = Some(self.out.len());
        self.out.push_str(written);
    }

    fn anchor(&mut self, written: &str) {
        self.piece = None;
        self.out.push_str(written);
    }

    fn repeat(&mut self, written: &str) -> Result<(), Fault> {
        let start = self.piece.ok_or(Fault::Invalid("a repetition has nothing to repeat"))?;
        // In a group of its own, or a second repetition behind it would mean something else.
        self.out.insert_str(start, "(?:");
        self.out.push(')');
        self.out.push_str(written);
        Ok(())
    }

    fn number(&mut self) -> Option<u32> {
        let mut number: Option<u32> = None;
        while let Some(digit) = self.rest.peek().and_then(|character| character.to_digit(10)) {
            self.rest.next();
            number = Some(number.unwrap_or(0).saturating_mul(10).saturating_add(digit));
        }
        number
    }

    /// What is between the braces.
    fn bounds(&mut self) -> Result<String, Fault> {
        const BAD: Fault = Fault::Invalid("a `{` has no numbers and `}` behind it");
        let low = self.number();
        let (low, high) = match self.rest.next() {
            Some('}') => (low.ok_or(BAD)?, low),
            Some(',') => {
                let high = self.number();
                if self.rest.next() != Some('}') {
                    return Err(BAD);
                }
                (low.unwrap_or(0), high)
            }
            _ => return Err(BAD),
        };
        if low > MAX_REPEAT || high.is_some_and(|high| high > MAX_REPEAT || high < low) {
            return Err(Fault::Invalid("the numbers in `{}` are too large or the wrong way round"));
        }
        Ok(high.map_or_else(|| format!("{{{low},}}"), |high| format!("{{{low},{high}}}")))
    }

    fn escape(&mut self) -> Result<(), Fault> {
        match self.rest.next().ok_or(Fault::Invalid("it ends with a `\\`"))? {
            class @ ('w' | 'W' | 's' | 'S') => self.class(&format!(r"\{class}")),
            anchor @ ('b' | 'B') => self.anchor(&format!(r"\{anchor}")),
            '<' => self.anchor(r"\b{start}"),
            '>' => self.anchor(r"\b{end}"),
            '`' => self.anchor(r"\A"),
            '\'' => self.anchor(r"\z"),
            digit @ '1'..='9' if digit.to_digit(10).is_some_and(|digit| digit <= self.closed) => {
                return Err(Fault::Unsupported("it refers back to a group"));
            }
            '1'..='9' => return Err(Fault::Invalid("it refers back to a group that it does not have")),
            other => self.literal(other),
        }
        Ok(())
    }

    /// A set behind its `[`.
    fn set(&mut self) -> Result<(), Fault> {
        const OPEN: Fault = Fault::Invalid("a `[` has no `]`");
        let text: String = self.rest.clone().collect();
        let mut written = String::from("[");
        let mut at = 0;
        if text.starts_with('^') {
            written.push('^');
            at = 1;
        }
        let first = at;
        loop {
            let rest = &text[at..];
            if rest.starts_with(']') && at > first {
                break;
            }
            if rest.starts_with("[:") {
                let (name, next) = class_name(text.as_bytes(), at + 2).ok_or(Fault::Invalid("a `[:` has no `:]`"))?;
                if !CLASSES.contains(&name) {
                    return Err(Fault::Invalid("a class of characters has no known name"));
                }
                written.push_str(&format!("[:{name}:]"));
                at = next;
                continue;
            }
            let (low, mut next) = member(&text, at)?.ok_or(OPEN)?;
            let mut high = low;
            let behind = &text[next..];
            if behind.starts_with('-') && !behind.starts_with("-]") {
                if behind.starts_with("-[:") {
                    return Err(Fault::Invalid("a range ends with a class"));
                }
                (high, next) = member(&text, next + 1)?.ok_or(OPEN)?;
                if high < low {
                    return Err(Fault::Invalid("a range runs backwards"));
                }
                if text[next..].starts_with('-') && !text[next..].starts_with("-]") {
                    return Err(Fault::Invalid("a range begins where another ends"));
                }
            }
            written.push_str(&format!("\\x{{{:x}}}-\\x{{{:x}}}", u32::from(low), u32::from(high)));
            at = next;
        }
        written.push(']');
        let used = text[..=at].chars().count();
        self.rest.by_ref().take(used).for_each(drop);
        self.class(&written);
        Ok(())
    }
}

const CLASSES: [&str; 12] =
    ["alpha", "digit", "alnum", "upper", "lower", "space", "blank", "punct", "print", "graph", "cntrl", "xdigit"];

/// A character of a set, also as `[.a.]` or `[=a=]`, and what is behind it; nothing where the set does not end.
fn member(text: &str, at: usize) -> Result<Option<(char, usize)>, Fault> {
    let rest = &text[at..];
    for mark in ['.', '='] {
        if let Some(inner) = rest.strip_prefix('[').and_then(|rest| rest.strip_prefix(mark)) {
            let mut characters = inner.chars();
            let character = characters.next();
            let end = [mark, ']'].iter().collect::<String>();
            return match (character, characters.as_str().strip_prefix(&end)) {
                (Some(character), Some(behind)) => Ok(Some((character, text.len() - behind.len()))),
                _ => Err(Fault::Invalid("a collating element is not one character")),
            };
        }
    }
    Ok(rest.chars().next().map(|character| (character, at + character.len_utf8())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_mean_what_they_mean_to_the_c_library() {
        // Tried with regcomp(3) and regexec(3) of glibc 2.36.
        for (expression, yes, no) in [
            ("(|a)", &["", "b"][..], &[][..]),
            ("a||b", &["x"], &[]),
            ("a{1}?", &["b", ""], &[]),
            ("^a+?$", &["", "aaa"], &["b"]),
            ("a{,3}", &["", "b"], &[]),
            ("a{1}{2}", &["aa", "aaa"], &["a"]),
            ("a^b", &[], &["ab", "a^b"]),
            ("(a$)", &["a", "ba"], &["ab"]),
            ("[]a]", &["a", "]"], &["b"]),
            ("[^]a]", &["b", "{"], &["a", "]"]),
            ("[a-]", &["-", "a"], &["b"]),
            ("[\\]]", &["\\]"], &["]", "\\"]),
            ("[\\n]", &["n", "\\"], &["\n", "x"]),
            ("[[.a.]]", &["a"], &["b", "."]),
            ("[[=a=]]", &["A"], &["b", "="]),
            ("[+--]", &["-", "+", ","], &["a"]),
            ("[[:upper:]]", &["a", "B"], &["1"]),
            ("[[:alpha:]]{2}", &["ab"], &["a1b"]),
            ("\\.", &["."], &["x"]),
            ("\\d", &["d", "D"], &["1"]),
            ("\\w", &["a", "1"], &[".", "-"]),
            ("\\<b\\>", &["a b"], &["ab", "bb"]),
            ("a)", &["a)"], &["a"]),
            ("\\{", &["{"], &["a"]),
            ("a\\|b", &["a|b"], &["a", "b"]),
            ("x{0}", &["", "a"], &[]),
            ("(a|b)*{2}", &["", "x"], &[]),
            ("lib.*\\+\\+", &["libstdc++6"], &["libc6"]),
            ("KDE", &["libkde5"], &["gnome"]),
        ] {
            let regex = compile(expression).unwrap_or_else(|fault| panic!("{expression}: {fault:?}"));
            for text in yes {
                assert!(regex.is_match(text.as_bytes()), "{expression} {text}");
            }
            for text in no {
                assert!(!regex.is_match(text.as_bytes()), "{expression} {text}");
            }
        }
    }

    #[test]
    fn what_the_c_library_refuses_is_refused() {
        for expression in [
            "*a",
            "(*a)",
            "a|*b",
            "+a",
            "?a",
            "a{",
            "a{x",
            "a{x}",
            "a{1,",
            "a{1,x}",
            "a{3,1}",
            "a{99999}",
            "{1}",
            "({1})",
            "a|{1}",
            "^*b",
            "a^*",
            "$*",
            "[",
            "[]",
            "[a",
            "[a-",
            "[z-a]",
            "[a-c-e]",
            "[[:foo:]]",
            "[[:alpha:]",
            "\\",
            "a\\",
            "\\1",
            "(a)\\2",
            "(a",
            "((a)",
            "[[:UPPER:]]",
            "[a-[:alpha:]]",
            "a{ 1}",
            "a{1,2,3}",
            "(?i)a",
        ] {
            assert!(matches!(compile(expression), Err(Fault::Invalid(_))), "{expression}");
        }
        for expression in ["(a)\\1", "((a{999}){999}){999}"] {
            assert!(matches!(compile(expression), Err(Fault::Unsupported(_))), "{expression}");
        }
        assert!(compile(&"(".repeat(600)).is_err());
        assert!(compile(&format!("a{}", "*".repeat(600))).is_err());
    }
}
