"""LangChain's MCP adapters: python langchain_adapters.py KIND=TARGET..."""

from contextlib import asynccontextmanager

from langchain_core.tools import ToolException
from langchain_mcp_adapters.client import MultiServerMCPClient

from journey import Connected, command, main


@asynccontextmanager
async def connect(kind: str, target: str):
    if kind == "stdio":
        program, arguments = command(target)
        connection = {"transport": "stdio", "command": program, "args": arguments}
    else:
        connection = {"transport": "sse" if kind == "sse" else "streamable_http", "url": target}
    # It opens a connection for each call.
    # With mistakes as exceptions: else they could not be told from answers.
    client = MultiServerMCPClient({"docent": connection}, handle_tool_errors=False)
    tools = {tool.name: tool for tool in await client.get_tools()}

    async def call(name, arguments):
        try:
            result = await tools[name].ainvoke(arguments)
        except ToolException as error:
            return False, str(error)
        return True, result if isinstance(result, str) else "\n".join(item["text"] for item in result)

    yield Connected({name: tool.args_schema for name, tool in tools.items()}, call)


main(connect)
