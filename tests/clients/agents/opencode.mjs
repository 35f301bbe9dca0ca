// opencode. A remote server is one address, at which it tries Streamable HTTP and then HTTP+SSE. Its command
// adds servers by asking at a terminal, so they are written into its configuration, as its manual says.
const server = (entry) => ({ ".config/opencode/opencode.json": { mcp: { docent: { ...entry, enabled: true } } } });
const remote = (url) => server({ type: "remote", url });

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
  write: {
    http: remote,
    sse: remote,
    stdio: (command) => server({ type: "local", command }),
  },
};
