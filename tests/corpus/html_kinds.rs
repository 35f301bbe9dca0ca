//! What pages of built sites have beside paragraphs: nothing that is read in them is lost, and nothing that is hidden comes out.

use std::fs;

use docent::{
    config::DocSet,
    corpus::{self, Document, Format, PrivatePaths, Site, Skip, Source},
};

use super::listed::list;

/// The Markdown of a page.
fn read(path: &str, text: &str) -> Result<String, Skip> {
    let source = Source {
        path,
        text,
        include: &|_| None,
        site: &Site::default(),
    };
    let pages = Format::Html.pages(&source)?;
    Ok(pages.into_iter().map(|page| page.markdown).collect())
}

/// A page whose main landmark holds this.
fn main_of(html: &str) -> String {
    body_of(&format!("<main><h1>Page</h1>{html}</main>"))
}

fn body_of(html: &str) -> String {
    let page =
        format!("<!DOCTYPE html><html><head><title>Page</title></head><body>{html}</body></html>");
    read("page.html", &page).unwrap_or_else(|skip| format!("skipped: {skip}"))
}

/// Asserts that each of the texts comes out once.
fn has_each_once(markdown: &str, texts: &[&str]) {
    for text in texts {
        assert_eq!(
            markdown.matches(text).count(),
            1,
            "{text:?} in:\n{markdown}"
        );
    }
}

fn has_none(markdown: &str, texts: &[&str]) {
    for text in texts {
        assert!(!markdown.contains(text), "{text:?} in:\n{markdown}");
    }
}

#[test]
fn common_words_as_classes_drop_no_text() {
    for class in [
        "contents",
        "related",
        "footer",
        "search",
        "toc",
        "navigation",
        "sidebar",
        "sub-heading",
        "header",
        "pager",
        "menu",
        "tooltip",
        "summary",
        "page-footer",
    ] {
        for element in ["div", "section", "p", "span"] {
            let block =
                format!("<{element} class='{class}'>Keep thirty days of it, in words.</{element}>");
            has_each_once(
                &main_of(&format!("<p>Body.</p>{block}")),
                &["Keep thirty days"],
            );
            let alone = format!(
                "<div class='{class}'><h1>Title</h1><p>All that there is.</p><h2>Part</h2><p>More.</p></div>"
            );
            has_each_once(
                &body_of(&alone),
                &["All that there is.", "## Part", "More."],
            );
        }
        let id =
            format!("<p>Body.</p><div id='{class}'><h2>Retention</h2><p>Thirty days.</p></div>");
        has_each_once(&main_of(&id), &["## Retention", "Thirty days."]);
    }
}

#[test]
fn what_only_leads_around_stays_out() {
    let page = body_of(
        "<header><a href=/>Site</a></header><nav><ul><li><a href=a>Alpha</a></ul></nav>\
         <div class=toc><b>Contents</b><ul><li><a href='#x'>Xray</a><li><a href='#y'>Yankee</a></ul></div>\
         <div role=navigation><a href=p>Previous one</a></div>\
         <h1>Page</h1><p>What the page says in a sentence that is long enough to be one, and some more words.</p>\
         <div class='footer'>Copyright 2020 Somebody.</div><footer>Made by hand.</footer>",
    );
    has_each_once(&page, &["# Page", "What the page says"]);
    has_none(
        &page,
        &[
            "Site",
            "Alpha",
            "Xray",
            "Previous one",
            "Copyright",
            "Made by hand",
        ],
    );
}

