//! The tool `search`: the passages that answer, as one Markdown text.

use std::fmt::Write as _;

use rmcp::model::Tool;
use serde_json::json;

use super::{
    super::{
        about::About,
        arguments::{ArgumentError, Arguments},
        blocks,
        budget::Budget,
        citation::{identity, others, titles},
        fence::Fence,
        line::{one_line, same_letters},
        reply::Reply,
        seen::{Matched, Seen},
        sets::{Label, chosen_set, find_set, list_labels, valid_sets},
        tokens,
    },
    definition::{MAX_BYTES, always_loaded, define, set_schema},
};
use crate::search::{
    Answer, Hit, PageRef, Passage, Query, Relaxation, SearchError, SetSummary, Snapshot,
};

/// Pages in an answer where the call names no `limit`.
const LIMIT: usize = 8;
/// Pages in an answer at the most.
const MAX_LIMIT: usize = 25;
/// Pages of results at the most, with a thousand hits: behind those, better words find more.
const MAX_PAGE: usize = 40;
/// What the passages of one page may take of an answer, by the page's rank.
const SHARES: [usize; 3] = [1_200, 800, 600];
/// The same for all pages behind those.
const SHARE: usize = 400;
/// What the name of a passage takes that is left out.
const ALSO: usize = 30;
/// A passage that would get less room than this is only named.
const LEAST: usize = 40;

