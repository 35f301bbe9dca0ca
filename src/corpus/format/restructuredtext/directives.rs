//! Directives: what docutils and Sphinx know, and the common extensions.

use super::super::emit;
use super::blocks::{Converter, joined};
use super::lists::{described, field_name, glossary};
use super::{dedented, tables};
use crate::corpus::path::join;

/// How many pages of its tables of contents a page lists.
const MAX_CONTENTS: usize = 1000;

/// A directive's parts.
struct Parts<'a> {
    /// Lines of the argument.
    argument: Vec<&'a str>,
    options: Vec<(&'a str, &'a str)>,
    body: Vec<&'a str>,
}

impl Parts<'_> {
    fn option(&self, name: &str) -> Option<&str> {
        self.options
            .iter()
            .find(|(option, _)| *option == name)
            .map(|(_, value)| *value)
    }

    fn argument(&self) -> String {
        joined(&self.argument)
    }

    fn code(&self) -> String {
        self.body.join("\n")
    }
}

pub(super) fn directive(
    converter: &mut Converter<'_>,
    name: &str,
    argument: &str,
    lines: &[&str],
    out: &mut String,
) {
    // `py:function` and `c:function` are `function` in their languages.
    let plain = name.rsplit(':').next().unwrap_or(name);
    if let Some(label) = admonition_label(plain) {
        let parts = parts("", lines);
        let mut body = vec![argument];
        if lines.first().is_some_and(|line| line.is_empty()) {
            body.push("");
        }
        body.extend(parts.body);
        let inner = converter.inner(&body);
        emit::admonition(out, label, &inner);
        return;
    }
    let parts = parts(argument, lines);
    match plain {
        "code-block" | "sourcecode" | "code" | "parsed-literal" | "prompt" | "productionlist"
        | "testcode" | "testoutput" | "doctest" | "ipython" | "jupyter-execute"
        | "highlight-block" | "console" | "math" | "code-example" | "cli" | "shell" => {
            code(converter, plain, &parts, out);
        }
        "highlight" => converter.language = code_language(&parts.argument()).to_owned(),
        "literalinclude" => literal_include(converter, &parts, out),
        "include" => include(converter, &parts, out),
        "mermaid" | "graphviz" | "digraph" | "graph" | "uml" | "plantuml" | "blockdiag"
        | "seqdiag" | "actdiag" | "nwdiag" | "packetdiag" | "rackdiag" | "aafig" | "ditaa"
        | "wavedrom" | "tikz" | "kroki" | "d2" => diagram(converter, plain, &parts, out),
        "autosummary" => {
            for name in parts.body.iter().filter(|name| !name.is_empty()) {
                let name = name.trim().trim_start_matches('~');
                converter.alias(name.to_owned());
                let mut item = String::new();
                emit::code_into(&mut item, name);
                if !out
                    .trim_end()
                    .rsplit('\n')
                    .next()
                    .is_some_and(|last| last.starts_with("- "))
                {
                    emit::gap(out);
                }
                emit::nested(out, &item, "- ", "  ");
            }
        }
        "toctree" => {
            let entries = parts
                .body
                .iter()
                .filter(|line| !line.is_empty())
                .take(MAX_CONTENTS);
            for line in entries {
                let (words, page) = super::titles::entry(line);
                if page != "self" && !page.contains('*') && converter.contents.len() < MAX_CONTENTS
                {
                    converter
                        .contents
                        .push((words.map(str::to_owned), page.to_owned()));
                }
            }
        }
        "only" if is_hidden(&parts.argument()) => {}
        // What they are called by is not for readers.
        "only" | "ifconfig" | "tabs" | "tab-set" | "tab-set-code" | "content-tabs" | "grid"
        | "grid-item" | "container" | "compound" | "rst-class" | "cssclass" | "hlist" | "div"
        | "panels" | "button-link" | "button-ref" | "card-carousel" | "card-header"
        | "card-footer" | "line-block" | "nosearch" | "tags" | "toggle" | "accordion"
        | "article-info" | "revealjs-slide" => {
            let inner = converter.inner(&parts.body);
            blocks(out, &inner);
        }
        "figure" | "image" | "thumbnail" => {
            let alt = parts
                .option("alt")
                .map(|alt| converter.inline(alt))
                .unwrap_or_default();
            let caption = converter.inner(&parts.body);
            emit::paragraph(out, &alt);
            blocks(out, &caption);
        }
        "admonition" | "topic" | "sidebar" | "dropdown" | "details" | "collapse" => {
            let label = converter.inline(&parts.argument());
            let inner = converter.inner(&parts.body);
            emit::admonition(out, if label.is_empty() { "Note" } else { &label }, &inner);
        }
        "versionadded" | "versionchanged" | "deprecated" | "versionremoved"
        | "deprecated-removed" | "versionmodified" => {
            version(converter, plain, &parts, out);
        }
        "epigraph" | "pull-quote" | "highlights" => {
            let inner = converter.inner(&parts.body);
            if !inner.is_empty() {
                emit::gap(out);
                emit::nested(out, &inner, "> ", "> ");
            }
        }
        "list-table" => {
            caption(converter, &parts, out);
            let header = parts.option("header-rows").is_some_and(|rows| rows != "0");
            tables::from_list(converter, &parts.body, header, out);
        }
        "csv-table" => {
            caption(converter, &parts, out);
            let header = parts.option("header").unwrap_or("");
            let file = parts.option("file").and_then(|file| read(converter, file));
            let body = file.unwrap_or_else(|| parts.code());
            tables::from_csv(
                converter,
                header,
                &body,
                parts.option("header-rows").is_some_and(|rows| rows != "0"),
                out,
            );
        }
        "table" => {
            caption(converter, &parts, out);
            let inner = converter.inner(&parts.body);
            blocks(out, &inner);
        }
        "glossary" => glossary(converter, &parts.body, out),
        "title" => converter.title = Some(parts.argument()),
        "meta" => {
            let described = lines
                .iter()
                .filter_map(|line| field_name(line.trim()))
                .find(|(name, _)| name.starts_with("description"));
            converter.description = described
                .map(|(_, text)| text.to_owned())
                .or(converter.description.take());
        }
        "module" | "currentmodule" => {
            converter.module = parts.argument();
            if plain != "currentmodule" {
                let module = converter.module.clone();
                converter.label(&format!("module-{module}"));
                converter.alias(module);
            }
            let inner = converter.inner(&parts.body);
            blocks(out, &inner);
        }
        "automodule" => {
            let module = parts.argument();
            converter.module.clone_from(&module);
            converter.label(&format!("module-{module}"));
            object(converter, plain, &parts, out);
        }
        "rubric" | "centered" | "tabitem" | "content-tab" | "tab" | "tab-item" | "group-tab"
        | "code-tab" | "md-tab-item" | "card" | "grid-item-card" => {
            let label = converter.inline(&parts.argument());
            if !label.is_empty() {
                emit::paragraph(out, &format!("**{label}**"));
            }
            if plain == "code-tab" {
                emit::fence(out, code_language(&parts.argument()), &parts.code());
            } else {
                let inner = converter.inner(&parts.body);
                blocks(out, &inner);
            }
        }
        "raw"
        | "default-domain"
        | "section-numbering"
        | "target-notes"
        | "bibliography"
        | "contents"
        | "index"
        | "sectnum"
        | "tabularcolumns"
        | "role"
        | "default-role"
        | "testsetup"
        | "testcleanup"
        | "local"
        | "sectionauthor"
        | "moduleauthor"
        | "codeauthor"
        | "todo"
        | "todolist"
        | "plot"
        | "inheritance-diagram"
        | "header"
        | "footer"
        | "program"
        | "namespace"
        | "restructuredtext-test-directive"
        | "date"
        | "highlightlang"
        | "youtube"
        | "video" => {}
        _ if is_object(plain) || name.contains(':') => object(converter, name, &parts, out),
        _ => unknown(converter, &parts, out),
    }
}

