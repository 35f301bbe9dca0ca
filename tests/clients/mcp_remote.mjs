// mcp-remote, the bridge for clients that only speak stdio: node mcp_remote.mjs http-first|sse-only URL
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { journey, main, typescript } from "./journey.mjs";

await main(async (strategy, url) => {
  const client = new Client({ name: "docent-tests", version: "1.0.0" });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [
        join(process.env.DOCENT_CLIENTS, "node_modules/.bin/mcp-remote"),
        url,
        "--transport",
        strategy,
        "--allow-http",
      ],
      env: { ...process.env, MCP_REMOTE_CONFIG_DIR: mkdtempSync(join(tmpdir(), "mcp-remote-")) },
    }),
  );
  await journey(typescript(client));
  await client.close();
});
