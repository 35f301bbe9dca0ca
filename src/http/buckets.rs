//! How many requests a second each client has made: token buckets, one a client, in bounded memory.
//!
//! A bucket is one number, the time at which it is full again (the generic cell rate algorithm, ITU-T I.371). One that is full
//! says nothing, so it can be forgotten; and where there are more clients than places, the bucket that is full again
//! soonest makes room, since least is lost with it. So a client who is far beyond its rate is remembered through a flood of
//! addresses that were never seen before.

use std::{
    collections::hash_map::RandomState,
    hash::BuildHasher,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::share::Client;

/// What a client may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    /// How long one request takes to be forgotten: a second by as many as there may be in one.
    pub(super) each: Duration,
    /// As many may come at once.
    pub(super) burst: u32,
}

/// The buckets of all clients.
pub(super) struct Buckets {
    shelves: Box<[Mutex<Vec<Bucket>>]>,
    hasher: RandomState,
}

/// Clients are spread over them, so that one who waits for a lock waits for few others.
const SHELVES: usize = 1024;
/// Buckets on each, looked through one by one: 4 MiB in all, for 65,536 clients that are all limited at this moment.
const DEPTH: usize = 64;

struct Bucket {
    client: Client,
    /// When it is full again, by the clock of whoever asks.
    full: Duration,
    /// When the log was last told of the client.
    told: Option<Duration>,
}

impl Bucket {
    /// For how long there is no request left in it; `None` where there is one.
    fn empty_for(&self, rate: Rate, now: Duration) -> Option<Duration> {
        // As long as it takes to fill an empty one, but for the request that is asked for.
        let most = rate.each.saturating_mul(rate.burst.saturating_sub(1));
        let after = self.full.saturating_sub(now).checked_sub(most);
        after.filter(|after| !after.is_zero())
    }
}

/// A client has no request left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Empty {
    /// When it has one again.
    pub(super) after: Duration,
}

impl Buckets {
    pub(super) fn new() -> Self {
        Self {
            shelves: (0..SHELVES).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
        }
    }

    /// Takes one request out of a client's bucket; `now` is the time since some moment, the same for all calls.
    ///
    /// # Errors
    /// Where there is none in it. Nothing is taken out then, so that asking again too early costs nothing.
    pub(super) fn take(&self, client: Client, rate: Rate, now: Duration) -> Result<(), Empty> {
        let mut shelf = self.shelf(client);
        let bucket = bucket(&mut shelf, client, now);
        match bucket.empty_for(rate, now) {
            Some(after) => Err(Empty { after }),
            None => {
                bucket.full = bucket.full.max(now).saturating_add(rate.each);
                Ok(())
            }
        }
    }

    /// Whether there is a request left, which stays in the bucket.
    ///
    /// # Errors
    /// Where there is none.
    pub(super) fn look(&self, client: Client, rate: Rate, now: Duration) -> Result<(), Empty> {
        let shelf = self.shelf(client);
        let Some(bucket) = shelf.iter().find(|bucket| bucket.client == client) else {
            return Ok(());
        };
        match bucket.empty_for(rate, now) {
            Some(after) => Err(Empty { after }),
            None => Ok(()),
        }
    }

    /// Takes out what a request turned out to be beside itself, be it there or not.
    pub(super) fn charge(&self, client: Client, rate: Rate, requests: u32, now: Duration) {
        let mut shelf = self.shelf(client);
        let bucket = bucket(&mut shelf, client, now);
        bucket.full = bucket
            .full
            .max(now)
            .saturating_add(rate.each.saturating_mul(requests));
    }

    /// Whether the log is to be told of a client: not if it was in the last `every`.
    pub(super) fn tell(&self, client: Client, every: Duration, now: Duration) -> bool {
        let mut shelf = self.shelf(client);
        let bucket = bucket(&mut shelf, client, now);
        let tells = bucket
            .told
            .is_none_or(|told| now.saturating_sub(told) >= every);
        if tells {
            bucket.told = Some(now);
        }
        tells
    }

