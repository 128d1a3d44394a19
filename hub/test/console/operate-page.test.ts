/**
 * The hub as its operators meet it: a real hub, a real browser, from the first link on.
 */

import { type DecisionPage, signObjection } from "@tributary/proto";
import { AssessmentService, CurationService } from "@tributary/proto/wire";
import { createClient, type RecordView } from "@tributary/sdk";
import { listCollections } from "@tributary/sdk/collections";
import { assessorOf } from "@tributary/sdk/operator";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { operatorOf } from "../support/drill.ts";
import type { HubProcess } from "../support/hub-process.ts";
import { temporaryPath } from "../support/temporary-folder.ts";
import { TestAgent } from "../support/test-agent.ts";
import { BROWSER, launchBrowser } from "./browser.ts";
import { adminOf, invite, joinCenter, startHubWithPage, untilFound } from "./hub-with-page.ts";
import { GRADED_CENTER, OUTCOME_CENTERS } from "./outcome-centers.ts";
import { violations } from "./page-checks.ts";
import { misfits, type Visitor, visitPage } from "./visit.ts";

const PASSWORD = "copper foil pinhole";
const PAGES = [
  "inbox",
  "members",
  "merge",
  "collections",
  "terms",
  "health",
  "overlap",
  "market",
  "assessment",
  "assessment/graded",
  "benchmarks",
  "benchmarks/graded",
  "vouchers",
  "decisions",
  "log",
  "accounts",
  "keys",
] as const;

