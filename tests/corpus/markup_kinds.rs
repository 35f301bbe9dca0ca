//! What manual pages, reStructuredText and AsciiDoc lost once, each kind with several instances.

use docent::corpus::{Format, Page, Site, Skip, Source};

/// The pages of a file whose site defines `variables`, beside others of its set.
fn pages(
    variables: &[(&str, &str)],
    others: &[(&str, &str)],
    path: &str,
    text: &str,
) -> Result<Vec<Page>, Skip> {
    let format = Format::detect(path, text).unwrap_or_else(|| panic!("{path} has no format"));
    let variables = variables.iter();
    let variables = variables.map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let mut site = Site::default();
    site.variables.extend(variables);
    format.pages(&Source {
        path,
        text,
        include: &|wanted| {
            let found = others.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, text)| (*text).to_owned())
        },
        site: &site,
    })
}

/// The Markdown of a file in a set.
fn in_set(variables: &[(&str, &str)], others: &[(&str, &str)], path: &str, text: &str) -> String {
    let pages = pages(variables, others, path, text);
    let mut pages = pages.unwrap_or_else(|skip| panic!("{path}: {skip}"));
    pages.remove(0).markdown
}

fn page(path: &str, text: &str) -> Page {
    let mut pages = pages(&[], &[], path, text).unwrap_or_else(|skip| panic!("{path}: {skip}"));
    assert_eq!(pages.len(), 1);
    pages.remove(0)
}

fn markdown(path: &str, text: &str) -> String {
    page(path, text).markdown
}

const NAME: &str =
    ".SH NAME\ntool \\- does work\n.SH OPTIONS\n.sp\n\\fB\\-q\\fP\n.RS 4\nbe quiet\n.RE\n";
const NAME_SHOWN: &str = "## NAME\n\ntool - does work\n\n## OPTIONS\n\n`-q`\nbe quiet\n";

/// What generators of manual pages write before the text takes none of it away.
#[test]
fn prologues_of_manual_pages() {
    let asciidoctor = ".de URL\n\\fI\\\\$2\\fP <\\\\$1>\\\\$3\n..\n.als MTO URL\n.if \\n[.g] \\{\\\n.  mso www.tmac\n.  am URL\n.    ad l\n.  .\n.  am MTO\n.    ad l\n.  .\n.  LINKSTYLE blue R < >\n.\\}\n";
    let docbook2x = ".if \\n(.g .ds T< \\\\FC\n.if \\n(.g .ds T> \\\\F[\\n[.fam]]\n.de URL\n\\\\$2 \\(la\\\\$1\\(ra\\\\$3\n..\n.if \\n(.g .mso www.tmac\n";
    let docbook_xsl =
        ".ie \\n(.g .ds Aq \\(aq\n.el       .ds Aq '\n.\\\" hyphenation\n.nh\n.ad l\n";
    let pod2man = ".de Sp\n.if t .sp .5v\n.if n .sp\n..\n.de Vb\n.ft CW\n.nf\n.ne \\\\$1\n..\n.de Ve\n.ft R\n.fi\n..\n.ie n \\{\\\n.    ds -- \\(*W-\n.    ds C` \"\"\n'br\\}\n.el\\{\\\n.    ds -- \\|\\(em\\|\n.    ds C`\n'br\\}\n.de IX\n..\n.nr rF 0\n.if \\n(.g .if rF .nr rF 1\n.if (\\n(rF:(\\n(.g==0)) \\{\\\n.    if \\nF \\{\\\n.        de IX\n.        tm Index:\\\\$1\\t\\\\n%\\t\"\\\\$2\"\n..\n.    \\}\n.\\}\n.rr rF\n";
    let help2man =
        ".\\\" DO NOT MODIFY THIS FILE!\n.de EX\n.nf\n.ft CW\n..\n.de EE\n.ft P\n.fi\n..\n";
    let tabs = ".de\tXX\nlost\n.\t.\n'de YY\nlost\n'  .\n.ig\nlost\n. .\n.am1 XX END\nlost\n.END\n";
    for (name, prologue) in [
        ("asciidoctor", asciidoctor),
        ("docbook2x", docbook2x),
        ("docbook-xsl", docbook_xsl),
        ("pod2man", pod2man),
        ("help2man", help2man),
        ("tabs", tabs),
        (
            "all",
            &[asciidoctor, docbook2x, docbook_xsl, pod2man, help2man, tabs].concat(),
        ),
    ] {
        let text = format!(".TH TOOL 1\n{prologue}{NAME}");
        assert_eq!(markdown("tool.1", &text), NAME_SHOWN, "{name}");
    }
}

