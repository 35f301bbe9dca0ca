//! What manual pages, reStructuredText and AsciiDoc lost once, each kind with several instances.

use docent::corpus::{Format, Page, Site, Skip, Source};

fn pages(path: &str, text: &str) -> Result<Vec<Page>, Skip> {
    let format = Format::detect(path, text).unwrap_or_else(|| panic!("{path} has no format"));
    format.pages(&Source {
        path,
        text,
        include: &|_| None,
        site: &Site::default(),
    })
}

fn page(path: &str, text: &str) -> Page {
    let mut pages = pages(path, text).unwrap_or_else(|skip| panic!("{path}: {skip}"));
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