#[test]
fn doxygen() {
    let page = body_of(
        "<div id=top><div id=titlearea><table><tr><td id=projectalign><div id=projectname>Lib<span id=projectnumber>1.0</span></div></td></tr></table></div></div>\
         <div class=header><div class=summary><a href='#pub'>Public Member Functions</a> &#124; <a href=m.html>List of all members</a></div>\
         <div class=headertitle><div class=title>Queue Class Reference<div class=ingroups><a href=g.html>Containers</a></div></div></div></div>\
         <div class=contents><p>A bounded queue. <a href='#details'>More...</a></p>\
         <table class=memberdecls><tr class=heading><td colspan=2><h2 class=groupheader><a id=pub></a>Public Member Functions</h2></td></tr>\
         <tr class='memitem:a1'><td class=memItemLeft>void&#160;</td><td class=memItemRight><a class=el href=q.html#a1>push</a> (int x)</td></tr>\
         <tr class='memdesc:a1'><td class=mdescLeft>&#160;</td><td class=mdescRight>Adds one.<br></td></tr>\
         <tr class='separator:a1'><td class=memSeparator colspan=2>&#160;</td></tr>\
         <tr class='memitem:a2'><td class=memItemLeft>int&#160;</td><td class=memItemRight><b>size</b> () const</td></tr></table>\
         <a name=details id=details></a><h2 class=groupheader>Detailed Description</h2><div class=textblock><p>It blocks.</p>\
         <dl class='section note'><dt>Note</dt><dd>Not for signals.</dd></dl>\
         <div class=fragment><div class=line><a name=l00001></a><span class=lineno>    1</span>&#160;Queue q;</div>\n<div class=line>q.push(1);</div>\n</div></div>\
         <h2 class=groupheader>Member Function Documentation</h2>\
         <a id=a1 name=a1></a><h2 class=memtitle><span class=permalink><a href='#a1'>&#9670;&#160;</a></span>push()</h2>\
         <div class=memitem><div class=memproto><table class=memname><tr><td class=memname>void Queue::push</td><td>(</td><td class=paramtype>int&#160;</td><td class=paramname><em>x</em></td><td>)</td></tr></table></div>\
         <div class=memdoc><p>Blocks while full.</p><dl class=params><dt>Parameters</dt><dd><table class=params><tr><td class=paramname>x</td><td>what to add</td></tr></table></dd></dl></div></div></div>\
         <address class=footer><small>Generated by doxygen</small></address>",
    );
    has_each_once(
        &page,
        &[
            "# Queue Class Reference",
            "A bounded queue.",
            "## Public Member Functions",
            "- `void push (int x)` — Adds one.",
            "- `int size () const`",
            "## Detailed Description",
            "> **Note:** Not for signals.",
            "```\nQueue q;\nq.push(1);\n```",
            "## push() {#a1}",
            "void Queue::push ( int x )",
            "Blocks while full.",
            "what to add",
        ],
    );
    has_none(
        &page,
        &["List of all members", "Generated by", "Lib1.0", "◆"],
    );
}

#[test]
fn members_of_older_doxygen_have_headings() {
    let page = body_of(
        "<div class=header><div class=headertitle><div class=title>queue.h File Reference</div></div></div>\
         <div class=contents><h2 class=groupheader>Function Documentation</h2>\
         <a class=anchor id=a1></a><div class=memitem><div class=memproto><table class=memname><tr><td class=memname>int queue_push </td><td>(</td><td class=paramtype>int</td><td class=paramname><em>x</em></td><td>)</td></tr></table></div><div class=memdoc><p>Adds.</p></div></div>\
         <a class=anchor id=a2></a><div class=memitem><div class=memproto><table class=memname><tr><td class=memname>bool operator== </td></tr></table></div><div class=memdoc><p>Compares.</p></div></div></div>",
    );
    has_each_once(
        &page,
        &[
            "### queue\\_push {#a1}",
            "### operator== {#a2}",
            "Adds.",
            "Compares.",
        ]
        .map(|t| {
            if t.contains('\\') {
                "### queue_push {#a1}"
            } else {
                t
            }
        }),
    );
}

#[test]
fn forms_around_text_are_no_reason_to_drop_it() {
    let page = body_of(
        "<form id=aspnetForm><input type=hidden name=__VIEWSTATE value=xyz><div><h1>Install</h1><p>Run the installer.</p><label for=q>Find</label><input id=q><select><option>Choice</select></div></form>",
    );
    has_each_once(&page, &["# Install", "Run the installer."]);
    has_none(&page, &["xyz", "Find", "Choice"]);
    let page = main_of(
        "<p>Text.</p><form action=/s><label>Search <input name=q></label><button>Go</button></form>",
    );
    has_none(&page, &["Search", "Go"]);
}

#[test]
fn buttons_are_read_where_they_are_words() {
    let page = main_of(
        "<h2><button class=accordion-button>How do I reset it?</button></h2><div class='accordion-collapse collapse'><p>Open Settings.</p></div>\
         <p>Click <button>Save</button> and then <button class=btn>Close</button>.</p>\
         <table><tr><th>Key<th>Does<tr><td><button>Enter</button><td>sends</table>\
         <pre><code>make</code><button class=copy>Copy this</button></pre>\
         <div class=toolbar2><button>Dark mode</button><button aria-label=Search></button></div>\
         <button class=collapsible>Advanced</button><div class=content style='display:none'><p>For experts.</p></div>",
    );
    has_each_once(
        &page,
        &[
            "## How do I reset it?",
            "Open Settings.",
            "Click Save and then Close.",
            "Enter",
            "**Advanced**\n\nFor experts.",
        ],
    );
    has_none(&page, &["Copy this", "Dark mode"]);
}

