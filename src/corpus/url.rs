//! Where a page is published: `base_url` and path, as site generators put them together.

use super::site::Site;
use crate::config::Generator;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What may not stand as it is in a path (RFC 3986, section 3.3).
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The URL of a page: its permalink where it has one, else made of the set's address and path.
pub fn page_url(
    base_url: Option<&str>,
    site: &Site,
    path: &str,
    permalink: Option<&str>,
) -> Option<String> {
    if let Some(permalink) = permalink
        && (permalink.starts_with("https://") || permalink.starts_with("http://"))
    {
        return Some(permalink.to_owned());
    }
    let generator = site.generator;
    let base = base_url?;
    let Some(permalink) = permalink else {
        return Some(format!(
            "{base}{}",
            encode(&published_path(generator, path))
        ));
    };
    let below_root = permalink.strip_prefix('/');
    Some(match below_root {
        Some(path) if generator == Generator::Docusaurus => format!("{base}{}", encode(path)),
        Some(path) => format!("{}/{}", origin(base), encode(path)),
        None => {
            let published = published_path(generator, path);
            let (stem, slash) = match published.strip_suffix('/') {
                Some(stem) => (stem, "/"),
                None => (published.as_str(), ""),
            };
            let folder = stem.rfind('/').map_or("", |slash| &stem[..=slash]);
            format!("{base}{}{slash}", encode(&format!("{folder}{permalink}")))
        }
    })
}

/// The path below the site's root at which a generator publishes a file.
pub(super) fn published_path(generator: Generator, path: &str) -> String {
    let (folder, file) = path.rsplit_once('/').map_or(("", path), |(f, n)| (f, n));
    let prefix = if folder.is_empty() {
        String::new()
    } else {
        format!("{folder}/")
    };
    let Some((stem, extension)) = file.rsplit_once('.') else {
        return path.to_owned();
    };
    if matches!(extension, "html" | "htm" | "xhtml") {
        return if stem == "index" {
            prefix
        } else {
            path.to_owned()
        };
    }
    if generator == Generator::None || !is_markup(extension) {
        return path.to_owned();
    }
    let is_index = matches!(stem, "index" | "_index" | "README" | "readme");
    match generator {
        Generator::MdBook if is_index => format!("{prefix}index.html"),
        Generator::MdBook => format!("{prefix}{stem}.html"),
        _ if is_index && stem != "index" && generator == Generator::VitePress => {
            format!("{prefix}{stem}")
        }
        _ if is_index => unnumbered(generator, &prefix),
        Generator::VitePress => format!("{prefix}{stem}"),
        Generator::Docusaurus => unnumbered(generator, &format!("{prefix}{stem}")),
        _ => format!("{prefix}{stem}/"),
    }
}

/// Docusaurus drops the numbers that order files: `02-guide/01-setup` is `guide/setup`.
fn unnumbered(generator: Generator, path: &str) -> String {
    if generator != Generator::Docusaurus {
        return path.to_owned();
    }
    path.split('/')
        .map(|part| {
            let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
            if rest.len() == part.len() {
                return part;
            }
            match rest.strip_prefix(['-', '_', '.']) {
                Some(name) if !name.is_empty() => name.trim_start(),
                _ => part,
            }
        })
        .collect::<Vec<_>>()
        .join("/")
}

fn is_markup(extension: &str) -> bool {
    matches!(
        extension.to_ascii_lowercase().as_str(),
        "md" | "mdx" | "markdown" | "mdown" | "rst" | "adoc" | "asciidoc"
    )
}

fn encode(path: &str) -> String {
    utf8_percent_encode(path, PATH).to_string()
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
    fn a_permalink_wins() {
        let base = Some("https://example.com/docs/");
        let site = Site::published_by(Generator::Hugo);
        let hugo = |permalink| page_url(base, &site, "a/b.md", Some(permalink));
        assert_eq!(hugo("https://x.org/y").as_deref(), Some("https://x.org/y"));
        assert_eq!(hugo("/y/").as_deref(), Some("https://example.com/y/"));
        assert_eq!(hugo("y").as_deref(), Some("https://example.com/docs/a/y/"));
        assert_eq!(page_url(None, &site, "a.md", Some("/y")), None);
    }
}
