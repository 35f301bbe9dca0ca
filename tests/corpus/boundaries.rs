//! Whoever writes documents makes docent serve nothing but documents, and does not make it stand
//! still.
#![allow(clippy::unwrap_used, reason = "in a test it is the failure")]

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, symlink},
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    sync::mpsc::channel,
    thread,
    time::Duration,
};

use docent::{
    config::DocSet,
    corpus::{File, PrivatePaths, Site, Skip, WalkError, read},
};
use nix::{
    fcntl::{AT_FDCWD, RenameFlags, renameat2},
    sys::stat::Mode,
    unistd::mkfifo,
};
use tempfile::TempDir;

use super::listed::{Listed, list};

const SECRET: &str = "Sesame opens the treasury.";

/// `docs/` is the set; `own/` is docent's, with a key; `outside/` is neither.
struct Ground {
    folder: TempDir,
    set: DocSet,
}

impl Ground {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ground = Self {
            set: DocSet::new("docs", folder.path().join("docs")),
            folder,
        };
        ground.write("docs/page.md", "# Page\n\nHarmless.\n");
        ground.write("own/certs/host.key.md", SECRET);
        ground.write("outside/page.md", SECRET);
        ground
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn link(&self, target: impl AsRef<Path>, path: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(target, path).unwrap();
    }

    fn private(&self) -> PrivatePaths {
        PrivatePaths::new([self.path("own")])
    }

    fn list(&self) -> Listed {
        list(&self.set, &self.private()).unwrap()
    }

    /// What is served of a listed file.
    fn text(&self, file: &File) -> Result<String, Skip> {
        let documents = read(
            &self.set,
            &Site::of(&self.set, &PrivatePaths::default()),
            file,
        )
        .documents?;
        let sections = documents.iter().flat_map(|page| &page.sections);
        Ok(sections.map(|section| section.markdown.as_str()).collect())
    }

    /// What is served of a file, or why it is not.
    fn served(&self, path: &str) -> Result<String, Skip> {
        let listing = self.list();
        if let Some(skipped) = listing.skipped.iter().find(|file| file.path == path) {
            return Err(skipped.reason.clone());
        }
        let file = listing.files.iter().find(|file| file.path == path);
        self.text(file.unwrap_or_else(|| panic!("{path} is not listed")))
    }

    fn is_passed_over(&self, path: &str) -> bool {
        let listing = self.list();
        let mut files = listing.files.iter().map(|file| &file.path);
        let mut skipped = listing.skipped.iter().map(|file| &file.path);
        !files.any(|file| file == path) && !skipped.any(|file| file == path)
    }

    /// All that is served.
    fn everything(&self) -> String {
        let listing = self.list();
        let texts = listing.files.iter().map(|file| self.text(file));
        texts.flat_map(Result::into_iter).collect()
    }
}

/// A page that is swapped between the look at it and the reading.
#[test]
fn a_page_swapped_for_a_link_is_not_followed() {
    for target in ["outside/page.md", "own/certs/host.key.md"] {
        let ground = Ground::new();
        let listing = ground.list();
        fs::remove_file(ground.path("docs/page.md")).unwrap();
        ground.link(ground.path(target), "docs/page.md");
        let text = ground.text(&listing.files[0]);
        assert!(
            matches!(text, Err(Skip::OutsideRoot | Skip::Private)),
            "{target}: {text:?}"
        );
    }
}

#[test]
fn a_folder_swapped_for_a_link_is_not_followed() {
    let ground = Ground::new();
    ground.write("docs/guide/part/page.md", "# Guide\n\nHarmless.\n");
    ground.write("outside/part/page.md", SECRET);
    let listing = ground.list();
    fs::rename(ground.path("docs/guide"), ground.path("docs/old")).unwrap();
    ground.link("../outside", "docs/guide");
    let guide = &listing.files[0];
    assert_eq!(guide.path, "guide/part/page.md");
    assert_eq!(ground.text(guide), Err(Skip::OutsideRoot));
}

