//! What docent's own sign-in can do (RFC 8414).

use axum::{
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};

use super::super::{address::Address, web::missing};
use crate::auth::sign_in::SCOPE;

/// Where it is found.
pub(super) const ROUTE: &str = "/.well-known/oauth-authorization-server";
/// Where clients look for it whose issuer has a path: that follows (RFC 8414, section 3.1).
pub(super) const ROUTE_BELOW: &str = "/.well-known/oauth-authorization-server/{*path}";

/// A few minutes: it changes with the configuration.
const FRESH: HeaderValue = HeaderValue::from_static("public, max-age=300");

pub(super) async fn send(address: Address) -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        ),
        (header::CACHE_CONTROL, FRESH),
    ];
    (headers, document(&address).to_string()).into_response()
}

/// The issuer is docent as a whole, and none of its endpoints: who asks for those looks at the root next.
pub(super) async fn send_below(address: Address, Path(path): Path<String>) -> Response {
    let asked = path.trim_end_matches('/');
    let own = address.path().trim_start_matches('/');
    if asked.is_empty() || asked != own {
        return (StatusCode::NOT_FOUND, missing::TEXT).into_response();
    }
    send(address).await
}

fn document(address: &Address) -> Value {
    json!({
        "issuer": address.base(),
        "authorization_endpoint": address.at("/authorize"),
        "token_endpoint": address.at("/token"),
        "registration_endpoint": address.at("/register"),
        "scopes_supported": [SCOPE],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "token_endpoint_auth_methods_supported": ["none"],
        "code_challenge_methods_supported": ["S256"],
        // RFC 9207: who answers is told with each answer.
        "authorization_response_iss_parameter_supported": true,
        // Those of well-known clients, which are built in.
        "client_id_metadata_document_supported": true,
    })
}
