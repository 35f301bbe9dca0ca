"""Pydantic AI: python pydantic_ai_toolset.py KIND=TARGET..."""

import json
from contextlib import asynccontextmanager

from fastmcp.client.transports import SSETransport, StdioTransport
from pydantic_ai import ModelRetry, RunContext, RunUsage
from pydantic_ai.mcp import MCPToolset
from pydantic_ai.models.test import TestModel

from journey import Connected, command, main


@asynccontextmanager
async def connect(kind: str, target: str):
    async with MCPToolset(source(kind, target)) as toolset:
        context = RunContext(deps=None, model=TestModel(), usage=RunUsage())
        tools = await toolset.get_tools(context)

        async def call(name, arguments):
            tool = tools[name]
            try:
                # As an agent does: what a model writes is validated first.
                valid = tool.args_validator.validate_python(arguments)
                result = await toolset.call_tool(name, valid, context, tool)
            except ModelRetry as error:
                return False, str(error)
            return True, result if isinstance(result, str) else json.dumps(result)

        yield Connected({name: tool.tool_def.parameters_json_schema for name, tool in tools.items()}, call)


def source(kind, target):
    if kind == "stdio":
        program, arguments = command(target)
        return StdioTransport(program, arguments)
    return SSETransport(target) if kind == "sse" else target


main(connect)