#[test]
fn what_holds_a_section_opens_none() {
    // gi-docgen: each section is a wrapper that a script folds.
    let section = |name: &str, text: &str| {
        format!(
            "<div class=toggle-wrapper><h4 id={name}>{name} <a href='#{name}' class=anchor></a></h4><div class=docblock>{text}</div></div>"
        )
    };
    let page = main_of(&format!(
        "<h1>Present</h1>{}{}{}",
        section("Description", "<p>Shows the surface.</p>"),
        section("Parameters", "<dl><dt>width</dt><dd>In pixels.</dd></dl>"),
        section("Returns", "<p>Whether it is shown.</p>"),
    ));
    has_each_once(
        &page,
        &[
            "#### Description",
            "Shows the surface.",
            "#### Parameters",
            "In pixels.",
            "#### Returns",
            "Whether it is shown.",
        ],
    );
}

#[test]
fn tabs_have_their_names() {
    for tabs in [
        // Hugo Book.
        "<div class=book-tabs><input type=radio id=t0 checked><label for=t0>macOS</label><div class=c><p>Use brew.</p></div><input type=radio id=t1><label for=t1>Linux</label><div class=c><p>Use apt.</p></div></div>",
        // All labels first, panels beside them.
        "<div><input type=radio id=t0><input type=radio id=t1><label for=t0>macOS</label><label for=t1>Linux</label><section><p>Use brew.</p></section><section><p>Use apt.</p></section></div>",
        // Labels and panels each in a part of their own.
        "<div><input type=radio id=t0><input type=radio id=t1><div class=labels><label for=t0>macOS</label><label for=t1>Linux</label></div><div class=panels><div><p>Use brew.</p></div><div><p>Use apt.</p></div></div></div>",
        // Labels around their fields.
        "<ul><li><label><input type=radio name=x>macOS</label><div><p>Use brew.</p></div><li><label><input type=radio name=x>Linux</label><div><p>Use apt.</p></div></ul>",
        // Bootstrap, without roles.
        "<ul class='nav nav-tabs'><li><a data-toggle=tab href='#a'>macOS</a><li><a data-toggle=tab href='#b'>Linux</a></ul><div class=tab-content><div id=a class=tab-pane><p>Use brew.</p></div><div id=b class='tab-pane' style='display:none'><p>Use apt.</p></div></div>",
        // Scripts.
        "<div class=tab><button onclick=\"openTab(event, 'a')\">macOS</button><button onclick=\"openTab(event, 'b')\">Linux</button></div><div id=a class=tabcontent style='display:none'><p>Use brew.</p></div><div id=b class=tabcontent style='display:none'><p>Use apt.</p></div>",
        // Buttons.
        "<div class=strip><button data-bs-target='#a'>macOS</button><button data-bs-target='#b'>Linux</button></div><div id=a><p>Use brew.</p></div><div id=b hidden><p>Use apt.</p></div>",
        "<div role=tablist><button role=tab aria-controls=a>macOS</button><button role=tab aria-controls=b>Linux</button></div><div role=tabpanel id=a><p>Use brew.</p></div><div role=tabpanel id=b hidden><p>Use apt.</p></div>",
    ] {
        let page = main_of(tabs);
        has_each_once(&page, &["**macOS**", "Use brew.", "**Linux**", "Use apt."]);
        let at = |text| page.find(text);
        assert!(
            at("macOS") < at("brew") && at("brew") < at("Linux") && at("Linux") < at("apt"),
            "{page}"
        );
    }
}

#[test]
fn asides_are_notes() {
    let page = body_of(
        "<div class=page><div class=content><h1>Page</h1><p>Use a key.</p><aside class=notice>Replace <code>meow</code>.</aside><aside class=warning>It expires.</aside><aside class=success>Log out.</aside><aside>By the way.</aside><aside data-type=tip><p>Try this.</p></aside></div></div>",
    );
    has_each_once(
        &page,
        &[
            "> **Note:** Replace `meow`.",
            "> **Warning:** It expires.",
            "> **Success:** Log out.",
            "> **Note:** By the way.",
            "> **Tip:** Try this.",
        ],
    );
    let page = main_of(
        "<p>Text.</p><aside><h2>On this page</h2><ul><li><a href='#a'>Alpha</a><li><a href='#b'>Bravo</a></ul></aside>",
    );
    has_none(&page, &["Alpha", "On this page"]);
    let page = main_of("<p>Text.</p><aside class=box><h2>History</h2><p>It is old.</p></aside>");
    has_each_once(&page, &["## History", "It is old."]);
}