    fn shelf(&self, client: Client) -> MutexGuard<'_, Vec<Bucket>> {
        let hash = self.hasher.hash_one(client);
        // Of a power of two, the lowest bits do.
        let at = usize::try_from(hash % SHELVES as u64).unwrap_or_default();
        self.shelves[at]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// A client's bucket, in the place of another one where there is none left.
fn bucket(shelf: &mut Vec<Bucket>, client: Client, now: Duration) -> &mut Bucket {
    let at = shelf
        .iter()
        .position(|bucket| bucket.client == client)
        .unwrap_or_else(|| {
            let new = Bucket {
                client,
                full: now,
                told: None,
            };
            if shelf.len() >= DEPTH {
                // What the log has been told is forgotten with it: the log has a bound of its own.
                let soonest = (0..shelf.len()).min_by_key(|at| shelf[*at].full);
                let soonest = soonest.unwrap_or_default();
                shelf[soonest] = new;
                return soonest;
            }
            shelf.push(new);
            shelf.len() - 1
        });
    &mut shelf[at]
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

    use super::*;

    const RATE: Rate = Rate {
        each: Duration::from_millis(100),
        burst: 5,
    };

    fn client(number: u32) -> Client {
        Client::of(IpAddr::V4(Ipv4Addr::from_bits(0x0b00_0000 + number))).unwrap()
    }

    fn at(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn a_look_takes_nothing() {
        let buckets = Buckets::new();
        for _ in 0..100 {
            assert_eq!(buckets.look(client(1), RATE, at(0)), Ok(()));
        }
        assert!(buckets.shelf(client(1)).is_empty());
        buckets.charge(client(1), RATE, 5, at(0));
        let empty = Err(Empty { after: at(100) });
        assert_eq!(buckets.look(client(1), RATE, at(0)), empty);
        assert_eq!(buckets.look(client(1), RATE, at(100)), Ok(()));
    }

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        let buckets = Buckets::new();
        let one = client(1);
        for _ in 0..5 {
            assert_eq!(buckets.take(one, RATE, at(0)), Ok(()));
        }
        // Asking again and again costs nothing.
        for _ in 0..1_000 {
            let refused = buckets.take(one, RATE, at(0));
            assert_eq!(refused, Err(Empty { after: at(100) }));
        }
        assert_eq!(buckets.take(one, RATE, at(99)), Err(Empty { after: at(1) }));
        assert_eq!(buckets.take(one, RATE, at(100)), Ok(()));
        assert!(buckets.take(one, RATE, at(100)).is_err());
        // Whoever rests has all of it again, and no more.
        for _ in 0..5 {
            assert_eq!(buckets.take(one, RATE, at(60_000)), Ok(()));
        }
        assert!(buckets.take(one, RATE, at(60_000)).is_err());
        assert_eq!(buckets.take(client(2), RATE, at(0)), Ok(()));
    }

    #[test]
    fn over_any_time_there_are_no_more_than_the_burst_and_the_rate() {
        let buckets = Buckets::new();
        // Whatever the steps in which time goes on.
        for (number, step) in [1, 7, 33, 100, 101, 450].into_iter().enumerate() {
            let client = client(u32::try_from(number).unwrap());
            let passed = (0..100_000 / step)
                .flat_map(|tick| [at(tick * step); 3])
                .filter(|now| buckets.take(client, RATE, *now).is_ok())
                .count();
            assert!(passed <= 5 + 1_000, "{step}: {passed}");
            let offered = usize::try_from(100_000 / step * 3).unwrap();
            // At the end of a step of 450 ms, four have come back, of which three are asked for.
            assert!(passed >= offered.min(1_000), "{step}: {passed}");
        }
    }

    #[test]
    fn what_a_request_turns_out_to_be_is_owed() {
        let buckets = Buckets::new();
        let one = client(1);
        assert_eq!(buckets.take(one, RATE, at(0)), Ok(()));
        buckets.charge(one, RATE, 49, at(0));
        // Fifty, of which five may be open.
        let refused = buckets.take(one, RATE, at(0));
        assert_eq!(refused, Err(Empty { after: at(4_600) }));
        assert_eq!(buckets.take(one, RATE, at(4_600)), Ok(()));
    }

    #[test]
    fn one_request_at_a_time_is_a_rate_as_well() {
        let buckets = Buckets::new();
        let rate = Rate { burst: 1, ..RATE };
        assert_eq!(buckets.take(client(1), rate, at(0)), Ok(()));
        assert!(buckets.take(client(1), rate, at(99)).is_err());
        assert_eq!(buckets.take(client(1), rate, at(100)), Ok(()));
    }

    #[test]
    fn a_flood_of_addresses_takes_no_memory_and_hides_nobody() {
        let buckets = Buckets::new();
        let greedy = client(0);
        buckets.charge(greedy, RATE, 100, at(0));
        assert!(buckets.tell(greedy, at(60_000), at(0)));
        for number in 1..300_000 {
            assert_eq!(buckets.take(client(number), RATE, at(1)), Ok(()));
        }
        let network = |number: u64| Ipv6Addr::from_bits(u128::from(number) << 64 | 1 << 126);
        for number in 0..50_000 {
            let client = Client::of(network(number).into()).unwrap();
            assert_eq!(buckets.take(client, RATE, at(2)), Ok(()));
        }
        assert!(buckets.take(greedy, RATE, at(3)).is_err());
        assert!(!buckets.tell(greedy, at(60_000), at(3)));
        let kept: usize = buckets
            .shelves
            .iter()
            .map(|shelf| shelf.lock().unwrap().capacity())
            .sum();
        assert!(kept <= SHELVES * DEPTH, "{kept}");
        assert!(size_of::<Bucket>() <= 64);
    }

    #[test]
    fn the_log_is_told_once_in_a_while() {
        let buckets = Buckets::new();
        assert!(buckets.tell(client(1), at(1_000), at(0)));
        assert!(!buckets.tell(client(1), at(1_000), at(999)));
        assert!(buckets.tell(client(2), at(1_000), at(999)));
        assert!(buckets.tell(client(1), at(1_000), at(1_000)));
    }
}
