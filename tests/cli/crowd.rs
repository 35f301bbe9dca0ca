//! A thousand files that change at once, as rsync and git leave them, under a crowd that searches.
#![allow(clippy::print_stdout, reason = "figures to look at")]

use std::{
    fs,
    path::Path,
    process::Command,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
};

use crate::{
    left_out::needs_program,
    prose::Prose,
    run::Sandbox,
    serve::{Server, docent, soon},
};

const FILES: usize = 1_000;
const CLIENTS: usize = 16;
/// Pages that nobody changes.
const STEADY: usize = 50;
/// What a process may keep more than before, in KiB: what an allocator does not give back.
const KEPT: u64 = 32 << 10;

fn path(number: usize) -> String {
    format!("part-{}/page-{number}.md", number % 20)
}

/// All of the pages, in a version of which each says its word.
fn write(folder: &Path, version: &str) {
    let mut prose = Prose::new(version.len() as u64);
    for number in 0..FILES {
        let file = folder.join(path(number));
        fs::create_dir_all(file.parent().expect("a folder")).expect("the sandbox is ours");
        let text = prose.page(&format!("Page {number}"), 1_500);
        fs::write(file, format!("{text}\nAbout {version}{number}.\n"))
            .expect("the sandbox is ours");
    }
    for number in 0..STEADY {
        let text = format!("# Steady {number}\n\nAbout steadytopic{number}.\n");
        fs::write(folder.join(format!("steady-{number}.md")), text).expect("the sandbox is ours");
    }
}

fn run(folder: &Path, program: &str, arguments: &[&str]) {
    let done = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the program is installed");
    assert!(done.status.success(), "{program} {arguments:?}: {done:?}");
}

fn anonymous(server: &Server) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.process.id()));
    let status = status.expect("the process runs");
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
    kib.expect("a number")
}

fn is_found(server: &Server, version: &str, number: usize) -> bool {
    let answer = server.search(&format!("{version}{number}"));
    answer.contains(&format!("docs/{}", path(number)))
}

/// Changes all pages under a crowd, and looks at what it has met.
fn under_a_crowd(sandbox: &Sandbox, change: impl FnOnce()) {
    let server = Server::start_with(sandbox, docent(sandbox, &["docs"]));
    let (stop, searches) = (AtomicBool::new(false), AtomicUsize::new(0));
    let search = |client: usize| {
        let number = (client * 7 + searches.fetch_add(1, Ordering::Relaxed)) % STEADY;
        let answer = server.try_search(&format!("steadytopic{number}"));
        let is_right = answer.starts_with("HTTP/1.1 200")
            && answer.contains(&format!("docs/steady-{number}.md"))
            && !answer.contains("\"isError\":true");
        (!is_right).then_some(answer)
    };
    let crowd = |stop: &AtomicBool, meanwhile: &mut dyn FnMut()| -> Vec<String> {
        thread::scope(|scope| {
            let clients: Vec<_> = (0..CLIENTS)
                .map(|client| {
                    scope.spawn(move || {
                        let mut failed = Vec::new();
                        while !stop.load(Ordering::Relaxed) {
                            failed.extend(search(client));
                        }
                        failed
                    })
                })
                .collect();
            // Whatever happens, the clients end.
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(meanwhile));
            stop.store(true, Ordering::Relaxed);
            let failed = clients
                .into_iter()
                .flat_map(|client| client.join().expect("a client"));
            let failed = failed.collect();
            if let Err(panic) = outcome {
                std::panic::resume_unwind(panic);
            }
            failed
        })
    };

    // What a crowd takes by itself is no matter of the change.
    crowd(&stop, &mut || {
        soon("the crowd has searched", || {
            searches.load(Ordering::Relaxed) > 2_000
        });
    });
    assert!(is_found(&server, "before", 17));
    let before = anonymous(&server);
    stop.store(false, Ordering::Relaxed);
    searches.store(0, Ordering::Relaxed);
    let mut change = Some(change);
    let failed = crowd(&stop, &mut || {
        change.take().expect("once")();
        for number in (0..FILES).rev() {
            soon("a change is found", || is_found(&server, "after", number));
        }
    });
    let count = searches.load(Ordering::Relaxed);
    assert!(
        failed.is_empty(),
        "{} of {count} failed: {}",
        failed.len(),
        failed[0]
    );
    assert!(count > 100, "{count} searches are no crowd");
    for number in (0..FILES).step_by(37) {
        let answer = server.search(&format!("before{number}"));
        assert!(!answer.contains(&path(number)), "{answer}");
    }
    soon("the memory is given back", || {
        anonymous(&server) < before + KEPT
    });
    println!(
        "{count} searches, RssAnon {before} KiB before, {} KiB after",
        anonymous(&server)
    );
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn rsync_under_a_crowd() {
    if !needs_program("a thousand files that rsync changes", "rsync", "rsync") {
        return;
    }
    let sandbox = Sandbox::new(&[]);
    write(&sandbox.path().join("docs"), "before");
    write(&sandbox.path().join("next"), "after");
    under_a_crowd(&sandbox, || {
        run(
            sandbox.path(),
            "rsync",
            &["-a", "--checksum", "--delete", "next/", "docs/"],
        );
    });
}

#[test]
fn git_checkout_under_a_crowd() {
    let sandbox = Sandbox::new(&[]);
    let docs = sandbox.path().join("docs");
    let git = |arguments: &[&str]| {
        let who = ["-c", "user.name=A", "-c", "user.email=a@example.com"];
        run(&docs, "git", &[&who, arguments].concat());
    };
    fs::create_dir(&docs).expect("the sandbox is ours");
    git(&["init", "--quiet", "--initial-branch", "main"]);
    for version in ["before", "after"] {
        write(&docs, version);
        git(&["add", "."]);
        git(&["commit", "--quiet", "--message", version]);
        git(&["tag", version]);
    }
    git(&["checkout", "--quiet", "before"]);
    under_a_crowd(&sandbox, || git(&["checkout", "--quiet", "after"]));
}
