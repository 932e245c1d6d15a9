//! Which proxies requests go through.

use reqwest::NoProxy;
use url::Url;

use super::address::redacted;
use super::credentials::{Credentials, split};
use crate::error::{Error, Kind, Result};

/// The proxies to go through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Proxy {
    /// Those of the environment, as apt and curl read them: `http_proxy`, `https_proxy`, `all_proxy`, and `no_proxy` for
    /// the hosts to reach directly. The capitalised names count too, but for `HTTP_PROXY`, which a web server may have set
    /// from a request.
    #[default]
    Environment,
    /// None.
    Direct,
    /// These, whatever the environment says.
    Fixed(ProxyHosts),
}

/// Proxies by scheme of the request, each as `[http://|https://][user:password@]host[:port]`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ProxyHosts {
    /// For http URLs.
    pub http: Option<String>,
    /// For https URLs.
    pub https: Option<String>,
    /// Hosts reached directly: names (with all below them), addresses and networks, separated by commas; `*` for all.
    pub except: Option<String>,
}

impl Proxy {
    /// The hosts, with those of the environment read.
    pub(super) fn hosts(&self) -> ProxyHosts {
        match self {
            Proxy::Direct => ProxyHosts::default(),
            Proxy::Fixed(hosts) => hosts.clone(),
            Proxy::Environment => ProxyHosts::from_variables(|name| std::env::var(name).ok()),
        }
    }
}

impl ProxyHosts {
    fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        // Empty, and apt's own word, mean no proxy.
        let first = |names: &[&str]| {
            names.iter().find_map(|name| variable(name)).filter(|value| !value.is_empty() && value != "DIRECT")
        };
        let all = first(&["all_proxy", "ALL_PROXY"]);
        Self {
            http: first(&["http_proxy"]).or_else(|| all.clone()),
            https: first(&["https_proxy", "HTTPS_PROXY"]).or(all),
            except: first(&["no_proxy", "NO_PROXY"]),
        }
    }

    /// The same for the HTTP client; whether http URLs need TLS for their proxy comes with it.
    pub(super) fn build(&self, credentials: &Credentials) -> Result<Proxies> {
        let mut rules = Vec::new();
        let mut tls_for_http = false;
        if let Some(text) = &self.http {
            let (url, login) = read(text, "http_proxy", credentials)?;
            tls_for_http = url.scheme() == "https";
            rules.push(self.rule(reqwest::Proxy::http(url), login)?);
        }
        if let Some(text) = &self.https {
            let (url, login) = read(text, "https_proxy", credentials)?;
            rules.push(self.rule(reqwest::Proxy::https(url), login)?);
        }
        Ok(Proxies { rules, tls_for_http })
    }

    fn rule(&self, rule: reqwest::Result<reqwest::Proxy>, login: Option<(String, String)>) -> Result<reqwest::Proxy> {
        let rule = rule.map_err(|_| Error::new(Kind::Usage, "the proxy can't be understood"))?;
        let rule = match login {
            Some((user, password)) => rule.basic_auth(&user, &password),
            None => rule,
        };
        Ok(rule.no_proxy(self.except.as_deref().and_then(NoProxy::from_string)))
    }
}

impl std::fmt::Debug for ProxyHosts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let show = |text: &Option<String>| {
            text.as_deref().map(|text| parse(text).map_or_else(|| "(not a URL)".to_owned(), |url| redacted(&url)))
        };
        f.debug_struct("ProxyHosts")
            .field("http", &show(&self.http))
            .field("https", &show(&self.https))
            .field("except", &self.except)
            .finish()
    }
}

/// [`ProxyHosts`] for the HTTP client.
pub(super) struct Proxies {
    pub(super) rules: Vec<reqwest::Proxy>,
    pub(super) tls_for_http: bool,
}

fn read(text: &str, name: &'static str, credentials: &Credentials) -> Result<(Url, Option<(String, String)>)> {
    // The text may hold a password, so it is not repeated.
    let url = parse(text).ok_or_else(|| {
        Error::new(Kind::Usage, "the proxy can't be understood").field(name).help("write it as http://host:port")
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Error::new(Kind::Unsupported, format!("proxies of the kind {:?} are not supported", url.scheme()))
            .field(name)
            .help("use an http or https proxy"));
    }
    let (plain, login) = split(&url).map_err(|error| error.field(name))?;
    let login = match login {
        Some((user, password)) => Some((user, password.reveal().to_owned())),
        // apt_auth.conf(5) holds those of proxies too.
        None => credentials.login(&plain, None).map(|login| (login.user, login.password.reveal().to_owned())),
    };
    Ok((plain, login))
}

/// A proxy without a scheme is an http proxy, as curl has it.
fn parse(text: &str) -> Option<Url> {
    let url = if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("http://{text}")) };
    url.ok().filter(Url::has_host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_count_as_for_apt_and_curl() {
        let hosts = |variables: &[(&str, &str)]| {
            let hosts = ProxyHosts::from_variables(|name| {
                variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            });
            (hosts.http, hosts.https, hosts.except)
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(hosts(&[]), (None, None, None));
        assert_eq!(hosts(&[("http_proxy", "http://p:1")]), (some("http://p:1"), None, None));
        assert_eq!(hosts(&[("HTTP_PROXY", "http://evil:1")]), (None, None, None));
        assert_eq!(hosts(&[("HTTPS_PROXY", "p:1"), ("no_proxy", "a,b")]), (None, some("p:1"), some("a,b")));
        assert_eq!(hosts(&[("all_proxy", "p:1"), ("http_proxy", "q:1")]), (some("q:1"), some("p:1"), None));
        assert_eq!(hosts(&[("http_proxy", ""), ("https_proxy", "DIRECT")]), (None, None, None));
    }

    #[test]
    fn bad_proxies_are_named_without_their_password() {
        for (text, kind) in [("http://u:hunter2@[/", Kind::Usage), ("socks5h://u:hunter2@p:1", Kind::Unsupported)] {
            let hosts = ProxyHosts { http: Some(text.to_owned()), ..ProxyHosts::default() };
            let error = hosts.build(&Credentials::default()).err().expect("an error");
            assert_eq!((error.kind(), error.at_field()), (kind, Some("http_proxy")));
            assert!(!error.to_string().contains("hunter2"));
            assert!(!format!("{hosts:?}").contains("hunter2"));
        }
    }
}
