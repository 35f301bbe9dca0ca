//! The tool `read`: a page, or one of its sections, in parts that fit a model's context.

use std::fmt::Write as _;

use rmcp::model::Tool;
use serde_json::json;

use super::{
    super::{
        arguments::{ArgumentError, Arguments},
        budget::Budget,
        citation::{identity, titles},
        fence::Fence,
        line::{count, one_line},
        page_path::id_of_page,
        reply::Reply,
        sections::{outline, outline_within, parts, select},
        seen::Seen,
        tokens, uri,
    },
    definition::{always_loaded, define},
};
use crate::{
    corpus::Section,
    search::{Related, SearchError, Snapshot, StoredPage},
};

/// More parts than any file has that the corpus reads.
const MAX_PART: usize = 100_000;
/// Pages that one answer is about.
const MAX_IDS: usize = 10;
/// Tokens that the list of a page's related ones may take.
const RELATED: usize = 350;
/// What is said of a page of several beside its text takes so many.
const NOTES: usize = 60;
/// A page of several that would get less room than this is left for another call.
const LEAST: usize = 150;

const DESCRIPTION: &str = "Returns documentation pages as Markdown, or one section of a page with the \
    sections below. Long pages come in parts; several pages share one answer. An id is the one that search \
    results and listings show (`set/path`); the page's URL works too, also with a #fragment. The end of a page \
    names what comes before and after it, what it links to and what links to it.";

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
                    "description": "The page: its id (`set/path`), its path, or its URL.",
                },
                "ids": {
                    "type": "array", "items": { "type": "string" }, "maxItems": MAX_IDS,
                    "description": "Several pages at once, each as `id`; #section behind one is that section of it.",
                },
                "section": {
                    "type": "string",
                    "description": "Only this section: its anchor or its heading.",
                },
                "from": {
                    "type": "integer", "minimum": 1,
                    "description": "The part to start with, for a page that comes in several.",
                },
            },
        }),
    ))
}