/// The tool as clients see it.
pub(super) fn definition(about: &About, sets: &[Label<'_>]) -> Tool {
    always_loaded(define(
        "search",
        "Search the documentation",
        description(about, sets),
        json!({
            "type": "object",
            "properties": {
                "query": {
                    "type": "string",
                    "description": "Words, identifiers or a short question; no query syntax.",
                },
                "set": set_schema("Only pages of this document set; `all` for every set. The sets", sets),
                "path": {
                    "type": "string",
                    "description": "Only pages whose path begins so, such as `guide/` or `set/guide/`.",
                },
                "limit": {
                    "type": "integer", "minimum": 1, "maximum": MAX_LIMIT,
                    "description": "Pages in the answer at the most; 8 where it is left out.",
                },
                "page": {
                    "type": "integer", "minimum": 1, "maximum": MAX_PAGE,
                    "description": "Which page of the results; 1 where it is left out.",
                },
            },
            "required": ["query"],
        }),
    ))
}

/// What is searched for, where the first results in all sets are asked for.
pub(in crate::mcp) fn plain_query(arguments: &Arguments) -> Option<&str> {
    let is_plain = arguments.given().all(|name| match name {
        "query" | "limit" => true,
        "page" => arguments.number(&["page"], 1, 1..=MAX_PAGE) == Ok(1),
        _ => false,
    });
    arguments.written("query").filter(|_| is_plain)
}

/// A call of `search`, understood.
pub(super) struct Call {
    pub(super) query: Query,
    page: usize,
}

impl Call {
    /// Reads the arguments of a call.
    pub(super) fn parse(arguments: &Arguments, snapshot: &Snapshot) -> Result<Self, Reply> {
        let pages = |set: Option<&str>, under: &str| snapshot.pages_under(set, under);
        Self::understand(arguments, snapshot.sets(), &pages)
    }

    /// `pages` tells how many pages of a set, or of all, have paths that begin in some way.
    fn understand(
        arguments: &Arguments,
        sets: &[SetSummary],
        pages: &dyn Fn(Option<&str>, &str) -> usize,
    ) -> Result<Self, Reply> {
        let understood = Self::lenient(arguments, sets, pages);
        understood.map_err(|error| Reply::error(error.to_string()))?
    }

    fn lenient(
        arguments: &Arguments,
        sets: &[SetSummary],
        pages: &dyn Fn(Option<&str>, &str) -> usize,
    ) -> Result<Result<Self, Reply>, ArgumentError> {
        let text = arguments.required("query", "the words to look up.")?;
        let limit = arguments.number(&["limit"], LIMIT, 1..=MAX_LIMIT)?;
        let page = arguments.number(&["page"], 1, 1..=MAX_PAGE)?;
        let set = match chosen_set(arguments.text("set")?.as_deref(), sets) {
            Ok(set) => set.map(|set| set.name.clone()),
            Err(reply) => return Ok(Err(reply)),
        };
        let (set, under) = match arguments.text("path")? {
            None => (set, None),
            Some(path) => match place(set, &path, sets, pages) {
                Ok((set, under)) => (set, Some(under).filter(|under| !under.is_empty())),
                Err(reply) => return Ok(Err(reply)),
            },
        };
        let query = Query {
            set,
            under,
            limit,
            offset: (page - 1) * limit,
            ..Query::new(text)
        };
        Ok(Ok(Self { query, page }))
    }

    /// Asks the index and writes the answer.
    pub(super) fn run(&self, snapshot: &Snapshot, fence: &Fence, budget: Budget) -> Reply {
        match snapshot.search(&self.query) {
            Ok(answer) => self.fitting(&answer, snapshot.sets(), fence, budget),
            Err(error) => Reply::broken(&error),
        }
    }

    /// The answer within a budget. Where names and docent's own words take more of it than one would think, there is less room
    /// for the rest.
    fn fitting(
        &self,
        answer: &Answer,
        sets: &[SetSummary],
        fence: &Fence,
        budget: Budget,
    ) -> Reply {
        let room = Room::of(budget);
        let reply = self.render(answer, sets, fence, room, &mut |_| {});
        let over = |reply: &Reply| tokens::estimate(&reply.text).saturating_sub(budget.most());
        match budget.asked().map(|_| over(&reply)) {
            None | Some(0) => reply,
            Some(over) => {
                let passages = room.passages.saturating_sub(over + 20);
                self.render(answer, sets, fence, Room { passages, ..room }, &mut |_| {})
            }
        }
    }

    fn render(
        &self,
        answer: &Answer,
        sets: &[SetSummary],
        fence: &Fence,
        room: Room,
        told: &mut Told<'_>,
    ) -> Reply {
        let mut text = String::with_capacity(16 * 1024);
        let asked = one_line(&self.query.text, 120);
        if answer.hits.is_empty() {
            return self.nothing(answer, sets, fence, &asked);
        }
        let first = self.query.offset + 1;
        let last = self.query.offset + answer.hits.len();
        if answer.relaxation == Relaxation::NoGoodMatch {
            let _ = writeln!(
                text,
                "Nothing good was found for \"{asked}\". These pages share only some of its words:"
            );
        } else {
            let _ = writeln!(
                text,
                "Results {first} to {last} for \"{asked}\", best first."
            );
        }
        self.relaxed(&mut text, &answer.relaxation);

        let write = |text: &mut String| documentation(text, &answer.hits, first, room, told);
        let shown = fence.enclose_all(&mut text, write);
        let mut seen = Seen::default();
        for hit in &answer.hits[..shown] {
            seen.pages.push(&hit.page);
        }

        if shown < answer.hits.len() {
            let _ = writeln!(
                text,
                "Cut for length: {shown} of {} pages are shown; a smaller `limit` gives the rest \
                 page by page.",
                answer.hits.len()
            );
        }
        if answer.more && self.page < MAX_PAGE {
            let _ = writeln!(
                text,
                "More pages match: they are on `page` {}.",
                self.page + 1
            );
        }
        text.push_str(
            "A page can be read in full by its id, a section by the page's id and the name \
             after #.\n",
        );
        if answer.relaxation == Relaxation::NoGoodMatch {
            nearest(&mut text, &answer.nearest, fence);
            text.push_str(&valid_sets(sets));
        }
        Reply {
            matched: Some(self.matched(answer)),
            seen,
            ..Reply::text(text, answer.hits.len())
        }
    }

    fn nothing(&self, answer: &Answer, sets: &[SetSummary], fence: &Fence, asked: &str) -> Reply {
        let mut text = String::new();
        if self.page > 1 {
            let _ = writeln!(
                text,
                "No more results for \"{asked}\": `page` {} is past the last one.",
                self.page
            );
        } else {
            let _ = write!(text, "No page answers \"{asked}\"");
            if let Some(set) = &self.query.set {
                let _ = write!(text, " in the set `{set}`");
            }
            if let Some(under) = &self.query.under {
                let _ = write!(text, " below `{}`", one_line(under, 120));
            }
            text.push_str(".\n");
            self.relaxed(&mut text, &answer.relaxation);
            text.push_str(
                "Fewer words, or the exact name of a command, option or setting, may find it.\n",
            );
            nearest(&mut text, &answer.nearest, fence);
            text.push_str(&valid_sets(sets));
        }
        Reply {
            matched: Some(self.matched(answer)),
            ..Reply::text(text, 0)
        }
    }

    /// What was looked up instead of what was asked.
    fn relaxed(&self, text: &mut String, relaxation: &Relaxation) {
        let is_part = self.query.set.is_some() || self.query.under.is_some();
        let no_page = if is_part {
            "no page there"
        } else {
            "no document"
        };
        match relaxation {
            Relaxation::None | Relaxation::NoGoodMatch => {}
            Relaxation::Dropped(words) => left_out(text, words, no_page),
            Relaxation::Fuzzy { replaced, dropped } => {
                // A word of the documents, but a letter or two from the client's own.
                for (asked, found) in replaced.iter().take(5) {
                    let asked = one_line(asked, 60);
                    let found = one_line(found, 60);
                    let _ = writeln!(
                        text,
                        "No document has \"{asked}\"; \"{found}\" was looked up instead."
                    );
                }
                left_out(text, dropped, no_page);
            }
        }
    }

    fn matched(&self, answer: &Answer) -> Matched {
        Matched::of(&answer.relaxation, answer.hits.len(), self.query.offset)
    }
}

/// Hears what is written of the documents, in order.
type Told<'a> = dyn FnMut(Piece<'_>) + 'a;

