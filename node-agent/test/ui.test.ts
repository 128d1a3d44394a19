/** The page of `tributary-agent ui`, as a process of its own and in a browser. */

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import exceljs from "exceljs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BROWSER, launchBrowser } from "../../hub/test/console/browser.ts";
import { agent, joinedFolder } from "./agent-process.ts";
import { FakeHub } from "./fake-hub.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { UiVisit } from "./ui-visit.ts";

const HOSTILE = `<img src=x onerror="document.title='taken'"><script>document.title='taken'</script>`;

const ROWS = [
  "编号,企业名称,成立时间,简介,联系电话",
  `1,"${HOSTILE.replaceAll('"', '""')}",2015-03,"=HYPERLINK(""http://evil.example"")",13800001111`,
  `2,乙公司,去年,${"长".repeat(3_000)}\u202e反,13800002222`,
  "3,,2016,没有名称,13800003333",
  "1,重复编号,2017,同一编号,13800004444",
];

const MAPPING = `source: { type: csv, path: providers.csv }
tables:
  - kind: provider
    key: [编号]
    never: [联系电话]
    fields:
      name: 企业名称
      foundedOn: 成立时间
      selfDescription: 简介
`;

const CASES = `source: { type: csv, path: cases.csv }
tables:
  - kind: case
    key: [编号]
    clientTexts: review
    fields: { title: 名称, scenarios: { value: S20 }, painPoints: 痛点 }
`;

describe.skipIf(BROWSER === undefined)("the agent's page", () => {
  let hub: FakeHub;
  let folder: string;
  let browser: Browser;
  let visit: UiVisit;

  beforeAll(async () => {
    hub = await FakeHub.start();
    folder = await joinedFolder(hub);
    writeFileSync(join(folder, "providers.csv"), `${ROWS.join("\n")}\n`);
    writeFileSync(join(folder, "mappings", "providers.yaml"), MAPPING);
    writeFileSync(
      join(folder, "cases.csv"),
      "编号,名称,痛点\nc1,换型快了,赣州宏远五金有限公司只有一条线\n",
    );
    writeFileSync(join(folder, "mappings", "cases.yaml"), CASES);
    browser = await launchBrowser();
    visit = await UiVisit.open(browser, folder, /404/);
  });
  afterAll(async () => {
    await visit?.[Symbol.asyncDispose]();
    await browser?.close();
    await hub?.[Symbol.asyncDispose]();
    rmSync(dirname(folder), { recursive: true, force: true });
  });

  test("shows sources and how the agent is, and counts what would leave when asked", async () => {
    const { page } = visit;
    await visit.go("");
    await page.getByText("center-a").waitFor();
    await page.getByRole("button", { name: "下次读取将发布什么？" }).click();
    await page.getByText("4 行中 2 行发布").waitFor();
    expect(await visit.faultsOf("")).toEqual([]);
  });

  test("shows each row before and after, and why a cell or a row stays", async () => {
    const { page } = visit;
    await visit.go("preview/providers");
    const row = (name: string) => page.getByRole("region", { name });
    const second = row("第 3 行");
    await second.getByText("无法识别为").waitFor();
    expect(await second.getByRole("row", { name: /联系电话/ }).textContent()).toContain("不得外发");
    expect(await row("第 4 行").textContent()).toContain("“企业名称”为空");
    expect(await row("第 5 行").textContent()).toContain("以第一行为准");
    const first = row("第 2 行");
    await first.getByText(/将离开本中心的正是这 \d+ 个字节/).click();
    expect(await first.locator("pre").textContent()).toMatch(/^[0-9a-f]{2}( [0-9a-f]{2})+/);
    expect(await visit.faultsOf("preview/providers")).toEqual([]);
  });

  test("shows hostile cells as the text that they are", async () => {
    const { page } = visit;
    await visit.go("preview/providers");
    expect(await page.getByText(HOSTILE).first().textContent()).toContain(HOSTILE);
    expect(await page.getByText("=HYPERLINK").count()).toBeGreaterThan(0);
    expect(await page.locator("img[src=x]").count()).toBe(0);
    await page.getByText("另有").first().waitFor();
    expect(await page.title()).toBe("预览 · 汇流代理");
    expect(await page.content()).not.toContain("\u202e");
    expect(visit.outside).toEqual([]);
  });

  test("lists bad rows with cell and reason, and gives the workbook that a pass writes", async () => {
    const { page } = visit;
    await visit.go("errors/providers");
    await page.getByRole("row", { name: /第 5 行 整行 .*key\.duplicate/ }).waitFor();
    await page.getByRole("row", { name: /第 3 行 成立时间 去年 / }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "下载工作簿" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("providers.xlsx");
    const book = new exceljs.Workbook();
    await book.xlsx.readFile(await download.path());
    expect(book.worksheets[0]?.rowCount).toBe(1 + 3);
    expect(await visit.faultsOf("errors/providers")).toEqual([]);
  });

  test("says column by column what leaves, and has the sheet to sign", async () => {
    const { page } = visit;
    await visit.go("leaves");
    await page.getByRole("row", { name: "联系电话 禁止外发" }).waitFor();
    await page.getByRole("row", { name: "企业名称 外发为 name" }).waitFor();
    await page.getByText("频率: 有变化时").first().waitFor();
    expect(await visit.faultsOf("leaves")).toEqual([]);
    await visit.go("leaves/sheet");
    const border = await page
      .locator("th")
      .first()
      .evaluate((cell) => getComputedStyle(cell).borderTopStyle);
    expect(border).toBe("solid"); // the policy lets the sheet's own style through
  });

  test("decides about a text by a button, and about none by Enter in the field of the name", async () => {
    const { page } = visit;
    const decisions = join(folder, "data", "decisions.jsonl");
    await visit.go("texts");
    expect(await page.locator("mark").first().textContent()).toContain("赣州宏远五金有限公司");
    await page.getByLabel("审批人").fill("王敏");
    await page.getByLabel("审批人").press("Enter");
    await page.getByText("显示 1 段中的 1 段").waitFor();
    await page.getByRole("heading", { name: "企业名称" }).waitFor();
    expect(await visit.faultsOf("texts")).toEqual([]);
    await page.getByLabel("审批人").fill("王敏");
    await page.getByRole("button", { name: "批准" }).press("Enter");
    await page.getByText("没有待审批的文本").waitFor();
    expect(readFileSync(decisions, "utf8").trim().split("\n")).toHaveLength(1);
    expect(readFileSync(decisions, "utf8")).toMatch(/approved.*王敏|王敏.*approved/);
  });

  test("keeps the language that was chosen, and answers a wrong path with a page", async () => {
    const { page } = visit;
    await visit.go("preview/none");
    await visit.language("en");
    expect(await page.getByRole("alert").textContent()).toContain("there is no source none");
    await page.getByRole("link", { name: "Overview" }).first().click();
    await page.getByRole("heading", { name: "Overview" }).waitFor();
  });

  test("opens for nobody else: its address holds once", async () => {
    const other = await (await browser.newContext()).newPage();
    for (const address of [visit.url, visit.root]) {
      await other.goto(address);
      expect(await other.textContent("body")).toContain("opens the page once");
    }
    await other.context().close();
  });
});

test("the page needs a folder of an agent, and a port that is one", async () => {
  await using folder = await temporaryFolder();
  expect((await agent(["ui", "--folder", folder.path])).status).toBe(5);
  expect((await agent(["ui", "--folder", folder.path, "--port", "x"])).status).toBe(2);
});