/// Splits the lines behind a directive's first.
fn parts<'a>(argument: &'a str, lines: &[&'a str]) -> Parts<'a> {
    let mut arguments: Vec<&str> = Some(argument)
        .filter(|text| !text.is_empty())
        .into_iter()
        .collect();
    let continued = lines.iter().take_while(|line| !line.is_empty()).count();
    let block = dedented(lines);
    let mut at = 0;
    let starts_at_once = lines.first().is_some_and(|line| !line.is_empty());
    if starts_at_once && !arguments.is_empty() {
        while at < continued && field_name(block[at]).is_none() {
            arguments.push(block[at]);
            at += 1;
        }
    }
    let mut options = Vec::new();
    if starts_at_once {
        while at < block.len() {
            if let Some(option) = field_name(block[at]) {
                options.push(option);
            } else if options.is_empty() || !block[at].starts_with(' ') {
                break;
            }
            at += 1;
        }
    }
    let body = &block[at.min(block.len())..];
    Parts {
        argument: arguments,
        options,
        body: dedented(body),
    }
}

fn admonition_label(name: &str) -> Option<&'static str> {
    Some(match name {
        "note" => "Note",
        "warning" => "Warning",
        "tip" => "Tip",
        "hint" => "Hint",
        "important" => "Important",
        "caution" => "Caution",
        "danger" => "Danger",
        "attention" => "Attention",
        "error" => "Error",
        "seealso" => "See also",
        "impl-detail" => "Implementation detail",
        _ => return None,
    })
}

