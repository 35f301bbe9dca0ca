//! One page, or a section of it, in parts.

use std::{borrow::Cow, fmt::Write as _};

use super::{
    super::super::{
        budget::Budget,
        citation::titles,
        fence::Fence,
        line::count,
        links::Links,
        measure::Room,
        page_path::page_meant,
        reply::Reply,
        section_names::select,
        sections::{brief_outline, parts, texts},
    },
    Call,
    asked::Asked,
    find::{defined, found},
    head,
    related::related,
    unknown::{folder, no_section, several_meant, unknown},
};
use crate::search::{Meant, Related, SearchError, Snapshot, StoredPage};

/// Tokens that the list of a page's related ones may take.
const RELATED: usize = 250;

impl Call {
    pub(super) fn one(
        &self,
        snapshot: &Snapshot,
        name: &str,
        fence: &Fence,
        budget: Budget,
    ) -> Result<Reply, SearchError> {
        let (id, fragment) = match page_meant(snapshot, name) {
            Meant::Page { id, fragment } => (id, fragment),
            Meant::Several(pages) => {
                let mut reply = several_meant(name, &pages, fence);
                reply.seen.missing.push_id(name);
                return Ok(reply);
            }
            Meant::Nothing => (name.to_owned(), None),
        };
        let Some(page) = snapshot.page(&id)? else {
            if let Some(reply) = folder(snapshot, &id, fence) {
                return Ok(reply);
            }
            let mut reply = unknown(&id, &titles(&snapshot.similar(&id)), fence);
            reply.seen.missing.push_id(&id);
            return Ok(reply);
        };
        let mut links = Links::to_ids(snapshot, &page.page);
        let room = self.room(budget);
        let named = self.section.as_deref().or(fragment.as_deref());
        let missing = named.filter(|name| select(&page.sections, name).is_none());
        let definition = missing
            .filter(|_| self.find.is_none() && self.part == 1)
            .and_then(|name| defined(&page, name, &mut links, fence, room));
        let mut reply = match (
            definition,
            self.asked(&page, fragment.as_deref()),
            &self.find,
        ) {
            (Some(definition), ..) => definition,
            (None, Err(wanted), _) => return Ok(no_section(&page, wanted, fence)),
            (None, Ok(asked), Some(wanted)) => {
                found(&page, &asked, wanted, &mut links, fence, room)
            }
            (None, Ok(asked), None) => {
                let related = snapshot.related(&id)?.unwrap_or_default();
                self.render(&page, &asked, &related, Some(&mut links), fence, room)
            }
        };
        reply.seen.pages.push(&page.page);
        Ok(reply)
    }