/// Macros of a page have their arguments, whatever they are made of.
#[test]
fn macros_of_manual_pages() {
    let tcl = ".de AP\n.ie !\"\\\\$4\"\" .TP \\\\$4\n.el \\{\\\n.   ie !\"\\\\$2\"\" .TP \\\\n()Cu\n.   el          .TP 15\n.\\}\n.ie !\"\\\\$3\"\" \\{\\\n\\&\\\\$1 \\\\fI\\\\$2\\\\fP (\\\\$3)\n.\\}\n.el \\{\\\n.br\n.ie !\"\\\\$2\"\" \\{\\\n\\&\\\\$1 \\\\fI\\\\$2\\\\fP\n.\\}\n.el \\{\\\n\\&\\\\fI\\\\$1\\\\fP\n.\\}\n.\\}\n..\n.AP \"const char\" *str in\nString to test.\n.AP int flags\nMatch flags.\n.AP \"\" rest\nThe rest.\n";
    let cases = [
        (
            tcl,
            "const char *\\*str* (in)\nString to test.\n\nint *flags*\nMatch flags.\n\n*rest*\nThe rest.\n",
        ),
        (
            ".de opt\n.IP \"\\\\fB\\\\$1\\\\fP\" 4\n..\n.opt \\-v\nverbose\n",
            "`-v`\nverbose\n",
        ),
        (
            ".de FN\n.BR \\\\$1 (\\\\$2)\n..\nSee\n.FN ls 1\nor\n.FN cp 1\n",
            "See [ls(1)](ref:man:ls.1) or [cp(1)](ref:man:cp.1)\n",
        ),
        (
            ".de Q\n\\*(lq\\\\$*\\*(rq\n..\n.Q \"two words\" more\n",
            "“two words more”\n",
        ),
        (
            ".ds pkg Acme\n.de V\nversion \\\\$1 of \\\\*[pkg]\n..\n.V 3\n",
            "version 3 of Acme\n",
        ),
        (".UNKNOWN these \"are words\"\n", "these are words\n"),
        (
            ".de Two\n.One \\\\$1\n..\n.de One\n.B \\\\$1\n..\n.Two -x\n",
            "`-x`\n",
        ),
    ];
    for (text, shown) in cases {
        let text = format!(".TH X 3\n.SH A\n{text}");
        assert_eq!(markdown("x.3", &text), format!("## A\n\n{shown}"));
    }
}

/// Sections of packages that put their name behind the number.
#[test]
fn sections_with_long_names() {
    for name in [
        "history.3readline",
        "x.3pm",
        "x.1ssl",
        "man3/Tcl_Eval.3tcl.gz",
    ] {
        let name = name.trim_end_matches(".gz");
        assert_eq!(page(name, &format!(".TH X 3\n{NAME}")).markdown, NAME_SHOWN);
    }
}

fn rst(text: &str) -> String {
    markdown("doc/a.rst", text)
}

