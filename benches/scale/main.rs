//! Measures the index on very large sets: time, processor time, memory and room on the disk.
//!
//! `make bench-scale` is the way to start it. Each step is a process of its own, so that its memory is its own.

use std::{
    error::Error,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde::de::DeserializeOwned;

mod copies;
mod engine;
mod fuzz;
mod overlap;
#[path = "../../tests/search/prose.rs"]
mod prose;
mod queries;
mod report;
mod source;
mod steps;
mod usage;
mod words;

use copies::Copies;
use report::{Measured, Size};
use steps::Step;

/// How much is measured.
struct Plan {
    /// Numbers of copies.
    sizes: Vec<usize>,
    /// Queries made from pages, besides those of people.
    queries: usize,
    rounds: usize,
    /// The largest of the made up sets, in pages.
    fuzz: usize,
}

const USAGE: &str = "usage: cargo bench --bench scale -- [--quick | COPIES...]";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    let full = |sizes: Vec<usize>| Plan {
        sizes,
        queries: 3000,
        rounds: 5,
        fuzz: 100_000,
    };
    match words[..] {
        ["step", name, ref paths @ ..] => steps::run(name.parse()?, paths),
        ["--bench"] => report::write(
            &checkout().join("docs/performance.md"),
            &measure(&full(vec![1, 4, 16]))?,
        ),
        ["--quick", "--bench"] => show(&measure(&Plan {
            sizes: vec![1],
            queries: 300,
            rounds: 1,
            fuzz: 3_000,
        })?),
        [ref sizes @ .., "--bench"] => {
            let sizes = sizes
                .iter()
                .map(|size| size.parse().ok().filter(|size| *size > 0));
            let sizes: Option<Vec<usize>> = sizes.collect();
            show(&measure(&full(sizes.ok_or(USAGE)?))?)
        }
        // `cargo test --all-targets` comes here: there is nothing to test.
        _ => Ok(()),
    }
}

/// Where the source is.
fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn measure(plan: &Plan) -> Result<Measured, Box<dyn Error>> {
    let most = plan.sizes.iter().copied().max().ok_or(USAGE)?;
    let mut copies = Copies::make(most)?;
    let mut sizes = Vec::new();
    for &count in &plan.sizes {
        let size = measure_size(plan, &mut copies, count)?;
        say(&report::of_size(&size)?);
        sizes.push(size);
    }
    let mut fuzz = Vec::new();
    for set in fuzz::sets(plan.fuzz) {
        let folder = tempfile::tempdir_in(copies.scratch())?;
        let set = serde_json::to_string(&set)?;
        fuzz.push(fuzz::Outcome {
            indexed: step(Step::Fuzz, &[Path::new(&set), folder.path()])?,
            change: step(Step::FuzzChange, &[folder.path()])?,
        });
    }
    Ok(Measured {
        source: copies.what().to_owned(),
        sizes,
        fuzz,
    })
}

fn measure_size(plan: &Plan, copies: &mut Copies, count: usize) -> Result<Size, Box<dyn Error>> {
    say(&format!("{count} copies"));
    let files = copies.arrange(count)?;
    let set = copies.set().to_owned();
    let folder = tempfile::tempdir_in(copies.scratch())?;
    let file = |name: &str| folder.path().join(name);
    let (index, asked, list) = (&*file("index"), file("queries"), file("pages"));
    let indexed = step::<steps::Indexed>(Step::Index, &[&set, index])?;
    say(&format!("indexed: {indexed:?}"));
    let room = usage::room(index)?;
    let people = copies.queries().unwrap_or(Path::new(""));
    let made = plan.queries.to_string();
    let text = step(Step::Text, &[&set, index])?;
    step::<usize>(
        Step::Queries,
        &[&set, index, &asked, people, Path::new(&made)],
    )?;
    let mut starts = Vec::new();
    for _ in 0..plan.rounds {
        starts.push(step::<steps::Started>(Step::Start, &[&set, index])?);
    }
    let search = step(Step::Search, &[&set, index, &asked])?;

    let page = copies.pages(1)?;
    let rounds = plan.rounds.to_string();
    let change = copies.changing(&page)?;
    let changed = step(Step::Change, &[&set, index, &page[0], Path::new(&rounds)])?;
    let parent = page[0].parent().ok_or("a page has a folder")?;
    let scoped = step(
        Step::ScopedChange,
        &[&set, index, &page[0], Path::new(&rounds), parent],
    )?;
    drop(change);

    let pages = copies.pages(1000)?;
    write_lines(&list, &pages)?;
    let change = copies.changing(&pages)?;
    let many = step(Step::Changes, &[&set, index, &asked, &list])?;
    let room_changed = usage::room(index)?;
    let merge = step(Step::Merge, &[&set, index, &asked])?;
    drop(change);
    let room_merged = usage::room(index)?;
    Ok(Size {
        copies: count,
        files,
        indexed,
        room,
        room_changed,
        room_merged,
        text,
        starts,
        search,
        change: changed,
        scoped,
        changes: many,
        merge,
    })
}

fn write_lines(file: &Path, paths: &[PathBuf]) -> Result<(), Box<dyn Error>> {
    let lines: Vec<_> = paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    std::fs::write(file, lines.join("\n"))?;
    Ok(())
}

/// Runs a step in a process of its own; what it prints last is its outcome.
fn step<T: DeserializeOwned>(step: Step, paths: &[&Path]) -> Result<T, Box<dyn Error>> {
    let run = Command::new(std::env::current_exe()?)
        .arg("step")
        .arg(step.name())
        .args(paths)
        .stderr(Stdio::inherit())
        .output()?;
    if !run.status.success() {
        return Err(format!("{} failed: {}", step.name(), run.status).into());
    }
    let printed = String::from_utf8(run.stdout)?;
    let outcome = printed.lines().last().ok_or("a step prints its outcome")?;
    say(&format!("{}: {outcome}", step.name()));
    Ok(serde_json::from_str(outcome)?)
}

#[expect(clippy::print_stdout, reason = "its output is what it is run for")]
fn show(measured: &Measured) -> Result<(), Box<dyn Error>> {
    println!("{}", report::markdown(measured)?);
    Ok(())
}

#[expect(clippy::print_stderr, reason = "progress, for whoever waits")]
fn say(line: &str) {
    eprintln!("bench: {line}");
}
