//! Files of document sets, read on all cores.

use super::found::File;
use super::frame::{Frame, Trace};
use super::read::{Converted, Parsed, READ_STACK, convert};
use super::site::Site;
use crate::config::DocSet;
use std::{
    io,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

const MAX_READERS: usize = 8;
/// As much converted text is kept until the frames of the sets are known, in bytes; what is beyond is read again.
const CONVERTED: usize = 32 << 20;

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

/// A file to read, or one that is converted already.
#[derive(Debug)]
pub enum ToRead {
    /// Nothing has been read of it.
    File(File),
    /// Is only to be finished.
    Converted(Box<Converted>),
}

/// Reads files, each named with the position of its set, in a thread for each of the workers. Files are asked for as
/// they are read: what is in memory are those that are being read. Hands what they hold, without the frames of their
/// sets, to the worker, and returns the workers.
///
/// # Errors
/// With the first that occurs; the other workers end with the file that they are at.
pub fn read_all<W: Send, E: Send>(
    sets: &[DocSet],
    sites: &[Site],
    frames: &[Frame],
    files: impl Iterator<Item = (usize, ToRead)> + Send,
    workers: Vec<W>,
    each: impl Fn(&mut W, usize, File, Parsed) -> Result<(), E> + Sync,
) -> Result<Vec<W>, ReadAllError<E>> {
    let no_frame = Frame::default();
    in_threads(files, workers, |worker, (position, file)| {
        let (Some(set), Some(site)) = (sets.get(position), sites.get(position)) else {
            return Ok(());
        };
        let frame = frames.get(position).unwrap_or(&no_frame);
        let converted = match file {
            ToRead::File(file) => convert(set, site, &file),
            ToRead::Converted(converted) => *converted,
        };
        let file = converted.file().clone();
        each(worker, position, file, converted.finish(set, site, frame))
    })
}

/// A page that is compared with others of its set.
#[derive(Debug)]
pub struct Compared {
    /// Position of the set.
    pub set: usize,
    /// Path below the root of the set.
    pub path: String,
    /// What it is compared by.
    pub trace: Trace,
    /// Its file, converted where there was room for that.
    pub file: ToRead,
}

/// Converts files whose pages are compared, each named with the position of its set, in so many threads.
///
/// # Errors
/// Where there are no threads for it.
pub fn convert_all<E: Send>(
    sets: &[DocSet],
    sites: &[Site],
    files: Vec<(usize, File)>,
    threads: usize,
) -> Result<Vec<Compared>, ReadAllError<E>> {
    let size = AtomicUsize::new(0);
    let workers = (0..threads).map(|_| Vec::new()).collect();
    let compared = in_threads(
        files.into_iter(),
        workers,
        |compared: &mut Vec<Compared>, (position, file)| {
            if let (Some(set), Some(site)) = (sets.get(position), sites.get(position)) {
                let converted = convert(set, site, &file);
                let trace = converted.trace();
                let so_far = size.fetch_add(converted.size(), Ordering::Relaxed);
                compared.push(Compared {
                    set: position,
                    path: file.path.clone(),
                    trace,
                    file: match so_far < CONVERTED {
                        true => ToRead::Converted(Box::new(converted)),
                        false => ToRead::File(file),
                    },
                });
            }
            Ok(())
        },
    )?;
    Ok(compared.into_iter().flatten().collect())
}

/// Does something with each item, in a thread for each of the workers.
fn in_threads<T, W: Send, E: Send>(
    items: impl Iterator<Item = T> + Send,
    workers: Vec<W>,
    each: impl Fn(&mut W, T) -> Result<(), E> + Sync,
) -> Result<Vec<W>, ReadAllError<E>> {
    let queue = Queue {
        items: Mutex::new(Some(items)),
        is_over: AtomicBool::new(false),
    };
    let work = |mut worker: W| {
        let _end = EndsWithError(&queue.is_over);
        while let Some(item) = queue.next() {
            each(&mut worker, item).inspect_err(|_| queue.end())?;
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
    items: Mutex<Option<I>>,
    is_over: AtomicBool,
}

impl<I: Iterator> Queue<I> {
    fn next(&self) -> Option<I::Item> {
        if self.is_over.load(Ordering::Relaxed) {
            return None;
        }
        let mut items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        // Taken out meanwhile: one that panics is not asked again.
        let mut iterator = items.take()?;
        let next = iterator.next();
        *items = Some(iterator);
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
