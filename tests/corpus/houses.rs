//! Markdown as each house writes it: a small set of each, as it is indexed.

use std::{collections::BTreeMap, fs};

use docent::{
    config::DocSet,
    corpus::{self, Document, PrivatePaths, Site},
};

use super::listed::list;

/// The documents of a set of these files, by their paths.
fn documents(files: &[(&str, &str)]) -> BTreeMap<String, Document> {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("in a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let set = DocSet::new("docs", folder.path());
    let listing = list(&set, &PrivatePaths::default()).expect("a listing");
    let mut documents = BTreeMap::new();
    for file in &listing.files {
        let read = corpus::read(&set, &Site::of(&set, &PrivatePaths::default()), file);
        for document in read.documents.unwrap_or_default() {
            documents.insert(document.path.clone(), document);
        }
    }
    documents
}

/// All of a page, as an assistant reads it.
fn text(document: &Document) -> String {
    let sections = document.sections.iter();
    let sections: Vec<_> = sections.map(|section| section.markdown.as_str()).collect();
    sections.join("\n\n")
}

#[test]
fn headings_of_apis_come_out_whole_in_every_format() {
    let headings = [
        "DELETE /users/{id}",
        "PUT /a/{b}/c/{d}",
        "Path {name}",
        "items[0]",
        "operator*",
        "operator[]",
        "Map<K, V>",
        "__init__",
        "Queue.__init__(self)",
        "a|b",
        "std::vector<T>::at",
        "snake_case_name",
        "$ref {#if x}",
    ];
    for heading in headings {
        let part = format!("Call {heading}");
        let html = |text: &str| text.replace('<', "&lt;");
        let rst = |text: &str, rule: &str| {
            let text = text.replace('*', "\\*").replace('|', "\\|");
            format!("{text}\n{}\n", rule.repeat(text.len()))
        };
        let set = documents(&[
            (
                "a.md",
                &format!("# {heading}\n\nText.\n\n## {part}\n\nPart.\n"),
            ),
            (
                "b.html",
                &format!(
                    "<!DOCTYPE html><title>{0}</title><main><h1>{0}</h1><p>Text.<h2 id=\"x\">{1}</h2><p>Part.</main>",
                    html(heading),
                    html(&part)
                ),
            ),
            (
                "c.rst",
                &format!(
                    "{}\nText.\n\n{}\nPart.\n",
                    rst(heading, "="),
                    rst(&part, "-")
                ),
            ),
            (
                "d.adoc",
                &format!("= {heading}\n\nText.\n\n== {part}\n\nPart.\n"),
            ),
        ]);
        assert_eq!(set.len(), 4, "{heading}");
        for (path, document) in &set {
            assert_eq!(document.title, heading, "{path}");
            let last = document.sections.last().expect("a section");
            assert_eq!(last.headings.last(), Some(&part), "{path}: {last:?}");
            let shown = last.markdown.lines().next().unwrap_or_default();
            let plain = shown
                .trim_start_matches('#')
                .trim()
                .replace(['\\', '`'], "");
            assert_eq!(plain, part, "{path}");
        }
    }
}

#[test]
fn an_anchor_is_no_text_at_any_depth() {
    let set = documents(&[(
        "a.md",
        "# A {#top}\n\n## Part {#part-1}\n\n> ### Within {#within}\n>\n> Text.\n\nSetext {#set}\n---\n\nMore.\n",
    )]);
    let page = &set["a.md"];
    assert_eq!(page.title, "A");
    let anchors: Vec<_> = page
        .sections
        .iter()
        .map(|section| section.anchor.as_deref())
        .collect();
    assert_eq!(anchors, [Some("top"), Some("part-1"), Some("set")]);
    assert!(!text(page).contains("{#"), "{}", text(page));
    assert!(page.pieces.iter().all(|piece| !piece.text.contains("{#")));
}

/// Whether each text is on the page, and none of the others.
fn holds(page: &Document, texts: &[&str], hidden: &[&str]) {
    let shown = text(page);
    for text in texts {
        assert!(
            shown.contains(text),
            "{}: no {text:?} in\n{shown}",
            page.path
        );
    }
    for text in hidden {
        assert!(!shown.contains(text), "{}: {text:?} in\n{shown}", page.path);
    }
}

#[test]
fn gitbook() {
    let set = documents(&[
        (
            "README.md",
            "# Start\n\n{% hint style=\"danger\" %}\nStop the server.\n\n- First\n{% endhint %}\n\n{% tabs %}\n{% tab title=\"macOS\" %}\n```bash\nbrew install x\n```\n{% endtab %}\n\n{% tab title=\"Debian\" %}\nUse apt.\n{% endtab %}\n{% endtabs %}\n\n{% code title=\"x.yaml\" overflow=\"wrap\" %}\n```yaml\na: {{ b }}\n```\n{% endcode %}\n\n{% embed url=\"https://x.org/video\" %}\nHow to start\n{% endembed %}\n\n{% content-ref url=\"setup.md\" %}\n[setup.md](setup.md)\n{% endcontent-ref %}\n\n{% stepper %}\n{% step %}\n## Log in\nWith a key.\n{% endstep %}\n{% endstepper %}\n\n{% include \".gitbook/includes/part.md\" %}\n\n{% unknown-block id=\"1\" %}\nKept.\n{% endunknown-block %}\n\nThe tag `{% hint %}` begins a hint.\n",
        ),
        ("setup.md", "# Set up\n\nText.\n"),
        (
            "SUMMARY.md",
            "# Summary\n\n* [Start](README.md)\n* [Set up](setup.md)\n",
        ),
    ]);
    holds(
        &set["README.md"],
        &[
            "> **Danger:** Stop the server.",
            "**macOS**\n\n```bash\nbrew install x",
            "**Debian**\n\nUse apt.",
            "`x.yaml`\n\n```yaml\na: {{ b }}\n```",
            "[How to start](https://x.org/video)",
            "[setup.md](setup.md)",
            "## Log in\n\nWith a key.",
            "Kept.",
            "`{% hint %}` begins",
        ],
        &["{% tab", "{% end", "{% unknown", "endhint"],
    );
}

#[test]
fn jekyll() {
    let set = documents(&[
        ("_config.yml", "title: Docs\nversion: 4.2\n"),
        (
            "_includes/warn.html",
            "<div class=\"w\"><p>Careful: {{ include.what }}</p></div>\n",
        ),
        (
            "a.md",
            "---\ntitle: A\nproduct: Widget\n---\n* TOC\n{:toc}\n\n## Use {#use .no_toc}\n{: .no_toc }\n\n{{ page.product }} {{ site.version }} by {{ site.author.name }}.\n\nSee [b]({% link b.md %}) and [c]({{ site.baseurl }}/c/) or [d]({{ '/d/' | absolute_url }}).\n\n{% include warn.html what=\"hot\" %}\n\n{% include alert.html type=\"warning\" content=\"Do not **touch**\" %}\n\n{% if site.x %}\nFirst.\n{% else %}\nSecond.\n{% endif %}\n\n{% comment %} hidden {% endcomment %}\n\n```sh\ninstall {{ site.version }}\n{% raw %}echo {{ x }}{% endraw %}\n```\n\n{% for post in site.posts %}- {{ post.title }}\n{% endfor %}\nEnd.\n{: .note }\n",
        ),
        ("b.md", "# B\n\nText.\n"),
        (
            "c.html",
            "---\nlayout: default\ntitle: From a template\n---\n<h2>Part</h2>\n        <p>Version {{ site.version }}.</p>\n        {% for x in site.y %}<p>{{ x }}</p>{% endfor %}\n",
        ),
    ]);
    holds(
        &set["c.html"],
        &["## Part", "Version 4.2."],
        &["{%", "{{", "layout", "---"],
    );
    assert_eq!(set["c.html"].title, "From a template");
    holds(
        &set["a.md"],
        &[
            "Widget 4.2 by .",
            "[b](b.md)",
            "[c](/c/)",
            "[d](/d/)",
            "Careful: hot",
            "> **Warning:** Do not **touch**",
            "First.",
            "install 4.2\necho {{ x }}",
            "End.",
        ],
        &[
            "{%",
            "TOC",
            "Second",
            "hidden",
            "{:",
            "post.title",
            "include.what",
        ],
    );
}

#[test]
fn docfx() {
    let set = documents(&[
        ("docfx.json", "{}"),
        (
            "a.md",
            "# Install\n\n[!INCLUDE [x](includes/a.md)]\n\nInline [!include[y](includes/b.md)] text.\n\n::: zone pivot=\"cli\"\nCLI text.\n::: zone-end\n\n:::image type=\"complex\" source=\"a.png\" alt-text=\"A wizard.\":::\nLong text.\n:::image-end:::\n\n:::row:::\n   :::column span=\"2\":::\n   Left\n   :::column-end:::\n:::row-end:::\n\n::: moniker range=\">= net-8\"\nNew.\n::: moniker-end\n\n## [Bash](#tab/bash)\n\nB.\n\n## [PowerShell](#tab/ps)\n\nP.\n\n---\n\n[!code-csharp[Main](code/a.cs?range=2-3)]\n\n:::code language=\"json\" source=\"code/b.json\":::\n\n> [!div class=\"checklist\"]\n> * One\n\n> [!VIDEO https://x.org/v]\n\n> [!TIP]\n> Use it.\n",
        ),
        ("includes/a.md", "---\nms.topic: include\n---\nFrom a.\n"),
        ("includes/b.md", "from b\n"),
        ("code/a.cs", "1\n2\n3\n4\n"),
        ("code/b.json", "{\"k\": 1}\n"),
    ]);
    holds(
        &set["a.md"],
        &[
            "From a.",
            "Inline from b text.",
            "CLI text.",
            "A wizard.",
            "Long text.",
            "Left",
            "New.",
            "**Bash**\n\nB.\n\n**PowerShell**\n\nP.",
            "```csharp\n2\n3\n```",
            "```json\n{\"k\": 1}\n```",
            "One",
            "[Video](https://x.org/v)",
            "> **Tip:**",
        ],
        &[":::", "[!", "pivot", "#tab", "span=", "ms.topic"],
    );
    assert_eq!(set["a.md"].sections.len(), 1);
}

#[test]
fn mkdocs() {
    let set = documents(&[
        ("mkdocs.yml", "site_name: X\nextra:\n  ver: \"3.2\"\n"),
        (
            "docs/api.md",
            "# API\n\nVersion {{ config.extra.ver }}.\n\n::: acme.core.Queue\n    options:\n      show_source: true\n      members:\n        - put\n\nAfter.\n\n::: acme\n    handler: python\n\n::: warning\nNot a module.\n:::\n\n![Alt](a.png)\n/// caption\nFigure caption\n///\n\n/// details | More\nInside.\n///\n\n=== \"One\"\n\n    First.\n\n??? note \"Why\"\n    So.\n\n++ctrl+s++ [b](b.md){ .md-button } ==marked==\n",
        ),
    ]);
    holds(
        &set["docs/api.md"],
        &[
            "Version 3.2.",
            "`acme.core.Queue`",
            "`acme`",
            "After.",
            "> **Warning:** Not a module.",
            "Figure caption",
            "**More**",
            "Inside.",
            "**One**\n\nFirst.",
            "**Why:** So.",
            "Ctrl+S",
            "marked",
        ],
        &[
            "options",
            "show_source",
            "members",
            "handler",
            "///",
            "{ .md",
            "==",
        ],
    );
}

#[test]
fn myst() {
    let set = documents(&[
        ("conf.py", "extensions = ['myst_parser']\n"),
        (
            "index.md",
            "---\nmyst:\n  substitutions:\n    tool: Hammer\n---\n(intro)=\n# Intro\n\n```{warning}\nMind **this**.\n```\n\n::::{tab-set}\n:::{tab-item} Linux\nUse apt.\n:::\n:::{tab-item} Windows\n```{code-block} powershell\n:caption: run.ps1\n:emphasize-lines: 1\nInstall-It\n```\n:::\n::::\n\nSee [](sub/other.md), {ref}`intro`, {ref}`the start <intro>`, {doc}`/sub/other`, {kbd}`Ctrl+S`, {py:func}`~a.b.run`, {abbr}`API (Application Interface)`, {{ tool }}.\n\n```{figure} a.png\n:alt: Flow chart\n:name: fig\nThe *caption*.\n```\n\n```{csv-table} Keys\n:header: Key, Meaning\na, \"first, second\"\n```\n\n```{eval-rst}\n.. warning:: From *rst*.\n```\n\n```{glossary}\nQueue\n  Holds jobs.\n```\n\n```{automodule} acme.core\n:members:\n```\n\n```{toctree}\n:maxdepth: 1\nsub/other\n```\n\n% a hidden comment\n\n+++\n\nEnd.\n",
        ),
        ("sub/other.md", "# Other page\n\nText.\n"),
    ]);
    holds(
        &set["index.md"],
        &[
            "> **Warning:** Mind **this**.",
            "**Linux**\n\nUse apt.",
            "**Windows**\n\n`run.ps1`\n\n```powershell\nInstall-It\n```",
            "[Other page](sub/other.md)",
            "[Intro](#intro)",
            "[the start](#intro)",
            "[Other page](/sub/other)",
            "`Ctrl+S`",
            "`run`",
            "API (Application Interface)",
            "Hammer",
            "Flow chart",
            "The *caption*.",
            "| Key | Meaning |\n| --- | --- |\n| a | first, second |",
            "**Warning:** From *rst*.",
            "**Queue**\n\nHolds jobs.",
            "`acme.core`",
            "End.",
        ],
        &[
            "```{",
            ":::",
            ":members:",
            ":header:",
            "toctree",
            "maxdepth",
            "hidden",
            "+++",
            ")=",
            "{ref}",
            "emphasize",
        ],
    );
    assert_eq!(set["index.md"].title, "Intro");
}

#[test]
fn quarto() {
    let set = documents(&[
        ("_quarto.yml", "project:\n  type: website\n"),
        (
            "a.qmd",
            "---\ntitle: A\n---\n\n::: {.callout-warning collapse=\"true\"}\n## Mind the gap\n\nIt is wide.\n:::\n\n::: {.panel-tabset}\n## R\n\n```{r, echo=TRUE}\n#| label: fig-a\n#| fig-cap: \"A plot\"\nplot(x)\n```\n\n## Python\n\n```{python}\n#| echo: false\nsecret()\n```\n:::\n\n## Part {#sec-part .unnumbered}\n\n[Small]{.smallcaps} words.\n\n::: {#fig-b}\nIn a figure.\n:::\n\n{{< include _x.qmd >}}\n\n{{< meta title >}} {{< video https://x.org/v >}}\n",
        ),
        ("_x.qmd", "Taken in.\n"),
    ]);
    holds(
        &set["a.qmd"],
        &[
            "> **Mind the gap:** It is wide.",
            "**R**\n\n```r\nplot(x)\n```\n\nA plot",
            "**Python**",
            "## Part",
            "Small words.",
            "In a figure.",
            "Taken in.",
        ],
        &["#|", ":::", "{.", "secret", "fig-cap", "{<"],
    );
    assert_eq!(
        set["a.qmd"]
            .sections
            .last()
            .and_then(|section| section.anchor.as_deref()),
        Some("sec-part")
    );
}

#[test]
fn obsidian() {
    let set = documents(&[
        (".obsidian/app.json", "{}"),
        (
            "Home.md",
            "# Home\n\nSee [[Sync notes|syncing]], [[Sync notes#The limits]], [[deep/Page]] and [[#Home]]. ==Important==. %%secret%%\n\n![[Sync notes]] ![[a.png|A flow]] ![[b.png|300]]\n\n> [!warning]- Careful\n> Hot.\n\nA block. ^block-1\n\n%%\nhidden\n\nblock\n%%\n\n`[[ -f x ]]` and [[1]](x.md).\n\n```dataview\nLIST\n```\n",
        ),
        (
            "notes/Sync notes.md",
            "All about sync.\n\n## The limits\n\n10 GB.\n",
        ),
    ]);
    let home = &set["Home.md"];
    holds(
        home,
        &[
            "[syncing](<Sync notes.md>)",
            "[Sync notes > The limits](<Sync notes.md#the-limits>)",
            "[deep/Page](/deep/Page.md)",
            "[Home](#home)",
            "Important.",
            "A flow",
            "> **Careful:**\n> Hot.",
            "A block.",
            "`[[ -f x ]]`",
        ],
        &[
            "secret", "hidden", "300", "==", "^block", "![[", "%%", "dataview", "LIST",
        ],
    );
    let destinations: Vec<_> = home
        .links
        .iter()
        .map(|link| link.destination.as_str())
        .collect();
    assert!(destinations.contains(&"Sync notes.md"), "{destinations:?}");
}

#[test]
fn mdx() {
    let set = documents(&[
        ("docusaurus.config.js", "module.exports = {}"),
        (
            "docs/a.mdx",
            "---\ntitle: A\n---\nimport Steps from '@site/docs/_partials/_steps.mdx';\nimport Note from './_note.md';\nimport raw from '!!raw-loader!./run.sh';\nimport CodeBlock from '@theme/CodeBlock';\nimport {Card} from '@x/y';\n\nexport const version = '4.2';\n\n<Steps />\n\n<Note name=\"the server\" />\n\n<CodeBlock language=\"bash\" title=\"run.sh\">{raw}</CodeBlock>\n\n<CodeBlock language=\"bash\">\n{`npm install\nnpm start`}\n</CodeBlock>\n\nVersion {version}, {`of ${version}`}, {frontMatter.title}.{/* hidden */}\n\n<Card\n  title=\"Start\"\n  href=\"/start\"\n  description=\"The first steps\"\n/>\n\n<Tabs items={['npm', 'yarn']}>\n  <Tab>\n    With npm.\n  </Tab>\n  <Tab>\n    With yarn.\n  </Tab>\n</Tabs>\n\n## GET /users/\\{id\\}\n\nOne.\n",
        ),
        (
            "docs/b.md",
            "# B\n\n<Tabs>\n  <TabItem value=\"a\" label=\"Apple\">\n    Indented apple text.\n\n    - item\n\n      more of it\n\n    <Tabs><TabItem value=\"x\" label=\"Intel\">Intel text</TabItem></Tabs>\n  </TabItem>\n  <TabItem value=\"pear\">\n    ```sh\n    pear\n    ```\n  </TabItem>\n</Tabs>\n\nA {name} stays.\n",
        ),
        (
            "docs/_partials/_steps.mdx",
            "import Inner from './_inner.mdx';\n\n1. Log in. %%hidden%%\n2. Press deploy.\n\n<Inner/>\n",
        ),
        ("docs/_partials/_inner.mdx", "Inner text. <!-- hidden -->\n"),
        ("docs/_note.md", "A note on {props.name}.\n"),
        ("docs/run.sh", "echo raw\n"),
    ]);
    holds(
        &set["docs/a.mdx"],
        &[
            "1. Log in.",
            "2. Press deploy.",
            "Inner text.",
            "A note on the server.",
            "`run.sh`\n\n```bash\necho raw\n```",
            "```bash\nnpm install\nnpm start\n```",
            "Version 4.2, of 4.2, A.",
            "[Start](/start)",
            "The first steps",
            "**npm**\n\nWith npm.",
            "**yarn**\n\nWith yarn.",
        ],
        &["import", "export", "hidden", "<", "props"],
    );
    assert_eq!(
        set["docs/a.mdx"]
            .sections
            .last()
            .and_then(|section| section.headings.first())
            .map(String::as_str),
        Some("GET /users/{id}")
    );
    holds(
        &set["docs/b.md"],
        &[
            "**Apple**\n\nIndented apple text.\n\n- item",
            "**Intel** Intel text",
            "**pear**\n\n```sh\npear\n```",
            "A {name} stays.",
        ],
        &["<", "    Indented"],
    );
}

#[test]
fn mintlify_and_astro() {
    let set = documents(&[
        (
            "docs.json",
            "{\"name\": \"X\", \"navigation\": {\"pages\": [\"a\"]}}",
        ),
        (
            "a.mdx",
            "---\ntitle: A\n---\nimport { Content as Intro } from \"./snippets/intro.mdx\";\n\n<Intro />\n\n<Snippet file=\"end.mdx\" />\n\n<Code code=\"run --now\" lang=\"sh\" title=\"now.sh\" />\n\n<Steps>\n  <Step title=\"One\">\n    Do it.\n\n    ```sh\n    run\n      deep\n    ```\n  </Step>\n</Steps>\n\n<Accordion title=\"Why\" description=\"In short\">\n  Because.\n</Accordion>\n",
        ),
        ("snippets/intro.mdx", "The beginning.\n"),
        ("snippets/end.mdx", "The end.\n"),
    ]);
    holds(
        &set["a.mdx"],
        &[
            "The beginning.",
            "The end.",
            "`now.sh`\n\n```sh\nrun --now\n```",
            "**One**\n\nDo it.\n\n```sh\nrun\n  deep\n```",
            "**Why**",
            "In short",
            "Because.",
        ],
        &["import", "<", "Snippet"],
    );
}

#[test]
fn attributes_of_components_are_text() {
    let set = documents(&[(
        "a.mdx",
        "# Create\n\n<ParamField body=\"name\" type=\"string\" required>\n  The name.\n</ParamField>\n\n<ParamField query=\"limit\" type=\"integer\" default=\"10\">\n  How many.\n</ParamField>\n\n<ResponseField name=\"id\" type=\"string\" required={true}>\n  The id.\n</ResponseField>\n\n<LinkCard href=\"/x/\" title=\"astro-d2\" description=\"Draws diagrams.\" />\n\n<Image src={img} alt=\"Flow chart\" />\n\n<Frame caption=\"A screen\"><img src=\"a.png\" alt=\"The screen\" /></Frame>\n\nAn <Tooltip tip=\"Application interface\">API</Tooltip> and <Link to=\"/y\">a link</Link> <Badge text=\"New\" />.\n\n<CodeGroup>\n```js Node\nrun()\n```\n```py Python 3 wrap\nrun()\n```\n</CodeGroup>\n\n<Update label=\"June\" description=\"v1\">\n  Changes.\n</Update>\n\n<FileTree>\n<FileTree.Folder name=\"src\">\n<FileTree.File name=\"a.js\" />\n</FileTree.Folder>\n</FileTree>\n\n<Icon name=\"hidden-icon\" />\n<Aside type=\"caution\" title=\"Hot\">Mind it.</Aside>\n<Card title=\"Plain\" icon=\"hidden-icon\">Body.</Card>\n",
    )]);
    holds(
        &set["a.mdx"],
        &[
            "name (string, required)",
            "limit (integer, default: 10)",
            "id (string, required)",
            "[astro-d2](/x/)",
            "Draws diagrams.",
            "Flow chart",
            "A screen",
            "The screen",
            "API (Application interface)",
            "[a link](/y)",
            "New.",
            "`Node`\n\n```js",
            "`Python 3`\n\n```py",
            "**June**",
            "v1",
            "`src`",
            "`a.js`",
            "**Hot:**\n\nMind it.",
            "**Plain**\n\nBody.",
        ],
        &["hidden-icon", "<", "wrap"],
    );
}

#[test]
fn vitepress_docsify_and_azure() {
    let set = documents(&[
        (
            "a.md",
            "---\ntitle: A\nver: 2.1\n---\n# {{ $frontmatter.title }} {{ $frontmatter.ver }}\n\n::: code-group\n```js [a.js]\nx\n```\n:::\n\n<!--@include: ./part.md-->\n\n!> Careful.\n\n?> Hint.\n\n[x](part.md ':include')\n\n::: mermaid\ngraph TD\n:::\n\n[[_TOC_]]\n\nEnd.\n",
        ),
        ("part.md", "Part text.\n"),
    ]);
    holds(
        &set["a.md"],
        &[
            "# A 2.1",
            "`a.js`",
            "> **Warning:** Careful.",
            "> **Tip:** Hint.",
            "```mermaid\ngraph TD\n```",
            "End.",
        ],
        &[":::", "TOC", "@include", ":include", "$frontmatter"],
    );
    assert_eq!(text(&set["a.md"]).matches("Part text.").count(), 2);
}

#[test]
fn a_section_read_alone_has_its_links_and_footnotes() {
    let set = documents(&[(
        "a.md",
        "# A\n\nIntro[^1].\n\n## Setup\n\nUse [pipelines] and [the guide][guide] first.[^1] ![alt][pic]\n\n## End\n\nBye.\n\n[guide]: https://example.org/guide \"Title\"\n[pipelines]: ./pipe.md\n[pic]: a.png\n[^1]: Only on Linux, see [guide].\n",
    )]);
    let sections = &set["a.md"].sections;
    assert!(
        sections[0]
            .markdown
            .contains("[^1]: Only on Linux, see [guide](https://example.org/guide).")
    );
    let setup = &sections[1].markdown;
    for part in [
        "[pipelines](./pipe.md)",
        "[the guide](https://example.org/guide)",
        "![alt](a.png)",
        "[^1]: Only on Linux",
    ] {
        assert!(setup.contains(part), "{part}: {setup}");
    }
    assert_eq!(sections[2].markdown, "## End\n\nBye.");
}

#[test]
fn parts_of_words_that_may_be_parted_are_one_word() {
    let words = "Kompo&shy;nenten, Kompo\u{ad}nenten, Kompo&#173;nenten, Kompo&#xAD;nenten, Kompo<wbr>nenten, Kompo\u{200b}nenten, Kompo&ZeroWidthSpace;nenten";
    for (path, page) in [
        (
            "a.md",
            format!("---\ntitle: Kompo&shy;nenten\n---\n{words}\n"),
        ),
        (
            "a.html",
            format!(
                "<!DOCTYPE html><title>Kompo&shy;nenten</title><main><h1>Kompo&shy;nenten</h1><p>{words}</main>"
            ),
        ),
        (
            "a.adoc",
            format!("= Kompo&shy;nenten\n\n{}\n", words.replace("<wbr>", "")),
        ),
        (
            "a.rst",
            "Kompo\u{ad}nenten\n===============\n\nKompo\u{ad}nenten Kompo\u{200b}nenten\n"
                .to_owned(),
        ),
        (
            "a.txt",
            "Kompo\u{ad}nenten Kompo\u{200b}nenten\n".to_owned(),
        ),
    ] {
        let set = documents(&[(path, &page)]);
        let document = &set[path];
        let shown = text(document);
        for word in shown
            .split([',', ' ', '\n'])
            .filter(|word| word.starts_with("Kompo"))
        {
            assert_eq!(word, "Komponenten", "{path}: {shown}");
        }
        assert!(
            path.ends_with("txt") || document.title == "Komponenten",
            "{path}: {}",
            document.title
        );
    }
}

#[test]
fn what_hugo_shows_on_another_page_has_its_address() {
    let set = documents(&[
        ("hugo.toml", "title = \"X\"\n"),
        ("gates/index.md", "---\ntitle: Gates\n---\nAll of them.\n"),
        (
            "gates/AppArmor.md",
            "---\ntitle: AppArmor\n_build:\n  list: never\n  render: false\n---\nTurns AppArmor on.\n",
        ),
        (
            "gates/Draft.md",
            "---\ntitle: D\ndraft: true\n---\nHidden.\n",
        ),
    ]);
    let gate = &set["gates/AppArmor.md"];
    assert_eq!(gate.title, "AppArmor");
    assert_eq!(gate.permalink.as_deref(), Some("."));
    assert!(gate.aliases.iter().all(|alias| alias != "."));
    assert!(!set.contains_key("gates/Draft.md"));
}

/// Each of these would be quadratic, or deep, in a careless converter.
#[test]
fn hostile_markdown_is_read_in_time() {
    let many = 100_000;
    for (path, page) in [
        ("a.mdx", "<Card title=\"x\" href=\"y\">".repeat(many)),
        ("a.mdx", "<Tabs items={['a']}><Tab>".repeat(many / 4)),
        (
            "a.mdx",
            "import A from './a.mdx'\n".to_owned() + &"<A/>".repeat(many),
        ),
        ("a.mdx", "<CodeBlock>{`".repeat(many)),
        ("a.md", "[[a|b]] ".repeat(many)),
        ("a.md", "[[".repeat(many)),
        ("a.md", "==a".repeat(many)),
        ("a.md", "==a== ".repeat(many)),
        ("a.md", "{ref}`a` ".repeat(many)),
        ("a.md", "{a}`".repeat(many)),
        ("a.md", "[](a.md) ".repeat(many)),
        ("a.md", "[a]".repeat(many) + "\n\n[a]: b\n"),
        ("a.md", "[^a] ".repeat(many) + "\n\n[^a]: b\n"),
        ("a.md", "::: a.b\n    options:\n".repeat(many)),
        ("a.md", "# [a](#tab/b)\n".repeat(many)),
        ("a.md", "[!INCLUDE [".repeat(many)),
        ("a.md", "# x {#a}\n".repeat(many)),
        ("a.md", "{{ a | b }} ".repeat(many)),
    ] {
        let started = std::time::Instant::now();
        let set = documents(&[(path, &page)]);
        assert!(set.len() <= 1);
        let took = started.elapsed();
        assert!(took.as_secs() < 60, "{took:?} for {}", &page[..30]);
    }
}
