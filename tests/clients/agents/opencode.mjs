// opencode. A remote server is one address, at which it tries Streamable HTTP and then HTTP+SSE. A command for
// standard input is asked for at a terminal, so it is written into the configuration, as opencode's manual says.
import assert from "node:assert/strict";

const remote = (url) => ["mcp", "add", "docent", "--url", url];

export default {
  program: (packages) => [`${packages}/opencode-linux-${process.arch}/bin/opencode`],
  settings: (model) => ({
    environment: {
      OPENCODE_DISABLE_AUTOUPDATE: "1",
      OPENCODE_DISABLE_MODELS_FETCH: "1",
      OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
      OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
      OPENCODE_CONFIG_CONTENT: JSON.stringify({
        autoupdate: false,
        share: "disabled",
        model: `stand-in/${model.name}`,
        small_model: `stand-in/${model.name}`,
        provider: {
          "stand-in": {
            npm: "@ai-sdk/openai-compatible",
            options: { baseURL: `${model.url}/v1`, apiKey: "none" },
            models: { [model.name]: { tool_call: true } },
          },
        },
      }),
    },
  }),
  ask: (question) => ["run", question],
  connect: "opencode",
  add: { http: remote, sse: remote },
  write: {
    stdio: (command) => ({
      ".config/opencode/opencode.json": { mcp: { docent: { type: "local", command, enabled: true } } },
    }),
  },
  key: (url) => [...remote(url), "--header", "Authorization=Bearer {env:DOCENT_KEY}"],
  // It opens the browser itself.
  async signIn({ url, run }) {
    await run(remote(url));
    const login = await run(["mcp", "auth", "docent"]);
    assert.match(login.all, /Authentication successful/);
  },
};
