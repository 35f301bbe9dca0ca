//! `docent search`: the same search as an assistant's, from the command line.

use std::{
    fmt::Write as _,
    io::{self, IsTerminal as _, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::{
    config::Settings,
    error::{Failure, Kind},
    platform::Environment,
    search::{Answer, Hit, PageRef, Query, Relaxation, SetSummary, Snapshot},
    service,
};

use super::{
    documents::{Documents, cache_dir, refuse_private},
    progress::Bar,
    report::printable,
    style::Style,
};

/// Lines of a passage that are shown.
const EXCERPT_LINES: usize = 4;

/// Search the documents once, as an assistant would
///
/// The exit status is 1 where nothing is found.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  docent search \"restore a backup\" ./docs                 search a folder
  docent search \"rotate keys\" ./docs ./runbooks -n 3      the best three pages of two folders
  docent search \"rotate keys\" ./docs --format json        the same search for a program")]
pub(super) struct Search {
    /// What to look for, in plain words
    #[arg(value_name = "QUERY", value_parser = words)]
    query: String,

    #[command(flatten)]
    documents: Documents,

    /// Pages to show at the most
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10, value_parser = limit)]
    limit: usize,

    /// Only pages of this document set
    #[arg(long, value_name = "NAME")]
    set: Option<String>,

    /// Only this version of the documents, where a set holds several, or all
    #[arg(long, value_name = "VERSION")]
    docs_version: Option<String>,

    /// Only pages in this language, such as de
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<String>,

    /// How to print the results
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,

    /// Where to keep the index [default: ~/.cache/docent]
    #[arg(long, value_name = "DIR")]
    cache_dir: Option<PathBuf>,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(super) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

impl Search {
    pub(super) fn run(self, environment: &Environment) -> anyhow::Result<ExitCode> {
        let settings = self.documents.settings("docent search WORDS ./docs")?;
        known_set(self.set.as_deref(), &settings)?;
        let cache = cache_dir(environment, self.cache_dir.as_deref())?;
        let private = self.documents.private(environment, None, Some(&cache));
        refuse_private(&settings, &private)?;
        let bar = Bar::new(environment);
        let catalogue = service::open(&settings, &cache, &private)?;
        let (snapshot, _) = catalogue.update(false, &|step| bar.show(step))?;
        bar.end();
        catalogue.remove_unused(service::UNUSED);
        let query = Query {
            set: self.set,
            version: self.docs_version,
            language: self.language,
            limit: self.limit,
            ..Query::new(self.query)
        };
        known_edition(&query, &snapshot)?;
        let answer = snapshot.search(&query)?;
        let mut stdout = io::stdout().lock();
        match self.format {
            Format::Json => writeln!(stdout, "{}", as_json(&answer)?)?,
            Format::Text => {
                let style = Style::new(stdout.is_terminal() && !environment.no_color);
                write!(stdout, "{}", as_text(&answer, style))?;
            }
        }
        // As grep says it.
        Ok(ExitCode::from(u8::from(answer.hits.is_empty())))
    }
}

fn known_set(name: Option<&str>, settings: &Settings) -> Result<(), Failure> {
    let names: Vec<&str> = settings.docs.iter().map(|set| set.name.as_str()).collect();
    match name {
        Some(name) if !names.contains(&name) => {
            let failure = Failure::new(Kind::Usage, format!("there is no document set `{name}`"));
            Err(failure.help(format!("the sets are: {}", names.join(", "))))
        }
        _ => Ok(()),
    }
}

/// A version, or a language, that the sets hold, where they hold several.
fn known_edition(query: &Query, snapshot: &Snapshot) -> Result<(), Failure> {
    let told = |what: &str, name: &Option<String>, names: fn(&SetSummary) -> &[String]| {
        let name = name.as_deref().unwrap_or_default();
        let sets = snapshot.sets().iter();
        let sets = sets.filter(|set| query.set.as_ref().is_none_or(|name| *name == set.name));
        let all = sets
            .map(|set| (&set.name, names(set)))
            .filter(|(_, names)| !names.is_empty());
        let all: Vec<String> = all
            .map(|(set, names)| format!("{set} has {}", names.join(", ")))
            .collect();
        let failure = Failure::new(Kind::Usage, format!("there is no {what} `{name}`"));
        Err(failure.help(printable(&all.join("; "))))
    };
    if snapshot.lacks_version(query) {
        return told("version", &query.version, |set| &set.versions);
    }
    if snapshot.lacks_language(query) {
        return told("language", &query.language, |set| &set.languages);
    }
    Ok(())
}

fn words(text: &str) -> Result<String, String> {
    match text.trim().is_empty() {
        true => Err("say what to look for".to_owned()),
        false => Ok(text.to_owned()),
    }
}

