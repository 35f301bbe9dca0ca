use super::*;

/// Pages of a set, and what is told of it.
struct Case {
    paths: Vec<String>,
    said: Said,
    versions: Versions,
    default: Option<&'static str>,
    links: Vec<(&'static str, &'static str)>,
}

const PAGES: [&str; 4] = [
    "index.md",
    "install.md",
    "guide/first.md",
    "guide/second.md",
];

/// Folders that hold the same four pages.
fn folders(folders: &[&str]) -> Case {
    let pages = |folder: &&str| PAGES.map(|page| format!("{folder}{page}"));
    Case {
        paths: folders.iter().flat_map(pages).collect(),
        said: Said::default(),
        versions: Versions::All,
        default: None,
        links: Vec::new(),
    }
}

impl Case {
    fn and(mut self, paths: &[&str]) -> Self {
        self.paths.extend(paths.iter().map(|&path| path.to_owned()));
        self
    }

    fn said(mut self, text: &str) -> Self {
        self.said.read(text);
        self
    }

    fn learn(&mut self) -> Editions {
        self.paths.sort();
        let links = self.links.clone();
        let links = move |_: &str| {
            let owned = |(a, b): &(&str, &str)| ((*a).to_owned(), (*b).to_owned());
            links.iter().map(owned).collect::<Vec<_>>()
        };
        let told = Told {
            versions: &self.versions,
            default: self.default,
            said: self.said.clone(),
            links: &links,
        };
        Editions::of(told, || self.paths.iter().map(String::as_str))
    }

    /// The versions as they are shown, the default one first.
    fn versions(mut self) -> Vec<String> {
        let editions = self.learn();
        let shown = editions.shown().into_iter();
        shown
            .map(|number| editions.versions()[usize::from(number)].name.clone())
            .collect()
    }

    fn languages(mut self) -> Vec<String> {
        self.learn().languages().to_vec()
    }
}

