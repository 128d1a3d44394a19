import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { decodeBody, encodeRecord, toHex } from "@tributary/proto";
import { usccCheckDigit } from "@tributary/proto/vocabulary";
import { expect, test } from "vitest";
import { agent, joinedFolder } from "./agent-process.ts";
import { FakeHub } from "./fake-hub.ts";

const COLUMNS = [
  ...["编号", "企业", "企业代码", "集团", "行业", "规模", "场景", "服务商代码", "验收", "周期"],
  ...[
    "金额",
    "用券",
    "满意度",
    "指标",
    "改造前",
    "改造后",
    "单位",
    "核验",
    "联系人",
    "电话",
    "备注",
  ],
];
type Row = readonly string[];

const MAPPING = `source: { type: csv, path: ledger.csv }
tables:
  - kind: engagement
    key: [编号]
    never: [联系人, 电话]
    fields:
      enterprise: 企业
      enterpriseUscc: 企业代码
      group: 集团
      industry: 行业
      sizeBand: 规模
      scenarios: 场景
      providerUscc: 服务商代码
      finished: 验收
      months: 周期
      cost: { column: 金额, unit: 万元 }
      hasVoucher: 用券
      satisfaction: 满意度
    indicators: { name: 指标, before: 改造前, after: 改造后, unit: 单位, method: 核验 }
`;

/** A folder whose agent releases from 2025Q1 on; its ledger of engagements is one file. */
async function folderWith(hub: FakeHub, rows: readonly Row[], name = "ledger"): Promise<string> {
  const folder = await joinedFolder(hub);
  writeFileSync(join(folder, "providers.csv"), "编号,名称\np1,青禾智造\n");
  writeFileSync(
    join(folder, "mappings", "ledger.yaml"),
    MAPPING.replace("ledger.csv", `${name}.csv`),
  );
  appendFileSync(join(folder, "tributary-agent.yaml"), "outcomes:\n  since: 2025Q1\n");
  writeLedger(folder, rows, name);
  return folder;
}

function writeLedger(folder: string, rows: readonly Row[], name = "ledger"): void {
  const text = [COLUMNS, ...rows].map((row) => row.join(",")).join("\n");
  writeFileSync(join(folder, `${name}.csv`), `${text}\n`);
}

/** A row of the first quarter of 2025; what is given stands in its columns. */
function row(number: number, given: Readonly<Record<string, string>> = {}): Row {
  const cells: Record<string, string> = {
    编号: `r${number}`,
    企业: `示例企业${number}`,
    行业: "3670",
    规模: "小型",
    场景: "S09",
    服务商代码: "91360702DEM000017M",
    验收: "2025-02-03",
    周期: "4",
    金额: "60",
    用券: number % 3 === 0 ? "是" : "否",
    满意度: String(3 + (number % 3)),
    指标: "准时交付率",
    改造前: "80",
    改造后: String(78 + ((number * 7) % 30)),
    单位: "%",
    核验: "中心核验",
    ...given,
  };
  return COLUMNS.map((column) => cells[column] ?? "");
}

const rows = (count: number, from = 0) => Array.from({ length: count }, (_, i) => row(from + i));

const releasesAt = (hub: FakeHub) =>
  hub.records
    .filter(({ kind }) => kind === "outcome")
    .map((record) => ({ ...record, release: decodeBody("outcome", record.body) }));

async function run(folder: string, ...options: string[]) {
  const ended = await agent(["run", "--once", "--folder", folder, ...options]);
  expect(ended.status, ended.stderr).toBe(0);
  return ended;
}

async function privacy(folder: string, ...args: string[]) {
  const ended = await agent(["privacy", ...args, "--json", "--folder", folder]);
  return { ...ended, answer: ended.status === 0 ? JSON.parse(ended.stdout) : undefined };
}

test("outcomes leave as one release a quarter, and only what was sealed", async () => {
  await using hub = await FakeHub.start();
  const folder = await folderWith(hub, rows(12));
  await run(folder);
  const releases = releasesAt(hub);
  expect(releases[0]).toMatchObject({
    key: "2025Q1",
    visibility: "members",
    release: { buckets: [{ n: 12, label: ["S09", "91360702DEM000017M", "36", "SX"] }] },
  });
  expect(releases.slice(1).every(({ release }) => release.buckets === undefined)).toBe(true);
  expect(hub.records.map(({ kind }) => kind)).not.toContain("case");
  const before = hub.records.length;
  await run(folder);
  expect(hub.records).toHaveLength(before);
}, 120_000);

