//! One request to a registry: whom to trust, who we are, where it redirects to, and what may pass when tried again.

use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use jiff::Timestamp;
use reposnap::source::fetch::http::{Again, Failure, Tls, Tries, broken, http_client, retry_after};
use reposnap::source::fetch::{FetchOptions, LONGEST_URL, Proxy, Url, redacted};
use reposnap::{Error, Kind, Result};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, HeaderMap, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use tokio::sync::OnceCell;
use tokio::time::timeout;

use super::answer::Answer;
use super::auth::Auth;
use super::name::{Repository, is_loopback, without_port};
use super::options::RegistryOptions;
use super::{certs, challenge};

/// How long one try of anything but a layer may take, from the first byte sent to the last received.
pub const DOCUMENT_TIME: Duration = Duration::from_secs(300);
/// The fewest bytes per second that an upload is given time for, beside the time that the server may say nothing.
const UPLOAD_RATE: u64 = 16 << 10;

/// What a request wants to be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// To read.
    Pull,
    /// To read and write.
    Push,
}

/// A request.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) access: Access,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Bytes>,
}

impl Ask {
    /// A plain request to read.
    pub(super) fn get(url: Url) -> Self {
        Self { method: Method::GET, url, access: Access::Pull, headers: HeaderMap::new(), body: None }
    }

    /// One that changes something, or prepares that.
    pub(super) fn change(method: Method, url: Url) -> Self {
        Self { method, url, access: Access::Push, headers: HeaderMap::new(), body: None }
    }
}

/// The way to one repository of a registry.
pub(super) struct Link {
    pub(super) repository: Repository,
    pub(super) options: RegistryOptions,
    clients: Clients,
    auth: Auth,
    base: OnceCell<Url>,
}

impl Link {
    pub(super) fn new(repository: Repository, options: RegistryOptions) -> Result<Self> {
        let folders = options.certificates.clone().unwrap_or_else(certs::usual_folders);
        let folder = certs::folder_of(&folders, repository.host());
        let tls = folder.as_deref().map(certs::read).transpose()?;
        let base = OnceCell::new();
        // Who has certificates speaks TLS.
        let plain = options.allows_plain(repository.host()) && tls.is_none();
        if !plain {
            let _ = base.set(base_of("https", &repository)?);
        }
        let clients = Clients::new(&options.fetch, tls.unwrap_or_default())?;
        Ok(Self { repository, options, clients, auth: Auth::default(), base })
    }

    /// The URL of what `rest` names within the repository: `manifests/latest`.
    pub(super) async fn url(&self, rest: &str) -> Result<Url, Failure> {
        let base = self.base().await?;
        let path = format!("/v2/{}/{rest}", self.repository.path());
        base.join(&path).map_err(|_| Failure::never(Error::new(Kind::Internal, "the URL of a request can't be made")))
    }

    /// The registry's own URL. Of one that may do without TLS it is asked first, without a password, whether it does.
    async fn base(&self) -> Result<&Url, Failure> {
        self.base
            .get_or_try_init(|| async {
                let plain = base_of("http", &self.repository).map_err(Failure::never)?;
                let ping = plain.join("/v2/").map_err(|_| Failure::never(unusable(&self.repository)))?;
                let secure = match self.send_once(&Ask::get(ping), None).await {
                    Ok(answer) => wants_tls(&answer),
                    // Something else than HTTP is spoken there; or nothing, where the ports are two.
                    Err(failure) => match failure.error.broken_rule() {
                        Some("connection-broken") => true,
                        Some("connect") if plain.port().is_none() => true,
                        _ => return Err(failure),
                    },
                };
                if secure { base_of("https", &self.repository).map_err(Failure::never) } else { Ok(plain) }
            })
            .await
    }

    /// Whether it was found to do without TLS, as it may.
    pub(super) fn is_plain(&self) -> bool {
        self.base.get().is_some_and(|base| base.scheme() == "http")
    }

