//! The tool `search`: the passages that answer, as one Markdown text.

use std::fmt::Write as _;

use rmcp::model::Tool;
use serde_json::json;

use super::{
    super::{
        about::About,
        arguments::{ArgumentError, Arguments},
        blocks,
        citation::{identity, titles},
        fence::Fence,
        line::{one_line, same_letters},
        reply::Reply,
        seen::{Matched, Seen},
        sets::{Label, chosen_set, list_labels, valid_sets},
        tokens,
    },
    definition::{MAX_BYTES, always_loaded, define, set_schema},
};
use crate::search::{Answer, Hit, PageRef, Passage, Query, Relaxation, SetSummary, Snapshot};

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
    pub(super) fn parse(arguments: &Arguments, sets: &[SetSummary]) -> Result<Self, Reply> {
        Self::lenient(arguments, sets).map_err(|error| Reply::error(error.to_string()))?
    }

    fn lenient(
        arguments: &Arguments,
        sets: &[SetSummary],
    ) -> Result<Result<Self, Reply>, ArgumentError> {
        let text = arguments.required("query", "the words to look up.")?;
        let limit = arguments.number(&["limit"], LIMIT, 1..=MAX_LIMIT)?;
        let page = arguments.number(&["page"], 1, 1..=MAX_PAGE)?;
        let set = match chosen_set(arguments.text("set")?.as_deref(), sets) {
            Ok(set) => set.map(|set| set.name.clone()),
            Err(reply) => return Ok(Err(reply)),
        };
        let query = Query {
            set,
            limit,
            offset: (page - 1) * limit,
            ..Query::new(text)
        };
        Ok(Ok(Self { query, page }))
    }

    /// Asks the index and writes the answer.
    pub(super) fn run(&self, snapshot: &Snapshot, fence: &Fence) -> Reply {
        match snapshot.search(&self.query) {
            Ok(answer) => self.render(&answer, snapshot.sets(), fence),
            Err(error) => Reply::broken(&error),
        }
    }

    fn render(&self, answer: &Answer, sets: &[SetSummary], fence: &Fence) -> Reply {
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
        relaxed(&mut text, &answer.relaxation);

        let shown = fence.enclose_all(&mut text, |text| documentation(text, &answer.hits, first));
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
            match &self.query.set {
                Some(set) => {
                    let _ = writeln!(text, " in the set `{set}`.");
                }
                None => text.push_str(".\n"),
            }
            relaxed(&mut text, &answer.relaxation);
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

    fn matched(&self, answer: &Answer) -> Matched {
        Matched::of(&answer.relaxation, answer.hits.len(), self.query.offset)
    }
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

/// Adds the hits in Markdown; returns how many of them there was room for.
fn documentation(text: &mut String, hits: &[Hit], first: usize) -> usize {
    let heads: Vec<String> = hits
        .iter()
        .enumerate()
        .map(|(rank, hit)| {
            let mut head = format!("# {}. {}\n", first + rank, one_line(&hit.page.title, 160));
            identity(&mut head, &hit.page);
            head
        })
        .collect();
    let head_costs: Vec<usize> = heads.iter().map(|head| tokens::estimate(head)).collect();
    let mut left = tokens::SEARCH.saturating_sub(head_costs.iter().sum());
    let mut used = 0;
    for (rank, hit) in hits.iter().enumerate() {
        // Paths may have any length, so heads alone can fill an answer; the names of passages
        // left out, and docent's own words, need some room too.
        used += head_costs[rank] + 200;
        if rank > 0 && used > tokens::CEILING - tokens::SEARCH {
            return rank;
        }
        if rank > 0 {
            text.push('\n');
        }
        text.push_str(&heads[rank]);
        let mut share = left.min(SHARES.get(rank).copied().unwrap_or(SHARE));
        for passage in hit.passages.iter().take(2) {
            let spent = write_passage(text, &hit.page.title, passage, share);
            share -= spent;
            left -= spent;
        }
    }
    hits.len()
}

/// Adds a passage within a budget, or its name alone; returns what it took.
fn write_passage(text: &mut String, title: &str, passage: &Passage, budget: usize) -> usize {
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

fn relaxed(text: &mut String, relaxation: &Relaxation) {
    match relaxation {
        Relaxation::None | Relaxation::NoGoodMatch => {}
        Relaxation::Dropped(words) => left_out(text, words),
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
            left_out(text, dropped);
        }
    }
}

fn left_out(text: &mut String, words: &[String]) {
    if !words.is_empty() {
        let words = quoted(words.iter().map(String::as_str));
        let _ = writeln!(text, "Left out, as no document has it: {words}.");
    }
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
        Call::parse(&arguments, &sets())
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
        let reply = call(&json!({"query": "autovacuum\nsettings"})).render(
            &answer(hits),
            &sets(),
            &Fence::new(),
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
            let reply = call.render(&answer(hits), &sets(), &Fence::new());
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
        let reply =
            call(&json!({"query": "zzz", "set": "PG"})).render(&answer, &sets(), &Fence::new());
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
        let reply = call(&json!({"query": "vaccum qqqq"})).render(&answer, &sets(), &Fence::new());
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
        let Err(reply) = Call::parse(&arguments, &sets()) else {
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
