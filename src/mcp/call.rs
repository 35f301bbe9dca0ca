//! A plain tool call, answered at once: the message that nearly all requests are.
//!
//! rmcp serves every stateless request as a session of its own, with tasks and channels, since
//! a tool may ask its client something on the way. docent's tools never do, and a search takes
//! less time than that. So a `tools/call` that asks for nothing beside is read and answered here, in all
//! versions of the protocol; whatever is not exactly that is left to rmcp. Both ways answer
//! with the same bytes.

use rmcp::model::{JsonObject, MetaObject, ProtocolVersion, RequestId, RequestMetaObject};
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;

use super::{
    arguments::Arguments,
    asker::{Admission, Asker, Endpoint, Pseudonym, known_version},
    budget::Budget,
    line::one_line,
    reply::Reply,
    server::{Docent, client_name},
    site::Site,
    tool_call::ToolCall,
    tools,
};

/// What a request says of itself beside its message: headers, where there are such.
#[derive(Debug, Clone, Copy, Default)]
pub struct Said<'a> {
    /// `MCP-Protocol-Version`.
    pub version: Option<&'a str>,
    /// `Mcp-Method`, where it is said once.
    pub method: Option<&'a str>,
    /// `Mcp-Name`, where it is said once.
    pub name: Option<&'a str>,
    /// `User-Agent`.
    pub agent: Option<&'a str>,
    /// Whose request it is.
    pub address: Option<Pseudonym>,
    /// By what right it is made.
    pub admission: Option<&'a Admission>,
    /// Where it came in.
    pub endpoint: Endpoint,
    /// docent's public address, for tools that name pages of docent's own.
    pub site: Option<&'a Site>,
    /// What the answer may take.
    pub budget: Budget,
}

/// A tool call that asks for nothing beside its answer.
pub struct PlainCall {
    id: RequestId,
    era: Era,
    call: ToolCall,
}

/// What a version of the protocol has requests and answers say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Era {
    /// The versions with a handshake.
    Handshake,
    /// 2026-07-28: each request and each answer says itself whose it is.
    SelfContained,
}

impl PlainCall {
    /// Reads a JSON-RPC request; `None` for what rmcp is to answer, or to refuse.
    pub fn read(said: Said<'_>, message: &[u8]) -> Option<Self> {
        let era = Era::of(said.version)?;
        let call: Call<'_> = serde_json::from_slice(message).ok()?;
        if call.jsonrpc != "2.0" || call.method != "tools/call" {
            return None;
        }
        let Params {
            name,
            arguments,
            meta,
        } = call.params;
        let tool = tools::Name::parse(said.endpoint, &name)?;
        let meta = RequestMetaObject(MetaObject(meta.unwrap_or_default()));
        let is_plain = match era {
            Era::Handshake => meta.iter().all(|(key, value)| is_idle(key, value)),
            Era::SelfContained => {
                said.method == Some(&call.method)
                    && said.name == Some(&name)
                    && is_self_contained(&meta)
            }
        };
        if !is_plain {
            return None;
        }
        let client = match meta.client_info() {
            Some(client) => client_name(&client),
            None => one_line(said.agent.unwrap_or("unknown"), 80),
        };
        Some(Self {
            id: call.id,
            era,
            call: ToolCall {
                tool,
                arguments: Arguments::new(arguments),
                budget: said.budget,
                asker: Asker {
                    endpoint: said.endpoint,
                    client,
                    protocol: said.version.and_then(known_version),
                    address: said.address,
                    admission: said.admission.cloned(),
                },
                site: said.site.cloned(),
            },
        })
    }
}

impl Docent {
    /// Answers a plain call with the response.
    pub async fn answer(&self, PlainCall { id, era, call }: PlainCall) -> Vec<u8> {
        let to = id.clone();
        let answer = self.call(call, move |reply, holdings| {
            response(&to, era, &reply, &holdings.meta_json)
        });
        let answer = answer.await;
        answer.unwrap_or_else(|fault| {
            let holdings = self.current();
            response(&id, era, &Reply::failed(&fault), &holdings.meta_json)
        })
    }
}

