//! Looks at folders give what a look at everything gives.
#![allow(clippy::unwrap_used, reason = "in a test it is the failure")]

use std::{
    collections::BTreeMap,
    fs::{self, Metadata},
    os::unix::fs::{MetadataExt as _, symlink},
    path::{Path, PathBuf},
};

use docent::{
    config::DocSet,
    corpus::{
        self, Baseline, Folders, Found, Listing, PrivatePaths, Skip, Stamp, WalkError, Within,
    },
};
use proptest::prelude::*;
use tempfile::TempDir;

/// What is known of a set's files, kept up to date by looks.
#[derive(Debug)]
struct Known {
    set: DocSet,
    files: BTreeMap<String, Result<Stamp, Skip>>,
    baseline: Option<Baseline>,
}

impl Known {
    fn of(set: DocSet) -> Self {
        let mut known = Self {
            set,
            files: BTreeMap::new(),
            baseline: None,
        };
        known.look_at_everything();
        known
    }

    fn list(&self, within: Within<'_>) -> Result<(Self, Listing), WalkError> {
        let mut files = BTreeMap::new();
        let private = PrivatePaths::default();
        let listing = corpus::list(&self.set, &private, within, &mut |found| {
            let (path, found) = match found {
                Found::File(file) => (file.path, Ok(file.stamp)),
                Found::Skipped(file) => (file.path, Err(file.reason)),
            };
            assert!(files.insert(path, found).is_none(), "told twice");
        })?;
        let known = Self {
            set: self.set.clone(),
            files,
            baseline: listing.baseline(),
        };
        Ok((known, listing))
    }

    fn look_at_everything(&mut self) {
        *self = self.list(Within::Everything).unwrap().0;
    }

