//! What a page is called: decided here alone, from what its source says, its headings, and what the pages of its set
//! have in common.

use super::document::HeadTitle;
use super::format::{Format, uncompressed_name};
use super::frame::{Around, Side, names};

/// What a title is made from.
pub(super) struct Said<'a> {
    pub(super) format: Format,
    /// Path below the root of the set.
    pub(super) path: &'a str,
    /// By the source itself, such as in its front matter.
    pub(super) title: Option<&'a str>,
    pub(super) head: Option<&'a HeadTitle>,
    /// The first headings of the page's own text.
    pub(super) headings: &'a [Heading],
    /// The text begins with the first of them.
    pub(super) heading_leads: bool,
    /// The site's name stood above as a heading.
    pub(super) below_site: bool,
    /// It is the page at the site's root.
    pub(super) is_start: bool,
    /// What the only picture that the text begins with shows.
    pub(super) picture: Option<&'a str>,
    pub(super) around: &'a Around<'a>,
}

/// A heading of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heading {
    pub(super) level: u8,
    /// Without markup.
    pub(super) text: String,
    /// Other pages have it as their first heading, too.
    pub(super) is_shared: bool,
}

/// A title, and which of the headings says it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Title {
    pub(super) text: String,
    pub(super) heading: Option<usize>,
}

/// The title of a page: what its source says; its own first heading; what `<title>` says without the name of the
/// site; the name of its file. Never a heading of a part of it.
pub(super) fn title(said: &Said<'_>) -> Title {
    let title = said.by_source().or_else(|| said.by_heading());
    let title = title.or_else(|| said.by_head());
    title
        .or_else(|| said.by_first_heading())
        .unwrap_or_else(|| Title {
            text: by_file(said.path, said.picture),
            heading: None,
        })
}

impl Said<'_> {
    fn by_source(&self) -> Option<Title> {
        let title = self.title?.trim();
        if title.is_empty() || self.around.is_title(title) && !self.is_start {
            return None;
        }
        let own = self.around.own_title(title).unwrap_or(title);
        let own = if self.is_start { title } else { own };
        let is_it = |heading: &Heading| heading.text == own;
        Some(Title {
            text: own.to_owned(),
            heading: self.headings.iter().take(1).position(is_it),
        })
    }

    /// The page's own first heading.
    fn by_heading(&self) -> Option<Title> {
        let first = self.headings.iter().position(|heading| heading.level == 1);
        // "Documentation", on a page whose `<title>` says what of.
        let is_vague = |heading: &Heading| {
            let head = self.head.map(|head| head.whole.as_str());
            let head = head.filter(|head| !self.around.is_title(head));
            let is_it = |head: &str| heading.is_shared || self.is_of_file(head, &heading.text);
            head.is_some_and(|head| names(head, &heading.text).is_none() && is_it(head))
        };
        if first.is_some_and(|first| is_vague(&self.headings[first])) {
            return None;
        }
        let lead = (self.below_site && self.heading_leads).then_some(0);
        let at = first.or(lead)?;
        let at = self.behind_site(at).unwrap_or(at);
        let heading = &self.headings[at].text;
        // "Class Jsoup" is called "Jsoup", as the page says.
        let own = self.head.and_then(|head| head.own.as_deref());
        let own = own.filter(|own| ends_with_words(heading, own));
        // As Asciidoctor begins manual pages.
        let manual = heading.strip_suffix(" Manual Page");
        let manual = manual.filter(|name| name.ends_with(')') && !name.contains(' '));
        Some(self.of_heading(at, own.or(manual).unwrap_or(heading)))
    }

    /// Whether `<title>` is the name of the file, which a heading does not say: "GHC.Int" of `GHC-Int.html`.
    fn is_of_file(&self, head: &str, heading: &str) -> bool {
        let letters = |text: &str| -> String {
            let letters = text.chars().filter(|c| c.is_alphanumeric());
            letters.flat_map(char::to_lowercase).collect()
        };
        let head = self.around.own_title(head).unwrap_or(head);
        let name = letters(head);
        let file = self.path.rsplit('/').next().unwrap_or(self.path);
        head.starts_with(char::is_uppercase)
            && name == letters(stem(file))
            && !letters(heading).contains(&name)
    }

    /// Where `<title>` is made of the first two headings, the first of them is the site's.
    fn behind_site(&self, first: usize) -> Option<usize> {
        let head = self.head?;
        let [site, page] = self.headings.get(first..first + 2)? else {
            return None;
        };
        let sides = (
            names(&head.whole, &site.text)?,
            names(&head.whole, &page.text)?,
        );
        let is_both = matches!(sides, (Side::End, Side::Start) | (Side::Start, Side::End));
        (is_both && head.whole.len() <= site.text.len() + page.text.len() + 8).then_some(first + 1)
    }

    fn by_head(&self) -> Option<Title> {
        let head = self.head?;
        let headings = self.headings.iter().take(3);
        let named = headings.enumerate().find(|(_, heading)| {
            names(&head.whole, &heading.text).is_some()
                || head
                    .own
                    .as_deref()
                    .is_some_and(|own| ends_with_words(&heading.text, own))
        });
        if let Some((at, heading)) = named {
            let own = head.own.as_deref();
            let own = own.filter(|own| ends_with_words(&heading.text, own));
            return Some(self.of_heading(at, own.unwrap_or(&heading.text)));
        }
        if self.around.is_title(&head.whole) && !self.is_start {
            return None;
        }
        let own = self
            .around
            .own_title(&head.whole)
            .filter(|_| !self.is_start);
        let own = own.or(head.own.as_deref()).unwrap_or(&head.whole);
        Some(Title {
            text: own.to_owned(),
            heading: None,
        })
    }

    /// What is written by hand is called as its file: its first heading may be that of a part, and so may others'.
    fn by_first_heading(&self) -> Option<Title> {
        let heading = self.headings.first()?;
        let is_of_part = match self.format {
            Format::Markdown | Format::AsciiDoc | Format::ReStructuredText => {
                let mut others = self.headings[1..].iter();
                let is_alone = others.all(|other| other.level > heading.level);
                !(self.heading_leads && is_alone && shares_a_word(&heading.text, self.path))
            }
            _ => false,
        };
        (!is_of_part).then(|| self.of_heading(0, &heading.text))
    }

    fn of_heading(&self, at: usize, text: &str) -> Title {
        Title {
            text: text.to_owned(),
            heading: Some(at),
        }
    }
}

