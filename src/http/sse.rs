//! `/sse` and `/message`: the HTTP+SSE transport of MCP 2024-11-05, for older clients.
//!
//! `GET /sse` opens a stream whose first event, `endpoint`, names where the client posts its
//! messages; answers come as `message` events. The session lives and dies with the stream.

use std::{
    collections::HashMap,
    convert::Infallible,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    extract::{Request, State},
    http::{StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use rmcp::{
    RoleServer,
    model::{ClientJsonRpcMessage, GetExtensions, ServerJsonRpcMessage},
    service::serve_server_with_ct,
    transport::common::server_side_http::session_id,
};
use tokio::sync::mpsc;
use tokio_stream::{Stream, wrappers::ReceiverStream};
use tokio_util::sync::{CancellationToken, DropGuard, PollSender, WaitForCancellationFutureOwned};

use super::{body, jsonrpc};
use crate::{
    config::Limits,
    mcp::{Docent, Library, Transport, with_cursor_as_text},
};

/// Messages that wait for one side of a session.
const QUEUE: usize = 16;
/// Requests of one session that may run or wait for the client to read their answers.
const MAX_RUNNING: usize = 64;
/// A comment this often keeps proxies from closing a quiet stream.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

type Service = rmcp::service::RunningService<RoleServer, Docent>;

/// The open sessions.
pub(super) struct Sessions {
    open: Arc<Mutex<HashMap<Arc<str>, Session>>>,
    draining: CancellationToken,
    cut: CancellationToken,
}

/// Where messages of a session go.
#[derive(Clone)]
struct Session {
    inbox: mpsc::Sender<ClientJsonRpcMessage>,
    running: Arc<AtomicUsize>,
}

impl Sessions {
    pub(super) fn new(draining: CancellationToken, cut: CancellationToken) -> Self {
        Self {
            open: Arc::default(),
            draining,
            cut,
        }
    }

    /// None is open.
    pub(super) fn is_empty(&self) -> bool {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.is_empty()
    }

    fn find(&self, id: &str) -> Option<Session> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.get(id).cloned()
    }

    /// `None` where as many are open as there may be.
    fn begin(&self, docent: Docent, limits: &Limits) -> Option<Events> {
        let id = session_id();
        let (inbox, from_client) = mpsc::channel(QUEUE);
        let (to_client, outbox) = mpsc::channel(QUEUE);
        let running = Arc::new(AtomicUsize::new(0));
        let session = Session {
            inbox,
            running: Arc::clone(&running),
        };
        {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            if open.len() >= limits.sse_sessions {
                return None;
            }
            open.insert(Arc::clone(&id), session);
        }

        let ended = self.cut.child_token();
        let transport = (PollSender::new(to_client), ReceiverStream::new(from_client));
        let serving = serve_server_with_ct(docent, transport, ended.clone());
        // How long a client may take to initialize.
        let patience = limits.request_timeout;
        tokio::spawn(async move {
            // When this task ends, so does the sender of `outbox`, and with it the stream.
            match tokio::time::timeout(patience, serving).await {
                Ok(Ok(service)) => drop(Service::waiting(service).await),
                Ok(Err(error)) => tracing::debug!(%error, "an SSE session did not start"),
                Err(_) => tracing::debug!("an SSE client did not initialize in time"),
            }
        });
        Some(Events {
            endpoint: Some(format!("/message?sessionId={id}")),
            outbox,
            running,
            draining: Box::pin(self.draining.clone().cancelled_owned()),
            drained: false,
            _end: ended.drop_guard(),
            _entry: Entry {
                id,
                open: Arc::clone(&self.open),
            },
        })
    }
}

/// What both routes share.
pub(super) struct Endpoint {
    documents: Arc<Library>,
    limits: Limits,
    sessions: Arc<Sessions>,
}

impl Endpoint {
    pub(super) fn new(documents: Arc<Library>, limits: &Limits, sessions: Arc<Sessions>) -> Self {
        Self {
            documents,
            limits: limits.clone(),
            sessions,
        }
    }
}

/// `GET /sse`.
pub(super) async fn open(State(endpoint): State<Arc<Endpoint>>) -> Response {
    let sessions = &endpoint.sessions;
    let busy = |why: &'static str| {
        let retry = [(header::RETRY_AFTER, "10")];
        (StatusCode::SERVICE_UNAVAILABLE, retry, why).into_response()
    };
    if sessions.draining.is_cancelled() {
        return busy("The service is stopping; try again in a moment.\n");
    }
    let docent = Docent::new(
        Arc::clone(&endpoint.documents),
        Transport::Session,
        sessions.draining.clone(),
    );
    let Some(events) = sessions.begin(docent, &endpoint.limits) else {
        return busy("Too many SSE sessions are open; try again later, or use /mcp.\n");
    };
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
    let mut response = Sse::new(events).keep_alive(keep_alive).into_response();
    let headers = response.headers_mut();
    headers.insert(
        "x-accel-buffering",
        axum::http::HeaderValue::from_static("no"),
    );
    response
}

