//! Where a page is published: `base_url` and path, as site generators put them together.

use super::document::Page;
use super::publication::encode;
use super::resolve::stem;
use super::site::Site;
use percent_encoding::percent_decode_str;

/// The URL of a page: its permalink where it has one, else made of the set's address and path. `None`: nobody has said
/// where the set is published, or its site does not publish the page.
pub fn page_url(
    base_url: Option<&str>,
    site: &Site,
    path: &str,
    permalink: Option<&str>,
) -> Option<String> {
    if permalink == Some(Page::SHOWN_BY_ITS_FOLDER) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let index = if folder.is_empty() {
            "index.md".to_owned()
        } else {
            format!("{folder}/index.md")
        };
        return site.publication.url(base_url?, &index, None);
    }
    let is_absolute = |it: &&str| it.starts_with("https://") || it.starts_with("http://");
    let absolute = permalink.filter(is_absolute);
    let permalink = permalink.filter(|it| !is_absolute(it));
    let Some(base) = base_url else {
        return absolute.map(str::to_owned);
    };
    if let Some(absolute) = absolute.filter(|it| !is_built(path) || is_same_page(base, path, it)) {
        return Some(absolute.to_owned());
    }
    if let Some((file, fragment)) = permalink.and_then(of_file) {
        return Some(format!("{base}{}#{fragment}", encode(file)));
    }
    let publication = &site.publication;
    let Some(permalink) = permalink.filter(|_| !publication.has_permalinks()) else {
        return publication.url(base, path, permalink);
    };
    if let Some(path) = permalink.strip_prefix('/') {
        return Some(format!("{}/{}", origin(base), encode(path)));
    }
    let published = publication.url(base, path, None)?;
    let (stem, slash) = match published.strip_suffix('/') {
        Some(stem) => (stem, "/"),
        None => (published.as_str(), ""),
    };
    let folder = stem.rfind('/').map_or("", |slash| &stem[..=slash]);
    Some(format!("{folder}{}{slash}", encode(permalink)))
}

/// What the links of a site call a page that its generator publishes by another path than that of its file, such as one without the
/// numbers that order it.
pub(super) fn published_name(site: &Site, path: &str) -> Option<String> {
    let address = site.publication.url("/", path, None)?;
    let name = percent_decode_str(address.trim_start_matches('/')).decode_utf8();
    let name = name.ok().filter(|name| !name.starts_with('#'))?;
    (stem(&name) != stem(path)).then(|| name.into_owned())
}

/// The permalink of a part of a file that is published as it stands.
pub(super) fn part_of_file(file: &str, fragment: &str) -> String {
    format!("./{file}#{fragment}")
}

fn of_file(permalink: &str) -> Option<(&str, &str)> {
    permalink.strip_prefix("./")?.rsplit_once('#')
}

/// Whether a page was built by its site, and says what its site thinks is the best address of its text: often that of the
/// newest version.
fn is_built(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.split('.').skip(1).any(|part| {
        matches!(
            part.to_ascii_lowercase().as_str(),
            "html" | "htm" | "xhtml" | "shtml"
        )
    })
}

/// Whether an address is that of a file of the set, perhaps without its ending.
fn is_same_page(base: &str, path: &str, address: &str) -> bool {
    let plain = |address: &str| {
        let address = address.split(['#', '?']).next().unwrap_or_default();
        let address = address
            .trim_start_matches("https:")
            .trim_start_matches("http:");
        let address = address.to_lowercase();
        let stem = [".html", ".htm", ".xhtml", ".shtml"]
            .iter()
            .find_map(|ending| address.strip_suffix(ending));
        let stem = stem.unwrap_or(&address).trim_end_matches('/');
        let stem = stem.strip_suffix("/index").unwrap_or(stem);
        stem.to_owned()
    };
    plain(address) == plain(&format!("{base}{}", encode(path)))
}

