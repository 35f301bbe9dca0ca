//! How to connect, one assistant at a time: radio buttons, so that it works without a script.

use std::fmt::Write as _;

use super::{
    html::escape,
    view::{Shown, View},
};
use crate::assistants::{
    ASSISTANTS, Assistant, Block, Code, Guide, Install, Offer, Rich, Server, Span, Step, find,
};

/// The section of the start page; `wanted`: whose steps are shown first.
pub(super) fn section(main: &mut String, view: &View, wanted: Option<&str>) {
    let sign_in = view.place.url("/mcp?sign_in");
    let is_more = view.shown == Shown::Public { is_more: true };
    steps_for(main, &view.server(), is_more.then_some(&*sign_in), wanted);
}

/// The same for any docent. `sign_in`: the address at which those are asked to sign in who would be shown more.
pub(super) fn steps_for(
    main: &mut String,
    server: &Server,
    sign_in: Option<&str>,
    wanted: Option<&str>,
) {
    main.push_str(
        "<section class=\"in room\" aria-labelledby=\"connect\"><header>\
         <h2 id=\"connect\">Connect your assistant</h2><p class=\"soft\">It then searches and reads these pages by \
         itself, and tells you which page an answer is from. Nobody can change anything through it.</p></header>\n",
    );
    if let Some(address) = sign_in {
        let _ = writeln!(
            main,
            "<div class=\"note\" role=\"note\"><b>There may be more for you</b><p>Those who have access are shown more than \
             everybody. Give your assistant <code>{}</code> as the address: it then asks you to sign in. Or have it send your \
             access key.</p></div>",
            escape(address)
        );
    }
    refusals(main, server);
    main.push_str("<fieldset class=\"tabs\"><legend class=\"sr\">Your assistant</legend>\n");
    let offered: Vec<(&Assistant, Guide)> = ASSISTANTS
        .iter()
        .filter_map(|assistant| match assistant.offer(server) {
            Offer::Steps(guide) => Some((assistant, guide)),
            Offer::Nothing(_) => None,
        })
        .collect();
    let wanted = wanted.and_then(find).map(|assistant| assistant.id);
    let shown = offered.iter().position(|(it, _)| Some(it.id) == wanted);
    for (at, (assistant, guide)) in offered.iter().enumerate() {
        let checked = if at == shown.unwrap_or(0) {
            " checked"
        } else {
            ""
        };
        let _ = write!(
            main,
            "<input type=\"radio\" name=\"assistant\" id=\"{id}\"{checked}><label for=\"{id}\">{}</label><section>\
             <h3>{}</h3>",
            escape(assistant.name),
            escape(guide.title),
            id = assistant.id,
        );
        steps(main, guide);
        main.push_str("</section>\n");
    }
    main.push_str("</fieldset></section>\n");
}

/// Who cannot connect, each reason once; nothing where everybody can.
pub(super) fn refusals(main: &mut String, server: &Server) {
    let mut reasons: Vec<(Rich, Vec<&str>)> = Vec::new();
    for assistant in ASSISTANTS {
        if let Offer::Nothing(why) = assistant.offer(server) {
            match reasons.iter_mut().find(|(reason, _)| *reason == why) {
                Some((_, names)) => names.push(assistant.name),
                None => reasons.push((why, vec![assistant.name])),
            }
        }
    }
    for (why, names) in reasons {
        let verb = if names.len() == 1 { "is" } else { "are" };
        let _ = write!(
            main,
            "<div class=\"note\" role=\"note\"><b>{} {verb} not offered here</b><p>",
            escape(&names.join(" and "))
        );
        sentences(main, &why);
        main.push_str("</p></div>\n");
    }
}

/// A guide without its title.
fn steps(main: &mut String, guide: &Guide) {
    for block in &guide.blocks {
        match block {
            Block::Text(step) => text(main, step),
            Block::Steps(steps) => {
                main.push_str("<ol class=\"steps\">");
                for step in steps {
                    main.push_str("<li>");
                    sentences(main, &step.text);
                    if let Some(code) = &step.code {
                        copied(main, code);
                    }
                    main.push_str("</li>");
                }
                main.push_str("</ol>");
            }
            Block::Install(links) => {
                main.push_str("<p class=\"buttons\">");
                for (at, Install { label, url }) in links.iter().enumerate() {
                    let main_one = if at == 0 { " main" } else { "" };
                    let _ = write!(
                        main,
                        "<a class=\"button{main_one}\" href=\"{}\">{}</a>",
                        escape(url),
                        escape(label)
                    );
                }
                main.push_str("</p>");
            }
            Block::Aside { summary, step } => {
                let _ = write!(main, "<details><summary>{}</summary>", escape(summary));
                text(main, step);
                main.push_str("</details>");
            }
            Block::Note(note) => {
                main.push_str("<p class=\"why\">");
                sentences(main, note);
                main.push_str("</p>");
            }
        }
    }
}

fn text(main: &mut String, step: &Step) {
    main.push_str("<p>");
    sentences(main, &step.text);
    main.push_str("</p>");
    if let Some(code) = &step.code {
        copied(main, code);
    }
}

/// What is to be copied; the script adds the button.
pub(super) fn copied(main: &mut String, code: &Code) {
    let _ = write!(
        main,
        "<div class=\"cmd\" data-what=\"{}\"><pre><code>{}</code></pre></div>",
        escape(code.what),
        escape(&code.text)
    );
}

fn sentences(main: &mut String, rich: &Rich) {
    for span in &rich.0 {
        let _ = match span {
            Span::Text(text) => write!(main, "{}", escape(text)),
            Span::Strong(text) => write!(main, "<b>{}</b>", escape(text)),
            Span::Code(text) => write!(main, "<code>{}</code>", escape(text)),
            Span::Link { text, url } => write!(
                main,
                "<a href=\"{}\" rel=\"external\">{}</a>",
                escape(url),
                escape(text)
            ),
        };
    }
}
