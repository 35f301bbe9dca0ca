//! Characters that no reader of a page sees, and that an assistant would read: text can be hidden in
//! them, or turned around. They are taken out of every document, whatever its format.
//!
//! A joiner between letters that need it, a selector behind the sign it selects, and every kind of
//! white space stay.

use std::{borrow::Cow, ops::RangeInclusive};

/// The text as readers see it.
pub(super) fn without_invisible(text: &str) -> Cow<'_, str> {
    match text.char_indices().find(|(_, c)| !is_plain(*c)) {
        None => text.into(),
        Some((first, _)) => rewritten(text, first, ' ').into(),
    }
}

/// The text of a file as readers see it, before it is converted: form feeds part the pages of a plain
/// text.
pub(super) fn without_invisible_but_form_feeds(text: &str) -> Cow<'_, str> {
    match text
        .char_indices()
        .find(|(_, c)| !is_plain(*c) && *c != '\u{c}')
    {
        None => text.into(),
        Some((first, _)) => rewritten(text, first, '\u{c}').into(),
    }
}

/// The name of a file in one line, in which nothing is hidden: what would be is shown as U+FFFD, for
/// two files of almost the same name to stay two.
pub(crate) fn shown_name(name: &str) -> Cow<'_, str> {
    if name.chars().all(|c| is_plain(c) && !c.is_control()) {
        return name.into();
    }
    let mut shown = String::with_capacity(name.len());
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        let is_shown = match kind(c) {
            Kind::Shown => !c.is_control(),
            Kind::Joiner | Kind::Selector => belongs(c, &shown, chars.peek().copied()),
            _ => false,
        };
        shown.push(if is_shown {
            c
        } else {
            char::REPLACEMENT_CHARACTER
        });
    }
    shown.into()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Shown,
    /// White space that parts words and has no other form in Markdown.
    Space,
    FormFeed,
    /// Shown by itself as nothing.
    Invisible,
    /// Begins a command to a terminal.
    Escape,
    /// Moves back over the character before.
    Backspace,
    /// Joins the characters beside it, or parts them.
    Joiner,
    /// Chooses among the forms of the character before.
    Selector,
}

const ZERO_WIDTH_JOINER: char = '\u{200d}';

/// What most characters are, told fast: neither in need of a look nor of a neighbour.
fn is_plain(c: char) -> bool {
    matches!(c, ' '..='~' | '\n' | '\t') || kind(c) == Kind::Shown
}

/// Default_Ignorable_Code_Point and Bidi_Control of Unicode 17, and control characters.
fn kind(c: char) -> Kind {
    match c {
        '\n' | '\t' => Kind::Shown,
        '\u{c}' => Kind::FormFeed,
        '\u{b}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Kind::Space,
        '\u{8}' => Kind::Backspace,
        '\u{1b}' | '\u{90}' | '\u{98}' | '\u{9b}' | '\u{9d}'..='\u{9f}' => Kind::Escape,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' => Kind::Invisible,
        '\u{200c}' | ZERO_WIDTH_JOINER => Kind::Joiner,
        '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' => Kind::Selector,
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}'
        | '\u{180e}'
        | '\u{200b}'
        | '\u{200e}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fdd0}'..='\u{fdef}'
        | '\u{feff}'
        | '\u{ffa0}'
        // With the marks of interlinear annotations.
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        // Tags, and the selectors that are used to smuggle bytes.
        | '\u{e0000}'..='\u{e0fff}' => Kind::Invisible,
        c if u32::from(c) & 0xfffe == 0xfffe => Kind::Invisible,
        _ => Kind::Shown,
    }
}

fn rewritten(text: &str, first: usize, form_feed: char) -> String {
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut at = first;
    // No command to a terminal that takes a text ends before this offset.
    let mut open_until = 0;
    while let Some(c) = text[at..].chars().next() {
        let behind = at + c.len_utf8();
        let next = || text[behind..].chars().find(|c| kind(*c) != Kind::Invisible);
        at = behind;
        match kind(c) {
            Kind::Shown => out.push(c),
            Kind::Space => out.push(' '),
            Kind::FormFeed => out.push(form_feed),
            Kind::Invisible => {}
            Kind::Escape => at = behind_command(text, behind, c, &mut open_until),
            Kind::Backspace => {
                // Bold and underlined letters as typewriters and `man` make them.
                let struck = out.chars().next_back();
                let over = text[behind..].chars().next();
                let same = struck.is_some() && struck == over;
                if same || over.is_some() && struck == Some('_') {
                    out.pop();
                } else if over == Some('_') && struck.is_some_and(|c| !c.is_whitespace()) {
                    at += 1;
                }
            }
            Kind::Joiner | Kind::Selector => {
                if belongs(c, &out, next()) {
                    out.push(c);
                }
            }
        }
    }
    out
}