/// The same by chance, as an attacker has it: whatever the listing and the reading meet.
#[test]
fn a_race_of_swaps_serves_no_secret() {
    let ground = Ground::new();
    ground.write("docs/guide/page.md", "# Guide\n\nHarmless.\n");
    ground.link("../outside/page.md", "docs/other.md");
    ground.link("../outside", "docs/other");
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let swap = |a: &str, b: &str| {
                let (a, b) = (ground.path(a), ground.path(b));
                let flags = RenameFlags::RENAME_EXCHANGE;
                renameat2(AT_FDCWD, &a, AT_FDCWD, &b, flags).unwrap();
            };
            while !done.load(Ordering::Relaxed) {
                swap("docs/page.md", "docs/other.md");
                swap("docs/guide", "docs/other");
            }
        });
        // The swapping ends after a panic too.
        let texts = catch_unwind(AssertUnwindSafe(|| {
            let texts = (0..2_000).map(|_| ground.everything());
            let (secret, harmless): (Vec<_>, Vec<_>) =
                texts.partition(|text| text.contains("Sesame"));
            let harmless = harmless.iter().filter(|text| text.contains("Harmless"));
            (secret.len(), harmless.count())
        }));
        done.store(true, Ordering::Relaxed);
        let (secret, harmless) = texts.unwrap();
        assert_eq!(secret, 0, "times that the secret was served");
        assert!(harmless > 0, "nothing was read at all");
    });
}

#[test]
fn what_became_a_pipe_is_not_waited_for() {
    let ground = Ground::new();
    ground.write("docs/include.md", "# I\n\n--8<-- \"pipe.txt\"\n");
    let listing = ground.list();
    fs::remove_file(ground.path("docs/page.md")).unwrap();
    ground.write("docs/sub/page.md", "# Sub\n\nHarmless.\n");
    for pipe in ["docs/page.md", "docs/pipe.txt", "docs/sub/.gitignore"] {
        mkfifo(&ground.path(pipe), Mode::from_bits_truncate(0o600)).unwrap();
    }
    let (sender, answer) = channel();
    thread::spawn(move || {
        let page = listing.files.iter().find(|file| file.path == "page.md");
        let read = ground.text(page.unwrap());
        let told = (read, ground.everything(), ground.served("page.md"));
        // With the folder, which is to be removed before the process ends.
        let _ = sender.send((told, ground));
    });
    let waited = answer.recv_timeout(Duration::from_secs(60));
    let ((read, everything, listed), _ground) = waited.expect("no pipe is waited for");
    assert!(matches!(read, Err(Skip::Unreadable { .. })), "{read:?}");
    assert!(matches!(listed, Err(Skip::Unreadable { .. })), "{listed:?}");
    assert!(everything.contains("pipe.txt"), "{everything}");
}

#[test]
fn links_that_stay_inside_are_followed() {
    let ground = Ground::new();
    ground.write("docs/a/b/page.md", "# A\n\nInside.\n");
    ground.link(ground.folder.path(), "alias");
    let absolute = ground.path("docs/a/b/page.md");
    let by_alias = ground.path("alias/docs/a/b/page.md");
    for (name, target) in [
        ("relative", Path::new("a/b/page.md")),
        ("dotted", Path::new("./a/../a/b/../b/page.md")),
        ("leaves-and-returns", Path::new("../docs/a/b/page.md")),
        ("absolute", &absolute),
        ("by-an-alias", &by_alias),
        (
            "by-the-system",
            Path::new(&format!("/proc/self/root{}", absolute.display())),
        ),
        ("chain", Path::new("relative.md")),
        ("through-a-folder", Path::new("folder/page.md")),
    ] {
        ground.link(target, &format!("docs/{name}.md"));
    }
    ground.link("a/b", "docs/folder");
    ground.link(ground.path("docs/a"), "docs/absolute-folder");
    for name in [
        "relative",
        "dotted",
        "leaves-and-returns",
        "absolute",
        "by-an-alias",
        "by-the-system",
        "chain",
        "through-a-folder",
    ] {
        let text = ground.served(&format!("{name}.md"));
        assert!(
            text.as_ref().is_ok_and(|text| text.contains("Inside")),
            "{name}: {text:?}"
        );
    }
    // And where the root itself is a link, as deployments make it.
    let mut linked = Ground::new();
    linked.link("docs", "current");
    linked.link(linked.path("current/page.md"), "docs/link.md");
    linked.set.root = linked.path("current");
    assert!(linked.served("link.md").unwrap().contains("Harmless"));
}

