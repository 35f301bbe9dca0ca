//! HTML, JSX and Vue tags as they stand in Markdown text.

use super::super::html::attribute_value;
use super::super::style;
use super::element::is_html;
use std::borrow::Cow;

/// A tag longer than this is text; it bounds the work for each `<`.
const LONGEST: usize = 8 * 1024;
/// Braces inside a JSX attribute may nest this deep.
const DEEPEST: u32 = 32;

/// One tag: `<name …>`, `<name …/>` or `</name>`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tag<'a> {
    /// As written.
    pub(super) name: &'a str,
    pub(super) closing: bool,
    pub(super) self_closing: bool,
    attributes: &'a str,
    /// Offset behind the `>`.
    pub(super) end: usize,
}

impl<'a> Tag<'a> {
    /// Reads the tag whose `<` stands at `at`; `None` where no tag stands there.
    pub(super) fn at(text: &'a str, at: usize) -> Option<Self> {
        let bytes = text.as_bytes();
        let limit = bytes.len().min(at + LONGEST);
        let mut i = at + 1;
        let closing = bytes.get(i) == Some(&b'/');
        i += usize::from(closing);
        let name_start = i;
        if !bytes.get(i)?.is_ascii_alphabetic() {
            return None;
        }
        while i < limit
            && (bytes[i].is_ascii_alphanumeric() || matches!(bytes[i], b'-' | b'.' | b'_' | b':'))
        {
            i += 1;
        }
        let name = &text[name_start..i];
        let attributes_start = i;
        loop {
            let before = i;
            while i < limit && bytes[i].is_ascii_whitespace() {
                i += 1;
            }
            if i >= limit {
                return None;
            }
            match bytes[i] {
                b'>' => {
                    return Some(Self {
                        name,
                        closing,
                        self_closing: false,
                        attributes: &text[attributes_start..i],
                        end: i + 1,
                    });
                }
                b'/' if bytes.get(i + 1) == Some(&b'>') => {
                    return Some(Self {
                        name,
                        closing,
                        self_closing: true,
                        attributes: &text[attributes_start..i],
                        end: i + 2,
                    });
                }
                // Attributes stand apart from the name and from each other.
                _ if before == i || closing => return None,
                b'{' => i = braces(text, i, limit)?,
                _ => i = attribute_end(text, i, limit)?,
            }
        }
    }

    /// The value of an attribute, by its name in any case: what stands in its quotes, or the
    /// literal string in its braces. An attribute without a value has the value "".
    pub(super) fn attribute(&self, name: &str) -> Option<&'a str> {
        literal(self.value(name)?)
    }

    /// The value as it is written.
    pub(super) fn value(&self, name: &str) -> Option<&'a str> {
        let mut attributes = self.written();
        attributes.find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value))
    }

    /// All attributes whose values are literals, in order.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.written()
            .filter_map(|(key, value)| Some((key, literal(value)?)))
    }

    /// All attributes as they are written; what is spread (`{...rest}`) is none.
    fn written(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let text = self.attributes;
        let mut at = 0;
        std::iter::from_fn(move || {
            let bytes = text.as_bytes();
            loop {
                at += bytes[at..]
                    .iter()
                    .take_while(|b| b.is_ascii_whitespace())
                    .count();
                if at >= bytes.len() {
                    return None;
                }
                if bytes[at] == b'{' {
                    at = braces(text, at, bytes.len())?;
                    continue;
                }
                let end = attribute_end(text, at, bytes.len())?;
                let (key, value) = text[at..end]
                    .split_once('=')
                    .unwrap_or((&text[at..end], ""));
                at = end.max(at + 1);
                return Some((key.trim(), value.trim()));
            }
        })
    }

    /// Whether the tag's attributes, or the page's rules for them, keep its content from being shown.
    pub(super) fn hides(&self, sheet: &style::Sheet) -> bool {
        if self.closing {
            return false;
        }
        if self.name.eq_ignore_ascii_case("dialog") && self.attribute("open").is_none() {
            return true;
        }
        if self.attributes.is_empty() {
            return false;
        }
        let attribute = |name| self.attribute(name).map(attribute_value);
        self.attribute("hidden").is_some()
            || self.attribute("popover").is_some()
            || attribute("aria-hidden").is_some_and(|value| value.eq_ignore_ascii_case("true"))
            || self.style().is_some_and(|style| style::hides(&style))
            || ["class", "className"]
                .into_iter()
                .filter_map(attribute)
                .any(|classes| {
                    style::is_hidden_by_class(&classes)
                        || !sheet.is_empty()
                            && classes
                                .split_ascii_whitespace()
                                .any(|class| sheet.hides('.', class))
                })
            || !sheet.is_empty() && attribute("id").is_some_and(|id| sheet.hides('#', &id))
    }

    /// The style of the element, an object of JSX (`{{fontSize: 0}}`) as CSS.
    fn style(&self) -> Option<Cow<'a, str>> {
        let value = self.value("style")?;
        let Some(object) = value.strip_prefix("{{") else {
            return literal(value).map(attribute_value);
        };
        let mut css = String::with_capacity(object.len() + 8);
        for c in object.trim_end_matches('}').chars() {
            match c {
                ',' => css.push(';'),
                '"' | '\'' | '`' => {}
                c if c.is_ascii_uppercase() => {
                    css.push('-');
                    css.push(c.to_ascii_lowercase());
                }
                c => css.push(c),
            }
        }
        Some(css.into())
    }

    pub(super) fn has_attributes(&self) -> bool {
        !self.attributes.trim().is_empty()
    }

    /// `Image`, but neither `image` nor `IMAGE`.
    pub(super) fn is_capitalised(&self) -> bool {
        self.name.starts_with(|c: char| c.is_ascii_uppercase())
            && self.name.contains(|c: char| c.is_ascii_lowercase())
    }

    /// A React or Vue component by its name: `Tabs`, `Tabs.Tab`, `my-element`.
    pub(super) fn is_component(&self) -> bool {
        self.name.starts_with(|c: char| c.is_ascii_uppercase()) && !is_html(self.name)
            || self.name.contains('.')
            || self.name.contains('-')
    }
}