test("a plan says why the rest waits; the ledger says what was used; a bucket is taken back whole", async () => {
  await using hub = await FakeHub.start();
  const folder = await folderWith(hub, [...rows(12), row(90, { 场景: "S01" })]);
  await run(folder);
  const { answer: ledger } = await privacy(folder, "ledger");
  expect(ledger).toMatchObject({ used: 12, waiting: 1, retracted: [] });
  expect(ledger.releases[0]).toMatchObject({ epoch: "2025Q1", buckets: 1, records: 12 });
  const { answer: plan } = await privacy(folder, "plan");
  expect(plan).toMatchObject({ k: 5, audience: "members", buckets: [] });
  expect(plan.waiting).toMatchObject([{ reason: "few", enterprises: 1 }]);

  const bucket = toHex(releasesAt(hub)[0]?.release.buckets?.[0]?.bucketId as Uint8Array);
  const { answer: retraction } = await privacy(folder, "retract", bucket, "--reason", "legal");
  expect(retraction).toMatchObject({ bucket, epoch: plan.epoch });
  const again = await privacy(folder, "retract", bucket, "--reason", "legal");
  expect(again.status).not.toBe(0);

  const sheet = join(folder, "sheet.html");
  expect((await privacy(folder, "sheet", "--out", sheet)).status).toBe(0);
  expect(readFileSync(sheet, "utf8")).toMatch(/企业代码.*不外发/u);
}, 120_000);

test("a ledger that is lost stops releases until a backup is restored, and nothing is used twice", async () => {
  await using hub = await FakeHub.start();
  const folder = await folderWith(hub, rows(12));
  await run(folder);
  const backup = join(folder, "ledger.backup");
  expect((await privacy(folder, "backup", backup)).status).toBe(0);
  cpSync(join(folder, "ledger"), join(folder, "ledger.kept"), { recursive: true });
  rmSync(join(folder, "ledger"), { recursive: true });
  const lost = await agent(["run", "--once", "--folder", folder]);
  expect(lost.status).not.toBe(0);
  expect(lost.stderr).toMatch(/ERR_STORE_DAMAGED/);

  const restored = await privacy(folder, "restore", backup);
  expect(restored.status, restored.stderr).toBe(0);
  const before = hub.records.length;
  writeLedger(folder, [...rows(12), ...rows(6, 50)]);
  await run(folder);
  expect(hub.records).toHaveLength(before);
  const { answer } = await privacy(folder, "ledger");
  expect(answer).toMatchObject({ used: 12, waiting: 6 });
}, 120_000);

test("noised totals leave with the release that ends a year, and a ledger of the budget that is lost stops releases", async () => {
  await using hub = await FakeHub.start();
  const folder = await folderWith(hub, rows(60));
  appendFileSync(join(folder, "tributary-agent.yaml"), "  noise: true\n");
  await run(folder);
  const noised = releasesAt(hub).filter(({ release }) => release.budget !== undefined);
  expect(noised.at(0)).toMatchObject({
    key: "2025Q4",
    release: {
      agent: { sampler: "cks20-bigint/1" },
      noised: [{ statistic: "n" }, { statistic: "sum" }, { statistic: "satisfied" }],
      budget: { year: 2025, spentRho: "1/20" },
    },
  });
  const { answer } = await privacy(folder, "ledger");
  const cells = Object.keys(noised[0]?.release.noised?.[0]?.values ?? {}).length;
  expect(answer.releases[3]).toMatchObject({ epoch: "2025Q4", noised: cells });
  expect((await privacy(folder, "plan")).answer.noisedWith).toMatch(/^\d{4}Q4$/);

  const backup = join(folder, "ledger.backup");
  expect((await privacy(folder, "backup", backup)).status).toBe(0);
  rmSync(join(folder, "budget"), { recursive: true });
  const lost = await agent(["run", "--once", "--folder", folder]);
  expect(lost.status).not.toBe(0);
  expect(lost.stderr).toMatch(/privacy budget ledger is damaged/);
  expect((await privacy(folder, "restore", backup)).status).toBe(0);
  const before = hub.records.length;
  await run(folder);
  expect(hub.records).toHaveLength(before);
}, 120_000);

