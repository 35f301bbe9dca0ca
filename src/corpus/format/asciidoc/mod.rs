//! AsciiDoc (AsciiDoc.py, Asciidoctor, Antora) to Markdown, at the level of headings, blocks,
//! and common inline markup.

mod antora;
mod blocks;
mod inline;
mod lists;
mod reader;
mod references;
mod tables;

use super::super::document::{Page, Skip, Source};
use blocks::Converter;

/// Blocks inside one another beyond this depth are read as plain paragraphs.
const MAX_DEPTH: usize = 12;
/// Most other names that a page takes from its anchors.
const MAX_ALIASES: usize = 2000;

/// The page of an AsciiDoc source.
///
/// # Errors
/// [`Skip::Empty`] for one without text.
pub(super) fn pages(source: &Source<'_>) -> Result<Vec<Page>, Skip> {
    let mut read = reader::read(source);
    references::resolve(&mut read, source);
    let lines: Vec<&str> = read.lines.iter().map(|line| line.trim_end()).collect();
    let mut converter = Converter::default();
    let mut markdown = String::with_capacity(source.text.len());
    converter.blocks(&lines, &mut markdown);
    if markdown.trim().is_empty() {
        return Err(Skip::Empty);
    }
    let mut aliases = converter.aliases;
    if let Some(moved) = read.attributes.get("page-aliases") {
        aliases.extend(
            moved
                .split(',')
                .map(|alias| alias.trim().to_owned())
                .filter(|alias| !alias.is_empty()),
        );
    }
    Ok(vec![Page {
        description: read
            .attributes
            .get("description")
            .filter(|text| !text.is_empty())
            .cloned(),
        aliases,
        language: read.attributes.get("lang").cloned(),
        markdown,
        ..Page::default()
    }])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Page {
        let include = |path: &str| (path == "a/part.txt").then(|| "included {v}\n".to_owned());
        pages(&Source {
            path: "a/b.adoc",
            text,
            include: &include,
            site: &crate::corpus::Site::default(),
        })
        .expect("a page")
        .remove(0)
    }

    #[test]
    fn a_document() {
        let page = read(
            "= Title\nAn Author <a@b.c>\n:v: 1.0\n:description: What it is\n\nVersion {v}. // kept\n// gone\n\n[[set-up]]\n== Set up\n\n.Run\n[source,sh]\n----\nmake {v}\n----\n\nNOTE: Mind *this*.\n\n* one\n** two\n+\n----\ncode\n----\n* three\n\n-f::\n--force::\n\tForce it.\n+\nMore.\n\nifdef::never[]\nno\nendif::[]\ninclude::part.txt[]\n",
        );
        assert_eq!(
            page.markdown,
            "# Title\n\nVersion 1.0. // kept\n\n## Set up {#set-up}\n\n**Run**\n\n```sh\nmake {v}\n```\n\n> **Note:** Mind **this**.\n\n- one\n\n   - two\n\n     ```\n     code\n     ```\n- three\n\n`-f`\n`--force`\nForce it.\n\nMore.\n\nincluded 1.0\n"
        );
        assert_eq!(page.description.as_deref(), Some("What it is"));
        assert_eq!(page.aliases, ["set-up"]);
    }

    #[test]
    fn tables() {
        let page =
            read("[cols=\"1,2\",options=\"header\"]\n|===\n|Name |Value\n|a\n|`b`\nand c\n|===\n");
        assert_eq!(
            page.markdown,
            "| Name | Value |\n| --- | --- |\n| a | `b` and c |\n"
        );
    }

    #[test]
    fn two_line_titles_and_git_style() {
        let page = read(
            "git-x(1)\n========\n\nNAME\n----\ngit-x - Do x\n\nSYNOPSIS\n--------\n[verse]\n'git x' [-f]\n'git x' -l\n",
        );
        assert_eq!(
            page.markdown,
            "# git-x(1)\n\n## NAME\n\ngit-x - Do x\n\n## SYNOPSIS\n\n'git x' [-f]\\\n'git x' -l\n"
        );
    }
}
