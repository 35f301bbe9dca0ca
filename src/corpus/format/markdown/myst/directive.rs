//! What each directive shows.

use super::super::super::{Format, front_matter};
use super::super::include;
use super::super::syntax::is_admonition;
use super::options::Options;
use super::{Opening, Page, tables};
use crate::corpus::document::Source;

/// Languages whose code Quarto, R Markdown and Jupyter run: `{r}`.
const LANGUAGES: &[&str] = &[
    "r",
    "R",
    "python",
    "Python",
    "julia",
    "bash",
    "sh",
    "zsh",
    "sql",
    "ojs",
    "dot",
    "mermaid",
    "stan",
    "rcpp",
    "Rcpp",
    "js",
    "javascript",
    "css",
    "node",
    "perl",
    "ruby",
    "powershell",
    "rust",
    "go",
    "java",
    "cpp",
    "c",
    "webr-r",
    "pyodide-python",
    "pyodide",
    "shinylive-python",
    "shinylive-r",
    "sas",
    "stata",
    "octave",
    "haskell",
    "scala",
    "sed",
    "awk",
    "cat",
];
/// What makes something for the generator, or for nobody.
const UNSHOWN: &[&str] = &[
    "toctree",
    "tableofcontents",
    "contents",
    "index",
    "meta",
    "raw",
    "bibliography",
    "highlight",
    "currentmodule",
    "py:currentmodule",
    "py:module",
    "module",
    "default-role",
    "testsetup",
    "testcleanup",
    "sectnum",
    "todolist",
    "genindex",
    "tags",
    "title",
    "comment",
    "update",
    "nb-exec-table",
    "iframe",
    "video",
    "youtube",
    "figlist",
    "role",
    "class",
    "rst-class",
    "thebe-button",
    "sectionauthor",
    "codeauthor",
    "only-never",
    "listing",
    "postlist",
    "skip",
];
/// What shows its content, and its argument above.
const TRANSPARENT: &[&str] = &[
    "tab-set",
    "tabs",
    "tab",
    "tab-item",
    "group-tab",
    "md-tab",
    "md-tab-item",
    "md-tab-set",
    "dropdown",
    "details",
    "toggle",
    "card",
    "card-header",
    "card-footer",
    "card-carousel",
    "grid",
    "grid-item",
    "grid-item-card",
    "sidebar",
    "topic",
    "margin",
    "aside",
    "epigraph",
    "pull-quote",
    "highlights",
    "compound",
    "container",
    "div",
    "only",
    "hlist",
    "centered",
    "rubric",
    "parsed-literal",
    "line-block",
    "glossary",
    "math",
    "figure",
    "image",
    "list-table",
    "csv-table",
    "table",
    "code",
    "code-block",
    "sourcecode",
    "code-cell",
    "literalinclude",
    "include",
    "eval-rst",
    "versionadded",
    "versionchanged",
    "deprecated",
    "versionremoved",
    "exercise",
    "solution",
    "proof",
    "prf:proof",
    "tab-set-code",
    "button-link",
    "button-ref",
    "seealso",
    "doctest",
    "prompt",
    "graphviz",
    "plantuml",
    "field-list",
    "embed",
    "subfigure",
    "card-body",
    "exercise-start",
    "exercise-end",
    "prf:theorem",
    "prf:definition",
    "figure-md",
    "productionlist",
    "described-as",
    "argparse",
    "click",
];

/// Whether a directive is one of MyST's.
pub(super) fn is_known(name: &str) -> bool {
    is_admonition(name)
        || UNSHOWN.contains(&name)
        || TRANSPARENT.contains(&name)
        || name.contains(':')
        || name.starts_with("auto")
}

pub(super) fn is_language(name: &str) -> bool {
    LANGUAGES.contains(&name)
}

