//! XML as a stream of what matters: elements by their local names, and text. Entities that a document defines itself are never
//! expanded, and nothing is kept of what has been passed.

use super::archive::malformed;
use crate::corpus::document::Skip;
use quick_xml::{
    Reader,
    escape::resolve_predefined_entity,
    events::{BytesStart, Event},
};
use std::borrow::Cow;

/// Elements in one another.
const MAX_DEPTH: usize = 2_000;

/// An element as it begins.
pub(in crate::corpus::format) struct Element<'a> {
    start: BytesStart<'a>,
}

impl Element<'_> {
    /// Its name without the prefix.
    pub(in crate::corpus::format) fn name(&self) -> &str {
        local(self.start.name().into_inner())
    }

    /// The value of an attribute, by its name without the prefix.
    pub(in crate::corpus::format) fn attribute(&self, name: &str) -> Option<String> {
        let mut attributes = self.start.attributes();
        let mut attributes = attributes.with_checks(false).flatten();
        let found = attributes.find(|it| local(it.key.into_inner()) == name)?;
        Some(unescaped(&found.value).into_owned())
    }
}

/// What a reader of a document is told.
pub(in crate::corpus::format) enum Seen<'a> {
    /// Also of an empty element, which ends at once.
    Start(Element<'a>),
    End(&'a str),
    Text(Cow<'a, str>),
}

/// Goes through a document in its order. `each` answers whether what is in an element that begins is to be passed over.
///
/// # Errors
/// It is not well-formed, or deeper than what is read.
pub(in crate::corpus::format) fn walk(
    text: &str,
    mut each: impl FnMut(Seen<'_>) -> bool,
) -> Result<(), Skip> {
    let mut reader = Reader::from_str(text);
    let mut depth = 0usize;
    // The depth of the element that is passed over.
    let mut passed: Option<usize> = None;
    loop {
        let event = reader
            .read_event()
            .map_err(|error| malformed(&format!("its XML: {error}")))?;
        match event {
            Event::Start(start) => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(malformed("its XML is too deep"));
                }
                if passed.is_none() && each(Seen::Start(Element { start })) {
                    passed = Some(depth);
                }
            }
            Event::Empty(start) if passed.is_none() => {
                let name = local(start.name().into_inner()).to_owned();
                if !each(Seen::Start(Element { start })) {
                    each(Seen::End(&name));
                }
            }
            Event::End(end) => {
                if passed == Some(depth) {
                    passed = None;
                } else if passed.is_none() {
                    each(Seen::End(local(end.name().into_inner())));
                }
                depth = depth.saturating_sub(1);
            }
            Event::Text(text) if passed.is_none() => {
                each(Seen::Text(text.as_ref().into()));
            }
            Event::CData(text) if passed.is_none() => {
                each(Seen::Text(text.as_ref().into()));
            }
            Event::GeneralRef(reference) if passed.is_none() => {
                let named: &str = reference.as_ref();
                let character = reference.resolve_char_ref().ok().flatten();
                if let Some(character) = character {
                    each(Seen::Text(character.to_string().into()));
                } else if let Some(text) = resolve_predefined_entity(named) {
                    each(Seen::Text(text.into()));
                }
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn unescaped(value: &str) -> Cow<'_, str> {
    quick_xml::escape::unescape(value).unwrap_or(Cow::Borrowed(value))
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_of_a_document_are_not_expanded() {
        let bomb = "<!DOCTYPE a [<!ENTITY x \"xxxxxxxxxx\"><!ENTITY y \"&x;&x;&x;\"><!ENTITY f SYSTEM \"file:///etc/passwd\">]>\
                    <a b='1 &lt; 2'>&y;&f; 1 &amp; 2&#33;<b>no<c>no</c></b><d/></a>";
        let mut seen = String::new();
        walk(bomb, |it| match it {
            Seen::Start(element) => {
                seen.push_str(&format!("<{}>", element.name()));
                seen.push_str(&element.attribute("b").unwrap_or_default());
                element.name() == "b"
            }
            Seen::End(name) => {
                seen.push_str(&format!("</{name}>"));
                false
            }
            Seen::Text(text) => {
                seen.push_str(&text);
                false
            }
        })
        .unwrap();
        assert_eq!(seen, "<a>1 < 2 1 & 2!<b><d></d></a>");
    }

    #[test]
    fn depth_is_bounded() {
        let deep = "<a>".repeat(100_000);
        assert!(walk(&deep, |_| false).is_err());
        assert!(walk("<a><b></a>", |_| false).is_err());
    }
}
