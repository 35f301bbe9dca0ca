//! Text with a fifth of its words renamed: another document of the same form.

/// What the text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Markdown,
    Html,
}

/// Shorter words are mostly the grammar of a language.
const SHORTEST: usize = 4;

/// Copy 0 is the text itself. Words of prose are renamed, alike wherever they stand; names, code, addresses and
/// marks stay.
pub(crate) fn renamed(text: &str, form: Form, copy: u64) -> String {
    if copy == 0 {
        return text.to_owned();
    }
    let mut to = String::with_capacity(text.len() + text.len() / 8);
    match form {
        Form::Html => inline(text, form, copy, &mut to),
        Form::Markdown => markdown(text, copy, &mut to),
    }
    to
}

fn markdown(text: &str, copy: u64, to: &mut String) {
    let mut rest = text;
    if let Some(end) = text
        .strip_prefix("---\n")
        .and_then(|matter| matter.find("\n---\n"))
    {
        let (matter, body) = text.split_at("---\n".len() + end + "\n---\n".len());
        for line in matter.split_inclusive('\n') {
            match ["title: ", "description: "]
                .iter()
                .find_map(|key| line.strip_prefix(key).map(|value| (key, value)))
            {
                Some((key, value)) => {
                    to.push_str(key);
                    inline(value, Form::Markdown, copy, to);
                }
                None => to.push_str(line),
            }
        }
        rest = body;
    }
    // Prose from fence to fence, as marks within it go over several lines.
    let (mut prose, mut fence) = (0, None);
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        let start = line.trim_start();
        let mark = ["```", "~~~"]
            .into_iter()
            .find(|mark| start.starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => {
                inline(&rest[prose..at], Form::Markdown, copy, to);
                prose = at;
                fence = Some(mark);
            }
            (Some(open), Some(mark)) if open == mark => {
                to.push_str(&rest[prose..at + line.len()]);
                prose = at + line.len();
                fence = None;
            }
            _ => {}
        }
        at += line.len();
    }
    match fence {
        Some(_) => to.push_str(&rest[prose..]),
        None => inline(&rest[prose..], Form::Markdown, copy, to),
    }
}

fn inline(text: &str, form: Form, copy: u64, to: &mut String) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let kept = match first {
            first if first.is_alphanumeric() || first == '_' => {
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
                let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
                if after.starts_with("://") {
                    let end = rest.find(|c: char| c.is_whitespace() || "()<>\"'".contains(c));
                    end.unwrap_or(rest.len())
                } else {
                    match other(word, copy) {
                        Some(other) => to.push_str(&other),
                        None => to.push_str(word),
                    }
                    rest = after;
                    continue;
                }
            }
            '<' => tag(rest, form),
            '&' => rest
                .find(';')
                .filter(|end| *end < 12)
                .map_or(1, |end| end + 1),
            '`' if form == Form::Markdown => through(rest, "`", "`", 400),
            '{' if rest.starts_with("{{") => through(rest, "{{", "}}", 1_000),
            ']' if rest.starts_with("](") => through(rest, "](", ")", 1_000),
            first => first.len_utf8(),
        };
        let (mark, after) = rest.split_at(kept);
        to.push_str(mark);
        rest = after;
    }
}

/// The length of a tag, or of an element that holds no prose.
fn tag(text: &str, form: Form) -> usize {
    let second = text[1..].chars().next().unwrap_or(' ');
    if !second.is_ascii_alphabetic() && !"/!?".contains(second) {
        return 1;
    }
    for name in ["pre", "code", "script", "style"] {
        let is_it = text[1..].starts_with(name)
            && text[1 + name.len()..].starts_with(|c: char| c == '>' || c.is_whitespace());
        if is_it && form == Form::Html {
            let end = text.find(&format!("</{name}"));
            return end.unwrap_or(text.len()).max(1);
        }
    }
    through(text, "<", ">", 4_000)
}

/// The length up to what closes a mark; of the mark's first byte where that is too far.
fn through(text: &str, open: &str, close: &str, most: usize) -> usize {
    let end = text[open.len()..].find(close);
    end.map(|end| open.len() + end + close.len())
        .filter(|end| *end <= most)
        .unwrap_or(1)
}

/// What a word becomes in a copy; `None` for four of five, which stay.
fn other(word: &str, copy: u64) -> Option<String> {
    let is_prose = word.len() >= SHORTEST && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    // `innerHTML` is a name.
    let is_name = word.bytes().skip(1).any(|byte| byte.is_ascii_uppercase());
    if !is_prose || is_name {
        return None;
    }
    let mut hash = mixed(copy);
    for byte in word.bytes() {
        hash = mixed(hash ^ u64::from(byte.to_ascii_lowercase()));
    }
    if !hash.is_multiple_of(5) {
        return None;
    }
    let mut renamed = String::with_capacity(word.len() + 2);
    for place in 0..word.len() + 2 {
        hash = mixed(hash);
        let letters: &[u8] = match place % 2 {
            0 => b"bcdfghjklmnprstvwz",
            _ => b"aeiou",
        };
        let letter = letters[usize::try_from(hash % letters.len() as u64).unwrap_or_default()];
        let is_first = place == 0 && word.starts_with(|c: char| c.is_ascii_uppercase());
        renamed.push(char::from(match is_first {
            true => letter.to_ascii_uppercase(),
            false => letter,
        }));
    }
    Some(renamed)
}

/// The finish of SplitMix64.
fn mixed(seed: u64) -> u64 {
    let mut value = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}
