//! The life of one connection: a handshake where there is TLS, a first sign of life in time, requests, and an end
//! when nothing is asked any more.

use std::{
    convert::Infallible,
    future::ready,
    io,
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Request, Response, Version, header},
};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    io::AsyncWriteExt as _,
    time::{sleep_until, timeout},
};
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;
use tower::{ServiceExt as _, service_fn};

use super::{
    address::Proxied,
    attempts::Source,
    exchange::{Answer, Running, Sent},
    forwarded,
    listener::{Accepted, Caller, Stream},
    mount::Mounted,
    newcomers::Newcomer,
    peeked::Peeked,
    protocol::Protocol,
    share::Client,
    single,
    site::{Current, Site},
    throttle::Refused,
    usage::{State, Timeouts, Usage},
};
use crate::{auth::Peer, config::Limits, mcp::Pseudonym};

/// Largest head of a request, in bytes.
const MAX_HEAD: u32 = 64 * 1024;
/// Requests that one HTTP/2 connection may run at the same time.
const MAX_STREAMS: u32 = 100;
/// How often a quiet HTTP/2 connection is asked whether its client is still there.
const PING: Duration = Duration::from_secs(20);
/// How long a client may take to let a connection end that is told to.
const GOODBYE: Duration = Duration::from_secs(5);

/// HTTP/1.1 and HTTP/2, as every connection speaks them.
fn configure(http: &mut Builder<TokioExecutor>, ping_timeout: Duration) {
    http.http1()
        .timer(TokioTimer::new())
        // It would end a connection that is only quiet, too.
        .header_read_timeout(None)
        // One client of MCP finds `WWW-Authenticate` in this form alone. HTTP/2 has small letters.
        .title_case_headers(true)
        .max_buf_size(MAX_HEAD as usize);
    http.http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(ping_timeout)
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEAD);
}

/// Answers on a connection until it ends. Its place is given up then.
pub(super) async fn serve(accepted: Accepted, newcomer: Newcomer, site: Arc<Site>) {
    let Accepted {
        stream,
        protocol,
        caller,
        peer,
        is_probe,
        place: _place,
        share: _share,
    } = accepted;
    let timeouts = Timeouts::of(&site.current().limits);
    let usage = Arc::new(Usage::new(timeouts));
    let stream = match begin(stream, &protocol, &site, &usage, timeouts.head).await {
        Ok(stream) => stream,
        Err(error) => {
            tracing::debug!(%error, "a connection ended before its first request");
            return;
        }
    };
    let conversation = Arc::new(Conversation {
        site: Arc::clone(&site),
        protocol,
        caller,
        peer,
        is_probe,
        newcomer,
        usage: Arc::clone(&usage),
    });
    let answer = service_fn(move |request| {
        // Runs from here on, not only when hyper first looks whether it is answered.
        let running = Running::new(Arc::clone(&conversation.usage));
        answer(Arc::clone(&conversation), running, request)
    });
    let answers = service_fn(move |_| ready(Ok::<_, Infallible>(answer.clone())));
    let (mut server, handle) = single::server(stream);
    configure(server.http_builder(), timeouts.head);
    let mut serving = pin!(server.serve(answers));
    let draining = site.stop.draining.child_token();
    let told = tokio::select! {
        biased;
        _ = &mut serving => return,
        () = draining.cancelled() => None,
        state = quiet(&usage, timeouts) => Some(state),
    };
    match told {
        Some(State::Over) => return,
        // Nothing more can be said to a client in the middle of a request, or of its answer.
        Some(State::InHead | State::Stalled) => return handle.shutdown(),
        Some(State::Idle) | None => handle.graceful_shutdown(None),
    }
    let patience = async {
        match told {
            None => site.stop.ended.cancelled().await,
            // A request may have come at the last moment.
            Some(_) => goodbye(&usage, timeouts).await,
        }
    };
    tokio::select! {
        biased;
        _ = &mut serving => {}
        () = patience => handle.shutdown(),
        () = site.stop.ended.cancelled() => handle.shutdown(),
    }
}

/// Brings a connection to the point where HTTP begins. Each step may take as long as the head of a request.
async fn begin(
    stream: Stream,
    protocol: &Protocol,
    site: &Site,
    usage: &Arc<Usage>,
    patience: Duration,
) -> io::Result<Peeked<Either<Stream, Box<TlsStream<Stream>>>>> {
    let stream = match protocol {
        Protocol::Plain | Protocol::Redirect => Either::Left(stream),
        Protocol::Https(terminator) => {
            let handshake = async {
                let accepted = timeout(patience, terminator.accept(stream)).await??;
                // Nothing is left to say.
                accepted.ok_or_else(|| io::ErrorKind::ConnectionAborted.into())
            };
            Either::Right(Box::new(unless_stopping(site, handshake).await?))
        }
    };
    let mut stream = Peeked::new(stream, Arc::clone(usage));
    let peeked = unless_stopping(site, async { timeout(patience, stream.peek()).await? }).await;
    match peeked {
        Ok(()) => Ok(stream),
        Err(error) => {
            let _ = timeout(GOODBYE, stream.shutdown()).await;
            Err(error)
        }
    }
}

