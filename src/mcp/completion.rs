//! Completion of the template of resources: names of sets, and paths in them.

use rmcp::{
    ErrorData,
    model::{CompleteRequestParams, CompleteResult, CompletionInfo, Reference},
};

use super::{
    line::one_line,
    uri::{TEMPLATE, decoded, readable},
};
use crate::{config::folded, search::Snapshot};

/// Names of sets, or paths in them, that start as the client has typed.
///
/// # Errors
/// Where the reference or the argument is none that can be completed.
pub(super) fn complete(
    snapshot: &Snapshot,
    request: &CompleteRequestParams,
) -> Result<CompleteResult, ErrorData> {
    let unknown = |what: &str, name: &str| {
        let message = format!("There is no {what} `{}` to complete.", one_line(name, 80));
        Err(ErrorData::invalid_params(message, None))
    };
    match &request.r#ref {
        Reference::Resource(resource) if resource.uri == TEMPLATE => {}
        Reference::Resource(resource) => return unknown("resource template", &resource.uri),
        // There are no prompts, and so nothing that completes one.
        _ => return Ok(CompleteResult::default()),
    }
    let typed = request.argument.value.as_str();
    let mut values: Vec<String> = match request.argument.name.as_str() {
        "set" => sets(snapshot, typed),
        "path" => {
            let context = request.context.as_ref();
            let set = context.and_then(|context| context.get_argument("set"));
            paths(snapshot, set.map(String::as_str), typed)
        }
        other => return unknown("argument", other),
    };
    let more = values.len() > CompletionInfo::MAX_VALUES;
    values.truncate(CompletionInfo::MAX_VALUES);
    let completion = CompletionInfo::with_pagination(values, None, more).unwrap_or_default();
    Ok(CompleteResult::new(completion))
}

fn sets(snapshot: &Snapshot, typed: &str) -> Vec<String> {
    let typed = folded(typed);
    let names = snapshot.sets().iter().map(|set| &set.name);
    let fitting = names.filter(|name| name.starts_with(&typed));
    fitting
        .take(CompletionInfo::MAX_VALUES + 1)
        .cloned()
        .collect()
}

/// Paths as they can stand in a URI: what was typed may be encoded already, even half an escape.
fn paths(snapshot: &Snapshot, set: Option<&str>, typed: &str) -> Vec<String> {
    let half = typed.rfind('%').filter(|at| typed.len() - at < 3);
    let plain = decoded(&typed[..half.unwrap_or(typed.len())]);
    let of_set = snapshot
        .pages()
        .filter(|page| set.is_none_or(|set| set == page.set));
    let fitting = of_set.filter(|page| {
        page.path.starts_with(typed)
            || page.path.starts_with(&plain) && readable(&page.path).starts_with(typed)
            || half.is_none() && page.path.starts_with(&plain)
    });
    fitting
        .map(|page| readable(&page.path))
        .take(CompletionInfo::MAX_VALUES + 1)
        .collect()
}
