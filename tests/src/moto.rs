//! moto: another server of Amazon's S3 protocol, by others, beside the one in `s3`.

use std::process::Command;

use crate::server::{Running, Server, free_port, in_repository};

/// The bucket that is there from the start.
const BUCKET: &str = "bucket";

/// The server. It ends when this is dropped.
pub struct Moto(Server);

impl Moto {
    /// Serves one empty bucket on a free loopback port. `scripts/setup` installs it.
    pub fn serve() -> Self {
        let port = free_port();
        let mut command = Command::new(in_repository("target/stores-venv/bin/moto_server"));
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        let mut server = Server::at(port, Running::start(&mut command, "scripts/setup"));
        server.ask_until(200, || {
            format!(
                "PUT /{BUCKET}\n\
                 Authorization: AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/s3/aws4_request"
            )
        });
        Self(server)
    }

    /// The URL of a store in the bucket.
    pub fn url(&self, prefix: &str) -> String {
        format!("s3://{BUCKET}/{prefix}")
    }

    /// The variables by which it is reached.
    pub fn variables(&self) -> Vec<(String, String)> {
        [
            ("AWS_ACCESS_KEY_ID", "any"),
            ("AWS_SECRET_ACCESS_KEY", "any-secret"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ENDPOINT_URL", &self.0.endpoint()),
            ("AWS_ALLOW_HTTP", "true"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }
}
