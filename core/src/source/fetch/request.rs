//! One request, with its redirects, and its answer piece by piece.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, HeaderValue,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, LAST_MODIFIED, LOCATION, RANGE, RETRY_AFTER, TRANSFER_ENCODING,
};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::Net;
use super::Validators;
use super::address::{LONGEST_URL, redacted};
use super::credentials::{Login, Secret, split};
use super::retry::{Failure, refusal, retry_after};
use crate::error::{Error, Kind};

/// What to ask for.
#[derive(Clone, Copy, Default)]
pub(super) struct Ask<'a> {
    /// The first byte wanted.
    pub(super) start: u64,
    /// The version that the bytes before it were from.
    pub(super) version: Option<&'a HeaderValue>,
    /// The version that we have in full.
    pub(super) validators: Option<&'a Validators>,
    /// Whether the caches on the way may answer.
    pub(super) caches: Caches,
}

/// Whether the caches on the way may answer.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Caches {
    #[default]
    Welcome,
    /// They have to ask the server first.
    Bypassed,
}

/// The answer to a request.
pub(super) struct Answer<'a> {
    net: &'a Net,
    response: reqwest::Response,
    url: Url,
    clock: Clock,
    received: u64,
}

/// Sends one request and follows its redirects. What comes back has status 200, 206, 304, 404, 410 or 416.
pub(super) async fn send<'a>(net: &'a Net, url: &Url, ask: Ask<'_>) -> Result<Answer<'a>, Failure> {
    let clock = Clock::start(net);
    let (mut url, login) = split(url).map_err(Failure::never)?;
    let home = login.map(|login| (url.origin(), login));
    let mut redirects = 0;
    loop {
        let mut request = net.clients.client(&url, &net.options).map_err(Failure::never)?.get(url.clone());
        if let Some(login) = login_for(net, &url, home.as_ref()) {
            request = request.basic_auth(login.user, Some(login.password.reveal()));
        }
        for (name, value) in ask.headers() {
            request = request.header(name, value);
        }
        let response = match timeout_at(clock.patience(), request.send()).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(broken(error, &url)),
            Err(_) => return Err(clock.timed_out(&url)),
        };
        match response.status().as_u16() {
            200 | 206 | 404 | 410 | 416 => return Ok(Answer { net, response, url, clock, received: 0 }),
            304 if ask.validators.is_some() => return Ok(Answer { net, response, url, clock, received: 0 }),
            301 | 302 | 303 | 307 | 308 => {
                redirects += 1;
                if redirects > net.options.redirects {
                    let error = Error::new(Kind::Network, format!("more than {} redirects", net.options.redirects));
                    return Err(Failure::never(error.path(redacted(&url)).rule("redirect-limit")));
                }
                url = next(&url, &response).map_err(Failure::never)?;
            }
            status => {
                let wait = header(&response, &RETRY_AFTER).and_then(|value| retry_after(value, Timestamp::now()));
                let reason = response.status().canonical_reason().unwrap_or_default();
                let failure = refusal(status, reason, wait);
                return Err(Failure { error: failure.error.path(redacted(&url)), again: failure.again });
            }
        }
    }
}

impl Ask<'_> {
    fn headers(&self) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
        let text = |text: &String| HeaderValue::from_str(text).ok();
        let etag = self.validators.and_then(|validators| validators.etag.as_ref()).and_then(text);
        let modified = self.validators.and_then(|validators| validators.last_modified.as_ref()).and_then(text);
        let range = (self.start > 0).then(|| HeaderValue::from_str(&format!("bytes={}-", self.start)).ok()).flatten();
        let version = self.version.filter(|_| self.start > 0).cloned();
        let fresh = (self.caches == Caches::Bypassed).then(|| HeaderValue::from_static("no-cache"));
        [
            (IF_NONE_MATCH, etag),
            (IF_MODIFIED_SINCE, modified),
            (RANGE, range),
            (IF_RANGE, version),
            (CACHE_CONTROL, fresh),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }
}

