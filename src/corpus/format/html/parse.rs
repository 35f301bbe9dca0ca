//! HTML text -> [`Tree`], in time and memory that the text's length bounds.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use html5ever::LocalName;
use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts, TreeSink};

use super::tree::{NodeId, Sink, Tree};

/// Elements nest this deep; the tags of deeper ones are left out, their text stays.
const MAX_OPEN: u32 = 256;
/// html5ever compares each attribute of a tag with all before it.
const MAX_ATTRIBUTES: usize = 1_000;
/// Characters that may part attributes, in one tag. An image written into its tag as base64
/// has one in 64 bytes.
const MAX_SEPARATORS: usize = 20_000;
/// Bytes handed to the tokenizer between two looks at what it does with them.
const CHUNK: usize = 16 * 1024;

/// Markup that costs far more than its length: no page, an attack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Hostile {
    #[error("a tag or comment goes on without end, near byte {0}")]
    EndlessTag(usize),
    #[error("its unclosed tags multiply, near byte {0}")]
    Multiplying(usize),
}

/// How a page is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    Html,
    /// As XML: an element that is closed in its own tag holds nothing, and there is CDATA.
    Xml,
}

impl Syntax {
    /// As the page says of itself, by its name, its declaration or its namespace.
    pub(super) fn of(path: &str, text: &str) -> Self {
        let start = text.trim_start_matches('\u{feff}').trim_start();
        let head = &start.as_bytes()[..start.len().min(4 * 1024)];
        let says = |what: &[u8]| head.windows(what.len()).any(|part| part == what);
        let named = path.rsplit_once('.').is_some_and(|(_, extension)| {
            ["xhtml", "xht"]
                .iter()
                .any(|known| extension.eq_ignore_ascii_case(known))
        });
        if named || start.starts_with("<?xml") || says(b"http://www.w3.org/1999/xhtml\"") {
            Self::Xml
        } else {
            Self::Html
        }
    }
}

/// Reads a whole page, or a piece of one, which then stands in `<body>`.
///
/// # Errors
/// The text is made to cost more than its length.
pub(super) fn parse(text: &str, syntax: Syntax) -> Result<Tree, Hostile> {
    let guard = Guard {
        syntax,
        builder: TreeBuilder::new(Sink::new(), TreeBuilderOpts::default()),
        dropped: RefCell::default(),
        tokens: Cell::new(0),
        wide: Cell::new(false),
    };
    let tokenizer = Tokenizer::new(guard, TokenizerOpts::default());
    // Each element takes three bytes at least, each piece of text between two elements four;
    // more nodes come only from tags that html5ever opens again in every paragraph.
    let max_nodes = text.len() / 2 + 4_096;
    let whole = StrTendril::from(text);
    let input = BufferQueue::default();
    let (mut at, mut tokens, mut separators) = (0, 0, 0);
    while at < text.len() {
        let mut end = (at + CHUNK).min(text.len());
        while !text.is_char_boundary(end) {
            end += 1;
        }
        let offsets = (u32::try_from(at), u32::try_from(end - at));
        let (Ok(from), Ok(length)) = offsets else {
            break;
        };
        input.push_back(whole.subtendril(from, length));
        // A script stops the tokenizer, which is to go on behind it.
        while !input.is_empty() {
            let _ = tokenizer.feed(&input);
        }
        let seen = tokenizer.sink.tokens.get();
        if seen != tokens {
            (tokens, separators) = (seen, 0);
        } else {
            let parts = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\n' | b'"' | b'\'' | b'/');
            separators += text.as_bytes()[at..end].iter().filter(parts).count();
        }
        if separators > MAX_SEPARATORS || tokenizer.sink.wide.get() {
            return Err(Hostile::EndlessTag(at));
        }
        if tokenizer.sink.builder.sink.len() > max_nodes {
            return Err(Hostile::Multiplying(at));
        }
        at = end;
    }
    tokenizer.end();
    Ok(tokenizer.sink.builder.sink.finish())
}

/// Stands between tokenizer and tree construction, and keeps the tree shallow: html5ever walks
/// the open elements at many tags, so that deep nesting would take quadratic time.
struct Guard {
    syntax: Syntax,
    builder: TreeBuilder<NodeId, Sink>,
    /// Start tags left out, whose end tags are to be left out too.
    dropped: RefCell<HashMap<LocalName, u32>>,
    tokens: Cell<u64>,
    /// A tag had too many attributes.
    wide: Cell<bool>,
}

impl Guard {
    /// Whether a tag opens and closes its element, which in HTML only elements without content have.
    fn is_closed(&self, tag: &Tag) -> bool {
        self.syntax == Syntax::Xml
            && tag.self_closing
            && tag.kind == TagKind::StartTag
            && !is_void(&tag.name)
            && !matches!(&*tag.name, "svg" | "math" | "html" | "head" | "body")
            && !self
                .builder
                .adjusted_current_node_present_but_not_in_html_namespace()
    }

