// The benchmark's server on the TypeScript MCP SDK: node typescript.mjs minisearch|fts5 SECTIONS.json
//
// Stateless and answering in plain JSON, which is the SDK's fastest mode, on node:http directly.
// What does not depend on the request (the index, the tool's schema) is made once.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const installed = join(process.env.DOCENT_CLIENTS, "package.json");
const packages = createRequire(installed);
const load = (name) => import(pathToFileURL(packages.resolve(name)).href);
const { McpServer } = await load("@modelcontextprotocol/sdk/server/mcp.js");
const { StreamableHTTPServerTransport } = await load("@modelcontextprotocol/sdk/server/streamableHttp.js");
const { z } = await load("zod");

const RESULTS = 10;
const BUDGET = 12_000; // characters: about 3,000 tokens, as docent's answers

const [engine, file] = process.argv.slice(2);
const sections = JSON.parse(readFileSync(file, "utf8"));
const find = engine === "fts5" ? await fts5() : await minisearch();

async function minisearch() {
  const { default: MiniSearch } = await load("minisearch");
  const index = new MiniSearch({
    fields: ["title", "heading", "text"],
    searchOptions: { boost: { title: 2, heading: 2 } },
  });
  index.addAll(sections.map((section, id) => ({ id, ...section })));
  return (query) => index.search(query).slice(0, RESULTS).map(({ id }) => sections[id]);
}

async function fts5() {
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(":memory:");
  database.exec("CREATE VIRTUAL TABLE sections USING fts5(title, heading, text, page UNINDEXED, tokenize='porter')");
  const insert = database.prepare("INSERT INTO sections VALUES (?, ?, ?, ?)");
  database.exec("BEGIN");
  for (const { title, heading, text, page } of sections) insert.run(title, heading, text, page);
  database.exec("COMMIT");
  const select = database.prepare(
    `SELECT title, heading, text, page FROM sections WHERE sections MATCH ? ORDER BY bm25(sections, 2, 2, 1) LIMIT ${RESULTS}`,
  );
  return (query) => {
    const words = query.match(/[\p{L}\p{N}_]+/gu);
    return words ? select.all(words.map((word) => `"${word}"`).join(" OR ")) : [];
  };
}

function answer(query) {
  const found = find(query);
  if (found.length === 0) return "Nothing found.";
  const each = Math.floor(BUDGET / found.length);
  return found
    .map(({ title, heading, text, page }) => `## ${title} > ${heading}\nid: ${page}\n\n${text.slice(0, each)}`)
    .join("\n\n");
}

const inputSchema = { query: z.string() };

function mcpServer() {
  const server = new McpServer({ name: "peer", version: "1.0.0" });
  server.registerTool("search", { description: "Searches the documentation.", inputSchema }, ({ query }) => ({
    content: [{ type: "text", text: answer(query) }],
  }));
  return server;
}

const listener = createServer(async (request, response) => {
  // The SDK's rule: without sessions, a server and a transport of its own for each request.
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: true });
  const server = mcpServer();
  response.on("close", () => {
    transport.close();
    server.close();
  });
  await server.connect(transport);
  await transport.handleRequest(request, response);
});
listener.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${listener.address().port}/mcp`);
});