describe.skipIf(BROWSER === undefined)("the pages of operators", () => {
  let folder: string;
  let hub: HubProcess;
  let browser: Browser;
  let visitor: Visitor;
  let page: Page;
  let graded: TestAgent;

  beforeAll(async () => {
    folder = temporaryPath("hub");
    [hub, browser] = await Promise.all([
      startHubWithPage(folder, OUTCOME_CENTERS),
      launchBrowser(),
    ]);
    using operator = await adminOf(folder, hub);
    graded = await joinCenter(operator, hub, GRADED_CENTER);
    using client = createClient({ url: hub.up.web });
    await untilFound(client, [...OUTCOME_CENTERS, GRADED_CENTER]);
    await TestAgent.join(await invite(operator, "newcomer", "新来的中心"));
    await TestAgent.join(await invite(operator, "stranger", "不认识的中心"));
    await TestAgent.join(await invite(operator, "jinling", "金陵转型中心"));
    await TestAgent.join(await invite(operator, "guest", "来历不明的中心"));
    visitor = await visitPage(browser, hub.up.firstLink as string, {
      expected: /Failed to load resource/,
    });
    page = visitor.page;
  });

  afterAll(async () => {
    await visitor?.[Symbol.asyncDispose]();
    await browser?.close();
    await hub?.[Symbol.asyncDispose]();
  });

  const open = async (name: (typeof PAGES)[number]) => {
    await page.goto(`${hub.up.web}/#/operate/${name}`);
    await page.locator(".operate-bar").waitFor();
  };

  test("are for who holds the first link, which works once", async () => {
    await page.getByLabel("名称").fill("王工");
    await page.getByLabel("密码").fill("short");
    await page.getByRole("button", { name: "设置密码并登录" }).click();
    expect(await page.getByRole("alert").textContent()).toContain("密码须为 12 至 200 个字符");
    await page.getByLabel("密码").fill(PASSWORD);
    await page.getByRole("button", { name: "设置密码并登录" }).click();
    await page.getByText("王工（管理员）").waitFor();
    expect(page.url()).not.toContain("link");
    const cookies = await page.context().cookies();
    expect(cookies).toMatchObject([{ httpOnly: true, sameSite: "Strict" }]);
    await using other = await visitPage(browser, hub.up.firstLink as string, {
      expected: /Failed to load resource/,
    });
    await other.page.getByLabel("名称").fill("mallory");
    await other.page.getByLabel("密码").fill(PASSWORD);
    await other.page.keyboard.press("Enter");
    await other.page.getByRole("alert").waitFor();
    expect(await other.page.getByRole("alert").textContent()).toContain("ERR_TOKEN_INVALID");
  });

  test("approve a center whose check code is right, and reject another with a reason, by keys", async () => {
    await open("members");
    const request = page.locator(".request", { hasText: "新来的中心" });
    expect(await request.locator(".check-code").textContent()).toMatch(/^[A-Z0-9]{6}$/);
    await request.getByRole("button", { name: "批准" }).focus();
    await page.keyboard.press("Enter");
    await request.waitFor({ state: "detached" });
    const other = page.locator(".request", { hasText: "不认识的中心" });
    await other.getByRole("button", { name: "拒绝" }).focus();
    await page.keyboard.press("Enter");
    await other.getByText("请写明理由").waitFor();
    await other.getByLabel("理由").focus();
    await page.keyboard.insertText("电话无法核实");
    await other.getByRole("button", { name: "拒绝" }).focus();
    await page.keyboard.press("Enter");
    await other.waitFor({ state: "detached" });
    const rows = page.locator("tbody tr");
    expect(await rows.filter({ hasText: "新来的中心" }).textContent()).toContain("已批准");
    expect(await rows.filter({ hasText: "不认识的中心" }).textContent()).toContain("电话无法核实");
  });

  test("clear the inbox by keys: agree, say no with a reason", async () => {
    await open("inbox");
    const list = page.getByRole("listbox", { name: "等待处理的事项" });
    const chosen = list.locator("[aria-current]");
    const choose = async (name: string) => {
      await list.focus();
      await page.keyboard.press("Home");
      for (let i = 0; !(await chosen.textContent())?.includes(name); i += 1) {
        if (i > 20) throw new Error(`${name} is not in the inbox`);
        await page.keyboard.press("j");
      }
    };
    await choose("金陵转型中心");
    const detail = page.locator(".inbox-detail");
    expect(await detail.locator(".check-code").textContent()).toMatch(/^[A-Z0-9]{6}$/);
    await page.keyboard.press("a");
    await page.getByText(/已记入日志第 \d+ 条/).waitFor();
    await choose("来历不明的中心");
    await page.keyboard.press("d");
    await detail.getByText("请写明理由").waitFor();
    // The reason has the focus, and Enter says no with it.
    await page.keyboard.insertText("电话无法核实");
    await page.keyboard.press("Enter");
    await list.getByText("来历不明的中心").waitFor({ state: "detached" });
    await open("members");
    const rows = page.locator("tbody tr");
    expect(await rows.filter({ hasText: "金陵转型中心" }).textContent()).toContain("已批准");
    expect(await rows.filter({ hasText: "来历不明的中心" }).textContent()).toContain(
      "电话无法核实",
    );
  });

  test("say which centers sleep and by which rule", async () => {
    await open("health");
    await page.locator("tbody tr").nth(1).waitFor();
    expect(await page.getByText(/按规则/).textContent()).toMatch(/天无批次为放缓.*休眠/);
    expect(await page.locator("tbody").textContent()).toMatch(/活跃|放缓|休眠/);
    expect(await page.locator(".weeks").count()).toBeGreaterThan(1);
  });

  test("say which centers overlap, in which part, and whether that is chance", async () => {
    await open("overlap");
    const map = page.getByRole("img", { name: /^\d+ 家中心两两重合的热力图/ });
    await map.waitFor();
    const row = page.locator("tbody tr", { has: page.getByRole("button", { name: /的明细$/ }) });
    await row.first().waitFor();
    await row.first().getByRole("button").focus();
    await page.keyboard.press("Enter");
    const parts = page.locator("table", { hasText: "依据" });
    expect(await parts.textContent()).toMatch(/服务商.*业务.*文本/s);
    await open("market");
    await page.getByLabel("按").selectOption("scenario");
    await page.locator("tbody tr").first().waitFor();
    expect(await page.locator("thead").textContent()).toMatch(/需求.*服务商.*集中度/);
  });

  test("publish a grade as it is shown, and take it back where its center is right to object, by keys", async () => {
    using client = createClient({ url: hub.up.web });
    const grades = async () => (await assessorOf(client).grades({ center: "graded" })).grades;
    await open("assessment");
    await page.getByRole("link", { name: GRADED_CENTER.name }).focus();
    await page.keyboard.press("Enter");
    const part = (name: string) =>
      page.locator("section", { has: page.getByRole("heading", { name, exact: true, level: 2 }) });
    await part("已公布").getByText("尚未公布该中心的等级").waitFor();
    const row = page.locator("tr", { hasText: "信用代码有效的服务商" });
    await row.getByText("5 条记录").click();
    expect(await row.getByRole("link").count()).toBe(5);
    expect(await page.locator("tr", { hasText: "已对接或办结的需求" }).textContent()).toContain(
      "不评（10）",
    );
    await part("公布等级").getByLabel("理由（公开）").focus();
    await page.keyboard.insertText("年度评估");
    await page.keyboard.press("Enter");
    await part("已公布").getByText("年度评估").waitFor();
    const [grade] = await grades();
    expect(grade).toMatchObject({ reason: "年度评估", actor: "account 王工" });
    await page.getByText(`已记入日志第 ${grade?.position} 条`).waitFor();
    // The same grade once more would say nothing.
    expect(await part("公布等级").count()).toBe(0);

    await objectTo(grade?.position ?? -1, "少计五场培训");
    await page.reload();
    const objection = page.locator(".request", { hasText: "少计五场培训" });
    await objection.getByRole("button", { name: "采纳：撤销决定", exact: true }).focus();
    await page.keyboard.press("Enter");
    await objection.getByText("请写明理由").waitFor();
    // The reason has the focus, and Enter accepts with it.
    await page.keyboard.insertText("确有遗漏");
    await page.keyboard.press("Enter");
    await part("已公布").getByText("尚未公布该中心的等级").waitFor();
    await page.getByText("没有等待答复的异议").waitFor();
    expect(await grades()).toEqual([]);

    await part("公布等级").getByLabel("理由（公开）").fill("再次评估");
    await page.keyboard.press("Enter");
    const back = part("撤回已公布的等级");
    await back.getByLabel("理由（公开）").fill("误发");
    await page.keyboard.press("Enter");
    await part("已公布").getByText("尚未公布该中心的等级").waitFor();
    expect(await grades()).toEqual([]);
  });

  test("review a candidate, and select it when experts recommend it", async () => {
    await open("benchmarks");
    const row = page.locator("tbody tr", { hasText: GRADED_CENTER.name });
    expect(await row.textContent()).toMatch(/可入选.*（.* 至 .*）.*未选定/);
    const plot = row.getByRole("img", { name: /^差异 .*，80 % 区间 .* 至 / });
    expect(await plot.count()).toBe(1);
    await row.getByRole("link").click();
    const part = (name: string) =>
      page.locator("section", { has: page.getByRole("heading", { name, exact: true, level: 2 }) });
    await part("评审").getByLabel("结论").selectOption("against");
    await part("评审").getByLabel("理由（公开）").fill("样本仅一个季度");
    await page.keyboard.press("Enter");
    await part("专家评审").getByText("样本仅一个季度").waitFor();
    expect(await part("专家评审").textContent()).toMatch(/反对.*account 王工/);
    // A later review of one's own takes the place of the earlier.
    await part("评审").getByLabel("理由（公开）").fill("已补充核验");
    await page.keyboard.press("Enter");
    await part("专家评审").getByText("已补充核验").waitFor();
    expect(await part("专家评审").locator("article").count()).toBe(1);
    expect(await part("选定标杆").count()).toBe(0);
    await recommend(graded.centerId);
    await page.reload();
    await part("选定标杆").getByLabel("理由（公开）").fill("两位专家推荐");
    await page.keyboard.press("Enter");
    await part(GRADED_CENTER.name)
      .getByText(/#\d+ 两位专家推荐/)
      .waitFor();
    using client = createClient({ url: hub.up.web });
    const selected = async () => (await assessorOf(client).grades()).benchmarks;
    expect(await selected()).toMatchObject([{ centerId: "graded", reason: "两位专家推荐" }]);
    await part("撤回选定").getByLabel("理由（公开）").fill("误选");
    await page.keyboard.press("Enter");
    await part(GRADED_CENTER.name).getByText("未选定").waitFor();
    expect(await selected()).toEqual([]);
    await part("撤回自己的评审").getByLabel("理由（公开）").fill("回避");
    await page.keyboard.press("Enter");
    await part("专家评审").getByText("已补充核验").waitFor({ state: "detached" });
    await part("选定标杆").waitFor({ state: "detached" });
  });

  test("say how many vouchers were used and what was gained with them", async () => {
    await open("vouchers");
    const programme = page.locator("tr", { hasText: "云岭转型券" });
    expect(await programme.textContent()).toContain("2005025 %2027年3月31日");
    const effects = page.locator("table", { hasText: "50 个项目中 25 个用券" });
    expect(await effects.locator("tbody").textContent()).toMatch(/用券18\.\d.*未用券18\.\d/);
    expect(await effects.getByRole("img", { name: /^用券：18/ }).count()).toBe(1);
    await page.getByLabel("省份").selectOption("360000");
    await programme.waitFor({ state: "detached" });
    await page.locator("tr", { hasText: "江西省转型券" }).waitFor();
    await page.getByText("没有足够的分组可以比较").waitFor();
  });

  /** Another expert, who works with the hub's own token, recommends a candidate. */
  async function recommend(centerId: string): Promise<void> {
    using operator = await adminOf(folder, hub);
    const review = { centerId, verdict: "recommend", reason: "成效可复核" };
    await operator.call(AssessmentService.method.reviewBenchmark, review);
  }

  /** The graded center says that it objects to a decision of an assessor. */
  async function objectTo(position: number, reason: string): Promise<void> {
    const centerId = graded.centerId;
    using caller = operatorOf(hub, await graded.token());
    const { listDecisions, object } = CurationService.method;
    const page = await caller.call<DecisionPage>(listDecisions, { centerId });
    const decision = page.decisions.find((one) => one.position === position);
    const objection = { centerId, decisionId: decision?.decisionId ?? "", reason };
    const statement = { hubOrigin: graded.origin, ...objection };
    const authorization = await signObjection(graded.key, statement);
    await caller.call(object, { ...objection, authorization });
  }

  test("merge two providers side by side and undo it, by keys", async () => {
    using client = createClient({ url: hub.up.web });
    const { entities } = await client.entities();
    const [a, b] = entities.map(({ members }) => members[0]?.record) as [RecordView, RecordView];
    const together = async () =>
      (await client.entity(a.urn)).entity.members.some(({ record }) => record.urn === b.urn);
    await open("merge");
    const pick = async (label: string, { title }: RecordView) => {
      await page.getByRole("combobox", { name: label }).focus();
      await page.keyboard.insertText(title);
      await page.getByRole("option", { name: title }).first().waitFor();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
    };
    await pick("第一家", a);
    await pick("第二家", b);
    await page.getByRole("button", { name: "并排比较" }).focus();
    await page.keyboard.press("Enter");
    const fields = page.locator("table", { hasText: "逐项对照" });
    await fields.waitFor();
    expect(await fields.locator("thead").textContent()).toContain(a.title);
    await page.getByRole("button", { name: "是同一家，合并" }).focus();
    await page.keyboard.press("Enter");
    await page.getByText("它们已是同一家").waitFor();
    expect(await together()).toBe(true);
    const line = page.locator(".decisions li").first();
    expect(await line.textContent()).toContain("account 王工");
    // Records are named, and lead to themselves.
    expect((await line.getByRole("link").allTextContents()).sort()).toEqual(
      [a.title, b.title].sort(),
    );
    await line.focus();
    await page.keyboard.press("u");
    await page.getByText("它们已是同一家").waitFor({ state: "detached" });
    await expect.poll(together).toBe(false);
    await page.getByRole("button", { name: "是同一家，合并" }).waitFor();
  });

  test("show the log with its checkpoint, entry by entry", async () => {
    await open("log");
    await page.locator("tbody tr").first().waitFor();
    expect(await page.locator("pre").first().textContent()).toContain("hub.example/page");
    const types = await page.locator("tbody td:nth-child(3)").allTextContents();
    expect(types).toContain("成员");
    expect(types.at(-1)).toBe("决定");
    const sentences = (await page.locator("td > div:first-child").allTextContents()).join("\n");
    expect(sentences).toContain("公布等级");
    expect(sentences).not.toContain("{");
    const last = page.locator("tbody tr").last();
    expect(await last.textContent()).toMatch(/撤回决定.*account 王工 · 在网页上撤回/);
    await last.getByText("全部字段").click();
    expect(await last.locator("dl").textContent()).toMatch(/retracts[0-9a-f]{32}/);
  });

  test("make a collection by keys, change its order, and end it", async () => {
    using client = createClient({ url: hub.up.web });
    const { hits } = await client.search("", { filters: { kind: "provider" }, pageSize: 2 });
    const [a, b] = hits.map(({ record }) => record) as [RecordView, RecordView];
    const featured = async () =>
      (await listCollections(client, { id: "by-keys" })).collections[0]?.records.map(
        ({ urn }) => urn,
      );
    await open("collections");
    await page.getByLabel("标识").focus();
    await page.keyboard.insertText("by-keys");
    for (const text of ["键盘编成", "Made by keys", "两家。", "Two of them."]) {
      await page.keyboard.press("Tab");
      await page.keyboard.insertText(text);
    }
    for (const { title } of [a, b]) {
      await page.getByRole("combobox", { name: "添加记录" }).focus();
      await page.keyboard.insertText(title);
      await page.getByRole("option", { name: title }).first().waitFor();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "添加", exact: true }).focus();
      await page.keyboard.press("Enter");
    }
    await page.getByLabel("理由（公开）").focus();
    await page.keyboard.insertText("试编");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "编辑合集 键盘编成" }).focus();
    expect(await featured()).toEqual([a.urn, b.urn]);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: `上移 ${b.title}` }).focus();
    await page.keyboard.press("Enter");
    const change = page.locator("section", { hasText: "编辑合集 by-keys" });
    await change.getByLabel("理由（公开）").focus();
    await page.keyboard.insertText("换一下顺序");
    await page.keyboard.press("Enter");
    await page.getByText(/已记入日志第 \d+ 条/).waitFor();
    expect(await featured()).toEqual([b.urn, a.urn]);
    await page.locator("#collection-end-reason").fill("试完");
    await page.keyboard.press("Enter");
    await page.getByText("还没有合集").waitFor();
    await expect(featured()).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
  });

  test("give a term an alias by keys after a look at what carries it, and a search finds by it", async () => {
    using client = createClient({ url: hub.up.web });
    const { facets } = await client.facets({ fields: ["scenario"] });
    const term = facets[0]?.values[0] as { value: string; labelZh: string; count: number };
    await open("terms");
    await page.getByRole("combobox", { name: "词条", exact: true }).focus();
    await page.keyboard.insertText(term.value);
    await page.getByLabel("别名（用逗号分隔）").focus();
    await page.keyboard.insertText("嘎嘎咕咕");
    await page.getByRole("button", { name: "查看影响" }).focus();
    await page.keyboard.press("Enter");
    await page.getByText(/^\d+ 条显示中的记录带有该词条$/).waitFor();
    await page.getByLabel("理由（相关中心可见）").focus();
    await page.keyboard.insertText("本地叫法");
    await page.keyboard.press("Enter");
    const row = page.locator("tbody tr", { hasText: "嘎嘎咕咕" });
    await row.waitFor();
    expect(await row.textContent()).toMatch(/#\d+ 本地叫法/);
    const found = async () => (await client.search("嘎嘎咕咕")).total;
    await expect.poll(found).toBe(term.count);
    await open("decisions");
    await page.locator(".decisions li", { hasText: "改动词条" }).first().focus();
    await page.keyboard.press("u");
    await expect.poll(found).toBe(0);
  });

  test("add a term under its wider one, and deprecate another in its favour", async () => {
    const publish = async (reason: string) => {
      await page.getByLabel("理由（相关中心可见）").fill(reason);
      await page.getByRole("button", { name: "公布改动" }).click();
    };
    await open("terms");
    await page.getByRole("combobox", { name: "词条", exact: true }).fill("S41");
    await page.getByLabel("中文标签").fill("碳足迹核算");
    await page.getByLabel("英文标签").fill("Carbon footprint");
    expect(await page.getByRole("button", { name: "公布改动" }).isDisabled()).toBe(true);
    await page.getByRole("combobox", { name: "上级" }).fill("C");
    await publish("指引之外");
    const row = page.locator("tbody tr", { hasText: "碳足迹核算" });
    await row.waitFor();
    expect(await row.textContent()).toMatch(/新增，属于“\p{Script=Han}+”/u);
    await page.getByRole("combobox", { name: "词条", exact: true }).fill("S12");
    await page.getByLabel("使用", { exact: true }).selectOption("deprecated");
    await page.getByRole("combobox", { name: "后继词条" }).fill("碳足迹");
    await page.getByRole("option", { name: "碳足迹核算" }).click();
    await publish("并行太多");
    await page.locator("tbody tr", { hasText: "停用，改用“碳足迹核算”" }).waitFor();
  });

  test("end with the session", async () => {
    await open("keys");
    await page.getByRole("button", { name: "退出登录" }).click();
    await page.getByRole("heading", { name: "登录" }).waitFor();
    // Nothing of the page that is not shown.
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("运营");
    expect(await page.locator(".lead").count()).toBe(0);
    expect(await page.context().cookies()).toEqual([]);
    await page.getByLabel("名称").fill("王工");
    await page.getByLabel("密码").fill(PASSWORD);
    await page.keyboard.press("Enter");
    await page.getByText("王工（管理员）").waitFor();
  });

  test("break no rule of axe and fit 390 px, in both languages and themes", async () => {
    for (const language of ["zh", "en"]) {
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        for (const name of PAGES) {
          await page.goto(`${hub.up.web}/?lang=${language}#/operate/${name}`);
          await page.locator("main section").first().waitFor();
          const found = [name, language, colorScheme, await violations(page)];
          expect(found).toEqual([name, language, colorScheme, []]);
        }
      }
    }
    await page.setViewportSize({ width: 390, height: 800 });
    for (const name of PAGES) {
      await open(name);
      await page.locator("main section").first().waitFor();
      expect(await misfits(page), name).toEqual({ small: [], nameless: [], overflow: 0 });
      expect(await scrolled(), name).toEqual([]);
    }
  });

  test("have tables whose rows are lists at 390 px, where each cell says its column", async () => {
    await open("members");
    const cells = page.locator("tbody tr").first().locator("td");
    await cells.first().waitFor();
    const said = await cells.evaluateAll((all) =>
      all
        .filter((cell) => cell.checkVisibility())
        .map((cell) => getComputedStyle(cell, "::before").content),
    );
    expect(said).toEqual(['"状态"', '"最近联系"', '"记录"']);
  });

  test("compare two providers side by side at 390 px, too", async () => {
    using client = createClient({ url: hub.up.web });
    const { hits } = await client.search("", { filters: { kind: "provider" }, pageSize: 2 });
    const urns = hits.map(({ record }) => encodeURIComponent(record.urn));
    await page.goto(`${hub.up.web}/#/operate/merge/${urns.join("/")}`);
    const cells = page.locator(".compare tbody tr").first().locator("th, td");
    await cells.nth(2).waitFor();
    const [field, left, right] = await cells.evaluateAll((cells) =>
      cells.map((cell) => cell.getBoundingClientRect().toJSON()),
    );
    expect(field.bottom).toBeLessThanOrEqual(left.top);
    expect(right.top).toBe(left.top);
    expect(right.right).toBeLessThan(390);
    expect(await scrolled()).toEqual([]);
    expect(await misfits(page)).toEqual({ small: [], nameless: [], overflow: 0 });
  });

  /** Beginnings of tables that are wider than their place. */
  function scrolled(): Promise<string[]> {
    return page
      .locator(".table-box")
      .evaluateAll((boxes) =>
        boxes
          .filter((box) => box.scrollWidth > box.clientWidth)
          .map(({ textContent }) => textContent.slice(0, 90)),
      );
  }
});