/// What is written of the documents.
enum Piece<'a> {
    /// The name of the next page, which takes so many tokens.
    Page(usize),
    /// The page's passage with this number.
    Passage(usize, &'a Body<'a>),
}

struct Body<'a> {
    text: &'a str,
    goes_on: bool,
    cost: usize,
}

/// A search as an assistant makes it, with what its answer shows, for people.
pub struct Shown {
    /// What the index answers.
    pub answer: Answer,
    /// The whole text that an assistant gets.
    pub text: String,
    /// What it takes of a model's context.
    pub tokens: usize,
    /// How many pages of the ranking come before them.
    pub offset: usize,
    /// The first pages of the answer, as far as there is room for them.
    pub pages: Vec<ShownPage>,
    /// Behind this page of results there may be no other.
    pub is_last: bool,
}

/// What is shown of a page.
#[derive(Default)]
pub struct ShownPage {
    /// What it takes of a model's context.
    pub tokens: usize,
    /// What is shown of it, best first.
    pub passages: Vec<ShownPassage>,
}

/// What is shown of a passage.
pub struct ShownPassage {
    /// Which of the page's passages it is.
    pub number: usize,
    /// Whole blocks of Markdown, without its heading.
    pub markdown: String,
    /// The section has more text than this.
    pub goes_on: bool,
}

/// Searches as an assistant does: in a set or in all, for a page of results from 1.
///
/// # Errors
/// Where the index cannot be read.
pub fn shown(
    snapshot: &Snapshot,
    query: &str,
    set: Option<&str>,
    page: usize,
) -> Result<Shown, SearchError> {
    let page = page.clamp(1, MAX_PAGE);
    let call = Call {
        query: Query {
            set: set.map(str::to_owned),
            limit: LIMIT,
            offset: (page - 1) * LIMIT,
            ..Query::new(query)
        },
        page,
    };
    let answer = snapshot.search(&call.query)?;
    let mut pages: Vec<ShownPage> = Vec::new();
    let mut told = |piece: Piece<'_>| match piece {
        Piece::Page(tokens) => pages.push(ShownPage {
            tokens,
            passages: Vec::new(),
        }),
        Piece::Passage(number, body) => {
            if let Some(page) = pages.last_mut() {
                page.tokens += body.cost;
                page.passages.push(ShownPassage {
                    number,
                    markdown: body.text.to_owned(),
                    goes_on: body.goes_on,
                });
            }
        }
    };
    let room = Room::of(Budget::default());
    let reply = call.render(&answer, snapshot.sets(), &Fence::new(), room, &mut told);
    Ok(Shown {
        tokens: tokens::estimate(&reply.text),
        text: reply.text,
        offset: call.query.offset,
        is_last: !answer.more || page == MAX_PAGE,
        answer,
        pages,
    })
}