fn limit(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(limit @ 1..=100) => Ok(limit),
        _ => Err("give a number from 1 to 100".to_owned()),
    }
}

/// What `--format json` prints, keys in this order.
#[derive(Serialize)]
struct Results<'a> {
    results: Vec<Found<'a>>,
    /// `good`, or `partial` where words were left out or respelled, or `none` where nothing good was found.
    r#match: &'static str,
    /// Words that no page has that may answer.
    unknown: &'a [String],
    /// Those of the question for which others were looked up.
    respelled: Vec<Respelled<'a>>,
}

#[derive(Serialize)]
struct Respelled<'a> {
    asked: &'a str,
    found: &'a str,
}

#[derive(Serialize)]
struct Found<'a> {
    /// Path below the root of the set.
    page: &'a str,
    set: &'a str,
    section: String,
    title: &'a str,
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    score: f32,
    /// What of the section answers, as Markdown.
    passage: &'a str,
    /// Other pages that say the same, and the same page in other versions and languages, by their ids.
    copies: Vec<String>,
    versions: Vec<String>,
}

fn as_json(answer: &Answer) -> serde_json::Result<String> {
    let results = answer.hits.iter().map(|hit| Found {
        page: &hit.page.path,
        set: &hit.page.set,
        section: section(hit),
        title: &hit.page.title,
        url: url(hit),
        version: hit.page.version.as_deref(),
        language: hit.page.language.as_deref(),
        score: hit.score,
        passage: hit.passages.first().map_or("", |it| it.markdown.as_str()),
        copies: hit.copies.pages.iter().map(PageRef::id).collect(),
        versions: hit.versions.pages.iter().map(PageRef::id).collect(),
    });
    let replaced = match &answer.relaxation {
        Relaxation::Fuzzy { replaced, .. } => replaced.as_slice(),
        _ => &[],
    };
    let respelled = replaced
        .iter()
        .map(|(asked, found)| Respelled { asked, found });
    serde_json::to_string(&Results {
        results: results.collect(),
        r#match: match answer.relaxation {
            Relaxation::None => "good",
            Relaxation::Dropped(_) | Relaxation::Fuzzy { .. } => "partial",
            Relaxation::NoGoodMatch => "none",
        },
        unknown: &answer.unknown,
        respelled: respelled.collect(),
    })
}

fn as_text(answer: &Answer, style: Style) -> String {
    if answer.hits.is_empty() {
        return nothing(answer);
    }
    let mut text = note(answer);
    for (number, hit) in answer.hits.iter().enumerate() {
        let section = section(hit);
        let arrow = if section.is_empty() { "" } else { " > " };
        let title = printable(&format!("{}{arrow}{section}", hit.page.title));
        let _ = writeln!(text, "{}. {}", number + 1, style.title(&title));
        let place = url(hit).unwrap_or_else(|| hit.page.id());
        let version = hit.page.version.as_deref();
        let version = version.map(|version| format!("  (version {version})"));
        let place = place + &version.unwrap_or_default();
        let _ = writeln!(text, "   {}", style.aside(&printable(&place)));
        for page in hit.copies.pages.iter().chain(&hit.versions.pages) {
            let also = format!("also {}", printable(&page.id()));
            let _ = writeln!(text, "   {}", style.aside(&also));
        }
        if answer.relaxation == Relaxation::NoGoodMatch {
            continue;
        }
        if let Some(passage) = hit.passages.first() {
            let lines = passage.markdown.lines();
            let body = lines.filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
            for line in body.take(EXCERPT_LINES) {
                let _ = writeln!(text, "   {}", printable(&shortened(line)));
            }
        }
        text.push('\n');
    }
    text
}

fn nothing(answer: &Answer) -> String {
    let mut text = format!("No page answers this. {}", nobody_has(answer));
    text.truncate(text.trim_end().len());
    text.push('\n');
    if !answer.nearest.is_empty() {
        text += "The nearest are:\n";
    }
    for page in &answer.nearest {
        let (title, id) = (printable(&page.title), printable(&page.id()));
        let version = page.version.as_deref().map(printable);
        let version = version.map(|version| format!("  (version {version})"));
        let _ = writeln!(text, "   {title}  {id}{}", version.unwrap_or_default());
    }
    text
}

/// Names the words that stand in no document.
fn nobody_has(answer: &Answer) -> String {
    let words = answer
        .unknown
        .iter()
        .take(10)
        .map(|it| format!("\"{}\"", printable(it)));
    let words: Vec<String> = words.collect();
    match words.is_empty() {
        true => String::new(),
        false => {
            let nobody = match answer.is_of_part {
                true => "No page there",
                false => "No document",
            };
            format!("{nobody} has {}. {}", words.join(", "), elsewhere(answer))
        }
    }
}

