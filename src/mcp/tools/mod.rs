//! The tools that assistants call.

mod browse;
mod definition;
mod read;
mod search;

use rmcp::model::Tool;

use super::{arguments::Arguments, fence::Fence, reply::Reply};
use crate::search::{SetSummary, Snapshot};

/// What a call came to.
pub(super) struct Outcome {
    /// The words or the page that were asked for, for the log.
    pub(super) asked: String,
    pub(super) reply: Reply,
}

/// `search`, `read` and `browse`, in this order.
pub(super) fn definitions(sets: &[SetSummary]) -> Vec<Tool> {
    vec![
        search::definition(sets),
        read::definition(),
        browse::definition(sets),
    ]
}

/// Runs a tool; `None` where there is none of this name.
pub(super) fn call(
    name: &str,
    arguments: &Arguments,
    snapshot: &Snapshot,
    fence: &Fence,
) -> Option<Outcome> {
    let (asked, reply) = match name {
        "search" => match search::Call::parse(arguments, snapshot.sets()) {
            Ok(call) => {
                let reply = call.run(snapshot, fence);
                (call.query.text, reply)
            }
            Err(reply) => (String::new(), reply),
        },
        "read" => match read::Call::parse(arguments) {
            Ok(call) => {
                let reply = call.run(snapshot, fence);
                (call.id, reply)
            }
            Err(error) => (String::new(), Reply::error(error.to_string())),
        },
        "browse" => match browse::Call::parse(arguments) {
            Ok(call) => (String::new(), call.run(snapshot, fence)),
            Err(error) => (String::new(), Reply::error(error.to_string())),
        },
        _ => return None,
    };
    Some(Outcome { asked, reply })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sets(number: usize) -> Vec<SetSummary> {
        let set = |at| SetSummary {
            name: format!("set-{at}"),
            description: None,
            pages: 10 + at,
            sections: 100,
            topics: Vec::new(),
        };
        (0..number).map(set).collect()
    }

    #[test]
    fn tools_carry_title_annotations_and_the_real_sets() {
        let tools = definitions(&sets(2));
        let names: Vec<&str> = tools.iter().map(|tool| tool.name.as_ref()).collect();
        assert_eq!(names, ["search", "read", "browse"]);
        for tool in &tools {
            let hints = tool.annotations.as_ref().unwrap();
            assert_eq!(hints.read_only_hint, Some(true));
            assert_eq!(hints.destructive_hint, Some(false));
            assert_eq!(hints.idempotent_hint, Some(true));
            assert_eq!(hints.open_world_hint, Some(false));
            assert!(tool.title.is_some() && tool.output_schema.is_none());
            assert!(!tool.description.as_ref().unwrap().contains("MUST"));
        }
        let valid = &tools[0].input_schema["properties"]["set"]["enum"];
        assert_eq!(valid, &json!(["set-0", "set-1"]));
        assert!(
            tools[0]
                .description
                .as_ref()
                .unwrap()
                .contains("`set-1` (11 pages)")
        );
    }
}