impl Era {
    /// `None` for a version that is not known here.
    fn of(version: Option<&str>) -> Option<Self> {
        let Some(version) = version else {
            return Some(Self::Handshake);
        };
        if version == ProtocolVersion::V_2026_07_28.as_str() {
            return Some(Self::SelfContained);
        }
        let mut known = ProtocolVersion::KNOWN_VERSIONS.iter();
        let is_known = known.any(|known| known.as_str() == version);
        (is_known && version < ProtocolVersion::V_2026_07_28.as_str()).then_some(Self::Handshake)
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

/// What the protocol's own entries of `_meta` begin with.
const RESERVED: &str = "io.modelcontextprotocol/";

/// Whether an entry of `_meta` asks for nothing: what a client says of the protocol there is for rmcp.
fn is_idle(key: &str, value: &Value) -> bool {
    match value {
        _ if key.starts_with(RESERVED) => false,
        Value::Number(_) | Value::String(_) => true,
        _ => key != "progressToken",
    }
}

/// Whether `_meta` has what 2026-07-28 requires, and asks for nothing.
fn is_self_contained(meta: &RequestMetaObject) -> bool {
    let is_plain = |(key, value): (&String, &Value)| match key.strip_prefix(RESERVED) {
        Some(own) => matches!(own, "protocolVersion" | "clientCapabilities" | "clientInfo"),
        None => is_idle(key, value),
    };
    meta.protocol_version() == Some(ProtocolVersion::V_2026_07_28)
        && meta.client_capabilities().is_some()
        && meta.iter().all(is_plain)
}

/// A response with a `CallToolResult`. Nearly all of it is one text, which `json_escape_simd` writes
/// several times faster than serde_json. `meta`: what it says of the server, as JSON.
fn response(id: &RequestId, era: Era, reply: &Reply, meta: &[u8]) -> Vec<u8> {
    // Line ends and quotes take two bytes each.
    let mut bytes = Vec::with_capacity(reply.text.len() + reply.text.len() / 8 + 512);
    bytes.extend_from_slice(br#"{"jsonrpc":"2.0","id":"#);
    serde_json::to_writer(&mut bytes, id).expect("text and numbers are always JSON");
    bytes.extend_from_slice(br#","result":{"#);
    if era == Era::SelfContained {
        bytes.extend_from_slice(br#""resultType":"complete","#);
    }
    bytes.extend_from_slice(br#""content":[{"type":"text","text":"#);
    json_escape_simd::escape_into(&reply.text, &mut bytes);
    bytes.extend_from_slice(b"}]");
    if reply.is_structured {
        bytes.extend_from_slice(br#","structuredContent":"#);
        bytes.extend_from_slice(reply.text.as_bytes());
    }
    bytes.extend_from_slice(br#","isError":"#);
    bytes.extend_from_slice(if reply.is_error { b"true" } else { b"false" });
    if era == Era::SelfContained {
        bytes.extend_from_slice(br#","_meta":"#);
        bytes.extend_from_slice(meta);
    }
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
            let read: Value =
                serde_json::from_slice(&response(&id, Era::Handshake, &reply, b"{}")).unwrap();
            let content = json!([{ "type": "text", "text": text }]);
            let result = json!({ "content": content, "isError": false });
            let expected = json!({ "jsonrpc": "2.0", "id": "a \"b\"", "result": result });
            assert_eq!(read, expected);
            let quoted = serde_json::to_string(text).unwrap();
            let bytes = String::from_utf8(response(&id, Era::Handshake, &reply, b"{}")).unwrap();
            assert!(bytes.contains(&quoted), "not as serde_json writes it");
        }
    }

    fn said(version: Option<&str>) -> Said<'_> {
        Said {
            version,
            method: Some("tools/call"),
            name: Some("search"),
            agent: Some("agent/1"),
            endpoint: Endpoint::Mcp,
            site: None,
            budget: Budget::default(),
            address: None,
            admission: None,
        }
    }

    fn read(said: Said<'_>, params: &Value) -> Option<PlainCall> {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
        PlainCall::read(said, body.to_string().as_bytes())
    }

    #[test]
    fn calls_of_every_version_are_read_and_nothing_else() {
        let versions = ProtocolVersion::KNOWN_VERSIONS;
        let older = versions.iter().map(ProtocolVersion::as_str);
        let older = older.filter(|version| *version != "2026-07-28").map(Some);
        let params = json!({ "name": "search", "arguments": { "query": "a" } });
        let mut modern = params.clone();
        modern["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": { "elicitation": {} },
            "progressToken": 1,
        });
        for version in older.chain([None]) {
            let call = read(said(version), &params).unwrap();
            assert_eq!(
                (call.era, &*call.call.asker.client),
                (Era::Handshake, "agent/1")
            );
            assert!(read(said(version), &modern).is_none(), "{version:?}");
        }
        let own = said(Some("2026-07-28"));
        let call = read(own, &modern).unwrap();
        assert_eq!(
            (call.era, &*call.call.asker.client),
            (Era::SelfContained, "agent/1")
        );
        assert!(read(own, &params).is_none());
        modern["_meta"]["io.modelcontextprotocol/clientInfo"] =
            json!({ "name": "client", "version": "2\n", "title": "Client" });
        assert_eq!(read(own, &modern).unwrap().call.asker.client, "client/2");
        for other in [
            Said {
                method: None,
                ..own
            },
            Said {
                method: Some("tools/list"),
                ..own
            },
            Said { name: None, ..own },
            Said {
                name: Some("read"),
                ..own
            },
            said(Some("2025-11-25")),
            said(Some("2027-01-01")),
            said(Some("")),
            said(None),
        ] {
            assert!(read(other, &modern).is_none(), "{other:?}");
        }
        for key in [
            "protocolVersion",
            "clientCapabilities",
            "logLevel",
            "beyond",
        ] {
            let mut other = modern.clone();
            other["_meta"][format!("{RESERVED}{key}")] = json!("2025-11-25");
            assert!(read(own, &other).is_none(), "{key}");
        }
        modern["name"] = json!("destroy");
        assert!(
            read(
                Said {
                    name: Some("destroy"),
                    ..own
                },
                &modern
            )
            .is_none()
        );
    }
}
