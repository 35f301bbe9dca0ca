//! Programs of one's own, and assistants that nobody has thought of.

use super::super::{Block, Code, Guide, Rich, Server, Step};

fn text(template: &'static str, code: Option<Code>, server: &Server) -> Step {
    Step {
        text: Rich::of(template, server),
        code,
    }
}

fn program(language: &'static str, text: String) -> Code {
    Code {
        what: "the program",
        language,
        text,
    }
}

/// A string literal, as JSON, Python and JavaScript have it.
fn literal(text: String) -> String {
    serde_json::Value::from(text).to_string()
}

pub(super) fn python(server: &Server) -> Guide {
    let url = literal(server.mcp());
    let fastmcp = format!(
        "import asyncio\nfrom fastmcp import Client\n\n\nasync def main():\n    async with Client({url}) as docs:\n        \
         found = await docs.call_tool(\"search\", {{\"query\": \"how to connect\"}})\n        \
         print(found.content[0].text)\n\n\nasyncio.run(main())"
    );
    let openai = format!(
        "from agents import Agent\nfrom agents.mcp import MCPServerStreamableHttp\n\n\nasync with \
         MCPServerStreamableHttp(params={{\"url\": {url}}}) as docs:\n    \
         agent = Agent(name=\"Assistant\", mcp_servers=[docs])"
    );
    Guide {
        title: "Your own program, in Python",
        blocks: vec![
            Block::Text(text(
                "Any MCP library connects. With `fastmcp`:",
                Some(program("python", fastmcp)),
                server,
            )),
            Block::Aside {
                summary: "With the OpenAI Agents SDK",
                step: text(
                    "An agent is given the server:",
                    Some(program("python", openai)),
                    server,
                ),
            },
        ],
    }
}

pub(super) fn typescript(server: &Server) -> Guide {
    let url = literal(server.mcp());
    let code = format!(
        "import {{ Client }} from \"@modelcontextprotocol/sdk/client/index.js\";\n\
         import {{ StreamableHTTPClientTransport }} from \"@modelcontextprotocol/sdk/client/streamableHttp.js\";\n\n\
         const docs = new Client({{ name: \"my-program\", version: \"1.0.0\" }});\n\
         await docs.connect(new StreamableHTTPClientTransport(new URL({url})));\n\
         const found = await docs.callTool({{ name: \"search\", arguments: {{ query: \"how to connect\" }} }});\n\
         console.log(found.content[0].text);"
    );
    Guide {
        title: "Your own program, in TypeScript or JavaScript",
        blocks: vec![Block::Text(text(
            "With `@modelcontextprotocol/sdk`:",
            Some(program("js", code)),
            server,
        ))],
    }
}

pub(super) fn other(server: &Server) -> Guide {
    Guide {
        title: "Anything else that speaks MCP",
        blocks: vec![
            Block::Text(text(
                if server.is_private {
                    "Streamable HTTP:"
                } else {
                    "Streamable HTTP, without authentication:"
                },
                Some(Code::address(server.mcp())),
                server,
            )),
            Block::Text(text(
                "Older clients, with HTTP and SSE:",
                Some(Code {
                    what: "the older address",
                    ..Code::address(server.sse())
                }),
                server,
            )),
            Block::Text(text(
                "Clients that only start programs, with [Node.js](https://nodejs.org/):",
                Some(Code::command(super::chats::mcp_remote(server))),
                server,
            )),
            Block::Text(text(
                "The same where docent itself is installed:",
                Some(Code::command("docent mcp".to_owned())),
                server,
            )),
        ],
    }
}
