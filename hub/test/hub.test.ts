/**
 * A hub as its operator, an agent, a visitor and an auditor meet it: real processes, the command line, both ports.
 */

import { rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import {
  decodeLogEntry,
  type MemberView,
  type RecordView,
  systemClock,
  TributaryError,
  verifyEvidence,
  verifyReceipt,
} from "@tributary/proto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HubProcess, runHubCommand } from "./support/hub-process.ts";
import { aRelease, releaseRecord } from "./support/small-release.ts";
import { followStaticLog } from "./support/static-log.ts";
import { temporaryPath } from "./support/temporary-folder.ts";
import { caseRecord, TestAgent } from "./support/test-agent.ts";

let folder: string;
let hub: HubProcess;

beforeAll(async () => {
  folder = temporaryPath("hub");
  await command("init", "--origin", "hub.example/log");
  hub = await HubProcess.start(folder);
});

afterAll(async () => {
  await hub?.[Symbol.asyncDispose]();
});

describe("the command line", () => {
  test("makes a hub once, in an empty folder only", async () => {
    const again = await runHubCommand(["init", "--data", folder, "--json"]);
    expect(again.status).toBe(2);
    expect(JSON.parse(again.stdout)).toMatchObject({ error: { code: "ERR_ARGUMENT_INVALID" } });
    const bad = await runHubCommand(["init", "--data", temporaryPath("x"), "--origin", "a b"]);
    expect([bad.status, bad.stderr]).toEqual([2, expect.stringContaining("cannot be an origin")]);
  });

  test("says what to do where there is no hub, and where none runs", async () => {
    const missing = await runHubCommand(["up", "--data", temporaryPath("x")]);
    expect(missing.status).toBe(6);
    expect(missing.stderr).toMatch(/tributary-hub init --data .*ERR_FOLDER_MISSING/s);
    const stopped = temporaryPath("stopped");
    await runHubCommand(["init", "--data", stopped]);
    const unreachable = await runHubCommand(["members", "list", "--data", stopped]);
    expect(unreachable.status).toBe(69);
    expect(unreachable.stderr).toContain("tributary-hub up");
  });

  test("refuses a folder without an embedding model where it was told of one", async () => {
    const data = temporaryPath("no-model");
    await runHubCommand(["init", "--data", data]);
    const started = await runHubCommand(["up", "--data", data, "--json"], {
      TRIBUTARY_HUB_SEMANTIC_MODEL: temporaryPath("nothing"),
    });
    expect(started.status).toBe(2);
    expect(JSON.parse(started.stdout)).toMatchObject({ error: { code: "ERR_MODEL_INVALID" } });
  });

  test("refuses a second hub on the same folder, and a check of a running one", async () => {
    for (const args of [["up"], ["fsck"], ["log", "verify"]]) {
      const second = await runHubCommand([...args, "--data", folder, "--json"]);
      expect(second.status).toBe(6);
      expect(JSON.parse(second.stdout)).toMatchObject({ error: { code: "ERR_FOLDER_IN_USE" } });
    }
    expect(await command("status")).toMatchObject({ origin: "hub.example/log" });
  });

  test("takes the next free port and says so", async () => {
    const blocker = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => blocker.once("listening", resolve));
    const { port } = blocker.address() as { readonly port: number };
    const other = temporaryPath("other");
    await runHubCommand(["init", "--data", other]);
    await using second = await HubProcess.start(
      other,
      {},
      { grpc: `127.0.0.1:${port}`, web: `127.0.0.1:${port}` },
    );
    blocker.close();
    expect(second.up.grpc).not.toContain(`:${port}`);
    expect(new Set([second.up.grpc, second.up.web.replace("http://", "")]).size).toBe(2);
    await until(() => second.messages.includes(`Port ${port} is taken`));
  });

  test.each([
    [["frobnicate"], "unknown command"],
    [["invite", "--center", "aa"], "--name"],
    [["up", "--grpc", "nowhere"], "host:port"],
    [["invite", "--center", "A!", "--name", "x"], "ERR_IDENTIFIER_INVALID"],
  ])("exits with 2 for %j", async (args, message) => {
    const wrong = await runHubCommand([...args, "--data", folder]);
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain(message);
  });

  test("speaks Chinese where the user does, and never in JSON", async () => {
    const chinese = await runHubCommand(["status", "--data", folder], { LANG: "zh_CN.UTF-8" });
    expect(chinese.stdout).toContain("日志");
    const json = await runHubCommand(["status", "--data", folder, "--json", "--lang", "zh"]);
    expect(Object.keys(JSON.parse(json.stdout))).toContain("logSize");
  });

  test("says how active centers are in both languages, with the rule", async () => {
    const args = ["insight", "activity", "--data", folder];
    const english = await runHubCommand(args);
    expect([english.status, english.stderr]).toEqual([
      0,
      expect.stringContaining("Rule activity/1. Dormant: no batch for more than 84 days."),
    ]);
    const chinese = await runHubCommand([...args, "--lang", "zh"]);
    expect(chinese.stderr).toContain("规则 activity/1。沉寂：超过 84 天没有发布。");
    expect(await command("insight", "activity")).toMatchObject({ rule: { version: "activity/1" } });
    const nobody = await runHubCommand([...args, "--center", "nobody"]);
    expect([nobody.status, nobody.stderr]).toEqual([
      5,
      expect.stringContaining("nobody is no member of this hub"),
    ]);
  });

  test("says which centers overlap in both languages, with the rule", async () => {
    const args = ["insight", "overlap", "--data", folder];
    const english = await runHubCommand(args);
    expect([english.status, english.stdout, english.stderr]).toEqual([
      0,
      "No two centers overlap.\n",
      expect.stringContaining("0 pairs compared, 0 share more providers than chance explains"),
    ]);
    const chinese = await runHubCommand([...args, "--lang", "zh"]);
    expect(chinese.stderr).toContain("规则 overlap/1。指数为服务商、业务、(1 + 内容) / 2");
    expect(await command("insight", "overlap")).toMatchObject({ rule: { version: "overlap/1" } });
    const wrong = await runHubCommand([...args, "--limit", "2000"]);
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining("limit")]);
  });

  test("says how centers are assessed and what is published in both languages, with the rule", async () => {
    const english = await runHubCommand(["assessment", "list", "--data", folder]);
    expect([english.status, english.stderr]).toEqual([
      0,
      expect.stringContaining("grades from A 85, B 70, C 50, D 0 points on; no grade where less"),
    ]);
    const grades = await runHubCommand(["assessment", "grades", "--data", folder, "--lang", "zh"]);
    expect([grades.status, grades.stdout]).toEqual([0, "尚未公布等级。\n"]);
    expect(await command("assessment", "list")).toMatchObject({
      rule: { version: "assessment/1" },
    });
    const nobody = await runHubCommand(["assessment", "show", "nobody", "--data", folder]);
    expect([nobody.status, nobody.stderr]).toEqual([
      5,
      expect.stringContaining("nobody is no member of this hub"),
    ]);
    const silent = await runHubCommand([
      "assessment",
      "take-back",
      "0",
      "--reason",
      "x",
      "--data",
      folder,
    ]);
    expect(silent.status).toBe(2);
  });

  test("says which vouchers were issued and which benchmarks there are, with the rules", async () => {
    const vouchers = await runHubCommand(["insight", "vouchers", "--data", folder]);
    expect([vouchers.status, vouchers.stdout, vouchers.stderr]).toEqual([
      0,
      "No voucher programme is published.\n",
      expect.stringContaining("Rule vouchers/1."),
    ]);
    const args = ["assessment", "benchmarks", "--data", folder, "--lang", "zh"];
    const benchmarks = await runHubCommand(args);
    expect([benchmarks.status, benchmarks.stderr]).toEqual([
      0,
      expect.stringContaining("规则 benchmark/1"),
    ]);
  });

  test("says what is demanded and offered in both languages, with the rule", async () => {
    const args = ["insight", "market", "--data", folder];
    const english = await runHubCommand(args);
    expect([english.status, english.stdout, english.stderr]).toEqual([
      0,
      "Nothing is demanded or offered yet.\n",
      expect.stringContaining("Rule market/2. Demands of fewer than 5 enterprises"),
    ]);
    const chinese = await runHubCommand([...args, "--by", "scenario", "--lang", "zh"]);
    expect(chinese.stderr).toContain("规则 market/2。不足 5 家企业的需求不计数");
    const wrong = await runHubCommand([...args, "--province", "360100"]);
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining("province")]);
  });

  test("keeps the operator's token to its owner", async () => {
    const { statSync } = await import("node:fs");
    for (const file of ["keys/admin-token", "keys/checkpoint.jwk"]) {
      expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    }
  });
});

