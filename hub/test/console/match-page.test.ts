/**
 * Finding providers for a demand as an enterprise meets it: a real hub with released outcomes, a real browser.
 */

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HubProcess } from "../support/hub-process.ts";
import { usccOf } from "../support/match-world.ts";
import { temporaryPath } from "../support/temporary-folder.ts";
import { BROWSER, launchBrowser } from "./browser.ts";
import { startHubWithPage } from "./hub-with-page.ts";
import { HOSTILE_NAME, OUTCOME_CENTERS } from "./outcome-centers.ts";
import { misfits, type VisitOptions, visitPage } from "./visit.ts";

if (BROWSER === undefined) {
  console.warn("SKIPPED: the tests of the page need Chromium or Chrome on this machine");
}

/** S40 has no evidence. */
const DEMAND =
  "#/match?scenario=S11&scenario=S21&scenario=S40&industry=3211&size=medium&region=360100";

describe.skipIf(BROWSER === undefined)("the view of matching", () => {
  let hub: HubProcess;
  let browser: Browser;

  beforeAll(async () => {
    [hub, browser] = await Promise.all([
      startHubWithPage(temporaryPath("hub"), OUTCOME_CENTERS),
      launchBrowser(),
    ]);
  });

  afterAll(async () => {
    await browser?.close();
    await hub?.[Symbol.asyncDispose]();
  });

  const visit = (path: string, options?: VisitOptions) =>
    visitPage(browser, `${hub.up.web}/${path}`, options);

  async function answered(options?: VisitOptions, path = DEMAND) {
    const visitor = await visit(path, options);
    await visitor.page.locator(".provider").first().waitFor();
    return visitor;
  }

  const names = (page: Page) => page.locator(".provider h3 > a").allTextContents();

  test("takes a demand by its form and says it in a URL that can be shared", async () => {
    await using visitor = await visit("");
    const { page } = visitor;
    await page.getByRole("link", { name: "为需求找服务商" }).click();
    await page.getByRole("checkbox", { name: "生产动态调度" }).check();
    await page.getByRole("combobox", { name: "行业" }).fill("铜冶");
    await page.getByRole("option", { name: "铜冶炼" }).click();
    await page.getByLabel("规模", { exact: true }).selectOption("medium");
    await page.getByRole("combobox", { name: "地区" }).fill("南昌");
    await page.getByRole("option", { name: "南昌市 江西省" }).click();
    await page.getByLabel("预算（万元）").fill("80");
    await page.getByLabel("痛点").fill("排产总是乱");
    await page.getByRole("button", { name: "查找服务商" }).click();
    await page.locator(".provider").first().waitFor();
    expect(decodeURIComponent(new URL(page.url()).hash)).toBe(
      "#/match?scenario=S11&industry=3211&size=medium&region=360100&pains=排产总是乱&budget=80",
    );
    expect(await page.locator(".demand > summary").textContent()).toContain(
      "生产动态调度 · 铜冶炼 · 中型 · 南昌市",
    );
    const shown = await names(page);
    // The form waits folded above the answer, as it was filled in.
    expect(await page.locator(".demand-form").count()).toBe(0);
    await page.locator(".demand > summary").click();
    expect(await page.getByLabel("预算（万元）").inputValue()).toBe("80");
    await using shared = await answered({}, new URL(page.url()).hash);
    expect(await names(shared.page)).toEqual(shown);
    // Back leads through the empty form to the search.
    await page.goBack();
    await page.locator(".demand-form").waitFor();
    await page.goBack();
    await page.locator(".hit").first().waitFor();
  });

  test("ranks with a sentence, an interval, what is uncertain and who has little evidence", async () => {
    await using visitor = await answered();
    const { page } = visitor;
    expect(await page.locator("#match-answer").textContent()).toBe("8 家服务商有足够证据");
    const first = page.locator(".provider").first();
    expect(await first.locator(".because").textContent()).toMatch(
      /做过 20 至 49 家企业的「生产动态调度」.*80 % 区间/,
    );
    const plot = first.getByRole("img").first();
    expect(await plot.getAttribute("aria-label")).toMatch(
      /^设备非计划停机：估计 [\d.]+ %，80 % 区间 [\d.]+ 至 [\d.]+ %，该场景平均 [\d.]+ %$/,
    );
    const text = await first.textContent();
    expect(text).toContain("供应链物流智能配送证据不足");
    expect(text).toContain("工艺动态优化只有一个中心的证据");
    const bands = await page.locator(".band").evaluateAll((sections) =>
      sections.map((section) => ({
        name: section.querySelector("h3")?.textContent,
        isTie: section.querySelectorAll(".chip-live").length > 1,
        hint: section.querySelector(":scope > .hint")?.textContent ?? "",
      })),
    );
    expect(bands.map(({ name }) => name)).toEqual(bands.map((_, i) => `第 ${i + 1} 档`));
    expect(bands.some(({ isTie }) => isTie)).toBe(true);
    for (const { isTie, hint } of bands) expect(hint.includes("顺序每天轮换")).toBe(isTie);
    const chance = page.locator(".provider", { hasText: "证据较少" });
    expect(await chance.count()).toBe(1);
    expect(await chance.locator(".because").textContent()).toContain("每日抽签");
    // Of the two without evidence, the one that was not drawn stands apart.
    expect(await page.locator(".unranked li").count()).toBe(1);
    expect(await page.locator(".support li").allTextContents()).toEqual([
      expect.stringContaining("澄湖市中小企业数字化转型补助办法"),
      expect.stringContaining("江西省转型券"),
    ]);
    expect(await page.locator(".coverage").textContent()).toContain("2 个中心更新及时");
  });

  test("leads from a number to its buckets, their record and their proof", async () => {
    await using visitor = await answered();
    const { page } = visitor;
    const evidence = page.locator(".provider .evidence").first();
    const number = evidence.getByRole("button", { name: /^估计改善：/ });
    await number.click();
    expect(await number.getAttribute("aria-expanded")).toBe("true");
    await evidence.locator(".bucket-table").nth(1).waitFor();
    expect(await evidence.locator("caption").allTextContents()).toEqual([
      "澄湖数字化转型促进中心 · 2025Q4 发布",
      "北渚数字化转型促进中心 · 2025Q4 发布",
    ]);
    const cells = await evidence.locator("tbody tr").first().locator("th, td").allTextContents();
    expect(cells).toEqual([
      `生产动态调度 · ${HOSTILE_NAME} · 有色金属冶炼和压延加工业 · 大中型`,
      "10 至 19",
      "设备非计划停机 18.8 % 变差 约 0 %",
      "¥100,000 至 ¥500,000",
    ]);
    await evidence.getByRole("button", { name: "在本浏览器中验证" }).first().click();
    await evidence.locator(".verdict-good").waitFor();
    expect(await evidence.locator(".step-failed").count()).toBe(0);
    await evidence
      .getByRole("link", { name: /查看发布记录/ })
      .first()
      .click();
    await page.getByRole("link", { name: "返回服务商排名" }).waitFor();
    expect(page.url()).toContain("?record=urn:dth:aa:outcome:2025Q4#/match?scenario=S11");
    await page.getByRole("link", { name: "返回服务商排名" }).click();
    await page.locator(".provider").first().waitFor();
  });

  test("does not show as proven a release that is not what was signed", async () => {
    await using visitor = await answered();
    const { page } = visitor;
    await page.route("**/tributary.v1.QueryService/Evidence", async (route) => {
      const response = await route.fetch();
      const body = await response.body();
      const middle = body.length >> 1;
      body[middle] = (body[middle] ?? 0) ^ 1;
      await route.fulfill({ response, body });
    });
    const evidence = page.locator(".provider .evidence").first();
    await evidence.getByRole("button", { name: /^做过的企业：/ }).click();
    await evidence.getByRole("button", { name: "在本浏览器中验证" }).first().click();
    await evidence.locator(".verdict-bad").waitFor();
    expect(await evidence.locator(".verdict-good").count()).toBe(0);
  });

  test("proposes three plans with buckets behind their figures, and names the gap", async () => {
    await using visitor = await answered();
    const { page } = visitor;
    const plans = page.locator(".plan");
    expect(await plans.locator("h3").allTextContents()).toEqual([
      expect.stringMatching(/^综合价值最高/),
      expect.stringMatching(/^服务商最少/),
      expect.stringMatching(/^把握最大/),
    ]);
    expect(await page.locator(".gap li").allTextContents()).toEqual(["供应链物流智能配送"]);
    const assigned = plans.first().locator(".assignment");
    expect(await assigned.locator("h4").first().textContent()).toBe("生产动态调度");
    expect(await plans.first().locator(".pairs").textContent()).toMatch(/ 与 .*能否配合未知$/);
    expect(await plans.first().locator(".remarks").textContent()).toContain("次优组合");
    expect(await plans.nth(1).locator(".assignment > p").allTextContents()).toEqual([
      HOSTILE_NAME,
      HOSTILE_NAME,
    ]);
    expect(await assigned.first().locator(".bucket-table tbody tr").count()).toBe(0);
    await assigned
      .first()
      .getByRole("button", { name: /^优于一般水平的可能性：/ })
      .click();
    await assigned.first().locator(".bucket-table").nth(1).waitFor();
    expect(await assigned.first().locator(".bucket-table tbody tr").count()).toBe(2);
  });

  test("leaves a provider out at one click", async () => {
    await using visitor = await answered();
    const { page } = visitor;
    await page.getByRole("link", { name: `不再推荐 ${HOSTILE_NAME}` }).click();
    await page.getByText("您已排除：1 家").waitFor();
    expect(await names(page)).not.toContain(HOSTILE_NAME);
    expect(page.url()).toContain(`exclude=${usccOf(8)}`);
  });

  test("says beside each field what is wrong, in both languages", async () => {
    await using visitor = await visit("#/match?industry=%E9%93%9C%E9%93%9C&budget=-1");
    const { page } = visitor;
    await page.locator(".demand-form").waitFor();
    const wrong = page.locator("[aria-invalid=true]");
    expect(await wrong.count()).toBe(3);
    const describedBy = await page.locator("#demand-budget").getAttribute("aria-describedby");
    expect(describedBy).toContain("demand-budget-error");
    expect(await page.locator("#demand-budget-error").textContent()).toContain("大于 0");
    expect(await page.locator("#demand-scenarios-error").textContent()).toContain("至少选择一个");
    await page.getByRole("button", { name: "English" }).click();
    expect(await page.locator("#demand-industry-error").textContent()).toContain("No such sector");
    expect(await page.locator("#demand-industry").inputValue()).toBe("铜铜");
    await page.locator("#demand-budget").fill("80");
    await page.locator("#demand-industry").fill("3211");
    await page.getByRole("button", { name: "Find providers" }).click();
    expect(await wrong.count()).toBe(1);
    expect(await page.getByRole("alert").textContent()).toBe("1 field needs a change");
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute("type"));
    expect(await focused()).toBe("checkbox");
    expect(new URL(page.url()).hash).not.toContain("80");
  });

  test("tells what to do where nobody has evidence, and lists no plan", async () => {
    await using visitor = await visit("#/match?scenario=S40", { locale: "en-US" });
    const { page } = visitor;
    await page.getByRole("heading", { name: "No provider has enough" }).waitFor();
    expect(await page.locator(".note").first().textContent()).toContain("Ask for fewer scenarios");
    await page.getByRole("heading", { name: "No plan can be made" }).waitFor();
    expect(await page.locator(".gap li").allTextContents()).toEqual([
      "Intelligent supply-chain logistics",
    ]);
  });

  test("asks again for all that is missing after its labels could not be loaded", async () => {
    await using visitor = await visit("", { expected: /Failed to load resource/ });
    const { page } = visitor;
    const labels = "**/assets/vocabulary-*.js";
    await page.route(labels, (route) => route.abort());
    await page.goto(`${hub.up.web}/${DEMAND}`);
    const retry = page.getByRole("button", { name: "重试" });
    await retry.waitFor();
    const asksAgain = page.waitForRequest(labels);
    await retry.click();
    await asksAgain;
    await retry.waitFor();
    expect(await page.locator(".provider").count()).toBe(0);
    await page.unroute(labels);
    await retry.click();
    await page.locator(".provider").first().waitFor();
    await page.locator(".support li").first().waitFor();
    expect(await retry.count()).toBe(0);
  });

  test("asks the hub before the page is there to show the answer, and once", async () => {
    await using visitor = await visit("");
    const { page } = visitor;
    const shows = Promise.withResolvers<void>();
    await page.route("**/assets/react-*.js", (route) => shows.promise.then(() => route.continue()));
    const asked: string[] = [];
    page.on("request", (request) => {
      const [, service] = /\/tributary\.v1\.(\w+\/\w+)$/.exec(request.url()) ?? [];
      if (service !== undefined) asked.push(service);
    });
    const answers = ["MatchService/Match", "MatchService/Plan", "QueryService/Search"];
    const answered = Promise.all(
      answers.map((name) => page.waitForResponse(`**/tributary.v1.${name}`)),
    );
    await page.goto("about:blank");
    await page.goto(`${hub.up.web}/${DEMAND}`, { waitUntil: "commit" });
    await answered;
    expect(await page.locator("main h1").textContent()).toBe("为需求找服务商");
    expect(await page.locator(".provider").count()).toBe(0);
    shows.resolve();
    await page.locator(".provider").first().waitFor();
    expect(asked.sort()).toEqual(answers);
  });

  test("can be used by keys alone", async () => {
    await using visitor = await visit("#/match");
    const { page } = visitor;
    await page.getByRole("checkbox", { name: "生产动态调度" }).focus();
    await page.keyboard.press("Space");
    await page.locator("#demand-industry").focus();
    await page.keyboard.insertText("铜冶炼");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    expect(await page.locator("#demand-industry").getAttribute("aria-expanded")).toBe("false");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("demand-size");
    await page.locator("#demand-budget").focus();
    await page.keyboard.press("Enter");
    await page.locator(".provider").first().waitFor();
    expect(page.url()).toContain("industry=3211");
    // The answer has the focus, so that the next key goes on from there.
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("match-answer");
    const focusedName = () =>
      page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
    for (let i = 0; i < 10 && !(await focusedName()).includes("查看所依据的汇总组"); i += 1) {
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Enter");
    await page.locator(".bucket-table").first().waitFor();
    const verify = page.getByRole("button", { name: "在本浏览器中验证" }).first();
    for (let i = 0; i < 20; i += 1) {
      if (await verify.evaluate((element) => element === document.activeElement)) break;
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Enter");
    await page.locator(".verdict-good").waitFor();
  });

  test("shows a provider's name as text, never as markup", async () => {
    await using visitor = await answered();
    const { page } = visitor;
    expect(await names(page)).toContain(HOSTILE_NAME);
    await page.locator(".provider .number").first().click();
    await page.locator(".bucket-table").first().waitFor();
    expect(await page.locator("main script, main img").count()).toBe(0);
    expect(await page.locator("[onerror]").count()).toBe(0);
  });

  test("has no text of the other language beyond what records say", async () => {
    await using visitor = await answered({ locale: "en-US" });
    const { page } = visitor;
    await page.locator(".provider .number").first().click();
    await page.locator(".bucket-table").first().waitFor();
    const text = await page.locator("main").evaluate((main) => main.textContent ?? "");
    // Names and titles are the records' own.
    const own = OUTCOME_CENTERS.map(({ name }) => name);
    const records = await page
      .locator(".provider h3 > a, .unranked a, .support a")
      .allTextContents();
    const rest = [...own, ...records].reduce((left, name) => left.replaceAll(name, ""), text);
    expect(rest).not.toMatch(/\p{Script=Han}/u);
    expect(rest).not.toMatch(/[{}]|undefined|NaN|\[object/);
  });

  test.each([
    [390, "zh-CN", "light"],
    [390, "en-US", "dark"],
    [1440, "en-US", "light"],
  ] as const)(
    "fits %d px, %s, %s, with targets that can be hit",
    async (width, locale, colorScheme) => {
      const options = { locale, colorScheme, viewport: { width, height: 800 } };
      const fits = { small: [], nameless: [], overflow: 0 };
      await using blank = await visit("#/match", options);
      await blank.page.locator(".must > summary").click();
      expect(await misfits(blank.page)).toEqual(fits);
      await using visitor = await answered(options);
      const { page } = visitor;
      await page.locator(".provider .number").first().click();
      await page.locator(".bucket-table").nth(1).waitFor();
      await page.locator(".score > summary").first().click();
      expect(await misfits(page)).toEqual(fits);
    },
  );
});
