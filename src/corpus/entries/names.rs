//! The names in a term or a cell, as they are written, and as people call what they name.

use super::line::{Run, Style, apart, plain};
use super::named::{MAX_NAME, Named};
use super::options::options;
use super::signatures::{calls, last_parts, manual, operators, signature};
use super::words::{is_operator, is_path, is_single};
use crate::corpus::entry::EntryKind;

/// What has more words is a sentence.
const MAX_WORDS: usize = 12;

/// The names of a term: a line that stands above what it defines, or leads it.
pub(super) fn of_term(runs: &[Run]) -> Option<Named> {
    let text = plain(runs);
    if let Some(options) = options(&text) {
        return options.or_none();
    }
    let mut named = Named::new(EntryKind::Term);
    if text.contains('→') && !calls(runs) && operators(runs, &mut named) {
        named.kind = EntryKind::Signature;
        return named.or_none();
    }
    for part in apart(runs) {
        let part = &runs[part];
        let Some(at) = part.iter().position(|run| run.style != Style::Plain) else {
            continue;
        };
        let first = &part[at];
        // Of a signature, the arguments are often written in other styles.
        let whole = plain(&part[at..]);
        let rest = &whole[first.text.len()..];
        let calls = rest.starts_with('(')
            || ["( ", "()"]
                .iter()
                .any(|open| rest.trim_start().starts_with(open));
        let is_signature = first.style == Style::Code && calls && is_single(&first.text);
        let mut found = Named::new(EntryKind::Term);
        one(&first.text, first.style == Style::Code, &mut found);
        if is_signature || found.kind == EntryKind::Signature {
            named.kind = EntryKind::Signature;
            if let Some(name) = found.names.first().cloned() {
                last_parts(&name, calls, &mut found);
            }
        }
        named.extend(found);
    }
    named.or_none()
}

/// The names that a row of a table has by its first cells.
pub(super) fn of_cells(first: &[Run], second: &[Run]) -> Option<Named> {
    let text = plain(first);
    let mut named = match options(&text) {
        Some(options) => options,
        None if text.contains('→') || first.iter().any(|run| run.style == Style::Code) => {
            of_term(first).unwrap_or_else(|| Named::new(EntryKind::Row))
        }
        None => Named::new(EntryKind::Row),
    };
    // What a function returns stands before it.
    if let Some(call) = second.first()
        && call.style == Style::Code
        && call.text.contains('(')
        && !text.contains('(')
    {
        named = of_term(second).unwrap_or(named);
    } else if named.names.is_empty() && text.split_whitespace().count() <= MAX_WORDS / 2 {
        one(&text, false, &mut named);
    }
    // Codes and numbers have their names beside them.
    let is_number = text
        .chars()
        .next()
        .is_some_and(|first| first.is_ascii_digit())
        && is_single(&text);
    if is_number && let [only] = second {
        let name = only.text.trim();
        if is_path(name) && (only.style == Style::Code || name.contains('_')) {
            named.add(name);
        }
    }
    named.kind = EntryKind::Row;
    named.or_none()
}

/// The names before the dash in a manual page's NAME.
pub(super) fn of_manual(runs: &[Run]) -> Option<Named> {
    let text = plain(runs);
    let dash = [" - ", " — ", " – ", " \\- "];
    let end = dash.iter().filter_map(|dash| text.find(dash)).min()?;
    let mut named = Named::new(EntryKind::Signature);
    for name in text[..end].split(',').map(str::trim) {
        if !is_single(name) {
            return None;
        }
        named.add(name);
    }
    named.or_none()
}

