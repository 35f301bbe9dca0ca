//! Text, made fit for HTML.

use std::fmt::{self, Write as _};

/// Text as it stands in an element or in a quoted attribute.
pub(in crate::http) fn escape(text: &str) -> Escaped<'_> {
    Escaped(text)
}

/// See [`escape`].
#[derive(Clone, Copy)]
pub(in crate::http) struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
            f.write_str(&rest[..at])?;
            f.write_str(match rest.as_bytes()[at] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                _ => "&#39;",
            })?;
            rest = &rest[at + 1..];
        }
        f.write_str(rest)
    }
}

/// `1,168`
pub(super) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 page`, `1,168 pages`
pub(super) fn count(number: usize, what: &str) -> String {
    let mut text = thousands(number);
    let plural = if number == 1 { "" } else { "s" };
    let _ = write!(text, " {what}{plural}");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_text_is_markup() {
        let text = "<a href=\"x\" b='&amp;'>é</a>";
        assert_eq!(
            escape(text).to_string(),
            "&lt;a href=&quot;x&quot; b=&#39;&amp;amp;&#39;&gt;é&lt;/a&gt;"
        );
        assert_eq!(escape("").to_string(), "");
    }

    #[test]
    fn numbers_are_read_at_a_glance() {
        let told = [0, 1, 999, 1_000, 1_234_567].map(|number| count(number, "page"));
        assert_eq!(
            told,
            [
                "0 pages",
                "1 page",
                "999 pages",
                "1,000 pages",
                "1,234,567 pages"
            ]
        );
    }
}
