//! Indexes that nobody uses any more: of earlier configurations, of folders searched once, of earlier
//! versions of docent. They are removed when they have been left alone for a while.

use std::{
    fs::{self, File},
    io,
    path::Path,
    time::{Duration, SystemTime},
};

/// Held open, with a shared lock on it, by each process that has the index open; its time is that of
/// the last opening.
const IN_USE: &str = "in-use";
/// What every index has had since the first version.
const LOCK: &str = "lock";
/// An index that is being made has no lock for a moment.
const YOUNG: Duration = Duration::from_secs(60);

/// Says that this process uses an index, for as long as the file is open.
pub(super) fn mark_used(folder: &Path) -> io::Result<File> {
    let file = File::options()
        .create(true)
        .append(true)
        .open(folder.join(IN_USE))?;
    file.lock_shared()?;
    file.set_modified(SystemTime::now())?;
    Ok(file)
}

/// Removes the indexes beside `kept` that no process has open and that nobody has opened for this
/// long. What does not look like an index stays. Returns the names of the folders.
pub(super) fn remove_beside(kept: &Path, idle: Duration) -> Vec<String> {
    match kept.parent() {
        Some(cache_dir) => remove_in(cache_dir, Some(kept), idle),
        None => Vec::new(),
    }
}

/// Removes the indexes in a cache directory that no process has open and that nobody has opened for this long; a moment in any
/// case. What does not look like an index stays. Returns the names of the folders.
pub fn remove_unused(cache_dir: &Path, idle: Duration) -> Vec<String> {
    remove_in(cache_dir, None, idle)
}

fn remove_in(cache_dir: &Path, kept: Option<&Path>, idle: Duration) -> Vec<String> {
    let entries = fs::read_dir(cache_dir).into_iter().flatten().flatten();
    let mut removed: Vec<_> = entries
        .filter(|entry| {
            let path = entry.path();
            Some(&*path) != kept && remove(&path, idle.max(YOUNG))
        })
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    removed.sort();
    removed
}

fn remove(folder: &Path, idle: Duration) -> bool {
    if !is_index(folder) {
        return false;
    }
    // An index of an earlier version has no such file; its lock is as old as its last update.
    let mark = [IN_USE, LOCK].iter().find_map(|name| {
        let path = folder.join(name);
        File::options().append(true).open(path).ok()
    });
    let Some(mark) = mark else {
        return false;
    };
    let is_idle = mark
        .metadata()
        .and_then(|metadata| metadata.modified())
        .is_ok_and(|used| used.elapsed().is_ok_and(|elapsed| elapsed >= idle));
    is_idle && mark.try_lock().is_ok() && fs::remove_dir_all(folder).is_ok()
}

/// `docs-0123456789abcdef` with a lock and nothing that docent does not write.
fn is_index(folder: &Path) -> bool {
    let name = folder.file_name().and_then(|name| name.to_str());
    let has_hash = name.is_some_and(|name| {
        let hash = name.rsplit('-').next().unwrap_or_default();
        hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    let is_folder = fs::symlink_metadata(folder).is_ok_and(|metadata| metadata.is_dir());
    let own = |name: &str| {
        matches!(name, LOCK | IN_USE | "merge-lock" | "current" | "segments")
            || name.starts_with("gen-")
            || name.starts_with("current.")
            || name.starts_with(".current")
    };
    let entries = || fs::read_dir(folder).into_iter().flatten();
    has_hash
        && is_folder
        && folder.join(LOCK).is_file()
        && entries().all(|entry| entry.is_ok_and(|entry| own(&entry.file_name().to_string_lossy())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(cache: &Path, name: &str, used: Duration) -> std::path::PathBuf {
        let folder = cache.join(name);
        fs::create_dir_all(folder.join("segments/1234")).unwrap();
        fs::write(folder.join(LOCK), "").unwrap();
        fs::write(folder.join("current"), "{}").unwrap();
        let mark = mark_used(&folder).unwrap();
        mark.set_modified(SystemTime::now() - used).unwrap();
        folder
    }

    #[test]
    fn only_indexes_that_are_left_alone_go() {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        let cache = tempfile::tempdir().unwrap();
        let cache = cache.path();
        let kept = index(cache, "kept-0123456789abcdef", 90 * DAY);
        let old = index(cache, "old-0123456789abcdee", 31 * DAY);
        let recent = index(cache, "recent-0123456789abcded", DAY);
        let open = index(cache, "open-0123456789abcdec", 31 * DAY);
        let in_use = File::open(open.join(IN_USE)).unwrap();
        in_use.lock_shared().unwrap();
        let earlier = index(cache, "earlier-0123456789abcdeb", DAY);
        fs::remove_file(earlier.join(IN_USE)).unwrap();
        let lock = File::options()
            .append(true)
            .open(earlier.join(LOCK))
            .unwrap();
        lock.set_modified(SystemTime::now() - 31 * DAY).unwrap();
        let foreign = index(cache, "foreign-0123456789abcdea", 31 * DAY);
        fs::write(foreign.join("notes.txt"), "mine").unwrap();
        fs::create_dir(cache.join("other")).unwrap();

        let removed = remove_beside(&kept, 30 * DAY);
        assert_eq!(
            removed,
            ["earlier-0123456789abcdeb", "old-0123456789abcdee"]
        );
        assert!(!old.exists() && !earlier.exists());
        for stays in [&kept, &recent, &open, &foreign, &cache.join("other")] {
            assert!(stays.exists(), "{}", stays.display());
        }
        // What belongs to one service alone need not be waited for.
        assert_eq!(
            remove_beside(&kept, Duration::ZERO),
            ["recent-0123456789abcded"]
        );
        drop(in_use);
        assert_eq!(
            remove_beside(&kept, Duration::ZERO),
            ["open-0123456789abcdec"]
        );
    }
}
