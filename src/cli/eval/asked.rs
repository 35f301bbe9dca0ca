//! Questions read, documents indexed, and the ones asked of the others.

use std::{
    fs::{self, File},
    io::{self, BufReader},
    path::{Path, PathBuf},
    process,
    sync::Arc,
};

use crate::{
    config::{Settings, listing},
    corpus::PrivatePaths,
    error::{Failure, Kind, printable},
    eval::{
        Outcome, Question, Questions, QuestionsError, Shown, Unknown, measure, own_questions,
        read_questions,
    },
    mcp,
    platform::Environment,
    search::{SearchError, Snapshot, Store},
    service,
};

use super::super::progress::Bar;

/// Examples of pages that are not there.
const EXAMPLES: usize = 3;

pub(super) fn questions(file: &Path) -> Result<Questions, Failure> {
    let is_stdin = file == Path::new("-");
    let name = match is_stdin {
        true => "standard input".to_owned(),
        false => file.display().to_string(),
    };
    let read = match is_stdin {
        true => read_questions(io::stdin().lock()),
        false => File::open(file)
            .map_err(QuestionsError::from)
            .and_then(|file| read_questions(BufReader::new(file))),
    };
    read.map_err(|error| match error {
        QuestionsError::Io(cause) => {
            let kind = match cause.kind() {
                io::ErrorKind::PermissionDenied => Kind::Permission,
                _ => Kind::NoInput,
            };
            let failure = Failure::new(kind, format!("the questions cannot be read: {name}")).because(cause);
            failure.help("give a file of questions, or --self to ask the documents for their own headings and links")
        }
        QuestionsError::TooMany => Failure::new(Kind::NoInput, format!("{name}: {error}")).help("give a part of them: that tells the same"),
        error => Failure::new(Kind::NoInput, format!("{name}: {error}"))
            .help("each line has to be a question and the pages that answer it, such as {\"query\": \"rotate the keys\", \"relevant\": [\"ops/keys.md\"]}"),
    })
}

/// Refuses questions that are asked in a set which is not there.
pub(super) fn known_sets(questions: &[Question], settings: &Settings) -> Result<(), Failure> {
    let names: Vec<&str> = settings.docs.iter().map(|set| set.name.as_str()).collect();
    let unknown = questions.iter().find_map(|it| {
        let set = it.set.as_deref().filter(|set| !names.contains(set))?;
        Some((it.line, set))
    });
    let Some((line, set)) = unknown else {
        return Ok(());
    };
    let message = format!("line {line}: there is no document set `{}`", printable(set));
    Err(Failure::new(Kind::NoInput, message).help(format!(
        "the sets are {}: correct the name, or leave `set` out to ask in all of them",
        listing(names)
    )))
}

/// The documents that are asked.
pub(super) struct Asking<'a> {
    pub(super) environment: &'a Environment,
    pub(super) settings: &'a Settings,
    pub(super) cache: &'a Path,
    pub(super) private: &'a PrivatePaths,
}

impl Asking<'_> {
    /// Asks what somebody has written down; also tells how many pages there are.
    pub(super) fn labelled(&self, questions: Vec<Question>) -> anyhow::Result<(Outcome, usize)> {
        let snapshot = self.indexed()?;
        let outcome = measured(&snapshot, questions)?;
        if outcome.measured.is_empty() {
            return Err(unknown(&snapshot, &outcome.unknown).into());
        }
        Ok((outcome, snapshot.page_count()))
    }

    /// Asks what the documents ask of themselves.
    pub(super) fn own(&self) -> anyhow::Result<(Outcome, usize)> {
        let own = own_questions(&*self.indexed()?)?;
        if own.questions.is_empty() {
            return Err(Failure::new(Kind::NoInput, "the documents give nothing to ask for")
                .because("no page has a heading of several words that it alone has, and no page links to another one")
                .help("write down some questions, see `docent eval --help`")
                .into());
        }
        let scratch = Scratch::new(self.cache)?;
        let private = self.private.and_files(self.settings.secret_files());
        let store = Store::new(
            &scratch.0,
            self.settings.docs.clone(),
            self.settings.search.clone(),
        )?
        .apart_from(&private)
        .without(Arc::new(own.withheld.clone()));
        let bar = Bar::new(self.environment);
        let (snapshot, _) = store.update(false, &|step| bar.show(step))?;
        bar.end();
        let own = own.withheld_from(&snapshot)?;
        let pages = snapshot.page_count();
        Ok((measured(&snapshot, own.questions)?, pages))
    }

    fn indexed(&self) -> anyhow::Result<Arc<Snapshot>> {
        let bar = Bar::new(self.environment);
        let catalogue = service::open(self.settings, self.cache, self.private)?;
        let (snapshot, _) = catalogue.update(false, &|step| bar.show(step))?;
        bar.end();
        catalogue.remove_unused(service::UNUSED);
        Ok(snapshot)
    }
}

fn measured(snapshot: &Snapshot, questions: Vec<Question>) -> Result<Outcome, SearchError> {
    let shown = |question: &Question| {
        let shown = mcp::shown(snapshot, &question.text, question.set.as_deref(), None, 1)?;
        Ok(Shown {
            text: shown.text,
            tokens: shown.tokens,
        })
    };
    measure(snapshot, questions, &shown, &mut || ())
}

/// Where no question can be asked, as none of the pages is there.
fn unknown(snapshot: &Snapshot, unknown: &[Unknown]) -> Failure {
    let examples = unknown.iter().take(EXAMPLES);
    let examples: Vec<String> = examples
        .map(|it| {
            format!(
                "line {}: {}",
                it.line,
                it.pages.first().map_or("", String::as_str)
            )
        })
        .collect();
    let failure = Failure::new(
        Kind::NoInput,
        "none of the pages that answer the questions is in the documents",
    )
    .because(examples.join("; "));
    match snapshot.pages().next() {
        Some(page) => failure.help(format!(
            "name pages by their paths below the folder of their set, or with the set in front, such as {} or {}",
            page.path,
            page.id()
        )),
        None => failure.help("the documents have no page: see `docent check`"),
    }
}

/// A folder for an index that nobody needs afterwards.
struct Scratch(PathBuf);

impl Scratch {
    fn new(cache: &Path) -> Result<Self, Failure> {
        let folder = cache.join(format!("eval-{}", process::id()));
        // One of an earlier process with this number, that was killed.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).map_err(|error| {
            let message = format!("there is no place for the index: {}", folder.display());
            Failure::new(Kind::CannotCreate, message).because(error)
        })?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed now is in the cache, where it does no harm.
        let _ = fs::remove_dir_all(&self.0);
    }
}
