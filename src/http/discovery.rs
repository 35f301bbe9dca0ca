//! What those find who look for a server before they connect to it.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};

use super::{address::Address, app::App};
use crate::{
    config::SiteSettings,
    discovery::{SERVER_CARD, Service, ai_catalog, server_card},
    mcp::{Library, PublishedFile, PublishedSkill, protocol_versions},
};

/// A few minutes: titles change with the configuration.
const FRESH: &str = "public, max-age=300";
const JSON: &str = "application/json";

/// What is said of the server.
struct Discovery {
    site: SiteSettings,
    documents: Arc<Library>,
}

/// The word of the operator to OpenAI.
pub(super) fn challenge(app: &App) -> Router {
    let Some(token) = app.site.openai_challenge.clone() else {
        return Router::new();
    };
    let answer = get(async move || token.clone().into_response());
    Router::new().route("/.well-known/openai-apps-challenge", answer)
}

/// The card and the catalogue, where there are pages for people.
pub(super) fn routes(app: &App, documents: &Arc<Library>) -> Router {
    if !app.site.enabled {
        return Router::new();
    }
    let discovery = Arc::new(Discovery {
        site: app.site.clone(),
        documents: Arc::clone(documents),
    });
    Router::new()
        .route("/mcp/server-card", get(card))
        // Where an earlier draft had it, and where some still look.
        .route("/.well-known/mcp/server-card.json", get(card))
        .route("/.well-known/ai-catalog.json", get(catalog))
        .route("/.well-known/agent-skills/index.json", get(skills))
        .route("/.well-known/agent-skills/{*path}", get(skill_file))
        .with_state(discovery)
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

/// The skills, as "Agent Skills Discovery via Well-Known URIs" (0.2.0) has them.
async fn skills(State(discovery): State<Arc<Discovery>>) -> Response {
    let holdings = discovery.documents.current();
    let published = discovery
        .documents
        .page_aside(move || holdings.published_skills());
    let Ok(published) = published.await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let entry = |skill: &PublishedSkill| {
        json!({
            "name": skill.name,
            "type": "skill-md",
            "description": skill.description,
            // Relative to the index, wherever a proxy has put that.
            "url": skill.path,
            "digest": skill.digest,
        })
    };
    let skills: Vec<Value> = published.iter().map(entry).collect();
    let schema = "https://schemas.agentskills.io/discovery/0.2.0/schema.json";
    sent(JSON, &json!({ "$schema": schema, "skills": skills }))
}

/// A file of a skill, as it stands.
async fn skill_file(State(discovery): State<Arc<Discovery>>, Path(path): Path<String>) -> Response {
    let holdings = discovery.documents.current();
    let file = discovery
        .documents
        .page_aside(move || holdings.published_file(&path));
    match file.await {
        Ok(Some(PublishedFile { media, bytes })) => {
            let media = match media {
                "application/octet-stream" => media.to_owned(),
                text => format!("{text}; charset=utf-8"),
            };
            let headers = [
                (header::CONTENT_TYPE, media.as_str()),
                (header::CACHE_CONTROL, FRESH),
            ];
            (headers, bytes.to_vec()).into_response()
        }
        Ok(None) => (StatusCode::NOT_FOUND, "There is no such file of a skill.\n").into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
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
