//! Directives: what docutils and Sphinx know, and the common extensions.

use super::super::emit;
use super::blocks::{Converter, joined};
use super::lists::{described, field_name, glossary};
use super::{dedented, tables};
use crate::corpus::path::join;

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
        "module" | "currentmodule" | "automodule" => {
            converter.module = parts.argument();
            if plain != "currentmodule" {
                let module = converter.module.clone();
                converter.label(&format!("module-{module}"));
                converter.alias(module);
            }
            let inner = converter.inner(&parts.body);
            blocks(out, &inner);
        }
        "rubric" | "centered" | "tab" | "tab-item" | "group-tab" | "code-tab" | "md-tab-item"
        | "card" | "grid-item-card" => {
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
        | "toctree"
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
        | "graphviz"
        | "digraph"
        | "graph"
        | "uml"
        | "mermaid"
        | "plot"
        | "inheritance-diagram"
        | "autosummary"
        | "header"
        | "footer"
        | "program"
        | "namespace"
        | "restructuredtext-test-directive"
        | "date"
        | "highlightlang"
        | "youtube"
        | "video" => {}
        _ if is_object(plain) => object(converter, plain, &parts, out),
        _ => {
            // Unknown: what it holds is text to a reader more often than not.
            let inner = converter.inner(&parts.body);
            blocks(out, &inner);
        }
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
fn object(converter: &mut Converter<'_>, kind: &str, parts: &Parts<'_>, out: &mut String) {
    let mut signatures = String::new();
    for signature in &parts.argument {
        let name = object_name(signature);
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
        let shown = if matches!(kind, "class" | "exception") {
            format!("{kind} {signature}")
        } else {
            (*signature).to_owned()
        };
        emit::code_into(&mut signatures, &shown);
        signatures.push_str("**");
    }
    let inner = converter.inner(&parts.body);
    described(out, &signatures, &inner);
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
