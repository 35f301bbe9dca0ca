//! Waits until documents change.

use std::{
    sync::mpsc::{Receiver, channel},
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
    events: Receiver<()>,
    /// `None` where the system cannot watch: then the folders are looked at every [`POLL`].
    watcher: Option<RecommendedWatcher>,
}

impl Changes {
    pub(super) fn of(sets: &[DocSet]) -> Self {
        let (sender, events) = channel();
        let on_event = move |event: notify::Result<Event>| {
            if event.map_or(true, |event| is_change(&event)) {
                // The receiver lives as long as the watcher does.
                let _ = sender.send(());
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
        Self { events, watcher }
    }

    /// Returns when a burst of changes is over, or when it is time to look anyway.
    pub(super) fn wait(&self) {
        if self.watcher.is_none() {
            std::thread::sleep(POLL);
            return;
        }
        if self.events.recv_timeout(LOOK_ANYWAY).is_ok() {
            let started = Instant::now();
            while started.elapsed() < PATIENCE && self.events.recv_timeout(QUIET).is_ok() {}
        }
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