/// What Sphinx substitutes on every page: from `conf.py`, and of a page's own.
#[test]
fn substitutions() {
    let site = [
        ("version", "3.2"),
        ("release", "3.2.1"),
        ("project", "Acme"),
        ("rst_prolog", ".. |db| replace:: Acme *DB*\n"),
        (
            "rst_epilog",
            "\n.. |prod| replace:: Acme Queue |version|\n.. _home: https://acme.example/\n",
        ),
        ("extlinks.issue", "https://bugs.example/%s"),
        ("extlinks.issue.caption", "issue %s"),
        ("extlinks.src", "https://src.example/%s"),
    ];
    let read = |text: &str| in_set(&site, &[], "a.rst", text);
    assert_eq!(
        read("|prod|\n======\n\nText of |release|.\n"),
        "# Acme Queue 3.2\n\nText of 3.2.1.\n"
    );
    assert_eq!(
        read("|db| and |unknown|, see home_.\n"),
        "Acme *DB* and |unknown|, see [home](https://acme.example/).\n"
    );
    assert_eq!(
        read("Fixed by :issue:`12` in :src:`a.c` and :issue:`this <3>`.\n"),
        "Fixed by [issue 12](https://bugs.example/12) in [https://src.example/a.c](https://src.example/a.c) and [this](https://bugs.example/3).\n"
    );
    // A page's own goes first.
    assert_eq!(
        read(".. |version| replace:: 9\n\nOf |version|.\n"),
        "Of 9.\n"
    );
    assert_eq!(
        rst(
            ".. |logo| image:: l.png\n   :alt: The lantern\n.. |copy| unicode:: 0xA9 .. sign\n.. |arrow| unicode:: U+2192\n.. |tm| unicode:: U+2122\n\n|logo| |copy| |arrow| |tm|\n"
        ),
        "The lantern © → ™\n"
    );
    assert_eq!(
        rst(".. |site| replace:: the site\n.. _site: https://x.example/\n\nSee |site|_.\n"),
        "See [the site](https://x.example/).\n"
    );
}

/// References without words of their own are called as what they lead to.
#[test]
fn titles_of_references() {
    let others = [
        (
            "install.rst",
            ".. _lbl:\n.. _other:\n\nInstall on |os|\n===============\n\n.. |os| replace:: Linux\n\n.. _deep:\n\nDeep\n----\n\nText.\n",
        ),
        ("guide/run.rst", "####\nRun\n####\n\nSee :doc:`/index`.\n"),
        ("mark.md", "# Markdown *too*\n"),
    ];
    let read = |text: &str| in_set(&[], &others, "index.rst", text);
    assert_eq!(
        read("See :doc:`guide/run`, :doc:`/mark`, :doc:`gone/away` and :doc:`words <install>`.\n"),
        "See [Run](guide/run), [Markdown *too*](/mark), [away](gone/away) and [words](install).\n"
    );
    assert_eq!(
        read(":ref:`here`, :ref:`deep`, :ref:`no`, :ref:`x <deep>`\n\n.. toctree::\n\n   install\n\n.. _here:\n\nPart\n----\n\nText.\n"),
        "[Part](ref:ref:here), [Deep](ref:ref:deep), [no](ref:ref:no), [x](ref:ref:deep)\n\n## Part {#here}\n\nText.\n".replace("## ", "# ")
    );
    assert_eq!(
        read(
            "`One <https://a.example>`__ `two`__ and `three`__\n\n__ https://b.example\n.. __: https://c.example\n"
        ),
        "[One](https://a.example) [two](https://b.example) and [three](https://c.example)\n"
    );
    // Pages that name each other in their titles.
    let circle = [
        ("b.rst", ":doc:`a`\n========\n\nText.\n"),
        ("a.rst", ":doc:`b`\n========\n\nText.\n"),
    ];
    assert!(in_set(&[], &circle, "a.rst", ":doc:`b`\n========\n\nText.\n").contains("Text."));
}