test("an older ledger is noticed by what was published", async () => {
  await using hub = await FakeHub.start();
  const folder = await folderWith(hub, rows(4));
  await run(folder);
  // The same center from another copy of the folder: nothing released yet, other secrets.
  rmSync(join(folder, "ledger"), { recursive: true });
  rmSync(join(folder, "keys", "pseudonyms.json"));
  writeLedger(folder, rows(12));
  const { status, stderr } = await agent(["run", "--once", "--folder", folder]);
  expect(status).not.toBe(0);
  expect(stderr).toMatch(/the hub has \d+ releases of this center and this ledger knows of 0/);
}, 120_000);

test("a new feed holds all releases before its snapshot ends", async () => {
  await using hub = await FakeHub.start();
  const folder = await folderWith(hub, rows(12));
  await run(folder);
  const first = releasesAt(hub).map(({ key, body }) => [key, toHex(body)]);
  const renewed = await agent(["feed", "renew", "--yes", "--folder", folder]);
  expect(renewed.status, renewed.stderr).toBe(0);
  await run(folder);
  const all = releasesAt(hub).map(({ key, body }) => [key, toHex(body)]);
  expect(all.slice(first.length)).toEqual(first);
}, 120_000);

test("no marker of 1,000 in any input reaches outbox, logs or errors (X12)", async () => {
  await using hub = await FakeHub.start();
  const markers: string[] = [];
  const marker = (text: string) => {
    markers.push(text);
    return text;
  };
  const code = (n: number) => {
    const body = `91360700MA${String(7_000_000 + n)}`;
    return body + usccCheckDigit(body);
  };
  const good = Array.from({ length: 90 }, (_, i) =>
    row(i, {
      编号: marker(`canary-key-${1000 + i}`),
      企业: marker(`赣州金丝雀${1000 + i}精密有限公司`),
      企业代码: marker(code(i)),
      集团: i % 9 === 0 ? marker(`金丝雀控股${1000 + i}集团`) : "",
      联系人: marker(`欧阳雀${1000 + i}`),
      电话: marker(`1380013${1000 + i}`),
      备注: marker(`jinsique${1000 + i}`),
    }),
  );
  const fields = ["企业", "行业", "规模", "场景", "服务商代码", "验收", "周期", "金额", "满意度"];
  const bad = fields.flatMap((field, f) =>
    Array.from({ length: 52 }, (_, i) =>
      row(500 + 52 * f + i, {
        企业: `企业${f}-${i}`,
        指标: i % 2 === 0 ? "准时交付率" : marker(`雀鸣率${f}x${1000 + i}`),
        [field]: marker(`Canary${f}z${1000 + i}`),
      }),
    ),
  );
  const fileName = marker("canary-file-ledger");
  expect(markers.length).toBeGreaterThanOrEqual(1_000);
  const folder = await folderWith(hub, [...good, ...bad], fileName);
  const outputs: string[] = [];
  for (const options of [["--json"], ["--lang", "zh"]]) {
    const { stdout, stderr } = await run(folder, ...options);
    outputs.push(stdout, stderr);
  }
  for (const args of [["plan"], ["ledger"]]) {
    const { stdout, stderr } = await privacy(folder, ...args);
    outputs.push(stdout, stderr);
  }
  const releases = releasesAt(hub);
  expect(releases.some(({ release }) => (release.buckets ?? []).length > 0)).toBe(true);
  const sent = Buffer.concat(hub.records.map((record) => Buffer.from(encodeRecord(record))));
  const haystacks = [
    sent,
    Buffer.from(sent.toString("utf8").normalize("NFKC")),
    Buffer.from(outputs.join("\n")),
  ];
  for (const text of markers) {
    const bytes = Buffer.from(text);
    const forms = [
      ...[bytes, Buffer.from(bytes).reverse(), Buffer.from([...text].reverse().join(""))],
      ...[bytes.toString("hex"), bytes.toString("base64").replace(/=+$/, ""), gzipSync(bytes)],
    ];
    for (const form of forms) {
      for (const haystack of haystacks) expect(haystack.includes(form), text).toBe(false);
    }
  }
}, 180_000);