/// `POST /message?sessionId=…`.
pub(super) async fn message(State(endpoint): State<Arc<Endpoint>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Some(id) = session_of(head.uri.query().unwrap_or_default()) else {
        let why = "The sessionId is missing: post to the address that GET /sse gave.\n";
        return (StatusCode::BAD_REQUEST, why).into_response();
    };
    let Some(session) = endpoint.sessions.find(id) else {
        let why = "There is no such session: open one with GET /sse.\n";
        return (StatusCode::NOT_FOUND, why).into_response();
    };
    let body = match body::read(&head.headers, body, &endpoint.limits).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    let body = with_cursor_as_text(&body).map_or(body, Into::into);
    let Ok(mut message) = serde_json::from_slice::<ClientJsonRpcMessage>(&body) else {
        return jsonrpc::refusal(&body);
    };
    let is_request = if let ClientJsonRpcMessage::Request(request) = &mut message {
        request.request.extensions_mut().insert(head);
        true
    } else {
        false
    };
    if is_request && session.running.fetch_add(1, Ordering::AcqRel) >= MAX_RUNNING {
        session.running.fetch_sub(1, Ordering::AcqRel);
        let why = "Too many requests of this session wait for their answers to be read.\n";
        return (StatusCode::TOO_MANY_REQUESTS, why).into_response();
    }
    let sending = session.inbox.send(message);
    match tokio::time::timeout(endpoint.limits.request_timeout, sending).await {
        Ok(Ok(())) => (StatusCode::ACCEPTED, "Accepted").into_response(),
        Ok(Err(_)) => (StatusCode::NOT_FOUND, "The session has ended.\n").into_response(),
        Err(_) => {
            if is_request {
                session.running.fetch_sub(1, Ordering::AcqRel);
            }
            let why = "The session does not take messages at the moment.\n";
            (StatusCode::SERVICE_UNAVAILABLE, why).into_response()
        }
    }
}

fn session_of(query: &str) -> Option<&str> {
    query.split('&').find_map(|pair| {
        pair.strip_prefix("sessionId=")
            .or_else(|| pair.strip_prefix("session_id="))
            .filter(|id| !id.is_empty())
    })
}

/// What a client reads: the address to post to, then the answers. When the service drains, it
/// ends as soon as no request of the session is running.
struct Events {
    endpoint: Option<String>,
    outbox: mpsc::Receiver<ServerJsonRpcMessage>,
    running: Arc<AtomicUsize>,
    draining: Pin<Box<WaitForCancellationFutureOwned>>,
    drained: bool,
    _end: DropGuard,
    _entry: Entry,
}

/// A session's place in the table, given up with the stream.
struct Entry {
    id: Arc<str>,
    open: Arc<Mutex<HashMap<Arc<str>, Session>>>,
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.remove(&self.id);
    }
}

impl Stream for Events {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(endpoint) = self.endpoint.take() {
            let event = Event::default().event("endpoint").data(endpoint);
            return Poll::Ready(Some(Ok(event)));
        }
        match self.outbox.poll_recv(context) {
            Poll::Ready(Some(message)) => {
                if matches!(
                    message,
                    ServerJsonRpcMessage::Response(_) | ServerJsonRpcMessage::Error(_)
                ) {
                    // An error without a request is answered too: never below zero.
                    let _ =
                        self.running
                            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |running| {
                                running.checked_sub(1)
                            });
                }
                let event = Event::default().event("message");
                return Poll::Ready(Some(Ok(match event.json_data(&message) {
                    Ok(event) => event,
                    Err(error) => {
                        tracing::error!(%error, "an answer could not be written");
                        Event::default().comment("an answer could not be written")
                    }
                })));
            }
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Pending => {}
        }
        if !self.drained {
            self.drained = self.draining.as_mut().poll(context).is_ready();
        }
        if self.drained && self.running.load(Ordering::Acquire) == 0 {
            return Poll::Ready(None);
        }
        Poll::Pending
    }
}
