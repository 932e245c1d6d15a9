//! The server: it listens, counts connections, and stops when it is told to.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reposnap::error::{Error, Kind, Result};
use reposnap::store::Store;
use reposnap_api::{Session, keys};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use crate::api::Api;
use crate::connection;
use crate::http::Stream;
use crate::limits::TLS_TIME;
use crate::log;
use crate::metrics::{Metrics, count};
use crate::options::Options;
use crate::packages::Packages;
use crate::repository::Repositories;
use crate::service::Service;
use crate::tls;
use crate::tokens::Tokens;
use crate::trees::Trees;

/// How long is waited when the system gives no more connections.
const PAUSE: Duration = Duration::from_millis(50);

/// A server that listens.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    service: Arc<Service>,
    tls: Option<TlsAcceptor>,
    all: Arc<Semaphore>,
    clients: Clients,
    grace: Duration,
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
        let metrics = Arc::new(Metrics::default());
        let trees =
            Trees::new(store.clone(), options.verbatim, options.formats.clone(), options.cache_bytes, metrics.clone());
        let packages = Packages::new(store.clone(), fetcher, metrics.clone());
        let repositories = Repositories::new(store.clone(), trees, packages, signer.map(Arc::from), options);
        let api = Api::new(store.clone(), options.read_only);
        let service = Arc::new(Service::new(store, tokens, repositories, api, metrics));
        let failed = |error| Error::io(options.listen, error);
        let listener = TcpListener::bind(options.listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self {
            listener,
            address,
            service,
            tls,
            all: Arc::new(Semaphore::new(options.connections)),
            clients: Clients { most: options.connections_per_client, open: Arc::default() },
            grace: options.grace,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` says so; then finishes what runs, as long as that takes no longer than the grace.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let mut told = stop.clone();
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        log::event("listening", json!({ "url": format!("{scheme}://{}/", self.address) }));
        let mut running = JoinSet::new();
        loop {
            tokio::select! {
                _ = told.wait_for(|stop| *stop) => break,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, from)) => self.begin(&mut running, stream, from.ip(), &stop),
                    // Out of files, as a rule; the next ones may find some.
                    Err(_) => tokio::time::sleep(PAUSE).await,
                },
                Some(_) = running.join_next(), if !running.is_empty() => {}
            }
        }
        drop(self.listener);
        log::event("stopping", json!({ "connections": running.len() }));
        let finish = async { while running.join_next().await.is_some() {} };
        let left = timeout(self.grace, finish).await.is_err();
        running.shutdown().await;
        log::event("stopped", json!({ "cut_off": left }));
    }

    fn begin(&self, running: &mut JoinSet<()>, stream: TcpStream, client: IpAddr, stop: &watch::Receiver<bool>) {
        let client = client.to_canonical();
        let Some(open) = self.open(client) else {
            count(&self.service.metrics.turned_away);
            log::event("turned-away", json!({ "client": client.to_string() }));
            return;
        };
        let (service, tls, stop) = (self.service.clone(), self.tls.clone(), stop.clone());
        running.spawn(async move {
            let _open = open;
            let _ = stream.set_nodelay(true);
            let stream = match tls {
                None => Stream::Plain(stream),
                Some(tls) => match timeout(TLS_TIME, tls.accept(stream)).await {
                    Ok(Ok(stream)) => Stream::Tls(Box::new(stream)),
                    _ => return,
                },
            };
            connection::serve(service, stream, client, stop).await;
        });
    }

    fn open(&self, client: IpAddr) -> Option<Open> {
        let permit = self.all.clone().try_acquire_owned().ok()?;
        let seat = self.clients.take(client)?;
        count(&self.service.metrics.connections);
        count(&self.service.metrics.open);
        Some(Open { _permit: permit, _seat: seat, metrics: self.service.metrics.clone() })
    }
}

/// An open connection, counted.
struct Open {
    _permit: OwnedSemaphorePermit,
    _seat: Seat,
    metrics: Arc<Metrics>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.metrics.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How many connections each client has.
struct Clients {
    most: usize,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

struct Seat {
    client: IpAddr,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Clients {
    fn take(&self, client: IpAddr) -> Option<Seat> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(client).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Seat { client, open: self.open.clone() })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.client);
            }
        }
    }
}