#[test]
fn links_that_lead_out_are_not_followed() {
    let ground = Ground::new();
    let open = fs::File::open(ground.path("outside/page.md")).unwrap();
    let by_descriptor = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&open));
    ground.link("../outside", "docs/out");
    for (name, target) in [
        ("relative", "../outside/page.md"),
        ("chain", "relative.md"),
        ("through-a-folder", "out/page.md"),
        ("dotted", "out/../outside/page.md"),
        ("by-descriptor", &by_descriptor),
        ("prefix", "../docs-of-others/page.md"),
    ] {
        ground.write("docs-of-others/page.md", SECRET);
        ground.link(target, &format!("docs/{name}.md"));
        let path = format!("{name}.md");
        assert_eq!(ground.served(&path), Err(Skip::OutsideRoot), "{name}");
    }
    assert_eq!(ground.served("out"), Err(Skip::OutsideRoot));
    ground.link("round.md", "docs/round.md");
    assert!(matches!(
        ground.served("round.md"),
        Err(Skip::Unreadable { .. })
    ));
}

/// A hard link is the file itself under another name, made before or after the look.
#[test]
fn docents_own_files_are_not_served_under_any_name() {
    let ground = Ground::new();
    let key = ground.path("own/certs/host.key.md");
    fs::hard_link(&key, ground.path("docs/hard.md")).unwrap();
    ground.write("docs/include.md", "# I\n\n--8<-- \"hard.md\"\n");
    assert_eq!(ground.served("hard.md"), Err(Skip::Private));
    let listing = ground.list();
    ground.write("own/certs/new.key.md", SECRET);
    fs::remove_file(ground.path("docs/page.md")).unwrap();
    fs::hard_link(
        ground.path("own/certs/new.key.md"),
        ground.path("docs/page.md"),
    )
    .unwrap();
    let page = listing.files.iter().find(|file| file.path == "page.md");
    assert_eq!(ground.text(page.unwrap()), Err(Skip::Private));
    assert!(!ground.everything().contains("Sesame"));
}

/// `docent serve .` in a checkout with `certs/`.
#[test]
fn docents_own_folders_are_left_out_of_a_set_that_contains_them() {
    let mut ground = Ground::new();
    ground.set.root = ground.folder.path().to_owned();
    ground.link("../own/certs/host.key.md", "docs/link.md");
    ground.link("../own", "docs/folder");
    ground.write(
        "docs/include.md",
        "# I\n\n--8<-- \"/own/certs/host.key.md\"\n",
    );
    assert_eq!(ground.served("own"), Err(Skip::Private));
    assert_eq!(ground.served("docs/link.md"), Err(Skip::Private));
    assert_eq!(ground.served("docs/folder"), Err(Skip::Private));
    // Moved to another name, it is the same folder.
    let listing = ground.list();
    assert!(listing.paths().contains(&"docs/page.md"));
    fs::rename(ground.path("docs"), ground.path("was-docs")).unwrap();
    fs::rename(ground.path("own"), ground.path("docs")).unwrap();
    let own_now = PrivatePaths::new([ground.path("docs")]);
    let now = list(&ground.set, &own_now).unwrap();
    assert!(
        !now.paths().iter().any(|path| path.starts_with("docs/")),
        "{now:?}"
    );
    ground.write("docs/page.md", SECRET);
    let page = listing
        .files
        .iter()
        .find(|file| file.path == "docs/page.md");
    let text = ground.text(page.unwrap());
    assert_eq!(text, Err(Skip::Private));
}

/// Before docent has made its folder, too.
#[test]
fn docents_own_folder_that_is_made_later_is_left_out() {
    let mut ground = Ground::new();
    ground.set.root = ground.folder.path().to_owned();
    let own = PrivatePaths::new([ground.path("later/certs")]);
    ground.write(
        "docs/include.md",
        "# I\n\n--8<-- \"/later/certs/key.txt\"\n",
    );
    let listing = list(&ground.set, &own).unwrap();
    ground.write("later/certs/key.txt", SECRET);
    let page = listing
        .files
        .iter()
        .find(|file| file.path == "docs/include.md");
    let text = ground.text(page.unwrap()).unwrap();
    assert!(!text.contains("Sesame"), "{text}");
}

