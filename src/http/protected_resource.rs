//! What those are told who want to sign in: which issuers vouch for people here (RFC 9728).
//!
//! At `/.well-known/oauth-protected-resource` and below it for each endpoint, with a slash at the end or without, since some
//! clients ask only for the one that belongs to the endpoint (ChatGPT), others only for the first. Below a base path, the
//! well-known path comes before it (section 3.1), and a proxy may have taken the base path off or not; what `WWW-Authenticate`
//! points to is below the base path, which is where a proxy is sure to lead to docent.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use serde_json::{Map, Value, json};

use super::address::Address;
use crate::config::{AccessSettings, SiteSettings};

/// Where the metadata of a protected resource begins (RFC 9728, section 3).
pub(super) const METADATA: &str = "/.well-known/oauth-protected-resource";
/// All that anybody may do here.
pub(super) const SCOPE: &str = "docs:read";
/// Where assistants connect; each with a slash at its end as well.
pub(super) const ENDPOINTS: [&str; 3] = ["/mcp", "/sse", "/chatgpt"];

/// A few minutes: issuers change with the configuration.
const FRESH: &str = "public, max-age=300";

/// What is said of the resource.
struct Metadata {
    access: Arc<AccessSettings>,
    /// docent has a sign-in page, and what it takes to seal its tokens.
    signs_in: bool,
    title: Option<String>,
}

type Known = State<Arc<Metadata>>;

/// The metadata at all of its paths.
pub(super) fn routes(access: &Arc<AccessSettings>, signs_in: bool, site: &SiteSettings) -> Router {
    let metadata = Metadata {
        access: Arc::clone(access),
        signs_in,
        title: site.title.clone(),
    };
    let root = get(async |metadata: Known, address: Address| tell(&metadata, &address, ""));
    let slash = get(async |metadata: Known, address: Address| tell(&metadata, &address, "/"));
    let below = get(
        async |metadata: Known, address: Address, Path(path): Path<String>| {
            tell(&metadata, &address, &format!("/{path}"))
        },
    );
    Router::new()
        .route(METADATA, root)
        .route(&format!("{METADATA}/"), slash)
        .route(&format!("{METADATA}/{{*path}}"), below)
        .with_state(Arc::new(metadata))
}

/// `path`: what came after the well-known path.
fn tell(metadata: &Metadata, address: &Address, path: &str) -> Response {
    // Only the whole base path: `/docsmcp` is nothing.
    let rest = path.strip_prefix(address.path());
    let rest = rest.filter(|rest| rest.is_empty() || rest.starts_with('/'));
    let path = rest.unwrap_or(path);
    let endpoint = path.strip_suffix('/').unwrap_or(path);
    if !endpoint.is_empty() && !ENDPOINTS.contains(&endpoint) {
        return (StatusCode::NOT_FOUND, "There is no such resource.\n").into_response();
    }
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, FRESH),
    ];
    let document = metadata.of(address, &address.at(path));
    (headers, document.to_string()).into_response()
}

impl Metadata {
    /// RFC 9728, section 2.
    fn of(&self, address: &Address, resource: &str) -> Value {
        let mut document = Map::new();
        let mut say = |name: &str, value: Value| document.insert(name.to_owned(), value);
        say("resource", resource.into());
        let servers = self.authorization_servers(address);
        // Where there are only access keys, nobody can sign in.
        if !servers.is_empty() {
            say("authorization_servers", servers.into());
        }
        say("scopes_supported", json!([SCOPE]));
        say("bearer_methods_supported", json!(["header"]));
        if let Some(title) = &self.title {
            say("resource_name", title.as_str().into());
        }
        Value::Object(document)
    }

    /// Where people sign in. Most assistants look at the first one only: where there is a sign-in page of docent's own, it is
    /// that, since whoever has turned it on has done so because assistants do not get on with the others.
    fn authorization_servers(&self, address: &Address) -> Vec<String> {
        let own = self.signs_in.then(|| address.base().to_owned());
        let issuers = self.access.issuers.iter().map(|issuer| issuer.url.clone());
        own.into_iter().chain(issuers).collect()
    }
}
