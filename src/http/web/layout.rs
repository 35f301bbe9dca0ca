//! The frame of every page: its head, the wall on top, the footer.

use std::fmt::Write as _;

use super::{
    assets::{self, Asset},
    html::escape,
    place::Place,
    view::{Shown, View},
};

/// A page, ready but for its frame.
pub(in crate::http) struct Page<'a> {
    /// What the browser's tab shows; the site's own title is added, but on the start page.
    pub(in crate::http) title: &'a str,
    /// What a search engine shows of it.
    pub(in crate::http) description: Option<&'a str>,
    /// The URL by which everybody is to know it, where it has another one than its own.
    pub(in crate::http) canonical: Option<&'a str>,
    /// Where the same is as Markdown.
    pub(in crate::http) markdown: Option<&'a str>,
    /// Search engines may list it.
    pub(in crate::http) is_listed: bool,
    /// What stands above it.
    pub(in crate::http) wall: Wall<'a>,
    /// HTML: what it says.
    pub(in crate::http) main: &'a str,
}

/// What stands on top of a page.
pub(in crate::http) enum Wall<'a> {
    /// Of the start page: HTML.
    Lobby(&'a str),
    /// The title, the navigation and a search box with what has been searched for.
    Bar {
        /// Shown in the box.
        query: &'a str,
        /// Searched in as well: fields that the box sends along, such as the set.
        fields: &'a [(&'a str, &'a str)],
        /// The box searches as one types, into `#results`.
        is_live: bool,
        /// Which entry of the navigation the page belongs to.
        here: Here,
    },
}

/// An entry of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Here {
    /// None of them.
    Elsewhere,
    /// The pages of documents.
    Contents,
}

/// The page as it is sent.
pub(in crate::http) fn framed(view: &View, page: &Page<'_>) -> String {
    let mut html = String::with_capacity(page.main.len() + 4 * 1024);
    let is_start = matches!(page.wall, Wall::Lobby(_));
    let site = (!is_start).then_some(&*view.title);
    head(&mut html, &view.place, site, true, page);
    html.push_str("<body>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n");
    match &page.wall {
        Wall::Lobby(lobby) => {
            html.push_str("<header class=\"wall\"><div class=\"in bar\">");
            navigation(&mut html, view, Here::Elsewhere);
            let _ = write!(html, "</div>\n{lobby}</header>\n<main id=\"main\">\n");
        }
        Wall::Bar {
            query,
            fields,
            is_live,
            here,
        } => {
            let _ = write!(
                html,
                "<header class=\"wall\"><div class=\"in bar\"><a class=\"name\" href=\"{}\">{}</a>",
                escape(&view.place.href("/")),
                escape(&view.title)
            );
            navigation(&mut html, view, *here);
            let live = is_live.then_some("results");
            find(&mut html, view, SMALL, query, fields, live);
            html.push_str("</div></header>\n<main id=\"main\" class=\"in\">\n");
        }
    }
    html.push_str(page.main);
    html.push_str("\n</main>\n");
    footer(&mut html, view);
    html.push_str("</body>\n</html>\n");
    html
}

/// A page that tells nothing of the documents: it has no navigation, no search and no list of anything.
pub(in crate::http) struct Sheet<'a> {
    /// Where it is seen.
    pub(in crate::http) place: &'a Place,
    /// What all of it is called: in the operator's words, never in those of a set that not everybody may see.
    pub(in crate::http) site: &'a str,
    /// What the browser's tab shows.
    pub(in crate::http) title: &'a str,
    /// HTML: what it says.
    pub(in crate::http) main: &'a str,
}

/// The sheet as it is sent.
pub(in crate::http) fn closed(sheet: &Sheet<'_>) -> String {
    sheet_with(sheet, true)
}

/// The same where somebody is asked for a secret: without a script.
pub(in crate::http) fn form(sheet: &Sheet<'_>) -> String {
    sheet_with(sheet, false)
}

fn sheet_with(sheet: &Sheet<'_>, has_script: bool) -> String {
    let mut html = String::with_capacity(sheet.main.len() + 2 * 1024);
    let page = Page {
        title: sheet.title,
        description: None,
        canonical: None,
        markdown: None,
        is_listed: false,
        wall: Wall::Lobby(""),
        main: sheet.main,
    };
    head(&mut html, sheet.place, None, has_script, &page);
    let _ = write!(
        html,
        "<body>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n\
         <header class=\"wall\"><div class=\"in bar\"><a class=\"name\" href=\"{}\">{}</a></div></header>\n\
         <main id=\"main\" class=\"in\">\n{}\n</main>\n\
         <footer class=\"foot\"><div class=\"in\"><p></p><span>docent {}</span></div></footer>\n</body>\n</html>\n",
        escape(&sheet.place.href("/")),
        escape(sheet.site),
        sheet.main,
        env!("CARGO_PKG_VERSION")
    );
    html
}

