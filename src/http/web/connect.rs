//! How to connect, one assistant at a time.

use std::fmt::Write as _;

use super::{html::escape, view::View};
use crate::mcp::setups;

/// The section of the start page.
pub(super) fn section(main: &mut String, view: &View) {
    main.push_str(
        "<section class=\"in room\" aria-labelledby=\"connect\"><header>\
         <h2 id=\"connect\">Connect your assistant</h2><p class=\"soft\">It then searches and reads these pages by \
         itself, and tells you which page an answer is from. Nobody can change anything through it.</p></header>\n\
         <fieldset class=\"tabs\"><legend class=\"sr\">Your assistant</legend>\n",
    );
    for (at, setup) in setups(&view.place.url("/mcp")).into_iter().enumerate() {
        let id = setup.assistant.to_lowercase().replace(' ', "-");
        let checked = if at == 0 { " checked" } else { "" };
        let _ = writeln!(
            main,
            "<input type=\"radio\" name=\"assistant\" id=\"{id}\"{checked}><label for=\"{id}\">{name}</label>\
             <section><h3>{name}</h3><div class=\"cmd\"><pre><code>{}</code></pre></div></section>",
            escape(&setup.text),
            name = setup.assistant,
        );
    }
    let _ = writeln!(
        main,
        "<input type=\"radio\" name=\"assistant\" id=\"other\"><label for=\"other\">Anything else</label>\
         <section><h3>Anything else that speaks MCP</h3>\
         <div class=\"cmd\"><pre><code>{}</code></pre></div><p>Older clients, with HTTP and SSE:</p>\
         <div class=\"cmd\"><pre><code>{}</code></pre></div></section>\n</fieldset></section>",
        escape(&view.place.url("/mcp")),
        escape(&view.place.url("/sse"))
    );
}
