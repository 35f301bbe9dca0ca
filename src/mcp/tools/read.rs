//! The tool `read`: a page, or one of its sections, in parts that fit a model's context.

use std::fmt::Write as _;

use rmcp::model::Tool;
use serde_json::json;

use super::{
    super::{
        arguments::{ArgumentError, Arguments},
        citation::{identity, titles},
        fence::Fence,
        line::{count, one_line},
        reply::Reply,
        sections::{outline, parts, select},
        tokens, uri,
    },
    definition::{always_loaded, define},
};
use crate::search::{Snapshot, StoredPage};

/// More parts than any file has that the corpus reads.
const MAX_PART: usize = 100_000;

const DESCRIPTION: &str = "Returns a documentation page as Markdown, or one section of it with the \
    sections below. Long pages come in parts. The id is the one that search results and listings \
    show (`set/path`); the page's URL works too, also with a #fragment.";

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
                "section": {
                    "type": "string",
                    "description": "Only this section: its anchor or its heading.",
                },
                "from": {
                    "type": "integer", "minimum": 1,
                    "description": "The part to start with, for a page that comes in several.",
                },
            },
            "required": ["id"],
        }),
    ))
}

/// A call of `read`, understood.
pub(super) struct Call {
    /// As the index knows it: `set/path`, a path, or a URL, perhaps with a fragment.
    pub(super) id: String,
    section: Option<String>,
    part: usize,
}

impl Call {
    /// Reads the arguments of a call.
    pub(super) fn parse(arguments: &Arguments) -> Result<Self, ArgumentError> {
        let id = arguments.required("id", "the id, path or URL of a page.")?;
        let id = id.trim_matches(['`', '<', '>', '"']);
        Ok(Self {
            id: uri::id_of(id).unwrap_or_else(|| id.to_owned()),
            section: arguments.text("section")?,
            part: arguments.number(&["from", "part", "page"], 1, 1..=MAX_PART)?,
        })
    }

    /// Fetches the page and writes what was asked for.
    pub(super) fn run(&self, snapshot: &Snapshot, fence: &Fence) -> Reply {
        match snapshot.page(&self.id) {
            Ok(Some(page)) => {
                let mut reply = self.render(&page, fence);
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

    fn render(&self, page: &StoredPage, fence: &Fence) -> Reply {
        let fragment = self.id.split_once('#').map(|(_, fragment)| fragment);
        let mut asked = &page.sections[..];
        let mut what = "page";
        if let Some(wanted) = self.section.as_deref().or(fragment) {
            match select(&page.sections, wanted) {
                Some(sections) => {
                    asked = sections;
                    what = "section";
                }
                // A URL's fragment may name a place that is no heading: the page answers it.
                None if self.section.is_none() => {}
                None => return no_section(page, wanted, fence),
            }
        }
        let parts = parts(asked, tokens::READ);
        let Some(part) = parts.get(self.part - 1) else {
            return Reply::error(format!(
                "This {what} has {} in all: `from` {} is past the end.",
                count(parts.len(), "part"),
                self.part
            ));
        };
        let mut body = format!("# {}\n", one_line(&page.page.title, 160));
        identity(&mut body, &page.page);
        body.push('\n');
        body.push_str(part);
        if parts.len() > 1 && self.part == 1 {
            body.push_str("\n\nSections:\n");
            body.push_str(&outline(asked));
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
    use crate::{corpus::Section, search::PageRef};

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
                breadcrumb: Vec::new(),
                url: None,
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
        Call::parse(&Arguments::new(arguments.as_object().cloned()))
            .unwrap()
            .render(&page(), &Fence::new())
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
        let mut paragraphs = 0;
        let mut part = 1;
        loop {
            let call = Call::parse(&Arguments::new(
                json!({"id": "guide/setup.md", "from": part})
                    .as_object()
                    .cloned(),
            ))
            .unwrap();
            let reply = call.render(&long, &Fence::new());
            assert!(!reply.is_error);
            assert!(tokens::estimate(&reply.text) <= tokens::READ + 700);
            paragraphs += reply.text.matches("belong to a paragraph").count();
            part += 1;
            if !reply.text.contains(&format!("goes on with `from` {part}")) {
                let past = Call { part, ..call }.render(&long, &Fence::new());
                assert!(past.is_error);
                break;
            }
        }
        assert_eq!(paragraphs, 2_000);
        assert!(part > 3);
    }
}
