//! A server of Amazon's S3 protocol inside the test: what stores ask of it, kept in memory, with faults on demand. It speaks
//! Google's dialect of it as well, the XML API of Cloud Storage.
//!
//! It knows objects (with ranges, headers, copies, `If-None-Match`, `If-Match` and digests of what is sent), uploads in parts,
//! listings in pages, and the deletion of many. Signatures are not verified; the name in them is. What is public is read without
//! any. Google has tokens instead, generations where Amazon has `If-None-Match` and `If-Match` of writes, an error for deletions
//! of nothing, and no deletion of many.

mod bucket;
mod dialect;
mod http;
mod xml;

use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

use bucket::Buckets;
pub use bucket::Conditions;
use dialect::{Dialect, Wanted};
use http::{Answer, Connection, Request};

/// The name that the server knows in Amazon's dialect.
pub const ACCESS_KEY: &str = "AKIATEST";
/// What belongs to it; any other does as well, since signatures are not verified.
pub const SECRET_KEY: &str = "a-secret-of-tests";
/// The token that it knows in Google's.
pub const TOKEN: &str = "a-token-of-tests";
/// The bucket that is there from the start.
pub const BUCKET: &str = "bucket";

/// What the server does instead of answering well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Answers 500 and does nothing.
    ErrorBefore,
    /// Does what is asked, and answers 500.
    ErrorAfter,
    /// Closes the connection and does nothing.
    DropBefore,
    /// Does what is asked, and closes the connection without an answer.
    DropAfter,
    /// Waits before it does anything.
    Slow(Duration),
    /// Answers 403.
    Forbid,
    /// Answers with the first half of the body, and closes the connection.
    Cut,
    /// Answers with a byte of the body inverted.
    Corrupt,
}

/// The server. It ends when this is dropped.
pub struct S3 {
    shared: Arc<Shared>,
    address: SocketAddr,
    listener: Option<JoinHandle<()>>,
}

struct Shared {
    dialect: Dialect,
    buckets: Mutex<Buckets>,
    conditions: Mutex<Conditions>,
    rules: Mutex<Vec<Rule>>,
    requests: Mutex<Vec<String>>,
    /// What may be read by anybody: keys that begin with this.
    public: Mutex<Option<String>>,
    /// How many requests are still answered before the server says nothing more; none where that has no end.
    left: Mutex<Option<usize>>,
    is_halted: AtomicBool,
    running: AtomicUsize,
    most_running: AtomicUsize,
    stopped: AtomicBool,
}

struct Rule {
    method: &'static str,
    part: String,
    fault: Fault,
    /// Every so many requests that the rule is about.
    every: usize,
    seen: usize,
    times: usize,
}

impl S3 {
    /// Serves one empty bucket on a free loopback port, well-behaved until told otherwise.
    pub fn serve() -> Self {
        Self::speaking(Dialect::Amazon)
    }

    /// The same in Google's dialect.
    pub fn serve_google() -> Self {
        Self::speaking(Dialect::Google)
    }

