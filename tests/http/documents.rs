//! Pages of documents: where they are, in which forms, and that no document does anything in a browser.

use std::{cell::RefCell, collections::HashSet, fs, io::Read as _, path::Path, sync::Arc};

use docent::{
    config::{DocSet, Generator, Limits, SiteSettings},
    http::Site,
};
use flate2::read::GzDecoder;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use proptest::{prelude::*, sample::select};
use tempfile::TempDir;

use crate::server::{Response, Server, library};

/// A set of these files.
fn set(name: &str, files: &[(&str, &str)]) -> (DocSet, TempDir) {
    let folder = TempDir::new().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let set = DocSet {
        generator: Generator::None,
        ..DocSet::new(name, folder.path())
    };
    (set, folder)
}

fn serving(files: &[(&str, &str)]) -> (Server, TempDir) {
    let (set, folder) = set("guide", files);
    (Server::over(vec![set]), folder)
}

fn asking(server: &Server, path: &str, headers: &[(&str, &str)]) -> Response {
    server.send("GET", path, headers, b"")
}

#[test]
fn a_page_is_there_as_html_and_as_markdown() {
    let (server, _folder) = serving(&[
        ("a.md", "# Alpha\n\nOne *two*.\n\n## Part\n\nThree.\n"),
        (
            "b.html",
            "<title>Beta</title><main><h1>Beta</h1><p>Four.</p><h2>What now?</h2><p>It goes on.</p></main>",
        ),
        ("c.rst", "Gamma\n=====\n\nFive.\n"),
        ("d.1", ".TH D 1\n.SH NAME\nd \\- delta\n"),
        ("e/index.md", "# Epsilon\n\nSix.\n"),
        ("größe/ж 文.md", "# Zeta\n\nSeven.\n"),
    ]);
    for (path, title) in [
        ("/guide/a", "Alpha"),
        ("/guide/b.html", "Beta"),
        ("/guide/c.rst", "Gamma"),
        ("/guide/d.1", "d(1)"),
        ("/guide/e/index", "Epsilon"),
        ("/guide/gr%C3%B6%C3%9Fe/%D0%B6%20%E6%96%87", "Zeta"),
    ] {
        let page = server.get(path);
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(
            page.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        let text = page.text();
        let heading = format!(">{title}</h1>").to_lowercase();
        assert!(text.to_lowercase().contains(&heading), "{text}");
        assert_eq!(text.matches("<h1").count(), 1, "{path}");
        let markdown = server.get(&format!("{path}.md"));
        assert_eq!(markdown.status, 200, "{path}");
        assert_eq!(
            markdown.header("content-type"),
            Some("text/markdown; charset=utf-8")
        );
        let text = markdown.text();
        assert!(text.starts_with("---\ntitle: \""), "{text}");
        assert!(
            text.contains(&format!("url: \"http://localhost{path}\"")),
            "{text}"
        );
        assert!(text.contains("set: \"guide\"\n"), "{text}");
        let negotiated = asking(
            &server,
            path,
            &[("Accept", "text/markdown, text/html;q=0.9")],
        );
        assert_eq!(negotiated.body, markdown.body);
        assert_eq!(
            negotiated.header("content-type"),
            markdown.header("content-type")
        );
        assert_eq!(
            negotiated.header("content-location"),
            Some(format!("{path}.md").as_str())
        );
        let link = page.header("link").unwrap();
        assert_eq!(
            link,
            format!("<http://localhost{path}.md>; rel=\"alternate\"; type=\"text/markdown\"")
        );
        for answer in [&page, &negotiated] {
            assert!(
                answer
                    .headers
                    .iter()
                    .any(|(name, value)| name == "vary" && value.contains("accept,"))
            );
        }
    }
    let page = server.get("/guide/a").text();
    assert!(
        page.contains("<h2 id=\"part\">Part<a class=\"at\" href=\"#part\""),
        "{page}"
    );
    assert!(page.contains("One <em>two</em>."));
    // A heading without a name of its own can be linked to all the same.
    let page = server.get("/guide/b.html").text();
    assert!(
        page.contains("<h2 id=\"docent-h-what-now\">What now?"),
        "{page}"
    );
    assert!(
        page.contains("<li><a href=\"#docent-h-what-now\">What now?</a></li>"),
        "{page}"
    );
}

#[test]
fn of_files_with_one_name_each_is_somewhere() {
    let (server, _folder) = serving(&[
        ("README", "Plain words of the reader.\n"),
        ("README.md", "# Marked\n\nText.\n"),
        (
            "a.html",
            "<title>Built</title><main><h1>Built</h1><p>x</p></main>",
        ),
        // The same page for assistants, as its site has it: no page of its own.
        ("a.html.md", "# Written\n\nText.\n"),
        ("llms.txt", "Not docent's own list of pages.\n"),
    ]);
    for (path, text) in [
        ("/guide/README", "Marked"),
        ("/guide/README.md", "Marked"),
        ("/guide/-/README.html", "Plain words"),
        ("/guide/-/README.html.md", "Plain words"),
        ("/guide/a.html", "Built"),
        ("/guide/llms.txt", "## Pages"),
        ("/guide/-/llms.txt.html", "Not docent"),
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.text().contains(text), "{path}");
    }
}

