//! Waits until documents change.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    time::{Duration, Instant},
};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher, event::AccessKind};

use crate::config::DocSet;

/// Changes come in bursts (a save, a checkout, a site build): a burst is over after this quiet.
const QUIET: Duration = Duration::from_millis(250);
/// A burst that does not end is not waited for longer than this.
const PATIENCE: Duration = Duration::from_millis(1_000);
/// How often to look where the system does not tell of changes.
const POLL: Duration = Duration::from_secs(10);
/// How often to look all the same: network file systems tell nothing of others' changes.
const LOOK_ANYWAY: Duration = Duration::from_secs(300);

/// Tells of changes in the folders of document sets.
pub(super) struct Changes {
    events: Receiver<What>,
    /// `None` where the system cannot watch: then the folders are looked at every [`POLL`].
    watcher: Option<RecommendedWatcher>,
}

/// Asks for a look without a change, and ends the waiting when it is dropped.
pub(super) struct Nudge(Sender<What>);

/// What is to become [`Changes`]. To watch many folders takes a while.
pub(super) struct Unwatched {
    events: Receiver<What>,
    sender: Sender<What>,
}

#[derive(PartialEq, Eq)]
enum What {
    Changed,
    End,
}

/// Changes, and what asks for a look besides.
pub(super) fn changes() -> (Unwatched, Nudge) {
    let (sender, events) = channel();
    let nudge = Nudge(sender.clone());
    (Unwatched { events, sender }, nudge)
}

impl Unwatched {
    /// Waits; `false`: nobody wants to know any more.
    pub(super) fn rest(&self, time: Duration) -> bool {
        let until = Instant::now() + time;
        loop {
            match self
                .events
                .recv_timeout(until.saturating_duration_since(Instant::now()))
            {
                // Whoever asks for a look gets one in a moment.
                Ok(What::Changed) => {}
                Ok(What::End) | Err(RecvTimeoutError::Disconnected) => return false,
                Err(RecvTimeoutError::Timeout) => return true,
            }
        }
    }

    /// Watches from now on.
    pub(super) fn watch(self, sets: &[DocSet]) -> Changes {
        let Self { events, sender } = self;
        let on_event = move |event: notify::Result<Event>| {
            if event.map_or(true, |event| is_change(&event)) {
                // The receiver lives as long as the watcher does.
                let _ = sender.send(What::Changed);
            }
        };
        let watcher = watch(sets, on_event)
            .inspect_err(|error| {
                tracing::warn!(
                    %error,
                    "the system cannot watch the documents for changes, so docent looks every {} s; \
                     for many folders, raise fs.inotify.max_user_watches",
                    POLL.as_secs()
                );
            })
            .ok();
        Changes { events, watcher }
    }
}

impl Changes {
    /// Returns `true` when a burst of changes is over, or when it is time to look anyway, and `false`
    /// when nobody wants to know any more.
    pub(super) fn wait(&self) -> bool {
        let look_after = match self.watcher {
            Some(_) => LOOK_ANYWAY,
            None => POLL,
        };
        match self.events.recv_timeout(look_after) {
            Err(RecvTimeoutError::Timeout) => return true,
            Ok(What::End) | Err(RecvTimeoutError::Disconnected) => return false,
            Ok(What::Changed) => {}
        }
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            match self.events.recv_timeout(QUIET) {
                Ok(What::Changed) => {}
                Ok(What::End) => return false,
                Err(_) => break,
            }
        }
        true
    }
}

impl Nudge {
    pub(super) fn look(&self) {
        // Nobody waits where the thread has ended, and then there is nothing to look at.
        let _ = self.0.send(What::Changed);
    }
}

impl Drop for Nudge {
    fn drop(&mut self) {
        let _ = self.0.send(What::End);
    }
}

fn watch(
    sets: &[DocSet],
    on_event: impl Fn(notify::Result<Event>) + Send + 'static,
) -> notify::Result<RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(on_event)?;
    for set in sets {
        if set.root.is_file() {
            // Editors replace a file by a new one, so its folder is watched.
            let folder = set.root.parent().unwrap_or(&set.root);
            watcher.watch(folder, RecursiveMode::NonRecursive)?;
        } else {
            watcher.watch(&set.root, RecursiveMode::Recursive)?;
        }
    }
    Ok(watcher)
}

/// Reading a file is an event too, and docent reads them itself.
fn is_change(event: &Event) -> bool {
    match event.kind {
        EventKind::Access(AccessKind::Close(notify::event::AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        _ => true,
    }
}
