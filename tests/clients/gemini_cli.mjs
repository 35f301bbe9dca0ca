// Gemini CLI, without an account or a network: node gemini_cli.mjs http|sse URL
//
// It connects and says so; without a model it calls nothing.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "./journey.mjs";

await main(async (transport, url) => {
  const home = mkdtempSync(join(tmpdir(), "gemini-cli-"));
  const gemini = join(process.env.DOCENT_CLIENTS, "node_modules/.bin/gemini");
  const run = (...args) => {
    const { stdout, stderr } = spawnSync(process.execPath, [gemini, ...args], {
      cwd: home,
      encoding: "utf8",
      env: { PATH: process.env.PATH, HOME: home, GEMINI_CLI_TRUST_WORKSPACE: "true" },
    });
    return stdout + stderr;
  };
  const added = run("mcp", "add", "--scope", "user", "--transport", transport, "docent", url);
  const listed = run("mcp", "list");
  assert.match(listed, /docent: .*- Connected/, added + listed);
});
