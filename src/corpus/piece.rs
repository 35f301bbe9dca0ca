//! A piece as it is shown: what was cut out of a fence or a table gets back what stands around it.

/// Writes a stretch of a section's Markdown so that it reads by itself. `head` is of the fence or table that the stretch
/// begins in, `open` of the fence that it ends in.
pub(crate) fn shown(part: &str, head: Option<&Head>, open: Option<&Head>) -> String {
    let mut text = String::with_capacity(part.len() + 32);
    if let Some(head) = head {
        text.push_str(&head.lines);
        text.push('\n');
    }
    match head.and_then(|head| Some((head.column, head.fence.as_deref()?))) {
        Some((column, fence)) => dedent(part, column, fence, &mut text),
        None => text.push_str(part),
    }
    text.truncate(text.trim_end().len());
    let open = open.and_then(|open| Some((open, open.fence.as_deref()?)));
    if let Some((open, fence)) = open {
        let is_same = head.is_some_and(|head| head.number == open.number);
        text.push('\n');
        let indent = if is_same { 0 } else { open.column };
        text.extend(std::iter::repeat_n(' ', indent));
        text.push_str(fence);
    }
    text
}

/// What is repeated before what was cut out of a block: the line that opens a fence, the first two of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    /// Tells two of them apart.
    number: usize,
    lines: String,
    /// How far it is from the start of its line.
    column: usize,
    /// The marks of a fence.
    fence: Option<String>,
}

impl Head {
    /// The head that begins here, known by a number; `None` where it does not end in this text.
    pub(crate) fn at(markdown: &str, at: usize, number: usize) -> Option<Self> {
        let rest = markdown.get(at..)?;
        let mark = rest.chars().next()?;
        let column = at - markdown[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let mut end = rest.find('\n')?;
        let marks = rest.len() - rest.trim_start_matches(mark).len();
        let fence = matches!(mark, '`' | '~').then(|| rest[..marks].to_owned());
        if fence.is_none() {
            end += 1 + rest[end + 1..].find('\n')?;
        }
        Some(Self {
            number,
            lines: rest[..end].to_owned(),
            column,
            fence,
        })
    }
}

/// The lines of a fence without the indentation that the list asks for which it stands in, and what follows as it is.
fn dedent(part: &str, column: usize, fence: &str, out: &mut String) {
    let mut inside = true;
    for line in part.split_inclusive('\n') {
        let spaces = line.bytes().take(column).take_while(|byte| *byte == b' ');
        let spaces = if inside { spaces.count() } else { 0 };
        let line = &line[spaces..];
        inside = inside && !closes(line, fence);
        out.push_str(line);
    }
}

fn closes(line: &str, fence: &str) -> bool {
    let line = line.trim();
    line.starts_with(fence) && line.chars().all(|mark| fence.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ops::Range;

    fn of(text: &str, range: Range<usize>, head: Option<usize>, open: Option<usize>) -> String {
        let head = head.and_then(|at| Head::at(text, at, at));
        let open = open.and_then(|at| Head::at(text, at, at));
        shown(&text[range], head.as_ref(), open.as_ref())
    }

    #[test]
    fn a_part_of_a_fence_is_a_fence() {
        let text = "All:\n\n```yaml\na: 1\nb: 2\nc: 3\n```\n\nEnd.\n";
        let [open, b, c] = ["```yaml", "b:", "c:"].map(|it| text.find(it).unwrap());
        assert_eq!(
            of(text, 0..b, None, Some(open)),
            "All:\n\n```yaml\na: 1\n```"
        );
        assert_eq!(of(text, b..c, Some(open), Some(open)), "```yaml\nb: 2\n```");
        assert_eq!(
            of(text, c..text.len(), Some(open), None),
            "```yaml\nc: 3\n```\n\nEnd."
        );
        assert_eq!(of(text, 0..text.len(), None, None), text.trim_end());
    }

    #[test]
    fn also_one_in_a_list() {
        let text = "1. Say:\n\n   ~~~~ ini\n   a = 1\n     ~~~\n   b = 2\n   ~~~~\n\n   Then.\n";
        let [open, b] = ["~~~~ ini", "   b"].map(|it| text.find(it).unwrap());
        assert_eq!(
            of(text, 0..b, None, Some(open)),
            "1. Say:\n\n   ~~~~ ini\n   a = 1\n     ~~~\n   ~~~~"
        );
        assert_eq!(
            of(text, b..text.len(), Some(open), None),
            "~~~~ ini\nb = 2\n~~~~\n\n   Then."
        );
    }

    #[test]
    fn a_part_of_a_table_has_its_head() {
        let text = "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n";
        let row = text.find("| 3").unwrap();
        assert_eq!(
            of(text, row..text.len(), Some(0), None),
            "| a | b |\n|---|---|\n| 3 | 4 |"
        );
        assert_eq!(
            of(text, 0..row, None, Some(0)),
            "| a | b |\n|---|---|\n| 1 | 2 |"
        );
    }

    #[test]
    fn a_head_that_is_not_there_is_no_fault() {
        assert_eq!(Head::at("é```\n", 1, 1), None);
        assert_eq!(Head::at("```no end", 0, 0), None);
        assert_eq!(Head::at("| a |\n|--", 0, 0), None);
    }
}