/// What directives are called with: signatures, names of modules and programs.
#[test]
fn arguments_of_directives() {
    for (text, shown) in [
        (
            ".. http:get:: /users/(int:id)\n\n   Get one.\n",
            "**`GET /users/(int:id)`**\nGet one.\n",
        ),
        (".. http:delete:: /a\n", "**`DELETE /a`**\n"),
        (
            ".. automodule:: acme.core\n   :members:\n",
            "**`acme.core`**\n",
        ),
        (
            ".. autoclass:: acme.core.Queue\n",
            "**`acme.core.Queue`**\n",
        ),
        (
            ".. click:: acme.cli:main\n   :prog: acme\n",
            "**`acme`** `acme.cli:main`\n",
        ),
        (
            ".. argparse::\n   :module: acme\n   :func: parser\n   :prog: acme-admin\n",
            "**`acme-admin`**\n",
        ),
        (
            ".. py:function:: f(x, \\\n                 y)\n\n   Does.\n",
            "**`f(x, y)`**\nDoes.\n",
        ),
        (".. c:function:: int f(void)\n", "**`int f(void)`**\n"),
        (".. cpp:enum-class:: Color\n", "**`Color`**\n"),
        (".. rst:directive:: foo\n", "**`.. foo::`**\n"),
        (
            ".. py:attribute:: size\n   :type: int\n   :value: 5\n",
            "**`size: int = 5`**\n",
        ),
        (
            ".. confval:: lifetime\n   :type: duration\n   :default: 20 s\n\n   How long.\n",
            "**`lifetime`**\n\n- **Type:** duration\n- **Default:** 20 s\n\nHow long.\n",
        ),
        (".. doxygenfunction:: acme_open\n", "`acme_open`\n"),
        (
            ".. made-up:: some words *here*\n\n   Text.\n",
            "some words *here*\n\nText.\n",
        ),
        (
            ".. option:: -f FILE, --file FILE\n\n   Reads it.\n",
            "**`-f FILE, --file FILE`**\nReads it.\n",
        ),
        (
            ".. autosummary::\n\n   acme.a\n   ~acme.b\n",
            "- `acme.a`\n- `acme.b`\n",
        ),
        (
            ".. mermaid::\n\n   graph TD; A-->B\n",
            "```mermaid\ngraph TD; A-->B\n```\n",
        ),
        (
            ".. graphviz::\n\n   digraph { a -> b }\n",
            "```dot\ndigraph { a -> b }\n```\n",
        ),
        (
            ".. digraph:: x\n\n   a -> b;\n",
            "```dot\ndigraph x {\na -> b;\n}\n```\n",
        ),
        (
            ".. uml::\n\n   a -> b: hello\n",
            "```plantuml\na -> b: hello\n```\n",
        ),
        (
            ".. only:: html\n\n   Shown.\n\n.. only:: latex or man\n\n   Not.\n",
            "Shown.\n",
        ),
        (
            ".. tab-set::\n\n   .. tab-item:: Linux\n\n      Use apt.\n\n   .. tab-item:: macOS\n\n      Use brew.\n",
            "**Linux**\n\nUse apt.\n\n**macOS**\n\nUse brew.\n",
        ),
        (
            ".. grid:: 1 2 3\n   :gutter: 2\n\n   .. grid-item-card:: Start\n      :link: start\n\n      Begin here.\n",
            "**Start**\n\nBegin here.\n",
        ),
    ] {
        assert_eq!(rst(text), shown, "{text}");
    }
}

/// Fields in the text are text; those above it say something of the file.
#[test]
fn fields() {
    assert_eq!(
        rst(
            ":orphan:\n\nTitle\n=====\n\n:Author: Somebody\n:Version: 1\n\nText.\n\n:Author: Me\n:Version: 2\n:Default: 20 seconds\n"
        ),
        "# Title\n\nText.\n\n- **Author:** Me\n- **Version:** 2\n- **Default:** 20 seconds\n"
    );
}