#[test]
fn each_generators_versions_are_told() {
    for (case, versions) in [
        (folders(&["v1.0/", "v1.2/"]), &["v1.2", "v1.0"][..]),
        // Translations beside the versions are of none.
        (
            folders(&["1.9/", "2.0/", "2.1/", "i18n/de/", "i18n/fr/"]),
            &["2.1", "2.0", "1.9"],
        ),
        (
            folders(&["1.9/", "2.0/", "", "i18n/de/"]),
            &["latest", "2.0", "1.9"],
        ),
        (
            folders(&["de/1.9/", "de/2.0/", "de/"]),
            &["latest", "2.0", "1.9"],
        ),
        (
            folders(&["1.9/", "1.10/", "1.11-rc1/"]),
            &["1.10", "1.11-rc1", "1.9"],
        ),
        (
            folders(&["release-1.30/", "release-1.31/"]),
            &["1.31", "1.30"],
        ),
        (folders(&["docs/2.x/", "docs/1.x/"]), &["2.x", "1.x"]),
        // Docusaurus.
        (
            folders(&[
                "docs/",
                "versioned_docs/version-1.0/",
                "versioned_docs/version-2.0/",
            ]),
            &["2.0", "1.0", "next"],
        ),
        (
            folders(&["docs/", "website/versioned_docs/version-1.0/"]),
            &["1.0", "next"],
        ),
        (
            folders(&["api/", "api_versioned_docs/version-1/"]),
            &["1", "next"],
        ),
        // Read the Docs.
        (
            folders(&["en/stable/", "en/latest/", "en/v1.0/"]),
            &["stable", "v1.0", "latest"],
        ),
        // Antora, built.
        (folders(&["server/7.6/", "server/7.2/"]), &["7.6", "7.2"]),
        (folders(&["ROOT/2.0/", "ROOT/1.0/"]), &["2.0", "1.0"]),
        // Numbers alone, where something says what they are.
        (
            folders(&["docs/15/", "docs/16/", "docs/current/"]),
            &["current", "16", "15"],
        ),
        // What stands in no folder of a version.
        (folders(&["", "v1/"]), &["latest", "v1"]),
        (
            folders(&["guide/", "guide/v1/", "guide/next/"]),
            &["latest", "v1", "next"],
        ),
    ] {
        let paths = case.paths.clone();
        assert_eq!(case.versions(), versions, "{paths:?}");
    }
    // mike.
    let mike = "[{\"version\": \"11\", \"title\": \"11\", \"aliases\": []},
        {\"version\": \"12\", \"title\": \"12.1\", \"aliases\": [\"latest\"]}]";
    assert_eq!(folders(&["11/", "12/"]).said(mike).versions(), ["12", "11"]);
    let switcher = "[{\"version\": \"2.0\"}, {\"version\": \"1.0\", \"preferred\": true}]";
    assert_eq!(
        folders(&["1.0/", "2.0/"]).said(switcher).versions(),
        ["1.0", "2.0"]
    );
    let documenter = "var DOC_VERSIONS = [\n  \"stable\",\n  \"7\",\n  \"dev\",\n];\n";
    assert_eq!(
        folders(&["7/", "dev/"]).said(documenter).versions(),
        ["7", "dev"]
    );
}

#[test]
fn a_version_is_told_in_words_and_no_sentence() {
    let said = r#"["2.0", "Ignore what was said before", "1.0"]"#;
    let case = folders(&["2.0/", "Ignore what was said before/", "1.0/"]).said(said);
    assert_eq!(case.versions(), ["2.0", "1.0"]);
}

#[test]
fn what_only_looks_like_versions_is_none() {
    for case in [
        folders(&["v8/", "guide/", "api/"]),
        folders(&["2023/", "2024/"]),
        folders(&["1/", "2/", "3/"]),
        folders(&["c++11/", "c++14/"]),
        folders(&["rfc2119/", "rfc8174/"]),
        folders(&["", "v8/"])
            .and(&["v8/heap.md", "v8/flags.md"])
            .without("v8/", &PAGES),
        // One version alone.
        folders(&["1.2/"]),
        folders(&["docs/1.2/"]).and(&["README.md"]),
        // They hold other pages.
        Case {
            paths: ["1.0/a.md", "1.0/b.md", "2.0/c.md", "2.0/d.md"]
                .map(str::to_owned)
                .into(),
            ..folders(&[])
        },
        // Notes of releases, some of which have the same two pages.
        Case {
            paths: (1..40)
                .map(|at| format!("releases/{at}/index.md"))
                .chain(["3.5", "3.6", "1.5"].iter().flat_map(|at| {
                    ["updating.md", "changes.md"].map(|page| format!("releases/{at}/{page}"))
                }))
                .collect(),
            ..folders(&[])
        },
        // A page is not enough.
        Case {
            paths: ["v1/index.md", "v2/index.md"].map(str::to_owned).into(),
            ..folders(&[])
        },
        // An engine's folder has a page that others have.
        folders(&["guide/", "api/"]).and(&[
            "v8/index.md",
            "v8/heap.md",
            "v8/flags.md",
            "next/router.md",
        ]),
    ] {
        let paths = case.paths.clone();
        assert_eq!(case.versions(), <[&str; 0]>::default(), "{paths:?}");
    }
}

#[test]
fn languages_are_told() {
    for (case, languages) in [
        (
            folders(&["en/", "de/", "pt-BR/"]),
            &["de", "en", "pt-br"][..],
        ),
        (
            folders(&["content/en/", "content/zh-cn/"]),
            &["en", "zh-cn"],
        ),
        (folders(&["", "ja/"]), &["ja"]),
        (folders(&["docs/", "i18n/fr/docs/"]), &["fr"]),
        (
            folders(&["docs/", "i18n/fr/docusaurus-plugin-content-docs/current/"]),
            &["fr"],
        ),
        (folders(&["man1/", "de/man1/", "fr/man1/"]), &["de", "fr"]),
        (folders(&["en/1.0/", "en/2.0/", "ko/1.0/"]), &["en", "ko"]),
        (
            folders(&[""]).and(&["install.de.md", "guide/first.de.md", "guide/first.pt-BR.md"]),
            &["de", "pt-br"],
        ),
        (folders(&["js/", "go/", "cs/"]), &[]),
        (
            folders(&["", "id/"])
                .without("id/", &PAGES)
                .and(&["id/a.md", "id/b.md"]),
            &[],
        ),
        (folders(&["de/"]), &[]),
        (
            folders(&[]).and(&[
                "Node.html",
                "Node.Id.html",
                "use/Node.html",
                "use/Node.Id.html",
            ]),
            &[],
        ),
        (folders(&[""]).and(&["jquery.is.md", "a.no.md"]), &[]),
    ] {
        let paths = case.paths.clone();
        assert_eq!(case.languages(), languages, "{paths:?}");
    }
}

impl Case {
    fn without(mut self, folder: &str, pages: &[&str]) -> Self {
        let gone: Vec<String> = pages.iter().map(|page| format!("{folder}{page}")).collect();
        self.paths.retain(|path| !gone.contains(path));
        self
    }
}

fn named(editions: &Editions, path: &str) -> (Option<String>, bool, Option<String>) {
    let edition = editions.edition(path);
    let version = edition
        .version
        .map(|at| editions.versions()[usize::from(at)].name.clone());
    let language = edition
        .language
        .map(|at| editions.languages()[usize::from(at)].clone());
    (version, edition.is_default, language)
}

#[test]
fn a_page_is_of_its_version_and_language() {
    let mut case = folders(&["en/1.0/", "en/2.0/", "de/1.0/"]).and(&["en/imprint.md", "about.md"]);
    let editions = case.learn();
    let some = |text: &str| Some(text.to_owned());
    for (path, version, is_default, language) in [
        ("en/2.0/install.md", some("2.0"), true, some("en")),
        ("en/1.0/install.md", some("1.0"), false, some("en")),
        // There is no newer one in German.
        ("de/1.0/install.md", some("1.0"), true, some("de")),
        ("en/imprint.md", None, false, some("en")),
        ("about.md", None, false, None),
    ] {
        assert_eq!(
            named(&editions, path),
            (version, is_default, language),
            "{path}"
        );
    }
    let editions = folders(&["", "v1/", "v2/"])
        .and(&["blog/a.md", "blog/b.md"])
        .learn();
    assert_eq!(named(&editions, "guide/first.md").0, some("latest"));
    // No version has a blog.
    assert_eq!(named(&editions, "blog/a.md").0, None);
    let editions = folders(&["docs/", "versioned_docs/version-1.0/"])
        .and(&["docs/new.md", "blog/a.md"])
        .learn();
    assert_eq!(named(&editions, "docs/new.md"), (some("next"), false, None));
    assert_eq!(named(&editions, "blog/a.md").0, None);
    let editions = folders(&["", "ja/"]).learn();
    assert_eq!(editions.edition("install.md").language, None);
    assert!(editions.edition("ja/install.md").language.is_some());
}

#[test]
fn a_page_is_one_in_all_its_editions() {
    for (folders_, paths) in [
        (
            &["1.0/", "2.0/"][..],
            &["1.0/install.md", "2.0/install.md"][..],
        ),
        (
            &[
                "docs/",
                "versioned_docs/version-1.0/",
                "i18n/de/docusaurus-plugin-content-docs/version-1.0/",
                "i18n/de/docusaurus-plugin-content-docs/current/",
            ],
            &[
                "docs/install.md",
                "versioned_docs/version-1.0/install.md",
                "i18n/de/docusaurus-plugin-content-docs/version-1.0/install.md",
                "i18n/de/docusaurus-plugin-content-docs/current/install.md",
            ],
        ),
        (
            &["docs/", "website/versioned_docs/version-1.0/"],
            &[
                "docs/install.md",
                "website/versioned_docs/version-1.0/install.md",
            ],
        ),
        (
            &["", "de/", "v1/", "v1/de/"],
            &[
                "install.md",
                "de/install.md",
                "v1/install.md",
                "v1/de/install.md",
            ],
        ),
        (
            &["docs/", "i18n/fr/docs/"],
            &["docs/install.md", "i18n/fr/docs/install.md"],
        ),
    ] {
        let editions = folders(folders_).learn();
        let names: Vec<_> = paths.iter().map(|path| editions.page(path)).collect();
        assert!(
            names[0].is_some() && names.windows(2).all(|pair| pair[0] == pair[1]),
            "{names:?}"
        );
    }
    let editions = folders(&["1.0/", "2.0/"]).learn();
    assert_ne!(
        editions.page("1.0/install.md"),
        editions.page("1.0/index.md")
    );
    assert_eq!(editions.page("about.md"), None);
}

#[test]
fn other_editions_of_a_page_are_found_by_their_paths() {
    for (folders_, path, others) in [
        (
            &["1.0/", "2.0/"][..],
            "1.0/install.md",
            &["2.0/install.md"][..],
        ),
        (&["", "v1/"], "install.md", &["v1/install.md"]),
        (&["", "v1/"], "v1/guide/first.md", &["guide/first.md"]),
        (
            &[
                "docs/",
                "versioned_docs/version-1.0/",
                "versioned_docs/version-2.0/",
            ],
            "versioned_docs/version-1.0/install.md",
            &["versioned_docs/version-2.0/install.md", "docs/install.md"],
        ),
        (
            &["docs/", "versioned_docs/version-1.0/"],
            "docs/install.md",
            &["versioned_docs/version-1.0/install.md"],
        ),
        (
            &["docs/", "i18n/fr/docs/"],
            "i18n/fr/docs/install.md",
            &["docs/install.md"],
        ),
        (&["en/", "de/"], "en/install.md", &["de/install.md"]),
    ] {
        let editions = folders(folders_).learn();
        assert_eq!(editions.others(path), others, "{path}");
    }
    let editions = folders(&[""])
        .and(&["install.de.md", "guide/first.de.md"])
        .learn();
    assert_eq!(editions.others("install.md"), ["install.de.md"]);
    assert_eq!(editions.others("install.de.md"), ["install.md"]);
}

#[test]
fn a_version_may_be_asked_for_in_many_ways() {
    let mut case = folders(&["v1.2/", "v2.0.1/", "v2.0.10/", "v3.0-rc1/", "next/"]);
    case.links = vec![("lts", "v1.2")];
    let editions = case.learn();
    let asked = |name: &str| match editions.asked(name) {
        Some(Asked::Versions(numbers)) => {
            let names = numbers
                .iter()
                .map(|at| editions.versions()[usize::from(*at)].name.as_str());
            names.collect::<Vec<_>>().join(" ")
        }
        Some(other) => format!("{other:?}"),
        None => "none".to_owned(),
    };
    for (name, version) in [
        ("v1.2", "v1.2"),
        ("1.2", "v1.2"),
        ("Version 1.2", "v1.2"),
        ("release-1.2", "v1.2"),
        ("1.2.7", "v1.2"),
        ("2.0", "v2.0.10"),
        ("2", "v2.0.10"),
        ("3", "v3.0-rc1"),
        ("lts", "v1.2"),
        ("latest", "Default"),
        ("stable", "Default"),
        ("main", "next"),
        ("all", "All"),
        ("4", "none"),
        ("1.3", "none"),
        ("jammy", "none"),
        ("", "none"),
    ] {
        assert_eq!(asked(name), version, "{name}");
    }
    let editions = folders(&["en/", "pt-BR/", "pt-PT/"]).learn();
    for (name, count) in [
        ("en", 1),
        ("EN", 1),
        ("pt", 2),
        ("pt_br", 1),
        ("en-US", 1),
        ("de", 0),
    ] {
        assert_eq!(editions.asked_language(name).len(), count, "{name}");
    }
}

#[test]
fn the_configuration_and_the_site_say_which_version_is_the_default() {
    let mut case = folders(&["1.0/", "2.0/", "3.0/"]);
    case.default = Some("v2.0");
    assert_eq!(case.versions(), ["2.0", "3.0", "1.0"]);
    let mut case = folders(&["1.0/", "2.0/"]);
    case.said = Said::default();
    case.said
        .read("[{\"version\": \"1.0\", \"aliases\": [\"lts\"], \"preferred\": true}, \"2.0\"]");
    assert_eq!(case.versions(), ["1.0", "2.0"]);
    let mut case = folders(&["trixie/", "bookworm/", "v1/", "v2/"]);
    case.versions = Versions::Listed(vec!["trixie".into(), "bookworm".into()]);
    assert_eq!(case.versions(), ["trixie", "bookworm"]);
    let mut case = folders(&["1.0/", "2.0/"]);
    case.versions = Versions::None;
    assert!(case.learn().is_empty());
}

#[test]
fn a_page_that_leads_on_names_the_default() {
    for (html, folder) in [
        (
            "<meta http-equiv=\"refresh\" content=\"0; url=latest/\">",
            Some("latest"),
        ),
        (
            "<META HTTP-EQUIV=refresh CONTENT='0;URL=./1.2/index.html'>",
            Some("1.2"),
        ),
        (
            "<meta http-equiv=\"refresh\" content=\"0; url=https://d.example/x/en/stable/\">",
            Some("stable"),
        ),
        (
            "<meta http-equiv=\"content-type\" content=\"text/html\">",
            None,
        ),
        ("<h1>Hello</h1>", None),
    ] {
        assert_eq!(said::redirect(html).as_deref(), folder, "{html}");
    }
}

#[test]
fn what_somebody_makes_up_takes_no_longer_than_it_is_long() {
    let started = std::time::Instant::now();
    let paths: Vec<String> = (0..100_000)
        .map(|at| format!("{}.{}/{}/x.md", at % 3_000, at % 7, at % 300))
        .collect();
    let deep: String = "v1/en/i18n/de/".repeat(1_000);
    let all: Vec<String> = paths.into_iter().chain([format!("{deep}x.md")]).collect();
    let told = || Told {
        versions: &Versions::All,
        default: None,
        said: Said::default(),
        links: &|_| Vec::new(),
    };
    let editions = Editions::of(told(), || all.iter().map(String::as_str));
    assert!(editions.versions().len() <= 2_001);
    for path in &all {
        editions.edition(path);
    }
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}
