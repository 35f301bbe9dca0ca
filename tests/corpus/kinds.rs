//! What pages are for: those that generators make of others are left out, what lists pages is served as such.

use docent::{
    config::{DocSet, SearchSettings},
    corpus::{Kind, Skip},
    search::Store,
};
use std::{collections::BTreeMap, fs};
use tempfile::TempDir;

struct Docs {
    root: TempDir,
    cache: TempDir,
}

impl Docs {
    fn of(files: &[(&str, &str)]) -> Self {
        let docs = Self {
            root: tempfile::tempdir().expect("a folder"),
            cache: tempfile::tempdir().expect("a folder"),
        };
        for (path, text) in files {
            let path = docs.root.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a document");
        }
        docs
    }

    /// Why each file is not served.
    fn skipped(&self) -> BTreeMap<String, Skip> {
        let root = fs::canonicalize(self.root.path()).expect("the folder");
        let set = DocSet::new("docs", root);
        let store =
            Store::new(self.cache.path(), vec![set], SearchSettings::default()).expect("a store");
        let (_, report) = store.update(false, &|_| ()).expect("an index");
        let skipped = report.sets.into_iter().flat_map(|set| set.skipped);
        skipped.map(|file| (file.path, file.reason)).collect()
    }
}

fn made_by(generator: &str, title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html><html><head><title>{title}</title><meta name=\"generator\" content=\"{generator}\"/></head><body>{body}</body></html>"
    )
}

/// All of these are left out.
fn assert_generated(files: &[(&str, String)]) {
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (*path, text.as_str()))
        .collect();
    let skipped = Docs::of(&files).skipped();
    for (path, _) in files {
        assert_eq!(skipped.get(path), Some(&Skip::Generated), "{path}");
    }
}

/// All of these are served.
fn assert_served(files: &[(&str, String)]) {
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (*path, text.as_str()))
        .collect();
    assert_eq!(Docs::of(&files).skipped(), BTreeMap::new());
}

#[test]
fn listings_of_source_code_are_left_out() {
    let numbered: String = (1..40).map(|n| format!("<a name=\"line.{n}\"></a><span class=\"sourceLineNo\">{n:03}</span>int field{n} = {n};\n")).collect();
    let lines: String = (1..40)
        .map(|n| format!("<span id=\"L{n}\">let value{n} = {n};</span>\n"))
        .collect();
    assert_generated(&[
        ("pool_8h_source.html", made_by("Doxygen 1.9.4", "pool.h Source File", "<div class=\"headertitle\"><div class=\"title\">pool.h</div></div><div class=\"contents\"><div class=\"fragment\"><div class=\"line\"><a id=\"l00001\"></a><span class=\"lineno\">1</span>int pool;</div></div></div>")),
        ("src/Data-Pool.html", "<html><body><pre><span class=\"hs-keyword\">module</span> <span class=\"hs-identifier\">Data.Pool</span> <span class=\"hs-keyword\">where</span></pre></body></html>".to_owned()),
        ("src-html/Pool.html", format!("<html><head><title>Source code</title></head><body><main><div class=\"source-container\"><pre>{numbered}</pre></div></main></body></html>")),
        ("code/pool.js.html", format!("<html><head><title>pool.js</title></head><body><h1>pool.js</h1><pre>{lines}</pre></body></html>")),
        ("api/pool.html", "<html><head><title>acme.pool</title></head><body><div role=\"main\"><h1>Source code for acme.pool</h1><div class=\"highlight\"><pre><div class=\"viewcode-block\"><a class=\"viewcode-back\" href=\"../pool.html\">[docs]</a>class Pool: pass</div></pre></div></div></body></html>".to_owned()),
    ]);
}

