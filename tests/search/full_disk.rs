//! A disk that is full while the index is written: the old one answers, and the next try goes on.
#![allow(clippy::print_stdout, reason = "figures to look at")]

use super::{
    kills,
    left_out::needs_root,
    states::{Scene, State, assert_whole, files},
    world::merge,
};
use docent::search::StoreError;
use std::{
    fs::{self, File},
    io::Write as _,
    path::Path,
    process::Command,
};

/// All of the disk, in bytes.
const SIZE: usize = 8 << 20;
const BLOCK: u64 = 4096;

#[test]
fn an_index_on_a_full_disk_stays_what_it_was() {
    if let Some(given) = kills::given() {
        return on_a_small_disk(&given);
    }
    if !needs_root("an index on a full disk") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let scene = Scene::new(folder.path());
    // In a namespace of its own: nothing is mounted for anybody else.
    let script = format!("mount -t tmpfs -o size={SIZE} tmpfs \"$0\" || exit 9; exec \"$@\"");
    let test = "full_disk::an_index_on_a_full_disk_stays_what_it_was";
    let inner = kills::alone(test, folder.path());
    let mut command = Command::new("unshare");
    command
        .args(["--mount", "--propagation", "private", "sh", "-c", &script])
        .arg(scene.cache())
        .arg(inner.get_program())
        .args(inner.get_args());
    for (name, value) in inner.get_envs() {
        command.env(name, value.expect("it is set"));
    }
    let run = command.output().expect("unshare can be run");
    let said = String::from_utf8_lossy(&run.stdout);
    println!("{said}{}", String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{}", run.status);
    assert!(said.contains("merged on a full disk"), "{said}");
}

fn on_a_small_disk(given: &Path) {
    let scene = Scene::new(given);
    let disk = scene.cache();

    // Not one index yet, and no room for it.
    scene.enter(State::Old);
    let mut failed = 0;
    for room in rooms() {
        fill(&disk, room);
        match scene
            .try_store()
            .and_then(|store| store.update(false, &|_| ()))
        {
            Ok((snapshot, _)) => {
                assert_whole(&snapshot, State::Old, "there was room enough");
                break;
            }
            Err(error) => told(&error, &disk),
        }
        failed += 1;
        assert!(
            scene
                .try_store()
                .ok()
                .and_then(|store| store.open())
                .is_none()
        );
    }
    empty(&disk);
    println!("a first index: failed {failed} times");
    assert!(failed > 3, "the disk was never full");
    let (old, _) = scene.store().update(false, &|_| ()).expect("an index");
    assert_whole(&old, State::Old, "the disk has room again");
    drop(old);

    // A change.
    let mut failed = 0;
    for room in rooms() {
        scene.enter(State::Old);
        let (old, _) = scene.store().update(false, &|_| ()).expect("an index");
        merge(&scene.store(), true);
        let before = files(&disk);
        fill(&disk, room);
        scene.enter(State::New);
        let updated = scene.store().update(false, &|_| ());
        if let Err(error) = &updated {
            told(error, &disk);
            failed += 1;
            assert_whole(&old, State::Old, "the disk is full");
            let opened = scene.store().open().expect("the old index");
            assert_whole(&opened, State::Old, "the disk is full");
        }
        empty(&disk);
        let (new, report) = scene.store().update(false, &|_| ()).expect("an index");
        assert_whole(&new, State::New, "the disk has room again");
        assert_eq!(report.rebuilt, None);
        drop((old, new));
        scene.enter(State::Old);
        scene.store().update(false, &|_| ()).expect("an index");
        merge(&scene.store(), true);
        assert_eq!(files(&disk).len(), before.len(), "{:?}", files(&disk));
        if updated.is_ok() {
            break;
        }
    }
    println!("a change: failed {failed} times");
    assert!(failed > 3, "the disk was never full");

    // A merge.
    let mut failed = 0;
    for room in rooms() {
        scene.enter(State::New);
        let store = scene.store();
        store.update(false, &|_| ()).expect("an index");
        scene.enter(State::Later);
        let (served, _) = store.update(false, &|_| ()).expect("an index");
        fill(&disk, room);
        let merged = store.merge(true, &|| ());
        if let Err(error) = &merged {
            told(error, &disk);
            failed += 1;
            assert_whole(&served, State::Later, "the disk is full");
            let opened = scene.store().open().expect("the index");
            assert_whole(&opened, State::Later, "the disk is full");
        }
        empty(&disk);
        let done = merged.is_ok();
        drop(merged);
        if !done {
            let merged = merge(&store, true).expect("something to merge");
            assert_whole(&merged, State::Later, "the disk has room again");
        }
        let fresh = tempfile::tempdir().expect("a folder");
        scene.fresh(fresh.path());
        assert_eq!(files(&disk), files(fresh.path()));
        if done {
            break;
        }
    }
    println!("merged on a full disk: failed {failed} times");
    assert!(failed > 3, "the disk was never full");

    read_only(&scene);
}

/// A disk that an error has made read-only.
fn read_only(scene: &Scene) {
    let disk = scene.cache();
    let remount = |how: &str| {
        let done = Command::new("mount")
            .args(["-o", &format!("remount,{how}")])
            .arg(&disk)
            .status();
        assert!(done.expect("mount can be run").success(), "{how}");
    };
    scene.enter(State::Later);
    let (served, _) = scene.store().update(false, &|_| ()).expect("an index");
    scene.enter(State::New);
    remount("ro");
    let store = scene.try_store();
    let error = store
        .as_ref()
        .map(|store| store.update(false, &|_| ()).err());
    assert!(!matches!(error, Ok(None)), "nothing can be written");
    assert_whole(&served, State::Later, "the disk is read-only");
    let opened = store.expect("a store").open().expect("the index");
    assert_whole(&opened, State::Later, "the disk is read-only");
    remount("rw");
    let (new, report) = scene.store().update(false, &|_| ()).expect("an index");
    assert_whole(&new, State::New, "the disk can be written again");
    assert_eq!(report.rebuilt, None);
}

/// What is left of the disk: from nothing to all that is needed.
fn rooms() -> impl Iterator<Item = u64> {
    (0..10)
        .map(|blocks| blocks * BLOCK)
        .chain((0..).map(|step| (12 << step) * BLOCK))
        .take(18)
}

/// Takes all of a disk but some room.
fn fill(disk: &Path, room: u64) {
    let mut filler = File::create(disk.join("filler")).expect("a file");
    let zeros = vec![0; 64 << 10];
    while filler.write_all(&zeros).is_ok() {}
    while filler.write_all(&[0]).is_ok() {}
    let length = filler.metadata().expect("a file").len();
    let most = length.saturating_sub(room);
    filler
        .set_len(most / BLOCK * BLOCK)
        .expect("a shorter file");
}

fn empty(disk: &Path) {
    fs::remove_file(disk.join("filler")).expect("the filler");
}

/// An error says what was to be written.
fn told(error: &StoreError, disk: &Path) {
    let chain = docent::error::chain(error);
    assert!(
        matches!(error, StoreError::Cache { .. } | StoreError::Disk(_)),
        "{chain} ({error:?}) at {}",
        disk.display()
    );
}