    fn speaking(dialect: Dialect) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = socket.local_addr().expect("a bound socket has an address");
        let shared = Arc::new(Shared {
            dialect,
            buckets: Mutex::new(Buckets::with(dialect, BUCKET)),
            conditions: Mutex::new(Conditions::Honoured),
            rules: Mutex::default(),
            requests: Mutex::default(),
            public: Mutex::default(),
            left: Mutex::default(),
            is_halted: AtomicBool::new(false),
            running: AtomicUsize::new(0),
            most_running: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
        });
        let listener = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || listen(&socket, &shared)
        });
        Self { shared, address, listener: Some(listener) }
    }

    /// The address, `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The URL of a store in the bucket.
    pub fn url(&self, prefix: &str) -> String {
        format!("{}://{BUCKET}/{prefix}", self.shared.dialect.scheme())
    }

    /// The variables by which it is reached.
    pub fn variables(&self) -> Vec<(String, String)> {
        self.shared.dialect.variables(&self.endpoint())
    }

    /// How conditions of writes are met from now on.
    pub fn conditions(&self, conditions: Conditions) {
        *lock(&self.shared.conditions) = conditions;
    }

    /// The next `times` requests with this method (empty: any) whose path has `part` in it get `fault`.
    pub fn fault(&self, method: &'static str, part: &str, fault: Fault, times: usize) {
        let rule = Rule { method, part: part.to_owned(), fault, every: 1, seen: 0, times };
        lock(&self.shared.rules).push(rule);
    }

    /// Of all requests with this method (empty: any) whose path has `part` in it, every `every`th gets `fault`.
    pub fn fault_every(&self, method: &'static str, part: &str, fault: Fault, every: usize) {
        let rule = Rule { method, part: part.to_owned(), fault, every, seen: 0, times: usize::MAX };
        lock(&self.shared.rules).push(rule);
    }

    /// Forgets all faults.
    pub fn behave(&self) {
        lock(&self.shared.rules).clear();
        self.conditions(Conditions::Honoured);
    }

    /// Lets anybody read the objects whose keys begin with `prefix`.
    pub fn make_public(&self, prefix: &str) {
        *lock(&self.shared.public) = Some(prefix.to_owned());
    }

    /// The address of what is public below `prefix`, for apt.
    pub fn public_url(&self, prefix: &str) -> String {
        format!("{}/{BUCKET}/{prefix}", self.endpoint())
    }

    /// After `requests` more requests nothing is done and nothing answered, until [`resume`](Self::resume).
    pub fn halt_after(&self, requests: usize) {
        *lock(&self.shared.left) = Some(requests);
    }

    /// Whether a request has come since that is not answered.
    pub fn is_halted(&self) -> bool {
        self.shared.is_halted.load(Ordering::SeqCst)
    }

    /// Answers again; the connections of requests that were not answered are closed.
    pub fn resume(&self) {
        *lock(&self.shared.left) = None;
        self.shared.is_halted.store(false, Ordering::SeqCst);
    }

    /// All requests so far, as `METHOD /path?query`, oldest first.
    pub fn requests(&self) -> Vec<String> {
        lock(&self.shared.requests).clone()
    }

    /// How many requests there were that begin with `start`, such as `GET /bucket/store/packs/`.
    pub fn count(&self, start: &str) -> usize {
        lock(&self.shared.requests).iter().filter(|request| request.starts_with(start)).count()
    }

    /// Forgets the requests so far.
    pub fn forget(&self) {
        lock(&self.shared.requests).clear();
        self.shared.most_running.store(0, Ordering::SeqCst);
    }

    /// The most requests that were under way at once.
    pub fn most_running(&self) -> usize {
        self.shared.most_running.load(Ordering::SeqCst)
    }

    /// The keys of the objects in the bucket, sorted.
    pub fn keys(&self) -> Vec<String> {
        lock(&self.shared.buckets).keys(BUCKET)
    }

    /// The bytes of an object in the bucket.
    pub fn object(&self, key: &str) -> Option<Vec<u8>> {
        lock(&self.shared.buckets).bytes(BUCKET, key)
    }

    /// The value of a header that is said with an object in the bucket; `name` in lower case.
    pub fn header(&self, key: &str, name: &str) -> Option<String> {
        lock(&self.shared.buckets).header(BUCKET, key, name)
    }

    /// Takes an object out of the bucket past all rules.
    pub fn take(&self, key: &str) {
        lock(&self.shared.buckets).take(BUCKET, key);
    }

    /// Puts an object into the bucket past all rules.
    pub fn place(&self, key: &str, bytes: &[u8]) {
        lock(&self.shared.buckets).place(BUCKET, key, bytes);
    }

    /// Takes the bucket away, with all that is in it.
    pub fn remove_bucket(&self) {
        lock(&self.shared.buckets).remove(BUCKET);
    }

    /// How many uploads in parts were begun and neither completed nor given up.
    pub fn unfinished_uploads(&self) -> usize {
        lock(&self.shared.buckets).unfinished()
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes the listener, which then sees that it is over.
        drop(TcpStream::connect(self.address));
        if let Some(listener) = self.listener.take() {
            drop(listener.join());
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn listen(socket: &TcpListener, shared: &Arc<Shared>) {
    for connection in socket.incoming() {
        if shared.stopped.load(Ordering::SeqCst) {
            return;
        }
        if let Ok(stream) = connection {
            let shared = Arc::clone(shared);
            // A client that goes away is no concern of the server's.
            std::thread::spawn(move || drop(converse(&stream, &shared)));
        }
    }
}

/// Answers the requests of one connection until either side ends it.
fn converse(stream: &TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut connection = Connection::new(stream, &shared.stopped)?;
    while let Some(request) = connection.read()? {
        if !shared.goes_on() {
            break;
        }
        lock(&shared.requests).push(request.line());
        let running = shared.running.fetch_add(1, Ordering::SeqCst) + 1;
        shared.most_running.fetch_max(running, Ordering::SeqCst);
        let fault = shared.fault_for(&request);
        let answer = shared.answer(&request, fault);
        shared.running.fetch_sub(1, Ordering::SeqCst);
        match answer {
            Some(answer) if fault == Some(Fault::Cut) => {
                connection.write(&answer, answer.body.len() / 2)?;
                break;
            }
            Some(answer) => connection.write(&answer, answer.body.len())?,
            None => break,
        }
    }
    stream.shutdown(Shutdown::Both)
}

impl Shared {
    /// Whether a request is answered. Waits where the server says nothing, and tells that it is not once it does again.
    fn goes_on(&self) -> bool {
        match &mut *lock(&self.left) {
            None => return true,
            Some(0) => {}
            Some(left) => {
                *left -= 1;
                return true;
            }
        }
        self.is_halted.store(true, Ordering::SeqCst);
        while self.is_halted.load(Ordering::SeqCst) && !self.stopped.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(2));
        }
        false
    }

    /// Whether a request is a read of what anybody may read.
    fn is_public(&self, request: &Request) -> bool {
        let reads = ["GET", "HEAD"].contains(&request.method.as_str()) && !request.key.is_empty();
        reads && lock(&self.public).as_ref().is_some_and(|prefix| request.key.starts_with(prefix.as_str()))
    }

    fn fault_for(&self, request: &Request) -> Option<Fault> {
        let mut found = None;
        for rule in lock(&self.rules).iter_mut() {
            if rule.times == 0 || !request.method.starts_with(rule.method) || !request.line().contains(&rule.part) {
                continue;
            }
            rule.seen += 1;
            if found.is_none() && rule.seen.is_multiple_of(rule.every) {
                rule.times -= 1;
                found = Some(rule.fault);
            }
        }
        found
    }

    /// What is answered; nothing where the connection is closed instead.
    fn answer(&self, request: &Request, fault: Option<Fault>) -> Option<Answer> {
        let broken = || Answer::error(500, "InternalError", "We encountered an internal error. Please try again.");
        match fault {
            Some(Fault::ErrorBefore) => return Some(broken()),
            Some(Fault::DropBefore) => return None,
            Some(Fault::Forbid) => return Some(Answer::error(403, "AccessDenied", "Access Denied")),
            Some(Fault::Slow(time)) => std::thread::sleep(time),
            _ => {}
        }
        let mut answer = self.work(request);
        match fault {
            Some(Fault::ErrorAfter) => return Some(broken()),
            Some(Fault::DropAfter) => return None,
            Some(Fault::Corrupt) => {
                let middle = answer.body.len() / 2;
                if let Some(byte) = answer.body.get_mut(middle) {
                    *byte ^= 0xff;
                }
            }
            _ => {}
        }
        if request.method == "HEAD" {
            answer.is_head = true;
        }
        Some(answer)
    }

    fn work(&self, request: &Request) -> Answer {
        if !self.is_public(request)
            && let Some(refused) = self.dialect.stranger(request)
        {
            return refused;
        }
        if let Some(refused) = request.check_digest() {
            return refused;
        }
        let conditions = *lock(&self.conditions);
        // Some servers look first and write later: others come in between.
        if conditions == Conditions::LooksThenWrites
            && request.method == "PUT"
            && self.dialect.wanted(request) == Wanted::Nothing
        {
            let there = lock(&self.buckets).holds(request);
            std::thread::sleep(Duration::from_millis(20));
            return if there { bucket::refused() } else { lock(&self.buckets).answer(request, Conditions::Ignored) };
        }
        lock(&self.buckets).answer(request, conditions)
    }
}
