"""Google's Agent Development Kit: python google_adk.py KIND=TARGET..."""

from contextlib import asynccontextmanager

from google.adk.tools.mcp_tool import McpToolset
from google.adk.tools.mcp_tool.mcp_session_manager import (
    SseConnectionParams,
    StdioConnectionParams,
    StreamableHTTPConnectionParams,
)
from mcp import StdioServerParameters

from journey import Connected, command, main


@asynccontextmanager
async def connect(kind: str, target: str):
    toolset = McpToolset(connection_params=parameters(kind, target))
    try:
        tools = {tool.name: tool for tool in await toolset.get_tools()}

        async def call(name, arguments):
            # No agent runs here, whose session it would be.
            result = await tools[name].run_async(args=arguments, tool_context=None)
            text = "\n".join(item["text"] for item in result["content"])
            return not result.get("isError"), text

        schemas = {name: tool._get_declaration().parameters_json_schema for name, tool in tools.items()}
        yield Connected(schemas, call)
    finally:
        await toolset.close()


def parameters(kind, target):
    if kind == "stdio":
        program, arguments = command(target)
        server = StdioServerParameters(command=program, args=arguments)
        return StdioConnectionParams(server_params=server, timeout=60)
    if kind == "sse":
        return SseConnectionParams(url=target, timeout=60)
    return StreamableHTTPConnectionParams(url=target, timeout=60)


main(connect)
