//! One client that sends as fast as it can, and others meanwhile.
//!
//! Each has an address of its own, which a trusted proxy tells: a machine has no others to send from.

use std::{
    error::Error,
    fmt, io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use tokio::{
    runtime::{Builder, Runtime},
    task::{LocalSet, spawn_local},
};

use crate::drive::{Connection, Run, Version, check, request};

/// Connections of the one.
const GREEDY: usize = 32;
/// How many the others are.
pub(crate) const OTHERS: usize = 16;
/// Searches of each of them: an assistant's that works on something, as fast as the answers come. That is within `request_burst`.
const SEARCHES: usize = 90;

/// What came of it.
pub(crate) struct Crowded {
    /// The others' searches, of which none was refused.
    pub(crate) others: Run,
    /// What the one was answered meanwhile.
    pub(crate) answered: usize,
    pub(crate) refused: usize,
}

impl fmt::Display for Crowded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            others,
            answered,
            refused,
        } = self;
        write!(
            f,
            "{others}; of the one, {answered} answered and {refused} refused"
        )
    }
}

/// Measures the others. `round` makes them others than those of the last one.
pub(crate) fn beside(
    address: &str,
    queries: &[String],
    round: usize,
) -> Result<Crowded, Box<dyn Error>> {
    let is_over = Arc::new(AtomicBool::new(false));
    let request = request(address, Version::Handshake, &queries[0], &from("192.0.2.1"));
    let greedy = {
        let (address, is_over) = (address.to_owned(), Arc::clone(&is_over));
        thread::spawn(move || greedy(&address, &request, &is_over))
    };
    let others = others(address, queries, round);
    is_over.store(true, Ordering::Relaxed);
    let (answered, refused) = greedy.join().map_err(|_| "the driver panicked")??;
    if refused == 0 {
        return Err(
            "the one was never refused: it did not send fast enough to tell anything".into(),
        );
    }
    Ok(Crowded {
        others: others?,
        answered,
        refused,
    })
}

/// How many were answered, and refused.
fn greedy(address: &str, request: &[u8], is_over: &Arc<AtomicBool>) -> io::Result<(usize, usize)> {
    let runtime = runtime()?;
    LocalSet::new().block_on(&runtime, async {
        let mut tasks = Vec::new();
        for _ in 0..GREEDY {
            let mut connection = Connection::open(address).await?;
            let (request, is_over) = (request.to_vec(), Arc::clone(is_over));
            tasks.push(spawn_local(async move {
                let (mut answered, mut refused) = (0, 0);
                while !is_over.load(Ordering::Relaxed) {
                    match connection.exchange(&request).await? {
                        (200, _) => answered += 1,
                        (429, _) => refused += 1,
                        (status, _) => return Err(io::Error::other(format!("status {status}"))),
                    }
                }
                Ok((answered, refused))
            }));
        }
        let mut all = (0, 0);
        for task in tasks {
            let (answered, refused) = task.await??;
            all = (all.0 + answered, all.1 + refused);
        }
        Ok(all)
    })
}

/// Whom a request is for, as a proxy tells.
fn from(address: &str) -> String {
    format!("X-Forwarded-For: {address}\r\n")
}

/// Each asks the next as soon as it is answered.
fn others(address: &str, queries: &[String], round: usize) -> Result<Run, Box<dyn Error>> {
    let runtime = runtime()?;
    LocalSet::new().block_on(&runtime, async {
        let mut open = Vec::new();
        for other in 0..OTHERS {
            let from = from(&format!("203.0.{round}.{other}"));
            let own = queries.iter().skip(other * SEARCHES).take(SEARCHES);
            let requests: Vec<_> = own
                .map(|query| request(address, Version::Handshake, query, &from))
                .collect();
            open.push((Connection::open(address).await?, requests));
        }
        // The one has had its burst by then.
        tokio::time::sleep(Duration::from_millis(200)).await;
        let start = Instant::now();
        let mut tasks = Vec::new();
        for (mut connection, requests) in open {
            tasks.push(spawn_local(async move {
                let mut times = Vec::new();
                for request in requests {
                    let asked = Instant::now();
                    let (status, answer) = connection.exchange(&request).await?;
                    times.push(asked.elapsed());
                    if status != 200 {
                        return Err(io::Error::other(format!("one of the others got {status}")));
                    }
                    check(answer)?;
                }
                io::Result::Ok(times)
            }));
        }
        let mut times = Vec::new();
        for task in tasks {
            times.extend(task.await??);
        }
        Run::of(times, start.elapsed())
    })
}

fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()
}
