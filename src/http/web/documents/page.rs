//! A page of the documents, as people read it.

use std::{
    fmt::Write as _,
    time::{Duration, SystemTime},
};

use time::{OffsetDateTime, macros::format_description};

use super::{
    super::{
        html::{escape, thousands},
        layout::{Here, Page, Wall, framed},
        view::{View, set_title},
    },
    article::{Article, article},
    links::Links,
};
use crate::{
    mcp::{Form, estimated_tokens, folder_path, one_line, page_path},
    search::{PageRef, Related, StoredPage},
};

/// Pages beside a page, before and after it.
const NEIGHBOURS: usize = 12;
/// Headings in the list of a page's.
const MAX_HEADINGS: usize = 60;
/// Characters of a title in a list, and on its page.
const IN_LIST: usize = 120;
const MAX_TITLE: usize = 300;

/// Renders a page; `markdown` is its route as Markdown.
pub(super) fn page(view: &View, page: &StoredPage, markdown: &str) -> String {
    let snapshot = &view.holdings.snapshot;
    let mut links = Links::new(snapshot, &page.page, Form::Html);
    let article = article(page, &view.place, &mut links);
    let own = &page.page;
    let mut main = String::with_capacity(article.html.len() + 8 * 1024);
    main.push_str("<div class=\"cols doc\">\n");
    // What stands around the text is told apart from it by its elements, for whoever wants the text alone.
    main.push_str("<article class=\"text\"><header>");
    crumbs(&mut main, view, own);
    let title = one_line(&own.title, MAX_TITLE);
    match &article.anchor {
        Some(id) => {
            let _ = write!(main, "<h1 id=\"{}\">{}</h1>", escape(id), escape(&title));
        }
        None => {
            let _ = write!(main, "<h1>{}</h1>", escape(&title));
        }
    }
    facts(&mut main, view, page, markdown);
    main.push_str("</header>\n");
    if !article.headings.is_empty() {
        main.push_str("<details class=\"short\"><summary>On this page</summary>");
        headings(&mut main, &article);
        main.push_str("</details>\n");
    }
    main.push_str(&article.html);
    if article.is_cut {
        let _ = writeln!(
            main,
            "<p class=\"note\" role=\"note\">This page is too long to be shown whole. All of it is there \
             <a href=\"{}\">as Markdown</a>.</p>",
            escape(&view.place.href(markdown))
        );
    }
    main.push_str("<footer>");
    ask(&mut main, view, own);
    next(&mut main, view, own);
    main.push_str("</footer></article>\n");
    if !article.headings.is_empty() {
        main.push_str(
            "<nav class=\"side on\" aria-labelledby=\"docent-onpage\"><h2 id=\"docent-onpage\">On this page</h2>",
        );
        headings(&mut main, &article);
        main.push_str("</nav>\n");
    }
    beside(&mut main, view, own);
    main.push_str("</div>");
    let own_url = || {
        let path = page_path(snapshot, &own.set, &own.path, Form::Html);
        view.place.url(&format!("/{path}"))
    };
    let description = page.description.as_deref().map(|text| one_line(text, 300));
    framed(
        view,
        &Page {
            title: &title,
            description: description.as_deref(),
            canonical: Some(&own.url.clone().unwrap_or_else(own_url)),
            markdown: Some(&view.place.href(markdown)),
            is_listed: own.url.is_none(),
            wall: Wall::Bar {
                query: "",
                fields: &[("set", &own.set)],
                is_live: false,
                here: Here::Contents,
            },
            main: &main,
        },
    )
}

