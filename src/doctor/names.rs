//! Names and their addresses: whether there are any that assistants' servers can use, and whose they are.

use std::net::IpAddr;

use super::finding::{Cause, Finding, Subject, listed};

const ABOUT: Subject = Subject::Names;

/// Who can reach an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// This machine alone.
    Loopback,
    /// A network of somebody's own.
    Private,
    /// Everybody.
    Public,
}

impl Reach {
    pub(super) fn of(ip: IpAddr) -> Self {
        let is_private = match ip.to_canonical() {
            ip if ip.is_loopback() || ip.is_unspecified() => return Self::Loopback,
            IpAddr::V4(ip) => {
                let [a, b, ..] = ip.octets();
                // RFC 6598: between a provider and its customers.
                ip.is_private() || ip.is_link_local() || (a == 100 && (64..128).contains(&b))
            }
            IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local(),
        };
        if is_private {
            Self::Private
        } else {
            Self::Public
        }
    }

    /// As far as any of them reaches.
    pub(super) fn of_all(addresses: &[IpAddr]) -> Self {
        let reach = addresses.iter().map(|ip| Self::of(*ip)).max();
        reach.unwrap_or(Self::Public)
    }
}

/// What is to be said of a name's addresses, wherever this machine is. `is_served_here`: the name is in
/// the configuration of this machine.
pub(super) fn check(
    host: &str,
    found: &Result<Vec<IpAddr>, String>,
    is_served_here: bool,
) -> Finding {
    let addresses = match found {
        Ok(addresses) if !addresses.is_empty() => addresses,
        none => {
            let why = none.as_ref().err().map_or("", String::as_str);
            let why = if why.is_empty() {
                String::new()
            } else {
                format!(" ({why})")
            };
            let message = format!("{host} has no address{why}");
            let help = format!(
                "add an A record for {host} with this server's IPv4 address to its zone, and wait until it is known"
            );
            return Finding::error(ABOUT, Cause::NoAddress, message, help);
        }
    };
    let shown = listed(addresses);
    let has_ipv4 = addresses.iter().any(IpAddr::is_ipv4);
    match Reach::of_all(addresses) {
        Reach::Loopback if is_served_here => Finding::warning(
            ABOUT,
            Cause::LoopbackAddress,
            format!(
                "{host} is {shown} on this machine, by its own /etc/hosts or resolver: what others get cannot be seen from here"
            ),
            format!(
                "take {host} out of /etc/hosts, or run `docent doctor --url https://{host}/mcp` on another machine"
            ),
        ),
        Reach::Loopback => Finding::error(
            ABOUT,
            Cause::LoopbackAddress,
            format!("{host} is {shown}: whoever looks it up ends at their own machine"),
            format!("let the A record of {host} have the server's public IPv4 address"),
        ),
        Reach::Private => Finding::warning(
            ABOUT,
            Cause::PrivateAddress,
            format!(
                "{host} is {shown}, of a private network: the servers of Claude and ChatGPT cannot reach it"
            ),
            "nothing, where only assistants on that network are to connect; else let the A record have a public address",
        ),
        Reach::Public if !has_ipv4 => Finding::error(
            ABOUT,
            Cause::NoIpv4,
            format!(
                "{host} is {shown} and has no IPv4 address: Claude's servers connect over IPv4 alone"
            ),
            format!(
                "add an A record for {host}; a machine without IPv4 needs a proxy that has it in front"
            ),
        ),
        Reach::Public => Finding::ok(ABOUT, format!("{host} is {shown}")),
    }
}

/// Whether the addresses of a name are this machine's. `answered`: docent was found there.
pub(super) fn elsewhere(
    host: &str,
    addresses: &[IpAddr],
    own: &[IpAddr],
    answered: bool,
) -> Option<Finding> {
    let (here, foreign): (Vec<IpAddr>, Vec<IpAddr>) =
        addresses.iter().partition(|ip| own.contains(ip));
    if foreign.is_empty() || own.is_empty() || Reach::of_all(addresses) == Reach::Loopback {
        return None;
    }
    let mine = own.iter().filter(|ip| Reach::of(**ip) != Reach::Loopback);
    let mine = listed(mine.take(6));
    let (shown, is) = (
        listed(&foreign),
        if foreign.len() == 1 { "is" } else { "are" },
    );
    if !here.is_empty() {
        return Some(Finding::warning(
            ABOUT,
            Cause::ResolvesElsewhere,
            format!(
                "of the addresses of {host}, {shown} {is} not of this machine ({mine}): some clients go there"
            ),
            "remove that record if it is an old one; leave it if a proxy or a second machine answers there",
        ));
    }
    Some(if answered {
        Finding::ok(
            ABOUT,
            format!(
                "{shown} {is} not of this machine ({mine}), but docent answers there: a proxy or a router passes it on"
            ),
        )
    } else {
        Finding::error(
            ABOUT,
            Cause::ResolvesElsewhere,
            format!(
                "{host} is {shown}, and this machine has {mine}: what is asked of the name arrives somewhere else"
            ),
            format!(
                "let the A and AAAA records of {host} have this machine's public addresses; behind a router, have it pass port 443 on to this machine (where it does, it may not do so for its own network: look with --url from a machine outside)"
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    fn ips(text: &str) -> Vec<IpAddr> {
        text.split_whitespace()
            .map(|ip| ip.parse().unwrap())
            .collect()
    }

    #[test]
    fn addresses_are_judged_by_who_can_reach_them() {
        for (addresses, here, verdict, cause) in [
            ("", false, Verdict::Error, Some(Cause::NoAddress)),
            ("192.0.2.7", false, Verdict::Ok, None),
            ("192.0.2.7 2001:db8::7", true, Verdict::Ok, None),
            ("2001:db8::7", false, Verdict::Error, Some(Cause::NoIpv4)),
            (
                "127.0.1.1",
                true,
                Verdict::Warning,
                Some(Cause::LoopbackAddress),
            ),
            (
                "127.0.1.1",
                false,
                Verdict::Error,
                Some(Cause::LoopbackAddress),
            ),
            (
                "10.1.2.3",
                false,
                Verdict::Warning,
                Some(Cause::PrivateAddress),
            ),
            (
                "100.64.0.1",
                false,
                Verdict::Warning,
                Some(Cause::PrivateAddress),
            ),
            (
                "169.254.1.1 fd00::1",
                false,
                Verdict::Warning,
                Some(Cause::PrivateAddress),
            ),
            ("100.128.0.1", false, Verdict::Ok, None),
        ] {
            let finding = check("docs.example.com", &Ok(ips(addresses)), here);
            assert_eq!(
                (finding.verdict, finding.cause),
                (verdict, cause),
                "{addresses}"
            );
        }
    }

    #[test]
    fn a_name_of_another_machine_is_told_unless_docent_answers() {
        let own = ips("127.0.0.1 192.0.2.7 2001:db8::7");
        let judged = |addresses: &str, own: &[IpAddr], answered| {
            elsewhere("docs.example.com", &ips(addresses), own, answered).map(|it| it.verdict)
        };
        assert_eq!(judged("192.0.2.7 2001:db8::7", &own, false), None);
        assert_eq!(judged("192.0.2.9", &own, false), Some(Verdict::Error));
        assert_eq!(judged("192.0.2.9", &own, true), Some(Verdict::Ok));
        assert_eq!(
            judged("192.0.2.7 192.0.2.9", &own, true),
            Some(Verdict::Warning)
        );
        assert_eq!(judged("192.0.2.9", &[], false), None, "nothing is known");
        assert_eq!(judged("127.0.0.1", &own, false), None);
    }
}
