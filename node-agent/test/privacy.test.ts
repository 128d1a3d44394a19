import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeBody } from "@tributary/proto";
import { expect, test } from "vitest";
import { agent, joinedFolder, RunningAgent } from "./agent-process.ts";
import { FakeHub } from "./fake-hub.ts";

const CASES = `source: { type: csv, path: cases.csv }
tables:
  - kind: case
    key: [编号]
    CLIENT_TEXTS
    never: [企业, 联系人]
    fields:
      title: 名称
      scenarios: { value: S20 }
      painPoints: 痛点
      client.region: 地区
`;

async function folderWith(
  hub: FakeHub,
  rows: readonly string[],
  clientTexts = "mask",
): Promise<string> {
  const folder = await joinedFolder(hub);
  writeFileSync(join(folder, "providers.csv"), "编号,名称\np1,青禾智造\n");
  writeFileSync(
    join(folder, "mappings", "cases.yaml"),
    CASES.replace("CLIENT_TEXTS", `clientTexts: ${clientTexts}`),
  );
  writeFileSync(join(folder, "cases.csv"), `编号,名称,企业,联系人,地区,痛点\n${rows.join("\n")}\n`);
  return folder;
}

function casesAt(hub: FakeHub) {
  return hub.records
    .filter(({ kind }) => kind === "case")
    .map(({ key, body }) => ({ key, ...(decodeBody("case", body) as { painPoints?: string }) }));
}

