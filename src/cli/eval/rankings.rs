//! The files of rankings: what --compare reads and --run writes.

use std::{
    fs::{self, File},
    io::{self, BufReader, BufWriter},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use crate::{
    config::Settings,
    durable,
    error::{Failure, Kind},
    eval::{Measured, Run, read_run, write_run},
};

/// What anybody may do with a file of rankings, as with others.
const MODE: u32 = 0o644;

pub(super) fn earlier(file: &Path) -> Result<Run, Failure> {
    let read = File::open(file).map_err(|error| {
        let message = format!("the earlier rankings cannot be read: {}", file.display());
        Failure::new(Kind::NoInput, message).because(error)
    })?;
    read_run(BufReader::new(read)).map_err(|error| {
        let message = format!("{} holds no rankings: {error}", file.display());
        Failure::new(Kind::NoInput, message)
            .help("give a file that `docent eval --run FILE` has written: a line {\"query\": …, \"ranked\": [page, …]} for each question")
    })
}

/// Where none of the questions was asked then.
pub(super) fn of_others(file: &Path) -> Failure {
    let message = format!("{} has none of these questions", file.display());
    Failure::new(Kind::NoInput, message)
        .help("compare with what `docent eval --run FILE` has written for the same questions, in the same sets")
}

/// Refuses to write over what is read: these files, and the documents.
pub(super) fn may_be_written<'a>(
    file: &Path,
    mut read: impl Iterator<Item = &'a Path>,
    settings: &Settings,
) -> Result<(), Failure> {
    let refused = |why: String| {
        let message = format!("the rankings cannot be written to {}", file.display());
        Failure::new(Kind::Usage, message).because(why)
    };
    if let Some(other) = read.find(|other| is_same(file, other)) {
        let why = format!("that is {}, which is read", other.display());
        return Err(refused(why).help("give --run another file: it is written over"));
    }
    // What is not there yet is in its folder.
    let place = fs::canonicalize(file).or_else(|_| fs::canonicalize(folder(file)));
    let Ok(place) = place else {
        return Ok(());
    };
    let holds = |root: &Path| fs::canonicalize(root).is_ok_and(|root| place.starts_with(root));
    match settings.docs.iter().find(|set| holds(&set.root)) {
        Some(set) => {
            let why = format!("it lies among the documents of `{}`", set.name);
            Err(refused(why)
                .help("give --run a file outside of the documents, such as /tmp/run.jsonl"))
        }
        None => Ok(()),
    }
}

/// Writes them whole or not at all: an earlier file is there until then.
pub(super) fn written(file: &Path, measured: &[Measured]) -> Result<(), Failure> {
    let write = || {
        // Into a pipe or a device they go as they are.
        if fs::metadata(file).is_ok_and(|it| !it.is_file() && !it.is_dir()) {
            let mut out = BufWriter::new(File::create(file)?);
            return write_run(&mut out, measured);
        }
        let mut lines = Vec::new();
        write_run(&mut lines, measured)?;
        // Where a link leads, not in its place.
        let target = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
        durable::replace(&target, &lines, MODE)
    };
    write().map_err(|error: io::Error| {
        let message = format!("the rankings cannot be written: {}", file.display());
        Failure::new(Kind::CannotCreate, message)
            .because(error)
            .help("give --run a file in a folder that is there and may be written")
    })
}

/// Whether both are one file, by whatever names.
fn is_same(one: &Path, other: &Path) -> bool {
    let (Ok(one), Ok(other)) = (fs::metadata(one), fs::metadata(other)) else {
        return false;
    };
    one.is_file() && (one.dev(), one.ino()) == (other.dev(), other.ino())
}

fn folder(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}
