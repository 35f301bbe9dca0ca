//! A plain tool call, answered at once: the message that nearly all requests are.
//!
//! rmcp serves every stateless request as a session of its own, with tasks and channels, since
//! a tool may ask its client something on the way. docent's tools never do, and a search takes
//! less time than that. So a `tools/call` of a version that has no requirements on each request
//! is read and answered here; whatever is not exactly that is left to rmcp. Both ways answer
//! with the same bytes.

use rmcp::model::{JsonObject, ProtocolVersion, RequestId};
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;

use super::{arguments::Arguments, line::one_line, reply::Reply, server::Docent};

impl Docent {
    /// Answers a JSON-RPC request with the response; `None` for what rmcp is to answer.
    ///
    /// `version` is the `MCP-Protocol-Version` header, `agent` the `User-Agent`, where there
    /// are such.
    pub fn answer(
        &self,
        version: Option<&str>,
        agent: Option<&str>,
        message: &[u8],
    ) -> Option<Vec<u8>> {
        let is_plain = version.is_none_or(|version| {
            let mut known = ProtocolVersion::KNOWN_VERSIONS.iter();
            known.any(|known| known.as_str() == version)
                && version < ProtocolVersion::V_2026_07_28.as_str()
        });
        if !is_plain {
            return None;
        }
        let call: Call<'_> = serde_json::from_slice(message).ok()?;
        if call.jsonrpc != "2.0" || call.method != "tools/call" || !call.params.is_plain() {
            return None;
        }
        let client = || one_line(agent.unwrap_or("unknown"), 80);
        let arguments = Arguments::new(call.params.arguments);
        let reply = self.run(&call.params.name, &arguments, client)?;
        Some(response(&call.id, &reply))
    }
}

/// A request, as JSON-RPC 2.0 and `CallToolRequest` of the MCP schema have it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call<'a> {
    #[serde(borrow)]
    jsonrpc: Cow<'a, str>,
    id: RequestId,
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow)]
    params: Params<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Params<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    arguments: Option<JsonObject>,
    #[serde(rename = "_meta")]
    meta: Option<JsonObject>,
}

impl Params<'_> {
    /// Whether nothing beside the call asks for anything: what a client says of the protocol in
    /// `_meta` is for rmcp.
    fn is_plain(&self) -> bool {
        self.meta.iter().flatten().all(|(key, value)| match value {
            _ if key.starts_with("io.modelcontextprotocol/") => false,
            Value::Number(_) | Value::String(_) => true,
            _ => key != "progressToken",
        })
    }
}

/// A response with a `CallToolResult`. Nearly all of it is one text, which `json_escape_simd` writes
/// several times faster than serde_json.
fn response(id: &RequestId, reply: &Reply) -> Vec<u8> {
    // Line ends and quotes take two bytes each.
    let mut bytes = Vec::with_capacity(reply.text.len() + reply.text.len() / 8 + 256);
    bytes.extend_from_slice(br#"{"jsonrpc":"2.0","id":"#);
    serde_json::to_writer(&mut bytes, id).expect("text and numbers are always JSON");
    bytes.extend_from_slice(br#","result":{"content":[{"type":"text","text":"#);
    json_escape_simd::escape_into(&reply.text, &mut bytes);
    bytes.extend_from_slice(br#"}],"isError":"#);
    bytes.extend_from_slice(if reply.is_error { b"true" } else { b"false" });
    bytes.extend_from_slice(b"}}");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn any_text_is_answered_as_json() {
        let every = (0..0x250).chain(0x2020..0x2030).chain(0x1_f600..0x1_f610);
        let every: String = every.filter_map(char::from_u32).collect();
        for text in ["", "\"", "\\", &every, &every.repeat(20)] {
            let reply = Reply::text(text.to_owned(), 1);
            let id = RequestId::String("a \"b\"".into());
            let read: Value = serde_json::from_slice(&response(&id, &reply)).unwrap();
            let content = json!([{ "type": "text", "text": text }]);
            let result = json!({ "content": content, "isError": false });
            let expected = json!({ "jsonrpc": "2.0", "id": "a \"b\"", "result": result });
            assert_eq!(read, expected);
            let quoted = serde_json::to_string(text).unwrap();
            let bytes = String::from_utf8(response(&id, &reply)).unwrap();
            assert!(bytes.contains(&quoted), "not as serde_json writes it");
        }
    }
}