#[test]
fn what_people_expect_leads_to_the_page() {
    let (server, folder) = serving(&[
        ("guide/setup.md", "# Setup\n\nText.\n"),
        ("guide/_index.md", "# The guide\n\nText.\n"),
        ("tour.mdx", "# Tour\n\nText.\n"),
        ("cafe\u{301}.md", "# Café\n\nText.\n"),
    ]);
    for (path, location) in [
        ("/guide", "/guide/"),
        ("/GUIDE/guide/setup", "/guide/guide/setup"),
        ("/guide/guide", "/guide/guide/"),
        ("/guide/guide/setup/", "/guide/guide/setup"),
        ("/guide/guide/setup.html", "/guide/guide/setup"),
        ("/guide/guide//setup", "/guide/guide/setup"),
        ("/guide/guide/index.html", "/guide/guide/_index"),
        ("/guide/guide/index.md", "/guide/guide/_index.md"),
        ("/guide/guide/README", "/guide/guide/_index"),
        ("/guide/guide/setup.md.md", "/guide/guide/setup.md"),
        ("/guide/tour", "/guide/tour.mdx"),
        ("/guide/tour.md", "/guide/tour.mdx.md"),
        ("/guide/caf%C3%A9", "/guide/cafe%CC%81"),
    ] {
        let answer = server.get(path);
        assert_eq!(
            (answer.status, answer.header("location")),
            (308, Some(location)),
            "{path}"
        );
        assert_eq!(server.get(location).status, 200, "{location}");
    }
    for path in [
        "//evil.example/..",
        "//guide/a",
        "/guide/nothing",
        "/guide/guide/setup/more",
        "/guide/../guide/setup",
        "/guide/%2e%2e/%2e%2e/etc/passwd",
        "/guide/..%2f..%2fetc/passwd",
        "/guide/guide%2Fsetup",
        "/guide/%00",
        "/guide/%FF",
        "/nothing/guide/setup",
        "/guide/-/",
        "/guide/?part=0",
        "/guide/?part=2",
        &format!("/guide/{}", "a".repeat(20_000)),
        &format!("/guide/{}", "a/".repeat(10_000)),
    ] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
    let published = DocSet {
        base_url: Some("https://docs.example.com/handbook/".to_owned()),
        generator: Generator::Docusaurus,
        ..DocSet::new("site", folder.path())
    };
    fs::write(
        folder.path().join("01-first.md"),
        "# First\n\n[Setup](guide/setup.md)\n",
    )
    .unwrap();
    let server = Server::over(vec![published]);
    assert_eq!(
        server.get("/site/first").header("location"),
        Some("/site/01-first")
    );
    let page = server.get("/site/01-first").text();
    assert!(
        page.contains("<link rel=\"canonical\" href=\"https://docs.example.com/handbook/first\">"),
        "{page}"
    );
    assert!(page.contains("<a href=\"https://docs.example.com/handbook/first\" rel=\"external\">"));
    let markdown = server.get("/site/01-first.md");
    assert!(
        markdown
            .text()
            .contains("[Setup](http://localhost/site/guide/setup.md)"),
        "{}",
        markdown.text()
    );
    assert_eq!(
        markdown.header("link"),
        Some("<https://docs.example.com/handbook/first>; rel=\"canonical\"")
    );
}