/// A chunk of code with its options, in the braces and in comments at its beginning.
pub(super) fn chunk(language: &str, braced: &str, content: &[&str]) -> String {
    let mut captions = Vec::new();
    let compact: String = braced
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect::<String>()
        .to_lowercase();
    let mut hidden = ["include=false", "echo=false", "include=f,", "echo=f,"]
        .iter()
        .any(|option| format!("{compact},").contains(option));
    if let Some((_, caption)) = braced.split_once("fig.cap=") {
        captions.extend(quoted(caption));
    }
    let mut code = content;
    while let Some((line, rest)) = code.split_first() {
        let line = line.trim();
        let Some(option) = ["#|", "//|", "%%|", "--|", "/*|", "#>|"]
            .iter()
            .find_map(|mark| line.strip_prefix(mark))
        else {
            break;
        };
        if let Some((key, value)) = option.split_once(':') {
            let value = value.trim();
            match key.trim() {
                "include" | "echo" => hidden |= value == "false",
                "fig-cap" | "tbl-cap" | "lst-cap" | "fig-alt" => {
                    captions.push(value.trim_matches(['"', '\'']).to_owned());
                }
                _ => {}
            }
        }
        code = rest;
    }
    let mut out = String::new();
    let code = code.join("\n");
    if !hidden && !code.trim().is_empty() {
        out = fence(&language.to_lowercase(), None, &code);
    }
    for caption in captions {
        out.push_str("\n\n");
        out.push_str(&caption);
    }
    out
}