    fn process_closed(&self, tag: Tag, line: u64) -> TokenSinkResult<NodeId> {
        let end = Tag {
            kind: TagKind::EndTag,
            name: tag.name.clone(),
            self_closing: false,
            attrs: Vec::new(),
            had_duplicate_attributes: false,
        };
        let start = Tag {
            self_closing: false,
            ..tag
        };
        // What the builder asks of the tokenizer, to read on as the text of a script, is over at once.
        let _ = self.builder.process_token(Token::TagToken(start), line);
        self.builder.sink.close();
        let _ = self.builder.process_token(Token::TagToken(end), line);
        TokenSinkResult::Continue
    }

    fn keeps(&self, tag: &Tag, closed: bool) -> bool {
        match tag.kind {
            TagKind::StartTag => {
                if self.builder.sink.open() < MAX_OPEN || !can_nest(&tag.name) {
                    return true;
                }
                if closed {
                    return false;
                }
                *self
                    .dropped
                    .borrow_mut()
                    .entry(tag.name.clone())
                    .or_default() += 1;
                false
            }
            TagKind::EndTag => {
                if let Some(count) = self.dropped.borrow_mut().get_mut(&tag.name)
                    && *count > 0
                {
                    *count -= 1;
                    return false;
                }
                self.builder.sink.close();
                true
            }
        }
    }
}

impl TokenSink for Guard {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        match &token {
            Token::ParseError(_) => return TokenSinkResult::Continue,
            Token::TagToken(tag) => {
                self.tokens.set(self.tokens.get() + 1);
                if tag.attrs.len() > MAX_ATTRIBUTES {
                    self.wide.set(true);
                }
                let closed = self.is_closed(tag);
                if !self.keeps(tag, closed) {
                    return TokenSinkResult::Continue;
                }
                if closed {
                    return self.process_closed(tag.clone(), line);
                }
            }
            _ => self.tokens.set(self.tokens.get() + 1),
        }
        self.builder.process_token(token, line)
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        // The tokenizer asks for CDATA, which XML has everywhere.
        self.syntax == Syntax::Xml
            || self
                .builder
                .adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// Whether an element of this name never has content.
fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

/// Whether elements of this name can stand in each other; the others are kept at any depth,
/// because they have no content or change how the tokenizer reads it.
fn can_nest(name: &str) -> bool {
    !matches!(
        name,
        "area"
            | "base"
            | "body"
            | "br"
            | "col"
            | "embed"
            | "head"
            | "hr"
            | "html"
            | "iframe"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "noembed"
            | "noframes"
            | "noscript"
            | "param"
            | "plaintext"
            | "script"
            | "source"
            | "style"
            | "textarea"
            | "title"
            | "track"
            | "wbr"
            | "xmp"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(tree: &Tree) -> u32 {
        tree.ids().map(|node| tree.depth(node)).max().unwrap_or(0)
    }

    #[test]
    fn deep_nesting_is_cut() {
        for name in [
            "div",
            "ul><li",
            "blockquote",
            "b",
            "table><tr><td",
            "svg",
            "p><a",
            "x></y",
        ] {
            let text = format!("<{name}>").repeat(100_000) + "the end";
            if let Ok(tree) = parse(&text, Syntax::Html) {
                assert!(depth(&tree) <= 2 * MAX_OPEN + 8, "{name}: {}", depth(&tree));
            }
        }
    }

    #[test]
    fn what_follows_a_deep_part_nests_again() {
        let text = "<div>".repeat(1_000) + &"</div>".repeat(1_000) + "<ul><li id=x>after";
        let tree = parse(&text, Syntax::Html).expect("a clumsy page is no attack");
        let after = tree.ids().find(|&n| tree.id_of(n) == Some("x"));
        assert!(after.is_some_and(|n| tree.depth(n) < 10));
    }

    #[test]
    fn tags_that_multiply_are_refused() {
        let bold: String = (0..200).map(|i| format!("<b id={i}>")).collect();
        let text = format!("<p>{bold}</p>") + &"<p>x</p>".repeat(100_000);
        assert!(matches!(
            parse(&text, Syntax::Html),
            Err(Hostile::Multiplying(_))
        ));
    }

    #[test]
    fn a_tag_of_endless_attributes_is_refused() {
        let attributes: String = (0..500_000).map(|i| format!("a{i} ")).collect();
        assert!(matches!(
            parse(&format!("<p {attributes}>"), Syntax::Html),
            Err(Hostile::EndlessTag(_))
        ));
    }

    #[test]
    fn an_image_written_into_its_tag_is_read() {
        let image = "iVBORw0KGgo".repeat(200_000);
        assert!(
            parse(
                &format!("<img src='data:image/png;base64,{image}'><p>text"),
                Syntax::Html
            )
            .is_ok()
        );
    }
}
