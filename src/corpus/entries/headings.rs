//! The names that a heading gives to its section, and a title to its page.

use super::line::{Run, Style, plain};
use super::named::Named;
use super::names::{is_marked, of_term, one};
use super::options::options;
use super::signatures::{manual, owner};
use super::words::{is_kind, is_operator, is_path, is_qualifier, is_single, is_sure_kind};
use crate::corpus::entry::EntryKind;

/// A longer signature is not asked for as a whole. In bytes.
const MAX_SIGNATURE: usize = 100;

/// The names that a heading gives to its section: all of it, and what is code or a name in it.
pub(super) fn of_heading(runs: &[Run]) -> Option<Named> {
    let text = plain(runs);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_code = |run: &Run| run.style == Style::Code;
    let mut named = match of_code(runs, &text) {
        Some(mut code) if code.kind == EntryKind::Option || !is_prose(&text, runs) => {
            if text.len() <= MAX_SIGNATURE || !text.contains('(') {
                code.add(&text);
            }
            code
        }
        code => {
            let mut named = Named::new(EntryKind::Heading);
            named.add(&text);
            named.extend(code.unwrap_or_else(|| Named::new(EntryKind::Heading)));
            named
        }
    };
    if let Some(rest) = unnumbered(&text) {
        named.add(rest);
    }
    // "Nullish coalescing operator (??)"
    if let Some((before, inner)) = text.strip_suffix(')').and_then(|it| it.rsplit_once(" ("))
        && (is_operator(inner) || inner.len() > 1 && inner.chars().all(|c| c.is_ascii_uppercase()))
    {
        named.add(before);
        named.add(inner);
    }
    let mut codes = runs.iter().filter(|run| is_code(run));
    if let (Some(code), None) = (codes.next(), codes.next())
        && text.split(' ').count() <= 4
    {
        one(&code.text, true, &mut named);
    }
    named.or_none()
}

/// The names of a heading that is its page's: [`of_heading`], and "Class Element".
pub(super) fn of_title(runs: &[Run]) -> Option<Named> {
    let mut named = of_heading(runs)?;
    let text = plain(runs);
    if let Some(owner) = owner(&text) {
        named.names.truncate(1);
        one(owner, true, &mut named);
        named.kind = EntryKind::Signature;
    }
    named.or_none()
}

/// Whether a heading is more than names.
fn is_prose(text: &str, runs: &[Run]) -> bool {
    let is_styled = |run: &Run| run.style == Style::Code || run.text.trim().is_empty();
    !runs.iter().all(is_styled) && !is_single(text) && !text.contains('(')
}

/// The names of a heading that is code, or a name with what it is.
fn of_code(runs: &[Run], text: &str) -> Option<Named> {
    if let Some(options) = options(text) {
        return options.or_none();
    }
    let mut named = Named::new(EntryKind::Signature);
    if let Some(name) = manual(text) {
        named.add(name);
        if name.contains('-') {
            named.add(&name.replace('-', " "));
        }
        return named.or_none();
    }
    let all_code = runs.iter().all(|run| {
        run.style == Style::Code
            || run.text.trim().is_empty()
            || run.text.trim().starts_with(['(', ',', '/', '|', '['])
    });
    let first = runs.first()?;
    if first.style == Style::Code && all_code {
        named = of_term(runs)?;
        named.kind = EntryKind::Signature;
        return named.or_none();
    }
    if first.style == Style::Code && is_single(&first.text) {
        // "`json` — JSON encoder", "`::before` CSS pseudo-element"
        let rest = plain(&runs[1..]);
        let rest = rest.trim_start();
        let is_named = rest.starts_with(['—', '–', '-', ':', '(']) || ends_in_kind(rest);
        if is_named {
            one(&first.text, true, &mut named);
            return named.or_none();
        }
    }
    of_words(text, &mut named);
    named.or_none()
}

