//! One connection: requests one after another, each with an end to every wait.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use reposnap::error::Kind;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use crate::callers::{Callers, Peer};
use crate::http::{self, Body, Head, Method, Refusal, Response, Stream};
use crate::limits::{BODY_TIME, HEAD_BYTES, HEAD_TIME, IDLE_TIME, REQUESTS_PER_CONNECTION};
use crate::log::{self, Access};
use crate::metrics::count;
use crate::service::{Answered, Service};

/// How much is asked of the system at once.
const READ: usize = 4 << 10;

/// What came of waiting for a head.
enum Waited {
    Head(Arc<Head>),
    /// Nobody says anything any more.
    Over,
    Refused(Refusal),
}

/// Serves a connection until it ends, or until `stop` says so and nothing is under way.
pub async fn serve(
    service: Arc<Service>,
    mut stream: Stream,
    callers: &Callers,
    peer: &Peer,
    mut stop: watch::Receiver<bool>,
) {
    let mut buffer = Vec::new();
    for number in 1..=REQUESTS_PER_CONNECTION {
        let head = match head(&mut stream, &mut buffer, number == 1, &mut stop).await {
            Waited::Head(head) => head,
            Waited::Over => return,
            Waited::Refused(refusal) => return refuse(&service, &mut stream, peer.address, refusal).await,
        };
        let began = Instant::now();
        let body = match body(&mut stream, &mut buffer, head.length).await {
            Ok(body) => body,
            Err(Some(refusal)) => return refuse(&service, &mut stream, peer.address, refusal).await,
            Err(None) => return,
        };
        let (client, may) = callers.ask(peer, &head);
        let answered = match may {
            Ok(()) => service.clone().answer(&head, body).await,
            Err(wait) => limited(&service, wait),
        };
        let mut response = http::apply(&head, answered.response);
        response.close |= !head.keep_alive || number == REQUESTS_PER_CONNECTION || *stop.borrow();
        let (status, close) = (response.status, response.close);
        let now = Timestamp::now();
        let text = response.head(now);
        if head.method == Method::Head {
            response.body = Body::Bytes(bytes::Bytes::new());
            response.range = None;
        }
        let sent = stream.send(text, response).await;
        let access = Access {
            time: now,
            client,
            method: head.method.as_str(),
            path: head.target(),
            status,
            bytes: *sent.as_ref().unwrap_or(&0),
            took: began.elapsed(),
            token: answered.token.as_deref(),
            why: if sent.is_err() { Some("the client went away, or took nothing") } else { answered.why },
        };
        service.metrics.answer(status, access.bytes, access.took);
        log::access(&access);
        if sent.is_err() {
            return;
        }
        if close {
            return stream.close().await;
        }
    }
}

/// The answer to a client that asks more often than it may.
fn limited(service: &Service, wait: Duration) -> Answered {
    count(&service.metrics.limited);
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    let response = Response::failure(429, Kind::Limit, "this client asks too often")
        .field("Retry-After", seconds.max(1).to_string());
    Answered { response, token: None, why: Some("the client asks too often") }
}

async fn refuse(service: &Service, stream: &mut Stream, client: IpAddr, refusal: Refusal) {
    count(&service.metrics.refused);
    let mut response = Response::failure(refusal.status, Kind::Malformed, refusal.why);
    response.close = true;
    let now = Timestamp::now();
    let text = response.head(now);
    let sent = stream.send(text, response).await;
    let bytes = sent.unwrap_or(0);
    service.metrics.answer(refusal.status, bytes, Duration::ZERO);
    log::access(&Access {
        time: now,
        client,
        method: "-",
        path: "-",
        status: refusal.status,
        bytes,
        took: Duration::ZERO,
        token: None,
        why: Some(refusal.why),
    });
    stream.close().await;
}

async fn head(stream: &mut Stream, buffer: &mut Vec<u8>, first: bool, stop: &mut watch::Receiver<bool>) -> Waited {
    let idle = Instant::now() + if first { HEAD_TIME } else { IDLE_TIME };
    // What was sent ahead begins now.
    let mut deadline = (!buffer.is_empty()).then(|| Instant::now() + HEAD_TIME);
    loop {
        match http::end(buffer) {
            Err(refusal) => return Waited::Refused(refusal),
            Ok(Some(end)) if end <= HEAD_BYTES => {
                let parsed = http::parse(&buffer[..end]);
                buffer.drain(..end);
                return parsed.map_or_else(Waited::Refused, |head| Waited::Head(Arc::new(head)));
            }
            Ok(None) if buffer.len() < HEAD_BYTES => {}
            Ok(_) => return Waited::Refused(Refusal { status: 431, why: "the head is too large" }),
        }
        if buffer.is_empty() && *stop.borrow() {
            return Waited::Over;
        }
        buffer.reserve(READ);
        let until = deadline.unwrap_or(idle);
        let quiet = buffer.is_empty();
        let read = tokio::select! {
            read = timeout_at(until, stream.read(buffer)) => read,
            _ = stop.changed(), if quiet => continue,
        };
        match read {
            Err(_) if quiet => return Waited::Over,
            Err(_) => return Waited::Refused(Refusal { status: 408, why: "the head takes too long" }),
            Ok(Ok(0) | Err(_)) => return Waited::Over,
            Ok(Ok(_)) => {
                deadline.get_or_insert_with(|| Instant::now() + HEAD_TIME);
            }
        }
    }
}

/// The body of a request, which may be here already; a refusal, or nothing where the connection broke.
async fn body(stream: &mut Stream, buffer: &mut Vec<u8>, length: u64) -> Result<Vec<u8>, Option<Refusal>> {
    let length = usize::try_from(length).map_err(|_| None)?;
    let deadline = Instant::now() + BODY_TIME;
    while buffer.len() < length {
        buffer.reserve(READ);
        match timeout_at(deadline, stream.read(buffer)).await {
            Err(_) => return Err(Some(Refusal { status: 408, why: "the body takes too long" })),
            Ok(Ok(0) | Err(_)) => return Err(None),
            Ok(Ok(_)) => {}
        }
    }
    Ok(buffer.drain(..length).collect())
}
