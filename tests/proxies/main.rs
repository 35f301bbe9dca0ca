//! docent behind real proxies, configured as the manual says: at the root of a name and below a path that they keep or take off,
//! over a port and a unix socket, with real clients.
#![allow(clippy::unwrap_used, reason = "in a test it is the failure")]
#![allow(
    clippy::needless_pass_by_value,
    reason = "so that json!(…) can stand in a call"
)]

#[path = "../tls/authority.rs"]
#[allow(
    dead_code,
    reason = "it belongs to the tests of TLS, which use more of it"
)]
mod authority;
#[path = "../left_out/mod.rs"]
mod left_out;
#[path = "../server/mod.rs"]
mod server;

mod behind;
mod clients;
mod identity;
mod login;
mod proxy;
mod visitor;

use behind::{Behind, Below, Socket};
use proxy::Kind;
use visitor::Visitor;

/// What every way through a proxy has to do.
fn tries(kind: Kind, below: Below, socket: Socket) {
    let Some(proxy) = Behind::start(kind, below, socket) else {
        return;
    };
    let visitor = Visitor::new(&proxy);
    for version in ["--http1.1", "--http2"] {
        visitor.pings("/mcp", version);
        visitor.pings("/mcp/", version);
        visitor.pings("/chatgpt", version);
    }
    visitor.finds_the_page();
    visitor.opens_what_is_found();
    visitor.hears_at_once();
    visitor.is_told_of_others();
    visitor.is_limited_by_its_own_address();
}

#[test]
fn nginx_at_the_root() {
    tries(Kind::Nginx, Below::Nothing, Socket::Tcp);
}

#[test]
fn nginx_at_the_root_over_a_unix_socket() {
    tries(Kind::Nginx, Below::Nothing, Socket::Unix);
}

#[test]
fn nginx_below_a_path() {
    tries(Kind::Nginx, Below::Kept, Socket::Tcp);
}

#[test]
fn nginx_below_a_path_over_a_unix_socket() {
    tries(Kind::Nginx, Below::Kept, Socket::Unix);
}

#[test]
fn nginx_takes_the_path_off() {
    tries(Kind::Nginx, Below::TakenOff, Socket::Tcp);
    tries(Kind::Nginx, Below::TakenOff, Socket::Unix);
}

#[test]
fn caddy_at_the_root() {
    tries(Kind::Caddy, Below::Nothing, Socket::Tcp);
}

#[test]
fn caddy_at_the_root_over_a_unix_socket() {
    tries(Kind::Caddy, Below::Nothing, Socket::Unix);
}

#[test]
fn caddy_below_a_path() {
    tries(Kind::Caddy, Below::Kept, Socket::Tcp);
}

#[test]
fn caddy_below_a_path_over_a_unix_socket() {
    tries(Kind::Caddy, Below::Kept, Socket::Unix);
}

#[test]
fn caddy_takes_the_path_off() {
    tries(Kind::Caddy, Below::TakenOff, Socket::Tcp);
    tries(Kind::Caddy, Below::TakenOff, Socket::Unix);
}

#[test]
fn caddy_speaks_http_2_to_docent() {
    tries(Kind::CaddyOverHttp2, Below::Kept, Socket::Tcp);
}

#[test]
fn real_clients_behind_nginx() {
    clients::try_all(Kind::Nginx, Below::Nothing, Socket::Unix);
    clients::try_all(Kind::Nginx, Below::Kept, Socket::Tcp);
}

#[test]
fn real_clients_behind_caddy() {
    clients::try_all(Kind::Caddy, Below::Nothing, Socket::Tcp);
    clients::try_all(Kind::Caddy, Below::TakenOff, Socket::Unix);
}
