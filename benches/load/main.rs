//! Measures docent beside other servers: the same machine, pages, queries and driver, in one run.
//!
//! `benches/run.sh` is the way to start it. Servers are measured one after another, round after
//! round, and every figure is the median of its rounds.

use std::{
    error::Error,
    fs, iter,
    path::Path,
    time::{Duration, Instant},
};

use tempfile::TempDir;

mod bare;
mod crowd;
mod drive;
mod manual;
mod pages;
mod private;
mod report;
mod server;

use crowd::Crowded;
use drive::{Run, Version};
use manual::Manual;
use private::Private;
use report::{Growth, Report, Speed, median};
use server::Server;

/// How much is measured.
struct Plan {
    rounds: usize,
    /// The longest that one run of one server takes.
    run: Duration,
    starts: usize,
    /// Numbers of pages, in multiples of PostgreSQL's.
    growth: &'static [usize],
}

const FULL: Plan = Plan {
    rounds: 5,
    run: Duration::from_secs(4),
    starts: 11,
    growth: &[1, 4, 16],
};
const QUICK: Plan = Plan {
    rounds: 1,
    run: Duration::from_secs(1),
    starts: 1,
    growth: &[1],
};

const CONNECTIONS: usize = 16;

/// After so many is memory measured.
const SEARCHES: usize = 10_000;

/// A question with a known answer, to tell when a server answers from its index.
const PROBE: (&str, &str) = ("autovacuum_naptime", "autovacuum_naptime");

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = std::env::args().skip(1).collect::<Vec<_>>();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["bare", answer] => bare::serve(Path::new(answer)),
        ["--bench"] => {
            let measured = measure(&FULL)?;
            report::write(&checkout().join("docs/performance.md"), &measured)
        }
        ["--quick", "--bench"] => measure(&QUICK).map(drop),
        ["--crowd", "--bench"] => {
            let (scratch, pages) = (TempDir::new()?, pages::postgresql()?);
            let queries = Manual::read(&pages)?.queries;
            crowded(&FULL, &pages, scratch.path(), &queries).map(drop)
        }
        ["--private", "--bench"] => {
            let (scratch, pages) = (TempDir::new()?, pages::postgresql()?);
            let queries = Manual::read(&pages)?.queries;
            let (warm_up, queries) = queries.split_at(queries.len() / 10);
            private_speed(&FULL, &pages, scratch.path(), warm_up, queries)?;
            let audience = private::audience(&pages, scratch.path(), queries)?;
            say(&format!("memory of an audience: {audience:?}"));
            Ok(())
        }
        // `cargo test --all-targets` comes here too: there is nothing to test.
        _ => Ok(()),
    }
}

/// Where the source is.
fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn measure(plan: &Plan) -> Result<Report, Box<dyn Error>> {
    let scratch = TempDir::new()?;
    let cache = scratch.path().join("cache");
    let clients = server::clients()?;
    let pages = pages::postgresql()?;
    let manual = Manual::read(&pages)?;
    let sections = scratch.path().join("sections.json");
    fs::write(&sections, serde_json::to_vec(&manual.sections)?)?;
    // Queries of the warm-up are none of those measured.
    let (warm_up, queries) = manual.queries.split_at(manual.queries.len() / 10);
    say(&format!(
        "{} queries from {}",
        queries.len(),
        pages.display()
    ));

    let mut indexing = Vec::new();
    for round in 0..plan.rounds {
        let cold = scratch.path().join(format!("cold-{round}"));
        indexing.push(Server::docent(&pages, &cold)?.first_answer(PROBE.0, PROBE.1)?);
    }
    say(&format!("indexing: {indexing:?}"));
    let docent = Server::docent(&pages, &cache)?;
    docent.first_answer(PROBE.0, PROBE.1)?;
    let served = docent.pages.ok_or("docent says how many pages it serves")?;
    drop(docent);
    let mut starts = Vec::new();
    for _ in 0..plan.starts {
        starts.push(Server::docent(&pages, &cache)?.first_answer(PROBE.0, PROBE.1)?);
    }
    say(&format!("starts: {starts:?}"));

    let memory = {
        let docent = Server::docent(&pages, &cache)?;
        docent.first_answer(PROBE.0, PROBE.1)?;
        let searches = manual.queries.get(..SEARCHES).ok_or("too few queries")?;
        let run = drive::drive(
            &docent.address,
            Version::Handshake,
            "",
            CONNECTIONS,
            searches,
            Duration::from_secs(300),
        )?;
        if run.calls < SEARCHES {
            return Err(
                format!("memory was to be measured after {SEARCHES} searches: {run}").into(),
            );
        }
        docent.resident()?
    };
    say(&format!("memory: {memory:?}"));

    let speed = speed(plan, &pages, &cache, &clients, &sections, warm_up, queries)?;
    let private = private_speed(plan, &pages, scratch.path(), warm_up, queries)?;
    let audience = private::audience(&pages, scratch.path(), queries)?;
    say(&format!("memory of an audience: {audience:?}"));
    let crowded = crowded(plan, &pages, scratch.path(), queries)?;
    let growth = growth(plan, scratch.path(), warm_up, queries)?;
    Ok(Report {
        pages: served,
        queries: queries.len(),
        connections: CONNECTIONS,
        rounds: plan.rounds,
        speed,
        indexing: median(&indexing),
        start: median(&starts),
        memory,
        private,
        audience,
        crowded,
        growth,
    })
}

