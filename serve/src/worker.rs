//! Threads that serve connections, each with an event loop of its own: a connection stays on one, and what it needs mostly does
//! too, so that no request waits for another thread to wake up.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reposnap::error::{Error, Result};
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::{OwnedSemaphorePermit, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::callers::{Callers, Peer};
use crate::connection;
use crate::http::Stream;
use crate::limits::TLS_TIME;
use crate::log;
use crate::metrics::{Metrics, count};
use crate::service::Service;
use crate::tls::Tls;

/// A connection that was taken.
pub struct Accepted {
    /// The connection.
    pub stream: std::net::TcpStream,
    /// Whose it is.
    pub peer: Peer,
    /// Its seat among all.
    pub all: OwnedSemaphorePermit,
}

/// All workers, one for each processor.
pub struct Workers {
    workers: Vec<Worker>,
    grace: watch::Sender<Option<Duration>>,
}

struct Worker {
    give: UnboundedSender<Accepted>,
    open: Arc<AtomicUsize>,
    done: oneshot::Receiver<bool>,
}

/// What a worker has.
struct Task {
    service: Arc<Service>,
    callers: Arc<Callers>,
    tls: Option<Arc<Tls>>,
    stop: watch::Receiver<bool>,
    open: Arc<AtomicUsize>,
}

impl Workers {
    /// Starts them.
    ///
    /// # Errors
    /// [`Kind::Io`](reposnap::error::Kind::Io) where the system gives no threads.
    pub fn start(
        service: &Arc<Service>,
        callers: &Arc<Callers>,
        tls: Option<&Arc<Tls>>,
        stop: &watch::Receiver<bool>,
    ) -> Result<Self> {
        let (grace, told) = watch::channel(None);
        let count = std::thread::available_parallelism().map_or(1, usize::from);
        let start = |number: usize| {
            let (give, take) = mpsc::unbounded_channel();
            let (end, done) = oneshot::channel();
            let open = Arc::new(AtomicUsize::new(0));
            let task = Task {
                service: service.clone(),
                callers: callers.clone(),
                tls: tls.cloned(),
                stop: stop.clone(),
                open: open.clone(),
            };
            let told = told.clone();
            // Before it waits for the network it writes down what it did.
            let runtime = Builder::new_current_thread().enable_all().on_thread_park(log::flush).build()?;
            std::thread::Builder::new().name(format!("http-{number}")).spawn(move || {
                log::hold();
                let is_cut_off = runtime.block_on(task.run(take, told));
                log::flush();
                let _ = end.send(is_cut_off);
                // What still reads for a client that is cut off is not waited for.
                runtime.shutdown_background();
            })?;
            Ok(Worker { give, open, done })
        };
        let workers = (0..count).map(start).collect::<std::io::Result<_>>();
        let failed = |error| Error::io("the threads that serve connections", error);
        Ok(Self { workers: workers.map_err(failed)?, grace })
    }

    /// Gives a connection to the worker that has the fewest.
    pub fn give(&self, accepted: Accepted) {
        let least = self.workers.iter().min_by_key(|worker| worker.open.load(Ordering::Relaxed));
        if let Some(worker) = least {
            worker.open.fetch_add(1, Ordering::Relaxed);
            // It fails where the worker is gone, and closes the connection.
            let _ = worker.give.send(accepted);
        }
    }

    /// How many connections they have.
    pub fn open(&self) -> usize {
        self.workers.iter().map(|worker| worker.open.load(Ordering::Relaxed)).sum()
    }

    /// Lets them finish what runs, for `grace` at most. Whether something was cut off.
    pub async fn finish(self, grace: Duration) -> bool {
        self.grace.send_replace(Some(grace));
        let mut is_cut_off = false;
        for worker in self.workers {
            drop(worker.give);
            is_cut_off |= worker.done.await.unwrap_or(true);
        }
        is_cut_off
    }
}

impl Task {
    async fn run(self, mut take: UnboundedReceiver<Accepted>, mut grace: watch::Receiver<Option<Duration>>) -> bool {
        let mut running = JoinSet::new();
        loop {
            tokio::select! {
                accepted = take.recv() => match accepted {
                    Some(accepted) => self.begin(&mut running, accepted),
                    None => break,
                },
                Some(_) = running.join_next(), if !running.is_empty() => {}
            }
        }
        let grace = grace.wait_for(Option::is_some).await.ok().and_then(|grace| *grace).unwrap_or_default();
        let finish = async { while running.join_next().await.is_some() {} };
        let is_cut_off = timeout(grace, finish).await.is_err();
        running.shutdown().await;
        is_cut_off
    }

    fn begin(&self, running: &mut JoinSet<()>, accepted: Accepted) {
        let (service, callers) = (self.service.clone(), self.callers.clone());
        let (tls, stop) = (self.tls.clone(), self.stop.clone());
        let opened = Opened::new(self.open.clone(), service.metrics.clone());
        running.spawn(async move {
            let _opened = opened;
            let Accepted { stream, peer, all: _all } = accepted;
            let Ok(stream) = TcpStream::from_std(stream) else { return };
            let _ = stream.set_nodelay(true);
            let stream = match tls.map(|tls| tls.acceptor()) {
                None => Stream::Plain(stream),
                Some(tls) => match timeout(TLS_TIME, tls.accept(stream)).await {
                    Ok(Ok(stream)) => Stream::Tls(Box::new(stream)),
                    _ => return,
                },
            };
            connection::serve(service, stream, &callers, &peer, stop).await;
        });
    }
}

/// Counts a connection until it is dropped.
struct Opened(Arc<AtomicUsize>, Arc<Metrics>);

impl Opened {
    fn new(open: Arc<AtomicUsize>, metrics: Arc<Metrics>) -> Self {
        count(&metrics.connections);
        metrics.open.fetch_add(1, Ordering::Relaxed);
        Self(open, metrics)
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
        self.1.open.fetch_sub(1, Ordering::Relaxed);
    }
}
