//! Who may do what: tokens, each with its roles, of which only digests are kept.

use std::path::Path;

use base64::Engine as _;
use reposnap::Digest;
use reposnap::error::{Error, Kind, Result};
use reposnap::store::refs::check_name;
use subtle::ConstantTimeEq as _;

use crate::limits::{TOKEN_BYTES, TOKENS, TOKENS_BYTES};

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Read everything.
    Read,
    /// Read, and change mirrors: add, update, fetch packages.
    Mirror,
    /// Read, and change environments and snapshots.
    Promote,
}

impl Role {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Read => "read",
            Role::Mirror => "mirror",
            Role::Promote => "promote",
        }
    }
}

/// The roles of one token; every one of them may read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    mirror: bool,
    promote: bool,
}

impl Roles {
    /// Whether `role` is among them.
    pub fn has(self, role: Role) -> bool {
        match role {
            Role::Read => true,
            Role::Mirror => self.mirror,
            Role::Promote => self.promote,
        }
    }
}

/// Who sends a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The name of the token; none for somebody without one.
    pub name: Option<String>,
    /// What it may do.
    pub roles: Roles,
}

/// Whether somebody was recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recognised {
    /// Yes.
    Caller(Caller),
    /// A token is needed, and there is none.
    Missing,
    /// There is a token, and it is none that is known.
    Unknown,
}

/// The tokens that are known.
#[derive(Debug, Default)]
pub struct Tokens {
    tokens: Vec<Token>,
    /// Whether reading takes a token.
    closed: bool,
}

#[derive(Debug)]
struct Token {
    digest: Digest,
    caller: Caller,
}

impl Tokens {
    /// No tokens: everybody may read, and nobody write.
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads a file of tokens. With `anonymous`, reading takes none.
    ///
    /// # Errors
    /// [`Kind::Usage`] with the line that is wrong; [`Kind::Limit`] for a file that is too large.
    pub fn open(path: &Path, anonymous: bool) -> Result<Self> {
        let name = path.display().to_string();
        let size = std::fs::metadata(path).map_err(|error| Error::io(&name, error))?.len();
        if size > TOKENS_BYTES {
            return Err(Error::new(Kind::Limit, "the file of tokens is too large")
                .path(name)
                .mismatch(format!("at most {TOKENS_BYTES} bytes"), size.to_string()));
        }
        let text = std::fs::read_to_string(path).map_err(|error| Error::io(&name, error))?;
        Self::parse(&text, anonymous).map_err(|error| error.path(name))
    }

    /// Reads lines `roles sha256-of-token name`; empty ones and those that begin with `#` say nothing.
    ///
    /// # Errors
    /// As [`Tokens::open`].
    pub fn parse(text: &str, anonymous: bool) -> Result<Self> {
        let mut tokens: Vec<Token> = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let token = token(line).map_err(|error| error.line(number as u64 + 1))?;
            if tokens.iter().any(|known| known.digest == token.digest || known.caller.name == token.caller.name) {
                return Err(Error::new(Kind::Usage, "this token, or its name, is there twice")
                    .line(number as u64 + 1)
                    .help("several roles go on one line, as in `mirror,promote`"));
            }
            tokens.push(token);
            if tokens.len() > TOKENS {
                return Err(Error::new(Kind::Limit, format!("there are more than {TOKENS} tokens")));
            }
        }
        Ok(Self { tokens, closed: !anonymous })
    }

    /// Who sends a request with this `Authorization`.
    pub fn recognise(&self, authorization: Option<&str>) -> Recognised {
        let Some(authorization) = authorization else {
            return if self.closed {
                Recognised::Missing
            } else {
                Recognised::Caller(Caller { name: None, roles: Roles::default() })
            };
        };
        let Some(secret) = secret(authorization) else { return Recognised::Unknown };
        let digest = Digest::of(secret.as_bytes());
        // Every one is compared, each in constant time: how long it takes tells nothing of what is known.
        let mut found = None;
        for token in &self.tokens {
            if bool::from(token.digest.as_bytes()[..].ct_eq(&digest.as_bytes()[..])) {
                found = Some(&token.caller);
            }
        }
        found.map_or(Recognised::Unknown, |caller| Recognised::Caller(caller.clone()))
    }
}

