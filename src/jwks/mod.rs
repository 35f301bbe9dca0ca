//! Keys of issuers, fetched: where they are (RFC 8414, OpenID Connect Discovery), then the keys themselves (RFC 7517), into the
//! state directory.
//!
//! Whoever serves has no network, and finds them there. Nothing is asked but what the configuration names and what the issuer
//! itself says; a redirect is not followed.
mod client;
mod discovery;
mod error;

use std::time::{Duration, SystemTime};

use serde_json::Value;
use tokio::time::timeout;

use crate::{
    auth::{KeySet, PUBLIC_MEMBERS},
    config::{IssuerSettings, Proxy},
    state::Jwks,
};

use client::Client;

pub use error::FetchError;

/// How long an issuer may take for all of it.
const PATIENCE: Duration = Duration::from_secs(60);

/// Keys that are in their place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// How many can verify tokens.
    pub keys: usize,
    /// Where they come from.
    pub jwks_uri: String,
}

/// Fetches the keys of an issuer, and puts them in the place of those before.
///
/// # Errors
/// Where they cannot be had, or no token could be verified by them; then those before are still there.
pub async fn fetch(
    issuer: &IssuerSettings,
    proxy: Option<&Proxy>,
    jwks: &Jwks,
) -> Result<Fetched, FetchError> {
    let fetched = timeout(PATIENCE, ask(issuer, proxy)).await;
    let (set, fetched) = fetched.map_err(|_| FetchError::Slow {
        url: issuer.url.clone(),
        after: PATIENCE,
    })??;
    jwks.store(&issuer.url, &fetched.jwks_uri, set, SystemTime::now())
        .map_err(|source| FetchError::Store {
            folder: jwks.folder().to_owned(),
            source,
        })?;
    Ok(fetched)
}

/// The keys of an issuer, without what is not public or says nothing of them.
async fn ask(
    issuer: &IssuerSettings,
    proxy: Option<&Proxy>,
) -> Result<(Value, Fetched), FetchError> {
    let client = Client::new(issuer, proxy)?;
    let jwks_uri = match &issuer.jwks_url {
        Some(url) => url.clone(),
        None => discovery::jwks_uri(&client, &issuer.url).await?,
    };
    let body = client.fetch(&jwks_uri).await?;
    let unusable = |source| FetchError::Keys {
        url: jwks_uri.clone(),
        source,
    };
    let keys = KeySet::parse(&body).map_err(unusable)?.len();
    let set: Value = serde_json::from_slice(&body).unwrap_or_default();
    let each = set.get("keys").and_then(Value::as_array);
    let each = each.into_iter().flatten().filter_map(Value::as_object);
    let public: Vec<Value> = each
        .map(|key| {
            let members = key.iter();
            let members = members.filter(|(name, _)| PUBLIC_MEMBERS.contains(&name.as_str()));
            let members = members.map(|(name, value)| (name.clone(), value.clone()));
            Value::Object(members.collect())
        })
        // A secret that is published stays where it is.
        .filter(|key| key.get("kty").is_some_and(|kind| kind != "oct"))
        .collect();
    let set = serde_json::json!({ "keys": public });
    Ok((set, Fetched { keys, jwks_uri }))
}
