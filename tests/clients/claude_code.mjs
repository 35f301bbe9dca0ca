// Claude Code, without an account or a network: node claude_code.mjs http|sse URL
//
// It connects and says so; without a model it calls nothing.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "./journey.mjs";

await main(async (transport, url) => {
  const home = mkdtempSync(join(tmpdir(), "claude-code-"));
  const claude = join(
    process.env.DOCENT_CLIENTS,
    `node_modules/@anthropic-ai/claude-code-linux-${process.arch}/claude`,
  );
  const { PATH, NODE_EXTRA_CA_CERTS = "" } = process.env;
  const run = (...args) =>
    execFileSync(claude, args, {
      cwd: home,
      encoding: "utf8",
      env: { PATH, NODE_EXTRA_CA_CERTS, HOME: home, DISABLE_AUTOUPDATER: "1", CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1" },
    });
  run("mcp", "add", "--scope", "user", "--transport", transport, "docent", url);
  const listed = run("mcp", "list");
  assert.match(listed, /docent: .*Connected/, listed);
});
