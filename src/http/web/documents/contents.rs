//! The table of contents of a folder: its pages, and its folders with what is in them.

use std::fmt::Write as _;

use super::{
    super::{
        html::{count, escape},
        layout::{Here, Page, Wall, framed},
        view::{View, set_title},
    },
    page::route,
};
use crate::{
    mcp::{Form, folder_path, one_line, page_path},
    search::{Entry, Listing},
};

/// Entries of a folder on one page of its contents.
const A_PAGE: usize = 500;
/// Entries that are shown of a folder in the folder.
const OF_FOLDER: usize = 40;
/// Folders with more pages below them are not looked into.
const MAX_LOOKED_INTO: usize = 4_000;
/// As many folders are looked into.
const MAX_FOLDERS: usize = 60;
/// Characters of a title.
const MAX_TITLE: usize = 160;

/// A folder with what stands in it.
pub(super) struct Contents<'a> {
    view: &'a View,
    set: &'a str,
    folder: &'a str,
    listing: Listing,
    /// Which page of its contents, from 0.
    part: usize,
}

impl<'a> Contents<'a> {
    /// `None` where there is no such part of it.
    pub(super) fn of(view: &'a View, set: &'a str, folder: &'a str, part: usize) -> Option<Self> {
        let first = part.checked_mul(A_PAGE)?;
        let range = first..first.saturating_add(A_PAGE);
        let listing = view.holdings.snapshot.listing(set, folder, range);
        let listing = listing.unwrap_or_else(|| Listing {
            total: 0,
            entries: Vec::new(),
        });
        let is_there = part == 0 || first < listing.total;
        is_there.then_some(Self {
            view,
            set,
            folder,
            listing,
            part,
        })
    }

    fn parts(&self) -> usize {
        self.listing.total.div_ceil(A_PAGE).max(1)
    }

    fn title(&self) -> String {
        if self.folder.is_empty() {
            let set = self.view.sets().iter().find(|set| set.name == self.set);
            return set.map_or_else(|| self.set.to_owned(), set_title);
        }
        one_line(
            &self
                .view
                .holdings
                .snapshot
                .folder_title(self.set, self.folder),
            MAX_TITLE,
        )
    }

    /// As people see it.
    pub(super) fn html(&self) -> String {
        let view = self.view;
        let title = self.title();
        let pages = view.holdings.snapshot.count_below(self.set, self.folder);
        let mut main = String::with_capacity(32 * 1024);
        main.push_str("<header class=\"room\">");
        if !self.folder.is_empty() {
            self.crumbs(&mut main);
        }
        let _ = write!(
            main,
            "<h1>{}</h1><p class=\"soft\">{}. Each is there as Markdown too: at the same address with .md at its end.</p>\
             <p class=\"row small\">",
            escape(&title),
            count(pages, "page")
        );
        let base = view.holdings.snapshot.base_url(self.set);
        if let Some(url) = base.filter(|_| self.folder.is_empty()) {
            let _ = write!(
                main,
                "<a href=\"{0}\" rel=\"external\">Published at {0}</a>",
                escape(url)
            );
        }
        let _ = write!(
            main,
            "<a href=\"{}\">llms.txt</a>",
            escape(
                &view
                    .place
                    .href(&format!("/{}llms.txt", folder_path(self.set, "")))
            )
        );
        if self.folder.is_empty() {
            for other in view
                .sets()
                .iter()
                .filter(|other| other.name != self.set)
                .take(20)
            {
                let _ = write!(
                    main,
                    "<a href=\"{}\">Contents of {}</a>",
                    escape(
                        &view
                            .place
                            .href(&format!("/{}", folder_path(&other.name, "")))
                    ),
                    escape(&set_title(other))
                );
            }
        }
        main.push_str("</p></header>\n");
        self.list(&mut main, &title);
        self.turn(&mut main);
        let canonical = view.place.url(&self.route(self.part));
        let heading = format!("Contents of {title}");
        framed(
            view,
            &Page {
                title: &heading,
                description: None,
                canonical: Some(&canonical),
                markdown: None,
                is_listed: true,
                wall: Wall::Bar {
                    query: "",
                    fields: &[("set", self.set)],
                    is_live: false,
                    here: Here::Contents,
                },
                main: &main,
            },
        )
    }

    fn crumbs(&self, main: &mut String) {
        main.push_str("<nav class=\"crumbs\" aria-label=\"Breadcrumb\"><ol>");
        let set = self.view.sets().iter().find(|set| set.name == self.set);
        let set = set.map_or_else(|| self.set.to_owned(), set_title);
        let above = self
            .folder
            .match_indices('/')
            .map(|(slash, _)| &self.folder[..slash]);
        let title = |folder| self.view.holdings.snapshot.folder_title(self.set, folder);
        let above = above.map(|folder| (title(folder), folder));
        for (name, folder) in [(set, "")].into_iter().chain(above) {
            let _ = write!(
                main,
                "<li><a href=\"{}\">{}</a></li>",
                escape(&self.href(folder)),
                escape(&one_line(&name, MAX_TITLE))
            );
        }
        main.push_str("</ol></nav>");
    }