#[test]
fn a_folder_is_a_table_of_contents() {
    let (server, _folder) = serving(&[
        ("a.md", "# Alpha\n\nText.\n"),
        ("b/index.md", "# Beta & 'co'\n\nText.\n"),
        ("b/c.md", "# Gamma\n\nText.\n"),
        ("b/d/e.md", "# Delta\n\nText.\n"),
    ]);
    let root = server.get("/guide/").text();
    for link in [
        "/guide/a",
        "/guide/b/",
        "/guide/b/c",
        "/guide/b/d/",
        "/guide/llms.txt",
    ] {
        assert!(root.contains(&format!("href=\"{link}\"")), "{link}: {root}");
    }
    assert!(root.contains(">Beta &amp; &#39;co&#39;</a>"), "{root}");
    let below = server.get("/guide/b/").text();
    assert!(
        below.contains("<h1>Beta &amp; &#39;co&#39;</h1>"),
        "{below}"
    );
    assert!(below.contains("href=\"/guide/b/index\"") && below.contains("href=\"/guide/b/d/e\""));
    let markdown = asking(&server, "/guide/b/", &[("Accept", "text/markdown")]).text();
    assert!(
        markdown.contains("- [Gamma](http://localhost/guide/b/c.md)"),
        "{markdown}"
    );
    assert!(
        markdown.contains("- [d (1 page)](http://localhost/guide/b/d/)"),
        "{markdown}"
    );
}

#[test]
fn a_large_folder_comes_in_parts() {
    let files: Vec<(String, String)> = (0..1_200)
        .map(|number| {
            (
                format!("p{number:04}.md"),
                format!("# Page {number}\n\nText.\n"),
            )
        })
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (&**path, &**text))
        .collect();
    let (server, _folder) = serving(&files);
    let mut seen = HashSet::new();
    for part in 1..=3 {
        let text = server.get(&format!("/guide/?part={part}")).text();
        assert!(text.len() < 200_000);
        seen.extend(
            links_of(&text)
                .into_iter()
                .filter(|link| link.starts_with("/guide/p")),
        );
        assert_eq!(
            text.contains(&format!("?part={}\" rel=\"next\"", part + 1)),
            part < 3
        );
    }
    assert_eq!(seen.len(), 1_200);
    assert_eq!(server.get("/guide/?part=4").status, 404);
    // A list of all pages has as many as fit.
    let list = server.get("/llms.txt").text();
    assert!(list.len() < 50_000 && list.len() > 40_000);
    assert!(list.contains("/guide/): 1200 pages"), "{list}");
    assert_eq!(
        server.get("/sitemap.xml").text().matches("<loc>").count(),
        1_202
    );
}

