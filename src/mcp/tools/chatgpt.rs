//! The two tools at `/chatgpt`, in the shapes that ChatGPT's company knowledge and deep research ask for: each has one
//! argument, a text, and answers with JSON. They compare the schemas of the arguments to the letter, so nothing may be
//! added to those.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use rmcp::model::{JsonObject, Tool};
use serde_json::{Value, json};
use std::sync::Arc;

use super::{
    super::{
        about::About,
        arguments::{ArgumentError, Arguments},
        citation::titles,
        fence::Fence,
        line::{count, one_line},
        links::Links,
        measure::Measure,
        page_path::{Form, page_meant, page_path},
        reply::Reply,
        section_names::select,
        sections::{outline, parts, texts},
        seen::Matched,
        sets::{Label, list_labels},
        tokens, uri,
    },
    definition::{MAX_BYTES, define},
    read::{nameless, several_meant, unknown},
};
use crate::search::{Hit, Meant, PageRef, Query, Snapshot, StoredPage};

/// Pages in an answer.
const LIMIT: usize = 10;
/// What the text of one answer aims at. The client gets it twice, as text and as structure, and has it escaped.
const TEXT: usize = 3_500;
/// What a page is named with does not count up to this.
const USUAL: usize = 300;
/// Of the text, whatever the page is named.
const LEAST: usize = 400;
/// More parts than any file has that the corpus reads.
const MAX_PART: usize = 100_000;
/// Stands in an id before the number of a part. No anchor holds it.
const PART: &str = "#part=";
/// Longer addresses are no addresses that a browser opens.
const MAX_URL: usize = 2_000;

