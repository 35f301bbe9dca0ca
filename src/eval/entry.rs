//! Whether a text says what it has to say, whatever its markup is.

/// Whether a text has these words, by their letters and digits alone. One word by itself, such as a flag, has to stand there to the letter and
/// as a whole.
pub fn has_words(markdown: &str, words: &str) -> bool {
    let words = words.trim();
    if words.contains(char::is_whitespace) {
        return letters(markdown).contains(&letters(words));
    }
    let text: String = markdown.chars().filter(|char| *char != '\\').collect();
    text.match_indices(words).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + words.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

fn is_part(char: char) -> bool {
    char.is_alphanumeric() || char == '-' || char == '_'
}

fn letters(text: &str) -> String {
    let chars = text.chars().filter(|char| char.is_alphanumeric());
    chars.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::has_words;

    #[test]
    fn markup_between_words_does_not_count() {
        assert!(has_words(
            "**Returns** the [`current`](x.html)\nvalue",
            "Returns the current"
        ));
        assert!(!has_words("Returns a value", "Returns the value"));
    }

    #[test]
    fn a_flag_stands_there_whole() {
        assert!(has_words("use `--max\\_rows=5`", "--max_rows"));
        assert!(!has_words("use `--dry-run-all`, or dry-run", "--dry-run"));
        assert!(has_words("use --dry-run-all or --dry-run", "--dry-run"));
    }
}
