//! What docent makes of the sources of a site, beside what its generator has built of them: `tests/sites` has the sources, and
//! lists of what was built, which `make sites` writes.

use super::listed::list;
use docent::{
    config::DocSet,
    corpus::{self, PrivatePaths, Site},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

const BASE: &str = "https://lantern.example/";
/// Those that each run of the tests builds; one more takes its turn.
const ALWAYS: [&str; 3] = ["sphinx", "mkdocs", "docusaurus"];

/// Its package is Debian's, which no test installs: `make sites` and `DOCENT_ALL_SITES` build it.
const OF_DEBIAN: &str = "jekyll";

/// The fragments of each page's headings, by the page's address.
type Pages = BTreeMap<String, BTreeSet<String>>;

#[test]
fn sources_have_the_addresses_and_fragments_that_generators_give_them() {
    let differences = differences();
    let mut used = BTreeSet::new();
    let mut unexplained = Vec::new();
    for generator in generators() {
        let built = listed(&fs::read_to_string(list_of(&generator)).expect("a list"));
        assert!(!built.is_empty(), "{generator}");
        let read = read(&generator, &source_of(&generator));
        let addresses = |pages: &Pages| pages.keys().cloned().collect::<Vec<_>>();
        if addresses(&read) != addresses(&built) {
            let (read, built) = (addresses(&read), addresses(&built));
            unexplained.push(format!(
                "{generator} has the pages {built:?}, docent {read:?}"
            ));
            continue;
        }
        for (address, built) in &built {
            for fragment in built.symmetric_difference(&read[address]) {
                let difference = (generator.clone(), address.clone(), fragment.clone());
                let by = if built.contains(fragment) {
                    "the generator"
                } else {
                    "docent"
                };
                if !differences.contains(&difference) {
                    unexplained.push(format!(
                        "only {by} has #{fragment} in {generator}'s {address:?}"
                    ));
                }
                used.insert(difference);
            }
        }
    }
    assert!(unexplained.is_empty(), "{}", unexplained.join("\n"));
    let gone: Vec<_> = differences.difference(&used).collect();
    assert!(gone.is_empty(), "no differences any more: {gone:?}");
}

/// The lists are what the generators make now, some of them at each run; and docent reads the same of what is built.
#[test]
fn the_lists_are_what_generators_build() {
    let all = generators();
    let others = all.iter().map(String::as_str);
    let others = others.filter(|it| !ALWAYS.contains(it) && *it != OF_DEBIAN);
    let others: Vec<_> = others.collect();
    let now = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .expect("a clock");
    let day = usize::try_from(now.as_secs() / 86_400).expect("a day");
    let turn = others.get(day % others.len()).copied();
    let these: Vec<&str> = match env::var_os("DOCENT_ALL_SITES") {
        Some(_) => all.iter().map(String::as_str).collect(),
        None => ALWAYS.into_iter().chain(turn).collect(),
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    for generator in these {
        let built = Command::new(root().join("tests/sites/build.sh"))
            .arg("--into")
            .args([folder.path().as_os_str(), generator.as_ref()])
            .stderr(Stdio::inherit())
            .output()
            .expect("tests/sites/build.sh can be run");
        assert!(
            built.status.success(),
            "tests/sites/build.sh {generator} failed"
        );
        let built = String::from_utf8(built.stdout).expect("text");
        let list = fs::read_to_string(list_of(generator)).expect("a list");
        assert_eq!(
            built, list,
            "{generator}: run make sites, and look at what has changed"
        );
        let read = read(generator, &folder.path().join(generator));
        for (address, fragments) in listed(&list) {
            let page = read.get(&address);
            let page = page.unwrap_or_else(|| panic!("{generator}: {address:?} is not read"));
            // Sphinx's numbers, such as `id3`, change with every heading before: of built pages docent gives none.
            let is_number = |it: &&String| {
                it.strip_prefix("id")
                    .is_some_and(|it| it.parse::<u32>().is_ok())
            };
            let lost = fragments.difference(page).filter(|it| !is_number(it));
            let lost: Vec<_> = lost.collect();
            assert!(
                lost.is_empty(),
                "{generator} {address:?}: {lost:?} of {page:?}"
            );
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn list_of(generator: &str) -> PathBuf {
    root().join(format!("tests/sites/{generator}.tsv"))
}

/// All that have a list.
fn generators() -> Vec<String> {
    let files = fs::read_dir(root().join("tests/sites")).expect("a folder");
    let names = files.filter_map(|file| {
        let name = file.expect("a file").file_name().into_string().ok()?;
        let name = name.strip_suffix(".tsv")?;
        (name != "differences").then(|| name.to_owned())
    });
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names
}

fn source_of(generator: &str) -> PathBuf {
    let own = root().join("tests/sites/src").join(generator);
    match own.exists() {
        true => own,
        false => root().join("tests/corpus/sites").join(generator),
    }
}

fn listed(list: &str) -> Pages {
    let mut pages = Pages::new();
    for line in list.lines() {
        let parts: Vec<_> = line.split('\t').collect();
        let page = pages.entry(parts[1].to_owned()).or_default();
        if parts[0] == "heading" {
            page.insert(parts[2].to_owned());
        }
    }
    pages
}

/// The pages of a generator's sources as docent reads them. What has no address is no page of the site.
fn read(generator: &str, folder: &Path) -> Pages {
    let private = PrivatePaths::default();
    let mut set = DocSet::new("set", folder);
    set.base_url = Some(BASE.to_owned());
    let site = Site::of(&set, &private);
    let mut pages = Pages::new();
    for file in list(&set, &private).expect("a listing").files {
        for page in corpus::read(&set, &site, &file)
            .documents
            .unwrap_or_default()
        {
            let Some(url) = page.url else {
                continue;
            };
            let mut address = url.strip_prefix(BASE).unwrap_or(&url);
            // These write `install/index.html` and `install.html`, and link to `install`.
            let written = match generator {
                "docusaurus" => format!("{address}/"),
                "vitepress" => format!("{address}.html"),
                _ => String::new(),
            };
            let is_bare =
                !address.is_empty() && !address.ends_with('/') && !address.ends_with(".html");
            if is_bare && !written.is_empty() {
                address = &written;
            }
            let anchors = page
                .sections
                .into_iter()
                .filter_map(|section| section.anchor);
            pages.insert(address.to_owned(), anchors.collect());
        }
    }
    pages
}

fn differences() -> BTreeSet<(String, String, String)> {
    let text = fs::read_to_string(root().join("tests/sites/differences.tsv")).expect("a list");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let of = |line: &str| {
        let parts: Vec<_> = line.split('\t').map(str::to_owned).collect();
        assert!(parts.len() == 4 && !parts[3].is_empty(), "{line}");
        (parts[0].clone(), parts[1].clone(), parts[2].clone())
    };
    lines.map(of).collect()
}