#[test]
fn a_root_in_docents_own_folders_is_refused() {
    let mut ground = Ground::new();
    ground.link("own/certs", "innocent");
    for root in ["own", "own/certs", "innocent", "own/certs/host.key.md"] {
        ground.set.root = ground.path(root);
        let refused = list(&ground.set, &ground.private());
        assert!(
            matches!(refused, Err(WalkError::Private { .. })),
            "{root}: {refused:?}"
        );
        assert!(
            ground.private().holder(&ground.set.root).is_some(),
            "{root}"
        );
    }
    assert_eq!(ground.private().holder(&ground.path("docs")), None);
    assert_eq!(ground.private().holder(ground.folder.path()), None);
}

/// A page that includes a file, in every notation that there is, with the ending of its name.
fn notations(path: &str) -> Vec<(&'static str, String)> {
    let inclusions = [
        ("md", format!("--8<-- \"{path}\"\n")),
        ("md", format!("--8<--\n{path}\n--8<--\n")),
        ("md", format!("{{{{#include {path}}}}}\n")),
        ("md", format!("{{{{#playground {path}}}}}\n")),
        ("md", format!("{{{{#rustdoc_include {path}}}}}\n")),
        ("md", format!("<<< @/{path}\n")),
        ("md", format!("<!--@include: ./{path}-->\n")),
        ("md", format!("{{{{< readfile file=\"{path}\" >}}}}\n")),
        ("md", format!("{{{{% readfile \"{path}\" %}}}}\n")),
        ("md", format!("{{{{< code_sample file=\"{path}\" >}}}}\n")),
        ("adoc", format!("include::{path}[]\n")),
        ("adoc", format!("----\ninclude::{path}[]\n----\n")),
        ("rst", format!(".. include:: {path}\n")),
        ("rst", format!(".. include:: /{path}\n")),
        ("rst", format!(".. literalinclude:: {path}\n")),
        ("rst", format!(".. csv-table::\n   :file: {path}\n")),
    ];
    let page = |(extension, text): (&'static str, String)| {
        let title = match extension {
            "md" => "# Page",
            "adoc" => "= Page",
            _ => "Page\n====",
        };
        (extension, format!("{title}\n\n{text}"))
    };
    inclusions.into_iter().map(page).collect()
}

#[test]
fn every_notation_includes_what_may_be() {
    let ground = Ground::new();
    ground.write("docs/open/part.txt", "Words of a walrus.\n");
    for (number, (extension, text)) in notations("open/part.txt").into_iter().enumerate() {
        let page = format!("include-{number}.{extension}");
        ground.write(&format!("docs/{page}"), &text);
        let served = ground.served(&page).unwrap();
        assert!(served.contains("walrus"), "{text}\n{served}");
    }
}

#[test]
fn hidden_and_ignored_files_are_not_included() {
    let ground = Ground::new();
    ground.write("docs/.gitignore", "secrets/\n*.local\n!.unhidden\n");
    ground.write("docs/.ignore", "passed-over.txt\n");
    ground.write("docs/sub/.gitignore", "own.txt\n");
    let forbidden = [
        ".env",
        ".git/config",
        ".hidden/page.md",
        ".unhidden",
        "secrets/key.txt",
        "settings.local",
        "passed-over.txt",
        "sub/own.txt",
        "link.txt",
        "linked/key.txt",
        "sub/../.env",
    ];
    for path in forbidden.iter().take(8) {
        ground.write(&format!("docs/{path}"), SECRET);
    }
    ground.link(".env", "docs/link.txt");
    ground.link("secrets", "docs/linked");
    for (number, path) in forbidden.iter().enumerate() {
        for (notation, (extension, text)) in notations(path).into_iter().enumerate() {
            let page = format!("docs/include-{number}-{notation}.{extension}");
            ground.write(&page, &text);
        }
    }
    let listing = ground.list();
    assert!(listing.files.len() > 16 * forbidden.len());
    for file in &listing.files {
        let text = ground.text(file).unwrap_or_default();
        assert!(!text.contains("Sesame"), "{}: {text}", file.path);
    }
}

#[test]
fn excluded_files_are_made_to_be_included() {
    let mut ground = Ground::new();
    ground.write("docs/snippets/part.md", "Words of a walrus.\n");
    ground.write("docs/page.md", "# Page\n\n--8<-- \"snippets/part.md\"\n");
    ground.set.exclude = vec!["snippets/".to_owned()];
    let listing = ground.list();
    assert_eq!(listing.paths(), ["page.md"]);
    assert!(ground.everything().contains("walrus"));
    ground.set.exclude.clear();
    ground.set.include = vec!["page.md".to_owned()];
    assert!(ground.everything().contains("walrus"));
}

