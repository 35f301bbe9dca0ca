//! MDN's `{{…}}` macros: links to other pages, marks, and boxes without text of their own.

/// Where an expansion will stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    Markdown,
    /// Inside raw HTML, where Markdown's links would be text.
    Html,
}

/// A call may be this long, in bytes.
const LONGEST: usize = 1024;

/// Reads the macro whose `{{` stands at `at`: its expansion, and the offset behind it.
///
/// `None` for what is not a macro of MDN: template variables of other generators, which stay
/// as they are. With `mdn`, macros of unknown names are taken for boxes and removed.
pub(super) fn expand(
    text: &str,
    at: usize,
    context: Context,
    mdn: bool,
) -> Option<(String, usize)> {
    let inner_start = at + 2;
    let window = super::tag::window(text, inner_start, LONGEST);
    let length = call_end(window)?;
    let call = window[..length].trim();
    let end = inner_start + length + 2;
    let (name, arguments) = match call.split_once('(') {
        Some((name, rest)) => (name.trim_end(), split_arguments(rest.strip_suffix(')')?)),
        None => (call, Vec::new()),
    };
    if name.is_empty()
        || !name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
    {
        return None;
    }
    let name = name.to_ascii_lowercase();
    let text = render(&name, &arguments, context, mdn)?;
    Some((text, end))
}

/// Expands every macro of a piece of raw HTML.
pub(super) fn expand_html(html: &str, mdn: bool) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = 0;
    while let Some(found) = html[rest..].find("{{") {
        let at = rest + found;
        out.push_str(&html[rest..at]);
        match expand(html, at, Context::Html, mdn) {
            Some((text, end)) => {
                out.push_str(&text);
                rest = end;
            }
            None => {
                out.push_str("{{");
                rest = at + 2;
            }
        }
    }
    out.push_str(&html[rest..]);
    out
}

/// The offset of the `}}` that ends a call, strings skipped.
fn call_end(window: &str) -> Option<usize> {
    let bytes = window.as_bytes();
    let mut quote = None;
    let mut i = 0;
    while i < bytes.len() {
        match (quote, bytes[i]) {
            (Some(_), b'\\') => i += 1,
            (Some(q), b) if b == q => quote = None,
            (Some(_), _) => {}
            (None, b @ (b'"' | b'\'')) => quote = Some(b),
            (None, b'}') if bytes.get(i + 1) == Some(&b'}') => return Some(i),
            (None, b'{' | b'\n' | b'<') => return None,
            (None, _) => {}
        }
        i += 1;
    }
    None
}

fn split_arguments(text: &str) -> Vec<String> {
    let mut arguments = Vec::new();
    let mut current = String::new();
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(_), '\\') => current.extend(chars.next()),
            (Some(q), c) if c == q => quote = None,
            (Some(_), c) => current.push(c),
            (None, '"' | '\'') => quote = Some(c),
            (None, ',') => arguments.push(std::mem::take(&mut current)),
            (None, c) if c.is_whitespace() => {}
            (None, c) => current.push(c),
        }
    }
    arguments.push(current);
    arguments
}

