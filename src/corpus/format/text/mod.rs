//! Plain text: its paragraphs, the headings that are unmistakable, indented blocks as code.

mod breaks;
mod headings;
mod preformatted;
mod vim;

pub(super) use preformatted::with_sections;

use super::super::document::{Page, Skip, Source};
use super::emit;
use breaks::without_page_breaks;
use headings::{Headings, underlined};

/// The text as a page of its own.
///
/// # Errors
/// [`Skip::Empty`] when there is none.
pub(super) fn pages(source: &Source<'_>) -> Result<Vec<Page>, Skip> {
    let page = match vim::page(source.text) {
        Some(page) => page,
        None => Page {
            markdown: titled_markdown(source.text),
            ..Page::default()
        },
    };
    if page.markdown.trim().is_empty() {
        return Err(Skip::Empty);
    }
    Ok(vec![page])
}

/// Plain text as Markdown that reads the same.
pub(super) fn markdown(text: &str) -> String {
    converted(text, false)
}

/// The same, with the line at the start that is the title as such.
fn titled_markdown(text: &str) -> String {
    converted(text, true)
}

fn converted(text: &str, has_title: bool) -> String {
    let text = without_page_breaks(text);
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let blocks = blocks(&lines);
    let base = body_indent(&blocks);
    let headings = Headings::of(&blocks, base, has_title);
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut at = 0;
    while at < blocks.len() {
        let block = blocks[at];
        at += 1;
        if headings.is_passed_over(at - 1) {
            continue;
        }
        if let Some((level, title)) = headings.level(&blocks, at - 1) {
            emit::heading(&mut out, level, &emit::escaped(&title), None);
            // A title may have its text right below it.
            let rest = &block[underlined(block).map_or(1, |(lines, ..)| lines)..];
            if !rest.is_empty() {
                paragraph(&mut out, rest);
            }
        } else if is_code(block, base) {
            // Blank lines inside an indented stretch do not end it.
            let mut last = at;
            while last < blocks.len()
                && is_code(blocks[last], base)
                && headings.level(&blocks, last).is_none()
            {
                last += 1;
            }
            let stretch = spanning(&lines, blocks[at - 1], blocks[last - 1]);
            emit::fence(&mut out, "", &dedented(stretch));
            at = last;
        } else {
            paragraph(&mut out, block);
        }
    }
    out
}

/// Runs of lines between blank ones. A heading in capitals above an indented text stands alone, too.
fn blocks<'a, 'b>(lines: &'b [&'a str]) -> Vec<&'b [&'a str]> {
    let runs = lines.split(|line| line.trim().is_empty());
    let mut blocks = Vec::new();
    for run in runs.filter(|run| !run.is_empty()) {
        let is_above = run.len() > 1 && (is_above_text(run) || is_above_options(run));
        if is_above {
            let (heading, text) = run.split_at(1);
            blocks.extend([heading, text]);
        } else {
            blocks.push(run);
        }
    }
    blocks
}

fn is_above_text(run: &[&str]) -> bool {
    headings::is_capitals(&run[..1]) && indent(run[1]) >= 2
}

/// `   Rare options`, as manual pages have it between what is indented by seven.
fn is_above_options(run: &[&str]) -> bool {
    indent(run[0]) == 3 && indent(run[1]) >= 7 && headings::is_title(run[0].trim())
}

/// The lines from the first of one block to the last of a later one, blank ones included.
fn spanning<'a, 'b>(
    lines: &'b [&'a str],
    first: &'b [&'a str],
    last: &'b [&'a str],
) -> &'b [&'a str] {
    let offset =
        |part: &[&str]| (part.as_ptr() as usize - lines.as_ptr() as usize) / size_of::<&str>();
    &lines[offset(first)..offset(last) + last.len()]
}

