//! Reads the documents as an index build would, and leaves it at that.

use std::{
    collections::{BTreeMap, HashMap},
    convert::Infallible,
    slice,
    sync::mpsc,
    thread,
    time::Instant,
};

use crate::{
    config::{DocSet, Settings, Versions},
    corpus::{
        self, Editions, File, Found, Frame, PrivatePaths, ReadAllError, Sample, Site, Skipped,
        ToRead, Within,
    },
    error::{Failure, Kind},
    search::{Doubtful, FoundEditions, LeftOut, Report, SetReport, idle_patterns},
};

/// Files that have been listed and not been read yet.
const QUEUE: usize = 256;
/// Paths of pages that versions are told by, for each thread that reads.
const MAX_PATHS: usize = 200_000;

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
    let Framed {
        frame,
        left_out,
        mut converted,
    } = framed(set, &site, private)?;
    let (sender, queue) = mpsc::sync_channel(QUEUE);
    let counts = thread::scope(|scope| {
        let reading = thread::Builder::new()
            .name("docent-check".into())
            .spawn_scoped(scope, || count_all(set, &site, &frame, queue))
            .map_err(ReadAllError::Threads);
        let listed = reading.map(|reading| {
            let listed = corpus::list(set, private, Within::Everything, &mut |found| match found {
                // Whoever does not read any more has an error to tell.
                Found::File(file) => {
                    let known = converted.remove(&file.path);
                    drop(sender.send((0, known.unwrap_or(ToRead::File(file)))));
                }
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
        left_out,
        editions: FoundEditions::default(),
        idle: Vec::new(),
    };
    let mut files = 0;
    let mut paths = Vec::new();
    for count in counts {
        files += count.files;
        report.pages += count.pages;
        report.sections += count.sections;
        report.skipped.extend(count.skipped);
        report.cut.extend(count.cut);
        report.doubtful.extend(count.doubtful);
        paths.extend(count.paths);
    }
    paths.sort_unstable();
    let of_pages = || paths.iter().map(String::as_str);
    let editions = Editions::of_set(set, &site, private, of_pages);
    report.editions = FoundEditions::of_set(&editions, set);
    if matches!(set.versions, Versions::Listed(_)) {
        let all = DocSet {
            versions: Versions::All,
            ..set.clone()
        };
        let (all, _) = Editions::of_set(&all, &site, private, of_pages).named();
        let is_told = |name: &String| editions.asked(name).is_some();
        report.editions.unlisted = all.into_iter().filter(|name| !is_told(name)).collect();
    }
    // Of very large sets not all paths are kept.
    if paths.len() == report.pages {
        report.idle = idle_patterns(set, of_pages);
    }
    report.skipped.sort_by(|a, b| a.path.cmp(&b.path));
    report.cut.sort();
    report.doubtful.sort_by(|a, b| a.path.cmp(&b.path));
    Ok((files, report))
}

/// What the pages of a set have around their text, and those that were read to know it.
struct Framed {
    frame: Frame,
    left_out: Option<LeftOut>,
    converted: HashMap<String, ToRead>,
}

/// Compares pages of a set with each other. Its folders are gone through for it before the set is read, so that no more than those pages
/// are in memory.
fn framed(set: &DocSet, site: &Site, private: &PrivatePaths) -> anyhow::Result<Framed> {
    const MORE: usize = 1_000;
    let mut sample = Sample::default();
    let mut files: HashMap<String, File> = HashMap::new();
    corpus::list(set, private, Within::Everything, &mut |found| {
        if let Found::File(file) = found {
            sample.add(&file.path);
            if sample.holds(&file.path) {
                files.insert(file.path.clone(), file);
            }
            if files.len() > MORE {
                files.retain(|path, _| sample.holds(path));
            }
        }
    })?;
    let files = sample
        .paths()
        .filter_map(|path| Some((0, files.remove(path)?)));
    let compared = corpus::convert_all::<Infallible>(
        slice::from_ref(set),
        slice::from_ref(site),
        files.collect(),
        corpus::readers(),
    );
    let compared = compared.map_err(internal)?.into_iter();
    let compared: HashMap<_, _> = compared
        .map(|page| (page.path, (page.trace, page.file)))
        .collect();
    let traces = sample
        .paths()
        .filter_map(|path| Some((path, &compared.get(path)?.0)));
    let frame = Frame::of(&traces.collect::<Vec<_>>());
    let files = compared.into_iter();
    let converted: HashMap<_, _> = files.map(|(path, (_, file))| (path, file)).collect();
    Ok(Framed {
        left_out: left_out(&frame, converted.values()),
        frame,
        converted,
    })
}

fn left_out<'a>(frame: &Frame, pages: impl Iterator<Item = &'a ToRead>) -> Option<LeftOut> {
    let mut blocks: BTreeMap<String, usize> = BTreeMap::new();
    for page in pages {
        if let ToRead::Converted(page) = page {
            for words in page.left_out(frame) {
                *blocks.entry(words).or_default() += 1;
            }
        }
    }
    let most = blocks.values().max().copied()?;
    let usual = blocks.iter().filter(|(_, pages)| 2 * **pages >= most);
    let example = usual.max_by_key(|(words, _)| words.len())?.0.clone();
    Some(LeftOut {
        blocks: blocks.len(),
        example,
    })
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
    /// Of pages, some of very many.
    paths: Vec<String>,
}

fn count_all(
    set: &DocSet,
    site: &Site,
    frame: &Frame,
    files: mpsc::Receiver<(usize, ToRead)>,
) -> Result<Vec<Count>, ReadAllError<Infallible>> {
    corpus::read_all(
        slice::from_ref(set),
        slice::from_ref(site),
        slice::from_ref(frame),
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
                    let paths = documents.iter().map(|page| page.path.clone());
                    let room = MAX_PATHS.saturating_sub(count.paths.len());
                    count.paths.extend(paths.take(room));
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
