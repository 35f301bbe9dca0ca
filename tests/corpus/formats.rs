//! reStructuredText, AsciiDoc, manual pages, plain text and Hugo's index: pages written here that
//! hold a bit of everything, real pages from Debian's packages, and input made to hurt.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use docent::corpus::{Format, Page, Skip, Source};
use nix::time::{ClockId, clock_gettime};

use crate::html::{corpus, shown};

fn own() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/formats")
}

fn convert(root: &Path, path: &str) -> (Format, Result<Vec<Page>, Skip>) {
    let file = root.join(path);
    let text =
        fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let include = |path: &str| fs::read_to_string(root.join(path)).ok();
    let format = Format::detect(path, &text).unwrap_or_else(|| panic!("{path} has no format"));
    (
        format,
        format.pages(&Source {
            path,
            text: &text,
            include: &include,
            site: &docent::corpus::Site::default(),
        }),
    )
}

fn golden(root: &Path, set: &str, path: &str, format: Format) {
    let (found, pages) = convert(root, path);
    assert_eq!(found, format, "{path}");
    let pages = pages.unwrap_or_else(|skip| panic!("{path}: {skip}"));
    let shown: Vec<String> = pages
        .iter()
        .map(|page| {
            format!(
                "path: {:?}\naliases: {:?}\n{}",
                page.path,
                &page.aliases[..page.aliases.len().min(12)],
                shown(page)
            )
        })
        .collect();
    insta::assert_snapshot!(
        format!("{set}--{}", path.replace('/', "-")),
        shown.join("\n\n----\n\n")
    );
}

#[test]
fn a_bit_of_everything() {
    for (path, format) in [
        ("guide.rst", Format::ReStructuredText),
        ("guide.adoc", Format::AsciiDoc),
        ("gardener.1", Format::Man),
        ("gardend.8", Format::Man),
        ("notes.txt", Format::Text),
        ("index.json", Format::HugoIndex),
    ] {
        golden(&own(), "formats", path, format);
    }
}

#[test]
fn sphinx_sources() {
    let root = corpus("python3.11-doc").join("doc/python3.11/html/_sources");
    for path in [
        "library/json.rst.txt",
        "howto/logging.rst.txt",
        "library/stdtypes.rst.txt",
        "c-api/list.rst.txt",
    ] {
        golden(&root, "python3.11-doc", path, Format::ReStructuredText);
    }
}

#[test]
fn asciidoc_sources() {
    let root = corpus("git-doc").join("doc/git-doc");
    for path in ["git-rebase.txt", "gitignore.txt", "gittutorial.txt"] {
        golden(&root, "git-doc", path, Format::AsciiDoc);
    }
}

#[test]
fn manual_pages() {
    for (package, path) in [
        ("openssh-client", "man1/ssh.1"),
        ("openssh-client", "man5/ssh_config.5"),
        ("manpages", "man7/signal.7"),
        ("manpages-dev", "man2/open.2"),
    ] {
        golden(&corpus(package).join("man"), package, path, Format::Man);
    }
}

/// Every source that two whole packages ship is read, or skipped because it has no text.
#[test]
fn whole_packages() {
    for (package, folder, least) in [
        ("python3.11-doc", "doc/python3.11/html/_sources", 480),
        ("git-doc", "doc/git-doc", 250),
    ] {
        let root = corpus(package).join(folder);
        let mut read = 0;
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("a folder").flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "txt") {
                    let relative = path
                        .strip_prefix(&root)
                        .expect("below the root")
                        .to_string_lossy()
                        .into_owned();
                    match convert(&root, &relative).1 {
                        Ok(_) => read += 1,
                        Err(Skip::Empty) => {}
                        Err(skip) => panic!("{relative}: {skip}"),
                    }
                }
            }
        }
        assert!(read >= least, "{package}: only {read} sources were read");
    }
}

/// What this thread has computed for: how busy the machine is with other things, does not count.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID);
    time.expect("Linux counts it for each thread").into()
}

