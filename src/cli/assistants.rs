//! How to add a running docent to an assistant.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::style::Style;
use crate::service::Endpoint;

/// The addresses of a server, and how assistants come to know of it.
pub(super) fn text(endpoint: &Endpoint, style: Style) -> String {
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
    let public = matches!(endpoint, Endpoint::Public { .. });
    let where_to = if public { "" } else { " on this machine" };
    let _ = writeln!(text, "\nAdd it to an assistant{where_to}:");
    let json =
        |key: &str, extra: &str| format!(r#"{{"{key}": {{"docent": {{{extra}"url": "{mcp}"}}}}}}"#);
    let ways = [
        (
            "Claude Code",
            format!("claude mcp add --transport http docent {mcp}"),
        ),
        (
            "Gemini CLI",
            format!("gemini mcp add --transport http docent {mcp}"),
        ),
        (
            "VS Code",
            format!(r#"code --add-mcp '{{"name":"docent","type":"http","url":"{mcp}"}}'"#),
        ),
        (
            "Cursor",
            format!("in ~/.cursor/mcp.json: {}", json("mcpServers", "")),
        ),
    ];
    for (assistant, way) in ways {
        let _ = writeln!(
            text,
            "  {}  {way}",
            style.title(&format!("{assistant:<11}"))
        );
    }
    let _ = if public {
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
        insta::assert_snapshot!(text(&local, Style::new(false)));
    }

    #[test]
    fn a_public_address_is_for_everybody() {
        let public = Endpoint::Public {
            url: "https://docs.example.com".into(),
            port: 443,
        };
        insta::assert_snapshot!(text(&public, Style::new(false)));
    }
}
