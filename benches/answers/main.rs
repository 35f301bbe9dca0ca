//! How long the answers of the tool `search` are, and whether the page that a question was pointed to says something in them:
//! `cargo bench --bench answers -- ...`
//!
//! ```text
//! answers QUERIES.jsonl DOCS [BASE_URL] [--write ANSWERS.jsonl] [--cache DIR]
//! ```
//! QUERIES holds a line `{"query": "...", "relevant": ["page", ...]}` for each question, DOCS is the folder of documentation
//! that it is asked of. ANSWERS gets a line `{"query", "relevant", "text"}` for each: `judged.py` shows what of those is judged.
//! Tokens are docent's own estimate; a quarter of the bytes stands beside it.
#![expect(clippy::print_stdout, reason = "its output is what it is run for")]

use docent::{
    config::{DocSet, SearchSettings},
    mcp::{estimated_tokens, shown},
    search::{Snapshot, Store},
};
use std::{env, error::Error, fs, io::Write as _, path::PathBuf};

type Failure = Box<dyn Error>;

/// Words that no documentation has.
const NONSENSE: [&str; 10] = [
    "zxqvy wubble frotz",
    "qqqqzzzz",
    "wie backe ich einen pflaumenkuchen mit streuseln",
    "flibbertigibbet snorgle",
    "xyzzy plugh plover",
    "blorptastic quuxify zornblatt",
    "recette de la tarte aux mirabelles",
    "mxyzptlk vlkoprst",
    "grbl hnxx tkk",
    "snickersnee bandersnatch tumtum",
];

fn main() -> Result<(), Failure> {
    let Some(arguments) = Arguments::parse(env::args().skip(1)) else {
        println!(
            "usage: answers QUERIES.jsonl DOCS [BASE_URL] [--write ANSWERS.jsonl] [--cache DIR]"
        );
        return Ok(());
    };
    let own = tempfile::tempdir()?;
    let cache = arguments.cache.as_deref().unwrap_or(own.path());
    fs::create_dir_all(cache)?;
    let set = DocSet {
        base_url: arguments.base_url,
        max_file_size: 64 << 20,
        ..DocSet::new("docs", fs::canonicalize(&arguments.docs)?)
    };
    let store = Store::new(cache, vec![set], SearchSettings::default())?;
    let (snapshot, _) = store.update(false, &|_| ())?;
    let mut out = arguments.write.map(fs::File::create).transpose()?;

    let mut answers = Vec::new();
    for line in fs::read_to_string(&arguments.queries)?.lines() {
        let line: serde_json::Value = serde_json::from_str(line)?;
        let query = line["query"].as_str().ok_or("a line without a query")?;
        let relevant = line["relevant"].as_array().into_iter().flatten();
        let relevant: Vec<&str> = relevant.filter_map(|page| page.as_str()).collect();
        let answer = Measured::of(&snapshot, query, &relevant)?;
        if let Some(out) = &mut out {
            let line =
                serde_json::json!({ "query": query, "relevant": relevant, "text": answer.text });
            writeln!(out, "{line}")?;
        }
        answers.push(answer);
    }
    let nothing: Vec<Measured> = NONSENSE
        .iter()
        .map(|query| Measured::of(&snapshot, query, &[]))
        .collect::<Result<_, _>>()?;

    println!("{}: {} questions", arguments.docs.display(), answers.len());
    row("tokens, estimated", &answers, |it| it.tokens);
    row("bytes / 4", &answers, |it| it.text.len() / 4);
    row("nothing found, tokens", &nothing, |it| it.tokens);
    for (query, answer) in NONSENSE
        .iter()
        .zip(&nothing)
        .filter(|(_, it)| it.tokens > 300)
    {
        let says = answer.text.lines().take(2).collect::<Vec<_>>().join(" ");
        println!("  {query}: {} tokens: {says}", answer.tokens);
    }
    let with = |has: &dyn Fn(&Measured) -> bool| answers.iter().filter(|it| has(it)).count();
    println!(
        "labelled page: first {}, named {}, with a passage {}",
        with(&|it| it.first == Some(0)),
        with(&|it| it.first.is_some()),
        with(&|it| it.has_passage),
    );
    let first_right = answers.iter().filter(|it| it.first.is_some());
    let (behind, all) = first_right.fold((0, 0), |(behind, all), it| {
        (behind + it.behind, all + it.text.len())
    });
    println!(
        "behind the first right page: {} % of the text",
        100 * behind / all.max(1)
    );
    Ok(())
}

struct Arguments {
    queries: PathBuf,
    docs: PathBuf,
    base_url: Option<String>,
    write: Option<PathBuf>,
    cache: Option<PathBuf>,
}

impl Arguments {
    fn parse(mut given: impl Iterator<Item = String>) -> Option<Self> {
        let mut plain = Vec::new();
        let (mut write, mut cache) = (None, None);
        while let Some(argument) = given.next() {
            match argument.as_str() {
                "--bench" => {}
                "--write" => write = Some(given.next()?.into()),
                "--cache" => cache = Some(given.next()?.into()),
                _ => plain.push(argument),
            }
        }
        let mut plain = plain.into_iter();
        Some(Self {
            queries: plain.next()?.into(),
            docs: plain.next()?.into(),
            base_url: plain.next(),
            write,
            cache,
        })
    }
}

/// An answer, and where the right page is in it.
struct Measured {
    text: String,
    tokens: usize,
    /// The place of the first right page.
    first: Option<usize>,
    /// A right page has more than its title there.
    has_passage: bool,
    /// Bytes behind the first right page.
    behind: usize,
}

impl Measured {
    fn of(snapshot: &Snapshot, query: &str, relevant: &[&str]) -> Result<Self, Failure> {
        let shown = shown(snapshot, query, None, None, 1)?;
        let hits = shown.answer.hits.iter().zip(&shown.pages);
        let right = |page: &str| relevant.contains(&page);
        let first = hits.clone().position(|(hit, _)| right(&hit.page.path));
        let has_passage = hits
            .clone()
            .any(|(hit, page)| right(&hit.page.path) && !page.passages.is_empty());
        let next = first.and_then(|first| shown.text.find(&format!("\n# {}. ", first + 2)));
        Ok(Self {
            tokens: estimated_tokens(&shown.text),
            first,
            has_passage,
            behind: next.map_or(0, |next| shown.text.len() - next),
            text: shown.text,
        })
    }
}

/// Median, 95th percentile and most of what the answers have of something.
fn row(what: &str, answers: &[Measured], of: impl Fn(&Measured) -> usize) {
    let mut values: Vec<usize> = answers.iter().map(of).collect();
    values.sort_unstable();
    let at =
        |share: usize| values.get((values.len() * share / 100).min(values.len().saturating_sub(1)));
    let [median, high, most] = [50, 95, 100].map(|share| at(share).copied().unwrap_or_default());
    println!("{what}: median {median}, 95th percentile {high}, most {most}");
}
