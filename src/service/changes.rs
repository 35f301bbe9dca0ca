//! Waits until documents change.
//!
//! The kernel tells of changes in the folders that documents are in ([`Watches`]), and of mounts. It tells nothing
//! of what matters as much: a link on the way to a folder that leads elsewhere, a folder that is renamed or made
//! anew. So each root is looked at twice a second, which is one question. And on some file systems
//! others change files without this kernel's knowledge: there the documents are looked at often.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Read as _, Write as _},
    os::{
        fd::AsFd as _,
        unix::{fs::MetadataExt as _, net::UnixStream},
    },
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant, SystemTime},
};

use crate::{
    config::DocSet,
    corpus::{Folders, Look},
    platform::{Interest, Mount, Mounts, wait},
};

use super::watches::Watches;

#[cfg(test)]
mod tests;

/// Changes come in bursts (a save, a checkout, a site build): a burst is over after this quiet.
const QUIET: Duration = Duration::from_millis(250);
/// A burst that does not end is not waited for longer than this.
const PATIENCE: Duration = Duration::from_millis(1_000);
/// How often to see whether a root is still the same folder.
const ROOTS: Duration = Duration::from_millis(500);
/// How often to look where nobody tells of changes.
const OFTEN: Duration = Duration::from_secs(5);
/// How often to look where the kernel tells of them.
const SELDOM: Duration = Duration::from_secs(300);
/// How soon to look again after a look that failed.
const RETRY: Duration = Duration::from_secs(3);
/// The same where the disk of the index is the reason, which each look only makes busier: twice as long
/// each time, up to this.
const LAST_RETRY: Duration = Duration::from_secs(60);
/// A look that takes long is not repeated sooner than after this many times as long.
const SHARE: u32 = 10;
/// Watches that are given up make room for others.
const MAX_ROUNDS: usize = 2;
/// A look at more folders than this, or than a share of all, is no quicker than a look at everything.
const MANY: usize = 1_000;
const MANY_OF: usize = 4;

/// File systems whose files only this kernel changes, so that it can tell of each change.
const TELLING: &[&str] = &[
    "bcachefs", "btrfs", "cramfs", "devtmpfs", "erofs", "exfat", "ext2", "ext3", "ext4", "f2fs",
    "hfs", "hfsplus", "iso9660", "jffs2", "jfs", "minix", "msdos", "nilfs2", "ntfs3", "ramfs",
    "reiserfs", "squashfs", "tmpfs", "ubifs", "udf", "vfat", "xfs", "zfs",
];

/// Tells of changes in the folders of document sets.
pub(super) struct Changes {
    sets: Vec<DocSet>,
    /// How often to look besides; `None`: as the file systems need.
    look_every: Option<Duration>,
    nudges: UnixStream,
    /// `None` where the system can watch nothing.
    watches: Option<Watches>,
    mounts: Option<Mounts>,
    /// Folders of which pages include files.
    included: BTreeSet<PathBuf>,
    /// Those of them that are watched for that alone.
    beside: BTreeSet<PathBuf>,
    /// Where something has changed since the last look.
    changed: Folders,
    /// It may be anywhere.
    is_everything: bool,
    /// The roots without links, as they were when everything was watched.
    real_roots: Vec<PathBuf>,
    /// As they were when the folders were last listed.
    roots: Vec<Root>,
    /// Not all folders are watched as they are now.
    is_stale: bool,
    /// Not every change is told.
    is_blind: bool,
    /// Of some file system, nothing is told.
    is_silent: bool,
    /// File systems of which the log has said so.
    said: BTreeSet<String>,
    /// A look has found what nobody told.
    has_missed: bool,
    cause: Cause,
    /// How the last look went.
    last: Looked,
    /// The look that goes on is one at everything.
    is_whole: bool,
    /// When everything was looked at last, and how long that took.
    whole: Instant,
    took: Duration,
    /// How many looks in a row came to nothing for the disk of the index.
    unwritten: u32,
}

/// Asks for a look without a change, and ends the waiting when it is dropped.
pub(super) struct Nudge(UnixStream);

/// What came of a look at the documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looked {
    /// They are as they were.
    Same,
    /// They had changed.
    New,
    /// Not all of them could be read.
    Failed,
    /// The index could not be written: its disk may be full.
    Unwritten,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// Nobody knows what was before.
    Start,
    /// Something was told.
    Told,
    /// Nothing was told, it was only time.
    Time,
}