fn code_language(argument: &str) -> &str {
    match argument.split_whitespace().next().unwrap_or("") {
        "python3" => "python",
        "none" | "default" => "text",
        language => language,
    }
}

fn code(converter: &Converter<'_>, name: &str, parts: &Parts<'_>, out: &mut String) {
    // Code that is run and not shown.
    let hides = match name {
        "testcode" | "testoutput" | "doctest" => "hide",
        "ipython" => "suppress",
        _ => "",
    };
    if !hides.is_empty() && parts.option(hides).is_some() {
        return;
    }
    caption_line(converter, parts.option("caption"), out);
    let argument = parts.argument();
    let (language, first) = match name {
        "doctest" | "testcode" => ("python", ""),
        "ipython" => ("ipython", ""),
        "math" => ("math", argument.as_str()),
        "parsed-literal" | "productionlist" | "testoutput" => ("", argument.as_str()),
        "prompt" | "console" | "shell" => ("console", ""),
        _ if argument.is_empty() => (converter.language.as_str(), ""),
        _ => (code_language(&argument), ""),
    };
    let body = parts.code();
    if first.is_empty() {
        emit::fence(out, language, &body);
    } else {
        emit::fence(out, language, &format!("{first}\n{body}"));
    }
}

fn caption(converter: &Converter<'_>, parts: &Parts<'_>, out: &mut String) {
    caption_line(converter, Some(&parts.argument()), out);
}

fn caption_line(converter: &Converter<'_>, caption: Option<&str>, out: &mut String) {
    if let Some(caption) = caption.filter(|caption| !caption.is_empty()) {
        emit::paragraph(out, &format!("**{}**", converter.inline(caption)));
    }
}

fn blocks(out: &mut String, inner: &str) {
    if !inner.trim().is_empty() {
        emit::gap(out);
        out.push_str(inner.trim_matches('\n'));
        out.push('\n');
    }
}

fn version(converter: &mut Converter<'_>, name: &str, parts: &Parts<'_>, out: &mut String) {
    let words = match name {
        "versionadded" => "Added in version",
        "versionchanged" | "versionmodified" => "Changed in version",
        "versionremoved" => "Removed in version",
        _ => "Deprecated since version",
    };
    let argument = parts.argument();
    let (version, text) = argument.split_once(' ').unwrap_or((&argument, ""));
    let mut body = vec![text];
    body.extend(&parts.body);
    let inner = converter.inner(&body);
    let inner = inner.trim();
    let colon = if inner.is_empty() { "." } else { ":" };
    let line = format!("*{words} {}{colon}* {inner}", emit::escaped(version));
    emit::gap(out);
    out.push_str(line.trim_end());
    out.push('\n');
}

/// Whether what an `only` is for is something else than a site: `latex`, `man or text`.
fn is_hidden(expression: &str) -> bool {
    let mut words = expression
        .split([' ', '(', ')'])
        .filter(|word| !word.is_empty() && *word != "or")
        .peekable();
    words.peek().is_some()
        && words.all(|word| {
            matches!(
                word,
                "latex" | "man" | "text" | "texinfo" | "epub" | "pdf" | "linkcheck" | "gettext"
            )
        })
}

/// Nobody knows what it does: what it is called by and what it holds is text to a reader more often than not.
fn unknown(converter: &mut Converter<'_>, parts: &Parts<'_>, out: &mut String) {
    let argument = parts.argument();
    let mut title = String::new();
    // A program that describes itself: `.. click:: acme.cli:main` with `:prog: acme`.
    if let Some(program) = parts.option("prog").filter(|program| !program.is_empty()) {
        converter.alias(program.to_owned());
        title.push_str("**");
        emit::code_into(&mut title, program);
        title.push_str("** ");
    }
    let is_name = !argument.contains(' ') || argument.contains(['(', '=']);
    if is_name && !argument.is_empty() {
        converter.alias(argument.clone());
        emit::code_into(&mut title, &argument);
    } else {
        title.push_str(&converter.inline(&argument));
    }
    emit::paragraph(out, &title);
    let inner = converter.inner(&parts.body);
    blocks(out, &inner);
}