/// A page without a paragraph is one by its names, or by what it lists.
#[test]
fn pages_of_names_and_of_lists() {
    assert_eq!(
        rst(
            "=============\n ``acme.core``\n=============\n\n.. automodule:: acme.core\n   :members:\n"
        ),
        "# `acme.core`\n\n**`acme.core`**\n"
    );
    assert_eq!(
        in_set(
            &[],
            &[("a/one.rst", "First\n=====\n")],
            "a/index.rst",
            "Properties\n==========\n\n.. toctree::\n   :maxdepth: 1\n\n   one\n   Second <two>\n   three\n"
        ),
        "# Properties\n\n- [First](one)\n- [Second](two)\n- [three](three)\n"
    );
    // With a text, the list is no part of it.
    assert_eq!(
        rst("Ab\n==\n\nText.\n\n.. toctree::\n\n   one\n"),
        "# Ab\n\nText.\n"
    );
}

/// Parts of files, by all that chooses them.
#[test]
fn parts_of_files() {
    let others = [
        ("inc.txt", "zero\n.. start\none\ntwo\n.. end\nthree\n"),
        (
            "x.py",
            "import os\n\ndef f(a):\n    return a\n\ndef g():\n    pass\n",
        ),
    ];
    let read = |text: &str| in_set(&[], &others, "a.rst", text);
    assert_eq!(
        read(".. include:: inc.txt\n   :start-after: .. start\n   :end-before: .. end\n"),
        "one two\n"
    );
    assert_eq!(
        read(".. include:: inc.txt\n   :start-line: 2\n   :end-line: -2\n"),
        "one two\n"
    );
    assert_eq!(
        read(".. literalinclude:: x.py\n   :pyobject: f\n"),
        "```py\ndef f(a):\n    return a\n```\n"
    );
}

fn adoc(text: &str) -> String {
    markdown("doc/a.adoc", text)
}

const ANTORA: [(&str, &str); 4] = [
    ("product", "Acme DB"),
    ("min-ram", "4 GB"),
    ("page-component-name", "server"),
    ("full", "{product} 7"),
];

/// Attributes of `antora.yml`, of the header, of the text, and what counts.
#[test]
fn attributes() {
    let read = |text: &str| in_set(&ANTORA, &[], "modules/ROOT/pages/index.adoc", text);
    assert_eq!(
        read("= {product}\n\nNeeds {min-ram}, {full}.\n"),
        "# Acme DB\n\nNeeds 4 GB, Acme DB 7.\n"
    );
    assert_eq!(
        read("= A\n:product: Mine\n\n{product} and {Min-RAM}\n"),
        "# A\n\nMine and 4 GB\n"
    );
    assert_eq!(
        read(
            "= A\n:!product:\n\nifdef::product[]\nno\nendif::[]\nifdef::min-ram[]\nyes\nendif::[]\n"
        ),
        "# A\n\nyes\n"
    );
    assert_eq!(
        adoc(
            "= T\n:long: one \\\n  two\n:x: 1\n\n{long}; {counter:n}, {counter:n}, {counter2:n}{n}; {set:y:9}{y}\n\nifeval::[{x} == 1]\nequal\nendif::[]\nifeval::[\"{x}\" != \"1\"]\nother\nendif::[]\n\nifdef::backend-html5[as a site]\n"
        ),
        "# T\n\none two; 1, 2, 3; 9\n\nequal\n\nas a site\n"
    );
}

