import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodeBody, type RecordKind } from "@tributary/proto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { csvSourceType } from "../../node-agent/src/adapters/csv-source.ts";
import { excelSourceType } from "../../node-agent/src/adapters/excel-source.ts";
import { sqliteSourceType } from "../../node-agent/src/adapters/sqlite-source.ts";
import { compileMapping } from "../../node-agent/src/mapping/compile.ts";
import { loadMapping } from "../../node-agent/src/mapping/mapping-file.ts";
import { preparedSource } from "../../node-agent/src/mapping/prepare-source.ts";
import { passGate } from "../../node-agent/src/privacy/gate.ts";
import { SourceRegistry } from "../../node-agent/src/sources/source-registry.ts";
import type { RowProblem } from "../../node-agent/src/sync/row-mapper.ts";
import {
  CENTERS,
  COUNTS,
  type CountedKind,
  ODDITIES,
  type OddityKind,
} from "../federation/centers/index.ts";

const mappings = fileURLToPath(new URL("../federation/mappings/", import.meta.url));

/** What became of a row, as the agent decides it. */
interface Fate {
  readonly kind: RecordKind;
  readonly fate: "kept" | "duplicate" | "refused";
  readonly key: string | undefined;
  /** The row's own cells, for a look. */
  readonly source: string;
  readonly value: Record<string, unknown>;
  readonly problems: readonly RowProblem[];
}

/** Reads all files of a center through its mappings; of two rows with one key the first counts. */
async function fatesOf(center: (typeof CENTERS)[number], folder: string): Promise<Fate[]> {
  mkdirSync(join(folder, "sources"), { recursive: true });
  await center.write(join(folder, "sources"));
  const registry = new SourceRegistry([csvSourceType, excelSourceType, sqliteSourceType]);
  const seen = new Set<string>();
  const fates: Fate[] = [];
  for (const file of readdirSync(join(mappings, center.id))) {
    const mapping = loadMapping(readFileSync(join(mappings, center.id, file), "utf8"), file);
    const source = preparedSource(registry.open(mapping.source, folder), mapping);
    for (const { kind, table, map } of compileMapping(mapping)) {
      // Engagements become no records.
      if (kind === "engagement") continue;
      for await (const row of source.read(table, AbortSignal.timeout(60_000))) {
        const mapped = map(row);
        const common = { kind, key: mapped.key, source: JSON.stringify(row.cells) };
        if (mapped.type === "bad") {
          fates.push({ ...common, fate: "refused", value: {}, problems: mapped.problems });
          continue;
        }
        const name = `${kind}/${mapped.key}`;
        fates.push({
          ...common,
          fate: seen.has(name) ? "duplicate" : "kept",
          value: mapped.value as Record<string, unknown>,
          problems: mapped.remarks ?? [],
        });
        seen.add(name);
      }
    }
  }
  return fates;
}

