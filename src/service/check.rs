//! Reads the documents as an index build would, and leaves it at that.

use std::{convert::Infallible, slice, sync::mpsc, thread, time::Instant};

use crate::{
    config::{DocSet, Settings},
    corpus::{self, File, Found, PrivatePaths, ReadAllError, Site, Skipped, Within},
    error::{Failure, Kind},
    search::{Doubtful, Report, SetReport},
};

/// Files that have been listed and not been read yet.
const QUEUE: usize = 256;

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
        let (files, report) = check_set(set, &private)?;
        read += files;
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

/// Reads a set while it is listed. Returns the number of its files too.
fn check_set(set: &DocSet, private: &PrivatePaths) -> anyhow::Result<(usize, SetReport)> {
    let mut skipped = Vec::new();
    let site = Site::of(set, private);
    let (sender, queue) = mpsc::sync_channel(QUEUE);
    let counts = thread::scope(|scope| {
        let reading = thread::Builder::new()
            .name("docent-check".into())
            .spawn_scoped(scope, || count_all(set, &site, queue))
            .map_err(ReadAllError::Threads);
        let listed = reading.map(|reading| {
            let listed = corpus::list(set, private, Within::Everything, &mut |found| match found {
                // Whoever does not read any more has an error to tell.
                Found::File(file) => drop(sender.send((0, file))),
                Found::Skipped(file) => skipped.push(file),
            });
            drop(sender);
            (listed, reading.join().unwrap_or(Err(ReadAllError::Reader)))
        });
        let (listed, counted) = listed.map_err(internal)?;
        listed?;
        counted.map_err(internal)
    })?;
    let mut report = SetReport {
        name: set.name.clone(),
        pages: 0,
        sections: 0,
        skipped,
        cut: Vec::new(),
        doubtful: Vec::new(),
    };
    let mut files = 0;
    for count in counts {
        files += count.files;
        report.pages += count.pages;
        report.sections += count.sections;
        report.skipped.extend(count.skipped);
        report.cut.extend(count.cut);
        report.doubtful.extend(count.doubtful);
    }
    report.skipped.sort_by(|a, b| a.path.cmp(&b.path));
    report.cut.sort();
    report.doubtful.sort_by(|a, b| a.path.cmp(&b.path));
    Ok((files, report))
}

/// What files hold.
#[derive(Clone, Default)]
struct Count {
    files: usize,
    pages: usize,
    sections: usize,
    skipped: Vec<Skipped>,
    cut: Vec<String>,
    doubtful: Vec<Doubtful>,
}

fn count_all(
    set: &DocSet,
    site: &Site,
    files: mpsc::Receiver<(usize, File)>,
) -> Result<Vec<Count>, ReadAllError<Infallible>> {
    corpus::read_all(
        slice::from_ref(set),
        slice::from_ref(site),
        files.into_iter(),
        vec![Count::default(); corpus::readers()],
        |count: &mut Count, _, file, parsed| {
            count.files += 1;
            if let Some(doubt) = parsed.doubt {
                let path = file.path.clone();
                count.doubtful.push(Doubtful { path, doubt });
            }
            match parsed.documents {
                Ok(documents) => {
                    count.pages += documents.len();
                    count.sections += documents
                        .iter()
                        .map(|page| page.sections.len())
                        .sum::<usize>();
                    let is_cut = documents.iter().any(|page| page.cut);
                    count.cut.extend(is_cut.then_some(file.path));
                }
                Err(reason) => count.skipped.push(Skipped {
                    path: file.path,
                    reason,
                }),
            }
            Ok(())
        },
    )
}

fn internal(error: ReadAllError<Infallible>) -> anyhow::Error {
    match error {
        ReadAllError::Threads(source) => {
            let message = "cannot start threads to read documents";
            Failure::new(Kind::Internal, message).because(source).into()
        }
        error => error.into(),
    }
}
