//! The fragments that site generators make of headings: each has a rule of its own for the text, and one for a text that
//! is there twice.

use crate::config::Generator;
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::HashMap};
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// How often a fragment that is taken is tried with another number.
const MAX_TRIES: usize = 1_000;

/// Whose rule makes the fragments of headings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) enum Slugs {
    /// Nobody's: only those that the source names, as in built pages, where an invented one would lead nowhere.
    Named,
    /// GitHub, and what has its rule from there: Docusaurus, Nextra, Starlight, GitBook, Jekyll, `DocFX`, Mintlify.
    #[default]
    GitHub,
    /// Docusaurus: as GitHub, and its `<h1>` has none.
    Docusaurus,
    /// Docutils and Sphinx, in every format that Sphinx reads.
    Docutils,
    /// The same of a page with footnotes or citations, which are counted with the headings: no fragment that is a number.
    DocutilsUnnumbered,
    /// Asciidoctor, by `idprefix` and `idseparator`.
    Asciidoctor {
        /// What each begins with.
        prefix: String,
        /// What stands between words; `None`: nothing.
        separator: Option<char>,
    },
    /// Python-Markdown's `toc`, of `MkDocs`.
    PythonMarkdown {
        /// What stands between words.
        separator: char,
        /// `MkDocs` is told to use one of pymdownx, which keeps letters of every script.
        unicode: bool,
    },
    /// Markdown-it as `VitePress` sets it up.
    VitePress,
    /// mdBook.
    MdBook,
    /// Hugo's own for Goldmark, called `github`.
    Hugo,
    /// Pandoc's `auto_identifiers`, of Quarto.
    Pandoc,
    /// docsify.
    Docsify,
    /// `HonKit` and `GitBook` before it: without `_`, and several headings have one.
    HonKit,
}

impl Slugs {
    /// The rule of a generator for Markdown, where its configuration does not say anything else.
    pub(super) fn of(generator: Generator) -> Self {
        match generator {
            Generator::Docusaurus => Self::Docusaurus,
            Generator::Sphinx => Self::Docutils,
            Generator::MkDocs => Self::PythonMarkdown {
                separator: '-',
                unicode: false,
            },
            Generator::VitePress => Self::VitePress,
            Generator::MdBook => Self::MdBook,
            Generator::Quarto => Self::Pandoc,
            Generator::Docsify => Self::Docsify,
            // It makes none by itself.
            Generator::Eleventy => Self::Named,
            _ => Self::GitHub,
        }
    }

    /// The same, as the files of the site have it. `text`: the text of a file in its folder.
    pub(super) fn told(self, text: impl Fn(&str) -> Option<String>) -> Self {
        match self {
            Self::PythonMarkdown { .. } => {}
            Self::GitHub if text("book.json").is_some() => return Self::HonKit,
            _ => return self,
        }
        let config = text("mkdocs.yml")
            .or_else(|| text("mkdocs.yaml"))
            .unwrap_or_default();
        let toc = config
            .lines()
            .skip_while(|line| line.trim() != "- toc:" && line.trim() != "toc:");
        let toc = toc.skip(1).take_while(|line| {
            let line = line.trim_start();
            !line.starts_with("- ") && line.contains(':')
        });
        let (mut separator, mut unicode) = ('-', false);
        for line in toc.take(20) {
            match line.trim().split_once(':') {
                Some(("separator", value)) => {
                    let value = value.trim().trim_matches(['"', '\'']);
                    separator = value.chars().next().unwrap_or('-');
                }
                Some(("slugify", value)) => {
                    unicode = value.contains("pymdownx") || value.contains("slugify_unicode");
                }
                _ => {}
            }
        }
        Self::PythonMarkdown { separator, unicode }
    }

    /// Asciidoctor's, where nothing is set.
    #[cfg(test)]
    fn asciidoctor() -> Self {
        Self::Asciidoctor {
            prefix: "_".to_owned(),
            separator: Some('_'),
        }
    }

