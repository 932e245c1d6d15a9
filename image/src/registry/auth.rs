//! Showing a registry who we are: passwords (RFC 7617), and tokens as the distribution project's token specification and
//! its OAuth 2 sibling have them.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reposnap::source::fetch::http::Failure;
use reposnap::source::fetch::{LONGEST_URL, Url, redacted};
use reposnap::{Error, Kind, Result};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::Deserialize;
use tokio::sync::OnceCell;

use super::authfile::Login;
use super::challenge::{Bearer, Challenge};
use super::link::{Access, Ask, Link};
use super::secret::Secret;

/// The most bytes that a token endpoint may answer.
pub const LARGEST_TOKEN: u64 = 64 << 10;
/// How long a token counts that does not say so, or says less (token specification, `expires_in`).
const SHORTEST_LIFE: u64 = 60;
/// How long a token counts at most.
const LONGEST_LIFE: u64 = 24 * 60 * 60;
/// How long before its end a token is not used any more.
const MARGIN: Duration = Duration::from_secs(5);

/// What is known of how a registry lets us in.
#[derive(Default)]
pub(super) struct Auth {
    login: OnceCell<Option<Login>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    basic: Option<HeaderValue>,
    /// To read, and to write.
    tokens: [Option<Token>; 2],
    /// The newest refresh token, where the endpoint gave another.
    identity: Option<Secret>,
}

#[derive(Clone)]
struct Token {
    header: HeaderValue,
    until: Instant,
}

#[derive(Deserialize)]
struct Given {
    token: Option<String>,
    access_token: Option<String>,
    expires_in: Option<serde_json::Number>,
    refresh_token: Option<String>,
}

impl Auth {
    /// What to send along, as far as it is known.
    pub(super) fn header(&self, access: Access) -> Option<HeaderValue> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.basic.is_some() {
            return state.basic.clone();
        }
        let now = Instant::now();
        let fits = |token: &&Token| token.until > now;
        let writing = state.tokens[1].as_ref().filter(fits);
        let token = match access {
            Access::Pull => state.tokens[0].as_ref().filter(fits).or(writing),
            Access::Push => writing,
        };
        token.map(|token| token.header.clone())
    }

    /// Gets what `challenge` asks for, so that [`header`](Self::header) has it.
    pub(super) async fn answer(
        &self,
        link: &Link,
        challenge: Option<Challenge>,
        access: Access,
        url: &Url,
    ) -> Result<(), Failure> {
        let refuse = |what: &str, help: &str| {
            let error = Error::new(Kind::Network, what.to_owned()).path(redacted(url)).rule("unauthorized");
            Err(Failure::never(error.help(help.to_owned())))
        };
        let login = self.login(link).await.map_err(Failure::never)?;
        match (challenge, login) {
            (None, _) => refuse("the registry asks who we are in a way that is not known here", "Basic and Bearer are"),
            (Some(_), Some(Login::Token(token))) => {
                let header = bearer(token.reveal()).map_err(Failure::never)?;
                // Who gave it knows how long it counts; a registry that does not take it ends the matter.
                let until = Instant::now() + Duration::from_secs(LONGEST_LIFE);
                self.keep(Access::Push, Token { header, until }, None);
                Ok(())
            }
            (Some(Challenge::Basic), Some(Login::Password { user, password })) => {
                let header = basic(user, password).map_err(Failure::never)?;
                self.state.lock().unwrap_or_else(PoisonError::into_inner).basic = Some(header);
                Ok(())
            }
            (Some(Challenge::Basic), Some(Login::Identity(_))) => {
                refuse("the registry wants a name and password, and an identity token is known", "log in again")
            }
            (Some(Challenge::Basic), None) => {
                refuse("the registry wants a name and password", "log in with 'skopeo login' or 'podman login'")
            }
            (Some(Challenge::Bearer(bearer)), login) => {
                let (token, identity) = self.fetch(link, &bearer, login, access).await?;
                self.keep(access, token, identity);
                Ok(())
            }
        }
    }

    fn keep(&self, access: Access, token: Token, identity: Option<Secret>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.tokens[usize::from(access == Access::Push)] = Some(token);
        if identity.is_some() {
            state.identity = identity;
        }
    }

    /// The login for the repository, looked for once.
    async fn login(&self, link: &Link) -> Result<Option<&Login>> {
        let find = || async {
            let (credentials, repository) = (link.options.credentials.clone(), link.repository.clone());
            reposnap::worker::blocking(move || credentials.find(&repository)).await
        };
        Ok(self.login.get_or_try_init(find).await?.as_ref())
    }

    async fn fetch(
        &self,
        link: &Link,
        challenge: &Bearer,
        login: Option<&Login>,
        access: Access,
    ) -> Result<(Token, Option<Secret>), Failure> {
        let realm = realm(link, challenge).map_err(Failure::never)?;
        let scope = scope(link, challenge, access);
        let (ask, authorization) = match login {
            Some(Login::Identity(known)) => {
                let newer = self.state.lock().unwrap_or_else(PoisonError::into_inner).identity.clone();
                (by_identity(realm, challenge, &scope, newer.as_ref().unwrap_or(known)), None)
            }
            Some(Login::Password { user, password }) => {
                let header = basic(user, password).map_err(Failure::never)?;
                (by_name(realm, challenge, &scope, Some(user)), Some(header))
            }
            _ => (by_name(realm, challenge, &scope, None), None),
        };
        let mut answer = link.send_once(&ask, authorization).await?;
        match answer.status() {
            200 => {}
            408 | 425 | 429 | 500 | 502 | 503 | 504 => return Err(link.may_pass(answer).await),
            // Redirects are not followed: they could lead the password anywhere.
            _ => return Err(Failure::never(answer.refused("gives no token").await)),
        }
        let bytes = answer.whole(LARGEST_TOKEN).await?;
        // The parser's own words could quote the token.
        let malformed = |what: &str| {
            Failure::never(Error::new(Kind::Malformed, what.to_owned()).path(redacted(&ask.url)).rule("token"))
        };
        let given: Given =
            serde_json::from_slice(&bytes).map_err(|_| malformed("the token endpoint's answer can't be understood"))?;
        let text = given.token.or(given.access_token).filter(|text| !text.is_empty());
        let text = text.ok_or_else(|| malformed("the token endpoint's answer has no token"))?;
        let life = given.expires_in.and_then(|number| number.as_u64()).unwrap_or_default();
        let life = Duration::from_secs(life.clamp(SHORTEST_LIFE, LONGEST_LIFE)) - MARGIN;
        let header = bearer(&text).map_err(Failure::never)?;
        let identity = given.refresh_token.filter(|text| !text.is_empty()).map(Secret::new);
        Ok((Token { header, until: Instant::now() + life }, identity))
    }
}