#[test]
fn what_readers_reveal_is_read() {
    for shown in [
        "<span class=switch><span hidden=true class=WRITER><p>REVEALED</p></span></span>",
        "<div class=os-mac hidden><p>REVEALED</p></div>",
        "<div data-platform=windows hidden><p>REVEALED</p></div>",
        "<div hidden=until-found><p>REVEALED</p></div>",
        "<my-card><template shadowrootmode=open><p>REVEALED</p></template></my-card>",
        "<button aria-controls=p1>Open it</button><div id=p1 hidden>REVEALED</div>",
        "<button class=accordion>Open it</button><div class=panel style='max-height:0;overflow:hidden'><p>REVEALED</p></div>",
        "<a href='#p1' data-bs-toggle=collapse>Open it</a><div id=p1 class='collapse d-none'>REVEALED</div>",
        "<h3 class=accordion-header>Open it</h3><div class=accordion-body hidden>REVEALED</div>",
        "<div class=variant data-v=a>seen</div><div class=variant data-v=b hidden>REVEALED</div>",
        "<details><summary>More</summary><p>REVEALED</p></details>",
        "<button popovertarget=p1>Terms</button><div popover id=p1>REVEALED</div>",
    ] {
        has_each_once(&main_of(&format!("<p>Seen.</p>{shown}")), &["REVEALED"]);
    }
}

#[test]
fn what_nothing_reveals_stays_hidden() {
    for hidden in [
        "<div hidden>HIDDEN</div>",
        "<div class=panel style='display:none'>HIDDEN</div>",
        "<h2>Part</h2><div class=content style='display:none'>HIDDEN</div>",
        "<p>seen</p><p hidden>HIDDEN</p>",
        "<div class=linux hidden>HIDDEN</div>",
        "<div class=x>seen</div><div class=x hidden>HIDDEN</div>",
        "<div class=x data-v=a>seen</div><div class=x data-v=b style='display:none'>HIDDEN</div>",
        "<template>HIDDEN</template>",
        "<button aria-controls=p1></button><div id=p1 hidden>HIDDEN</div>",
        "<button hidden aria-controls=p1>Open</button><div id=p1 hidden>HIDDEN</div>",
        "<div style='display:none'><button aria-controls=p1>Open</button></div><div id=p1 hidden>HIDDEN</div>",
        "<button aria-controls=p1>Open</button><div id=p1 style='opacity:0'>HIDDEN</div>",
        "<button aria-controls=p1>Open</button><div id=p1 style='display:none;color:transparent'>HIDDEN</div>",
        "<button aria-controls=p1>Open</button><div id=p1 class='sr-only'>HIDDEN</div>",
        "<div id=p1 hidden><button aria-controls=p1>HIDDEN</button></div>",
        "<div class=os-mac style='display:none'>HIDDEN</div>",
        "<div class=os-mac hidden>seen<b hidden>HIDDEN</b></div>",
        "<svg style='display:none'><text>HIDDEN</text></svg>",
        "<svg><defs><text>HIDDEN</text></defs><text>seen</text></svg>",
        "<dialog>HIDDEN</dialog>",
        "<select><option>HIDDEN</select>",
        "<span class=tooltip>a<span class=tooltiptext hidden>HIDDEN</span></span>",
    ] {
        let page = main_of(&format!("<p>Text.</p>{hidden}"));
        has_none(&page, &["HIDDEN"]);
        assert!(page.contains("Text."), "{page}");
    }
}

#[test]
fn anchors_stay_where_headings_are_sections() {
    let page = main_of(
        "<ol><li><h4 id=get>def get(k)</h4><p>Gets.</p></ol><blockquote><h3 id=q>Quoted</h3></blockquote>\
         <table><tr><th>A<th>B<tr><td><h4 id=t>Cell</h4><td>x<tr><td>y<td>z</table><div class=note><p class=title>Note</p><h3 id=n>In a note</h3></div><h2 id=end>End</h2>",
    );
    assert_eq!(page.matches("{#").count(), 1, "{page}");
    has_each_once(
        &page,
        &["## End {#end}", "def get(k)", "Quoted", "Cell", "In a note"],
    );
}

