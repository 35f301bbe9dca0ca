//! The document sets: whether the service can read what it is to serve.

use std::path::Path;

use serde_json::{Value, json};

use crate::config::{DocSet, PathFault, Settings, readable_root};

use super::section::{Health, Section};

/// How the documents of a configuration stand.
pub(super) fn section(config: &Path) -> Section {
    let mut section = Section::new("documents");
    let settings = match Settings::load(config) {
        Ok(settings) => settings,
        Err(error) => {
            let fault = format!("{:#}", anyhow::Error::from(error));
            section.finding(Health::Broken, fault, None);
            section.field("documents", Value::Null);
            return section;
        }
    };
    let mut sets = Vec::new();
    for set in &settings.docs {
        let fault = readable_root(&set.root).err();
        section.line(set.name.as_str(), set.root.display().to_string());
        sets.push(json!({
            "name": set.name,
            "path": set.root.display().to_string(),
            "problem": fault.as_ref().map(fault_text),
        }));
        if let Some(fault) = fault {
            judge(set, &fault, &mut section);
        }
    }
    section.field("documents", sets);
    section
}

fn judge(set: &DocSet, fault: &PathFault, section: &mut Section) {
    let message = format!("the documents of `{}`: {}", set.name, fault_text(fault));
    section.finding(Health::Broken, message, fault.help());
}

fn fault_text(fault: &PathFault) -> String {
    match std::error::Error::source(fault) {
        Some(cause) => format!("{fault}: {cause}"),
        None => fault.to_string(),
    }
}
