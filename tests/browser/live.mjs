// Drives a browser over the page that `crossborder serve` shows: cuts, changes, undoes, follows links.
//
//   node live.mjs MODULES FOLDER LINK HOSTILE
//
// MODULES holds playwright-core and axe-core; FOLDER holds what the program says, made by `browser.rs`; LINK is where it
// serves, HOSTILE where it serves names that try to do harm. Ends with 1 if anything does not hold.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { answerOf, axe, end, findCable, isCut, openAt, tell } from "./drive.mjs";

const [folder, link, hostile] = process.argv.slice(3);
const json = (name) => JSON.parse(readFileSync(join(folder, name), "utf8"));
const open = (options) => openAt(link, options);

const cutNames = (page) => page.locator(".cuts li > span").allInnerTexts();
const settled = (page) => page.waitForSelector("#answer:not([aria-busy])");
const cutByName = async (page, name) => {
  const before = await page.locator(".cuts li").count();
  await page.locator("#search").fill(name);
  await page.keyboard.press("Enter");
  await page.waitForFunction((count) => document.querySelectorAll(".cuts li").length === count, before + 1);
};
const unfold = async (page, summary) => {
  if (await page.locator("#changes .all:not([open])").count()) await page.locator("#changes summary").first().click();
  await page.locator("#changes summary", { hasText: summary }).click();
};
// The next page, once it is ready.
const after = async (page, act) => {
  const next = page.waitForEvent("domcontentloaded");
  await act();
  await next;
  await page.waitForSelector("html[data-ready]");
  await settled(page);
};
const addCable = async (page, { from, to, capacity, length }) => {
  await unfold(page, "Add a cable");
  const form = page.locator("form[data-change=cable]");
  await form.locator("[name=from]").fill(from);
  await form.locator("[name=to]").fill(to);
  await form.locator("[name=kind]").selectOption("terrestrial");
  await form.locator("[name=capacity_gbps]").fill(capacity);
  await form.locator("[name=length_km]").fill(length);
  await form.locator("button").click();
};

// Holds the text of the page against what `crossborder cut` said.
const agrees = (text, { routed_gbps: routed, reroute, within_capacity: within }) => {
  const plain = text.replaceAll(",", "");
  const gbps = (number) => `${Math.abs(number) < 100 ? number.toFixed(1) : Math.round(number)} Gbit/s`;
  const interrupted = `Interrupted until rerouted\n${gbps(reroute.interrupted_gbps)}`;
  assert.ok(plain.includes(interrupted), `${interrupted}: ${plain}`);
  const delivered = `Delivered after capacity\n${gbps(routed - within.unserved_gbps)}`;
  assert.ok(plain.includes(delivered), `${delivered}: ${plain}`);
  assert.match(plain, new RegExp(`Lanes and gateways over capacity\n\\d+ → ${reroute.overloaded}\n`));
};

