//! Whatever the order in which documents change, the index says what they say now.

use super::world::{Change, Follower, Kind, Sequence, World, merge};
use proptest::prelude::*;
use std::{
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

/// More, and longer ones: `make torture`.
#[test]
fn random_changes_end_in_the_index_that_is_built_from_nothing() {
    let texts = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    for seed in 0..6 {
        let sequence = Sequence {
            seed,
            pages: 300,
            changes: 60,
        };
        println!("{sequence:?}");
        sequence.run(&texts);
    }
}

/// As another process does, or a thread of the server: no change is lost between the two.
#[test]
fn segments_are_merged_while_documents_change() {
    let mut random = fastrand::Rng::with_seed(7);
    let mut follower = Follower::new(World::new(7, 3, 90));
    let (merging, done) = (follower.world.store(), AtomicBool::new(false));
    thread::scope(|scope| {
        let merges = scope.spawn(|| {
            let mut merges = 0;
            for number in 0.. {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                merges += usize::from(merge(&merging, number % 3 == 0).is_some());
            }
            merges
        });
        let steps = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for _ in 0..30 {
                let changes: Vec<_> = (0..3).map(|_| Change::random(&mut random)).collect();
                follower.step(&changes);
                follower.reopen_changed();
            }
        }));
        done.store(true, Ordering::Relaxed);
        let merges = merges.join().expect("merges");
        println!("{merges} merges");
        if let Err(panic) = steps {
            std::panic::resume_unwind(panic);
        }
        assert!(merges > 0, "there was nothing to merge");
    });
    follower.end();
}

/// In the midst of a merge: what changes then is not lost when the merge is through.
#[test]
fn what_changes_during_a_merge_outlives_it() {
    for seed in 20..26 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut change =
            move || -> Vec<_> { (0..3).map(|_| Change::random(&mut random)).collect() };
        let mut follower = Follower::new(World::new(seed, 2, 60));
        for _ in 0..3 {
            follower.step(&change());
        }
        let merging = follower.world.store();
        let beside = Mutex::new((follower, change, 0));
        let pace = || {
            let mut beside = beside.lock().expect("it is whole");
            let (follower, change, calls) = &mut *beside;
            if *calls < 3 {
                follower.step(&change());
            }
            *calls += 1;
        };
        let merged = merging.merge(true, &pace).expect("a merge");
        let (mut follower, mut change, calls) = beside.into_inner().expect("it is whole");
        assert!(calls > 0, "nobody else has a turn");
        follower
            .world
            .check_all(&merged.expect("something was merged"));
        follower
            .world
            .check_all(&follower.world.store().open().expect("an index"));
        follower.step(&change());
        follower.end();
    }
}

/// Nor does a merge bring back what somebody has built anew meanwhile.
#[test]
fn a_merge_gives_way_to_an_index_that_is_built_anew() {
    let mut random = fastrand::Rng::with_seed(9);
    let mut follower = Follower::new(World::new(9, 2, 40));
    for _ in 0..3 {
        follower.step(&[Change::random(&mut random)]);
    }
    let (merging, rebuilding) = (follower.world.store(), follower.world.store());
    let once = AtomicBool::new(false);
    let pace = || {
        if !once.swap(true, Ordering::Relaxed) {
            rebuilding.update(true, &|_| ()).expect("an index");
        }
    };
    merging.merge(true, &pace).expect("no error");
    assert!(once.into_inner(), "nobody else has a turn");
    follower.reopen_changed();
    follower.step(&[Change::random(&mut random)]);
    follower.end();
}

/// Also when its files are gone.
#[test]
fn an_open_index_answers_as_it_did_whatever_comes_after() {
    let mut random = fastrand::Rng::with_seed(8);
    let mut follower = Follower::new(World::new(8, 2, 40));
    follower.step(&[Change::random(&mut random)]);
    let opened = follower.world.store().open().expect("an index");
    let before = follower.world.answers(&opened);
    for number in 0..12 {
        let changes: Vec<_> = (0..3).map(|_| Change::random(&mut random)).collect();
        follower.step(&changes);
        match number % 4 {
            1 => follower.merge_due(),
            3 => follower.merge_all(),
            _ => {}
        }
    }
    assert_eq!(follower.world.ask_again(&opened), before);
    follower.end();
}

fn change() -> impl Strategy<Value = Change> {
    let kinds = prop::sample::select(&Kind::ALL[..]);
    (kinds, any::<u16>(), any::<u16>(), any::<u16>()).prop_map(|(kind, page, to, seed)| Change {
        kind,
        page,
        to,
        seed,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(12) })]

    #[test]
    fn any_changes_of_small_sets_end_alike(
        steps in prop::collection::vec(prop::collection::vec(change(), 1..4), 1..12),
        merges in any::<u16>(),
    ) {
        let mut follower = Follower::new(World::new(1, 2, 16));
        for (number, step) in steps.iter().enumerate() {
            follower.step(step);
            if merges >> number & 1 != 0 {
                follower.merge_due();
            }
        }
        follower.end();
    }
}