fn indent(line: &str) -> usize {
    let mut columns = 0;
    for byte in line.bytes() {
        match byte {
            b' ' => columns += 1,
            b'\t' => columns += 8 - columns % 8,
            _ => break,
        }
    }
    columns
}

/// The indentation of most of the text: RFCs, for one, indent all of it.
fn body_indent(blocks: &[&[&str]]) -> usize {
    let mut counts = [0usize; 16];
    for block in blocks
        .iter()
        .filter(|block| block.len() > 1 || block[0].len() > 40)
    {
        for line in *block {
            if let Some(count) = counts.get_mut(indent(line)) {
                *count += 1;
            }
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    let lines: usize = counts.iter().sum();
    let base = counts.iter().position(|count| *count == most).unwrap_or(0);
    if most * 2 > lines { base } else { 0 }
}

fn is_code(block: &[&str], base: usize) -> bool {
    let first = block[0].trim_start();
    let least = block.iter().map(|line| indent(line)).min().unwrap_or(0);
    if is_item(first) {
        return false;
    }
    least >= base + 4 || is_drawing(block)
}

/// Columns or boxes, which reflowing would destroy.
fn is_drawing(block: &[&str]) -> bool {
    let drawn = |line: &&&str| {
        let line = line.trim_start();
        line.contains("   ")
            || line.contains('\t')
            || line.starts_with("+-")
            || line.starts_with('|')
    };
    block.len() > 1 && block.iter().filter(drawn).count() * 3 > block.len() * 2
}

fn is_item(line: &str) -> bool {
    ["- ", "* ", "+ ", "o ", "• "]
        .iter()
        .any(|mark| line.starts_with(mark))
}

fn dedented(lines: &[&str]) -> String {
    let filled = || lines.iter().filter(|line| !line.trim().is_empty());
    let least = filled()
        .map(|line| line.len() - line.trim_start_matches([' ', '\t']).len())
        .min()
        .unwrap_or(0);
    let mut out = String::new();
    for line in lines {
        out.push_str(line.get(least..).unwrap_or(""));
        out.push('\n');
    }
    out
}

/// The block with its line breaks, list items as such.
fn paragraph(out: &mut String, lines: &[&str]) {
    emit::gap(out);
    let mut in_item = false;
    for line in lines {
        let text = line.trim();
        let item = is_item(text).then(|| text.split_once(' ')).flatten();
        if let Some((_, words)) = item {
            in_item = true;
            out.push_str("- ");
            emit::line_into(out, &emit::escaped(words));
        } else {
            if in_item {
                out.push_str("  ");
            }
            emit::line_into(out, &emit::escaped(text));
        }
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_the_title_where_it_looks_like_one() {
        let title = |text: &str| {
            titled_markdown(text)
                .lines()
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        assert_eq!(
            title("Acme Queue 2.1\n\nA small queue.\n\nINSTALLATION\n\nRun make.\n"),
            "# Acme Queue 2.1"
        );
        assert_eq!(
            title("ACME QUEUE\n\nA small queue.\n\nINSTALLATION\n\nRun make.\n"),
            "# ACME QUEUE"
        );
        assert_eq!(
            title("          THE ACME LICENSE\n           Version 2\n\nYou may.\n"),
            "# THE ACME LICENSE"
        );
        assert_eq!(
            title("==========\nAcme Queue\n==========\n\nText.\n"),
            "# Acme Queue"
        );
        assert_eq!(
            title("This is a queue for jobs.\n\nUSAGE\n\nRun it.\n"),
            "This is a queue for jobs."
        );
        assert_eq!(title("Only one line"), "Only one line");
        assert_eq!(title("- an item\n\nText.\n"), "- an item");
        assert_eq!(
            title(
                "QUEUE(1)      User Commands      QUEUE(1)\n\nNAME\n       queue - queues jobs\n\nQUEUE(1)   2024   QUEUE(1)\n"
            ),
            "# queue(1)"
        );
    }

    #[test]
    fn a_manual_page_as_it_is_printed() {
        let text = "NAME\n       queue - queues jobs\n\nOPTIONS\n       -a     all of them\n       -b     both of them\n\n   Rare options\n       -c     none\n              of them\n\nSEE ALSO\n       job(1)\n";
        assert_eq!(
            markdown(text),
            "## NAME\n\nqueue - queues jobs\n\n## OPTIONS\n\n```\n-a     all of them\n-b     both of them\n```\n\n### Rare options\n\n-c     none\nof them\n\n## SEE ALSO\n\njob(1)\n"
        );
    }

    #[test]
    fn an_rfc_with_its_headings_and_without_its_page_breaks() {
        let text = "Network Working Group                                        A. Author\nRequest for Comments: 9999                                    March 1999\n\n\n                  The Queue Protocol\n\nStatus of this Memo\n\n   This memo says something to all of those that read it,\n   and to nobody else, however much others\n   may want to hear of it.\n\n1.  Introduction\n\n   A queue holds jobs, and\n\nAuthor                     Informational                       [Page 1]\n\n\u{c}RFC 9999                 Queue Protocol                   March 1999\n\n\n   more of them.\n\nAppendix A.  Examples\n\n   One.\n\nAuthor                     Informational                       [Page 2]\n";
        let out = titled_markdown(text);
        let headings: Vec<&str> = out.lines().filter(|line| line.starts_with('#')).collect();
        assert_eq!(
            headings,
            [
                "# RFC 9999: The Queue Protocol",
                "## Status of this Memo",
                "## 1.  Introduction",
                "## Appendix A.  Examples"
            ]
        );
        assert!(!out.contains("[Page") && !out.contains("Page 1"), "{out}");
        assert!(out.contains("A queue holds jobs, and") && out.contains("more of them."));
    }

    #[test]
    fn headings_between_marks() {
        let out = markdown(
            "Text of it all.\n\n== Options ==\n\nThem.\n\n*** Files ***\n\nThose.\n\n== x\n",
        );
        assert!(
            out.contains("\n## Options\n") && out.contains("\n## Files\n"),
            "{out}"
        );
    }

    #[test]
    fn it_takes_no_longer_than_the_text_is_long() {
        let started = std::time::Instant::now();
        for text in [
            "A\n\n",
            "1.1. A\n\n",
            "A\n  b\n",
            "\u{c}A\n",
            "===\n",
            "X [Page 1]\n\n",
            "    a\n\n",
        ] {
            titled_markdown(&text.repeat(100_000));
        }
        assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
    }

    #[test]
    fn headings_only_where_unmistakable() {
        let text = "Title of it\n===========\n\nNAME\n\nfoo does 1. this\n\n1. First step\n\n2. Second step\n";
        assert_eq!(
            markdown(text),
            "# Title of it\n\n## NAME\n\nfoo does 1. this\n\n1\\. First step\n\n2\\. Second step\n"
        );
    }

    #[test]
    fn numbered_titles() {
        let text = "1.  Introduction\n\n   Words of it.\n\n2.  Terms\n\n   More words.\n\n2.1.  Special Terms\n\n   Text.\n";
        let out = markdown(text);
        assert!(
            out.contains("## 1.  Introduction\n") && out.contains("### 2.1.  Special Terms\n"),
            "{out}"
        );
    }

    #[test]
    fn indented_blocks_are_code() {
        let out = markdown("Run this:\n\n    make *all*\n\n      nested\n\nthen that.\n");
        assert_eq!(
            out,
            "Run this:\n\n```\nmake *all*\n\n  nested\n```\n\nthen that.\n"
        );
    }

    #[test]
    fn text_never_becomes_markup() {
        let out = markdown("# no heading\n> no quote\n---\n<b> [x]: y\n");
        assert_eq!(out, "\\# no heading\n\\> no quote\n\\---\n\\<b> [x\\]: y\n");
    }
}
