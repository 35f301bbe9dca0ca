// Codex CLI. It speaks Streamable HTTP and standard input, and no HTTP+SSE.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";

export default {
  program: (packages) => {
    const vendor = `${packages}/@openai/codex-linux-${process.arch}/vendor`;
    return [`${vendor}/${readdirSync(vendor)[0]}/bin/codex`];
  },
  settings: (model) => ({
    files: {
      ".codex/config.toml": `
model = "${model.name}"
model_provider = "stand-in"
check_for_update_on_startup = false
analytics.enabled = false
[model_providers.stand-in]
name = "Stand-in"
base_url = "${model.url}/v1"
wire_api = "responses"
`,
    },
  }),
  // Its own sandbox is of no use to this question, and needs more than a container may have.
  ask: (question) => ["exec", "--skip-git-repo-check", "--sandbox", "danger-full-access", question],
  connect: "codex",
  add: {
    http: (url) => ["mcp", "add", "docent", "--url", url],
    stdio: (command) => ["mcp", "add", "docent", "--", ...command],
  },
  key: (url) => ["mcp", "add", "docent", "--url", url, "--bearer-token-env-var", "DOCENT_KEY"],
  // It begins when it is told of a server that asks for it.
  async signIn({ url, run, atTerminal, person }) {
    const screen = atTerminal(["mcp", "add", "docent", "--url", url]);
    const [address] = await screen.until(/https?:\/\/\S+\?\S*code_challenge\S+/);
    await person(address);
    await screen.until(/Successfully logged in/);
    assert.equal(await screen.ended, 0);
    const after = await run(["mcp", "list"]);
    assert.match(after.all, /docent .*OAuth/);
  },
};
