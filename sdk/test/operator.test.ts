/**
 * The operator's side of the client and the command line of the hub, against a hub as it is run.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Client, createClient } from "@tributary/sdk";
import { listCollections } from "@tributary/sdk/collections";
import { assessorOf, type Operator, operatorOf, type QueueItem } from "@tributary/sdk/operator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HubProcess, runHubCommand } from "../../hub/test/support/hub-process.ts";
import { temporaryPath } from "../../hub/test/support/temporary-folder.ts";
import { caseRecord, TestAgent } from "../../hub/test/support/test-agent.ts";

let folder: string;
let hub: HubProcess;
let token: string;
let operators: readonly Operator[];

beforeAll(async () => {
  folder = temporaryPath("hub");
  await command("init", "--origin", "hub.example/log");
  hub = await HubProcess.start(folder);
  token = readFileSync(join(folder, "keys", "admin-token"), "utf8").trim();
  operators = [hub.up.web, `grpc://${hub.up.grpc}`].map((url) =>
    operatorOf(createClient({ url, token })),
  );
});

afterAll(async () => {
  await hub?.[Symbol.asyncDispose]();
});

async function command(...args: string[]) {
  const { status, stdout, stderr } = await runHubCommand([...args, "--data", folder, "--json"]);
  if (status !== 0) throw new Error(`${args.join(" ")}: ${status} ${stdout} ${stderr}`);
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** What both transports answer, which must be the same. */
async function both<T>(ask: (operator: Operator) => Promise<T>): Promise<T> {
  const [web, grpc] = await Promise.all(operators.map(ask));
  expect(grpc).toEqual(web);
  return web as T;
}