    /// Asciidoctor's, as the attributes of a site and of the header of a document set it. `said`: the value of an attribute of
    /// the site.
    pub(super) fn of_asciidoc<'t>(text: &'t str, said: impl Fn(&str) -> Option<&'t str>) -> Self {
        const MOST: usize = 200;
        let lines = text
            .lines()
            .take(MOST)
            .take_while(|line| !line.starts_with("=="));
        let mut prefix = Cow::from("_");
        let mut separator = Some('_');
        let mut set = |name: &str, value: &'t str| match name {
            "idprefix" => prefix = value.into(),
            "idseparator" => separator = value.chars().next(),
            _ => {}
        };
        for name in ["idprefix", "idseparator"] {
            if let Some(value) = said(name) {
                set(name, value);
            }
        }
        for line in lines.filter(|line| line.starts_with(":id")) {
            if let Some((name, value)) = line[1..].split_once(':') {
                set(name, value.trim());
            }
        }
        Self::Asciidoctor {
            prefix: prefix.into_owned(),
            separator,
        }
    }

    /// What the generator makes of a heading's text, the first time that it is there.
    pub(super) fn base(&self, heading: &str) -> String {
        match self {
            Self::Named => String::new(),
            Self::GitHub | Self::Docusaurus => github(heading),
            Self::Docutils | Self::DocutilsUnnumbered => docutils(heading),
            Self::Asciidoctor { prefix, separator } => asciidoctor(heading, prefix, *separator),
            Self::PythonMarkdown {
                separator,
                unicode: false,
            } => python_markdown(heading, *separator),
            Self::PythonMarkdown { separator, .. } => pymdownx(heading, *separator),
            Self::VitePress => vitepress(heading),
            Self::MdBook => mdbook(heading),
            Self::Hugo => hugo(heading),
            Self::Pandoc => pandoc(heading),
            Self::Docsify => docsify(heading),
            Self::HonKit => github(heading).replace('_', ""),
        }
    }
}

/// The fragments of one page, in the order of its headings.
#[derive(Debug)]
pub(super) struct Slugger<'a> {
    rule: &'a Slugs,
    /// Those that are taken, with the number that was last tried after each.
    used: HashMap<String, usize>,
    /// How many Docutils has numbered itself.
    numbered: usize,
}

impl<'a> Slugger<'a> {
    pub(super) fn new(rule: &'a Slugs) -> Self {
        Self {
            rule,
            used: HashMap::new(),
            numbered: 0,
        }
    }

    /// Notes a fragment that the source itself gives a heading.
    pub(super) fn named(&mut self, id: &str) {
        self.used.entry(id.to_owned()).or_default();
    }

    /// The fragment of the next heading; `None`: it has none.
    pub(super) fn slug(&mut self, heading: &str, is_top: bool) -> Option<String> {
        let has_none = match self.rule {
            Slugs::Named => return None,
            // The title of the document, which is no section.
            Slugs::Asciidoctor { .. } if is_top => return None,
            Slugs::Docusaurus => is_top,
            // The fragment leads to the first.
            Slugs::HonKit => self.used.contains_key(&self.rule.base(heading)),
            _ => false,
        };
        let base = self.rule.base(heading);
        let slug = match self.rule {
            Slugs::DocutilsUnnumbered if base.is_empty() || self.used.contains_key(&base) => None,
            Slugs::Docutils if base.is_empty() || self.used.contains_key(&base) => self.numbered(),
            Slugs::PythonMarkdown { .. } => self.after_underscore(base),
            Slugs::Asciidoctor { separator, .. } => {
                let separator = separator.map(String::from).unwrap_or_default();
                self.free(base, &separator, 2)
            }
            _ if base.is_empty() => match self.rule {
                Slugs::Hugo => self.free("heading".to_owned(), "-", 1),
                Slugs::Pandoc => self.free("section".to_owned(), "-", 1),
                _ => return None,
            },
            _ => self.free(base, "-", 1),
        }?;
        self.used.entry(slug.clone()).or_default();
        (!has_none).then_some(slug)
    }

    /// The text, or the first that is free of the text with a number after it.
    fn free(&mut self, base: String, separator: &str, first: usize) -> Option<String> {
        let Some(last) = self.used.get(&base).copied() else {
            return Some(base);
        };
        let start = (last + 1).max(first);
        let mut numbers = start..start + MAX_TRIES;
        let number = numbers.find(|number| {
            !self
                .used
                .contains_key(&format!("{base}{separator}{number}"))
        })?;
        let free = format!("{base}{separator}{number}");
        self.used.insert(base, number);
        Some(free)
    }

