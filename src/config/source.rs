//! The files of a configuration: the main one, and the drop-ins in the folder beside it.

use std::{
    fs,
    io::{self, Read as _},
    ops::Range,
    path::{Path, PathBuf},
};

use super::{
    error::ConfigError,
    problem::{Diagnostic, Problem},
};

/// A configuration is written by hand; anything larger is another file.
const MAX_FILE: u64 = 1 << 20;

/// Drop-ins are few; a folder of more is another folder.
const MAX_DROP_INS: usize = 64;

/// The files in the order in which they are followed.
#[derive(Debug, Clone)]
pub(super) struct Sources(Vec<Source>);

/// One file. Positions count on from one file to the next, so that each says which file it is in.
#[derive(Debug, Clone)]
struct Source {
    path: PathBuf,
    text: String,
    start: usize,
    /// Its lines may be shown.
    is_shown: bool,
}

impl Sources {
    /// Reads `FILE` and, in the order of their names, the `FILE.d/*.toml`.
    pub(super) fn read(path: &Path) -> Result<Self, ConfigError> {
        let mut sources = Self::of(path, read(path)?);
        for path in drop_ins(path)? {
            let text = read(&path)?;
            sources.push(path, text);
        }
        Ok(sources)
    }

    /// A single text.
    pub(super) fn of(path: &Path, text: String) -> Self {
        let mut sources = Self(Vec::new());
        sources.push(path.to_owned(), text);
        sources
    }

    /// Adds a file that the configuration names. Its lines are not shown: somebody may have named a file with secrets.
    /// Returns where its positions start.
    pub(super) fn beside(&mut self, path: PathBuf, text: String) -> usize {
        self.push(path, text);
        self.0.last_mut().map_or(0, |source| {
            source.is_shown = false;
            source.start
        })
    }

    fn push(&mut self, path: PathBuf, text: String) {
        let start = self.0.last().map_or(0, Source::end);
        self.0.push(Source {
            path,
            text,
            start,
            is_shown: true,
        });
    }

    /// The text of each file, with as much white space before it as the files before are long.
    pub(super) fn texts(&self) -> Vec<String> {
        let sources = self.0.iter();
        sources
            .map(|source| " ".repeat(source.start) + &source.text)
            .collect()
    }

    /// A problem as it is shown, with the file and the place that it is in.
    pub(super) fn diagnostic(&self, problem: Problem) -> Diagnostic {
        let start = problem.span.as_ref().map_or(0, |span| span.start);
        let of = self.0.partition_point(|source| source.start <= start);
        let source = &self.0[of.saturating_sub(1)];
        let span = problem.span.map(|Range { start, end }| {
            start.saturating_sub(source.start)..end.saturating_sub(source.start)
        });
        let problem = Problem { span, ..problem };
        let mut shown = Diagnostic::new(&source.path, &source.text, &problem);
        shown.excerpt = shown.excerpt.filter(|_| source.is_shown);
        shown
    }
}

impl Source {
    /// One past its last byte, so that even an empty file has a position of its own.
    fn end(&self) -> usize {
        self.start + self.text.len() + 1
    }
}

fn drop_ins(path: &Path) -> Result<Vec<PathBuf>, ConfigError> {
    let mut folder = path.as_os_str().to_owned();
    folder.push(".d");
    let folder = PathBuf::from(folder);
    let unreadable = |source| ConfigError::Unreadable {
        path: folder.clone(),
        source,
    };
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(unreadable)?,
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(unreadable)?.path();
        let hidden = path
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if path.extension().is_some_and(|end| end == "toml") && !hidden {
            paths.push(path);
        }
        if paths.len() > MAX_DROP_INS {
            return Err(unreadable(io::Error::other("it holds too many files")));
        }
    }
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> Result<String, ConfigError> {
    let unreadable = |source| ConfigError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let not_text = |reason| ConfigError::NotText {
        path: path.to_owned(),
        reason,
    };
    let file = fs::File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.is_dir() {
        return Err(unreadable(io::ErrorKind::IsADirectory.into()));
    }
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(not_text("it is larger than 1 MiB"));
    }
    String::from_utf8(bytes).map_err(|_| not_text("it is not UTF-8 text"))
}
