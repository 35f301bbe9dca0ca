//! HTML of built sites -> clean Markdown: the page's own text, without the site around it.
//!
//! The text is parsed as browsers do ([`parse`]), the element that holds the page's own text is
//! found by the landmarks that site generators set ([`site`]), and its blocks are written one
//! after the other ([`blocks`]). Nothing here asks which generator made a page where a landmark,
//! a class or a role tells as much.

mod anchor;
mod blocks;
mod code;
mod inline;
mod note;
mod page;
mod parse;
mod site;
mod spans;
mod table;
mod tree;
mod writer;

use super::super::document::{Page, Skip, Source};

/// Turns a page of a built site into Markdown.
///
/// # Errors
/// The reason why the page has no documentation of its own.
pub(super) fn pages(source: &Source<'_>) -> Result<Vec<Page>, Skip> {
    let tree = parse::parse(source.text).map_err(|hostile| Skip::Malformed {
        reason: hostile.to_string(),
    })?;
    let head = page::Head::of(&tree);
    let generator = head.generator(source.text);
    if page::is_generated(generator, source.path) {
        return Err(Skip::Generated);
    }
    let root = site::main_content(&tree);
    let heading = page::first_heading(&tree, root);
    let title = head
        .title
        .as_deref()
        .map(|title| page::title(generator, title, heading.as_deref()));
    let titles: Vec<&str> = title
        .as_deref()
        .into_iter()
        .chain(head.title.as_deref())
        .collect();
    let markdown = blocks::to_markdown(&tree, root, &titles, source.text.len());
    if head.redirects && markdown.len() < 500 {
        return Err(Skip::Redirect);
    }
    if !markdown.contains(char::is_alphanumeric) {
        return Err(Skip::Empty);
    }
    Ok(vec![Page {
        title,
        description: head.description,
        permalink: head.canonical,
        markdown,
        ..Page::default()
    }])
}

/// Turns a piece of HTML, as it stands inside Markdown, into Markdown. What a browser would not
/// show is left out, and so is everything of a piece that is made to do harm.
pub(crate) fn fragment_to_markdown(html: &str) -> String {
    let Ok(tree) = parse::parse(html) else {
        return String::new();
    };
    let mut markdown = blocks::to_markdown(&tree, tree::ROOT, &[], html.len());
    markdown.truncate(markdown.trim_end().len());
    markdown
}
