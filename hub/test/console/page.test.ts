/**
 * The page as visitors meet it: a real hub, a real browser.
 */

import { spawnSync } from "node:child_process";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { EvidenceResponseSchema, GetResponseSchema } from "@tributary/proto/wire";
import type { Browser, Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HubProcess } from "../support/hub-process.ts";
import { temporaryPath } from "../support/temporary-folder.ts";
import { BROWSER, launchBrowser } from "./browser.ts";
import { startHubWithPage } from "./hub-with-page.ts";
import { misfits, type VisitOptions, visitPage } from "./visit.ts";

if (BROWSER === undefined) {
  console.warn("SKIPPED: the tests of the page need Chromium or Chrome on this machine");
}

const CASE = "?record=urn:dth:copper:case:C-2025-01";

describe.skipIf(BROWSER === undefined)("the page", () => {
  let hub: HubProcess;
  let browser: Browser;

  beforeAll(async () => {
    [hub, browser] = await Promise.all([startHubWithPage(temporaryPath("hub")), launchBrowser()]);
  });

  afterAll(async () => {
    await browser?.close();
    await hub?.[Symbol.asyncDispose]();
  });

  const visit = (path: string, options?: VisitOptions) =>
    visitPage(browser, `${hub.up.web}/${path}`, options);

  const titles = (page: Page) => page.locator(".hit h3 a").allTextContents();

  test("shows everything first, with kinds, counts and what the answer rests on", async () => {
    await using visitor = await visit("");
    const { page } = visitor;
    expect(await page.locator(".kinds a").allTextContents()).toEqual([
      "全部49",
      "服务商2",
      "案例1",
      "政策1",
      "活动45",
    ]);
    expect(await page.locator(".hit").count()).toBe(20);
    expect(await page.locator(".coverage").textContent()).toMatch(
      /3 个中心更新及时\s*日志共 \d+ 条/,
    );
  });

  test("finds a record and marks where it matched", async () => {
    await using visitor = await visit("");
    const { page } = visitor;
    await page.getByRole("combobox").first().fill("预测性维护");
    await page.keyboard.press("Enter");
    await page.locator("mark").first().waitFor();
    expect(await titles(page)).toContain(
      "铜板带轧机预测性维护 · Predictive maintenance of copper strip mills",
    );
    const hit = page.locator(".hit", { hasText: "铜板带轧机" });
    expect(await hit.locator("h3 mark").allTextContents()).toContain("预测性维护");
    expect(page.url()).toContain(`?q=${encodeURIComponent("预测性维护")}`);
    expect(await page.title()).toContain("预测性维护");
    expect(await page.locator(".hit .facts").first().textContent()).toContain("来源 registry");
  });

  test("completes what is typed, and can be used by keys alone", async () => {
    await using visitor = await visit("");
    const { page } = visitor;
    const input = page.getByRole("combobox").first();
    await page.keyboard.press("Tab"); // to the skip link
    for (let i = 0; i < 16; i += 1) {
      if (await input.evaluate((element) => element === document.activeElement)) break;
      await page.keyboard.press("Tab");
    }
    await page.keyboard.insertText("清河");
    const options = page.locator("#suggestions").getByRole("option");
    await options.first().waitFor();
    expect(await input.getAttribute("aria-expanded")).toBe("true");
    await page.keyboard.press("ArrowDown");
    const chosen = page.locator('[role="option"][aria-selected="true"]');
    expect(await input.getAttribute("aria-activedescendant")).toBe(await chosen.getAttribute("id"));
    const text = await chosen.locator("span").first().textContent();
    await page.keyboard.press("ArrowUp");
    expect(await input.getAttribute("aria-activedescendant")).toBeNull();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect.poll(() => input.inputValue()).toBe(text);
    await expect.poll(async () => (await titles(page))[0]).toContain("清河智造");
    expect(await options.count()).toBe(0);
    // Escape closes, and the text stays.
    await input.fill("数字");
    await options.first().waitFor();
    await page.keyboard.press("Escape");
    expect(await options.count()).toBe(0);
    expect(await input.inputValue()).toBe("数字");
  });

  test("gives the focus back behind the placeholder of a slow answer", async () => {
    await using visitor = await visit("");
    const { page } = visitor;
    await page.route("**/tributary.v1.QueryService/Search*", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 600));
      await route.continue();
    });
    await page.getByRole("checkbox", { name: /浙江省/ }).check();
    await page.locator(".skeleton").first().waitFor();
    await page.locator(".pill").waitFor();
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute("data-key"));
    expect(await focused()).toBe("facet:region:330000");
  });

  test("keeps filters, kind and page in the URL; back goes back", async () => {
    await using visitor = await visit("");
    const { page } = visitor;
    await page.getByRole("checkbox", { name: /浙江省/ }).check();
    await expect.poll(() => page.url()).toContain("?region=330000");
    // The box that was used keeps the focus over the new answer.
    await page.locator(".pill").waitFor();
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute("data-key"));
    expect(await focused()).toBe("facet:region:330000");
    // What stands where does not change any more under the pointer.
    await page.locator('main:not([aria-busy="true"])').waitFor();
    await page.getByRole("link", { name: /^活动/ }).click();
    await expect.poll(() => page.url()).toContain("?kind=event&region=330000");
    await page.getByRole("link", { name: "下一页" }).click();
    await page.locator(".pager", { hasText: "第 2 / 3 页" }).waitFor();
    const second = await titles(page);
    expect(second).toHaveLength(20);

    await using shared = await visit(new URL(page.url()).search);
    expect(await titles(shared.page)).toEqual(second);

    await page.getByRole("link", { name: "上一页" }).click();
    await page.locator(".pager", { hasText: "第 1 / 3 页" }).waitFor();
    await page.goBack();
    await expect.poll(() => titles(page)).toEqual(second);
    await page.goBack();
    await page.goBack();
    await page.goBack();
    await expect.poll(() => page.url()).toBe(`${hub.up.web}/`);
    await expect.poll(() => page.locator(".pill").count()).toBe(0);
    expect(await page.getByRole("checkbox", { name: /浙江省/ }).isChecked()).toBe(false);
  });

  test("takes chosen filters out one by one, also those that nothing has", async () => {
    await using visitor = await visit("?region=330000&year=1999");
    const { page } = visitor;
    expect(await page.locator(".empty").textContent()).toContain("没有符合条件的记录");
    await page.getByRole("link", { name: "去掉“年份：1999”" }).click();
    await expect.poll(() => page.locator(".hit").count()).toBe(20);
    await page.getByRole("link", { name: "去掉“地区：浙江省”" }).click();
    await expect.poll(() => page.url()).not.toContain("region");
  });

  test("shows a record with labels for fields and codes, and comes back to its hits", async () => {
    await using visitor = await visit("?q=清河&lang=en");
    const { page } = visitor;
    const hits = await titles(page);
    await page.locator(".hit h3 a").first().click();
    await page.getByRole("heading", { level: 1 }).waitFor();
    const fields = await fieldsOf(page);
    expect(fields).toMatchObject({
      Name: "清河智造科技有限公司",
      Region: "Suzhou320500",
      "Code check": "Missing",
      "Type of provider": "System integrator",
      Founded: "March 2014",
      "Registered capital": "CN¥12,000,000",
      Licence: "CC-BY-4.0",
      Row: "2",
      "Record name (URN)": "urn:dth:jiangnan:provider:P-001",
    });
    expect(fields["Self-description"]).toContain("never scored");
    await page.getByRole("link", { name: "Back to results" }).click();
    await expect.poll(() => titles(page)).toEqual(hits);
  });

  test("shows what records hold as text, never as markup", async () => {
    await using visitor = await visit(
      "?record=urn:dth:jiangnan:provider:P%252F002%2520%25E7%2594%25B2",
    );
    const { page } = visitor;
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(
      "North Lake Data <Systems> & Co.",
    );
    expect((await fieldsOf(page))["自我介绍"]).toContain("<script>alert(1)</script>");
    expect(await page.locator("main script, main systems").count()).toBe(0);
  });

  test("verifies a record in the browser and shows each step", async () => {
    await using visitor = await visit(CASE);
    const { page } = visitor;
    await page.getByRole("button", { name: "在本浏览器中验证" }).click();
    await page.locator(".verdict-good").waitFor();
    const steps = await page.locator(".steps li").allTextContents();
    expect(steps).toHaveLength(7);
    expect(steps.join("\n")).toMatch(/Merkle[\s\S]*copper 的密钥[\s\S]*日志第 \d+ 条[\s\S]*检查点/);
    expect(await page.locator(".step-failed").count()).toBe(0);
    expect(await page.locator(".proof").textContent()).toContain(hub.up.vkey);
  });

  test.each([
    ["evidence that was changed", "Evidence", flipEvidence, "ERR_EVIDENCE"],
    ["words that are not those that were signed", "Get", changeBody, "与页面所示一致"],
  ])("does not verify %s", async (_, method, change, shown) => {
    await using visitor = await visit("");
    const { page } = visitor;
    await page.route(`**/tributary.v1.QueryService/${method}`, change);
    await page.goto(`${hub.up.web}/${CASE}`);
    await page.getByRole("button", { name: "在本浏览器中验证" }).click();
    await page.locator(".verdict-bad").waitFor();
    expect(await page.locator(".outcome").textContent()).toContain(shown);
    expect(await page.locator(".verdict-good").count()).toBe(0);
  });

  test("says with a code what is wrong and what to do, and recovers", async () => {
    await using visitor = await visit("", { expected: /Failed to load resource/ });
    const { page } = visitor;
    await page.route("**/tributary.v1.QueryService/Search", (route) => route.abort());
    await page.getByRole("combobox").first().fill("铜");
    await page.keyboard.press("Enter");
    const problem = page.getByRole("alert");
    await problem.waitFor();
    expect(await problem.textContent()).toMatch(
      /检查枢纽是否在运行[\s\S]*ERR_UNAVAILABLE[\s\S]*[0-9a-f]{16}/,
    );
    await page.unroute("**/tributary.v1.QueryService/Search");
    await page.getByRole("button", { name: "重试" }).click();
    await expect
      .poll(() => titles(page))
      .toEqual([expect.stringContaining("铜板带"), expect.anything()]);
    await page.goto(`${hub.up.web}/?record=urn:dth:copper:case:none`);
    expect(await problem.textContent()).toContain("ERR_NOT_FOUND");
    await page.goto(`${hub.up.web}/?kind=event&page=2&token=forged`);
    await page.getByRole("link", { name: "重新开始" }).click();
    await expect.poll(() => titles(page)).toHaveLength(20);
    expect(page.url()).toMatch(/\?kind=event$/);
  });

  test("asks again where the question failed that went ahead of the page", async () => {
    await using visitor = await visit("", { expected: /Failed to load resource.*404/ });
    const { page } = visitor;
    const search = "**/tributary.v1.QueryService/Search";
    const shows = Promise.withResolvers<void>();
    await page.route("**/assets/react-*.js", (route) => shows.promise.then(() => route.continue()));
    await page.route(search, (route) => route.fulfill({ status: 404 }), { times: 1 });
    const refused = page.waitForResponse(search);
    await page.goto(`${hub.up.web}/?q=预测性维护`, { waitUntil: "commit" });
    expect((await refused).status()).toBe(404);
    const answered = page.waitForResponse(search);
    shows.resolve();
    expect((await answered).status()).toBe(200);
    await page.locator(".hit").first().waitFor();
  });

  test("shows an answer that comes between the first drawing and what is done after it", async () => {
    await using visitor = await visit("");
    const { page } = visitor;
    // React's own tasks are late, so that the answer comes after a drawing and before its effects.
    await page.addInitScript(() => {
      const post = MessagePort.prototype.postMessage;
      MessagePort.prototype.postMessage = function (message: unknown) {
        setTimeout(() => post.call(this, message), 1_500);
      };
    });
    await page.route("**/tributary.v1.QueryService/Search", async (route) => {
      await page.locator(".skip").waitFor({ state: "attached" });
      await route.continue();
    });
    await page.goto(`${hub.up.web}/?q=预测性维护`);
    await page.locator(".hit").first().waitFor({ timeout: 20_000 });
  });

  test("does nothing that a strict Content-Security-Policy forbids", async () => {
    await using visitor = await visit("");
    const { page } = visitor;
    const policy =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'";
    await page.route(`${hub.up.web}/?*`, async (route) => {
      const response = await route.fetch();
      const headers = { ...response.headers(), "content-security-policy": policy };
      await route.fulfill({ response, headers });
    });
    await page.goto(`${hub.up.web}/${CASE}`);
    await page.getByRole("button", { name: "在本浏览器中验证" }).click();
    await page.locator(".verdict-good").waitFor();
    await page.getByRole("link", { name: "返回检索结果" }).click();
    await page.locator(".hit").first().waitFor();
    await page.getByRole("combobox").first().fill("数字");
    await page.locator("#suggestions").getByRole("option").first().click();
    await page.locator("h2").first().waitFor();
  });

  test.each(["zh-CN", "en-US"])(
    "speaks the visitor's language, %s, and keeps another choice",
    async (locale) => {
      await using visitor = await visit("", { locale });
      const { page } = visitor;
      const [own, other] = locale === "zh-CN" ? ["zh-CN", "en"] : ["en", "zh-CN"];
      const language = () => page.locator("html").getAttribute("lang");
      expect(await language()).toBe(own);
      await page.getByRole("button", { name: own === "en" ? "中文" : "English" }).click();
      expect(await language()).toBe(other);
      await page.reload();
      expect(await language()).toBe(other);
      const label = other === "en" ? "Center" : "来源中心";
      expect(await page.locator("legend").first().textContent()).toBe(label);
    },
  );

  test("has no text of the other language beyond what records say", async () => {
    await using visitor = await visit("?kind=event", { locale: "en-US" });
    const { page } = visitor;
    await page.getByText("The same search in code").click();
    // Titles, summaries and names of centers are the records' own.
    const own = await page.evaluate(() => {
      for (const element of document.querySelectorAll(
        ".hit, .brand, pre, noscript, [data-key=language]",
      )) {
        element.remove();
      }
      for (const label of document.querySelectorAll("fieldset:first-child .value")) label.remove();
      return document.body.textContent ?? "";
    });
    expect(own).not.toMatch(/\p{Script=Han}/u);
    expect(own).not.toMatch(/[{}]|undefined|\[object/);
  });

  test.each([
    [390, "light"],
    [390, "dark"],
    [768, "light"],
    [1440, "dark"],
  ] as const)("fits %d px, %s, with targets that can be hit", async (width, colorScheme) => {
    for (const path of ["", "?q=维护&region=320000", CASE, "?record=urn:dth:x:case:none"]) {
      await using visitor = await visit(path, {
        colorScheme,
        viewport: { width, height: 800 },
        expected: /Failed to load resource/,
      });
      const { page } = visitor;
      expect(await misfits(page), path).toEqual({ small: [], nameless: [], overflow: 0 });
    }
  });

  test("offers the search as code that gives the same answer", async () => {
    await using visitor = await visit("?q=对接会&kind=event&region=330000&sort=newest", {
      locale: "en-US",
    });
    const { page } = visitor;
    await page.getByText("The same search in code").click();
    const [sdk = "", curl = ""] = await page.locator(".snippets code").allTextContents();
    const program = sdk.replace(/console\.log\(.*/, "console.log(total);");
    const flags = ["--conditions=source", "--input-type=module-typescript", "--eval", program];
    const ran = spawnSync(process.execPath, flags, { encoding: "utf8" });
    expect([ran.stderr, ran.stdout.trim()]).toEqual(["", "45"]);
    if (spawnSync("curl", ["--version"]).status !== 0) return;
    const { stdout } = spawnSync("sh", ["-c", curl], { encoding: "utf8" });
    expect(JSON.parse(stdout)).toMatchObject({ total: "45" });
  });
});

