// The public checks of documentation that agents read: node afdocs.mjs FOLDER URL
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { main } from "./journey.mjs";

// What does not pass, with the reason.
const OTHERWISE = {
  "content-start-position": [
    "warn",
    "the manual's index page is a list of links, and so is its table of contents: there is no text for it to start with",
  ],
  "auth-alternative-access": ["skip", "all pages are public, so there is no gate to find a way around"],
};

await main(async (folder, url) => {
  const program = join(folder, "node_modules/.bin/afdocs");
  const options = ["--format", "json", "--sampling", "deterministic", "--max-links", "60", "--request-delay", "0", "--quiet"];
  const run = spawnSync(process.execPath, [program, "check", url, ...options], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    timeout: 240_000,
  });
  assert.ok(run.stdout, run.stderr);
  const { results } = JSON.parse(run.stdout);
  assert.ok(results.length >= 28, `${results.length} checks`);
  for (const { id, status, message } of results) {
    console.log(`${status.padEnd(5)} ${id}: ${message}`);
  }
  const wrong = results.filter(({ id, status }) => status !== "pass" && status !== OTHERWISE[id]?.[0]);
  const told = ({ id, status, message, details }) =>
    `${id}: ${status}: ${message}\n${JSON.stringify(details, null, 1).slice(0, 4_000)}`;
  assert.equal(wrong.length, 0, wrong.map(told).join("\n\n"));
});