/// The label and the placeholder of a search box.
#[derive(Clone, Copy)]
pub(super) struct Box {
    pub(super) label: &'static str,
    pub(super) is_label_shown: bool,
    pub(super) placeholder: &'static str,
}

const SMALL: Box = Box {
    label: "Search the documentation",
    is_label_shown: false,
    placeholder: "Search",
};

/// Adds a search box; `live`: the element that shows results as one types.
pub(super) fn find(
    html: &mut String,
    view: &View,
    shown: Box,
    query: &str,
    fields: &[(&str, &str)],
    live: Option<&str>,
) {
    let _ = write!(
        html,
        "<form class=\"find\" action=\"{}\" method=\"get\" role=\"search\"",
        escape(&view.place.href("/search"))
    );
    if let Some(live) = live {
        let _ = write!(html, " data-live=\"{live}\"");
    }
    let hidden = if shown.is_label_shown {
        ""
    } else {
        " class=\"sr\""
    };
    let _ = write!(
        html,
        "><label{hidden} for=\"q\">{}</label>\n<div><input id=\"q\" type=\"search\" name=\"q\" value=\"{}\" \
         placeholder=\"{}\" maxlength=\"1000\" autocomplete=\"off\" spellcheck=\"false\" enterkeyhint=\"search\">\
         <button>Search</button></div>",
        shown.label,
        escape(query),
        shown.placeholder
    );
    for (name, value) in fields {
        let _ = write!(
            html,
            "<input type=\"hidden\" name=\"{name}\" value=\"{}\">",
            escape(value)
        );
    }
    html.push_str("</form>");
}

/// `site`: what the title of the page is followed by.
fn head(html: &mut String, place: &Place, site: Option<&str>, has_script: bool, page: &Page<'_>) {
    html.push_str(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
    );
    let _ = write!(html, "{}", escape(page.title));
    if let Some(site) = site {
        let _ = write!(html, " – {}", escape(site));
    }
    html.push_str("</title>\n");
    if let Some(description) = page.description {
        let description = escape(description);
        let _ = writeln!(
            html,
            "<meta name=\"description\" content=\"{description}\">"
        );
    }
    if !page.is_listed {
        html.push_str("<meta name=\"robots\" content=\"noindex\">\n");
    }
    let asset = |asset: &Asset| place.href(&asset.route);
    let _ = writeln!(
        html,
        "<link rel=\"stylesheet\" href=\"{}\">\n<link rel=\"icon\" href=\"{}\" type=\"image/svg+xml\">",
        escape(&asset(assets::style())),
        escape(&asset(assets::icon()))
    );
    if let Some(canonical) = page.canonical {
        let _ = writeln!(
            html,
            "<link rel=\"canonical\" href=\"{}\">",
            escape(canonical)
        );
    }
    if let Some(markdown) = page.markdown {
        let markdown = escape(markdown);
        let _ = writeln!(
            html,
            "<link rel=\"alternate\" type=\"text/markdown\" href=\"{markdown}\">"
        );
    }
    if has_script {
        let script = asset(assets::script());
        let _ = writeln!(html, "<script src=\"{}\" defer></script>", escape(&script));
    }
    html.push_str("</head>\n");
}

fn navigation(html: &mut String, view: &View, here: Here) {
    let current = match here {
        Here::Contents => " aria-current=\"true\"",
        Here::Elsewhere => "",
    };
    let _ = write!(
        html,
        "<nav aria-label=\"Site\"><a href=\"{}\"{current}>Contents</a><a href=\"{}\">Connect</a></nav>",
        escape(&view.contents()),
        escape(&view.place.href("/#connect"))
    );
}

fn footer(html: &mut String, view: &View) {
    let href = |route| view.place.href(route);
    let _ = writeln!(
        html,
        "<footer class=\"foot\"><div class=\"in\"><p>{}</p>\
         <div class=\"row\"><a href=\"{}\">llms.txt</a><a href=\"{}\">Sitemap</a>\
         <a href=\"{}\">MCP</a></div><span>docent {}</span></div></footer>",
        match view.shown {
            Shown::All => "Everyone who can open this address can read all of it.",
            Shown::Public { .. } =>
                "Everyone who can open this address can read what is shown here.",
            Shown::Private => "This is shown to those who have access.",
        },
        escape(&href("/llms.txt")),
        escape(&href("/sitemap.xml")),
        escape(&href("/mcp")),
        env!("CARGO_PKG_VERSION")
    );
}
