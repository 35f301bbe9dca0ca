//! The same answers over standard input and output, for an assistant that starts docent itself: no port, nothing but
//! messages on the output, and the end with the end of the input.

use std::{
    io::{Read, Write},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::{
    LINGER, Observer,
    catalogue::UNUSED,
    documents::{Cache, Documents},
    served::Served,
};
use crate::{
    config::Settings,
    corpus::PrivatePaths,
    mcp::{About, Bounds, Docent, Endpoint, Transport, serve_lines},
    platform::{self, Notifier},
};

/// How often to look whether another process has built a generation of the index.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// An assistant's own docent.
pub struct Companion {
    /// What to serve.
    pub settings: Settings,
    /// Where the index is kept, which may be that of a running service.
    pub cache_dir: PathBuf,
    /// What docent keeps for itself: no document is read there.
    pub private: PrivatePaths,
}

impl Companion {
    /// Answers until there is no more input.
    ///
    /// # Errors
    /// Where there is no index yet and no document to make one from, or no place for it.
    pub fn run(
        self,
        observer: &Arc<dyn Observer>,
        input: impl Read + Send + 'static,
        output: impl Write + Send + 'static,
    ) -> anyhow::Result<()> {
        platform::raise_open_files();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .context("starting the threads that answer requests")?;
        let served = runtime.block_on(self.live(observer, input, output));
        runtime.shutdown_timeout(LINGER);
        served
    }

    async fn live(
        self,
        observer: &Arc<dyn Observer>,
        input: impl Read + Send + 'static,
        output: impl Write + Send + 'static,
    ) -> anyhow::Result<()> {
        let Self {
            settings,
            cache_dir,
            private,
        } = self;
        let stop = CancellationToken::new();
        platform::cancel_on_signal(stop.clone()).context("listening for signals")?;
        let cache = Cache {
            dir: cache_dir,
            idle: UNUSED,
        };
        let observer = Arc::clone(observer);
        let documents = Documents::new(cache, private, observer, Notifier::silent());
        tokio::select! {
            opened = documents.open(&settings, false, true) => opened?,
            () = stop.cancelled() => return Ok(()),
        }
        let served = documents.served();
        let Served::Library { library, .. } = served else {
            anyhow::bail!("there is nothing to serve");
        };
        library.log_queries(settings.log.queries);
        library.introduce(About {
            title: settings.site.title.clone(),
            description: settings.site.description.clone(),
        });
        let docent =
            Docent::new(library, Transport::Session, stop.child_token()).at(Endpoint::Stdio);
        let bounds = Bounds {
            message: settings.limits.request_body,
            patience: settings.limits.request_timeout,
        };
        tokio::select! {
            ended = serve_lines(docent, input, output, bounds, stop.clone()) => {
                ended.context("starting the threads that read and write")
            }
            never = take_up(documents) => never,
        }
    }
}

/// Serves what another process, such as a running service, has made of the documents.
async fn take_up(documents: Documents) -> anyhow::Result<()> {
    let mut looks = interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        let documents = documents.clone();
        tokio::task::spawn_blocking(move || documents.take_up())
            .await
            .context("looking for another generation of the index")?;
    }
}
