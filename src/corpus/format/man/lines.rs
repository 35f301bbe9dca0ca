//! What roff does before a macro package sees a line: definitions, conditions, strings, registers, macros of the page.
//!
//! A page is a program to roff, and whoever writes it may be an attacker: calls have a depth, and what all of
//! them put together may bring has a size ([`BUDGET`]). Beyond it, a macro is a word that means nothing.

use std::collections::HashMap;

use super::expression;
use super::interpolation::{Registers, interpolated};
use super::{arguments, request};

/// What calls of macros, strings and loops may bring to a page, in bytes.
const BUDGET: usize = 2 << 20;
/// What a call costs beside its text.
const CALL: usize = 64;
/// How deep calls go.
const MAX_DEPTH: usize = 32;
/// How many macros, strings and other names a page may define, and how long a string may be.
const MAX_NAMES: usize = 1000;
const MAX_STRING: usize = 2000;
/// How many `.ie` may wait for their `.el`.
const MAX_OPEN_CONDITIONS: usize = 100;
/// How many diversions may be followed to where they are put out.
const MAX_DIVERSIONS: usize = 64;

/// The lines that count, as a terminal would get them.
pub(super) struct Lines {
    /// The page, and the calls that are under way.
    frames: Vec<Frame>,
    /// What is left of a line behind a condition that held, or behind the end of a block.
    pending: Option<Line>,
    /// Whether the condition of each `.ie` held whose `.el` may still come.
    open_conditions: Vec<bool>,
    names: Names,
    /// Macros that a page cannot redefine: what they mean here is more than what a body in roff could say.
    is_kept: fn(&str) -> bool,
    budget: usize,
    diversions: usize,
}

/// What a page gives a name to.
#[derive(Default)]
struct Names {
    macros: HashMap<String, String>,
    strings: HashMap<String, String>,
    /// Names that stand for a macro of the package.
    renamed: HashMap<String, String>,
    /// Named characters that are shown as something else.
    characters: HashMap<String, String>,
    registers: Registers,
}

struct Frame {
    text: String,
    at: usize,
    /// The name of the macro and its arguments; none for the page itself, and for the body of a loop.
    call: Option<Vec<String>>,
}

/// A line, and where the part of it begins that has not been read.
struct Line {
    text: String,
    at: usize,
}

impl Lines {
    pub(super) fn new(text: String, is_kept: fn(&str) -> bool) -> Self {
        Self {
            frames: vec![Frame {
                text,
                at: 0,
                call: None,
            }],
            pending: None,
            open_conditions: Vec::new(),
            names: Names::default(),
            is_kept,
            budget: BUDGET,
            diversions: MAX_DIVERSIONS,
        }
    }

    /// The next line as it is written.
    fn raw(&mut self) -> Option<String> {
        loop {
            let frame = self.frames.last_mut()?;
            let rest = &frame.text[frame.at..];
            if rest.is_empty() {
                self.frames.pop();
                continue;
            }
            let end = rest.find('\n').unwrap_or(rest.len());
            let line = rest[..end].to_owned();
            frame.at += (end + 1).min(rest.len());
            return Some(line);
        }
    }

    /// The next line with its strings, registers and arguments put in.
    fn line(&mut self) -> Option<Line> {
        if let Some(line) = self.pending.take() {
            return Some(line);
        }
        let text = self.raw()?;
        let repeats = request(&text).is_some_and(|(name, _)| name == "while");
        let text = if repeats {
            text
        } else {
            self.interpolated(text)
        };
        Some(Line { text, at: 0 })
    }

    fn interpolated(&mut self, text: String) -> String {
        if !text.contains('\\') {
            return text;
        }
        let call = self
            .frames
            .iter()
            .rev()
            .find_map(|frame| frame.call.as_ref());
        interpolated(
            &text,
            call.map(Vec::as_slice),
            &self.names.strings,
            &self.names.characters,
            &mut self.names.registers,
            &mut self.budget,
        )
    }

