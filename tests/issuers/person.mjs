// A person at a sign-in page: node person.mjs ADDRESS FIELD=VALUE...
//
// Opens the address, keeps cookies, goes where it is sent, fills in the fields that a page asks for and sends its form, until
// it is sent to where a program listens or a page has no form that it could fill in. What it saw last is printed, as
// JSON: {url, status, text}. With --stay, the program that listens is not told, so that a test has the address alone.
import { pathToFileURL } from "node:url";

/**
 * @param address where the person is sent
 * @param fields  what they would type in, by the name of the field
 * @param options.stay  not to open the address of the program that listens, which another port tells
 * @param options.log   called with each step
 * @returns {Promise<{url: string, status?: number, text?: string, headers?: Headers}>} what they saw last
 */
export async function signIn(address, fields, { stay = false, log = () => {} } = {}) {
  const jar = new Map();
  const filled = new Set();
  const redirect = new URL(address).searchParams.get("redirect_uri");
  let next = { url: new URL(address), method: "GET" };
  for (let step = 0; step < 20; step++) {
    const { url, method, body } = next;
    if (stay && redirect && url.href.startsWith(redirect)) return { url: url.href };
    const cookies = [...(jar.get(url.host) ?? [])].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { accept: "text/html", ...(cookies && { cookie: cookies }) };
    if (body) Object.assign(headers, { "content-type": "application/x-www-form-urlencoded", origin: next.origin, "sec-fetch-site": "same-origin" });
    const answer = await fetch(url, { method, headers, body, redirect: "manual" });
    log(`${method} ${url} ${answer.status}`);
    for (const line of answer.headers.getSetCookie()) {
      const [name, ...value] = line.split(";")[0].split("=");
      jar.set(url.host, (jar.get(url.host) ?? new Map()).set(name, value.join("=")));
    }
    const location = answer.headers.get("location");
    if (location && answer.status >= 300 && answer.status < 400) {
      const keeps = answer.status === 307 || answer.status === 308;
      next = { url: new URL(location, url), method: keeps ? method : "GET", body: keeps ? body : undefined, origin: next.origin };
      continue;
    }
    const text = await answer.text();
    const form = formOf(text, url, fields);
    // A form that comes back is not content with what the person has.
    if (!form || filled.has(url.pathname)) return { url: url.href, status: answer.status, text, headers: answer.headers };
    filled.add(url.pathname);
    const target = new URL(form.action, url);
    next = form.method === "POST" ? { url: target, method: "POST", body: form.body, origin: url.origin } : { url: new URL(`?${form.body}`, target), method: "GET" };
  }
  throw new Error(`the sign-in does not end: ${next.url}`);
}

// The form of a page that asks for one of the fields, filled in.
function formOf(page, url, fields) {
  for (const [, attributes, content] of page.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)) {
    const form = attributesOf(attributes);
    const controls = [...content.matchAll(/<(input|button)\b([^>]*)>/gi)].map(([, tag, raw]) => {
      const control = attributesOf(raw);
      return { sends: tag.toLowerCase() === "button" || control.type === "submit", ...control };
    });
    const body = new URLSearchParams();
    for (const { name, value = "", type, checked, sends } of controls) {
      if (!name || sends || type === "reset" || (/^(checkbox|radio)$/.test(type) && checked === undefined)) continue;
      body.append(name, fields[name] ?? value);
    }
    if (!controls.some(({ name, sends }) => !sends && name in fields)) continue;
    // Of several buttons a person takes the first, unless told which.
    const buttons = controls.filter(({ sends, type }) => sends && type !== "button" && type !== "reset");
    const button = buttons.find(({ name, value }) => name in fields && fields[name] === value) ?? buttons[0];
    if (button?.name) body.append(button.name, button.value ?? "");
    return { action: form.action || url.href, method: (form.method ?? "GET").toUpperCase(), body: body.toString() };
  }
  return undefined;
}

function attributesOf(text) {
  const found = {};
  for (const [, name, , double, single, bare] of text.matchAll(/([\w-]+)(\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g)) {
    found[name.toLowerCase()] = entities(double ?? single ?? bare ?? "");
  }
  return found;
}

function entities(text) {
  const named = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  return text.replace(/&(#x?[0-9a-f]+|\w+);/gi, (all, what) =>
    what[0] === "#" ? String.fromCodePoint(what[1].toLowerCase() === "x" ? parseInt(what.slice(2), 16) : Number(what.slice(1))) : (named[what] ?? all));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [address, ...rest] = process.argv.slice(2);
  const fields = Object.fromEntries(rest.filter((word) => word.includes("=")).map((word) => word.split(/=(.*)/s)));
  const seen = await signIn(address, fields, { stay: rest.includes("--stay"), log: (step) => console.error(step) });
  console.log(JSON.stringify({ url: seen.url, status: seen.status, text: seen.text }));
}
