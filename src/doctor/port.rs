//! Whether the port can be reached, and whether it is one that assistants' servers use.

use std::net::IpAddr;

use super::{
    address::Address,
    dialer::Unconnected,
    finding::{Cause, Finding, Subject, listed},
    names::Reach,
};

const ABOUT: Subject = Subject::Port;

/// What came of connecting to each address.
pub(super) type Tried = [(IpAddr, Result<(), Unconnected>)];

/// What is to be said of the port.
pub(super) fn check(address: &Address, tried: &Tried, reach: Reach) -> Vec<Finding> {
    let mut findings = Vec::new();
    let port = address.port();
    if reach == Reach::Public && address.is_https() && port != 443 {
        let message = format!("the port is {port}, and Claude's servers connect to port 443 alone");
        let help = "have docent or the proxy in front of it answer on port 443, and give assistants the address without a port";
        findings.push(Finding::error(ABOUT, Cause::OtherPort, message, help));
    }
    let fails = |why: &Unconnected| (*why != Unconnected::NoRoute) as u8;
    let failed = tried
        .iter()
        .filter_map(|(ip, tried)| Some((ip, tried.err()?)));
    let failed: Vec<_> = failed.collect();
    if failed.len() < tried.len() {
        findings.extend(failed.iter().map(|(ip, why)| partly(**ip, *why, port)));
        if failed.is_empty() && findings.is_empty() {
            findings.push(Finding::ok(ABOUT, format!("{port} is open")));
        }
        return findings;
    }
    let ips = listed(failed.iter().map(|(ip, _)| ip));
    // What says most: that somebody refuses, before silence, before no way to ask.
    let worst = failed.iter().map(|(_, why)| *why).max_by_key(fails);
    let (cause, message, help) = match worst.unwrap_or(Unconnected::Silent) {
        Unconnected::Refused => (
            Cause::PortClosed,
            format!("nobody listens on port {port} of {ips}"),
            "start what answers there: `systemctl start docent.socket docent.service`, or the proxy in front; docent answers HTTPS on port 443 where `domain` is set in [server]",
        ),
        Unconnected::NoRoute => (
            Cause::AddressUnreachable,
            format!("there is no route from here to {ips}"),
            "try from a machine that has one, such as one with IPv6 for an IPv6 address",
        ),
        why => (
            Cause::PortFiltered,
            format!("port {port} of {ips} cannot be reached: {why}"),
            "let the firewall of the machine, of its provider and of the router before it pass this port",
        ),
    };
    findings.push(Finding::error(ABOUT, cause, message, help));
    findings
}

fn partly(ip: IpAddr, why: Unconnected, port: u16) -> Finding {
    if why == Unconnected::NoRoute {
        return Finding::ok(ABOUT, format!("{ip} was not tried: {why}"));
    }
    let record = if ip.is_ipv4() { "A" } else { "AAAA" };
    Finding::warning(
        ABOUT,
        Cause::AddressUnreachable,
        format!(
            "port {port} of {ip} does not answer ({why}), while that of the other address does: clients that try this one first wait or fail"
        ),
        format!("have the same server listen there, or remove the {record} record of {ip}"),
    )
}

/// There is no HTTPS, but plain HTTP is answered.
pub(super) fn http_only(address: &Address, where_: &str) -> Finding {
    Finding::error(
        ABOUT,
        Cause::HttpOnly,
        format!(
            "{where_} answers plain HTTP, and HTTPS is not answered: the servers of Claude and ChatGPT connect over HTTPS alone"
        ),
        format!(
            "set `domain = \"{}\"` in [server], and docent obtains a certificate and answers HTTPS on port 443; or let a proxy do so",
            address.host()
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn the_worst_of_what_was_tried_is_told() {
        let (four, six) = ("192.0.2.7".parse().unwrap(), "2001:db8::7".parse().unwrap());
        let closed = Err(Unconnected::Refused);
        let away = Err(Unconnected::NoRoute);
        let cases: [(&str, &Tried, Verdict, Option<Cause>); 6] = [
            (
                "https://a.example",
                &[(four, Ok(())), (six, Ok(()))],
                Verdict::Ok,
                None,
            ),
            (
                "https://a.example",
                &[(four, closed), (six, away)],
                Verdict::Error,
                Some(Cause::PortClosed),
            ),
            (
                "https://a.example",
                &[(four, Err(Unconnected::Silent))],
                Verdict::Error,
                Some(Cause::PortFiltered),
            ),
            (
                "https://a.example",
                &[(four, Ok(())), (six, closed)],
                Verdict::Warning,
                Some(Cause::AddressUnreachable),
            ),
            (
                "https://a.example",
                &[(four, Ok(())), (six, away)],
                Verdict::Ok,
                None,
            ),
            (
                "https://a.example:8443",
                &[(four, Ok(()))],
                Verdict::Error,
                Some(Cause::OtherPort),
            ),
        ];
        for (address, tried, verdict, cause) in cases {
            let findings = check(&address.parse().unwrap(), tried, Reach::Public);
            let worst = findings.iter().max_by_key(|it| it.verdict).unwrap();
            assert_eq!((worst.verdict, worst.cause), (verdict, cause), "{tried:?}");
        }
    }
}
