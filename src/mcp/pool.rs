//! Threads that look into the index, beside those that answer requests.
//!
//! A search on a thread that answers requests holds up whoever else is answered there, for as long as
//! it takes. tokio has ways to step aside, which take longer than most searches: a core handed over
//! (`block_in_place`) and a thread looked for (`spawn_blocking`) cost three times what a few threads cost
//! that take the next job as soon as they are done with one.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    collections::VecDeque,
    num::NonZero,
    panic::{self, AssertUnwindSafe},
    sync::{Arc, Condvar, Mutex, MutexGuard, Once, PoisonError},
    thread,
};

use tokio::sync::oneshot;

use super::{line::one_line, words::Words};

/// A few threads, started when there is something to do. They end with it.
pub(super) struct Pool(Arc<Shared>);

/// A job that came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    /// A fault in the program: where, and what it says, in a line.
    #[error("panicked at {at}: {}", says.as_deref().unwrap_or("what it says is withheld"))]
    Panicked {
        /// The place in the source.
        at: String,
        /// What it says, which may quote what was asked.
        says: Option<String>,
    },
    /// The system has no thread for it.
    #[error("no thread can be started")]
    NoThread,
}

struct Shared {
    name: &'static str,
    most: usize,
    work: Mutex<Work>,
    more: Condvar,
}

#[derive(Default)]
struct Work {
    jobs: VecDeque<Job>,
    threads: usize,
    /// Threads that wait for a job.
    idle: usize,
    closed: bool,
}

type Job = Box<dyn FnOnce() + Send>;

impl Failed {
    /// The same for a log that may not have clients' words.
    pub(super) fn told(self, words: Words) -> Self {
        match self {
            Self::Panicked { at, .. } if words == Words::Withheld => {
                Self::Panicked { at, says: None }
            }
            failed => failed,
        }
    }
}

impl Pool {
    /// With so many threads at the most.
    pub(super) fn new(name: &'static str, most: NonZero<usize>) -> Self {
        Self(Arc::new(Shared {
            name,
            most: most.get(),
            work: Mutex::default(),
            more: Condvar::new(),
        }))
    }

    /// Does a job when its turn comes, in the order in which they are asked for. Nobody's job is done any more
    /// when this is dropped before its turn.
    ///
    /// # Errors
    /// Where the job panics, which is nobody else's concern, or there is no thread.
    pub(super) async fn run<R: Send + 'static>(
        &self,
        job: impl FnOnce() -> R + Send + 'static,
    ) -> Result<R, Failed> {
        let (done, waiting) = oneshot::channel();
        self.push(Box::new(move || {
            if !done.is_closed() {
                let _ = done.send(caught(job));
            }
        }));
        waiting.await.unwrap_or(Err(Failed::NoThread))
    }

    fn push(&self, job: Job) {
        let mut work = self.0.work();
        work.jobs.push_back(job);
        if work.jobs.len() <= work.idle {
            drop(work);
            self.0.more.notify_one();
            return;
        }
        if work.idle > 0 {
            self.0.more.notify_one();
        }
        if work.threads >= self.0.most {
            return;
        }
        let shared = Arc::clone(&self.0);
        let thread = thread::Builder::new().name(shared.name.to_owned());
        match thread.spawn(move || shared.serve()) {
            Ok(_) => work.threads += 1,
            Err(error) => {
                tracing::error!(%error, "no thread can be started");
                // Those that there are get to it.
                if work.threads == 0 {
                    work.jobs.clear();
                }
            }
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.0.work().closed = true;
        self.0.more.notify_all();
    }
}

impl Shared {
    fn serve(&self) {
        let mut work = self.work();
        loop {
            if let Some(job) = work.jobs.pop_front() {
                drop(work);
                job();
                work = self.work();
            } else if work.closed {
                return;
            } else {
                work.idle += 1;
                work = self.more.wait(work).unwrap_or_else(PoisonError::into_inner);
                work.idle -= 1;
            }
        }
    }

    fn work(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

thread_local! {
    /// How many times this thread is inside of [`caught`].
    static CATCHING: Cell<u32> = const { Cell::new(0) };
    /// Where the last panic in there was, and what it said.
    static SAID: RefCell<Option<(String, String)>> = const { RefCell::new(None) };
}

/// Does something that may panic. What the panic says is returned, and printed nowhere: who asked for it is
/// known to the caller alone.
///
/// # Errors
/// Where it panics.
pub(super) fn caught<R>(job: impl FnOnce() -> R) -> Result<R, Failed> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let others = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if CATCHING.get() > 0 {
                let at = panic.location().map(ToString::to_string);
                SAID.set(Some((
                    at.unwrap_or_default(),
                    text(panic.payload()).to_owned(),
                )));
            } else {
                others(panic);
            }
        }));
    });
    CATCHING.set(CATCHING.get() + 1);
    // Whatever is shared between jobs is behind a lock.
    let done = panic::catch_unwind(AssertUnwindSafe(job));
    CATCHING.set(CATCHING.get() - 1);
    done.map_err(|payload| {
        let (at, said) = SAID
            .take()
            .unwrap_or_else(|| (String::new(), text(&*payload).to_owned()));
        Failed::Panicked {
            at: one_line(&at, 100),
            says: Some(one_line(&said, 200)),
        }
    })
}