/// docent, the same in the newest version of the protocol, bare axum and the other SDKs, in this order.
fn speed(
    plan: &Plan,
    pages: &Path,
    cache: &Path,
    clients: &Path,
    sections: &Path,
    warm_up: &[String],
    queries: &[String],
) -> Result<Vec<Speed>, Box<dyn Error>> {
    let docent = Server::docent(pages, cache)?;
    docent.first_answer(PROBE.0, PROBE.1)?;
    let mut answers = answers(&docent, Version::Handshake, warm_up)?;
    answers.sort_by_key(Vec::len);
    let middle = cache.with_extension("answer.json");
    fs::write(&middle, &answers[answers.len() / 2])?;

    let bare = Server::bare(&middle)?;
    let minisearch = Server::typescript(clients, "minisearch", sections)?;
    let fts5 = Server::typescript(clients, "fts5", sections)?;
    let python = Server::python(clients, sections)?;
    let handshake = Version::Handshake;
    let servers = [
        ("docent", &docent, handshake),
        ("docent, 2026-07-28", &docent, Version::SelfContained),
        ("axum alone, answering the same bytes", &bare, handshake),
        ("TypeScript SDK, MiniSearch", &minisearch, handshake),
        ("TypeScript SDK, SQLite FTS5", &fts5, handshake),
        ("Python SDK, SQLite FTS5", &python, handshake),
    ];
    // Bare axum would be through with the queries in less time than a run takes; it reads none.
    let often = iter::repeat_n(queries, 10)
        .flatten()
        .cloned()
        .collect::<Vec<_>>();
    let mut measured = Vec::new();
    for (name, server, version) in servers {
        let sizes = self::answers(server, version, warm_up)?
            .iter()
            .map(Vec::len)
            .collect::<Vec<_>>();
        measured.push((name, median(&sizes), Vec::new()));
    }
    for _ in 0..plan.rounds {
        for ((name, server, version), (_, _, runs)) in servers.into_iter().zip(&mut measured) {
            let asked = if name.starts_with("axum") {
                &often
            } else {
                queries
            };
            let run = load(server, version, "", plan, warm_up, asked)?;
            say(&format!("{name}: {run}"));
            runs.push(run);
        }
    }
    Ok(measured
        .into_iter()
        .map(|(name, answer, runs)| Speed::new(name, answer, &runs))
        .collect())
}

/// An open docent, one that is asked with an access key, and the same with a token, one after another in each round.
fn private_speed(
    plan: &Plan,
    pages: &Path,
    scratch: &Path,
    warm_up: &[String],
    queries: &[String],
) -> Result<Vec<Speed>, Box<dyn Error>> {
    let open = Server::docent(pages, &scratch.join("open"))?;
    open.first_answer(PROBE.0, PROBE.1)?;
    let private = Private::start(pages, &scratch.join("private"), 1)?;
    let mut measured = [
        ("docent, open", &open, "", Vec::new()),
        (
            "with an access key",
            &private.server,
            &*private.keys[0],
            Vec::new(),
        ),
        (
            "with a token of an issuer",
            &private.server,
            &*private.token,
            Vec::new(),
        ),
    ];
    for _ in 0..plan.rounds {
        for (name, server, headers, runs) in &mut measured {
            let run = load(server, Version::Handshake, headers, plan, warm_up, queries)?;
            say(&format!("{name}: {run}"));
            runs.push(run);
        }
    }
    let speeds = measured.into_iter();
    Ok(speeds
        .map(|(name, _, _, runs)| Speed::new(name, 0, &runs))
        .collect())
}

