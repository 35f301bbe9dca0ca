// The TypeScript SDK 1.x: node typescript_sdk.mjs mcp|sse|restart URL
import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { journey, main, searchAcrossRestart, typescript } from "./journey.mjs";

await main(async (mode, url) => {
  const Transport = mode === "sse" ? SSEClientTransport : StreamableHTTPClientTransport;
  const client = new Client({ name: "docent-tests", version: "1.0.0" });
  await client.connect(new Transport(new URL(url)));
  assert.equal(client.getServerVersion().name, "docent");
  assert.ok(client.getInstructions().length > 0);
  await client.ping();

  await (mode === "restart" ? searchAcrossRestart : journey)(typescript(client));
  await client.close();
});