/// References have the title of what they lead to, and lead there.
#[test]
fn titles_of_cross_references() {
    let others = [
        (
            "modules/install/pages/linux.adoc",
            "= Install on {os}\n:os: Linux\n\n[#needs]\n== What it needs\n",
        ),
        ("modules/ROOT/pages/a/b.adoc", "= Page B\n"),
        ("modules/install/partials/note.adoc", "A partial.\n"),
        (
            "modules/ROOT/examples/x.rs",
            "// tag::a[]\nlet a = 1;\n// end::a[]\nlet b = 2;\n",
        ),
        ("b.adoc", "= The Other\n\n== Part Two\n"),
    ];
    let path = "modules/ROOT/pages/index.adoc";
    let read = |text: &str| in_set(&ANTORA, &others, path, text);
    assert_eq!(
        read(
            "xref:install:linux.adoc[], xref:server:install:linux.adoc#needs[], xref:a/b.adoc[], xref:install:linux.adoc[words] and xref:gone:x.adoc[]\n"
        ),
        "[Install on Linux](../../install/pages/linux.adoc), [What it needs](../../install/pages/linux.adoc#needs), [Page B](a/b.adoc), [words](../../install/pages/linux.adoc) and [x](../../gone/pages/x.adoc)\n"
    );
    assert_eq!(
        read(
            "include::install:partial$note.adoc[]\n\n[source,rust]\n----\ninclude::example$x.rs[tag=a]\n----\n"
        ),
        "A partial.\n\n```rust\nlet a = 1;\n```\n"
    );
    let read = |text: &str| in_set(&[], &others, "a.adoc", text);
    assert_eq!(
        read(
            "See <<part>>, <<_auto_made>>, <<Auto made>>, <<fig>>, <<part,words>>, <<b.adoc#>>, <<gone>>.\n\n[[part]]\n== A `code` part\n\n=== Auto made\n\n[#fig]\n.The figure\nimage::x.png[]\n\n----\n<<part>>\n----\n"
        ),
        "See [A `code` part](ref:xref:part), [Auto made](ref:xref:_auto_made), [Auto made](ref:xref:Auto%20made), [The figure](ref:xref:fig), [words](ref:xref:part), [The Other](b.adoc), [gone](ref:xref:gone).\n\n## A `code` part {#part}\n\n### Auto made\n\n**The figure**\n\n```\n<<part>>\n```\n"
    );
}

/// Tabs are lists of terms, each with what follows it.
#[test]
fn tabs_of_asciidoc() {
    assert_eq!(
        adoc(
            "[tabs]\n====\nLinux::\n+\nUse apt.\nmacOS::\n+\nUse brew.\n\nWindows::\n+\n--\nUse winget.\n\n[source,sh]\n----\nwinget x\n----\n--\n====\n"
        ),
        "**Linux**\n\nUse apt.\n\n**macOS**\n\nUse brew.\n\n**Windows**\n\nUse winget.\n\n```sh\nwinget x\n```\n"
    );
    assert_eq!(
        adoc("[tabs,sync-group-id=os]\n======\nA:: Text of a.\nB::\n+\n----\ncode\n----\n======\n"),
        "**A**\nText of a.\n\n**B**\n\n```\ncode\n```\n"
    );
}

/// Parts of files: by tags, by lines, set deeper.
#[test]
fn includes_of_asciidoc() {
    let others = [
        (
            "t.rb",
            "# tag::all[]\none\n# tag::in[]\ntwo\n# end::in[]\nthree\n# end::all[]\nfour\n",
        ),
        ("c.adoc", "= Chapter\n\n== Part\n\nText.\n"),
    ];
    let read = |options: &str| {
        in_set(
            &[],
            &others,
            "a.adoc",
            &format!("----\ninclude::t.rb[{options}]\n----\n"),
        )
    };
    for (options, shown) in [
        ("tag=in", "two"),
        ("tags=all", "one\ntwo\nthree"),
        ("tags=all;!in", "one\nthree"),
        ("tags=!in", "one\nthree\nfour"),
        ("tags=**", "one\ntwo\nthree\nfour"),
        ("tags=*", "one\ntwo\nthree"),
        ("lines=2", "one"),
        ("lines=\"2;8\"", "one\nfour"),
        ("", "one\ntwo\nthree\nfour"),
    ] {
        assert_eq!(read(options), format!("```\n{shown}\n```\n"), "{options}");
    }
    let read = |text: &str| in_set(&[], &others, "a.adoc", text);
    assert_eq!(
        read("= Book\n\ninclude::c.adoc[leveloffset=+1]\n\n== After\n\nEnd.\n"),
        "# Book\n\n## Chapter\n\n### Part\n\nText.\n\n## After\n\nEnd.\n"
    );
    assert_eq!(
        read(
            "= Book\n\n:leveloffset: 1\n\n== Deep\n\nText.\n\n:leveloffset!:\n\n== After\n\nEnd.\n"
        ),
        "# Book\n\n### Deep\n\nText.\n\n## After\n\nEnd.\n"
    );
}

