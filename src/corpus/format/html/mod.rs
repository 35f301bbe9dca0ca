//! HTML of built sites -> clean Markdown: the page's own text, without the site around it.
//!
//! The text is parsed as browsers do ([`parse`]), the element that holds the page's own text is
//! found by the landmarks that site generators set ([`site`]), and its blocks are written one
//! after the other ([`blocks`]). Nothing here asks which generator made a page where a landmark,
//! a class or a role tells as much.

mod anchor;
mod blocks;
mod code;
mod control;
mod doxygen;
mod hidden;
mod inline;
mod listing;
mod math;
mod measure;
mod note;
mod page;
mod parse;
mod recast;
mod sections;
mod site;
mod spans;
mod svg;
mod table;
mod tables;
mod tabs;
mod tree;
mod writer;

use super::super::document::{HeadTitle, Page, Skip, Source};
use control::Controls;
use html5ever::local_name;
use parse::Syntax;
use std::borrow::Cow;

/// Turns a page of a built site into Markdown.
///
/// # Errors
/// The reason why the page has no documentation of its own.
pub(super) fn pages(source: &Source<'_>) -> Result<Vec<Page>, Skip> {
    let syntax = Syntax::of(source.path, source.text);
    let mut tree = parse::parse(source.text, syntax).map_err(|hostile| Skip::Malformed {
        reason: hostile.to_string(),
    })?;
    let head = page::Head::of(&tree);
    let generator = head.generator(source.text);
    if page::is_generated(generator, source.path) {
        return Err(Skip::Generated);
    }
    recast::recast(&mut tree);
    let controls = Controls::of(&tree);
    site::leave_out(&mut tree, &controls);
    let root = site::main_content(&tree);
    if listing::is_source(&tree, root, &head, source.path, source.text) {
        return Err(Skip::Generated);
    }
    hidden::take_out(&mut tree, root, &controls);
    let markdown = blocks::to_markdown(&tree, root, &controls, source.text.len());
    if listing::is_index(&tree, &head, source.path, &markdown) {
        return Err(Skip::Generated);
    }
    if head.redirects && markdown.len() < 500 {
        return Err(Skip::Redirect);
    }
    if !markdown.contains(char::is_alphanumeric) {
        return Err(Skip::Empty);
    }
    Ok(vec![Page {
        head: head.title.map(|whole| HeadTitle {
            own: page::own_title(generator, &whole).map(str::to_owned),
            whole,
        }),
        description: head.description,
        permalink: head.canonical,
        language: head.language,
        markdown,
        ..Page::default()
    }])
}

/// Turns a piece of HTML, as it stands inside Markdown, into Markdown. What a browser would not
/// show is left out, and so is everything of a piece that is made to do harm.
pub(crate) fn fragment_to_markdown(html: &str) -> String {
    let Ok(mut tree) = parse::parse(html, Syntax::Html) else {
        return String::new();
    };
    recast::recast(&mut tree);
    let controls = Controls::of(&tree);
    site::leave_out(&mut tree, &controls);
    hidden::take_out(&mut tree, tree::ROOT, &controls);
    let mut markdown = blocks::to_markdown(&tree, tree::ROOT, &controls, html.len());
    markdown.truncate(markdown.trim_end().len());
    markdown
}

