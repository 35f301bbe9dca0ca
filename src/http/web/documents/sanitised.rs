//! The second wall: of the HTML of a document, what may stand in a page.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use ammonia::{Builder, UrlRelative};

/// The elements that stand for the structure of a text, and nothing that loads, runs, asks or looks otherwise.
const ELEMENTS: [&str; 32] = [
    "a",
    "blockquote",
    "br",
    "code",
    "dd",
    "del",
    "div",
    "dl",
    "dt",
    "em",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
    "b",
    "i",
];

/// No attribute but these, and `id`: no style, no event, no form, no name.
const ATTRIBUTES: [(&str, &[&str]); 3] = [
    ("a", &["aria-label", "href"]),
    ("div", &["aria-label"]),
    ("ol", &["start"]),
];

/// Attributes that have these values or none.
const VALUES: [(&str, &str, &str); 5] = [
    ("a", "rel", "external"),
    ("div", "role", "region"),
    ("div", "tabindex", "0"),
    ("pre", "tabindex", "0"),
    ("th", "scope", "col"),
];

/// Classes that the style of a page knows.
const CLASSES: [(&str, &[&str]); 3] = [
    ("a", &["at"]),
    ("div", &["note", "scroll"]),
    ("pre", &["scroll"]),
];

static WALL: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut values: HashMap<&str, HashMap<&str, HashSet<&str>>> = HashMap::new();
    for (element, attribute, value) in VALUES {
        let of_element = values.entry(element).or_default();
        of_element.entry(attribute).or_default().insert(value);
    }
    let sets = |pairs: &[(&'static str, &[&'static str])]| -> HashMap<_, HashSet<_>> {
        let pairs = pairs.iter();
        pairs
            .map(|(name, values)| (*name, values.iter().copied().collect()))
            .collect()
    };
    let mut wall = Builder::empty();
    wall.tags(ELEMENTS.into_iter().collect())
        .tag_attributes(sets(&ATTRIBUTES))
        .tag_attribute_values(values)
        .allowed_classes(sets(&CLASSES))
        .generic_attributes(HashSet::from(["id"]))
        .clean_content_tags(HashSet::from(["script", "style"]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None)
        .strip_comments(true);
    wall
});

/// What is left of HTML behind the wall.
pub(super) fn sanitised(html: &str) -> String {
    WALL.clean(html).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_loads_asks_or_poses_is_taken_out() {
        for html in [
            "<script>alert(1)</script>",
            "<style>*{color:red}</style>",
            "<iframe src=//evil.example></iframe>",
            "<svg onload=alert(1)><a xlink:href=\"javascript:alert(1)\"></a></svg>",
            "<math><mtext></mtext></math>",
            "<img src=x onerror=alert(1)>",
            "<p onclick=alert(1) style=\"position:fixed\" class=wall>text</p>",
            "<a href=\"javascript:alert(1)\">x</a><a href=\"JaVa&#x09;Script:alert(1)\">x</a>",
            "<a href=\"data:text/html,<script>\">x</a><a href=\" vbscript:x\">x</a>",
            "<base href=//evil.example><meta http-equiv=refresh content=0>",
            "<form action=//evil.example><input name=attributes><button>x</button></form>",
            "<object data=x></object><embed src=x><video src=x></video><audio src=x></audio>",
            "<link rel=stylesheet href=//evil.example><template><script>x</script></template>",
            "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
            "<a name=docent target=_blank ping=//evil.example>x</a><div role=dialog tabindex=9>x</div>",
            "<title>x</title><textarea></textarea><select></select><dialog open>x</dialog><details open>x</details>",
        ] {
            let clean = sanitised(html);
            // What is escaped is text.
            let tags = clean.split('<').skip(1);
            let tags: Vec<&str> = tags.filter_map(|rest| rest.split('>').next()).collect();
            for bad in [
                "script", "style", "iframe", "svg", "math", "img", "on", "data:", "base", "meta",
                "form", "input", "button", "object", "embed", "video", "audio", "link", "template",
                "name", "target", "ping", "dialog", "class", "title", "textarea", "select",
                "details", "tabindex",
            ] {
                for tag in &tags {
                    let poses = tag.starts_with(bad) || tag.contains(&format!(" {bad}"));
                    assert!(!poses, "{html} -> {clean}");
                }
            }
            assert!(!clean.contains("href"), "{html} -> {clean}");
        }
    }
}
