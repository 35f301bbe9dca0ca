"""The benchmark's server on the Python MCP SDK: python python.py SECTIONS.json

Stateless and answering in plain JSON, which is the SDK's fastest mode, on uvicorn with uvloop and
httptools. SQLite's FTS5 searches; it is the fastest full-text search in Python's standard library.
"""

import json
import re
import socket
import sqlite3
import sys

import uvicorn
from mcp.server.mcpserver import MCPServer

RESULTS = 10
BUDGET = 12_000  # characters: about 3,000 tokens, as docent's answers

server = MCPServer("peer", log_level="ERROR")
database = sqlite3.connect(":memory:", check_same_thread=False)


def build(path: str) -> None:
    with open(path, encoding="utf-8") as file:
        sections = json.load(file)
    database.execute(
        "CREATE VIRTUAL TABLE sections USING fts5(title, heading, text, page UNINDEXED, tokenize='porter')"
    )
    rows = ((s["title"], s["heading"], s["text"], s["page"]) for s in sections)
    database.executemany("INSERT INTO sections VALUES (?, ?, ?, ?)", rows)
    database.commit()


@server.tool(description="Searches the documentation.", structured_output=False)
async def search(query: str) -> str:
    words = re.findall(r"\w+", query)
    if not words:
        return "Nothing found."
    found = database.execute(
        "SELECT title, heading, text, page FROM sections WHERE sections MATCH ?"
        " ORDER BY bm25(sections, 2, 2, 1) LIMIT ?",
        (" OR ".join(f'"{word}"' for word in words), RESULTS),
    ).fetchall()
    if not found:
        return "Nothing found."
    each = BUDGET // len(found)
    return "\n\n".join(
        f"## {title} > {heading}\nid: {page}\n\n{text[:each]}" for title, heading, text, page in found
    )


def main() -> None:
    build(sys.argv[1])
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}/mcp", flush=True)
    app = server.streamable_http_app(stateless_http=True, json_response=True)
    config = uvicorn.Config(app, log_level="error", access_log=False, loop="uvloop", http="httptools")
    uvicorn.Server(config).run(sockets=[listener])


main()
