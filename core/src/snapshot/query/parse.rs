//! Reads a query.
//!
//! ```text
//! query     = all { ( "|" | "or" ) all }
//! all       = part { ( "," | "&" | "and" ) part }
//! part      = ( "!" | "not" ) part | "(" query ")" | term
//! term      = reference | name [ condition ] [ "{" architecture "}" ] | field [ condition ]
//! condition = "(" [ operator ] value ")"
//! operator  = "=" | "<<" | "<=" | "<" | ">>" | ">=" | ">" | "%" | "~"
//! ```

use crate::error::{Error, Kind as ErrorKind, Result};
use crate::snapshot::query::field::{Field, SPECIAL};
use crate::snapshot::query::lex::{self, KEYWORDS, Kind, Token};
use crate::snapshot::query::limits::{MAX_DEPTH, MAX_LENGTH, MAX_REGEX_SIZE, MAX_REGEXES};
use crate::snapshot::query::pattern::{Glob, Regex};
use crate::snapshot::query::term::{Comparison, FieldTerm, Name, Node, Operator, Package, Reference, Test};

/// How much of a query an error shows on each side of the place, in characters.
const EXCERPT: usize = 36;

const TERM: &str = "a package name, a field or `(`";

/// Reads the whole of `text`.
pub(super) fn parse(text: &str) -> Result<Node> {
    if text.len() > MAX_LENGTH {
        return Err(Error::new(ErrorKind::Limit, format!("a query is longer than {MAX_LENGTH} bytes")));
    }
    if text.trim().is_empty() {
        return Err(
            Error::new(ErrorKind::Usage, "the query is empty").help("`Name` is the query that all packages pass")
        );
    }
    let mut parser = Parser { text, token: Token { kind: Kind::End, start: 0, end: 0 }, depth: 0, regexes: 0 };
    parser.advance()?;
    let node = parser.any()?;
    match &parser.token.kind {
        Kind::End => Ok(node),
        Kind::OpenBrace => Err(parser.unexpected("`,`, `|` or the end").help(
            "`{architecture}` stands after a package's name and version; with a field, write `$Architecture (amd64)`",
        )),
        _ => Err(parser.unexpected("`,`, `|` or the end")),
    }
}

struct Parser<'a> {
    text: &'a str,
    token: Token<'a>,
    depth: usize,
    regexes: usize,
}

/// A word with the place where it stands.
struct Word {
    text: String,
    start: usize,
}

impl<'a> Parser<'a> {
    fn any(&mut self) -> Result<Node> {
        let mut parts = vec![self.all()?];
        while self.token.kind == Kind::Or || self.is_keyword("or") {
            self.advance()?;
            parts.push(self.all()?);
        }
        Ok(Node::any(parts))
    }

    fn all(&mut self) -> Result<Node> {
        let mut parts = vec![self.part()?];
        while self.token.kind == Kind::And || self.is_keyword("and") {
            self.advance()?;
            parts.push(self.part()?);
        }
        Ok(Node::all(parts))
    }

    fn part(&mut self) -> Result<Node> {
        let negated = self.token.kind == Kind::Not || self.is_keyword("not");
        if !negated && self.token.kind != Kind::Open {
            return self.term();
        }
        if self.depth == MAX_DEPTH {
            let message = format!("column {}: a query nests deeper than {MAX_DEPTH}", self.column(self.token.start));
            return Err(Error::new(ErrorKind::Limit, message));
        }
        self.depth += 1;
        self.advance()?;
        let node = if negated {
            Node::Not(Box::new(self.part()?))
        } else {
            let node = self.any()?;
            self.expect(&Kind::Close, "`,`, `|` or `)`")?;
            node
        };
        self.depth -= 1;
        Ok(node)
    }