    /// The body of a definition: the lines up to `end`, with one level of escapes taken off.
    fn body(&mut self, end: &str) -> String {
        let mut body = String::new();
        while let Some(line) = self.raw() {
            if ends_definition(&line, end) {
                break;
            }
            let line = self.interpolated(line);
            body.push_str(&line.replace("\\\\", "\\"));
            body.push('\n');
        }
        body
    }

    fn skip_body(&mut self, end: &str) {
        while let Some(line) = self.raw() {
            if ends_definition(&line, end) {
                break;
            }
        }
    }

    /// `.de name [end]` and its like.
    fn define(&mut self, request: &str, rest: &str) {
        let mut words = rest.split_whitespace();
        let name = words.next().unwrap_or("").to_owned();
        let end = words.next().unwrap_or(".").to_owned();
        let indirect = |this: &Self, name: &str| {
            let value = this.names.strings.get(name);
            value.map_or_else(|| name.to_owned(), Clone::clone)
        };
        let (name, end) = if request.ends_with('i') {
            (indirect(self, &name), indirect(self, &end))
        } else {
            (name, end)
        };
        let is_new = !self.names.macros.contains_key(&name);
        if name.is_empty()
            || (self.is_kept)(&name)
            || (is_new && self.names.macros.len() >= MAX_NAMES)
        {
            self.skip_body(&end);
            return;
        }
        // What is added to a macro of the package has no text: Asciidoctor adds `.ad l` to those for addresses.
        if request.starts_with("am") && is_new {
            self.skip_body(&end);
            return;
        }
        let body = self.body(&end);
        let known = self.names.macros.entry(name.clone()).or_default();
        if request.starts_with("de") {
            known.clear();
        }
        known.push_str(&body);
        self.names.renamed.remove(&name);
    }

    /// `.als new old` and `.rn old new`.
    fn rename(&mut self, new: &str, old: &str, keeps_old: bool) {
        let count = self.names.macros.len() + self.names.strings.len() + self.names.renamed.len();
        if new.is_empty() || old.is_empty() || new == old || count >= MAX_NAMES {
            return;
        }
        let mut found = false;
        if let Some(body) = self.names.macros.get(old).cloned() {
            found = true;
            let Some(left) = self.budget.checked_sub(body.len() + CALL) else {
                return;
            };
            self.budget = left;
            self.names.macros.insert(new.to_owned(), body);
        }
        if let Some(value) = self.names.strings.get(old).cloned() {
            found = true;
            self.names.strings.insert(new.to_owned(), value);
        }
        if !found {
            let target = self.names.renamed.get(old).map_or(old, String::as_str);
            let target = target.to_owned();
            if !(self.is_kept)(new) {
                self.names.renamed.insert(new.to_owned(), target);
            }
        } else if !keeps_old {
            self.names.macros.remove(old);
            self.names.strings.remove(old);
        }
    }

    /// Begins a call; whether the page defines such a macro and may still call it.
    fn call(&mut self, name: &str, rest: &str) -> bool {
        let Some(body) = self.names.macros.get(name) else {
            return false;
        };
        let cost = body.len() + CALL;
        if self.frames.len() > MAX_DEPTH || self.budget < cost {
            // It is a macro all the same: nothing is shown of it.
            return true;
        }
        let text = body.clone();
        self.budget -= cost;
        let mut words = vec![name.to_owned()];
        words.extend(arguments(rest));
        self.frames.push(Frame {
            text,
            at: 0,
            call: Some(words),
        });
        true
    }

