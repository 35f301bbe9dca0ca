//! A process that ends at any moment, or whose disk fails, leaves the old index or the new one.
#![allow(clippy::print_stdout, reason = "figures to look at")]

use super::{
    kills::{self, Calls, End, Victim},
    states::{Scene, State, assert_whole, copy, fault, files},
    world::{merge, segments},
};
use docent::corpus::Look;
use std::{fs, path::Path};

/// Also the process that is killed.
#[test]
fn an_index_is_written() {
    let Some(given) = kills::given() else {
        return;
    };
    let scene = Scene::new(&given);
    kills::begin();
    scene.store().update(false, &|_| ()).expect("an index");
}

/// Also the process that is killed.
#[test]
fn segments_are_merged() {
    let Some(given) = kills::given() else {
        return;
    };
    let scene = Scene::new(&given);
    kills::begin();
    merge(&scene.store(), true).expect("something to merge");
}

/// Also the process of which a call fails: what it has open goes on answering, and the next try is through.
#[test]
fn an_index_is_written_at_the_second_try() {
    let Some(given) = kills::given() else {
        return;
    };
    let scene = Scene::new(&given);
    let opened = scene.store().open();
    kills::begin();
    let update = || {
        scene
            .try_store()
            .and_then(|store| store.update(false, &|_| ()))
    };
    let (snapshot, _) = update().unwrap_or_else(|error| {
        println!("{error:?}");
        if let Some(opened) = &opened {
            assert_whole(opened, State::Old, "while the disk fails");
        }
        update().expect("an index, when the disk works")
    });
    assert_whole(&snapshot, State::New, "when the disk works");
}

/// Also the process of which a call fails.
#[test]
fn segments_are_merged_at_the_second_try() {
    let Some(given) = kills::given() else {
        return;
    };
    let scene = Scene::new(&given);
    let store = scene.store();
    let (opened, _) = store.update(false, &|_| ()).expect("an index");
    kills::begin();
    let merged = store.merge(true, &|| ()).unwrap_or_else(|error| {
        println!("{error:?}");
        assert_whole(&opened, State::New, "while the disk fails");
        store
            .merge(true, &|| ())
            .expect("a merge, when the disk works")
    });
    if let Some(merged) = merged {
        assert_whole(&merged, State::New, "when the disk works");
    }
}

/// What is on the disk before the process begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    /// The index of the old state; the documents are in the new one.
    Old,
    /// The index of the old state, and a segment with what is new.
    Segments,
}

impl Before {
    /// Makes it so, once; the index is kept to be copied.
    fn prepare(self, scene: &Scene, kept: &Path) {
        scene.enter(State::Old);
        if self != Self::Nothing {
            scene.store().update(false, &|_| ()).expect("an index");
        }
        scene.enter(State::New);
        if self == Self::Segments {
            scene.store().update(false, &|_| ()).expect("an index");
        }
        copy(&scene.cache(), kept);
    }

    /// States that may be found afterwards.
    fn may_be(self) -> &'static [State] {
        match self {
            Self::Nothing | Self::Segments => &[State::New],
            Self::Old => &[State::Old, State::New],
        }
    }
}

