//! The handshake that every client knows: the first question to whatever is at an address.

use serde_json::Value;

use super::{
    address::Address,
    exchange::{Answer, Ask, Fault},
    json_rpc::{Outcome, initialize, outcome},
};

/// The first message of a client, to the endpoint of an address.
pub(super) fn handshake(address: &Address) -> Ask {
    Ask::post(address.mcp(), &initialize())
}

/// What a server says of itself in return.
pub(super) fn greeted(answer: &Result<Answer, Fault>) -> Option<Value> {
    let answer = answer.as_ref().ok().filter(|it| it.status.is_success())?;
    match outcome(answer) {
        Outcome::Result(hello) if hello["protocolVersion"].is_string() => Some(hello),
        _ => None,
    }
}
