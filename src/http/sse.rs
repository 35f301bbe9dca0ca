//! `/sse` and `/message`: the HTTP+SSE transport of MCP 2024-11-05, for older clients.
//!
//! `GET /sse` opens a stream whose first event, `endpoint`, names where the client posts its
//! messages; answers come as `message` events. The session lives and dies with the stream.

use std::{
    collections::HashMap,
    convert::Infallible,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use rmcp::{
    RoleServer,
    model::{
        ClientJsonRpcMessage, ClientNotification, GetExtensions, RequestId, ServerJsonRpcMessage,
    },
    service::serve_server_with_ct,
    transport::common::server_side_http::session_id,
};
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_util::sync::{CancellationToken, DropGuard, WaitForCancellationFutureOwned};

use super::{
    address::Address,
    body,
    calls::{Calls, Refused},
    jsonrpc, long,
    pass::Pass,
    share::{Client, Share, Shares},
    streamable,
    tenure::{Ended, Tenure, Tenures},
    throttle::Throttle,
};
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
    shares: Arc<Shares>,
    draining: CancellationToken,
    cut: CancellationToken,
}

/// Where messages of a session go.
#[derive(Clone)]
struct Session {
    /// Who has opened it; `None`: somebody, where everything is everybody's.
    owner: Option<Arc<Pass>>,
    inbox: mpsc::Sender<ClientJsonRpcMessage>,
    calls: Arc<Calls>,
}

/// A session as rmcp reads and writes it.
struct Channel {
    from_client: mpsc::Receiver<ClientJsonRpcMessage>,
    to_client: mpsc::Sender<ServerJsonRpcMessage>,
}

impl rmcp::transport::Transport<RoleServer> for Channel {
    type Error = Infallible;

    /// What comes too late for a client that is gone is no fault.
    fn send(
        &mut self,
        message: ServerJsonRpcMessage,
    ) -> impl Future<Output = Result<(), Infallible>> + Send + 'static {
        let to_client = self.to_client.clone();
        async move {
            let _ = to_client.send(message).await;
            Ok(())
        }
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        self.from_client.recv().await
    }

    async fn close(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl Sessions {
    pub(super) fn new(draining: CancellationToken, cut: CancellationToken) -> Self {
        Self {
            open: Arc::default(),
            shares: Arc::default(),
            draining,
            cut,
        }
    }

    /// None is open.
    pub(super) fn is_empty(&self) -> bool {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.is_empty()
    }

    /// The session with this id, for whoever has opened it and nobody else.
    fn find(&self, id: &str, pass: Option<&Arc<Pass>>) -> Option<Session> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let is_own = |session: &&Session| match (&session.owner, pass) {
            (Some(owner), Some(pass)) => owner.is_of_same(pass),
            (owner, pass) => owner.is_none() && pass.is_none(),
        };
        open.get(id).filter(is_own).cloned()
    }

    /// A new one, whose messages are to be posted to `endpoint`, followed by its id.
    fn begin(
        &self,
        docent: Docent,
        limits: &Limits,
        client: Option<Client>,
        endpoint: &str,
        (owner, tenure): (Option<Arc<Pass>>, Tenure),
    ) -> Result<Events, TooMany> {
        let share = match client {
            Some(client) => {
                let most = limits.share(client.address(), limits.sse_sessions);
                let share = self.shares.take(client, most, "SSE sessions");
                Some(share.ok_or(TooMany::OfClient)?)
            }
            None => None,
        };
        let id = session_id();
        let (inbox, from_client) = mpsc::channel(QUEUE);
        let (to_client, outbox) = mpsc::channel(QUEUE);
        let calls = Arc::<Calls>::default();
        let session = Session {
            owner,
            inbox,
            calls: Arc::clone(&calls),
        };
        {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            if open.len() >= limits.sse_sessions {
                return Err(TooMany::OfAll);
            }
            open.insert(Arc::clone(&id), session);
        }

        let ended = self.cut.child_token();
        let channel = Channel {
            from_client,
            to_client,
        };
        let serving = serve_server_with_ct(docent, channel, ended.clone());
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
        Ok(Events {
            endpoint: Some(format!("{endpoint}?sessionId={id}")),
            outbox,
            calls,
            draining: Box::pin(self.draining.clone().cancelled_owned()),
            drained: false,
            is_over: false,
            over: tenure.ended(),
            _tenure: tenure,
            _end: ended.drop_guard(),
            _entry: Entry {
                id,
                open: Arc::clone(&self.open),
            },
            _share: share,
        })
    }
}

/// Why there is no new session.
enum TooMany {
    OfAll,
    OfClient,
}

/// What both routes share.
pub(super) struct Endpoint {
    documents: Arc<Library>,
    limits: Limits,
    sessions: Arc<Sessions>,
    tenures: Arc<Tenures>,
    throttle: Arc<Throttle>,
}

impl Endpoint {
    pub(super) fn new(
        documents: Arc<Library>,
        limits: &Limits,
        sessions: Arc<Sessions>,
        tenures: Arc<Tenures>,
        throttle: Arc<Throttle>,
    ) -> Self {
        Self {
            documents,
            limits: limits.clone(),
            sessions,
            tenures,
            throttle,
        }
    }
}