/// A diagram is its source.
fn diagram(converter: &mut Converter<'_>, kind: &str, parts: &Parts<'_>, out: &mut String) {
    caption_line(converter, parts.option("caption"), out);
    if let Some(alt) = parts.option("alt").filter(|alt| !alt.is_empty()) {
        emit::paragraph(out, &converter.inline(alt));
    }
    let language = match kind {
        "graphviz" | "digraph" | "graph" => "dot",
        "uml" => "plantuml",
        kind => kind,
    };
    let argument = parts.argument();
    let file = Some(&argument).filter(|file| !file.is_empty() && parts.body.is_empty());
    let body = match file.and_then(|file| read(converter, file)) {
        Some(text) => text,
        None if matches!(kind, "digraph" | "graph") => {
            format!("{kind} {argument} {{\n{}\n}}", parts.code())
        }
        None => parts.code(),
    };
    emit::fence(out, language, &body);
}

fn is_object(name: &str) -> bool {
    matches!(
        name,
        "function"
            | "method"
            | "class"
            | "attribute"
            | "data"
            | "exception"
            | "cfunction"
            | "option"
            | "cmdoption"
            | "envvar"
            | "describe"
            | "object"
            | "confval"
            | "opcode"
            | "pdbcommand"
            | "property"
            | "staticmethod"
            | "classmethod"
            | "decorator"
            | "decoratormethod"
            | "macro"
            | "type"
            | "member"
            | "struct"
            | "enum"
            | "enumerator"
            | "union"
            | "var"
            | "directive"
            | "setting"
            | "django-admin"
            | "templatetag"
            | "templatefilter"
            | "fieldlookup"
            | "2to3fixer"
            | "coroutinemethod"
            | "coroutinefunction"
            | "awaitablemethod"
            | "awaitablefunction"
            | "abstractmethod"
            | "alias"
            | "concept"
            | "variable"
            | "constant"
            | "monitoring-event"
            | "ctype"
            | "cmacro"
            | "cvar"
            | "cmember"
            | "program-option"
    ) || name.starts_with("auto")
}

/// A described object: its signatures, then what is said of it.
fn object(converter: &mut Converter<'_>, name: &str, parts: &Parts<'_>, out: &mut String) {
    let (domain, kind) = name.rsplit_once(':').unwrap_or(("", name));
    let mut signatures = String::new();
    for signature in lines_of(&parts.argument) {
        let name = object_name(&signature);
        if !converter.module.is_empty()
            && !matches!(kind, "option" | "envvar" | "cmdoption")
            && !name.contains(' ')
        {
            let full = format!("{}.{name}", converter.module);
            converter.alias(full);
        }
        converter.alias(name.to_owned());
        if !signatures.is_empty() {
            signatures.push('\n');
        }
        signatures.push_str("**");
        let mut shown = match (domain, kind) {
            (_, "class" | "exception") => format!("{kind} {signature}"),
            ("http", _) => format!("{} {signature}", kind.to_ascii_uppercase()),
            ("rst", "directive") => format!(".. {signature}::"),
            ("rst", "role") => format!(":{signature}:"),
            _ => signature,
        };
        if matches!(kind, "attribute" | "data" | "property") {
            let typed = parts.option("type").filter(|text| !text.is_empty());
            shown.extend(typed.map(|text| format!(": {text}")));
            let value = parts.option("value").filter(|text| !text.is_empty());
            shown.extend(value.map(|text| format!(" = {text}")));
        }
        emit::code_into(&mut signatures, &shown);
        signatures.push_str("**");
    }
    let mut inner = converter.inner(&parts.body);
    if matches!(kind, "confval" | "setting") {
        let facts = [("Type", "type"), ("Default", "default")];
        let facts = facts.iter().filter_map(|(label, option)| {
            let value = parts.option(option).filter(|value| !value.is_empty())?;
            Some(format!("- **{label}:** {}\n", converter.inline(value)))
        });
        inner = format!("{}\n{inner}", facts.collect::<String>());
    }
    described(out, &signatures, &inner);
}

/// Lines that end in a backslash go on.
fn lines_of(argument: &[&str]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in argument {
        let (text, more) = match line.strip_suffix('\\') {
            Some(text) => (text, true),
            None => (*line, false),
        };
        match lines.last_mut().filter(|_| goes_on) {
            Some(last) => last.push_str(text.trim_start()),
            None => lines.push(text.to_owned()),
        }
        goes_on = more;
    }
    lines
}

/// `int PyList_Size(PyObject *list)` -> `PyList_Size`; `os.open(path)` -> `os.open`.
fn object_name(signature: &str) -> &str {
    let name = signature
        .split(['(', '[', '=', ','])
        .next()
        .unwrap_or(signature)
        .trim();
    match name.rsplit_once([' ', '*']) {
        Some((_, last)) if !name.starts_with('-') => last,
        _ => name.split(' ').next().unwrap_or(name),
    }
}