impl Answer<'_> {
    pub(super) fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// Where the answer came from in the end, without name and password.
    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// How long the body is, where the server says so.
    pub(super) fn length(&self) -> Option<u64> {
        header(&self.response, &CONTENT_LENGTH)?.trim().parse().ok()
    }

    /// Whether the body says itself where it ends; otherwise its end can't be told from a broken connection.
    pub(super) fn is_framed(&self) -> bool {
        let headers = self.response.headers();
        headers.contains_key(CONTENT_LENGTH) || headers.contains_key(TRANSFER_ENCODING)
    }

    /// Whether the server calls it a web page.
    pub(super) fn is_html(&self) -> bool {
        header(&self.response, &CONTENT_TYPE).is_some_and(|kind| {
            let kind = kind.split(';').next().unwrap_or_default().trim();
            kind.eq_ignore_ascii_case("text/html") || kind.eq_ignore_ascii_case("application/xhtml+xml")
        })
    }

    /// Whether the server says that it can't send a part.
    pub(super) fn refuses_ranges(&self) -> bool {
        header(&self.response, &ACCEPT_RANGES).is_some_and(|unit| unit.trim().eq_ignore_ascii_case("none"))
    }

    /// The first byte and the size of the whole that a 206 names.
    pub(super) fn content_range(&self) -> Option<(u64, Option<u64>)> {
        let (unit, rest) = header(&self.response, &CONTENT_RANGE)?.trim().split_once(' ')?;
        let (range, total) = rest.trim().split_once('/')?;
        let (first, _) = range.split_once('-')?;
        if !unit.eq_ignore_ascii_case("bytes") {
            return None;
        }
        Some((first.trim().parse().ok()?, total.trim().parse().ok()))
    }

    /// What the server calls this version.
    pub(super) fn validators(&self) -> Validators {
        let text = |name| header(&self.response, name).map(str::to_owned);
        Validators { etag: text(&ETAG), last_modified: text(&LAST_MODIFIED) }
    }

    /// The name of this version that a range may be asked of: a strong one, or the date (RFC 9110, 13.1.5).
    pub(super) fn version(&self) -> Option<HeaderValue> {
        let headers = self.response.headers();
        match headers.get(ETAG) {
            Some(etag) if !etag.as_bytes().starts_with(b"W/") => Some(etag.clone()),
            _ => headers.get(LAST_MODIFIED).cloned(),
        }
    }

    /// The next piece of the body; nothing at its end.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        match timeout_at(self.clock.patience(), self.response.chunk()).await {
            Ok(Ok(Some(bytes))) => {
                self.received += bytes.len() as u64;
                if self.clock.is_too_slow(self.received, self.net.options.minimum_rate) {
                    let error = Error::new(Kind::Network, "the server sends too slowly").rule("too-slow").mismatch(
                        format!("{} bytes per second", self.net.options.minimum_rate),
                        format!("{} bytes in {} s", self.received, self.clock.started.elapsed().as_secs()),
                    );
                    return Err(Failure::later(error.path(redacted(&self.url))));
                }
                Ok(Some(bytes))
            }
            Ok(Ok(None)) => Ok(None),
            Ok(Err(error)) => Err(broken(error, &self.url)),
            Err(_) => Err(self.clock.timed_out(&self.url)),
        }
    }
}

/// How long one try has taken and may take.
struct Clock {
    started: Instant,
    idle: Duration,
    end: Option<Instant>,
}

impl Clock {
    fn start(net: &Net) -> Self {
        let started = Instant::now();
        let end = net.options.total_timeout.and_then(|total| started.checked_add(total));
        Self { started, idle: net.options.idle_timeout, end }
    }

    /// Until when to wait for the next sign of life.
    fn patience(&self) -> Instant {
        let idle = Instant::now() + self.idle;
        self.end.map_or(idle, |end| end.min(idle))
    }