/// The name in a heading without code.
fn of_words(text: &str, named: &mut Named) {
    // "Document: querySelector() method", "E0308: mismatched types", "json — JSON encoder"
    for between in [": ", " — ", " – ", " - "] {
        let Some((before, after)) = text.split_once(between) else {
            continue;
        };
        let name = before.rsplit(' ').next().unwrap_or(before);
        if between == ": "
            && is_single(before)
            && let Some((member, kind)) = after.split_once(' ')
            && is_kind(kind.rsplit(' ').next().unwrap_or(kind))
        {
            let member = member.split('(').next().unwrap_or(member);
            named.add(&format!("{before}.{member}"));
            named.add(member);
            return;
        }
        let is_dash = matches!(between, " — " | " – ");
        let is_named = is_marked(before)
            || is_dash && is_single(before) && before.starts_with(char::is_lowercase);
        if is_named || is_code_of(name) && before.split(' ').all(|it| is_kind(it) || it == name) {
            one(name, true, named);
        }
        return;
    }
    if let Some((name, kind)) = text.split_once(' ')
        && is_single(name)
        && ends_in_kind(kind)
        && (is_marked(name) || ends_in_sure_kind(kind))
        && kind.split(' ').count() <= 3
    {
        one(name, true, named);
        return;
    }
    if let Some((kind, name)) = text.rsplit_once(' ')
        && (is_marked(name) && kind.split(' ').all(is_qualifier)
            || is_code_of(name) && is_kind(kind.rsplit(' ').next().unwrap_or(kind)))
    {
        one(name, true, named);
        return;
    }
    let begins_call = text.find('(').is_some_and(|open| {
        open > 0
            && text[..open]
                .split(' ')
                .all(|it| is_path(it) || is_qualifier(it))
            && text.ends_with(')')
            && !text[..open].ends_with(' ')
    });
    if begins_call || is_single(text) && is_marked(text) {
        one(text, true, named);
    }
}

fn is_code_of(word: &str) -> bool {
    is_path(word) && is_marked(word)
}

/// A heading without its number: "9.16. Functions", "Chapter 5. Data", "Appendix A. Codes".
fn unnumbered(text: &str) -> Option<&str> {
    let (first, mut rest) = text.split_once(' ')?;
    let is_number = |it: &str| {
        let it = it.strip_suffix(['.', ':', ')']).unwrap_or(it);
        !it.is_empty()
            && it.len() <= 12
            && it.starts_with(|c: char| c.is_ascii_digit() || c.is_ascii_uppercase())
            && it.split('.').all(|part| {
                part.bytes().all(|byte| byte.is_ascii_digit())
                    || part.len() == 1 && part.bytes().all(|byte| byte.is_ascii_uppercase())
            })
    };
    if matches!(first, "Chapter" | "Appendix" | "Section" | "Part") {
        let (number, after) = rest.split_once(' ')?;
        rest = after;
        return is_number(number).then_some(rest.trim());
    }
    let counts = first.starts_with(|c: char| c.is_ascii_digit()) || first.contains('.');
    (counts && is_number(first)).then_some(rest.trim())
}

/// Whether what follows a name says what that is: "CSS property".
fn ends_in_kind(text: &str) -> bool {
    text.rsplit(' ').next().is_some_and(is_kind)
}

/// Whether it says that of any word: "Date header", not "magic method".
fn ends_in_sure_kind(text: &str) -> bool {
    text.rsplit(' ').next().is_some_and(is_sure_kind)
}

#[cfg(test)]
mod tests {
    use super::super::named::tests::{line, shown};
    use super::super::named::{MAX_NAME, MAX_NAMES};
    use super::*;