/// The text of another file, named relative to this one or, with `/`, to the root.
fn read(converter: &mut Converter<'_>, file: &str) -> Option<String> {
    let path = resolved(converter.source.path, file)?;
    let text = (converter.source.include)(&path)?;
    converter.include_budget = converter.include_budget.checked_sub(text.len().max(1024))?;
    Some(text)
}

pub(super) fn resolved(from: &str, file: &str) -> Option<String> {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    match file.strip_prefix('/') {
        Some(from_root) => join("", from_root),
        None => join(folder, file),
    }
}

fn literal_include(converter: &mut Converter<'_>, parts: &Parts<'_>, out: &mut String) {
    caption_line(converter, parts.option("caption"), out);
    let file = parts.argument();
    let Some(text) = read(converter, &file) else {
        let mut name = String::new();
        emit::code_into(&mut name, &file);
        emit::paragraph(out, &name);
        return;
    };
    let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
    let language = parts.option("language").map_or(extension, code_language);
    emit::fence(out, language, &selected(&text, parts));
}

/// The lines that `lines`, `start-after` and their like choose.
fn selected(text: &str, parts: &Parts<'_>) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let position = |mark: Option<&str>, from: usize| {
        Some(
            lines
                .iter()
                .skip(from)
                .position(|line| line.contains(mark.unwrap_or("\0")))?
                + from,
        )
    };
    let start = position(parts.option("start-after"), 0)
        .map(|at| at + 1)
        .or_else(|| position(parts.option("start-at"), 0))
        .unwrap_or(0);
    let end = position(parts.option("end-before"), start)
        .or_else(|| position(parts.option("end-at"), start).map(|at| at + 1))
        .unwrap_or(lines.len());
    let number = |name: &str| {
        parts
            .option(name)
            .and_then(|number| number.parse::<i64>().ok())
    };
    let line_at = |number: i64| {
        let count = i64::try_from(lines.len()).unwrap_or(0);
        let at = if number < 0 { count + number } else { number };
        usize::try_from(at).unwrap_or(0).min(lines.len())
    };
    let start = number("start-line").map_or(start, line_at);
    let end = number("end-line").map_or(end, line_at).max(start);
    let (start, end) = match parts.option("pyobject") {
        Some(name) => python_object(&lines, name).unwrap_or((start, end)),
        None => (start, end),
    };
    let lines = &lines[start..end];
    let Some(ranges) = parts.option("lines") else {
        return dedented(lines).join("\n");
    };
    let mut chosen = Vec::new();
    for range in ranges.split(',').take(100) {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let first = first.trim().parse().unwrap_or(1usize).max(1);
        let last = last.trim().parse().unwrap_or(lines.len()).min(lines.len());
        chosen.extend(lines.get(first - 1..last).unwrap_or(&[]));
        if chosen.len() > lines.len() {
            break;
        }
    }
    dedented(&chosen).join("\n")
}

/// Where a class or function of Python begins and ends: `Class.method`.
fn python_object(lines: &[&str], name: &str) -> Option<(usize, usize)> {
    let name = name.rsplit('.').next().unwrap_or(name);
    let begins = |line: &&str| {
        let line = line.trim_start();
        let line = line.strip_prefix("async ").unwrap_or(line);
        let rest = line
            .strip_prefix("def ")
            .or_else(|| line.strip_prefix("class "));
        let rest = rest.and_then(|rest| rest.strip_prefix(name));
        rest.is_some_and(|rest| rest.starts_with(['(', ':', ' ']))
    };
    let start = lines.iter().position(begins)?;
    let depth = super::indent(lines[start]);
    let body = lines[start + 1..].iter().take_while(|line| {
        line.trim().is_empty() || super::indent(line) > depth || line.trim_start().starts_with(')')
    });
    Some((start, start + 1 + body.count()))
}

fn include(converter: &mut Converter<'_>, parts: &Parts<'_>, out: &mut String) {
    let Some(text) = read(converter, &parts.argument()) else {
        return;
    };
    let text = selected(&text, parts);
    if let Some(language) = parts.option("code") {
        emit::fence(out, code_language(language), &text);
    } else if parts.option("literal").is_some() {
        emit::fence(out, "", &text);
    } else {
        let text = super::expanded(&text);
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        // As deep as a block: files that include each other end there.
        let inner = converter.inner(&lines);
        blocks(out, &inner);
    }
}
