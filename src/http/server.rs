//! From a listener to answers, until it is time to stop.

use std::{io, net::TcpListener, time::Duration};

use axum_server::{Handle, Server};
use hyper_util::rt::TokioTimer;
use tokio_util::sync::CancellationToken;

use super::{
    acceptor::Acceptor,
    listener::{Capped, Endpoint},
    router::{App, Stop, routes},
};
use crate::config::Limits;

/// Largest head of a request, in bytes.
const MAX_HEAD: u32 = 64 * 1024;
/// Requests that one HTTP/2 connection may run at the same time.
const MAX_STREAMS: u32 = 100;
/// How often a quiet HTTP/2 connection is asked whether its client is still there.
const PING: Duration = Duration::from_secs(20);

/// Serves on a bound listener, plain HTTP/1.1 and HTTP/2, until `shutdown` is cancelled.
///
/// Then nothing more is accepted, running calls finish, SSE streams end after their running
/// calls, and what is not done after the limits' `drain_timeout` is cut off.
///
/// # Errors
/// Where the listener cannot be used.
pub async fn serve(
    listener: TcpListener,
    app: App,
    limits: Limits,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let listener = Capped::new(listener, limits.connections)?;
    let stop = Stop {
        draining: CancellationToken::new(),
        cut: CancellationToken::new(),
    };
    // Whatever way this ends, no session outlives it.
    let _cut = stop.cut.clone().drop_guard();

    let handle = Handle::<Endpoint>::new();
    let mut server = Server::<Endpoint>::from_listener(listener)
        .handle(handle.clone())
        .acceptor(Acceptor {
            patience: limits.header_timeout,
            draining: stop.draining.clone(),
        });
    let http = server.http_builder();
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_buf_size(MAX_HEAD as usize);
    http.http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(limits.header_timeout)
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEAD);

    let routes = routes(app, &limits, &stop);
    let drain = async {
        shutdown.cancelled().await;
        // The handle signals only a loop that already runs.
        handle.listening().await;
        stop.draining.cancel();
        handle.graceful_shutdown(Some(limits.drain_timeout));
        // A little earlier than the connections, for those who are cut off to be told so.
        tokio::time::sleep(limits.drain_timeout.mul_f32(0.95)).await;
        stop.cut.cancel();
        std::future::pending::<()>().await;
    };
    tokio::select! {
        served = server.serve(routes.into_make_service()) => served,
        () = drain => Ok(()),
    }
}
