// The page that `docent insights` writes: a file, on phones and desks, in light and dark, with questions that mean harm.

import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { check, equal, launch, open, scrollsSideways, violations } from "./browser.mjs";

const shots = process.env.DOCENT_SCREENSHOTS;
mkdirSync(shots, { recursive: true });
const html = readFileSync(process.argv[2], "utf8");

const browser = await launch();
for (const colorScheme of ["light", "dark"]) {
  for (const width of [360, 1440]) {
    const { page, done } = await open(browser, { colorScheme, viewport: { width, height: 900 } });
    await page.setContent(html, { waitUntil: "load" });
    await page.screenshot({ path: join(shots, `insights-${width}-${colorScheme}.png`), fullPage: true });
    for (const more of await page.locator("summary").all()) await more.click();
    equal(await violations(page), [], `axe-core at ${width}, ${colorScheme}`);
    check(!(await scrollsSideways(page)), `it scrolls sideways at ${width}`);
    equal(await page.locator("h1").count(), 1, "headings of the first level");
    equal(await page.locator("svg[role=img]").count(), 3, "plots");
    const painted = await page.locator("rect.s1").first().evaluate((it) => getComputedStyle(it).fill);
    check(painted !== "rgb(0, 0, 0)", "the style applies");
    check((await page.getByText("<script>alert(1)</script>").count()) > 0, "a question is text");
    await done();
  }
}
await browser.close();
