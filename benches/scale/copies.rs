//! The large sets: copies of the documents, a folder each, in one set.

use std::{
    error::Error,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    thread,
};

use serde::{Deserialize, Serialize};

use crate::{say, source::Source, words::renamed};

/// Of what is made of a source: other rules for it make other copies.
const VERSION: u32 = 1;

/// Copies on the disk, of which some are in the set.
pub(crate) struct Copies {
    source: Source,
    set: PathBuf,
    /// Those that the set of the moment has no use for.
    spare: PathBuf,
    count: usize,
    /// Held as long as they may be moved and changed.
    _lock: File,
}

/// What is in the set.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Files {
    pub(crate) count: usize,
    /// Bytes in them.
    pub(crate) bytes: u64,
}

/// Files of the set that are being changed; they are as they were when this is dropped.
pub(crate) struct Changing<'a> {
    copies: &'a Copies,
    files: Vec<PathBuf>,
}

impl Copies {
    /// Makes what is not there yet, with all processors.
    pub(crate) fn make(count: usize) -> Result<Self, Box<dyn Error>> {
        let source = Source::find()?;
        let lock = File::create(source.scratch.join("lock"))?;
        lock.try_lock().map_err(|_| {
            let folder = source.scratch.display();
            format!("another run is at work in {folder}: wait for it")
        })?;
        let copies = Self {
            _lock: lock,
            set: source.scratch.join(format!("set-{VERSION}")),
            spare: source.scratch.join(format!("spare-{VERSION}")),
            source,
            count,
        };
        for folder in [&copies.set, &copies.spare] {
            fs::create_dir_all(folder)?;
        }
        for number in 0..count {
            let (set, spare) = (
                copies.set.join(name(number)),
                copies.spare.join(name(number)),
            );
            if !set.exists() && !spare.exists() {
                say(&format!("making {}", name(number)));
                let unfinished = tempfile::tempdir_in(&copies.source.scratch)?;
                copies.write_copy(number, unfinished.path())?;
                fs::rename(unfinished.keep(), spare)?;
            }
        }
        copies.arrange_folders(count)?;
        // What a run that was cut off has left changed.
        let left = fs::read_to_string(copies.mark()).unwrap_or_default();
        copies.restore(&left.lines().map(PathBuf::from).collect::<Vec<_>>())?;
        Ok(copies)
    }

    /// What they are copies of.
    pub(crate) fn what(&self) -> &str {
        self.source.what
    }

    /// The set's folder.
    pub(crate) fn set(&self) -> &Path {
        &self.set
    }

    /// Where there is room for what comes and goes.
    pub(crate) fn scratch(&self) -> &Path {
        &self.source.scratch
    }

    /// Questions of people about these documents.
    pub(crate) fn queries(&self) -> Option<&Path> {
        self.source.queries.as_deref()
    }

    /// Lets the set have this many copies.
    pub(crate) fn arrange(&mut self, count: usize) -> Result<Files, Box<dyn Error>> {
        self.arrange_folders(count)?;
        self.count = count;
        let mut files = Files { count: 0, bytes: 0 };
        for number in 0..count {
            for path in &self.source.files {
                files.count += 1;
                files.bytes += fs::metadata(self.set.join(name(number)).join(path))?.len();
            }
        }
        Ok(files)
    }

    /// That many pages of the set, evenly.
    pub(crate) fn pages(&self, wanted: usize) -> Result<Vec<PathBuf>, Box<dyn Error>> {
        let all = self.count * self.source.files.len();
        (0..wanted)
            .map(|pick| {
                // Not the first one: it may be the front page, to which all link.
                let place = (2 * pick + 1) * all / (2 * wanted);
                let path = self.source.files.get(place / self.count);
                let path = path.ok_or("fewer pages than wanted")?;
                Ok(self.set.join(name(place % self.count)).join(path))
            })
            .collect()
    }

    /// Files that are about to be changed.
    pub(crate) fn changing(&self, files: &[PathBuf]) -> Result<Changing<'_>, Box<dyn Error>> {
        let lines: Vec<_> = files
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        fs::write(self.mark(), lines.join("\n"))?;
        Ok(Changing {
            copies: self,
            files: files.to_vec(),
        })
    }

    fn arrange_folders(&self, count: usize) -> io::Result<()> {
        // However many an earlier run has made.
        for number in 0.. {
            let (set, spare) = (self.set.join(name(number)), self.spare.join(name(number)));
            match (set.exists(), spare.exists()) {
                (false, true) if number < count => fs::rename(spare, set)?,
                (true, false) if number >= count => fs::rename(set, spare)?,
                (false, false) => break,
                _ => {}
            }
        }
        Ok(())
    }

    fn mark(&self) -> PathBuf {
        self.source.scratch.join("changed")
    }

    fn restore(&self, files: &[PathBuf]) -> Result<(), Box<dyn Error>> {
        for file in files {
            let below = file.strip_prefix(&self.set)?;
            let mut parts = below.components();
            let copy = parts.next().ok_or("a file of a copy")?;
            let number = copy.as_os_str().to_string_lossy();
            let number = number.trim_start_matches("copy-").parse()?;
            fs::write(file, self.text(number, parts.as_path())?)?;
        }
        match fs::remove_file(self.mark()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn text(&self, number: usize, path: &Path) -> io::Result<String> {
        let bytes = fs::read(self.source.root.join(path))?;
        let text = String::from_utf8_lossy(&bytes);
        Ok(renamed(&text, self.source.form, number as u64))
    }

    fn write_copy(&self, number: usize, folder: &Path) -> io::Result<()> {
        let threads = thread::available_parallelism()?.get();
        thread::scope(|scope| {
            let writers: Vec<_> = (0..threads)
                .map(|thread| {
                    scope.spawn(move || {
                        for path in self.source.files.iter().skip(thread).step_by(threads) {
                            let to = folder.join(path);
                            if let Some(parent) = to.parent() {
                                fs::create_dir_all(parent)?;
                            }
                            fs::write(to, self.text(number, path)?)?;
                        }
                        Ok(())
                    })
                })
                .collect();
            writers.into_iter().try_for_each(|writer| {
                let died = || io::Error::other("a thread that writes copies has died");
                writer.join().unwrap_or_else(|_| Err(died()))
            })
        })
    }
}

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.copies.restore(&self.files) {
            say(&format!("the next run puts changed pages right: {error}"));
        }
    }
}

fn name(number: usize) -> String {
    format!("copy-{number:02}")
}

/// A page with something new said at its end.
pub(crate) fn with_sentence(text: &str, sentence: &str) -> String {
    match text.rfind("</body>") {
        Some(end) => format!("{}<p>{sentence}</p>\n{}", &text[..end], &text[end..]),
        None => format!("{}\n\n{sentence}\n", text.trim_end()),
    }
}
