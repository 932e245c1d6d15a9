//! What is written of requests: one JSON object a line.

use std::io::Write as _;
use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;

/// The most of a path that is logged, in bytes.
const PATH_BYTES: usize = 1024;

/// One request, when it is over.
pub struct Access<'a> {
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

/// Writes a request down.
pub fn access(access: &Access<'_>) {
    let path = access.path.split_once('?').map_or(access.path, |(path, _)| path);
    let path: String = path.chars().take(PATH_BYTES).collect();
    let text = |text: &str| serde_json::Value::from(text).to_string();
    let mut line = format!(
        "{{\"time\":\"{}\",\"event\":\"request\",\"client\":\"{}\",\"method\":\"{}\",\"path\":{},\"status\":{},\"bytes\":{},\"ms\":{}",
        Timestamp::now(),
        access.client,
        access.method,
        text(&path),
        access.status,
        access.bytes,
        access.took.as_micros() as f64 / 1e3,
    );
    if let Some(token) = access.token {
        line.push_str(&format!(",\"token\":{}", text(token)));
    }
    if let Some(why) = access.why {
        line.push_str(&format!(",\"why\":{}", text(why)));
    }
    line.push_str("}\n");
    write(&line);
}

/// Writes an event down.
pub fn event(name: &str, mut fields: serde_json::Value) {
    fields["time"] = Timestamp::now().to_string().into();
    fields["event"] = name.into();
    write(&format!("{fields}\n"));
}

fn write(line: &str) {
    // One call, so that lines of several threads don't mix; a closed pipe is no reason to stop serving.
    let _ = std::io::stderr().lock().write_all(line.as_bytes());
}
