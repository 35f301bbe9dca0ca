//! The steps as plain text, for a terminal.

use std::fmt::Write as _;

use super::{Block, Code, Guide, Rich, Span, Step};

/// A guide without its title; what is to be copied stands alone, further in.
pub fn in_text(guide: &Guide) -> String {
    let mut text = String::new();
    for block in &guide.blocks {
        if !text.is_empty() {
            text.push('\n');
        }
        match block {
            Block::Text(step) => write_step(&mut text, "", step),
            Block::Steps(steps) => {
                for (at, step) in steps.iter().enumerate() {
                    write_step(&mut text, &format!("{}. ", at + 1), step);
                }
            }
            Block::Install(links) => {
                for link in links {
                    let _ = writeln!(text, "{}: {}", link.label, link.url);
                }
            }
            Block::Aside { summary, step } => {
                let _ = writeln!(text, "{summary}:");
                write_step(&mut text, "", step);
            }
            Block::Note(note) => {
                let _ = writeln!(text, "{}", plain(note));
            }
        }
    }
    text
}

/// Sentences, with what is to be typed in backquotes.
pub fn plain(rich: &Rich) -> String {
    let mut text = String::new();
    for span in &rich.0 {
        let _ = match span {
            Span::Text(words) | Span::Strong(words) => write!(text, "{words}"),
            Span::Code(code) => write!(text, "`{code}`"),
            Span::Link { text: words, url } => write!(text, "{words} ({url})"),
        };
    }
    text
}

fn write_step(text: &mut String, number: &str, step: &Step) {
    let _ = writeln!(text, "{number}{}", plain(&step.text));
    if let Some(Code { text: code, .. }) = &step.code {
        text.push('\n');
        for line in code.lines() {
            let indented = format!("    {line}");
            let _ = writeln!(text, "{}", indented.trim_end());
        }
        text.push('\n');
    }
}