fn description(about: &About, sets: &[Label<'_>]) -> String {
    let title = about.title();
    let title = title.as_deref().unwrap_or("this documentation");
    let mut text = format!("Searches {title} and returns the passages that answer:\n");
    let tail = "\nGood queries name the thing: \"autovacuum settings\", \"git rebase --onto\", \
        \"max_connections\", an error message. Poor ones are a single common word (\"settings\") \
        or a whole conversation. Each result has the page's title, place, URL, and the id to \
        read on.";
    list_labels(&mut text, sets, MAX_BYTES - tail.len());
    text.push_str(tail);
    text
}

/// What the parts of an answer may take, in tokens.
#[derive(Debug, Clone, Copy)]
struct Room {
    passages: usize,
    /// For names of pages beyond those that are taken off the passages.
    heads: usize,
    /// All names are taken off the passages.
    heads_are_passages: bool,
}

impl Room {
    fn of(budget: Budget) -> Self {
        Self {
            passages: budget.aim(tokens::SEARCH),
            heads: budget.most() - budget.aim(tokens::SEARCH),
            heads_are_passages: budget.asked().is_some(),
        }
    }
}

/// Adds the hits in Markdown; returns how many of them there was room for.
fn documentation(
    text: &mut String,
    hits: &[Hit],
    first: usize,
    room: Room,
    told: &mut Told<'_>,
) -> usize {
    let heads: Vec<String> = hits
        .iter()
        .enumerate()
        .map(|(rank, hit)| {
            let mut head = format!("# {}. {}\n", first + rank, one_line(&hit.page.title, 160));
            identity(&mut head, &hit.page);
            others(&mut head, hit);
            head
        })
        .collect();
    let mut head_costs: Vec<usize> = heads.iter().map(|head| tokens::estimate(head)).collect();
    let mut hits = hits;
    if room.heads_are_passages {
        // So many pages that there is as much room for what they say as for what they are called.
        let mut sum = 0;
        let fits = |cost: &&usize| {
            sum += **cost + ALSO;
            sum <= room.passages / 2
        };
        let fitting = head_costs.iter().take_while(fits).count().max(1);
        hits = &hits[..fitting.min(hits.len())];
        head_costs.truncate(hits.len());
    }
    let mut left = room.passages.saturating_sub(head_costs.iter().sum());
    let mut used = 0;
    for (rank, hit) in hits.iter().enumerate() {
        // Paths may have any length, so heads alone can fill an answer; the names of passages
        // left out, and docent's own words, need some room too.
        used += head_costs[rank] + 200;
        if rank > 0 && used > room.heads && !room.heads_are_passages {
            return rank;
        }
        if rank > 0 {
            text.push('\n');
        }
        text.push_str(&heads[rank]);
        let mut share = left.min(SHARES.get(rank).copied().unwrap_or(SHARE));
        told(Piece::Page(head_costs[rank]));
        for (at, passage) in hit.passages.iter().take(2).enumerate() {
            let spent = write_passage(text, &hit.page.title, passage, share, &mut |body| {
                told(Piece::Passage(at, body));
            });
            share -= spent;
            left -= spent;
        }
    }
    hits.len()
}

/// Adds a passage within a budget, or its name alone; returns what it took.
fn write_passage(
    text: &mut String,
    title: &str,
    passage: &Passage,
    budget: usize,
    told: &mut dyn FnMut(&Body<'_>),
) -> usize {
    // Without headings it is the start of the page, which has been named.
    let mut name = one_line(&passage.headings.join(" > "), 200);
    if let Some(anchor) = passage.anchor.as_ref().filter(|_| !name.is_empty()) {
        let _ = write!(name, " #{}", one_line(anchor, 120));
    }
    if budget < LEAST {
        if !name.is_empty() {
            let _ = writeln!(text, "Also: {name}");
        }
        return 0;
    }
    let heading = passage.headings.last().map_or(title, String::as_str);
    let body = without_heading(&passage.markdown, heading);
    let body = blocks::fit(body, budget);
    told(&Body {
        text: &body.text,
        goes_on: body.cut || passage.partial,
        cost: body.cost,
    });
    text.push('\n');
    if !name.is_empty() {
        let _ = writeln!(text, "## {name}\n");
    }
    text.push_str(&body.text);
    text.push('\n');
    if body.cut || passage.partial {
        text.push_str("[The section goes on.]\n");
    }
    body.cost
}

/// A passage without its first line where that is its heading, which stands above it already.
fn without_heading<'a>(markdown: &'a str, heading: &str) -> &'a str {
    let first = markdown.lines().next().unwrap_or_default();
    // `## Title {#anchor}`
    let title = first.split(" {#").next().unwrap_or_default();
    let title = title.trim_start_matches('#').trim_start();
    if first.starts_with('#') && same_letters(title, heading) {
        markdown[first.len()..].trim_start_matches('\n')
    } else {
        markdown
    }
}

