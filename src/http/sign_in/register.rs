//! `POST /register` (RFC 7591): an identifier that holds all that is known of a client.

use std::{sync::Arc, time::SystemTime};

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};

use super::{super::body, SignIn, broken, error, is_of, json_of, now};
use crate::auth::sign_in::{NotRegistered, Registration};

pub(super) async fn answer(State(sign_in): State<Arc<SignIn>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    if !is_of(&head.headers, "application/json") {
        let why = "the body has to be application/json";
        return error(StatusCode::BAD_REQUEST, "invalid_client_metadata", why);
    }
    let body = match body::read(&head.headers, body, &sign_in.limits).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    let registration = match Registration::read(&body) {
        Ok(registration) => registration,
        Err(why) => {
            let code = match why {
                NotRegistered::Metadata(_) => "invalid_client_metadata",
                NotRegistered::Address => "invalid_redirect_uri",
            };
            return error(StatusCode::BAD_REQUEST, code, &why.to_string());
        }
    };
    let now = now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    match registration.register(&sign_in.sealing, now.as_secs()) {
        Ok(answer) => json_of(StatusCode::CREATED, &answer),
        Err(_) => broken(),
    }
}
