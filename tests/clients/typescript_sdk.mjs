// The TypeScript SDK 1.x: node typescript_sdk.mjs mcp|sse|chatgpt|stdio|restart URL|COMMAND
import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { chatgpt, command, journey, main, searchAcrossRestart, typescript } from "./journey.mjs";

await main(async (mode, target) => {
  const client = new Client({ name: "docent-tests", version: "1.0.0" });
  await client.connect(transport(mode, target));
  assert.equal(client.getServerVersion().name, "docent");
  assert.ok(client.getInstructions().length > 0);
  await client.ping();

  const way = { chatgpt, restart: searchAcrossRestart }[mode] ?? journey;
  await way(typescript(client));
  await client.close();
});

function transport(mode, target) {
  if (mode === "stdio") return new StdioClientTransport(command(target));
  return new (mode === "sse" ? SSEClientTransport : StreamableHTTPClientTransport)(new URL(target));
}
