//! The segments of the index, put together beside searches and updates.
//!
//! An update costs what has changed, since it adds a small segment; putting all together costs what all of the documents cost. So it
//! is done when what has changed is much, and else when it has not been done for a while: a small part of the time goes
//! to it, whatever the size of the documents.

use super::catalogue::Catalogue;
use crate::{error::chain, search::Snapshot};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

/// Changes come in bursts: it waits until no more have come for so long.
const QUIET: Duration = Duration::from_secs(2);
/// But no longer than that, where there is no end of them.
const PATIENCE: Duration = Duration::from_secs(30);
/// So many times as long as it took it is left alone, unless much has changed.
const REST: u32 = 20;
/// It works for so long at a time, and rests for as long: who asks for something goes first.
const SLICE: Duration = Duration::from_millis(5);
const MOST_REST: Duration = Duration::from_millis(50);

/// A thread that puts segments together; it ends when this is dropped, and what it has begun is finished first.
pub(super) struct Merging(Sender<()>);

impl Merging {
    /// `serve` is given each index that was put together.
    pub(super) fn start(
        catalogue: Arc<Catalogue>,
        serve: impl Fn(Arc<Snapshot>) + Send + 'static,
    ) -> Self {
        let (sender, changed) = channel();
        let work = move || follow(&changed, &catalogue, &serve);
        let thread = thread::Builder::new().name("docent-merge".into());
        if let Err(error) = thread.spawn(work) {
            tracing::warn!(%error, "the index is not put together, for want of a thread; searches become slower");
        }
        Self(sender)
    }

    /// Says that the index may have changed.
    pub(super) fn changed(&self) {
        // Where there is no thread, it was told.
        let _ = self.0.send(());
    }
}

fn follow(changed: &Receiver<()>, catalogue: &Catalogue, serve: &dyn Fn(Arc<Snapshot>)) {
    let mut not_before = Instant::now();
    let mut said = String::new();
    let mut is_waiting = false;
    loop {
        if !is_waiting && changed.recv().is_err() {
            return;
        }
        let patience = Instant::now() + PATIENCE;
        loop {
            match changed.recv_timeout(QUIET) {
                Ok(()) if Instant::now() >= patience => break,
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        let everything = Instant::now() >= not_before;
        let began = Instant::now();
        let pace = Pace::default();
        match catalogue.merge(everything, &|| pace.rest()) {
            Ok(Some(snapshot)) => {
                not_before = Instant::now() + REST * began.elapsed();
                serve(snapshot);
                said.clear();
                is_waiting = false;
            }
            // Nothing is left to do, or not yet.
            Ok(None) => {
                if everything {
                    // It may have been for nothing: then not at once again.
                    not_before = Instant::now() + REST * began.elapsed();
                }
                is_waiting = !everything;
            }
            Err(error) => {
                not_before = Instant::now() + REST * began.elapsed().max(QUIET);
                let error = chain(error.as_ref());
                if error != said {
                    tracing::warn!(
                        error,
                        "the index cannot be put together; what is served stays as it was"
                    );
                }
                said = error;
                is_waiting = false;
            }
        }
        if is_waiting {
            let rest = not_before.saturating_duration_since(Instant::now());
            match changed.recv_timeout(rest) {
                Ok(()) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }
}

/// Half of the time it rests.
struct Pace(Mutex<Instant>);

impl Default for Pace {
    fn default() -> Self {
        Self(Mutex::new(Instant::now()))
    }
}

impl Pace {
    fn rest(&self) {
        let mut since = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let worked = since.elapsed();
        if worked >= SLICE {
            thread::sleep(worked.min(MOST_REST));
            *since = Instant::now();
        }
    }
}
