//! From listeners to answers, until it is time to stop.

use std::{convert::Infallible, future::ready, io, sync::Arc, time::Duration};

use axum::{
    http::{HeaderValue, Request, Version, header::CONNECTION},
    response::Response,
};
use axum_server::{Handle, Server};
use hyper::body::Incoming;
use hyper_util::rt::TokioTimer;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tower::{ServiceExt as _, service_fn};

use super::{
    acceptor::Acceptor,
    listener::{Endpoint, Listeners},
    protocol::{Binding, Protocol},
    site::Site,
};

/// Largest head of a request, in bytes.
const MAX_HEAD: u32 = 64 * 1024;
/// Requests that one HTTP/2 connection may run at the same time.
const MAX_STREAMS: u32 = 100;
/// How often a quiet HTTP/2 connection is asked whether its client is still there.
const PING: Duration = Duration::from_secs(20);
/// At a stop: how long clients that call again and again are told to come back. Whoever connects is still
/// answered meanwhile, so it costs nobody any time.
const FAREWELL: Duration = Duration::from_secs(1);
/// How long those who connected in that time may then take to ask. The next ones wait for it.
const LAST_CALL: Duration = Duration::from_secs(1);

/// Serves at all bindings, HTTP/1.1 and HTTP/2, until `shutdown` is cancelled.
///
/// Their connections count together. At the stop, clients are told with their next answer to come back
/// on a new connection, then nothing more is accepted, running calls finish, SSE streams end after
/// their running calls, and what is not done after the limits' `drain_timeout` is cut off. So no call is
/// lost where somebody else takes over the listeners. A site is served once.
///
/// # Errors
/// Where a listener cannot be used.
pub async fn serve(
    site: Arc<Site>,
    bindings: Vec<Binding>,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let stop = site.stop.clone();
    // Whatever way this ends, no session outlives it.
    let _cut = stop.cut.clone().drop_guard();

    let header_timeout = site.current().limits.header_timeout;
    let handle = Handle::<Endpoint>::new();
    let bindings = Listeners::new(bindings, Arc::clone(&site))?;
    let mut server = Server::<Endpoint>::from_listener(bindings)
        .handle(handle.clone())
        .acceptor(Acceptor(Arc::clone(&site)));
    let http = server.http_builder();
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout)
        .max_buf_size(MAX_HEAD as usize);
    http.http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(header_timeout)
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEAD);

    let served = Arc::clone(&site);
    let connect = service_fn(move |Endpoint { protocol, newcomer }| {
        let site = Arc::clone(&served);
        let answer = service_fn(move |request: Request<Incoming>| {
            if let Some(newcomer) = &newcomer {
                newcomer.introduce();
            }
            answer(Arc::clone(&site), protocol.clone(), request)
        });
        ready(Ok::<_, Infallible>(answer))
    });
    let drain = async {
        shutdown.cancelled().await;
        // The handle signals only a loop that already runs.
        handle.listening().await;
        stop.leaving.cancel();
        stop.newcomers.forget();
        if handle.connection_count() > 0 {
            tokio::time::sleep(FAREWELL).await;
        }
        stop.closed.cancel();
        let _ = timeout(LAST_CALL, stop.newcomers.none()).await;
        let patience = site.current().limits.drain_timeout;
        stop.draining.cancel();
        handle.graceful_shutdown(Some(patience));
        // A little earlier than the connections, for those who are cut off to be told so.
        tokio::time::sleep(patience.mul_f32(0.95)).await;
        stop.cut.cancel();
        std::future::pending::<()>().await;
    };
    tokio::select! {
        served = server.serve(connect) => served,
        () = drain => Ok(()),
    }
}

/// Answers one request.
async fn answer(
    site: Arc<Site>,
    protocol: Protocol,
    request: Request<Incoming>,
) -> Result<Response, Infallible> {
    let version = request.version();
    // Looked up for each request: what is served may change under an open connection.
    let mut response = site.router(&protocol).oneshot(request).await?;
    // HTTP/2 has a message of its own for it, which hyper sends.
    if site.stop.leaving.is_cancelled() && version < Version::HTTP_2 {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
    Ok(response)
}
