use std::{os::unix::fs::symlink, time::Duration};

use super::*;
use crate::platform::{Interest, wait};

fn watched(folders: &[&Path]) -> Watches {
    let mut watches = Watches::new().unwrap();
    watch(&mut watches, folders);
    watches
}

fn watch(watches: &mut Watches, folders: &[&Path]) {
    watches.begin();
    for folder in folders {
        assert!(watches.add(folder));
    }
    assert!(watches.end().is_whole);
}

fn next(watches: &mut Watches) -> Look {
    let files = [(watches.as_fd(), Interest::Readable)];
    assert_eq!(wait(&files, Duration::from_secs(60)).unwrap(), [true]);
    watches.told().unwrap()
}

fn folders(direct: &[&Path], whole: &[&Path]) -> Look {
    let mut folders = Folders::default();
    for folder in direct {
        folders.note(folder.to_path_buf());
    }
    for folder in whole {
        folders.note_whole(folder.to_path_buf());
    }
    Look::Folders(folders)
}

#[test]
fn hidden_files_and_other_folders_tell_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir_all(root.join("node_modules/x")).unwrap();
    let mut watches = watched(&[root]);
    fs::write(root.join("node_modules/x/a.md"), "x").unwrap();
    fs::write(root.join(".a.md.swp"), "x").unwrap();
    assert_eq!(watches.told(), None);

    fs::write(root.join("a.md"), "x").unwrap();
    assert_eq!(next(&mut watches), folders(&[root], &[]));
    fs::create_dir(root.join("new")).unwrap();
    let new = root.join("new");
    assert_eq!(next(&mut watches), folders(&[root], &[&new]));
    fs::rename(&new, root.join("moved")).unwrap();
    let moved = root.join("moved");
    assert_eq!(next(&mut watches), folders(&[root], &[&new, &moved]));
}

#[test]
fn what_reaches_beyond_a_folder_asks_for_everything() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let mut watches = watched(&[root]);
    fs::write(root.join(".gitignore"), "x").unwrap();
    assert_eq!(next(&mut watches), Look::Everything);
    fs::remove_file(root.join(".gitignore")).unwrap();
    assert_eq!(next(&mut watches), Look::Everything);
    fs::create_dir(root.join(".git")).unwrap();
    assert_eq!(next(&mut watches), Look::Everything);
    symlink(".git", root.join("link")).unwrap();
    assert_eq!(next(&mut watches), Look::Everything);
    fs::write(root.join("a.md"), "x").unwrap();
    assert_eq!(next(&mut watches), folders(&[root], &[]));
}

/// A copy sets the times of folders: what they hold is as it was. One that could not be read is another matter.
#[test]
fn new_times_of_a_folder_concern_what_is_directly_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let (a, b) = (root.join("a"), root.join("b"));
    fs::create_dir(&a).unwrap();
    fs::create_dir(&b).unwrap();
    let mut watches = watched(&[root, &a]);
    let touch = |folder: &Path| {
        let times = fs::FileTimes::new().set_modified(std::time::UNIX_EPOCH);
        fs::File::open(folder).unwrap().set_times(times).unwrap();
    };
    touch(&a);
    assert_eq!(next(&mut watches), folders(&[&a], &[]));
    touch(&b);
    assert_eq!(next(&mut watches), folders(&[], &[&b]));
}

#[test]
fn a_new_folder_in_the_place_of_an_old_one_is_new() {
    let folder = tempfile::tempdir().unwrap();
    let docs = folder.path().join("docs");
    fs::create_dir(&docs).unwrap();
    let mut watches = watched(&[&docs]);
    assert!(!watches.add_beside(&docs), "it is watched already");
    // Often with the same inode.
    fs::remove_dir(&docs).unwrap();
    fs::create_dir(&docs).unwrap();
    assert_eq!(next(&mut watches), folders(&[], &[&docs]));
    assert!(watches.add_beside(&docs));
    fs::write(docs.join("a.md"), "x").unwrap();
    assert_eq!(next(&mut watches), folders(&[&docs], &[]));
}

#[test]
fn what_is_not_named_is_not_watched_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path);
    for path in ["a/b", "c"] {
        fs::create_dir_all(at(path)).unwrap();
    }
    let mut watches = watched(&[folder.path(), &at("a"), &at("a/b"), &at("c")]);
    // With a folder that has moved, those in it have other names.
    fs::rename(at("a"), at("new")).unwrap();
    let Look::Folders(new) = next(&mut watches) else {
        panic!("a folder that is moved is no reason to look at everything");
    };
    watches.begin_some();
    for path in ["new", "new/b"] {
        assert!(watches.add(&at(path)));
    }
    watches.end_some(&new);
    assert_eq!(watches.len(), 4);
    fs::write(at("new/b/a.md"), "x").unwrap();
    assert_eq!(next(&mut watches), folders(&[&at("new/b")], &[]));

    let away = tempfile::tempdir().unwrap();
    fs::rename(at("new"), away.path().join("new")).unwrap();
    let Look::Folders(new) = next(&mut watches) else {
        panic!("a folder that is gone is no reason to look at everything");
    };
    watches.begin_some();
    watches.end_some(&new);
    assert_eq!(watches.len(), 2);
    fs::write(away.path().join("new/b/b.md"), "x").unwrap();
    assert_eq!(watches.told(), None);
    watch(&mut watches, &[folder.path()]);
    assert_eq!(watches.len(), 1);
}