    fn term(&mut self) -> Result<Node> {
        if KEYWORDS.iter().any(|keyword| self.is_keyword(keyword)) {
            return Err(self.unexpected(TERM).help("a package of that name takes quotes"));
        }
        if matches!(self.token.kind, Kind::Operator(_)) {
            let help = "an operator stands in parentheses after a name or a field, as in `Name (~ ^lib)`";
            return Err(self.unexpected(TERM).help(help));
        }
        let word = self.word(TERM)?;
        // As in aptly: a capital or `$` begins a field, but an `_` is in no field's name.
        let first = word.text.chars().next().unwrap_or_default();
        if first == '$' || (first.is_uppercase() && !word.text.contains('_')) {
            let field = self.field(&word)?;
            let test = self.condition(&field)?;
            return Ok(Node::Field(FieldTerm { field, test }));
        }
        if self.token.kind != Kind::Open
            && let Some(reference) = self.reference(&word)?
        {
            return Ok(Node::Reference(reference));
        }
        let name = self.name(&word)?;
        let version = self.condition(&Field::Version("Version"))?;
        Ok(Node::Package(Package { name, version, architecture: self.architecture()? }))
    }

    fn field(&self, word: &Word) -> Result<Field> {
        let name = word.text.strip_prefix('$').unwrap_or(&word.text);
        let odd = |character: char| !character.is_ascii_graphic() || matches!(character, '*' | '?' | '[' | ']' | ':');
        if name.is_empty() || name.contains(odd) {
            return Err(self
                .wrong(word.start, "a field's name", &found(&word.text))
                .help("what begins with a capital is a field; for a package, write `Name (= ...)` or `Name (% ...)`"));
        }
        Field::named(&word.text).ok_or_else(|| {
            self.wrong(word.start, "a field", &found(&word.text)).help(format!("the special fields are {SPECIAL}"))
        })
    }

    /// `name_version_architecture`; the version is all that stands between the first `_` and the last.
    fn reference(&self, word: &Word) -> Result<Option<Reference>> {
        let Some((name, rest)) = word.text.split_once('_') else { return Ok(None) };
        let Some((version, architecture)) = rest.rsplit_once('_') else { return Ok(None) };
        if [name, version, architecture].iter().any(|part| part.is_empty()) || Glob::is_one(&word.text) {
            return Err(self
                .wrong(word.start, "name_version_architecture", &found(&word.text))
                .help("for a pattern, write `name* (% version*) {architecture}`"));
        }
        let [name, version, architecture] = [name, version, architecture].map(str::to_owned);
        Ok(Some(Reference { name, version, architecture }))
    }

    fn name(&self, word: &Word) -> Result<Name> {
        let wrong = || self.wrong(word.start, "a package name", &found(&word.text));
        if Glob::is_one(&word.text) {
            let glob = Glob::new(&word.text);
            return glob.map(Name::Glob).map_err(|fault| wrong().help(format!("as a pattern it has {fault}")));
        }
        let odd = |character: char| !(character.is_ascii_alphanumeric() || matches!(character, '+' | '-' | '.' | '_'));
        let Some(character) = word.text.chars().find(|character| odd(*character)) else {
            return if word.text.is_empty() { Err(wrong()) } else { Ok(Name::Exact(word.text.clone())) };
        };
        Err(wrong().help(match character {
            '<' | '>' | '=' | '~' | '%' => "a version takes blanks and parentheses: `name (>= 1.0)`",
            ':' => "an architecture takes braces: `name {amd64}`",
            '&' => "put blanks around `&`",
            _ => "a name has letters, digits, `+`, `-` and `.`; for others, write `Name (= '...')`",
        }))
    }

