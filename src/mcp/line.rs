//! Text from documents or clients, made fit for a single line.

/// One line of at most `limit` characters: white space and control characters become single
/// spaces, and a cut is shown by an ellipsis.
pub fn one_line(text: &str, limit: usize) -> String {
    if text.len() <= limit && is_one_line(text.as_bytes()) {
        return text.to_owned();
    }
    let mut line = String::with_capacity(text.len().min(limit.saturating_mul(4)));
    let mut chars = 0;
    let mut gap = false;
    for character in text.chars() {
        if character.is_whitespace() || character.is_control() {
            gap = !line.is_empty();
            continue;
        }
        if chars + usize::from(gap) >= limit {
            line.push('…');
            return line;
        }
        if gap {
            line.push(' ');
            chars += 1;
            gap = false;
        }
        line.push(character);
        chars += 1;
    }
    line
}

/// Whether nothing of it has to change: ASCII, and each space stands alone between words.
fn is_one_line(text: &[u8]) -> bool {
    let spaces = text.first() == Some(&b' ')
        || text.last() == Some(&b' ')
        || text.windows(2).any(|pair| pair == b"  ");
    !spaces && text.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

/// `1 page`, `2 pages`.
pub(super) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// Letters and digits in lower case: how headings and titles are compared.
pub(super) fn letters(text: &str) -> String {
    each_letter(text).collect()
}

/// Whether two texts have the same letters and digits but for the case.
pub(super) fn same_letters(a: &str, b: &str) -> bool {
    a == b || each_letter(a).eq(each_letter(b))
}

fn each_letter(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_no_breaks_and_no_control_characters() {
        assert_eq!(one_line("  a\n\tb\u{0}\u{1b}[31mc ", 80), "a b [31mc");
        assert_eq!(one_line("abcdef", 3), "abc…");
        assert_eq!(one_line("ab cd", 3), "ab…");
        assert_eq!(one_line("", 3), "");
        assert_eq!(one_line("a b", 3), "a b");
        assert_eq!(one_line(" a  b", 9), "a b");
        assert_eq!(one_line("a b ", 9), "a b");
    }
}
