// GitHub Copilot CLI, with a model of one's own ("bring your own key") and therefore without an account.
export default {
  program: (packages) => [`${packages}/@github/copilot-linux-${process.arch}/copilot`],
  settings: (model) => ({
    environment: {
      COPILOT_PROVIDER_BASE_URL: `${model.url}/v1`,
      COPILOT_PROVIDER_TYPE: "openai",
      COPILOT_PROVIDER_API_KEY: "none",
      COPILOT_MODEL: model.name,
      COPILOT_OFFLINE: "true",
      COPILOT_AUTO_UPDATE: "false",
    },
  }),
  ask: (question) => ["-p", question, "--allow-all-tools", "--no-color"],
  connect: "copilot",
  add: {
    http: (url) => ["mcp", "add", "--transport", "http", "docent", url],
    sse: (url) => ["mcp", "add", "--transport", "sse", "docent", url],
    stdio: (command) => ["mcp", "add", "docent", "--", ...command],
  },
  key: (url) => ["mcp", "add", "--transport", "http", "docent", url, "--header", "Authorization: Bearer ${DOCENT_KEY}"],
};
