//! What those find who look for a server before they connect to it.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::Value;

use super::{address::Address, app::App};
use crate::{
    config::SiteSettings,
    discovery::{SERVER_CARD, Service, ai_catalog, server_card},
    mcp::{Library, protocol_versions},
};

/// A few minutes: titles change with the configuration.
const FRESH: &str = "public, max-age=300";
const JSON: &str = "application/json";

/// What is said of the server.
struct Discovery {
    site: SiteSettings,
    documents: Arc<Library>,
}

/// The card and the catalogue, where there are pages for people; the word of the operator to OpenAI in any case.
pub(super) fn routes(app: &App) -> Router {
    let mut routes = Router::new();
    if let Some(token) = &app.site.openai_challenge {
        let token = token.clone();
        let answer = get(async move || token.clone().into_response());
        routes = routes.route("/.well-known/openai-apps-challenge", answer);
    }
    if !app.site.enabled {
        return routes;
    }
    let discovery = Arc::new(Discovery {
        site: app.site.clone(),
        documents: Arc::clone(&app.documents),
    });
    let found = Router::new()
        .route("/mcp/server-card", get(card))
        // Where an earlier draft had it, and where some still look.
        .route("/.well-known/mcp/server-card.json", get(card))
        .route("/.well-known/ai-catalog.json", get(catalog))
        .with_state(discovery);
    routes.merge(found)
}

async fn card(State(discovery): State<Arc<Discovery>>, address: Address) -> Response {
    let card = discovery.of(&address, |service| {
        server_card(service, &protocol_versions())
    });
    sent(SERVER_CARD, &card)
}

async fn catalog(State(discovery): State<Arc<Discovery>>, address: Address) -> Response {
    sent(JSON, &discovery.of(&address, ai_catalog))
}

impl Discovery {
    /// What is made of the operator's words; of the only set's, where there are none of the whole.
    fn of(&self, address: &Address, make: impl Fn(&Service<'_>) -> Value) -> Value {
        let holdings = self.documents.current();
        let only = match holdings.snapshot.sets() {
            [only] => Some(only),
            _ => None,
        };
        let of_set = |words: Option<&str>| words.map(str::to_owned);
        let title = self.site.title.clone();
        let title = title.or_else(|| of_set(only?.title.as_deref()));
        let description = self.site.description.clone();
        let description = description.or_else(|| of_set(only?.description.as_deref()));
        make(&Service {
            url: address.url(),
            title: title.as_deref(),
            description: description.as_deref(),
        })
    }
}

fn sent(media: &'static str, document: &Value) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media),
        (header::CACHE_CONTROL, FRESH),
    ];
    (headers, document.to_string()).into_response()
}