fn render(name: &str, arguments: &[String], context: Context, mdn: bool) -> Option<String> {
    let argument = |index: usize| {
        arguments
            .get(index)
            .map(String::as_str)
            .filter(|argument| !argument.is_empty())
    };
    if let Some(mark) = name.strip_suffix("_inline").or(match name {
        "readonlyinline" => Some("read-only"),
        _ => None,
    }) {
        let known = [
            "optional",
            "deprecated",
            "experimental",
            "non-standard",
            "read-only",
            "securecontext",
        ];
        return (mdn || known.contains(&mark)).then(|| {
            format!(
                "({})",
                if mark == "securecontext" {
                    "secure contexts only"
                } else {
                    mark
                }
            )
        });
    }
    let banner = match name {
        "deprecated_header" => Some("Deprecated."),
        "non-standard_header" => Some("Non-standard."),
        "seecompattable" => Some("Experimental."),
        "securecontext_header" => Some("Available only in secure contexts (HTTPS)."),
        _ => None,
    };
    if let Some(banner) = banner {
        return Some(match context {
            Context::Markdown => format!("> **{banner}**\n"),
            Context::Html => String::new(),
        });
    }
    let first = argument(0);
    match (name, first) {
        ("rfc", Some(number)) => {
            let mut text = format!("RFC {number}");
            if let Some(title) = argument(1) {
                text.push_str(": ");
                text.push_str(title);
            }
            if let Some(section) = argument(2) {
                text.push_str(", section ");
                text.push_str(section);
            }
            return Some(text);
        }
        ("livesamplelink", Some(id)) => return Some(escape(&plain(argument(1).unwrap_or(id)))),
        ("htmlelement" | "svgelement" | "mathmlelement", Some(element)) => {
            let tag = format!("<{element}>");
            return Some(reference(element, argument(1), &tag, true, context));
        }
        ("glossary", Some(term)) => {
            return Some(reference(term, argument(1), term, false, context));
        }
        ("httpstatus", Some(status)) => {
            return Some(reference(status, argument(1), status, true, context));
        }
        (_, Some(target)) if is_reference(name) => {
            return Some(reference(
                target,
                argument(1),
                target,
                argument(3).is_none(),
                context,
            ));
        }
        _ => {}
    }
    (mdn || is_box(name)).then(String::new)
}

/// Macros that name a page and show its name.
fn is_reference(name: &str) -> bool {
    [
        "xref", "sxref", "sref", "apiref", "element", "header", "status", "method", "svgattr",
        "csp", "attr",
    ]
    .iter()
    .any(|end| name.ends_with(end))
        && !matches!(name, "apiref" | "defaultapisidebar")
        || name == "jsxref"
}

/// Macros that show something made from data, without prose.
fn is_box(name: &str) -> bool {
    const BOXES: &[&str] = &[
        "apiref",
        "availableinworkers",
        "compat",
        "csssyntax",
        "csssyntaxraw",
        "cssinfo",
        "embedghlivesample",
        "embedlivesample",
        "embedyoutube",
        "inheritancediagram",
        "interactiveexample",
        "jsref",
        "js_property_attributes",
        "listgroups",
        "listsubpages",
        "listsubpagesforsidebar",
        "next",
        "nextmenu",
        "previous",
        "previousmenu",
        "previousmenunext",
        "previousnext",
        "quicklinkswithsubpages",
        "specifications",
        "subpageswithsummaries",
        "svginfo",
        "webextexamples",
        "apilistalpha",
        "glossarydisambiguation",
        "webextallexamples",
        "webextallcompattables",
    ];
    BOXES.contains(&name) || name.ends_with("sidebar")
}

fn reference(
    target: &str,
    display: Option<&str>,
    otherwise: &str,
    code: bool,
    context: Context,
) -> String {
    // Display texts carry HTML: entities and, seldom, tags.
    let display = display.map_or_else(|| otherwise.to_owned(), plain);
    match context {
        Context::Markdown => {
            let text = if code {
                code_span(&display)
            } else {
                escape(&display)
            };
            format!("[{text}]({})", destination(target))
        }
        Context::Html => {
            let target = html_escape(target);
            let display = html_escape(&display);
            if code {
                format!("<a href=\"ref:{target}\"><code>{display}</code></a>")
            } else {
                format!("<a href=\"ref:{target}\">{display}</a>")
            }
        }
    }
}

/// `ref:NAME` as a link destination of CommonMark, in angle brackets where it needs them.
pub(super) fn destination(name: &str) -> String {
    let balanced = {
        let mut depth = 0i32;
        name.bytes().all(|b| {
            depth += i32::from(b == b'(') - i32::from(b == b')');
            depth >= 0
        }) && depth == 0
    };
    if balanced && !name.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '\\')) {
        format!("ref:{name}")
    } else {
        let name: String = name
            .chars()
            .map(|c| if c == '\n' { ' ' } else { c })
            .filter(|c| !matches!(c, '<' | '>' | '\\'))
            .collect();
        format!("<ref:{name}>")
    }
}

