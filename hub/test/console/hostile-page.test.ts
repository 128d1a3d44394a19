/**
 * What strangers wrote, shown by a real browser: no text of theirs becomes markup, runs, or makes anybody call a server of
 * theirs, whichever field it stands in.
 */

import { urnOf } from "@tributary/proto";
import { AdminService } from "@tributary/proto/wire";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hostileBodies, recordOf } from "../support/hostile-bodies.ts";
import { type HubProcess, runHubCommand } from "../support/hub-process.ts";
import { temporaryPath } from "../support/temporary-folder.ts";
import { TestAgent } from "../support/test-agent.ts";
import { startTrapServer, type TrapServer } from "../support/trap-server.ts";
import { BROWSER, launchBrowser } from "./browser.ts";
import { adminOf, invite, startHubWithPage } from "./hub-with-page.ts";

const CENTER = "mallory";
const PASSWORD = "copper foil pinhole";
const OPERATOR_PAGES = ["members", "health", "decisions", "log", "accounts", "keys"];

/** Ways out of the places where a page puts texts; each names its field and the trap. */
const attacksOf = (trap: string) => (path: string) => [
  `<img src="http://${trap}/img-${path}" onerror="alert('${path}')">"'></textarea></title></style><svg onload=alert('${path}')><script src="http://${trap}/js-${path}"></script><mark>`,
  `javascript:alert('${path}')//{{constructor.constructor("alert('${path}')")()}}\u001b]0;onerror\u0007\u202e<iframe srcdoc="<script>alert('${path}')</script>"><base href="//${trap}/"><meta http-equiv=refresh content="0;url=//${trap}/">`,
];
/** Addresses, for the fields that want one. */
const addressesOf = (trap: string) => (path: string) => [
  `http://${trap}/url-${path}?"><img/src/onerror=alert(1)>`,
];

if (BROWSER === undefined) {
  console.warn("SKIPPED: the tests of the page need Chromium or Chrome on this machine");
}

