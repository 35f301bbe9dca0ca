"""The client of FastMCP: python fastmcp_client.py KIND=TARGET..."""

from contextlib import asynccontextmanager

from fastmcp import Client
from fastmcp.client.transports import SSETransport, StdioTransport

from journey import Connected, command, main, texts


@asynccontextmanager
async def connect(kind: str, target: str):
    async with Client(source(kind, target)) as client:
        tools = {tool.name: tool.input_schema for tool in await client.list_tools()}

        async def call(name, arguments):
            result = await client.call_tool(name, arguments, raise_on_error=False)
            return not result.is_error, texts(result.content)

        yield Connected(tools, call)


def source(kind, target):
    if kind == "stdio":
        program, arguments = command(target)
        return StdioTransport(program, arguments)
    return SSETransport(target) if kind == "sse" else target


main(connect)
