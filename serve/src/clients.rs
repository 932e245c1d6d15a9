//! How many connections each client has, and how fast it may ask.
//!
//! The rate is a token bucket, kept as the moment at which it would be full again (GCRA, ITU-T I.371): one number a client, and
//! no clock that fills it. Clients are told by address; of IPv6 by the first 64 bits, which is what one site has.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// With so many clients that were seen, those that have nothing open and a full bucket are forgotten for the first time.
const MANY: usize = 1024;

/// All clients that have a connection, or asked a moment ago.
#[derive(Debug)]
pub struct Clients {
    most: usize,
    clock: Clock,
    known: Mutex<Known>,
}

#[derive(Debug)]
struct Known {
    clients: HashMap<IpAddr, Arc<Client>>,
    /// With so many, it is looked again who can be forgotten.
    look_at: usize,
}

/// How fast one client may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rate {
    /// The time that one request is worth, in nanoseconds.
    cost: u64,
    /// How far ahead the requests of a burst may go, in nanoseconds.
    burst: u64,
}

#[derive(Debug, Default)]
struct Client {
    open: AtomicU64,
    /// When the bucket is full again, in nanoseconds since the start.
    full: AtomicU64,
}

/// A connection of a client, until it is dropped.
#[derive(Debug)]
pub struct Seat {
    client: Arc<Client>,
    clock: Clock,
}

/// How fast each client may ask, and since when time is counted.
#[derive(Clone, Copy, Debug)]
struct Clock {
    rate: Option<Rate>,
    started: Instant,
}

impl Clients {
    /// At most `most` connections of one client, and at most `rate` requests a second, `burst` of them at once. A rate of 0 is
    /// none.
    pub fn new(most: usize, rate: u32, burst: u32) -> Self {
        let rate = (rate > 0).then(|| {
            let cost = 1_000_000_000 / u64::from(rate);
            Rate { cost, burst: cost * u64::from(burst.max(1) - 1) }
        });
        let known = Known { clients: HashMap::new(), look_at: MANY };
        Self { most, clock: Clock { rate, started: Instant::now() }, known: Mutex::new(known) }
    }

    /// A seat for a connection from `address`; none where it has as many as it may.
    pub fn take(&self, address: IpAddr) -> Option<Seat> {
        let mut known = self.lock();
        let client = known.client(address, self.clock);
        // Only here, under the lock, does it grow.
        if client.open.load(Ordering::Relaxed) >= self.most as u64 {
            return None;
        }
        client.open.fetch_add(1, Ordering::Relaxed);
        Some(Seat { client: client.clone(), clock: self.clock })
    }

    /// Takes one request out of the bucket of a client that has no connection of its own.
    ///
    /// # Errors
    /// How long it has to wait for the next.
    pub fn ask(&self, address: IpAddr) -> Result<(), Duration> {
        if self.clock.rate.is_none() {
            return Ok(());
        }
        let client = self.lock().client(address, self.clock).clone();
        self.clock.ask(&client)
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// A client, which is known from now on.
    fn client(&mut self, address: IpAddr, clock: Clock) -> &Arc<Client> {
        if self.clients.len() >= self.look_at {
            let now = clock.now();
            self.clients.retain(|_, client| {
                client.open.load(Ordering::Relaxed) > 0 || client.full.load(Ordering::Relaxed) > now
            });
            self.look_at = MANY.max(self.clients.len() * 2);
        }
        self.clients.entry(site(address)).or_default()
    }
}

impl Clock {
    fn now(self) -> u64 {
        u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    fn ask(self, client: &Client) -> Result<(), Duration> {
        self.rate.map_or(Ok(()), |rate| client.ask_at(self.now(), rate))
    }
}

impl Seat {
    /// Takes one request out of the client's bucket.
    ///
    /// # Errors
    /// How long it has to wait for the next.
    pub fn ask(&self) -> Result<(), Duration> {
        self.clock.ask(&self.client)
    }
}

impl Client {
    fn ask_at(&self, now: u64, rate: Rate) -> Result<(), Duration> {
        let take = |full: u64| {
            let begins = full.max(now);
            (begins - now <= rate.burst).then_some(begins + rate.cost)
        };
        match self.full.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) {
            Ok(_) => Ok(()),
            Err(full) => Err(Duration::from_nanos(full.saturating_sub(now + rate.burst))),
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.client.open.fetch_sub(1, Ordering::Relaxed);
    }
}

fn site(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_counted_by_site() {
        let clients = Clients::new(2, 0, 0);
        let one: IpAddr = "2001:db8::1".parse().unwrap();
        let same: IpAddr = "2001:db8::2".parse().unwrap();
        let other: IpAddr = "2001:db8:0:1::1".parse().unwrap();
        let first = clients.take(one).unwrap();
        let _second = clients.take(same).unwrap();
        assert!(clients.take(one).is_none());
        assert!(clients.take(other).is_some());
        drop(first);
        assert!(clients.take(one).is_some());
    }

    #[test]
    fn a_burst_goes_through_and_then_the_rate() {
        let clients = Clients::new(9, 10, 5);
        let seat = clients.take("192.0.2.1".parse().unwrap()).unwrap();
        let rate = clients.clock.rate.unwrap();
        let second = 1_000_000_000;
        for _ in 0..5 {
            assert_eq!(seat.client.ask_at(second, rate), Ok(()));
        }
        assert_eq!(seat.client.ask_at(second, rate), Err(Duration::from_millis(100)));
        assert_eq!(seat.client.ask_at(second + 60_000_000, rate), Err(Duration::from_millis(40)));
        assert_eq!(seat.client.ask_at(second + 100_000_000, rate), Ok(()));
        assert!(seat.client.ask_at(second + 100_000_000, rate).is_err());
        // A second later there are five again and no more, since more do not fit.
        let passed = (0..20).filter(|_| seat.client.ask_at(9 * second, rate).is_ok()).count();
        assert_eq!(passed, 5);
        // Another connection of the same client draws from the same bucket.
        assert!(clients.take("192.0.2.1".parse().unwrap()).unwrap().client.ask_at(9 * second, rate).is_err());
        assert!(clients.take("192.0.2.2".parse().unwrap()).unwrap().client.ask_at(9 * second, rate).is_ok());
    }

    #[test]
    fn who_left_is_remembered_until_the_bucket_is_full() {
        let clients = Clients::new(9, 1, 1);
        let greedy: IpAddr = "192.0.2.1".parse().unwrap();
        clients.take(greedy).unwrap().ask().unwrap();
        for number in 0..2 * MANY as u32 {
            drop(clients.take(IpAddr::V4((0x0a00_0000 + number).into())));
        }
        assert!(clients.known.lock().unwrap().clients.len() <= MANY + 1);
        assert!(clients.take(greedy).unwrap().ask().is_err());
    }
}
