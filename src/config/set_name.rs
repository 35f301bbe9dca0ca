//! Names of document sets: what they may be, and what a set is called that is given none.
//!
//! A name is what assistants see, the first part of each page's id and of its address. So it is made of
//! letters and digits, of any script, and has one form only: lower case, and composed (NFC).

use std::{
    fs, iter,
    path::{Component, Path, PathBuf},
};

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Longest name of a set, in bytes of UTF-8.
pub(super) const MAX_NAME: usize = 64;

/// What stands for all sets where an assistant names one.
pub const ALL: &str = "all";

/// What stands at docent's own address, where the pages of a set of that name would be.
pub(super) const ROUTES: [&str; 26] = [
    ".well-known",
    "assets",
    "authorize",
    "callback",
    "chatgpt",
    "favicon.ico",
    "favicon.svg",
    "healthz",
    "index.html",
    "icon.svg",
    "llms-full.txt",
    "llms.txt",
    "login",
    "logout",
    "mcp",
    "message",
    "metrics",
    "register",
    "robots.txt",
    "search",
    "sitemap.xml",
    "skills",
    "sse",
    "static",
    "status",
    "token",
];

/// Whether docent has something of its own at a path that begins with this folder.
pub fn is_route(folder: &str) -> bool {
    ROUTES.contains(&folder)
}

/// What a set is called whose path says nothing.
const FALLBACK: &str = "docs";

/// Folders that say what is done with documents, not what they are about.
const GENERIC: [&str; 38] = [
    "_book",
    "_build",
    "_site",
    "book",
    "build",
    "content",
    "contents",
    "current",
    "dirhtml",
    "dist",
    "doc",
    "docs",
    "documentation",
    "export",
    "generated",
    "html",
    "htmldocs",
    "index",
    "latest",
    "live",
    "markdown",
    "md",
    "out",
    "output",
    "pages",
    "public",
    "readme",
    "release",
    "releases",
    "singlehtml",
    "site",
    "source",
    "sources",
    "src",
    "stable",
    "static",
    "target",
    "www",
];

/// Folders of the system and of containers: what is above them says nothing either.
const SYSTEM: [&str; 20] = [
    "app",
    "data",
    "etc",
    "home",
    "lib",
    "local",
    "media",
    "mnt",
    "opt",
    "root",
    "run",
    "share",
    "srv",
    "tmp",
    "usr",
    "var",
    "volume",
    "volumes",
    "work",
    "workspace",
];

/// A text in the one form that names have, whatever the case and composition.
pub fn folded(text: &str) -> String {
    text.to_lowercase().nfc().collect()
}

/// Whether a text may be the name of a set.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MAX_NAME
        && !text.starts_with(['.', '-'])
        && text.chars().any(char::is_alphanumeric)
        && text.chars().all(is_name_character)
        && folded(text) == text
}

/// A name for the documents at a path that none of the others has.
pub(super) fn name_for(root: &Path, taken: &[String]) -> String {
    let is_free =
        |name: &String| name != ALL && !ROUTES.contains(&name.as_str()) && !taken.contains(name);
    let names = names(root);
    let first = names.first().map_or(FALLBACK, String::as_str);
    let numbered = (2..).map(|number: u32| {
        let number = format!("-{number}");
        let kept = first.floor_char_boundary(MAX_NAME - number.len());
        format!("{}{number}", &first[..kept])
    });
    let mut free = names.iter().cloned().chain(numbered).filter(is_free);
    free.next().unwrap_or_else(|| FALLBACK.to_owned())
}

