//! How to add a running docent to an assistant.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::style::Style;
use crate::{mcp::setups, service::Endpoint};

/// The addresses of a server, and how assistants come to know of it. `others`: where else the same is
/// answered.
pub(super) fn text(endpoint: &Endpoint, others: &[Endpoint], style: Style) -> String {
    let mut text = of(endpoint, style);
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

fn of(endpoint: &Endpoint, style: Style) -> String {
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
    let (where_to, is_worldwide) = match endpoint {
        Endpoint::Public { is_worldwide, .. } => ("", *is_worldwide),
        _ => (" on this machine", false),
    };
    let _ = writeln!(text, "\nAdd it to an assistant{where_to}:");
    for setup in setups(&mcp) {
        let way = match setup.files {
            Some([file, _]) => format!("in {file}: {}", setup.text),
            None => setup.text,
        };
        let assistant = style.title(&format!("{:<11}", setup.assistant));
        let _ = writeln!(text, "  {assistant}  {way}");
    }
    let _ = if is_worldwide {
        writeln!(
            text,
            "  {}  add a connector with the address {mcp}",
            style.title("ChatGPT, claude.ai")
        )
    } else {
        writeln!(
            text,
            "ChatGPT and claude.ai connect from the internet: they need a public https:// address."
        )
    };
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

/// The address as a client on this machine writes it.
fn base_url(address: SocketAddr) -> String {
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
        insta::assert_snapshot!(text(&local, &[], Style::new(false)));
    }

    #[test]
    fn a_public_address_is_for_everybody() {
        let public = Endpoint::Public {
            url: "https://docs.example.com".into(),
            is_worldwide: true,
        };
        let local = Endpoint::Local("127.0.0.1:40123".parse().unwrap());
        let proxy = Endpoint::Proxy("/run/docent/http.sock".into());
        insta::assert_snapshot!(text(&public, &[local, proxy], Style::new(false)));
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
        let text = text(&named, &[own], Style::new(false));
        assert!(text.contains("http://wiki.lan/docs/sse"), "{text}");
        assert!(
            text.contains("https://docs.example.com/mcp  without a proxy"),
            "{text}"
        );
        assert!(text.contains("need a public https:// address"), "{text}");
        assert!(!text.contains("on this machine"), "{text}");
    }
}
