//! moto: another server of Amazon's S3 protocol, by others, beside the one in `s3`.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The bucket that is there from the start.
pub const BUCKET: &str = "bucket";
/// How long the server may take to come up.
const PATIENCE: Duration = Duration::from_secs(60);

/// The server. It ends when this is dropped.
pub struct Moto {
    process: Child,
    address: String,
}

impl Moto {
    /// Serves one empty bucket on a free loopback port. `scripts/setup` installs it.
    pub fn serve() -> Self {
        let program = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/stores-venv/bin/moto_server");
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("a bound socket has an address").port();
        drop(free);
        let mut command = Command::new(&program);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let process = process.unwrap_or_else(|error| panic!("{}: {error}; run scripts/setup", program.display()));
        let server = Self { process, address: format!("127.0.0.1:{port}") };
        let begun = Instant::now();
        while !server.make_bucket() {
            assert!(begun.elapsed() < PATIENCE, "moto does not answer");
            std::thread::sleep(Duration::from_millis(100));
        }
        server
    }

    /// The variables by which it is reached.
    pub fn variables(&self) -> Vec<(String, String)> {
        [
            ("AWS_ACCESS_KEY_ID", "any"),
            ("AWS_SECRET_ACCESS_KEY", "any-secret"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ENDPOINT_URL", &format!("http://{}", self.address)),
            ("AWS_ALLOW_HTTP", "true"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    fn make_bucket(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(&self.address) else { return false };
        let request = format!(
            "PUT /{BUCKET} HTTP/1.1\r\nHost: {}\r\nContent-Length: 0\r\nConnection: close\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/s3/aws4_request\r\n\r\n",
            self.address
        );
        let mut answer = String::new();
        let asked = stream.write_all(request.as_bytes()).and_then(|()| stream.read_to_string(&mut answer));
        asked.is_ok() && answer.split(' ').nth(1) == Some("200")
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
