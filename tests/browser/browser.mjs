// A browser for the tests: Debian's chromium, which asks nobody but the server that is tested, and of which
// every complaint is a failure.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const modules = join(process.env.DOCENT_BROWSER, "node_modules");
export const require = createRequire(join(modules, "x.cjs"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

export const base = process.argv[3];

export const launch = (args = []) =>
  chromium.launch({
    executablePath: process.env.DOCENT_CHROMIUM,
    // Root has no sandbox; what is opened is docent's own.
    args: ["--no-sandbox", "--disable-gpu", ...args],
  });

export const check = (condition, what) => {
  if (!condition) throw new Error(what);
};

export const equal = (actual, expected, what) => {
  const [a, b] = [actual, expected].map((it) => JSON.stringify(it));
  check(a === b, `${what}: ${a} instead of ${b}`);
};

// A page that tells what goes wrong in it; `done` fails where anything did. `mayRefuse`: what the browser is to complain of;
// `mayAsk`: origins besides docent's that it may go to.
export const open = async (browser, options = {}, mayRefuse = null, mayAsk = []) => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !mayRefuse?.test(message.text())) wrong.push(message.text());
  });
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("dialog", (dialog) => {
    wrong.push(`a dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  const finished = [];
  page.on("request", (request) => {
    const isKnown = [new URL(base).origin, ...mayAsk].some((it) => request.url().startsWith(`${it}/`));
    if (!isKnown && !request.url().startsWith("data:,")) wrong.push(`a request to ${request.url()}`);
  });
  page.on("requestfinished", (request) => finished.push(request));
  return {
    context,
    page,
    // Asked for when it is wanted: of a page that is closed, nobody can tell.
    bytes: async () => {
      const sizes = await Promise.all(finished.map((request) => request.sizes()));
      return sizes.reduce((sum, it) => sum + it.responseBodySize + it.responseHeadersSize, 0);
    },
    done: async () => {
      await context.close();
      equal(wrong, [], `complaints in ${options.colorScheme ?? "the browser"}`);
    },
  };
};

// What axe-core finds, by its rules for WCAG 2.2 A and AA and its best practices.
export const violations = async (page) => {
  await page.evaluate(axe);
  const results = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return results.violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.html.slice(0, 200)).join(" | ")}`);
};

export const scrollsSideways = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1);
