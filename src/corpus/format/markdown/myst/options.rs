//! The options of a directive: `:key: value` in its first lines, or YAML between two rules.

/// Options by their names.
pub(super) struct Options<'t>(Vec<(&'t str, &'t str)>);

impl<'t> Options<'t> {
    /// Parts the options from the body.
    pub(super) fn split<'c>(content: &'c [&'t str]) -> (Self, &'c [&'t str]) {
        let mut options = Vec::new();
        let mut at = content
            .iter()
            .take_while(|line| line.trim().is_empty())
            .count();
        if content.get(at).is_some_and(|line| line.trim() == "---")
            && let Some(length) = content[at + 1..]
                .iter()
                .position(|line| line.trim() == "---")
        {
            for line in &content[at + 1..at + 1 + length] {
                if let Some((key, value)) = line.split_once(':') {
                    options.push((key.trim(), value.trim().trim_matches(['"', '\''])));
                }
            }
            return (Self(options), &content[at + length + 2..]);
        }
        let start = at;
        while let Some((key, value)) = content.get(at).and_then(|line| option(line)) {
            options.push((key, value));
            at += 1;
        }
        if at == start {
            at = 0;
        }
        (Self(options), &content[at..])
    }

    pub(super) fn text(&self, name: &str) -> Option<&'t str> {
        let found = self.0.iter().find(|(key, _)| *key == name);
        found
            .map(|(_, value)| *value)
            .filter(|value| !value.is_empty())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| *key == name)
    }
}

fn option(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.trim().strip_prefix(':')?.split_once(':')?;
    let is_key = key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    // `:role:`text`` begins a paragraph.
    (is_key && !value.starts_with('`')).then_some((key, value.trim()))
}
