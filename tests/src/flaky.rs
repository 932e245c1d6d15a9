//! A web server inside the test that misbehaves on demand and remembers what it was asked.

mod answer;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

/// What the server does instead of answering well.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Sends this many bytes of the body (none: not even a header), then nothing, and keeps the connection.
    Stall(usize),
    /// Announces the whole body, sends this many bytes and closes.
    CloseAfter(usize),
    /// Closes without a word.
    Hangup,
    /// Sends the client elsewhere.
    Redirect(String),
    /// Answers with this status and a short text.
    Status(u16),
    /// Answers 200 with a page of HTML, as captive portals do.
    Html,
    /// Answers 200 with these bytes instead of the file's.
    Body(Vec<u8>),
    /// Inverts the byte at this place of the file.
    Corrupt(usize),
    /// Sends the file and then zeros without end, chunked, until the client has had enough.
    Endless,
    /// Ignores a range and sends the whole file with 200.
    NoRanges,
}

/// One request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET` or `HEAD`.
    pub method: String,
    /// The path, beginning with a slash.
    pub path: String,
    /// Header fields, names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Request {
    /// The value of a header field; `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

/// The server. It ends when this is dropped.
pub struct Flaky {
    shared: Arc<Shared>,
    address: SocketAddr,
    listener: Option<JoinHandle<()>>,
}

struct Shared {
    root: PathBuf,
    rules: Mutex<Vec<Rule>>,
    hooks: Mutex<Vec<Hook>>,
    requests: Mutex<Vec<Request>>,
    stopped: AtomicBool,
}

struct Rule {
    suffix: String,
    fault: Fault,
    times: usize,
}

struct Hook {
    suffix: String,
    action: Box<dyn FnOnce() + Send>,
}

/// How often a waiting connection looks whether the server has ended.
const POLL: Duration = Duration::from_millis(20);
/// The longest request line or header line, bytes.
const MAX_LINE: u64 = 16 * 1024;

impl Flaky {
    /// Serves `root` on a free loopback port, well-behaved until told otherwise.
    pub fn serve(root: &Path) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = socket.local_addr().expect("a bound socket has an address");
        let shared = Arc::new(Shared {
            root: root.to_owned(),
            rules: Mutex::default(),
            hooks: Mutex::default(),
            requests: Mutex::default(),
            stopped: AtomicBool::new(false),
        });
        let listener = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || listen(&socket, &shared)
        });
        Self { shared, address, listener: Some(listener) }
    }

    /// The address, `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next `times` requests whose path ends with `suffix` get `fault`. Rules apply in the order given.
    pub fn fault(&self, suffix: &str, fault: Fault, times: usize) {
        lock(&self.shared.rules).push(Rule { suffix: suffix.to_owned(), fault, times });
    }

    /// Runs `action` once, just before the next request whose path ends with `suffix` is answered: to change the
    /// upstream between two requests of one client.
    pub fn before(&self, suffix: &str, action: impl FnOnce() + Send + 'static) {
        lock(&self.shared.hooks).push(Hook { suffix: suffix.to_owned(), action: Box::new(action) });
    }

    /// Forgets all faults and hooks.
    pub fn behave(&self) {
        lock(&self.shared.rules).clear();
        lock(&self.shared.hooks).clear();
    }

    /// All requests so far, oldest first.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.shared.requests).clone()
    }

    /// Forgets the requests so far.
    pub fn forget(&self) {
        lock(&self.shared.requests).clear();
    }
}

impl Drop for Flaky {
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
        if let Ok(connection) = connection {
            let shared = Arc::clone(shared);
            // A client that goes away is no concern of the server's.
            std::thread::spawn(move || drop(converse(&connection, &shared)));
        }
    }
}

/// Answers the requests of one connection until either side ends it.
fn converse(connection: &TcpStream, shared: &Shared) -> std::io::Result<()> {
    connection.set_read_timeout(Some(POLL))?;
    let mut reader = BufReader::new(Patient { connection, shared });
    while let Some(request) = read_request(&mut reader)? {
        lock(&shared.requests).push(request.clone());
        for hook in take_hooks(shared, &request.path) {
            (hook.action)();
        }
        let fault = take_fault(shared, &request.path);
        let keep = answer::answer(connection, &shared.root, &request, fault.as_ref())?;
        if !keep {
            if matches!(fault, Some(Fault::Stall(_))) {
                // Until the client gives up or the server ends; whatever it still says is ignored.
                std::io::copy(&mut reader, &mut std::io::sink())?;
            }
            break;
        }
    }
    connection.shutdown(Shutdown::Both)
}

fn take_hooks(shared: &Shared, path: &str) -> Vec<Hook> {
    let mut hooks = lock(&shared.hooks);
    let (due, rest) = hooks.drain(..).partition(|hook| path.ends_with(&hook.suffix));
    *hooks = rest;
    due
}

fn take_fault(shared: &Shared, path: &str) -> Option<Fault> {
    let mut rules = lock(&shared.rules);
    let rule = rules.iter_mut().find(|rule| rule.times > 0 && path.ends_with(&rule.suffix))?;
    rule.times -= 1;
    Some(rule.fault.clone())
}

fn read_request(reader: &mut impl BufRead) -> std::io::Result<Option<Request>> {
    let Some(first) = read_line(reader)? else { return Ok(None) };
    let mut words = first.split(' ');
    let (method, path) = (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned());
    let mut headers = Vec::new();
    while let Some(line) = read_line(reader)?.filter(|line| !line.is_empty()) {
        if let Some((name, value)) = line.split_once(':') {
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    Ok(Some(Request { method, path, headers }))
}

fn read_line(reader: &mut impl BufRead) -> std::io::Result<Option<String>> {
    let mut line = String::new();
    let read = reader.take(MAX_LINE).read_line(&mut line)?;
    Ok((read > 0).then(|| line.trim_end().to_owned()))
}

/// Reads from a connection, waiting as long as the server lives.
struct Patient<'a> {
    connection: &'a TcpStream,
    shared: &'a Shared,
}

impl Read for Patient<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        use std::io::ErrorKind::{TimedOut, WouldBlock};
        loop {
            match self.connection.read(buffer) {
                Err(error) if matches!(error.kind(), TimedOut | WouldBlock) => {
                    if self.shared.stopped.load(Ordering::SeqCst) {
                        return Ok(0);
                    }
                }
                other => return other,
            }
        }
    }
}

impl Write for Patient<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.connection.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.connection.flush()
    }
}
