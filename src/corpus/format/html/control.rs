//! What readers press to see a part of a page: tabs, accordions, labels of switches, buttons.

use std::collections::{HashMap, HashSet};

use html5ever::local_name;

use super::measure::Measure;
use super::spans::plain_text;
use super::tree::{Data, NodeId, ROOT, Tree};

/// How far a panel may be from its control, in nodes.
const NEAR: usize = 200;
/// Siblings that a control's panel, or a field's label, is looked for among.
const BESIDE: usize = 8;

/// The controls of a page, and what each shows.
#[derive(Default)]
pub(super) struct Controls {
    /// The control that shows a panel.
    of_panel: HashMap<NodeId, NodeId>,
    /// Controls whose words are written before their panel, not where they stand.
    moved: HashSet<NodeId>,
    /// Labels of fields to type into or choose from.
    of_fields: HashSet<NodeId>,
}

impl Controls {
    pub(super) fn of(tree: &Tree) -> Self {
        let mut controls = Self::default();
        let nodes = tree.descendants(ROOT);
        let found: Vec<NodeId> = nodes.filter(|&node| is_control(tree, node)).collect();
        if found.is_empty() {
            return controls;
        }
        let mut ids: HashMap<&str, NodeId> = HashMap::new();
        for node in tree.descendants(ROOT) {
            if let Some(id) = tree.id_of(node) {
                ids.entry(id).or_insert(node);
            }
        }
        let mut labels = Vec::new();
        for control in found {
            if *tree.name(control) != local_name!("label") {
                if let Some(panel) = panel_of(tree, control, &ids) {
                    controls.add(tree, panel, control);
                }
                continue;
            }
            match field_of(tree, control, &ids) {
                Some(Field::Switch) => labels.push(control),
                Some(Field::Value) => {
                    controls.of_fields.insert(control);
                }
                None => {}
            }
        }
        controls.strips(tree, &labels);
        controls
    }

    /// The control of a panel, whose words stand before it.
    pub(super) fn named_before(&self, panel: NodeId) -> Option<NodeId> {
        let control = self.of_panel.get(&panel)?;
        self.moved.contains(control).then_some(*control)
    }

    /// The control that shows a panel.
    pub(super) fn of_panel(&self, panel: NodeId) -> Option<NodeId> {
        self.of_panel.get(&panel).copied()
    }

    /// Whether the control's words are written elsewhere.
    pub(super) fn is_moved(&self, control: NodeId) -> bool {
        self.moved.contains(&control)
    }

    /// Whether a label's words are the text's, and stand where it stands.
    pub(super) fn is_label_read(&self, tree: &Tree, label: NodeId) -> bool {
        !self.moved.contains(&label)
            && !self.of_fields.contains(&label)
            && !is_within(tree, label, "form")
    }

    /// Whether a button's words are the text's: of a heading, a sentence or a table, not of a tool.
    pub(super) fn is_button_read(&self, tree: &Tree, button: NodeId, own: &Measure) -> bool {
        if self.moved.contains(&button) {
            return false;
        }
        if own.headings + own.blocks > 0 {
            return true;
        }
        let tool = tree.classes(button).any(|class| {
            let class = class.to_ascii_lowercase();
            [
                "copy", "clip", "search", "menu", "theme", "nav", "close", "feedback", "edit",
            ]
            .iter()
            .any(|word| class.contains(word))
        });
        let mut child = button;
        for above in tree.ancestors(button).take(BESIDE) {
            let name = &**tree.name(above);
            if matches!(name, "pre" | "code" | "nav" | "header" | "form") {
                return false;
            }
            let beside = tree.children(above).filter(|&other| other != child);
            let text = beside
                .take(NEAR)
                .any(|other| tree.text(other).is_some_and(has_words));
            if text {
                return !tool;
            }
            match name {
                "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "summary" | "dt" => {
                    return !tool || plain_words(tree, above) == plain_words(tree, button);
                }
                "td" | "th" | "dd" => return !tool,
                "p" | "li" | "div" | "section" | "main" | "article" | "body" => break,
                _ => child = above,
            }
        }
        // A question that opens its answer, rather than the name of a tool.
        !tool && plain_words(tree, button).split_whitespace().count() >= 5
    }

    fn add(&mut self, tree: &Tree, panel: NodeId, control: NodeId) {
        let heading = tree.ancestors(control).take(BESIDE).any(|above| {
            matches!(
                &**tree.name(above),
                "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "summary" | "dt"
            )
        }) || matches!(
            &**tree.name(control),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "summary" | "dt"
        );
        if tree.ancestors(control).any(|above| above == panel)
            || !has_words(&plain_words(tree, control))
        {
            return;
        }
        self.of_panel.entry(panel).or_insert(control);
        if !heading {
            self.moved.insert(control);
        }
    }

    /// Labels of switches: each before its panel, or all in a row before all of theirs.
    fn strips(&mut self, tree: &Tree, labels: &[NodeId]) {
        let mut at = 0;
        while at < labels.len() {
            let first = labels[at];
            // The labels that follow directly, with nothing but fields between.
            let mut row = vec![first];
            while let Some(next) = labels.get(at + row.len()).copied() {
                let last = row[row.len() - 1];
                if next_part(tree, last, true) != Some(next) {
                    break;
                }
                row.push(next);
            }
            at += row.len();
            let last = row[row.len() - 1];
            let after = next_part(tree, last, false);
            let panels = match (after, row.len()) {
                (Some(panel), 1) => vec![panel],
                (Some(panel), count) => side_by_side(tree, panel, count),
                (None, 1) => continue,
                (None, count) => {
                    let strip = tree.parent(last);
                    let after = strip.and_then(|strip| next_part(tree, strip, false));
                    after.map_or_else(Vec::new, |panel| side_by_side(tree, panel, count))
                }
            };
            if panels.len() == row.len() {
                for (panel, label) in panels.into_iter().zip(row) {
                    self.add(tree, panel, label);
                }
            }
        }
    }
}

