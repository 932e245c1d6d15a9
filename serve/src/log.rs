//! What is written of requests: one JSON object a line.

use std::cell::{Cell, RefCell};
use std::io::Write as _;
use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;

/// The most of a path that is logged, in bytes.
const PATH_BYTES: usize = 1024;
/// How much a thread that holds lines back holds back at most, in bytes.
const HELD: usize = 32 << 10;

thread_local! {
    static LINES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static HOLDS: Cell<bool> = const { Cell::new(false) };
}

/// One request, when it is over.
pub struct Access<'a> {
    /// Now.
    pub time: Timestamp,
    /// Who sent it.
    pub client: IpAddr,
    /// The method, or `-`.
    pub method: &'a str,
    /// The path; what follows `?` is left out.
    pub path: &'a str,
    /// The status.
    pub status: u16,
    /// The bytes of body that were sent.
    pub bytes: u64,
    /// How long it took.
    pub took: Duration,
    /// The name of the token, never the token.
    pub token: Option<&'a str>,
    /// Why it was refused.
    pub why: Option<&'a str>,
}

/// Lets this thread hold lines back while it has other work. Before it waits for anything it has to call [`flush`].
pub fn hold() {
    HOLDS.set(true);
}

/// Writes what this thread held back.
pub fn flush() {
    LINES.with_borrow_mut(|lines| {
        if !lines.is_empty() {
            write(lines);
            lines.clear();
        }
    });
}

/// Writes a request down.
pub fn access(access: &Access<'_>) {
    let path = access.path.split_once('?').map_or(access.path, |(path, _)| path);
    // The paths of heads are plain ASCII.
    let path = path.get(..PATH_BYTES).unwrap_or(path);
    LINES.with_borrow_mut(|lines| {
        let _ = write!(
            lines,
            "{{\"time\":\"{}\",\"event\":\"request\",\"client\":\"{}\",\"method\":\"{}\",\"path\":",
            access.time, access.client, access.method
        );
        put_text(lines, path);
        let milliseconds = access.took.as_micros() as f64 / 1e3;
        let _ = write!(lines, ",\"status\":{},\"bytes\":{},\"ms\":{milliseconds}", access.status, access.bytes);
        if let Some(token) = access.token {
            lines.extend_from_slice(b",\"token\":");
            put_text(lines, token);
        }
        if let Some(why) = access.why {
            lines.extend_from_slice(b",\"why\":");
            put_text(lines, why);
        }
        lines.extend_from_slice(b"}\n");
        if !HOLDS.get() || lines.len() >= HELD {
            write(lines);
            lines.clear();
        }
    });
}

/// Writes an event down.
pub fn event(name: &str, mut fields: serde_json::Value) {
    fields["time"] = Timestamp::now().to_string().into();
    fields["event"] = name.into();
    write(format!("{fields}\n").as_bytes());
}

fn put_text(lines: &mut Vec<u8>, text: &str) {
    // Writing to memory does not fail.
    let _ = serde_json::to_writer(lines, text);
}

fn write(lines: &[u8]) {
    // One call, so that lines of several threads don't mix; a closed pipe is no reason to stop serving.
    let _ = std::io::stderr().lock().write_all(lines);
}