    fn href(&self, folder: &str) -> String {
        self.view
            .place
            .href(&format!("/{}", folder_path(self.set, folder)))
    }

    fn list(&self, main: &mut String, title: &str) {
        let mut heading = format!("In {title}");
        let mut looked_into = 0;
        for run in self
            .listing
            .entries
            .chunk_by(|a, b| is_page(a) && is_page(b))
        {
            match run {
                [Entry::Folder { path, title, pages }] => {
                    let folder = path.trim_end_matches('/');
                    let _ = write!(
                        main,
                        "<section class=\"part\"><div><h2><a href=\"{}\">{}</a></h2><p>{}</p></div>",
                        escape(&self.href(folder)),
                        escape(&one_line(title, MAX_TITLE)),
                        count(*pages, "page")
                    );
                    if looked_into < MAX_FOLDERS && *pages <= MAX_LOOKED_INTO {
                        looked_into += 1;
                        self.inside(main, folder);
                    }
                }
                pages => {
                    let _ = write!(
                        main,
                        "<section class=\"part\"><div><h2>{}</h2><p>{}</p></div><ul class=\"toc plain\">",
                        escape(&heading),
                        count(pages.len(), "page")
                    );
                    heading = format!("Further in {title}");
                    for entry in pages {
                        self.entry(main, entry);
                    }
                    main.push_str("</ul>");
                }
            }
            main.push_str("</section>\n");
        }
    }

    fn inside(&self, main: &mut String, folder: &str) {
        let snapshot = &self.view.holdings.snapshot;
        let Some(listing) = snapshot.listing(self.set, folder, 0..OF_FOLDER) else {
            return;
        };
        main.push_str("<ul class=\"toc plain\">");
        for entry in &listing.entries {
            self.entry(main, entry);
        }
        if listing.total > listing.entries.len() {
            let more = format!("{} more", listing.total - listing.entries.len());
            self.item(main, &self.href(folder), &more);
        }
        main.push_str("</ul>");
    }

    fn entry(&self, main: &mut String, entry: &Entry) {
        match entry {
            Entry::Page(page) => self.item(main, &route(self.view, page), &page.title),
            Entry::Folder { path, title, .. } => self.item(main, &self.href(path), title),
        }
    }

    fn item(&self, main: &mut String, href: &str, title: &str) {
        let _ = write!(
            main,
            "<li><a href=\"{}\">{}</a></li>",
            escape(href),
            escape(&one_line(title, MAX_TITLE))
        );
    }

    fn route(&self, part: usize) -> String {
        let path = folder_path(self.set, self.folder);
        match part {
            0 => format!("/{path}"),
            part => format!("/{path}?part={}", part + 1),
        }
    }

    fn turn(&self, main: &mut String) {
        if self.parts() == 1 {
            return;
        }
        main.push_str("<nav class=\"pages\" aria-label=\"Next and previous part\">");
        if self.part > 0 {
            let before = self.view.place.href(&self.route(self.part - 1));
            let _ = write!(
                main,
                "<a href=\"{}\" rel=\"prev\">Part {}</a>",
                escape(&before),
                self.part
            );
        }
        if self.part + 1 < self.parts() {
            let after = self.view.place.href(&self.route(self.part + 1));
            let _ = write!(
                main,
                "<a href=\"{}\" rel=\"next\">Part {}</a>",
                escape(&after),
                self.part + 2
            );
        }
        main.push_str("</nav>\n");
    }

    /// As programs see it.
    pub(super) fn markdown(&self) -> String {
        let view = self.view;
        let mut text = format!("# {}\n\n", self.title());
        let _ = writeln!(
            text,
            "> Contents. All pages: {}\n",
            view.place.url("/llms.txt")
        );
        for entry in &self.listing.entries {
            let (title, path) = match entry {
                Entry::Page(page) => (
                    one_line(&page.title, MAX_TITLE),
                    page_path(
                        &view.holdings.snapshot,
                        self.set,
                        &page.path,
                        Form::Markdown,
                    ),
                ),
                Entry::Folder { path, title, pages } => (
                    format!("{} ({})", one_line(title, MAX_TITLE), count(*pages, "page")),
                    folder_path(self.set, path),
                ),
            };
            let url = view.place.url(&format!("/{path}"));
            let _ = writeln!(text, "- [{}]({url})", super::llms::label(&title));
        }
        if self.part + 1 < self.parts() {
            let _ = writeln!(
                text,
                "\nMore: {}",
                view.place.url(&self.route(self.part + 1))
            );
        }
        text
    }
}

fn is_page(entry: &Entry) -> bool {
    matches!(entry, Entry::Page(_))
}
