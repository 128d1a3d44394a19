/**
 * Providers and centers as visitors meet them: a real hub with two centers that know one provider, a real browser.
 */

import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { collectionStatement } from "@tributary/proto";
import { CurationService, type Entity, ListEntitiesResponseSchema } from "@tributary/proto/wire";
import { createClient, type RecordView } from "@tributary/sdk";
import { listCollections } from "@tributary/sdk/collections";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HubProcess } from "../support/hub-process.ts";
import { temporaryPath } from "../support/temporary-folder.ts";
import { BROWSER, launchBrowser } from "./browser.ts";
import { adminOf, startHubWithPage } from "./hub-with-page.ts";
import { OUTCOME_CENTERS } from "./outcome-centers.ts";
import { firstLoadBytes, violations } from "./page-checks.ts";
import { misfits, type VisitOptions, visitPage } from "./visit.ts";

const ROUTES = [
  "?q=数字",
  "?record=urn:dth:aa:outcome:2025Q4",
  "#/match?scenario=S11&industry=3211&region=360100",
  "#/providers",
  "#/centers",
  "#/center/aa",
  "#/collections",
  "#/collection/first-look",
] as const;

describe.skipIf(BROWSER === undefined)("the views of providers and centers", () => {
  let hub: HubProcess;
  let browser: Browser;
  /** What a curator features, in this order. */
  let featured: readonly RecordView[];

  beforeAll(async () => {
    const folder = temporaryPath("hub");
    [hub, browser] = await Promise.all([
      startHubWithPage(folder, OUTCOME_CENTERS),
      launchBrowser(),
    ]);
    using client = createClient({ url: hub.up.web });
    const { hits } = await client.search("", { filters: { kind: "provider" }, pageSize: 3 });
    featured = hits.map(({ record }) => record).reverse();
    using operator = await adminOf(folder, hub);
    await operator.call(CurationService.method.decide, {
      action: "feature",
      subjects: featured.map(({ urn }) => urn),
      argument: collectionStatement.encode({
        id: "first-look",
        name: { zh: "初次来访", en: "A first look" },
        text: { zh: "三家值得先看的服务商。", en: "Three providers to begin with." },
      }),
      reason: "常被问到",
    });
    while ((await listCollections(client)).collections.length === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  });

  afterAll(async () => {
    await browser?.close();
    await hub?.[Symbol.asyncDispose]();
  });

  const visit = (path: string, options?: VisitOptions) =>
    visitPage(browser, `${hub.up.web}/${path}`, options);

  test("tell which center has published most on a region", async () => {
    await using visitor = await visit("#/centers");
    const { page } = visitor;
    const rows = page.locator("tbody tr");
    await rows.nth(1).waitFor();
    expect(await rows.first().locator("th").textContent()).toContain("澄湖数字化转型促进中心");
    await page.getByRole("combobox", { name: "地区" }).fill("南昌");
    await page.getByRole("option", { name: "南昌市 江西省" }).click();
    await page.getByText("1 个中心有相关记录").waitFor();
    await rows.first().getByRole("link").click();
    await page.getByRole("heading", { level: 1, name: "澄湖数字化转型促进中心" }).waitFor();
    expect(new URL(page.url()).hash).toBe("#/center/aa");
    await page.locator(".link-list a").first().click();
    await page.getByRole("link", { name: "返回中心" }).click();
    await page.getByRole("heading", { level: 1, name: "澄湖数字化转型促进中心" }).waitFor();
  });

  test("list providers once each and say what each center says of one", async () => {
    await using visitor = await visit("#/providers");
    const { page } = visitor;
    await page.locator(".row").first().waitFor();
    const names = await page.locator(".row strong").allTextContents();
    expect(new Set(names).size).toBe(names.length);
    await page.locator(".row").first().click();
    await page.getByRole("heading", { level: 1, name: names[0] as string }).waitFor();
    expect(await page.locator("tbody").first().textContent()).toContain("中心");
    expect(new URL(page.url()).hash).toMatch(/^#\/provider\/ent_[0-9a-f]{24}$/);
  });

  test("ask again when the link of the page that is shown is followed, and go on showing what was there", async () => {
    await using visitor = await visit("#/centers");
    const { page } = visitor;
    const row = page.locator("tbody tr").first();
    await row.waitFor();
    const asked = page.waitForResponse((answer) => answer.url().endsWith("/Facets"));
    await page.getByRole("link", { name: "中心", exact: true }).click();
    await asked;
    expect(await row.isVisible()).toBe(true);
  });

  test("show what is featured on the start page, and one collection in its order with who decided", async () => {
    await using visitor = await visit("");
    const { page } = visitor;
    await page.locator(".featured").getByRole("link", { name: "初次来访" }).click();
    await page.getByRole("heading", { level: 1, name: "初次来访" }).waitFor();
    const titles = page.locator(".hits h3 a");
    await titles.first().waitFor();
    expect(await titles.allTextContents()).toEqual(featured.map(({ title }) => title));
    await page.getByText(/^operator，.*，日志第 \d+ 条：常被问到$/).waitFor();
    await titles.first().click();
    await page.getByRole("link", { name: "返回合集" }).click();
    await page.getByRole("link", { name: "返回精选" }).click();
    const card = page.locator(".card");
    expect(await card.textContent()).toContain("三家值得先看的服务商。");
    // A search is not interrupted by it.
    await page.goto(`${hub.up.web}/?q=数字`);
    await page.locator(".hits").waitFor();
    expect(await page.locator(".featured").count()).toBe(0);
  });

  test("keep few rows in the document, however long a list is", async () => {
    await using visitor = await visit("");
    const { page } = visitor;
    const many = 10_000;
    await page.route("**/tributary.v1.EntityService/ListEntities", async (route) => {
      const response = await route.fetch();
      const answer = fromBinary(ListEntitiesResponseSchema, await response.body());
      const [entity] = answer.entities as [Entity];
      answer.entities = Array.from({ length: many }, (_, i) => ({
        ...entity,
        id: `ent_${String(i).padStart(24, "0")}`,
        name: `服务商 ${i + 1}`,
      }));
      answer.nextPageToken = "";
      const body = Buffer.from(toBinary(ListEntitiesResponseSchema, answer));
      await route.fulfill({ response, body });
    });
    await page.getByRole("link", { name: "服务商名录" }).click();
    const rows = page.locator(".row-box li");
    await rows.first().waitFor();
    const box = page.locator(".row-box");
    for (const share of [0, 0.3, 0.6, 1]) {
      await box.evaluate((element, at) => {
        element.scrollTop = element.scrollHeight * at;
      }, share);
      // Whatever place it is scrolled to has rows, and the rows of other places are gone.
      await page.locator(`.row-box li[aria-posinset="${Math.max(1, many * share)}"]`).waitFor();
      expect(await rows.count()).toBeLessThan(60);
    }
    expect(await box.textContent()).toContain(`服务商 ${many}`);
  });

  test.each(["zh-CN", "en-US"])("break no rule of axe in %s, light and dark", async (locale) => {
    for (const colorScheme of ["light", "dark"] as const) {
      for (const path of ROUTES) {
        await using visitor = await visit(path, { locale, colorScheme });
        expect([path, colorScheme, await violations(visitor.page)]).toEqual([
          path,
          colorScheme,
          [],
        ]);
      }
    }
  });

  test.each([390, 1440])("fit %d px, with targets that can be hit", async (width) => {
    for (const path of ROUTES.slice(3)) {
      await using visitor = await visit(path, { viewport: { width, height: 800 } });
      await visitor.page.locator("tbody tr, .row, .card, .hit").first().waitFor();
      expect(await misfits(visitor.page), path).toEqual({ small: [], nameless: [], overflow: 0 });
    }
  });

  test("load at most 300 kB compressed at first", async () => {
    const bytes = await firstLoadBytes(browser, hub.up.web);
    console.log(`first load of the page: ${bytes} bytes compressed`);
    expect(bytes).toBeLessThan(300_000);
  });
});