    fn condition(&mut self, field: &Field) -> Result<Option<Test>> {
        if self.token.kind != Kind::Open {
            return Ok(None);
        }
        self.advance()?;
        let mut operator = Operator::Compare(Comparison::Equal);
        if let Kind::Operator(written) = self.token.kind {
            operator = written;
            if *field == Field::Provides
                && matches!(operator, Operator::Compare(comparison) if comparison != Comparison::Equal)
            {
                return Err(self
                    .unexpected("`=`, `%` or `~`")
                    .help("$Provides is about names, and these have no order"));
            }
            self.advance()?;
        }
        let value = self.word("a value").map_err(|error| match self.token.kind {
            Kind::Close | Kind::End => error,
            _ => error.help("a value with blanks or any of ( ) { } | , ! or with an operator first takes quotes"),
        })?;
        let test = self.test(operator, value)?;
        self.expect(&Kind::Close, "`)`")
            .map_err(|error| error.help("a value with blanks or any of ( ) { } | , ! takes quotes"))?;
        Ok(Some(test))
    }

    fn test(&mut self, operator: Operator, value: Word) -> Result<Test> {
        match operator {
            Operator::Compare(comparison) => Ok(Test::Compare(comparison, value.text)),
            Operator::Glob => Glob::new(&value.text).map(Test::Glob).map_err(|fault| {
                self.wrong(value.start, "a pattern", &found(&value.text)).help(format!("it has {fault}"))
            }),
            Operator::Regex => {
                self.regexes += 1;
                if self.regexes > MAX_REGEXES {
                    let message = format!("a query has more than {MAX_REGEXES} regular expressions");
                    return Err(Error::new(ErrorKind::Limit, message));
                }
                Regex::new(&value.text).map(Test::Regex).map_err(|error| match error {
                    regex::Error::CompiledTooBig(_) => {
                        let column = self.column(value.start);
                        let message = format!(
                            "column {column}: a regular expression compiles to more than {MAX_REGEX_SIZE} bytes"
                        );
                        Error::new(ErrorKind::Limit, message)
                    }
                    error => {
                        let fault = last_line(&error.to_string());
                        self.wrong(value.start, "a regular expression", &found(&value.text)).help(fault).source(error)
                    }
                })
            }
        }
    }

    fn architecture(&mut self) -> Result<Option<String>> {
        if self.token.kind != Kind::OpenBrace {
            return Ok(None);
        }
        self.advance()?;
        let architecture = self.word("an architecture")?;
        self.expect(&Kind::CloseBrace, "`}`")?;
        Ok(Some(architecture.text))
    }

    fn word(&mut self, expected: &str) -> Result<Word> {
        let Kind::Word { text, .. } = &self.token.kind else { return Err(self.unexpected(expected)) };
        let word = Word { text: text.clone().into_owned(), start: self.token.start };
        self.advance()?;
        Ok(word)
    }

    fn is_keyword(&self, keyword: &str) -> bool {
        matches!(&self.token.kind, Kind::Word { text, quoted: false } if text == keyword)
    }

    fn expect(&mut self, kind: &Kind<'_>, expected: &str) -> Result<()> {
        if self.token.kind != *kind {
            return Err(self.unexpected(expected));
        }
        self.advance()
    }

    fn advance(&mut self) -> Result<()> {
        self.token = lex::next(self.text, self.token.end).map_err(|unclosed| {
            let expected = format!("a `{}` that closes this one", unclosed.quote);
            self.wrong(unclosed.start, &expected, "the end")
        })?;
        Ok(())
    }

    fn unexpected(&self, expected: &str) -> Error {
        let token = &self.text[self.token.start..self.token.end];
        let found = if self.token.kind == Kind::End { "the end".to_owned() } else { found(token) };
        self.wrong(self.token.start, expected, &found)
    }

    /// A failure at the byte `at`, with the query and a mark below the place.
    fn wrong(&self, at: usize, expected: &str, found: &str) -> Error {
        let (before, after) = self.text.split_at(at);
        let skipped = before.chars().count().saturating_sub(EXCERPT);
        let shown: String = before.chars().skip(skipped).chain(after.chars().take(EXCERPT)).map(printable).collect();
        let head = if skipped > 0 { "..." } else { "" };
        let blanks = " ".repeat(head.len() + before.chars().count() - skipped);
        let tail = if after.chars().nth(EXCERPT).is_some() { "..." } else { "" };
        let column = self.column(at);
        Error::new(
            ErrorKind::Usage,
            format!(
                "column {column} of the query: expected {expected}, found {found}\n  {head}{shown}{tail}\n  {blanks}^"
            ),
        )
    }

