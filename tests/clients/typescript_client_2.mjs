// The TypeScript client 2.x: node typescript_client_2.mjs auto|legacy|sse|chatgpt|stdio|restart URL|COMMAND
import assert from "node:assert/strict";
import { Client, SSEClientTransport, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { chatgpt, command, journey, main, searchAcrossRestart, typescript } from "./journey.mjs";

await main(async (mode, target) => {
  const negotiated = mode === "legacy" || mode === "sse" ? "legacy" : "auto";
  const client = new Client(
    { name: "docent-tests", version: "1.0.0" },
    { versionNegotiation: { mode: negotiated } },
  );
  await client.connect(transport(mode, target));
  const version = client.getNegotiatedProtocolVersion();
  if (negotiated === "auto") {
    assert.equal(version, "2026-07-28");
  } else {
    assert.match(version, /^202[45]-/);
  }
  assert.ok(client.getInstructions().length > 0);

  const way = { chatgpt, restart: searchAcrossRestart }[mode] ?? journey;
  await way(typescript(client));
  await client.close();
});

function transport(mode, target) {
  if (mode === "stdio") return new StdioClientTransport(command(target));
  return new (mode === "sse" ? SSEClientTransport : StreamableHTTPClientTransport)(new URL(target));
}