/// The folder or file of a set as it was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Root {
    /// `None`: there is nothing.
    file: Option<Identity>,
    mounts: Vec<Mount>,
}

/// Tells whether a path still leads to the same file, with the same permissions.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
    /// An inode may be used again.
    born: Option<SystemTime>,
    mode: u32,
    owner: (u32, u32),
}

/// Changes that come one soon after the other.
#[derive(Clone, Copy)]
struct Burst {
    began: Instant,
    last: Instant,
}

/// Changes of these sets, and what asks for a look besides.
///
/// # Errors
/// Where no socket pair can be made.
pub(super) fn changes(
    sets: &[DocSet],
    look_every: Option<Duration>,
) -> io::Result<(Changes, Nudge)> {
    let (nudge, nudges) = UnixStream::pair()?;
    nudge.set_nonblocking(true)?;
    nudges.set_nonblocking(true)?;
    let changes = Changes {
        sets: sets.to_owned(),
        look_every,
        nudges,
        watches: None,
        mounts: None,
        included: BTreeSet::new(),
        beside: BTreeSet::new(),
        changed: Folders::default(),
        is_everything: true,
        real_roots: Vec::new(),
        roots: vec![Root::default(); sets.len()],
        is_stale: true,
        is_blind: false,
        is_silent: false,
        said: BTreeSet::new(),
        has_missed: false,
        cause: Cause::Start,
        last: Looked::Same,
        unwritten: 0,
        is_whole: true,
        whole: Instant::now(),
        took: Duration::ZERO,
    };
    Ok((changes, Nudge(nudge)))
}

