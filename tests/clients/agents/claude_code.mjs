// Claude Code. Its binary comes in a package for each architecture.
import assert from "node:assert/strict";

export default {
  program: (packages) => [`${packages}/@anthropic-ai/claude-code-linux-${process.arch}/claude`],
  settings: (model) => ({
    environment: {
      ANTHROPIC_BASE_URL: model.url,
      ANTHROPIC_API_KEY: "none",
      DISABLE_AUTOUPDATER: "1",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    },
  }),
  // A folder it did not find trustworthy, or a tool it may not use, would end the turn.
  ask: (question) => ["--print", question, "--allowedTools", "mcp__docent"],
  add: {
    http: (url) => ["mcp", "add", "--scope", "user", "--transport", "http", "docent", url],
    sse: (url) => ["mcp", "add", "--scope", "user", "--transport", "sse", "docent", url],
    stdio: (command) => ["mcp", "add", "--scope", "user", "docent", "--", ...command],
  },
  list: { arguments: ["mcp", "list"], shows: /docent: .*Connected/ },
  key: (url) => [
    ...["mcp", "add", "--scope", "user", "--transport", "http", "docent", url],
    ...["--header", "Authorization: Bearer ${DOCENT_KEY}"],
  ],
  // As over SSH: the address is shown, and the one that the person ends at is pasted.
  async signIn({ url, run, atTerminal, person }) {
    await run(["mcp", "add", "--scope", "user", "--transport", "http", "docent", url]);
    const before = await run(["mcp", "list"]);
    assert.match(before.all, /docent: .*Needs authentication/);
    const screen = atTerminal(["mcp", "login", "docent", "--no-browser"]);
    const [address] = await screen.until(/https?:\/\/\S+\?\S*code_challenge\S+/);
    await screen.until(/paste the redirect URL/i);
    screen.paste(`${await person(address, { stay: true })}\r`);
    await screen.until(/Authenticated with "docent"/);
    assert.equal(await screen.ended, 0);
  },
};