/// Whether a joiner or selector does what it is there for.
fn belongs(c: char, before: &str, next: Option<char>) -> bool {
    let Some(last) = before.chars().next_back() else {
        return false;
    };
    match c {
        '\u{200c}' => is_joining(last),
        ZERO_WIDTH_JOINER => {
            let dressed = |c: &char| matches!(c, '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}');
            // One colour and one selector at most dress a sign.
            let sign = before.chars().rev().take(3).find(|c| !dressed(c));
            let joins_signs = sign.is_some_and(is_pictograph) && next.is_some_and(is_pictograph);
            is_joining(last) || joins_signs
        }
        '\u{180b}'..='\u{180d}' | '\u{180f}' => matches!(last, '\u{1820}'..='\u{18aa}'),
        '\u{fe0e}' | '\u{fe0f}' => {
            is_pictograph(last)
                || matches!(
                    last,
                    '0'..='9' | '#' | '*' | '©' | '®' | '™' | 'ℹ' | '‼' | '⁉'
                )
                || matches!(last, '〰' | '〽' | '㊗' | '㊙')
        }
        '\u{fe00}'..='\u{fe02}' => matches!(last,
            '0' | '\u{2200}'..='\u{22ff}' | '\u{2a00}'..='\u{2aff}'
            | '\u{1000}'..='\u{109f}' | '\u{aa60}'..='\u{aa7f}' | '\u{a840}'..='\u{a877}'
            | '\u{3000}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}'
            | '\u{20000}'..='\u{3ffff}'),
        _ => false,
    }
}

/// Letters of scripts whose shapes a joiner changes: Arabic and its kin, those of India and South-East
/// Asia, Mongolian.
fn is_joining(c: char) -> bool {
    matches!(c,
        '\u{600}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{f00}'..='\u{109f}'
        | '\u{1700}'..='\u{17b3}' | '\u{17b6}'..='\u{180a}' | '\u{1810}'..='\u{1cff}'
        | '\u{a800}'..='\u{abff}' | '\u{fb50}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fdff}'
        | '\u{fe70}'..='\u{fefc}' | '\u{10a00}'..='\u{11fff}' | '\u{1e900}'..='\u{1e95f}')
        && kind(c) == Kind::Shown
}

fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