fn left_out(text: &mut String, words: &[String], no_page: &str) {
    if !words.is_empty() {
        let words = quoted(words.iter().map(String::as_str));
        let _ = writeln!(text, "Left out, as {no_page} has it: {words}.");
    }
}

/// The set and the start of paths in it that a path means: one in the set that is named, or with its set before it.
fn place(
    set: Option<String>,
    path: &str,
    sets: &[SetSummary],
    pages: &dyn Fn(Option<&str>, &str) -> usize,
) -> Result<(Option<String>, String), Reply> {
    let path = path.strip_prefix("docent://").unwrap_or(path);
    let path = path.trim_matches('`').trim_start_matches('/');
    let path = path.trim_end_matches('*');
    let named = path.split_once('/').unwrap_or((path, ""));
    let named = find_set(sets, named.0).map(|set| (set.name.as_str(), named.1));
    let named = named.filter(|(name, _)| set.as_deref().is_none_or(|set| set == *name));
    // A folder may be called as a set is.
    if let Some((name, rest)) = named.filter(|_| pages(set.as_deref(), path) == 0) {
        if pages(Some(name), rest) > 0 {
            return Ok((Some(name.to_owned()), rest.to_owned()));
        }
    } else if pages(set.as_deref(), path) > 0 {
        return Ok((set, path.to_owned()));
    }
    let within = set.map_or_else(String::new, |set| format!(" of the set `{set}`"));
    Err(Reply::error(format!(
        "No page{within} has a path that begins with `{}`. Paths are what the ids of pages have behind their set: \
         searches and listings show them. {}",
        one_line(path, 120),
        valid_sets(sets)
    )))
}

fn quoted<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<String> = words
        .take(10)
        .map(|word| format!("\"{}\"", one_line(word, 60)))
        .collect();
    words.join(", ")
}