/// Scheme and host: `https://docs.example.com/handbook/` -> `https://docs.example.com`.
fn origin(base: &str) -> &str {
    let host = base.find("://").map_or(0, |i| i + 3);
    base[host..]
        .find('/')
        .map_or(base, |slash| &base[..host + slash])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Generator;

    #[test]
    fn paths_become_urls_as_each_generator_builds_them() {
        for (generator, path, url) in [
            (Generator::None, "a/b.md", "a/b.md"),
            (Generator::Hugo, "a/_index.md", "a/"),
            (Generator::Hugo, "a/b c.md", "a/b%20c/"),
            (Generator::MkDocs, "README.md", ""),
            (Generator::MkDocs, "a/b.md", "a/b/"),
            (Generator::MdBook, "README.md", "index.html"),
            (Generator::MdBook, "a/b.md", "a/b.html"),
            (Generator::VitePress, "a/b.md", "a/b"),
            (Generator::VitePress, "a/index.md", "a/"),
            (Generator::Docusaurus, "01-a/02-b.mdx", "a/b"),
            (Generator::Hugo, "x/index.html", "x/"),
            (Generator::Hugo, "x/y.html", "x/y.html"),
        ] {
            let base = "https://example.com/docs/";
            assert_eq!(
                page_url(Some(base), &Site::published_by(generator), path, None),
                Some(format!("{base}{url}")),
                "{generator:?} {path}"
            );
        }
    }

    #[test]
    fn a_page_has_another_name_where_its_site_has_one_for_it() {
        let name = |generator, path| published_name(&Site::published_by(generator), path);
        let docusaurus = name(Generator::Docusaurus, "01-a/02-b c.mdx");
        assert_eq!(docusaurus.as_deref(), Some("a/b c"));
        for (generator, path) in [
            (Generator::Hugo, "a/_index.md"),
            (Generator::MdBook, "a/README.md"),
            (Generator::None, "a/b.md"),
        ] {
            assert_eq!(name(generator, path), None, "{path}");
        }
    }

    #[test]
    fn what_a_page_shows_has_its_address() {
        let site = Site::published_by(Generator::Hugo);
        let url = |path| {
            page_url(
                Some("https://x.org/d/"),
                &site,
                path,
                Some(Page::SHOWN_BY_ITS_FOLDER),
            )
        };
        assert_eq!(url("gates/A.md").as_deref(), Some("https://x.org/d/gates/"));
        assert_eq!(url("A.md").as_deref(), Some("https://x.org/d/"));
    }

    #[test]
    fn a_part_of_a_file_has_the_address_of_the_file() {
        let permalink = part_of_file("a b/c#.yaml", "/paths/~1x/get");
        for generator in [Generator::Hugo, Generator::None] {
            let site = Site::published_by(generator);
            let url = page_url(
                Some("https://d.example/"),
                &site,
                "a b/c#.yaml/x/y",
                Some(&permalink),
            );
            assert_eq!(
                url.as_deref(),
                Some("https://d.example/a%20b/c%23.yaml#/paths/~1x/get")
            );
        }
    }

    #[test]
    fn a_permalink_wins() {
        let base = Some("https://example.com/docs/");
        let site = Site::published_by(Generator::Hugo);
        let hugo = |permalink| page_url(base, &site, "a/b.md", Some(permalink));
        assert_eq!(hugo("https://x.org/y").as_deref(), Some("https://x.org/y"));
        assert_eq!(hugo("/y/").as_deref(), Some("https://example.com/y/"));
        assert_eq!(hugo("y").as_deref(), Some("https://example.com/docs/a/y/"));
        assert_eq!(page_url(None, &site, "a.md", Some("/y")), None);
    }

    #[test]
    fn the_address_that_the_operator_gives_wins_over_that_of_a_built_page() {
        let site = Site::published_by(Generator::Hugo);
        let of = |base, path: &str, permalink: &str| page_url(base, &site, path, Some(permalink));
        let base = Some("https://d.example/v1/");
        for (path, permalink, url) in [
            (
                "a.html",
                "https://d.example/latest/a.html",
                "https://d.example/v1/a.html",
            ),
            ("a.html", "https://d.example/v1/a", "https://d.example/v1/a"),
            (
                "a/index.html",
                "https://d.example/v1/a/",
                "https://d.example/v1/a/",
            ),
            (
                "v2/a.html",
                "https://d.example/v1/v3/a.html",
                "https://d.example/v1/v2/a.html",
            ),
            (
                "index.html",
                "https://d.example/v1/index.html",
                "https://d.example/v1/index.html",
            ),
            (
                "index.html",
                "https://other.example/",
                "https://d.example/v1/",
            ),
            ("a.md", "https://other.example/", "https://other.example/"),
        ] {
            assert_eq!(
                of(base, path, permalink).as_deref(),
                Some(url),
                "{path} {permalink}"
            );
        }
        let url = of(None, "a.html", "https://d.example/latest/a.html");
        assert_eq!(url.as_deref(), Some("https://d.example/latest/a.html"));
    }
}
