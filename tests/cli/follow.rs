//! Folders that are replaced under a running docent, and folders that cannot be watched.

use std::{
    fs::{self, Permissions},
    os::unix::{
        fs::{PermissionsExt as _, symlink},
        process::CommandExt as _,
    },
    path::Path,
    process::Command,
};

use crate::left_out::{needs, needs_root};
use crate::run::Sandbox;
use crate::serve::{Server, docent, soon};

const CONFIG: &str = "[[docs]]\nname = \"docs\"\npath = \"site/current\"\n";

/// Documents of which one page has a word of its own.
fn release(sandbox: &Sandbox, folder: &str, word: &str) {
    sandbox.write(
        &format!("{folder}/a.md"),
        format!("# Release\n\nAbout {word}.\n"),
    );
}

/// Waits until a change is served.
fn served(server: &Server, what: &str, word: &str) {
    soon(what, || server.search(word).contains("docs/a.md"));
}

fn start(sandbox: &Sandbox) -> Server {
    Server::start_with(sandbox, docent(sandbox, &["--config", "docent.toml"]))
}

#[test]
fn a_link_that_leads_elsewhere() {
    let sandbox = Sandbox::new(&[("docent.toml", CONFIG)]);
    for number in 1..=3 {
        release(
            &sandbox,
            &format!("site/releases/{number}"),
            &format!("word{number}"),
        );
    }
    let at = |path: &str| sandbox.path().join(path);
    symlink("releases/1", at("site/current")).expect("a link");
    let server = start(&sandbox);
    server.search("word1");
    for number in 2..=3 {
        // As most deployments do it: in one step.
        symlink(format!("releases/{number}"), at("site/next")).expect("a link");
        fs::rename(at("site/next"), at("site/current")).expect("a link to rename");
        served(&server, "a switched link", &format!("word{number}"));
    }
    release(&sandbox, "site/releases/3", "quinces");
    served(&server, "a change behind the link", "quinces");
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_root_that_is_made_anew() {
    let sandbox = Sandbox::new(&[("docent.toml", CONFIG)]);
    release(&sandbox, "site/current", "apples");
    let at = |path: &str| sandbox.path().join(path);
    let server = start(&sandbox);
    server.search("apples");

    fs::rename(at("site/current"), at("site/old")).expect("a folder");
    release(&sandbox, "site/current", "pears");
    served(&server, "a root renamed and made anew", "pears");
    release(&sandbox, "site/current", "medlars");
    served(&server, "a change in the new root", "medlars");

    fs::remove_dir_all(at("site/current")).expect("a folder");
    release(&sandbox, "site/current", "quinces");
    served(&server, "a root removed and cloned", "quinces");
    release(&sandbox, "site/current", "cherries");
    served(&server, "a change in the clone", "cherries");

    fs::rename(at("site"), at("former")).expect("a folder");
    release(&sandbox, "site/current", "plums");
    served(&server, "a parent renamed and made anew", "plums");
    release(&sandbox, "site/current", "sloes");
    served(&server, "a change below the new parent", "sloes");
    release(&sandbox, "site/current/deep/er", "figs");
    soon("a new folder", || {
        server.search("figs").contains("docs/deep/er/a.md")
    });
    release(&sandbox, "site/current/deep/er", "dates");
    soon("a change in the new folder", || {
        server.search("dates").contains("docs/deep/er/a.md")
    });
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn what_is_mounted_over_and_below() {
    let sandbox = Sandbox::new(&[("docent.toml", CONFIG)]);
    release(&sandbox, "site/current", "apples");
    release(&sandbox, "volume", "pears");
    release(&sandbox, "part", "quinces");
    fs::create_dir(sandbox.path().join("site/current/part")).expect("a folder");
    if !needs_root("documents that are mounted") {
        return;
    }
    // In a namespace of its own: nothing is mounted for anybody else.
    let mut command = Command::new("unshare");
    let inner = docent(&sandbox, &["--config", "docent.toml"]);
    command
        .args(["--mount", "--propagation", "private"])
        .arg(inner.get_program())
        .args(inner.get_args());
    let server = Server::start_with(&sandbox, command);
    server.search("apples");
    let mount = |arguments: &[&str]| {
        let done = Command::new("nsenter")
            .args(["--target", &server.process.id().to_string(), "--mount"])
            .args(["--wd", "--"])
            .args(arguments)
            .output()
            .expect("nsenter can be run");
        assert!(done.status.success(), "{arguments:?}: {done:?}");
    };
    let at = |path: &str| sandbox.path().join(path).display().to_string();
    mount(&["mount", "--bind", &at("part"), &at("site/current/part")]);
    soon("a mount below the root", || {
        server.search("quinces").contains("docs/part/a.md")
    });
    mount(&["umount", &at("site/current/part")]);
    mount(&["mount", "--bind", &at("volume"), &at("site/current")]);
    served(&server, "a mount over the root", "pears");
    release(&sandbox, "volume", "medlars");
    served(&server, "a change in what is mounted", "medlars");
    mount(&["umount", &at("site/current")]);
    served(&server, "the folder below after umount", "apples");
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_file_system_that_tells_nothing_is_looked_at_often() {
    let sandbox = Sandbox::new(&[("docent.toml", CONFIG)]);
    release(&sandbox, "lower", "apples");
    for folder in ["upper", "work", "site/current"] {
        fs::create_dir_all(sandbox.path().join(folder)).expect("a folder");
    }
    let inner = docent(&sandbox, &["--config", "docent.toml"]);
    let script = "mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work site/current || exit 9; \
                  exec \"$@\"";
    let mut command = Command::new("unshare");
    command
        .args([
            "--mount",
            "--propagation",
            "private",
            "sh",
            "-c",
            script,
            "sh",
        ])
        .arg(inner.get_program())
        .args(inner.get_args());
    if !needs_root("documents in the lower layer of an overlay") {
        return;
    }
    let server = Server::start_with(&sandbox, command);
    server.search("apples");
    // Below the overlay, of which the kernel tells nobody. The first look may find one of them by itself.
    for word in ["pears", "quinces", "medlars"] {
        release(&sandbox, "lower", word);
        served(&server, "a change in the lower layer", word);
    }
    assert!(server.log().contains("look_every"), "{}", server.log());
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_folder_that_may_not_be_read_stops_no_other() {
    let sandbox = Sandbox::new(&[("docent.toml", CONFIG)]);
    release(&sandbox, "site/current", "apples");
    release(&sandbox, "site/current/closed", "pears");
    let closed = sandbox.path().join("site/current/closed");
    let allow = |path: &Path, mode| {
        fs::set_permissions(path, Permissions::from_mode(mode)).expect("the sandbox is ours");
    };
    allow(sandbox.path(), 0o777);
    allow(&closed, 0o000);
    let mut command = docent(&sandbox, &["--config", "docent.toml"]);
    // root may read everything, so it starts docent as somebody else, who may have no access to
    // where docent has been built.
    if fs::read_dir(&closed).is_ok() {
        let program = sandbox.path().join("docent");
        fs::copy(command.get_program(), &program).expect("the sandbox is ours");
        let mut by_nobody = Command::new(program);
        by_nobody.args(command.get_args()).env_clear();
        by_nobody.uid(65_534).gid(65_534);
        command = by_nobody;
    }
    let server = Server::start_with(&sandbox, command);
    server.search("apples");
    release(&sandbox, "site/current", "medlars");
    served(&server, "a change beside a closed folder", "medlars");
    assert!(
        server.log().contains("may not read this folder"),
        "{}",
        server.log()
    );
    assert!(!server.log().contains("look_every"), "{}", server.log());
    allow(&closed, 0o755);
    soon("what was closed", || {
        server.search("pears").contains("docs/closed/a.md")
    });
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn only_folders_that_count_are_watched() {
    let sandbox = Sandbox::new(&[
        ("docent.toml", &format!("{CONFIG}exclude = [\"drafts/\"]\n")),
        ("site/current/.gitignore", "node_modules/\n"),
        ("site/current/snippets/part.txt", "Words of a walrus.\n"),
    ]);
    release(&sandbox, "site/current", "apples");
    release(&sandbox, "site/current/guide", "pears");
    for number in 0..50 {
        for folder in ["node_modules", ".git/objects", "drafts"] {
            release(
                &sandbox,
                &format!("site/current/{folder}/{number}"),
                "sloes",
            );
        }
    }
    let server = start(&sandbox);
    // The root, `guide` and `snippets`.
    soon("all folders are watched", || watches(&server) == 3);
    release(&sandbox, "site/current/new", "quinces");
    soon("a new folder is watched", || watches(&server) == 4);
    fs::remove_dir_all(sandbox.path().join("site/current/new")).expect("a folder");
    soon("one that has gone is not", || watches(&server) == 3);
    assert_eq!(server.stop(), Some(0));
}

/// Each step changes some folders of many, and is seen as a whole.
#[test]
fn folders_that_come_move_and_go_take_their_pages_with_them() {
    let sandbox = Sandbox::new(&[("docent.toml", CONFIG)]);
    for number in 0..20 {
        release(&sandbox, &format!("site/current/other/{number}"), "apples");
    }
    let at = |path: &str| sandbox.path().join(path);
    let server = start(&sandbox);
    server.search("apples");
    soon("all folders are watched", || watches(&server) == 22);
    let found = |word: &str, page: &str| server.search(word).contains(&format!("docs/{page}"));

    // Made elsewhere and moved in, with folders in it.
    release(&sandbox, "made/deep/er", "quinces");
    release(&sandbox, "made/deep", "medlars");
    fs::rename(at("made"), at("site/current/in")).expect("a folder");
    soon("what has been moved in", || {
        found("quinces", "in/deep/er/a.md") && found("medlars", "in/deep/a.md")
    });
    soon("it is watched", || watches(&server) == 25);
    release(&sandbox, "site/current/in/deep/er", "cherries");
    soon("a change in it", || found("cherries", "in/deep/er/a.md"));
    // Moved within, while something changes in it.
    fs::rename(at("site/current/in/deep"), at("site/current/other/3/new")).expect("a folder");
    release(&sandbox, "site/current/other/3/new/er", "plums");
    soon("what has been moved", || {
        found("plums", "other/3/new/er/a.md") && found("medlars", "other/3/new/a.md")
    });
    assert!(!found("medlars", "in/deep/a.md"));
    release(&sandbox, "site/current/other/3/new/er", "figs");
    soon("a change where it is now", || {
        found("figs", "other/3/new/er/a.md")
    });
    // Moved out, and another one in its place.
    fs::rename(at("site/current/other/3"), at("out")).expect("a folder");
    release(&sandbox, "site/current/other/3/new", "dates");
    soon("what has come in its place", || {
        found("dates", "other/3/new/a.md")
    });
    assert!(!found("figs", "other/3/new/er/a.md"));
    release(&sandbox, "out/new", "sloes");
    release(&sandbox, "site/current/other/4", "olives");
    soon("a change elsewhere", || found("olives", "other/4/a.md"));
    assert!(!found("sloes", "other/3/new/a.md"));
    soon("what is out is not watched", || watches(&server) == 24);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_snippet_that_is_left_out_is_followed() {
    let sandbox = Sandbox::new(&[
        (
            "docent.toml",
            &format!("{CONFIG}exclude = [\"snippets/\"]\n"),
        ),
        ("site/current/mkdocs.yml", "site_name: x\n"),
        (
            "site/current/a.md",
            "# Host\n\n--8<-- \"snippets/part.md\"\n",
        ),
        ("site/current/snippets/part.md", "Words of a walrus.\n"),
    ]);
    let server = start(&sandbox);
    assert!(server.search("walrus").contains("docs/a.md"));
    // The first look may find one of them by itself.
    for word in ["ocelot", "badger"] {
        sandbox.write(
            "site/current/snippets/part.md",
            format!("Words of a {word}.\n"),
        );
        served(&server, "a snippet in a folder that is left out", word);
    }
    assert_eq!(server.stop(), Some(0));
}

/// What a page includes is watched where it may be served, and nowhere else.
#[test]
fn no_folder_is_watched_that_is_not_of_the_documents() {
    let config = format!("{CONFIG}exclude = [\"snippets/\"]\n");
    let includes = [
        "snippets/part.txt",
        "snippets/inner/deep/part.txt",
        "link/deep/a.txt",
        "../../outside/a.txt",
        "../outside/a.txt",
        "link/a.txt",
        "certs/a.txt",
        ".git/a.txt",
        "ignored/a.txt",
        "gone/deep/a.txt",
    ];
    let page: String = includes
        .iter()
        .map(|path| format!("--8<-- \"{path}\"\n\n"))
        .collect();
    let sandbox = Sandbox::new(&[
        ("site/current/.gitignore", "ignored/\n"),
        (
            "site/current/a.md",
            &format!("# Page\n\nPeaches.\n\n{page}"),
        ),
        ("site/current/snippets/part.txt", "Words of a walrus.\n"),
        ("site/current/.git/a.txt", "x"),
        ("site/current/ignored/a.txt", "x"),
        ("site/outside/a.txt", "x"),
        ("outside/deep/a.txt", "x"),
        ("own/certs/a.txt", "x"),
    ]);
    sandbox.write("docent.toml", config);
    let at = |path: &str| sandbox.path().join(path);
    symlink(at("outside"), at("site/current/link")).expect("a link");
    symlink(at("own/certs"), at("site/current/certs")).expect("a link");
    let server = start(&sandbox);
    assert!(server.search("peaches").contains("docs/a.md"));
    // The first look takes in what pages include, and the next one watches it.
    for word in ["ocelot", "badger"] {
        sandbox.write(
            "site/current/snippets/part.txt",
            format!("Words of a {word}.\n"),
        );
        served(&server, "a snippet", word);
    }
    // The root and `snippets`.
    soon("these are watched", || watches(&server) == 2);
    assert_eq!(server.stop(), Some(0));
}

/// How many folders a process watches, as the kernel has it.
fn watches(server: &Server) -> usize {
    let folder = format!("/proc/{}/fdinfo", server.process.id());
    let files = fs::read_dir(folder).expect("the process runs");
    let texts = files.filter_map(|file| fs::read_to_string(file.ok()?.path()).ok());
    texts.map(|text| text.matches("inotify wd:").count()).sum()
}

/// A user namespace has a limit of its own, so that this one is nobody else's.
#[test]
fn more_folders_than_may_be_watched_are_looked_at() {
    let sandbox = Sandbox::new(&[("docent.toml", CONFIG)]);
    for folder in ["", "a", "b", "c", "d"] {
        release(&sandbox, &format!("site/current/{folder}"), "apples");
    }
    let script = "echo 3 >/proc/sys/user/max_inotify_watches && exec \"$@\"";
    let limited = |program: &std::ffi::OsStr| {
        let mut command = Command::new("unshare");
        command
            .args(["--user", "--map-root-user", "sh", "-c", script, "sh"])
            .arg(program);
        command
    };
    let probe = limited("true".as_ref()).output();
    if !needs(
        probe.is_ok_and(|run| run.status.success()),
        "the limit of watched folders",
        "allow user namespaces, which have a limit of their own (sysctl user.max_user_namespaces)",
    ) {
        return;
    }
    let inner = docent(&sandbox, &["--config", "docent.toml"]);
    let mut command = limited(inner.get_program());
    command.args(inner.get_args());
    let server = Server::start_with(&sandbox, command);
    server.search("apples");
    soon("the log names the limit", || {
        server.log().contains("fs.inotify.max_user_watches")
    });
    // Whichever it is that is not watched.
    for folder in ["a", "b", "c", "d"] {
        release(
            &sandbox,
            &format!("site/current/{folder}"),
            &format!("word{folder}"),
        );
        soon("a change in any folder", || {
            let page = format!("docs/{folder}/a.md");
            server.search(&format!("word{folder}")).contains(&page)
        });
    }
    assert_eq!(
        server.log().matches("fs.inotify.max_user_watches").count(),
        1
    );
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn synonyms_are_read_again_at_a_reload() {
    let sandbox = Sandbox::new(&[
        (
            "docent.toml",
            "[search]\nsynonyms = \"words.txt\"\n\n[[docs]]\nname = \"docs\"\npath = \"site\"\n",
        ),
        ("words.txt", "lamp, lantern\n"),
        ("site/a.md", "# Polish\n\nHow to polish a lantern.\n"),
    ]);
    let server = start(&sandbox);
    let finds = |word: &str| server.search(word).contains("docs/a.md");
    assert!(finds("lamp") && !finds("torch"));
    sandbox.write("words.txt", "torch => lantern\n");
    server.signal("-HUP");
    soon("other synonyms", || finds("torch"));
    assert!(!finds("lamp"));
    // A mistake changes nothing, and is told with its line.
    sandbox.write("words.txt", "torch => lantern\n\nalone\n");
    server.signal("-HUP");
    soon("a mistake", || {
        server
            .log()
            .contains("words.txt:3:1: a line needs two terms")
    });
    assert!(finds("torch"));
    assert_eq!(server.stop(), Some(0));
}
