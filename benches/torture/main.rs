//! Long sequences of random changes, each of which must end in the index that is built from nothing: `make torture`.
//!
//! ```text
//! cargo bench --bench torture -- [SEQUENCES [CHANGES [FIRST SEED]]]
//! ```
//! A seed that fails is told with what differs; run it alone with `1 CHANGES SEED`.

use std::{
    env,
    error::Error,
    panic::catch_unwind,
    path::Path,
    process::ExitCode,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Instant,
};

#[path = "../../tests/search/prose.rs"]
mod prose;
#[path = "../../tests/search/world.rs"]
mod world;

use world::Sequence;

const PAGES: usize = 300;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let Some(("--bench", numbers)) = arguments
        .split_last()
        .map(|(last, numbers)| (last.as_str(), numbers))
    else {
        // `cargo test --all-targets` comes here: tests/search has its share.
        return Ok(ExitCode::SUCCESS);
    };
    let mut numbers = numbers.iter().map(|number| number.parse::<u64>());
    let sequences = numbers.next().unwrap_or(Ok(100))?;
    let changes = usize::try_from(numbers.next().unwrap_or(Ok(200))?)?;
    let first = numbers.next().unwrap_or(Ok(1_000))?;

    let started = Instant::now();
    let (next, failed) = (AtomicU64::new(first), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + sequences {
                        return;
                    }
                    let sequence = Sequence {
                        seed,
                        pages: PAGES,
                        changes,
                    };
                    let texts = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
                    let passed = catch_unwind(|| sequence.run(&texts)).is_ok();
                    say(&format!(
                        "{sequence:?}: {}",
                        if passed { "passed" } else { "FAILED" }
                    ));
                    if let (false, Ok(mut failed)) = (passed, failed.lock()) {
                        failed.push(seed);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner()?;
    say(&format!(
        "{sequences} sequences of {changes} changes in {:.0} s, failed: {failed:?}",
        started.elapsed().as_secs_f64()
    ));
    Ok(match failed.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

#[expect(clippy::print_stdout, reason = "its output is what it is run for")]
fn say(line: &str) {
    println!("{line}");
}
