// A document that would do anything does nothing: not on its page, not among results, not in a list.

import { base, check, equal, launch, open } from "./browser.mjs";

const browser = await launch();
try {
  for (const path of ["/hostile/", "/hostile/evil", "/hostile/vector", "/search?q=quincemarker", "/hostile/quincemarker"]) {
    const { page, done } = await open(browser, {}, /404 \(Not Found\)/);
    await page.goto(base + path, { waitUntil: "networkidle" });
    const found = await page.evaluate(() => ({
      title: document.title === "owned",
      done: "owned" in window,
      active: document.querySelectorAll(
        "main :is(script, style, iframe, object, embed, svg, math, form:not([role=search]), input:not([type=search]), link, meta, base, audio, video, img)",
      ).length,
      handlers: [...document.querySelectorAll("main *")].filter((it) =>
        [...it.attributes].some(({ name }) => name.startsWith("on") || name === "style" || name === "srcdoc"),
      ).length,
      links: [...document.querySelectorAll("main a[href]")].map((it) => it.protocol).filter((it) => !/^(https?|mailto):$/.test(it)),
      painted: getComputedStyle(document.body).backgroundColor === "rgb(255, 0, 0)",
    }));
    equal(found, { title: false, done: false, active: 0, handlers: 0, links: [], painted: false }, path);
    // Each link can be followed without anything being run.
    for (const link of await page.locator("main a:has-text('trap')").all()) {
      await link.click({ noWaitAfter: true }).catch(() => {});
      check(!(await page.evaluate(() => "owned" in window)), `a link on ${path}`);
      await page.goto(base + path);
    }
    await done();
  }
} finally {
  await browser.close();
}
