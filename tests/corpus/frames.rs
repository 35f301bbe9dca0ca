//! What the pages of a set have around their text is left out of them, and what they are called.

use super::listed::list;
use docent::{
    config::DocSet,
    corpus::{Document, Frame, PrivatePaths, Sample, Site, convert},
};
use std::{collections::BTreeMap, fs};

/// The documents of a set of these files, by path.
fn read(files: &[(String, String)]) -> BTreeMap<String, Document> {
    let root = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let root = fs::canonicalize(root.path()).map(|path| (root, path));
    let (_root, path) = root.expect("the folder");
    let set = DocSet::new("docs", path);
    let site = Site::of(&set, &PrivatePaths::default());
    let listed = list(&set, &PrivatePaths::default()).expect("a set").files;
    let mut sample = Sample::default();
    listed.iter().for_each(|file| sample.add(&file.path));
    let converted: BTreeMap<_, _> = listed
        .iter()
        .map(|file| (file.path.clone(), convert(&set, &site, file)))
        .collect();
    let traces: Vec<_> = sample
        .paths()
        .map(|path| (path, converted[path].trace()))
        .collect();
    let traces: Vec<_> = traces.iter().map(|(path, trace)| (*path, trace)).collect();
    let frame = Frame::of(&traces);
    let documents = converted.into_iter().flat_map(|(path, file)| {
        let documents = file.finish(&set, &site, &frame).documents;
        documents
            .into_iter()
            .flatten()
            .map(move |it| (path.clone(), it))
    });
    documents.collect()
}

fn text(document: &Document) -> String {
    let sections = document.sections.iter();
    let sections: Vec<_> = sections.map(|section| section.markdown.as_str()).collect();
    sections.join("\n\n")
}

const NAMES: [&str; 6] = ["Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta"];

/// Six pages, each with its number and name put into this.
fn pages(ending: &str, page: impl Fn(usize, &str) -> String) -> Vec<(String, String)> {
    let pages = NAMES.iter().enumerate();
    pages
        .map(|(number, name)| {
            (
                format!("{}.{ending}", name.to_lowercase()),
                page(number, name),
            )
        })
        .collect()
}

/// Each page is its heading and its text, whatever stands around.
fn assert_own(kind: &str, files: &[(String, String)]) {
    let documents = read(files);
    assert_eq!(documents.len(), files.len(), "{kind}");
    for (name, path) in NAMES.iter().zip(files.iter().map(|(path, _)| path)) {
        let document = &documents[path];
        let own = format!("# {name}\n\nText of {name}.");
        assert_eq!(text(document), own, "{kind}");
        assert_eq!(document.title, *name, "{kind}");
    }
}

#[test]
fn what_stands_around_the_text_of_built_pages() {
    let around = |before: &dyn Fn(usize, &str) -> String, after: &dyn Fn(usize, &str) -> String| {
        pages("html", |number, name| {
            format!(
                "<title>{name} - Acme</title><div>{}</div><h1>{name}</h1><p>Text of {name}.</p><div>{}</div>",
                before(number, name),
                after(number, name)
            )
        })
    };
    let nothing = |_: usize, _: &str| String::new();
    type Around = Box<dyn Fn(usize, &str) -> String>;
    let befores: [(&str, Around); 8] = [
        (
            "menu",
            Box::new(|_, _| "<ul><li><a href=i>Home</a><li><a href=d>Download</a></ul>".into()),
        ),
        (
            "menu whose current entry differs",
            Box::new(|number, _| {
                let entry = |(at, name): (usize, &&str)| match at == number {
                    true => format!("<li><b>You are at {name}</b>"),
                    false => format!("<li><a href={name}>{name}</a>"),
                };
                format!(
                    "<ul>{}</ul>",
                    NAMES.iter().enumerate().map(entry).collect::<String>()
                )
            }),
        ),
        (
            "menu that opens where the page is",
            Box::new(|number, name| {
                let entry = |(at, other): (usize, &&str)| match at == number {
                    true => format!(
                        "<li><a href=x>{other}</a><ul><li><a href=y>{name} one</a><li><a href=z>{name} two</a></ul>"
                    ),
                    false => format!("<li><a href={other}>{other}</a>"),
                };
                format!(
                    "<ul>{}</ul>",
                    NAMES.iter().enumerate().map(entry).collect::<String>()
                )
            }),
        ),
        (
            "path",
            Box::new(|_, name| {
                format!(
                    "<p><a href=/>Home</a> > <a href=x>Part {}</a> > {name}</p>",
                    name.len()
                )
            }),
        ),
        (
            "next and previous",
            Box::new(|_, name| {
                format!(
                    "<p>Next: <a href=n>After {name}</a>, Previous: <a href=p>Before {name}</a>, Up: <a href=u>Top</a> [<a href=t>Contents</a>]</p>"
                )
            }),
        ),
        (
            "next alone on some",
            Box::new(|number, name| match number {
                0 => format!("<p>Next: <a href=n>After {name}</a></p>"),
                _ => format!(
                    "<p>Next: <a href=n>After {name}</a>, Previous: <a href=p>Before {name}</a></p>"
                ),
            }),
        ),
        (
            "site's name",
            Box::new(|_, _| "<h1><a href=/>Acme, all of it</a></h1>".into()),
        ),
        (
            "site's name and a search box",
            Box::new(|_, _| "<h1>Acme, all of it</h1><p>Search the documentation</p><hr>".into()),
        ),
    ];
    for (kind, before) in befores {
        assert_own(kind, &around(&before, &nothing));
    }
    let afters: [(&str, Around); 5] = [
        (
            "licence",
            Box::new(|_, _| "<p>Copyright Example Ltd. All rights reserved.</p>".into()),
        ),
        (
            "date",
            Box::new(|number, _| format!("<p>Last updated on 2024-05-0{}.</p>", number + 1)),
        ),
        (
            "month",
            Box::new(|number, _| {
                format!(
                    "<p>This document was generated on May {} using texi2any.</p>",
                    number + 1
                )
            }),
        ),
        (
            "languages",
            Box::new(|_, _| "<p><a href=de>Deutsch</a> | <a href=en>English</a></p><hr>".into()),
        ),
        (
            "feedback",
            Box::new(|_, _| {
                "<h2>Feedback</h2><p>Was this page helpful?</p><ul><li>Yes<li>No</ul>".into()
            }),
        ),
    ];
    for (kind, after) in afters {
        assert_own(kind, &around(&nothing, &after));
    }
}