    fn timed_out(&self, url: &Url) -> Failure {
        let error = match self.end {
            Some(end) if Instant::now() >= end => {
                Error::new(Kind::Network, format!("not done after {} s", (end - self.started).as_secs_f32()))
                    .rule("total-timeout")
            }
            _ => Error::new(Kind::Network, format!("the server said nothing for {} s", self.idle.as_secs_f32()))
                .rule("idle-timeout"),
        };
        Failure::later(error.path(redacted(url)))
    }

    fn is_too_slow(&self, received: u64, minimum_rate: u64) -> bool {
        let elapsed = self.started.elapsed();
        elapsed > self.idle && (received as f64) < minimum_rate as f64 * elapsed.as_secs_f64()
    }
}

/// The name and password for `url`: those that came with the first URL on its own server, else those of the options.
fn login_for(net: &Net, url: &Url, home: Option<&(url::Origin, (String, Secret))>) -> Option<Login> {
    match home {
        Some((origin, (user, password))) if *origin == url.origin() => {
            if password.is_empty()
                && let Some(login) = net.options.credentials.login(url, Some(user))
            {
                return Some(login);
            }
            Some(Login { user: user.clone(), password: password.clone() })
        }
        _ => net.options.credentials.login(url, None),
    }
}

/// Where a redirect leads, if we follow.
fn next(from: &Url, response: &reqwest::Response) -> Result<Url, Error> {
    let refuse = |what: String, rule| Err(Error::new(Kind::Network, what).path(redacted(from)).rule(rule));
    let Some(location) = header(response, &LOCATION).filter(|location| location.len() <= LONGEST_URL) else {
        return refuse("a redirect to nowhere".to_owned(), "redirect-target");
    };
    let Ok(mut url) = from.join(location) else {
        return refuse("a redirect to something that is not a URL".to_owned(), "redirect-target");
    };
    // A server names no passwords for us to send elsewhere.
    let _ = url.set_username("").and_then(|()| url.set_password(None));
    match (from.scheme(), url.scheme()) {
        ("https", "http") => {
            refuse(format!("a redirect from https to http, to {}", redacted(&url)), "redirect-downgrade")
        }
        (_, "http" | "https") => Ok(url),
        (_, other) => refuse(format!("a redirect to a URL of the kind {other:?}"), "redirect-scheme"),
    }
}

fn header<'a>(response: &'a reqwest::Response, name: &HeaderName) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}

/// Explains a failure of the HTTP client, without the secrets of `url`.
pub fn broken(error: reqwest::Error, url: &Url) -> Failure {
    // The client would show the whole URL.
    let error = error.without_url();
    let (connecting, late) = (error.is_connect(), error.is_timeout());
    let cause = innermost(&error);
    if let Some(what) = certificate_failure(&error) {
        let failure = Error::new(Kind::Verification, format!("the server's identity is not proven: {what}"))
            .path(redacted(url))
            .rule("tls-certificate")
            .help("trust its certificate authority, or correct the URL");
        return Failure::never(failure.source(error));
    }
    let say = |text: String| Error::new(Kind::Network, text).path(redacted(url));
    if connecting && late {
        return Failure::later(say("no connection within the time allowed".to_owned()).rule("connect-timeout"));
    }
    if connecting {
        return Failure::later(say(format!("no connection: {cause}")).rule("connect").source(error));
    }
    Failure::at_once(say(format!("the connection broke: {cause}")).rule("connection-broken").source(error))
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

/// What is wrong with the certificate of the server, if that is what is wrong.
fn certificate_failure(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    let mut next = Some(error);
    while let Some(error) = next {
        // The source of an I/O error is that of the error inside, not the error inside.
        let inside = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let tls = inside
            .and_then(|inside| inside.downcast_ref::<rustls::Error>())
            .or_else(|| error.downcast_ref::<rustls::Error>());
        if let Some(tls @ (rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented)) = tls {
            return Some(tls.to_string());
        }
        next = match inside {
            Some(inside) => Some(inside as _),
            None => error.source(),
        };
    }
    None
}