describe.each(CENTERS)("the mappings of $id", (center) => {
  const folder = mkdtempSync(join(tmpdir(), `mappings-${center.id}-`));
  let fates: Fate[];
  beforeAll(async () => {
    fates = await fatesOf(center, folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const planted = (kind: OddityKind) =>
    ODDITIES.filter((odd) => odd.center === center.id && odd.kind === kind && odd.key !== "");
  const rowsOf = (key: string, kind?: RecordKind) =>
    fates.filter((one) => one.source.includes(key) && (kind === undefined || one.kind === kind));
  const nameOf = ({ value }: Fate) => String(value["name"] ?? value["title"]);
  /** Rows of which the name, not some other cell, has the word. */
  const named = (key: string) =>
    fates.filter((one) =>
      one.fate === "refused" ? one.source.includes(key) : nameOf(one).includes(key),
    );

  test("make as many records as the sources hold, but for codes that are lost", () => {
    const kept = (kind: CountedKind) =>
      fates.filter((one) => one.kind === kind && one.fate === "kept").length;
    const lost = planted("code-lost-in-excel").length;
    // A duplicate under another name or number has another key; the hub resolves it.
    const renamed = { jiangnan: [0, 1], copper: [1, 0], smes: [1, 0] }[center.id] as [
      number,
      number,
    ];
    const expected = { ...COUNTS[center.id] };
    expect({
      center: kept("center"),
      provider: kept("provider"),
      case: kept("case"),
      policy: kept("policy"),
      training: kept("training"),
      event: kept("event"),
      demand: kept("demand"),
      voucher_programme: kept("voucher_programme"),
    }).toEqual({
      ...expected,
      provider: expected.provider - lost + renamed[0],
      case: expected.case + renamed[1],
    });
  });

  test("make bodies that pass the privacy gate and can be published", () => {
    for (const { kind, key, value, fate } of fates) {
      if (fate === "refused") continue;
      encodeBody(kind, value as never);
      expect(() => passGate({ kind, key: key as string, value: value as never })).not.toThrow();
    }
  });

  test("refuse rows without a name, and codes that a spreadsheet made numbers of, with a sentence", () => {
    for (const { key } of planted("code-lost-in-excel")) {
      expect(named(key), key).toMatchObject([
        { fate: "refused", problems: [{ rule: "uscc.digits_lost" }] },
      ]);
    }
    const nameless = fates.filter(({ problems }) =>
      problems.some((p) => p.rule === "field.missing"),
    );
    expect(nameless.every(({ fate }) => fate === "refused")).toBe(true);
    expect(nameless).toHaveLength({ jiangnan: 3, copper: 1, smes: 1 }[center.id]);
    const refused = fates.filter(({ fate }) => fate === "refused");
    expect(refused).toHaveLength(nameless.length + planted("code-lost-in-excel").length);
    for (const { problems } of refused) {
      expect(
        problems.every(({ message, messageZh }) => message && /\p{Script=Han}/u.test(messageZh)),
      ).toBe(true);
    }
  });

  test("never take a total row for a record", () => {
    const names = fates.filter(({ fate }) => fate !== "refused").map(nameOf);
    expect(names.filter((name) => /合计|总计/.test(name))).toEqual([]);
  });

  test.each<[OddityKind, Record<string, unknown>, string | undefined]>([
    ["wrong-check-digit", { usccCheck: "invalid" }, "uscc.check_digit"],
    ["code-with-spaces", { usccCheck: "valid" }, undefined],
    ["code-lower-case", { usccCheck: "valid" }, undefined],
    ["code-full-width", { usccCheck: "valid" }, undefined],
    ["code-missing", { usccCheck: "missing" }, undefined],
    ["old-registration-number", { usccCheck: "malformed" }, "uscc.old_number"],
  ])("keep providers with the oddity %s, marked", (kind, value, rule) => {
    for (const { key, note } of planted(kind)) {
      const [first] = named(key).filter((one) => one.kind === "provider" && one.fate === "kept");
      expect(first, key).toMatchObject({ value });
      const rules = first?.problems
        .map((problem) => problem.rule)
        .filter((one) => one.startsWith("uscc."));
      const isWord = note === "written as 办理中";
      expect(rules, key).toEqual(isWord ? ["uscc.malformed"] : rule === undefined ? [] : [rule]);
      if (kind === "code-missing") expect(first?.value).not.toHaveProperty("uscc");
      else expect(String(first?.value["uscc"])).toMatch(/^[0-9A-Z]{15,18}$/);
    }
  });

  test("tell a date that is none, and publish the rest of the row", () => {
    for (const { key } of planted("no-date")) {
      const rules = named(key).map(({ fate, problems }) => [
        fate,
        problems.map(({ rule }) => rule),
      ]);
      expect(rules, key).toContainEqual(["kept", ["date.unreadable"]]);
    }
  });

  test("tell a row that comes again under its key", () => {
    const again = fates.filter(({ fate }) => fate === "duplicate").map(({ key }) => key);
    expect(again).toEqual(
      {
        jiangnan: ["南昌慧艺信息技术有限公司", "江西通宇度信息安全技术有限公司"],
        copper: ["高砷烟尘库的双重预防"],
        smes: [],
      }[center.id],
    );
  });

  test("keep two firms of nearly one name apart", () => {
    for (const { key } of planted("similar-name-other-firm")) {
      const codes = named(key)
        .filter((one) => one.kind === "provider")
        .map(({ value }) => value["uscc"]);
      expect(new Set(codes).size).toBe(2);
    }
  });

  test("read effects by their meaning, and keep the doubt", () => {
    for (const { key } of planted("kpi-ambiguous")) {
      const [found] = named(key);
      expect(found?.value["outcomes"], key).toContainEqual(
        expect.objectContaining({
          kpi: "ON_TIME_DELIVERY",
          unit: "pp",
          note: expect.stringContaining("percent_or_points"),
        }),
      );
    }
    for (const { key } of planted("kpi-sign-slip")) {
      expect(named(key)[0]?.value["outcomes"], key).toContainEqual(
        expect.objectContaining({
          kpi: "ENERGY_UTILISATION",
          value: 10,
          note: expect.stringContaining("direction_contradicts"),
        }),
      );
    }
  });

  test("let nothing of the contacts into a record", () => {
    for (const { kind, key, value, fate } of fates) {
      if (fate === "refused") continue;
      const { body } = passGate({ kind, key: key as string, value: value as never });
      const text = new TextDecoder().decode(body);
      expect(text, key).not.toMatch(/1380000\d{4}/);
      expect(text, key).not.toMatch(/wx_|password/);
      // A name that its author masked may stand in running text, never in a field of its own.
      const { painPoints: _pains, solution: _solution, ...others } = value;
      expect(JSON.stringify(others), key).not.toMatch(/\p{Script=Han}\*\*/u);
    }
    const mentioned = planted("phone-in-text").filter(({ key }) => rowsOf(key).length > 0);
    expect(mentioned).toHaveLength(planted("phone-in-text").length);
  });
});

describe("what differs from center to center", () => {
  const folder = mkdtempSync(join(tmpdir(), "mappings-all-"));
  const byCenter = new Map<string, Fate[]>();
  beforeAll(async () => {
    for (const center of CENTERS)
      byCenter.set(center.id, await fatesOf(center, join(folder, center.id)));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const find = (center: string, name: string) =>
    byCenter
      .get(center)
      ?.find(
        ({ fate, value }) =>
          fate === "kept" && String(value["name"] ?? value["title"]).includes(name),
      );

  test("the price column of the workbooks changed its unit with its title", () => {
    const prices = (byCenter.get("copper") ?? [])
      .filter(({ kind, fate }) => kind === "provider" && fate === "kept")
      .flatMap(({ value }) => (value["products"] ?? []) as { priceBand?: string }[])
      .flatMap(({ priceBand }) => priceBand ?? []);
    expect(prices.filter((price) => price.endsWith("万元")).length).toBeGreaterThan(20);
    const inYuan = prices.filter((price) => /\d元$/.test(price));
    expect(inYuan.length).toBeGreaterThan(10);
    // 30,000 元 read as 30,000 万元 would be three hundred million.
    expect(inYuan.every((price) => Number(/^\d+/.exec(price)?.[0]) >= 1_000)).toBe(true);
  });

  test("amounts of policies are in yuan whatever each center counts in", () => {
    for (const center of ["jiangnan", "copper", "smes"]) {
      const amounts = (byCenter.get(center) ?? [])
        .filter(({ kind }) => kind === "policy")
        .flatMap(
          ({ value }) => (value["amountMax"] as { amount: number } | undefined)?.amount ?? [],
        );
      expect(amounts.length, center).toBeGreaterThan(1);
      expect(Math.min(...amounts), center).toBeGreaterThanOrEqual(1_000);
      expect(Math.max(...amounts), center).toBeLessThanOrEqual(100_000_000);
    }
  });

  test("the case of two rows has both effects, each with its evidence", () => {
    const two = (byCenter.get("copper") ?? []).filter(
      ({ kind, value }) => kind === "case" && ((value["outcomes"] ?? []) as object[]).length > 1,
    );
    expect(two.length).toBeGreaterThan(0);
    for (const { value } of two) {
      for (const outcome of value["outcomes"] as { evidence?: string }[]) {
        expect(outcome.evidence).toMatch(/^E[1-4]$/);
      }
    }
  });

  test("cases of the database name their providers with code and name", () => {
    const providers = (byCenter.get("smes") ?? [])
      .filter(({ kind }) => kind === "case")
      .flatMap(({ value }) => value["providers"] as { name?: string; uscc?: string }[]);
    expect(providers.length).toBeGreaterThanOrEqual(44);
    expect(providers.every(({ name }) => name !== undefined && !/^(?:Ltd|Inc)\b/.test(name))).toBe(
      true,
    );
    expect(providers.filter(({ uscc }) => uscc !== undefined).length).toBeGreaterThan(40);
  });

  test("the operator of the copper center is marked as a provider", () => {
    expect(find("copper", "赣铜产业")?.value).toMatchObject({
      operatorIsProvider: true,
      operatorUscc: find("copper", "盛八诚")?.value["uscc"],
    });
  });

  test("a number of a document is kept as written beside its normal form", () => {
    const docs = [...byCenter.values()].flat().filter(({ kind }) => kind === "policy");
    const numbered = docs.filter(({ value }) => value["docNo"] !== undefined);
    expect(numbered.length).toBeGreaterThan(20);
    expect(numbered.every(({ value }) => /〔\d{4}〕\d+号$/.test(String(value["docNo"])))).toBe(
      true,
    );
    expect(numbered.some(({ value }) => /[[（]/.test(String(value["docNoAsWritten"])))).toBe(true);
  });
});
