//! Azurite: Microsoft's emulator of Azure Blob Storage.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The container that is there from the start.
pub const CONTAINER: &str = "container";
/// The account that it knows, and its key: both are in its documentation, and no secret.
const ACCOUNT: &str = "devstoreaccount1";
const KEY: &str = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
/// The version of the protocol that is spoken here.
const VERSION: &str = "2021-12-02";
/// How long the server may take to come up.
const PATIENCE: Duration = Duration::from_secs(60);

/// The server. It ends when this is dropped.
pub struct Azurite {
    process: Child,
    address: String,
}

impl Azurite {
    /// Serves one empty container on a free loopback port. `scripts/setup-azurite` installs it.
    pub fn serve() -> Self {
        let program = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("azurite/node_modules/.bin/azurite-blob");
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("a bound socket has an address").port();
        drop(free);
        let mut command = Command::new(&program);
        command.args(["--inMemoryPersistence", "--silent", "--skipApiVersionCheck", "--disableTelemetry"]);
        command.args(["--blobHost", "127.0.0.1", "--blobPort", &port.to_string()]);
        let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let process =
            process.unwrap_or_else(|error| panic!("{}: {error}; run scripts/setup-azurite", program.display()));
        let server = Self { process, address: format!("127.0.0.1:{port}") };
        let begun = Instant::now();
        while !server.make_container() {
            assert!(begun.elapsed() < PATIENCE, "Azurite does not answer");
            std::thread::sleep(Duration::from_millis(200));
        }
        server
    }

    /// The variables by which it is reached.
    pub fn variables(&self) -> Vec<(String, String)> {
        [
            ("AZURE_STORAGE_ENDPOINT", &*format!("http://{}/{ACCOUNT}", self.address)),
            ("AZURE_STORAGE_ACCOUNT_NAME", ACCOUNT),
            ("AZURE_STORAGE_ACCOUNT_KEY", KEY),
            ("AZURE_ALLOW_HTTP", "true"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    fn make_container(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(&self.address) else { return false };
        let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&jiff::Timestamp::now());
        let date = date.expect("a time of today");
        let fields = format!("x-ms-date:{date}\nx-ms-version:{VERSION}\n");
        let resource = format!("/{ACCOUNT}/{ACCOUNT}/{CONTAINER}\nrestype:container");
        let signature = sign(&format!("PUT{}{fields}{resource}", "\n".repeat(12)));
        let request = format!(
            "PUT /{ACCOUNT}/{CONTAINER}?restype=container HTTP/1.1\r\nHost: {}\r\nContent-Length: 0\r\n\
             Connection: close\r\nx-ms-date: {date}\r\nx-ms-version: {VERSION}\r\n\
             Authorization: SharedKey {ACCOUNT}:{signature}\r\n\r\n",
            self.address
        );
        let mut answer = String::new();
        let asked = stream.write_all(request.as_bytes()).and_then(|()| stream.read_to_string(&mut answer));
        asked.is_ok() && answer.split(' ').nth(1) == Some("201")
    }
}

/// The HMAC of a text by the account's key, in base64, as openssl makes it.
fn sign(text: &str) -> String {
    let script = "key=$(printf %s \"$1\" | base64 -d | od -An -vtx1 | tr -d ' \\n') && \
                  printf %s \"$2\" | openssl dgst -sha256 -mac HMAC -macopt \"hexkey:$key\" -binary | openssl base64 -A";
    let signed = Command::new("sh").args(["-c", script, "sh", KEY, text]).output().expect("sh");
    String::from_utf8(signed.stdout).expect("base64")
}

impl Drop for Azurite {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
