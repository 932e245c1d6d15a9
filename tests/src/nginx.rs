//! A real nginx on a free loopback port, serving one directory or standing before another server.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tempfile::TempDir;

use crate::authority::Authority;

/// A running server. It ends when this is dropped.
pub struct Nginx {
    child: Child,
    port: u16,
    directory: TempDir,
    scheme: &'static str,
}

/// One line of the access log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// `GET`, `HEAD`...
    pub method: String,
    /// The path asked for, undecoded.
    pub path: String,
    /// The status sent.
    pub status: u16,
    /// Bytes of the body sent.
    pub bytes: u64,
}

/// What a server answers with.
#[derive(Clone, Copy)]
enum Site<'a> {
    /// The files of a directory.
    Files(&'a Path),
    /// What the server at a URL answers.
    Before(&'a str),
}

/// How often another port is tried when somebody else took the free one first.
const ATTEMPTS: usize = 5;
/// Where nginx listens besides, without TLS, for the requests that tell that the log is complete.
const SOCKET: &str = "settled.sock";
/// How the paths of those requests begin.
const SETTLED: &str = "/.settled-";
/// Numbers them.
static NEXT: AtomicU64 = AtomicU64::new(0);
/// Waits of 10 ms each for the server's first answer.
const PATIENCE: usize = 1000;

impl Nginx {
    /// Serves `root`.
    pub fn serve(root: &Path) -> Self {
        Self::start(Site::Files(root), None)
    }

    /// Stands before the server at `url`, and tells it for whom it asks, in `X-Forwarded-For`.
    pub fn before(url: &str) -> Self {
        Self::start(Site::Before(url), None)
    }

    /// Serves `root` over https, with a certificate for 127.0.0.1 that `authority` has signed.
    pub fn serve_tls(root: &Path, authority: &Authority) -> Self {
        Self::start(Site::Files(root), Some(authority))
    }

    /// The address, `http://127.0.0.1:PORT` (or https), without a slash at the end.
    pub fn url(&self) -> String {
        format!("{}://127.0.0.1:{}", self.scheme, self.port)
    }

    /// All requests answered so far, oldest first.
    pub fn accesses(&self) -> Vec<Access> {
        self.settle();
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        log.lines().map(parse_access).filter(|access| !access.path.starts_with(SETTLED)).collect()
    }

    /// Forgets the requests answered so far.
    pub fn forget(&self) {
        self.settle();
        // nginx appends, so an emptied file fills again from its start.
        fs::File::create(self.log()).expect("emptying the access log");
    }

    /// Returns when all requests answered before are in the log: nginx writes there after it has answered, in order.
    fn settle(&self) {
        let path = format!("{SETTLED}{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let mut socket = UnixStream::connect(self.directory.path().join(SOCKET)).expect("nginx listens");
        write!(socket, "GET {path} HTTP/1.0\r\n\r\n")
            .and_then(|()| socket.read_to_end(&mut Vec::new()))
            .expect("asking");
        for _ in 0..PATIENCE {
            if fs::read_to_string(self.log()).unwrap_or_default().contains(&format!(" {path} ")) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("nginx wrote no log within {} s", PATIENCE / 100)
    }

    fn log(&self) -> PathBuf {
        self.directory.path().join("access.log")
    }

    fn start(site: Site<'_>, authority: Option<&Authority>) -> Self {
        for _ in 0..ATTEMPTS {
            if let Some(server) = Self::try_serve(site, authority) {
                return server;
            }
        }
        panic!("nginx did not start on any of {ATTEMPTS} free ports")
    }

    fn try_serve(site: Site<'_>, authority: Option<&Authority>) -> Option<Self> {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port();
        let configuration = directory.path().join("nginx.conf");
        let scheme = if authority.is_some() { "https" } else { "http" };
        if let Some(authority) = authority {
            authority.certify("IP:127.0.0.1", directory.path());
        }
        fs::write(&configuration, configure(directory.path(), site, port, scheme)).expect("writing nginx.conf");
        let child = Command::new(program())
            .arg("-p")
            .arg(directory.path())
            .arg("-c")
            .arg(&configuration)
            .args(["-e", "stderr"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(directory.path().join("stderr")).expect("writing a log"))
            .spawn()
            .unwrap_or_else(|error| panic!("nginx: {error}; scripts/setup installs what the tests need"));
        let mut server = Self { child, port, directory, scheme };
        for _ in 0..PATIENCE {
            if let Ok(Some(_)) = server.child.try_wait() {
                let said = fs::read_to_string(server.directory.path().join("stderr")).unwrap_or_default();
                assert!(said.contains("Address already in use"), "nginx ended at once:\n{said}");
                return None;
            }
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(server);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("nginx did not answer within {} s", PATIENCE / 100)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // One process (master_process off), so nothing outlives this.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn program() -> &'static str {
    // Debian puts it where only root's PATH looks.
    if Path::new("/usr/sbin/nginx").exists() { "/usr/sbin/nginx" } else { "nginx" }
}

fn parse_access(line: &str) -> Access {
    let fields: Vec<&str> = line.split(' ').collect();
    let [method, path, status, bytes] = fields[..] else { panic!("an access log line of another form: {line}") };
    let number = |text: &str| text.parse().unwrap_or_else(|_| panic!("not a number in the access log: {line}"));
    Access { method: method.to_owned(), path: path.to_owned(), status: number(status) as u16, bytes: number(bytes) }
}

fn configure(directory: &Path, site: Site<'_>, port: u16, scheme: &str) -> String {
    let site = match site {
        Site::Files(root) => {
            let root = root.canonicalize().unwrap_or_else(|error| panic!("{}: {error}", root.display()));
            format!("root \"{}\";", root.display())
        }
        Site::Before(url) => format!(
            "location / {{ proxy_pass {url}; proxy_http_version 1.1; \
             proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; }}"
        ),
    };
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("    {name}_temp_path {}/{name};\n", directory.display()))
        .concat();
    let (ssl, certificate) = match scheme {
        "https" => (" ssl", "        ssl_certificate tls.pem;\n        ssl_certificate_key tls.key;\n"),
        _ => ("", ""),
    };
    format!(
        "daemon off;
master_process off;
pid {directory}/pid;
events {{ worker_connections 512; }}
http {{
    log_format short '$request_method $request_uri $status $body_bytes_sent';
    access_log {directory}/access.log short;
    default_type application/octet-stream;
    sendfile on;
    keepalive_requests 1000000;
{temporary}    server {{
        listen 127.0.0.1:{port}{ssl};
        listen unix:{directory}/{SOCKET};
{certificate}        {site}
    }}
}}
",
        directory = directory.display(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(port: u16, path: &str) -> String {
        let mut socket = TcpStream::connect(("127.0.0.1", port)).expect("connecting");
        write!(socket, "GET {path} HTTP/1.0\r\n\r\n").expect("asking");
        let mut answer = String::new();
        socket.read_to_string(&mut answer).expect("reading");
        answer
    }

    #[test]
    fn files_are_served_and_requests_counted() {
        let root = tempfile::tempdir().expect("a temporary directory");
        fs::write(root.path().join("hello"), "world").expect("writing");
        let server = Nginx::serve(root.path());
        assert!(get(server.port, "/hello").ends_with("\r\n\r\nworld"));
        assert!(get(server.port, "/absent").starts_with("HTTP/1.1 404"));
        let seen: Vec<_> = server.accesses().into_iter().map(|access| (access.path, access.status)).collect();
        assert_eq!(seen, [("/hello".to_owned(), 200), ("/absent".to_owned(), 404)]);
        server.forget();
        assert!(get(server.port, "/hello").ends_with("world"));
        assert_eq!(server.accesses().len(), 1);
    }

    #[test]
    fn two_servers_live_side_by_side_and_end() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let (first, second) = (Nginx::serve(root.path()), Nginx::serve(root.path()));
        assert_ne!(first.url(), second.url());
        let port = first.port;
        drop(first);
        assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    }
}
