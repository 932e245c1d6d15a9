//! The two servers over the same files, and what they are asked for.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reposnap_tests::cli;
use reposnap_tests::process::succeed;

use super::wrk::Asked;
use crate::race;
use crate::synthetic::Upstream;

/// The suite, and the environment that is served under its name.
const SUITE: &str = "bookworm";
/// How long a server may take to answer for the first time.
const PATIENCE: Duration = Duration::from_secs(120);
/// How many packages the long run asks for.
const MIXED_PACKAGES: usize = 500;

/// A running server.
pub(crate) struct Server {
    child: Child,
    url: String,
}

/// A file, and where it is on both servers.
pub(crate) struct Target {
    pub(crate) name: &'static str,
    pub(crate) bytes: u64,
    pub(crate) nginx: String,
    pub(crate) ours: String,
}

/// Both servers, and the tree that nginx has.
pub(crate) struct Course {
    pub(crate) nginx: Server,
    pub(crate) ours: Server,
    pub(crate) packages: usize,
    public: PathBuf,
    place: PathBuf,
    /// Ends after the servers.
    _course: tempfile::TempDir,
}

impl Course {
    /// Mirrors the upstream with its packages, publishes it for nginx, and serves the store.
    pub(crate) fn new(upstream: &Upstream) -> Self {
        let mirrored = race::Course::new(upstream, "reposnap".to_owned());
        let kept = tempfile::tempdir_in(&upstream.directory).expect("a place to work");
        let place = kept.path().to_owned();
        let text = |name: &str| place.join(name).to_string_lossy().into_owned();
        let (store, public, key) = (text("store"), text("public"), text("key.asc"));
        let keyring = upstream.keyring().to_string_lossy().into_owned();
        let url = format!("{}/", mirrored.server.url());
        let reposnap = |arguments: &[&str]| {
            let mut command = mirrored.command(cli::program());
            succeed(command.args(["--quiet", "--store", &store]).args(arguments));
        };
        eprintln!("  mirroring {} packages", upstream.packages);
        let from = [&url, SUITE, "main", "--arch", "amd64", "--signed-by", &keyring, "--packages", "all"];
        reposnap(&[&["mirror", "add", "synth"][..], &from].concat());
        reposnap(&["mirror", "update", "synth"]);
        reposnap(&["env", "create", SUITE, "synth"]);
        reposnap(&["key", "generate", "Races <races@example.org>", "--output", &key]);
        reposnap(&["publish", SUITE, "--to", &public, "--suite", SUITE, "--key", &key]);
        let nginx = nginx(&place, Path::new(&public));
        let ours = serve(&place, &store, &key);
        Self { nginx, ours, packages: upstream.packages, public: public.into(), place, _course: kept }
    }

    /// What is asked for: what is signed, an index, a small package and the largest one.
    pub(crate) fn targets(&self) -> Vec<Target> {
        let mut packages = self.pool();
        packages.sort_by_key(|(size, path)| (*size, path.clone()));
        let index = "main/binary-amd64/Packages.gz";
        let (small, large) = (&packages[0].1, &packages[packages.len() - 1].1);
        [
            ("InRelease", format!("dists/{SUITE}/InRelease")),
            ("Packages.gz", format!("dists/{SUITE}/{index}")),
            ("small package", small.clone()),
            ("large package", large.clone()),
        ]
        .map(|(name, path)| Target {
            name,
            bytes: fs::metadata(self.public.join(&path)).expect("a published file").len(),
            nginx: format!("{}/{path}", self.nginx.url),
            ours: format!("{}/{SUITE}/{path}", self.ours.url),
        })
        .into()
    }

    /// All that a client asks for, mixed: what is signed, and packages; and once in so many an index.
    pub(crate) fn mixed(&self) -> Asked {
        let mut paths: Vec<String> =
            self.pool().into_iter().take(MIXED_PACKAGES).map(|(_, path)| format!("/{SUITE}/{path}")).collect();
        paths.extend((0..MIXED_PACKAGES).map(|_| format!("/{SUITE}/dists/{SUITE}/InRelease")));
        paths.push(format!("/{SUITE}/dists/{SUITE}/main/binary-amd64/Packages.gz"));
        Asked::any(self.ours.url.clone(), &paths, self.place.join("mixed.lua"))
    }

