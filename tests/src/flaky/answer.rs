//! One answer of the flaky server: good (with ranges and conditions, as nginx does) or bad as told.

use std::fs;
use std::io::{Result, Write};
use std::net::TcpStream;
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use super::{Fault, Request};

/// A file as it is now.
struct Found {
    bytes: Vec<u8>,
    tag: String,
    modified: String,
}

/// Answers one request; gives whether the connection can go on.
pub(super) fn answer(
    mut connection: &TcpStream,
    root: &Path,
    request: &Request,
    fault: Option<&Fault>,
) -> Result<bool> {
    match fault {
        Some(Fault::Hangup | Fault::Stall(0)) => return Ok(false),
        Some(Fault::Redirect(target)) => {
            let head = format!("HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n");
            connection.write_all(head.as_bytes())?;
            return Ok(true);
        }
        Some(Fault::Status(status)) => return simple(connection, *status, "text/plain", b"no\n"),
        Some(Fault::Html) => {
            return simple(connection, 200, "text/html", b"<!DOCTYPE html><title>Log in</title><p>Please log in.\n");
        }
        Some(Fault::Body(bytes)) => return simple(connection, 200, "application/octet-stream", bytes),
        _ => {}
    }
    let Some(mut found) = find(root, &request.path) else {
        return simple(connection, 404, "text/plain", b"not found\n");
    };
    if let Some(Fault::Corrupt(place)) = fault
        && let Some(byte) = found.bytes.get_mut(*place)
    {
        *byte = !*byte;
    }
    if unchanged(request, &found) {
        let head = format!("HTTP/1.1 304 Not Modified\r\nETag: {}\r\n\r\n", found.tag);
        connection.write_all(head.as_bytes())?;
        return Ok(true);
    }
    send(connection, request, &found, fault)
}

fn send(mut connection: &TcpStream, request: &Request, found: &Found, fault: Option<&Fault>) -> Result<bool> {
    let total = found.bytes.len();
    let range = match fault {
        Some(Fault::NoRanges) => None,
        _ => requested_range(request, found),
    };
    if range.as_ref().is_some_and(|range| range.start >= total) {
        let head = format!(
            "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */{total}\r\nContent-Length: 0\r\n\r\n"
        );
        connection.write_all(head.as_bytes())?;
        return Ok(true);
    }
    let mut head = match &range {
        Some(range) => format!(
            "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {}-{}/{total}\r\n",
            range.start,
            range.end - 1
        ),
        None => "HTTP/1.1 200 OK\r\n".to_owned(),
    };
    let body = &found.bytes[range.unwrap_or(0..total)];
    head.push_str(&format!("ETag: {}\r\nLast-Modified: {}\r\nAccept-Ranges: bytes\r\n", found.tag, found.modified));
    if let Some(Fault::Endless) = fault {
        head.push_str("Transfer-Encoding: chunked\r\n\r\n");
        connection.write_all(head.as_bytes())?;
        return endless(connection, body);
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    connection.write_all(head.as_bytes())?;
    if request.method == "HEAD" {
        return Ok(true);
    }
    match fault {
        Some(Fault::Stall(count) | Fault::CloseAfter(count)) => {
            connection.write_all(&body[..body.len().min(*count)])?;
            Ok(false)
        }
        _ => connection.write_all(body).map(|()| true),
    }
}

fn endless(mut connection: &TcpStream, body: &[u8]) -> Result<bool> {
    let mut chunk = |bytes: &[u8]| {
        let head = format!("{:x}\r\n", bytes.len());
        connection.write_all(&[head.as_bytes(), bytes, b"\r\n"].concat())
    };
    if !body.is_empty() {
        chunk(body)?;
    }
    // Ends with the error of writing to a client that has closed.
    loop {
        chunk(&[0; 4096])?;
    }
}

fn simple(mut connection: &TcpStream, status: u16, kind: &str, body: &[u8]) -> Result<bool> {
    let head = format!("HTTP/1.1 {status} Told\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", body.len());
    connection.write_all(&[head.as_bytes(), body].concat())?;
    Ok(true)
}

fn find(root: &Path, path: &str) -> Option<Found> {
    let relative = PathBuf::from(decode(path.split('?').next()?).trim_start_matches('/'));
    if relative.components().any(|part| !matches!(part, Component::Normal(_))) {
        return None;
    }
    let path = root.join(relative);
    let data = fs::metadata(&path).ok().filter(|data| data.is_file())?;
    let bytes = fs::read(&path).ok()?;
    let seconds = data.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
    Some(Found { tag: format!("\"{seconds:x}-{:x}\"", bytes.len()), modified: http_date(seconds), bytes })
}

fn unchanged(request: &Request, found: &Found) -> bool {
    match request.header("if-none-match") {
        Some(tags) => tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == found.tag),
        None => request.header("if-modified-since") == Some(&found.modified),
    }
}

/// The one range that was asked for, its end cut to the file; a client's range for another version is ignored.
fn requested_range(request: &Request, found: &Found) -> Option<std::ops::Range<usize>> {
    let stale = |value: &str| value != found.tag && value != found.modified;
    if request.header("if-range").is_some_and(stale) {
        return None;
    }
    let (start, end) = request.header("range")?.strip_prefix("bytes=")?.split_once('-')?;
    let start = start.parse().ok()?;
    let end = if end.is_empty() { found.bytes.len() } else { end.parse::<usize>().ok()? + 1 };
    Some(start..end.min(found.bytes.len()))
}

fn decode(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%').then(|| path.get(at + 1..at + 3)).flatten();
        match escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A date as HTTP writes it (RFC 9110, section 5.6.7).
fn http_date(seconds: u64) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let (day, time) = (seconds / 86_400, seconds % 86_400);
    // Days since 0000-03-01, in eras of 400 years: years then begin in March and end with the leap day.
    let shifted = day + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 { (month + 2, 0) } else { (month - 10, 1) };
    format!(
        "{}, {of_month:02} {} {} {:02}:{:02}:{:02} GMT",
        DAYS[(day % 7) as usize],
        MONTHS[month as usize],
        era * 400 + year_of_era + later,
        time / 3600,
        time / 60 % 60,
        time % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::succeed;

    #[test]
    fn dates_are_as_the_date_program_writes_them() {
        for seconds in [0, 951_782_400, 951_868_800, 1_709_164_800, 1_735_689_599, 4_107_542_400] {
            let mut command = std::process::Command::new("date");
            command.args(["-u", "-d", &format!("@{seconds}"), "+%a, %d %b %Y %H:%M:%S GMT"]).env("LC_ALL", "C");
            assert_eq!(http_date(seconds), succeed(&mut command).text().trim_end());
        }
    }

    #[test]
    fn escapes_are_decoded_and_others_kept() {
        assert_eq!(decode("/a%2bb%20c%zz%"), "/a+b c%zz%");
    }
}
