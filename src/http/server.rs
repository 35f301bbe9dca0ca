//! From listeners to answers, until it is time to stop.

use std::{io, sync::Arc, time::Duration};

use tokio::{sync::watch, time::timeout};
use tokio_util::sync::CancellationToken;

use super::{connection, listener::Listeners, protocol::Binding, site::Site};

/// At a stop: how long clients that call again and again are told to come back. Whoever connects is still
/// answered meanwhile, so it costs nobody any time.
const FAREWELL: Duration = Duration::from_secs(1);
/// How long those who connected in that time may then take to ask. The next ones wait for it.
const LAST_CALL: Duration = Duration::from_secs(1);

/// Serves at all bindings, HTTP/1.1 and HTTP/2, until `shutdown` is cancelled.
///
/// At the stop, clients are told with their next answer to come back on a new connection, then nothing more is
/// accepted, running calls finish, SSE streams end after their running calls, and what is not done after the
/// limits' `drain_timeout` is cut off. So no call is lost where somebody else takes over the listeners. A site is
/// served once.
///
/// # Errors
/// Where a listener cannot be used.
pub async fn serve(
    site: Arc<Site>,
    bindings: Vec<Binding>,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let stop = site.stop.clone();
    // Whatever way this ends, no session and no connection outlives it.
    let _cut = stop.cut.clone().drop_guard();
    let _ended = stop.ended.clone().drop_guard();

    // Each connection has a receiver: when there is none, there are no connections.
    let (open, is_open) = watch::channel(());
    let mut listeners = Listeners::new(bindings, Arc::clone(&site))?;
    let accepting = async {
        loop {
            let accepted = listeners.accept().await;
            let newcomer = stop.newcomers.welcome();
            let serving = connection::serve(accepted, newcomer, Arc::clone(&site));
            let is_open = is_open.clone();
            tokio::spawn(async move {
                let _is_open = is_open;
                serving.await;
            });
        }
    };
    let told = async {
        shutdown.cancelled().await;
        stop.leave();
        stop.newcomers.forget();
        // Besides the one in here.
        if open.receiver_count() > 1 {
            tokio::time::sleep(FAREWELL).await;
        }
    };
    tokio::select! {
        // Whoever comes is answered until then, and nobody is accepted afterwards.
        biased;
        () = told => {}
        () = accepting => {}
    }
    drop((listeners, is_open));

    let _ = timeout(LAST_CALL, stop.newcomers.none()).await;
    let patience = site.current().limits.drain_timeout;
    stop.draining.cancel();
    // A little earlier than the connections, for those who are cut off to be told so.
    let first = patience.mul_f32(0.95);
    if timeout(first, open.closed()).await.is_err() {
        stop.cut.cancel();
        let _ = timeout(patience.saturating_sub(first), open.closed()).await;
    }
    Ok(())
}