/// A call of `read`, understood.
pub(super) struct Call {
    /// As the index knows them: `set/path`, a path, or a URL, perhaps with a fragment; at least one.
    pub(super) ids: Vec<String>,
    section: Option<String>,
    part: usize,
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
            let id = id.trim_matches(['`', '<', '>', '"']);
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
        let part = arguments.number(&["from", "part", "page"], 1, 1..=MAX_PART)?;
        if ids.len() > 1 && (section.is_some() || part > 1) {
            return Ok(Err(Reply::error(
                "`section` and `from` are for one page: ask for that one alone, or put #section behind its id.\n".to_owned(),
            )));
        }
        Ok(Ok(Self {
            ids,
            section,
            part,
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

    fn one(
        &self,
        snapshot: &Snapshot,
        id: &str,
        fence: &Fence,
        budget: Budget,
    ) -> Result<Reply, SearchError> {
        let id = &*id_of_page(snapshot, id);
        let Some(page) = snapshot.page(id)? else {
            let mut reply = unknown(id, &titles(&snapshot.similar(id)), fence);
            reply.seen.missing.push_id(id);
            return Ok(reply);
        };
        let room = RELATED.min(budget.most() / 10);
        let related = related(&snapshot.related(id)?.unwrap_or_default(), room);
        let mut reply = self.render(&page, id, &related, fence, budget);
        reply.seen.pages.push(&page.page);
        Ok(reply)
    }

    fn render(
        &self,
        page: &StoredPage,
        id: &str,
        related: &str,
        fence: &Fence,
        budget: Budget,
    ) -> Reply {
        let Asked { sections, what } = match asked(page, id, self.section.as_deref()) {
            Ok(asked) => asked,
            Err(wanted) => return no_section(page, wanted, fence),
        };
        let mut body = head(page);
        let outline_room = budget.most() / 8;
        let around = tokens::estimate(&body) + tokens::estimate(related) + outline_room;
        let room = budget.aim(budget.most()).saturating_sub(around);
        let parts = parts(sections, tokens::READ.min(room.max(budget.most() / 4)));
        let Some(part) = parts.get(self.part - 1) else {
            return Reply::error(format!(
                "This {what} has {} in all: `from` {} is past the end.",
                count(parts.len(), "part"),
                self.part
            ));
        };
        body.push('\n');
        body.push_str(part);
        if parts.len() > 1 && self.part == 1 {
            body.push_str("\n\nSections:\n");
            body.push_str(&outline_within(sections, outline_room));
        }
        if self.part == parts.len() && !related.is_empty() {
            let _ = write!(body, "\n\n{related}");
        }
        let mut text = String::with_capacity(body.len() + 256);
        if parts.len() > 1 {
            let _ = writeln!(
                text,
                "Part {} of {} of this {what}.",
                self.part,
                parts.len()
            );
        }
        fence.enclose(&mut text, &body);
        if self.part < parts.len() {
            let _ = writeln!(
                text,
                "Cut for length: the {what} goes on with `from` {}.",
                self.part + 1
            );
        }
        Reply::text(text, 1)
    }

    /// Several pages in one answer. Each gets its share of the room; what a short one does not need is for the others.
    fn several(
        &self,
        snapshot: &Snapshot,
        fence: &Fence,
        budget: Budget,
    ) -> Result<Reply, SearchError> {
        let mut seen = Seen::default();
        let mut body = String::new();
        let mut notes = String::new();
        let mut similar = Vec::new();
        let room = budget.aim(tokens::READ);
        // Pages may be large: one is in memory at a time.
        let ids = self.ids.iter().map(|id| id_of_page(snapshot, id));
        let ids: Vec<_> = ids.collect();
        let mut wanted = Vec::with_capacity(ids.len());
        for id in &ids {
            let page = snapshot.page(id)?;
            wanted.push(page.map_or(0, |page| wants(&page, id, room)));
        }
        let shares = shares(&wanted, room);
        let mut shown = 0;
        for (id, share) in ids.iter().zip(shares) {
            let Some(page) = snapshot.page(id)? else {
                seen.missing.push_id(id);
                let _ = writeln!(notes, "There is no page `{}`.", one_line(id, 120));
                similar.extend(snapshot.similar(id).into_iter().take(2));
                continue;
            };
            // A fragment that names no section is the page's.
            let asked = asked(&page, id, None).unwrap_or_else(|_| Asked::whole(&page));
            let Asked { sections, what } = asked;
            let own = one_line(&page.page.id(), 200);
            let head = head(&page);
            let share = share.saturating_sub(tokens::estimate(&head) + NOTES);
            let mut parts = parts(sections, share.max(LEAST)).into_iter();
            let part = parts.next().unwrap_or_default();
            if share < LEAST && tokens::estimate(&part) > share {
                let _ = writeln!(
                    notes,
                    "No room was left for `{own}`: ask for it in another call."
                );
                continue;
            }
            if !body.is_empty() {
                body.push('\n');
            }
            body.push_str(&head);
            body.push('\n');
            body.push_str(&part);
            body.push('\n');
            shown += 1;
            seen.pages.push(&page.page);
            if parts.next().is_some() {
                let _ = writeln!(
                    notes,
                    "Cut for length: the {what} `{own}` goes on; asked for alone, it comes in parts."
                );
            }
        }
        let mut text = format!("{} of {}.\n", shown, count(self.ids.len(), "page"));
        if shown > 0 {
            fence.enclose(&mut text, &body);
        }
        text.push_str(&notes);
        if !similar.is_empty() {
            text.push_str("Pages with similar names:\n");
            fence.enclose(&mut text, &titles(&similar));
        }
        if self.beyond > 0 {
            let _ = writeln!(
                text,
                "One call is for {MAX_IDS} pages at the most: {} left for another one.",
                match self.beyond {
                    1 => "1 is".to_owned(),
                    beyond => format!("{beyond} are"),
                }
            );
        }
        let reply = match shown {
            0 => Reply::error(text),
            _ => Reply::text(text, shown),
        };
        Ok(Reply { seen, ..reply })
    }
}

/// What of a page was asked for.
struct Asked<'a> {
    sections: &'a [Section],
    what: &'static str,
}

impl<'a> Asked<'a> {
    fn whole(page: &'a StoredPage) -> Self {
        Self {
            sections: &page.sections,
            what: "page",
        }
    }
}

/// What an id asks for, or the section that a call names beside it; an error with the name of a section that is not there.
fn asked<'a>(
    page: &'a StoredPage,
    id: &'a str,
    section: Option<&'a str>,
) -> Result<Asked<'a>, &'a str> {
    let fragment = id.split_once('#').map(|(_, fragment)| fragment);
    let Some(wanted) = section.or(fragment) else {
        return Ok(Asked::whole(page));
    };
    match select(&page.sections, wanted) {
        Some(sections) => Ok(Asked {
            sections,
            what: "section",
        }),
        // A URL's fragment may name a place that is no heading: the page answers it.
        None if section.is_none() => Ok(Asked::whole(page)),
        None => Err(wanted),
    }
}

fn head(page: &StoredPage) -> String {
    let mut head = format!("# {}\n", one_line(&page.page.title, 160));
    identity(&mut head, &page.page);
    head
}

/// The tokens that what an id asks for would take, up to all that there are.
fn wants(page: &StoredPage, id: &str, most: usize) -> usize {
    let asked = asked(page, id, None).unwrap_or_else(|_| Asked::whole(page));
    let mut left = most.saturating_sub(tokens::estimate(&head(page)) + NOTES);
    for section in asked.sections {
        match tokens::within(&section.markdown, left) {
            // One more between two sections.
            Some(cost) => left = left.saturating_sub(cost + 1),
            None => return most,
        }
    }
    most - left
}

/// What each gets of a room of which each wants some: as much as it wants, or as much as any other that gets less than that.
fn shares(wanted: &[usize], room: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|at| wanted[*at]);
    let mut shares = vec![0; wanted.len()];
    let mut left = room;
    for (before, at) in order.into_iter().enumerate() {
        let share = wanted[at].min(left / (wanted.len() - before));
        shares[at] = share;
        left -= share;
    }
    shares
}

