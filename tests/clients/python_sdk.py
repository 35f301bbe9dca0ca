"""The Python SDK 2.x: python python_sdk.py auto|legacy|sse|chatgpt|stdio|restart URL|COMMAND"""

import asyncio
import sys

from mcp.client.client import Client
from mcp.client.sse import sse_client
from mcp.client.stdio import StdioServerParameters, stdio_client

from journey import EXPECTED, Connected, answer, chatgpt, command, documents, texts


async def connected(client: Client) -> Connected:
    tools = (await client.list_tools()).tools
    for tool in tools:
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.destructive_hint is False
        assert tool.annotations.idempotent_hint is True
        assert tool.annotations.open_world_hint is False

    async def call(name, arguments):
        result = await client.call_tool(name, arguments)
        return not result.is_error, texts(result.content)

    return Connected({tool.name: tool.input_schema for tool in tools}, call)


async def resources(client: Client) -> None:
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


def server(mode: str, target: str):
    if mode == "stdio":
        program, arguments = command(target)
        return stdio_client(StdioServerParameters(command=program, args=arguments))
    return sse_client(target) if mode == "sse" else target


async def main(mode: str, target: str) -> None:
    handshake = mode in ("sse", "legacy")
    async with Client(server(mode, target), mode="legacy" if handshake else "auto") as client:
        modern = client.protocol_version == "2026-07-28"
        assert modern == (not handshake), client.protocol_version
        assert client.instructions
        docent = await connected(client)
        if mode == "restart":
            await answer(docent, "search", {"query": EXPECTED["query"]})
            print("restart", flush=True)
            line = await asyncio.to_thread(sys.stdin.readline)
            assert line == "restarted\n", line
            await answer(docent, "search", {"query": EXPECTED["query"]})
        elif mode == "chatgpt":
            await chatgpt(docent)
        else:
            await documents(docent)
            await resources(client)


asyncio.run(main(*sys.argv[1:]))
