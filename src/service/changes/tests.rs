//! What the kernel tells of, and what is made of it, finds what a look at everything finds.

use std::{
    collections::BTreeMap,
    os::unix::fs::symlink,
    sync::atomic::{AtomicBool, Ordering},
};

use proptest::{prelude::*, strategy::ValueTree as _};

use super::*;
use crate::corpus::{self, Baseline, Found, PrivatePaths, Skip, Stamp, WalkError, Within};

/// A set that is followed, and what is known of its files.
struct Followed {
    set: DocSet,
    changes: Changes,
    _nudge: Nudge,
    files: Files,
    baseline: Option<Baseline>,
    /// How many looks were at folders.
    scoped: usize,
}

type Files = BTreeMap<String, Result<Stamp, Skip>>;

impl Followed {
    fn of(set: DocSet) -> Self {
        let (changes, nudge) = changes(std::slice::from_ref(&set), None).unwrap();
        let mut followed = Self {
            set,
            changes,
            _nudge: nudge,
            files: Files::new(),
            baseline: None,
            scoped: 0,
        };
        followed.look();
        followed
    }

    /// What a round of the follower does.
    fn look(&mut self) {
        self.changes.told();
        let private = PrivatePaths::default();
        let look = self.changes.watch(|new, each| {
            let told = corpus::folders(&self.set, &private, new, each);
            !matches!(told, Err(WalkError::Wider { .. }))
        });
        let began = Instant::now();
        if !self.look_at(&look) {
            let (files, listing) = list(&self.set, Within::Everything).unwrap();
            self.files = files;
            self.baseline = listing.baseline();
        }
        self.changes.looked(Looked::New, began.elapsed());
    }

    fn look_at(&mut self, look: &Look) -> bool {
        let (Look::Folders(folders), Some(baseline)) = (look, self.baseline) else {
            return false;
        };
        let Ok((files, listing)) = list(&self.set, Within::Folders(folders, baseline)) else {
            return false;
        };
        self.scoped += 1;
        self.files.retain(|path, _| !listing.covers(path));
        self.files.extend(files);
        self.baseline = listing.baseline();
        true
    }
}

fn list(set: &DocSet, within: Within<'_>) -> Result<(Files, corpus::Listing), WalkError> {
    let mut files = Files::new();
    let listing = corpus::list(set, &PrivatePaths::default(), within, &mut |found| {
        match found {
            Found::File(file) => files.insert(file.path, Ok(file.stamp)),
            Found::Skipped(file) => files.insert(file.path, Err(file.reason)),
        };
    })?;
    Ok((files, listing))
}

#[derive(Debug, Clone)]
enum Step {
    Write(usize, usize, u8),
    Remove(usize, usize),
    MakeFolder(usize),
    RemoveFolder(usize),
    Rename(usize, usize),
    MoveFile(usize, usize, usize),
    Link(usize, usize),
    Ignore(usize),
    Touch(usize),
}

const FOLDERS: [&str; 8] = ["a", "a/b", "a/b/c", "d", "d/e", "d/e/f/g", ".h", "h"];
const FILES: [&str; 6] = ["x.md", "x.html", "y.txt", "z.png", ".x.md", "y.adoc"];

fn step() -> impl Strategy<Value = Step> {
    let folder = || 0..FOLDERS.len();
    let file = || 0..FILES.len();
    prop_oneof![
        12 => (folder(), file(), 1u8..9).prop_map(|(a, b, c)| Step::Write(a, b, c)),
        4 => (folder(), file()).prop_map(|(a, b)| Step::Remove(a, b)),
        2 => folder().prop_map(Step::MakeFolder),
        3 => folder().prop_map(Step::RemoveFolder),
        4 => (folder(), folder()).prop_map(|(a, b)| Step::Rename(a, b)),
        3 => (folder(), file(), folder()).prop_map(|(a, b, c)| Step::MoveFile(a, b, c)),
        2 => folder().prop_map(Step::Touch),
    ]
}

/// What reaches beyond a folder too. Not hard links: of a file that has a name in a folder that is not watched, nobody tells.
fn any_step() -> impl Strategy<Value = Step> {
    let folder = || 0..FOLDERS.len();
    prop_oneof![
        20 => step(),
        1 => (folder(), folder()).prop_map(|(a, b)| Step::Link(a, b)),
        1 => folder().prop_map(Step::Ignore),
    ]
}

