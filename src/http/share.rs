//! How much of what all clients have together one of them holds.
//!
//! Without it, one machine that opens connections and leaves them open shuts everybody else out.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How often a client that wants more than its share is told of in the log.
const TELL_EVERY: Duration = Duration::from_secs(60);

/// Who connects, as far as an address tells: an IPv4 address, or a network of IPv6, since whoever has one
/// address of those has all of its 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Client(IpAddr);

impl Client {
    /// `None` for an address of this machine: whoever is behind it is not told by it.
    pub(super) fn of(address: IpAddr) -> Option<Self> {
        match address.to_canonical() {
            address if address.is_loopback() => None,
            IpAddr::V6(address) => {
                let network = Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX));
                Some(Self(IpAddr::V6(network)))
            }
            address @ IpAddr::V4(_) => Some(Self(address)),
        }
    }

    pub(super) fn address(self) -> IpAddr {
        self.0
    }
}

/// What each client holds.
#[derive(Default)]
pub(super) struct Shares(Mutex<Table>);

#[derive(Default)]
struct Table {
    held: HashMap<Client, usize>,
    told: Option<Instant>,
}

/// One thing that a client holds, until it is dropped.
pub(super) struct Share {
    client: Client,
    shares: Arc<Shares>,
}

impl Shares {
    /// Hands out one more, up to as many as the client may hold; `what` they are is for the log.
    pub(super) fn take(self: &Arc<Self>, client: Client, most: usize, what: &str) -> Option<Share> {
        let share = self.take_quietly(client, most);
        if share.is_some() {
            return share;
        }
        let mut table = self.table();
        if table.told.is_none_or(|told| told.elapsed() >= TELL_EVERY) {
            table.told = Some(Instant::now());
            tracing::warn!(
                client = %client.address(),
                most,
                "one client wants more than its share of {what}: refused; see `connections_per_address` \
                 and `shared_addresses` in [limits]"
            );
        }
        None
    }

    /// The same where somebody else tells the log.
    pub(super) fn take_quietly(self: &Arc<Self>, client: Client, most: usize) -> Option<Share> {
        let mut table = self.table();
        let held = table.held.entry(client).or_default();
        if *held >= most {
            if *held == 0 {
                table.held.remove(&client);
            }
            return None;
        }
        *held += 1;
        Some(Share {
            client,
            shares: Arc::clone(self),
        })
    }

    fn table(&self) -> std::sync::MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut table = self.shares.table();
        if let Some(held) = table.held.get_mut(&self.client) {
            *held -= 1;
            if *held == 0 {
                table.held.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(address: &str) -> Option<Client> {
        Client::of(address.parse().unwrap())
    }

    #[test]
    fn addresses_that_one_machine_has_are_one_client() {
        assert_eq!(client("2001:db8::1"), client("2001:db8::ffff:1"));
        assert_ne!(client("2001:db8::1"), client("2001:db8:0:1::1"));
        assert_eq!(client("::ffff:192.0.2.1"), client("192.0.2.1"));
        assert_ne!(client("192.0.2.2"), client("192.0.2.1"));
        for own in ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(client(own), None, "{own}");
        }
    }

    #[test]
    fn a_share_is_given_back() {
        let shares = Arc::new(Shares::default());
        let (one, other) = (client("192.0.2.1").unwrap(), client("192.0.2.2").unwrap());
        let held: Vec<_> = (0..2).map(|_| shares.take(one, 2, "things")).collect();
        assert!(held.iter().all(Option::is_some));
        assert!(shares.take(one, 2, "things").is_none());
        assert!(shares.take(other, 2, "things").is_some());
        drop(held);
        assert!(shares.take(one, 2, "things").is_some());
        assert!(shares.table().held.is_empty());
    }
}
