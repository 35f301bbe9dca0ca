// An identity provider, npm's oidc-provider, on a free port of loopback: node oidc_provider.mjs SETTINGS
//
// SETTINGS is JSON: users, their groups by name ({"ada": ["staff"]}); tls, paths of a key and a chain ({key, cert});
// seconds, how long an access token lives. It prints {"issuer": URL} when it serves, and ends with its standard input.
//
// Clients register themselves, with PKCE; access tokens are JWTs (RFC 9068) for the resource that was asked for,
// signed with ES256, and hold the groups of the user. Its sign-in page asks for the name alone.
//
// Each line of standard input is a command in JSON, and is answered by a line of JSON:
//   {"do": "rotate", "keep": true|false}                       a new key from now on; the one before stays published, or does not
//   {"do": "token", "user": …, "resource": …, "seconds": …}   an access token as a client would get it
import { createServer as plain } from "node:http";
import { createServer as secure } from "node:https";
import { readFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import Provider from "oidc-provider";
import { exportJWK, generateKeyPair } from "jose";

const { users, tls, seconds = 600 } = JSON.parse(process.argv[2]);
const cookies = { keys: [randomBytes(32).toString("hex")] };
// What clients ask for varies; none of it is a reason to refuse them.
const scopes = ["openid", "offline_access", "docs:read"];

let keys = [await newKey()];
let provider;
let answer;
const server = tls
  ? secure({ key: readFileSync(tls.key), cert: readFileSync(tls.cert) }, (...exchange) => route(...exchange))
  : plain((...exchange) => route(...exchange));
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const issuer = `http${tls ? "s" : ""}://localhost:${server.address().port}`;
begin();
say({ issuer });

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  say(await COMMANDS()[command.do](command));
}
process.exit(0);

function COMMANDS() {
  return {
    async rotate({ keep }) {
      keys = [await newKey(), ...(keep ? keys : [])];
      begin();
      return { key: keys[0].kid };
    },
    async token({ user, resource, seconds: lifetime = seconds }) {
      const client = await provider.Client.find("machine");
      const token = new provider.AccessToken({ accountId: user, client, scope: "docs:read", gty: "authorization_code" });
      token.resourceServer = new provider.ResourceServer(resource, resourceServer(resource));
      token.expiresIn = lifetime;
      token.extra = { groups: users[user] ?? [] };
      return { token: await token.save() };
    },
  };
}

function say(answer) {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

// Keys can only be told to a new provider; grants and clients are kept beside it, and survive.
function begin() {
  provider = new Provider(issuer, {
    jwks: { keys },
    cookies,
    scopes,
    clients: [{ client_id: "machine", redirect_uris: ["http://localhost/"], token_endpoint_auth_method: "none" }],
    clientDefaults: { id_token_signed_response_alg: "ES256", grant_types: ["authorization_code", "refresh_token"] },
    enabledJWA: { idTokenSigningAlgValues: ["ES256"] },
    responseTypes: ["code"],
    pkce: { required: () => true },
    ttl: { AccessToken: seconds, Interaction: 600, Session: 600, Grant: 3600, IdToken: 600, RefreshToken: 3600, AuthorizationCode: 60 },
    issueRefreshToken: (_, client) => client.grantTypeAllowed("refresh_token"),
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId, groups: users[accountId] ?? [] }) }),
    extraTokenClaims: (_, token) => ({ groups: users[token.accountId] ?? [] }),
    interactions: { url: (_, { uid }) => `/sign-in/${uid}` },
    loadExistingGrant,
    features: {
      devInteractions: { enabled: false },
      registration: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        getResourceServerInfo: (_, resource) => resourceServer(resource),
        useGrantedResource: () => true,
      },
    },
  });
  answer = provider.callback();
}

function resourceServer(resource) {
  return { scope: "docs:read", audience: resource, accessTokenTTL: seconds, accessTokenFormat: "jwt", jwt: { sign: { alg: "ES256" } } };
}

// Whoever has signed in agrees to whatever the client asks for.
async function loadExistingGrant({ oidc }) {
  const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
  grant.addOIDCScope(scopes.join(" "));
  for (const resource of [oidc.params.resource ?? []].flat()) grant.addResourceScope(resource, "docs:read");
  await grant.save();
  return grant;
}

async function route(request, response) {
  if (!request.url.startsWith("/sign-in/")) return answer(request, response);
  try {
    const details = await provider.interactionDetails(request, response);
    if (request.method === "POST") {
      const name = new URLSearchParams(await bodyOf(request)).get("name");
      if (name in users) return await provider.interactionFinished(request, response, { login: { accountId: name }, consent: {} });
    }
    page(response, 200, `<h1>Sign in for ${escaped(details.params.client_id)}</h1>
      <form method="post"><label>Name <input name="name" required></label><button>Sign in</button></form>`);
  } catch (error) {
    page(response, 400, `<h1>${escaped(error.message)}</h1>`);
  }
}

function page(response, status, body) {
  response.writeHead(status, { "content-type": "text/html; charset=utf-8" });
  response.end(`<!doctype html><title>Identity provider</title>${body}`);
}

function escaped(text) {
  return String(text).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function newKey() {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: randomBytes(8).toString("hex"), use: "sig", alg: "ES256" };
}
