/**
 * What every route is checked for: rules of axe, and the bytes that a first visit loads.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface AxeResult {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** Every rule that the page breaks, with the first element that does. */
export async function violations(page: Page): Promise<string[]> {
  // Through the debugger: the hub's Content-Security-Policy lets no script be added to the page.
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      readonly axe: { run: () => Promise<{ readonly violations: AxeResult[] }> };
    };
    return (await axe.run()).violations;
  });
  return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
}

/** What the first view of the page loads: document, scripts and styles as the hub sends them. */
export async function firstLoadBytes(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const sizes: Promise<number>[] = [];
  page.on("response", (response) => {
    if (/\.(js|css|html|svg)$|\/$/.test(new URL(response.url()).pathname)) {
      const sent = response.finished().then(() => response.request().sizes());
      sizes.push(sent.then(({ responseBodySize }) => responseBodySize));
    }
  });
  await page.goto(url);
  await page.locator("main:has(h2)").waitFor();
  const all = await Promise.all(sizes);
  await context.close();
  return all.reduce((sum, size) => sum + size, 0);
}