const holds = {
  "two cables are cut, and the numbers are those of the program": async () => {
    const { page, heard, close } = await open();
    const { cuts, names, plain } = json("live.json");
    for (const name of names) await cutByName(page, name);
    assert.deepEqual(await cutNames(page), names);
    agrees(await answerOf(page), plain);
    assert.equal(new URL(page.url()).hash, `#${cuts.map((name) => `cut=cable%3A${name}`).join("&")}`);
    assert.deepEqual(heard.errors, []);
    const foreign = heard.requests.filter((url) => !url.startsWith(link) && !url.startsWith("data:"));
    assert.deepEqual(foreign, [], "nobody else is asked");
    await close();
  },
  "cuts are mended one by one, all at once, and by going back": async () => {
    const { page, close } = await open();
    const { names } = json("live.json");
    for (const name of names) await cutByName(page, name);
    const both = await answerOf(page);
    await page.locator(".cuts button").first().click();
    await page.waitForFunction(() => document.querySelectorAll(".cuts li").length === 1);
    await page.goBack();
    await page.waitForFunction(() => document.querySelectorAll(".cuts li").length === 2);
    assert.equal(await answerOf(page), both);
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => !document.querySelector("#answer .lost"));
    assert.equal(new URL(page.url()).hash, "");
    await close();
  },
  "a click on the map cuts, another one mends": async () => {
    const { page, close } = await open();
    const [x, y] = await findCable(page);
    await page.mouse.click(x, y);
    await page.waitForSelector("#answer .lost");
    await page.mouse.click(x, y);
    await page.waitForFunction(() => !document.querySelector("#answer .lost"));
    await close();
  },
  "a cable is added, used, and taken away again": async () => {
    const { names, cable, with_cable: expected } = json("live.json");
    const { page, heard, close } = await open();
    for (const name of names) await cutByName(page, name);
    const before = await answerOf(page);
    await after(page, () => addCable(page, cable));
    assert.equal(await page.locator("#changed li").count(), 1);
    assert.equal((await cutNames(page)).length, 2, "the cuts stay");
    agrees(await answerOf(page), expected);
    await page.locator("#search").fill("added-1");
    assert.ok((await page.locator("#found li").count()) > 0, "it can be found and cut");
    await page.locator("#search").fill("");
    const again = await openAt(page.url(), {});
    await settled(again.page);
    assert.equal(await answerOf(again.page), await answerOf(page), "a link carries all");
    await again.close();
    await after(page, () => page.locator("#changed button").click());
    assert.equal(await answerOf(page), before);
    assert.ok(!page.url().includes("changes"), page.url());
    await page.goBack();
    await page.waitForSelector("#changed li");
    assert.deepEqual(heard.errors, []);
    await close();
  },
  "a gateway takes a role, by keyboard alone": async () => {
    const { cuts, role, with_role: expected } = json("live.json");
    const { page, close } = await open({ hash: `#${cuts.map((name) => `cut=cable:${name}`).join("&")}` });
    await page.waitForSelector(".cuts");
    for (const summary of ["Change the network", "Change a gateway"]) {
      await page.locator("#changes summary", { hasText: summary }).focus();
      await page.keyboard.press("Enter");
    }
    await page.keyboard.press("Tab");
    await page.keyboard.type(role.site);
    await page.keyboard.press("Escape");
    await page.locator("form[data-change=role] [name=role]").selectOption(role.role);
    await page.locator("form[data-change=role] button").focus();
    await after(page, () => page.keyboard.press("Enter"));
    await page.waitForSelector(".cuts");
    agrees(await answerOf(page), expected);
    await close();
  },
  "a mistake is told in the engine's words, and nothing changes": async () => {
    const { page, close } = await open();
    const before = page.url();
    await addCable(page, { from: "Urumki", to: "Almaty", capacity: "10", length: "" });
    await page.waitForSelector("#problem:not([hidden])");
    assert.match(await page.locator("#problem").innerText(), /error\[E\d+\][\s\S]*Urumki[\s\S]*did you mean `Urumqi`\?/);
    assert.equal(page.url(), before);
    await close();
  },
  "a link to nothing cuts nothing": async () => {
    for (const hash of ["#cut=cable:nowhere", "#cut=%E0%A4%A&cut=", "#<script>"]) {
      const { page, heard, close } = await open({ hash });
      await settled(page);
      assert.ok(!(await isCut(page)), hash);
      assert.deepEqual(heard.errors, []);
      await close();
    }
  },
  "hostile names do no harm": async () => {
    for (const width of [1280, 320]) {
      const { page, heard, close } = await openAt(hostile, { viewport: { width, height: 780 } });
      const isUnharmed = async () => {
        assert.deepEqual(heard.errors, []);
        assert.equal(await page.evaluate(() => window.harmed), undefined);
        assert.equal(await page.locator("img, iframe, object").count(), 0);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, "no name makes the page wide");
      };
      for (const name of ["script", "onerror", "harmed = 3", "=cmd", "abc", "longlong"]) await cutByName(page, name);
      await isUnharmed();
      await after(page, () => addCable(page, { from: "s5", to: "s3", capacity: "10", length: "" }));
      assert.equal(await page.locator("#changed li").count(), 1);
      await isUnharmed();
      await close();
    }
  },
  "a phone needs no sideways scrolling": async () => {
    const { page, close } = await open({ viewport: { width: 320, height: 780 }, isMobile: true, hasTouch: true });
    for (const summary of ["Add a cable", "Change a gateway", "Change the law"]) await unfold(page, summary);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
    await close();
  },
  "contrast, names and keyboard pass axe": async () => {
    for (const colorScheme of ["dark", "light"]) {
      const { page, close } = await open({ colorScheme, bypassCSP: true });
      await cutByName(page, json("live.json").names[0]);
      for (const summary of ["Add a cable", "Change a gateway", "Change the law"]) await unfold(page, summary);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run());
      const told = violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 120)).join(" | ")}`);
      assert.deepEqual(told, [], colorScheme);
      await close();
    }
  },
};

for (const [name, check] of Object.entries(holds)) await tell(name, check);
await end();
