// A program under a pseudo-terminal, as a person has it.
import { spawn } from "node:child_process";

// Python's own: Node.js has none. It is wide enough for any address.
const PTY = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
const WIDE = ["sh", "-c", 'stty cols 1000 rows 50; exec "$@"', "sh"];

// A person gives up at last.
const PATIENCE = 60_000;
// Milliseconds from key to key, and until a person tries again: what comes faster, some programs take for pasted.
const KEY = 40;
const PAUSE = 300;

/**
 * @param program what to run, with its arguments
 * @param options as of spawn()
 * @returns what is done there: `paste` gives it a text at once, `type` key by key; `until` waits until the screen has shown
 *   something, and fails where the program ends without it, or takes a minute; `insist` types something again and again
 *   until then; `ended` is its exit code; `close` ends it
 */
export function terminal(program, { env, cwd }) {
  const child = spawn("python3", ["-c", PTY, ...WIDE, ...program], {
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
  const screen = {
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
    paste: (text) => child.stdin.write(text),
    async type(text) {
      for (const letter of text) {
        child.stdin.write(letter);
        await new Promise((pressed) => setTimeout(pressed, KEY));
      }
    },
    async insist(text, pattern) {
      const again = setInterval(() => screen.paste(text), PAUSE);
      try {
        return await screen.until(pattern);
      } finally {
        clearInterval(again);
      }
    },
    ended,
    close: () => child.kill(),
  };
  return screen;
}

// Without what moves the cursor, colours and links: OSC and CSI sequences (ECMA-48).
function plain(shown) {
  return shown.replace(/\x1b\][^\x07\x1b]*(\x07|\x1b\\)/g, "").replace(/\x1b\[[0-9;?<>=]*[ -/]*[@-~]/g, "");
}
