"""The OpenAI Agents SDK: python openai_agents.py KIND=TARGET...

Its tools are called as its models call them: with strict schemas, in which every argument is required.
"""

import json
from contextlib import asynccontextmanager

from agents import Agent, RunContextWrapper
from agents.mcp import MCPServerSse, MCPServerStdio, MCPServerStreamableHttp, MCPUtil
from agents.tool_context import ToolContext

from journey import Connected, command, main


@asynccontextmanager
async def connect(kind: str, target: str):
    # A mistake as the tool puts it, in place of what the SDK would tell the model.
    failures = {"failure_error_function": None}
    async with server(kind, target) as mcp_server:
        agent = Agent(name="docent-tests", mcp_servers=[mcp_server])
        context = RunContextWrapper(context=None)
        functions = await MCPUtil.get_function_tools(mcp_server, True, context, agent, **failures)
        by_name = {function.name: function for function in functions}

        async def call(name, arguments):
            function = by_name[name]
            assert function.strict_json_schema, f"{name} has no schema that can be made strict"
            written = json.dumps(filled(function.params_json_schema, arguments))
            of_call = ToolContext(context=None, tool_name=name, tool_call_id="1", tool_arguments=written)
            result = await function.on_invoke_tool(of_call, written)
            text = result["text"] if isinstance(result, dict) else str(result)
            # The SDK hands a tool's own errors on as text: whether it was one, only the server says.
            plain = await mcp_server.call_tool(name, arguments)
            return not (getattr(plain, "is_error", None) or getattr(plain, "isError", None)), text

        yield Connected({name: tool.params_json_schema for name, tool in by_name.items()}, call)


def server(kind, target):
    if kind == "stdio":
        program, arguments = command(target)
        return MCPServerStdio(params={"command": program, "args": arguments}, client_session_timeout_seconds=60)
    of_kind = MCPServerSse if kind == "sse" else MCPServerStreamableHttp
    return of_kind(params={"url": target, "timeout": 60}, client_session_timeout_seconds=60)


def filled(schema, arguments):
    """The arguments with all others that the schema requires, empty."""
    empty = {"string": "", "boolean": False, "array": [], "object": {}}
    rest = {
        name: given.get("default", given.get("minimum", empty.get(given.get("type"))))
        for name, given in schema["properties"].items()
        if name in schema["required"]
    }
    return {**rest, **arguments}


main(connect)