/// The token endpoint, where it may see a password: over TLS, or as openly as the registry itself was allowed to be.
fn realm(link: &Link, challenge: &Bearer) -> Result<Url> {
    let refuse =
        |what: String, rule| Err(Error::new(Kind::Verification, what).path(link.repository.to_string()).rule(rule));
    let url = Some(&challenge.realm).filter(|text| text.len() <= LONGEST_URL).and_then(|text| Url::parse(text).ok());
    let Some(mut url) = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) else {
        return refuse(
            "the registry names a token endpoint that is not a URL of http or https".to_owned(),
            "token-realm",
        );
    };
    let _ = url.set_username("").and_then(|()| url.set_password(None));
    url.set_fragment(None);
    let host = url.host_str().unwrap_or_default();
    let with_port = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let open = link.is_plain() && (link.options.allows_plain(host) || link.options.allows_plain(&with_port));
    if url.scheme() == "http" && !open {
        return refuse(
            format!("the registry wants a password to be sent without TLS, to {}", redacted(&url)),
            "token-downgrade",
        );
    }
    Ok(url)
}

/// What the token has to allow: what the registry says, as long as that is about this repository alone, and enough for all
/// that is to come: a registry that is asked whether it has a blob says `pull`, and the push comes after.
fn scope(link: &Link, challenge: &Bearer, access: Access) -> String {
    let about = format!("repository:{}:", link.repository.path());
    let enough = |scope: &&str| match scope.strip_prefix(&about) {
        Some(actions) if access == Access::Push => actions.split(',').any(|action| action == "push"),
        Some(_) => true,
        None => false,
    };
    match challenge.scope.as_deref().filter(|scope| !scope.contains(' ')).filter(enough) {
        Some(scope) => scope.to_owned(),
        None if access == Access::Push => format!("{about}pull,push"),
        None => format!("{about}pull"),
    }
}

fn by_name(mut realm: Url, challenge: &Bearer, scope: &str, user: Option<&str>) -> Ask {
    {
        let mut pairs = realm.query_pairs_mut();
        if let Some(service) = &challenge.service {
            pairs.append_pair("service", service);
        }
        pairs.append_pair("scope", scope);
        if let Some(user) = user {
            pairs.append_pair("account", user);
        }
    }
    Ask::get(realm)
}

fn by_identity(realm: Url, challenge: &Bearer, scope: &str, identity: &Secret) -> Ask {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "refresh_token");
    form.append_pair("service", challenge.service.as_deref().unwrap_or_default());
    form.append_pair("client_id", "reposnap");
    form.append_pair("scope", scope);
    form.append_pair("refresh_token", identity.reveal());
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    Ask { method: Method::POST, url: realm, access: Access::Pull, headers, body: Some(form.finish().into()) }
}

fn basic(user: &str, password: &Secret) -> Result<HeaderValue> {
    header(&format!("Basic {}", STANDARD.encode(format!("{user}:{}", password.reveal()))))
}

fn bearer(token: &str) -> Result<HeaderValue> {
    header(&format!("Bearer {token}"))
}

fn header(text: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| Error::new(Kind::Malformed, "the token is not fit for a header").rule("token"))?;
    value.set_sensitive(true);
    Ok(value)
}