impl Changes {
    /// Waits; `false`: nobody wants to know any more.
    pub(super) fn rest(&mut self, time: Duration) -> bool {
        let until = Instant::now() + time;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            let files = [(self.nudges.as_fd(), Interest::Readable)];
            if wait(&files, left).is_err() {
                thread::sleep(left);
            }
            // The look that a nudge asks for comes in a moment anyway.
            if self.nudged().is_none() {
                return false;
            }
        }
    }

    /// Watches from now on, and says what is to be looked at. To be called before each look at the documents: what changes
    /// in between is seen by either.
    ///
    /// `walk`: tells the folders that documents are in, each before it is looked at, or those of some that are new;
    /// `false`: only all of them will do.
    pub(super) fn watch(
        &mut self,
        walk: impl Fn(Option<&Folders>, &mut dyn FnMut(&Path) -> bool) -> bool,
    ) -> Look {
        if self.watches.is_none() && self.cause == Cause::Start {
            self.begin();
        }
        let changed = std::mem::take(&mut self.changed);
        self.is_whole = std::mem::take(&mut self.is_everything) | self.needs_everything(&changed);
        if !self.is_stale {
            self.watch_some(&changed, &walk);
        }
        if std::mem::take(&mut self.is_stale) {
            self.is_whole = true;
            self.watch_everything(&walk);
        }
        match self.is_whole {
            true => Look::Everything,
            false => Look::Folders(changed),
        }
    }

    fn watch_everything(
        &mut self,
        walk: impl Fn(Option<&Folders>, &mut dyn FnMut(&Path) -> bool) -> bool,
    ) {
        self.roots = self.look_at_roots();
        let roots = self.sets.iter().map(|set| fs::canonicalize(&set.root));
        self.real_roots = roots.filter_map(Result::ok).collect();
        let mut is_whole = self.watches.is_some();
        if let Some(watches) = &mut self.watches {
            for _ in 0..MAX_ROUNDS {
                watches.begin();
                walk(None, &mut |folder| watches.add(folder));
                for folder in &self.beside {
                    watches.add(folder);
                }
                let coverage = watches.end();
                is_whole = coverage.is_whole;
                if !coverage.has_room {
                    break;
                }
            }
        }
        self.is_silent = self.silent_file_systems();
        self.is_blind = self.is_silent || !is_whole;
    }

    /// Watches the folders that are new, and those that are gone no longer.
    fn watch_some(
        &mut self,
        new: &Folders,
        walk: impl Fn(Option<&Folders>, &mut dyn FnMut(&Path) -> bool) -> bool,
    ) {
        if new.whole().next().is_none() {
            return;
        }
        if let Some(watches) = &mut self.watches {
            watches.begin_some();
            self.is_stale |= !walk(Some(new), &mut |folder| watches.add(folder));
            let coverage = watches.end_some(new);
            self.is_blind |= !coverage.is_whole;
        }
    }

    /// Whether what has changed in these folders may matter elsewhere.
    fn needs_everything(&mut self, folders: &Folders) -> bool {
        let watched = self.watches.as_ref().map_or(0, Watches::len);
        // What has come in their places is watched by nobody yet.
        let mut apart = self.real_roots.iter().chain(&self.beside);
        self.is_stale |= apart.any(|folder| folders.is_new(folder));
        self.is_stale
            || self.is_silent
            || self.has_missed
            || matches!(self.last, Looked::Failed | Looked::Unwritten)
            || folders.len() > MANY.max(watched / MANY_OF)
            || self.included.iter().any(|folder| folders.has(folder))
    }

    /// Returns `true` when a burst of changes is over, or when it is time to look anyway, and `false`
    /// when nobody wants to know any more.
    pub(super) fn wait(&mut self) -> bool {
        let due = self.due();
        let mut roots_due = Instant::now() + ROOTS;
        let mut burst: Option<Burst> = None;
        loop {
            let until = burst.map_or(due, Burst::over).min(roots_due);
            let mounted = self.sleep(until.saturating_duration_since(Instant::now()));
            let Some(mut changed) = self.nudged() else {
                return false;
            };
            changed |= self.told();
            let now = Instant::now();
            if mounted || now >= roots_due {
                roots_due = now + ROOTS;
                if mounted && let Some(mounts) = &mut self.mounts {
                    let _ = mounts.refresh();
                }
                let roots = self.look_at_roots();
                if roots != self.roots {
                    self.roots = roots;
                    self.doubt();
                    changed = true;
                }
            }
            if changed {
                burst
                    .get_or_insert(Burst {
                        began: now,
                        last: now,
                    })
                    .last = now;
            }
            match burst {
                Some(burst) if now >= burst.over() => {
                    self.cause = Cause::Told;
                    if now >= due {
                        // Changes that are told again and again are no reason to look at nothing else.
                        self.is_everything = true;
                    }
                    return true;
                }
                None if now >= due => {
                    self.cause = Cause::Time;
                    self.is_everything = true;
                    // Where nobody tells, it is all the same which folders are watched.
                    self.is_stale |= !self.is_blind;
                    return true;
                }
                _ => {}
            }
        }
    }

    /// Takes in what came of the look, and how long it took.
    pub(super) fn looked(&mut self, looked: Looked, took: Duration) {
        let is_missed = looked == Looked::New
            && !matches!(self.last, Looked::Failed | Looked::Unwritten)
            && self.cause == Cause::Time
            && !self.is_blind;
        self.last = looked;
        if self.is_whole {
            self.whole = Instant::now();
            self.took = took;
        }
        self.unwritten = match looked {
            Looked::Unwritten => self.unwritten + 1,
            _ => 0,
        };
        if is_missed && !std::mem::replace(&mut self.has_missed, true) {
            tracing::info!(
                seconds = self.pause().as_secs(),
                "documents have changed and the system has not told: docent looks often from now on \
                 (`look_every` in [search])"
            );
        }
    }

    /// Watches these folders too, named without links: pages include what is in them. `true`: some of them
    /// were not watched before, and everything is to be looked at once more.
    pub(super) fn also(&mut self, included: &BTreeSet<PathBuf>) -> bool {
        if *included == self.included {
            return false;
        }
        self.included.clone_from(included);
        let before = self.beside.len();
        self.beside.retain(|folder| included.contains(folder));
        // Those that are not included any more are not watched from the next time on.
        let mut is_other = self.beside.len() < before;
        self.is_stale |= is_other;
        if let Some(watches) = &mut self.watches {
            for folder in included {
                if watches.add_beside(folder) {
                    self.beside.insert(folder.clone());
                    is_other = true;
                }
            }
            self.is_blind |= watches.is_limited();
        }
        if is_other {
            self.is_everything = true;
        }
        is_other
    }

    /// When to look at everything, whatever is told.
    fn due(&self) -> Instant {
        let since = match self.last {
            Looked::Failed | Looked::Unwritten => Instant::now(),
            Looked::Same | Looked::New => self.whole,
        };
        since + self.pause()
    }

    /// How long to wait for changes before looking all the same.
    fn pause(&self) -> Duration {
        let stretched = |pause: Duration| pause.max(self.took * SHARE);
        match self.look_every {
            _ if self.last == Looked::Failed => stretched(RETRY),
            _ if self.last == Looked::Unwritten => {
                let doubled = RETRY * 2u32.pow(self.unwritten.saturating_sub(1).min(8));
                stretched(doubled.min(LAST_RETRY))
            }
            Some(every) => every,
            None if self.is_blind || self.has_missed => stretched(OFTEN),
            None => stretched(SELDOM),
        }
    }

    fn begin(&mut self) {
        self.mounts = Mounts::open().ok();
        self.watches = Watches::new()
            .inspect_err(|error| {
                tracing::warn!(
                    %error,
                    "the system cannot watch the documents for changes, so docent looks again and again; \
                     raise its limit: sysctl fs.inotify.max_user_instances=1024"
                );
            })
            .ok();
    }

    /// Waits for something to be told; `true`: the table of mounts has changed.
    fn sleep(&self, time: Duration) -> bool {
        let nudges = [(self.nudges.as_fd(), Interest::Readable)];
        let watches = self
            .watches
            .iter()
            .map(|watches| (watches.as_fd(), Interest::Readable));
        let mounts = self
            .mounts
            .iter()
            .map(|mounts| (mounts.as_fd(), Interest::Changed));
        let files: Vec<_> = mounts.chain(nudges).chain(watches).collect();
        match wait(&files, time) {
            Ok(told) => self.mounts.is_some() && told.first() == Some(&true),
            Err(_) => {
                thread::sleep(time.min(ROOTS));
                false
            }
        }
    }

    /// Whether a look was asked for; `None`: nobody wants to know any more.
    fn nudged(&mut self) -> Option<bool> {
        let mut nudges = [0; 64];
        match self.nudges.read(&mut nudges) {
            Ok(0) => None,
            Ok(_) => {
                // Whoever asks doubts what is known.
                self.doubt();
                Some(true)
            }
            Err(_) => Some(false),
        }
    }

    /// Whether the kernel has told of a change.
    fn told(&mut self) -> bool {
        let Some(told) = self.watches.as_mut().and_then(Watches::told) else {
            return false;
        };
        match told {
            Look::Everything => self.doubt(),
            Look::Folders(folders) => self.changed.append(folders),
        }
        true
    }

    /// Nothing that is known of the folders is to be relied on.
    fn doubt(&mut self) {
        self.is_everything = true;
        self.is_stale = true;
    }

    fn look_at_roots(&self) -> Vec<Root> {
        let look = |set: &DocSet| Root {
            file: identity(&set.root),
            mounts: self.mounts_of(&set.root),
        };
        self.sets.iter().map(look).collect()
    }

    fn mounts_of(&self, root: &Path) -> Vec<Mount> {
        let Some(mounts) = &self.mounts else {
            return Vec::new();
        };
        fs::canonicalize(root).map_or_else(|_| Vec::new(), |root| mounts.of(&root))
    }

    /// Whether there are documents on file systems whose changes this kernel may not know of. The log
    /// says so once for each.
    fn silent_file_systems(&mut self) -> bool {
        let mut is_silent = self.mounts.is_none();
        for root in &self.roots {
            for mount in &root.mounts {
                if TELLING.contains(&mount.kind.as_str()) {
                    continue;
                }
                is_silent = true;
                let every = self.look_every.unwrap_or(OFTEN).as_secs();
                if self.said.insert(mount.kind.clone()) {
                    tracing::info!(
                        mount = %mount.point.display(),
                        file_system = mount.kind,
                        "on this file system, documents may change without this machine being told: docent \
                         looks every {every} s (`look_every` in [search])"
                    );
                }
            }
        }
        is_silent
    }
}

impl Nudge {
    pub(super) fn look(&self) {
        // Where the buffer is full, a look has been asked for; where nobody reads, there is nothing to
        // look at.
        let _ = (&self.0).write(b"!");
    }
}

impl Burst {
    fn over(self) -> Instant {
        (self.last + QUIET).min(self.began + PATIENCE)
    }
}

/// What is at the end of a path, whatever links it goes through.
fn identity(path: &Path) -> Option<Identity> {
    let metadata = fs::metadata(path).ok()?;
    Some(Identity {
        device: metadata.dev(),
        inode: metadata.ino(),
        born: metadata.created().ok(),
        mode: metadata.mode(),
        owner: (metadata.uid(), metadata.gid()),
    })
}
