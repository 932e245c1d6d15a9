//! A certificate authority of our own, made by openssl.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::process::succeed;

/// An authority that nobody trusts unless told to.
pub struct Authority {
    directory: TempDir,
}

/// A new key on the curve P-256, without a password.
const KEY: [&str; 5] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

impl Authority {
    /// A new authority.
    pub fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let own = ["-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Authority"];
        openssl(directory.path(), ["req", "-x509"].iter().chain(&KEY).chain(&own));
        Self { directory }
    }

    /// The file of its certificate, PEM.
    pub fn file(&self) -> PathBuf {
        self.directory.path().join("ca.pem")
    }

    /// Writes `tls.key` and `tls.pem`, a certificate for `name` such as `IP:127.0.0.1`, into `folder`.
    pub fn certify(&self, name: &str, folder: &Path) {
        fs::write(folder.join("extensions"), format!("subjectAltName={name}")).expect("writing");
        let request = ["-keyout", "tls.key", "-out", "tls.csr", "-subj", "/CN=server"];
        openssl(folder, ["req"].iter().chain(&KEY).chain(&request));
        let (file, key) = (self.file(), self.directory.path().join("ca.key"));
        let (file, key) = (file.display().to_string(), key.display().to_string());
        let sign = ["x509", "-req", "-in", "tls.csr", "-CA", &file, "-CAkey", &key, "-set_serial", "1", "-days", "1"];
        openssl(folder, sign.iter().chain(&["-extfile", "extensions", "-out", "tls.pem"]));
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

fn openssl<'a>(folder: &Path, arguments: impl Iterator<Item = &'a &'a str>) {
    succeed(Command::new("openssl").args(arguments).current_dir(folder));
}
