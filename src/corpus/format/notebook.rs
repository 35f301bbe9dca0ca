//! Jupyter notebooks (nbformat 3 and 4): their text, their code, and what it has put out as text.

use super::data::Node;
use super::{emit, front_matter, html, markdown, restructuredtext};
use crate::corpus::document::{Page, Skip, Source};
use std::borrow::Cow;

/// What one output shows at the most.
const MAX_OUTPUT: usize = 4 << 10;
const MAX_OUTPUT_LINES: usize = 60;
/// Outputs of one cell.
const MAX_OUTPUTS: usize = 20;
/// Lines of a traceback, from its end.
const MAX_TRACEBACK: usize = 8;
/// A table that code has put out, in bytes of HTML.
const MAX_TABLE: usize = 64 << 10;

/// Turns a notebook into its page.
///
/// # Errors
/// [`Skip::Malformed`] for what is no notebook, [`Skip::Empty`] for one without text, [`Skip::Draft`] where it says so.
pub(super) fn pages(source: &Source<'_>) -> Result<Vec<Page>, Skip> {
    let notebook = Node::read(source.text).map_err(|reason| Skip::Malformed { reason })?;
    let cells = match notebook.key("cells") {
        Some(cells) => cells.list().iter().collect(),
        // nbformat 3 had sheets, of which there was never more than one.
        None => match notebook.key("worksheets") {
            Some(sheets) => {
                let cells = sheets.list().iter().filter_map(|sheet| sheet.key("cells"));
                cells.flat_map(Node::list).collect()
            }
            None => {
                return Err(Skip::Malformed {
                    reason: "a notebook without cells".to_owned(),
                });
            }
        },
    };
    Writer {
        source,
        language: language(&notebook),
        page: Page::default(),
        is_draft: false,
    }
    .page(cells)
}

fn language(notebook: &Node) -> String {
    let metadata = notebook.key("metadata");
    let of = |group: &str, key: &str| Some(metadata?.key(group)?.text_of(key)?.to_owned());
    of("language_info", "name")
        .or_else(|| of("kernelspec", "language"))
        .unwrap_or_default()
}

struct Writer<'a> {
    source: &'a Source<'a>,
    language: String,
    page: Page,
    is_draft: bool,
}

