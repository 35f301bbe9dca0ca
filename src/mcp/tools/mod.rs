//! The tools that assistants call.

mod browse;
mod chatgpt;
mod definition;
mod read;
mod search;

use rmcp::model::Tool;

use super::{
    about::About, arguments::Arguments, asker::Endpoint, budget::Budget, fence::Fence,
    reply::Reply, sets::Label,
};
use crate::search::Snapshot;

pub(in crate::mcp) use search::plain_query;
pub use search::{Shown, ShownPage, ShownPassage, shown};

/// What a call came to.
pub(super) struct Outcome {
    /// The words or the page that were asked for, for the log.
    pub(super) asked: String,
    pub(super) reply: Reply,
}

/// `search`, `read` and `browse`, in this order.
pub(super) fn definitions(about: &About, sets: &[Label<'_>]) -> Vec<Tool> {
    vec![
        search::definition(about, sets),
        read::definition(),
        browse::definition(sets),
    ]
}

/// The two of `/chatgpt`: `search` and `fetch`.
pub(super) fn chatgpt_definitions(about: &About, sets: &[Label<'_>]) -> Vec<Tool> {
    chatgpt::definitions(about, sets)
}

/// A tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    Search,
    Read,
    Browse,
    /// The `search` of `/chatgpt`.
    ChatGptSearch,
    /// The `fetch` of `/chatgpt`.
    ChatGptFetch,
}

impl Name {
    /// The tools that are called where questions come in.
    pub(super) fn at(endpoint: Endpoint) -> &'static [Self] {
        match endpoint {
            Endpoint::ChatGpt => &[Self::ChatGptSearch, Self::ChatGptFetch],
            _ => &[Self::Search, Self::Read, Self::Browse],
        }
    }

    /// The tool that a client names there, where there is such.
    pub(super) fn parse(endpoint: Endpoint, name: &str) -> Option<Self> {
        let mut tools = Self::at(endpoint).iter().copied();
        tools.find(|tool| tool.as_str() == name)
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Search | Self::ChatGptSearch => "search",
            Self::Read => "read",
            Self::Browse => "browse",
            Self::ChatGptFetch => "fetch",
        }
    }

    /// Whether it looks words up.
    pub(super) fn is_search(self) -> bool {
        matches!(self, Self::Search | Self::ChatGptSearch)
    }
}

/// Runs a tool. `site`: docent's public address, where it is known.
pub(super) fn call(
    name: Name,
    arguments: &Arguments,
    snapshot: &Snapshot,
    site: Option<&str>,
    budget: Budget,
) -> Outcome {
    let fence = &Fence::new();
    let site = site.unwrap_or("http://localhost");
    let (asked, mut reply) = match name {
        Name::Search => match search::Call::parse(arguments, snapshot) {
            Ok(call) => {
                let reply = call.run(snapshot, fence, budget);
                (call.query.text, reply)
            }
            Err(reply) => (String::new(), reply),
        },
        Name::Read => match read::Call::parse(arguments) {
            Ok(call) => {
                let reply = call.run(snapshot, fence, budget);
                (call.ids.join(" "), reply)
            }
            Err(reply) => (String::new(), reply),
        },
        Name::Browse => match browse::Call::parse(arguments) {
            Ok(call) => (String::new(), call.run(snapshot, fence, budget)),
            Err(error) => (String::new(), Reply::error(error.to_string())),
        },
        Name::ChatGptSearch => match chatgpt::Search::parse(arguments) {
            Ok(call) => {
                let reply = call.run(snapshot, site);
                (call.query.text, reply)
            }
            Err(error) => (String::new(), Reply::error(error.to_string())),
        },
        Name::ChatGptFetch => match chatgpt::Fetch::parse(arguments) {
            Ok(call) => {
                let reply = call.run(snapshot, site, fence);
                (call.id, reply)
            }
            Err(error) => (String::new(), Reply::error(error.to_string())),
        },
    };
    if let Some(most) = budget.asked() {
        fence.cut(&mut reply.text, most);
    }
    Outcome { asked, reply }
}

#[cfg(test)]
mod tests {
    use super::super::sets::tests::labelled;
    use super::*;
    use crate::config::DocSet;
    use serde_json::json;

    #[test]
    fn tools_carry_title_annotations_and_the_words_of_the_configuration_alone() {
        let mut sets = labelled(&[DocSet {
            description: Some("All about PostgreSQL".into()),
            topics: vec!["backup".into()],
            ..DocSet::new("pg", "/srv")
        }]);
        sets[0].pages = 1_168;
        sets[0].first_title = Some("From the documents".into());
        sets[0].headlines = vec!["From the documents".into()];
        let about = About {
            title: Some("Lantern".into()),
            description: None,
        };
        let tools = definitions(&about, &Label::of_all(&sets));
        let names: Vec<&str> = tools.iter().map(|tool| tool.name.as_ref()).collect();
        assert_eq!(names, ["search", "read", "browse"]);
        for name in names {
            assert_eq!(Name::parse(Endpoint::Mcp, name).unwrap().as_str(), name);
        }
        for tool in &tools {
            let hints = tool.annotations.as_ref().unwrap();
            assert_eq!(hints.read_only_hint, Some(true));
            assert_eq!(hints.destructive_hint, Some(false));
            assert_eq!(hints.idempotent_hint, Some(true));
            assert_eq!(hints.open_world_hint, Some(false));
            assert!(tool.title.is_some() && tool.output_schema.is_none());
            assert!(!tool.description.as_ref().unwrap().contains("MUST"));
        }
        let described = tools[0].description.as_ref().unwrap();
        assert!(described.starts_with("Searches Lantern and returns"));
        assert!(described.contains("- `pg`: All about PostgreSQL. Topics: backup\n"));
        for tool in [&tools[0], &tools[2]] {
            let set = &tool.input_schema["properties"]["set"];
            assert_eq!(set["type"], "string");
            assert!(set["description"].as_str().unwrap().contains("`pg`"));
            assert!(set.get("enum").is_none());
        }
        let all = serde_json::to_string(&tools).unwrap();
        assert!(!all.contains("From the documents") && !all.contains("1168"));
    }

    #[test]
    fn search_and_read_are_there_from_the_start() {
        let loaded: Vec<_> = definitions(&About::default(), &[])
            .iter()
            .map(|tool| {
                serde_json::to_value(tool).unwrap()["_meta"]["anthropic/alwaysLoad"].clone()
            })
            .collect();
        assert_eq!(loaded, [json!(true), json!(true), json!(null)]);
    }
}
