//! Which part of the server answers a request, and whether the caller may ask.

use std::sync::{Arc, PoisonError, RwLock};

use reposnap::error::{Error, Kind};
use reposnap::store::Store;
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use crate::api::{Api, Called};
use crate::http::{Head, Method, Response};
use crate::metrics::{Metrics, count};
use crate::page;
use crate::repository::Repositories;
use crate::target::Target;
use crate::tokens::{Recognised, Tokens};

/// All that answers.
pub struct Service {
    /// What is counted.
    pub metrics: Arc<Metrics>,
    store: Store,
    tokens: RwLock<Arc<Tokens>>,
    repositories: Arc<Repositories>,
    api: Api,
    /// Where work runs that takes long.
    runtime: Handle,
}

/// An answer, and what the log tells of it.
pub struct Answered {
    /// The answer.
    pub response: Response,
    /// The name of the token.
    pub token: Option<String>,
    /// Why it was refused.
    pub why: Option<&'static str>,
}

impl Service {
    /// A service on `store`, whose longer work runs on `runtime`.
    pub fn new(
        store: Store,
        tokens: Tokens,
        repositories: Arc<Repositories>,
        api: Api,
        metrics: Arc<Metrics>,
        runtime: Handle,
    ) -> Self {
        Self { metrics, store, tokens: RwLock::new(Arc::new(tokens)), repositories, api, runtime }
    }

    /// From now on these tokens are known.
    pub fn replace_tokens(&self, tokens: Tokens) {
        *self.tokens.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(tokens);
    }

    /// Answers a request: at once where that takes no wait, else beside the thread that serves connections.
    pub async fn answer(self: Arc<Self>, head: &Arc<Head>, body: Vec<u8>) -> Answered {
        if matches!(head.method, Method::Get | Method::Head)
            && let Recognised::Caller(caller) = self.tokens().recognise(head.field("authorization"))
            && let Some(response) = self.repositories.at_once(head.target())
        {
            return Answered { response, token: caller.name, why: None };
        }
        let runtime = self.runtime.clone();
        let head = head.clone();
        let mut work = JoinSet::new();
        // When the connection is given up, so is this.
        work.spawn_on(async move { self.find_answer(&head, &body).await }, &runtime);
        match work.join_next().await {
            Some(Ok(answered)) => answered,
            _ => {
                let response = Response::failure(500, Kind::Internal, "the request could not be worked on");
                Answered { response, token: None, why: Some("it failed inside") }
            }
        }
    }

    fn tokens(&self) -> Arc<Tokens> {
        self.tokens.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn find_answer(&self, head: &Head, body: &[u8]) -> Answered {
        let plain = |response, why| Answered { response, token: None, why };
        let target = match Target::parse(head.target()) {
            Ok(target) => target,
            Err(why) => {
                count(&self.metrics.refused);
                // Who sends this may be read differently by a proxy in between.
                let mut response = Response::failure(400, Kind::Malformed, why);
                response.close = true;
                return plain(response, Some(why));
            }
        };
        let words: Vec<&str> = target.parts.iter().map(String::as_str).collect();
        let is_api = matches!(words[..], ["api", ..]);
        if head.method != Method::Get && head.method != Method::Head && !(is_api && head.method == Method::Post) {
            let error = Error::new(Kind::Usage, "this method is not for this path");
            return plain(Response::error(405, &error).field("Allow", "GET, HEAD"), None);
        }
        match words[..] {
            [] => return plain(page::answer(), None),
            ["healthz"] => return plain(word("ok\n"), None),
            // Browsers ask for it unasked, without a token.
            ["favicon.ico"] => return plain(Response::not_found("there is no picture"), None),
            ["readyz"] => return plain(self.ready().await, None),
            _ => {}
        }
        let caller = match self.tokens().recognise(head.field("authorization")) {
            Recognised::Caller(caller) => caller,
            Recognised::Missing => {
                return plain(self.unauthorised(is_api, "a token is needed"), Some("a token is needed"));
            }
            Recognised::Unknown => {
                return plain(self.unauthorised(is_api, "the token is not known"), Some("the token is not known"));
            }
        };
        let (response, why) = match words[..] {
            ["metrics"] => {
                let text = Response::text(200, "text/plain; version=0.0.4; charset=utf-8", self.metrics.text());
                (text.field("Cache-Control", "no-store"), None)
            }
            ["api", "v1", ..] => {
                let Called { response, denied } = self.api.answer(&target.parts[2..], head, body, &caller).await;
                if denied {
                    count(&self.metrics.denied);
                }
                if head.method == Method::Post {
                    self.repositories.forget_answers();
                }
                (response, denied.then_some("the token does not have the role"))
            }
            ["api", ..] => (Response::not_found("the API is at /api/v1/"), None),
            _ => (self.repositories.answer(&target, head.target()).await, None),
        };
        Answered { response, token: caller.name, why }
    }

    /// Whether the store can be read.
    async fn ready(&self) -> Response {
        match self.store.objects().exists("reposnap.json").await {
            Ok(true) => word("ready\n"),
            _ => Response::failure(503, Kind::Io, "the store can't be read"),
        }
    }

    fn unauthorised(&self, is_api: bool, why: &'static str) -> Response {
        count(&self.metrics.denied);
        // Browsers would ask for a password over the page's own field; apt has to be asked for one.
        let scheme = if is_api { "Bearer realm=\"reposnap\"" } else { "Basic realm=\"reposnap\", charset=\"UTF-8\"" };
        let error = Error::new(Kind::Usage, why)
            .field("Authorization")
            .help("send `Bearer TOKEN`, or the token as password, as apt does from its auth.conf");
        Response::error(401, &error).field("WWW-Authenticate", scheme)
    }
}

fn word(text: &'static str) -> Response {
    Response::text(200, "text/plain; charset=utf-8", text).field("Cache-Control", "no-store")
}
