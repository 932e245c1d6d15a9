//! Azurite: Microsoft's emulator of Azure Blob Storage.

use std::process::Command;

use crate::server::{Running, Server, free_port, in_repository};

/// The container that is there from the start.
const CONTAINER: &str = "container";
/// The account that it knows, and its key: both are in its documentation, and no secret.
const ACCOUNT: &str = "devstoreaccount1";
const KEY: &str = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
/// The version of the protocol that is spoken here.
const VERSION: &str = "2021-12-02";

/// The server. It ends when this is dropped.
pub struct Azurite(Server);

impl Azurite {
    /// Serves one empty container on a free loopback port. `scripts/setup` installs it.
    pub fn serve() -> Self {
        let port = free_port();
        let mut command = Command::new(in_repository("tests/azurite/node_modules/.bin/azurite-blob"));
        command.args(["--inMemoryPersistence", "--silent", "--skipApiVersionCheck", "--disableTelemetry"]);
        command.args(["--blobHost", "127.0.0.1", "--blobPort", &port.to_string()]);
        let mut server = Server::at(port, Running::start(&mut command, "scripts/setup"));
        server.ask_until(201, || {
            let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&jiff::Timestamp::now());
            let fields = format!("x-ms-date:{}\nx-ms-version:{VERSION}", date.expect("a time of today"));
            let resource = format!("/{ACCOUNT}/{ACCOUNT}/{CONTAINER}\nrestype:container");
            let signature = sign(&format!("PUT{}{fields}\n{resource}", "\n".repeat(12)));
            format!(
                "PUT /{ACCOUNT}/{CONTAINER}?restype=container\n{fields}\nAuthorization: SharedKey {ACCOUNT}:{signature}"
            )
        });
        Self(server)
    }

    /// The URL of a store in the container.
    pub fn url(&self, prefix: &str) -> String {
        format!("az://{CONTAINER}/{prefix}")
    }

    /// The variables by which it is reached.
    pub fn variables(&self) -> Vec<(String, String)> {
        [
            ("AZURE_STORAGE_ENDPOINT", &*format!("{}/{ACCOUNT}", self.0.endpoint())),
            ("AZURE_STORAGE_ACCOUNT_NAME", ACCOUNT),
            ("AZURE_STORAGE_ACCOUNT_KEY", KEY),
            ("AZURE_ALLOW_HTTP", "true"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }
}

/// The HMAC of a text by the account's key, in base64, as openssl makes it.
fn sign(text: &str) -> String {
    let script = "key=$(printf %s \"$1\" | base64 -d | od -An -vtx1 | tr -d ' \\n') && \
                  printf %s \"$2\" | openssl dgst -sha256 -mac HMAC -macopt \"hexkey:$key\" -binary | openssl base64 -A";
    let signed = Command::new("sh").args(["-c", script, "sh", KEY, text]).output().expect("sh");
    String::from_utf8(signed.stdout).expect("base64")
}
