//! Files of document sets, read on all cores.

use super::found::File;
use super::read::{Parsed, READ_STACK, read};
use super::site::Site;
use crate::config::DocSet;
use std::{
    io,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

const MAX_READERS: usize = 8;

/// Why not all files were read.
#[derive(Debug, thiserror::Error)]
pub enum ReadAllError<E> {
    /// The system gives no thread.
    #[error("cannot start threads to read documents")]
    Threads(#[source] io::Error),
    /// A thread that reads documents ended early: a fault of docent's.
    #[error("reading documents broke off")]
    Reader,
    /// Whoever is given the documents has refused one.
    #[error(transparent)]
    Refused(E),
}

/// How many workers [`read_all`] is best given.
pub fn readers() -> usize {
    thread::available_parallelism()
        .map_or(1, usize::from)
        .min(MAX_READERS)
}

/// Reads files, each named with the position of its set, in a thread for each of the workers. Files are asked for as
/// they are read: what is in memory are those that are being read. Hands what they hold to the worker, and
/// returns the workers.
///
/// # Errors
/// With the first that occurs; the other workers end with the file that they are at.
pub fn read_all<W: Send, E: Send>(
    sets: &[DocSet],
    sites: &[Site],
    files: impl Iterator<Item = (usize, File)> + Send,
    workers: Vec<W>,
    each: impl Fn(&mut W, usize, File, Parsed) -> Result<(), E> + Sync,
) -> Result<Vec<W>, ReadAllError<E>> {
    let queue = Queue {
        files: Mutex::new(Some(files)),
        is_over: AtomicBool::new(false),
    };
    let work = |mut worker: W| {
        let _end = EndsWithError(&queue.is_over);
        while let Some((position, file)) = queue.next() {
            let (Some(set), Some(site)) = (sets.get(position), sites.get(position)) else {
                continue;
            };
            let parsed = read(set, site, &file);
            each(&mut worker, position, file, parsed).inspect_err(|_| queue.end())?;
        }
        Ok(worker)
    };
    thread::scope(|scope| {
        let mut threads = Vec::with_capacity(workers.len());
        for worker in workers {
            let builder = thread::Builder::new()
                .name("docent-read".into())
                .stack_size(READ_STACK);
            let work = &work;
            let thread = builder.spawn_scoped(scope, move || work(worker));
            threads.push(thread.map_err(|error| {
                queue.end();
                ReadAllError::Threads(error)
            })?);
        }
        let joined = threads.into_iter().map(|thread| match thread.join() {
            Ok(done) => done.map_err(ReadAllError::Refused),
            Err(_) => Err(ReadAllError::Reader),
        });
        // All have ended before the first error is told.
        joined.collect::<Vec<_>>().into_iter().collect()
    })
}

struct Queue<I> {
    /// `None`: it broke off.
    files: Mutex<Option<I>>,
    is_over: AtomicBool,
}

impl<I: Iterator> Queue<I> {
    fn next(&self) -> Option<I::Item> {
        if self.is_over.load(Ordering::Relaxed) {
            return None;
        }
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        // Taken out meanwhile: one that panics is not asked again.
        let mut iterator = files.take()?;
        let next = iterator.next();
        *files = Some(iterator);
        next
    }

    fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}

/// Where one worker panics, the others need not go on.
struct EndsWithError<'a>(&'a AtomicBool);

impl Drop for EndsWithError<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}
