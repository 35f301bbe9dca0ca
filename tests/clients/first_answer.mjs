// The TypeScript SDK 1.x, ready before there is a server: node first_answer.mjs URL
//
// Prints "ready", waits for a line, then connects until it succeeds, searches, and prints "answered".
import { once } from "node:events";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

console.log("ready");
await once(process.stdin, "data");
const deadline = Date.now() + 20_000;
let client;
for (;;) {
  client = new Client({ name: "docent-tests", version: "1.0.0" });
  try {
    await client.connect(new StreamableHTTPClientTransport(new URL(process.argv[2])));
    break;
  } catch (error) {
    if (Date.now() > deadline) throw error;
  }
}
const found = await client.callTool({ name: "search", arguments: { query: "checkpoint" } });
if (found.isError || !found.content[0].text.includes("heckpoint")) throw new Error(JSON.stringify(found));
console.log("answered");
process.exit(0);
