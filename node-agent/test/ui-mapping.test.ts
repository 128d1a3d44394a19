/** The mapping editor of `tributary-agent ui`: a messy workbook from nothing to a clean preview, by keyboard only. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import exceljs from "exceljs";
import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BROWSER, launchBrowser } from "../../hub/test/console/browser.ts";
import { agent } from "./agent-process.ts";
import { type TemporaryFolder, temporaryFolder } from "./temporary-folder.ts";
import { UiVisit } from "./ui-visit.ts";

const MAX_TABS = 150;

async function writeMessyWorkbook(path: string): Promise<void> {
  const book = new exceljs.Workbook();
  const sheet = book.addWorksheet("服务商");
  sheet.addRow(["江南中心服务商名录（2026年）"]);
  sheet.addRow(["序号", "基本信息", null, null, "规模", "联系人", "联系电话", "业务介绍"]);
  sheet.addRow([null, "企业名称", "统一社会信用代码", "所在地", "注册资本（万元）"]);
  sheet.mergeCells("A1:H1");
  sheet.mergeCells("B2:D2");
  sheet.addRow([
    1,
    "南昌青禾智造科技有限公司",
    "91360102DEM0000308",
    "南昌",
    500,
    "张三",
    "13800001111",
    "排产与能源管理",
  ]);
  sheet.addRow([
    2,
    "赣州宏达信息有限公司",
    "",
    "赣州市",
    "1,200",
    "李四",
    "13800002222",
    "设备联网",
  ]);
  sheet.addRow(["合计", null, null, null, 1700]);
  await book.xlsx.writeFile(path);
}

describe.skipIf(BROWSER === undefined)("the mapping editor", () => {
  let folder: TemporaryFolder;
  let browser: Browser;
  let visit: UiVisit;
  let file: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    await agent(["init", folder.path]);
    await writeMessyWorkbook(join(folder.path, "服务商.xlsx"));
    file = join(folder.path, "mappings", "providers.yaml");
    browser = await launchBrowser();
    visit = await UiVisit.open(browser, folder.path, /409/);
  });
  afterAll(async () => {
    await visit?.[Symbol.asyncDispose]();
    await browser?.close();
    await folder?.[Symbol.asyncDispose]();
  });

  /** Goes on with the Tab key until the control has the focus. */
  async function tabTo(control: Locator): Promise<void> {
    await control.waitFor();
    for (let tabs = 0; tabs < MAX_TABS; tabs += 1) {
      if (await control.evaluate((element) => element === document.activeElement)) return;
      await visit.page.keyboard.press("Tab");
    }
    throw new Error("the control cannot be reached by keyboard");
  }

  async function press(control: Locator): Promise<void> {
    await tabTo(control);
    await visit.page.keyboard.press("Enter");
  }

  test("maps a messy workbook from nothing to a clean preview by keyboard only", async () => {
    const { page } = visit;
    await press(page.getByRole("link", { name: "映射文件" }));
    await tabTo(page.getByLabel("文件路径"));
    await page.keyboard.type("服务商.xlsx");
    await page.keyboard.press("Tab");
    await page.keyboard.type("providers");
    await page.keyboard.press("Enter");
    const goesTo = (title: string) => page.getByRole("combobox", { name: `${title}：去向` });
    expect(await goesTo("基本信息/企业名称").inputValue()).toBe("name");
    expect(await goesTo("联系电话").inputValue()).toBe("never!");
    expect(readdirSync(join(folder.path, "mappings"))).toEqual([]);
    await tabTo(goesTo("业务介绍"));
    await page.keyboard.type("selfD");
    await press(page.getByRole("button", { name: "检查" }));
    expect(await goesTo("业务介绍").inputValue()).toBe("selfDescription");
    await press(page.getByRole("button", { name: "保存" }));
    await page.getByText("已保存").waitFor();
    await press(page.getByRole("main").getByRole("link", { name: "预览" }));
    await page.getByText("2 行中 2 行将发布").waitFor();
    expect(readFileSync(file, "utf8")).toMatch(/selfDescription: 业务介绍/);
  });

  test("saves into a file that people wrote in, with the one before beside it", async () => {
    const { page } = visit;
    const text = readFileSync(file, "utf8").replace("tables:", "# 与张主任商定\ntables:");
    writeFileSync(file, text);
    await visit.go("map/providers");
    await page.getByRole("combobox", { name: "业务介绍：去向" }).selectOption("");
    await page.getByRole("button", { name: "保存" }).click();
    await page.getByText("原文件保留为").waitFor();
    expect(readFileSync(file, "utf8")).toContain("# 与张主任商定\ntables:");
    expect(readFileSync(file, "utf8")).not.toContain("业务介绍");
    const [kept = ""] = readdirSync(join(folder.path, "mappings")).filter((name) =>
      name.endsWith(".bak"),
    );
    expect(readFileSync(join(folder.path, "mappings", kept), "utf8")).toBe(text);
  });

  test("saves nothing over a file that changed meanwhile, and keeps what was chosen", async () => {
    const { page } = visit;
    await visit.go("map/providers");
    const choice = page.getByRole("combobox", { name: "业务介绍：去向" });
    await choice.selectOption("honours");
    const changed = `${readFileSync(file, "utf8")}# 另一处修改\n`;
    writeFileSync(file, changed);
    await page.getByRole("button", { name: "保存" }).click();
    await page.getByText("在此期间已被修改，未保存").waitFor();
    expect(readFileSync(file, "utf8")).toBe(changed);
    expect(await choice.inputValue()).toBe("honours");
    await page.getByRole("button", { name: "保存" }).click();
    await page.getByText("已保存").waitFor();
    expect(readFileSync(file, "utf8")).toMatch(/honours: 业务介绍[\s\S]*# 另一处修改/);
  });

  test("shows what is wrong beside the column, and does not save it", async () => {
    const { page } = visit;
    const before = readFileSync(file, "utf8");
    await visit.go("map/providers");
    await page.getByRole("combobox", { name: "联系人：去向" }).selectOption("foundedOn");
    await page.getByRole("button", { name: "检查" }).click();
    const row = (title: string) => page.getByRole("row", { name: new RegExp(`^${title} `) });
    await row("联系人").getByText("2 行，首见第 4 行").waitFor();
    await page.getByRole("combobox", { name: "联系人：去向" }).selectOption("name");
    await page.getByRole("button", { name: "保存" }).click();
    await row("联系人").getByText("name 已由“基本信息/企业名称”填写").waitFor();
    expect(readFileSync(file, "utf8")).toBe(before);
  });

  test("asks before choices are lost", async () => {
    const { page } = visit;
    await visit.go("map/providers");
    await page.getByRole("combobox", { name: "联系人：去向" }).selectOption("aliases");
    const asked = page.waitForEvent("dialog");
    const left = page.getByRole("link", { name: "总览" }).click({ noWaitAfter: true });
    const dialog = await asked;
    expect(dialog.type()).toBe("beforeunload");
    await dialog.accept();
    await left;
    await page.waitForURL((url) => !url.pathname.includes("map"));
  });

  test("is for everybody", async () => {
    expect(await visit.faultsOf("map")).toEqual([]);
    expect(await visit.faultsOf("map/providers")).toEqual([]);
  });
});