async function review(folder: string, ...options: string[]) {
  const { stdout, status, stderr } = await agent([
    "privacy",
    "review",
    "--json",
    "--folder",
    folder,
    ...options,
  ]);
  expect(status, stderr).toBe(0);
  return stdout
    .trim()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

test("a text that could name a client waits, and leaves as it is when a person approved it", async () => {
  await using hub = await FakeHub.start();
  const text = "赣州宏远五金有限公司只有一条线";
  const folder = await folderWith(hub, [`c1,换型快了,,,赣州,${text}`], "review");
  await using running = new RunningAgent(["run", "--folder", folder]);
  await expect.poll(() => hub.records.length, { timeout: 60_000 }).toBe(1);
  expect(casesAt(hub)).toEqual([]);

  const [item, ...others] = await review(folder);
  expect(others).toEqual([]);
  expect(item).toMatchObject({
    key: "c1",
    field: "painPoints",
    text,
    waits: true,
    masked: "〔企业〕只有一条线",
  });
  const unknown = await agent(["privacy", "approve", "000000000000", "--folder", folder]);
  expect(unknown.status).toBe(5);
  const approved = await agent([
    "privacy",
    "approve",
    item.id,
    "--by",
    "王敏",
    "--json",
    "--folder",
    folder,
  ]);
  expect(JSON.parse(approved.stdout)).toMatchObject({
    verdict: "approved",
    by: "王敏",
    id: item.id,
  });
  await expect
    .poll(() => casesAt(hub), { timeout: 60_000 })
    .toMatchObject([{ key: "c1", painPoints: text }]);
  expect(await review(folder)).toEqual([]);
  expect(await review(folder, "--all")).toMatchObject([{ verdict: "approved" }]);
  expect(running.isRunning).toBe(true);
}, 150_000);

test("nothing of a client reaches the hub, in whatever field it stood and however it is encoded", async () => {
  await using hub = await FakeHub.start();
  const rows = Array.from({ length: 40 }, (_, i) => {
    const n = String(1000 + i);
    const firm = `赣州鑫${"甲乙丙丁戊己庚辛壬癸"[i % 10]}远${n}五金有限公司`;
    const phone = `1380${n}${n.slice(1)}`;
    const pain = `${firm}的王${"建志永国"[i % 4]}${"明强"[i % 2]}经理，电话${phone}，官网 canary${n}.com，兴国路${n}号`;
    return {
      row: `c${i},换型快了 ${phone},${firm},canary联系${n},赣州,${pain}`,
      markers: [firm, phone, `canary${n}`, `兴国路${n}`, `canary联系${n}`, firm.slice(2, 9)],
    };
  });
  const folder = await folderWith(
    hub,
    rows.map(({ row }) => row),
  );
  const { status, stderr } = await agent(["run", "--once", "--folder", folder]);
  expect(status, stderr).toBe(0);
  expect(casesAt(hub)).toHaveLength(40);
  const sent = Buffer.concat(
    hub.records.map(({ body, key }) => Buffer.concat([body, Buffer.from(key)])),
  );
  const forms = [sent, Buffer.from(sent.toString("utf8").normalize("NFKC"))];
  for (const { markers } of rows) {
    for (const marker of markers) {
      const bytes = Buffer.from(marker);
      const written = [
        marker,
        bytes.toString("hex"),
        bytes.toString("base64").replace(/=+$/, ""),
        [...marker].reverse().join(""),
      ];
      for (const one of written)
        for (const form of forms) expect(form.includes(one), marker).toBe(false);
    }
  }
}, 120_000);

const LEDGER = `source: { type: csv, path: ledger.csv }
tables:
  - kind: engagement
    key: [编号]
    never: [联系人]
    fields:
      enterprise: 企业
      enterpriseUscc: 企业代码
      industry: 行业
      scenarios: { value: S20 }
      finished: 验收
`;

/** Rows that cannot be used as evidence name their client all the same: none here has an effect. */
function writeLedger(folder: string, rows: readonly string[]): void {
  writeFileSync(
    join(folder, "ledger.csv"),
    `编号,企业,企业代码,行业,验收,联系人\n${rows.join("\n")}\n`,
  );
}

test("a client that only the table of engagements has is named in no case, though cases are read first", async () => {
  await using hub = await FakeHub.start();
  const folder = await folderWith(
    hub,
    [
      "c1,换型快了,,,赣州,青岚那条线换型只要十分钟",
      "c2,排产快了,,,赣州,计划员找到欧阳静海就能排产",
      "c3,质检快了,,,赣州,泊远的质检数据当场进系统",
    ],
    "review",
  );
  writeFileSync(join(folder, "mappings", "ledger.yaml"), LEDGER);
  writeLedger(folder, ["e1,赣州青岚精密机械有限公司,,3670,2025-02-03,欧阳静海"]);
  const run = async () => {
    const { status, stderr } = await agent(["run", "--once", "--folder", folder]);
    expect(status, stderr).toBe(0);
  };
  await run();
  expect(casesAt(hub).map(({ key }) => key)).toEqual(["c3"]);
  const waiting = await review(folder);
  expect(waiting.map(({ key, waits }) => [key, waits])).toEqual([
    ["c1", true],
    ["c2", true],
  ]);

  // Another client changes the rules for all texts, and no record that comes out as before.
  const sent = hub.records.length;
  writeLedger(folder, [
    "e1,赣州青岚精密机械有限公司,,3670,2025-02-03,欧阳静海",
    "e2,赣州川禾食品有限公司,,1400,2025-02-03,",
  ]);
  await run();
  expect(hub.records).toHaveLength(sent);
  writeLedger(folder, ["e3,赣州泊远五金有限公司,,3670,2025-02-03,"]);
  await run();
  expect((await review(folder)).map(({ key }) => key)).toEqual(["c3"]);

  // Without the table nobody knows whom a text names.
  rmSync(join(folder, "ledger.csv"));
  writeFileSync(
    join(folder, "cases.csv"),
    "编号,名称,企业,联系人,地区,痛点\nc4,快了,,,赣州,川禾的线\n",
  );
  const { stderr } = await agent(["run", "--once", "--folder", folder]);
  expect(stderr).toContain("ledger");
  expect(casesAt(hub).map(({ key }) => key)).not.toContain("c4");
}, 120_000);
