//! Users of this machine, as the kernel tells them of the other end of a unix socket (`SO_PEERCRED`, unix(7)).

use std::fs;

use nix::unistd::{Uid, User};

/// Whom the kernel names in place of a user that a namespace does not know (user_namespaces(7)).
const NOBODY: u32 = 65_534;

/// Users whose processes are to be known when they connect.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeerUsers {
    /// The ids of those who can be known.
    pub ids: Vec<u32>,
    /// Names that nobody has on this machine.
    pub unknown: Vec<String>,
    /// Those whom this process cannot tell from others: it runs in a user namespace (`PrivateUsers=`) that does not have them.
    pub hidden: Vec<String>,
}

/// Looks users up by their names or numbers.
pub fn peer_users(names: &[String]) -> PeerUsers {
    let map = fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    let mut users = PeerUsers::default();
    for name in names {
        let id = match name.parse() {
            Ok(id) => Some(id),
            Err(_) => User::from_name(name)
                .ok()
                .flatten()
                .map(|it| Uid::as_raw(it.uid)),
        };
        match id {
            None => users.unknown.push(name.clone()),
            Some(id) if is_told(&map, id) => users.ids.push(id),
            Some(_) => users.hidden.push(name.clone()),
        }
    }
    users
}

/// Whether a user namespace with this map (`/proc/self/uid_map`) has a user, and the kernel gives that id to nobody else.
fn is_told(map: &str, id: u32) -> bool {
    let ranges = map.lines().filter_map(|line| {
        let mut numbers = line.split_whitespace().map(str::parse::<u64>);
        let (first, _, count) = (numbers.next()?, numbers.next()?, numbers.next()?);
        Some((first.ok()?, count.ok()?))
    });
    let mut ranges = ranges.collect::<Vec<_>>().into_iter();
    let is_whole = ranges
        .clone()
        .any(|(first, count)| first == 0 && count >= u64::from(u32::MAX));
    let has =
        |(first, count): (u64, u64)| (first..first.saturating_add(count)).contains(&u64::from(id));
    ranges.any(has) && (id != NOBODY || is_whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_tells_some_users_apart() {
        const HOST: &str = "         0          0 4294967295\n";
        const PRIVATE: &str =
            "         0          0          1\n       993        993          1\n";
        const CONTAINER: &str = "         0     100000      65536\n";
        for (map, id, told) in [
            (HOST, 33, true),
            (HOST, NOBODY, true),
            (PRIVATE, 0, true),
            (PRIVATE, 993, true),
            (PRIVATE, 33, false),
            (PRIVATE, NOBODY, false),
            (CONTAINER, 33, true),
            // Whoever is outside of it is called so as well.
            (CONTAINER, NOBODY, false),
            (CONTAINER, 100_000, false),
            ("", 33, false),
            ("nonsense\n1 2\n", 1, false),
        ] {
            assert_eq!(is_told(map, id), told, "{map:?} {id}");
        }
    }

    #[test]
    fn users_are_looked_up_by_name_and_number() {
        let names = ["root", "0", "no-such-user"].map(str::to_owned);
        let users = peer_users(&names);
        assert_eq!(users.ids, [0, 0]);
        assert_eq!(users.unknown, ["no-such-user"]);
        assert!(users.hidden.is_empty());
    }
}