#[test]
fn notes_that_are_tables_are_notes() {
    for (kind, table) in [
        (
            "Warning",
            "<table border=0 summary=Warning><tr><td rowspan=2><img alt='[Warning]' src=w.png></td><th align=left>Warning</th></tr><tr><td><p>Do not.</p></td></tr></table>",
        ),
        (
            "Tip",
            "<table><tr><td rowspan=2><img alt='[Tip]' src=t.png></td><th>Tip</th></tr><tr><td><p>Do not.</p></td></tr></table>",
        ),
        (
            "Important",
            "<table><tr><td><img alt='[Important]' src=t.png></td><td><p>Do not.</p></td></tr></table>",
        ),
        (
            "Caution",
            "<div class=admonition_header><p><strong>Caution</strong></p></div><div><p>Do not.</p></div>",
        ),
    ] {
        let class = kind.to_lowercase();
        let page = main_of(&format!("<p>Text.</p><div class={class}>{table}</div>"));
        has_each_once(&page, &[&format!("> **{kind}:** Do not.")]);
        has_none(&page, &["| "]);
    }
    let page = main_of(
        "<p>Text.</p><table class=nav><tr><td><a accesskey=p href=p><img alt=Prev></a></td><th>6. Callgrind</th></tr></table>",
    );
    has_none(&page, &["Prev", "Callgrind"]);
}

#[test]
fn xml_is_read_as_xml() {
    let start = "<?xml version='1.0'?>\n<html xmlns='http://www.w3.org/1999/xhtml'><head><title/><script src='a.js'/><style/></head><body>";
    let page = format!(
        "{start}<h1>X</h1><div class='hr'/><p>vis<a id='a1'/>ible <b/>text</p><ul><li/><li>item</li></ul><h2><a id='h'/>Head</h2><p><![CDATA[a < b]]> <br/> <textarea/>end</p></body></html>"
    );
    for path in ["a.xhtml", "a.html"] {
        let markdown = read(path, &page).unwrap();
        has_each_once(
            &markdown,
            &[
                "# X",
                "visible text",
                "- item",
                "## Head {#h}",
                "a < b",
                "end",
            ],
        );
    }
    // What is not XML is read as browsers read it.
    assert_eq!(
        read("a.html", "<h1>T</h1><p>a<script src=x />b</script>c"),
        Ok("# T\n\nac\n".to_owned())
    );
}

#[test]
fn an_anchor_belongs_to_the_heading_it_stands_in() {
    let page = main_of(
        "<h2><a id=one>First</h2><p>a</p><h2><a id=two></a>Second</h2><p>b</p><h2><a name=three></a><a name=four></a>Third</h2>",
    );
    has_each_once(
        &page,
        &["## First {#one}", "## Second {#two}", "## Third {#four}"],
    );
}

#[test]
fn hints_are_words() {
    let page = main_of(
        "<p>The <span class=tooltip>API<span class=tooltiptext>Application Programming Interface</span></span> needs a key.</p>\
         <p>An <abbr title='Internet of Things'>IoT</abbr> device is an <abbr title='Internet of Things'>IoT</abbr> thing.</p>\
         <p>A <span class=has-tooltip data-tooltip='one per host'>daemon</span> runs.</p><p><abbr title='Keyword-only'>*</abbr></p>",
    );
    has_each_once(
        &page,
        &[
            "The API (Application Programming Interface) needs",
            "An IoT (Internet of Things) device is an IoT thing",
            "A daemon (one per host) runs.",
        ],
    );
    has_none(&page, &["Keyword-only"]);
}