/// The names that a path gives, best first: the nearest folder that says what the documents are, then
/// with the path's own end behind it, then with the folder above in front.
fn names(root: &Path) -> Vec<String> {
    let parts = parts(root);
    let own = parts.first().and_then(|own| slug(own));
    let about = parts
        .iter()
        .take_while(|part| !is_system(part))
        .position(|part| !is_generic(part) && slug(part).is_some())
        // A folder of somebody's home may say something, the name of a person does not.
        .filter(|at| *at == 0 || parts.get(at + 1).is_none_or(|above| above != "home"));
    let at = about.unwrap_or(0);
    let Some(name) = parts.get(at).and_then(|part| slug(part)) else {
        return vec![FALLBACK.to_owned()];
    };
    let behind = own
        .filter(|_| at > 0)
        .and_then(|own| slug(&format!("{name}-{own}")));
    let in_front = parts
        .get(at + 1)
        .and_then(|above| slug(&format!("{above}-{name}")));
    iter::once(name).chain(behind).chain(in_front).collect()
}

/// The names of a path from its end up: of a file without its extension.
fn parts(root: &Path) -> Vec<String> {
    let mut path = as_given(root);
    let is_file = match fs::metadata(&path) {
        Ok(metadata) => metadata.is_file(),
        // It may be missing for a while, and keeps its name.
        Err(_) => path.extension().is_some_and(|extension| {
            ["adoc", "html", "md", "rst", "txt"]
                .iter()
                .any(|known| extension == *known)
        }),
    };
    if is_file {
        path.set_extension("");
    }
    let names = path.components().rev().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        _ => None,
    });
    names.collect()
}

/// A path without `..`. A link keeps its own name: what it points to changes with each release.
fn as_given(path: &Path) -> PathBuf {
    let resolved = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if !path.components().any(|part| part == Component::ParentDir) {
        return path.to_owned();
    }
    match (path.components().next_back(), path.parent()) {
        (Some(Component::Normal(name)), Some(above)) => resolved(above).join(name),
        _ => resolved(path),
    }
}

fn is_generic(part: &str) -> bool {
    let part = folded(part);
    // A version, a date, the number of a release.
    let is_number = part
        .trim_start_matches('v')
        .chars()
        .all(|c| c.is_ascii_digit() || "._-".contains(c));
    is_number || GENERIC.contains(&part.as_str())
}

/// Whether a folder belongs to the system, or is hidden or temporary: its name, and what is above it,
/// are about something else.
fn is_system(part: &str) -> bool {
    let part = folded(part);
    part.starts_with('.') || part.starts_with("tmp") || SYSTEM.contains(&part.as_str())
}

/// The letters and digits of a text, with dashes for what stands between; `None` where there are none.
fn slug(text: &str) -> Option<String> {
    let mut slug = String::new();
    for character in folded(text).chars() {
        let character =
            if is_name_character(character) && !(slug.is_empty() && is_combining_mark(character)) {
                character
            } else if slug.is_empty() || slug.ends_with('-') {
                continue;
            } else {
                '-'
            };
        if slug.len() + character.len_utf8() > MAX_NAME {
            break;
        }
        slug.push(character);
    }
    let slug = slug.trim_matches(['-', '.', '_']);
    is_name(slug).then(|| slug.to_owned())
}

