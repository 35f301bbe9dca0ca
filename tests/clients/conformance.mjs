// The scenarios of the MCP conformance suite that apply to any server: node conformance.mjs http URL
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "./journey.mjs";

const suite = join(process.env.DOCENT_CLIENTS, "node_modules/.bin/conformance");

const APPLY = [
  "server-initialize",
  "ping",
  "tools-list",
  "resources-list",
  "completion-complete",
  "server-sse-polling",
  "server-sse-multiple-streams",
  "dns-rebinding-protection",
];

// Every other scenario, with the reason why it says nothing about a server that is not the suite's own.
const OWN_TOOL = "calls a tool of the suite's own test server";
const OWN_RESOURCE = "reads a resource of the suite's own test server";
const OWN_PROMPT = "asks for a prompt of the suite's own test server";
const LEFT_OUT = {
  "prompts-list": "needs the prompts capability, and docent has no prompts",
  "logging-set-level": "needs the logging capability, which a server without sessions cannot offer",
  "tools-call-simple-text": OWN_TOOL,
  "tools-call-image": OWN_TOOL,
  "tools-call-audio": OWN_TOOL,
  "tools-call-embedded-resource": OWN_TOOL,
  "tools-call-mixed-content": OWN_TOOL,
  "tools-call-with-logging": OWN_TOOL,
  "tools-call-error": OWN_TOOL,
  "tools-call-with-progress": OWN_TOOL,
  "tools-call-sampling": OWN_TOOL,
  "tools-call-elicitation": OWN_TOOL,
  "json-schema-2020-12": OWN_TOOL,
  "elicitation-sep1034-defaults": OWN_TOOL,
  "elicitation-sep1330-enums": OWN_TOOL,
  "resources-read-text": OWN_RESOURCE,
  "resources-read-binary": OWN_RESOURCE,
  "resources-templates-read": OWN_RESOURCE,
  "resources-subscribe": OWN_RESOURCE,
  "resources-unsubscribe": OWN_RESOURCE,
  "prompts-get-simple": OWN_PROMPT,
  "prompts-get-with-args": OWN_PROMPT,
  "prompts-get-embedded-resource": OWN_PROMPT,
  "prompts-get-with-image": OWN_PROMPT,
};

await main(async (_transport, url) => {
  const listed = execFileSync(process.execPath, [suite, "list", "--server"], { encoding: "utf8" })
    .match(/^\s+- \S+/gm)
    .map((line) => line.replace(/^\s+- /, ""));
  const decided = [...APPLY, ...Object.keys(LEFT_OUT)];
  assert.deepEqual(decided.sort(), listed.sort(), "a scenario is neither run nor left out with a reason");

  // One after another: a quarter of a second each, and a failure's report stays in one piece.
  const failed = [];
  for (const scenario of APPLY) {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [suite, "server", "--url", url, "--scenario", scenario],
      { cwd: mkdtempSync(join(tmpdir(), "conformance-")), encoding: "utf8" }, // It leaves its results where it runs.
    );
    const [, passed, failures] = stdout.match(/Passed: (\d+)\/\d+, (\d+) failed/) ?? [];
    // Both ask for a session first, and only warn where a server keeps none.
    const warnsOnly = scenario.startsWith("server-sse-");
    if (status !== 0 || failures !== "0" || (passed === "0" && !warnsOnly)) {
      failed.push(`${scenario}:\n${stdout}\n${stderr}`);
    }
  }
  assert.equal(failed.length, 0, failed.join("\n\n"));
});
