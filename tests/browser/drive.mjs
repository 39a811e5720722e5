// Drives a browser: opens pages, hears what they say, finds cables on the map, tells what holds. It knows no page.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const modules = process.argv[2];
const require = createRequire(join(modules, "at"));
const { chromium } = require("playwright-core");
export const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
const browser = await chromium.launch({ executablePath: process.env.CROSSBORDER_CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
const desk = { viewport: { width: 1280, height: 800 }, colorScheme: "dark" };

// A page with all that it says and asks for.
export const openAt = async (address, { hash = "", ...options } = {}) => {
  const context = await browser.newContext({ ...desk, ...options });
  const page = await context.newPage();
  const heard = { errors: [], requests: [] };
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && heard.errors.push(message.text()));
  page.on("pageerror", (error) => heard.errors.push(String(error)));
  page.on("request", (request) => heard.requests.push(request.url().split("#")[0]));
  await page.goto(address + hash);
  await page.waitForSelector("html[data-ready]");
  return { page, heard, close: () => context.close() };
};
export const answerOf = (page) => page.locator("#answer").innerText();
export const isCut = (page) => page.locator("#answer .lost").count().then((count) => count > 0);

// A place on the map where a cable lies, found by the pointer.
export const findCable = async (page) => {
  const box = await page.locator("#map").boundingBox();
  for (let y = 120; y < box.height - 60; y += 23) {
    for (let x = 90; x < box.width - 30; x += 11) {
      await page.mouse.move(box.x + x, box.y + y);
      const fact = await page.locator("#hover").innerText().catch(() => "");
      if (/ of .* Gbit\/s/.test(fact) && !/switches/.test(fact) && !(await page.locator("#hover").isHidden())) return [box.x + x, box.y + y, fact];
    }
  }
  throw new Error("no cable under the pointer");
};

let failed = 0;

// Says whether a check holds, with what it has to say.
export const tell = async (name, check) => {
  try {
    const more = await check();
    console.log(`ok   ${name}${more ? `: ${more}` : ""}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL ${name}\n${error.message}`);
  }
};

// Ends with 1 if anything did not hold.
export const end = async () => {
  await browser.close();
  process.exit(failed ? 1 : 0);
};