describe.skipIf(BROWSER === undefined)("a page of hostile records", () => {
  const folder = temporaryPath("hub");
  let trap: TrapServer;
  let hub: HubProcess;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const urns: string[] = [];
  const alarms: string[] = [];

  beforeAll(async () => {
    trap = await startTrapServer();
    const attacks = attacksOf(trap.address);
    const count = attacks("").length;
    const bodies = Array.from({ length: count }, (_, turn) =>
      // Each field meets each attack in one of the records.
      hostileBodies((path) => [
        ...attacks(path).slice(turn),
        ...attacks(path).slice(0, turn),
        ...addressesOf(trap.address)(path),
      ]),
    ).flat();
    const records = bodies.map((body, i) => {
      const key = `k"'><img src=x onerror=alert(${i})>`;
      urns.push(urnOf({ centerId: CENTER, kind: body.kind, key }));
      return recordOf(body, key);
    });
    const name = (attacks("name")[0] as string).slice(0, 120);
    const centers = [{ id: CENTER, name, records }];
    [hub, browser] = await Promise.all([startHubWithPage(folder, centers), launchBrowser()]);
    using operator = await adminOf(folder, hub);
    await TestAgent.join(await invite(operator, "pending", name));
    const rejected = await TestAgent.join(await invite(operator, "rejected", name));
    const decision = { centerId: rejected.centerId, state: "rejected", reason: name };
    await operator.call(AdminService.method.setMemberState, decision);
    context = await browser.newContext({ locale: "zh-CN" });
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
        console.error(`CSP ${violatedDirective} ${blockedURI}`),
      );
    });
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on("dialog", async (dialog) => {
      alarms.push(`dialog ${dialog.message()} at ${page.url()}`);
      await dialog.dismiss();
    });
    page.on("pageerror", (error) => alarms.push(`error ${error} at ${page.url()}`));
    page.on("request", (request) => {
      const { origin } = new URL(request.url());
      if (origin !== hub.up.web) alarms.push(`request ${request.url()} at ${page.url()}`);
    });
    page.on("console", (message) => {
      if (/CSP|Content Security Policy/.test(message.text())) {
        alarms.push(`${message.text()} at ${page.url()}`);
      }
    });
  });

  afterAll(async () => {
    await browser?.close();
    await hub?.[Symbol.asyncDispose]();
    await trap?.[Symbol.asyncDispose]();
  });

  /** Waits until a text is there. */
  const says = (text: string) =>
    expect.poll(() => page.locator("body").textContent(), { timeout: 30_000 }).toContain(text);

  /** Opens a page, and looks for markup that the hub's page has not. */
  async function open(path: string, marker = "onerror"): Promise<void> {
    // A new document each time: a change of the hash alone would show the old page for a while.
    await page.goto("about:blank");
    await page.goto(`${hub.up.web}/${path}`);
    await says(marker);
    const foreign = await page.evaluate(() =>
      [...document.querySelectorAll("*")]
        .filter(
          (element) =>
            [...element.attributes].some(({ name }) => name.startsWith("on")) ||
            element.matches("img, iframe, base, object, embed, meta[http-equiv], [srcdoc]") ||
            /^\s*(javascript|data):/i.test(element.getAttribute("href") ?? "") ||
            (element.matches("script, link") &&
              !(element as HTMLScriptElement & HTMLLinkElement)[
                element.matches("script") ? "src" : "href"
              ].startsWith(location.origin)),
        )
        .map((element) => element.outerHTML.slice(0, 200)),
    );
    expect(foreign, path).toEqual([]);
    expect(alarms, path).toEqual([]);
  }

  test("shows hits, marked where they match, as text", async () => {
    await open("?q=onerror");
    await open(`?q=${encodeURIComponent('"<img src" onerror')}`);
    await open(`?q=${encodeURIComponent("<img src=x onerror=alert(1)>")}`);
  });

  test("shows each record, whichever field has which attack, as text", async () => {
    for (const urn of urns) await open(`?record=${encodeURIComponent(urn)}`);
  });

  test("shows providers and centers as text", async () => {
    for (const path of ["#/providers", "#/centers", `#/center/${CENTER}`]) await open(path);
    await open("#/providers");
    await page.locator('main a[href*="#/provider/"]').first().click();
    await expect.poll(() => new URL(page.url()).hash).toMatch(/^#\/provider\//);
    await open(new URL(page.url()).hash);
  });

  test("shows operators names, reasons and what agents report as text", async () => {
    await page.goto(hub.up.firstLink as string);
    await page.getByLabel("名称").fill("operator");
    await page.getByLabel("密码").fill(PASSWORD);
    await page.getByRole("button", { name: "设置密码并登录" }).click();
    await page.locator(".operate-bar").waitFor();
    for (const name of OPERATOR_PAGES) {
      // What an operator is called stands on each page, what strangers are called on one.
      await open(`#/operate/${name}`, name === "members" ? "onerror" : "operator");
    }
  });

  test("is said by the command line without a control character", async () => {
    for (const args of [
      ["search", "onerror"],
      ["members", "list"],
      ["curation", "list"],
    ]) {
      const { status, stdout, stderr } = await runHubCommand([...args, "--data", folder]);
      expect(status).toBe(0);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    }
    const { stdout } = await runHubCommand(["search", "onerror", "--json", "--data", folder]);
    expect(stdout).toContain("\\u202e");
    expect(JSON.stringify(JSON.parse(stdout))).toContain("\u202e");
  });

  test("made neither the hub nor the browser call an address that a record names", () => {
    expect(trap.caught).toEqual([]);
  });

  test("is noticed by the trap where somebody does call", async () => {
    await fetch(`http://${trap.address}/`).catch(() => undefined);
    expect(trap.caught).toHaveLength(1);
  });
});
