"""The Python SDK 2.x: python python_sdk.py auto|legacy|sse|restart URL"""

import asyncio
import json
import re
import sys
from pathlib import Path

from mcp.client.client import Client
from mcp.client.sse import sse_client

EXPECTED = json.loads((Path(__file__).parent / "expected.json").read_text())


def text(result) -> str:
    return "\n".join(getattr(item, "text", "") for item in result.content)


def answer(result) -> str:
    assert not result.is_error, text(result)
    assert result.structured_content is None
    return text(result)


async def search(client: Client) -> str:
    found = answer(await client.call_tool("search", {"query": EXPECTED["query"]}))
    first = re.search(rf"\b{EXPECTED['set']}/[\w./-]+\.md", found)
    assert first and first[0] == EXPECTED["id"], f"another page came first:\n{found}"
    assert EXPECTED["title"] in found, found
    return first[0]


async def journey(client: Client) -> None:
    tools = (await client.list_tools()).tools
    assert sorted(tool.name for tool in tools) == EXPECTED["tools"]
    for tool in tools:
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.destructive_hint is False
        assert tool.annotations.idempotent_hint is True
        assert tool.annotations.open_world_hint is False

    page_id = await search(client)
    page = answer(await client.call_tool("read", {"id": page_id}))
    assert EXPECTED["sentence"] in page, page
    assert EXPECTED["set"] in answer(await client.call_tool("browse", {}))
    folder = {"set": EXPECTED["set"], "path": EXPECTED["folder"]}
    assert EXPECTED["id"] in answer(await client.call_tool("browse", folder))
    mistake = await client.call_tool("read", {"id": EXPECTED["unknown"]})
    assert mistake.is_error and text(mistake)

    uris, cursor = [], None
    while True:
        listed = await client.list_resources(cursor=cursor)
        uris += [str(resource.uri) for resource in listed.resources]
        cursor = listed.next_cursor
        if not cursor:
            break
    assert EXPECTED["uri"] in uris, uris
    contents = (await client.read_resource(EXPECTED["uri"])).contents
    assert EXPECTED["sentence"] in contents[0].text


async def main(mode: str, url: str) -> None:
    server = sse_client(url) if mode == "sse" else url
    async with Client(server, mode="legacy" if mode in ("sse", "legacy") else "auto") as client:
        modern = client.protocol_version == "2026-07-28"
        assert modern == (mode in ("auto", "restart")), client.protocol_version
        assert client.instructions
        if mode == "restart":
            await search(client)
            print("restart", flush=True)
            line = await asyncio.to_thread(sys.stdin.readline)
            assert line == "restarted\n", line
            await search(client)
        else:
            await journey(client)


asyncio.run(main(*sys.argv[1:]))
