//! `synonyms` of `[search]`: the file that it names is read with the configuration.

use std::{
    fs,
    io::{self, Read as _},
    path::Path,
};

use toml::Spanned;

use super::{
    super::{
        problem::{Complaint, Problem},
        source::Sources,
        synonyms::Synonyms,
    },
    Reader,
};

/// Larger files are no list that people have written.
const MAX_FILE: u64 = 1 << 20;

impl Reader<'_> {
    /// Reads a file of synonyms. It becomes one of `sources`, so that what is wrong in it is told with its own lines.
    pub(super) fn synonyms(
        &mut self,
        path: Option<Spanned<String>>,
        sources: &mut Sources,
    ) -> Synonyms {
        let span = path.as_ref().map(Spanned::span);
        let (Some(path), Some(span)) = (self.file(path), span) else {
            return Synonyms::default();
        };
        let text = match read(&path) {
            Ok(text) => text,
            Err(complaint) => {
                self.problems.push(complaint.at(span));
                return Synonyms::default();
            }
        };
        let parsed = match String::from_utf8(text) {
            Ok(text) => {
                let parsed = Synonyms::parse(&text);
                parsed.map_err(|problems| (text, problems))
            }
            Err(error) => {
                let end = error.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                let complaint = Complaint::new("it is not UTF-8 text from here on")
                    .help("save the file as UTF-8");
                Err((text, vec![complaint.at(end..end)]))
            }
        };
        let (text, problems) = match parsed {
            Ok(synonyms) => return synonyms,
            Err(wrong) => wrong,
        };
        let start = sources.beside(path, text);
        let told = problems.into_iter().map(|problem| Problem {
            span: problem
                .span
                .map(|span| start + span.start..start + span.end),
            ..problem
        });
        self.problems.extend(told);
        Synonyms::default()
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Complaint> {
    let opened = || {
        let is_file = fs::metadata(path)?.is_file();
        is_file.then(|| fs::File::open(path)).transpose()
    };
    let unreadable = |error: io::Error| {
        Complaint::new(format!(
            "the synonyms {} cannot be read: {error}",
            path.display()
        ))
        .help(match error.kind() {
            io::ErrorKind::NotFound => "correct the path, write the file, or remove the key",
            _ => "the user that docent runs as must be allowed to read it",
        })
    };
    let file = opened().map_err(unreadable)?.ok_or_else(|| {
        Complaint::new(format!("{} is no file", path.display()))
            .help("name a text file of synonyms, such as \"synonyms.txt\"")
    })?;
    let mut bytes = Vec::new();
    let read = file.take(MAX_FILE + 1).read_to_end(&mut bytes);
    read.map_err(unreadable)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(Complaint::new(format!(
            "the synonyms {} are larger than 1 MiB",
            path.display()
        ))
        .help("keep those of words that the documents have"));
    }
    Ok(bytes)
}
