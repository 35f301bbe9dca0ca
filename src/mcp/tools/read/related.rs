//! What a page is related to, at its end.

use std::fmt::Write as _;

use super::super::super::{line::one_line, measure::Room};
use crate::search::Related;

/// What a page is related to, a line each, within so much.
pub(super) fn related(related: &Related, room: Room) -> String {
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
    let mut left = room.most;
    for (how, page) in named {
        let title = one_line(&page.title, 100);
        let mut line = String::new();
        if text.is_empty() {
            line.push_str("Related pages:\n");
        }
        let _ = writeln!(
            line,
            "- {how}: {title} (id: {})",
            one_line(&page.id(), usize::MAX)
        );
        let cost = room.cost(&line);
        if cost <= left {
            left -= cost;
            text.push_str(&line);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::PageRef;

    #[test]
    fn related_pages_take_little_room_however_long_their_names() {
        let page = |path: String| PageRef {
            set: "guide".into(),
            path,
            title: "Setup".into(),
            ..PageRef::default()
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
        for room in [Room::of_tokens(350), Room::of_characters(1_000)] {
            let text = related(&all, room);
            assert!(room.cost(&text) <= room.most);
            assert!(text.starts_with(
                "Related pages:\n- Previous: Setup (id: guide/short.md)\n- Links to: Setup"
            ));
            assert!(text.contains("- Linked from: Setup (id: guide/from-4.md)\n"));
            assert_eq!(related(&Related::default(), room), "");
        }
    }
}