/// What is written to hurt ends, and is not large.
#[test]
fn hostile_references_and_attributes() {
    for part in [
        "<<a",
        "xref:",
        "xref:a[",
        "xref:b.adoc[]",
        "<<b.adoc#>>",
        "{a",
        "{counter:a}",
        "{set:a:{a}{a}}",
        ":a: {a}{a}\\\n",
        "[tabs]\n====\nA::\n+\n",
        "include::b.adoc[leveloffset=+1]\n",
        "[[a]]\n",
        "ifdef::a[]\n",
        ":ref:`a` ",
        ":doc:`a` ",
        "`a`__ ",
        "|a|_ ",
        ".. |a| replace:: |a||a|\n",
        ".. _a:\n\n",
        "a\n=\n",
    ] {
        let text = part.repeat(20_000);
        for path in ["a.adoc", "a.rst"] {
            let others = [
                ("b.adoc", text.as_str()),
                ("a.rst", text.as_str()),
                ("b.rst", text.as_str()),
            ];
            let pages = pages(&[("a", "{a}")], &others, path, &text);
            let size: usize = pages.iter().flatten().map(|page| page.markdown.len()).sum();
            assert!(size < 64 << 20, "{part:?} in {path}: {size} bytes");
        }
    }
}

/// Cells of several blocks: a table where they fit into a line, else records with the names of the columns.
#[test]
fn tables_with_blocks_in_cells() {
    assert_eq!(
        adoc(
            "[cols=\"1,2a\",options=\"header\"]\n|===\n|Name |What\n\n|a\n|First.\n\n[source,sh]\n----\nmake a\n----\n\n|b\n|* one\n* two\n|===\n"
        ),
        adoc(
            "[%header,cols=\"1,2\"]\n|===\n|Name |What\n\n|a\na|First.\n\n[source,sh]\n----\nmake a\n----\n\n|b\na|* one\n* two\n|===\n"
        )
    );
    let shown = adoc(
        "[%header,cols=\"1,a\"]\n|===\n|Name |What\n\n|a\n|First.\n\n----\nmake a\nmake b\n----\n|===\n",
    );
    assert!(
        shown.contains("```\n  make a\n  make b\n  ```") && shown.contains("Name"),
        "{shown}"
    );
    assert_eq!(
        adoc("|===\n|a 2+|b\n3*|x\n|===\n"),
        "|  |  |  |\n| --- | --- | --- |\n| a |  | b |\n| x | x | x |\n"
    );
    assert_eq!(
        adoc("[%header,format=csv]\n|===\nA,B\n1,\"two, three\"\n|===\n"),
        "| A | B |\n| --- | --- |\n| 1 | two, three |\n"
    );
    assert_eq!(
        adoc("[cols=\"m,1\"]\n|===\n|a_b |x\n|===\n"),
        "|  |  |\n| --- | --- |\n| `a_b` | x |\n"
    );
    let shown = rst(
        ".. list-table::\n   :header-rows: 1\n\n   * - Name\n     - What\n   * - a\n     - First.\n\n       .. code-block:: sh\n\n          make a\n          make b\n   * - b\n     - Second.\n",
    );
    assert!(
        shown.contains("make a\n  make b\n") && shown.contains("What"),
        "{shown}"
    );
    let shown = rst(
        "+------+-------------+\n| Name | What        |\n+======+=============+\n| a    | First::     |\n|      |             |\n|      |   make a    |\n|      |   make b    |\n+------+-------------+\n",
    );
    assert!(
        shown.contains("make a\n  make b\n") && shown.contains("What"),
        "{shown}"
    );
    assert_eq!(
        rst("+---+-----+\n| a | b   |\n+===+=====+\n| - | two |\n|   | of  |\n+---+-----+\n"),
        "| a | b |\n| --- | --- |\n| - | two of |\n"
    );
}
