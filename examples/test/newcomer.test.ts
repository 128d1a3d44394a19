/**
 * What a newcomer does on the demo's page without help: find a provider and see why, approve the center that waits, invite
 * another, answer an objection, merge two providers and undo it, see which centers overlap and which sleep, follow one number
 * to its proof.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@tributary/sdk";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BROWSER, launchBrowser } from "../../hub/test/console/browser.ts";
import { type Visitor, visitPage } from "../../hub/test/console/visit.ts";
import { TestAgent } from "../../hub/test/support/test-agent.ts";
import { APPLICANT } from "../federation/applicant/index.ts";
import { runCommand } from "../federation/processes.ts";
import { type Demo, startDemo } from "./support/demo.ts";

describe.skipIf(BROWSER === undefined)("a newcomer to the demo", () => {
  const folder = mkdtempSync(join(tmpdir(), "tributary-newcomer-"));
  let demo: Demo;
  let browser: Browser;
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    demo = startDemo(folder);
    [browser] = await Promise.all([launchBrowser(), demo.ready]);
    visitor = await visitPage(browser, demo.operateUrl, { expected: /Failed to load resource/ });
    page = visitor.page;
    await page.getByLabel("名称").fill("王工");
    await page.getByLabel("密码").fill("copper foil pinhole");
    await page.getByRole("button", { name: "设置密码并登录" }).click();
    await page.getByText("王工（管理员）").waitFor();
  });
  afterAll(async () => {
    await visitor?.[Symbol.asyncDispose]();
    await browser?.close();
    await demo?.stop();
    rmSync(folder, { recursive: true });
  });

  const menu = (name: string) => page.getByRole("link", { name, exact: true }).first().click();

  test("finds a provider for a copper foundry's energy problem and sees why", async () => {
    await menu("为需求找服务商");
    const choose = async (label: string, typed: string, option: RegExp) => {
      await page.getByRole("combobox", { name: label }).fill(typed);
      await page.getByRole("option", { name: option }).first().click();
    };
    await page.getByRole("checkbox", { name: "能源智能管控" }).check();
    await choose("行业", "铜冶炼", /铜冶炼/);
    await choose("地区", "鹰潭", /鹰潭市/);
    await page.getByRole("button", { name: "查找服务商" }).click();
    const first = page.locator(".provider").first();
    await first.waitFor();
    expect(await first.locator(".because").textContent()).toMatch(/做过 .*家企业.*80 % 区间/);
    expect(await first.getByRole("img").first().getAttribute("aria-label")).toMatch(/区间/);
  });

  test("follows one number to its proof", async () => {
    const evidence = page.locator(".provider .evidence").first();
    await evidence.getByRole("button", { name: /^估计改善：/ }).click();
    await evidence.locator(".bucket-table").first().waitFor();
    await evidence.getByRole("button", { name: "在本浏览器中验证" }).first().click();
    await evidence.locator(".verdict-good").waitFor();
    expect(await evidence.locator(".step-failed").count()).toBe(0);
  });

  test("approves the center that waits, by the check code on its own screen, and finds what it publishes", async () => {
    const status = ["status", "--lang", "en", "--folder", join(folder, "centers", APPLICANT.id)];
    const said = await runCommand("agent", status, { folder });
    await menu("运营");
    const list = page.getByRole("listbox", { name: "等待处理的事项" });
    await list.getByText(APPLICANT.id, { exact: true }).click();
    const code = await page.locator(".check-code").textContent();
    expect(code).toMatch(/^[0-9A-Z]{6}$/);
    expect(said).toContain(`check code ${code}`);
    await page.keyboard.press("a");
    await list.getByText(APPLICANT.id, { exact: true }).waitFor({ state: "detached" });
    using hub = createClient({ url: demo.grpcUrl });
    const filters = { center: APPLICANT.id };
    await expect
      .poll(async () => (await hub.search("", { filters })).total, { timeout: 60_000 })
      .toBe(14);
  });

  test("follows a center's objection, and what was hidden is found again", async () => {
    using hub = createClient({ url: demo.grpcUrl });
    const found = async () => {
      const { hits } = await hub.search("赣鄱数促〔2025〕1号", { filters: { kind: "policy" } });
      return hits.map(({ record }) => record.title);
    };
    const title = "赣鄱区域制造业“先诊后改”入企诊断实施细则（示例）";
    expect(await found()).not.toContain(title);
    const list = page.getByRole("listbox", { name: "等待处理的事项" });
    await list.getByText(title).click();
    await page
      .getByText(/2025年签约的诊断项目仍按本细则验收/)
      .first()
      .waitFor();
    await page.getByLabel(/^理由（相关中心可见；/).fill("旧项目验收确需查阅");
    await page.getByRole("button", { name: "采纳：撤销决定" }).click();
    await list.getByText(title).waitFor({ state: "detached" });
    await expect.poll(found, { timeout: 60_000 }).toContain(title);
  });

  test("invites a center, and approves it by the check code on its own screen", async () => {
    await menu("运营");
    await menu("中心审批");
    await page.getByLabel("标识").fill("newcomer");
    await page.getByLabel("中心名称").fill("新来的中心");
    await page.getByRole("button", { name: "生成加入码" }).click();
    const shown = page.locator("pre code", { hasText: "tributary-join-1." });
    const code = (await shown.textContent()) as string;
    const agent = await TestAgent.join(code);
    await menu("收件箱");
    const list = page.getByRole("listbox", { name: "等待处理的事项" });
    await list.getByText("新来的中心").click();
    expect(await page.locator(".check-code").textContent()).toBe(agent.checkCode);
    await page.keyboard.press("a");
    await list.getByText("新来的中心").waitFor({ state: "detached" });
    await menu("中心审批");
    const row = page.locator("tbody tr", { hasText: "新来的中心" });
    expect(await row.textContent()).toContain("已批准");
  });

  test("merges two providers that look alike and undoes it", async () => {
    await menu("合并");
    const pair = page.locator(".link-list a").first();
    const text = await pair.textContent();
    await pair.click();
    await page.locator("caption", { hasText: "是同一家的概率" }).waitFor();
    await page.getByRole("button", { name: "是同一家，合并" }).click();
    await page.getByText("它们已是同一家").waitFor();
    await page.getByRole("button", { name: /^撤回/ }).first().click();
    await page.getByText("它们已是同一家").waitFor({ state: "detached" });
    await page.getByRole("link", { name: "换两家比较" }).click();
    await page.getByRole("link", { name: text as string }).waitFor();
  });

  test("sees which centers overlap and which sleep", async () => {
    await menu("重合");
    const pair = page.locator("tbody tr", { has: page.getByRole("button", { name: /的明细$/ }) });
    await pair.first().waitFor();
    expect(await pair.first().textContent()).toMatch(/赣铜产业.*赣鄱区域.*q = /);
    expect(await page.locator("table", { hasText: "建议的分工" }).textContent()).toMatch(
      /可主要承担/,
    );
    await menu("运行状况");
    const rows = page.locator("tbody tr");
    await rows.nth(2).waitFor();
    for (const row of await rows.all()) {
      expect(await row.textContent()).toMatch(/活跃|放缓|休眠/);
    }
    expect(await page.getByText(/按规则/).textContent()).toMatch(/天无批次为放缓/);
  });
});
