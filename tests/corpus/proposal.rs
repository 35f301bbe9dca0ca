//! What a set may be called, as the files in its folder and beside it say.

use std::fs;

use docent::{
    config::{DocSet, Generator},
    corpus::{PrivatePaths, Proposal},
};

fn proposal(files: &[(&str, &str)], root: &str) -> Proposal {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path().canonicalize().expect("the folder is there");
    for (path, text) in files {
        let path = folder.join("site").join(path);
        let parent = path.parent().expect("it is below a folder");
        fs::create_dir_all(parent).expect("the folder can be written");
        fs::write(path, text).expect("the folder can be written");
    }
    let set = DocSet::new("docs", folder.join("site").join(root));
    Proposal::of(&set, &PrivatePaths::default())
}

fn proposed(generator: Option<Generator>, said: [&str; 3]) -> Proposal {
    let [title, description, base_url] =
        said.map(|text| (!text.is_empty()).then(|| text.to_owned()));
    Proposal {
        generator,
        title,
        description,
        base_url,
    }
}

#[test]
fn what_the_generator_says_goes_before_the_index_page() {
    let index = (
        "docs/index.md",
        "# Welcome\n\nAll about *running* Lantern.\n\nMore.\n",
    );
    let config = (
        "mkdocs.yml",
        "site_name: Lantern\nsite_url: https://docs.example.com/h\n",
    );
    let deep = ("docs/guide/setup.md", "# Setup\n");
    let mkdocs = Some(Generator::MkDocs);
    assert_eq!(
        proposal(&[index, config, deep], "docs"),
        proposed(
            mkdocs,
            [
                "Lantern",
                "All about running Lantern.",
                "https://docs.example.com/h/"
            ]
        )
    );
    assert_eq!(
        proposal(&[index, config, deep], "docs/guide"),
        proposed(mkdocs, ["Lantern", "", "https://docs.example.com/h/guide/"])
    );
    // Its pages would be below `docs/` of that address, where they are not published.
    assert_eq!(proposal(&[index, config, deep], "").base_url, None);
    assert_eq!(
        proposal(&[index], "docs"),
        proposed(None, ["Welcome", "All about running Lantern.", ""])
    );
}

#[test]
fn an_index_page_that_says_nothing_proposes_nothing() {
    assert_eq!(proposal(&[("a.md", "# A\n")], ""), Proposal::default());
    assert_eq!(
        proposal(&[("index.md", "- a\n- b\n")], ""),
        Proposal::default()
    );
    let one = proposal(&[("notes.md", "# Notes\n\nWhat we know.\n")], "notes.md");
    assert_eq!(one, proposed(None, ["Notes", "What we know.", ""]));
    let missing = DocSet::new("docs", "/nowhere/at/all");
    let nothing = Proposal::of(&missing, &PrivatePaths::default());
    assert_eq!(nothing, Proposal::default());
}

#[test]
fn what_is_proposed_is_one_bounded_line() {
    let text = format!(
        "---\ntitle: \"A\\u202e\\u0007  b\\n c {}\"\n---\n\nText.\n",
        "x".repeat(500)
    );
    let found = proposal(&[("index.md", &text)], "");
    assert_eq!(found.title.as_deref(), Some("A b c…"));
    let long = "word ".repeat(500);
    let found = proposal(&[("index.md", &format!("# T\n\n{long}\n"))], "");
    let description = found.description.unwrap();
    assert!(description.chars().count() <= 200 && description.ends_with("word…"));
    for url in [
        "javascript:x",
        "https://",
        "https://a b/",
        "/h/",
        "https://a/?q=1",
        "https://ä/",
    ] {
        let config = format!("site_name: L\nsite_url: \"{url}\"\n");
        let found = proposal(&[("mkdocs.yml", &config), ("docs/a.md", "# A\n")], "docs");
        assert_eq!(found.base_url, None, "{url}");
    }
}