    /// Python-Markdown goes on counting where a text ends in a number itself.
    fn after_underscore(&mut self, base: String) -> Option<String> {
        if !base.is_empty() && !self.used.contains_key(&base) {
            return Some(base);
        }
        let (stem, number) = match base.rsplit_once('_') {
            Some((stem, number)) if is_number(number) => (stem.to_owned(), number.parse().ok()?),
            _ => (base.clone(), 0),
        };
        let last = self.used.get(&base).copied().unwrap_or(0);
        let start = last.max(number) + 1;
        let mut numbers = start..start + MAX_TRIES;
        let number = numbers.find(|number| !self.used.contains_key(&format!("{stem}_{number}")))?;
        self.used.insert(base, number);
        Some(format!("{stem}_{number}"))
    }

    fn numbered(&mut self) -> Option<String> {
        for _ in 0..MAX_TRIES {
            self.numbered += 1;
            let slug = format!("id{}", self.numbered);
            if !self.used.contains_key(&slug) {
                return Some(slug);
            }
        }
        None
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() < 10 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Letters, marks, decimal digits and what connects words: what GitHub keeps.
fn is_word(c: char) -> bool {
    c.is_alphabetic()
        || is_combining_mark(c)
        || matches!(c, '_' | '\u{203f}' | '\u{2040}' | '\u{2054}')
        // Fractions, powers and digits in circles are written with others.
        || c.is_numeric() && c.nfkd().eq([c])
}

fn github(heading: &str) -> String {
    let lower = heading.to_lowercase();
    let kept = lower.chars().filter_map(|c| match c {
        ' ' => Some('-'),
        '-' => Some(c),
        c => is_word(c).then_some(c),
    });
    kept.collect()
}

/// `docutils.nodes.make_id`.
fn docutils(heading: &str) -> String {
    let mut id = String::new();
    let lower = heading.to_lowercase();
    let plain = lower
        .chars()
        .flat_map(|c| digraph(c).chars().chain(digraph(c).is_empty().then_some(c)));
    for c in plain.nfkd().filter(char::is_ascii) {
        if c.is_ascii_alphanumeric() {
            id.push(c);
        } else if !id.ends_with('-') {
            id.push('-');
        }
    }
    let id = id.trim_start_matches(|c: char| c == '-' || c.is_ascii_digit());
    id.trim_end_matches('-').to_owned()
}

/// Letters that Docutils writes with others, though Unicode does not take them apart.
fn digraph(c: char) -> &'static str {
    match c {
        'ø' => "o",
        'đ' | 'ƌ' | 'ȡ' => "d",
        'ħ' => "h",
        'ı' | 'ɨ' => "i",
        'ł' | 'ƚ' | 'ȴ' => "l",
        'ŧ' | 'ƫ' | 'ƭ' | 'ȶ' => "t",
        'ƀ' | 'ƃ' => "b",
        'ƈ' | 'ȼ' => "c",
        'ƒ' => "f",
        'ƙ' => "k",
        'ƞ' | 'ȵ' => "n",
        'ƥ' => "p",
        'ƴ' | 'ɏ' => "y",
        'ƶ' | 'ȥ' => "z",
        'ǥ' => "g",
        'ȷ' | 'ɉ' => "j",
        'ȿ' => "s",
        'ɍ' => "r",
        'ß' => "sz",
        'æ' => "ae",
        'œ' => "oe",
        'ȸ' => "db",
        'ȹ' => "qp",
        _ => "",
    }
}

/// `Asciidoctor::Section.generate_id`.
fn asciidoctor(heading: &str, prefix: &str, separator: Option<char>) -> String {
    let lower = heading.to_lowercase();
    let kept = lower
        .chars()
        .filter(|c| matches!(c, ' ' | '-' | '.') || is_word(*c));
    let Some(separator) = separator else {
        return format!("{prefix}{}", kept.filter(|c| *c != ' ').collect::<String>());
    };
    let is_between = |c: char| c == separator || matches!(c, ' ' | '.' | '-');
    let mut id = String::new();
    for c in prefix.chars().chain(kept) {
        if !is_between(c) {
            id.push(c);
        } else if !id.ends_with(separator) {
            id.push(separator);
        }
    }
    let id = id.strip_suffix(separator).unwrap_or(&id);
    match prefix.is_empty() {
        true => id.strip_prefix(separator).unwrap_or(id).to_owned(),
        false => id.to_owned(),
    }
}

fn python_markdown(heading: &str, separator: char) -> String {
    let plain: String = heading.nfkd().filter(char::is_ascii).collect();
    let kept = plain
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-') || c.is_ascii_whitespace());
    let kept: String = kept.collect();
    let mut id = String::new();
    for c in kept.trim().to_lowercase().chars() {
        if !c.is_whitespace() && c != separator {
            id.push(c);
        } else if !id.ends_with(separator) {
            id.push(separator);
        }
    }
    id
}

fn pymdownx(heading: &str, separator: char) -> String {
    let lower: String = heading.nfc().collect::<String>().to_lowercase();
    let kept = lower
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' '));
    let kept: String = kept.collect();
    kept.trim().replace(' ', &separator.to_string())
}