/// A page per format and shape, each long enough that anything worse than linear shows.
#[test]
fn hostile_input_costs_no_more_than_other_input() {
    let n = 100_000;
    let deep_indent: String = (0..2000)
        .map(|depth| format!("{}- x\n", "  ".repeat(depth)))
        .collect();
    let cases: Vec<(&str, String)> = vec![
        ("a.rst", "- ".repeat(n)),
        ("a.rst", deep_indent.clone()),
        ("a.rst", ".. note:: ".repeat(n)),
        ("a.rst", "=== ===\nx\n".repeat(n)),
        ("a.rst", "+--+\n| x\n".repeat(n)),
        (
            "a.rst",
            format!("+{}\n{}", "-+".repeat(n), "||||\n".repeat(n)),
        ),
        ("a.rst", ".. |a| replace:: |a||a|\n\n|a|\n".repeat(n / 10)),
        ("a.rst", ".. include:: a.rst\n\n".repeat(200)),
        ("a.rst", "x *a `b ``c |d ".repeat(n * 5)),
        ("a.rst", "x\n".repeat(n)),
        ("a.adoc", "* ".repeat(n)),
        ("a.adoc", deep_indent),
        ("a.adoc", "====\n".repeat(n)),
        (
            "a.adoc",
            (4..2000)
                .map(|length| format!("{}\n", "=".repeat(length)))
                .collect(),
        ),
        ("a.adoc", "|===\n|a\n".repeat(n)),
        (
            "a.adoc",
            ":a: {a}{a}{a}{a}{a}{a}{a}{a}x\n{a}\n".repeat(n / 10),
        ),
        ("a.adoc", "include::a.adoc[]\n".repeat(200)),
        ("a.adoc", "ifdef::a[]\n".repeat(n)),
        ("a.adoc", "a::\n".repeat(n)),
        ("a.adoc", "* a\n+\n".repeat(n)),
        (
            "a.adoc",
            "x *a `b _c +d <<e ((f link:g[ https://h[".repeat(n),
        ),
        (
            "a.1",
            format!(".TH A 1\n{}", ".RS\n.IP \\(bu\nx\n".repeat(n)),
        ),
        ("a.1", format!(".TH A 1\n{}", ".if n \\{\\\n".repeat(n))),
        (
            "a.1",
            format!(".TH A 1\n.if t \\{{\n{}", ".ie t \\{\n".repeat(n)),
        ),
        ("a.1", format!(".TH A 1\n{}x", ".if n ".repeat(n))),
        ("a.1", format!(".TH A 1\n{}", "\\fBx\\fI(y)".repeat(n * 5))),
        ("a.1", format!(".TH A 1\n.TS\n{}", "T{\nx\n".repeat(n))),
        (
            "a.8",
            format!(".Dd x\n{}", ".Bl -tag\n.It Fl x\n".repeat(n)),
        ),
        ("a.8", format!(".Dd x\n.Op {}", "Op Fl ".repeat(n))),
        ("a.md", "a](".repeat(n)),
        ("a.md", "a](<".repeat(n)),
        ("a.md", "%%a%% ".repeat(n) + &" ".repeat(5 * n)),
        ("a.md", "%%a ".repeat(2 * n)),
        ("a.md", "<p hidden>a ".repeat(n)),
        ("a.md", "<p hidden>a ".repeat(n) + &"</p>".repeat(n)),
        ("a.md", "{::comment}{% comment %}".repeat(n)),
        ("a.md", "<?<![CDATA[<!a".repeat(n)),
        ("a.md", "[^a]: [^a] b\n".repeat(n)),
        (
            "a.html",
            format!("<p style='filter:{}'>a", "opacity(".repeat(n)),
        ),
        (
            "a.html",
            format!(
                "<style>{}</style>{}",
                ".a{display:none}".repeat(n),
                "<p class=b>a".repeat(n)
            ),
        ),
        ("a.txt", "\u{1b}]\u{7}".repeat(5 * n)),
        ("a.txt", "\u{1f3fb}\u{200d}".repeat(2 * n)),
        ("a.txt", "x".repeat(10 << 20)),
        ("a.txt", "- x\n\n    y\n\n".repeat(n)),
        ("a.txt", "1. Title\n\n".repeat(n)),
        ("index.json", format!("[{}", "[".repeat(n))),
        (
            "index.json",
            format!(
                "[{}{{}}]",
                "{\"title\":\"t\",\"permalink\":\"/a\",\"contents\":\"x\"},".repeat(n)
            ),
        ),
    ];
    for (number, (path, text)) in cases.iter().enumerate() {
        let start = processor_time();
        let again = |_: &str| Some(text.clone());
        let source = Source {
            path,
            text,
            include: &again,
            site: &docent::corpus::Site::default(),
        };
        let format = Format::detect(path, text).unwrap_or(Format::Man);
        let size = format.pages(&source).map_or(0, |pages| {
            pages.iter().map(|page| page.markdown.len()).sum::<usize>()
        });
        let took = processor_time() - start;
        let beginning: String = text.chars().take(30).collect();
        println!(
            "{number} {path} {beginning:?}: {} -> {size} in {took:?}",
            text.len()
        );
        // Far above what linear work takes in a debug build.
        assert!(
            took < Duration::from_secs(20),
            "{path} {beginning:?} took {took:?}"
        );
        assert!(
            size <= text.len() * 24 + (16 << 20),
            "{path} {beginning:?} grew to {size}"
        );
    }
}