    /// Does `once` until it succeeds or no further try is due.
    pub(super) async fn patiently<'a, T>(
        &'a self,
        once: impl Fn() -> BoxFuture<'a, Result<T, Failure>> + Send,
    ) -> Result<T> {
        let mut tries = Tries::new(&self.options.fetch);
        loop {
            let result = timeout(DOCUMENT_TIME, once()).await.unwrap_or_else(|_| {
                let what = format!("not done after {} s", DOCUMENT_TIME.as_secs());
                let error = Error::new(Kind::Network, what).path(self.repository.to_string());
                Err(Failure::later(error.rule("total-timeout")))
            });
            match result {
                Ok(value) => return Ok(value),
                Err(failure) => tries.wait(failure).await?,
            }
        }
    }

    /// Sends one request, shows who we are where that is asked, and follows redirects of what only reads. What comes back has
    /// any status but 401, those of a redirect that was followed, and those that may pass.
    pub(super) async fn send(&self, ask: Ask) -> Result<Answer<'_>, Failure> {
        let home = self.base().await?.origin();
        let mut ask = ask;
        let mut redirects = 0;
        let mut renewed = false;
        loop {
            let ours = ask.url.origin() == home;
            let header = if ours { self.auth.header(ask.access) } else { None };
            let answer = self.send_once(&ask, header).await?;
            match answer.status() {
                401 if ours && !renewed => {
                    renewed = true;
                    let offered: Vec<_> = answer.headers().get_all(WWW_AUTHENTICATE).iter().collect();
                    let best = challenge::best(offered.iter().filter_map(|value| value.to_str().ok()));
                    self.auth.answer(self, best, ask.access, &ask.url).await?;
                }
                301 | 302 | 303 | 307 | 308 if matches!(ask.method, Method::GET | Method::HEAD) => {
                    redirects += 1;
                    let most = self.options.fetch.redirects;
                    if redirects > most {
                        let error = Error::new(Kind::Network, format!("more than {most} redirects"));
                        return Err(Failure::never(error.path(redacted(&ask.url)).rule("redirect-limit")));
                    }
                    ask.url = next(&ask.url, answer.headers()).map_err(Failure::never)?;
                }
                408 | 425 | 429 | 500 | 502 | 503 | 504 => return Err(self.may_pass(answer).await),
                401 => return Err(Failure::never(answer.refused("wants a login, or another one").await)),
                _ => return Ok(answer),
            }
        }
    }

    /// Sends one request as it is.
    pub(super) async fn send_once(
        &self,
        ask: &Ask,
        authorization: Option<reqwest::header::HeaderValue>,
    ) -> Result<Answer<'_>, Failure> {
        let client = self.clients.client(&ask.url).map_err(Failure::never)?;
        let mut request = client.request(ask.method.clone(), ask.url.clone()).headers(ask.headers.clone());
        if let Some(value) = authorization {
            request = request.header(AUTHORIZATION, value);
        }
        let mut patience = self.options.fetch.idle_timeout;
        if let Some(body) = &ask.body {
            patience += Duration::from_secs(body.len() as u64 / UPLOAD_RATE);
            request = request.body(body.clone());
        }
        match timeout(patience, request.send()).await {
            Ok(Ok(response)) => Ok(Answer::new(response, ask.url.clone(), &self.options.fetch)),
            Ok(Err(error)) => Err(broken(error, &ask.url)),
            Err(_) => {
                let what = format!("the server said nothing for {} s", patience.as_secs_f32());
                Err(Failure::later(Error::new(Kind::Network, what).path(redacted(&ask.url)).rule("idle-timeout")))
            }
        }
    }

    /// The failure of an answer that may be another one later.
    pub(super) async fn may_pass(&self, answer: Answer<'_>) -> Failure {
        let wait = answer.header(&RETRY_AFTER).and_then(|value| retry_after(value, Timestamp::now()));
        let error = answer.refused("can't answer now").await;
        Failure { error, again: wait.map_or(Again::Later, Again::After) }
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link").field("repository", &self.repository).finish_non_exhaustive()
    }
}

impl RegistryOptions {
    /// Whether `host` (with its port) may be talked to without TLS.
    pub(super) fn allows_plain(&self, host: &str) -> bool {
        is_loopback(without_port(host)) || self.insecure.iter().any(|named| named.eq_ignore_ascii_case(host))
    }
}

/// What servers with TLS say to those who come without.
fn wants_tls(answer: &Answer<'_>) -> bool {
    match answer.status() {
        400 => true,
        300..=399 => answer.header(&LOCATION).is_some_and(|location| location.starts_with("https://")),
        _ => false,
    }
}

fn base_of(scheme: &str, repository: &Repository) -> Result<Url> {
    Url::parse(&format!("{scheme}://{}/", repository.endpoint())).map_err(|_| unusable(repository))
}

fn unusable(repository: &Repository) -> Error {
    Error::new(Kind::Usage, format!("{:?} can't be the host of a registry", repository.host()))
}

/// Where the `Location` of an answer leads, if we go there.
pub(super) fn next(from: &Url, headers: &HeaderMap) -> Result<Url> {
    let refuse = |what: String, rule| Err(Error::new(Kind::Network, what).path(redacted(from)).rule(rule));
    let location = headers.get(LOCATION).and_then(|value| value.to_str().ok());
    let Some(location) = location.filter(|location| location.len() <= LONGEST_URL) else {
        return refuse("the server leads nowhere".to_owned(), "redirect-target");
    };
    let Ok(mut url) = from.join(location) else {
        return refuse("the server leads to something that is not a URL".to_owned(), "redirect-target");
    };
    // A server names no passwords for us to send elsewhere.
    let _ = url.set_username("").and_then(|()| url.set_password(None));
    match (from.scheme(), url.scheme()) {
        ("https", "http") => {
            refuse(format!("the server leads from https to http, to {}", redacted(&url)), "redirect-downgrade")
        }
        (_, "http" | "https") => Ok(url),
        (_, other) => refuse(format!("the server leads to a URL of the kind {other:?}"), "redirect-scheme"),
    }
}

/// The HTTP clients, each made when it is first needed: those for this very machine go through no proxy.
struct Clients {
    elsewhere: FetchOptions,
    here: FetchOptions,
    tls: Tls,
    made: [OnceLock<reqwest::Client>; 4],
}

impl Clients {
    fn new(options: &FetchOptions, tls: Tls) -> Result<Self> {
        let mut here = options.clone();
        here.proxy = Proxy::Direct;
        let clients = Self { elsewhere: options.clone(), here, tls, made: Default::default() };
        // Tells of options that contradict themselves, while somebody can do something about it.
        let made = http_client(options, None)?;
        let _ = clients.made[0].set(made);
        Ok(clients)
    }

    fn client(&self, url: &Url) -> Result<&reqwest::Client> {
        let here = url.host_str().is_some_and(is_loopback);
        let secure = url.scheme() == "https";
        let slot = &self.made[usize::from(secure) + 2 * usize::from(here)];
        if let Some(client) = slot.get() {
            return Ok(client);
        }
        let options = if here { &self.here } else { &self.elsewhere };
        let made = http_client(options, secure.then_some(&self.tls))?;
        Ok(slot.get_or_init(|| made))
    }
}