#[test]
fn whoever_has_it_is_not_sent_it_again() {
    let text = format!("# Alpha\n\n{}", "Some words about it. ".repeat(400));
    let (server, folder) = serving(&[("a.md", &text)]);
    let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_600_000_000);
    let file = fs::File::options()
        .append(true)
        .open(folder.path().join("a.md"))
        .unwrap();
    file.set_modified(long_ago).unwrap();
    let (set, _) = (
        DocSet {
            generator: Generator::None,
            ..DocSet::new("guide", folder.path())
        },
        server,
    );
    let server = Server::over(vec![set]);
    let mut tags = HashSet::new();
    for (path, headers) in [
        ("/guide/a", &[][..]),
        ("/guide/a", &[("Accept-Encoding", "br, gzip")][..]),
        ("/guide/a.md", &[]),
        ("/guide/a.md", &[("Accept-Encoding", "gzip")]),
        ("/llms.txt", &[]),
        ("/guide/", &[]),
    ] {
        let whole = asking(&server, path, headers);
        assert_eq!(whole.status, 200);
        let tag = whole.header("etag").unwrap();
        assert!(
            tag.starts_with('"') && tags.insert(tag.to_owned()),
            "{path}: {tag}"
        );
        assert_eq!(whole.header("cache-control"), Some("no-cache"));
        let is_page = path.contains("/a");
        assert_eq!(
            whole.header("last-modified"),
            is_page.then_some("Sun, 13 Sep 2020 12:26:40 GMT")
        );
        let mut body = whole.body.clone();
        if !headers.is_empty() {
            assert_eq!(whole.header("content-encoding"), Some("gzip"));
            assert!(body.len() < text.len() / 2);
            body.clear();
            GzDecoder::new(&whole.body[..])
                .read_to_end(&mut body)
                .unwrap();
        }
        assert!(!body.is_empty());
        let head = server.send("HEAD", path, headers, b"");
        assert_eq!((head.status, head.body.len()), (200, 0));
        for name in [
            "etag",
            "last-modified",
            "content-length",
            "content-type",
            "content-encoding",
        ] {
            assert_eq!(head.header(name), whole.header(name), "{path} {name}");
        }
        let mut again = headers.to_vec();
        again.push(("If-None-Match", tag));
        let again = asking(&server, path, &again);
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        assert_eq!(again.header("etag"), Some(tag));
        assert_eq!(again.header("vary"), whole.header("vary"));
        // A browser takes the policy of this answer for that of the page which it has.
        let policy = "content-security-policy";
        assert!(
            again
                .header(policy)
                .is_none_or(|again| Some(again) == whole.header(policy)),
            "{path}"
        );
        let mut since = headers.to_vec();
        since.push(("If-Modified-Since", "Sun, 13 Sep 2020 12:26:40 GMT"));
        assert_eq!(
            asking(&server, path, &since).status,
            if is_page { 304 } else { 200 }
        );
        since.push(("If-None-Match", "\"another\""));
        assert_eq!(asking(&server, path, &since).status, 200);
    }
    // Only pages are compressed: assistants read answers as they come.
    for path in ["/healthz", "/sitemap.xml"] {
        let small = asking(&server, path, &[("Accept-Encoding", "gzip")]);
        assert_eq!(small.header("content-encoding"), None);
    }
    let list = br#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
    let answer = server.post(&[("Accept-Encoding", "gzip")], list);
    assert!(answer.body.len() > 2_000);
    assert_eq!(answer.header("content-encoding"), None);
}

#[test]
fn lists_for_machines_name_every_page() {
    let (one, _one) = set(
        "one",
        &[
            (
                "a.md",
                "---\ndescription: How it\n  begins.\n---\n# Alpha [1]\n\n[Beta](b.md)\n",
            ),
            ("b.md", "# Beta\n\nText.\n"),
        ],
    );
    let (two, _two) = set("two", &[("c.md", "# Gamma\n\nText.\n")]);
    let two = DocSet {
        base_url: Some("https://docs.example.com/two/".to_owned()),
        ..two
    };
    let server = Server::over(vec![one, two]);
    let list = server.get("/llms.txt");
    assert_eq!(
        list.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    let text = list.text();
    assert!(text.starts_with("# ") && text.contains("\n> "), "{text}");
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what}: {text}"));
    assert!(
        at("[Beta](http://localhost/one/b.md)")
            < at("[Alpha \\[1\\]](http://localhost/one/a.md): How it begins.")
    );
    at("- [Gamma](http://localhost/two/c.md)");
    let full = server.get("/llms-full.txt").text();
    for text in [
        "# Alpha [1]\n\nSource: <http://localhost/one/a>\n",
        "# Gamma\n\nSource: <https://docs.example.com/two/c.md>",
    ] {
        assert!(full.contains(text), "{full}");
    }
    let packed = asking(&server, "/llms-full.txt", &[("Accept-Encoding", "gzip")]);
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    let robots = server.get("/robots.txt").text();
    assert!(
        robots.contains("Sitemap: http://localhost/sitemap.xml\n"),
        "{robots}"
    );
    let sitemap = server.get("/sitemap.xml");
    assert_eq!(
        sitemap.header("content-type"),
        Some("application/xml; charset=utf-8")
    );
    let text = sitemap.text();
    assert!(text.contains("<loc>http://localhost/one/a</loc>"), "{text}");
    // What is published elsewhere is listed there.
    assert!(!text.contains("/two/"), "{text}");
}