#[test]
fn indices_are_left_out() {
    let entries = |page: &str| {
        (0..8).map(|n| format!("<tr><td><a href=\"{page}.html#entry-{n}\">entry {n}</a>:</td><td><a href=\"{page}.html\">Pools</a></td></tr>")).collect::<String>()
    };
    assert_generated(&[
        (
            "Concept-Index.html",
            made_by(
                "texi2any",
                "Concept Index (Acme)",
                &format!(
                    "<h2 class=\"unnumbered\">Concept Index</h2><table>{}</table>",
                    entries("pool")
                ),
            ),
        ),
        (
            "Function-Index.html",
            made_by(
                "makeinfo",
                "Function Index (Acme)",
                &format!("<h2>Function Index</h2><table>{}</table>", entries("pool")),
            ),
        ),
        (
            "doc-index-P.html",
            format!(
                "<html><head><title>acme: pools (Index - P)</title></head><body><div id=\"package-header\"><span class=\"caption\">acme</span></div><div id=\"content\"><div id=\"index\"><p class=\"caption\">Index - P</p><table>{}</table></div></div></body></html>",
                entries("Data-Pool")
            ),
        ),
        (
            "api-index-full.html",
            made_by(
                "GTK-Doc V1.33 (XML mode)",
                "API Index: Acme",
                &format!(
                    "<div class=\"index\"><table>{}</table></div>",
                    entries("AcmePool")
                ),
            ),
        ),
        (
            "ix01.html",
            made_by(
                "DocBook XSL Stylesheets",
                "Index",
                &format!(
                    "<div class=\"index\"><h1>Index</h1><table>{}</table></div>",
                    entries("ch01")
                ),
            ),
        ),
        (
            "functions_p.html",
            made_by(
                "Doxygen 1.9.4",
                "Class Members",
                "<div class=\"contents\"><ul><li>pool() : <a class=\"el\" href=\"classPool.html#a1\">Pool</a></li></ul></div>",
            ),
        ),
        (
            "classes.html",
            made_by(
                "Doxygen 1.9.4",
                "Class Index",
                "<div class=\"contents\"><a class=\"el\" href=\"classPool.html\">Pool</a></div>",
            ),
        ),
        (
            "tags/pools/index.html",
            made_by(
                "Hugo 0.120",
                "pools",
                "<main><h1>pools</h1><ul><li><a href=\"/posts/a/\">All of pools</a></li><li><a href=\"/posts/b/\">More of them</a></li></ul></main>",
            ),
        ),
        (
            "404.html",
            made_by(
                "Jekyll",
                "Not found",
                "<main><h1>404</h1><p>This page does not exist.</p></main>",
            ),
        ),
        (
            "_print/index.html",
            made_by(
                "Hugo",
                "Everything",
                "<main><h1>Everything</h1><p>All pages at once.</p></main>",
            ),
        ),
    ]);
}

#[test]
fn pages_that_say_something_stay() {
    let code: String = (1..40)
        .map(|n| format!("<span id=\"L{n}\">let value{n} = {n};</span>\n"))
        .collect();
    let words = "The pool holds workers until a job takes one of them. ".repeat(30);
    assert_served(&[
        ("tutorial.html", format!("<html><head><title>Tutorial</title></head><body><h1>Tutorial</h1><p>{words}</p><pre>{code}</pre></body></html>")),
        ("database-index.html", format!("<html><head><title>The index of a table</title></head><body><h1>The index of a table</h1><p>{words} See <a href=\"a.html#b\">there</a> and <a href=\"c.html#d\">there</a>.</p></body></html>")),
        ("pool-example.html", made_by("Doxygen 1.9.4", "pool.cpp", &format!("<main><p>{words}</p><div class=\"fragment\"><div class=\"line\">int x;</div></div></main>"))),
        ("annotated.html", made_by("Doxygen 1.9.4", "Class List", "<main><p>Here are the classes with brief descriptions:</p><table><tr><td><a href=\"classPool.html\">Pool</a></td><td>Holds workers</td></tr></table></main>")),
        ("tags/index.html", made_by("Sphinx", "Tags", &format!("<main><h1>Tags</h1><p>{words}</p></main>"))),
        ("00Index.html", "<html><head><title>R: Acme</title></head><body><h1>Acme</h1><table><tr><td><a href=\"pool.html\">pool</a></td><td>Makes a pool of workers</td></tr></table></body></html>".to_owned()),
    ]);
}

#[test]
fn pages_that_list_others_are_listings() {
    let of = |path: &str, text: &str| Kind::of(path, [text].into_iter());
    let list =
        "# Pools\n\n- [make](make.md)\n- [take](take.md)\n- [give](give.md)\n- [close](close.md)\n";
    assert_eq!(of("pools.md", list), Kind::Listing);
    assert_eq!(of("docs/llms.txt", "# Acme\n\n> Queues.\n"), Kind::Listing);
    assert_eq!(of("CHANGELOG.md", list), Kind::ChangeLog);
    assert_eq!(
        of("pools.md", "# Pools\n\nA pool holds workers.\n"),
        Kind::Page
    );
}
