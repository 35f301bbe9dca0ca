//! `/`: what is served here and how to connect to it, for people.

use std::{fmt::Write as _, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use rmcp::transport::common::server_side_http::session_id;

use super::app::Side;
use crate::{
    mcp::{Library, setups},
    search::SetSummary,
};

/// What is shown, and where.
pub(super) struct Page {
    documents: Arc<Library>,
    side: Side,
}

impl Page {
    pub(super) fn new(documents: Arc<Library>, side: Side) -> Self {
        Self { documents, side }
    }
}

/// `GET /`.
pub(super) async fn show(State(shown): State<Arc<Page>>, request: Request) -> Response {
    // The guard has let this name through, so it is one of docent's own.
    let host = request
        .uri()
        .authority()
        .map(ToString::to_string)
        .or_else(|| {
            let host = request.headers().get(header::HOST)?;
            host.to_str().ok().map(ToOwned::to_owned)
        })
        .unwrap_or_else(|| "localhost".to_owned());
    // Drawn for each answer; a UUID is all letters, digits and dashes.
    let nonce = session_id();
    let holdings = shown.documents.current();
    let scheme = match shown.side {
        Side::Plain => "http",
        Side::Https => "https",
    };
    let page = render(
        &format!("{scheme}://{host}"),
        holdings.snapshot.sets(),
        &nonce,
    );
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    );
    let mut response = Html(page).into_response();
    if let Ok(policy) = HeaderValue::try_from(policy) {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    }
    response
}

const STYLE: &str = ":root{color-scheme:light dark}\
    body{font:1rem/1.55 system-ui,sans-serif;max-width:46rem;margin:0 auto;padding:2rem 1rem 4rem}\
    h1{font-size:1.75rem;line-height:1.2;margin:0 0 .5rem}h2{font-size:1.25rem;margin:2.25rem 0 .5rem}\
    h3{font-size:1rem;margin:1.5rem 0 .25rem}\
    code,pre{font-family:ui-monospace,monospace;font-size:.9em}\
    pre{padding:.75rem 1rem;overflow-x:auto;border:1px solid #8886;border-radius:.4rem;\
    background:#8881}\
    dt{font-weight:600;margin-top:.75rem}dd{margin:0}small{opacity:.8}";

fn render(base: &str, sets: &[SetSummary], nonce: &str) -> String {
    let mut page = String::with_capacity(8 * 1024);
    let pages = count(sets.iter().map(|set| set.pages).sum(), "page");
    let sections = count(sets.iter().map(|set| set.sections).sum(), "section");
    let mcp = escaped(&format!("{base}/mcp"));
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Documentation for assistants</title>\n\
         <style nonce=\"{nonce}\">{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>Documentation for assistants</h1>\n\
         <p>This server puts documentation in front of AI assistants over \
         <abbr title=\"Model Context Protocol\">MCP</abbr>: {pages} in {sections}. \
         Connect your assistant to</p>\n<pre><code>{mcp}</code></pre>\n\
         <h2>What is served</h2>\n<dl>\n"
    );
    for set in sets {
        let _ = write!(
            page,
            "<dt>{} <small>({})</small></dt>\n<dd>",
            escaped(&set.name),
            count(set.pages, "page")
        );
        for text in set.description.iter().chain(&set.first_title) {
            let _ = write!(page, "{}<br>", escaped(text));
        }
        let about = set.topics.iter().chain(set.headlines.iter().take(8));
        let about: Vec<String> = about.map(|it| escaped(it)).collect();
        if !about.is_empty() {
            let _ = write!(page, "<small>{}</small>", about.join(" · "));
        }
        page.push_str("</dd>\n");
    }
    page.push_str("</dl>\n<h2>How to connect</h2>\n");
    for (assistant, note, command) in ways(base) {
        let _ = write!(
            page,
            "<h3>{assistant}</h3>\n{note}<pre><code>{command}</code></pre>\n"
        );
    }
    let _ = write!(
        page,
        "<h2>The tools</h2>\n<dl>\n\
         <dt><code>search</code></dt><dd>Finds the passages that answer, with their page's URL.</dd>\n\
         <dt><code>read</code></dt><dd>Returns a page, or one of its sections, as Markdown.</dd>\n\
         <dt><code>browse</code></dt><dd>Lists folders and pages, as a table of contents.</dd>\n\
         </dl>\n</main>\n<footer>\n<p><small>docent {}</small></p>\n</footer>\n</body>\n</html>\n",
        env!("CARGO_PKG_VERSION")
    );
    page
}

/// "1 page", "1168 pages".
fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// The assistants, with a note and what to type or paste, as HTML.
fn ways(base: &str) -> Vec<(&'static str, String, String)> {
    let mcp = format!("{base}/mcp");
    let mut ways: Vec<_> = setups(&mcp)
        .into_iter()
        .map(|setup| {
            let note = setup.files.map_or_else(String::new, |[own, project]| {
                format!("<p>In <code>{own}</code> or the project's <code>{project}</code>:</p>\n")
            });
            (setup.assistant, note, escaped(&setup.text))
        })
        .collect();
    let web = "<p>Add a custom connector in the settings and give it this address. It has to be \
               reachable from the internet over HTTPS.</p>\n";
    let web = (
        "Claude and ChatGPT, on the web and the desktop",
        web.to_owned(),
        escaped(&mcp),
    );
    let older = "<p>Those that know only the HTTP+SSE transport connect to:</p>\n";
    let older = (
        "Older clients",
        older.to_owned(),
        escaped(&format!("{base}/sse")),
    );
    ways.extend([web, older]);
    ways
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_its_address_and_escapes_what_documents_say() {
        let sets = [SetSummary {
            name: "pg".into(),
            description: Some("All <about> \"PostgreSQL\"".into()),
            topics: vec!["backup & restore".into()],
            pages: 1_168,
            sections: 9_000,
            title: None,
            first_title: Some("<script>alert(1)</script>".into()),
            headlines: vec!["<script>alert(2)</script>".into()],
        }];
        let page = render("http://localhost:8080", &sets, "n0nce");
        assert!(page.contains("claude mcp add --transport http docent http://localhost:8080/mcp"));
        assert!(page.contains("1168 pages in 9000 sections"));
        assert!(page.contains("<small>(1168 pages)</small>"));
        assert!(page.contains("All &lt;about&gt; &quot;PostgreSQL&quot;"));
        assert!(page.contains("backup &amp; restore"));
        assert!(page.contains("&lt;script&gt;alert(1)") && page.contains("&lt;script&gt;alert(2)"));
        assert!(!page.contains("<script"));
        assert!(page.contains("<style nonce=\"n0nce\">"));
        let one = SetSummary {
            pages: 1,
            sections: 1,
            ..sets[0].clone()
        };
        let page = render("http://localhost:8080", &[one], "n0nce");
        assert!(page.contains("1 page in 1 section."));
        assert!(page.contains("<small>(1 page)</small>"));
        for setup in setups("http://localhost:8080/mcp") {
            assert!(page.contains(&escaped(&setup.text)), "{}", setup.assistant);
        }
    }
}