/// Adds the names that one written name has.
pub(super) fn one(text: &str, is_code: bool, named: &mut Named) {
    let text = text.trim();
    let unquoted = text.trim_matches(['“', '”', '"', '\'']).trim();
    let text = if unquoted.is_empty() { text } else { unquoted };
    let text = text
        .strip_suffix(':')
        .filter(|it| !it.ends_with(':'))
        .unwrap_or(text);
    if text.is_empty() || text.len() > 10 * MAX_NAME {
        return;
    }
    if let Some(options) = options(text) {
        named.kind = options.kind;
        named.extend(options);
        return;
    }
    if let Some(name) = manual(text) {
        named.add(name);
        return;
    }
    let text = text.trim_end_matches(';').trim_end();
    let is_call = text.find('(').is_some_and(|open| is_path(&text[..open]));
    if is_code || is_call || is_single(text) {
        let (name, is_signature) = signature(text);
        if is_signature {
            named.kind = EntryKind::Signature;
        }
        // `\\pset [ option ]`
        if text.starts_with(['\\', ':', '.', '@'])
            && let Some((command, _)) = text.split_once(' ')
        {
            named.add(command);
            return;
        }
        named.add(name);
        if let Some(end) = name
            .find('=')
            .filter(|at| *at > 0 && *at + 1 < name.len() && !is_operator(name))
        {
            named.add(&name[..end]);
        }
        last_parts(name, is_signature, named);
        return;
    }
    let words = text.split_whitespace().count();
    if words > MAX_WORDS || text.ends_with(['.', ',', '?', '!']) && words > 6 {
        return;
    }
    if let Some((before, inner)) = text.strip_suffix(')').and_then(|it| it.rsplit_once(" (")) {
        named.add(before);
        if inner.split_whitespace().count() == 1 && !inner.contains(char::is_lowercase) {
            named.add(inner);
        }
        named.add(text);
        return;
    }
    let text = text.trim_end_matches(['.', ',']);
    let parts: Vec<&str> = text.split(", ").collect();
    if parts.len() > 1 && parts.iter().all(|part| is_single(part)) {
        for part in parts {
            named.add(part);
        }
        return;
    }
    let text = text.strip_suffix(" =").unwrap_or(text);
    named.add(text);
    // `PRAGMA cache_size`
    if let Some((keyword, name)) = text.split_once(' ')
        && keyword.chars().all(|c| c.is_ascii_uppercase())
        && is_path(name)
        && name.contains('_')
    {
        named.add(name);
    }
}

/// A word that nobody takes for one of prose.
pub(super) fn is_marked(word: &str) -> bool {
    is_single(word)
        && (word.contains(['_', '.', ':', '@', '$', '<', '(', '=', '#', '%', '*'])
            || word.contains('-') && (word.starts_with('-') || word.contains(char::is_uppercase))
            || word.contains(|c: char| c.is_ascii_digit())
            || word.chars().skip(1).any(char::is_uppercase) && word.contains(char::is_lowercase))
}

#[cfg(test)]
mod tests {
    use super::super::named::tests::{line, shown};
    use super::*;

    #[test]
    fn terms_are_named_without_their_arguments() {
        for (term, names) in [
            ("`-c command` `--command=command`", "-c | --command"),
            ("`-m`, `--module <name>`", "-m | --module"),
            ("`--color[=WHEN]`", "--color"),
            ("`-O0`", "-O0"),
            ("`-XX:+UseG1GC`", "-XX:+UseG1GC | -XX"),
            ("`-L` [bind_address:]port:host:hostport", "-L"),
            (
                "`set_config` ( `setting_name` `text`, `new_value` `text` ) → `text`",
                "set_config",
            ),
            ("`json` `->` `integer` → `json`", "->"),
            ("`datatype` `IS NOT NULL` → `boolean`", "IS NOT NULL"),
            (
                "`ExecStartPre=`, `ExecStartPost=`",
                "ExecStartPre= | ExecStartPost=",
            ),
            ("`list-timers` [`PATTERN`...]", "list-timers"),
            ("`\\lo_import filename [ comment ]`", "\\lo_import"),
            ("`core.eol`", "core.eol"),
            ("`color.branch.<slot>`", "color.branch.<slot>"),
            (
                "`pg_promote` ( `wait` `boolean` `DEFAULT` `true` ) → `boolean`",
                "pg_promote",
            ),
            (
                "`trim` ( [ `LEADING` ] `FROM` `string` `text` ) → `text`",
                "trim",
            ),
            ("`Domain=<domain-value>`", "Domain=<domain-value> | Domain"),
            ("`\"hide\"`", "hide"),
            ("`std::mem::swap`", "std::mem::swap | mem::swap | swap"),
            ("`PGHOST`", "PGHOST"),
            ("`==`", "=="),
            ("`%>`", "%>"),
            ("", ""),
        ] {
            assert_eq!(shown(of_term(&line(term))), names, "{term}");
        }
    }

    #[test]
    fn rows_are_named_by_their_first_cells() {
        for (first, second, names) in [
            ("--advertise-address string", "", "--advertise-address"),
            ("`01000`", "`warning`", "01000 | warning"),
            ("SQLITE_BUSY", "`5`", "SQLITE_BUSY"),
            ("5", "SQLITE_BUSY", "SQLITE_BUSY"),
            ("`datatype` `>=` `datatype` → `boolean`", "Greater", ">="),
            ("A push button with no default behavior at all", "", ""),
            ("Header type", "Response header", "Header type"),
        ] {
            assert_eq!(
                shown(of_cells(&line(first), &line(second))),
                names,
                "{first}"
            );
        }
    }

    #[test]
    fn a_manual_page_has_several_names() {
        let names = of_manual(&line("printf, fprintf, sprintf - formatted output"));
        assert_eq!(shown(names), "printf | fprintf | sprintf");
        assert_eq!(of_manual(&line("This page - as it is - says more")), None);
    }
}
