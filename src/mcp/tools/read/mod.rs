//! The tool `read`: pages, sections of them, or the places where some words stand, in parts that fit a model's context.

mod asked;
mod find;
mod one;
mod places;
mod related;
mod several;
mod unknown;

use rmcp::model::Tool;
use serde_json::json;

use super::{
    super::{
        arguments::{ArgumentError, Arguments},
        budget::Budget,
        citation::identity,
        fence::Fence,
        line::one_line,
        measure::Room,
        reply::Reply,
        uri,
    },
    definition::{always_loaded, define},
};
use crate::search::{Snapshot, StoredPage};

pub(super) use unknown::{nameless, several_meant, unknown};

/// More parts than any file has that the corpus reads.
const MAX_PART: usize = 100_000;
/// Pages that one answer is about.
const MAX_IDS: usize = 10;
/// Characters of an answer, docent's own words and marks left out: with them, it stays under 8,000, which is what some
/// clients keep of an answer.
const USUAL: usize = 7_500;
/// Tokens of it, where the address of the endpoint has a budget that so many characters might not fit.
const USUAL_TOKENS: usize = 2_500;
/// A budget of the address from which they always fit.
const ROOMY: usize = 5_000;

const DESCRIPTION: &str = "Returns documentation pages as Markdown, or one section of a page with the \
    sections below, in parts of about 7,500 characters (`budget` for longer ones); or with `find`, only the places on a \
    page where some words or a name stand. Several pages share one answer. An id is the one that search results and \
    listings show (`set/path`); any link that stands in a page works too, as it stands there, and so does the page's URL; \
    also with a #fragment. The end of a page names what comes before and after it, what it links to and what links to it.";

/// The tool as clients see it.
pub(super) fn definition() -> Tool {
    always_loaded(define(
        "read",
        "Read a documentation page",
        DESCRIPTION.to_owned(),
        json!({
            "type": "object",
            "properties": {
                "id": {
                    "type": "string",
                    "description": "The page: its id (`set/path`), a link as a page shows it, or a URL.",
                },
                "ids": {
                    "type": "array", "items": { "type": "string" }, "maxItems": MAX_IDS,
                    "description": "Several pages at once, each as `id`; #section behind one is that section of it.",
                },
                "section": {
                    "type": "string",
                    "description": "Only this section: its anchor, its heading, `Heading > Subheading`, or its number.",
                },
                "find": {
                    "type": "string",
                    "description": "Only the places on the page (or in its section) with these words or this name: each \
                        with its section, to read on there.",
                },
                "from": {
                    "type": "integer", "minimum": 1,
                    "description": "The part to start with, for a page that comes in several.",
                },
                "budget": {
                    "type": "integer", "minimum": Budget::LEAST, "maximum": Budget::MOST,
                    "description": "Tokens that the answer may take, for longer parts than usual. Keep to one budget while \
                        going through the parts of a page.",
                },
            },
        }),
    ))
}

/// A call of `read`, understood.
#[derive(Debug)]
pub(super) struct Call {
    /// As they are asked for: `set/path`, a path, a link, or a URL, perhaps with a fragment; at least one.
    pub(super) ids: Vec<String>,
    section: Option<String>,
    find: Option<String>,
    part: usize,
    /// In tokens, where the call has one of its own.
    budget: Option<usize>,
    /// As many were asked for beyond those.
    beyond: usize,
}

impl Call {
    /// Reads the arguments of a call.
    pub(super) fn parse(arguments: &Arguments) -> Result<Self, Reply> {
        Self::lenient(arguments).map_err(|error| Reply::error(error.to_string()))?
    }

    fn lenient(arguments: &Arguments) -> Result<Result<Self, Reply>, ArgumentError> {
        let mut ids: Vec<String> = Vec::new();
        for id in [arguments.texts("id")?, arguments.texts("ids")?].concat() {
            let id = id.trim_matches(['`', '"']);
            let angled = id.strip_prefix('<').and_then(|id| id.strip_suffix('>'));
            let id = angled.unwrap_or(id);
            let id = uri::id_of(id).unwrap_or_else(|| id.to_owned());
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        if ids.is_empty() {
            arguments.required("id", "the id, path or URL of a page.")?;
        }
        let beyond = ids.len().saturating_sub(MAX_IDS);
        ids.truncate(MAX_IDS);
        let section = arguments.text("section")?;
        let find = arguments.text("find")?;
        let part = arguments.number(&["from", "part", "page"], 1, 1..=MAX_PART)?;
        let budget = arguments.number(&["budget"], 0, 0..=Budget::MOST)?;
        if ids.len() > 1 && (section.is_some() || find.is_some() || part > 1) {
            return Ok(Err(Reply::error(
                "`section`, `find` and `from` are for one page: ask for that one alone, or put #section behind its id.\n"
                    .to_owned(),
            )));
        }
        Ok(Ok(Self {
            ids,
            section,
            find,
            part,
            budget: (budget > 0).then_some(budget.max(Budget::LEAST)),
            beyond,
        }))
    }

    /// Fetches the pages and writes what was asked for.
    pub(super) fn run(&self, snapshot: &Snapshot, fence: &Fence, budget: Budget) -> Reply {
        let reply = match self.ids.as_slice() {
            [id] => self.one(snapshot, id, fence, budget),
            _ => self.several(snapshot, fence, budget),
        };
        reply.unwrap_or_else(|error| Reply::broken(&error))
    }

    /// What the documentation in an answer may take.
    fn room(&self, budget: Budget) -> Room {
        match (self.budget, budget.asked()) {
            (Some(own), _) => Room::of_tokens(budget.aim(own - Budget::AROUND)),
            (None, Some(asked)) if asked < ROOMY => Room::of_tokens(budget.aim(USUAL_TOKENS)),
            (None, _) => Room::of_characters(USUAL),
        }
    }
}

/// What stands above the text of a page.
fn head(page: &StoredPage) -> String {
    let mut head = format!("# {}\n", one_line(&page.page.title, 160));
    identity(&mut head, &page.page);
    head
}