/// Stops a test at each of its calls, one after another, and looks at what is left.
fn at_every_call(test: &str, before: Before, stop: impl Fn(&Victim<'_>, usize) -> End) {
    let folder = tempfile::tempdir().expect("a folder");
    let (scene, kept) = (Scene::new(folder.path()), folder.path().join("kept"));
    before.prepare(&scene, &kept);
    // What an index has that nothing ever happened to.
    scene.enter(State::Later);
    let undisturbed = folder.path().join("undisturbed");
    scene.fresh(&undisturbed);
    let expected = files(&undisturbed);

    let (mut olds, mut news) = (0, 0);
    for calls in 0.. {
        let when = format!("{test}, {before:?}, after {calls} calls");
        fs::remove_dir_all(scene.cache()).expect("the index");
        copy(&kept, &scene.cache());
        scene.enter(State::New);
        let victim = Victim {
            test,
            folder: folder.path(),
        };
        let end = stop(&victim, calls);
        if let End::Failed { passed } | End::Finished { passed } = end {
            assert!(passed, "{when}: {end:?}");
        }

        match scene.store().open() {
            None => {
                assert_eq!(
                    before,
                    Before::Nothing,
                    "{when}: there is no index any more"
                );
                olds += 1;
            }
            Some(opened) => {
                let is_of = |state: &&State| fault(&opened, **state).is_none();
                match before.may_be().iter().find(is_of) {
                    Some(State::Old) => olds += 1,
                    Some(_) => news += 1,
                    None => panic!("{when}: {:?}", fault(&opened, State::New)),
                }
            }
        }
        // The next run has nothing to do with it.
        scene.enter(State::Later);
        let store = scene.store();
        let (later, report) = store
            .update(false, &|_| ())
            .unwrap_or_else(|error| panic!("{when}: {error:?}"));
        assert_whole(&later, State::Later, &when);
        if before != Before::Nothing {
            assert_eq!(report.rebuilt, None, "{when}");
            assert!(
                report.read <= 6,
                "{when}: {} files are read again",
                report.read
            );
        }
        // And nothing is left of it.
        drop(later);
        merge(&store, true);
        let opened = scene.store().open();
        assert_whole(&opened.expect("an index"), State::Later, &when);
        assert_eq!(files(&scene.cache()), expected, "{when}");
        if calls % 16 == 0 {
            let fresh = tempfile::tempdir().expect("a folder");
            scene.fresh(fresh.path());
            assert_eq!(segments(&scene.cache()), segments(fresh.path()), "{when}");
        }
        if matches!(end, End::Finished { .. }) {
            println!(
                "{test}, {before:?}: {calls} calls, {olds} times the old index was left, {news} times the new one"
            );
            assert!(calls > 10, "the kills miss what they are to hit");
            return;
        }
    }
}

fn kill(victim: &Victim<'_>, calls: usize) -> End {
    victim.kill_after(Calls::Writing, calls)
}

#[test]
fn a_first_index_survives_a_kill_at_each_call_that_writes() {
    at_every_call("crashes::an_index_is_written", Before::Nothing, kill);
}

#[test]
fn a_change_survives_a_kill_at_each_call_that_writes() {
    at_every_call("crashes::an_index_is_written", Before::Old, kill);
}

#[test]
fn a_merge_survives_a_kill_at_each_call_that_writes() {
    at_every_call("crashes::segments_are_merged", Before::Segments, kill);
}

/// Also one that was never killed, but given up.
#[test]
fn a_draft_that_is_given_up_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let scene = Scene::new(folder.path());
    scene.enter(State::Old);
    let store = scene.store();
    store.update(false, &|_| ()).expect("an index");
    let before = files(&scene.cache());
    scene.enter(State::New);
    for _ in 0..3 {
        let draft = store
            .draft(&Look::Everything, false, &|_| ())
            .expect("a draft");
        assert_whole(&draft.snapshot, State::New, "before it is given up");
        drop(draft);
        assert_eq!(files(&scene.cache()), before);
        let opened = scene.store().open().expect("the old index");
        assert_whole(&opened, State::Old, "given up");
    }
}

/// Errors of a disk, each at every call that writes.
#[cfg(target_arch = "x86_64")]
mod faults {
    use super::{Before, Calls, End, Victim, at_every_call};
    use nix::errno::Errno;

    fn fail(error: Errno) -> impl Fn(&Victim<'_>, usize) -> End {
        move |victim, calls| victim.fail_after(Calls::Writing, calls, error)
    }

    #[test]
    fn a_first_index_survives_each_error_of_the_disk() {
        let test = "crashes::an_index_is_written_at_the_second_try";
        at_every_call(test, Before::Nothing, fail(Errno::EIO));
    }

    #[test]
    fn a_change_survives_each_error_of_the_disk() {
        let test = "crashes::an_index_is_written_at_the_second_try";
        at_every_call(test, Before::Old, fail(Errno::EIO));
    }

    #[test]
    fn a_merge_survives_each_error_of_the_disk() {
        let test = "crashes::segments_are_merged_at_the_second_try";
        at_every_call(test, Before::Segments, fail(Errno::ENOSPC));
    }
}
