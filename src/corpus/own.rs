//! A converted page -> its own text and title, without what its set has around it.

use super::document::Page;
use super::format::Format;
use super::frame::{Around, Class, Frame, Kind, LeftOut, Marks, Trace, left_out, trace};
use super::heading::anchor;
use super::invisible::shown_name;
use super::outline::markdown_options;
use super::title::{Heading, Said, title};
use pulldown_cmark::{Event, Parser};
use std::{borrow::Cow, collections::HashMap};

/// Headings that a title is looked for in.
const HEADINGS: usize = 8;
/// A longer block is no picture alone.
const PICTURE: usize = 1_000;

/// Takes the frame out of a page and gives it its title. `path` is that of its file, the only page of which it is.
pub(super) fn own(
    mut page: Page,
    marks: Option<Marks>,
    format: Format,
    path: &str,
    frame: &Frame,
) -> Page {
    let marks = marks.unwrap_or_else(|| Marks::of(&page.markdown));
    let around = match class(format, path) {
        Some(_) => frame.around(path),
        None => Around::default(),
    };
    let is_start = is_start(path);
    let out = left_out(&marks, &around, is_start);
    let kept = || {
        let blocks = marks.blocks.iter().zip(&out.blocks).enumerate();
        blocks.filter_map(|(at, (block, out))| (!out).then_some((at, block)))
    };
    let headings = kept().filter_map(|(at, block)| match block.kind {
        Kind::Heading(level) => {
            let text = plain(&page.markdown[block.range.clone()]);
            let is_shared = level == 1 && around.is_shared(&marks, at);
            let heading = Heading {
                level,
                text,
                is_shared,
            };
            (!heading.text.is_empty()).then_some((at, heading))
        }
        _ => None,
    });
    let (places, headings): (Vec<_>, Vec<_>) = headings.take(HEADINGS).unzip();
    let mut kept = kept();
    let first = kept.find(|(_, block)| !matches!(block.kind, Kind::Rule));
    let picture = first.and_then(|(_, block)| picture(&page.markdown[block.range.clone()]));
    // A name may hide something as well as a text.
    let name = shown_name(page.path.as_deref().unwrap_or(path));
    let title = title(&Said {
        format,
        path: &name,
        title: page.title.as_deref(),
        head: page.head.as_ref(),
        headings: &headings,
        heading_leads: first.map(|(at, _)| at) == places.first().copied(),
        below_site: out.site_heading,
        is_start,
        picture,
        around: &around,
    });
    let place = title.heading.map(|heading| places[heading]);
    let levels = match place {
        Some(place) if format == Format::Html || out.site_heading => levels(&marks, &out, place),
        _ => HashMap::new(),
    };
    if out.blocks.contains(&true) || !levels.is_empty() {
        page.markdown = written(&page.markdown, &marks, &out, &levels);
    }
    page.title = Some(title.text);
    page
}

impl Page {
    /// The page with the title that it has where nothing is known of others of its set. `path` is that of its file.
    #[must_use]
    pub fn alone(self, format: Format, path: &str) -> Self {
        own(self, None, format, path, &Frame::default())
    }
}

/// The words of what is left out of a page.
pub(super) fn around(page: &Page, format: Format, path: &str, frame: &Frame) -> Vec<String> {
    if class(format, path).is_none() {
        return Vec::new();
    }
    let marks = Marks::of(&page.markdown);
    let out = left_out(&marks, &frame.around(path), is_start(path));
    let blocks = marks.blocks.iter().zip(out.blocks);
    let left_out = blocks.filter_map(|(block, out)| out.then_some(block));
    let words = left_out.map(|block| plain(&page.markdown[block.range.clone()]));
    words.filter(|words| !words.is_empty()).collect()
}

