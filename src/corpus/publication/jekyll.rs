//! Jekyll: pages, posts and collections, each with a template for addresses.

use super::pages::{PARTIAL, is_html};
use super::{below, fits, is_markup};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What `_config.yml` says of addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::corpus) struct Jekyll {
    /// `source`: the folder of the pages.
    pub(super) source: String,
    /// `permalink`, of posts and, by its end, of everything else.
    pub(super) permalink: Option<String>,
    /// The names of collections, and the `permalink` of each.
    pub(super) collections: Vec<(String, Option<String>)>,
    /// Entries of `defaults` that set `permalink`.
    pub(super) defaults: Vec<Preset>,
}

/// A `permalink` for pages that have none of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Preset {
    /// A folder or a pattern; `""` for all.
    pub(super) path: String,
    /// `posts`, `pages`, a collection; `""` for all.
    pub(super) kind: String,
    pub(super) permalink: String,
}

/// A file as templates see it.
struct File<'a> {
    folder: &'a str,
    stem: &'a str,
    extension: &'a str,
    collection: &'a str,
    categories: Vec<String>,
    date: [&'a str; 3],
}

impl Jekyll {
    pub(super) fn address(&self, file: &str, front: Option<&Value>) -> Option<String> {
        let path = below(file, &self.source)?;
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let (stem, extension) = name.rsplit_once('.')?;
        if !is_markup(name) && !is_html(extension) {
            return Some(path.to_owned());
        }
        let mut file = File {
            folder,
            stem,
            extension,
            collection: "",
            categories: Vec::new(),
            date: [""; 3],
        };
        let (kind, usual) = match place(folder) {
            Place::Pages => {
                let is_index = matches!(stem, "index" | "README");
                let usual = match is_index && !is_html(extension) || stem == "index" {
                    true => "/:path/".to_owned(),
                    false => self.with_end("/:path/:basename"),
                };
                ("pages", usual)
            }
            Place::Posts { above } => {
                (file.date, file.stem) = dated(stem)?;
                file.categories = categories(above, front);
                (
                    "posts",
                    of_posts(self.permalink.as_deref().unwrap_or("date")),
                )
            }
            Place::Collection { name, below } => {
                file.collection = name;
                file.folder = below;
                let own = self.collections.iter().find(|(own, _)| own == name);
                let own = own.and_then(|(_, permalink)| permalink.clone());
                let usual = own.unwrap_or_else(|| self.with_end("/:collection/:path"));
                (name, usual)
            }
        };
        let said = front.and_then(|front| front.get("permalink")?.as_str());
        let template = match said.or_else(|| self.preset(path, kind)) {
            Some(said) if kind == "posts" => of_posts(said),
            Some(said) => said.to_owned(),
            None => usual,
        };
        Some(file.filled(&template, kind))
    }

    pub(super) fn why_no_page(&self, file: &str) -> Option<&'static str> {
        let path = below(file, &self.source)?;
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
        let own = |part: &str| {
            let name = part.strip_prefix('_');
            let is_own =
                |name| part == "_posts" || self.collections.iter().any(|(own, _)| own == name);
            name.is_some_and(is_own)
        };
        let is_part = |part: &str| {
            matches!(
                part,
                "_includes" | "_layouts" | "_sass" | "_data" | "_drafts" | "_plugins" | "_site"
            ) && !own(part)
        };
        match folders.split('/').any(is_part) {
            true if folders.split('/').any(|part| part == "_drafts") => Some("a draft of its site"),
            true => Some(PARTIAL),
            false => name.starts_with('_').then_some(PARTIAL),
        }
    }

    /// The template of what has none, which ends as the site's addresses do.
    fn with_end(&self, template: &str) -> String {
        let style = self.permalink.as_deref().unwrap_or("date");
        let end = match style {
            "pretty" => "/",
            "date" | "ordinal" | "weekdate" | "none" => ":output_ext",
            style if style.ends_with('/') => "/",
            style if style.ends_with(":output_ext") || style.ends_with(".html") => ":output_ext",
            _ => "",
        };
        format!("{template}{end}")
    }

    /// The most special of the presets that fit.
    fn preset(&self, path: &str, kind: &str) -> Option<&str> {
        let fits_it = |preset: &&Preset| {
            (preset.kind.is_empty()
                || preset.kind == kind
                || preset.kind == "page" && kind == "pages")
                && (preset.path.is_empty() || fits(&preset.path, path))
        };
        let presets = self.defaults.iter().filter(fits_it);
        let preset = presets.max_by_key(|preset| (preset.path.len(), !preset.kind.is_empty()))?;
        Some(&preset.permalink)
    }
}

