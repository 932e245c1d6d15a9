//! Who asks: the other end of a connection, or whom a proxy asks for.
//!
//! A proxy that is trusted is no client itself: it may have any number of connections, and the limits are those of the clients
//! that it names in `X-Forwarded-For`. Each proxy on the way adds the address that it was asked from at the end, so the list is
//! read from there: past the proxies that are trusted, to the first address that is not. What stands before that one anybody
//! could have written.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use ipnet::IpNet;

use crate::clients::{Clients, Seat};
use crate::http::Head;

/// The field in which proxies tell for whom they ask.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// All that ask, and what they may.
#[derive(Debug)]
pub struct Callers {
    clients: Clients,
    proxies: Vec<IpNet>,
}

/// The other end of a connection, until that is dropped.
#[derive(Debug)]
pub struct Peer {
    /// Its address.
    pub address: IpAddr,
    /// Its seat; none for a proxy.
    seat: Option<Seat>,
}

impl Callers {
    /// Those that `clients` counts, and the proxies that are trusted.
    pub fn new(clients: Clients, proxies: Vec<IpNet>) -> Self {
        Self { clients, proxies }
    }

    /// The other end of a connection from `address`; nothing where it has as many as it may.
    pub fn meet(&self, address: IpAddr) -> Option<Peer> {
        if self.is_proxy(address) {
            return Some(Peer { address, seat: None });
        }
        Some(Peer { address, seat: Some(self.clients.take(address)?) })
    }

    /// Who asks over a connection, and whether it may: otherwise how long it has to wait.
    pub fn ask(&self, peer: &Peer, head: &Head) -> (IpAddr, Result<(), Duration>) {
        if let Some(seat) = &peer.seat {
            return (peer.address, seat.ask());
        }
        match self.asked_for(head) {
            Some(client) => (client, self.clients.ask(client)),
            // The proxy itself, which looks whether the server lives.
            None => (peer.address, Ok(())),
        }
    }

    /// The client that a trusted proxy names.
    fn asked_for(&self, head: &Head) -> Option<IpAddr> {
        let mut farthest = None;
        let fields: Vec<&str> = head.fields(FORWARDED_FOR).collect();
        for text in fields.iter().rev().flat_map(|value| value.rsplit(',')) {
            // Whoever wrote what is no address, the proxy after it is the last of which something is known.
            let Some(address) = address(text.trim()) else { break };
            farthest = Some(address);
            if !self.is_proxy(address) {
                break;
            }
        }
        farthest
    }

    fn is_proxy(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|network| network.contains(&address))
    }
}

/// An address, perhaps with a port, as some proxies write it.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))?;
    Some(IpAddr::to_canonical(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn callers(proxies: &[&str]) -> Callers {
        Callers::new(Clients::new(2, 1, 2), proxies.iter().map(|network| network.parse().unwrap()).collect())
    }

    fn head(fields: &[&str]) -> Head {
        let fields: String = fields.iter().map(|field| format!("{field}\r\n")).collect();
        crate::http::parse(format!("GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n").as_bytes()).unwrap()
    }

    #[test]
    fn a_client_is_whom_the_last_trusted_proxy_was_asked_by() {
        let callers = callers(&["10.0.0.0/8", "fd00::/16"]);
        let proxy = callers.meet("10.0.0.1".parse().unwrap()).unwrap();
        let client = |fields: &[&str]| callers.ask(&proxy, &head(fields)).0.to_string();
        assert_eq!(client(&["X-Forwarded-For: 192.0.2.7"]), "192.0.2.7");
        // What the client wrote itself is not believed, in the same field or in one of its own.
        assert_eq!(client(&["X-Forwarded-For: 127.0.0.1, 192.0.2.7"]), "192.0.2.7");
        assert_eq!(client(&["X-Forwarded-For: 127.0.0.1", "X-Forwarded-For: 192.0.2.7"]), "192.0.2.7");
        assert_eq!(client(&["X-Forwarded-For: 192.0.2.7,10.1.2.3 ,fd00::1"]), "192.0.2.7");
        assert_eq!(client(&["X-Forwarded-For: 192.0.2.7, 192.0.2.8, 10.1.2.3"]), "192.0.2.8");
        // With ports, in brackets, of IPv4 in IPv6.
        assert_eq!(client(&["X-Forwarded-For: 192.0.2.7:4711"]), "192.0.2.7");
        assert_eq!(client(&["X-Forwarded-For: [2001:db8::1]:4711"]), "2001:db8::1");
        assert_eq!(client(&["X-Forwarded-For: [2001:db8::1]"]), "2001:db8::1");
        assert_eq!(client(&["X-Forwarded-For: ::ffff:192.0.2.7"]), "192.0.2.7");
        // Nobody else is known.
        assert_eq!(client(&[]), "10.0.0.1");
        assert_eq!(client(&["X-Forwarded-For: unknown"]), "10.0.0.1");
        assert_eq!(client(&["X-Forwarded-For: 192.0.2.7, unknown, 10.1.2.3"]), "10.1.2.3");
        assert_eq!(client(&["X-Forwarded-For: 10.1.2.3"]), "10.1.2.3");
    }

    #[test]
    fn the_limits_are_those_of_the_client() {
        let callers = callers(&["10.0.0.1/32"]);
        let peers: Vec<Peer> = (0..9).map(|_| callers.meet("10.0.0.1".parse().unwrap()).unwrap()).collect();
        let ask = |peer: &Peer, client: &str| callers.ask(peer, &head(&[&format!("X-Forwarded-For: {client}")])).1;
        assert!(ask(&peers[0], "192.0.2.7").is_ok() && ask(&peers[1], "192.0.2.7").is_ok());
        assert!(ask(&peers[2], "192.0.2.7").is_err() && ask(&peers[2], "192.0.2.8").is_ok());
        assert!((0..9).all(|_| callers.ask(&peers[0], &head(&[])).1.is_ok()), "it asks for itself");
    }

    #[test]
    fn nobody_else_is_believed() {
        let callers = callers(&["10.0.0.1/32"]);
        let [one, two] = [(); 2].map(|()| callers.meet("10.0.0.2".parse().unwrap()).unwrap());
        assert!(callers.meet("10.0.0.2".parse().unwrap()).is_none());
        let named = head(&["X-Forwarded-For: 192.0.2.7"]);
        assert_eq!(callers.ask(&one, &named), ("10.0.0.2".parse().unwrap(), Ok(())));
        assert!(callers.ask(&two, &named).1.is_ok() && callers.ask(&one, &named).1.is_err());
    }
}