    /// Counted in characters from 1.
    fn column(&self, at: usize) -> usize {
        self.text[..at].chars().count() + 1
    }
}

/// A word of the query for a message.
fn found(text: &str) -> String {
    let mut shown: String = text.chars().take(EXCERPT).map(printable).collect();
    if text.chars().nth(EXCERPT).is_some() {
        shown.push_str("...");
    }
    format!("`{shown}`")
}

fn printable(character: char) -> char {
    if character.is_control() { ' ' } else { character }
}

/// The regex crate's messages are drawings over several lines; the last says what is wrong.
fn last_line(message: &str) -> String {
    let line = message.trim_end().lines().last().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::query::Query;

    fn shown(text: &str) -> String {
        text.parse::<Query>().unwrap_or_else(|error| panic!("{text}: {error}")).to_string()
    }

    fn error(text: &str) -> Error {
        text.parse::<Query>().err().unwrap_or_else(|| panic!("{text} is taken"))
    }

    #[test]
    fn texts_that_read_back() {
        for (text, expected) in [
            ("nginx", "nginx"),
            (" nginx(1.0)\t{ amd64 } ", "nginx (= 1.0) {amd64}"),
            ("a and b or not (c or d) and e", "a, b | !(c | d), e"),
            ("(a | b) & ((c))", "(a | b), c"),
            ("a, (b, (c, d))", "a, b, c, d"),
            ("Name (~ 'a (b|c)')", "Name (~ 'a (b|c)')"),
            ("Name (~ \"it's \\\\. \\\"\")", "Name (~ 'it\\'s \\\\. \"')"),
            ("'and' | \"or\"", "'and' | 'or'"),
            ("$version (> 1), section", "$Version (>= 1), section"),
            ("Homepage (% https://a/?b&c=d)", "Homepage (% https://a/?b&c=d)"),
            ("Field (= '')", "Field (= '')"),
            ("x (= '=1')", "x (= '=1')"),
            ("Alien-data_1:1.3_4~dev_i386", "Alien-data_1:1.3_4~dev_i386"),
            ("*[^a-b]?", "*[^a-b]?"),
        ] {
            assert_eq!(shown(text), expected);
            assert_eq!(text.parse::<Query>().ok(), expected.parse::<Query>().ok());
        }
    }

    #[test]
    fn errors_say_where_and_what() {
        let expected = "column 11 of the query: expected a value, found `)`\n  nginx (>= )\n            ^";
        assert_eq!(error("nginx (>= )").to_string(), expected);
        for (text, column, what) in [
            ("a, ", 4, "expected a package name, a field or `(`, found the end"),
            ("a | !|", 6, "found `|`"),
            ("((a )", 6, "expected `,`, `|` or `)`, found the end"),
            ("!a )", 4, "expected `,`, `|` or the end, found `)`"),
            ("a b", 3, "expected `,`, `|` or the end, found `b`"),
            ("'a )", 1, "expected a `'` that closes this one"),
            ("a>=5", 1, "`name (>= 1.0)`"),
            ("nginx:amd64", 1, "`name {amd64}`"),
            ("a&b", 1, "put blanks around `&`"),
            ("~^lib", 1, "`Name (~ ^lib)`"),
            ("a {amd64", 9, "expected `}`"),
            ("Section {amd64}", 9, "$Architecture (amd64)"),
            ("A (é), Name (~ 1.2[34)", 16, "a regular expression, found `1.2[34`"),
            ("a (~ 1.2[34)", 6, "unclosed character class"),
            ("Name (~ (a|b))", 9, "takes quotes"),
            ("Name (~ a(b))", 10, "takes quotes"),
            ("Name (% [)", 9, "a `[` without its `]`"),
            ("[ab", 1, "a `[` without its `]`"),
            ("$Nonsense (x)", 1, "$SourceVersion"),
            ("Lib* (x)", 1, "Name (% ...)"),
            ("and, a", 1, "takes quotes"),
            ("a, or", 4, "found `or`"),
            ("$Provides (>= a)", 12, "expected `=`, `%` or `~`"),
            ("a_1*_b", 1, "name_version_architecture"),
            ("a__b", 1, "name_version_architecture"),
            ("''", 1, "expected a package name"),
        ] {
            let error = error(text);
            assert_eq!(error.kind(), ErrorKind::Usage, "{text}");
            let message = error.to_string();
            assert!(message.starts_with(&format!("column {column} of the query: ")), "{text}: {message}");
            assert!(message.contains(what), "{text}: {message}");
        }
        assert_eq!(error(" ").kind(), ErrorKind::Usage);
    }

    #[test]
    fn a_long_query_is_shown_around_the_place() {
        let text = format!("{} !, {}", "a, ".repeat(100), "b, ".repeat(100));
        let message = error(&text).message().to_owned();
        let lines: Vec<&str> = message.lines().collect();
        assert!(lines[1].len() < 90, "{message}");
        let mark = lines[2].find('^').unwrap();
        assert_eq!(&lines[1][mark - 1..=mark], "!,", "{message}");
        assert!(lines[1].starts_with("  ...") && lines[1].ends_with("..."), "{message}");
        assert!(!error("a\u{1b}[31m\u{7}").to_string().contains(['\u{1b}', '\u{7}']));
    }

    #[test]
    fn limits_hold() {
        let within = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
        assert!(within(MAX_DEPTH).parse::<Query>().is_ok());
        assert!("a, ".repeat(MAX_LENGTH / 3 - 1).add_term().parse::<Query>().is_ok());
        for text in [
            within(MAX_DEPTH + 1),
            format!("{}a", "!".repeat(MAX_DEPTH + 1)),
            format!("{}a", "not ".repeat(10_000)),
            "a".repeat(MAX_LENGTH + 1),
            "Name (~ a), ".repeat(MAX_REGEXES + 1).add_term(),
            r"Name (~ '(\\w{200}){200}')".to_owned(),
        ] {
            assert_eq!(error(&text).kind(), ErrorKind::Limit);
        }
    }

    trait AddTerm {
        fn add_term(self) -> String;
    }

    impl AddTerm for String {
        fn add_term(mut self) -> String {
            self.push('a');
            self
        }
    }

    /// Texts of random tokens: none may panic, and what is taken reads back from its own text.
    #[test]
    fn random_texts_read_back_or_fail() {
        let pieces = [
            "nginx",
            "lib*",
            "a_1_b",
            "Name",
            "$Version",
            "$Provides",
            "Section",
            "(",
            ")",
            "(",
            ")",
            "{",
            "}",
            ",",
            "|",
            "!",
            " and ",
            " or ",
            " not ",
            "=",
            ">=",
            "<<",
            "%",
            "~",
            "'x y'",
            "\"q\\\"\"",
            "'",
            "\\",
            "[a-z]",
            "é",
            "\u{0}",
            "&",
            "1.0",
            " ",
            " ",
            "(~ a.c)",
            "(>= 1)",
            "{amd64}",
            "(% *-dev)",
            "^$",
        ];
        let (mut state, mut taken) = (7u64, 0);
        for _ in 0..30_000 {
            let mut text = String::new();
            for _ in 0..=state % 9 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text += pieces[(state >> 33) as usize % pieces.len()];
            }
            if let Ok(query) = text.parse::<Query>() {
                taken += 1;
                let again: Query =
                    query.to_string().parse().unwrap_or_else(|error| panic!("{text} -> {query}: {error}"));
                assert_eq!(query, again, "{text}");
                assert_eq!(query.to_string(), again.to_string());
            }
        }
        assert!(taken > 1000, "{taken}");
    }
}
