//! What a folder holds, in little memory: there may be a million files in one.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};

/// The names in a folder, in their order.
#[derive(Debug, Default)]
pub(in crate::corpus) struct Entries {
    names: Vec<u8>,
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    start: usize,
    len: u16,
    /// `None`: the file system has not said.
    kind: Option<Kind>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::corpus) enum Kind {
    File,
    Folder,
    Link,
    /// A pipe, a device, a socket.
    Other,
}

impl Entries {
    /// One more; the last by name, unless they are sorted then.
    pub(in crate::corpus) fn push(&mut self, name: &OsStr, kind: Option<Kind>) {
        let name = name.as_bytes();
        // The kernel has no longer ones.
        let Ok(len) = u16::try_from(name.len()) else {
            return;
        };
        let start = self.names.len();
        self.names.extend_from_slice(name);
        self.entries.push(Entry { start, len, kind });
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn sort(&mut self) {
        let names = &self.names;
        self.entries
            .sort_unstable_by(|a, b| a.name(names).cmp(b.name(names)));
    }

    /// Asks for what has not been said.
    pub(super) fn find_out(&mut self, kind: impl Fn(&OsStr) -> Kind) {
        for entry in &mut self.entries {
            if entry.kind.is_none() {
                entry.kind = Some(kind(OsStr::from_bytes(entry.name(&self.names))));
            }
        }
    }

    pub(in crate::corpus) fn iter(&self) -> impl Iterator<Item = (&OsStr, Kind)> {
        let entries = self.entries.iter();
        entries.map(|entry| {
            let kind = entry.kind.unwrap_or(Kind::Other);
            (OsStr::from_bytes(entry.name(&self.names)), kind)
        })
    }

    /// What stands there by this name; `None`: nothing.
    pub(in crate::corpus) fn find(&self, name: &OsStr) -> Option<Kind> {
        let found = self
            .entries
            .binary_search_by(|entry| entry.name(&self.names).cmp(name.as_bytes()));
        self.entries.get(found.ok()?)?.kind
    }

    /// The folders alone.
    pub(in crate::corpus) fn folders(&self) -> Self {
        let mut folders = Self::default();
        for (name, kind) in self.iter().filter(|(_, kind)| *kind == Kind::Folder) {
            folders.push(name, Some(kind));
        }
        folders
    }
}

impl Entry {
    fn name(self, names: &[u8]) -> &[u8] {
        &names[self.start..self.start + usize::from(self.len)]
    }
}