#[test]
fn a_link_shows_no_hidden_or_ignored_file() {
    let ground = Ground::new();
    ground.write("docs/.gitignore", "notes/\n");
    ground.write("docs/.git/config", SECRET);
    ground.write("docs/notes/a.md", SECRET);
    ground.link(".git/config", "docs/config.txt");
    ground.link("notes/a.md", "docs/a.md");
    ground.link("notes", "docs/visible");
    for path in ["config.txt", "a.md", "visible"] {
        assert_eq!(ground.served(path), Err(Skip::Hidden), "{path}");
    }
    assert!(ground.is_passed_over("notes/a.md"));
    assert!(ground.is_passed_over("visible/a.md"));
    // A page swapped for such a link after it was listed.
    let listing = ground.list();
    fs::remove_file(ground.path("docs/page.md")).unwrap();
    ground.link(".git/config", "docs/page.md");
    assert_eq!(ground.text(&listing.files[0]), Err(Skip::Hidden));
}

/// Kubernetes puts a ConfigMap in a folder as links through two hidden names.
#[test]
fn a_volume_of_kubernetes_is_served() {
    let ground = Ground::new();
    ground.write(
        "docs/..2026_01_31_10_00_00.123/mounted.md",
        "# M\n\nMounted.\n",
    );
    ground.link("..2026_01_31_10_00_00.123", "docs/..data");
    ground.link("..data/mounted.md", "docs/mounted.md");
    assert!(ground.served("mounted.md").unwrap().contains("Mounted"));
    assert_eq!(ground.list().paths(), ["mounted.md", "page.md"]);
}

/// Two dots alone make no volume of Kubernetes'.
#[test]
fn other_names_of_two_dots_are_hidden_to_links_too() {
    for name in [
        "..private",
        "..d",
        "..dat",
        "..data-of-others",
        "...",
        "..2026_01_31",
        "..2026_01_31_10_00_00",
        "..2026_01_31_10_00_00.",
        "..2026_01_31_10_00_00.12x",
        "..2026-01-31_10_00_00.12",
        "..2026_01_31_10_00_00.12/.private",
    ] {
        let ground = Ground::new();
        ground.write(&format!("docs/{name}/page.md"), SECRET);
        ground.link(format!("{name}/page.md"), "docs/file.md");
        ground.link(name, "docs/folder");
        ground.write("docs/include.md", "# I\n\n--8<-- \"file.md\"\n");
        assert_eq!(ground.served("file.md"), Err(Skip::Hidden), "{name}");
        assert_eq!(ground.served("folder"), Err(Skip::Hidden), "{name}");
        assert!(!ground.everything().contains("Sesame"), "{name}");
    }
}

