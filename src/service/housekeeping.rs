//! The cache directory kept tidy: indexes of audiences that are gone, and of times when everything was everybody's.

use std::{collections::HashSet, fs, path::Path, time::Duration};

use crate::search::remove_unused;

use super::{indexes::PREFIX, standing};

/// Removes the indexes of other audiences than these, by the names of their folders; and, where there are audiences, those that
/// were everybody's. `true`: something is still in use, or only just left, and may be removed later.
pub(super) fn remove_others(cache_dir: &Path, kept: &HashSet<String>) -> bool {
    let mut removed = Vec::new();
    if !kept.is_empty() {
        removed.extend(remove_unused(cache_dir, Duration::ZERO));
        standing::remove(cache_dir);
    }
    let mut is_left = false;
    for entry in fs::read_dir(cache_dir).into_iter().flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if !is_folder || !name.starts_with(PREFIX) || kept.contains(&name) {
            continue;
        }
        let folder = entry.path();
        let own = remove_unused(&folder, Duration::ZERO);
        removed.extend(own.iter().map(|own| format!("{name}/{own}")));
        standing::remove(&folder);
        // What somebody else has put there stays.
        is_left |= fs::remove_dir(&folder).is_err() && has_folders(&folder);
    }
    if !removed.is_empty() {
        removed.sort();
        tracing::info!(
            cache_dir = %cache_dir.display(),
            removed = removed.join(", "),
            "removed the indexes of audiences that are gone"
        );
    }
    is_left
}

fn has_folders(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut kinds = entries.filter_map(|entry| entry.file_type().ok());
    kinds.any(|kind| kind.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{DocSet, SearchSettings};
    use crate::search::Store;

    #[test]
    fn what_is_gone_goes_and_what_is_used_or_foreign_stays() {
        let root = tempfile::tempdir().unwrap();
        let docs = root.path().join("docs");
        fs::create_dir(&docs).unwrap();
        fs::write(docs.join("a.md"), "# A\n").unwrap();
        let cache = root.path().join("cache");
        let index = |folder: &Path| {
            let set = DocSet::new("docs", &docs);
            let store = Store::new(folder, vec![set], SearchSettings::default()).unwrap();
            store.update(false, &|_| ()).unwrap();
            store
        };
        let age = |folder: &Path| {
            for entry in fs::read_dir(folder).unwrap() {
                let mark = entry.unwrap().path().join("in-use");
                if let Ok(file) = fs::File::options().append(true).open(mark) {
                    let past = std::time::SystemTime::now() - Duration::from_secs(600);
                    file.set_modified(past).unwrap();
                }
            }
        };
        drop(index(&cache));
        let audience = |name: &str| cache.join(format!("audience-{name}"));
        let in_use = index(&audience("used"));
        for name in ["kept", "gone", "foreign"] {
            drop(index(&audience(name)));
        }
        fs::write(audience("gone").join("standing.json"), "{}").unwrap();
        fs::write(audience("foreign").join("notes.txt"), "mine").unwrap();
        for folder in [
            cache.clone(),
            audience("used"),
            audience("kept"),
            audience("gone"),
            audience("foreign"),
        ] {
            age(&folder);
        }
        let kept = HashSet::from(["audience-kept".to_owned()]);
        assert!(remove_others(&cache, &kept), "one is in use");
        assert!(!audience("gone").exists());
        let folders = |folder: &Path| fs::read_dir(folder).unwrap().count();
        assert_eq!(folders(&audience("foreign")), 1, "notes.txt");
        assert!(folders(&audience("kept")) > 0 && folders(&audience("used")) > 0);
        assert_eq!(folders(&cache), 3, "that of everybody is gone");
        drop(in_use);
        assert!(!remove_others(&cache, &kept));
        assert!(!audience("used").exists());
    }
}