impl Writer<'_> {
    fn page(mut self, cells: Vec<&Node>) -> Result<Vec<Page>, Skip> {
        for (number, cell) in cells.into_iter().enumerate() {
            if !is_removed(cell) {
                self.cell(cell, number == 0);
            }
        }
        if self.is_draft {
            return Err(Skip::Draft);
        }
        if self.page.markdown.trim().is_empty() {
            return Err(Skip::Empty);
        }
        Ok(vec![self.page])
    }

    fn cell(&mut self, cell: &Node, is_first: bool) {
        let text = text_of(cell.key("source").or(cell.key("input")));
        match cell.text_of("cell_type") {
            Some("markdown") => {
                let text = without_attachments(&text);
                if is_first {
                    self.front_matter(&text);
                }
                self.markdown(&text);
            }
            Some("heading") => {
                let level = cell.key("level").and_then(Node::scalar);
                let level = level.and_then(|level| level.parse().ok()).unwrap_or(1);
                emit::heading(&mut self.page.markdown, level, text.trim(), None);
            }
            Some("raw") => self.raw(cell, &text, is_first),
            Some("code") => self.code(cell, &text),
            _ => {}
        }
    }

    /// Quarto and Jekyll read the front matter of a notebook in its first cell.
    fn front_matter(&mut self, text: &str) {
        let (front, _) = front_matter::split(text);
        self.is_draft = front.draft;
        self.page.title = front.title;
        self.page.description = front.description;
        self.page.permalink = front.permalink;
        self.page.aliases = front.aliases;
        self.page.weight = front.weight;
    }

    fn markdown(&mut self, text: &str) {
        self.converted(text, markdown::pages);
    }

    fn converted(&mut self, text: &str, pages: fn(&Source<'_>) -> Result<Vec<Page>, Skip>) {
        let source = Source {
            text,
            ..*self.source
        };
        for page in pages(&source).unwrap_or_default() {
            emit::gap(&mut self.page.markdown);
            self.page.markdown.push_str(page.markdown.trim_end());
            self.page.markdown.push('\n');
        }
    }

    /// A cell for the programs that publish notebooks: in what it is written stands in its metadata.
    fn raw(&mut self, cell: &Node, text: &str, is_first: bool) {
        if is_first && text.starts_with("---") {
            return self.front_matter(text);
        }
        let metadata = cell.key("metadata");
        let of = |key: &str| metadata.and_then(|metadata| metadata.text_of(key));
        let kind = of("raw_mimetype").or(of("format"));
        match kind {
            Some("text/restructuredtext" | "text/x-rst" | "rst") => {
                self.converted(text, restructuredtext::pages);
            }
            Some("text/markdown" | "markdown") => self.markdown(text),
            Some("text/html" | "html") => self.html(text),
            _ => {}
        }
    }

    fn html(&mut self, text: &str) {
        let end = text.floor_char_boundary(MAX_TABLE);
        let markdown = html::fragment_to_markdown(&text[..end]);
        if !markdown.trim().is_empty() {
            emit::gap(&mut self.page.markdown);
            self.page.markdown.push_str(&markdown);
            self.page.markdown.push('\n');
        }
    }

    fn code(&mut self, cell: &Node, text: &str) {
        let options = Options::of(text);
        let hidden = |key: &str| {
            let jupyter = cell.key("metadata").and_then(|it| it.key("jupyter"));
            jupyter.is_some_and(|jupyter| jupyter.says(key))
        };
        if !options.is_included {
            return;
        }
        if options.shows_code && !has_tag(cell, "remove-input") && !hidden("source_hidden") {
            let language = cell.text_of("language").unwrap_or(&self.language);
            let language = magic(text).unwrap_or(language).to_owned();
            emit::fence(&mut self.page.markdown, &language, options.code);
        }
        if options.shows_output && !has_tag(cell, "remove-output") && !hidden("outputs_hidden") {
            let outputs = cell.key("outputs").map_or(&[][..], Node::list);
            for output in outputs.iter().take(MAX_OUTPUTS) {
                self.output(output);
            }
        }
    }

    fn output(&mut self, output: &Node) {
        match output.text_of("output_type") {
            Some("stream") => self.put_out(&text_of(output.key("text"))),
            Some("error" | "pyerr") => {
                let lines = text_of_lines(output.key("traceback"));
                let lines = without_escapes(&lines);
                let lines: Vec<&str> = lines
                    .lines()
                    .filter(|line| !line.trim().is_empty())
                    .collect();
                let last = lines[lines.len().saturating_sub(MAX_TRACEBACK)..].join("\n");
                let name = output.text_of("ename").unwrap_or("");
                let value = output.text_of("evalue").unwrap_or("");
                let short = format!("{name}: {value}");
                self.put_out(if last.is_empty() { &short } else { &last });
            }
            Some("execute_result" | "display_data" | "pyout") => {
                // nbformat 3 has the kinds beside one another in the output itself.
                let data = output.key("data").unwrap_or(output);
                let of = |kind: &str, old: &str| {
                    let text = text_of(data.key(kind).or(data.key(old)));
                    (!text.trim().is_empty()).then_some(text)
                };
                let plain = of("text/plain", "text").filter(|text| !is_of_no_use(text));
                let table = of("text/html", "html");
                let table = table.filter(|html| plain.is_none() || html.contains("<table"));
                if let Some(text) = of("text/markdown", "markdown") {
                    let end = text.floor_char_boundary(MAX_TABLE);
                    self.markdown(&without_attachments(&text[..end]));
                } else if let Some(html) = table {
                    let before = self.page.markdown.len();
                    self.html(&html);
                    if let Some(plain) = plain.filter(|_| self.page.markdown.len() == before) {
                        self.put_out(&plain);
                    }
                } else if let Some(text) = of("text/latex", "latex") {
                    self.markdown(text.get(..MAX_OUTPUT).unwrap_or(&text));
                } else if let Some(plain) = plain {
                    self.put_out(&plain);
                }
            }
            _ => {}
        }
    }

    fn put_out(&mut self, text: &str) {
        let text = without_escapes(text);
        let mut shown = String::new();
        let mut lines = text.lines();
        for line in lines.by_ref().take(MAX_OUTPUT_LINES) {
            let end = line.floor_char_boundary(MAX_OUTPUT - shown.len());
            shown.push_str(&line[..end]);
            shown.push('\n');
            if shown.len() >= MAX_OUTPUT {
                break;
            }
        }
        if lines.next().is_some() {
            shown.push_str("…\n");
        }
        if !shown.trim().is_empty() {
            emit::paragraph(&mut self.page.markdown, "Output:");
            emit::fence(&mut self.page.markdown, "text", &shown);
        }
    }
}

