//! `docent eval`: how well the documents are found, by questions whose answers are known.

mod asked;
mod json;
mod rankings;
mod text;

use std::{
    io::{self, IsTerminal as _, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use clap::Args;

use crate::{
    error::{Failure, Kind},
    eval::{Measured, Outcome, compare, figures},
    platform::Environment,
};

use super::{
    documents::{Documents, cache_dir, refuse_private},
    search::Format,
    style::Style,
};

/// Questions that are listed where the documents ask for themselves and nobody says how many: that is what it is for.
const OWN_FAILS: usize = 10;

/// Measure how well the documents are found
///
/// Asks questions whose answers are known, as an assistant would, and prints how many are found, how long a search takes and how long an
/// answer is. Without such questions, `--self` makes some of the documents themselves: it takes headings and links out of them and asks for these.
#[derive(Debug, Args)]
#[command(
    override_usage = "docent eval [OPTIONS] QUERIES.jsonl [PATH]...\n       docent eval [OPTIONS] --self [PATH]...",
    after_help = "\
Each line of QUERIES.jsonl is a question and the pages that answer it, by their paths or by set/path:
  {\"query\": \"rotate the signing keys\", \"relevant\": [\"ops/keys.md\"], \"kind\": \"question\"}

Examples:
  docent eval queries.jsonl ./docs --fails    how well a folder answers, and what it does not
  docent eval queries.jsonl --run old.jsonl   keep the rankings of today
  docent eval queries.jsonl --compare old.jsonl   what has changed since
  docent eval --self ./docs                   whether documents are found by their own words"
)]
pub(super) struct Eval {
    /// Questions with the pages that answer them, one a line; - is standard input
    #[arg(value_name = "QUERIES.jsonl", required_unless_present = "own")]
    queries: Option<PathBuf>,

    #[command(flatten)]
    documents: Documents,

    /// Ask for headings and links of the documents themselves, taken out of the index first
    #[arg(long = "self")]
    own: bool,

    /// Write the rankings to this file, outside of the documents
    #[arg(long, value_name = "FILE")]
    run: Option<PathBuf>,

    /// Compare with the rankings that --run wrote earlier, question by question
    #[arg(long, value_name = "FILE")]
    compare: Option<PathBuf>,

    /// List the questions that did worst: 15, or N
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "15")]
    fails: Option<usize>,

    /// How to print the figures
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,

    /// Where to keep the index [default: ~/.cache/docent]
    #[arg(long, value_name = "DIR")]
    cache_dir: Option<PathBuf>,
}

/// All there is to tell.
struct Told<'a> {
    outcome: &'a Outcome,
    figures: Vec<crate::eval::Figures>,
    pages: usize,
    /// Lines that ask what an earlier line asks.
    repeated: &'a [(usize, usize)],
    /// Changes against earlier rankings, and how many questions those lack.
    compared: Option<(Vec<crate::eval::Comparison>, usize)>,
    /// The questions that did worst.
    fails: Vec<&'a Measured>,
    /// The documents ask for themselves.
    is_own: bool,
}

impl Eval {
    pub(super) fn run(mut self, environment: &Environment) -> anyhow::Result<ExitCode> {
        if self.own {
            self.paths_alone()?;
        }
        // What cannot be used is told before the documents are read.
        self.number_alone()?;
        let earlier = self.compare.as_deref().map(rankings::earlier);
        let earlier = earlier.transpose()?;
        let questions = match (&self.queries, self.own) {
            (Some(file), false) => Some(asked::questions(file)?),
            _ => None,
        };
        let example = match self.own {
            true => "docent eval --self ./docs",
            false => "docent eval QUERIES.jsonl ./docs",
        };
        let settings = self.documents.settings(example)?;
        if let Some(questions) = &questions {
            asked::known_sets(&questions.questions, &settings)?;
        }
        if let Some(file) = &self.run {
            let read = [&self.queries, &self.compare].into_iter().flatten();
            let read = read.map(PathBuf::as_path).chain(self.documents.config());
            rankings::may_be_written(file, read, &settings)?;
        }
        let cache = cache_dir(environment, self.cache_dir.as_deref())?;
        let private = self.documents.private(environment, None, Some(&cache));
        refuse_private(&settings, &private)?;
        let asked = asked::Asking {
            environment,
            settings: &settings,
            cache: &cache,
            private: &private,
        };
        let (outcome, pages, repeated) = match questions {
            Some(questions) => {
                let (outcome, pages) = asked.labelled(questions.questions)?;
                (outcome, pages, questions.repeated)
            }
            None => {
                let (outcome, pages) = asked.own()?;
                (outcome, pages, Vec::new())
            }
        };
        if let Some(file) = &self.run {
            rankings::written(file, &outcome.measured)?;
        }
        let compared = earlier.map(|run| compare(&outcome.measured, &run));
        if let (Some(file), Some((compared, _))) = (&self.compare, &compared)
            && compared.is_empty()
        {
            return Err(rankings::of_others(file).into());
        }
        let fails = self.fails.unwrap_or(if self.own { OWN_FAILS } else { 0 });
        let told = Told {
            figures: figures(&outcome.measured),
            pages,
            repeated: &repeated,
            compared,
            fails: worst(&outcome.measured, fails),
            is_own: self.own,
            outcome: &outcome,
        };
        let mut stdout = io::stdout().lock();
        match self.format {
            Format::Json => writeln!(stdout, "{}", json::json(&told))?,
            Format::Text => {
                let style = Style::new(stdout.is_terminal() && !environment.no_color);
                write!(stdout, "{}", text::text(&told, style))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    /// The number of `--fails` that stands apart from it is taken for a path.
    fn number_alone(&self) -> Result<(), Failure> {
        let mut paths = self.queries.iter().chain(self.documents.paths());
        let is_number = |path: &&PathBuf| {
            let name = path.to_str().unwrap_or_default();
            name.parse::<usize>().is_ok() && !path.exists()
        };
        match paths.find(is_number).filter(|_| self.fails.is_some()) {
            Some(number) => {
                let number = number.display();
                let message =
                    format!("{number} is no path, and --fails takes its number after `=`");
                Err(Failure::new(Kind::Usage, message).help(format!("write `--fails={number}`")))
            }
            None => Ok(()),
        }
    }

    /// With `--self` there is no file of questions: what stands in its place is the first path.
    fn paths_alone(&mut self) -> Result<(), Failure> {
        let Some(path) = self.queries.take() else {
            return Ok(());
        };
        if self.documents.names_config() {
            return Err(Failure::new(Kind::Usage, "--config and paths name different documents")
                .help("give one of them: `docent eval --self ./docs`, or `docent eval --self --config FILE`"));
        }
        self.documents.begin_with(path);
        Ok(())
    }
}

/// Those that found least, of these the ones that count most; none that found all.
fn worst(measured: &[Measured], count: usize) -> Vec<&Measured> {
    let is_whole = |it: &&Measured| it.metrics.ndcg < 1.0 || it.has_entry == Some(false);
    let mut worst: Vec<&Measured> = measured.iter().filter(is_whole).collect();
    worst.sort_by(|a, b| {
        let found = a.metrics.ndcg.total_cmp(&b.metrics.ndcg);
        let weight = |it: &Measured| it.question.weight.value();
        found.then(weight(b).total_cmp(&weight(a)))
    });
    worst.truncate(count);
    worst
}