/// `GET /sse`.
///
/// The address that it names has the path below which docent is known to be. Where a proxy may have put it below one without a
/// word, it is relative to its own, which not all clients understand.
pub(super) async fn open(
    State(endpoint): State<Arc<Endpoint>>,
    address: Address,
    request: Request,
) -> Response {
    let sessions = &endpoint.sessions;
    let budget = match streamable::budget_of(request.uri()) {
        Ok(budget) => budget,
        Err(refusal) => return refusal.into_response(),
    };
    let later = |status: StatusCode, why: &'static str| {
        let retry = [(header::RETRY_AFTER, "10")];
        (status, retry, why).into_response()
    };
    if sessions.draining.is_cancelled() {
        let why = "The service is stopping; try again in a moment.\n";
        return later(StatusCode::SERVICE_UNAVAILABLE, why);
    }
    let message = match address.known_path() {
        Some(path) => format!("{path}/message"),
        None if request.uri().path().ends_with('/') => "../message".to_owned(),
        None => "message".to_owned(),
    };
    let client = request.extensions().get::<Client>().copied();
    let docent = Docent::new(
        Arc::clone(&endpoint.documents),
        Transport::Session,
        sessions.draining.clone(),
    )
    .within(budget);
    let pass = request.extensions().get::<Arc<Pass>>().cloned();
    let tenure = endpoint.tenures.begin(pass.as_ref());
    let owner = (pass, tenure);
    let events = match sessions.begin(docent, &endpoint.limits, client, &message, owner) {
        Ok(events) => events,
        Err(TooMany::OfAll) => {
            let why = "Too many SSE sessions are open; try again later, or use /mcp.\n";
            return later(StatusCode::SERVICE_UNAVAILABLE, why);
        }
        Err(TooMany::OfClient) => {
            let why = "Too many SSE sessions of your address are open; close some, or use /mcp.\n";
            return later(StatusCode::TOO_MANY_REQUESTS, why);
        }
    };
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
    let mut response = Sse::new(events).keep_alive(keep_alive).into_response();
    response.headers_mut().insert(
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
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
    let pass = head.extensions.get::<Arc<Pass>>();
    let Some(session) = endpoint.sessions.find(id, pass) else {
        let why = "There is no such session: open one with GET /sse.\n";
        return (StatusCode::NOT_FOUND, why).into_response();
    };
    let client = head.extensions.get::<Client>().copied();
    let body = match body::read(&head.headers, body, &endpoint.limits).await {
        Ok(body) => body,
        Err(refusal) => return refusal.into_response(),
    };
    let mut message = match long::read(&endpoint.documents, &body, read).await {
        Ok(Ok(message)) => message,
        Ok(Err(refusal)) => return *refusal,
        Err(failed) => return failed,
    };
    let mut call = None;
    if let ClientJsonRpcMessage::Request(request) = &mut message {
        request.request.extensions_mut().insert(head);
        // The request that brings it is over when it is taken on.
        let held = client.map(|client| endpoint.throttle.hold(client, &endpoint.limits));
        let share = match held.transpose() {
            Ok(share) => share,
            Err(refused) => return refused.into_response(),
        };
        let id = request.id.clone();
        call = match session.calls.begin(id, MAX_RUNNING, share) {
            Ok(call) => Some(call),
            Err(Refused::TooMany) => {
                let why = "Too many requests of this session wait for their answers to be read.\n";
                return (StatusCode::TOO_MANY_REQUESTS, why).into_response();
            }
            Err(Refused::SameId) => {
                return jsonrpc::invalid(&body, "a request with this `id` has no answer yet");
            }
        };
    }
    let cancelled = cancelled_by(&message);
    let sending = session.inbox.send(message);
    match tokio::time::timeout(endpoint.limits.request_timeout, sending).await {
        Ok(Ok(())) => {
            if let Some(call) = call {
                call.taken_on();
            }
            // rmcp drops the answer to a request that has been cancelled.
            if let Some(id) = cancelled {
                session.calls.end(&id);
            }
            (StatusCode::ACCEPTED, "Accepted").into_response()
        }
        Ok(Err(_)) => (StatusCode::NOT_FOUND, "The session has ended.\n").into_response(),
        Err(_) => {
            let why = "The session does not take messages at the moment.\n";
            (StatusCode::SERVICE_UNAVAILABLE, why).into_response()
        }
    }
}

fn read(body: &[u8]) -> Result<ClientJsonRpcMessage, Box<Response>> {
    let changed = with_cursor_as_text(body);
    let body = changed.as_deref().unwrap_or(body);
    serde_json::from_slice(body).map_err(|_| Box::new(jsonrpc::refusal(body)))
}

/// The request whose answer is no longer wanted.
fn cancelled_by(message: &ClientJsonRpcMessage) -> Option<RequestId> {
    match message {
        ClientJsonRpcMessage::Notification(notification) => match &notification.notification {
            ClientNotification::CancelledNotification(cancelled) => {
                cancelled.params.request_id.clone()
            }
            _ => None,
        },
        _ => None,
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
    calls: Arc<Calls>,
    draining: Pin<Box<WaitForCancellationFutureOwned>>,
    drained: bool,
    is_over: bool,
    /// Ready when whoever reads it may not do so any more.
    over: Ended,
    _tenure: Tenure,
    _end: DropGuard,
    _entry: Entry,
    _share: Option<Share>,
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
        if !self.is_over {
            self.is_over = self.over.as_mut().poll(context).is_ready();
        }
        if self.is_over {
            return Poll::Ready(None);
        }
        if let Some(endpoint) = self.endpoint.take() {
            let event = Event::default().event("endpoint").data(endpoint);
            return Poll::Ready(Some(Ok(event)));
        }
        match self.outbox.poll_recv(context) {
            Poll::Ready(Some(message)) => {
                match &message {
                    ServerJsonRpcMessage::Response(answer) => self.calls.end(&answer.id),
                    // An error without a request has no id.
                    ServerJsonRpcMessage::Error(answer) => {
                        if let Some(id) = &answer.id {
                            self.calls.end(id);
                        }
                    }
                    _ => {}
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
        if self.drained && self.calls.poll_none(context).is_ready() {
            return Poll::Ready(None);
        }
        Poll::Pending
    }
}