fn is_name_character(character: char) -> bool {
    let is_letter = character.is_alphanumeric() || is_combining_mark(character);
    // Letters that nobody sees.
    let is_filler = matches!(character, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}');
    // Variation selectors are marks.
    let is_selector = matches!(character, '\u{34f}' | '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}');
    "-_.".contains(character) || is_letter && !is_filler && !is_selector
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_all_scripts_are_kept() {
        for (folder, name) in [
            ("My Docs (v2)", "my-docs-v2"),
            ("postgresql-doc-15", "postgresql-doc-15"),
            ("ünïcode", "ünïcode"),
            ("u\u{308}ni\u{308}code", "ünïcode"),
            ("Überblick", "überblick"),
            ("ÜBERBLICK & Co", "überblick-co"),
            ("文档", "文档"),
            ("हिन्दी", "हिन्दी"),
            ("Ελληνικά", "ελληνικά"),
            ("a\u{202e}b\u{3164}c", "a-b-c"),
            ("\u{308}a", "a"),
        ] {
            assert_eq!(slug(folder).as_deref(), Some(name), "{folder}");
            assert!(is_name(name), "{name}");
        }
        for nothing in ["...", "🎉", "", "\u{3164}"] {
            assert_eq!(slug(nothing), None, "{nothing}");
        }
        assert_eq!(
            slug(&"x".repeat(300)).map(|name| name.len()),
            Some(MAX_NAME)
        );
        assert_eq!(slug(&"文".repeat(300)).map(|name| name.len()), Some(63));
    }

    #[test]
    fn a_name_has_one_form() {
        for wrong in [
            "",
            "Handbook",
            "Ünïcode",
            "u\u{308}nicode",
            "a b",
            "a/b",
            "-",
            ".hidden",
            "a\u{200b}b",
            "a%b",
            "🎉",
            "a\u{fe0f}",
        ] {
            assert!(!is_name(wrong), "{wrong:?}");
        }
        assert!(!is_name(&"x".repeat(65)));
        assert_eq!(folded("U\u{308}NÏCODE"), "ünïcode");
    }

    fn name(path: &str) -> String {
        name_for(Path::new(path), &[])
    }

    #[test]
    fn a_set_is_called_what_its_documents_are() {
        for (path, expected) in [
            ("/nowhere/handbook", "handbook"),
            ("/nowhere/handbook/build/html", "handbook"),
            ("/nowhere/handbook/docs/_build/dirhtml", "handbook"),
            ("/nowhere/docent/docs", "docent"),
            ("/nowhere/shop/website/Public", "website"),
            ("/nowhere/handbook/current", "handbook"),
            ("/nowhere/handbook/releases/20261127", "handbook"),
            ("/usr/share/doc/postgresql-doc-15/html", "postgresql-doc-15"),
            ("/usr/share/doc/postgresql/15/html", "postgresql"),
            ("/nowhere/文档/docs", "文档"),
            // Nothing is left: its own name.
            ("/srv/docs", "docs"),
            ("/var/www/html", "html"),
            ("/home/alice/docs", "docs"),
            ("/home/alice/handbook/docs", "handbook"),
            ("/tmp/.tmpAbC/docs", "docs"),
            ("/app/public", "public"),
            ("/", "docs"),
            ("/srv/🎉", "docs"),
        ] {
            assert_eq!(name(path), expected, "{path}");
        }
    }

    #[test]
    fn a_taken_name_gets_its_end_then_its_parent_then_a_number() {
        let root = Path::new("/nowhere/git-doc/html");
        let mut taken = Vec::new();
        for expected in [
            "git-doc",
            "git-doc-html",
            "nowhere-git-doc",
            "git-doc-2",
            "git-doc-3",
        ] {
            let name = name_for(root, &taken);
            assert_eq!(name, expected);
            taken.push(name);
        }
        // What stands for all sets is no name of one.
        assert_eq!(name("/srv/all"), "srv-all");
        let long = format!("/{}", "文".repeat(40));
        let first = name(&long);
        let second = name_for(Path::new(&long), &[first]);
        assert!(second.ends_with("-2") && is_name(&second), "{second}");
    }

    #[test]
    fn a_file_gives_its_name_without_the_extension() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("Runbook.md");
        fs::write(&file, "# A\n").unwrap();
        assert_eq!(name_for(&file, &[]), "runbook");
        fs::remove_file(&file).unwrap();
        assert_eq!(name_for(&file, &[]), "runbook", "also while it is missing");
    }

    #[test]
    fn a_link_is_called_what_it_is_called() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("7f3a");
        fs::create_dir(&real).unwrap();
        let link = folder.path().join("handbook");
        std::os::unix::fs::symlink(&real, &link).unwrap();
        assert_eq!(name_for(&link, &[]), "handbook");
        assert_eq!(name_for(&real.join("../handbook"), &[]), "handbook");
        fs::create_dir(real.join("x")).unwrap();
        assert_eq!(name_for(&link.join("x/.."), &[]), "7f3a");
        let here = name_for(folder.path(), &[]);
        assert_eq!(name_for(&real.join("..").join("."), &[]), here);
    }
}
