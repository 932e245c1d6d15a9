//! Names and passwords: from a URL, and from files as apt_auth.conf(5) describes them.

use std::fmt;
use std::path::{Path, PathBuf};

use url::Url;

use super::address::redacted;
use crate::error::{Error, Kind, Result};

/// The largest file of credentials, in bytes.
pub const LARGEST_FILE: u64 = 1 << 20;

/// Names and passwords by host and path. Passwords never show, not even through `Debug`.
///
/// ```
/// # fn main() -> reposnap::Result<()> {
/// use reposnap::source::fetch::{Credentials, parse_url};
/// let credentials = Credentials::parse("machine deb.example/private login me password secret")?;
/// assert!(credentials.knows(&parse_url("https://deb.example/private/dists")?));
/// assert!(!credentials.knows(&parse_url("https://deb.example/public")?));
/// // Never over an open line, unless the entry says http:// itself.
/// assert!(!credentials.knows(&parse_url("http://deb.example/private/dists")?));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    entries: Vec<Machine>,
    unreadable: Vec<PathBuf>,
}

/// One `machine` entry.
#[derive(Clone, Debug, Default)]
struct Machine {
    scheme: Option<String>,
    host: String,
    port: Option<u16>,
    path: String,
    login: String,
    password: Secret,
}

/// What goes into one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Login {
    pub(super) user: String,
    pub(super) password: Secret,
}

/// Text that is never shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Secret(String);

impl Credentials {
    /// Reads the netrc-like format of apt_auth.conf(5).
    ///
    /// Unknown tokens are skipped, as apt does; a `machine` that can't be understood is an error.
    pub fn parse(text: &str) -> Result<Self> {
        let mut entries: Vec<Machine> = Vec::new();
        let mut keyword: Option<&str> = None;
        for (number, line) in (1..).zip(text.lines()) {
            for token in line.split_ascii_whitespace() {
                match keyword.take() {
                    Some("machine") => entries.push(Machine::parse(token).map_err(|error| error.line(number))?),
                    Some(name) => {
                        let Some(machine) = entries.last_mut() else { continue };
                        match name {
                            "login" => token.clone_into(&mut machine.login),
                            _ => machine.password = Secret(token.to_owned()),
                        }
                    }
                    None if token.starts_with('#') => break,
                    None => keyword = Some(token).filter(|token| matches!(*token, "machine" | "login" | "password")),
                }
            }
        }
        if let Some(name) = keyword {
            return Err(Error::new(Kind::Malformed, format!("nothing follows {name:?}")));
        }
        Ok(Self { entries, unreadable: Vec::new() })
    }

    /// Reads this machine's own `etc/apt/auth.conf` and `etc/apt/auth.conf.d/*.conf` below `root` (`/` as a rule), in
    /// apt's order. What the user may not read is left out, and named by [`unreadable`](Self::unreadable).
    pub fn of_apt(root: &Path) -> Result<Self> {
        let mut credentials = Self::default();
        let mut files = vec![root.join("etc/apt/auth.conf")];
        let mut parts: Vec<PathBuf> = match std::fs::read_dir(root.join("etc/apt/auth.conf.d")) {
            Ok(folder) => folder.filter_map(|entry| Some(entry.ok()?.path())).collect(),
            Err(_) => Vec::new(),
        };
        parts.retain(|path| path.extension().is_some_and(|extension| extension == "conf"));
        parts.sort();
        files.append(&mut parts);
        for file in files {
            credentials.add_file(&file)?;
        }
        Ok(credentials)
    }

    /// The files that are there but could not be read.
    pub fn unreadable(&self) -> &[PathBuf] {
        &self.unreadable
    }

    /// Whether there is a name and password for `url`.
    pub fn knows(&self, url: &Url) -> bool {
        self.login(url, None).is_some()
    }

    /// The first entry that fits `url`, and `user` where the URL names one.
    pub(super) fn login(&self, url: &Url, user: Option<&str>) -> Option<Login> {
        let machine = self.entries.iter().find(|machine| machine.fits(url, user))?;
        Some(Login { user: machine.login.clone(), password: machine.password.clone() })
    }

    fn add_file(&mut self, path: &Path) -> Result<()> {
        let name = path.display().to_string();
        match std::fs::metadata(path) {
            Ok(meta) if meta.len() > LARGEST_FILE => {
                return Err(Error::new(Kind::Limit, "a file of credentials has at most 1 MiB").path(name));
            }
            _ => {}
        }
        match std::fs::read_to_string(path) {
            Ok(text) => {
                self.entries.append(&mut Self::parse(&text).map_err(|error| error.path(name))?.entries);
                Ok(())
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                self.unreadable.push(path.to_owned());
                Ok(())
            }
            Err(error) => Err(Error::io(name, error)),
        }
    }
}

impl Machine {
    /// Reads `[protocol://]hostname[:port][/path]`.
    fn parse(token: &str) -> Result<Self> {
        let (scheme, rest) = match token.split_once("://") {
            Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
            None => (None, token),
        };
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        let (host, port) = match authority.rsplit_once(':') {
            // The colons of an address in brackets are not followed by a port.
            Some((host, port)) if !port.ends_with(']') => {
                let port = port
                    .parse()
                    .map_err(|_| Error::new(Kind::Malformed, format!("{port:?} is not a port")).field("machine"))?;
                (host, Some(port))
            }
            _ => (authority, None),
        };
        if host.is_empty() {
            return Err(Error::new(Kind::Malformed, "a machine has no host name").field("machine"));
        }
        Ok(Self { scheme, host: host.to_ascii_lowercase(), port, path: path.to_owned(), ..Self::default() })
    }

