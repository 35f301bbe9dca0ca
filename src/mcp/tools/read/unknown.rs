//! Answers to names that no page or section has, or several have.

use std::fmt::Write as _;

use percent_encoding::percent_decode_str;

use super::super::super::{
    citation::titles, fence::Fence, line::one_line, reply::Reply, section_names::nearest,
    sections::outline,
};
use super::super::browse::entry_line;
use crate::{
    corpus::Section,
    search::{PageRef, Snapshot, StoredPage},
};

/// Entries of a folder that are listed.
const LISTED: usize = 40;
/// Names that are like one that is not there.
const NEAREST: usize = 4;

/// The answer to an id that no page has.
pub(in super::super) fn unknown(id: &str, similar: &str, fence: &Fence) -> Reply {
    let mut text = format!("There is no page `{}`.", one_line(id, 300));
    if similar.is_empty() {
        text.push_str(" Ids look like `set/path/of/page.md`; searches and listings show them.\n");
    } else {
        text.push_str(" The most similar ones:\n");
        fence.enclose(&mut text, similar);
    }
    Reply::error(text)
}

/// The answer to the name of a folder that has no page of its own: what stands in it.
pub(super) fn folder(snapshot: &Snapshot, name: &str, fence: &Fence) -> Option<Reply> {
    let path = name.split(['#', '?']).next()?;
    let path = percent_decode_str(path.trim()).decode_utf8().ok()?;
    let path = path.trim_start_matches("./").trim_matches('/');
    let has = |set: &str, path: &str| !path.is_empty() && snapshot.count_below(set, path) > 0;
    let in_set = path.split_once('/').filter(|(set, path)| has(set, path));
    let (set, path) = in_set.or_else(|| {
        let sets = snapshot.sets().iter().map(|set| set.name.as_str());
        let mut sets = sets.filter(|set| has(set, path));
        let only = sets.next()?;
        sets.next().is_none().then_some((only, path))
    })?;
    let listing = snapshot.listing(set, &format!("{path}/"), 0..LISTED)?;
    let mut body = String::new();
    for entry in &listing.entries {
        body.push_str(&entry_line(set, entry));
    }
    let mut text = format!(
        "`{}` is a folder without a page of its own. In it:\n",
        one_line(name, 300)
    );
    fence.enclose(&mut text, &body);
    if listing.total > listing.entries.len() {
        let more = listing.total - listing.entries.len();
        let _ = writeln!(text, "And {more} more, which `browse` lists.");
    }
    Some(Reply::text(text, listing.entries.len()))
}

/// The answer to a name that several pages have.
pub(in super::super) fn several_meant(name: &str, pages: &[PageRef], fence: &Fence) -> Reply {
    let mut text = format!(
        "`{}` may mean any of several pages. Ask for one of these by its id:\n",
        one_line(name, 300)
    );
    fence.enclose(&mut text, &titles(pages));
    Reply::error(text)
}

/// The answer to the name of a section that a page does not have.
pub(super) fn no_section(page: &StoredPage, wanted: &str, fence: &Fence) -> Reply {
    let mut text = format!("The page has no section \"{}\".", one_line(wanted, 120));
    let near = names(&nearest(&page.sections, wanted, NEAREST));
    let outline = outline(&page.sections);
    if outline.is_empty() {
        text.push_str(" It has no sections at all: read it whole, without `section`.\n");
    } else if near.is_empty() {
        text.push_str(" It has these:\n");
        fence.enclose(&mut text, &outline);
    } else {
        text.push_str(" The most similar ones, and all that it has:\n");
        fence.enclose(&mut text, &format!("{near}\nSections:\n{outline}"));
    }
    Reply::error(text)
}

/// What is said above a page that was asked for by a fragment which it does not have. The names of its sections are its
/// author's words, and are set apart with the page: `""` where none is like it.
pub(in super::super) fn nameless(page: &StoredPage, fragment: &str) -> (String, String) {
    let note = format!(
        "The page has no section `#{}`: this is the page.\n",
        one_line(fragment, 120)
    );
    let near = nearest(&page.sections, fragment, NEAREST);
    let near = match near.is_empty() {
        true => String::new(),
        false => format!("Sections with similar names:\n{}\n", names(&near)),
    };
    (note, near)
}

fn names(sections: &[&Section]) -> String {
    let mut text = String::new();
    for section in sections {
        let heading = section.headings.last().map_or("", String::as_str);
        let _ = write!(text, "- {}", one_line(heading, 100));
        if let Some(anchor) = &section.anchor {
            let _ = write!(text, " #{}", one_line(anchor, 120));
        }
        text.push('\n');
    }
    text
}