#[test]
fn tables_of_data_stay_together() {
    let page = main_of(
        "<table><thead><tr><th>Option<th>Default<th>Meaning</thead><tr><td>cache<td>5m<td>How long. Example:<pre>cache: 5m</pre><tr><td>retry<td>3<td>How often.</table>",
    );
    has_each_once(
        &page,
        &[
            "| cache | 5m | How long. Example: `cache: 5m` |",
            "| retry | 3 | How often. |",
        ],
    );
    let page = main_of(
        "<table><tr><th>Option<th>Meaning<th>Since<tr><td>cache<td>So:<pre>a\nb</pre><td>1.0<tr><td>mode<td><dl><dt>on<dd>yes<dt>off<dd>no</dl><td>2.0<tr><td>tree<td><table><tr><th>k<th>v<tr><td>a<td>b</table><td>3.0</table>",
    );
    has_each_once(
        &page,
        &[
            "- **Option:** cache; **Meaning:** So:\n\n  ```\n  a\n  b\n  ```\n\n  **Since:** 1.0",
            "- **Option:** mode",
            "**on** yes **off** no; **Since:** 2.0",
            "- **Option:** tree",
            "  | k | v |",
            "**Since:** 3.0",
        ],
    );
    let page = main_of(
        "<table><tr><td><b>Key</b><td><p><strong>Means</strong></p><tr><td>a<td><pre>x\ny</pre><tr><td>b<td>z</table>",
    );
    has_each_once(
        &page,
        &[
            "- **Key:** a; **Means:**\n\n  ```\n  x\n  y\n  ```",
            "- **Key:** b; **Means:** z",
        ],
    );
    // A table that lays out the page is the page.
    let page = main_of(
        "<table><tr><td><ul><li><a href=a>Menu</a></ul></td><td><h2>Part</h2><pre>a\nb</pre></td></tr></table>",
    );
    has_each_once(&page, &["\n## Part\n", "\n```\na\nb\n```"]);
}

#[test]
fn drawings_have_words() {
    let page = main_of(
        "<svg viewBox='0 0 9 9'><title>drop statement</title><text>DROP</text><text>TABLE</text><text><tspan>IF</tspan><tspan x=3>EXISTS</tspan></text></svg>\
         <figure role=img aria-label='Boxes A to B'></figure><div role=img aria-label='A chart of sales'></div>\
         <svg role=img aria-label='The cycle of a request'><path d=x /></svg>\
         <svg><foreignObject><div>Node one</div></foreignObject></svg><a href=x><svg><title>External</title></svg>link</a>\
         <p>see <svg class=icon><title>Icon</title></svg> this</p>",
    );
    has_each_once(
        &page,
        &[
            "drop statement: DROP TABLE IF EXISTS",
            "Boxes A to B",
            "A chart of sales",
            "The cycle of a request",
            "Node one",
            "[link](x)",
            "see this",
        ],
    );
    has_none(&page, &["External", "Icon"]);
}

#[test]
fn a_column_of_links_before_the_text_is_none_of_it() {
    let links: String = (0..40)
        .map(|n| format!("<li><a href=p{n}>Topic {n}</a>"))
        .collect();
    let text = "<p>What the page says, in a sentence that goes on.</p>".repeat(20);
    for column in [
        format!("<div class=tocset><ul>{links}</ul></div>"),
        format!("<div class=sidebar><h1><a href=/>Site</a></h1><ul>{links}</ul></div>"),
        format!("<ul id=column2>{links}</ul>"),
    ] {
        let page = body_of(&format!(
            "{column}<div class=body><h1>Page</h1>{text}</div>"
        ));
        has_none(&page, &["Topic 3"]);
        has_each_once(&page, &["# Page"]);
    }
    let index = body_of(&format!("<h1>Index</h1><ul>{links}</ul>"));
    has_each_once(&index, &["Topic 33"]);
}

#[test]
fn formulas_are_whole() {
    let page = main_of(
        "<div class='math notranslate'>\\begin{eqnarray*} x &amp; = &amp; y\\end{eqnarray*}</div><p class=formulaDsp>\\[ A = U \\]</p><p><math><mfrac><mn>1</mn><mn>2</mn></mfrac></math> and <math><msup><mi>x</mi><mn>2</mn></msup><mo>+</mo><msqrt><mi>y</mi></msqrt></math></p>",
    );
    has_each_once(
        &page,
        &[
            "```math\n\\begin{eqnarray*} x & = & y\\end{eqnarray*}\n```",
            "```math\nA = U\n```",
            "1/2 and `x^2+√y`",
        ],
    );
}

