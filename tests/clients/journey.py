"""What every Python client does once it is connected, whatever its own API looks like.

A script of a client gives main() a way to connect, and is run with each endpoint that it is to be tried at:

    python langchain_adapters.py mcp=http://127.0.0.1:8080/mcp sse=… chatgpt=… stdio='["docent", "mcp", "…"]'
"""

import asyncio
import json
import re
import sys
import traceback
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EXPECTED = json.loads((Path(__file__).parent / "expected.json").read_text())
# A client that waits for ever is a failure of its own.
SECONDS = 120


@dataclass
class Connected:
    """A client at an endpoint."""

    tools: dict[str, dict[str, Any]]
    """The input schemas of the tools, by name."""
    call: Callable[[str, dict[str, Any]], Awaitable[tuple[bool, str]]]
    """Calls a tool: whether that went well, and the text that a model would be given."""


Connect = Callable[[str, str], AbstractAsyncContextManager[Connected]]
"""How to connect, from the kind of the endpoint (mcp, sse, chatgpt, stdio) and its address or command."""


async def documents(client: Connected) -> None:
    """/mcp, /sse and standard input: search, read, browse, in Markdown."""
    assert sorted(client.tools) == EXPECTED["tools"], client.tools
    assert all(schema["type"] == "object" for schema in client.tools.values()), client.tools

    found = await answer(client, "search", {"query": EXPECTED["query"]})
    first = re.search(rf"\b{EXPECTED['set']}/[\w./-]+\.md", found)
    assert first and first[0] == EXPECTED["id"], f"another page came first:\n{found}"
    assert EXPECTED["sentence"] in await answer(client, "read", {"id": first[0]})
    folder = {"set": EXPECTED["set"], "path": EXPECTED["folder"]}
    assert EXPECTED["id"] in await answer(client, "browse", folder)
    went_well, text = await client.call("read", {"id": EXPECTED["unknown"]})
    assert not went_well and text, f"a page that does not exist is an error that the model can read: {text}"


async def chatgpt(client: Connected) -> None:
    """/chatgpt: the two tools that ChatGPT asks of a source, in JSON."""
    assert sorted(client.tools) == ["fetch", "search"], client.tools

    found = json.loads(await answer(client, "search", {"query": EXPECTED["query"]}))
    first = found["results"][0]
    assert EXPECTED["title"] in first["title"], found
    assert re.match(r"https?://\w", first["url"]), first
    section = json.loads(await answer(client, "fetch", {"id": first["id"]}))
    assert section["id"] == first["id"] and section["url"] == first["url"] and section["text"], section
    # What was found is a section of the page.
    page = json.loads(await answer(client, "fetch", {"id": first["id"].split("#")[0]}))
    assert EXPECTED["sentence"] in page["text"], page


async def answer(client: Connected, tool: str, arguments: dict[str, Any]) -> str:
    went_well, text = await client.call(tool, arguments)
    assert went_well, f"{tool} failed: {text}"
    return text


def main(connect: Connect) -> None:
    for argument in sys.argv[1:]:
        kind, target = argument.split("=", 1)
        try:
            asyncio.run(asyncio.wait_for(journey(connect, kind, target), SECONDS))
        except BaseException:
            traceback.print_exc()
            sys.exit(f"{kind} at {target} failed")
        print(f"{kind} at {target}: passed", flush=True)


async def journey(connect: Connect, kind: str, target: str) -> None:
    async with connect(kind, target) as client:
        await (chatgpt if kind == "chatgpt" else documents)(client)


def command(target: str) -> tuple[str, list[str]]:
    """The program and the arguments of an endpoint on standard input and output."""
    program, *arguments = json.loads(target)
    return program, arguments


def texts(content: list[Any]) -> str:
    """The texts of a result's content, as MCP has it."""
    return "\n".join(getattr(item, "text", "") for item in content)