    /// `.while condition \{ … \}`: the body, and then the same again. `line` is as the page or its macro has it,
    /// since the condition is looked at anew each time.
    fn repeat(&mut self, line: &str) {
        let holds = {
            let shown = self.interpolated(line.to_owned());
            let test = request(&shown).map_or("", |(_, rest)| rest);
            expression::condition(test, &self.names.lookup()).0
        };
        let Some(opening) = line.find("\\{") else {
            return;
        };
        if !holds {
            self.skip_block(&line[opening..]);
            return;
        }
        let mut text = line.to_owned();
        let mut depth = depth_after(0, &line[opening..]);
        while depth > 0 {
            let Some(line) = self.raw() else { break };
            depth = depth_after(depth, &line);
            text.push('\n');
            text.push_str(&line);
        }
        let cost = 2 * text.len() + CALL;
        if self.frames.len() > MAX_DEPTH || self.budget < cost {
            return;
        }
        self.budget -= cost;
        // Its last round is over: loops do not stand in one another.
        while self.frames.len() > 1
            && self
                .frames
                .pop_if(|frame| frame.call.is_none() && frame.at == frame.text.len())
                .is_some()
        {}
        let body = text[opening + 2..].trim_start_matches(['\\', '\n']);
        let text = format!("{body}\n{text}\n");
        self.frames.push(Frame {
            text,
            at: 0,
            call: None,
        });
    }

    fn set_string(&mut self, rest: &str, adds: bool) {
        let rest = rest.trim_start();
        let (name, value) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
        let value = value.trim_start();
        let value = value
            .strip_prefix('"')
            .unwrap_or(value)
            .replace("\\\\", "\\");
        let strings = &mut self.names.strings;
        let is_new = !strings.contains_key(name);
        if name.is_empty() || is_new && strings.len() >= MAX_NAMES {
            return;
        }
        let known = strings.entry(name.to_owned()).or_default();
        if !adds {
            known.clear();
        }
        if known.len() + value.len() <= MAX_STRING {
            known.push_str(&value);
        }
    }

    fn set_register(&mut self, rest: &str) {
        let mut words = rest.split_whitespace();
        let (Some(name), Some(value)) = (words.next(), words.next()) else {
            return;
        };
        let relative = value.starts_with(['+', '-']);
        let Some(value) = expression::value(value) else {
            return;
        };
        let before = if relative {
            self.names.registers.value(name)
        } else {
            0
        };
        self.names.registers.set(name, before.saturating_add(value));
    }

    /// `.tr \(*W-` and `.char \[xx] text`: named characters that are shown as others. What else is translated
    /// is meant for printers.
    fn set_characters(&mut self, request: &str, rest: &str) {
        let mut rest = rest.trim();
        while let Some(escape) = rest.strip_prefix('\\') {
            let (name, behind) = super::inline::name(escape);
            if name.is_empty() || self.names.characters.len() >= MAX_NAMES {
                return;
            }
            let name = name.to_owned();
            if request != "tr" {
                let shown = behind.trim().trim_start_matches('"').to_owned();
                if shown.len() <= MAX_STRING && !shown.contains(&name) {
                    self.names.characters.insert(name, shown);
                }
                return;
            }
            let mut following = behind.chars();
            let Some(shown) = following.next().filter(|c| *c != '\\') else {
                return;
            };
            self.names.characters.insert(name, shown.to_string());
            rest = following.as_str();
        }
    }

    /// Goes past what is diverted, unless the diversion is put out further on.
    fn skip_diversion(&mut self, name: &str) {
        let is_put_out = |line: &str| request(line).is_some_and(|(request, _)| request == name);
        if self.diversions > 0 {
            self.diversions -= 1;
            let frames = self.frames.iter();
            let mut rest = frames.flat_map(|frame| frame.text[frame.at..].lines());
            if rest.any(is_put_out) {
                return;
            }
        }
        while let Some(line) = self.raw() {
            let ends = |(name, rest): (&str, &str)| {
                matches!(name, "di" | "da" | "box" | "boxa") && rest.trim().is_empty()
            };
            if request(line.trim_end()).is_some_and(ends) {
                break;
            }
        }
    }

