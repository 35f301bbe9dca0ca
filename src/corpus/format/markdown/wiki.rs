//! Links of wikis and of Obsidian: `[[Page]]`, `[[Page#Heading|words]]`, `![[Page]]`; and its marks.

use super::names::Names;
use super::tag::window;

/// A link may be this long, in bytes.
const LONGEST: usize = 400;

/// Reads the link whose `[[` stands at `at`: what it shows, and the offset behind it.
pub(super) fn link(text: &str, at: usize, names: Option<&Names<'_>>) -> Option<(String, usize)> {
    let near = window(text, at + 2, LONGEST);
    let length = near.find("]]")?;
    let inner = &near[..length];
    let end = at + 2 + length + 2;
    let is_other = inner.is_empty()
        || inner.contains(['\n', '[', ']', '<'])
        || inner
            .split('|')
            .any(|part| part.matches('`').count() % 2 == 1)
        || inner.starts_with(char::is_whitespace)
        || inner.ends_with(char::is_whitespace)
        || inner.starts_with(['-', '$', '^', '"', ':']) && !inner.contains('|')
        || text[end..].starts_with(['(', '[', ']'])
        || text[end..].starts_with(':') && (at == 0 || text[..at].ends_with('\n'));
    if is_other {
        return None;
    }
    let (first, second) = match inner.split_once('|') {
        Some((first, second)) => (
            first.trim_end_matches('\\').trim(),
            Some(second.rsplit('|').next().unwrap_or(second).trim()),
        ),
        None => (inner, None),
    };
    let words_first = second
        .is_some_and(|second| names.is_some_and(|names| are_words_first(first, second, names)));
    let (target, words) = match second {
        Some(second) if words_first => (second, Some(first)),
        second => (first, second),
    };
    let is_embed = text[..at].ends_with('!');
    let (page, heading) = target.split_once('#').unwrap_or((target, ""));
    if is_media(page) {
        let alt = words.filter(|words| !words.bytes().all(|b| b.is_ascii_digit() || b == b'x'));
        return Some(match is_embed {
            true => (alt.unwrap_or_default().to_owned(), end),
            false => (
                format!("[{}]({})", words.unwrap_or(page), bracketed(page)),
                end,
            ),
        });
    }
    let heading = heading.rsplit('#').next().unwrap_or(heading);
    // A block has no name to show.
    let heading = if heading.starts_with('^') {
        ""
    } else {
        heading
    };
    let shown = match (words, page, heading) {
        (Some(words), ..) if !words.is_empty() => words.to_owned(),
        (_, "", heading) => heading.to_owned(),
        (_, page, "") => page.to_owned(),
        (_, page, heading) => format!("{page} > {heading}"),
    };
    let mut destination = String::new();
    if !page.is_empty() {
        if page.contains('/') && !page.starts_with(['/', '.']) && !words_first {
            // From the root of the vault.
            destination.push('/');
        }
        let dashed = format!("{}.md", page.replace(' ', "-"));
        let is_dashed = page.contains(' ')
            && names.is_some_and(|names| names.is_of("wiki") && names.has_page(&dashed));
        destination.push_str(&if is_dashed {
            page.replace(' ', "-")
        } else {
            page.to_owned()
        });
        if !page.ends_with(".md") {
            destination.push_str(".md");
        }
    }
    if !heading.is_empty() {
        destination.push('#');
        destination.push_str(&heading.to_lowercase().replace(' ', "-"));
    }
    if destination.is_empty() {
        return Some((shown, end));
    }
    Some((format!("[{shown}]({})", bracketed(&destination)), end))
}

/// Whether the set is a wiki of GitHub's, which has `[[words|Page]]`, and for `Set up` the file `Set-up.md`.
fn are_words_first(first: &str, second: &str, names: &Names<'_>) -> bool {
    if !names.is_of("wiki") {
        return false;
    }
    let is_page = |name: &str| {
        let page = name.split('#').next().unwrap_or(name);
        names.has_page(&format!("{page}.md"))
            || names.has_page(&format!("{}.md", page.replace(' ', "-")))
    };
    !is_page(first) && is_page(second)
}

/// The offsets of the two marks around a highlighted text whose first stands at `at`: `==words==`.
pub(super) fn highlight(text: &str, at: usize) -> Option<usize> {
    let before = text[..at].chars().next_back();
    if before.is_some_and(|c| c.is_alphanumeric() || c == '=') {
        return None;
    }
    let near = window(text, at + 2, LONGEST);
    let length = near.find("==")?;
    let inner = &near[..length];
    let is_text = inner.starts_with(|c: char| !c.is_whitespace() && c != '=')
        && inner.ends_with(|c: char| !c.is_whitespace())
        && !inner.contains('\n')
        && !near[length + 2..].starts_with(|c: char| c.is_alphanumeric() || c == '=');
    is_text.then_some(at + 2 + length)
}

/// A line without the name of its block at the end: ` ^id`.
pub(super) fn without_block_name(line: &str) -> &str {
    let trimmed = line.trim_end();
    match trimmed.rsplit_once(" ^") {
        Some((text, name))
            if name.len() >= 3
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && name.bytes().any(|b| b.is_ascii_alphabetic()) =>
        {
            text.trim_end()
        }
        _ => line,
    }
}

fn bracketed(destination: &str) -> String {
    if destination.contains([' ', '(', ')', '<', '>']) {
        format!("<{}>", destination.replace(['<', '>'], ""))
    } else {
        destination.to_owned()
    }
}

fn is_media(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| {
        matches!(
            extension.to_ascii_lowercase().as_str(),
            "png"
                | "jpg"
                | "jpeg"
                | "gif"
                | "svg"
                | "webp"
                | "avif"
                | "bmp"
                | "mp4"
                | "webm"
                | "mov"
                | "mp3"
                | "wav"
                | "ogg"
                | "pdf"
                | "canvas"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links() {
        for (text, shown) in [
            ("[[Sync notes|syncing]]", Some("[syncing](<Sync notes.md>)")),
            (
                "[[Sync notes#The limits]]",
                Some("[Sync notes > The limits](<Sync notes.md#the-limits>)"),
            ),
            ("[[a/B]]", Some("[a/B](/a/B.md)")),
            ("[[#Limits]]", Some("[Limits](#limits)")),
            ("[[Page#^abc123]]", Some("[Page](Page.md)")),
            ("[[A\\|b]]", Some("[b](A.md)")),
            ("[[x.pdf]]", Some("[x.pdf](x.pdf)")),
            ("[[A#b|`b()`]] x", Some("[`b()`](A.md#b)")),
            ("[[1]](x)", None),
            ("[[ -f x ]]", None),
            ("[[]]", None),
            ("[[a", None),
            ("[[a\nb]]", None),
        ] {
            assert_eq!(
                link(text, 0, None).map(|(shown, _)| shown).as_deref(),
                shown,
                "{text}"
            );
        }
        assert_eq!(
            link("![[a.png|A flow]]", 1, None),
            Some(("A flow".to_owned(), 17))
        );
        assert_eq!(link("![[a.png|300]]", 1, None), Some((String::new(), 14)));
    }

    #[test]
    fn marks() {
        assert_eq!(highlight("==a b==", 0), Some(5));
        for text in ["== b==", "==b ==", "===b==", "a==b==c", "==a"] {
            assert_eq!(
                highlight(text, text.find("==").unwrap_or(0)),
                None,
                "{text}"
            );
        }
        assert_eq!(without_block_name("Text. ^37066d"), "Text.");
        assert_eq!(without_block_name("x ^2"), "x ^2");
    }
}
