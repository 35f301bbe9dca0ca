//! `/mcp` and `/chatgpt`: Streamable HTTP without sessions, one JSON answer a request.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use http_body_util::{BodyExt as _, Full};
use rmcp::transport::{
    StreamableHttpServerConfig, StreamableHttpService,
    streamable_http_server::session::never::NeverSessionManager,
};
use tokio_util::sync::CancellationToken;

use super::{
    address::Address,
    batch, body, jsonrpc, long,
    pass::Pass,
    share::Client,
    stop::Stop,
    subscriptions::{self, Subscriptions},
    tenure::Tenures,
    throttle::Throttle,
};
use crate::{
    config::Limits,
    mcp::{
        Budget, Docent, Endpoint as At, Library, PlainCall, Said, Site, Transport,
        with_cursor_as_text,
    },
};

/// What answers at one of them.
pub(super) struct Endpoint {
    at: At,
    documents: Arc<Library>,
    docent: Docent,
    service: Service,
    limits: Limits,
    subscriptions: Arc<Subscriptions>,
    tenures: Arc<Tenures>,
    throttle: Arc<Throttle>,
}

impl Endpoint {
    /// Subscriptions end when the service drains, any other stream when it is cut.
    pub(super) fn new(
        at: At,
        documents: &Arc<Library>,
        limits: &Limits,
        (subscriptions, tenures): (Arc<Subscriptions>, Arc<Tenures>),
        throttle: Arc<Throttle>,
        stop: &Stop,
    ) -> Self {
        let draining = stop.draining.clone();
        let docent = Docent::new(Arc::clone(documents), Transport::Stateless, draining).at(at);
        Self {
            at,
            documents: Arc::clone(documents),
            service: service(docent.clone(), limits, stop.cut.clone()),
            docent,
            limits: limits.clone(),
            subscriptions,
            tenures,
            throttle,
        }
    }
}

/// rmcp's side of it.
type Service = StreamableHttpService<Docent, NeverSessionManager>;

/// Sets rmcp up: no sessions, so that a restart is invisible; JSON, as docent pushes nothing.
fn service(docent: Docent, limits: &Limits, cut: CancellationToken) -> Service {
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(limits.request_body)
        .with_cancellation_token(cut)
        // The guard has checked both, as on every route.
        .disable_allowed_hosts()
        .disable_allowed_origins();
    StreamableHttpService::new(
        move || Ok(docent.clone()),
        Arc::new(NeverSessionManager::default()),
        config,
    )
}

/// Answers what is posted: a message, or a batch of them.
pub(super) async fn answer(State(endpoint): State<Arc<Endpoint>>, request: Request) -> Response {
    let (mut head, body) = request.into_parts();
    let budget = match budget_of(&head.uri) {
        Ok(budget) if budget != Budget::default() && endpoint.at == At::ChatGpt => {
            let why = "The answers at /chatgpt have a shape of their own, and no `budget`; /mcp takes one.\n";
            return (StatusCode::BAD_REQUEST, why).into_response();
        }
        Ok(budget) => budget,
        Err(refusal) => return refusal.into_response(),
    };
    widen_accept(&mut head.headers);
    if endpoint.at == At::ChatGpt {
        let site = Site::new(Address::of(&head).base());
        head.extensions.insert(site);
    }
    let is_json = is_json(&head.headers);
    let body = match body::read(&head.headers, body, &endpoint.limits).await {
        Ok(body) => body,
        Err(refusal) => return refusal.into_response(),
    };
    let batch = if is_json && batch::begins(&body) {
        let headers = head.headers.clone();
        let read = move |body: &[u8]| batch::messages(&headers, body);
        long::read(&endpoint.documents, &body, read).await
    } else {
        Ok(None)
    };
    let messages = match batch {
        Ok(Some(messages)) => messages,
        Ok(None) => return answer_one(&endpoint, head, is_json, body, budget).await,
        Err(failed) => return failed,
    };
    if let Some(client) = head.extensions.get::<Client>() {
        let more = messages.len().saturating_sub(1);
        endpoint.throttle.charge(*client, &endpoint.limits, more);
    }
    let mut answers = Vec::with_capacity(messages.len());
    for message in messages {
        let answer = answer_one(&endpoint, head.clone(), is_json, message, budget).await;
        // What is no JSON-RPC message is said of the request as a whole.
        if !answer.status().is_success() && !self::is_json(answer.headers()) {
            return answer;
        }
        match answer.into_body().collect().await {
            Ok(body) => answers.push(body.to_bytes()),
            Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
        // Fifty messages are no more urgent than the next client's one.
        tokio::task::yield_now().await;
    }
    batch::response(answers)
}

/// Answers one message.
async fn answer_one(
    endpoint: &Arc<Endpoint>,
    head: Parts,
    is_json: bool,
    body: Bytes,
    budget: Budget,
) -> Response {
    if is_json && head.headers.get(header::ACCEPT) == Some(&BOTH) {
        let call = if long::is_long(&body) {
            let (at, head) = (endpoint.at, head.clone());
            let read = move |body: &[u8]| plain_call(at, &head, budget, body);
            match long::read(&endpoint.documents, &body, read).await {
                Ok(call) => call,
                Err(failed) => return failed,
            }
        } else {
            plain_call(endpoint.at, &head, budget, &body)
        };
        if let Some(call) = call {
            let answering = endpoint.docent.answer(call);
            let answered = tokio::time::timeout(endpoint.limits.request_timeout, answering).await;
            let json = [(header::CONTENT_TYPE, "application/json")];
            return answered.map_or_else(|_| too_long(), |answer| (json, answer).into_response());
        }
    }
    let place = if subscriptions::asks(&head.headers) {
        let client = head.extensions.get::<Client>().copied();
        let pass = head.extensions.get::<Arc<Pass>>();
        match endpoint.subscriptions.begin(&endpoint.limits, client) {
            Ok(place) => Some((place, endpoint.tenures.begin(pass))),
            Err(too_many) => return too_many.into_response(),
        }
    } else {
        None
    };
    let message = match long::read(&endpoint.documents, &body, with_cursor_as_text).await {
        Ok(changed) => changed.map_or(body.clone(), Bytes::from),
        Err(failed) => return failed,
    };
    let request = Request::from_parts(head, Full::new(message));
    let serving = Arc::clone(endpoint);
    let handling = async move { serving.service.handle(request).await };
    let handling = long::answer(&endpoint.documents, &body, handling);
    let response = match tokio::time::timeout(endpoint.limits.request_timeout, handling).await {
        Ok(Ok(response)) => response,
        Ok(Err(failed)) => return failed,
        Err(_) => return too_long(),
    };
    // rmcp answers 415 to any body that it cannot read as a message.
    if is_json && response.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        let refusal = long::read(&endpoint.documents, &body, jsonrpc::refusal).await;
        return refusal.unwrap_or_else(|failed| failed);
    }
    let response = response.map(Body::new);
    match place {
        Some((place, tenure)) => place.keep(response, tenure),
        None => response,
    }
}