    /// `true`: the folders were enough.
    fn look(&mut self, folders: &Folders) -> bool {
        let Some(baseline) = self.baseline else {
            self.look_at_everything();
            return false;
        };
        match self.list(Within::Folders(folders, baseline)) {
            Ok((told, listing)) => {
                self.files.retain(|path, _| !listing.covers(path));
                for path in told.files.keys() {
                    assert!(listing.covers(path), "{path}");
                }
                self.files.extend(told.files);
                self.baseline = told.baseline;
                true
            }
            Err(WalkError::Wider { .. }) => {
                self.look_at_everything();
                false
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// Everything in a folder, hidden or not: what the kernel tells of is what differs.
fn state(root: &Path) -> BTreeMap<PathBuf, Metadata> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let entry = entry.unwrap();
            let metadata = entry.metadata().unwrap();
            if metadata.is_dir() {
                folders.push(entry.path());
            }
            found.insert(entry.path(), metadata);
        }
    }
    found
}

/// The folders to look at after a change; `None`: everything, as rules have changed.
fn changed(
    before: &BTreeMap<PathBuf, Metadata>,
    after: &BTreeMap<PathBuf, Metadata>,
) -> Option<Folders> {
    let mut folders = Folders::default();
    for path in before.keys().chain(after.keys()) {
        let (old, new) = (before.get(path), after.get(path));
        let is_folder = |it: Option<&Metadata>| it.is_some_and(Metadata::is_dir);
        let stamp = |it: &Metadata| (it.ino(), it.ctime(), it.ctime_nsec(), it.nlink());
        let is_same_folder = is_folder(old) && is_folder(new);
        if old.map(stamp) == new.map(stamp)
            || is_same_folder && old.map(Metadata::ino) == new.map(Metadata::ino)
        {
            continue;
        }
        if path.ends_with(".gitignore") {
            return None;
        }
        folders.note(path.parent().unwrap().to_owned());
        if is_folder(old) || is_folder(new) {
            folders.note_whole(path.clone());
        }
    }
    Some(folders)
}

#[derive(Debug, Clone)]
enum Step {
    Write(usize, usize, u8),
    Remove(usize, usize),
    RemoveFolder(usize),
    Rename(usize, usize),
    RenameFile(usize, usize, usize, usize),
    Link(usize, usize),
    LinkFile(usize, usize, usize, usize),
    HardLink(usize, usize, usize),
    Ignore(usize, usize),
}

const FOLDERS: [&str; 10] = [
    "a",
    "a/b",
    "a/b/c",
    "d",
    "d/e",
    ".hidden",
    "d/skipped",
    "site",
    "site/_sources",
    "a/x.md",
];
const FILES: [&str; 9] = [
    "x.md", "x.html", "y.txt", "y.html", "z.png", "large.md", ".x.md", "left.md", "z.adoc",
];
const RULES: [&str; 3] = ["y.txt\n", "b/\n", "*\n!x.md\n"];

fn step() -> impl Strategy<Value = Step> {
    let folder = || 0..FOLDERS.len();
    let file = || 0..FILES.len();
    prop_oneof![
        12 => (folder(), file(), 1u8..4).prop_map(|(a, b, c)| Step::Write(a, b, c)),
        4 => (folder(), file()).prop_map(|(a, b)| Step::Remove(a, b)),
        3 => folder().prop_map(Step::RemoveFolder),
        3 => (folder(), folder()).prop_map(|(a, b)| Step::Rename(a, b)),
        3 => (folder(), file(), folder(), file())
            .prop_map(|(a, b, c, d)| Step::RenameFile(a, b, c, d)),
        1 => (folder(), folder()).prop_map(|(a, b)| Step::Link(a, b)),
        1 => (folder(), file(), folder(), file())
            .prop_map(|(a, b, c, d)| Step::LinkFile(a, b, c, d)),
        1 => (folder(), file(), folder()).prop_map(|(a, b, c)| Step::HardLink(a, b, c)),
        1 => (folder(), 0..RULES.len()).prop_map(|(a, b)| Step::Ignore(a, b)),
    ]
}

/// What cannot be done is left.
fn take(root: &Path, step: &Step) {
    let folder = |at: usize| root.join(FOLDERS[at]);
    let file = |at: usize, name: usize| folder(at).join(FILES[name]);
    let _ = match step {
        Step::Write(at, name, size) => fs::create_dir_all(folder(*at)).and_then(|()| {
            let size = usize::from(*size) * if FILES[*name] == "large.md" { 40 } else { 10 };
            fs::write(file(*at, *name), "x".repeat(size))
        }),
        Step::Remove(at, name) => fs::remove_file(file(*at, *name)),
        Step::RemoveFolder(at) => fs::remove_dir_all(folder(*at)),
        Step::Rename(from, to) => fs::rename(folder(*from), folder(*to)),
        Step::RenameFile(at, name, to, new) => fs::rename(file(*at, *name), file(*to, *new)),
        Step::Link(at, to) => symlink(folder(*to), folder(*at).join("link")),
        Step::LinkFile(at, name, to, target) => {
            let target = match at == to {
                true => PathBuf::from(FILES[*target]),
                false => file(*to, *target),
            };
            symlink(target, file(*at, *name))
        }
        Step::HardLink(at, name, to) => {
            fs::hard_link(file(*at, *name), folder(*to).join("hard.md"))
        }
        Step::Ignore(at, rules) => fs::write(folder(*at).join(".gitignore"), RULES[*rules]),
    };
}

fn set(root: &TempDir) -> DocSet {
    let mut set = DocSet::new("docs", fs::canonicalize(root.path()).unwrap());
    set.exclude = vec!["left.md".to_owned(), "skipped/".to_owned()];
    set.max_file_size = 100;
    set
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn looks_at_folders_find_what_a_look_at_everything_finds(
        steps in prop::collection::vec((step(), any::<bool>()), 1..60),
        max_files in prop_oneof![4 => Just(10_000u64), 1 => 3u64..30],
    ) {
        let root = tempfile::tempdir().unwrap();
        let mut set = set(&root);
        set.max_files = max_files;
        let mut known = Known::of(set.clone());
        let mut before = state(&set.root);
        for (step, looks) in steps {
            take(&set.root, &step);
            if !looks {
                continue;
            }
            let after = state(&set.root);
            match changed(&before, &after) {
                Some(folders) => {
                    known.look(&folders);
                }
                None => known.look_at_everything(),
            }
            before = after;
            let expected = Known::of(set.clone());
            prop_assert_eq!(&known.files, &expected.files);
        }
    }
}

/// In a tree as most are, the folders that are named are enough, for ever.
#[test]
fn folders_are_enough_where_nothing_reaches_beyond_them() {
    let root = tempfile::tempdir().unwrap();
    let set = set(&root);
    for folder in ["", "a", "a/b", "c"] {
        fs::create_dir_all(set.root.join(folder)).unwrap();
        for file in FILES {
            fs::write(set.root.join(folder).join(file), "x").unwrap();
        }
        symlink("x.md", set.root.join(folder).join("beside.md")).unwrap();
        symlink("/etc/hostname", set.root.join(folder).join("out.md")).unwrap();
    }
    let mut known = Known::of(set.clone());
    let steps: [&dyn Fn(&Path); 7] = [
        &|root| fs::write(root.join("a/b/x.md"), "new").unwrap(),
        &|root| fs::write(root.join("new.md"), "new").unwrap(),
        &|root| fs::remove_file(root.join("x.html")).unwrap(),
        &|root| fs::rename(root.join("a/b"), root.join("c/moved")).unwrap(),
        &|root| fs::create_dir_all(root.join("deep/er/and/er")).unwrap(),
        &|root| fs::write(root.join("deep/er/and/er/x.md"), "x").unwrap(),
        &|root| fs::remove_dir_all(root.join("a")).unwrap(),
    ];
    for step in steps {
        let before = state(&set.root);
        step(&set.root);
        let folders = changed(&before, &state(&set.root)).unwrap();
        assert!(known.look(&folders), "{folders:?}");
        assert_eq!(known.files, Known::of(set.clone()).files);
    }
    // Another root in its place is looked at whole.
    let folders = Folders::default();
    fs::write(set.root.with_extension("new"), "").unwrap();
    fs::remove_file(set.root.with_extension("new")).unwrap();
    assert!(known.look(&folders));
    let away = set.root.with_extension("away");
    fs::rename(&set.root, &away).unwrap();
    fs::create_dir(&set.root).unwrap();
    fs::write(set.root.join("other.md"), "x").unwrap();
    assert!(!known.look(&folders));
    assert_eq!(known.files.len(), 1);
    fs::remove_dir_all(&away).unwrap();
    // And so is one above which there are other rules.
    fs::create_dir(set.root.join("docs")).unwrap();
    fs::write(set.root.join("docs/a.md"), "x").unwrap();
    let mut below = set.clone();
    below.root = set.root.join("docs");
    let mut known = Known::of(below);
    assert!(known.look(&folders));
    fs::write(set.root.join(".gitignore"), "a.md\n").unwrap();
    assert!(!known.look(&folders));
    assert_eq!(known.files.len(), 0);
}

/// The kernel tells of the name by which a file was changed, and of no other.
#[test]
fn a_file_with_other_names_has_everything_looked_at() {
    let root = tempfile::tempdir().unwrap();
    let set = set(&root);
    for folder in ["a", "c"] {
        fs::create_dir(set.root.join(folder)).unwrap();
        fs::write(set.root.join(folder).join("own.md"), "x").unwrap();
    }
    let (one, other) = (set.root.join("a/x.md"), set.root.join("c/y.md"));
    fs::write(&one, "x").unwrap();
    fs::hard_link(&one, &other).unwrap();
    let mut known = Known::of(set.clone());
    let mut folders = Folders::default();
    folders.note(set.root.join("a"));
    fs::write(&one, "longer").unwrap();
    assert!(!known.look(&folders));
    assert_eq!(known.files, Known::of(set.clone()).files);
}

/// A folder that is not gone into keeps what is known of it when the one that it is in is looked at.
#[test]
fn a_look_into_a_folder_forgets_nothing_of_those_in_it() {
    let root = tempfile::tempdir().unwrap();
    let set = set(&root);
    let deep: PathBuf = std::iter::repeat_n("d", 130).collect();
    fs::create_dir_all(set.root.join(&deep)).unwrap();
    let mut known = Known::of(set.clone());
    assert_eq!(known.files.len(), 1, "too deep: {:?}", known.files);
    let last = Path::new(known.files.keys().next().unwrap())
        .parent()
        .unwrap();
    let last = set.root.join(last);
    fs::write(last.join("x.md"), "x").unwrap();
    let mut folders = Folders::default();
    folders.note(last);
    assert!(known.look(&folders));
    assert_eq!(known.files, Known::of(set.clone()).files);
    assert_eq!(known.files.len(), 2);
}