#[test]
fn a_box_in_the_middle_of_most_pages() {
    let documents = read(&pages("html", |_, name| {
        format!(
            "<h1>{name}</h1><p>Text of {name}.<p>Sign up for our letter!<p>More of {name}.<h2>End</h2><p>Of {name}."
        )
    }));
    for (name, document) in NAMES.iter().zip(["alpha.html", "beta.html"]) {
        let own = format!("# {name}\n\nText of {name}.\n\nMore of {name}.\n\n## End\n\nOf {name}.");
        assert_eq!(text(&documents[document]), own);
    }
}

#[test]
fn what_is_the_pages_own_stays_however_often() {
    type Page = fn(&str) -> String;
    let kinds: [(&str, Page, &[&str]); 6] = [
        (
            "headings of an API",
            |name| {
                format!(
                    "<h1>{name}</h1><p>Does {name}.<h2>Parameters</h2><p>The {name}.<h2>See also</h2><ul><li><a href=x>Not {name}</a></ul>"
                )
            },
            &["## Parameters", "## See also", "Not "],
        ),
        (
            "what is inherited",
            |name| {
                format!(
                    "<h1>{name}</h1><p>Does {name}.<h3>Methods inherited from class java.lang.Object</h3><p><code>equals, hashCode</code><h2>Detail</h2><p>Of {name}."
                )
            },
            &["Methods inherited", "equals"],
        ),
        (
            "code",
            |name| format!("<h1>{name}</h1><p>Does {name}.<pre>acme start</pre><p>Then {name}."),
            &["acme start"],
        ),
        (
            "a table",
            |name| {
                format!(
                    "<h1>{name}</h1><p>Does {name}.<table><tr><th>Option<th>Value<tr><td>all<td>yes</table>"
                )
            },
            &["| all | yes |"],
        ),
        (
            "the only text below a heading",
            |name| {
                format!(
                    "<h1>{name}</h1><p>Does {name}.<h2>Errors of {name}</h2><p>None.<h2>Notes</h2><p>On {name}."
                )
            },
            &["None."],
        ),
        (
            "labels of an API",
            |name| {
                format!(
                    "<h1>{name}</h1><p>Type: <a href=t>T{name}</a>, Since: <a href=s>S{name}</a><p>Does {name}."
                )
            },
            &["Does "],
        ),
    ];
    for (kind, page, stays) in kinds {
        let documents = read(&pages("html", |_, name| page(name)));
        for document in documents.values() {
            for part in stays {
                let text = text(document);
                assert!(text.contains(part), "{kind}: {part} is not in {text}");
            }
        }
    }
    // On some pages, and on too few.
    let some = pages("html", |number, name| {
        let note = if number < 3 {
            "<p>Only for members."
        } else {
            ""
        };
        format!("<h1>{name}</h1><p>Text of {name}.{note}")
    });
    assert!(text(&read(&some)["beta.html"]).contains("Only for members."));
    assert!(text(&read(&some[..2])["beta.html"]).contains("Only for members."));
}

