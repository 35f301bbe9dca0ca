// A client of the least kind, for any identity provider: node flow.mjs ISSUER RESOURCE SCOPE FIELD=VALUE...
//
// Registers, or is "docent-tests" where nobody can, has the person sign in with these fields, and prints what it was given, as JSON: the answer of the token endpoint
// (access_token, id_token, …) and, where the access token is a JWT, its header and claims.
import { createHash, randomBytes } from "node:crypto";
import { signIn } from "./person.mjs";

const [issuer, resource, scope, ...words] = process.argv.slice(2);
const fields = Object.fromEntries(words.map((word) => word.split(/=(.*)/s)));
const redirect_uri = "http://localhost:1/callback";

const metadata = await json(fetch(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`));
const registration = metadata.registration_endpoint;
const { client_id } = registration ? await register(registration) : { client_id: "docent-tests" };
const code_verifier = randomBytes(32).toString("base64url");
const state = randomBytes(16).toString("base64url");
const address = new URL(metadata.authorization_endpoint);
address.search = new URLSearchParams({
  response_type: "code",
  client_id,
  redirect_uri,
  scope,
  state,
  resource,
  code_challenge: createHash("sha256").update(code_verifier).digest("base64url"),
  code_challenge_method: "S256",
});
const { url, status, text } = await signIn(address, fields, { stay: true });
const answered = new URL(url).searchParams;
if (answered.get("state") !== state || !answered.has("code")) throw new Error(`the sign-in ended at ${url} (${status}): ${text}`);
const tokens = await json(
  fetch(metadata.token_endpoint, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code: answered.get("code"),
      redirect_uri,
      client_id,
      code_verifier,
      resource,
    }),
  }),
);
const [header, claims] = tokens.access_token.split(".", 2).map(decoded);
console.log(JSON.stringify({ ...tokens, header, claims }));

function register(endpoint) {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({
    client_name: "A client",
    redirect_uris: [redirect_uri],
    response_types: ["code"],
    grant_types: ["authorization_code"],
    token_endpoint_auth_method: "none",
  });
  return json(fetch(endpoint, { method: "POST", headers, body }));
}

async function json(asked) {
  const answer = await asked;
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

function decoded(part) {
  try {
    return JSON.parse(Buffer.from(part, "base64url"));
  } catch {
    return undefined;
  }
}