/// The text of a string literal, in the braces of JSX or without; `None` for what is computed.
pub(super) fn literal(value: &str) -> Option<&str> {
    let value = match value.strip_prefix('{') {
        Some(inner) => {
            let inner = inner.strip_suffix('}')?.trim();
            if !inner.starts_with(['"', '\'', '`']) {
                return None;
            }
            inner
        }
        None => value,
    };
    for quote in ['"', '\'', '`'] {
        if let Some(inner) = value.strip_prefix(quote) {
            return inner.strip_suffix(quote);
        }
    }
    Some(value)
}

fn attribute_end(text: &str, start: usize, limit: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut i = start;
    while i < limit
        && (bytes[i].is_ascii_alphanumeric()
            || matches!(
                bytes[i],
                b':' | b'@' | b'.' | b'-' | b'_' | b'#' | b'$' | b'[' | b']'
            ))
    {
        i += 1;
    }
    if i == start {
        return None;
    }
    let mut value = i;
    while value < limit && bytes[value].is_ascii_whitespace() {
        value += 1;
    }
    if value >= limit || bytes[value] != b'=' {
        return Some(i);
    }
    value += 1;
    while value < limit && bytes[value].is_ascii_whitespace() {
        value += 1;
    }
    match *bytes.get(value).filter(|_| value < limit)? {
        quote @ (b'"' | b'\'') => {
            let length = window(text, value + 1, limit - value - 1).find(char::from(quote))?;
            Some(value + 1 + length + 1)
        }
        b'{' => braces(text, value, limit),
        _ => {
            let mut i = value;
            while i < limit
                && !bytes[i].is_ascii_whitespace()
                && !matches!(bytes[i], b'>' | b'<' | b'"' | b'\'' | b'`')
            {
                // `<br class=x/>` closes itself.
                if bytes[i] == b'/' && bytes.get(i + 1) == Some(&b'>') {
                    break;
                }
                i += 1;
            }
            (i > value).then_some(i)
        }
    }
}

/// The text from `from`, cut to about `longest` bytes.
pub(super) fn window(text: &str, from: usize, longest: usize) -> &str {
    let mut end = text.len().min(from + longest);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[from..end]
}

/// The offset behind the brace that closes the one at `start`, strings skipped.
pub(super) fn braces(text: &str, start: usize, limit: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let limit = limit.min(start + LONGEST).min(bytes.len());
    let mut depth = 0;
    let mut quote = None;
    let mut i = start;
    while i < limit {
        match (quote, bytes[i]) {
            (Some(_), b'\\') => i += 1,
            (Some(q), b) if q == b => quote = None,
            // An apostrophe in JSX text is no string: strings end with their line.
            (Some(b'"' | b'\''), b'\n') => quote = None,
            (Some(_), _) => {}
            (None, b @ (b'"' | b'\'' | b'`')) => quote = Some(b),
            (None, b'{') => {
                depth += 1;
                if depth > DEEPEST {
                    return None;
                }
            }
            (None, b'}') => {
                depth -= 1;
                if depth == 0 {
                    return Some(i + 1);
                }
            }
            (None, _) => {}
        }
        i += 1;
    }
    None
}

/// Whether the text at `at` is an autolink (CommonMark 6.5): the offset behind it.
pub(super) fn autolink(text: &str, at: usize) -> Option<usize> {
    let rest = &text.as_bytes()[at + 1..text.len().min(at + 2048)];
    let mut kind = false;
    for (i, &byte) in rest.iter().enumerate() {
        match byte {
            b'>' => return (kind && i > 2).then_some(at + 1 + i + 1),
            b':' if i > 1 => kind = true,
            b'@' if i > 0 => kind = true,
            b'<' | b' ' | b'\n' | b'\t' | b'"' => return None,
            _ if kind => {}
            b if b.is_ascii_alphanumeric() || matches!(b, b'+' | b'.' | b'-' | b'_') => {}
            _ => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jsx_attributes() {
        let text = "<TabItem value='a' label=\"npm > yarn\" on={() => { x({}) }} {...rest} open/>";
        let tag = Tag::at(text, 0).unwrap();
        assert_eq!((tag.end, tag.self_closing), (text.len(), true));
        assert_eq!(tag.attribute("label"), Some("npm > yarn"));
        assert_eq!(tag.attribute("open"), Some(""));
        assert_eq!(tag.attribute("on"), None);
    }

    #[test]
    fn no_tags() {
        for text in [
            "<",
            "< a>",
            "<a",
            "<a b=\"c>",
            "<1>",
            "<key=value>",
            "<a,b>",
            "</a b>",
        ] {
            assert!(Tag::at(text, 0).is_none(), "{text}");
        }
    }

    #[test]
    fn autolinks() {
        assert_eq!(autolink("<https://a.b/c?d=e>", 0), Some(19));
        assert_eq!(autolink("<me@a.b>", 0), Some(8));
        assert_eq!(autolink("<name>", 0), None);
        assert_eq!(autolink("<a:hover b>", 0), None);
    }
}