impl Page<'_, '_, '_> {
    /// Any directive but a chunk.
    pub(super) fn shown(
        &mut self,
        opening: &Opening<'_>,
        options: &Options<'_>,
        body: &str,
        depth: usize,
    ) -> String {
        let name = opening.name;
        let argument = opening.argument;
        if is_admonition(name) && name != "figure" {
            let class = options
                .text("class")
                .and_then(|class| class.split_whitespace().next());
            let (kind, title) = match name {
                "admonition" => (
                    class
                        .filter(|class| is_admonition(class) && argument.is_empty())
                        .unwrap_or("note"),
                    argument,
                ),
                "seealso" => ("seealso", argument),
                _ => (name, ""),
            };
            // Of the others, the argument is the first line.
            let first = if title.is_empty() { argument } else { "" };
            let kind = if kind == "seealso" { "see-also" } else { kind };
            return self.container(kind, title, first, body, depth);
        }
        match name {
            _ if UNSHOWN.contains(&name) => String::new(),
            "code" | "code-block" | "sourcecode" | "code-cell" | "doctest" | "prompt"
            | "ipython" | "ipython3" | "jupyter-execute" => {
                let language = match (name, argument) {
                    ("doctest", _) => "pycon",
                    ("prompt", _) => argument.split(' ').next().unwrap_or_default(),
                    ("ipython" | "ipython3" | "code-cell", "") => "python",
                    (_, language) => language,
                };
                fence(
                    language,
                    options.text("caption").or_else(|| options.text("filename")),
                    body,
                )
            }
            "mermaid" | "graphviz" | "plantuml" | "parsed-literal" | "productionlist" => {
                fence(if name == "graphviz" { "dot" } else { name }, None, body)
            }
            "literalinclude" => self.literal(argument, options),
            "include" => self.included(argument, options, depth),
            "list-table" => titled(
                argument,
                &tables::list(
                    body,
                    options.text("header-rows").is_some_and(|rows| rows != "0"),
                ),
            ),
            "csv-table" => self.values(argument, options, body),
            "table" | "figure-md" => {
                let body = self.expanded(body, depth + 1);
                titled(argument, &body)
            }
            "figure" | "image" | "subfigure" => {
                let alt = options
                    .text("alt")
                    .unwrap_or_default()
                    .replace(['[', ']'], "");
                let body = self.expanded(body, depth + 1);
                let file = match argument.replace(['<', '>'], "") {
                    file if file.contains([' ', '(', ')']) => format!("<{file}>"),
                    file => file,
                };
                format!("![{alt}]({file})\n\n{body}")
            }
            "eval-rst" => self.restructuredtext(body),
            "math" => {
                let formula = [argument, body].join("\n");
                format!("$$\n{}\n$$", formula.trim())
            }
            "glossary" => self.glossary(body, depth),
            "versionadded" | "versionchanged" | "deprecated" | "versionremoved" => {
                let (version, text) = argument.split_once(' ').unwrap_or((argument, ""));
                let what = match name {
                    "versionadded" => "Added in version",
                    "versionchanged" => "Changed in version",
                    "deprecated" => "Deprecated since version",
                    _ => "Removed in version",
                };
                let text = [text, body].join("\n");
                if text.trim().is_empty() {
                    return format!("> **{what} {version}**");
                }
                self.container("note", &format!("{what} {version}"), text.trim(), "", depth)
            }
            "rubric" | "centered" => format!("**{argument}**"),
            "button-link" => format!("[{}]({argument})", body.trim().replace(['[', ']'], "")),
            "button-ref" => format!(
                "[{}]({argument})",
                if body.trim().is_empty() {
                    argument
                } else {
                    body.trim()
                }
            ),
            "only" | "container" | "div" | "grid" | "tab-set" | "tabs" | "hlist" | "compound"
            | "card-carousel" => self.expanded(body, depth + 1),
            _ if name.starts_with("auto")
                || name.contains(':') && !name.starts_with("prf:")
                || matches!(
                    name,
                    "function"
                        | "class"
                        | "method"
                        | "attribute"
                        | "data"
                        | "exception"
                        | "option"
                        | "envvar"
                        | "click"
                        | "argparse"
                        | "confval"
                ) =>
            {
                let body = self.expanded(body, depth + 1);
                match argument.replace('`', "").trim() {
                    "" => body,
                    argument => format!("**`{argument}`**\n\n{body}"),
                }
            }
            _ => {
                let body = self.expanded(body, depth + 1);
                let link = options
                    .text("link")
                    .filter(|link| !link.contains(char::is_whitespace));
                match (argument, link) {
                    ("", _) => body,
                    (title, Some(link)) => {
                        format!("**[{}]({link})**\n\n{body}", title.replace(['[', ']'], ""))
                    }
                    (title, None) => titled(title, &body),
                }
            }
        }
    }

    fn container(
        &mut self,
        kind: &str,
        title: &str,
        first: &str,
        body: &str,
        depth: usize,
    ) -> String {
        let body = self.expanded(body, depth + 1);
        let title = match title.replace(['[', ']', '{', '}'], "") {
            title if title.is_empty() => String::new(),
            title => format!("[{title}]"),
        };
        let first = if first.is_empty() {
            String::new()
        } else {
            format!("{first}\n")
        };
        format!("::: {kind}{title}\n{first}{}\n:::", body.trim_end())
    }

    fn literal(&mut self, file: &str, options: &Options<'_>) -> String {
        let Some(text) = self.read(file) else {
            return format!("`{}`", file.replace('`', ""));
        };
        let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
        let language = options
            .text("language")
            .or_else(|| options.text("lang"))
            .unwrap_or(extension);
        fence(language, options.text("caption"), &chosen(&text, options))
    }

    fn included(&mut self, file: &str, options: &Options<'_>, depth: usize) -> String {
        let Some(text) = self.read(file) else {
            return format!("`{}`", file.replace('`', ""));
        };
        let (_, text) = front_matter::split(&text);
        let text = chosen(text, options);
        if options.has("literal") || options.has("code") {
            return fence(options.text("code").unwrap_or_default(), None, &text);
        }
        let is_rst = file.ends_with(".rst")
            || options
                .text("parser")
                .is_some_and(|parser| parser.contains("rst"));
        if is_rst {
            return self.restructuredtext(&text);
        }
        let text = super::super::comment::removed(&text).unwrap_or(text);
        self.look(&text);
        self.expanded(&text, depth + 1)
    }

    fn values(&mut self, title: &str, options: &Options<'_>, body: &str) -> String {
        let text = match options.text("file") {
            Some(file) => self.read(file).unwrap_or_default(),
            None => body.to_owned(),
        };
        let delimiter = match options.text("delim") {
            Some("tab") => '\t',
            Some("space") => ' ',
            Some(delimiter) => delimiter.chars().next().unwrap_or(','),
            None => ',',
        };
        let rows = options.text("header-rows").is_some_and(|rows| rows != "0");
        titled(
            title,
            &tables::separated(options.text("header"), &text, delimiter, rows),
        )
    }

    fn glossary(&mut self, body: &str, depth: usize) -> String {
        let mut out = String::new();
        for line in body.lines() {
            let is_term = !line.trim().is_empty() && !line.starts_with([' ', '\t', ':']);
            if is_term {
                out.push_str(&format!("\n**{}**\n\n", line.trim()));
            } else {
                let line = line.trim_start();
                out.push_str(line.strip_prefix(": ").unwrap_or(line));
                out.push('\n');
            }
        }
        self.expanded(&out, depth + 1)
    }

    fn restructuredtext(&mut self, text: &str) -> String {
        let source = Source {
            path: self.source.path,
            text,
            include: self.source.include,
            site: self.source.site,
        };
        let pages = Format::ReStructuredText.pages(&source).unwrap_or_default();
        pages
            .into_iter()
            .next()
            .map(|page| page.markdown)
            .unwrap_or_default()
    }

    fn read(&mut self, file: &str) -> Option<String> {
        let text = include::read(self.source, file)?;
        self.budget = self.budget.checked_sub(text.len().max(64))?;
        Some(text)
    }
}

