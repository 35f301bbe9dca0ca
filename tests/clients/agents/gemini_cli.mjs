// Gemini CLI.
import assert from "node:assert/strict";

export default {
  program: (packages) => [process.execPath, `${packages}/.bin/gemini`],
  settings: (model) => ({
    environment: {
      GEMINI_CLI_TRUST_WORKSPACE: "true",
      GEMINI_API_KEY: "none",
      GOOGLE_GEMINI_BASE_URL: model.url,
      // A session without a desktop has no keyring to ask.
      GEMINI_FORCE_FILE_STORAGE: "true",
    },
    files: {
      ".gemini/settings.json": JSON.stringify({
        security: { auth: { selectedType: "gemini-api-key" } },
        privacy: { usageStatisticsEnabled: false },
        general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
      }),
    },
  }),
  // It takes only models whose names it knows, and asks nobody whether it may call docent.
  ask: (question) => ["--approval-mode", "yolo", "--model", "gemini-2.5-flash", "--prompt", question],
  connect: "gemini",
  add: {
    http: (url) => ["mcp", "add", "--scope", "user", "--transport", "http", "docent", url],
    sse: (url) => ["mcp", "add", "--scope", "user", "--transport", "sse", "docent", url],
    stdio: ([program, ...rest]) => ["mcp", "add", "--scope", "user", "docent", program, ...rest],
  },
  list: { arguments: ["mcp", "list"], shows: /docent: .*- Connected/ },
  key: (url) => [
    ...["mcp", "add", "--scope", "user", "--transport", "http", "docent", url],
    ...["--header", "Authorization: Bearer $DOCENT_KEY"],
  ],
  // Only its screen has a command for it, and asks before it opens the browser.
  async signIn({ url, run, atTerminal }) {
    await run(["mcp", "add", "--scope", "user", "--transport", "http", "docent", url]);
    const before = await run(["mcp", "list"]);
    assert.match(before.all, /docent: .*Disconnected/);
    // What is typed before it is ready would be said to the model.
    const screen = atTerminal(["--model", "gemini-2.5-flash", "--prompt-interactive", "Are you there?"]);
    await screen.until(/There is no tool of docent's/);
    await screen.type("/mcp auth docent");
    // The command is sent, and that the browser may be opened is agreed to.
    await screen.insist("\r", /authenticated and reloaded tools for 'docent'/);
    screen.close();
  },
};