/// Whether a file's lines are followed as rules tells whoever writes documents what is in it.
#[test]
fn a_worktree_has_no_file_read_that_is_not_git_s() {
    let follows = |ground: &Ground| ground.is_passed_over("page.md");
    let git_of = |ground: &Ground, common: &str| {
        let folder = ground.path("outside/repository/worktrees/docs");
        ground.write("outside/repository/worktrees/docs/commondir", common);
        ground.write("docs/.git", &format!("gitdir: {}\n", folder.display()));
    };
    // As git writes it.
    let ground = Ground::new();
    ground.write("outside/repository/info/exclude", "page.md\n");
    git_of(&ground, "../..\n");
    assert!(follows(&ground), "a worktree");
    ground.write(
        "docs/.git",
        "gitdir: ../outside/repository/worktrees/docs\n",
    );
    assert!(follows(&ground), "a worktree by a relative path");

    type Attack = (&'static str, fn(&Ground));
    let attacks: [Attack; 6] = [
        ("a link to the key", |ground| {
            ground.link(ground.path("own/rules"), "docs/x/info/exclude");
        }),
        ("a hard link to the key", |ground| {
            fs::create_dir_all(ground.path("docs/x/info")).unwrap();
            let to = ground.path("docs/x/info/exclude");
            fs::hard_link(ground.path("own/rules"), to).unwrap();
        }),
        ("a link to a file of somebody else's", |ground| {
            ground.link(ground.path("outside/rules"), "docs/x/info/exclude");
        }),
        ("a link to a folder", |ground| {
            ground.write("outside/info/exclude", "page.md\n");
            ground.link(ground.path("outside"), "docs/x");
        }),
        ("docent's own folder", |ground| {
            ground.write("own/info/exclude", "page.md\n");
            let own = ground.path("own");
            ground.write("docs/git/commondir", own.to_str().unwrap());
            ground.write("docs/.git", "gitdir: git\n");
        }),
        ("a link in place of the file", |ground| {
            ground.write("outside/repository/info/exclude", "page.md\n");
            let line = format!("gitdir: {}\n", ground.path("docs/git").display());
            ground.write("outside/line", &line);
            let common = ground.path("outside/repository");
            ground.write("outside/common", common.to_str().unwrap());
            ground.link(ground.path("outside/common"), "docs/git/commondir");
            ground.write("docs/.git", &line);
        }),
    ];
    for (name, attack) in attacks {
        let ground = Ground::new();
        ground.write("own/rules", "page.md\n");
        ground.write("outside/rules", "page.md\n");
        ground.write("docs/git/commondir", "../x\n");
        ground.write("docs/.git", "gitdir: git\n");
        if name == "a link in place of the file" {
            fs::remove_file(ground.path("docs/git/commondir")).unwrap();
        }
        attack(&ground);
        assert!(!follows(&ground), "{name}");
    }
}

/// What a file of rules would have kept back is not known where it is not read to its end.
#[test]
fn a_folder_whose_rules_cannot_be_read_whole_is_passed_over() {
    let too_long = format!("{}\nsecret.md\n", "# padding\n".repeat(30_000));
    for file in [".gitignore", ".ignore", ".git/info/exclude"] {
        for folder in ["", "sub"] {
            if folder == "sub" && file.starts_with(".git/") {
                continue;
            }
            let ground = Ground::new();
            let docs = Path::new("docs").join(folder);
            let at = |path: &str| docs.join(path).to_str().unwrap().to_owned();
            ground.write(&at("secret.md"), SECRET);
            ground.write(&at("deep/secret.md"), SECRET);
            ground.write("docs/other/page.md", "# Other\n\nHarmless.\n");
            ground.link(ground.path(&at("deep")), "docs/other/linked");
            ground.write(
                "docs/other/include.md",
                &format!("# I\n\n--8<-- \"/{folder}/secret.md\"\n"),
            );
            assert!(ground.everything().contains("Sesame"));
            ground.write(&at(file), &too_long);
            let told = if folder.is_empty() { "." } else { folder };
            let reason = ground.served(told);
            assert!(
                matches!(&reason, Err(Skip::RulesUnread { file: told, .. }) if told == file),
                "{file}: {reason:?}"
            );
            let everything = ground.everything();
            assert!(!everything.contains("Sesame"), "{file}: {everything}");
            assert_eq!(everything.contains("Harmless"), folder == "sub", "{file}");
            // And is back when it can be read.
            ground.write(&at(file), "nothing.md\n");
            assert!(ground.everything().contains("Sesame"), "{file}");
        }
    }
}

/// Not root, who may read everything: links that lead out, circles and pipes.
#[test]
fn a_file_of_rules_that_is_none_is_not_taken_for_an_empty_one() {
    let ways: [fn(&Ground, &str); 4] = [
        |ground, rules| ground.link(ground.path("outside/page.md"), rules),
        |ground, rules| ground.link(ground.path("own/certs/host.key.md"), rules),
        |ground, rules| ground.link(".gitignore", rules),
        |ground, rules| {
            let rules = ground.path(rules);
            mkfifo(&rules, Mode::from_bits_truncate(0o600)).unwrap();
        },
    ];
    for (number, way) in ways.into_iter().enumerate() {
        let ground = Ground::new();
        ground.write("docs/sub/page.md", "# Sub\n\nSecret.\n");
        way(&ground, "docs/sub/.gitignore");
        let told = ground.served("sub");
        assert!(
            matches!(told, Err(Skip::RulesUnread { .. })),
            "{number}: {told:?}"
        );
        assert!(!ground.everything().contains("Secret"), "{number}");
    }
    // One that leads to nothing names nothing.
    let ground = Ground::new();
    ground.link("gone", "docs/.gitignore");
    assert!(ground.everything().contains("Harmless"));
}

/// Each of 12 folders holds two links to the next: 8,191 ways, 13 pages.
#[test]
fn each_folder_is_entered_once_however_many_links_lead_to_it() {
    let ground = Ground::new();
    fs::remove_file(ground.path("docs/page.md")).unwrap();
    let mut expected = Vec::new();
    for number in 0..13 {
        ground.write(&format!("docs/d{number:02}/page.md"), "# P\n\nText.\n");
        expected.push(format!("d{number:02}/page.md"));
        if number < 12 {
            let next = format!("../d{:02}", number + 1);
            ground.link(&next, &format!("docs/d{number:02}/a"));
            ground.link(&next, &format!("docs/d{number:02}/b"));
        }
    }
    let listing = ground.list();
    assert_eq!(listing.paths(), expected);
    assert_eq!(listing.skipped.len(), 24, "{:?}", listing.skipped);
    let same = Skip::SameFolder {
        path: "d01".to_owned(),
    };
    assert_eq!(ground.served("d00/a"), Err(same));
}

#[test]
fn a_folder_has_the_name_without_links_else_the_first() {
    let mut ground = Ground::new();
    ground.write("docs/versions/3/page.md", "# P\n\nText.\n");
    ground.link("versions/3", "docs/latest");
    ground.link("versions/3", "docs/current");
    assert_eq!(ground.list().paths(), ["page.md", "versions/3/page.md"]);
    ground.set.exclude = vec!["versions/".to_owned()];
    assert_eq!(ground.list().paths(), ["current/page.md", "page.md"]);
    // A name under which patterns leave out everything takes nothing away from another.
    ground.set.exclude.clear();
    ground.set.include = vec!["latest/**".to_owned()];
    assert_eq!(ground.list().paths(), ["latest/page.md"]);
}

#[test]
fn links_in_circles_end() {
    let ground = Ground::new();
    ground.write("docs/a/page.md", "# A\n\nText.\n");
    ground.link("..", "docs/a/up");
    ground.link(".", "docs/a/here");
    ground.link("../b/a", "docs/a/b");
    ground.link("../a", "docs/b/a");
    assert_eq!(ground.list().paths(), ["a/page.md", "page.md"]);
    for path in ["a/up", "a/here"] {
        let reason = ground.served(path);
        assert!(
            matches!(reason, Err(Skip::Unreadable { .. })),
            "{path}: {reason:?}"
        );
    }
}

#[test]
fn folders_as_deep_as_they_come_are_told() {
    let ground = Ground::new();
    let deep = format!("docs/{}page.md", "d/".repeat(300));
    ground.write(&deep, "# Deep\n\nText.\n");
    let listing = ground.list();
    assert_eq!(listing.paths(), ["page.md"]);
    let told = &listing.skipped[0];
    assert!(told.reason.to_string().contains("folders deep"), "{told:?}");
}

#[test]
fn a_name_that_is_not_utf8_is_told_as_that() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};
    let ground = Ground::new();
    for name in [&b"caf\xe9.md"[..], b"d\xe9p\xf4t"] {
        let path = ground.path("docs").join(OsStr::from_bytes(name));
        if name.ends_with(b".md") {
            fs::write(path, "# A\n\nText.\n").unwrap();
        } else {
            fs::create_dir(&path).unwrap();
            fs::write(path.join("a.md"), "# A\n\nText.\n").unwrap();
        }
    }
    let listing = ground.list();
    let reasons: Vec<_> = listing.skipped.iter().map(|file| &file.reason).collect();
    assert_eq!(reasons, [&Skip::NameNotUtf8, &Skip::NameNotUtf8]);
    assert_eq!(Skip::NameNotUtf8.to_string(), "its name is not UTF-8");
}

/// The stamp is what the file was before it was read, of the file that was read.
#[test]
fn the_stamp_is_of_the_file_that_was_read() {
    let ground = Ground::new();
    let listing = ground.list();
    ground.write("docs/page.md", "# Page\n\nA longer text than before.\n");
    let parsed = read(
        &ground.set,
        &Site::of(&ground.set, &PrivatePaths::default()),
        &listing.files[0],
    );
    let now = fs::metadata(ground.path("docs/page.md")).unwrap();
    assert_eq!(parsed.stamp.size, now.size());
    assert_ne!(parsed.stamp, listing.files[0].stamp);
}