describe("a center", () => {
  test("joins, waits, is approved, publishes, is found and proven, is suspended and told why", async () => {
    const { code } = await command("invite", "--center", "jinling", "--name", "金陵转型中心");
    const agent = await TestAgent.join(String(code));
    const [pending] = await members();
    expect(pending).toMatchObject({
      centerId: "jinling",
      state: "pending",
      centerName: "金陵转型中心",
    });
    expect(pending?.checkCode).toMatch(/^[2-9A-Z]{6}$/);

    {
      await using publisher = await agent.publisher(hub.up.grpc);
      await publisher.credit;
      const { frame } = await agent.batch([caseRecord("c1", "早到的案例")]);
      const early = await publisher.send(frame, agent.feedId, 0n);
      expect(early).toMatchObject({ refusal: { code: "ERR_MEMBER_STATE" } });
    }
    await command("members", "approve", "jinling");
    agent.newFeed();
    await using publisher = await agent.publisher(hub.up.grpc);
    await publisher.credit;
    const { frame } = await agent.batch([caseRecord("c1", "铜加工车间能耗在线监测")]);
    const answer = await publisher.send(frame, agent.feedId, 0n);
    if (answer.type !== "receipt") throw new Error(answer.type);
    expect((await verifyReceipt(answer.receipt, hub.up)).entry.type).toBe("batch");

    await until(async () => (await search("铜加工")).length === 1);
    const active = await runHubCommand(["insight", "activity", "--data", folder, "--lang", "zh"]);
    expect(active.stdout).toMatch(
      /^jinling +金陵转型中心 +活跃 +0\/0 +1 +0 +1 +0 +最近一天内有发布/m,
    );
    const [hit] = await search("铜加工");
    expect(hit).toMatchObject({
      record: { urn: "urn:dth:jinling:case:c1", centerName: "金陵转型中心" },
    });
    const evidence = await post("QueryService/Evidence", {
      ref: { centerId: "jinling", kind: "RECORD_KIND_CASE", key: "c1" },
    });
    const proven = await verifyEvidence(
      Buffer.from(String(evidence["evidence"]), "base64"),
      hub.up,
    );
    expect(proven).toMatchObject({ centerId: "jinling", record: { key: "c1" } });

    const reasonless = await runHubCommand(["members", "suspend", "jinling", "--data", folder]);
    expect(reasonless.status).toBe(2);
    await command("members", "suspend", "jinling", "--reason", "数据有误");
    const { frame: late } = await agent.batch([caseRecord("c2", "迟到的案例")]);
    expect(await publisher.send(late, agent.feedId, 1n)).toMatchObject({
      refusal: { code: "ERR_MEMBER_STATE", message: expect.stringContaining("数据有误") },
    });
    await command("members", "approve", "jinling");
    expect((await publisher.send(late, agent.feedId, 1n)).type).toBe("receipt");
  });
});