/// The offset behind a command to a terminal (ECMA-48) that `escape` has begun before `at`. What is
/// none costs only its escape.
fn behind_command(text: &str, at: usize, escape: char, open_until: &mut usize) -> usize {
    let rest = &text.as_bytes()[at..];
    let (kind, start) = match (escape, rest.first()) {
        ('\u{1b}', Some(kind)) => (*kind, 1),
        ('\u{1b}', None) => return at,
        // The 8-bit forms.
        (c, _) => (u8::try_from(u32::from(c) - 0x40).unwrap_or_default(), 0),
    };
    match kind {
        // Colours and movements: parameters, intermediate bytes, one final byte.
        b'[' => {
            let run = |from: usize, of: RangeInclusive<u8>| {
                let bytes = rest[from.min(rest.len())..].iter().take(64);
                from + bytes.take_while(|byte| of.contains(byte)).count()
            };
            let end = run(run(start, b'0'..=b'?'), b' '..=b'/');
            match rest.get(end) {
                Some(b'@'..=b'~') => at + end + 1,
                _ => at + start,
            }
        }
        // Titles, links and the like: a text, up to a bell or a terminator in the same line.
        b']' | b'P' | b'X' | b'^' | b'_' => {
            if at < *open_until {
                return at + start;
            }
            let before = |i: usize| text.as_bytes()[at + i - 1];
            let ends = |i: &usize| match rest[*i] {
                0x07 | b'\n' => true,
                b'\\' => before(*i) == 0x1b,
                0x9c => before(*i) == 0xc2,
                _ => false,
            };
            match (start..rest.len()).find(ends) {
                Some(end) if rest[end] != b'\n' => at + end + 1,
                end => {
                    *open_until = at + end.unwrap_or(rest.len());
                    at + start
                }
            }
        }
        // Character sets.
        b'(' | b')' | b'*' | b'+' => match rest.get(1) {
            Some(b'0'..=b'9' | b'A'..=b'Z') => at + 2,
            _ => at,
        },
        _ => at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_readers_see_stays() {
        for text in [
            "Plain text,\n\twith a tab.",
            "Grüße, 文档, עברית, \u{a0}no\u{202f}break\u{3000}",
            "می\u{200c}خواهم, ہے\u{200d}",
            "ന\u{0d4d}\u{200d} ක\u{0dca}\u{200d}ර",
            "👩\u{200d}💻 👩🏽\u{200d}🚀 ❤\u{fe0f}\u{200d}🔥 🏳\u{fe0f}\u{200d}🌈 ☎\u{fe0e} 1\u{fe0f}\u{20e3} ©\u{fe0f}",
            "葛\u{fe00} ∩\u{fe00} 0\u{fe00}",
            "ᠠ\u{180b}",
        ] {
            assert_eq!(without_invisible(text), text);
        }
    }

    #[test]
    fn what_hides_text_goes() {
        let tags: String = "ignore"
            .bytes()
            .map(|b| char::from_u32(0xe0000 + u32::from(b)).unwrap())
            .collect();
        let smuggled: String = (0..40)
            .map(|n| char::from_u32(0xe0100 + n).unwrap())
            .collect();
        let nibbles: String = "\u{fe00}\u{fe0f}".repeat(20);
        for (hidden, shown) in [
            (format!("a{tags}b"), "ab"),
            (format!("😀{smuggled}b"), "😀b"),
            (format!("a{nibbles}b"), "ab"),
            (format!("😀{nibbles}b"), "😀\u{fe0f}b"),
            ("a\u{202e}b\u{202c}\u{2066}c\u{2069}\u{200f}".into(), "abc"),
            (
                "soft\u{ad}ly zero\u{200b}width\u{feff}".into(),
                "softly zerowidth",
            ),
            ("a\u{200d}b\u{200c}c \u{200d}d".into(), "abc d"),
            ("م\u{200c}\u{200c}\u{200d}\u{200c}".into(), "م\u{200c}"),
            (
                "\u{fff9}a\u{fffa}b\u{fffb}\u{115f}\u{3164}\u{ffa0}".into(),
                "ab",
            ),
            ("a\u{2028}b\u{85}c\u{c}d".into(), "a b c d"),
            ("\u{1}\u{7f}\u{9}x\u{fffe}\u{10ffff}".into(), "\tx"),
        ] {
            assert_eq!(without_invisible(&hidden), shown, "{hidden:?}");
        }
    }

    #[test]
    fn commands_to_terminals_go_whole() {
        for (text, shown) in [
            ("\u{1b}[1;31mred\u{1b}[0m", "red"),
            ("\u{9b}31mred", "red"),
            (
                "\u{1b}]8;;https://example.com\u{1b}\\link\u{1b}]8;;\u{7}",
                "link",
            ),
            ("\u{1b}]0;title\u{7}x\u{1b}(Bx", "xx"),
            ("\u{1b}]no end\nx\u{1b}", "no end\nx"),
            ("\u{1b}Hello \u{1b}[", "Hello "),
            (
                "N\u{8}NA\u{8}AM\u{8}ME\u{8}E _\u{8}x y\u{8}_ z\u{8}w",
                "NAME x y zw",
            ),
        ] {
            assert_eq!(without_invisible(text), shown, "{text:?}");
        }
        let many = "\u{1b}]".repeat(200_000);
        assert_eq!(without_invisible(&many), "");
    }

    #[test]
    fn names_show_what_is_hidden_in_them() {
        assert_eq!(shown_name("Grüße/👩\u{200d}💻.md"), "Grüße/👩\u{200d}💻.md");
        assert_eq!(
            shown_name("a\u{202e}b\n\u{1b}c.md"),
            "a\u{fffd}b\u{fffd}\u{fffd}c.md"
        );
    }

    proptest! {
        /// Cleaning twice changes nothing, and leaves no character that is hidden wherever it stands.
        #[test]
        fn nothing_hidden_is_left(chars in prop::collection::vec(prop_oneof![any::<char>(),
            "[a-z\u{1b}\u{8}\u{9b}\\[\\]\u{7}\u{200d}\u{200c}\u{fe0f}😀م\u{e0041}\u{202e}]".prop_map(|s| s.chars().next().unwrap_or('a'))], 0..60)) {
            let text: String = chars.into_iter().collect();
            let shown = without_invisible(&text);
            let hidden = |c: char| !matches!(kind(c), Kind::Shown | Kind::Joiner | Kind::Selector);
            prop_assert!(!shown.chars().any(hidden), "{shown:?}");
            prop_assert_eq!(without_invisible(&shown), &*shown);
        }
    }
}