/// Who has said nothing when the service stops has nothing to lose.
async fn unless_stopping<T>(
    site: &Site,
    step: impl Future<Output = io::Result<T>>,
) -> io::Result<T> {
    tokio::select! {
        done = step => done,
        () = site.stop.draining.cancelled() => Err(io::ErrorKind::ConnectionAborted.into()),
    }
}

/// What all requests of a connection share.
struct Conversation {
    site: Arc<Site>,
    protocol: Protocol,
    caller: Caller,
    peer: Peer,
    is_probe: bool,
    newcomer: Newcomer,
    usage: Arc<Usage>,
}

/// Answers one request.
async fn answer(
    conversation: Arc<Conversation>,
    mut running: Running,
    request: Request<Incoming>,
) -> Result<Response<Answer<Body>>, Infallible> {
    let Conversation { site, usage, .. } = &*conversation;
    conversation.newcomer.introduce();
    if !conversation.is_probe {
        site.note_request();
    }
    let version = request.version();
    let mut request = request.map(|body| Sent::new(body, Arc::clone(usage)));
    // Looked up for each request: what is served may change under an open connection.
    let current = site.at_present();
    if let Some(mount) = &current.mount
        && let Some(inner) = mount.inner(request.uri())
    {
        *request.uri_mut() = inner;
        request.extensions_mut().insert(Mounted);
    }
    if let Some(introducers) = &current.introducers {
        // The public listener has no proxy in front, whoever connects to it.
        let is_plain = matches!(conversation.protocol, Protocol::Plain);
        let is_believed = is_plain && introducers.include(conversation.peer);
        if let Some(introduction) = introducers.take(request.headers_mut(), is_believed) {
            request.extensions_mut().insert(introduction);
        }
    }
    if matches!(conversation.caller, Caller::Proxied) {
        request.extensions_mut().insert(Proxied);
    }
    let (address, client) = conversation.asking(request.headers(), &current);
    if let Some(address) = address {
        let pseudonym = Pseudonym::of(address.address());
        request.extensions_mut().insert(pseudonym);
        request.extensions_mut().insert(Source(address));
    }
    if let Some(client) = client {
        request.extensions_mut().insert(client);
        // It is answered like any other, with what every answer has.
        if let Err(refused) = conversation.admit(client, &current.limits, &mut running) {
            request.extensions_mut().insert(refused);
        }
    }
    let router = current.router(&conversation.protocol);
    drop(current);
    let mut response = router.oneshot(request).await?;
    // HTTP/2 has a message of its own for it, which hyper sends.
    if site.stop.is_leaving() && version < Version::HTTP_2 {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    let (head, body) = response.into_parts();
    let body = running.answered(&head.headers, body);
    Ok(Response::from_parts(head, body))
}

impl Conversation {
    /// The address that a request comes from, or that a trusted proxy names, and whose share it counts to; `None` for this
    /// machine's.
    fn asking(&self, headers: &HeaderMap, current: &Current) -> (Option<Client>, Option<Client>) {
        let address = match self.caller {
            Caller::Uncounted(address) => return (address, None),
            Caller::Client(client) => Some(client),
            Caller::Proxied => forwarded::client(headers, &current.proxies).and_then(Client::of),
        };
        match self.protocol {
            // An authority that validates a name is always answered there.
            Protocol::Redirect => (address, None),
            Protocol::Plain | Protocol::Https(_) => (address, address),
        }
    }

    /// Takes a client's request on.
    fn admit(&self, client: Client, limits: &Limits, running: &mut Running) -> Result<(), Refused> {
        // Streams count as connections do, which a proxy's are for all of its clients together.
        if matches!(self.caller, Caller::Proxied) {
            let most = limits.share(client.address(), limits.connections);
            let share = self.site.shares.take(client, most, "requests");
            running.hold_as_connection(share.ok_or(Refused::TooMany)?);
        }
        running.hold(self.site.throttle.admit(client, limits)?);
        Ok(())
    }
}

/// Waits until a connection has been quiet for longer than it may be, or is over.
async fn quiet(usage: &Usage, timeouts: Timeouts) -> State {
    loop {
        let (due, state) = usage.due(&timeouts);
        if due <= Instant::now() {
            return state;
        }
        tokio::select! {
            () = usage.due_before(due, &timeouts) => {}
            () = sleep_until(due.into()) => {}
        }
    }
}

/// Waits until a connection that is told to end is without a request for a while.
async fn goodbye(usage: &Usage, timeouts: Timeouts) {
    tokio::time::sleep(GOODBYE).await;
    quiet(usage, timeouts.to_end(GOODBYE)).await;
}