/// What a page is related to, a line each, within so many tokens.
fn related(related: &Related, room: usize) -> String {
    let Related {
        previous,
        next,
        links_to,
        linked_from,
    } = related;
    let named = previous.iter().map(|page| ("Previous", page));
    let named = named.chain(next.iter().map(|page| ("Next", page)));
    let named = named.chain(links_to.iter().map(|page| ("Links to", page)));
    let named = named.chain(linked_from.iter().map(|page| ("Linked from", page)));
    let mut text = String::new();
    let mut left = room;
    for (how, page) in named {
        let title = one_line(&page.title, 100);
        let line = format!(
            "- {how}: {title} (id: {})\n",
            one_line(&page.id(), usize::MAX)
        );
        let cost = tokens::estimate(&line);
        if cost <= left {
            left -= cost;
            if text.is_empty() {
                text.push_str("Related pages:\n");
            }
            text.push_str(&line);
        }
    }
    text
}

fn no_section(page: &StoredPage, wanted: &str, fence: &Fence) -> Reply {
    let mut text = format!("The page has no section \"{}\".", one_line(wanted, 120));
    let outline = outline(&page.sections);
    if outline.is_empty() {
        text.push_str(" It has no sections at all: read it whole, without `section`.\n");
    } else {
        text.push_str(" It has these:\n");
        fence.enclose(&mut text, &outline);
    }
    Reply::error(text)
}