/// What may not stand in an address as it is, whoever has written it (RFC 3986, appendix A).
const UNSAFE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// `search` and `fetch`, as ChatGPT sees them.
pub(super) fn definitions(about: &About, sets: &[Label<'_>]) -> Vec<Tool> {
    let text = || json!({ "type": "string" });
    let found = json!({
        "type": "object",
        "properties": { "id": text(), "title": text(), "url": text() },
        "required": ["id", "title", "url"],
    });
    let results = json!({
        "type": "object",
        "properties": { "results": { "type": "array", "items": found } },
        "required": ["results"],
    });
    let page = json!({
        "type": "object",
        "properties": {
            "id": text(), "title": text(), "text": text(), "url": text(),
            "metadata": { "type": "object", "additionalProperties": text() },
        },
        "required": ["id", "title", "text", "url", "metadata"],
    });
    vec![
        tool(
            "search",
            "Search the documentation",
            searching(about, sets),
            "query",
            results,
        ),
        tool(
            "fetch",
            "Read a documentation page",
            FETCHING.to_owned(),
            "id",
            page,
        ),
    ]
}

const FETCHING: &str = "Returns the text of a documentation page as Markdown, by an id that a search has returned, with \
    the URL to cite. Of a page too long for one answer it returns the section that the id names, or the first part; \
    `metadata.next` is then the id of the part that follows.";

fn searching(about: &About, sets: &[Label<'_>]) -> String {
    let title = about.title();
    let title = title.as_deref().unwrap_or("this documentation");
    let mut text = format!("Searches {title} and returns the pages that answer, best first:\n");
    let tail = "\nGood queries name the thing: \"autovacuum settings\", \"git rebase --onto\", an error message. \
        Poor ones are a single common word (\"settings\") or a whole conversation. Each result has an id for \
        fetching its text, a title, and the URL to cite.";
    list_labels(&mut text, sets, MAX_BYTES - tail.len());
    text.push_str(tail);
    text
}

/// A tool with one argument, a text, and nothing said of it: see the top of the file.
fn tool(
    name: &'static str,
    title: &str,
    description: String,
    argument: &str,
    output: Value,
) -> Tool {
    let input = json!({
        "type": "object",
        "properties": { argument: { "type": "string" } },
        "required": [argument],
    });
    let output = match output {
        Value::Object(output) => output,
        _ => JsonObject::new(),
    };
    define(name, title, description, input).with_raw_output_schema(Arc::new(output))
}

/// A call of `search`, understood.
pub(super) struct Search {
    pub(super) query: Query,
}

impl Search {
    /// Reads the arguments of a call.
    pub(super) fn parse(arguments: &Arguments) -> Result<Self, ArgumentError> {
        let query = arguments.required("query", "the words to look up.")?;
        Ok(Self {
            query: Query {
                limit: LIMIT,
                ..Query::new(query)
            },
        })
    }

    /// Asks the index and names what it finds. `site`: docent's public address, without a slash at its end.
    pub(super) fn run(&self, snapshot: &Snapshot, site: &str) -> Reply {
        let answer = match snapshot.search(&self.query) {
            Ok(answer) => answer,
            Err(error) => return Reply::broken(&error),
        };
        let mut left = TEXT;
        let results = answer.hits.iter().map(|hit| result(hit, snapshot, site));
        let results = results.take_while(|result| {
            let cost = tokens::estimate(&result.to_string());
            let has_room = cost <= left || left == TEXT;
            left = left.saturating_sub(cost);
            has_room
        });
        let results: Vec<Value> = results.collect();
        let mut reply = structured(&json!({ "results": results }), results.len());
        reply.matched = Some(Matched::of(&answer.relaxation, results.len(), 0));
        for hit in answer.hits.iter().take(results.len()) {
            reply.seen.pages.push(&hit.page);
        }
        reply
    }
}

/// A page with the section that answers, where it can be named.
fn result(hit: &Hit, snapshot: &Snapshot, site: &str) -> Value {
    let passage = hit.passages.first();
    let section = passage.and_then(|passage| {
        let anchor = passage.anchor.as_deref().filter(|it| is_plain(it))?;
        Some((passage.headings.last()?, anchor))
    });
    let title = one_line(&hit.page.title, 160);
    let id = hit.page.id();
    let (title, id, anchor) = match section {
        Some((heading, anchor)) => (
            format!("{title} > {}", one_line(heading, 100)),
            format!("{id}#{anchor}"),
            Some(anchor),
        ),
        None => (title, id, None),
    };
    let url = url(&hit.page, anchor, snapshot, site);
    json!({ "id": id, "title": title, "url": url })
}

/// A call of `fetch`, understood.
pub(super) struct Fetch {
    /// As a search returns it: `set/path`, perhaps with `#anchor`.
    pub(super) id: String,
    part: usize,
}

impl Fetch {
    /// Reads the arguments of a call.
    pub(super) fn parse(arguments: &Arguments) -> Result<Self, ArgumentError> {
        let id = arguments.required("id", "an id that a search has returned.")?;
        let id = uri::id_of(&id).unwrap_or(id);
        let (id, part) = match id.rsplit_once(PART) {
            Some((id, part)) => {
                let part = part.parse().unwrap_or(1);
                (id.to_owned(), part.clamp(1, MAX_PART))
            }
            None => (id, 1),
        };
        Ok(Self { id, part })
    }

    /// Fetches the page and writes what was asked for. `site`: docent's public address, without a slash at its end.
    pub(super) fn run(&self, snapshot: &Snapshot, site: &str, fence: &Fence) -> Reply {
        let (id, fragment) = match page_meant(snapshot, &self.id) {
            Meant::Page { id, fragment } => (id, fragment),
            Meant::Several(pages) => {
                let mut reply = several_meant(&self.id, &pages, fence);
                reply.seen.missing.push_id(&self.id);
                return reply;
            }
            Meant::Nothing => (self.id.clone(), None),
        };
        match snapshot.page(&id) {
            Ok(Some(page)) => {
                let fragment = fragment.as_deref();
                let mut reply = self.render(&page, fragment, snapshot, site, fence);
                reply.seen.pages.push(&page.page);
                reply
            }
            Ok(None) => {
                let mut reply = unknown(&self.id, &titles(&snapshot.similar(&self.id)), fence);
                reply.seen.missing.push_id(&self.id);
                reply
            }
            Err(error) => Reply::broken(&error),
        }
    }

    fn render(
        &self,
        page: &StoredPage,
        anchor: Option<&str>,
        snapshot: &Snapshot,
        site: &str,
        fence: &Fence,
    ) -> Reply {
        let id = page.page.id();
        // Paths may have any length, and an id stands in an answer three times.
        let names =
            2 * tokens::estimate(&id) + tokens::estimate(&url(&page.page, None, snapshot, site));
        let budget = (TEXT + USUAL).saturating_sub(names).clamp(LEAST, TEXT);
        let mut links = Links::to_ids(snapshot, &page.page);
        let mut cut = |sections| {
            let texts = texts(sections);
            let texts: Vec<_> = texts.iter().map(|text| links.written(text)).collect();
            parts(&texts, Measure::Tokens, budget, budget)
        };
        let whole = cut(&page.sections);
        // A page that fits is no less of an answer than its section.
        let section = anchor
            .filter(|_| whole.len() > 1)
            .and_then(|anchor| select(&page.sections, anchor));
        let section = section.map(|selected| selected.sections);
        let is_missing = |anchor: &&str| select(&page.sections, anchor).is_none();
        let missing = anchor.filter(is_missing).map(|it| nameless(page, it));
        let asked = section.unwrap_or(&page.sections);
        let texts = section.map_or(whole, &mut cut);
        let anchor = anchor.filter(|anchor| is_plain(anchor));
        let id = anchor.map_or(id.clone(), |anchor| format!("{id}#{anchor}"));
        let Some(part) = texts.get(self.part - 1) else {
            return Reply::error(format!(
                "It has {} in all: there is no part {}.",
                count(texts.len(), "part"),
                self.part
            ));
        };
        let title = one_line(&page.page.title, 160);
        let mut body = format!("# {title}\n");
        if !page.page.breadcrumb.is_empty() {
            let breadcrumb = page.page.breadcrumb.join(" > ");
            let _ = writeln!(body, "In: {}", one_line(&breadcrumb, 200));
        }
        body.push('\n');
        body.push_str(part);
        let mut metadata = json!({ "set": page.page.set });
        let mut text = String::with_capacity(body.len() + 512);
        let is_first = self.part == 1;
        if let Some((note, _)) = missing.filter(|_| is_first) {
            text.push_str(&note);
        }
        if texts.len() > 1 {
            let numbered = format!("{} of {}", self.part, texts.len());
            let _ = writeln!(text, "Part {numbered}.");
            metadata["part"] = numbered.into();
            if is_first {
                body.push_str("\n\nSections:\n");
                body.push_str(&outline(asked));
            }
        }
        fence.enclose(&mut text, &body);
        if texts.len() > 1 && is_first {
            text.push_str(
                "A section has an id of its own: that of its page, and the name after #.\n",
            );
        }
        if self.part < texts.len() {
            metadata["next"] = format!("{id}{PART}{}", self.part + 1).into();
            text.push_str("Cut for length: `metadata.next` is the id of the part that follows.\n");
        }
        let url = url(&page.page, anchor, snapshot, site);
        let id = match is_first {
            true => id,
            false => format!("{id}{PART}{}", self.part),
        };
        structured(
            &json!({ "id": id, "title": title, "text": text, "url": url, "metadata": metadata }),
            1,
        )
    }
}

fn structured(value: &Value, hits: usize) -> Reply {
    Reply {
        is_structured: true,
        ..Reply::text(value.to_string(), hits)
    }
}

/// Where a page can be opened and cited: where it is published, else docent's own page of it.
fn url(page: &PageRef, anchor: Option<&str>, snapshot: &Snapshot, site: &str) -> String {
    let own = || {
        let path = page_path(snapshot, &page.set, &page.path, Form::Html);
        format!("{site}/{path}")
    };
    let published = page.url.as_deref().map(safe);
    let published = published.filter(|url| url.len() <= MAX_URL);
    let own = || Some(own()).filter(|url| url.len() <= MAX_URL + site.len());
    let mut url = published.or_else(own).unwrap_or_else(|| format!("{site}/"));
    if let Some(anchor) = anchor.filter(|_| !url.contains('#')) {
        url.push('#');
        url.push_str(&safe(anchor));
    }
    url
}

fn safe(url: &str) -> String {
    utf8_percent_encode(url, UNSAFE).to_string()
}

/// Whether an anchor can stand in an id and be found again by it.
fn is_plain(anchor: &str) -> bool {
    let is_plain = |it: char| !it.is_whitespace() && !it.is_control() && it != '#';
    !anchor.is_empty() && anchor.len() <= 200 && anchor.chars().all(is_plain)
}