/// What a panic carries.
fn text(payload: &(dyn Any + Send)) -> &str {
    match payload.downcast_ref::<&str>() {
        Some(text) => text,
        None => payload.downcast_ref::<String>().map_or("", String::as_str),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        collections::HashSet,
        pin::{Pin, pin},
        sync::{Barrier, RwLock},
        task::{Context, Poll, Waker},
    };

    fn pool(most: usize) -> Pool {
        Pool::new("test", NonZero::new(most).unwrap())
    }

    /// Asks for a job, without waiting for it.
    fn begin<F: Future>(job: Pin<&mut F>) {
        let polled = job.poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(polled, Poll::Pending));
    }

    #[tokio::test]
    async fn a_panic_is_the_error_of_its_job() {
        let pool = pool(1);
        for round in 0..3 {
            let failed = pool
                .run(move || assert_eq!(round, 9, "a fault\nin two lines"))
                .await;
            let Err(failed @ Failed::Panicked { .. }) = failed else {
                panic!("it has come to nothing");
            };
            let said = failed.to_string();
            assert!(
                said.contains("pool.rs") && said.contains("a fault in two lines"),
                "{said}"
            );
            let withheld = failed.told(Words::Withheld).to_string();
            assert!(
                withheld.contains("pool.rs") && !withheld.contains("fault"),
                "{withheld}"
            );
            assert!(
                !said.contains('\n') && said.chars().count() <= 330,
                "{said}"
            );
            assert_eq!(pool.run(move || round).await, Ok(round));
        }
        let long = pool.run(|| panic!("{}", "long ".repeat(10_000))).await;
        assert!(long.unwrap_err().to_string().chars().count() <= 330);
        assert_eq!(caught(|| caught(|| panic!("inner")).is_err()), Ok(true));
    }

    #[tokio::test]
    async fn jobs_are_done_at_the_same_time_on_as_many_threads_as_there_may_be() {
        let pool = pool(3);
        for _ in 0..50 {
            let barrier = Arc::new(Barrier::new(3));
            let meet = |barrier: &Arc<Barrier>| {
                let barrier = Arc::clone(barrier);
                pool.run(move || {
                    barrier.wait();
                    thread::current().id()
                })
            };
            let (a, b, c) = tokio::join!(meet(&barrier), meet(&barrier), meet(&barrier));
            let threads = HashSet::from([a.unwrap(), b.unwrap(), c.unwrap()]);
            assert_eq!(threads.len(), 3);
        }
        assert_eq!(pool.0.work().threads, 3);
        // However many are asked for.
        let gate = Arc::new(RwLock::new(()));
        let shut = gate.write().unwrap();
        let mut jobs: Vec<_> = (0..100)
            .map(|_| {
                let gate = Arc::clone(&gate);
                Box::pin(pool.run(move || drop(gate.read())))
            })
            .collect();
        jobs.iter_mut().for_each(|job| begin(job.as_mut()));
        assert_eq!(pool.0.work().threads, 3);
        drop(shut);
        for job in jobs {
            job.await.unwrap();
        }
    }

    #[tokio::test]
    async fn what_nobody_waits_for_any_more_is_not_done() {
        let pool = pool(1);
        let gate = Arc::new(RwLock::new(0));
        let shut = gate.write().unwrap();
        let wait = Arc::clone(&gate);
        let mut first = pin!(pool.run(move || drop(wait.read())));
        begin(first.as_mut());
        {
            let count = Arc::clone(&gate);
            let mut given_up = pin!(pool.run(move || *count.write().unwrap() += 1));
            begin(given_up.as_mut());
        }
        drop(shut);
        first.await.unwrap();
        let count = pool.run(move || *gate.read().unwrap()).await;
        assert_eq!(count, Ok(0));
    }

    #[tokio::test]
    async fn threads_end_with_their_pool() {
        let pool = pool(2);
        let shared = Arc::downgrade(&pool.0);
        pool.run(|| ()).await.unwrap();
        drop(pool);
        while shared.strong_count() > 0 {
            tokio::task::yield_now().await;
        }
    }
}
