// A whole turn of a command-line agent, without an account: node turn.mjs AGENT TRANSPORT URL|COMMAND...
//
// The agent (agents/AGENT.mjs) is told of docent as its manual says, and asked a question, with a stand-in
// for the model. What it answered is printed. TRANSPORT is http, sse or stdio, which takes docent's command; or
// connect, where `docent connect --write` tells the agent, and which takes docent's program before its address; or
// key, where an access key stands after the address, which the agent finds in its environment; or sign_in, where a person signs in with the FIELD=VALUE after the
// address.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { signIn } from "../issuers/person.mjs";
import { main } from "./journey.mjs";
import { startModel } from "./model.mjs";
import { terminal } from "./terminal.mjs";

// What the test's page says, and nothing else does.
const QUESTION = "What is the call sign of the harbour?";
const TASK = { query: "call sign of the harbour", page: /\bhandbook\/[\w./-]+/, line: /The call sign of the harbour is [\w-]+/ };

await main(async (name, transport, ...target) => {
  const { default: agent } = await import(`./agents/${name}.mjs`);
  const model = await startModel(TASK);
  const home = mkdtempSync(join(tmpdir(), `${name}-`));
  const folder = join(home, "work");
  mkdirSync(folder);
  const { environment = {}, files = {} } = agent.settings(model);
  for (const [file, content] of Object.entries(files)) write(home, file, content);

  const program = agent.program(join(process.env.DOCENT_CLIENTS, "node_modules"));
  const env = { ...inherited(), ...environment, HOME: home };
  const run = (args) => execute(program[0], [...program.slice(1), ...args]);
  const execute = async (file, args) => {
    const child = spawn(file, args, {
      cwd: folder,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
    const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { stdout, status, all: `${args.join(" ")}:\n${stdout}\n${stderr}` };
  };

  const how = transport === "stdio" ? target : target[0];
  if (transport === "connect") {
    const [docent, url] = target;
    const connected = await execute(docent, ["connect", agent.connect, "--url", url, "--name", "docent", "--write", "--yes"]);
    assert.equal(connected.status, 0, connected.all);
  } else if (transport === "key") {
    env.DOCENT_KEY = target[1];
    const added = await run(agent.key(how));
    assert.equal(added.status, 0, added.all);
  } else if (transport === "sign_in") {
    const fields = Object.fromEntries(target.slice(1).map((field) => field.split(/=(.*)/s)));
    env.PATH = `${browserFor(home, target.slice(1))}:${env.PATH}`;
    const atTerminal = (args) => terminal([...program, ...args], { env, cwd: folder });
    const person = async (address, options) => {
      const seen = await signIn(address, fields, options);
      assert.ok(seen.status === undefined || seen.status < 400, `${seen.url}: ${seen.status}\n${seen.text}`);
      return seen.url;
    };
    await agent.signIn({ url: how, run, atTerminal, person });
  } else if (agent.write?.[transport]) {
    for (const [file, content] of Object.entries(agent.write[transport](how))) write(home, file, JSON.stringify(content));
  } else {
    const added = await run(agent.add[transport](how));
    if (agent.list) {
      const listed = await run(agent.list.arguments);
      assert.match(listed.all, agent.list.shows, added.all);
    }
  }

  const { stdout, all } = await run(agent.ask(QUESTION));
  assert.match(stdout, TASK.line, `${all}\nThe model was asked for ${model.asked.join(", ")}, and told:\n${model.told.join("\n")}`);
  // The answer of the search alone might have had it: the page was read as well.
  assert.match(model.called.at(-1), /read$/, `${name} called ${model.called.join(", ")}`);
  if (transport === "key") assert.deepEqual(holding(home, target[1]), [], "the key is written down");
  console.log(stdout);
});

// The files below a folder that hold a text.
function holding(folder, secret) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((file) => join(file.parentPath, file.name)).filter((file) => readFileSync(file).includes(secret));
}

// A folder with the program by which agents open a browser, in which the person signs in.
function browserFor(home, fields) {
  const folder = join(home, "bin");
  const person = fileURLToPath(new URL("../issuers/person.mjs", import.meta.url));
  const words = [process.execPath, person].map((word) => `'${word}'`);
  const given = fields.map((word) => `'${word}'`);
  write(home, "bin/xdg-open", `#!/bin/sh\nexec ${words.join(" ")} "$1" ${given.join(" ")} >/dev/null 2>&1\n`);
  chmodSync(join(folder, "xdg-open"), 0o755);
  return folder;
}

// What the agent has of this process: nothing that a person's terminal has not.
function inherited() {
  const kept = ["PATH", "TMPDIR", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];
  return Object.fromEntries(kept.filter((key) => process.env[key]).map((key) => [key, process.env[key]]));
}

function write(home, file, content) {
  mkdirSync(dirname(join(home, file)), { recursive: true });
  writeFileSync(join(home, file), content);
}
