//! Answers to names that no page or section has, or several have.

use std::fmt::Write as _;

use super::super::super::{
    citation::titles, fence::Fence, line::one_line, reply::Reply, section_names::nearest,
    sections::outline,
};
use crate::{
    corpus::Section,
    search::{PageRef, StoredPage},
};

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
