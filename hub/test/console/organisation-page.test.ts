/** The page's sign-in at the organisation's provider, in Chromium: the provider is on another site, as it always is. */

import { writeFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildConsole } from "../../console/build.ts";
import { initDataFolder } from "../../src/adapters/data-folder.ts";
import { HubProcess } from "../support/hub-process.ts";
import { freePorts } from "../support/nats-broker.ts";
import { OpenidTestProvider } from "../support/openid-provider.ts";
import { temporaryPath } from "../support/temporary-folder.ts";
import { BROWSER, launchBrowser } from "./browser.ts";

let provider: OpenidTestProvider;
let hub: HubProcess;
let browser: Browser;

beforeAll(async () => {
  if (BROWSER === undefined) return;
  await buildConsole();
  // The hub is at 127.0.0.1: to a browser that is another site.
  provider = await OpenidTestProvider.start("localhost");
  const folder = temporaryPath("hub");
  await initDataFolder(folder, undefined);
  const secret = temporaryPath("secret");
  writeFileSync(secret, provider.client.secret, { mode: 0o600 });
  const [port] = await freePorts(1);
  const web = `127.0.0.1:${port}`;
  hub = await HubProcess.start(
    folder,
    {
      TRIBUTARY_HUB_OIDC_ISSUER: provider.issuer,
      TRIBUTARY_HUB_OIDC_CLIENT_ID: provider.client.id,
      TRIBUTARY_HUB_OIDC_CLIENT_SECRET_FILE: secret,
      TRIBUTARY_HUB_OIDC_HUB_URL: `http://${web}`,
      TRIBUTARY_HUB_OIDC_ROLES: "hub-viewers=viewer",
    },
    { web },
  );
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await hub?.[Symbol.asyncDispose]();
  await provider?.[Symbol.asyncDispose]();
});

test.runIf(BROWSER !== undefined)(
  "one click leads to the provider and back into the pages of operators, and who has no role reads why",
  async () => {
    const context = await browser.newContext({ locale: "zh-CN" });
    const page = await context.newPage();
    const click = async () => {
      await page.goto(`${hub.up.web}/#/operate`);
      await page.getByRole("link", { name: "用单位账号登录" }).click();
    };
    provider.saying.claims = { preferred_username: "alice" };
    await click();
    await page.getByText("您的单位账号在本枢纽没有角色").waitFor();
    expect(await page.locator("code").first().textContent()).toBe("ERR_FORBIDDEN");
    // Its policy lets the style of the page through.
    const fontOf = (body: HTMLElement) => getComputedStyle(body).fontFamily;
    expect(await page.locator("body").evaluate(fontOf)).toBe("system-ui, sans-serif");
    await page.getByRole("link", { name: "返回登录页" }).click();
    provider.saying.claims = { preferred_username: "alice", tributary_role: "hub-viewers" };
    await page.getByRole("link", { name: "用单位账号登录" }).click();
    await page.getByText("oidc:alice（查看）").waitFor();
    expect(page.url()).toBe(`${hub.up.web}/#/operate`);
    const cookies = await context.cookies();
    expect(cookies.map(({ name, sameSite }) => [name, sameSite])).toEqual([
      ["tributary_session", "Strict"],
    ]);
    await page.getByRole("button", { name: "退出登录" }).click();
    await page.getByRole("link", { name: "用单位账号登录" }).waitFor();
    await context.close();
  },
);