    /// Whether this entry is for `url`, by the rules of apt_auth.conf(5).
    ///
    /// One thing differs: `:443` also fits an https URL that leaves the port out, because that is the same server.
    fn fits(&self, url: &Url, user: Option<&str>) -> bool {
        self.scheme.as_deref().unwrap_or("https") == url.scheme()
            && url.host_str().is_some_and(|host| host.eq_ignore_ascii_case(&self.host))
            && (self.port.is_none() || self.port == url.port_or_known_default())
            && url.path().starts_with(&self.path)
            && user.is_none_or(|user| user == self.login)
    }
}

/// Takes the name and password out of `url`.
pub(super) fn split(url: &Url) -> Result<(Url, Option<(String, Secret)>)> {
    let mut plain = url.clone();
    if url.username().is_empty() && url.password().is_none() {
        return Ok((plain, None));
    }
    let refuse = || Error::new(Kind::Usage, "the name or password in the URL can't be read").path(redacted(url));
    let user = decode(url.username()).ok_or_else(refuse)?;
    let password = decode(url.password().unwrap_or_default()).ok_or_else(refuse)?;
    plain.set_username("").and_then(|()| plain.set_password(None)).map_err(|()| refuse())?;
    Ok((plain, Some((user, Secret(password)))))
}

/// Undoes percent-encoding; nothing where the result is not text.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let code = tail.get(..2).filter(|_| first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

impl Secret {
    /// The text, for the one place that sends it.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(text: &str, url: &str) -> Option<(String, String)> {
        let url = Url::parse(url).expect("a URL");
        let login = Credentials::parse(text).expect("credentials").login(&url, None)?;
        Some((login.user, login.password.reveal().to_owned()))
    }

    fn apt() -> Option<(String, String)> {
        Some(("apt".to_owned(), "debian".to_owned()))
    }

    /// The examples of apt_auth.conf(5).
    #[test]
    fn examples_of_the_manual() {
        let url = "https://example.org/debian";
        for text in [
            "machine example.org\nlogin apt\npassword debian",
            "machine example.org login apt password debian",
            "machine example.org/deb login apt password debian",
            "machine example.org/debian login apt password debian",
        ] {
            assert_eq!(login(text, url), apt(), "{text}");
        }
        assert_eq!(
            login("machine example.org/debian/ login apt password debian", "https://example.org/debian/x"),
            apt()
        );
        for text in [
            "machine example.org/deb/ login apt password debian",
            "machine example.org/ubuntu login apt password debian",
            "machine example.orga login apt password debian",
            "machine example.net login apt password debian",
            "machine http://example.org login apt password debian",
            "machine example.org:8443 login apt password debian",
        ] {
            assert_eq!(login(text, url), None, "{text}");
        }
    }

    #[test]
    fn plain_http_only_where_the_entry_says_so() {
        let url = "http://example.org/debian";
        assert_eq!(login("machine example.org login apt password debian", url), None);
        assert_eq!(login("machine http://example.org login apt password debian", url), apt());
    }

    #[test]
    fn the_first_entry_that_fits_counts() {
        let text = "# ours\nmachine example.org/a login x password y account ignored\nmachine EXAMPLE.org\n\tlogin apt\n\tpassword\n\tdebian\n#machine example.org login no password no\n";
        assert_eq!(login(text, "https://example.org/b"), apt());
        assert_eq!(login(text, "https://example.org/a"), Some(("x".to_owned(), "y".to_owned())));
        let both =
            Credentials::parse("machine h login a password 1 machine h login b password 2").expect("credentials");
        let url = Url::parse("https://h/").expect("a URL");
        assert_eq!(both.login(&url, Some("b")).map(|login| login.password.reveal().to_owned()), Some("2".to_owned()));
        assert_eq!(both.login(&url, Some("c")), None);
    }

    #[test]
    fn bad_files_name_the_line() {
        for (text, line) in [("login a\nmachine h:port", 2), ("machine :80", 1), ("machine https:///x", 1)] {
            assert_eq!(Credentials::parse(text).expect_err(text).at_line(), Some(line), "{text}");
        }
        assert!(Credentials::parse("machine h login a password").is_err());
        let address = Credentials::parse("machine [::1]:8443 login a password b").expect("an address");
        assert!(address.knows(&Url::parse("https://[::1]:8443/").expect("a URL")));
    }

    #[test]
    fn passwords_never_show() {
        let credentials = Credentials::parse("machine h login a password hunter2").expect("credentials");
        assert!(!format!("{credentials:?}").contains("hunter2"));
        let (plain, login) = split(&Url::parse("https://a%40b:p%3Aw%zz@h/x").expect("a URL")).expect("split");
        assert_eq!(plain.as_str(), "https://h/x");
        let (user, password) = login.expect("a login");
        assert_eq!((user.as_str(), password.reveal()), ("a@b", "p:w%zz"));
        assert!(split(&Url::parse("https://%ff@h/").expect("a URL")).is_err());
    }
}
