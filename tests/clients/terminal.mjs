// A program under a pseudo-terminal, as a person has it.
import { spawn } from "node:child_process";

// Python's own: Node.js has none.
const PTY = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";

// A person gives up at last.
const PATIENCE = 60_000;

/**
 * @param program what to run, with its arguments
 * @param options as of spawn()
 * @returns {{until: (pattern: RegExp) => Promise<RegExpMatchArray>, type: (text: string) => void, ended: Promise<number>, close: () => void}}
 *   `until` waits until the screen has shown something, and fails where the program ends without it, or takes a minute
 */
export function terminal(program, { env, cwd }) {
  const child = spawn("python3", ["-c", PTY, ...program], {
    env: { ...env, TERM: "xterm" },
    cwd,
    stdio: ["pipe", "pipe", "pipe"],
  });
  let shown = "";
  let isOver = false;
  let wake = () => {};
  const listen = (data) => {
    shown += data;
    wake();
  };
  child.stdout.setEncoding("utf8").on("data", listen);
  child.stderr.setEncoding("utf8").on("data", listen);
  const ended = new Promise((resolve) =>
    child.on("close", (status) => {
      isOver = true;
      wake();
      resolve(status);
    }),
  );
  return {
    async until(pattern) {
      let isLate = false;
      setTimeout(() => {
        isLate = true;
        wake();
      }, PATIENCE).unref();
      for (;;) {
        const text = plain(shown);
        const found = text.match(pattern);
        if (found) return found;
        if (isOver || isLate) throw new Error(`${program.join(" ")} ${isOver ? "ended" : "goes on"} without ${pattern}:\n${text}`);
        await new Promise((resolve) => (wake = resolve));
      }
    },
    type: (text) => child.stdin.write(text),
    ended,
    close: () => child.kill(),
  };
}

// Without what moves the cursor, colours and links: OSC and CSI sequences (ECMA-48).
function plain(shown) {
  return shown.replace(/\x1b\][^\x07\x1b]*(\x07|\x1b\\)/g, "").replace(/\x1b\[[0-9;?<>=]*[ -/]*[@-~]/g, "");
}
