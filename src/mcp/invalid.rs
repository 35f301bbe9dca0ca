//! Requests whose parameters are not those of their method.
//!
//! rmcp reads them as requests of a method that it does not know, since none of those that it knows
//! fits. They are told apart here, so that a client hears what is wrong.

use rmcp::{
    ErrorData,
    model::{
        CallToolRequestParams, CompleteRequestParams, CustomRequest, ErrorCode,
        InitializeRequestParams, PaginatedRequestParams, ReadResourceRequestParams,
        SubscriptionsListenRequestParams,
    },
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::line::one_line;

/// The answer: -32602 for a method that is offered, else -32601. `modern`: the request is of version
/// 2026-07-28 or a later one, which has other methods.
pub(super) fn refusal(request: CustomRequest, modern: bool) -> ErrorData {
    let CustomRequest { method, params, .. } = request;
    let fault = match (method.as_str(), modern) {
        ("tools/call", _) => fault::<CallToolRequestParams>(params),
        ("resources/read", _) => fault::<ReadResourceRequestParams>(params),
        ("tools/list" | "resources/list" | "resources/templates/list", _) => {
            fault::<PaginatedRequestParams>(params)
        }
        ("completion/complete", _) => fault::<CompleteRequestParams>(params),
        ("initialize", false) => fault::<InitializeRequestParams>(params),
        ("subscriptions/listen", true) => fault::<SubscriptionsListenRequestParams>(params),
        ("ping", false) | ("server/discover", true) => None,
        _ => return ErrorData::new(ErrorCode::METHOD_NOT_FOUND, one_line(&method, 80), None),
    };
    let why = fault.map_or_else(String::new, |fault| format!(": {fault}"));
    ErrorData::invalid_params(format!("Invalid params for {method}{why}"), None)
}

/// A request for a list whose cursor is no text, with the cursor as text; `None` for any other message.
/// rmcp passes over the parameters of a list that it cannot read, and would answer with the first page;
/// no list has ended with such a text, so it is refused.
pub fn with_cursor_as_text(message: &[u8]) -> Option<Vec<u8>> {
    const CURSOR: &[u8] = b"\"cursor\"";
    if !message.windows(CURSOR.len()).any(|found| found == CURSOR) {
        return None;
    }
    let mut message: Value = serde_json::from_slice(message).ok()?;
    let is_list = message.get("method")?.as_str()?.ends_with("/list");
    let cursor = message.get_mut("params")?.get_mut("cursor")?;
    if !is_list || cursor.is_string() || cursor.is_null() {
        return None;
    }
    *cursor = Value::String(cursor.to_string());
    serde_json::to_vec(&message).ok()
}

/// What keeps parameters from being those of a method.
fn fault<T: DeserializeOwned>(params: Option<Value>) -> Option<String> {
    let Some(params) = params else {
        return Some("there are none".to_owned());
    };
    let error = serde_json::from_value::<T>(params).err()?;
    Some(one_line(&error.to_string(), 200))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_cursor_that_is_no_text_is_changed() {
        let changed = |message: &str| {
            let changed = with_cursor_as_text(message.as_bytes())?;
            Some(String::from_utf8(changed).unwrap())
        };
        for kept in [
            r#"{"id":1,"method":"tools/list"}"#,
            r#"{"id":1,"method":"tools/list","params":{"cursor":"3"}}"#,
            r#"{"id":1,"method":"tools/list","params":{"cursor":null}}"#,
            r#"{"id":1,"method":"tools/call","params":{"cursor":3}}"#,
            r#"{"id":1,"method":"tools/list","params":["cursor"]}"#,
            r#"{"cursor"#,
        ] {
            assert_eq!(changed(kept), None, "{kept}");
        }
        let number = r#"{"id":1,"method":"tools/list","params":{"cursor":3}}"#;
        assert!(changed(number).unwrap().contains(r#""cursor":"3""#));
    }
}