fn nearest(text: &mut String, pages: &[PageRef], fence: &Fence) {
    if !pages.is_empty() {
        text.push_str("Pages with the nearest titles and headings:\n");
        fence.enclose(text, &titles(pages));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::Others;

    fn sets() -> Vec<SetSummary> {
        vec![SetSummary {
            name: "pg".into(),
            title: None,
            description: None,
            topics: Vec::new(),
            pages: 1_168,
            sections: 9_000,
            first_title: None,
            headlines: vec!["SQL Commands".into()],
        }]
    }

    fn call(arguments: &serde_json::Value) -> Call {
        let arguments = Arguments::new(arguments.as_object().cloned());
        Call::understand(&arguments, &sets(), &|_, _| 1)
            .map_err(|reply| reply.text)
            .unwrap()
    }

    fn hit(path: &str, markdown: &str) -> Hit {
        Hit {
            page: PageRef {
                set: "pg".into(),
                path: path.into(),
                title: "Routine Vacuuming".into(),
                breadcrumb: vec!["Server Administration".into(), "Maintenance".into()],
                url: Some(format!("https://docs.example.com/pg/{path}")),
            },
            score: 1.0,
            passages: vec![Passage {
                section: 3,
                headings: vec!["The Autovacuum Daemon".into()],
                anchor: Some("AUTOVACUUM".into()),
                markdown: markdown.into(),
                partial: true,
            }],
            copies: Others::default(),
            versions: Others::default(),
        }
    }

    fn answer(hits: Vec<Hit>) -> Answer {
        Answer {
            hits,
            relaxation: Relaxation::None,
            more: true,
            nearest: Vec::new(),
        }
    }

    #[test]
    fn an_answer_names_page_place_url_id_and_section() {
        let hits = vec![hit(
            "routine-vacuuming.html",
            "## The Autovacuum Daemon {#AUTOVACUUM}\n\nIt runs `VACUUM`.\n",
        )];
        let reply = call(&json!({"query": "autovacuum\nsettings"})).fitting(
            &answer(hits),
            &sets(),
            &Fence::new(),
            Budget::default(),
        );
        assert!(!reply.is_error);
        assert_eq!(reply.hits, 1);
        let lines: Vec<&str> = reply.text.lines().collect();
        assert_eq!(
            lines[0],
            "Results 1 to 1 for \"autovacuum settings\", best first."
        );
        assert!(lines[1].starts_with("<<<documentation "));
        assert_eq!(
            lines[2..12],
            [
                "# 1. Routine Vacuuming",
                "In: Server Administration > Maintenance",
                "URL: https://docs.example.com/pg/routine-vacuuming.html",
                "id: pg/routine-vacuuming.html",
                "",
                "## The Autovacuum Daemon #AUTOVACUUM",
                "",
                "It runs `VACUUM`.",
                "[The section goes on.]",
                lines[11],
            ]
        );
        assert!(
            lines[11].starts_with("<<<end of documentation "),
            "{}",
            lines[11]
        );
        assert_eq!(lines[12], "More pages match: they are on `page` 2.");
    }

    #[test]
    fn no_answer_goes_over_its_tokens() {
        let long = "A sentence of some length, about settings.\n\n".repeat(400);
        let deep = format!("{}.html", "a/".repeat(2_000));
        for (path, most) in [("a.html", 3_600), (deep.as_str(), tokens::CEILING)] {
            let hits = vec![hit(path, &long); 25];
            let call = call(&json!({"query": "x".repeat(100_000), "limit": "25"}));
            let reply = call.fitting(&answer(hits), &sets(), &Fence::new(), Budget::default());
            let spent = tokens::estimate(&reply.text);
            assert!(
                spent <= most,
                "{spent} tokens for {} bytes of path",
                path.len()
            );
        }
    }

    #[test]
    fn nothing_found_says_what_there_is() {
        let nearest = vec![hit("a.html", "").page];
        let mut answer = answer(Vec::new());
        answer.nearest = nearest;
        let reply = call(&json!({"query": "zzz", "set": "PG"})).fitting(
            &answer,
            &sets(),
            &Fence::new(),
            Budget::default(),
        );
        assert_eq!(reply.hits, 0);
        assert!(!reply.is_error);
        assert!(
            reply
                .text
                .starts_with("No page answers \"zzz\" in the set `pg`.")
        );
        assert!(reply.text.contains("- Routine Vacuuming (id: pg/a.html)"));
        assert!(reply.text.contains("Document sets: `pg` (1168 pages)."));
    }

    #[test]
    fn relaxations_are_said() {
        let mut answer = answer(vec![hit("a.html", "Text.")]);
        answer.relaxation = Relaxation::Fuzzy {
            replaced: vec![("vaccum".into(), "vacuum".into())],
            dropped: vec!["qqqq".into()],
        };
        let reply = call(&json!({"query": "vaccum qqqq"})).fitting(
            &answer,
            &sets(),
            &Fence::new(),
            Budget::default(),
        );
        assert!(
            reply
                .text
                .contains("No document has \"vaccum\"; \"vacuum\" was looked up instead.")
        );
        assert!(
            reply
                .text
                .contains("Left out, as no document has it: \"qqqq\".")
        );
    }

    #[test]
    fn a_set_that_does_not_exist_is_an_error_with_the_valid_ones() {
        let arguments = Arguments::new(json!({"query": "x", "set": "mysql"}).as_object().cloned());
        let Err(reply) = Call::understand(&arguments, &sets(), &|_, _| 1) else {
            panic!("there is no set mysql");
        };
        assert!(reply.is_error);
        assert!(
            reply
                .text
                .starts_with("There is no document set `mysql`. Document sets: `pg`")
        );
    }
}
