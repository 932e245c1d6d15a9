//! The server: it listens, hands connections to workers, and stops when it is told to.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reposnap::error::{Error, Kind, Result};
use reposnap::store::Store;
use reposnap_api::{Session, keys};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, watch};

use crate::ahead;
use crate::api::Api;
use crate::callers::Callers;
use crate::clients::Clients;
use crate::limits::BURST;
use crate::log;
use crate::metrics::{Metrics, count};
use crate::options::{Ahead, Options};
use crate::packages::Packages;
use crate::repository::Repositories;
use crate::service::Service;
use crate::shelf::Shelf;
use crate::tls::{self, Tls};
use crate::tokens::Tokens;
use crate::trees::{Maker, Trees};
use crate::worker::{Accepted, Workers};

/// How long is waited when the system gives no more connections.
const PAUSE: Duration = Duration::from_millis(50);

/// A server that listens.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    service: Arc<Service>,
    tls: Option<Arc<Tls>>,
    all: Arc<Semaphore>,
    callers: Arc<Callers>,
    grace: Duration,
    files: Arc<Files>,
    store: Store,
    repositories: Arc<Repositories>,
    ahead: Ahead,
}

/// The files that are read again when somebody says so.
struct Files {
    tokens: Option<PathBuf>,
    anonymous_read: bool,
    tls: Option<(PathBuf, PathBuf)>,
}

/// Reads the files of a server again.
#[derive(Clone)]
pub struct Reloader {
    files: Arc<Files>,
    service: Arc<Service>,
    tls: Option<Arc<Tls>>,
}

impl Reloader {
    /// Reads the tokens and the certificate again. What can't be read, or is wrong, leaves what was known before, and the log
    /// says so. Connections that are open keep the certificate that they began with.
    pub fn reload(&self) {
        let tell = |what: &str, read: Result<()>| match read {
            Ok(()) => log::event("reloaded", json!({ "what": what })),
            Err(error) => log::event("not-reloaded", json!({ "what": what, "why": error.to_string() })),
        };
        if let Some(file) = &self.files.tokens {
            let read = Tokens::open(file, self.files.anonymous_read);
            tell("tokens", read.map(|tokens| self.service.replace_tokens(tokens)));
        }
        if let (Some((certificates, key)), Some(tls)) = (&self.files.tls, &self.tls) {
            let read = tls::acceptor(certificates, key);
            tell("certificate", read.map(|acceptor| tls.replace(acceptor)));
        }
    }
}

impl Server {
    /// Opens the store and listens.
    ///
    /// # Errors
    /// [`Kind::Usage`] for options that contradict themselves, and for files that are not what they have to be;
    /// [`Kind::NotFound`] where there is no store; [`Kind::Io`] where the address can't be had.
    pub async fn bind(options: &Options) -> Result<Self> {
        if options.key.is_some() && options.verbatim {
            return Err(Error::new(Kind::Usage, "what upstream signed is not signed again")
                .field("verbatim")
                .help("give either a key or verbatim"));
        }
        let store = match options.read_only {
            true => Store::open_read_only(&options.store).await?,
            false => Store::open(&options.store).await?,
        };
        let tokens = match &options.tokens {
            Some(file) => Tokens::open(file, options.anonymous_read)?,
            None => Tokens::none(),
        };
        let tls = options.tls.as_ref().map(|(certificates, key)| tls::acceptor(certificates, key)).transpose()?;
        let signer =
            options.key.as_deref().map(|key| keys::signer(key, options.password_file.as_deref())).transpose()?;
        let fetcher = match options.fetch && !options.read_only {
            true => Some(Session::new().fetcher()?),
            false => None,
        };
        let shelf = options.shelf.as_deref().filter(|_| options.shelf_bytes > 0);
        let shelf = shelf.map(|shelf| Shelf::open(shelf, options.shelf_bytes)).transpose();
        let shelf = match shelf {
            Ok(shelf) => shelf.map(Arc::new),
            // What others may write to is no place for what is signed; anything else only costs time.
            Err(error) if error.kind() == Kind::Usage => return Err(error),
            Err(error) => {
                log::event("trees-not-kept", json!({ "why": error.to_string() }));
                None
            }
        };
        let ahead = if shelf.is_some() { options.ahead } else { Ahead::None };
        let runtime = Handle::current();
        let metrics = Arc::new(Metrics::default());
        let maker = Maker {
            store: store.clone(),
            verbatim: options.verbatim,
            formats: options.formats.clone(),
            shelf,
            last: Mutex::default(),
            metrics: metrics.clone(),
        };
        let trees = Trees::new(maker, options.cache_bytes, runtime.clone());
        let packages = Packages::new(store.clone(), fetcher, metrics.clone(), runtime.clone());
        let repositories = Repositories::new(store.clone(), trees, packages, signer.map(Arc::from), options);
        let repositories = Arc::new(repositories);
        let api = Api::new(store.clone(), options.read_only);
        let service = Service::new(store.clone(), tokens, repositories.clone(), api, metrics, runtime);
        let failed = |error| Error::io(options.listen, error);
        let listener = TcpListener::bind(options.listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let rate = options.requests_per_client;
        let clients = Clients::new(options.connections_per_client, rate, rate.saturating_mul(BURST));
        Ok(Self {
            listener,
            address,
            service: Arc::new(service),
            tls: tls.map(|acceptor| Arc::new(Tls::new(acceptor))),
            all: Arc::new(Semaphore::new(options.connections)),
            callers: Arc::new(Callers::new(clients, options.trusted_proxies.clone())),
            grace: options.grace,
            files: Arc::new(Files {
                tokens: options.tokens.clone(),
                anonymous_read: options.anonymous_read,
                tls: options.tls.clone(),
            }),
            store,
            repositories,
            ahead,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What reads its files again.
    pub fn reloader(&self) -> Reloader {
        Reloader { files: self.files.clone(), service: self.service.clone(), tls: self.tls.clone() }
    }

    /// Serves until `stop` says so; then finishes what runs, as long as that takes no longer than the grace.
    ///
    /// # Errors
    /// [`Kind::Io`] where the system gives no threads.
    pub async fn run(self, stop: watch::Receiver<bool>) -> Result<()> {
        let mut told = stop.clone();
        let workers = Workers::start(&self.service, &self.callers, self.tls.as_ref(), &stop)?;
        tokio::spawn(ahead::run(self.store.clone(), self.repositories.clone(), self.ahead, stop.clone()));
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        log::event("listening", json!({ "url": format!("{scheme}://{}/", self.address) }));
        loop {
            tokio::select! {
                _ = told.wait_for(|stop| *stop) => break,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, from)) => self.begin(&workers, stream, from),
                    // Out of files, as a rule; the next ones may find some.
                    Err(_) => tokio::time::sleep(PAUSE).await,
                },
            }
        }
        drop(self.listener);
        log::event("stopping", json!({ "connections": workers.open() }));
        let is_cut_off = workers.finish(self.grace).await;
        log::event("stopped", json!({ "cut_off": is_cut_off }));
        Ok(())
    }

    fn begin(&self, workers: &Workers, stream: TcpStream, from: SocketAddr) {
        let address = from.ip().to_canonical();
        let seat = self.all.clone().try_acquire_owned().ok().zip(self.callers.meet(address));
        let Some((all, peer)) = seat else {
            count(&self.service.metrics.turned_away);
            log::event("turned-away", json!({ "client": address.to_string() }));
            return;
        };
        // Each worker waits for its own connections.
        let Ok(stream) = stream.into_std() else { return };
        workers.give(Accepted { stream, peer, all });
    }
}
