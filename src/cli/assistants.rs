//! How to add a running docent to an assistant.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::style::Style;
use crate::{
    assistants::{ASSISTANTS, Offer, Server, ServerName, plain},
    config::Settings,
    service::Endpoint,
};

/// The addresses of a server, and how assistants come to know of it. `others`: where else the same is
/// answered; `name`: what assistants are to call it.
pub(super) fn text(
    endpoint: &Endpoint,
    others: &[Endpoint],
    name: &ServerName,
    style: Style,
) -> String {
    let mut text = of(endpoint, name, style);
    if !others.is_empty() {
        text += "\ndocent also answers at\n";
    }
    for other in others {
        let what = match other {
            Endpoint::Proxy(_) => "for a proxy",
            Endpoint::Public { .. } => "without a proxy",
            _ => "not encrypted",
        };
        let other = match other {
            Endpoint::Local(address) => format!("{}/mcp", base_url(*address)),
            other => other.to_string(),
        };
        let _ = writeln!(text, "  {other}  {}", style.aside(what));
    }
    text
}

fn of(endpoint: &Endpoint, name: &ServerName, style: Style) -> String {
    let base = match endpoint {
        Endpoint::Public { url, .. } => url.clone(),
        Endpoint::Local(address) => base_url(*address),
        Endpoint::Proxy(path) => {
            return format!(
                "docent answers a proxy at {path}, with /mcp, /sse and / below its address\n"
            );
        }
        Endpoint::Nowhere(why) => return format!("docent answers at {why}\n"),
    };
    let mcp = format!("{base}/mcp");
    let mut text = String::new();
    let _ = writeln!(text, "docent answers at");
    let _ = writeln!(
        text,
        "  {mcp}  {}",
        style.aside("for assistants (MCP over Streamable HTTP)")
    );
    let _ = writeln!(
        text,
        "  {base}/sse  {}",
        style.aside("for older clients (HTTP+SSE)")
    );
    let _ = writeln!(text, "  {base}/  {}", style.aside("for people"));
    let Ok(url) = base.parse() else {
        return text;
    };
    let server = Server::new(url, "docent").called(name.clone());
    let on_this_machine = match endpoint {
        Endpoint::Local(_) => " on this machine",
        _ => "",
    };
    let _ = writeln!(text, "\nAdd it to an assistant{on_this_machine}:");
    let mut others = Vec::new();
    let mut refused = Vec::new();
    for assistant in ASSISTANTS {
        match (assistant.offer(&server), assistant.command(&server)) {
            (Offer::Nothing(why), _) => refused.push((assistant.name, plain(&why))),
            (Offer::Steps(_), Some(command)) => {
                let name = style.title(&format!("{:<11}", assistant.name));
                let _ = writeln!(text, "  {name}  {command}");
            }
            (Offer::Steps(_), None) => others.push(assistant.name),
        }
    }
    let _ = writeln!(
        text,
        "`docent connect` lists {} more, such as {}; {base}/ in a browser has the steps too.",
        others.len(),
        others[..others.len().min(3)].join(", ")
    );
    let mut told: Vec<&str> = Vec::new();
    for (_, why) in &refused {
        if told.contains(&why.as_str()) {
            continue;
        }
        told.push(why);
        let same = refused.iter().filter(|(_, other)| other == why);
        let names: Vec<&str> = same.map(|(name, _)| *name).collect();
        let verb = if names.len() == 1 { "is" } else { "are" };
        let _ = writeln!(text, "{} {verb} not offered. {why}", names.join(" and "));
    }
    text
}

/// The page for people; `None` where only a proxy knows its address.
pub(super) fn page(endpoint: &Endpoint) -> Option<String> {
    match endpoint {
        Endpoint::Public { url, .. } => Some(format!("{url}/")),
        Endpoint::Local(address) => Some(format!("{}/", base_url(*address))),
        Endpoint::Proxy(_) | Endpoint::Nowhere(_) => None,
    }
}

/// What assistants are to call the docent of these settings: as it is titled, else `docent`.
pub(super) fn name(settings: &Settings) -> ServerName {
    let only = match settings.docs.as_slice() {
        [only] => only.title.as_deref(),
        _ => None,
    };
    let title = settings.site.title.as_deref().or(only);
    title.map_or_else(ServerName::default, ServerName::from_title)
}

/// The address as a client on this machine writes it.
pub(super) fn base_url(address: SocketAddr) -> String {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_names_the_real_address() {
        let local = Endpoint::Local("[::]:40123".parse().unwrap());
        insta::assert_snapshot!(text(&local, &[], &ServerName::default(), Style::new(false)));
    }

    #[test]
    fn a_public_address_is_for_everybody() {
        let public = Endpoint::Public {
            url: "https://docs.example.com".into(),
            is_worldwide: true,
        };
        let local = Endpoint::Local("127.0.0.1:40123".parse().unwrap());
        let proxy = Endpoint::Proxy("/run/docent/http.sock".into());
        insta::assert_snapshot!(text(
            &public,
            &[local, proxy],
            &ServerName::default(),
            Style::new(false)
        ));
    }

    #[test]
    fn a_name_of_the_own_network_is_nothing_for_the_web() {
        let named = Endpoint::Public {
            url: "http://wiki.lan/docs".into(),
            is_worldwide: false,
        };
        let own = Endpoint::Public {
            url: "https://docs.example.com".into(),
            is_worldwide: true,
        };
        let text = text(&named, &[own], &ServerName::default(), Style::new(false));
        assert!(text.contains("http://wiki.lan/docs/sse"), "{text}");
        assert!(
            text.contains("https://docs.example.com/mcp  without a proxy"),
            "{text}"
        );
        assert!(
            text.contains("Claude and ChatGPT are not offered"),
            "{text}"
        );
        assert!(!text.contains("on this machine"), "{text}");
    }
}