/// What cannot be done is left.
fn take(root: &Path, step: &Step) {
    let folder = |at: usize| root.join(FOLDERS[at]);
    let file = |at: usize, name: usize| folder(at).join(FILES[name]);
    let _ = match step {
        Step::Write(at, name, size) => fs::create_dir_all(folder(*at))
            .and_then(|()| fs::write(file(*at, *name), "x".repeat((*size).into()))),
        Step::Remove(at, name) => fs::remove_file(file(*at, *name)),
        Step::MakeFolder(at) => fs::create_dir_all(folder(*at)),
        Step::RemoveFolder(at) => fs::remove_dir_all(folder(*at)),
        Step::Rename(from, to) => fs::rename(folder(*from), folder(*to)),
        Step::MoveFile(at, name, to) => fs::rename(file(*at, *name), file(*to, *name)),
        Step::Link(at, to) => symlink(folder(*to), folder(*at).join("link")),
        Step::Ignore(at) => fs::write(folder(*at).join(".gitignore"), "y.*\n/b/\n"),
        Step::Touch(at) => fs::File::open(folder(*at)).and_then(|folder| {
            folder.set_times(fs::FileTimes::new().set_modified(SystemTime::now()))
        }),
    };
}

fn ground() -> (tempfile::TempDir, Followed) {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("index.md"), "x").unwrap();
    let followed = Followed::of(DocSet::new("docs", root.path()));
    (root, followed)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn what_is_told_is_all_that_changes(
        steps in prop::collection::vec((any_step(), any::<bool>()), 1..60),
    ) {
        let (root, mut followed) = ground();
        for (step, looks) in steps {
            take(root.path(), &step);
            if looks {
                followed.look();
                let expected = list(&followed.set, Within::Everything).unwrap().0;
                prop_assert_eq!(&followed.files, &expected);
            }
        }
    }
}

/// Whoever writes documents does not wait until they have been looked at.
#[test]
fn what_changes_during_a_look_is_found_by_it_or_by_the_next() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let steps = prop::collection::vec(step(), 400..401);
    let mut scoped = 0;
    for _ in 0..12 {
        let steps = steps.new_tree(&mut runner).unwrap().current();
        let (root, mut followed) = ground();
        let is_done = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                for step in &steps {
                    take(root.path(), step);
                }
                is_done.store(true, Ordering::SeqCst);
            });
            while !is_done.load(Ordering::SeqCst) {
                followed.look();
            }
        });
        followed.look();
        let expected = list(&followed.set, Within::Everything).unwrap().0;
        assert_eq!(followed.files, expected);
        scoped += followed.scoped;
    }
    assert!(scoped > 0, "all looks were at everything");
}

#[test]
fn included_folders_and_new_roots_have_everything_looked_at() {
    let (root, mut followed) = ground();
    let root = fs::canonicalize(root.path()).unwrap();
    for folder in ["a", "b/parts"] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    followed.look();
    assert_eq!(followed.scoped, 1);
    let included = BTreeSet::from([root.join("b/parts")]);
    assert!(!followed.changes.also(&included), "it is watched already");
    fs::write(root.join("a/x.md"), "x").unwrap();
    followed.look();
    assert_eq!(followed.scoped, 2);
    fs::write(root.join("b/parts/x.txt"), "x").unwrap();
    followed.look();
    fs::rename(root.join("b"), root.join("c")).unwrap();
    followed.look();
    assert_eq!(followed.scoped, 2);

    // One that is no folder of documents is watched for what is in it, and looked at anew when it is another one.
    let beside = tempfile::tempdir().unwrap();
    let parts = beside.path().join("parts");
    fs::create_dir(&parts).unwrap();
    assert!(followed.changes.also(&BTreeSet::from([parts.clone()])));
    followed.look();
    for _ in 0..2 {
        fs::remove_dir(&parts).unwrap();
        fs::create_dir(&parts).unwrap();
        assert!(followed.changes.told());
        followed.look();
    }
    fs::write(parts.join("x.txt"), "x").unwrap();
    assert!(followed.changes.told(), "the new folder is watched");
    followed.look();
    assert_eq!(followed.scoped, 2);
    // A failed look leaves nobody certain of anything.
    fs::write(root.join("a/x.md"), "xy").unwrap();
    followed.changes.looked(Looked::Failed, Duration::ZERO);
    followed.look();
    assert_eq!(followed.scoped, 2);
    fs::write(root.join("a/x.md"), "xyz").unwrap();
    followed.look();
    assert_eq!(followed.scoped, 3);
}

/// Somebody may change documents all the time: everything is looked at all the same.
#[test]
fn changes_that_do_not_end_put_off_no_look_at_everything() {
    let root = tempfile::tempdir().unwrap();
    let set = DocSet::new("docs", root.path());
    for (every, expects_everything) in [(Duration::from_millis(1), true), (SELDOM, false)] {
        let mut followed = Followed::of(set.clone());
        followed.changes.look_every = Some(every);
        fs::write(root.path().join("a.md"), "x").unwrap();
        assert!(followed.changes.told(), "it is a burst, not the time");
        followed.changes.changed = Folders::default();
        fs::write(root.path().join("a.md"), "xy").unwrap();
        assert!(followed.changes.wait());
        let look = followed.changes.watch(|_, _| true);
        assert_eq!(look == Look::Everything, expects_everything, "{every:?}");
    }
}
