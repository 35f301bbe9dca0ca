// A program in a page of another origin connects, with the TypeScript SDK as it is bundled for browsers; one of an
// origin that nobody has allowed does not.

import { createServer } from "node:http";
import { once } from "node:events";
import { base, check, equal, launch, require } from "./browser.mjs";

const esbuild = require("esbuild");
const program = `
  import { Client } from "@modelcontextprotocol/sdk/client/index.js";
  import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
  window.ask = async (url) => {
    const client = new Client({ name: "page", version: "1" });
    await client.connect(new StreamableHTTPClientTransport(new URL(url)));
    const { tools } = await client.listTools();
    const found = await client.callTool({ name: "search", arguments: { query: "certificate" } });
    await client.close();
    return { tools: tools.map((it) => it.name), text: found.content[0].text };
  };
`;
const bundled = await esbuild.build({
  stdin: { contents: program, resolveDir: process.env.DOCENT_BROWSER },
  bundle: true,
  format: "iife",
  platform: "browser",
  write: false,
});
const script = bundled.outputFiles[0].text;
const pages = createServer((request, response) => {
  const isScript = request.url === "/script.js";
  response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
  response.end(isScript ? script : "<!doctype html><link rel=icon href=data:,><script src=/script.js></script>");
}).listen(0, "127.0.0.1");
await once(pages, "listening");
const { port } = pages.address();

const browser = await launch(["--host-resolver-rules=MAP foreign.example 127.0.0.1"]);
try {
  const page = await browser.newPage();
  await page.goto(`http://localhost:${port}/`);
  const answer = await page.evaluate((url) => window.ask(url), `${base}/mcp`);
  check(["search", "read", "browse"].every((it) => answer.tools.includes(it)), `tools: ${answer.tools}`);
  check(answer.text.includes("id: manual/certificates"), answer.text.slice(0, 500));
  await page.goto(`http://foreign.example:${port}/`);
  const refused = await page.evaluate((url) => window.ask(url).then(() => "", String), `${base}/mcp`);
  check(refused !== "", "a foreign page has connected");
  equal(new URL(page.url()).hostname, "foreign.example", "it was a foreign page");
} finally {
  await browser.close();
  pages.close();
}