/// What a page is compared with others by.
pub(super) fn trace_of(page: &Page, marks: &Marks, format: Format, path: &str) -> Trace {
    if class(format, path).is_none() {
        return Trace::default();
    }
    let titles = [
        page.head.as_ref().map(|head| head.whole.as_str()),
        page.title.as_deref(),
    ];
    let titles: Vec<&str> = titles.into_iter().flatten().collect();
    trace(marks, &titles)
}

/// How a page came to be, where it is of a format that has a frame, and named so.
fn class(format: Format, path: &str) -> Option<Class> {
    let own = match format {
        Format::Html => Class::Built,
        Format::Markdown | Format::AsciiDoc | Format::ReStructuredText => Class::Written,
        _ => return None,
    };
    Class::of(path).filter(|class| *class == own)
}

/// Whether a page is the first of its site.
fn is_start(path: &str) -> bool {
    let stem = path.split('.').next().unwrap_or(path);
    ["index", "readme", "_index", "home"]
        .iter()
        .any(|name| stem.eq_ignore_ascii_case(name))
}

/// A heading's text without its markup.
fn plain(markdown: &str) -> String {
    let markdown = match anchor(markdown) {
        Some((range, _)) => Cow::Owned(format!(
            "{}{}",
            &markdown[..range.start],
            &markdown[range.end..]
        )),
        None => Cow::Borrowed(markdown),
    };
    let mut text = String::new();
    for event in Parser::new_ext(&markdown, markdown_options()) {
        match event {
            Event::Text(part) | Event::Code(part) => text.push_str(&part),
            Event::InlineHtml(part) | Event::Html(part) => text.push_str(&part),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a block shows that is a picture and nothing else.
fn picture(markdown: &str) -> Option<&str> {
    let inner = markdown.strip_prefix("![")?;
    let (words, destination) = inner.split_once("](")?;
    let is_alone =
        markdown.len() <= PICTURE && destination.find(')') == Some(destination.len() - 1);
    (is_alone && words.contains(char::is_alphanumeric)).then_some(words)
}

/// New levels of headings, by block: the title is the page's first, and those below it follow.
fn levels(marks: &Marks, out: &LeftOut, title: usize) -> HashMap<usize, u8> {
    let headings = || {
        let blocks = marks.blocks.iter().zip(&out.blocks).enumerate();
        blocks.filter_map(|(at, (block, out))| match block.kind {
            Kind::Heading(level) if !out => Some((at, level)),
            _ => None,
        })
    };
    let own = headings().find(|(at, _)| *at == title);
    let Some((_, own)) = own.filter(|(_, level)| *level > 1) else {
        return HashMap::new();
    };
    let all_below = headings().all(|(at, level)| at == title || level > own);
    let mut levels = HashMap::from([(title, 1)]);
    if all_below {
        levels.extend(headings().map(|(at, level)| (at, level - own + 1)));
    }
    levels
}

/// The page's Markdown without the blocks that are left out, with its headings at these levels.
fn written(markdown: &str, marks: &Marks, out: &LeftOut, levels: &HashMap<usize, u8>) -> String {
    let mut written = String::with_capacity(markdown.len());
    let starts = marks.blocks.iter().map(|block| block.range.start);
    let ends = starts.skip(1).chain([markdown.len()]);
    for (at, (block, end)) in marks.blocks.iter().zip(ends).enumerate() {
        if out.blocks[at] {
            continue;
        }
        let text = &markdown[block.range.start..end];
        match levels.get(&at) {
            Some(level) if text.starts_with('#') => {
                let marks = "#".repeat(usize::from(*level));
                written.push_str(&marks);
                written.push_str(text.trim_start_matches('#'));
            }
            _ => written.push_str(text),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_headings_and_pictures() {
        assert_eq!(plain("## `a[0]` *and* \\_b {#x}"), "a[0] and _b");
        assert_eq!(picture("![Acme](logo.png)"), Some("Acme"));
        assert_eq!(picture("![Acme](logo.png) [b](c)"), None);
        assert!(is_start("README.md") && is_start("index.html.en"));
        assert!(!is_start("api/index.html"));
    }
}