/** Runs a command that an item names, as a shell would. */
async function follow(item: QueueItem | undefined, at: number): Promise<void> {
  const words = item?.answers[at]?.command.replace("REASON", "because").split(" ").slice(1) ?? [];
  await command(...words);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let i = 0; !(await holds()); i += 1) {
    if (i === 200) throw new Error("it never came to hold");
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

describe("an operator", () => {
  test("finds who waits, follows the item's own commands, and sees the queue empty", async () => {
    const [inviting] = operators as [Operator];
    const { code } = await inviting.invite({ center: "jinling", name: "金陵转型中心" });
    const agent = await TestAgent.join(code);
    const { items, counts } = await both((operator) => operator.queue({ order: "age" }));
    expect(items.map(({ id }) => id)).toEqual(["approval/jinling"]);
    expect(counts[0]).toEqual({ reason: "approval", count: 1 });
    expect(await command("curation", "show", "approval/jinling")).toEqual(
      JSON.parse(JSON.stringify(items[0])),
    );
    await follow(items[0], 0);
    expect((await both((operator) => operator.queue())).items).toEqual([]);

    await using publisher = await agent.publisher(hub.up.grpc);
    await publisher.credit;
    const { frame } = await agent.batch([caseRecord("c1", "铜加工车间能耗在线监测")]);
    await publisher.send(frame, agent.feedId, 0n);
    const [operator] = operators as [Operator];
    await operator.decide({ action: "pause", subjects: ["urn:dth:jinling"], reason: "数据有误" });
    await until(async () => (await operator.queue()).items.length > 0);
    const [paused] = (await both((each) => each.queue({ reasons: ["paused"] }))).items;
    expect(paused).toMatchObject({ id: "paused/jinling", detail: "ERR_FEED_PAUSED: 数据有误" });
    await follow(paused, 0);
    await until(async () => (await operator.queue()).items.length === 0);
    const { decisions } = await both((each) => each.decisions());
    expect(decisions.map(({ action, actor, reason }) => [action, actor, reason])).toEqual([
      ["release", "operator", "because"],
      ["pause", "operator", "数据有误"],
    ]);
  });

  test("reads the queue in both languages, as a table", async () => {
    const english = await runHubCommand(["curation", "list", "--data", folder]);
    expect([english.status, english.stdout.trim()]).toEqual([0, "Nothing waits for a decision."]);
    await command("curation", "pause", "jinling", "--reason", "数据有误");
    await until(async () => (await both((operator) => operator.queue())).items.length === 1);
    const chinese = await runHubCommand(["curation", "list", "--data", folder, "--lang", "zh"]);
    expect(chinese.stdout).toMatch(
      /^已暂停 +1\.00 +\S+ +paused\/jinling +ERR_FEED_PAUSED: 数据有误$/m,
    );
    expect(chinese.stderr).toContain("待处理：已暂停 1");
    const item = await runHubCommand(["curation", "show", "paused/jinling", "--data", folder]);
    expect(item.stdout).toContain("tributary-hub curation release urn:dth:jinling --reason REASON");
    const nothing = await runHubCommand(["curation", "show", "paused/x", "--data", folder]);
    expect(nothing.status).toBe(5);
  });

  test("previews, decides about what a query finds, and undoes all of it as one", async () => {
    const [operator] = operators as [Operator];
    const hide = { action: "hide", filters: { center: "jinling" } } as const;
    const preview = await both((each) => each.preview(hide));
    expect(preview.subjects).toEqual(["urn:dth:jinling:case:c1"]);
    const bulk = ["curation", "hide", "--where", "center=jinling", "kind=case"];
    expect(await command(...bulk, "--dry-run")).toMatchObject({ subjects: preview.subjects });
    const { position } = await command(...bulk, "--reason", "重复");
    await until(async () => (await operator.preview(hide)).subjects.length === 0);
    const undone = await operator.undo(Number(position), "误操作");
    expect(undone.action).toBe("retract");
    await until(async () => (await operator.preview(hide)).subjects.length === 1);
    const list = await runHubCommand(["curation", "decisions", "--data", folder, "--lang", "zh"]);
    expect(list.stdout).toMatch(
      / operator +hide（已撤销） +铜加工车间能耗在线监测 +urn:dth:jinling:case:c1 +重复$/m,
    );
  });

  test("features a collection by command, and everybody lists it over both transports", async () => {
    const urn = "urn:dth:jinling:case:c1";
    const named = ["--name-zh", "铜加工节能", "--name-en", "Energy in copper works"];
    const { position } = await command(
      "curation",
      "feature",
      "copper",
      urn,
      ...named,
      "--reason",
      "常问",
    );
    const visitors = [hub.up.web, `grpc://${hub.up.grpc}`].map((url) => createClient({ url }));
    const [first] = visitors as [Client];
    await until(async () => (await listCollections(first)).collections.length > 0);
    for (const visitor of visitors) {
      const [collection] = (await listCollections(visitor, { id: "copper" })).collections;
      expect(collection).toMatchObject({
        name: { zh: "铜加工节能", en: "Energy in copper works" },
        text: { zh: "", en: "" },
        records: [{ urn }],
        actor: "operator",
        reason: "常问",
        position,
      });
      await expect(listCollections(visitor, { id: "tin" })).rejects.toMatchObject({
        code: "ERR_NOT_FOUND",
      });
    }
    const list = await runHubCommand(["curation", "collections", "--data", folder, "--lang", "zh"]);
    expect(list.stdout).toMatch(/^copper +铜加工节能 +1 +0 +\d+ +operator +常问$/m);
    const one = await runHubCommand(["curation", "collections", "copper", "--data", folder]);
    expect(one.stdout).toContain(`  1. 铜加工车间能耗在线监测  金陵转型中心  ${urn}`);
    await command("curation", "unfeature", "copper", "--reason", "过时");
    await until(async () => (await listCollections(first)).collections.length === 0);
  });

  test("changes a term by command, looks first, and lists it over both transports", async () => {
    const term = ["scenario", "S11", "--zh", "排程", "--alias", "嘎嘎咕咕", "gaga"];
    const preview = await command("curation", "term", ...term, "--dry-run");
    const clash = { word: "排程", code: "S09" };
    expect(preview).toEqual({ records: 0, centers: [], sample: [], clashes: [clash] });
    const { position } = await command("curation", "term", ...term, "--reason", "本地叫法");
    const [operator] = operators as [Operator];
    await until(async () => (await operator.terms()).terms.length > 0);
    const { terms, version } = await both((each) => each.terms({ scheme: "scenario" }));
    expect(terms).toMatchObject([
      { scheme: "scenario", code: "S11", label: { zh: "排程" }, aliases: ["嘎嘎咕咕", "gaga"] },
    ]);
    expect(version).toMatch(new RegExp(`\\+${position}$`));
    const { clashes } = await both((each) =>
      each.previewTerm({ scheme: "scenario", code: "S12", words: ["GAGA"] }),
    );
    expect(clashes).toEqual([{ word: "GAGA", code: "S11" }]);
    const list = await runHubCommand(["curation", "terms", "--data", folder, "--lang", "zh"]);
    expect(list.stdout).toMatch(/^scenario +S11 +排程 .* 嘎嘎咕咕、gaga .* operator +本地叫法$/m);
    await command("curation", "term", "scenario", "S11", "--reason", "恢复共享词表");
    await until(async () => (await operator.terms()).terms.length === 0);
  });

  test("publishes only a grade that was seen and is there, and takes back only what is an assessor's", async () => {
    const [operator] = operators as [Operator];
    const assessors = [hub.up.web, `grpc://${hub.up.grpc}`].map((url) =>
      assessorOf(createClient({ url, token })),
    );
    const [assessor] = assessors as [ReturnType<typeof assessorOf>];
    const { assessments } = await assessor.assessments({ center: "jinling" });
    const [assessment] = assessments;
    // Its own description names no type.
    expect(assessment).toMatchObject({ centerName: "金陵转型中心", grade: "" });
    const grade = { center: "jinling", reason: "年度评估" };
    const codes = [];
    for (const digest of ["0".repeat(64), assessment?.digest ?? ""]) {
      for (const each of assessors) {
        codes.push(await each.publishGrade({ ...grade, digest }).catch(({ code }) => code));
      }
    }
    const [changed, none] = ["ERR_LOG_CONFLICT", "ERR_ARGUMENT_INVALID"];
    expect(codes).toEqual([changed, changed, none, none]);
    const { decisions } = await operator.decisions();
    const position = decisions[0]?.position as number;
    await expect(assessor.takeBack(position, "更正")).rejects.toMatchObject({
      code: "ERR_ARGUMENT_INVALID",
    });
    const visitor = assessorOf(createClient({ url: hub.up.web }));
    expect((await visitor.grades()).grades).toEqual([]);
    await expect(visitor.assessments()).rejects.toMatchObject({ code: "ERR_UNAUTHENTICATED" });
  });

  test("erases for good, and reads how the hub is", async () => {
    const [operator] = operators as [Operator];
    const urn = "urn:dth:jinling:case:c1";
    expect(await operator.erase([urn], "应中心要求")).toBe(1);
    expect(await operator.erase([urn], "应中心要求")).toBe(0);
    const { origin, logSize } = await operator.status();
    expect([origin, logSize > 0]).toEqual(["hub.example/log", true]);
  });

  test("changes the state of members, with a reason", async () => {
    const [operator] = operators as [Operator];
    await expect(
      operator.setMemberState({ center: "jinling", state: "suspended" }),
    ).rejects.toMatchObject({ code: "ERR_ARGUMENT_INVALID" });
    const change = { center: "jinling", state: "suspended", reason: "数据有误" } as const;
    expect(await operator.setMemberState(change)).toBeGreaterThan(0);
    expect((await operator.members())[0]).toMatchObject({
      centerId: "jinling",
      state: "suspended",
    });
  });

  test("needs a token: a visitor is told so", async () => {
    using visitor = createClient({ url: hub.up.web });
    await expect(operatorOf(visitor).queue()).rejects.toMatchObject({
      code: "ERR_UNAUTHENTICATED",
    });
  });
});
