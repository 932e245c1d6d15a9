//! The operations over HTTP: `POST /api/v1/<operation>` with a request, and its document comes back.

use reposnap::error::{Error, Kind, Result};
use reposnap::progress::{Cancel, Monitor};
use reposnap::store::Store;
use reposnap_api::{Session, call};
use serde_json::{Map, Value};
use tokio::sync::Semaphore;

use crate::access::{self, CONTENT_ONLY, Served};
use crate::http::{Head, Method, Response};
use crate::limits::{CALL_TIME, CALLS};
use crate::openapi;
use crate::repository::status_of;
use crate::tokens::{Caller, Role};

/// The operations of a store.
pub struct Api {
    store: Store,
    read_only: bool,
    gate: Semaphore,
}

/// What came of a request, and why it was refused where it was for want of a role.
pub struct Called {
    /// The answer.
    pub response: Response,
    /// Whether a token was used beyond its role.
    pub denied: bool,
}

impl Api {
    /// The operations of `store`.
    pub fn new(store: Store, read_only: bool) -> Self {
        Self { store, read_only, gate: Semaphore::new(CALLS) }
    }

    /// Answers for the words of the path behind `/api/v1/`.
    pub async fn answer(&self, words: &[String], head: &Head, body: &[u8], caller: &Caller) -> Called {
        let plain = |response| Called { response, denied: false };
        let [word] = words else { return plain(Response::not_found("there is nothing in the API at this path")) };
        if word == "openapi.json" {
            return plain(match head.method {
                Method::Get | Method::Head => openapi::document(),
                _ => not_allowed("GET, HEAD"),
            });
        }
        let Some(served) = access::served(word) else {
            return plain(match access::left_out(word) {
                Some(why) => Response::failure(404, Kind::Unsupported, &format!("this operation is not served: {why}")),
                None => Response::not_found("there is no such operation"),
            });
        };
        if head.method != Method::Post {
            return plain(not_allowed("POST"));
        }
        // A page of another site can't send this type unasked, nor can a form.
        let media = head.field("content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if !media.eq_ignore_ascii_case("application/json") {
            return plain(Response::failure(415, Kind::Usage, "the request has to be application/json"));
        }
        if head.field("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none")) {
            return plain(Response::failure(403, Kind::Usage, "a page of another site asks"));
        }
        let request = match request(served, body) {
            Ok(request) => request,
            Err(error) => return plain(Response::error(400, &error)),
        };
        let rehearsal = served.rehearses && request.get("dry_run") == Some(&Value::Bool(true));
        let role = if rehearsal { Role::Read } else { served.role };
        if !caller.roles.has(role) {
            let error = Error::new(Kind::Usage, format!("this takes the role {}", role.as_str()))
                .path(served.operation)
                .help("use a token that has it; the server's file of tokens tells which there are");
            return Called { response: Response::error(403, &error), denied: true };
        }
        if self.read_only && role != Role::Read {
            let error = Error::new(Kind::ReadOnly, "this server changes nothing").path(served.operation);
            return plain(Response::error(403, &error));
        }
        plain(self.call(served, request, caller).await)
    }

    async fn call(&self, served: &Served, request: Map<String, Value>, caller: &Caller) -> Response {
        let Ok(_permit) = self.gate.try_acquire() else {
            return Response::failure(503, Kind::Limit, "the server has too many such requests; try again")
                .field("Retry-After", "2");
        };
        let cancel = Cancel::new();
        let session = Session::with_store(self.store.clone())
            .actor(caller.name.as_deref().unwrap_or("anonymous"))
            .monitor(Monitor::cancelled_by(cancel.clone()));
        // Should the client leave, nobody waits for the result.
        let _end = End(cancel);
        let operation = served.operation;
        let runtime = tokio::runtime::Handle::current();
        // On a thread of its own: much of it computes.
        let work = tokio::task::spawn_blocking(move || {
            runtime.block_on(tokio::time::timeout(CALL_TIME, call(&session, operation, Value::Object(request))))
        });
        match work.await {
            Ok(Ok(Ok(document))) => {
                Response::text(200, "application/json", format!("{document}\n")).field("Cache-Control", "no-store")
            }
            Ok(Ok(Err(error))) => {
                let status = if error.kind() == Kind::Verification { 422 } else { status_of(&error) };
                Response::error(status, &error)
            }
            Ok(Err(_)) => Response::failure(504, Kind::Limit, "this took too long, and was cancelled"),
            Err(_) => Response::failure(500, Kind::Internal, "the operation failed"),
        }
    }
}

struct End(Cancel);

impl Drop for End {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

fn not_allowed(methods: &'static str) -> Response {
    Response::failure(405, Kind::Usage, "this method is not for this path").field("Allow", methods)
}

/// The request in a body, as far as it is taken here.
fn request(served: &Served, body: &[u8]) -> Result<Map<String, Value>> {
    let wrong = |why: String| Error::new(Kind::Usage, why).path(served.operation);
    let request: Value = if body.is_empty() {
        Value::Object(Map::new())
    } else {
        serde_json::from_slice(body).map_err(|error| wrong(format!("the request is no JSON: {error}")))?
    };
    let Value::Object(request) = request else { return Err(wrong("the request is no JSON object".to_owned())) };
    for (name, value) in &request {
        if !served.parameters.contains(&name.as_str()) {
            return Err(wrong("this parameter is not taken here".to_owned())
                .field(name)
                .help("/api/v1/openapi.json tells which are; those that name files of the server are not"));
        }
        let Some((_, beginnings, help)) = CONTENT_ONLY.iter().find(|(parameter, ..)| parameter == name) else {
            continue;
        };
        let fits = |value: &Value| match value {
            Value::String(text) => beginnings.iter().any(|beginning| text.trim_start().starts_with(beginning)),
            Value::Null => true,
            _ => false,
        };
        let all = match value {
            Value::Array(values) => values.iter().all(fits),
            value => fits(value),
        };
        if !all {
            return Err(wrong("this could name a file of the server".to_owned()).field(name).help(*help));
        }
    }
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(operation: &str, body: &str) -> Result<Map<String, Value>> {
        request(access::served(operation).unwrap(), body.as_bytes())
    }

    #[test]
    fn files_of_the_server_are_out_of_reach() {
        let add = |more: &str| check("mirror-add", &format!("{{\"name\":\"a\",{more}}}"));
        assert!(add(r#""url":"https://a/""#).is_ok());
        for bad in [
            r#""url":"file:///etc""#,
            r#""url":"/etc""#,
            r#""url":["file:///etc"]"#,
            r#""signed_by":["/etc/shadow"]"#,
            r#""signed_by":"/etc/shadow""#,
            r#""keyring":["x"]"#,
            r#""url":{"a":1}"#,
        ] {
            assert_eq!(add(bad).unwrap_err().kind(), Kind::Usage, "{bad}");
        }
        assert!(add(r#""signed_by":["-----BEGIN PGP PUBLIC KEY BLOCK-----\n"]"#).is_ok());
        for (operation, parameter) in
            [("env-promote", "key"), ("env-promote", "evidence"), ("resolve", "status"), ("env-policy-set", "file")]
        {
            let error = check(operation, &format!("{{\"{parameter}\":\"/etc/shadow\"}}")).unwrap_err();
            assert_eq!(error.at_field(), Some(parameter));
        }
        assert!(check("env-list", "").is_ok());
        assert!(check("env-list", "[]").is_err());
        assert!(check("env-list", "{").is_err());
    }
}
