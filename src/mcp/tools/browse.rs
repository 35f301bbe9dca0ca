//! The tool `browse`: what stands in a folder of a document set.

use std::fmt::Write as _;

use rmcp::model::Tool;
use serde_json::json;

use super::{
    super::{
        arguments::{ArgumentError, Arguments},
        budget::Budget,
        citation::titles,
        fence::Fence,
        line::{count, one_line},
        reply::Reply,
        sets::{Label, chosen_set, contents_line, find_set, unknown_set},
        tokens,
    },
    definition::{define, set_schema},
};
use crate::search::{Entry, Listing, SetSummary, Snapshot};

/// Entries in one listing at the most.
const MAX_ENTRIES: usize = 200;

const DESCRIPTION: &str = "Lists the pages and folders of a document set, as a table of contents: \
    for an overview, or where the words to search for are not known. Without arguments it lists \
    the document sets, or the first level where there is only one.";

/// The tool as clients see it.
pub(super) fn definition(sets: &[Label<'_>]) -> Tool {
    define(
        "browse",
        "Browse the documentation",
        DESCRIPTION.to_owned(),
        json!({
            "type": "object",
            "properties": {
                "set": set_schema("The document set; `all` lists the sets, where there are several. The sets", sets),
                "path": {
                    "type": "string",
                    "description": "A folder in the set; its first level where it is left out.",
                },
                "from": {
                    "type": "integer", "minimum": 1,
                    "description": "The entry to start with, for a long listing.",
                },
            },
        }),
    )
}

/// A call of `browse`, understood.
pub(super) struct Call {
    set: Option<String>,
    path: String,
    from: usize,
}

impl Call {
    /// Reads the arguments of a call.
    pub(super) fn parse(arguments: &Arguments) -> Result<Self, ArgumentError> {
        let path = arguments.text("path")?.unwrap_or_default();
        let path = path.strip_prefix("docent://").unwrap_or(&path);
        Ok(Self {
            set: arguments.text("set")?,
            path: path.trim_matches(['/', '.', '`']).to_owned(),
            from: arguments.number(&["from", "page"], 1, 1..=10_000_000)?,
        })
    }

    /// Lists the folder.
    pub(super) fn run(&self, snapshot: &Snapshot, fence: &Fence, budget: Budget) -> Reply {
        let sets = snapshot.sets();
        let (set, path) = match self.place(sets) {
            Ok(Some(place)) => place,
            Ok(None) => return overview(sets, fence, budget),
            Err(reply) => return reply,
        };
        let folder = if path.is_empty() {
            String::new()
        } else {
            format!("{path}/")
        };
        // The id of a folder, as listings show it, names its set once more.
        let within = path
            .strip_prefix(set.name.as_str())
            .and_then(|rest| rest.strip_prefix('/'));
        let start = self.from - 1;
        let range = start..start + MAX_ENTRIES;
        if let Some(listing) = snapshot.listing(&set.name, &folder, range.clone()) {
            return self.render(set, &folder, &listing, fence, budget);
        }
        if let Some((folder, listing)) = within.and_then(|rest| {
            let folder = format!("{rest}/");
            let listing = snapshot.listing(&set.name, &folder, range)?;
            Some((folder, listing))
        }) {
            return self.render(set, &folder, &listing, fence, budget);
        }
        let id = format!("{}/{path}", set.name);
        match snapshot.page(&id) {
            Ok(Some(page)) => {
                let mut text = String::from("This is a page, not a folder:\n");
                fence.enclose(&mut text, &titles(&[page.page]));
                Reply::text(text, 1)
            }
            Ok(None) => {
                let mut text = format!("There is no folder `{}`.", one_line(&id, 300));
                let similar = titles(&snapshot.similar(&id));
                if similar.is_empty() {
                    text.push_str(" Without `path`, the set's first level is listed.\n");
                } else {
                    text.push_str(" Pages with similar names:\n");
                    fence.enclose(&mut text, &similar);
                }
                Reply::error(text)
            }
            Err(error) => Reply::broken(&error),
        }
    }

    /// The set and the path in it that a call means; `None`: the list of sets.
    fn place<'a>(
        &'a self,
        sets: &'a [SetSummary],
    ) -> Result<Option<(&'a SetSummary, &'a str)>, Reply> {
        if let Some(set) = chosen_set(self.set.as_deref(), sets)? {
            return Ok(Some((set, &self.path)));
        }
        if let [only] = sets {
            return Ok(Some((only, &self.path)));
        }
        if self.path.is_empty() {
            return Ok(None);
        }
        let (first, rest) = self.path.split_once('/').unwrap_or((&self.path, ""));
        match find_set(sets, first) {
            Some(set) => Ok(Some((set, rest))),
            None => Err(unknown_set(first, sets)),
        }
    }

    /// `listing` begins with the entry that the call asks to start with.
    fn render(
        &self,
        set: &SetSummary,
        folder: &str,
        listing: &Listing,
        fence: &Fence,
        budget: Budget,
    ) -> Reply {
        let Listing { total, entries } = listing;
        let skipped = self.from - 1;
        if skipped >= *total {
            return Reply::error(format!(
                "The folder has {}: `from` {} is past the end.",
                if *total == 1 {
                    "1 entry".to_owned()
                } else {
                    format!("{total} entries")
                },
                self.from
            ));
        }
        let mut listing = format!("Folder {}/{}", set.name, one_line(folder, 300));
        if let Some(title) = set.first_title.as_ref().filter(|_| folder.is_empty()) {
            let _ = write!(listing, ": {}", one_line(title, 120));
        }
        listing.push('\n');
        let mut left = budget.aim(tokens::BROWSE);
        let mut shown = 0;
        for entry in entries {
            let line = entry_line(&set.name, entry);
            let cost = tokens::estimate(&line);
            if cost > left && shown > 0 {
                break;
            }
            left = left.saturating_sub(cost);
            listing.push_str(&line);
            shown += 1;
        }
        let mut text = format!("A folder of the set `{}`", set.name);
        let end = skipped + shown;
        if shown < *total {
            let _ = write!(text, ", entries {} to {end} of {total}", self.from);
        }
        text.push_str(":\n");
        fence.enclose(&mut text, &listing);
        if end < *total {
            let _ = writeln!(
                text,
                "Cut for length: the listing goes on with `from` {}.",
                end + 1
            );
        }
        Reply::text(text, shown)
    }
}

