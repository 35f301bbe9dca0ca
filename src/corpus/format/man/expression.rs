//! Conditions and numbers of roff.

/// How deep parentheses are read.
const MAX_DEPTH: usize = 16;

/// Whether the condition holds that a request's arguments begin with, as on a terminal (`n`), and what stands
/// behind it. `known` tells whether a name is one of a kind: `d` a macro or string, `r` a register.
pub(super) fn condition<'a>(text: &'a str, known: &dyn Fn(char, &str) -> bool) -> (bool, &'a str) {
    let text = text.trim_start();
    let test = text.trim_start_matches(['!', ' ']);
    let negations = text.len() - test.len() - text[..text.len() - test.len()].matches(' ').count();
    let (holds, rest) = plain(test, known);
    (holds != (negations % 2 == 1), rest)
}

fn plain<'a>(text: &'a str, known: &dyn Fn(char, &str) -> bool) -> (bool, &'a str) {
    let Some(kind) = text.chars().next() else {
        return (false, "");
    };
    let rest = &text[kind.len_utf8()..];
    match kind {
        'n' | 'o' => (true, rest),
        't' | 'e' | 'v' => (false, rest),
        'd' | 'r' | 'c' | 'm' | 'F' | 'S' => {
            let name = rest.trim_start_matches([' ', '\t']);
            let end = name.find([' ', '\t']).unwrap_or(name.len());
            let end = name[..end].find("\\{").unwrap_or(end);
            (known(kind, &name[..end]), &name[end..])
        }
        '0'..='9' | '(' | '-' | '+' | '.' | ')' => number_condition(text),
        // An escape that nobody put a value in for: what is not known is not so.
        '\\' | ' ' | '\t' => {
            let end = text.find([' ', '\t']).unwrap_or(text.len());
            let end = text[..end].find("\\{").unwrap_or(end);
            (false, &text[end..])
        }
        // `'a'b'`, with any mark.
        mark => {
            let mut parts = rest.splitn(3, mark);
            match (parts.next(), parts.next(), parts.next()) {
                (Some(left), Some(right), Some(behind)) => (left == right, behind),
                _ => (false, ""),
            }
        }
    }
}

fn number_condition(text: &str) -> (bool, &str) {
    let mut reader = Reader { rest: text };
    match reader.sum(0) {
        Some(value) => (value > 0, reader.rest),
        None => {
            let end = text.find([' ', '\t']).unwrap_or(text.len());
            (false, &text[end..])
        }
    }
}

/// The value of a whole expression.
pub(super) fn value(text: &str) -> Option<i64> {
    Reader { rest: text }.sum(0)
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn take(&mut self, mark: &str) -> bool {
        let rest = self.rest.strip_prefix(mark);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Operators from left to right: roff knows no precedence.
    fn sum(&mut self, depth: usize) -> Option<i64> {
        let mut left = self.operand(depth)?;
        loop {
            if depth > 0 {
                self.rest = self.rest.trim_start_matches([' ', '\t']);
            }
            let operator = [
                "<=", ">=", "<>", "==", "<?", ">?", "+", "-", "*", "/", "%", "<", ">", "=", "&",
                ":",
            ]
            .into_iter()
            .find(|operator| self.rest.starts_with(operator));
            let Some(operator) = operator else {
                return Some(left);
            };
            self.take(operator);
            if depth > 0 {
                self.rest = self.rest.trim_start_matches([' ', '\t']);
            }
            let right = self.operand(depth)?;
            left = match operator {
                "+" => left.saturating_add(right),
                "-" => left.saturating_sub(right),
                "*" => left.saturating_mul(right),
                "/" => left.checked_div(right)?,
                "%" => left.checked_rem(right)?,
                "<" => i64::from(left < right),
                ">" => i64::from(left > right),
                "<=" => i64::from(left <= right),
                ">=" => i64::from(left >= right),
                "=" | "==" => i64::from(left == right),
                "<>" => i64::from(left != right),
                "<?" => left.min(right),
                ">?" => left.max(right),
                "&" => i64::from(left > 0 && right > 0),
                _ => i64::from(left > 0 || right > 0),
            };
        }
    }

    fn operand(&mut self, depth: usize) -> Option<i64> {
        if depth > MAX_DEPTH {
            return None;
        }
        if self.take("-") {
            return Some(self.operand(depth + 1)?.saturating_neg());
        }
        if self.take("+") {
            return self.operand(depth + 1);
        }
        if self.take("!") {
            return Some(i64::from(self.operand(depth + 1)? <= 0));
        }
        if self.take("(") {
            let value = self.sum(depth + 1)?;
            self.take(")");
            return Some(value);
        }
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let whole = self.rest[..digits]
            .parse::<i64>()
            .ok()
            .or((digits == 0).then_some(0))?;
        self.rest = &self.rest[digits..];
        if let Some(fraction) = self.rest.strip_prefix('.') {
            let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
            self.rest = &fraction[digits..];
        } else if digits == 0 {
            return None;
        }
        // In units of a terminal: a column has 24, a line 40, an inch 240.
        let unit = match self.rest.bytes().next() {
            Some(b'm' | b'n') => 24,
            Some(b'v') => 40,
            Some(b'i') => 240,
            Some(b'c') => 94,
            Some(b'p') => 3,
            Some(b'P') => 40,
            Some(b'u' | b's' | b'z' | b'M' | b'f') => 1,
            _ => return Some(whole),
        };
        self.rest = &self.rest[1..];
        Some(whole.saturating_mul(unit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(text: &str) -> (bool, &str) {
        condition(text, &|kind, name| kind == 'd' && name == "XX")
    }

    #[test]
    fn conditions_and_what_follows() {
        assert_eq!(holds(" n .B x"), (true, " .B x"));
        assert_eq!(holds("t\\{\\"), (false, "\\{\\"));
        assert_eq!(holds("!n .x"), (false, " .x"));
        assert_eq!(holds("1 .x"), (true, " .x"));
        assert_eq!(holds("'a'a' .x"), (true, " .x"));
        assert_eq!(holds("!\"a b\"\" .x"), (true, " .x"));
        assert_eq!(holds("(1:(0==0)) \\{"), (true, " \\{"));
        assert_eq!(holds("2>1 .x"), (true, " .x"));
        assert_eq!(holds("(0=4u)&(1m=24u) .x"), (false, " .x"));
        assert_eq!(holds("d XX .x"), (true, " .x"));
        assert_eq!(holds("!d YY .x"), (true, " .x"));
        assert_eq!(holds("'open"), (false, ""));
        assert_eq!(value("4-1*2"), Some(6));
        assert_eq!(value("1/0"), None);
    }

    #[test]
    fn hostile_expressions_end() {
        for part in ["(", "-", "1+", "!", "'", "1(", "9"] {
            holds(&part.repeat(100_000));
        }
    }
}
