// The TypeScript client 2.x: node typescript_client_2.mjs auto|legacy|sse|restart URL
import assert from "node:assert/strict";
import { Client, SSEClientTransport, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { journey, main, searchAcrossRestart, typescript } from "./journey.mjs";

await main(async (mode, url) => {
  const negotiated = mode === "auto" || mode === "restart" ? "auto" : "legacy";
  const Transport = mode === "sse" ? SSEClientTransport : StreamableHTTPClientTransport;
  const client = new Client(
    { name: "docent-tests", version: "1.0.0" },
    { versionNegotiation: { mode: negotiated } },
  );
  await client.connect(new Transport(new URL(url)));
  const version = client.getNegotiatedProtocolVersion();
  if (negotiated === "auto") {
    assert.equal(version, "2026-07-28");
  } else {
    assert.match(version, /^202[45]-/);
  }
  assert.ok(client.getInstructions().length > 0);

  await (mode === "restart" ? searchAcrossRestart : journey)(typescript(client));
  await client.close();
});