/// `slugify` of `@mdit-vue/shared`.
fn vitepress(heading: &str) -> String {
    let is_mark = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '~' | '`'
                    | '!'
                    | '@'
                    | '#'
                    | '$'
                    | '%'
                    | '^'
                    | '&'
                    | '*'
                    | '('
                    | ')'
                    | '-'
                    | '_'
                    | '+'
                    | '='
                    | '['
                    | ']'
                    | '{'
                    | '}'
                    | '|'
                    | '\\'
                    | ';'
                    | ':'
                    | '"'
                    | '\''
                    | '“'
                    | '”'
                    | '‘'
                    | '’'
                    | '<'
                    | '>'
                    | ','
                    | '.'
                    | '?'
                    | '/'
            )
    };
    let mut id = String::new();
    for c in heading.nfkd() {
        if is_mark(c) {
            if !id.ends_with('-') {
                id.push('-');
            }
        } else if !('\u{300}'..='\u{36f}').contains(&c) && !c.is_control() {
            id.push(c);
        }
    }
    let id = id.trim_matches('-').to_lowercase();
    match id.starts_with(|c: char| c.is_ascii_digit()) {
        true => format!("_{id}"),
        false => id,
    }
}

fn mdbook(heading: &str) -> String {
    let kept = heading.trim().chars().filter_map(|c| match c {
        '_' | '-' => Some(c),
        c if c.is_alphanumeric() => Some(c),
        c => c.is_whitespace().then_some('-'),
    });
    kept.flat_map(char::to_lowercase).collect()
}

fn hugo(heading: &str) -> String {
    let kept = heading.trim().chars().filter_map(|c| match c {
        ' ' | '-' => Some('-'),
        c => (c == '_' || c.is_alphanumeric() && !is_combining_mark(c)).then_some(c),
    });
    kept.flat_map(char::to_lowercase).collect()
}

fn pandoc(heading: &str) -> String {
    let kept = heading.chars().filter_map(|c| match c {
        '_' | '-' | '.' => Some(c),
        c if c.is_whitespace() => Some(' '),
        c => c.is_alphanumeric().then_some(c),
    });
    let kept: String = kept.flat_map(char::to_lowercase).collect();
    let words: Vec<&str> = kept.split_whitespace().collect();
    let id = words.join("-");
    id.trim_start_matches(|c: char| !c.is_alphabetic())
        .to_owned()
}

