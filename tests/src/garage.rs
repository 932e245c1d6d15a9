//! Garage: a server of S3 that does not know create-only writes.

use std::fs;
use std::process::Command;

use crate::server::{Running, Server, free_port, in_repository};

/// The bucket that is there from the start.
const BUCKET: &str = "bucket";
/// The name and the secret of who has it, in the form that Garage asks for.
const ACCESS_KEY: &str = "GK0123456789abcdef01234567";
const SECRET_KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const REGION: &str = "garage";

/// The server. It ends when this is dropped, and then its folder goes.
pub struct Garage {
    server: Server,
    _folder: tempfile::TempDir,
}

impl Garage {
    /// Serves one empty bucket on free loopback ports. `scripts/setup-garage` builds it.
    pub fn serve() -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let (port, nodes) = (free_port(), free_port());
        let (own, configuration) = (folder.path().display(), folder.path().join("garage.toml"));
        let text = format!(
            "metadata_dir = \"{own}/metadata\"\n\
             data_dir = \"{own}/data\"\n\
             db_engine = \"sqlite\"\n\
             replication_factor = 1\n\
             rpc_bind_addr = \"127.0.0.1:{nodes}\"\n\
             rpc_public_addr = \"127.0.0.1:{nodes}\"\n\
             rpc_secret = \"{SECRET_KEY}\"\n\
             [s3_api]\n\
             s3_region = \"{REGION}\"\n\
             api_bind_addr = \"127.0.0.1:{port}\"\n"
        );
        fs::write(&configuration, text).expect("writing");
        let mut command = Command::new(in_repository("target/garage/bin/garage"));
        command.args(["server", "--single-node", "--default-bucket"]).env("GARAGE_CONFIG_FILE", configuration);
        command.env("GARAGE_ALLOW_WORLD_READABLE_SECRETS", "true").env("GARAGE_DEFAULT_BUCKET", BUCKET);
        command.env("GARAGE_DEFAULT_ACCESS_KEY", ACCESS_KEY).env("GARAGE_DEFAULT_SECRET_KEY", SECRET_KEY);
        let mut server = Server::at(port, Running::start(&mut command, "scripts/setup-garage"));
        // It listens once the bucket is there; who does not sign is refused.
        server.ask_until(403, || format!("GET /{BUCKET}"));
        Self { server, _folder: folder }
    }

    /// The URL of a store in the bucket.
    pub fn url(&self, prefix: &str) -> String {
        format!("s3://{BUCKET}/{prefix}")
    }

    /// The variables by which it is reached.
    pub fn variables(&self) -> Vec<(String, String)> {
        [
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY),
            ("AWS_SECRET_ACCESS_KEY", SECRET_KEY),
            ("AWS_REGION", REGION),
            ("AWS_ENDPOINT_URL", &self.server.endpoint()),
            ("AWS_ALLOW_HTTP", "true"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }
}