    /// Goes past the `\}` that ends the blocks which a line opens whose condition did not hold.
    fn skip_block(&mut self, opening: &str) {
        let mut depth = depth_after(0, opening);
        while depth > 0 {
            let Some(line) = self.raw() else { break };
            depth = depth_after(depth, &line);
        }
    }

    /// Takes a condition's body, at `at` of the line, where it holds.
    fn then(&mut self, line: Line, at: usize, holds: bool) {
        if !holds {
            self.skip_block(&line.text[at..]);
            return;
        }
        let body = line.text[at..].trim_start();
        let body = body.strip_prefix("\\{").unwrap_or(body);
        let body = if body == "\\" { "" } else { body.trim_start() };
        if !body.is_empty() {
            let at = line.text.len() - body.len();
            self.pending = Some(Line {
                text: line.text,
                at,
            });
        }
    }

    /// Carries out a request of roff itself; whether it was one.
    fn request(&mut self, name: &str, rest: &str) -> bool {
        match name {
            "" | "\\" => {}
            "de" | "de1" | "dei" | "dei1" | "am" | "am1" | "ami" | "ami1" => {
                self.define(name, rest);
            }
            "ig" => {
                let end = rest.split_whitespace().next().unwrap_or(".").to_owned();
                self.skip_body(&end);
            }
            "als" | "rn" => {
                let mut words = rest.split_whitespace();
                let (first, second) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
                if name == "als" {
                    self.rename(first, second, true);
                } else {
                    self.rename(second, first, false);
                }
            }
            "rm" => {
                for name in rest.split_whitespace() {
                    self.names.macros.remove(name);
                    self.names.strings.remove(name);
                }
            }
            "ds" | "ds1" => self.set_string(rest, false),
            "as" | "as1" => self.set_string(rest, true),
            "nr" => self.set_register(rest),
            "rr" => self.names.registers.remove(rest.trim()),
            "tr" | "char" | "fchar" | "schar" => self.set_characters(name, rest),
            "shift" => {
                let count = expression::value(rest.trim()).unwrap_or(1);
                let count = usize::try_from(count).unwrap_or(0);
                let call = self
                    .frames
                    .iter_mut()
                    .rev()
                    .find_map(|frame| frame.call.as_mut());
                if let Some(words) = call {
                    words.drain(1..(1 + count).min(words.len()));
                }
            }
            "return" => {
                let call = self.frames.iter().rposition(|frame| frame.call.is_some());
                self.frames.truncate(call.unwrap_or(self.frames.len()));
            }
            "di" | "da" | "box" | "boxa" => {
                if let Some(name) = rest.split_whitespace().next() {
                    self.skip_diversion(name);
                }
            }
            _ => return self.call(name, rest),
        }
        true
    }
}

impl Iterator for Lines {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        loop {
            let line = self.line()?;
            let text = &line.text[line.at..];
            if let Some(behind) = behind_block_end(text) {
                // What follows the end of a block: commonly `.el`.
                let at = line.text.len() - behind.len();
                self.pending = Some(Line { at, ..line }).filter(|line| at < line.text.len());
                continue;
            }
            let Some((name, rest)) = request(text) else {
                return Some(without_block_end(text).to_owned());
            };
            match name {
                "if" | "ie" => {
                    let (holds, body) = expression::condition(rest, &self.names.lookup());
                    if name == "ie" {
                        if self.open_conditions.len() >= MAX_OPEN_CONDITIONS {
                            self.open_conditions.remove(0);
                        }
                        self.open_conditions.push(holds);
                    }
                    let at = line.text.len() - body.len();
                    self.then(line, at, holds);
                }
                "el" => {
                    let holds = !self.open_conditions.pop().unwrap_or(true);
                    let at = line.text.len() - rest.len();
                    self.then(line, at, holds);
                }
                "while" => {
                    let line = text.to_owned();
                    self.repeat(&line);
                }
                "nop" => return Some(without_block_end(rest.trim_start()).to_owned()),
                "do" => {
                    let behind = rest.trim_start();
                    if behind.starts_with("do") {
                        continue;
                    }
                    let text = format!(".{behind}");
                    self.pending = Some(Line { text, at: 0 });
                }
                _ => {
                    let (name, rest) = (name.to_owned(), without_block_end(rest).to_owned());
                    let name = without_block_end(&name);
                    if self.request(name, &rest) {
                        continue;
                    }
                    return Some(match self.names.renamed.get(name) {
                        Some(target) => format!(".{target}{rest}"),
                        None => format!(".{name}{rest}"),
                    });
                }
            }
        }
    }
}