#[test]
fn a_page_keeps_text_of_its_own() {
    let mut files = pages("html", |_, name| {
        format!("<h1>{name}</h1><p>Text of {name}.<p>Copyright Example Ltd. All rights reserved.")
    });
    files.push((
        "only.html".into(),
        "<title>Only</title><p>Copyright Example Ltd. All rights reserved.".into(),
    ));
    let documents = read(&files);
    assert!(text(&documents["only.html"]).contains("Copyright"));
    assert!(!text(&documents["beta.html"]).contains("Copyright"));
}

#[test]
fn copies_are_no_frame_of_each_other() {
    let page = |language: &str| {
        format!(
            "<title>Compression</title><p>Language: {language}</p><h1>Compression</h1><p>Set the gzip level.<p>It may be high.<p>It may be low."
        )
    };
    let copies = ["da", "de", "en", "ko", "tr"];
    let files = copies.map(|language| (format!("{language}/compress.html"), page(language)));
    for document in read(&files).values() {
        assert!(text(document).contains("Set the gzip level."));
        assert_eq!(document.title, "Compression");
    }
}

#[test]
fn folders_have_frames_of_their_own() {
    let mut files = Vec::new();
    for (folder, menu) in [
        ("api", "Classes and packages"),
        ("guide", "Chapters of the guide"),
    ] {
        for (path, text) in pages("html", |_, name| {
            format!("<p>{menu}</p><h1>{name} {folder}</h1><p>Text of {name} in {folder}.")
        }) {
            files.push((format!("{folder}/{path}"), text));
        }
    }
    for document in read(&files).values() {
        let text = text(document);
        assert!(
            !text.contains("Classes and") && !text.contains("Chapters of"),
            "{text}"
        );
    }
}

#[test]
fn pages_written_by_hand() {
    let footer = "[Back to the start](index.md) | [Ask](https://example.com)";
    for (ending, page) in [
        ("md", "# {}\n\nText of {}.\n\n---\n\n{footer}\n"),
        (
            "rst",
            "{}\n=======\n\nText of {}.\n\n`Start <index.rst>`__ `Ask <https://example.com>`__\n",
        ),
        (
            "adoc",
            "= {}\n\nText of {}.\n\nlink:index.adoc[Start] https://example.com[Ask]\n",
        ),
    ] {
        assert_own(
            ending,
            &pages(ending, |_, name| {
                page.replace("{}", name).replace("{footer}", footer)
            }),
        );
    }
    // What says something is the author's, however often and wherever.
    let documents = read(&pages("md", |_, name| {
        format!(
            "# {name}\n\nNeeds the admin role.\n\n## Prerequisites\n\nYou need a key.\n\nText of {name}.\n\n## Returns\n\nReturns 0.\n"
        )
    }));
    for said in [
        "admin role",
        "You need a key.",
        "Prerequisites",
        "Returns 0.",
    ] {
        assert!(
            documents.values().all(|it| text(it).contains(said)),
            "{said}"
        );
    }
    // In the midst of a text, all is.
    let documents = read(&pages("md", |_, name| {
        format!("# {name}\n\nText of {name}.\n\nMind the gap.\n\nMore of {name}.\n")
    }));
    assert!(
        documents
            .values()
            .all(|it| text(it).contains("Mind the gap."))
    );
    // Manual pages and plain texts are as they are.
    let documents = read(&pages("txt", |_, name| {
        format!("{name}\n=======\n\nText of {name}.\n\nAsk for more of it.\n")
    }));
    assert!(
        documents
            .values()
            .all(|it| text(it).contains("Ask for more"))
    );
}

#[test]
fn links_around_the_text_are_no_links_of_the_page() {
    let documents = read(&pages("html", |_, name| {
        format!(
            "<p><a href=buy.html>Buy it</a> or <a href=try.html>try it</a></p><h1>{name}</h1><p>Text of {name} and <a href=own.html>its own</a>."
        )
    }));
    for document in documents.values() {
        let links: Vec<_> = document
            .links
            .iter()
            .map(|link| &link.destination)
            .collect();
        assert_eq!(links, ["own.html"]);
    }
}

fn titles(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<_> = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
        .collect();
    read(&files)
        .into_values()
        .map(|document| document.title)
        .collect()
}