/// The answer to an id that no page has.
pub(super) fn unknown(id: &str, similar: &str, fence: &Fence) -> Reply {
    let mut text = format!("There is no page `{}`.", one_line(id, 300));
    if similar.is_empty() {
        text.push_str(" Ids look like `set/path/of/page.md`; searches and listings show them.\n");
    } else {
        text.push_str(" The most similar ones:\n");
        fence.enclose(&mut text, similar);
    }
    Reply::error(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::PageRef;

    fn section(headings: &[&str], anchor: &str, markdown: &str) -> Section {
        Section {
            headings: headings
                .iter()
                .map(|heading| (*heading).to_owned())
                .collect(),
            anchor: (!anchor.is_empty()).then(|| anchor.to_owned()),
            markdown: markdown.to_owned(),
        }
    }

    fn page() -> StoredPage {
        StoredPage {
            page: PageRef {
                set: "guide".into(),
                path: "setup.md".into(),
                title: "Setup".into(),
                ..PageRef::default()
            },
            description: None,
            sections: vec![
                section(&[], "", "Intro."),
                section(&["Install"], "install", "## Install\n\nOne."),
                section(&["Install", "On Debian"], "deb", "### On Debian\n\nTwo."),
                section(&["Use it"], "use", "## Use it\n\nThree."),
            ],
        }
    }

    fn read(arguments: &serde_json::Value) -> Reply {
        render(&call(arguments), &page(), Budget::default())
    }

    fn call(arguments: &serde_json::Value) -> Call {
        Call::parse(&Arguments::new(arguments.as_object().cloned()))
            .map_err(|reply| reply.text)
            .unwrap()
    }

    fn render(call: &Call, page: &StoredPage, budget: Budget) -> Reply {
        call.render(page, &call.ids[0], "", &Fence::new(), budget)
    }

    #[test]
    fn a_section_comes_with_those_below_it() {
        for name in ["install", "#install", "Install", "INSTALL", "inst"] {
            let reply = read(&json!({"id": "guide/setup.md", "section": name}));
            assert!(
                reply.text.contains("One.") && reply.text.contains("Two."),
                "{name}"
            );
            assert!(
                !reply.text.contains("Intro.") && !reply.text.contains("Three."),
                "{name}"
            );
        }
        let reply = read(&json!({"id": "docent://guide/setup.md#deb"}));
        assert!(reply.text.contains("Two.") && !reply.text.contains("One."));
    }

    #[test]
    fn a_section_that_is_not_there_is_answered_with_those_that_are() {
        let reply = read(&json!({"id": "guide/setup.md", "section": "Upgrade"}));
        assert!(reply.is_error);
        assert!(
            reply
                .text
                .contains("- Install #install\n  - On Debian #deb\n- Use it #use")
        );
        // A fragment that is no heading gives the page.
        let reply = read(&json!({"id": "guide/setup.md#line-12"}));
        assert!(!reply.is_error && reply.text.contains("Intro."));
    }

    #[test]
    fn a_long_page_comes_in_parts_that_hold_it_all() {
        let mut long = page();
        let paragraph = "All of these words belong to a paragraph.\n\n";
        long.sections[3].markdown = format!("## Use it\n\n{}", paragraph.repeat(2_000));
        for budget in [None, Some("budget=1000"), Some("budget=2500")] {
            let budget = Budget::of(budget).unwrap();
            let mut paragraphs = 0;
            let mut part = 1;
            loop {
                let call = call(&json!({"id": "guide/setup.md", "from": part}));
                let reply = render(&call, &long, budget);
                assert!(!reply.is_error);
                let spent = tokens::estimate(&reply.text);
                assert!(spent <= budget.most().min(tokens::READ + 700), "{spent}");
                paragraphs += reply.text.matches("belong to a paragraph").count();
                part += 1;
                if !reply.text.contains(&format!("goes on with `from` {part}")) {
                    let past = render(&Call { part, ..call }, &long, budget);
                    assert!(past.is_error);
                    break;
                }
            }
            assert_eq!(paragraphs, 2_000);
            assert!(part > 3);
        }
    }

    #[test]
    fn several_pages_are_named_in_many_ways_and_the_rest_is_for_one() {
        for arguments in [
            json!({"ids": ["a/b.md", "c"]}),
            json!({"id": "a/b.md", "ids": ["c", "a/b.md"]}),
            json!({"id": ["`a/b.md`", "docent://c"], "section": null}),
            json!({"id": "", "ids": "[\"a/b.md\", \"c\"]"}),
        ] {
            assert_eq!(call(&arguments).ids, ["a/b.md", "c"], "{arguments}");
        }
        let many: Vec<String> = (0..13).map(|number| number.to_string()).collect();
        let call = call(&json!({ "ids": many }));
        assert_eq!((call.ids.len(), call.beyond), (MAX_IDS, 3));
        for refused in [
            json!({"ids": ["a", "b"], "section": "x"}),
            json!({"ids": ["a", "b"], "from": 2}),
            json!({"ids": []}),
            json!({}),
            json!({"ids": [[1]]}),
        ] {
            let refused = Arguments::new(refused.as_object().cloned());
            assert!(Call::parse(&refused).is_err_and(|reply| reply.is_error));
        }
    }

    #[test]
    fn what_one_page_does_not_need_is_for_the_others() {
        for (wanted, expected) in [
            (vec![100, 5_000, 50, 5_000], vec![100, 425, 50, 425]),
            (vec![10, 20], vec![10, 20]),
            (vec![9_000], vec![1_000]),
            (vec![0, 9_000, 400], vec![0, 600, 400]),
            (vec![], vec![]),
        ] {
            assert_eq!(shares(&wanted, 1_000), expected, "{wanted:?}");
        }
    }

    #[test]
    fn related_pages_take_little_room_however_long_their_names() {
        let page = |path: String| PageRef {
            path,
            ..page().page
        };
        let all = Related {
            previous: Some(page("short.md".to_owned())),
            next: Some(page("long/".repeat(1_000))),
            links_to: (0..5)
                .map(|number| page(format!("to-{number}.md")))
                .collect(),
            linked_from: (0..5)
                .map(|number| page(format!("from-{number}.md")))
                .collect(),
        };
        let text = related(&all, RELATED);
        assert!(tokens::estimate(&text) <= RELATED + 10);
        assert!(text.starts_with(
            "Related pages:\n- Previous: Setup (id: guide/short.md)\n- Links to: Setup"
        ));
        assert!(text.contains("- Linked from: Setup (id: guide/from-4.md)\n"));
        assert_eq!(related(&Related::default(), RELATED), "");
    }
}