/// Which versions have what the pages have not that may answer.
fn elsewhere(answer: &Answer) -> String {
    let versions = answer.elsewhere.iter().take(10);
    let versions: Vec<String> = versions.map(|version| printable(version)).collect();
    match versions.is_empty() {
        true => String::new(),
        false => format!(
            "Other versions have some of that: {} (--docs-version). ",
            versions.join(", ")
        ),
    }
}

/// Says how the query was changed.
fn note(answer: &Answer) -> String {
    let quoted = |word: &String| format!("\"{}\"", printable(word));
    let left_out = |words: &[String]| {
        let words: Vec<_> = words.iter().map(quoted).collect();
        if words.is_empty() {
            String::new()
        } else {
            let nobody = match answer.is_of_part {
                true => "no page there",
                false => "no document",
            };
            let elsewhere = elsewhere(answer);
            let elsewhere = match elsewhere.trim_end() {
                "" => String::new(),
                told => format!("{told}\n"),
            };
            let words = words.join(", ");
            format!("Left out, as {nobody} has it: {words}\n{elsewhere}")
        }
    };
    match &answer.relaxation {
        Relaxation::None => String::new(),
        Relaxation::Dropped(words) => left_out(words) + "\n",
        Relaxation::Fuzzy { replaced, dropped } => {
            let pairs: Vec<_> = replaced
                .iter()
                .map(|(asked, found)| format!("{} for {}", quoted(found), quoted(asked)))
                .collect();
            format!(
                "Looked up instead: {}\n{}\n",
                pairs.join(", "),
                left_out(dropped)
            )
        }
        Relaxation::NoGoodMatch => format!(
            "No good match. {}These pages share only some of the words:\n\n",
            nobody_has(answer)
        ),
    }
}

fn section(hit: &Hit) -> String {
    let passage = hit.passages.first();
    passage.map_or_else(String::new, |passage| passage.headings.join(" > "))
}

fn url(hit: &Hit) -> Option<String> {
    let url = hit.page.url.as_ref()?;
    let anchor = hit
        .passages
        .first()
        .and_then(|passage| passage.anchor.as_ref());
    Some(match anchor {
        Some(anchor) if !url.contains('#') => format!("{url}#{anchor}"),
        _ => url.clone(),
    })
}

fn shortened(line: &str) -> String {
    const MAX: usize = 160;
    let mut chars = line.chars();
    let mut short: String = chars.by_ref().take(MAX).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::{Others, Passage};

    fn page(path: &str, url: Option<&str>) -> PageRef {
        PageRef {
            set: "pg".to_owned(),
            path: path.to_owned(),
            title: "Routine Vacuuming".to_owned(),
            breadcrumb: vec!["Maintenance".to_owned()],
            url: url.map(str::to_owned),
            ..PageRef::default()
        }
    }

    fn answer() -> Answer {
        let passage = Passage {
            section: 6,
            headings: vec![
                "Vacuuming Basics".to_owned(),
                "The Autovacuum Daemon".to_owned(),
            ],
            anchor: Some("AUTOVACUUM".to_owned()),
            markdown: format!(
                "## The Autovacuum Daemon\n\nIt is \u{1b}[31moptional.\n\n{}\n",
                "x".repeat(500)
            ),
            partial: false,
        };
        Answer {
            hits: vec![
                Hit {
                    page: page(
                        "routine-vacuuming.html",
                        Some("https://x.org/routine-vacuuming.html"),
                    ),
                    score: 12.5,
                    passages: vec![passage],
                    also: Vec::new(),
                    aside: false,
                    copies: Others::default(),
                    versions: Others::default(),
                },
                Hit {
                    page: page("notes.md", None),
                    score: 1.2,
                    passages: Vec::new(),
                    also: Vec::new(),
                    aside: false,
                    copies: Others::default(),
                    versions: Others::default(),
                },
            ],
            relaxation: Relaxation::Dropped(vec!["frobnicate".to_owned()]),
            unknown: vec!["frobnicate".to_owned()],
            is_of_part: false,
            elsewhere: Vec::new(),
            more: false,
            nearest: Vec::new(),
        }
    }

    #[test]
    fn json_is_one_object() {
        insta::assert_snapshot!(as_json(&answer()).unwrap());
    }

    #[test]
    fn text_is_for_people() {
        insta::assert_snapshot!(as_text(&answer(), Style::new(false)));
    }

    #[test]
    fn nothing_found_names_the_nearest() {
        let answer = Answer {
            hits: Vec::new(),
            relaxation: Relaxation::NoGoodMatch,
            unknown: vec!["frobnicate".to_owned()],
            is_of_part: false,
            elsewhere: Vec::new(),
            more: false,
            nearest: vec![page("routine-vacuuming.html", None)],
        };
        insta::assert_snapshot!(as_text(&answer, Style::new(false)));
    }
}
