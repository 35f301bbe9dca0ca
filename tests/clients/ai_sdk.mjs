// The AI SDK's MCP client: node ai_sdk.mjs KIND=TARGET... (mcp, sse, chatgpt and an address, stdio and a command)
import assert from "node:assert/strict";
import { createMCPClient } from "@ai-sdk/mcp";
import { Experimental_StdioMCPTransport as StdioTransport } from "@ai-sdk/mcp/mcp-stdio";
import { chatgpt, command, documents, main } from "./journey.mjs";

await main(async (...endpoints) => {
  for (const endpoint of endpoints) {
    const [kind, target] = endpoint.split(/=(.*)/s);
    const client = await createMCPClient({ transport: transport(kind, target) });
    const tools = await client.tools();
    const { tools: listed } = await client.listTools();
    assert.deepEqual(Object.keys(tools).sort(), listed.map(({ name }) => name).sort());
    await (kind === "chatgpt" ? chatgpt : documents)({
      listTools: async () => listed,
      callTool: (name, args) => tools[name].execute(args, { toolCallId: "1", messages: [] }),
    });
    await client.close();
    console.log(`${kind} at ${target}: passed`);
  }
});

function transport(kind, target) {
  if (kind === "stdio") return new StdioTransport(command(target));
  return { type: kind === "sse" ? "sse" : "http", url: target };
}