/// As many panels as there are labels: this and those after it, or the parts of this.
fn side_by_side(tree: &Tree, first: NodeId, count: usize) -> Vec<NodeId> {
    let elements = |node: &NodeId| matches!(tree.data(*node), Data::Element(..));
    let within: Vec<NodeId> = tree
        .children(first)
        .filter(elements)
        .take(count + 1)
        .collect();
    if within.len() == count {
        return within;
    }
    let mut panels = vec![first];
    while panels.len() < count {
        let Some(next) = next_part(tree, panels[panels.len() - 1], false) else {
            break;
        };
        panels.push(next);
    }
    panels
}

enum Field {
    /// Shows and hides.
    Switch,
    /// Takes a value.
    Value,
}

fn field_of(tree: &Tree, label: NodeId, ids: &HashMap<&str, NodeId>) -> Option<Field> {
    let kind = |node: NodeId| match &**tree.name(node) {
        "input" => match tree.attribute(node, &local_name!("type")) {
            Some("radio" | "checkbox") => Some(Field::Switch),
            _ => Some(Field::Value),
        },
        "select" | "textarea" => Some(Field::Value),
        _ => None,
    };
    let named = tree
        .attribute(label, &local_name!("for"))
        .and_then(|id| ids.get(id));
    let within = || tree.descendants(label).take(BESIDE).find_map(kind);
    named.and_then(|&field| kind(field)).or_else(within)
}

fn is_control(tree: &Tree, node: NodeId) -> bool {
    let Data::Element(name, attributes) = tree.data(node) else {
        return false;
    };
    match &*name.local {
        "label" | "button" => return true,
        "input" | "body" | "html" | "nav" => return false,
        "a" if leads_to_tab(tree, node) => return true,
        _ => {}
    }
    attributes.iter().any(|a| match &*a.name.local {
        "onclick" | "aria-controls" | "aria-expanded" | "data-target" | "data-bs-target"
        | "data-toggle" | "data-bs-toggle" | "popovertarget" => true,
        "role" => matches!(&*a.value, "tab" | "button"),
        "class" => a.value.split_ascii_whitespace().any(opens) && is_pressed(tree, node),
        _ => false,
    })
}

/// Whether an element of such a class is the thing to press, rather than all that it opens: `.toggle-wrapper` around a section.
fn is_pressed(tree: &Tree, node: NodeId) -> bool {
    let mut within = tree.descendants(node).take(NEAR);
    within.all(|below| {
        !matches!(
            &**tree.name(below),
            "p" | "pre" | "ul" | "ol" | "dl" | "table" | "section"
        )
    })
}

/// Classes of what is pressed to see what follows it. Asked of each class of a page.
fn opens(class: &str) -> bool {
    let accordion = class.split_once("ccordion").map(|(_, rest)| rest);
    accordion.is_some_and(|rest| {
        rest.is_empty() || ["-h", "-t", "-b"].iter().any(|part| rest.starts_with(part))
    }) || ["ollapsible", "xpander", "oggle"]
        .iter()
        .any(|word| class.contains(word))
}