fn titled(title: &str, body: &str) -> String {
    match title.replace("**", "").trim() {
        "" => body.to_owned(),
        title => format!("**{title}**\n\n{body}"),
    }
}

fn fence(language: &str, caption: Option<&str>, code: &str) -> String {
    let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let marks = "`".repeat(longest.max(2) + 1);
    let language = language.split_whitespace().next().unwrap_or_default();
    let title = caption
        .filter(|caption| !caption.contains('"'))
        .map(|caption| format!(" title=\"{caption}\""))
        .unwrap_or_default();
    format!(
        "{marks}{language}{title}\n{}\n{marks}",
        code.trim_matches('\n').trim_end()
    )
}

fn quoted(text: &str) -> Option<String> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    text[1..].split(quote).next().map(str::to_owned)
}

/// The lines that the options choose: by number, or between two texts.
fn chosen(text: &str, options: &Options<'_>) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    if let Some(choice) = options.text("lines") {
        let mut kept = Vec::new();
        for range in choice.split(',').take(64) {
            let (first, last) = range
                .split_once('-')
                .map_or((range, Some(range)), |(first, last)| (first, Some(last)));
            let first = first.trim().parse::<usize>().unwrap_or(1).max(1);
            let last = last
                .and_then(|last| last.trim().parse::<usize>().ok())
                .unwrap_or(usize::MAX);
            kept.extend(
                lines
                    .iter()
                    .skip(first - 1)
                    .take(last.saturating_add(1).saturating_sub(first))
                    .copied(),
            );
            if kept.len() > lines.len() {
                break;
            }
        }
        lines = kept;
    }
    let number = |name: &str| {
        options
            .text(name)
            .and_then(|number| number.parse::<usize>().ok())
    };
    if let Some(end) = number("end-line") {
        lines.truncate(end);
    }
    if let Some(start) = number("start-line") {
        lines.drain(..start.min(lines.len()));
    }
    let find = |lines: &[&str], text: &str| lines.iter().position(|line| line.contains(text));
    if let Some(start) = options
        .text("start-after")
        .and_then(|mark| find(&lines, mark))
    {
        lines.drain(..=start);
    } else if let Some(start) = options.text("start-at").and_then(|mark| find(&lines, mark)) {
        lines.drain(..start);
    }
    if let Some(end) = options
        .text("end-before")
        .and_then(|mark| find(&lines, mark))
    {
        lines.truncate(end);
    } else if let Some(end) = options.text("end-at").and_then(|mark| find(&lines, mark)) {
        lines.truncate(end + 1);
    }
    lines.join("\n")
}
