//! The life of the process: settings -> index and listener -> serve -> drain.
//!
//! Puts the parts together and is the only place that knows them all. Says nothing to the
//! person at the terminal itself: what happens goes to an [`Observer`] and to the log.
mod catalogue;
mod check;
mod watch;

use std::{
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    sync::Arc,
    thread,
};

use anyhow::Context as _;
use tokio_util::sync::CancellationToken;

use crate::{
    config::Settings,
    error::{Failure, Kind},
    http::{self, App, Entrance, Site},
    listener::Listener,
    mcp::Library,
    platform,
    search::{Progress, Report, Snapshot},
};

pub use catalogue::{Catalogue, open};
pub use check::check;

/// Who is told what happens, as it happens.
pub trait Observer: Send + Sync {
    /// A build goes on.
    fn progress(&self, progress: Progress);
    /// A build, or the look whether one is needed, has ended.
    fn indexed(&self, report: &Report);
    /// Requests are answered at this address from now on.
    fn listening(&self, address: SocketAddr);
}

/// A server, told what to serve.
pub struct Server {
    /// What to serve, where, to whom.
    pub settings: Settings,
    /// Where the index is kept.
    pub cache_dir: PathBuf,
    /// Read all documents anew, and take over a loss of pages.
    pub rebuild: bool,
}

impl Server {
    /// Serves until the process is told to stop, then lets running calls finish.
    ///
    /// # Errors
    /// Where the address is taken, the cache directory cannot be written, or there is no index
    /// yet and no document to make one from.
    pub fn run(self, observer: &Arc<dyn Observer>) -> anyhow::Result<()> {
        let plain = self.settings.server.plain;
        let listener = listen(plain.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))))?;
        let address = listener
            .local_addr()
            .context("asking for the listener's address")?;
        let catalogue = Arc::new(open(&self.settings, &self.cache_dir)?);
        let ready = if self.rebuild {
            None
        } else {
            catalogue.ready()
        };
        let stale = ready.is_some();
        let snapshot = match ready {
            Some(snapshot) => Arc::new(snapshot),
            None => first_build(&catalogue, self.rebuild, &**observer)?,
        };
        let library = Arc::new(Library::new(snapshot));
        let app = App {
            library: Arc::clone(&library),
            hosts: self.settings.server.hosts.clone(),
            domain: None,
        };
        let site = Arc::new(Site::new(&app, self.settings.limits));
        keep_fresh(&catalogue, &library, observer, stale)?;

        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .context("starting the threads that answer requests")?;
        runtime.block_on(async {
            let shutdown = CancellationToken::new();
            platform::cancel_on_signal(shutdown.clone()).context("listening for signals")?;
            observer.listening(address);
            tracing::info!(%address, "ready");
            http::serve(
                site,
                vec![Entrance::plain(Listener::tcp(listener)?)],
                shutdown,
            )
            .await
            .context("serving requests")
        })?;
        tracing::info!("stopped");
        Ok(())
    }
}

fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).map_err(|error| {
        let failure = match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                Failure::new(Kind::Unavailable, format!("cannot listen on {address}")).help(
                    "another program has this port: stop it, or choose another one with \
                     --listen, such as --listen 127.0.0.1:0 for any that is free",
                )
            }
            std::io::ErrorKind::PermissionDenied => {
                Failure::new(Kind::Permission, format!("cannot listen on {address}"))
                    .help("ports below 1024 belong to root: choose a higher one with --listen")
            }
            _ => Failure::new(Kind::Unavailable, format!("cannot listen on {address}"))
                .help("choose an address of this machine with --listen"),
        };
        failure.because(error).into()
    })
}

fn first_build(
    catalogue: &Catalogue,
    rebuild: bool,
    observer: &dyn Observer,
) -> anyhow::Result<Arc<Snapshot>> {
    let (snapshot, report) = catalogue.update(rebuild, &|progress| observer.progress(progress))?;
    observer.indexed(&report);
    Ok(snapshot)
}

/// Brings the index up to date whenever documents change; `stale`: also right away.
fn keep_fresh(
    catalogue: &Arc<Catalogue>,
    library: &Arc<Library>,
    observer: &Arc<dyn Observer>,
    stale: bool,
) -> anyhow::Result<()> {
    // Watching before looking: what changes in between is seen by either.
    let changes = watch::Changes::of(catalogue.sets());
    let (catalogue, library, observer) = (
        Arc::clone(catalogue),
        Arc::clone(library),
        Arc::clone(observer),
    );
    let follow = move || {
        if stale {
            refresh(&catalogue, &library, Some(&*observer));
        }
        loop {
            changes.wait();
            refresh(&catalogue, &library, None);
        }
    };
    thread::Builder::new()
        .name("docent-follow".into())
        .spawn(follow)
        .context("starting the thread that follows changes of documents")?;
    Ok(())
}

/// A failure leaves what is served as it is: old documents are better than none.
fn refresh(catalogue: &Catalogue, library: &Library, observer: Option<&dyn Observer>) {
    match catalogue.update(false, &|_| ()) {
        Ok((snapshot, report)) => {
            if snapshot.generation() != library.current().snapshot.generation() {
                library.replace(snapshot);
            }
            if let Some(observer) = observer {
                observer.indexed(&report);
            }
        }
        Err(error) => {
            let error = format!("{error:#}");
            tracing::warn!(
                error,
                "the documents cannot be read; the index stays as it was"
            );
        }
    }
}