    /// What is asked for; an error with the name of a section that is not there.
    fn asked<'a>(
        &'a self,
        page: &'a StoredPage,
        fragment: Option<&str>,
    ) -> Result<Asked<'a>, &'a str> {
        let Some(wanted) = self.section.as_deref() else {
            return Ok(Asked::of_fragment(page, fragment));
        };
        let selected = select(&page.sections, wanted).ok_or(wanted)?;
        Ok(Asked::section(&selected))
    }

    fn render(
        &self,
        page: &StoredPage,
        asked: &Asked<'_>,
        beside: &Related,
        links: Option<&mut Links<'_>>,
        fence: &Fence,
        room: Room,
    ) -> Reply {
        let Asked {
            sections,
            what,
            note,
            near,
        } = asked;
        let mut texts = texts(sections);
        if let Some(links) = links {
            for text in &mut texts {
                if let Cow::Owned(written) = links.written(text) {
                    *text = Cow::Owned(written);
                }
            }
        }
        let mut body = head(page);
        body.push('\n');
        if self.part == 1 {
            body.push_str(near);
        }
        let around = room.cost(&body);
        let left = room.most.saturating_sub(around).max(room.most / 4);
        let outline_room = Room {
            most: left / 8,
            ..room
        };
        // Of the last part some is kept for it, and it may have what else is left.
        let related_room = (left / 20, room.plain(RELATED).min(left / 4));
        let mut cut = parts(&texts, room.measure, left, left);
        if cut.len() > 1 {
            let (first, others) = (left - outline_room.most, left - related_room.0);
            cut = parts(&texts, room.measure, first, others);
        }
        let Some(part) = cut.get(self.part - 1) else {
            return Reply::error(format!(
                "This {what} has {} in all: `from` {} is past the end.",
                count(cut.len(), "part"),
                self.part
            ));
        };
        body.push_str(part);
        if cut.len() > 1 && self.part == 1 {
            body.push_str("\n\nSections:\n");
            body.push_str(&brief_outline(sections, outline_room));
        }
        if self.part == cut.len() {
            let most = left.saturating_sub(room.cost(part)).min(related_room.1);
            let related = related(beside, Room { most, ..room });
            if !related.is_empty() {
                let _ = write!(body, "\n\n{related}");
            }
        }
        let mut text = String::with_capacity(body.len() + 256);
        text.push_str(note);
        if cut.len() > 1 {
            let _ = writeln!(text, "Part {} of {} of this {what}.", self.part, cut.len());
        }
        fence.enclose(&mut text, &body);
        if self.part < cut.len() {
            let same = match self.budget {
                Some(_) => " and the same `budget`",
                None => "",
            };
            let _ = writeln!(
                text,
                "Cut for length: the {what} goes on with `from` {}{same}.",
                self.part + 1
            );
        }
        Reply::text(text, 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        corpus::Section,
        mcp::{arguments::Arguments, measure::Measure, tokens},
        search::PageRef,
    };
    use serde_json::json;

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
                section(&["Use it", "On Debian"], "deb-1", "### On Debian\n\nFour."),
            ],
        }
    }

    fn call(arguments: &serde_json::Value) -> Call {
        Call::parse(&Arguments::new(arguments.as_object().cloned()))
            .map_err(|reply| reply.text)
            .unwrap()
    }

    fn read(arguments: &serde_json::Value, fragment: Option<&str>) -> Reply {
        render(&call(arguments), fragment, &page(), Budget::default())
    }

    fn render(call: &Call, fragment: Option<&str>, page: &StoredPage, budget: Budget) -> Reply {
        let fence = &Fence::new();
        match call.asked(page, fragment) {
            Ok(asked) => {
                let beside = Related::default();
                call.render(page, &asked, &beside, None, fence, call.room(budget))
            }
            Err(wanted) => no_section(page, wanted, fence),
        }
    }

    #[test]
    fn a_section_comes_with_those_below_it() {
        for name in ["install", "#install", "Install", "INSTALL", "inst"] {
            let reply = read(&json!({"id": "guide/setup.md", "section": name}), None);
            assert!(
                reply.text.contains("One.") && reply.text.contains("Two."),
                "{name}"
            );
            assert!(
                !reply.text.contains("Intro.") && !reply.text.contains("Three."),
                "{name}"
            );
        }
        let reply = read(&json!({"id": "guide/setup.md"}), Some("deb"));
        assert!(reply.text.contains("Two.") && !reply.text.contains("One."));
        assert!(reply.text.starts_with("<<<"), "{}", reply.text);
        let reply = read(
            &json!({"id": "guide/setup.md", "section": "On Debian"}),
            None,
        );
        assert!(
            reply
                .text
                .starts_with("2 sections of this page go by that name")
        );
        let one = json!({"id": "guide/setup.md", "section": "Use it > On Debian"});
        let reply = read(&one, None);
        assert!(reply.text.contains("Four.") && reply.text.starts_with("<<<"));
    }

    #[test]
    fn a_section_that_is_not_there_is_answered_with_those_that_are() {
        let reply = read(&json!({"id": "guide/setup.md", "section": "Upgrade"}), None);
        assert!(reply.is_error);
        assert!(
            reply
                .text
                .contains("- Install #install\n  - On Debian #deb\n- Use it #use")
        );
        // A fragment that is no heading gives the page, and that is said.
        let reply = read(&json!({"id": "guide/setup.md"}), Some("line-12"));
        assert!(!reply.is_error && reply.text.contains("Intro."));
        let note = "The page has no section `#line-12`: this is the page.\n<<<";
        assert!(reply.text.starts_with(note), "{}", reply.text);
        let reply = read(&json!({"id": "guide/setup.md"}), Some("instal-it"));
        let near = "\nSections with similar names:\n- Install #install\n\nIntro.";
        assert!(reply.text.contains(near), "{}", reply.text);
    }

    #[test]
    fn a_long_page_comes_in_parts_that_hold_it_all() {
        let mut long = page();
        let paragraph = "All of these words belong to a paragraph.\n\n";
        long.sections[3].markdown = format!("## Use it\n\n{}", paragraph.repeat(2_000));
        for (own, address) in [
            (None, None),
            (None, Some("budget=1000")),
            (None, Some("budget=2500")),
            (None, Some("budget=6000")),
            (Some(6_000), None),
            (Some(6_000), Some("budget=2000")),
            (Some(1), None),
        ] {
            let budget = Budget::of(address).unwrap();
            let mut paragraphs = 0;
            let mut part = 1;
            loop {
                let call = call(&json!({"id": "guide/setup.md", "from": part, "budget": own}));
                let reply = render(&call, None, &long, budget);
                assert!(!reply.is_error);
                let spent = tokens::estimate(&reply.text);
                assert!(
                    spent <= budget.most().min(own.unwrap_or(9_000).max(1_000)),
                    "{spent}"
                );
                if own.is_none() && address.is_none() {
                    let characters = Measure::Characters.of(&reply.text);
                    assert!(characters < 8_000, "{characters}");
                    assert!(part > 12 || characters > 6_000, "{characters}");
                }
                paragraphs += reply.text.matches("belong to a paragraph").count();
                part += 1;
                if !reply.text.contains(&format!("goes on with `from` {part}")) {
                    let past = render(&Call { part, ..call }, None, &long, budget);
                    assert!(past.is_error);
                    break;
                }
            }
            assert_eq!(paragraphs, 2_000);
            assert!(part > 3);
        }
    }

    #[test]
    fn the_first_part_is_as_full_as_the_others() {
        let huge = "All of these words belong to one line. ".repeat(5_000);
        let japanese = "この文書は検索の索引について説明します。".repeat(360);
        let code = format!("```sh\n{}```", "make install\n".repeat(2_000));
        for (block, own) in [
            (&huge, None),
            (&japanese, None),
            (&code, None),
            (&huge, Some(9_000)),
            (&code, Some(9_000)),
        ] {
            let mut long = page();
            long.sections = vec![section(&[], "", &format!("# Huge\n\n{block}"))];
            let call = call(&json!({"id": "guide/setup.md", "budget": own}));
            let reply = render(&call, None, &long, Budget::default());
            let room = call.room(Budget::default());
            let cost = room.cost(&reply.text);
            assert!(cost > room.most * 3 / 4, "{cost} of {}", room.most);
            assert!(cost < room.most + 500, "{cost} of {}", room.most);
        }
    }
}