impl Names {
    fn lookup(&self) -> impl Fn(char, &str) -> bool {
        |kind, name| match kind {
            'd' => self.macros.contains_key(name) || self.strings.contains_key(name),
            'r' => self.registers.is_set(name),
            _ => true,
        }
    }
}

/// Whether a line ends a definition: `..`, `.  .`, `.END`, as the definition says.
fn ends_definition(line: &str, end: &str) -> bool {
    let line = line.strip_prefix('\\').unwrap_or(line);
    let Some(rest) = line.strip_prefix(['.', '\'']) else {
        return false;
    };
    let rest = rest.trim_start_matches([' ', '\t']);
    rest.strip_prefix(end).is_some_and(|rest| {
        rest.is_empty() || rest.starts_with([' ', '\t']) || rest.starts_with("\\\"")
    })
}

/// How many blocks are open behind a line.
fn depth_after(depth: usize, line: &str) -> usize {
    let bytes = line.as_bytes();
    let (mut depth, mut at) = (depth, 0);
    while at + 1 < bytes.len() {
        if bytes[at] != b'\\' {
            at += 1;
            continue;
        }
        match bytes[at + 1] {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 2;
    }
    depth
}

/// What stands behind a `.\}` that a line begins with.
fn behind_block_end(line: &str) -> Option<&str> {
    let rest = line.strip_prefix(['.', '\''])?;
    let rest = rest.trim_start_matches([' ', '\t']).strip_prefix("\\}")?;
    Some(rest.trim_start())
}

/// The text before a `\}` at its end.
fn without_block_end(text: &str) -> &str {
    let mut text = text;
    while let Some(before) = text
        .trim_end()
        .strip_suffix("\\}")
        .filter(|before| !before.ends_with('\\'))
    {
        text = before;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        Lines::new(text.to_owned(), |name| name == "SH").collect()
    }

    #[test]
    fn conditions() {
        let text = ".ie n \\{\\\nyes\n.\\}\n.el \\{\\\nno\n.\\}\n.if t no\n.if n .B yes\n.if !n \\{ no\n.\\}\nend\n";
        assert_eq!(read(text), ["yes", ".B yes", "end"]);
        // Conditions within a block leave the `.el` of the block alone.
        assert_eq!(
            read(".ie n \\{\\\n.ie t a\n.el b\n.if n c\n.\\}\n.el d\ne\n"),
            ["b", "c", "e"]
        );
        assert_eq!(
            read(".ie t \\{a\n'br\\}\n.el\\{\\\nb\n'br\\}\nc\n"),
            ["b", ".br", "c"]
        );
    }

    #[test]
    fn definitions_end_as_roff_reads_them() {
        for end in ["..", ".  .", ". .", ".\t.", "'.", ".. \\\" end", "\\.."] {
            assert_eq!(read(&format!(".de A\nx\n{end}\ny\n")), ["y"], "{end}");
        }
        for begin in [".de A XX", ".de1 A XX", ".am A XX", ".ig XX", ".  de A XX"] {
            assert_eq!(
                read(&format!("{begin}\nx\n..\nz\n.XX\ny\n")),
                ["y"],
                "{begin}"
            );
        }
        // A definition in a definition is one of the call; its own escapes are doubled once more.
        assert_eq!(
            read(".de A\n.de B\n[\\\\$1 \\\\\\\\$1]\n\\\\..\n..\n.A one\n.B two\n"),
            ["[one two]"]
        );
    }

    #[test]
    fn macros_of_the_page() {
        let read = |calls: &str| {
            read(&format!(
                ".de A\n\\\\$2-\\\\$1 \\\\n(.$ (\\\\$*) \\\\$0\n..\n{calls}"
            ))
        };
        assert_eq!(read(".A x \"y z\"\n"), ["y z-x 2 (x y z) A"]);
        assert_eq!(read(".als B A\n.B 1 2\n"), ["2-1 2 (1 2) B"]);
        assert_eq!(read(".rn A B\n.B 1 2\n.A 1\n"), ["2-1 2 (1 2) B", ".A 1"]);
        assert_eq!(read(".rm A\n.A 1\n"), [".A 1"]);
        assert_eq!(read(".am A\nmore\n..\n.A\n"), ["- 0 () A", "more"]);
        // What the package has is kept, and has other names.
        assert_eq!(
            read(".de SH\nno\n..\n.als HH SH\n.SH x\n.HH y\n"),
            [".SH x", ".SH y"]
        );
        assert_eq!(
            read(".de L\n.while \\\\n(.$ \\{\\\n<\\\\$1>\n.shift\n.\\}\n..\n.L a b\nend\n"),
            ["<a>", "<b>", "end"]
        );
        assert_eq!(read(".de R\n1\n.return\n2\n..\n.R\n"), ["1"]);
        assert_eq!(
            read(".ds X de\n.de Y\n.ie '\\\\$1'de' yes\n.el no\n..\n.Y \\*X\n.Y \\*[X]\n.Y z\n"),
            ["yes", "yes", "no"]
        );
        assert_eq!(read(".nr c 1\n.nr c +1\n\\nc \\n+c \\n[c]\n"), ["2 3 3"]);
        assert_eq!(read(".tr \\(*W-\n.ds -- \\(*W-\na\\*(--b\n"), ["a--b"]);
    }

    #[test]
    fn bombs_end() {
        for text in [
            ".de A\n.A\n.A\n.A\n..\n.A\nend\n",
            ".de A\nx\n.B\n.B\n..\n.de B\nx\n.A\n.A\n..\n.A\nend\n",
            ".de A\n.A \\\\$* \\\\$*\n..\n.A xxxxxxxxxxxxxxx\nend\n",
            ".ds a xxxxxxxxxxxxxxxxxxxx\n.ds b \\\\*a\\\\*a\\\\*a\\\\*a\n.ds c \\\\*b\\\\*b\\\\*b\\\\*b\n.ds d \\\\*c\\\\*c\\\\*c\n.ds a \\\\*d\\\\*d\n\\*a\nend\n",
            ".while n \\{\\\nx\n.\\}\nend\n",
        ] {
            let lines = read(text);
            let size: usize = lines.iter().map(String::len).sum();
            assert!(size < 8 << 20, "{text}: {size} bytes");
            assert_eq!(lines.last().map(String::as_str), Some("end"), "{text}");
        }
    }

    #[test]
    fn hostile_pages_are_linear() {
        for part in [
            ".if n \\{",
            ".if n .if n ",
            ".ie n ",
            ".de A\n",
            ".de A\n.de A\n..\n",
            ".am A\nx\n..\n.A\n",
            ".als A B\n.rn B A\n",
            ".as s x\\*s\n",
            ".nr a +1\n\\n+a\n",
            ".\\}",
            ".do do ",
            ".while n \\{\n",
            ".el ",
            ".ig\n",
            ".di X\n",
            "\\$*\\*(ab\\n(.$\\w'",
            ".tr \\(*W\\(*W\n",
        ] {
            read(&part.repeat(100_000));
        }
        let long = "x ".repeat(50_000);
        read(&format!(
            ".de A\n{}\n..\n.A {long}\n",
            "\\\\$*\\\\$@".repeat(50_000)
        ));
    }
}