#[test]
fn an_article_may_be_a_part() {
    let page = body_of(
        "<div id=content><h1>erlc</h1><p>Compiles.</p><h3>Description</h3><p>A long one.</p><article class=func><h4 id=f1>flags</h4><p>Runs it.</p></article><h3>Generic flags</h3><p>The folder.</p></div>",
    );
    has_each_once(
        &page,
        &[
            "# erlc",
            "Compiles.",
            "### Description",
            "#### flags {#f1}",
            "Runs it.",
            "### Generic flags",
            "The folder.",
        ],
    );
    let page = body_of(
        "<h1>Page</h1><p>Before.</p><main><p>Within, a little.</p></main><h2>After</h2><p>What follows the landmark is as much of the page as what stands in it, since it has a heading and a lot of text: more than a landmark leaves to what is around it, as far as anybody can tell from a page alone. It goes on for a while, so that nobody takes it for the end of a site, which is short as a rule and says who made it and when; this here says what a reader came for, and more of it than the element that claims to be the main one. Whoever wrote this page put the landmark around the wrong part of it, as people do who copy what they do not know, and readers see all of it. So does whoever asks for it here, in the order in which it is written, to the end.</p>",
    );
    has_each_once(
        &page,
        &[
            "Before.",
            "Within, a little.",
            "## After",
            "What follows the landmark",
        ],
    );
    let page = body_of(
        "<div class=side><h2>Menu</h2><ul><li><a href=a>Alpha</a></ul></div><main><h1>Page</h1><p>Text.</p></main>",
    );
    has_none(&page, &["Alpha", "Menu"]);
}

fn documents(text: &str) -> Vec<Document> {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("a.html"), text).expect("a document");
    let set = DocSet::new("docs", folder.path());
    let listing = list(&set, &PrivatePaths::default()).expect("a listing");
    let read = corpus::read(&set, &Site::default(), &listing.files[0]);
    read.documents.unwrap_or_default()
}

#[test]
fn pages_of_names_and_of_links_are_pages() {
    for (page, text) in [
        (
            "<title>points</title><div role=main><h1>Voronoi.points</h1><dl class='py attribute'><dt class='sig sig-object' id=v.points><span>points</span></dt><dd></dd></dl></div>",
            "points",
        ),
        (
            "<title>properties</title><div role=main><h1>properties(7)</h1><div class='toctree-wrapper compound'><ul><li><a href=l.html>LABELS</a><li><a href=d.html>DEPENDS</a></ul></div></div>",
            "LABELS",
        ),
        (
            "<title>modules</title><div role=main><h1>Modules</h1><div class=toctree-wrapper><ul><li><a href=a>alpha</a></ul></div><h2>Others</h2><div class=toctree-wrapper><ul><li><a href=b>bravo</a></ul></div></div>",
            "bravo",
        ),
        (
            "<title>drop</title><main><svg><text>DROP</text></svg></main>",
            "DROP",
        ),
        (
            "<title>Only</title><body><h1>Only a heading</h1>",
            "Only a heading",
        ),
    ] {
        let documents = documents(page);
        let sections = documents.iter().flat_map(|document| &document.sections);
        let all: String = sections.map(|section| section.markdown.as_str()).collect();
        assert!(all.contains(text), "{page}: {documents:?}");
    }
}

#[test]
fn preformatted_pages_have_sections() {
    let page = body_of(
        "<h1>ls</h1><pre>\n<b>NAME</b>\n       ls - list\n\n<a name=EXIT></a><b>EXIT STATUS</b>\n       0  if <b>OK</b>\n\n<b>-x</b> is no heading\n</pre>",
    );
    has_each_once(
        &page,
        &[
            "## NAME",
            "## EXIT STATUS {#EXIT}",
            "       0  if OK",
            "-x is no heading",
        ],
    );
    let rfc = body_of(
        "<pre><span class=h1>Hypertext</span>\n\n   Text of it.\n</pre><pre class=newpage><span class=grey>Fielding [Page 2]</span>\n<span class=h2><a class=selflink id=section-1 href='#section-1'>1</a>.  Introduction</span>\n\n   More.\n\n<span class=h3><a class=selflink id=section-1.1 href='#section-1.1'>1.1</a>.  Terms</span>\n\n   Last.\n</pre>",
    );
    has_each_once(
        &rfc,
        &[
            "Introduction {#section-1}",
            "Terms {#section-1.1}",
            "   More.",
            "   Last.",
        ],
    );
    has_none(&rfc, &["[Page 2]"]);
    let vim = body_of(
        "<pre>Vim help\n\n==============================================================================\n1. Starting\t\t\t\t*<a name=starting>starting</a>*\n\nText.\n\n==============================================================================\n2. Ending *<a name=ending>ending</a>*\n\nMore.\n</pre>",
    );
    has_each_once(
        &vim,
        &["1. Starting {#starting}", "2. Ending {#ending}", "More."],
    );
    let vim = body_of(
        "<pre>\n*<a name='a.txt'></a><b>a.txt</b>*\tFor Vim\n\nLanguage support\t*<a name=Arabic></a><b>Arabic</b>*\n\n\t\t*<a name=E800></a><b>E800</b>*\nText.\n\n:args\t*<a name=':args'></a><b>:args</b>*\n\tMore.\n</pre>",
    );
    has_each_once(
        &vim,
        &[
            "## Language support {#Arabic}",
            "### :args {#:args}",
            "*E800*\nText.",
            "\tMore.",
        ],
    );
    // Code in a page stays code.
    let code = main_of(
        "<p>Some text that explains what is shown below, which is a session with bold lines in it, and goes on.</p><pre><b>$ ls</b>\na\n\n<b>$ cat</b>\nb</pre>",
    );
    has_each_once(&code, &["```\n$ ls\na\n\n$ cat\nb\n```"]);
}