/// An attribute's value as browsers read it, its entities as the characters that they stand for.
pub(super) fn attribute_value(value: &str) -> Cow<'_, str> {
    if !value.contains('&') {
        return value.into();
    }
    let element = format!("<p title=\"{}\">", value.replace('"', "&quot;"));
    let Ok(tree) = parse::parse(&element, Syntax::Html) else {
        return value.into();
    };
    let mut values = tree
        .ids()
        .filter_map(|node| tree.attribute(node, &local_name!("title")));
    values.next().map(str::to_owned).unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Result<Page, Skip> {
        let source = Source {
            path: "page.html",
            text,
            include: &|_| None,
            site: &crate::corpus::Site::default(),
        };
        pages(&source).map(|mut pages| pages.remove(0))
    }

    #[test]
    fn hostile_pages_take_bounded_time_and_space() {
        let many = |part: &str| part.repeat(100_000);
        for (name, text) in [
            ("quotes", many("<blockquote>") + "text"),
            ("lists", many("<ul><li>") + "text"),
            ("divisions", many("<div>") + "text"),
            ("items", format!("<ul>{}", many("<li>a<p>b"))),
            ("deep items", many("<ul><li>") + &many("<p>a</p>")),
            ("definitions", many("<dl><dt>a<dd>")),
            ("tables", many("<table><tr><td>") + "text"),
            ("flat table", format!("<table>{}", many("<tr><td>a<td>b"))),
            (
                "wide table",
                format!("<table><tr>{}<tr><td>a", many("<td>a")),
            ),
            (
                "spans",
                format!(
                    "<table><tr>{}",
                    "<td rowspan=1000>word word word".repeat(30)
                ) + &many("<tr><td>a"),
            ),
            ("headings", many("<h2>a</h2>")),
            (
                "headings behind empties",
                many("<a></a>") + &many("<h2>a</h2>"),
            ),
            ("emphasis", many("<b>(</b>a")),
            ("nested emphasis", many("<i><b>") + "text"),
            ("links", many("<a href=x>y</a>")),
            ("code", many("<code>`</code>")),
            ("superscripts", many("a<sup>") + "b"),
            ("formulas", many("<div class=math>") + "x"),
            ("notes", many("<div class=note><p class=title>") + "x"),
            ("brackets", many("<p>](\n[[")),
            ("backslashes", many("\\*_`<&")),
            ("breaks", many("<br>a")),
            ("breaks in bold", "<b>".to_owned() + &many("a<br><p>")),
            ("comments", many("<!-- -->a")),
        ] {
            let written = page(&text).map_or(0, |page| page.markdown.len());
            assert!(written <= 16 * text.len(), "{name}: {written} bytes");
        }
    }

    #[test]
    fn what_is_hidden_is_left_out() {
        let page = page(
            "<title>T</title><main><h1>T</h1>seen<!-- c1 --><p hidden>h2</p><p style='display: none'>h3</p>\
             <span aria-hidden=true>h4</span><script>h5</script><template>h6</template>\
             <noscript>h7</noscript></main>",
        );
        assert_eq!(
            page.map(|page| page.markdown),
            Ok("# T\n\nseen\n".to_owned())
        );
    }

    #[test]
    fn what_is_hidden_is_left_out_wherever_it_stands() {
        for hidden in [
            "hidden",
            "style='display: none'",
            "class='x sr-only'",
            "popover",
        ] {
            for html in [
                "<table><caption X>secret</caption><tr><td>seen<td>b<tr><td>c<td>d</table>",
                "<table><tr><td>seen<td>b<tr X><td>secret<td>secret<tr><td>c<td>d</table>",
                "<table><tr><td>seen<td>b<tr><td>c<td X>secret</table>",
                "<table><thead X><tr><th>secret<th>b</thead><tbody><tr><td>seen<td>d<tr><td>e<td>f</table>",
                "<table><tr><td>seen<td>b</tr><tbody X><tr><td>secret<td>d</tbody></table>",
                "<table><tr><td>seen<tr X><td>secret</table>",
                "<table><colgroup X></colgroup><tr><td>seen<tr><td><table X><tr><td>secret</table></table>",
                "<div class=admonition><p class=admonition-title X>secret<p>seen</div>",
                "<div class=note><p class=title X>secret<p>seen</div>",
                "<dl><dt>seen<dt X>secret<dd>a<dd X>secret</dl>",
                "<ul><li>seen<li X>secret</ul>",
                "<pre>seen <span X>secret</span></pre>",
                "<p>seen <code X>secret</code> <a href=x><b X>secret</b>y</a><img X alt=secret>",
                "<details><summary X>secret</summary>seen</details>",
                "<figure><figcaption X>secret</figcaption>seen</figure>",
                "<h2>seen</h2><h2 X>secret</h2>",
                "<math><mi>seen</mi></math><math X><mi>secret</mi></math> seen",
                "<ruby>seen<rt X>secret</rt></ruby>",
                "<x-y X>secret</x-y>seen",
            ] {
                // The second class of an element counts for nothing.
                if hidden.starts_with("class") && (html.contains("title X")) {
                    continue;
                }
                let html = html
                    .replace(" X>", &format!(" {hidden}>"))
                    .replace(" X ", &format!(" {hidden} "));
                let markdown = fragment_to_markdown(&html);
                assert!(!markdown.contains("secret"), "{html}: {markdown}");
                assert!(markdown.contains("seen"), "{html}: {markdown}");
                let page = page(&format!("<title>T</title><main><h1>T</h1>{html}</main>")).unwrap();
                assert!(
                    !page.markdown.contains("secret"),
                    "{html}: {}",
                    page.markdown
                );
            }
        }
    }

    #[test]
    fn panels_behind_the_first_tab_stay() {
        let html = "<div role=tablist><button role=tab>A</button><button role=tab>B</button></div>\
            <div role=tabpanel>one</div><div role=tabpanel hidden>two<i hidden>secret</i></div>";
        let markdown = fragment_to_markdown(html);
        assert!(
            markdown.contains("two") && !markdown.contains("secret"),
            "{markdown}"
        );
    }

    #[test]
    fn what_is_out_of_sight_is_no_tab() {
        let html = "<div role=tablist><button role=tab>A</button></div><div role=tabpanel>one</div>\
            <div role=tab style='position:absolute;left:-9999px'>secret</div>";
        let markdown = fragment_to_markdown(html);
        assert!(!markdown.contains("secret"), "{markdown}");
    }

    #[test]
    fn formulas_in_scripts_are_read() {
        let page = page(
            "<title>T</title><main><h1>T</h1><p>Inline <script type='math/tex'>a^2+b</script> here.\
             <script>no()</script></main>",
        );
        let markdown = page.map(|page| page.markdown);
        assert_eq!(markdown, Ok("# T\n\nInline `a^2+b` here.\n".to_owned()));
    }

    #[test]
    fn stubs_are_skipped() {
        let redirect =
            "<meta http-equiv=refresh content='0; url=new.html'><p>Moved <a href=new.html>here</a>";
        assert_eq!(page(redirect), Err(Skip::Redirect));
        assert_eq!(
            page("<html><body><nav><a href=x>y</a></nav>"),
            Err(Skip::Empty)
        );
    }

    #[test]
    fn fragments_become_markdown() {
        for (html, expected) in [
            (
                "<b>bold</b> &amp; <a href='x.html'>link</a>",
                "**bold** & [link](x.html)",
            ),
            (
                "<details><summary>More</summary>\n\ntext</details>",
                "**More**\n\ntext",
            ),
            ("<img src=x alt='a picture'>", "a picture"),
            (
                "<table><tr><th>a<th>b<tr><td>1<td>x|y</table>",
                "| a | b |\n| --- | --- |\n| 1 | x\\|y |",
            ),
            ("<!-- nothing -->", ""),
        ] {
            assert_eq!(fragment_to_markdown(html), expected);
        }
    }
}
