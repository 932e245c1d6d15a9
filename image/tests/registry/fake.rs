//! A server that answers as it is told, well or badly.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reposnap_image::registry::{Name, Registry, RegistryOptions};

use crate::tools::anonymous;

/// What a client sent.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    /// Path and query.
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// What it gets.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    how: How,
}

#[derive(Clone, Copy, Debug, Default)]
enum How {
    /// All of it.
    #[default]
    Whole,
    /// So many bytes of the body, and then the connection ends.
    Cut(usize),
    /// The body again and again, in chunks, until nobody listens.
    Endless,
    /// A byte now and then.
    Trickle,
    /// Nothing at all, until the client goes.
    Silent,
}

impl Reply {
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, body: body.into(), ..Self::default() }
    }

    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub fn manifest(media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::new(200, body).header("Content-Type", media_type)
    }

    pub fn cut(mut self, after: usize) -> Self {
        self.how = How::Cut(after);
        self
    }

    pub fn endless(mut self) -> Self {
        self.how = How::Endless;
        self
    }

    pub fn trickle(mut self) -> Self {
        self.how = How::Trickle;
        self
    }

    pub fn silent() -> Self {
        Self { how: How::Silent, ..Self::default() }
    }

    fn send(&self, stream: &mut TcpStream, head_only: bool) -> std::io::Result<()> {
        if let How::Silent = self.how {
            stream.set_read_timeout(Some(Duration::from_secs(20)))?;
            return stream.read(&mut [0]).map(|_| ());
        }
        let mut head = format!("HTTP/1.1 {} Status\r\nConnection: close\r\n", self.status);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        let named = |name: &str| self.headers.iter().any(|(key, _)| key.eq_ignore_ascii_case(name));
        match self.how {
            How::Endless => head += "Transfer-Encoding: chunked\r\n",
            _ if named("Content-Length") => {}
            _ => head += &format!("Content-Length: {}\r\n", self.body.len()),
        }
        stream.write_all(format!("{head}\r\n").as_bytes())?;
        match self.how {
            _ if head_only => Ok(()),
            How::Cut(after) => stream.write_all(&self.body[..after]),
            How::Endless => loop {
                write!(stream, "{:x}\r\n", self.body.len())?;
                stream.write_all(&self.body)?;
                stream.write_all(b"\r\n")?;
            },
            How::Trickle => self.body.iter().try_for_each(|byte| {
                std::thread::sleep(Duration::from_millis(50));
                stream.write_all(&[*byte])
            }),
            _ => stream.write_all(&self.body),
        }
    }
}

/// A server on a port of its own. Its thread ends with the process.
pub struct Fake {
    pub port: u16,
    log: Arc<Mutex<Vec<Request>>>,
}

impl Fake {
    /// One that answers by `answer`, which hears how many requests for the same came before.
    pub fn new(answer: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let log = Arc::new(Mutex::new(Vec::new()));
        let (answer, kept) = (Arc::new(answer), log.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (answer, log) = (answer.clone(), kept.clone());
                std::thread::spawn(move || drop(serve(stream.unwrap(), &*answer, &log)));
            }
        });
        Self { port, log }
    }

    pub fn registry(&self, rest: &str) -> Registry {
        self.registry_with(rest, quick())
    }

    pub fn registry_with(&self, rest: &str, options: RegistryOptions) -> Registry {
        Registry::new(format!("127.0.0.1:{}/{rest}", self.port).parse::<Name>().unwrap(), options).unwrap()
    }

    /// The requests, without those that ask whether TLS is spoken.
    pub fn requests(&self) -> Vec<Request> {
        self.log.lock().unwrap().iter().filter(|request| request.target != "/v2/").cloned().collect()
    }
}

/// Options with which failures are met soon.
pub fn quick() -> RegistryOptions {
    let mut options = anonymous();
    options.fetch.backoff = Duration::from_millis(1);
    options.fetch.idle_timeout = Duration::from_millis(500);
    options.fetch.longest_wait = Duration::from_secs(5);
    options
}

fn serve(
    mut stream: TcpStream,
    answer: &(dyn Fn(&Request, usize) -> Reply + Send + Sync),
    log: &Mutex<Vec<Request>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut request =
        Request { method: method.to_owned(), target: target.to_owned(), headers: Vec::new(), body: Vec::new() };
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        request.headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let length = request.header("Content-Length").and_then(|value| value.parse().ok()).unwrap_or(0);
    request.body.resize(length, 0);
    reader.read_exact(&mut request.body)?;
    let before = {
        let mut log = log.lock().unwrap();
        let same = |known: &&Request| known.method == request.method && known.target == request.target;
        let before = log.iter().filter(same).count();
        log.push(request.clone());
        before
    };
    let reply = if request.target == "/v2/" { Reply::new(200, "{}") } else { answer(&request, before) };
    reply.send(&mut stream, request.method == "HEAD")?;
    stream.flush()
}