/// The median of the p99 of sixteen, while one sends as fast as it can.
fn crowded(
    plan: &Plan,
    pages: &Path,
    scratch: &Path,
    queries: &[String],
) -> Result<Crowded, Box<dyn Error>> {
    let docent = Server::proxied(pages, &scratch.join("crowded"))?;
    docent.first_answer(PROBE.0, PROBE.1)?;
    let mut rounds = Vec::new();
    for round in 0..plan.rounds {
        let crowded = crowd::beside(&docent.address, queries, round)?;
        say(&format!(
            "beside one who sends as fast as it can: {crowded}"
        ));
        rounds.push(crowded);
    }
    rounds.sort_by_key(|crowded| crowded.others.p99);
    let middle = rounds.len() / 2;
    Ok(rounds.swap_remove(middle))
}

/// The same searches over more and more pages.
fn growth(
    plan: &Plan,
    scratch: &Path,
    warm_up: &[String],
    queries: &[String],
) -> Result<Vec<Growth>, Box<dyn Error>> {
    let mut sizes = Vec::new();
    for &times in plan.growth {
        let folder = scratch.join(format!("pages-{times}"));
        pages::grown(times, &folder)?;
        let cache = scratch.join(format!("cache-{times}"));
        let indexing = Server::docent(&folder, &cache)?;
        let took = indexing.first_answer(PROBE.0, PROBE.1)?;
        let served = indexing
            .pages
            .ok_or("docent says how many pages it serves")?;
        say(&format!("indexing {served} pages: {took:.1?}"));
        drop(indexing);
        // Started again, since indexing needs more memory than serving.
        let docent = Server::docent(&folder, &cache)?;
        docent.first_answer(PROBE.0, PROBE.1)?;
        sizes.push((times, served, docent, folder, Vec::new()));
    }
    for _ in 0..plan.rounds {
        for (times, _, docent, _, runs) in &mut sizes {
            let run = load(docent, Version::Handshake, "", plan, warm_up, queries)?;
            say(&format!("{times} times the pages: {run}"));
            runs.push(run);
        }
    }
    let mut grown = Vec::new();
    for (times, pages, docent, folder, runs) in sizes {
        let memory = docent.resident()?;
        let mut changes = Vec::new();
        for round in 0..plan.rounds {
            changes.push(change(&docent, &folder, round)?);
        }
        say(&format!("{times} times the pages, a change: {changes:?}"));
        grown.push(Growth {
            pages,
            speed: Speed::new("docent", 0, &runs),
            memory,
            change: median(&changes),
        });
    }
    Ok(grown)
}

/// How long it takes until what a file newly says is found.
fn change(docent: &Server, folder: &Path, round: usize) -> Result<Duration, Box<dyn Error>> {
    // What is asked for stands in an answer that found nothing, too.
    let (asked, answer) = (format!("quinceharvest{round}"), format!("cellar{round}"));
    let page = format!("<html><body><h1>Notes</h1><p>{asked} in {answer}.</p></body></html>");
    let written = Instant::now();
    fs::write(folder.join("notes.html"), page)?;
    docent.finds(written, &asked, &answer)
}

fn load(
    server: &Server,
    version: Version,
    headers: &str,
    plan: &Plan,
    warm_up: &[String],
    queries: &[String],
) -> Result<Run, Box<dyn Error>> {
    let drive = |queries, most| {
        let address = &server.address;
        drive::drive(address, version, headers, CONNECTIONS, queries, most)
    };
    drive(warm_up, plan.run / 4)?;
    drive(queries, plan.run)
}

/// Answers to a few of the queries.
fn answers(
    server: &Server,
    version: Version,
    queries: &[String],
) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    queries
        .iter()
        .take(101)
        .map(|query| Ok(drive::ask(&server.address, version, "", query)?))
        .collect()
}

#[expect(clippy::print_stderr, reason = "progress, for whoever waits")]
fn say(line: &str) {
    eprintln!("bench: {line}");
}
