//! Several pages in one answer. Each gets its share of the room; what a short one does not need is for the others.

use std::fmt::Write as _;

use super::{
    super::super::{
        budget::Budget,
        citation::titles,
        fence::Fence,
        line::{count, one_line},
        links::Links,
        measure::Room,
        page_path::page_meant,
        reply::Reply,
        sections::{parts, texts},
        seen::Seen,
    },
    Call, MAX_IDS,
    asked::Asked,
    head,
};
use crate::search::{Meant, PageRef, SearchError, Snapshot, StoredPage};

/// What is said of a page of several beside its text takes so many tokens.
const NOTES: usize = 40;
/// A page of several that would get less room than this is left for another call; in tokens.
const LEAST: usize = 75;

impl Call {
    pub(super) fn several(
        &self,
        snapshot: &Snapshot,
        fence: &Fence,
        budget: Budget,
    ) -> Result<Reply, SearchError> {
        let mut seen = Seen::default();
        let mut body = String::new();
        let mut notes = String::new();
        let mut similar: Vec<PageRef> = Vec::new();
        let room = self.room(budget);
        let least = room.plain(LEAST);
        // Pages may be large: one is in memory at a time.
        let meant = self.ids.iter().map(|id| page_meant(snapshot, id));
        let meant: Vec<Meant> = meant.collect();
        let mut wanted = Vec::with_capacity(meant.len());
        for meant in &meant {
            let page = match meant {
                Meant::Page { id, fragment } => snapshot.page(id)?.zip(Some(fragment.as_deref())),
                _ => None,
            };
            let wants = page.map_or(0, |(page, fragment)| wants(snapshot, &page, fragment, room));
            wanted.push(wants);
        }
        let shares = shares(&wanted, room.most);
        let mut shown = 0;
        for ((id, meant), share) in self.ids.iter().zip(meant).zip(shares) {
            let (page, fragment) = match meant {
                Meant::Page { id, fragment } => (snapshot.page(&id)?, fragment),
                Meant::Several(pages) => {
                    seen.missing.push_id(id);
                    let name = one_line(id, 120);
                    let _ = writeln!(notes, "`{name}` may mean any of several pages.");
                    similar.extend(pages.into_iter().take(4));
                    continue;
                }
                Meant::Nothing => (None, None),
            };
            let Some(page) = page else {
                seen.missing.push_id(id);
                let _ = writeln!(notes, "There is no page `{}`.", one_line(id, 120));
                similar.extend(snapshot.similar(id).into_iter().take(2));
                continue;
            };
            let asked = Asked::of_fragment(&page, fragment.as_deref());
            let what = asked.what;
            let own = one_line(&page.page.id(), 200);
            let head = head(&page);
            let share = share.saturating_sub(room.cost(&head) + room.plain(NOTES));
            let mut links = Links::to_ids(snapshot, &page.page);
            let texts = texts(asked.sections);
            let texts: Vec<_> = texts.iter().map(|text| links.written(text)).collect();
            let most = share.max(least);
            let mut parts = parts(&texts, room.measure, most, most).into_iter();
            let part = parts.next().unwrap_or_default();
            if share < least && room.cost(&part) > share {
                let _ = writeln!(
                    notes,
                    "No room was left for `{own}`: ask for it in another call."
                );
                continue;
            }
            if !asked.note.is_empty() {
                let _ = write!(notes, "`{own}`: {}", asked.note);
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

/// What an id asks for would take so much, up to all that there is.
fn wants(snapshot: &Snapshot, page: &StoredPage, fragment: Option<&str>, room: Room) -> usize {
    let mut links = Links::to_ids(snapshot, &page.page);
    let asked = Asked::of_fragment(page, fragment);
    let most = room.most;
    let mut left = most.saturating_sub(room.cost(&head(page)) + room.plain(NOTES));
    for section in asked.sections {
        match room.measure.within(&links.written(&section.markdown), left) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mcp::arguments::Arguments;
    use serde_json::json;

    #[test]
    fn several_pages_are_named_in_many_ways_and_the_rest_is_for_one() {
        let parse = |arguments: &serde_json::Value| {
            Call::parse(&Arguments::new(arguments.as_object().cloned()))
        };
        for arguments in [
            json!({"ids": ["a/b.md", "c"]}),
            json!({"id": "a/b.md", "ids": ["c", "a/b.md"]}),
            json!({"id": ["`a/b.md`", "docent://c"], "section": null}),
            json!({"id": "", "ids": "[\"a/b.md\", \"c\"]"}),
        ] {
            let call = parse(&arguments).map_err(|reply| reply.text).unwrap();
            assert_eq!(call.ids, ["a/b.md", "c"], "{arguments}");
        }
        let many: Vec<String> = (0..13).map(|number| number.to_string()).collect();
        let call = parse(&json!({ "ids": many }));
        let call = call.map_err(|reply| reply.text).unwrap();
        assert_eq!((call.ids.len(), call.beyond), (MAX_IDS, 3));
        for refused in [
            json!({"ids": ["a", "b"], "section": "x"}),
            json!({"ids": ["a", "b"], "find": "x"}),
            json!({"ids": ["a", "b"], "from": 2}),
            json!({"ids": []}),
            json!({}),
            json!({"ids": [[1]]}),
        ] {
            assert!(parse(&refused).is_err_and(|reply| reply.is_error));
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
}