/// Text as a code span, with a fence longer than any run of backticks in it.
pub(super) fn code_span(text: &str) -> String {
    let text = text.trim().replace('\n', " ");
    if text.is_empty() {
        return String::new();
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    if longest == 0 {
        return format!("`{text}`");
    }
    let fence = "`".repeat(longest + 1);
    format!("{fence} {text} {fence}")
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '[' | ']' | '<' | '*' | '\\' | '`') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn html_escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// The text of a page's title: [`plain`], but with the tags that are written as code.
pub(super) fn plain_title(title: &str) -> String {
    let mut out = String::with_capacity(title.len());
    let mut rest = title;
    while let Some((before, code)) = rest.split_once('`')
        && let Some((code, after)) = code.split_once('`')
    {
        out.push_str(&plain(before));
        out.push('`');
        out.push_str(code);
        out.push('`');
        rest = after;
    }
    out.push_str(&plain(rest));
    out
}

/// The text of a short piece of HTML: tags gone, the commonest entities decoded.
pub(super) fn plain(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut at = 0;
    while let Some(found) = html[at..].find('<') {
        out.push_str(&html[at..at + found]);
        at += found;
        match super::tag::Tag::at(html, at).filter(|tag| super::element::is_html(tag.name)) {
            Some(tag) => at = tag.end,
            None => {
                out.push('<');
                at += 1;
            }
        }
    }
    out.push_str(&html[at..]);
    if !out.contains('&') {
        return out;
    }
    for (entity, text) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&apos;", "'"),
        ("&nbsp;", " "),
        ("&shy;", ""),
        ("&#173;", ""),
        ("&#xAD;", ""),
        ("&#xad;", ""),
        ("&#123;", "{"),
        ("&#125;", "}"),
        ("&lbrace;", "{"),
        ("&rbrace;", "}"),
        ("&amp;", "&"),
    ] {
        out = out.replace(entity, text);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn markdown(text: &str) -> Option<String> {
        expand(text, 0, Context::Markdown, false).map(|(text, _)| text)
    }

    #[test]
    fn references() {
        for (call, text) in [
            ("{{domxref(\"Foo.bar\")}}", "[`Foo.bar`](ref:Foo.bar)"),
            (
                "{{jsxref(\"Array/map\", \"map()\")}}",
                "[`map()`](ref:Array/map)",
            ),
            ("{{HTMLElement(\"div\")}}", "[`<div>`](ref:div)"),
            (
                "{{Glossary(\"TLS\", \"transport layer security\")}}",
                "[transport layer security](ref:TLS)",
            ),
            ("{{glossary('Big O')}}", "[Big O](<ref:Big O>)"),
            (
                "{{ HTTPHeader('Set-Cookie') }}",
                "[`Set-Cookie`](ref:Set-Cookie)",
            ),
            (
                "{{cssxref(\"color_value\", \"&lt;color&gt;\")}}",
                "[`<color>`](ref:color_value)",
            ),
            ("{{optional_inline}}", "(optional)"),
            ("{{Compat}}", ""),
            ("{{APIRef(\"DOM\")}}", ""),
            (
                "{{RFC(6265, \"Cookies\", \"4.1\")}}",
                "RFC 6265: Cookies, section 4.1",
            ),
        ] {
            assert_eq!(markdown(call).as_deref(), Some(text), "{call}");
        }
    }

    #[test]
    fn other_templates_stay() {
        for call in [
            "{{ page.title }}",
            "{{ version }}",
            "{{ url_for('x') }}",
            "{{",
            "{{ a",
            "{{}}",
        ] {
            assert_eq!(markdown(call), None, "{call}");
        }
    }
}