enum Place<'a> {
    Pages,
    Posts { above: &'a str },
    Collection { name: &'a str, below: &'a str },
}

fn place(folder: &str) -> Place<'_> {
    if let Some(above) = folder.strip_suffix("_posts") {
        return Place::Posts { above };
    }
    if let Some((above, _)) = folder.split_once("_posts/") {
        return Place::Posts { above };
    }
    let (first, below) = folder.split_once('/').unwrap_or((folder, ""));
    match first.strip_prefix('_') {
        Some(name) if !name.is_empty() => Place::Collection { name, below },
        _ => Place::Pages,
    }
}

/// The date of a post and its name: `2024-03-02-release`.
fn dated(stem: &str) -> Option<([&str; 3], &str)> {
    let mut parts = stem.splitn(4, '-');
    let (year, month, day, rest) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_number = |text: &str, most: usize| {
        !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let is_date = is_number(year, 4) && is_number(month, 2) && is_number(day, 2);
    is_date.then_some(([year, month, day], rest))
}

fn categories(above: &str, front: Option<&Value>) -> Vec<String> {
    let folders = above
        .split('/')
        .filter(|part| !part.is_empty())
        .map(str::to_owned);
    let mut all: Vec<String> = folders.collect();
    for key in ["category", "categories"] {
        match front.and_then(|front| front.get(key)) {
            Some(Value::String(text)) if key == "category" => all.push(text.clone()),
            Some(Value::String(text)) => all.extend(text.split_whitespace().map(str::to_owned)),
            Some(Value::Array(list)) => {
                all.extend(
                    list.iter()
                        .take(20)
                        .filter_map(|it| it.as_str().map(str::to_owned)),
                );
            }
            _ => {}
        }
    }
    let mut seen = Vec::new();
    for category in all {
        let category = category.to_lowercase().replace(' ', "-");
        if !seen.contains(&category) {
            seen.push(category);
        }
    }
    seen
}

/// The template that a name stands for.
fn of_posts(style: &str) -> String {
    let template = match style {
        "date" => "/:categories/:year/:month/:day/:title:output_ext",
        "pretty" => "/:categories/:year/:month/:day/:title/",
        "none" => "/:categories/:title:output_ext",
        "ordinal" => "/:categories/:year/:y_day/:title:output_ext",
        style => style,
    };
    template.to_owned()
}

impl File<'_> {
    /// A template with what it names put in.
    fn filled(&self, template: &str, kind: &str) -> String {
        let mut out = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once(':') {
            out.push_str(before);
            let end = after.find(|c: char| !c.is_ascii_alphabetic() && c != '_');
            let (name, behind) = after.split_at(end.unwrap_or(after.len()));
            match self.value(name, kind) {
                Some(value) => {
                    out.push_str(&value);
                    rest = behind;
                }
                None => {
                    out.push(':');
                    rest = after;
                }
            }
        }
        out.push_str(rest);
        let is_folder = out.ends_with('/');
        let parts: Vec<&str> = out.split('/').filter(|part| !part.is_empty()).collect();
        let path = parts.join("/");
        match path.strip_suffix("index.html") {
            Some(folder) if folder.is_empty() || folder.ends_with('/') => folder.to_owned(),
            _ if is_folder && !path.is_empty() => format!("{path}/"),
            _ => path,
        }
    }

    fn value(&self, name: &str, kind: &str) -> Option<String> {
        let [year, month, day] = self.date;
        let short = |number: &str| number.trim_start_matches('0').to_owned();
        Some(match name {
            "year" => year.to_owned(),
            "short_year" => year.get(2..)?.to_owned(),
            "month" => format!("{month:0>2}"),
            "day" => format!("{day:0>2}"),
            "i_month" => short(month),
            "i_day" => short(day),
            "y_day" => format!("{:03}", day_of_year(self.date)?),
            "categories" | "slugified_categories" => self.categories.join("/"),
            "collection" => self.collection.to_owned(),
            "path" if kind == "pages" => self.folder.to_owned(),
            "path" => format!("{}/{}", self.folder, self.stem),
            "title" | "slug" | "name" | "basename" => self.stem.replace(' ', "-"),
            "output_ext" if is_html(self.extension) => format!(".{}", self.extension),
            "output_ext" => ".html".to_owned(),
            _ => return None,
        })
    }
}