fn folder_of(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn beside(main: &mut String, view: &View, page: &PageRef) {
    let pages = view.holdings.snapshot.beside(page, NEIGHBOURS);
    if pages.len() < 2 {
        return;
    }
    let folder = folder_of(&page.path);
    let name = match page.breadcrumb.last() {
        Some(title) if folder.matches('/').count() + 1 == page.breadcrumb.len() => title.clone(),
        _ => title_of_set(view, &page.set),
    };
    let _ = write!(
        main,
        "<nav class=\"side near\" aria-labelledby=\"docent-near\"><h2 id=\"docent-near\"><a href=\"{}\">{}</a></h2>\
         <ul class=\"plain\">",
        escape(
            &view
                .place
                .href(&format!("/{}", folder_path(&page.set, folder)))
        ),
        escape(&one_line(&name, IN_LIST))
    );
    for other in &pages {
        let current = if other.path == page.path {
            " aria-current=\"page\""
        } else {
            ""
        };
        let _ = write!(
            main,
            "<li><a href=\"{}\"{current}>{}</a></li>",
            escape(&route(view, other)),
            escape(&one_line(&other.title, IN_LIST))
        );
    }
    main.push_str("</ul></nav>\n");
}

/// Where a page is seen.
pub(super) fn route(view: &View, page: &PageRef) -> String {
    let path = page_path(&view.holdings.snapshot, &page.set, &page.path, Form::Html);
    view.place.href(&format!("/{path}"))
}

fn title_of_set(view: &View, name: &str) -> String {
    let set = view.sets().iter().find(|set| set.name == name);
    set.map_or_else(|| name.to_owned(), set_title)
}

fn crumbs(main: &mut String, view: &View, page: &PageRef) {
    main.push_str("<nav class=\"crumbs\" aria-label=\"Breadcrumb\"><ol>");
    let folders = page
        .path
        .match_indices('/')
        .map(|(slash, _)| &page.path[..slash]);
    let titles = page.breadcrumb.iter().zip(folders);
    let set = title_of_set(view, &page.set);
    let all = [(&set, "")].into_iter().chain(titles);
    for (title, folder) in all {
        let _ = write!(
            main,
            "<li><a href=\"{}\">{}</a></li>",
            escape(
                &view
                    .place
                    .href(&format!("/{}", folder_path(&page.set, folder)))
            ),
            escape(&one_line(title, IN_LIST))
        );
    }
    main.push_str("</ol></nav>\n");
}

fn facts(main: &mut String, view: &View, page: &StoredPage, markdown: &str) {
    main.push_str("<p class=\"meta\">");
    if let Some(url) = page.page.url.as_deref().filter(|url| is_web(url)) {
        let _ = write!(
            main,
            "<a href=\"{}\" rel=\"external\">Published page</a>",
            escape(url)
        );
    }
    let tokens: usize = page
        .sections
        .iter()
        .map(|section| estimated_tokens(&section.markdown))
        .sum();
    let _ = write!(
        main,
        "<a href=\"{}\">Markdown</a><a href=\"{}\">llms.txt</a><span>{} tokens</span>",
        escape(&view.place.href(markdown)),
        escape(&view.place.href("/llms.txt")),
        thousands(tokens)
    );
    let stamp = view.holdings.snapshot.stamp(&page.page);
    if let Some((machine, people)) = stamp.and_then(|stamp| date(stamp.modified)) {
        let _ = write!(
            main,
            "<span>Changed <time datetime=\"{machine}\">{people}</time></span>"
        );
    }
    main.push_str("</p>\n");
}

/// What a published page's address may be before it is a link.
fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// A day, for machines and for people; none in the future.
fn date(nanoseconds: i64) -> Option<(String, String)> {
    let since = Duration::from_nanos(u64::try_from(nanoseconds).ok()?);
    let time = SystemTime::UNIX_EPOCH.checked_add(since)?;
    if time > SystemTime::now() {
        return None;
    }
    let date = OffsetDateTime::from(time).date();
    let machine = date.format(format_description!("[year]-[month]-[day]"));
    let people = date.format(format_description!(
        "[day padding:none] [month repr:long] [year]"
    ));
    Some((machine.ok()?, people.ok()?))
}

fn headings(main: &mut String, article: &Article) {
    main.push_str("<ul class=\"plain\">");
    for heading in article.headings.iter().take(MAX_HEADINGS) {
        let fragment =
            percent_encoding::utf8_percent_encode(&heading.id, percent_encoding::CONTROLS);
        let _ = write!(
            main,
            "<li><a href=\"#{}\">{}</a></li>",
            escape(&fragment.to_string()),
            escape(&one_line(&heading.text, IN_LIST))
        );
    }
    main.push_str("</ul>");
}

fn ask(main: &mut String, view: &View, page: &PageRef) {
    let _ = writeln!(
        main,
        "<section class=\"ask\" aria-labelledby=\"docent-ask\"><h2 id=\"docent-ask\">Ask an assistant about this page</h2>\
         <p>With {} <a href=\"{}\">connected</a>, paste this and add your question:</p>\
         <div class=\"cmd\" data-what=\"the prompt\"><pre><code>Read {} in the documentation, then answer: </code></pre>\
         </div></section>",
        escape(&view.title),
        escape(&view.place.href("/#connect")),
        escape(&one_line(&page.id(), 400))
    );
}

fn next(main: &mut String, view: &View, page: &PageRef) {
    let related = view.holdings.snapshot.related(&page.id());
    let Ok(Some(Related {
        previous,
        next,
        linked_from,
        ..
    })) = related
    else {
        return;
    };
    if !linked_from.is_empty() {
        main.push_str("<h2 id=\"docent-from\">Pages that lead here</h2><ul>");
        for other in &linked_from {
            let _ = write!(
                main,
                "<li><a href=\"{}\">{}</a></li>",
                escape(&route(view, other)),
                escape(&one_line(&other.title, IN_LIST))
            );
        }
        main.push_str("</ul>\n");
    }
    if previous.is_none() && next.is_none() {
        return;
    }
    main.push_str("<nav class=\"pages\" aria-label=\"Next and previous page\">");
    for (rel, other) in [("prev", &previous), ("next", &next)] {
        if let Some(other) = other {
            let _ = write!(
                main,
                "<a href=\"{}\" rel=\"{rel}\">{}</a>",
                escape(&route(view, other)),
                escape(&one_line(&other.title, IN_LIST))
            );
        }
    }
    main.push_str("</nav>\n");
}
