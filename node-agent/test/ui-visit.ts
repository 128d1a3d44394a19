/**
 * A browser before the page of `tributary-agent ui`, with the process that serves it.
 *
 * @module
 */

import type { Browser, Page } from "playwright-core";
import { vi } from "vitest";
import { violations } from "../../hub/test/console/page-checks.ts";
import { misfits, type Visitor, visitPage } from "../../hub/test/console/visit.ts";
import { RunningAgent } from "./agent-process.ts";

type Language = "en" | "zh";

const MODES = [
  ["en", "dark", 390],
  ["zh", "dark", 1440],
  ["zh", "light", 390],
  ["en", "light", 1440],
] as const;

/** The page of one folder. What the browser complains of fails the test when it is closed. */
export class UiVisit implements AsyncDisposable {
  readonly page: Page;
  /** Address that opened the page. */
  readonly url: string;
  /** Address of the overview; ends with a slash. */
  readonly root: string;
  /** Requests to anywhere else. */
  readonly outside: string[] = [];
  readonly #visitor: Visitor;
  readonly #agent: RunningAgent;

  private constructor(visitor: Visitor, agent: RunningAgent, url: string) {
    this.#visitor = visitor;
    this.#agent = agent;
    this.url = url;
    this.page = visitor.page;
    this.root = visitor.page.url();
    const { origin } = new URL(url);
    this.page.on("request", (request) => {
      if (!request.url().startsWith(origin)) this.outside.push(request.url());
    });
  }

  /** @param expected What the browser may complain of. */
  static async open(browser: Browser, folder: string, expected?: RegExp): Promise<UiVisit> {
    const agent = new RunningAgent(["ui", "--folder", folder, "--lang", "zh"]);
    await vi.waitUntil(() => agent.stdout.includes("\n"), { timeout: 60_000 });
    const url = agent.stdout.trim();
    const visitor = await visitPage(browser, url, { ...(expected && { expected }) });
    return new UiVisit(visitor, agent, url);
  }

  /** Loads a page, by its path below the root. */
  async go(path: string): Promise<void> {
    await this.page.goto(this.root + path);
  }

  async language(language: Language): Promise<void> {
    const button = this.page.locator(`button[name=language][value=${language}]`);
    if ((await button.count()) > 0) await button.click();
  }

  /** What axe finds on a page, and what is wider than its place, in both languages and themes. */
  async faultsOf(path: string): Promise<string[]> {
    const faults: string[] = [];
    await this.go(path);
    for (const [language, theme, width] of MODES) {
      await this.language(language);
      await this.page.locator(`button[name=theme][value=${theme}]`).click();
      await this.page.setViewportSize({ width, height: 900 });
      const found = await violations(this.page);
      const { small, nameless, overflow } = await misfits(this.page);
      const wider = overflow > 0 ? [`${overflow} px wider than the window`] : [];
      wider.push(...(await this.#widerThanTheirPlace()));
      const where = `${path} ${language} ${theme} ${width}`;
      faults.push(...[...found, ...small, ...nameless, ...wider].map((one) => `${where}: ${one}`));
    }
    await this.language("zh");
    return faults;
  }

  /** Controls that stick out of what they stand in. */
  #widerThanTheirPlace(): Promise<string[]> {
    return this.page.locator("select, input, button").evaluateAll((controls) =>
      controls
        .filter((control) => {
          const place = control.parentElement?.getBoundingClientRect();
          return place !== undefined && control.getBoundingClientRect().right > place.right + 1;
        })
        .map((control) => `${control.outerHTML.slice(0, 90)} sticks out`),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#visitor[Symbol.asyncDispose]();
    await this.#agent[Symbol.asyncDispose]();
  }
}
