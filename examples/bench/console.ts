/**
 * How long does a visitor of the demo's page look at less than it shows, and how much does a first visit load?
 *
 * Opens each route several times in a fresh Chromium context, with nothing cached, and takes the largest contentful paint
 * (https://www.w3.org/TR/largest-contentful-paint/) that the browser reports when the page has come to rest.
 *
 * Arguments: visits a route (default 3).
 *
 * @module
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { median, report } from "../../.tools/bench-report.ts";
import { launchBrowser } from "../../hub/test/console/browser.ts";
import { firstLoadBytes } from "../../hub/test/console/page-checks.ts";
import { startDemo } from "../test/support/demo.ts";

const visits = Number(process.argv[2] ?? 3);

/** Each route, and what it has once its content is there. */
const ROUTES: readonly (readonly [name: string, address: string, content: string])[] = [
  ["search", "?q=铜箔 针孔", ".hit"],
  ["start", "", ".hit"],
  ["match", "#/match?scenario=S16&industry=3211&region=360600", ".provider"],
  ["providers", "#/providers", ".row"],
  ["centers", "#/centers", "tbody tr"],
  ["center", "#/center/copper", ".link-list li"],
  ["inbox", "#/operate/inbox", ".inbox .row"],
  ["merge", "#/operate/merge", ".link-list li"],
  ["members", "#/operate/members", "tbody tr"],
  ["health", "#/operate/health", "tbody tr"],
  ["overlap", "#/operate/overlap", ".heat-map"],
  ["market", "#/operate/market", "tbody tr"],
  ["decisions", "#/operate/decisions", "main section"],
  ["log", "#/operate/log", "tbody tr"],
  ["accounts", "#/operate/accounts", "tbody tr"],
  ["keys", "#/operate/keys", "main section"],
];

const folder = await mkdtemp(join(tmpdir(), "tributary-console-"));
const demo = startDemo(join(folder, "demo"));
const browser = await launchBrowser();
try {
  await demo.ready;
  const storageState = await signIn(browser, demo.operateUrl);
  const firstLoad = await firstLoadBytes(browser, demo.webUrl);
  const paints: [name: string, ms: number][] = [];
  for (const [name, address, content] of ROUTES) {
    const times: number[] = [];
    for (let i = 0; i < visits; i += 1) {
      times.push(await paintOf(browser, `${demo.webUrl}/${address}`, content, { storageState }));
    }
    paints.push([name, median(times)]);
    console.log(`${name.padEnd(10)} ${median(times).toFixed(0)} ms`);
  }
  const [slowest = "", slowestMs = 0] = paints.toSorted(([, a], [, b]) => b - a)[0] ?? [];
  report("console", {
    routes: paints.length,
    lcp_max_ms: slowestMs,
    lcp_median_ms: median(paints.map(([, ms]) => ms)),
    first_load_bytes: firstLoad,
  });
  console.error(`slowest: ${slowest}`);
} finally {
  await browser.close();
  await demo.stop();
  await rm(folder, { recursive: true });
}

type StorageState = NonNullable<BrowserContextOptions["storageState"]>;

/** What a browser keeps of a signed-in administrator. */
async function signIn(of: Browser, link: string): Promise<StorageState> {
  const context = await of.newContext({ locale: "en" });
  const page = await context.newPage();
  await page.goto(link);
  await page.getByLabel("Name").fill("bench");
  await page.getByLabel("Password").fill("copper foil pinhole");
  await page.getByRole("button", { name: "Set the password and sign in" }).click();
  await page.locator(".operate-bar").waitFor();
  const state = await context.storageState();
  await context.close();
  return state;
}

/** Largest contentful paint; ms since the navigation began. */
async function paintOf(
  of: Browser,
  url: string,
  content: string,
  options: BrowserContextOptions,
): Promise<number> {
  const context = await of.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(url);
  await page.locator(content).first().waitFor();
  await page.waitForLoadState("networkidle");
  const ms = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list, observer) => {
          observer.disconnect();
          resolve(list.getEntries().at(-1)?.startTime ?? Number.NaN);
        }).observe({ type: "largest-contentful-paint", buffered: true });
      }),
  );
  await context.close();
  return ms;
}
