//! The steps as Markdown, for the manual.

use std::fmt::Write as _;

use super::{ASSISTANTS, Block, Code, Guide, Offer, Rich, Server, Span, Step};

/// The chapter of the manual: those in the cloud by a public address, the others by one of this machine.
pub fn document(public: &Server, local: &Server) -> String {
    let mut text = String::new();
    for assistant in ASSISTANTS {
        let server = if assistant.is_in_the_cloud() {
            public
        } else {
            local
        };
        if let Offer::Steps(guide) = assistant.offer(server) {
            let _ = write!(text, "### {}\n\n", assistant.name);
            text.push_str(&in_markdown(&guide));
            if assistant.configuration(server).is_some() {
                let _ = write!(
                    text,
                    "`docent connect {} --write` makes the change itself.\n\n",
                    assistant.id
                );
            }
        }
    }
    text
}

/// A guide without its title. Install links are for pages: nobody can click on one in a manual that they
/// read elsewhere.
pub fn in_markdown(guide: &Guide) -> String {
    let mut text = String::new();
    for block in &guide.blocks {
        match block {
            Block::Text(step) => write_step(&mut text, "", step),
            Block::Steps(steps) => {
                for (at, step) in steps.iter().enumerate() {
                    write_step(&mut text, &format!("{}. ", at + 1), step);
                }
                text.truncate(text.trim_end().len());
                text.push_str("\n\n");
            }
            Block::Install(links) => {
                let labels: Vec<String> = links
                    .iter()
                    .map(|link| format!("**{}**", link.label))
                    .collect();
                let _ = write!(
                    text,
                    "docent’s own page has a link for it: {}.\n\n",
                    labels.join(", ")
                );
            }
            Block::Aside { summary, step } => {
                let _ = write!(text, "{summary}: ");
                write_step(&mut text, "", step);
            }
            Block::Note(note) => {
                let _ = write!(text, "{}\n\n", marked(note));
            }
        }
    }
    text.truncate(text.trim_end().len());
    text.push_str("\n\n");
    text
}

fn marked(rich: &Rich) -> String {
    let mut text = String::new();
    for span in &rich.0 {
        let _ = match span {
            Span::Text(words) => write!(text, "{words}"),
            Span::Strong(words) => write!(text, "**{words}**"),
            Span::Code(code) => write!(text, "`{code}`"),
            Span::Link { text: words, url } => write!(text, "[{words}]({url})"),
        };
    }
    text
}

fn write_step(text: &mut String, number: &str, step: &Step) {
    let _ = writeln!(text, "{number}{}", marked(&step.text));
    let indent = " ".repeat(number.len());
    if let Some(Code {
        language,
        text: code,
        ..
    }) = &step.code
    {
        let _ = write!(text, "\n{indent}```{language}\n");
        for line in code.lines() {
            let _ = writeln!(text, "{}", format!("{indent}{line}").trim_end());
        }
        let _ = write!(text, "{indent}```\n\n");
    } else if number.is_empty() {
        text.push('\n');
    }
}