/// `guide/getting-started.md` -> `Getting started`; a page that stands for its folder is called as that is.
fn by_file(path: &str, picture: Option<&str>) -> String {
    let path = uncompressed_name(path.trim_end_matches('/'));
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = stem(file);
    let is_index = ["index", "readme", "_index", "home"]
        .iter()
        .any(|name| stem.eq_ignore_ascii_case(name));
    let folder = folder.rsplit('/').next().unwrap_or(folder);
    let name = match (is_index, folder, picture) {
        (true, "", Some(picture)) => picture,
        (true, "", None) | (false, ..) => stem,
        (true, folder, _) => folder,
    };
    let words = name.replace(['-', '_'], " ");
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() {
        return path.to_owned();
    }
    let is_lower =
        !words.contains(char::is_uppercase) && !words.contains(|c: char| c.is_ascii_digit());
    let mut letters = words.chars();
    match letters.next() {
        Some(first) if is_lower => first.to_uppercase().chain(letters).collect(),
        _ => words,
    }
}

fn stem(file: &str) -> &str {
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

/// Whether a heading says a title, perhaps with its kind before.
fn ends_with_words(heading: &str, title: &str) -> bool {
    let Some(at) = heading.len().checked_sub(title.len()) else {
        return false;
    };
    !title.is_empty()
        && heading.is_char_boundary(at)
        && heading[at..].eq_ignore_ascii_case(title)
        && (at == 0 || heading[..at].ends_with(' '))
}

/// Whether a heading and the name of a file have the beginning of a word in common.
fn shares_a_word(heading: &str, path: &str) -> bool {
    const LEAST: usize = 4;
    let file = path.rsplit('/').next().unwrap_or(path);
    let words = |text: &str| -> Vec<String> {
        let text = text.to_lowercase();
        let words = text.split(|c: char| !c.is_alphanumeric());
        words
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let own = words(stem(file));
    words(heading).iter().any(|word| {
        own.iter().any(|own| {
            let long = own.chars().count() >= LEAST && word.chars().count() >= LEAST;
            own == word
                || long && (own.starts_with(word.as_str()) || word.starts_with(own.as_str()))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(whole: &str) -> HeadTitle {
        HeadTitle {
            whole: whole.to_owned(),
            own: None,
        }
    }

    fn of(format: Format, path: &str, head: Option<&HeadTitle>, headings: &[(u8, &str)]) -> String {
        let headings: Vec<_> = headings
            .iter()
            .map(|(level, text)| Heading {
                level: *level,
                text: (*text).to_owned(),
                is_shared: false,
            })
            .collect();
        title(&Said {
            format,
            path,
            title: None,
            head,
            headings: &headings,
            heading_leads: true,
            below_site: false,
            is_start: false,
            picture: None,
            around: &Around::default(),
        })
        .text
    }

    #[test]
    fn of_built_pages() {
        for (whole, headings, title) in [
            (
                "alias - Acme Server 2.4",
                vec![(1, "Module alias")],
                "Module alias",
            ),
            ("Caches (Acme 2.1 Manual)", vec![(2, "Caches")], "Caches"),
            ("Acme Manual: Locks", vec![(2, "Locks")], "Locks"),
            (
                "Caching — Acme 3.2",
                vec![(1, "Acme 3.2"), (2, "Caching")],
                "Caching",
            ),
            ("Acme: Start", vec![(2, "News")], "Acme: Start"),
            (
                "Node 2 (Acme 2.0)",
                vec![(3, "2.1 Topic 2")],
                "Node 2 (Acme 2.0)",
            ),
        ] {
            let head = head(whole);
            assert_eq!(of(Format::Html, "a.html", Some(&head), &headings), title);
        }
        let module = head("GHC.Num");
        let sections = [(1, "Decoding of numbers")];
        let of_file = of(Format::Html, "ghc/GHC-Num.html", Some(&module), &sections);
        assert_eq!(of_file, "GHC.Num");
        assert_eq!(of(Format::Html, "a.html", None, &[(2, "Found")]), "Found");
        assert_eq!(of(Format::Html, "api/index.html", None, &[]), "Api");
    }

    #[test]
    fn of_written_pages() {
        for (path, headings, title) in [
            ("Sync.md", vec![(2, "Prerequisites")], "Sync"),
            (
                "getting-started.md",
                vec![(2, "Prerequisites")],
                "Getting started",
            ),
            ("hooks.md", vec![(2, "Hooks"), (3, "Order")], "Hooks"),
            ("hooks.md", vec![(2, "Hooks"), (2, "Other")], "Hooks"),
            ("start.md", vec![(2, "Getting started")], "Getting started"),
            ("a.md", vec![(2, "Before"), (1, "Title")], "Title"),
            ("guide/README.md", vec![(2, "Overview")], "Guide"),
            ("rfc2119.md", vec![], "rfc2119"),
        ] {
            assert_eq!(of(Format::Markdown, path, None, &headings), title, "{path}");
        }
    }
}
