//! The tool `report`: an assistant tells the documentation team that a page is wrong, out of date or missing. One line in the log, and no
//! more than a few an hour from one address. Only where the operator asks for it.

use super::{
    arguments::{ArgumentError, Arguments},
    asker::{Asker, Pseudonym},
    line::one_line,
    reply::Reply,
};
use crate::{auth::masked, search::Snapshot};
use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

pub(super) const NAME: &str = "report";
const KINDS: [&str; 3] = ["wrong", "stale", "missing"];
/// Characters of what is said.
const MAX_TEXT: usize = 500;
/// Reports in an hour, from one address and from all.
const OF_ONE: u32 = 10;
const OF_ALL: u32 = 200;
const HOUR: Duration = Duration::from_secs(60 * 60);

/// The tool as clients see it.
pub(super) fn definition() -> Tool {
    let schema = json!({
        "type": "object",
        "properties": {
            "kind": {
                "type": "string", "enum": KINDS,
                "description": "What is the matter: the page is wrong, it is out of date, or there is none.",
            },
            "text": {
                "type": "string", "maxLength": MAX_TEXT,
                "description": "What is wrong or missing, in a sentence or two. Nothing about the user.",
            },
            "id": {
                "type": "string",
                "description": "The page that it is about, by its id; left out where there is none.",
            },
        },
        "required": ["kind", "text"],
    });
    let schema = match schema {
        Value::Object(schema) => schema,
        _ => JsonObject::new(),
    };
    let title = "Report a fault of the documentation";
    let annotations = ToolAnnotations::with_title(title)
        .read_only(false)
        .destructive(false)
        .idempotent(false)
        .open_world(false);
    let description = "Tells the people who write this documentation that a page is wrong, out of date or missing, where \
                       that has turned out while answering. They read it; nothing is changed by it.";
    Tool::new(NAME, description, Arc::new(schema))
        .with_title(title)
        .with_annotations(annotations)
}

/// How many were taken in the hour, from whom.
#[derive(Debug, Default)]
pub(super) struct Reports(Mutex<Option<(Instant, Table)>>);

#[derive(Debug, Default)]
struct Table {
    all: u32,
    of: HashMap<Option<Pseudonym>, u32>,
}

impl Reports {
    /// Whether one more is taken; bounded, as there are no more addresses than reports.
    fn admit(&self, address: Option<Pseudonym>) -> bool {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept
            .as_ref()
            .is_none_or(|(since, _)| since.elapsed() > HOUR)
        {
            *kept = Some((Instant::now(), Table::default()));
        }
        let Some((_, table)) = &mut *kept else {
            return false;
        };
        if table.all >= OF_ALL {
            return false;
        }
        let own = table.of.entry(address).or_default();
        if *own >= OF_ONE {
            return false;
        }
        *own += 1;
        table.all += 1;
        true
    }

    /// Takes a report, and writes it into the log.
    pub(super) fn take(&self, arguments: &Arguments, asker: &Asker, snapshot: &Snapshot) -> Reply {
        let report = match read(arguments) {
            Ok(report) => report,
            Err(error) => return Reply::error(error.to_string()),
        };
        let Some(kind) = KINDS
            .into_iter()
            .find(|kind| report.kind.eq_ignore_ascii_case(kind))
        else {
            return Reply::error("`kind` should be `wrong`, `stale` or `missing`.\n".to_owned());
        };
        // A page that there is, by its own name; of any other text no more than a line.
        let page = report.id.map(|id| match snapshot.page(&id) {
            Ok(Some(page)) => one_line(&page.page.id(), 200),
            _ => masked(&one_line(&id, 200)),
        });
        if !self.admit(asker.address) {
            return Reply::error(
                "There are as many reports as are taken in an hour. The user can tell the documentation team.\n".to_owned(),
            );
        }
        tracing::info!(
            target: "docent::report",
            kind,
            page,
            text = masked(&one_line(&report.text, MAX_TEXT)),
            client = asker.client,
            protocol = asker.protocol,
            endpoint = asker.endpoint.as_str(),
            address = asker.address.map(tracing::field::display),
            audience = asker.audience(),
            key = asker.key(),
        audience = asker.audience(),
        key = asker.key(),
            "report"
        );
        Reply::text(
            "Thank you: the documentation team will find it in its log.\n".to_owned(),
            0,
        )
    }
}

struct Report {
    kind: String,
    text: String,
    id: Option<String>,
}

fn read(arguments: &Arguments) -> Result<Report, ArgumentError> {
    Ok(Report {
        kind: arguments.required("kind", "`wrong`, `stale` or `missing`.")?,
        text: arguments.required("text", "what is wrong or missing.")?,
        id: arguments.text("id")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_has_a_few_an_hour_and_all_have_a_bound() {
        let reports = Reports::default();
        let address = |last: u8| Some(Pseudonym::of([192, 0, 2, last].into()));
        for _ in 0..OF_ONE {
            assert!(reports.admit(address(1)));
        }
        assert!(!reports.admit(address(1)));
        let taken = (2..=255).flat_map(|last| [last; OF_ONE as usize]);
        let taken = taken.filter(|last| reports.admit(address(*last))).count();
        assert_eq!(taken, (OF_ALL - OF_ONE) as usize);
        assert!(!reports.admit(None));
    }
}
