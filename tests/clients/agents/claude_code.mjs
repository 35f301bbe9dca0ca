// Claude Code. Its binary comes in a package for each architecture.
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
};
