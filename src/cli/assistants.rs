//! How to add a running docent to an assistant.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::style::Style;

/// The addresses of a server, and how assistants come to know of it.
pub(super) fn text(address: SocketAddr, style: Style) -> String {
    let base = base_url(address);
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
    let _ = writeln!(text, "\nAdd it to an assistant on this machine:");
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
    text +=
        "ChatGPT and claude.ai connect from the internet: they need a public https:// address.\n";
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
        let address = "[::]:40123".parse().unwrap();
        insta::assert_snapshot!(text(address, Style::new(false)));
    }
}
