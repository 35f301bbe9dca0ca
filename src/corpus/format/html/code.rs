//! Code blocks: their text, without highlighting and line numbers, and their language.

use html5ever::local_name;

use super::tree::{Data, NodeId, Tree};

/// The text of a `<pre>`, as it is shown, without the empty lines around it.
pub(super) fn text(tree: &Tree, pre: NodeId) -> String {
    let mut text = String::new();
    let mut numbered = false;
    let mut nodes = tree.descendants(pre);
    while let Some(node) = nodes.next() {
        match tree.data(node) {
            Data::Text(part) => {
                let part: &str = part;
                // Doxygen parts numbers and lines by it.
                let part = if std::mem::take(&mut numbered) {
                    part.strip_prefix('\u{a0}').unwrap_or(part)
                } else {
                    part
                };
                text.extend(
                    part.chars()
                        .filter(|c| !matches!(c, '\u{200b}' | '\u{feff}' | '\0')),
                );
            }
            Data::Element(name, _) => match &*name.local {
                "br" => text.push('\n'),
                // A line or part in an element of its own.
                "div" | "li" | "tr" | "p" if !text.is_empty() && !text.ends_with('\n') => {
                    text.push('\n');
                }
                _ if tree.is_left_out(node) => {
                    numbered = tree.has_class(node, "lineno");
                    nodes.skip_within();
                }
                _ => {}
            },
            Data::Other => {}
        }
    }
    shown(&text)
}

/// Preformatted text without the empty lines around it.
pub(super) fn shown(text: &str) -> String {
    let text = text.trim_end();
    let start = text.find(|c| c != '\n' && c != '\r').unwrap_or(0);
    text[start..].replace('\u{a0}', " ")
}

/// The text as a fenced block.
pub(super) fn fenced(text: &str, language: Option<&str>) -> String {
    let longest = text.lines().map(|line| {
        let line = line.trim_start();
        line.len() - line.trim_start_matches('`').len()
    });
    let fence = "`".repeat(longest.max().unwrap_or(0).max(2) + 1);
    format!("{fence}{}\n{text}\n{fence}", language.unwrap_or(""))
}

/// The language that the block, or what is around it, names by a class.
pub(super) fn language(tree: &Tree, pre: NodeId) -> Option<String> {
    let code = tree
        .children(pre)
        .find(|&child| *tree.name(child) == local_name!("code"));
    let around = tree
        .ancestors(pre)
        .take(3)
        .filter(|&above| matches!(&**tree.name(above), "div" | "figure" | "td"));
    let named = code
        .into_iter()
        .chain([pre])
        .chain(around)
        .find_map(|node| named(tree, node))?;
    let language = match named.as_str() {
        "default" | "none" | "text" | "plain" | "plaintext" | "txt" | "nohighlight"
        | "notranslate" => return None,
        "python3" | "ipython3" | "ipython" => "python",
        "pycon3" => "pycon",
        "shell-session" => "console",
        other => other,
    };
    Some(language.to_owned())
}

fn named(tree: &Tree, node: NodeId) -> Option<String> {
    let by_attribute = ["data-lang", "data-language"].iter().find_map(|name| {
        tree.attributes(node)
            .iter()
            .find(|a| &*a.name.local == *name)
            .map(|a| &*a.value)
    });
    let mut after_marker = false;
    let by_class = || {
        tree.classes(node).find_map(|class| {
            if std::mem::take(&mut after_marker) {
                return Some(class);
            }
            match class {
                "sourceCode" | "src" | "brush:" => {
                    after_marker = true;
                    None
                }
                "rust" | "rust-example-rendered" => Some("rust"),
                _ => [
                    "language-",
                    "lang-",
                    "highlight-source-",
                    "highlight-",
                    "src-",
                ]
                .iter()
                .find_map(|prefix| class.strip_prefix(prefix)),
            }
        })
    };
    let language = by_attribute.or_else(by_class)?;
    let language = language.split([',', ';', ' ', '{']).next().unwrap_or("");
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'_' | b'#' | b'.');
    (!language.is_empty() && language.len() <= 32 && language.bytes().all(fits))
        .then(|| language.to_ascii_lowercase())
}
