//! `llms.txt`: what there is, for assistants without MCP, in the form of llmstxt.org.

use std::fmt::Write as _;

use super::super::view::{View, set_title};
use crate::{
    mcp::{Form, folder_path, one_line, page_path},
    search::{PageRef, SetSummary},
};

/// Some readers cut what is longer than 50,000 characters.
const MAX_LENGTH: usize = 49_000;
/// Kept for what follows after the pages.
const RESERVE: usize = 2_500;
/// Sets whose contents are listed.
const MAX_CONTENTS: usize = 4;
/// Sets that are listed.
const MAX_SETS: usize = 50;
/// Characters of a title, and of what is said of a page.
const MAX_TITLE: usize = 100;
const MAX_DESCRIPTION: usize = 160;

/// Of everything, the pages first that most others link to, sets taking turns.
pub(super) fn all(view: &View) -> String {
    let mut text = String::with_capacity(MAX_LENGTH);
    head(
        &mut text,
        view,
        "/llms.txt",
        &view.title,
        view.description.as_deref(),
    );
    let sets: Vec<&SetSummary> = view.sets().iter().filter(|set| set.pages > 0).collect();
    let heads: Vec<String> = sets
        .iter()
        .take(MAX_SETS)
        .map(|set| set_head(view, set))
        .collect();
    let fixed: usize = heads.iter().map(String::len).sum();
    let left = MAX_LENGTH.saturating_sub(text.len() + fixed + RESERVE);
    let pages = view.holdings.snapshot.pages_by_links(0);
    let listed = lines(view, pages, left);
    let mut count = 0;
    for (set, head) in sets.iter().zip(heads) {
        text.push_str(&head);
        for (_, line) in listed.iter().filter(|(of, _)| *of == set.name) {
            text.push_str(line);
            count += 1;
        }
        text.push('\n');
    }
    rest(&mut text, view, view.holdings.snapshot.page_count(), count);
    for set in sets.iter().filter(|_| sets.len() > 1).take(MAX_SETS) {
        let url = view
            .place
            .url(&format!("/{}llms.txt", folder_path(&set.name, "")));
        let line = format!("- [More of {}]({url})\n", label(&set_title(set)));
        if text.len() + line.len() < MAX_LENGTH {
            text.push_str(&line);
        }
    }
    text
}

/// The same of one set.
pub(super) fn of_set(view: &View, set: &SetSummary) -> String {
    let mut text = String::with_capacity(MAX_LENGTH);
    let title = set_title(set);
    let own = format!("/{}/llms.txt", set.name);
    head(&mut text, view, &own, &title, set.description.as_deref());
    text.push_str("## Pages\n\n");
    let left = MAX_LENGTH.saturating_sub(text.len() + RESERVE);
    let pages = view.holdings.snapshot.pages_of_by_links(&set.name);
    let listed = lines(view, pages, left);
    for (_, line) in &listed {
        text.push_str(line);
    }
    text.push('\n');
    rest(&mut text, view, set.pages, listed.len());
    text
}

fn head(text: &mut String, view: &View, own: &str, title: &str, description: Option<&str>) {
    let _ = writeln!(text, "# {}\n", one_line(title, MAX_TITLE));
    let description = description.unwrap_or("Documentation, for people and assistants.");
    let _ = writeln!(text, "> {}\n", one_line(description, 600));
    let _ = writeln!(
        text,
        "This list is at {}. Each link leads to a page as Markdown; without `.md` at its end, to the same as HTML. Assistants \
         that speak MCP search all of it at {}.\n",
        view.place.url(own),
        view.place.url("/mcp")
    );
}

fn set_head(view: &View, set: &SetSummary) -> String {
    let mut head = format!("## {}\n\n", one_line(&set_title(set), MAX_TITLE));
    // Of the only set it stands above.
    if view.sets().len() > 1
        && let Some(description) = &set.description
    {
        let _ = writeln!(head, "{}\n", one_line(description, 300));
    }
    head
}

/// A line for each page as long as there is room, with its set.
fn lines(view: &View, pages: impl Iterator<Item = PageRef>, room: usize) -> Vec<(String, String)> {
    let mut left = room;
    let mut lines = Vec::new();
    for page in pages {
        let line = line(view, &page);
        let Some(rest) = left.checked_sub(line.len()) else {
            break;
        };
        left = rest;
        lines.push((page.set, line));
    }
    lines
}

fn line(view: &View, page: &PageRef) -> String {
    let snapshot = &view.holdings.snapshot;
    let path = page_path(snapshot, &page.set, &page.path, Form::Markdown);
    let title = one_line(&page.title, MAX_TITLE);
    let mut line = format!(
        "- [{}]({})",
        label(&title),
        view.place.url(&format!("/{path}"))
    );
    if let Some(description) = snapshot.description(page) {
        let _ = write!(line, ": {}", one_line(description, MAX_DESCRIPTION));
    }
    line.push('\n');
    line
}

/// A title as the text of a link.
pub(super) fn label(title: &str) -> String {
    let mut label = String::with_capacity(title.len());
    for character in title.chars() {
        if matches!(character, '[' | ']' | '\\' | '`' | '*' | '<' | '>') {
            label.push('\\');
        }
        label.push(character);
    }
    label
}

fn rest(text: &mut String, view: &View, pages: usize, listed: usize) {
    text.push_str("## Optional\n\n");
    let _ = writeln!(
        text,
        "- [The full text]({}): of all pages, as far as it is not too long",
        view.place.url("/llms-full.txt")
    );
    let _ = writeln!(
        text,
        "- [Start page]({}): a search in all of it, and how to connect an assistant",
        view.place.url("/")
    );
    for set in view
        .sets()
        .iter()
        .filter(|set| set.pages > 0)
        .take(MAX_CONTENTS)
    {
        let url = view.place.url(&format!("/{}", folder_path(&set.name, "")));
        let title = label(&set_title(set));
        let _ = writeln!(text, "- [Contents of {title}]({url}): {} pages", set.pages);
    }
    if listed < pages {
        let _ = writeln!(text, "\n{} more pages are in the contents.", pages - listed);
    }
}