    #[test]
    fn headings_name_what_they_are_of() {
        for (heading, names) in [
            ("Getting started", "Getting started"),
            (
                "`json.dumps(obj, *, skipkeys=False)`",
                "json.dumps | dumps | json.dumps(obj, *, skipkeys=False)",
            ),
            (
                "`class pathlib.PurePath(*pathsegments)`",
                "pathlib.PurePath | PurePath | class pathlib.PurePath(*pathsegments)",
            ),
            (
                "`std::vec::Vec<T>`",
                "std::vec::Vec | vec::Vec | Vec | std::vec::Vec<T>",
            ),
            (
                "Struct std::vec::Vec",
                "Struct std::vec::Vec | std::vec::Vec | vec::Vec | Vec",
            ),
            (
                "`static int QString::size(const QString &name)`",
                "QString::size | size | static int QString::size(const QString &name)",
            ),
            (
                "`char *strdup(const char *s)`",
                "strdup | char *strdup(const char *s)",
            ),
            (
                "fs.readFile(path[, options], callback)",
                "fs.readFile | readFile | fs.readFile(path[, options], callback)",
            ),
            (
                "Array.prototype.map()",
                "Array.prototype.map | Array.map | map | Array.prototype.map()",
            ),
            (
                "Document: querySelector() method",
                "Document.querySelector | querySelector | Document: querySelector() method",
            ),
            (
                "Element: click event",
                "Element: click event | Element.click | click",
            ),
            (
                "`listen_addresses` (`string`)",
                "listen_addresses | listen_addresses (string)",
            ),
            (
                "`grid-template-columns` CSS property",
                "grid-template-columns CSS property | grid-template-columns",
            ),
            (
                "`::before` CSS pseudo-element",
                "::before CSS pseudo-element | ::before",
            ),
            ("Set-Cookie header", "Set-Cookie header | Set-Cookie"),
            ("Date header", "Date header | Date"),
            ("Greater than (>)", "Greater than (>) | Greater than | >"),
            ("Number.MAX_VALUE", "Number.MAX_VALUE | MAX_VALUE"),
            (
                "`<small>` HTML side comment element",
                "<small> HTML side comment element | <small>",
            ),
            ("magic method", "magic method"),
            ("`@media`", "@media"),
            ("`<input>`", "<input>"),
            ("E0308: mismatched types", "E0308: mismatched types | E0308"),
            ("Error code E0308", "Error code E0308 | E0308"),
            ("KubePodNotReady", "KubePodNotReady"),
            ("`TimeoutStartSec=`", "TimeoutStartSec="),
            ("`-v`, `--verbose`", "-v | --verbose | -v, --verbose"),
            ("`--[no-]verify`", "--verify | --no-verify | --[no-]verify"),
            (
                "git-rebase(1) Manual Page",
                "git-rebase | git rebase | git-rebase(1) Manual Page",
            ),
            (
                "`json` — JSON encoder and decoder",
                "json — JSON encoder and decoder | json",
            ),
            (
                "9.16. JSON Functions",
                "9.16. JSON Functions | JSON Functions",
            ),
            (
                "Appendix A. Error Codes",
                "Appendix A. Error Codes | Error Codes",
            ),
            ("The `find` option", "The find option | find"),
            ("Why `a` is not `b`", "Why a is not b"),
            ("pg_hba.conf", "pg_hba.conf"),
            ("What is new?", "What is new?"),
            ("Notes: read them", "Notes: read them"),
        ] {
            assert_eq!(shown(of_heading(&line(heading))), names, "{heading}");
        }
    }

    #[test]
    fn members_are_called_by_what_they_are_of() {
        for (heading, anchor, title, names) in [
            (
                "`add_note(note)`",
                "BaseException.add_note",
                "",
                "add_note | add_note(note) | BaseException.add_note",
            ),
            (
                "`Path.touch()`",
                "pathlib.Path.touch",
                "",
                "Path.touch | touch | Path.touch() | pathlib.Path.touch",
            ),
            (
                "`@abc.abstractmethod`",
                "abc.abstractmethod",
                "",
                "@abc.abstractmethod | abc.abstractmethod | abstractmethod",
            ),
            (
                "`pub fn push(&mut self, value: T)`",
                "method.push",
                "Struct std::vec::Vec",
                "push | pub fn push(&mut self, value: T) | Vec::push | std::vec::Vec::push",
            ),
            ("html", "html(T)", "Class Element", "html | Element.html"),
            (
                "`Py_ssize_t len`",
                "c.Py_buffer.len",
                "",
                "Py_ssize_t len | Py_buffer.len | len",
            ),
            (
                "`PyTypeObject PyBytes_Type`",
                "c.PyBytes_Type",
                "",
                "PyTypeObject PyBytes_Type | PyBytes_Type",
            ),
        ] {
            let mut named = of_heading(&line(heading)).unwrap();
            named.qualify(anchor, owner(title));
            assert_eq!(named.names.join(" | "), names, "{heading}");
        }
        assert_eq!(
            shown(of_title(&line("Class Element"))),
            "Class Element | Element"
        );
        assert_eq!(
            shown(of_title(&line("Struct std::vec::Vec<T>"))),
            "Struct std::vec::Vec<T> | std::vec::Vec | vec::Vec | Vec"
        );
        assert_eq!(
            shown(of_title(&line("Class loading explained"))),
            "Class loading explained"
        );
    }

    #[test]
    fn nothing_costs_more_than_its_length() {
        let long = "a".repeat(10_000);
        for text in [
            "(".repeat(1_000_000),
            "`".repeat(1_000_000),
            "--a,".repeat(250_000),
            "a::".repeat(300_000),
            "-[no-]".repeat(200_000),
            long,
        ] {
            for named in [of_heading(&line(&text)), of_term(&line(&text))] {
                let names = named.map(|named| named.names).unwrap_or_default();
                assert!(names.len() <= MAX_NAMES && names.iter().all(|it| it.len() <= MAX_NAME));
            }
        }
    }
}
