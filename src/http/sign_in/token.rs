//! `POST /token` (RFC 6749, section 4.1.3): a code becomes an access token.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::json;

use super::{
    super::{address::Address, body},
    SignIn, error, is_of, json_of, now,
};
use crate::auth::sign_in::{Granted, Parameters, Refused, SCOPE, exchange};

pub(super) async fn give(State(sign_in): State<Arc<SignIn>>, request: Request) -> Response {
    let address = Address::of_request(&request);
    let (head, body) = request.into_parts();
    if !is_of(&head.headers, "application/x-www-form-urlencoded") {
        let why = "the body has to be application/x-www-form-urlencoded";
        return error(StatusCode::BAD_REQUEST, "invalid_request", why);
    }
    let body = match body::read(&head.headers, body, &sign_in.limits).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    let exchanged = Parameters::parse(&body).map_err(Refused::Request);
    let exchanged = exchanged.and_then(|parameters| {
        let (keys, codes) = (&sign_in.gate.keys, &sign_in.codes);
        let base = address.url();
        exchange(&parameters, &sign_in.sealing, keys, codes, base, now())
    });
    match exchanged {
        Ok(granted) => given(&granted),
        Err(why) => refused(why),
    }
}

fn given(granted: &Granted) -> Response {
    tracing::info!(
        key = granted.key.as_str(),
        "an assistant was let in by an access key"
    );
    let answer = json!({
        "access_token": granted.token,
        "token_type": "Bearer",
        "expires_in": granted.expires_in,
        "scope": SCOPE,
    });
    json_of(StatusCode::OK, &answer)
}

fn refused(why: Refused) -> Response {
    tracing::debug!(%why, "no token");
    let status = match why {
        Refused::Client => StatusCode::UNAUTHORIZED,
        Refused::Busy => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    };
    let mut response = error(status, why.code(), &why.to_string());
    if why == Refused::Busy {
        let later = HeaderValue::from_static("60");
        response.headers_mut().insert(header::RETRY_AFTER, later);
    }
    response
}