/// A folder or a page, in a line of a list.
pub(super) fn entry_line(set: &str, entry: &Entry) -> String {
    match entry {
        Entry::Folder { path, title, pages } => format!(
            "- {} (folder: {set}/{}, {})\n",
            one_line(title, 120),
            one_line(path, usize::MAX),
            count(*pages, "page")
        ),
        Entry::Page(page) => format!(
            "- {} (id: {})\n",
            one_line(&page.title, 120),
            one_line(&page.id(), usize::MAX)
        ),
    }
}

fn overview(sets: &[SetSummary], fence: &Fence, budget: Budget) -> Reply {
    let mut listing = String::new();
    for set in sets.iter().take(MAX_ENTRIES) {
        let line = contents_line(set);
        if tokens::estimate(&listing) + tokens::estimate(&line) > budget.aim(tokens::BROWSE) {
            break;
        }
        listing.push_str(&line);
    }
    let mut text = format!("{}:\n", count(sets.len(), "document set"));
    fence.enclose(&mut text, &listing);
    Reply::text(text, sets.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::PageRef;

    fn entries(number: usize) -> Vec<Entry> {
        let mut entries = vec![Entry::Folder {
            path: "guide/".into(),
            title: "Guide".into(),
            pages: 3,
        }];
        entries.extend((1..number).map(|at| {
            Entry::Page(PageRef {
                set: "docs".into(),
                path: format!("{at}.md"),
                title: format!("Page {at}"),
                ..PageRef::default()
            })
        }));
        entries
    }

    /// Of a folder with so many entries, from one on.
    fn listing(total: usize, from: usize) -> Listing {
        let shown = entries(total).into_iter().skip(from - 1);
        Listing {
            total,
            entries: shown.take(MAX_ENTRIES).collect(),
        }
    }

    fn docs() -> SetSummary {
        SetSummary {
            name: "docs".into(),
            pages: 3,
            sections: 3,
            first_title: Some("The Handbook".into()),
            ..SetSummary::default()
        }
    }

    fn call(arguments: &serde_json::Value) -> Call {
        Call::parse(&Arguments::new(arguments.as_object().cloned())).unwrap()
    }

    #[test]
    fn a_listing_names_folders_and_pages() {
        let reply = call(&json!({})).render(
            &docs(),
            "",
            &listing(2, 1),
            &Fence::new(),
            Budget::default(),
        );
        assert!(
            reply
                .text
                .starts_with("A folder of the set `docs`:\n<<<documentation ")
        );
        assert!(reply.text.contains(
            "\nFolder docs/: The Handbook\n\
             - Guide (folder: docs/guide/, 3 pages)\n- Page 1 (id: docs/1.md)\n"
        ));
        assert_eq!(reply.hits, 2);
    }

    #[test]
    fn a_long_listing_is_continued_to_its_end() {
        for budget in [Budget::default(), Budget::of(Some("budget=1000")).unwrap()] {
            let reply = |from: usize| {
                let listing = listing(1_000, from);
                let call = call(&json!({ "from": from }));
                call.render(&docs(), "", &listing, &Fence::new(), budget)
            };
            let mut seen = 0;
            let mut from = 1;
            while from <= 1_000 {
                let reply = reply(from);
                assert!(!reply.is_error);
                assert!(tokens::estimate(&reply.text) <= budget.aim(tokens::BROWSE) + 200);
                seen += reply.hits;
                from = seen + 1;
                assert_eq!(
                    reply.text.contains(&format!("with `from` {from}.")),
                    from <= 1_000
                );
            }
            assert_eq!(seen, 1_000);
            assert!(reply(from).is_error);
        }
    }

    #[test]
    fn the_set_may_stand_in_the_path() {
        let set = |name: &str| SetSummary {
            name: name.into(),
            ..docs()
        };
        let two = [set("a"), set("b")];
        let place = |arguments| {
            let call = call(&arguments);
            call.place(&two)
                .map(|place| place.map(|(set, path)| (set.name.clone(), path.to_owned())))
                .map_err(|reply| reply.text)
        };
        for all in [
            json!({}),
            json!({"set": null}),
            json!({"set": "all"}),
            json!({"set": ""}),
        ] {
            assert_eq!(place(all), Ok(None));
        }
        assert_eq!(
            place(json!({"path": "/b/guide/"})),
            Ok(Some(("b".into(), "guide".into())))
        );
        assert_eq!(
            place(json!({"set": "a", "path": "x"})),
            Ok(Some(("a".into(), "x".into())))
        );
        assert!(place(json!({"path": "c"})).is_err());
    }
}