/// The token in `Bearer TOKEN`, or the password in `Basic`, which is what apt sends.
fn secret(authorization: &str) -> Option<String> {
    let (scheme, value) = authorization.split_once(' ')?;
    let value = value.trim();
    let secret = if scheme.eq_ignore_ascii_case("bearer") {
        value.to_owned()
    } else if scheme.eq_ignore_ascii_case("basic") {
        let pair = base64::engine::general_purpose::STANDARD.decode(value).ok()?;
        String::from_utf8(pair).ok()?.split_once(':')?.1.to_owned()
    } else {
        return None;
    };
    (1..=TOKEN_BYTES).contains(&secret.len()).then_some(secret)
}

fn token(line: &str) -> Result<Token> {
    let mut words = line.split_ascii_whitespace();
    let (Some(roles), Some(digest), Some(name), None) = (words.next(), words.next(), words.next(), words.next()) else {
        return Err(Error::new(Kind::Usage, "this is not a role, the SHA-256 of a token, and a name"));
    };
    let mut all = Roles::default();
    for role in roles.split(',') {
        match role {
            "read" => {}
            "mirror" => all.mirror = true,
            "promote" => all.promote = true,
            _ => {
                return Err(Error::new(Kind::Usage, format!("{role:?} is no role"))
                    .field("role")
                    .help("write read, mirror or promote, or several with commas between"));
            }
        }
    }
    let digest = digest.parse::<Digest>().map_err(|_| {
        Error::new(Kind::Usage, "the second word is no SHA-256 of a token")
            .field("sha256")
            .help("`printf %s TOKEN | sha256sum` gives it")
    })?;
    check_name(name).map_err(|error| error.field("name"))?;
    Ok(Token { digest, caller: Caller { name: Some(name.to_owned()), roles: all } })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens() -> Tokens {
        let line = |role: &str, token: &str| format!("{role} {} {token}-name\n", Digest::of(token.as_bytes()));
        let text = format!("# who\n\n{}{}", line("read", "reader"), line("mirror,promote", "both"));
        Tokens::parse(&text, false).unwrap()
    }

    #[test]
    fn tokens_have_roles() {
        let basic = base64::engine::general_purpose::STANDARD.encode("anyone:reader");
        for header in ["Bearer reader", "bearer  reader", &format!("Basic {basic}")] {
            let Recognised::Caller(caller) = tokens().recognise(Some(header)) else { panic!("{header}") };
            assert_eq!(caller.name.as_deref(), Some("reader-name"));
            assert!(
                caller.roles.has(Role::Read) && !caller.roles.has(Role::Mirror) && !caller.roles.has(Role::Promote)
            );
        }
        let Recognised::Caller(caller) = tokens().recognise(Some("Bearer both")) else { panic!() };
        assert!(caller.roles.has(Role::Mirror) && caller.roles.has(Role::Promote));
        assert_eq!(tokens().recognise(None), Recognised::Missing);
        for header in ["Bearer other", "Bearer ", "Basic !", "Digest reader", "reader", "Basic YQ=="] {
            assert_eq!(tokens().recognise(Some(header)), Recognised::Unknown, "{header}");
        }
        assert!(matches!(Tokens::none().recognise(None), Recognised::Caller(_)));
    }

    #[test]
    fn wrong_lines_are_told() {
        let digest = Digest::of(b"x");
        for (line, field) in [
            (format!("admin {digest} a"), Some("role")),
            ("read abc a".to_owned(), Some("sha256")),
            (format!("read {digest} ../a"), Some("name")),
            ("read".to_owned(), None),
        ] {
            let error = Tokens::parse(&format!("\n{line}\n"), false).unwrap_err();
            assert_eq!((error.kind(), error.at_line(), error.at_field()), (Kind::Usage, Some(2), field), "{line}");
        }
        assert!(Tokens::parse(&format!("read {digest} a\nread {digest} b"), false).is_err());
    }
}
