//! What a configuration leaves unsaid and documents propose, for the operator to accept: assistants are told nothing of it
//! before.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::{
    config::{DocSet, Settings},
    corpus::{PrivatePaths, Proposal},
};

/// What could be said of each set that says less.
pub(super) struct Proposals(Vec<Unsaid>);

/// What is not said of a set, and what may be.
struct Unsaid {
    set: String,
    /// Assistants have the name of the set alone.
    is_bare: bool,
    proposal: Proposal,
}

impl Proposals {
    /// For the sets of a configuration. `private`: what docent keeps for itself.
    pub(super) fn of(settings: &Settings, private: &PrivatePaths) -> Self {
        Self(
            settings
                .docs
                .iter()
                .map(|set| unsaid(set, private))
                .collect(),
        )
    }

    /// The lines to add to a configuration.
    pub(super) fn text(&self, settings: &Settings) -> String {
        let mut text = String::new();
        for unsaid in &self.0 {
            let lines = unsaid.lines();
            if !lines.is_empty() {
                let _ = writeln!(
                    text,
                    "Proposed for `{}`, as its files say; add what is right to its [[docs]]:",
                    unsaid.set
                );
                lines
                    .iter()
                    .for_each(|line| text += &format!("    {line}\n"));
            } else if unsaid.is_bare {
                let _ = writeln!(
                    text,
                    "Assistants are told the name of `{}` and no more: say in its [[docs]] what it is about, with `description`",
                    unsaid.set
                );
            }
        }
        let site = &settings.site;
        if settings.docs.len() > 1 && site.title.is_none() && site.description.is_none() {
            text += "Nothing says whose documentation this is: `title` and `description` in [site] do\n";
        }
        text
    }

    /// For each set, in their order.
    pub(super) fn json(&self) -> impl Iterator<Item = Value> {
        self.0.iter().map(|unsaid| {
            let Proposal {
                title,
                description,
                base_url,
                ..
            } = &unsaid.proposal;
            json!({ "title": title, "description": description, "base_url": base_url })
        })
    }
}

impl Unsaid {
    fn lines(&self) -> Vec<String> {
        let Proposal {
            title,
            description,
            base_url,
            ..
        } = &self.proposal;
        let keys = [
            ("title", title),
            ("description", description),
            ("base_url", base_url),
        ];
        let said = keys.into_iter().filter_map(|(key, value)| {
            let value = toml::Value::String(value.clone()?);
            Some(format!("{key} = {value}"))
        });
        said.collect()
    }
}

fn unsaid(set: &DocSet, private: &PrivatePaths) -> Unsaid {
    let is_said = set.title.is_some() && set.description.is_some() && set.base_url.is_some();
    let mut proposal = match is_said {
        true => Proposal::default(),
        false => Proposal::of(set, private),
    };
    for (said, proposed) in [
        (&set.title, &mut proposal.title),
        (&set.description, &mut proposal.description),
        (&set.base_url, &mut proposal.base_url),
    ] {
        if said.is_some() {
            *proposed = None;
        }
    }
    // A title that is the name says nothing new.
    proposal.title.take_if(|title| *title == set.name);
    Unsaid {
        set: set.name.clone(),
        is_bare: set.title.is_none() && set.description.is_none() && set.topics.is_empty(),
        proposal,
    }
}
