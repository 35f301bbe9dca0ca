// The MCP inspector's command line: node inspector.mjs http|sse URL
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { journey, main } from "./journey.mjs";

const run = promisify(execFile);
const inspector = join(process.env.DOCENT_CLIENTS, "node_modules/.bin/mcp-inspector");

await main(async (transport, url) => {
  // One process a call, as a person at a terminal uses it.
  const call = async (method, ...args) => {
    const { stdout } = await run(
      process.execPath,
      [inspector, "--cli", url, "--transport", transport, "--method", method, ...args],
      { maxBuffer: 1 << 24 },
    ).catch((error) => error); // Ends with a failure's code where a tool answers with an error.
    return JSON.parse(stdout);
  };
  await journey({
    listTools: async () => (await call("tools/list")).tools,
    callTool: (name, args) => {
      const pairs = Object.entries(args).map(([key, value]) => `${key}=${value}`);
      return call("tools/call", "--tool-name", name, ...(pairs.length ? ["--tool-arg", ...pairs] : []));
    },
    listResources: () => call("resources/list"), // Follows the cursors itself.
    readResource: (uri) => call("resources/read", "--uri", uri),
  });
});
