//! `reposnap serve` as a process, and what speaks to it.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cli::Reposnap;

/// A running server.
pub struct Served {
    child: Child,
    url: String,
    log: Arc<Mutex<Vec<Value>>>,
}

impl Served {
    /// Starts `serve` with further arguments at a free port of this machine.
    pub fn start<A: AsRef<OsStr>>(reposnap: &Reposnap, arguments: impl IntoIterator<Item = A>) -> Self {
        let mut command = Self::command(reposnap, "127.0.0.1:0");
        command.args(arguments);
        Self::run(command)
    }

    /// The command, not yet run, that listens at `address`.
    pub fn command(reposnap: &Reposnap, address: &str) -> Command {
        let mut command = reposnap.command(["serve", "--listen", address]);
        // Not where the user who runs the tests keeps theirs. A store in a bucket has no place beside it.
        command.env_remove("CACHE_DIRECTORY");
        if reposnap.store().is_absolute() {
            command.env("XDG_CACHE_HOME", reposnap.store().with_extension("cache"));
        }
        command
    }

    /// Starts a command that serves, and waits until it listens.
    pub fn run(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the command starts");
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let log: Arc<Mutex<Vec<Value>>> = Arc::default();
        let mut url = None;
        while url.is_none() {
            let line = lines.next().expect("the server says where it listens").expect("UTF-8");
            let event: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("not an event: {line}"));
            url = event["url"].as_str().map(|url| url.trim_end_matches('/').to_owned());
        }
        let kept = log.clone();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let event = serde_json::from_str(&line).unwrap_or(Value::String(line));
                kept.lock().unwrap_or_else(PoisonError::into_inner).push(event);
            }
        });
        Self { child, url: url.expect("found"), log }
    }

    /// Its URL, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What it logged until now.
    pub fn log(&self) -> Vec<Value> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end, at most so long, and gives the exit code.
    pub fn wait(&mut self, most: Duration) -> i32 {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status.code().unwrap_or(-1);
            }
            assert!(began.elapsed() < most, "the server does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// A connection to it.
    pub fn connect(&self) -> TcpStream {
        let address = self.url.rsplit_once('/').map_or(self.url.as_str(), |(_, address)| address);
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        stream
    }

    /// What it answers to these bytes until it closes the connection, or for as long as `patience`.
    pub fn raw(&self, bytes: &[u8], patience: Duration) -> String {
        let mut stream = self.connect();
        stream.set_read_timeout(Some(patience)).expect("a timeout");
        // It may close before all was sent.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            answer.extend_from_slice(&buffer[..count]);
        }
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The answer to a request of one's own, whose connection is closed: status, head, body.
    pub fn request(&self, method: &str, path: &str, fields: &[(&str, &str)], body: &[u8]) -> (u16, String, Vec<u8>) {
        let mut text = format!("{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n");
        for (name, value) in fields {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() {
            text.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        text.push_str("\r\n");
        let mut stream = self.connect();
        stream.write_all(text.as_bytes()).expect("sending");
        stream.write_all(body).expect("sending");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
        let head = String::from_utf8(answer[..end].to_vec()).expect("UTF-8");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        (status, head, answer.split_off(end))
    }

    /// GET.
    pub fn get(&self, path: &str) -> (u16, String, Vec<u8>) {
        self.request("GET", path, &[], b"")
    }

    /// An operation: the status and the document.
    pub fn call(&self, operation: &str, request: &Value, token: Option<&str>) -> (u16, Value) {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let mut fields = vec![("Content-Type", "application/json")];
        fields.extend(bearer.as_deref().map(|bearer| ("Authorization", bearer)));
        let path = format!("/api/v1/{operation}");
        let (status, _, body) = self.request("POST", &path, &fields, request.to_string().as_bytes());
        (status, serde_json::from_slice(&body).expect("JSON"))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
