// The TypeScript SDK 1.x, and a person who signs in: node sign_in.mjs mcp|sse URL FIELD=VALUE...
//
// What the search then answers is printed.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { signIn } from "../issuers/person.mjs";
import { main } from "./journey.mjs";

await main(async (mode, url, ...words) => {
  const fields = Object.fromEntries(words.map((word) => word.split(/=(.*)/s)));
  const { redirect, answered } = await listen();
  const kept = { state: "of-this-test" };
  const provider = {
    redirectUrl: redirect,
    clientMetadata: {
      client_name: "docent's tests",
      redirect_uris: [redirect],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    },
    state: () => kept.state,
    clientInformation: () => kept.client,
    saveClientInformation: (client) => void (kept.client = client),
    tokens: () => kept.tokens,
    saveTokens: (tokens) => void (kept.tokens = tokens),
    codeVerifier: () => kept.verifier,
    saveCodeVerifier: (verifier) => void (kept.verifier = verifier),
    async redirectToAuthorization(address) {
      const seen = await signIn(address.href, fields);
      assert.ok(seen.url.startsWith(redirect), `the sign-in ended at ${seen.url}: ${seen.status}\n${seen.text}`);
    },
  };
  const Transport = mode === "sse" ? SSEClientTransport : StreamableHTTPClientTransport;
  const connect = async (transport) => {
    const client = new Client({ name: "docent-tests", version: "1.0.0" });
    await client.connect(transport);
    return client;
  };

  const first = new Transport(new URL(url), { authProvider: provider });
  await assert.rejects(connect(first), UnauthorizedError);
  const answer = await answered;
  assert.equal(answer.get("state"), kept.state);
  await first.finishAuth(answer.get("code"));
  const client = await connect(new Transport(new URL(url), { authProvider: provider }));
  const found = await client.callTool({ name: "search", arguments: { query: "call sign of the harbour" } });
  console.log(found.content.map(({ text }) => text).join("\n"));
});

// Where the person is sent back to.
async function listen() {
  let tell;
  const answered = new Promise((resolve) => (tell = resolve));
  const server = createServer((request, response) => {
    response.end("Signed in.");
    tell(new URL(request.url, "http://localhost").searchParams);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { redirect: `http://localhost:${server.address().port}/callback`, answered };
}