#[test]
fn without_a_site_there_are_no_pages() {
    let (library, _cache) = library::handbook();
    let mut app = Server::app(library);
    app.site = SiteSettings {
        enabled: false,
        ..SiteSettings::default()
    };
    let server = Server::serving(Arc::new(Site::new(&app, Limits::default())));
    for path in [
        "/guide/",
        "/guide/install",
        "/guide/install.md",
        "/llms.txt",
        "/llms-full.txt",
        "/robots.txt",
        "/sitemap.xml",
    ] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn below_a_path_everything_leads_below_it() {
    let (guide, _folder) = set(
        "guide",
        &[
            ("a.md", "# Alpha\n\n[Beta](b/c.md#x) [b](b/)\n"),
            ("b/c.md", "# Beta\n\n[Alpha](../a.md)\n"),
        ],
    );
    let (library, _cache) = library::of(vec![guide]);
    let mut app = Server::app(library);
    app.url = Some("https://docs.example.com/below".parse().unwrap());
    let server = Server::serving(Arc::new(Site::new(&app, Limits::default())));
    for path in ["/guide/a", "/guide/", "/guide/b/", "/guide/b/c"] {
        for at in [path.to_owned(), format!("/below{path}")] {
            let page = server.get(&at);
            assert_eq!(page.status, 200, "{at}");
            for link in links_of(&page.text()) {
                let is_below = link.starts_with("/below/") || link.starts_with('#');
                assert!(is_below || link.starts_with("https://"), "{link} at {at}");
            }
        }
    }
    let page = server.get("/guide/a");
    assert!(
        page.text()
            .contains("<a href=\"/below/guide/b/c#x\">Beta</a>")
    );
    let markdown = server.get("/guide/a.md").text();
    assert!(
        markdown.contains("[Beta](https://docs.example.com/below/guide/b/c.md#x)"),
        "{markdown}"
    );
    assert_eq!(
        server.get("/guide").header("location"),
        Some("/below/guide/")
    );
    for list in [
        "/llms.txt",
        "/guide/llms.txt",
        "/sitemap.xml",
        "/robots.txt",
        "/llms-full.txt",
    ] {
        assert!(
            server
                .get(list)
                .text()
                .contains("https://docs.example.com/below/"),
            "{list}"
        );
    }
}

/// What a page may load: docent's own.
const HOSTILE: &str = include_str!("hostile.md");

#[test]
fn a_hostile_document_does_nothing() {
    let html = format!(
        "<!doctype html><title>\"><script>alert(0)</script></title><body><main><h1>Hostile</h1>{}</main>",
        HOSTILE.split("<!-- html -->").nth(1).unwrap()
    );
    let (server, _folder) = serving(&[
        ("a.md", HOSTILE),
        ("b.html", &html),
        (
            "c\"><img src=x onerror=alert(1)>.md",
            "# \"><script>alert(1)</script>\n\n<script>alert(2)</script>\n\nText.\n",
        ),
        (
            "d.md",
            "---\ntitle: \"</title><script>alert(1)</script>\"\ndescription: \"\\\"><script>x</script>\"\n---\n\nText.\n",
        ),
    ]);
    for path in [
        "/guide/a",
        "/guide/b.html",
        "/guide/",
        "/guide/d",
        "/guide/c%22%3E%3Cimg%20src%3Dx%20onerror%3Dalert%281%29%3E",
    ] {
        let page = server.get(path);
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(
            page.header("content-security-policy"),
            Some(
                "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                 form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
            )
        );
        harmless(&page.text());
    }
    for path in [
        "/guide/a.md",
        "/guide/b.html.md",
        "/llms.txt",
        "/llms-full.txt",
    ] {
        let text = server.get(path);
        assert!(
            text.header("content-type").unwrap().starts_with("text/"),
            "{path}"
        );
        assert_ne!(
            text.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        assert_eq!(text.header("x-content-type-options"), Some("nosniff"));
    }
}

#[test]
fn a_huge_document_is_cut_and_said_to_be() {
    let table = format!("# Table\n\n|a|\n|-|\n{}", "|b|\n".repeat(200_000));
    let deep = format!("# Deep\n\n{} text\n", "> ".repeat(5_000));
    let list = format!(
        "# List\n\n{}",
        (0..400)
            .map(|depth| format!("{}- x\n", "  ".repeat(depth)))
            .collect::<String>()
    );
    let links = format!(
        "# Links\n\n{}",
        (0..12_000)
            .map(|n| format!("[a](nothing-{n}.md) "))
            .collect::<String>()
    );
    let (server, _folder) = serving(&[
        ("t.md", &table),
        ("d.md", &deep),
        ("l.md", &list),
        ("k.md", &links),
    ]);
    for (path, is_cut) in [
        ("/guide/t", true),
        ("/guide/d", false),
        ("/guide/l", false),
        ("/guide/k", false),
    ] {
        let page = server.get(path);
        assert_eq!(page.status, 200, "{path}");
        let text = page.text();
        assert!(text.len() < 6 << 20, "{path}: {}", text.len());
        assert_eq!(
            text.contains("too long to be shown whole"),
            is_cut,
            "{path}"
        );
        harmless(&text);
    }
    assert!(server.get("/guide/t.md").body.len() > 800_000);
}

#[test]
fn links_lead_to_pages_that_are_there() {
    let (server, _folder) = serving(&[
        (
            "a/b.md",
            "# From\n\n[1](c.md) [2](./c.md#part) [3](../top.md) [4](/top) [5](#here) [6](missing.md) [7](d/) [8](c) \
             [9](https://example.com/x?y=(1)#z) [10](mailto:a@example.com) [11](//example.com/p) [12](ftp://example.com/) \
             [13](../a/) ![picture](x.png) [![badge](x.svg)](c.md) [![](y.png)](c.md)\n\n[ref]: c.md\n\n[14][ref] <https://example.org/>\n",
        ),
        ("a/c.md", "# To\n\n## Part\n\nText.\n"),
        ("a/d/index.md", "# Folder\n\nText.\n"),
        ("top.md", "# Top\n\nText.\n"),
    ]);
    let page = server.get("/guide/a/b").text();
    for link in [
        "<a href=\"/guide/a/c\">1</a>",
        "<a href=\"/guide/a/c#part\">2</a>",
        "<a href=\"/guide/top\">3</a>",
        "<a href=\"/guide/top\">4</a>",
        "<a href=\"#here\">5</a>",
        " 6 ",
        "<a href=\"/guide/a/d/index\">7</a>",
        "<a href=\"/guide/a/c\">8</a>",
        "<a href=\"https://example.com/x?y=%281%29#z\" rel=\"external\">9</a>",
        "<a href=\"mailto:a@example.com\" rel=\"external\">10</a>",
        "<a href=\"https://example.com/p\" rel=\"external\">11</a>",
        " 12",
        "<a href=\"/guide/a/\">13</a>",
        " picture ",
        "<a href=\"/guide/a/c\">badge</a>",
        "<a href=\"/guide/a/c\">14</a>",
        "<a href=\"https://example.org/\" rel=\"external\">https://example.org/</a>",
    ] {
        assert!(page.contains(link), "{link}: {page}");
    }
    let markdown = server.get("/guide/a/b.md").text();
    for link in [
        "[1](http://localhost/guide/a/c.md)",
        "[2](http://localhost/guide/a/c.md#part)",
        "[5](#here)",
        " 6 ",
        "[13](http://localhost/guide/a/)",
        "[badge](http://localhost/guide/a/c.md)",
        "[14](http://localhost/guide/a/c.md)",
        "<https://example.org/>",
    ] {
        assert!(markdown.contains(link), "{link}: {markdown}");
    }
}

/// The tags of a page.
#[derive(Default)]
struct Tags(RefCell<Vec<Tag>>);

impl TokenSink for Tags {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        if let Token::TagToken(tag) = token
            && tag.kind == TagKind::StartTag
        {
            self.0.borrow_mut().push(tag);
        }
        TokenSinkResult::Continue
    }
}

fn tags(page: &str) -> Vec<Tag> {
    let input = BufferQueue::default();
    input.push_back(page.into());
    let tokenizer = Tokenizer::new(Tags::default(), TokenizerOpts::default());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

fn links_of(page: &str) -> Vec<String> {
    let tags = tags(page);
    let anchors = tags.iter().filter(|tag| &*tag.name == "a");
    anchors.filter_map(|tag| attribute(tag, "href")).collect()
}

fn attribute(tag: &Tag, name: &str) -> Option<String> {
    let found = tag
        .attrs
        .iter()
        .find(|attribute| &*attribute.name.local == name);
    found.map(|attribute| attribute.value.to_string())
}

/// Nothing in a page is anything but docent's own frame and plain text.
pub(crate) fn harmless(page: &str) {
    const KNOWN: &str = "a article aside b blockquote body br button code dd del details div dl dt em footer form h1 h2 h3 h4 \
         h5 h6 head header hr html input label li link main meta nav ol p pre script section span strong sub summary sup \
         table tbody td th thead time title tr ul";
    let known: HashSet<&str> = KNOWN.split_whitespace().collect();
    let mut ids = HashSet::new();
    let mut scripts = 0;
    for tag in tags(page) {
        let name = &*tag.name;
        assert!(known.contains(name), "{tag:?}");
        if let Some(id) = attribute(&tag, "id") {
            assert!(ids.insert(id), "twice: {tag:?}");
        }
        for attribute in &tag.attrs {
            let of = &*attribute.name.local;
            assert!(
                !of.starts_with("on") && of != "style" && of != "srcdoc",
                "{tag:?}"
            );
            if matches!(of, "href" | "src" | "action") {
                let value = &*attribute.value;
                let is_own = value.starts_with('/') && !value.starts_with("//");
                let is_link = name == "a" || attribute_is(&tag, "rel", &["canonical", "alternate"]);
                let leads_out = ["https://", "http://", "mailto:", "#"]
                    .iter()
                    .any(|start| value.starts_with(start));
                assert!(is_own || is_link && leads_out, "{tag:?}");
            }
        }
        match name {
            "script" => scripts += 1,
            "form" => assert_eq!(attribute(&tag, "action").as_deref(), Some("/search")),
            "input" => assert!(attribute_is(&tag, "name", &["q", "set"]), "{tag:?}"),
            "meta" => assert!(
                attribute(&tag, "charset").is_some()
                    || attribute_is(&tag, "name", &["viewport", "description", "robots"]),
                "{tag:?}"
            ),
            "link" => assert!(
                attribute_is(
                    &tag,
                    "rel",
                    &["stylesheet", "icon", "canonical", "alternate"]
                ),
                "{tag:?}"
            ),
            _ => {}
        }
    }
    assert_eq!(scripts, 1, "{page}");
}

fn attribute_is(tag: &Tag, name: &str, values: &[&str]) -> bool {
    attribute(tag, name).is_some_and(|value| values.contains(&&*value))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever a document is made of, it does nothing.
    #[test]
    fn no_document_does_anything(
        parts in prop::collection::vec(
            prop_oneof![
                select(vec![
                    "<script>", "</script>", "<svg/onload=", "<iframe src=", "javascript:alert(1)", "data:text/html,",
                    "[a](", ")", "![", "](", "<", ">", "\"", "'", "&#x6a;", "&lt;", "\n\n", "\n", "# ", "## x {#main}\n",
                    "{#q}", "|a|\n|-|\n|b|\n", "```\n", "~~~html\n", "> ", "- ", "1. ", "`", "**", "<!--", "-->", "<a href=",
                    "<https://x>", "<javascript:x>", "[x]: javascript:y\n", "[x]", "[^1]", "[^1]: note\n", "\\", "\u{0}",
                    "<style>*{}", "<base href=//x>", "<p id=main>", "&", " ", "\t", "ref:a:b", "vbscript:", "//evil.example",
                ]).prop_map(str::to_owned),
                "\\PC{0,8}",
            ],
            0..60,
        ),
    ) {
        let text = format!("# Title\n\nA page.\n\n{}", parts.concat());
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("a.md"), &text).unwrap();
        fs::write(folder.path().join("b.html"), format!("<title>x</title><main><p>Words.</p>{text}</main>")).unwrap();
        let (server, _folder) = (Server::over(vec![DocSet::new("guide", folder.path())]), folder);
        for path in ["/guide/a", "/guide/b.html"] {
            let page = server.get(path);
            if page.status == 200 {
                harmless(&page.text());
            }
            prop_assert!(matches!(page.status, 200 | 404), "{}", page.status);
        }
    }
}

/// A page's path is no way out of the documents.
#[test]
fn nothing_but_pages_is_served() {
    let (server, folder) = serving(&[
        ("a.md", "# Alpha\n\nText.\n"),
        (".env.md", "# Secret\n\nkey\n"),
    ]);
    fs::write(folder.path().join("b.bin"), "secret").unwrap();
    assert!(Path::new("/etc/passwd").exists());
    for path in [
        "/guide/b.bin",
        "/guide/.env",
        "/guide/.env.md",
        "/guide//etc/passwd",
        "/guide/a.md/..",
        "/etc/passwd",
    ] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
}
