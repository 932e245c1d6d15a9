//! Servers by others, started for one test on ports of this machine.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take to come up.
const PATIENCE: Duration = Duration::from_secs(120);

/// A program in the background. It ends when this is dropped.
pub(crate) struct Running {
    process: Child,
    name: String,
}

/// One that answers over HTTP.
pub(crate) struct Server {
    running: Running,
    address: String,
}

/// The path of something in this repository.
pub(crate) fn in_repository(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// A port that nobody listens at.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port()
}

impl Running {
    /// Starts a program that `script` installs.
    pub(crate) fn start(command: &mut Command, script: &str) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        Self { process: process.unwrap_or_else(|error| panic!("{name}: {error}; run {script}")), name }
    }
}

impl Server {
    /// Waits for what a program serves at a port.
    pub(crate) fn at(port: u16, running: Running) -> Self {
        Self { running, address: format!("127.0.0.1:{port}") }
    }

    /// The address, without a slash at the end.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Sends what `request` makes, a method and a path and further lines of a head, until the answer is `status`.
    pub(crate) fn ask_until(&mut self, status: u16, request: impl Fn() -> String) {
        let begun = Instant::now();
        loop {
            let answer = self.ask(&request()).unwrap_or_default();
            if answer.split(' ').nth(1) == Some(status.to_string().as_str()) {
                return;
            }
            let ended = self.running.process.try_wait().expect("waiting for a child");
            assert!(ended.is_none(), "{} has ended with {ended:?}", self.running.name);
            assert!(begun.elapsed() < PATIENCE, "{} does not answer well: {answer}", self.running.name);
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn ask(&self, request: &str) -> std::io::Result<String> {
        let (first, more) = request.split_once('\n').unwrap_or((request, ""));
        let mut text =
            format!("{first} HTTP/1.1\r\nHost: {}\r\nContent-Length: 0\r\nConnection: close\r\n", self.address);
        for line in more.lines() {
            text.push_str(&format!("{line}\r\n"));
        }
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(format!("{text}\r\n").as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
