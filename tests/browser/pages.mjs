// What people see: each kind of page, on phones and desks, in light and dark; without a script, and with one.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { base, check, equal, launch, open, scrollsSideways, violations } from "./browser.mjs";

const shots = process.env.DOCENT_SCREENSHOTS;
mkdirSync(shots, { recursive: true });

const PAGES = {
  start: "/",
  search: "/search?q=certificate",
  nothing: "/search?q=qwxzv+plomtik",
  contents: "/manual/",
  page: "/manual/configuration",
  missing: "/manual/no/such-page.html",
  mcp: "/mcp",
};

// Every page at each width and in each scheme: no violation, nothing beside the screen, no complaint.
const everywhere = async (browser) => {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [360, 1440]) {
      const mayRefuse = /404 \(Not Found\)/;
      const { page, done } = await open(browser, { colorScheme, viewport: { width, height: width === 360 ? 740 : 900 } }, mayRefuse);
      for (const [name, path] of Object.entries(PAGES)) {
        await page.goto(base + path, { waitUntil: "load" });
        await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`), fullPage: false });
        equal(await violations(page), [], `axe-core on ${path} at ${width}, ${colorScheme}`);
        check(!(await scrollsSideways(page)), `${path} scrolls sideways at ${width}`);
        equal(await page.locator("h1").count(), 1, `headings of the first level on ${path}`);
      }
      await done();
    }
  }
};

const steps = (page) => page.locator(".tabs > section:visible h3").first();

// The tabs, the search and its form work without a script, and nobody is shown a button that does nothing.
const bare = async (browser) => {
  const { page, bytes, done } = await open(browser, { javaScriptEnabled: false });
  await page.goto(base);
  const all = await bytes();
  check(all < 60_000, `the first page takes ${all} bytes`);
  console.log(`first page, with style, script and icon: ${all} bytes`);
  equal(await page.locator(".copy").count(), 0, "copy buttons");
  equal(await page.locator(".tabs > section:visible").count(), 1, "assistants at a time");
  await page.locator("label[for=codex]").click();
  check((await steps(page).textContent()).startsWith("Codex"), "a click shows the steps");
  await page.keyboard.press("ArrowDown");
  check((await steps(page).textContent()).startsWith("VS Code"), "an arrow goes to the next");
  await page.goto(`${base}/?assistant=zed`);
  equal(await steps(page).textContent(), "Zed", "the address chooses");
  await page.getByRole("searchbox").fill("certificate");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/search?q=certificate");
  check((await page.locator("#results .hit").count()) > 1, "results");
  check(/\d tokens/.test(await page.locator("#results .sum").textContent()), "tokens are told");
  await page.locator("#results .hit h2 a").first().click();
  check((await page.locator("article h1").count()) === 1, "a result opens its page");
  await done();
};

// What is nicer with a script: copying, the assistant of last time, results as one types, the keyboard.
const scripted = async (browser) => {
  const origin = new URL(base).origin;
  const { page, context, done } = await open(browser);
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin });
  await page.goto(base);
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await page.locator(".plate .copy").click();
  equal(await copied(), `${base}/mcp`, "the address is copied");
  equal(await page.locator(".plate .copy").textContent(), "Copied", "the button says so");
  await page.locator("label[for=claude-code]").click();
  await page.getByRole("button", { name: "Copy the command" }).first().click();
  equal(await copied(), `claude mcp add --transport http --scope user team-handbook ${base}/mcp`, "the command is copied");

  // Install links: what the programs will read out of them.
  const href = (id) => page.locator(`#${id} + label + section .button.main`).getAttribute("href");
  const entry = { name: "team-handbook", type: "http", url: `${base}/mcp` };
  const vscode = await href("vscode");
  check(vscode.startsWith("vscode:mcp/install?"), vscode);
  equal(JSON.parse(decodeURIComponent(vscode.split("?")[1])), entry, "VS Code's link");
  const cursor = new URL(await href("cursor"));
  equal(cursor.protocol + cursor.host + cursor.pathname, "cursor:anysphere.cursor-deeplink/mcp/install", "Cursor's link");
  equal(cursor.searchParams.get("name"), "team-handbook", "Cursor's name");
  equal(JSON.parse(atob(cursor.searchParams.get("config"))), { url: `${base}/mcp` }, "Cursor's entry");
  const goose = new URL(await href("goose"));
  equal([goose.searchParams.get("type"), goose.searchParams.get("url")], ["streamable_http", `${base}/mcp`], "Goose's link");

  // The keyboard: one stop for all tabs, arrows within, and the choice is there the next time.
  await page.locator("#claude-code").focus();
  await page.keyboard.press("ArrowDown");
  equal(await page.evaluate(() => document.activeElement.id), "claude-desktop", "an arrow chooses the next assistant");
  await page.reload();
  equal(await steps(page).textContent(), "Claude Desktop", "the assistant of last time");
  await page.goto(`${base}/#goose`);
  equal(await steps(page).textContent(), "Goose", "the address wins");

  // Results as one types, announced, without leaving the page.
  await page.keyboard.press("/");
  equal(await page.evaluate(() => document.activeElement.id), "q", "/ goes to the search box");
  await page.keyboard.type("certificate");
  await page.locator("#brief .hit").first().waitFor();
  // Announced a moment after it is shown, so that a reader of screens takes it for news.
  await page.locator("[role=status]").filter({ hasText: /tokens/ }).waitFor({ state: "attached" });
  equal(new URL(page.url()).pathname, new URL(`${base}/`).pathname, "the page is the same");
  await page.goto(`${base}/search?q=backup`);
  await page.getByRole("searchbox").fill("certificate");
  await page.waitForURL("**/search?q=certificate");
  await done();
};

const scenarios = { everywhere, bare, scripted };
const browser = await launch();
try {
  await scenarios[process.argv[2]](browser);
} finally {
  await browser.close();
}
