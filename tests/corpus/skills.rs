//! Folders with a `SKILL.md`, read as they stand.
#![allow(clippy::unwrap_used, reason = "in a test it is the failure")]

use docent::{
    config::DocSet,
    corpus::{PrivatePaths, skill},
};
use std::fs;

fn of(files: &[(&str, &str)]) -> (tempfile::TempDir, DocSet) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        let parent = path.parent().expect("it is below a folder");
        fs::create_dir_all(parent).expect("the folder can be written");
        fs::write(path, text).expect("the folder can be written");
    }
    let set = DocSet::new(
        "docs",
        folder.path().canonicalize().expect("the folder is there"),
    );
    (folder, set)
}

const SKILL: &str = "---\nname: oil\ndescription: How to fill it\nlicense: MIT\n---\n# Oil\n";

#[test]
fn a_skill_has_what_is_shown_of_its_folder_and_nothing_else() {
    let (folder, mut set) = of(&[
        ("a/oil/SKILL.md", SKILL),
        ("a/oil/scripts/fill.py", "print(1)\n"),
        ("a/oil/.env", "SECRET=1\n"),
        ("a/oil/deploy.env", "SECRET=1\n"),
        ("a/oil/server.key", "KEY"),
        ("a/oil/credentials.json", "{\"token\": 1}"),
        ("a/oil/id_rsa", "KEY"),
        ("a/oil/more.md", "# More\n"),
        ("a/oil/.git/config", "x"),
        ("a/oil/ignored.txt", "x"),
        ("a/oil/left-out.txt", "x"),
        ("a/oil/.gitignore", "ignored.txt\n"),
        ("a/outside.md", "x"),
    ]);
    set.exclude = vec!["left-out.txt".to_owned()];
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("key"), "private").unwrap();
    std::os::unix::fs::symlink(
        elsewhere.path().join("key"),
        folder.path().join("a/oil/key.txt"),
    )
    .unwrap();
    let found = skill(&set, &PrivatePaths::default(), "a/oil").unwrap();
    let paths: Vec<&str> = found.files.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["SKILL.md", "more.md", "scripts/fill.py"]);
    assert_eq!((found.text("name"), found.text("license")), ("oil", "MIT"));
    assert_eq!(found.files[0].1, SKILL.as_bytes());
    assert_eq!(skill(&set, &PrivatePaths::default(), "a"), None);
    assert_eq!(skill(&set, &PrivatePaths::default(), "nowhere"), None);
}

#[test]
fn a_skill_at_the_root_has_not_all_of_the_set() {
    let (_folder, set) = of(&[
        ("SKILL.md", SKILL),
        ("page.md", "# Page\n"),
        ("scripts/run.sh", "x"),
    ]);
    let found = skill(&set, &PrivatePaths::default(), "").unwrap();
    let paths: Vec<&str> = found.files.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["SKILL.md"]);
}

#[test]
fn what_is_no_skill_or_too_large_is_none() {
    for text in [
        "# Oil\n",
        "---\nname: oil\n---\n",
        "---\nname: Oil Lamp\ndescription: x\n---\n",
        "---\nname: oil--lamp\ndescription: x\n---\n",
        "---\nname: [oil]\ndescription: x\n---\n",
        "---\nname: oil\ndescription: ' '\n---\n",
        "---\nname: oil\ndescription: x\n",
        "--- \nname: oil\ndescription: x\n---\n",
    ] {
        let (_folder, set) = of(&[("oil/SKILL.md", text)]);
        assert_eq!(skill(&set, &PrivatePaths::default(), "oil"), None, "{text}");
    }
    let large = "x".repeat(1 << 20);
    let (_folder, set) = of(&[("oil/SKILL.md", SKILL), ("oil/large.txt", &large)]);
    assert_eq!(skill(&set, &PrivatePaths::default(), "oil"), None);
}
