//! Reads the documents as an index build would, and leaves it at that.

use std::{
    io,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Instant,
};

use crate::{
    config::{DocSet, Generator, Settings},
    corpus::{self, File, PrivatePaths, Skip, Skipped, generator_of},
    error::{Failure, Kind},
    search::{Report, SetReport},
};

const MAX_WORKERS: usize = 8;

/// Reads every document and says what would be served. `private`: what docent keeps for itself,
/// besides the secrets that the settings name.
///
/// # Errors
/// Where a set's folder cannot be listed.
pub fn check(settings: &Settings, private: &PrivatePaths) -> anyhow::Result<Report> {
    let started = Instant::now();
    let private = private.and_files(settings.secret_files());
    let mut read = 0;
    let mut sets = Vec::new();
    for set in &settings.docs {
        let listing = corpus::list(set, &private)?;
        read += listing.files.len();
        let mut report = SetReport {
            name: set.name.clone(),
            pages: 0,
            sections: 0,
            skipped: listing.skipped,
            cut: Vec::new(),
        };
        let parsed = read_all(set, &listing.files).map_err(|error| {
            Failure::new(Kind::Internal, "cannot start threads to read documents").because(error)
        })?;
        for (file, parsed) in listing.files.iter().zip(parsed) {
            match parsed {
                Ok(Found {
                    pages,
                    sections,
                    cut,
                }) => {
                    report.pages += pages;
                    report.sections += sections;
                    report.cut.extend(cut.then(|| file.path.clone()));
                }
                Err(reason) => report.skipped.push(Skipped {
                    path: file.path.clone(),
                    reason,
                }),
            }
        }
        report.skipped.sort_by(|a, b| a.path.cmp(&b.path));
        sets.push(report);
    }
    Ok(Report {
        sets,
        read,
        took: started.elapsed(),
        rebuilt: None,
        losses: Vec::new(),
        taken_over: Vec::new(),
        missing: Vec::new(),
        included: Default::default(),
    })
}

/// What one file holds.
struct Found {
    pages: usize,
    sections: usize,
    cut: bool,
}

/// What each file holds, in the order of the files.
fn read_all(set: &DocSet, files: &[File]) -> io::Result<Vec<Result<Found, Skip>>> {
    let generator = generator_of(set);
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<_>> = Mutex::new(Vec::with_capacity(files.len()));
    let work = || {
        loop {
            let position = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = files.get(position) else {
                return;
            };
            let result = count(set, generator, file);
            if let Ok(mut results) = results.lock() {
                results.push((position, result));
            }
        }
    };
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| -> io::Result<()> {
        for _ in 0..workers.min(MAX_WORKERS).min(files.len()) {
            thread::Builder::new()
                .stack_size(corpus::READ_STACK)
                .spawn_scoped(scope, work)?;
        }
        Ok(())
    })?;
    let mut results = results.into_inner().unwrap_or_default();
    results.sort_by_key(|(position, _)| *position);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

fn count(set: &DocSet, generator: Generator, file: &File) -> Result<Found, Skip> {
    let documents = corpus::read(set, generator, file).documents?;
    Ok(Found {
        pages: documents.len(),
        sections: documents.iter().map(|page| page.sections.len()).sum(),
        cut: documents.iter().any(|page| page.cut),
    })
}