/// Thirty thousand of each, deep or beside each other.
#[test]
fn kinds_are_bounded() {
    let many = |part: &str| part.repeat(30_000);
    for (name, text) in [
        ("drawings", many("<svg><text>a</text></svg>")),
        ("deep drawings", many("<svg>") + "<text>a"),
        (
            "words of a drawing",
            format!("<svg>{}", many("<text>a</text>")),
        ),
        ("fractions", format!("<math>{}", many("<mfrac><mn>1</mn>"))),
        ("roots", format!("<math>{}<mi>x", many("<msqrt>"))),
        (
            "rows of a formula",
            format!("<math><mtable>{}", many("<mtr><mtd><mn>1</mn></mtd></mtr>")),
        ),
        (
            "labels",
            many("<input type=radio id=a><label for=a>a</label><div>b</div>"),
        ),
        (
            "labels in a row",
            many("<label for=a>a</label>") + "<input type=radio id=a>" + &many("<div>b</div>"),
        ),
        (
            "buttons",
            many("<button aria-controls=a>a</button>") + "<div id=a hidden>b</div>",
        ),
        ("deep buttons", many("<button><span>a")),
        (
            "sentence of buttons",
            format!("<p>x {}", many("<button>a</button>")),
        ),
        (
            "panels",
            many("<button class=accordion>a</button><div class=panel hidden>b</div>"),
        ),
        ("alternatives", many("<div class='a b' hidden>x</div>")),
        ("switches", many("<span class=switch><span hidden>x")),
        (
            "tooltips",
            many("<span class=tooltip>a<span class=tooltiptext>b</span></span>"),
        ),
        ("deep tooltips", many("<span class=tooltiptext>a")),
        ("abbreviations", many("<abbr title=b>a</abbr>")),
        ("deep abbreviations", many("<abbr title=b>a")),
        (
            "notes",
            many("<div class=note><table><tr><td><img><th>Note<tr><td>a</table></div>"),
        ),
        ("deep notes", many("<div class=note><table><tr><td>")),
        ("asides", many("<aside>a")),
        (
            "data in data",
            many("<table><tr><th>a<th>b<tr><td>c<td><pre>a\nb</pre>"),
        ),
        (
            "data beside data",
            many("<table><tr><th>a<th>b<tr><td>c<td><pre>a\nb</pre></table>"),
        ),
        (
            "records",
            format!(
                "<table><tr><th>a<th>b{}",
                many("<tr><td>c<td><pre>a\nb</pre>")
            ),
        ),
        (
            "members",
            format!(
                "<table class=memberdecls>{}",
                many(
                    "<tr><td class=memItemLeft>a<td class=memItemRight>b<tr><td class=mdescRight>c"
                )
            ),
        ),
        (
            "declarations",
            many("<div class=memitem><div class=memproto>a"),
        ),
        (
            "headings in pre",
            format!("<pre>{}", many("<b>A</b>\n b\n\n")),
        ),
        ("bold in pre", format!("<pre>{}", many("<b>"))),
        ("templates", many("<template shadowrootmode=open>a")),
        ("landmarks", many("<main>a") + &many("<article>b")),
        ("forms", many("<form>a</form>")),
        (
            "closed cells",
            format!(
                "<html xmlns=\"http://www.w3.org/1999/xhtml\"><table>{}",
                many("<tr><td/><div/>")
            ),
        ),
        ("doubtful blocks", many("<div class=toc><a href=x>a</a>")),
    ] {
        let text = format!("<title>T</title><h1>T</h1>{text}");
        let written = read("a.html", &text).map_or(0, |markdown| markdown.len());
        assert!(written <= 16 * text.len(), "{name}: {written} bytes");
    }
}
