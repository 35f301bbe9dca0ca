//! Which watch is of which folder: in little memory, as there may be a million.

use inotify::WatchDescriptor;

use crate::corpus::Place;

/// Watches with their folders, in the order of the kernel's numbers for them.
#[derive(Default)]
pub(super) struct Table(Vec<(WatchDescriptor, Watched)>);

/// A folder that is watched.
#[derive(Debug, Clone, Copy)]
pub(super) struct Watched {
    pub(super) place: Place,
    /// In which it was named last.
    pub(super) round: u32,
}

impl Table {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn find(&self, watch: &WatchDescriptor) -> Option<Watched> {
        let position = self.position(watch).ok()?;
        self.0.get(position).map(|(_, watched)| *watched)
    }

    /// Returns what there was before.
    pub(super) fn insert(&mut self, watch: WatchDescriptor, watched: Watched) -> Option<Watched> {
        match self.position(&watch) {
            Ok(position) => {
                let (_, before) = self.0.get_mut(position)?;
                Some(std::mem::replace(before, watched))
            }
            // The last, as the kernel counts on.
            Err(position) => {
                self.0.insert(position, (watch, watched));
                None
            }
        }
    }

    pub(super) fn remove(&mut self, watch: &WatchDescriptor) {
        if let Ok(position) = self.position(watch) {
            self.0.remove(position);
        }
    }

    pub(super) fn retain(&mut self, mut stays: impl FnMut(&WatchDescriptor, Watched) -> bool) {
        self.0.retain(|(watch, watched)| stays(watch, *watched));
        self.0.shrink_to_fit();
    }

    fn position(&self, watch: &WatchDescriptor) -> Result<usize, usize> {
        let number = watch.get_watch_descriptor_id();
        self.0
            .binary_search_by_key(&number, |(watch, _)| watch.get_watch_descriptor_id())
    }
}
