//! Ceph with its gateway for S3: one monitor, one daemon that keeps objects in memory, and the gateway.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::succeed;
use crate::server::{Running, Server, free_port, in_repository};

/// What unpacks it.
const SCRIPT: &str = "scripts/setup-ceph";
/// The bucket that is there from the start.
const BUCKET: &str = "bucket";
/// The user who has it, and what the user's requests are signed with.
const USER: &str = "tests";
const SECRET: &str = "a-secret-of-tests";
/// A name for the cluster; any does.
const CLUSTER: &str = "11111111-2222-4333-8444-555555555555";
/// The seconds that a command of Ceph's may take: it waits for servers that do not come up.
const PATIENCE: &str = "120";

/// The cluster. It ends when this is dropped: the gateway first, the folder last.
pub struct Ceph {
    gateway: Server,
    _daemons: [Running; 2],
    _folder: tempfile::TempDir,
}

impl Ceph {
    /// Serves one empty bucket on free loopback ports. `scripts/setup-ceph` unpacks it.
    pub fn serve() -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let (port, monitor) = (free_port(), free_port());
        let programs = Programs::new(folder.path(), port, monitor);
        let path = |name: &str| folder.path().join(name).display().to_string();
        let (monitors, map) = (path("monitors"), path("map"));
        let address = format!("[v2:127.0.0.1:{monitor}]");
        programs.run("monmaptool", &["--create", "--addv", "a", &address, "--fsid", CLUSTER, &monitors]);
        // With the one daemon in it, so that no monitor has to be asked for its number.
        programs.run("osdmaptool", &["--createsimple", "1", &map]);
        programs.run("ceph-mon", &["--id", "a", "--mkfs", "--monmap", &monitors, "--osdmap", &map]);
        let monitor = programs.start("ceph-mon", &["--id", "a", "--foreground"]);
        programs.run("ceph-osd", &["--id", "0", "--mkfs"]);
        let daemon = programs.start("ceph-osd", &["--id", "0", "--foreground"]);
        let user = ["user", "create", "--uid", USER, "--display-name", USER];
        programs.run("radosgw-admin", &[&user[..], &["--access-key", USER, "--secret-key", SECRET]].concat());
        let mut gateway = Server::at(port, programs.start("radosgw", &["--name", "client.gateway", "--foreground"]));
        gateway.ask_until(200, || {
            let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&jiff::Timestamp::now());
            let date = date.expect("a time of today");
            let signature = sign(&format!("PUT\n\n\n{date}\n/{BUCKET}"));
            format!("PUT /{BUCKET}\nDate: {date}\nAuthorization: AWS {USER}:{signature}")
        });
        Self { gateway, _daemons: [daemon, monitor], _folder: folder }
    }

    /// The URL of a store in the bucket.
    pub fn url(&self, prefix: &str) -> String {
        format!("s3://{BUCKET}/{prefix}")
    }

    /// The variables by which it is reached.
    pub fn variables(&self) -> Vec<(String, String)> {
        [
            ("AWS_ACCESS_KEY_ID", USER),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
            ("AWS_REGION", "default"),
            ("AWS_ENDPOINT_URL", &self.gateway.endpoint()),
            ("AWS_ALLOW_HTTP", "true"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }
}

/// Where the programs are, and how they find each other.
struct Programs {
    root: PathBuf,
    configuration: PathBuf,
}

impl Programs {
    fn new(folder: &Path, port: u16, monitor: u16) -> Self {
        let root = in_repository("target/ceph/root");
        let root = root.canonicalize().unwrap_or_else(|error| panic!("{}: {error}; run {SCRIPT}", root.display()));
        for name in ["monitor", "daemon"] {
            fs::create_dir(folder.join(name)).expect("a folder");
        }
        let (own, libraries) = (folder.display(), root.join(LIBRARIES));
        let libraries = libraries.display();
        let configuration = format!(
            "[global]\n\
             fsid = {CLUSTER}\n\
             mon_host = [v2:127.0.0.1:{monitor}]\n\
             public_addr = 127.0.0.1\n\
             cluster_addr = 127.0.0.1\n\
             ms_bind_msgr1 = false\n\
             auth_cluster_required = none\n\
             auth_service_required = none\n\
             auth_client_required = none\n\
             # Without keys nothing can be encrypted.\n\
             ms_mon_cluster_mode = crc\n\
             ms_mon_service_mode = crc\n\
             ms_mon_client_mode = crc\n\
             # Each pool once, in one piece, on the one daemon.\n\
             mon_allow_pool_size_one = true\n\
             mon_max_pg_per_osd = 1000\n\
             osd_crush_chooseleaf_type = 0\n\
             osd_pool_default_size = 1\n\
             osd_pool_default_min_size = 1\n\
             osd_pool_default_pg_num = 1\n\
             osd_pool_default_pg_autoscale_mode = off\n\
             # A full disk of this machine is none of this cluster's.\n\
             mon_data_avail_crit = 0\n\
             osd_objectstore = memstore\n\
             mon_data = {own}/monitor\n\
             osd_data = {own}/daemon\n\
             rgw_data = {own}\n\
             keyring = {own}/keyring\n\
             run_dir = {own}\n\
             log_file = {own}/$name.log\n\
             admin_socket = {own}/$name.socket\n\
             plugin_dir = {libraries}/ceph\n\
             erasure_code_dir = {libraries}/ceph/erasure-code\n\
             osd_class_dir = {libraries}/rados-classes\n\
             rgw_frontends = beast endpoint=127.0.0.1:{port}\n"
        );
        fs::write(folder.join("ceph.conf"), configuration).expect("writing");
        fs::write(folder.join("keyring"), "").expect("writing");
        Self { root, configuration: folder.join("ceph.conf") }
    }

    /// Runs a command to its end.
    fn run(&self, name: &str, arguments: &[&str]) {
        let mut command = Command::new("timeout");
        command.arg(PATIENCE).arg(self.path(name));
        succeed(self.ready(&mut command, arguments));
    }

    fn start(&self, name: &str, arguments: &[&str]) -> Running {
        Running::start(self.ready(&mut Command::new(self.path(name)), arguments), SCRIPT)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.join("usr/bin").join(name)
    }

    fn ready<'a>(&self, command: &'a mut Command, arguments: &[&str]) -> &'a mut Command {
        let folders = [LIBRARIES, &format!("{LIBRARIES}/ceph"), LIBRARIES.trim_start_matches("usr/")];
        let folders: Vec<String> = folders.iter().map(|folder| self.root.join(folder).display().to_string()).collect();
        command.arg("--conf").arg(&self.configuration).args(arguments).env("LD_LIBRARY_PATH", folders.join(":"))
    }
}

/// Where Debian has libraries, below its root.
const LIBRARIES: &str =
    if cfg!(target_arch = "aarch64") { "usr/lib/aarch64-linux-gnu" } else { "usr/lib/x86_64-linux-gnu" };

/// The HMAC of a text by the user's secret, in base64, as openssl makes it.
fn sign(text: &str) -> String {
    let script = "printf %s \"$2\" | openssl dgst -sha1 -hmac \"$1\" -binary | openssl base64 -A";
    succeed(Command::new("sh").args(["-c", script, "sh", SECRET, text])).text()
}