#[test]
fn titles_without_what_the_set_has_in_common() {
    for separator in [
        " - ", " | ", " — ", " – ", " :: ", ": ", " · ", " » ", " / ", " • ",
    ] {
        for (before, after) in [
            (String::new(), format!("{separator}Acme")),
            (format!("Acme{separator}"), String::new()),
        ] {
            let files = pages("html", |_, name| {
                format!("<title>{before}{name} page{after}</title><p>Text of {name}.")
            });
            let titles: Vec<_> = read(&files).into_values().map(|it| it.title).collect();
            assert!(
                titles.contains(&"Alpha page".to_owned()),
                "{separator}: {titles:?}"
            );
        }
    }
    let files = pages("html", |_, name| {
        format!("<title>{name}() (Acme [2] Manual)</title><p>Text of {name}.")
    });
    assert_eq!(read(&files)["beta.html"].title, "Beta()");
    let files = pages("md", |_, name| {
        format!("---\ntitle: {name} | Acme\n---\nText of {name}.\n")
    });
    assert_eq!(read(&files)["beta.md"].title, "Beta");
}

#[test]
fn the_name_of_a_site_is_no_title_of_its_pages() {
    let page = |name: &str| {
        format!(
            "<title>{name} &#8212; Acme 3.2</title><h1><a href=/>Acme 3.2</a></h1><p><a href=i>Home</a> | <a href=g>Index</a></p><h1>{name}</h1><p>Text of {name}."
        )
    };
    let files = [page("Caching"), page("Forms"), page("Models")];
    assert_eq!(
        titles(&[
            ("cache.html", &files[0]),
            ("forms.html", &files[1]),
            ("models.html", &files[2])
        ]),
        ["Caching", "Forms", "Models"]
    );
    assert_eq!(titles(&[("cache.html", &files[0])]), ["Caching"], "alone");
    assert_eq!(
        titles(&[
            (
                "errors.md",
                "<h1 align=\"center\">Acme</h1>\n\n## Errors\n\nErrors.\n"
            ),
            (
                "hooks.md",
                "<h1 align=\"center\">Acme</h1>\n\n## Hooks\n\nHooks run.\n"
            ),
            ("start.md", "# Acme\n\n## Getting started\n\nInstall.\n"),
            ("README.md", "# Acme\n\nAll of it.\n\n## Install\n\nNow.\n"),
        ]),
        ["Acme", "Errors", "Hooks", "Getting started"]
    );
}

#[test]
fn a_heading_that_several_pages_have_names_none_of_them() {
    let files = pages("html", |number, name| match number {
        0..3 => format!("<title>GHC.{name}</title><h1>Documentation</h1><p>Text of {name}."),
        _ => format!("<title>The {name}</title><h1>{name}</h1><p>Text of {name}."),
    });
    let titles: Vec<_> = read(&files).into_values().map(|it| it.title).collect();
    assert_eq!(
        titles,
        [
            "GHC.Alpha",
            "GHC.Beta",
            "Delta",
            "Epsilon",
            "GHC.Gamma",
            "Zeta"
        ]
    );
}

#[test]
fn a_page_with_a_heading_alone_loses_what_stands_around_it() {
    let mut files = pages("html", |_, name| {
        format!("<h1>{name}</h1><p>Text of {name}.<p>Copyright Example Ltd. All rights reserved.")
    });
    let last =
        "<h1>Eta</h1><p>Text of it.<h2>Members</h2><p>Copyright Example Ltd. All rights reserved.";
    files.push(("eta.html".into(), last.into()));
    assert_eq!(
        text(&read(&files)["eta.html"]),
        "# Eta\n\nText of it.\n\n## Members"
    );
}

#[test]
fn a_page_without_a_heading_is_called_as_its_file() {
    assert_eq!(
        titles(&[
            (
                "Editing shortcuts.md",
                "Keys to edit text.\n\n## Prerequisites\n\nA keyboard.\n"
            ),
            ("Sync.md", "## Prerequisites\n\nAn account.\n"),
            (
                "guide/README.md",
                "Here is it.\n\n## Prerequisites\n\nOne.\n"
            ),
            (
                "readme.md",
                "![Acme](logo.png)\n\n## Table of contents\n\n- [A](#a)\n\n## A\n\ntext\n"
            ),
            ("first-steps.adoc", "Text.\n\n== Prerequisites\n\nMore.\n"),
        ]),
        ["Editing shortcuts", "Sync", "First steps", "Guide", "Acme"]
    );
}

#[test]
fn a_title_is_said_once() {
    let documents = read(&pages("html", |_, name| {
        format!(
            "<title>{name} (Acme)</title><h2>{name}</h2><p>Text of {name}.<h3>Part</h3><p>Of {name}."
        )
    }));
    let own = "# Beta\n\nText of Beta.\n\n## Part\n\nOf Beta.";
    assert_eq!(text(&documents["beta.html"]), own);
    assert_eq!(documents["beta.html"].sections[1].headings, ["Part"]);
}
