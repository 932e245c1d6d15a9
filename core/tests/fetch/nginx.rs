//! A real web server.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use reposnap::progress::Monitor;
use reposnap::source::fetch::{Credentials, Expected, Fetched, Job, Totals, parse_url};
use reposnap::store::Objects;
use reposnap::{Digest, Kind};

use super::{fetcher, noise, options, run};

/// nginx on a port of its own, with a folder of its own, until dropped.
pub(crate) struct Nginx {
    child: Child,
    pub(crate) port: u16,
    pub(crate) folder: tempfile::TempDir,
}

impl Nginx {
    /// Starts it; `server` is added to its server block, where `FOLDER` stands for the folder.
    pub(crate) fn start(listen: &str, server: &str, prepare: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display().to_string();
        std::fs::create_dir(folder.path().join("www")).unwrap();
        prepare(folder.path());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = server.replace("FOLDER", &path);
        let config = format!(
            "daemon off; master_process off; pid {path}/pid; error_log {path}/error.log;
             events {{ worker_connections 256; }}
             http {{
                 access_log {path}/access.log;
                 client_body_temp_path {path}/body; proxy_temp_path {path}/proxy;
                 fastcgi_temp_path {path}/fastcgi; uwsgi_temp_path {path}/uwsgi; scgi_temp_path {path}/scgi;
                 server {{ listen 127.0.0.1:{port} {listen}; root {path}/www; {server} }}
             }}"
        );
        std::fs::write(folder.path().join("nginx.conf"), config).unwrap();
        let child = Command::new("nginx")
            .args(["-e", &format!("{path}/error.log"), "-c", &format!("{path}/nginx.conf")])
            .spawn()
            .expect("nginx is needed: install the package nginx-light");
        let nginx = Self { child, port, folder };
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return nginx;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!(
            "nginx did not start: {}",
            std::fs::read_to_string(nginx.folder.path().join("error.log")).unwrap_or_default()
        );
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.folder.path().join("www").join(name), bytes).unwrap();
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("access.log")).unwrap()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn conditional_requests() {
    let nginx = Nginx::start("", "", |_| {});
    nginx.write("InRelease", b"one");
    run(async {
        let fetcher = fetcher(options());
        let url = parse_url(&nginx.url("/InRelease")).unwrap();
        let Fetched::Body(first) = fetcher.get(&url, 100, None).await.unwrap() else { panic!("a body") };
        assert!(first.validators.etag.is_some() && first.validators.last_modified.is_some());
        assert_eq!(fetcher.get(&url, 100, Some(&first.validators)).await.unwrap(), Fetched::NotModified);
        let mut only_date = first.validators.clone();
        only_date.etag = None;
        assert_eq!(fetcher.get(&url, 100, Some(&only_date)).await.unwrap(), Fetched::NotModified);
        nginx.write("InRelease", b"three");
        let Fetched::Body(second) = fetcher.get(&url, 100, Some(&first.validators)).await.unwrap() else {
            panic!("a body")
        };
        assert_eq!(second.bytes, "three");
        assert_eq!(fetcher.get(&parse_url(&nginx.url("/no")).unwrap(), 9, None).await.unwrap(), Fetched::NotFound);
    });
    // nginx writes its log once the answer is out.
    let end = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while nginx.log().lines().count() < 5 && std::time::Instant::now() < end {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let statuses: Vec<String> =
        nginx.log().lines().map(|line| line.split('"').nth(2).unwrap().trim()[..3].to_owned()).collect();
    assert_eq!(statuses, ["200", "304", "304", "200", "404"]);
}

#[test]
fn a_server_that_cuts_lines_is_resumed_with_ranges() {
    // What stands in front of nginx cuts each connection after 1.2 MB.
    let nginx = Nginx::start("", "", |_| {});
    let bytes = noise(3_000_000);
    nginx.write("Packages.xz", &bytes);
    let port = nginx.port;
    let cutter = TcpListener::bind("127.0.0.1:0").unwrap();
    let cut_port = cutter.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for client in cutter.incoming() {
            let mut client = client.unwrap();
            std::thread::spawn(move || {
                use std::io::Read;
                let mut origin = TcpStream::connect(("127.0.0.1", port)).unwrap();
                let (mut back, mut to) = (origin.try_clone().unwrap(), client.try_clone().unwrap());
                std::thread::spawn(move || {
                    let _ = std::io::copy(&mut (&mut back).take(1_200_000), &mut to);
                    let _ = to.shutdown(std::net::Shutdown::Both);
                });
                let _ = std::io::copy(&mut client, &mut origin);
            });
        }
    });
    let url = parse_url(&format!("http://127.0.0.1:{cut_port}/Packages.xz")).unwrap();
    let expected = Expected::new(bytes.len() as u64, Digest::of(&bytes));
    assert_eq!(run(fetcher(options()).get_verified(&[url], &expected)).unwrap(), bytes);
    assert!(nginx.log().matches("\" 206 ").count() >= 1, "{}", nginx.log());
}

#[test]
fn auth_conf_opens_the_door() {
    let nginx = Nginx::start("", "auth_basic x; auth_basic_user_file FOLDER/users;", |folder| {
        std::fs::write(folder.join("users"), "apt:{PLAIN}debian\n").unwrap();
    });
    nginx.write("x", b"inside");
    let url = parse_url(&nginx.url("/x")).unwrap();
    let error = run(fetcher(options()).get(&url, 100, None)).unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Network, Some("http-status")));
    assert!(error.to_string().contains("401"), "{error}");
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("etc/apt/auth.conf.d");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("ours.conf"), "machine http://127.0.0.1/x\nlogin apt\npassword debian\n").unwrap();
    std::fs::write(folder.join("ours.conf.bak"), "machine :broken").unwrap();
    let mut with = options();
    with.credentials = Credentials::of_apt(root.path()).unwrap();
    assert!(with.credentials.unreadable().is_empty());
    assert!(matches!(run(fetcher(with).get(&url, 100, None)).unwrap(), Fetched::Body(_)));
    std::fs::write(folder.join("bad.conf"), "login x\nmachine :broken\n").unwrap();
    let error = Credentials::of_apt(root.path()).unwrap_err();
    assert_eq!(error.at_line(), Some(2));
    assert!(error.at_path().unwrap().ends_with("bad.conf"));
}

#[test]
fn many_packages_over_few_connections() {
    let nginx = Nginx::start("", "keepalive_requests 50;", |_| {});
    let mut jobs = Vec::new();
    for number in 0..500 {
        let bytes = format!("package {number}").into_bytes();
        nginx.write(&format!("p+{number}"), &bytes);
        let sha256 = Digest::of(&bytes);
        let url = reposnap::source::fetch::join(&parse_url(&nginx.url("")).unwrap(), &format!("p+{number}")).unwrap();
        jobs.push(Job { url, size: bytes.len() as u64, sha256, path: format!("pool/{sha256}.deb"), control: None });
    }
    let objects = Objects::memory();
    let totals = Totals { items: 500, bytes: jobs.iter().map(|job| job.size).sum() };
    let done = run(fetcher(options()).download(jobs, totals, &objects, &Monitor::silent())).unwrap();
    assert_eq!((done.items, done.bytes), (totals.items, totals.bytes));
    assert_eq!(nginx.log().lines().count(), 500);
}
