//! HTML of built sites -> clean Markdown: the page's own text, without the site around it.
//!
//! The text is parsed as browsers do ([`parse`]), the element that holds the page's own text is
//! found by the landmarks that site generators set ([`site`]), and its blocks are written one
//! after the other ([`blocks`]). Nothing here asks which generator made a page where a landmark,
//! a class or a role tells as much.

mod anchor;
mod blocks;
mod code;
mod inline;
mod note;
mod page;
mod parse;
mod site;
mod spans;
mod table;
mod tabs;
mod tree;
mod writer;

use super::super::document::{Page, Skip, Source};

/// Turns a page of a built site into Markdown.
///
/// # Errors
/// The reason why the page has no documentation of its own.
pub(super) fn pages(source: &Source<'_>) -> Result<Vec<Page>, Skip> {
    let tree = parse::parse(source.text).map_err(|hostile| Skip::Malformed {
        reason: hostile.to_string(),
    })?;
    let head = page::Head::of(&tree);
    let generator = head.generator(source.text);
    if page::is_generated(generator, source.path) {
        return Err(Skip::Generated);
    }
    let root = site::main_content(&tree);
    let heading = page::first_heading(&tree, root);
    let title = head
        .title
        .as_deref()
        .map(|title| page::title(generator, title, heading.as_deref()));
    let titles: Vec<&str> = title
        .as_deref()
        .into_iter()
        .chain(head.title.as_deref())
        .collect();
    let markdown = blocks::to_markdown(&tree, root, &titles, source.text.len());
    if head.redirects && markdown.len() < 500 {
        return Err(Skip::Redirect);
    }
    if !markdown.contains(char::is_alphanumeric) {
        return Err(Skip::Empty);
    }
    Ok(vec![Page {
        title,
        description: head.description,
        permalink: head.canonical,
        markdown,
        ..Page::default()
    }])
}

/// Turns a piece of HTML, as it stands inside Markdown, into Markdown. What a browser would not
/// show is left out, and so is everything of a piece that is made to do harm.
pub(crate) fn fragment_to_markdown(html: &str) -> String {
    let Ok(tree) = parse::parse(html) else {
        return String::new();
    };
    let mut markdown = blocks::to_markdown(&tree, tree::ROOT, &[], html.len());
    markdown.truncate(markdown.trim_end().len());
    markdown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Result<Page, Skip> {
        let source = Source {
            path: "page.html",
            text,
            include: &|_| None,
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