/// A link in a strip of tabs.
fn leads_to_tab(tree: &Tree, link: NodeId) -> bool {
    let to = tree.attribute(link, &local_name!("href"));
    to.is_some_and(|to| to.len() > 1 && to.starts_with('#'))
        && tree.ancestors(link).take(3).any(|above| {
            matches!(&**tree.name(above), "ul" | "ol" | "div")
                && tree.classes(above).any(|class| {
                    class.contains("tabs") && !class.starts_with("md-") || class == "nav-pills"
                })
        })
}

/// What a control that is no label shows.
fn panel_of(tree: &Tree, control: NodeId, ids: &HashMap<&str, NodeId>) -> Option<NodeId> {
    let mut named = None;
    let mut link = None;
    let mut toggles = leads_to_tab(tree, control);
    for attribute in tree.attributes(control) {
        let value = &*attribute.value;
        match &*attribute.name.local {
            "aria-controls" | "popovertarget" => {
                named = value.split_ascii_whitespace().next().or(named);
            }
            "data-target" | "data-bs-target" => named = value.strip_prefix('#').or(named),
            "data-toggle" | "data-bs-toggle" => toggles |= value != "dropdown",
            "href" => link = value.strip_prefix('#'),
            _ => {}
        }
    }
    let named = named
        .or(link.filter(|_| toggles))
        .and_then(|id| ids.get(id));
    // `openTab(event, 'linux')`
    let called = || {
        let mut attributes = tree.attributes(control).iter();
        let script = attributes.find(|a| &*a.name.local == "onclick")?;
        let mut words = script.value.split(['\'', '"']).take(BESIDE);
        words.find_map(|word| ids.get(word.trim_start_matches('#')))
    };
    let named = named.or_else(|| called().filter(|&&panel| is_panel(tree, panel)));
    if let Some(&panel) = named {
        let heading = matches!(&**tree.name(panel), "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
        return (!heading && !is_within(tree, control, "nav")).then_some(panel);
    }
    // What follows the control, or the heading or row that holds nothing else.
    let mut node = control;
    for _ in 0..3 {
        if let Some(next) = next_part(tree, node, false) {
            return is_panel(tree, next).then_some(next);
        }
        let parent = tree.parent(node)?;
        let alone = tree
            .before(node)
            .take(BESIDE)
            .all(|before| tree.name(before).is_empty());
        if !alone
            || !matches!(
                &**tree.name(parent),
                "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "div" | "p" | "span"
            )
            || tree.children(parent).take(BESIDE).count() >= BESIDE
        {
            return None;
        }
        node = parent;
    }
    None
}

/// Whether an element looks like what a control before it shows.
pub(super) fn is_panel(tree: &Tree, node: NodeId) -> bool {
    let block = matches!(
        &**tree.name(node),
        "div" | "section" | "p" | "ul" | "ol" | "dd" | "article" | "pre" | "table"
    );
    block
        && tree.attributes(node).iter().any(|a| match &*a.name.local {
            "hidden" => true,
            "class" => a.value.split_ascii_whitespace().any(|class| {
                let class = class.to_ascii_lowercase();
                [
                    "panel",
                    "collaps",
                    "accordion",
                    "answer",
                    "content",
                    "body",
                    "expand",
                    "toggle",
                ]
                .iter()
                .any(|word| class.contains(word))
            }),
            "role" => &*a.value == "region",
            "style" => super::super::style::hides(&a.value),
            _ => false,
        })
}

/// The next element beside one, without the fields between; `None` behind words, and, where labels
/// are looked for, behind all else.
fn next_part(tree: &Tree, node: NodeId, label: bool) -> Option<NodeId> {
    for next in tree.after(node).take(BESIDE) {
        match tree.data(next) {
            Data::Text(text) if has_words(text) => return None,
            Data::Element(name, _) => match &*name.local {
                "input" | "br" | "style" | "script" => {}
                "label" => return label.then_some(next),
                _ => return (!label).then_some(next),
            },
            _ => {}
        }
    }
    None
}

fn is_within(tree: &Tree, node: NodeId, name: &str) -> bool {
    tree.ancestors(node)
        .any(|above| &**tree.name(above) == name)
}

/// The words of an element, of which few are enough.
fn plain_words(tree: &Tree, node: NodeId) -> String {
    if tree.descendants(node).take(NEAR).count() == NEAR {
        return String::new();
    }
    plain_text(tree, node)
}

fn has_words(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}