describe("a release that breaks a rule", () => {
  test("is told to its operator and to its center, with the sentence", async () => {
    const { code } = await command(
      "invite",
      "--center",
      "qilin",
      "--name",
      "麒麟",
      "--preapproved",
    );
    const agent = await TestAgent.join(String(code));
    await using publisher = await agent.publisher(hub.up.grpc);
    await publisher.credit;
    const { frame } = await agent.batch([releaseRecord(aRelease({ attackerProfile: "A0" }))]);
    expect((await publisher.send(frame, agent.feedId, 0n)).type).toBe("receipt");
    const quarantined = async () =>
      (await command("quarantine", "--center", "qilin"))["records"] as readonly RecordView[];
    await until(async () => (await quarantined()).length === 1);
    expect((await quarantined())[0]).toMatchObject({
      state: "quarantined",
      findings: [{ rule: "H2", message: 'attackerProfile: "A0" is not in its vocabulary' }],
    });
    const text = await runHubCommand(["quarantine", "--data", folder, "--lang", "zh"]);
    expect(text.stdout).toContain("urn:dth:qilin:outcome:2025Q4  quarantined  ERR_RELEASE_REFUSED");
    expect(text.stdout).toContain("  H2 word  attackerProfile：“A0”不在词表中");

    const asked = await fetch(`${hub.up.web}/tributary.v1.QueryService/Get`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${await agent.token()}`,
      },
      body: JSON.stringify({
        ref: { centerId: "qilin", kind: "RECORD_KIND_OUTCOME", key: "2025Q4" },
      }),
    });
    expect(await asked.json()).toMatchObject({
      record: { stateReason: "ERR_RELEASE_REFUSED", findings: [{ rule: "H2", code: "word" }] },
    });
  });
});

describe("a visitor", () => {
  test("asks over JSON, gRPC-web and Connect, from any page", async () => {
    const url = `${hub.up.web}/tributary.v1.QueryService/Search`;
    const preflight = await fetch(url, {
      method: "OPTIONS",
      headers: { origin: "https://page.example", "access-control-request-method": "POST" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
    const json = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", "x-request-id": "mine" },
      body: '{"query":"铜"}',
    });
    expect(json.status).toBe(200);
    expect(json.headers.get("x-request-id")).toBe("mine");
    const web = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/grpc-web+proto" },
      body: Uint8Array.of(0, 0, 0, 0, 0),
    });
    expect(web.headers.get("content-type")).toContain("grpc-web");
    expect((await web.arrayBuffer()).byteLength).toBeGreaterThan(5);
  });

  test("is refused with a code in each protocol", async () => {
    const refused = await fetch(`${hub.up.web}/tributary.v1.AdminService/ListMembers`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({
      code: "unauthenticated",
      message: expect.stringContaining("ERR_UNAUTHENTICATED"),
    });
  });

  test("sees health and metrics", async () => {
    expect(await (await fetch(`${hub.up.web}/livez`)).json()).toEqual({ status: "ok" });
    await until(async () => (await fetch(`${hub.up.web}/readyz`)).status === 200);
    const ready = await (await fetch(`${hub.up.web}/readyz`)).json();
    expect(ready).toMatchObject({
      dependencies: { log: { status: "ok" }, projector: { status: "ok" } },
    });
    expect((await fetch(`${hub.up.web}/metrics`)).status).toBe(401);
    const { key } = await command("keys", "create", "--name", "monitor", "--scope", "metrics");
    const headers = { authorization: `Bearer ${key}` };
    const metrics = await (await fetch(`${hub.up.web}/metrics`, { headers })).text();
    for (const name of [
      "tributary_ingest_records_total",
      "tributary_log_entries",
      "tributary_members",
      "tributary_call_seconds_bucket",
      "tributary_log_writing 1",
    ]) {
      expect(metrics).toContain(name);
    }
  });
});

describe("an auditor", () => {
  test("follows the log with nothing but the static files of C2SP", async () => {
    const { size, entries } = await followStaticLog(`${hub.up.web}/log`, hub.up);
    expect(entries).toHaveLength(size);
    expect(decodeLogEntry(entries[0] as Uint8Array).type).toBe("restart");
    const tile = await fetch(`${hub.up.web}/log/tile/entries/000.p/${size}`);
    expect(tile.headers.get("content-type")).toBe("application/octet-stream");
    expect(tile.headers.get("cache-control")).toContain("immutable");
    for (const wrong of WRONG_TILES) {
      expect((await fetch(`${hub.up.web}/log/tile/${wrong}`)).status, wrong).toBe(404);
    }
  });
});

const WRONG_TILES = [
  "0/000",
  "0/001.p/1",
  "9/000.p/1",
  "00/000.p/1",
  "64/000.p/1",
  "0/000.p/0",
  "0/000.p/01",
  "0/000.p/256",
  "entries/000",
  "entries/001.p/1",
  "entries/x999/x999/x999/x999/999.p/1",
  "0/../x",
];

test("a hub whose derived stores are deleted answers the same", async () => {
  const before = await search("");
  await hub[Symbol.asyncDispose]();
  expect(
    JSON.parse((await runHubCommand(["log", "verify", "--data", folder, "--json"])).stdout),
  ).toMatchObject({
    problems: [],
  });
  rmSync(join(folder, "catalog"), { recursive: true });
  rmSync(join(folder, "index"), { recursive: true });
  hub = await HubProcess.start(folder);
  await until(async () => (await fetch(`${hub.up.web}/readyz`)).status === 200);
  const scoreless = (hits: readonly Hit[]) => hits.map(({ record }) => record);
  expect(scoreless(await search(""))).toEqual(scoreless(before));
  expect(before.length).toBeGreaterThan(0);
});

interface Hit {
  readonly record: object;
}

/** Runs a command that must succeed; its JSON. */
async function command(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { status, stdout, stderr } = await runHubCommand([...args, "--data", folder, "--json"]);
  if (status !== 0) throw new Error(`${args.join(" ")}: ${status}\n${stderr}`);
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function members(): Promise<readonly MemberView[]> {
  return (await command("members", "list"))["members"] as readonly MemberView[];
}

async function search(query: string): Promise<readonly Hit[]> {
  return ((await post("QueryService/Search", { query }))["hits"] ?? []) as readonly Hit[];
}

async function post(rpc: string, body: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`${hub.up.web}/tributary.v1.${rpc}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const json = (await answer.json()) as Record<string, unknown>;
  if (answer.status !== 200) throw new TributaryError("ERR_INTERNAL", JSON.stringify(json));
  return json;
}

async function until(isDone: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = systemClock.now() + 60_000;
  while (!(await isDone())) {
    if (systemClock.now() > deadlineMs) throw new Error("it does not come true");
    await systemClock.sleep(30);
  }
}