/** Terms and descriptions of a record's page. */
async function fieldsOf(page: Page): Promise<Record<string, string>> {
  return page
    .locator(".record section > .fields")
    .evaluateAll((lists) =>
      Object.fromEntries(
        lists.flatMap((list) =>
          [...list.querySelectorAll(":scope > dt")].map((term) => [
            term.textContent ?? "",
            term.nextElementSibling?.textContent ?? "",
          ]),
        ),
      ),
    );
}

/** Flips one bit in the middle of the evidence. */
async function flipEvidence(route: Route): Promise<void> {
  const response = await route.fetch();
  const message = fromBinary(EvidenceResponseSchema, await response.body());
  const middle = message.evidence.length >> 1;
  message.evidence[middle] = (message.evidence[middle] ?? 0) ^ 1;
  await route.fulfill({ response, body: Buffer.from(toBinary(EvidenceResponseSchema, message)) });
}

/** Says something else than the center signed. */
async function changeBody(route: Route): Promise<void> {
  const response = await route.fetch();
  const message = fromBinary(GetResponseSchema, await response.body());
  const body = message.record?.body?.kind;
  if (body?.case === "case") body.value.solution = "买我们的产品。";
  await route.fulfill({ response, body: Buffer.from(toBinary(GetResponseSchema, message)) });
}