    /// Size and path of each package of the tree.
    fn pool(&self) -> Vec<(u64, String)> {
        let mut found = Vec::new();
        for folder in fs::read_dir(self.public.join("pool")).expect("a pool").flatten() {
            for file in fs::read_dir(folder.path()).expect("a folder of the pool").flatten() {
                let path = format!("pool/{}/{}", folder.file_name().display(), file.file_name().display());
                found.push((file.metadata().expect("a package").len(), path));
            }
        }
        found
    }
}

impl Server {
    fn start(command: &mut Command, url: String) -> Self {
        let child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("a server; scripts/setup installs nginx");
        let server = Self { child, url };
        let began = Instant::now();
        while TcpStream::connect(server.url.trim_start_matches("http://")).is_err() {
            assert!(began.elapsed() < PATIENCE, "{command:?} does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }

    /// Processor time of its processes until now.
    pub(crate) fn computed(&self) -> Duration {
        let ticks: u64 = self.processes().into_iter().map(|id| fields(id).map_or(0, |(ticks, _)| ticks)).sum();
        // Linux counts in hundredths for all programs (USER_HZ).
        Duration::from_millis(ticks * 10)
    }

    /// Resident memory of its processes, in bytes.
    pub(crate) fn memory(&self) -> u64 {
        let pages: u64 = self.processes().into_iter().map(|id| fields(id).map_or(0, |(_, pages)| pages)).sum();
        pages * 4096
    }

    fn processes(&self) -> Vec<u32> {
        let id = self.child.id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        std::iter::once(id).chain(children.split_whitespace().filter_map(|id| id.parse().ok())).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // nginx ends its workers on this, which a kill would leave.
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

/// Ticks of processor time and pages of resident memory (proc(5), `stat`).
fn fields(id: u32) -> Option<(u64, u64)> {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name of the program stands in brackets and may have blanks.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok());
    Some((number(11)? + number(12)?, number(21)?))
}

fn free_address() -> String {
    let socket = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port");
    socket.to_string()
}

fn nginx(place: &Path, root: &Path) -> Server {
    let address = free_address();
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("  {name}_temp_path {}/{name};\n", place.display()))
        .concat();
    // As many workers as processors, the log that nginx has by default, and as many requests a connection as `serve` takes.
    let text = format!(
        "daemon off;\npid {place}/nginx.pid;\nworker_processes auto;\nevents {{ worker_connections 1024; }}\nhttp {{\n  \
         access_log {place}/access.log;\n  default_type application/octet-stream;\n  sendfile on;\n  \
         keepalive_requests 10000;\n{temporary}  server {{ listen {address} backlog=1024; root \"{root}\"; }}\n}}\n",
        place = place.display(),
        root = root.display()
    );
    let configuration = place.join("nginx.conf");
    fs::write(&configuration, text).expect("writing nginx.conf");
    let program = if Path::new("/usr/sbin/nginx").exists() { "/usr/sbin/nginx" } else { "nginx" };
    let mut command = Command::new(program);
    command.arg("-p").arg(place).arg("-c").arg(&configuration).args(["-e", "stderr"]);
    command.stderr(File::create(place.join("nginx.err")).expect("writing a log"));
    // Where root starts it, its workers run as somebody else, who has to be able to read.
    command.args(["-g", "user root;"]);
    Server::start(&mut command, format!("http://{address}"))
}

fn serve(place: &Path, store: &str, key: &str) -> Server {
    let address = free_address();
    let mut command = Command::new(cli::program());
    command.args(["--store", store, "serve", "--listen", &address, "--key", key, "--requests-per-client", "0"]);
    command.arg("--trees").arg(place.join("trees")).env("HOME", place);
    command.stderr(File::create(place.join("serve.log")).expect("writing a log"));
    let server = Server::start(&mut command, format!("http://{address}"));
    // The index is made when it is asked for, or before.
    let url = format!("{}/{SUITE}/dists/{SUITE}/InRelease", server.url);
    succeed(Command::new("curl").args(["-sSf", "-o", "/dev/null", &url]));
    server
}