fn too_long() -> Response {
    let why = "The answer took too long; try again.\n";
    (StatusCode::SERVICE_UNAVAILABLE, why).into_response()
}

/// What answers may take, as an address says; or the refusal of what it says.
pub(super) fn budget_of(uri: &Uri) -> Result<Budget, (StatusCode, String)> {
    let budget = Budget::of(uri.query());
    budget.map_err(|error| (StatusCode::BAD_REQUEST, format!("{error}.\n")))
}

/// A message that is answered without rmcp.
fn plain_call(at: At, head: &Parts, budget: Budget, message: &[u8]) -> Option<PlainCall> {
    let headers = &head.headers;
    let text = |name: &str| headers.get(name).map(HeaderValue::to_str);
    // Read by whoever stands between, so there is one or none.
    let once = |name: &str| {
        let mut values = headers.get_all(name).iter();
        let only = values.next().filter(|_| values.next().is_none());
        only.and_then(|value| value.to_str().ok())
    };
    let said = Said {
        version: text("mcp-protocol-version").transpose().ok()?,
        method: once("mcp-method"),
        name: once("mcp-name"),
        agent: text(header::USER_AGENT.as_str()).and_then(Result::ok),
        address: head.extensions.get().copied(),
        admission: head.extensions.get(),
        endpoint: at,
        site: head.extensions.get(),
        budget,
    };
    PlainCall::read(said, message)
}

/// What a client of Streamable HTTP accepts.
const BOTH: HeaderValue = HeaderValue::from_static("application/json, text/event-stream");

/// Lets in clients that accept JSON only, anything, or say nothing: the specification has them
/// list both types, but the answer is JSON in any case.
fn widen_accept(headers: &mut HeaderMap) {
    if headers.get(header::ACCEPT) == Some(&BOTH) {
        return;
    }
    let accepts_json = headers.get_all(header::ACCEPT).iter().any(|value| {
        value.to_str().is_ok_and(|list| {
            list.split(',').any(|range| {
                let (media, weight) = range.split_once(';').unwrap_or((range, ""));
                let media = media.trim();
                let refused = matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
                !refused
                    && ["application/json", "application/*", "*/*"]
                        .iter()
                        .any(|fitting| media.eq_ignore_ascii_case(fitting))
            })
        })
    });
    if accepts_json || !headers.contains_key(header::ACCEPT) {
        headers.insert(header::ACCEPT, BOTH);
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| {
            let essence = value.split(';').next().unwrap_or_default();
            essence.trim().eq_ignore_ascii_case("application/json")
        })
}
