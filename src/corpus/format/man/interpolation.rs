//! What roff puts into a line before it looks at it: arguments, strings, registers, characters of the page's own.

use std::collections::HashMap;

use super::inline::name;

/// How deep strings may name strings.
const MAX_DEPTH: usize = 8;
/// How many registers a page may set.
const MAX_REGISTERS: usize = 1000;

/// Numbers that a page gives names to.
#[derive(Default)]
pub(super) struct Registers {
    values: HashMap<String, i64>,
}

impl Registers {
    /// What a page has set, or what groff says of a terminal.
    pub(super) fn value(&self, name: &str) -> i64 {
        let value = self.values.get(name).copied();
        value.unwrap_or(match name {
            ".g" | ".x" | ".u" | "%" => 1,
            ".y" => 22,
            ".l" | ".ll" => 78 * 24,
            ".v" => 40,
            _ => 0,
        })
    }

    pub(super) fn is_set(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    pub(super) fn set(&mut self, name: &str, value: i64) {
        if self.is_set(name) || self.values.len() < MAX_REGISTERS {
            self.values.insert(name.to_owned(), value);
        }
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.values.remove(name);
    }
}

/// The line with what its escapes name put in. `call` holds the name of the macro under way and its arguments;
/// what is put in is taken off `budget`, and nothing is once that is used up.
pub(super) fn interpolated(
    text: &str,
    call: Option<&[String]>,
    strings: &HashMap<String, String>,
    characters: &HashMap<String, String>,
    registers: &mut Registers,
    budget: &mut usize,
) -> String {
    let mut into = Into {
        out: String::with_capacity(text.len()),
        call,
        strings,
        characters,
        registers,
        budget,
    };
    into.text(text, 0);
    into.out
}

struct Into<'a> {
    out: String,
    call: Option<&'a [String]>,
    strings: &'a HashMap<String, String>,
    characters: &'a HashMap<String, String>,
    registers: &'a mut Registers,
    budget: &'a mut usize,
}

impl Into<'_> {
    fn text(&mut self, text: &str, depth: usize) {
        let mut rest = text;
        while let Some(at) = rest.find('\\') {
            self.out.push_str(&rest[..at]);
            rest = self.escape(&rest[at..], depth);
        }
        self.out.push_str(rest);
    }

    fn put(&mut self, value: &str) {
        match self.budget.checked_sub(value.len() + 1) {
            Some(left) => {
                *self.budget = left;
                self.out.push_str(value);
            }
            // What is too much once is not put together again and again.
            None => *self.budget = 0,
        }
    }

    /// Takes the escape that `text` begins with; the rest.
    fn escape<'t>(&mut self, text: &'t str, depth: usize) -> &'t str {
        let after = &text[1..];
        let Some(kind) = after.chars().next() else {
            self.out.push('\\');
            return "";
        };
        let rest = &after[kind.len_utf8()..];
        match kind {
            '$' => return self.argument(text, rest),
            '*' => {
                let (written, behind) = name(rest);
                let string = written.split(' ').next().unwrap_or(written);
                let Some(value) = self.strings.get(string) else {
                    // Perhaps a string of the macro package.
                    self.out.push_str(&text[..text.len() - behind.len()]);
                    return behind;
                };
                if depth < MAX_DEPTH && *self.budget > value.len() {
                    *self.budget -= value.len() + 1;
                    self.text(&value.clone(), depth + 1);
                }
                return behind;
            }
            'n' => {
                let (step, written) = match rest.as_bytes().first() {
                    Some(b'+') => (1, &rest[1..]),
                    Some(b'-') => (-1, &rest[1..]),
                    _ => (0, rest),
                };
                let (register, behind) = name(written);
                if step != 0 {
                    let value = self.registers.value(register).saturating_add(step);
                    self.registers.set(register, value);
                }
                let value = match register {
                    ".$" => self
                        .call
                        .map_or(0, |call| i64::try_from(call.len() - 1).unwrap_or(0)),
                    _ => self.registers.value(register),
                };
                self.put(&value.to_string());
                return behind;
            }
            // How wide a text is: conditions ask whether there is one.
            'w' => {
                let mut chars = rest.chars();
                if let Some(mark) = chars.next()
                    && let Some((measured, behind)) = chars.as_str().split_once(mark)
                {
                    self.put(&(measured.chars().count() * 24).to_string());
                    return behind;
                }
            }
            '(' | '[' if !self.characters.is_empty() => {
                let (written, behind) = name(after);
                if let Some(value) = self.characters.get(written) {
                    self.put(&value.clone());
                    return behind;
                }
            }
            _ => {}
        }
        self.out.push('\\');
        self.out.push(kind);
        rest
    }

    /// `\$1`, `\$*`, `\$@`; outside of macros there are none.
    fn argument<'t>(&mut self, text: &'t str, rest: &'t str) -> &'t str {
        let Some(call) = self.call else {
            self.out.push_str(&text[..2]);
            return rest;
        };
        let words = &call[1..];
        let (written, behind) = name(rest);
        if *self.budget == 0 {
            return behind;
        }
        match written {
            "*" => self.put(&words.join(" ")),
            "@" | "^" => {
                let quoted = words
                    .iter()
                    .map(|word| format!("\"{}\"", word.replace('"', "\"\"")));
                let quoted: Vec<_> = quoted.collect();
                self.put(&quoted.join(" "));
            }
            number => {
                let word = number
                    .parse::<usize>()
                    .ok()
                    .and_then(|number| call.get(number));
                self.put(word.map_or("", String::as_str));
            }
        }
        behind
    }
}
