//! Whether a client can say itself who it is, in the headers by which a proxy does.

use hyper::header::HeaderName;

use super::super::{
    exchange::{Ask, Client},
    finding::{Cause, Finding, Subject},
    json_rpc::initialize,
};
use super::challenge::signing_in;

const ABOUT: Subject = Subject::SignIn;
/// Those that the manual names, and a few that are as common.
const HEADERS: [&str; 8] = [
    "x-forwarded-user",
    "x-forwarded-preferred-username",
    "x-forwarded-email",
    "x-auth-request-user",
    "x-auth-request-email",
    "remote-user",
    "x-remote-user",
    "x-webauth-user",
];
/// Whom nobody knows.
const NOBODY: &str = "docent-doctor";

/// Sends such headers itself, and looks whether they are believed. `configured`: the one that docent reads, where that is known.
pub(super) async fn check(client: &Client<'_>, configured: Option<&str>) -> Option<Finding> {
    let client = client.anonymous();
    let names = configured.into_iter().chain(HEADERS);
    let names: Vec<_> = names
        .filter_map(|name| name.parse::<HeaderName>().ok())
        .collect();
    if !is_believed(&client, &names).await {
        return None;
    }
    let mut name = None;
    for one in &names {
        if is_believed(&client, std::slice::from_ref(one)).await {
            name = Some(one.as_str());
            break;
        }
    }
    let name = name.unwrap_or("such a header");
    Some(if client.address.is_loopback() {
        Finding::warning(
            ABOUT,
            Cause::IdentityOpen,
            format!(
                "any program on this machine can say who it is (`{name}`), and is believed: the address of the proxy is that of all of them"
            ),
            "connect the proxy by a unix socket, and name its user as `peers` in [identity_headers] (docs/proxies.md); or let nobody else onto the machine",
        )
    } else {
        Finding::error(
            ABOUT,
            Cause::IdentityForged,
            format!(
                "whoever sends the header `{name}` is believed: anybody can call himself anybody"
            ),
            format!(
                "have the proxy take it off what clients send, before it asks who they are (Caddy: `request_header -{name}`; nginx: `proxy_set_header` with what auth_request has said)"
            ),
        )
    })
}

/// A name that nobody knows and no groups open nothing, but 401 would say that nobody has said anything.
async fn is_believed(client: &Client<'_>, names: &[HeaderName]) -> bool {
    let path = signing_in(&client.address, "/mcp");
    let ask = Ask::post(path, &initialize());
    let ask = names
        .iter()
        .fold(ask, |ask, name| ask.with(name.clone(), NOBODY));
    let answer = client.head(ask).await;
    answer.is_ok_and(|it| it.status.is_success() || it.status.as_u16() == 403)
}
