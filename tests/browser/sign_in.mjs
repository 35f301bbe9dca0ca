// docent's sign-in page in a browser: for everybody on any screen, with and without a script; the way back under the policy of
// the page; and what pages of others cannot do with it.

import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { base, check, equal, launch, open, scrollsSideways, violations } from "./browser.mjs";

const key = process.env.DOCENT_KEY;
const shots = process.env.DOCENT_SCREENSHOTS;
mkdirSync(shots, { recursive: true });

// The program that asks, on the person's own machine: what it was sent, and pages that mean harm.
const arrived = [];
let evil = "";
const program = createServer((request, response) => {
  const url = new URL(request.url, "http://localhost");
  if (url.pathname === "/callback") {
    arrived.push(Object.fromEntries(url.searchParams));
    // As many do, it goes on to a page of its own.
    response.writeHead(302, { location: "/done" }).end();
  } else {
    response.setHeader("content-type", "text/html");
    response.end(url.pathname === "/evil" ? evil : "<!doctype html><link rel=icon href=data:,><title>Done</title><p>You can close this.");
  }
}).listen(0, "127.0.0.1");
await once(program, "listening");
const callback = `http://127.0.0.1:${program.address().port}/callback`;

const ask = async (path, options) => {
  const answer = await fetch(base + path, options);
  return { status: answer.status, body: await answer.json() };
};
const registered = await ask("/register", {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ client_name: "Test program", redirect_uris: ["http://127.0.0.1/callback"] }),
});
equal(registered.status, 201, "registered");
const client = registered.body.client_id;

const begin = () => {
  const verifier = randomBytes(32).toString("base64url");
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  const url = new URL(`${base}/authorize`);
  for (const [name, value] of Object.entries({
    response_type: "code",
    client_id: client,
    redirect_uri: callback,
    code_challenge: challenge,
    code_challenge_method: "S256",
    state: "a state & more",
    resource: `${base}/mcp`,
  })) url.searchParams.set(name, value);
  return { verifier, url: url.href };
};

const redeem = async (code, verifier) => {
  const fields = { grant_type: "authorization_code", code, client_id: client, redirect_uri: callback, code_verifier: verifier };
  const { status, body } = await ask("/token", { method: "POST", body: new URLSearchParams(fields) });
  equal(status, 200, "a token");
  return body.access_token;
};

const opens = async (token) => {
  const answer = await fetch(`${base}/mcp`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json, text/event-stream", authorization: `Bearer ${token}` },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
  });
  return answer.status === 200;
};

const field = (page) => page.getByLabel("Your access key");
const refused = /403 \(Forbidden\)|429|400 \(Bad Request\)/;

// The page, and the one after a wrong key, at each width and in each scheme.
const everywhere = async (browser) => {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [360, 1440]) {
      const viewport = { width, height: width === 360 ? 740 : 900 };
      const { page, done } = await open(browser, { colorScheme, viewport }, refused);
      const look = async (name) => {
        await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
        equal(await violations(page), [], `axe-core on ${name} at ${width}, ${colorScheme}`);
        check(!(await scrollsSideways(page)), `${name} scrolls sideways at ${width}`);
        equal(await page.locator("h1").count(), 1, `headings of the first level on ${name}`);
      };
      await page.goto(begin().url);
      await look("sign-in");
      await field(page).fill("docent_wrong");
      await page.getByRole("button", { name: "Let Test program read" }).click();
      await page.getByRole("alert").waitFor();
      check((await page.title()).startsWith("Error: "), "the title says so");
      check(await field(page).evaluate((it) => it === document.activeElement && it.value === ""), "the field waits for another key");
      await look("sign-in-error");
      await page.goto(`${base}/authorize?client_id=x`);
      await look("sign-in-unknown");
      await done();
    }
  }
};

// From the question to the answer, by keyboard, with a script and without one.
const whole = async (browser, javaScriptEnabled) => {
  const { page, context, done } = await open(browser, { javaScriptEnabled }, refused, [new URL(callback).origin]);
  const { verifier, url } = begin();
  await page.goto(url);
  const [cookie, ...more] = await context.cookies(base);
  equal(more, [], "further cookies");
  equal([cookie.httpOnly, cookie.sameSite], [true, "Strict"], "the cookie");
  await field(page).focus();
  await page.keyboard.type(key);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/done");
  const sent = arrived.pop();
  equal([sent.state, sent.iss], ["a state & more", base], "state and issuer come back");
  check(await opens(await redeem(sent.code, verifier)), "the token opens");
  // Back: the key is not in the page any more.
  await page.goBack();
  check(!(await page.content()).includes(key), "no page keeps the key");
  await page.goto(begin().url);
  await page.getByRole("button", { name: "Do not allow" }).click();
  await page.waitForURL("**/done");
  const denied = arrived.pop();
  equal([denied.error, denied.state, denied.iss], ["access_denied", "a state & more", base], "a no is told");
  await done();
};

// What a page of another site can do: nothing.
const others = async (browser) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const there = `http://localhost:${program.address().port}/evil`;
  // It shows docent's page in a frame.
  evil = `<!doctype html><iframe src="${begin().url.replaceAll("&", "&amp;")}"></iframe>`;
  await page.goto(there);
  await page.waitForTimeout(0);
  const frame = page.frames().find((it) => it !== page.mainFrame());
  equal(await frame.locator("form").count().catch(() => 0), 0, "forms in a frame");
  // It sends a form of docent's that it has opened itself, with a key of its own, by the browser of somebody else.
  const opened = await (await fetch(begin().url)).text();
  const form = /name="form" value="([^"]+)"/.exec(opened)[1];
  evil = `<!doctype html><form method="post" action="${base}/authorize"><input name="form" value="${form}"><input name="key" value="${key}"></form>
    <script>document.forms[0].submit()</script>`;
  const before = arrived.length;
  const [answer] = await Promise.all([
    page.waitForResponse((it) => it.request().method() === "POST"),
    page.goto(there).catch(() => {}),
  ]);
  check([400, 403].includes(answer.status()), `another site's form: ${answer.status()}`);
  equal(arrived.length, before, "nobody was sent back");
  await context.close();
};

const browser = await launch();
try {
  await everywhere(browser);
  await whole(browser, true);
  await whole(browser, false);
  await others(browser);
} finally {
  await browser.close();
  program.close();
}