fn day_of_year(date: [&str; 3]) -> Option<u16> {
    let year = date[0].parse().ok()?;
    let month: u8 = date[1].parse().ok()?;
    let day = date[2].parse().ok()?;
    let date = time::Date::from_calendar_date(year, time::Month::try_from(month).ok()?, day);
    Some(date.ok()?.ordinal())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(jekyll: &Jekyll, file: &str, front: &Value) -> Option<String> {
        jekyll.address(file, Some(front))
    }

    #[test]
    fn pages_posts_and_collections_have_their_addresses() {
        let plain = Jekyll::default();
        let pretty = Jekyll {
            permalink: Some("pretty".to_owned()),
            collections: vec![
                ("docs".to_owned(), Some("/:collection/:path/".to_owned())),
                ("notes".to_owned(), None),
            ],
            defaults: vec![Preset {
                path: "old".to_owned(),
                kind: String::new(),
                permalink: "/archive/:basename/".to_owned(),
            }],
            ..Jekyll::default()
        };
        let none = json!({});
        let title = json!({"permalink": "/:categories/:title/", "categories": "News Big"});
        for (jekyll, file, front, address) in [
            (&plain, "guide.md", &none, "guide.html"),
            (&plain, "a/index.md", &none, "a/"),
            (&plain, "README.md", &none, ""),
            (&plain, "a/page.html", &none, "a/page.html"),
            (
                &plain,
                "_posts/2024-03-02-release.md",
                &none,
                "2024/03/02/release.html",
            ),
            (
                &plain,
                "news/_posts/2024-3-2-x.md",
                &none,
                "news/2024/03/02/x.html",
            ),
            (&plain, "_posts/2024-03-02-x.md", &title, "news/big/x/"),
            (
                &plain,
                "_docs/install.md",
                &json!({"permalink": "/docs/installation/"}),
                "docs/installation/",
            ),
            (&plain, "_docs/a/install.md", &none, "docs/a/install.html"),
            (&pretty, "guide.md", &none, "guide/"),
            (&pretty, "_docs/a/install.md", &none, "docs/a/install/"),
            (&pretty, "_notes/x.md", &none, "notes/x/"),
            (&pretty, "_posts/2024-03-02-x.md", &none, "2024/03/02/x/"),
            (&pretty, "old/x.md", &none, "archive/x/"),
            (&pretty, "old/y.md", &json!({"permalink": "/y"}), "y"),
        ] {
            assert_eq!(of(jekyll, file, front).as_deref(), Some(address), "{file}");
        }
        assert_eq!(of(&plain, "_posts/undated.md", &none), None);
        for file in [
            "_drafts/x.md",
            "_includes/head.html",
            "a/_layouts/x.html",
            "_x.md",
        ] {
            assert!(plain.why_no_page(file).is_some(), "{file}");
        }
        assert_eq!(plain.why_no_page("_docs/x.md"), None);
    }
}
