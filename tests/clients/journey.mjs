// What every client does once it is connected, whatever its own API looks like: list the tools, call
// each of them, list the resources, read one; and what must be in the answers.
//
// The documents are a real manual, found in package.json's @google/gemini-cli.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const expected = JSON.parse(readFileSync(new URL("./expected.json", import.meta.url), "utf8"));

/**
 * @param client.listTools     () -> tools, as MCP describes them
 * @param client.callTool      (name, arguments) -> CallToolResult
 * @param client.listResources (cursor) -> ListResourcesResult
 * @param client.readResource  (uri) -> ReadResourceResult
 */
export async function journey(client) {
  const tools = await client.listTools();
  assert.deepEqual(tools.map((tool) => tool.name).sort(), expected.tools);
  for (const tool of tools) {
    assert.ok(tool.description?.length > 40, `${tool.name} has no description`);
    assert.equal(tool.inputSchema.type, "object");
    assert.deepEqual(
      { ...tool.annotations, title: undefined },
      { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false, title: undefined },
    );
  }

  await documents(client);

  const uris = [];
  let cursor;
  do {
    const listed = await client.listResources(cursor);
    uris.push(...listed.resources.map((resource) => resource.uri));
    cursor = listed.nextCursor;
  } while (cursor);
  assert.ok(uris.includes(expected.uri), `resources/list has no ${expected.uri} among ${uris.length}`);
  assert.equal(new Set(uris).size, uris.length, "a resource is listed twice");

  const { contents } = await client.readResource(expected.uri);
  assert.ok(contents[0].text.includes(expected.sentence), "the resource is not the page");
  assert.equal(contents[0].mimeType, "text/markdown");
}

/** The part of the journey that every client can go: search, read, browse, in Markdown. */
export async function documents(client) {
  const id = await search(client);

  const page = answer(await client.callTool("read", { id }));
  assert.ok(page.includes(expected.sentence), `read answered without the page's text:\n${page}`);

  const sets = answer(await client.callTool("browse", {}));
  assert.ok(sets.includes(expected.set), `browse does not name the set:\n${sets}`);
  const folder = answer(await client.callTool("browse", { set: expected.set, path: expected.folder }));
  assert.ok(folder.includes(expected.id), `browse does not name the page:\n${folder}`);

  const mistake = await client.callTool("read", { id: expected.unknown });
  assert.equal(mistake.isError, true, "a page that does not exist is an error that the model can read");
  assert.ok(text(mistake).length > 0);
}

/** The journey at /chatgpt: the two tools that ChatGPT asks of a source, in JSON. */
export async function chatgpt(client) {
  const tools = await client.listTools();
  assert.deepEqual(tools.map((tool) => tool.name).sort(), ["fetch", "search"]);

  const { results } = json(await client.callTool("search", { query: expected.query }));
  const [first] = results;
  assert.ok(first.title.includes(expected.title), `another page came first: ${JSON.stringify(results)}`);
  assert.match(first.url, /^https?:\/\/\w/);
  const section = json(await client.callTool("fetch", { id: first.id }));
  assert.deepEqual([section.id, section.url], [first.id, first.url]);
  // What was found is a section of the page.
  const page = json(await client.callTool("fetch", { id: first.id.split("#")[0] }));
  assert.ok(page.text.includes(expected.sentence), `fetch answered without the page's text:\n${page.text}`);
}

// What a result holds as text and, the same, as structured content.
function json(result) {
  assert.notEqual(result.isError, true, text(result));
  const held = JSON.parse(text(result));
  assert.deepEqual(result.structuredContent, held);
  return held;
}

// Searches, and returns the id of the page that the answer puts first.
async function search(client) {
  const found = answer(await client.callTool("search", { query: expected.query }));
  const [first] = found.match(new RegExp(`\\b${expected.set}/[\\w./-]+\\.md`)) ?? [];
  assert.equal(first, expected.id, `another page came first:\n${found}`);
  assert.ok(found.includes(expected.title), `search does not name the page's title:\n${found}`);
  return first;
}

function answer(result) {
  assert.notEqual(result.isError, true, text(result));
  // Some clients drop the text of an answer that has structured content.
  assert.equal(result.structuredContent, undefined);
  return text(result);
}

function text(result) {
  return result.content.map((item) => item.text ?? "").join("\n");
}

/** The journey's client, from a connected `Client` of either TypeScript SDK. */
export function typescript(client) {
  return {
    listTools: async () => (await client.listTools()).tools,
    callTool: (name, args) => client.callTool({ name, arguments: args }),
    listResources: (cursor) => client.listResources({ cursor }),
    readResource: (uri) => client.readResource({ uri }),
  };
}

/** Searches, has the server restarted, and searches again with the same client. */
export async function searchAcrossRestart(client) {
  await search(client);
  await restartServer();
  await search(client);
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

// Asks the test that started this script to restart the server, and waits until it runs again.
async function restartServer() {
  process.stdout.write("restart\n");
  const { value } = await lines.next();
  assert.equal(value, "restarted");
}

/** A server on standard input and output, from the command that a test hands on. */
export function command(target) {
  const [program, ...args] = JSON.parse(target);
  return { command: program, args };
}

/** Runs a script's body; the process ends with it, whatever a client still holds open. */
export async function main(body) {
  try {
    await body(...process.argv.slice(2));
    process.exit(0);
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
}