fn docsify(heading: &str) -> String {
    let is_mark = |c: char| {
        ('\u{2000}'..='\u{206f}').contains(&c)
            || ('\u{2e00}'..='\u{2e7f}').contains(&c)
            || c.is_ascii_punctuation() && !matches!(c, '-' | '_')
    };
    let mut id = String::new();
    for c in heading.trim().chars().filter(|c| !is_mark(*c)) {
        match c.is_whitespace() || c == '-' {
            true if id.ends_with('-') => {}
            true => id.push('-'),
            // Other capitals stay.
            false => id.push(c.to_ascii_lowercase()),
        }
    }
    match id.starts_with(|c: char| c.is_ascii_digit()) {
        true => format!("_{id}"),
        false => id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(rule: &Slugs, headings: &[&str]) -> Vec<Option<String>> {
        let mut slugger = Slugger::new(rule);
        let slugs = headings.iter();
        slugs.map(|heading| slugger.slug(heading, false)).collect()
    }

    fn are(rule: &Slugs, pairs: &[(&str, &str)]) {
        let headings: Vec<_> = pairs.iter().map(|(heading, _)| *heading).collect();
        let slugs: Vec<_> = pairs
            .iter()
            .map(|(_, slug)| (!slug.is_empty()).then(|| (*slug).to_owned()))
            .collect();
        assert_eq!(all(rule, &headings), slugs, "{rule:?}");
    }

    #[test]
    fn github_keeps_letters_and_counts_from_one() {
        are(
            &Slugs::GitHub,
            &[
                ("MSI/MSI-X_rules 2.0", "msimsi-x_rules-20"),
                ("What’s  new?", "whats--new"),
                ("Größe & Maß", "größe--maß"),
                ("हिन्दी पाठ", "हिन्दी-पाठ"),
                ("x² and ½", "x-and-"),
                ("Usage", "usage"),
                ("Usage", "usage-1"),
                ("Usage 1", "usage-1-1"),
                ("Usage", "usage-2"),
                ("🚀", ""),
            ],
        );
    }

    #[test]
    fn docutils_keeps_ascii_and_numbers_what_is_taken() {
        are(
            &Slugs::Docutils,
            &[
                ("MSI/MSI-X_rules 2.0", "msi-msi-x-rules-2-0"),
                ("2. Naïve Straße", "naive-strasze"),
                ("Ærø", "aero"),
                ("3.10", "id1"),
                ("Usage", "usage"),
                ("usage", "id2"),
                ("日本語", "id3"),
                ("C++ & C#", "c-c"),
            ],
        );
    }

    #[test]
    fn asciidoctor_has_a_prefix_and_a_separator() {
        let antora = Slugs::Asciidoctor {
            prefix: String::new(),
            separator: Some('-'),
        };
        are(
            &Slugs::asciidoctor(),
            &[
                ("See Also", "_see_also"),
                ("See also", "_see_also_2"),
                ("See Also", "_see_also_3"),
                ("MSI/MSI-X_rules 2.0", "_msimsi_x_rules_2_0"),
                ("Größe!", "_größe"),
                ("What's new?", "_whats_new"),
            ],
        );
        are(
            &antora,
            &[
                ("See Also", "see-also"),
                ("See Also", "see-also-2"),
                (".gitignore and x_y", "gitignore-and-x_y"),
            ],
        );
        let bare = Slugs::Asciidoctor {
            prefix: "s_".to_owned(),
            separator: None,
        };
        are(
            &bare,
            &[("See Also", "s_seealso"), ("See Also", "s_seealso2")],
        );
        assert_eq!(Slugger::new(&antora).slug("Title", true), None);
    }

    #[test]
    fn python_markdown_drops_what_is_not_ascii() {
        let mkdocs = Slugs::PythonMarkdown {
            separator: '-',
            unicode: false,
        };
        are(
            &mkdocs,
            &[
                ("MSI/MSI-X_rules 2.0", "msimsi-x_rules-20"),
                ("A - B", "a-b"),
                ("Größe & Maß", "groe-ma"),
                ("日本語", "_1"),
                ("中文", "_2"),
                ("Usage", "usage"),
                ("Usage", "usage_1"),
                ("Usage", "usage_2"),
                ("Usage_1", "usage_3"),
            ],
        );
        let unicode = Slugs::PythonMarkdown {
            separator: '-',
            unicode: true,
        };
        are(
            &unicode,
            &[("Größe & Maß", "größe--maß"), ("日本語", "日本語")],
        );
    }

    #[test]
    fn each_other_generator_has_its_rule() {
        are(
            &Slugs::VitePress,
            &[
                ("MSI/MSI-X_rules 2.0", "msi-msi-x-rules-2-0"),
                ("1. Größe", "_1-große"),
                ("Usage", "usage"),
                ("Usage", "usage-1"),
            ],
        );
        are(
            &Slugs::MdBook,
            &[("The `x` & y  z", "the-x--y--z"), ("A", "a"), ("A", "a-1")],
        );
        are(
            &Slugs::Hugo,
            &[
                ("What's new in 2.0?", "whats-new-in-20"),
                ("?", "heading"),
                ("!", "heading-1"),
            ],
        );
        are(
            &Slugs::Pandoc,
            &[
                ("3. Set up v1.2 & run", "set-up-v1.2-run"),
                ("3.10", "section"),
                ("日本 語", "日本-語"),
                ("7", "section-1"),
            ],
        );
        are(
            &Slugs::Docsify,
            &[
                ("1. Set - up!", "_1-set-up"),
                ("A_b", "a_b"),
                ("A_b", "a_b-1"),
            ],
        );
        are(
            &Slugs::DocutilsUnnumbered,
            &[("A", "a"), ("A", ""), ("3", "")],
        );
        are(&Slugs::HonKit, &[("A_b c", "ab-c"), ("Ab c", "")]);
        assert_eq!(all(&Slugs::Named, &["A"]), [None]);
        let mut docusaurus = Slugger::new(&Slugs::Docusaurus);
        assert_eq!(docusaurus.slug("Usage", true), None);
        assert_eq!(docusaurus.slug("Usage", false).as_deref(), Some("usage-1"));
    }

    #[test]
    fn rules_are_set_by_configurations() {
        let mkdocs = |config: &str| {
            let text = |path: &str| (path == "mkdocs.yml").then(|| config.to_owned());
            Slugs::of(Generator::MkDocs).told(text)
        };
        let python = |separator, unicode| Slugs::PythonMarkdown { separator, unicode };
        assert_eq!(
            mkdocs("markdown_extensions:\n  - toc\n"),
            python('-', false)
        );
        let config = "markdown_extensions:\n  - toc:\n      permalink: true\n      separator: '_'\n      slugify: \
                      !!python/name:pymdownx.slugs.uslugify\n  - x:\n      separator: '+'\n";
        assert_eq!(mkdocs(config), python('_', true));
        let asciidoc = |text| Slugs::of_asciidoc(text, |name| (name == "idprefix").then_some(""));
        let is = |prefix: &str, separator| Slugs::Asciidoctor {
            prefix: prefix.to_owned(),
            separator,
        };
        assert_eq!(asciidoc("= A\n"), is("", Some('_')));
        assert_eq!(
            asciidoc("= A\n:idprefix: x\n:idseparator: -\n\n== B\n:idprefix: y\n"),
            is("x", Some('-'))
        );
        assert_eq!(asciidoc("= A\n:idseparator:\n"), is("", None));
    }

    #[test]
    fn what_is_named_is_taken() {
        let mut slugger = Slugger::new(&Slugs::GitHub);
        slugger.named("usage");
        assert_eq!(slugger.slug("Usage", false).as_deref(), Some("usage-1"));
    }

    #[test]
    fn many_headings_alike_take_no_longer() {
        for rule in [
            Slugs::GitHub,
            Slugs::Docutils,
            Slugs::asciidoctor(),
            Slugs::PythonMarkdown {
                separator: '-',
                unicode: false,
            },
        ] {
            let mut slugger = Slugger::new(&rule);
            for number in 0..100_000 {
                let _ = slugger.slug("Same", false);
                if number % 10 == 0 {
                    let _ = slugger.slug(&format!("Same_{number}"), false);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn no_heading_is_a_fault(heading in "[a-zA-ZöÅß日0-9_ .,/&-]{0,40}") {
            for rule in [
                Slugs::Docusaurus,
                Slugs::Docutils,
                Slugs::asciidoctor(),
                Slugs::VitePress,
                Slugs::MdBook,
                Slugs::Hugo,
                Slugs::Pandoc,
                Slugs::Docsify,
                Slugs::PythonMarkdown { separator: '-', unicode: false },
            ] {
                let found = all(&rule, &[&heading, &heading]);
                prop_assert!(found[0].is_none() || found[0] != found[1]);
                prop_assert!(found.iter().flatten().all(|slug| !slug.contains(char::is_whitespace)));
            }
        }
    }
}
