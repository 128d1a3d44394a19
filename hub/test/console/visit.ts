/**
 * One visitor of the page, with a browser context of its own.
 *
 * @module
 */

import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";

export interface VisitOptions extends BrowserContextOptions {
  /** What the browser's console may complain about. */
  readonly expected?: RegExp;
}

export interface Visitor extends AsyncDisposable {
  readonly page: Page;
}

/** What the browser's console says beyond `expected` fails the test when the visitor leaves. */
export async function visitPage(
  browser: Browser,
  url: string,
  { expected = /^$/, ...options }: VisitOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext({
    locale: "zh-CN",
    viewport: { width: 1440, height: 900 },
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !expected.test(message.text())) {
      complaints.push(message.text());
    }
  });
  await page.goto(url);
  await page.locator("main:not([aria-busy=true]):has(h1, h2)").waitFor();
  return {
    page,
    async [Symbol.asyncDispose]() {
      await context.close();
      expect(complaints).toEqual([]);
    },
  };
}

/** What of a page does not fit: targets that are too small to hit or have no name, and pixels of overflow. */
export function misfits(page: Page) {
  return page.evaluate(() => {
    const small: string[] = [];
    const nameless: string[] = [];
    // Links in running text are exempt (WCAG 2.2, 2.5.8); a checkbox is hit by its label.
    const targets = "button, select, input:not([type=checkbox]), label, summary, nav a, .hit a";
    for (const element of document.querySelectorAll<HTMLElement>(targets)) {
      if (!element.checkVisibility()) continue;
      const { width: w, height: h } = element.getBoundingClientRect();
      if (w < 24 || h < 24) small.push(`${element.outerHTML.slice(0, 90)} ${w} x ${h}`);
      const labels =
        "labels" in element ? (element.labels as NodeListOf<HTMLElement> | null) : null;
      const name =
        element.getAttribute("aria-label") ?? labels?.[0]?.textContent ?? element.textContent;
      if (name?.trim() === "") nameless.push(element.outerHTML.slice(0, 90));
    }
    const overflow = document.documentElement.scrollWidth - innerWidth;
    return { small, nameless, overflow };
  });
}