/// What Quarto's `#|` lines at the top of a cell say of it.
struct Options<'a> {
    code: &'a str,
    is_included: bool,
    shows_code: bool,
    shows_output: bool,
}

impl<'a> Options<'a> {
    fn of(text: &'a str) -> Self {
        let mut options = Self {
            code: text,
            is_included: true,
            shows_code: true,
            shows_output: true,
        };
        for line in text.split_inclusive('\n') {
            let Some(option) = line.strip_prefix("#|").or(line.strip_prefix("//|")) else {
                break;
            };
            options.code = &options.code[line.len()..];
            let (key, value) = option.split_once(':').unwrap_or((option, ""));
            match (key.trim(), value.trim()) {
                ("include", "false") => options.is_included = false,
                ("echo", "false") => options.shows_code = false,
                ("output", "false") => options.shows_output = false,
                _ => {}
            }
        }
        options
    }
}

/// Whether those who publish the notebook leave the cell out.
fn is_removed(cell: &Node) -> bool {
    let nbsphinx = cell.key("metadata").and_then(|it| it.key("nbsphinx"));
    has_tag(cell, "remove-cell") || nbsphinx.and_then(Node::text) == Some("hidden")
}

fn has_tag(cell: &Node, wanted: &str) -> bool {
    let tags = cell
        .key("metadata")
        .and_then(|metadata| metadata.key("tags"));
    let mut tags = tags
        .map_or(&[][..], Node::list)
        .iter()
        .filter_map(Node::text);
    tags.any(|tag| tag.replace('_', "-") == wanted)
}

/// `%%bash` makes a cell one of another language.
fn magic(text: &str) -> Option<&str> {
    let name = text.strip_prefix("%%")?.split_whitespace().next()?;
    match name {
        "bash" | "sh" | "html" | "javascript" | "js" | "latex" | "markdown" | "perl" | "ruby"
        | "sql" => Some(name),
        "python3" | "python" => Some("python"),
        _ => None,
    }
}

/// A text, or the lines of one.
fn text_of(node: Option<&Node>) -> Cow<'_, str> {
    match node {
        Some(Node::Text(text)) => text.into(),
        Some(Node::List(lines)) => lines
            .iter()
            .filter_map(|line| match line {
                Node::Text(line) => Some(line.as_str()),
                _ => None,
            })
            .collect::<String>()
            .into(),
        _ => "".into(),
    }
}

/// Lines that do not end in a newline.
fn text_of_lines(node: Option<&Node>) -> String {
    let lines = node.map_or(&[][..], Node::list).iter();
    lines.filter_map(Node::text).collect::<Vec<_>>().join("\n")
}

/// What stands for a value that cannot be shown as text.
fn is_of_no_use(text: &str) -> bool {
    let text = text.trim();
    let object = text.starts_with('<') && text.ends_with('>');
    object && (text.contains(" object") || text.starts_with("<Figure") || text.starts_with("<Axes"))
}

/// Pictures that are in the notebook itself leave their words.
fn without_attachments(text: &str) -> Cow<'_, str> {
    if !text.contains("](attachment:") && !text.contains("](data:") {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut closes = true;
    while let Some(at) = rest.find("](") {
        let target = &rest[at + 2..];
        out.push_str(&rest[..at]);
        rest = target;
        let is_inside = target.starts_with("attachment:") || target.starts_with("data:");
        let end = match is_inside && closes {
            true => target.find([')', '\n']),
            false => None,
        };
        closes &= end.is_some() || !is_inside;
        match end {
            Some(end) => {
                out.push_str("](#");
                rest = &target[end..];
            }
            None => out.push_str("]("),
        }
    }
    out.push_str(rest);
    out.into()
}

/// A text without the escape sequences (ECMA-48, section 5.4) by which terminals are coloured, and without what a carriage
/// return has written over.
fn without_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (line, end) = match line.strip_suffix('\n') {
            Some(line) => (line.trim_end_matches('\r'), "\n"),
            None => (line, ""),
        };
        let mut rest = line.rsplit('\r').find(|it| !it.is_empty()).unwrap_or("");
        while let Some(at) = rest.find('\u{1b}') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(sequence) = rest.strip_prefix('[') {
                let end = sequence.find(|c: char| ('@'..='~').contains(&c));
                rest = end.map_or("", |end| &sequence[end + 1..]);
            }
        }
        out.push_str(rest);
        out.push_str(end);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Page, Skip> {
        let source = Source {
            path: "a.ipynb",
            text,
            include: &|_| None,
            site: &crate::corpus::Site::default(),
        };
        pages(&source).map(|mut pages| pages.remove(0))
    }

    #[test]
    fn text_code_and_what_it_put_out() {
        let page = read(
            r##"{"cells":[
{"cell_type":"markdown","metadata":{},"source":["# Fit a curve\n","Use `curve_fit` ![plot](attachment:p.png). <!-- no -->"]},
{"cell_type":"code","metadata":{},"source":["#| label: x\n","x = 1\n","x"],"outputs":[
 {"output_type":"stream","name":"stdout","text":["10 %\r100 %\n","\u001b[31mred\u001b[0m\n"]},
 {"output_type":"display_data","data":{"image/png":"AAAA","text/plain":["<Figure size 640x480 with 1 Axes>"]}},
 {"output_type":"execute_result","data":{"text/html":["<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>"],"text/plain":["  a\n","0 1"]}},
 {"output_type":"error","ename":"ValueError","evalue":"bad","traceback":["\u001b[0;31mValueError\u001b[0m: bad"]}]},
{"cell_type":"code","metadata":{"tags":["remove-cell"]},"source":"secret","outputs":[]},
{"cell_type":"code","metadata":{"jupyter":{"source_hidden":true}},"source":"hidden","outputs":[]},
{"cell_type":"code","metadata":{"tags":["hide-input"]},"source":"folded = 1","outputs":[]},
{"cell_type":"raw","metadata":{"raw_mimetype":"text/restructuredtext"},"source":".. note:: From rst."},
{"cell_type":"raw","metadata":{},"source":"no"}
],"metadata":{"language_info":{"name":"python"}},"nbformat":4,"nbformat_minor":5}"##,
        )
        .unwrap();
        for shown in [
            "# Fit a curve",
            "```python\nx = 1\nx\n```",
            "Output:\n\n```text\n100 %\nred\n```",
            "| a | b |\n| --- | --- |\n| 1 | 2 |",
            "ValueError: bad",
            "folded = 1",
            "From rst.",
        ] {
            assert!(
                page.markdown.contains(shown),
                "{shown} in {}",
                page.markdown
            );
        }
        for hidden in [
            "secret",
            "hidden",
            "AAAA",
            "Figure",
            "<!--",
            "attachment",
            "label",
            "no\n",
        ] {
            assert!(
                !page.markdown.contains(hidden),
                "{hidden} in {}",
                page.markdown
            );
        }
    }

    #[test]
    fn the_older_form_and_front_matter() {
        let page = read(
            r#"{"metadata":{},"nbformat":3,"worksheets":[{"cells":[
{"cell_type":"heading","level":1,"source":["Old"]},
{"cell_type":"code","language":"python","input":"1+1","outputs":[{"output_type":"pyout","text":["2"]}]}]}]}"#,
        )
        .unwrap();
        assert_eq!(
            page.markdown,
            "# Old\n\n```python\n1+1\n```\n\nOutput:\n\n```text\n2\n```\n"
        );
        let titled = r#"{"cells":[{"cell_type":"raw","source":"---\ntitle: T\n---"},{"cell_type":"markdown","source":"x"}]}"#;
        assert_eq!(read(titled).unwrap().title.as_deref(), Some("T"));
        let draft = r#"{"cells":[{"cell_type":"raw","source":"---\ndraft: true\n---"}]}"#;
        assert_eq!(read(draft), Err(Skip::Draft));
    }

    #[test]
    fn hostile_notebooks_stay_small() {
        let many = 100_000;
        let cell = |text: &str| {
            format!(
                "{{\"cells\":[{{\"cell_type\":\"code\",\"source\":\"x\",\"outputs\":[{{\"output_type\":\"stream\",\"text\":\"{text}\"}}]}}]}}"
            )
        };
        let long = read(&cell(&"line\\n".repeat(many))).unwrap().markdown;
        assert!(long.len() < 8_000, "{}", long.len());
        let escapes = read(&cell(&"\\u001b[".repeat(many))).unwrap().markdown;
        assert!(escapes.len() < 100, "{escapes}");
        assert!(matches!(
            read(&"[".repeat(many)),
            Err(Skip::Malformed { .. })
        ));
        assert!(matches!(read("{\"cells\":0}"), Err(Skip::Empty)));
        let links = format!(
            "{{\"cells\":[{{\"cell_type\":\"markdown\",\"source\":\"{}\"}}]}}",
            "![](data:".repeat(many)
        );
        assert!(read(&links).map_or(0, |page| page.markdown.len()) <= 16 * links.len());
    }
}
