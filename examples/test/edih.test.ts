import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodeBody } from "@tributary/proto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { csvSourceType } from "../../node-agent/src/adapters/csv-source.ts";
import { compileMapping } from "../../node-agent/src/mapping/compile.ts";
import { loadMapping } from "../../node-agent/src/mapping/mapping-file.ts";
import type { RowResult } from "../../node-agent/src/sync/row-mapper.ts";

const example = fileURLToPath(new URL("../edih/", import.meta.url));

describe("the catalogue of European hubs, by its mapping file alone", () => {
  let folder: string;
  let rows: RowResult[];
  const records = () => rows.filter((row) => row.type === "record");
  const centers = () => records().map(({ value }) => value as Record<string, unknown>);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "edih-"));
    mkdirSync(join(folder, "sources"));
    const file = "edih_catalogue_2025.csv";
    symlinkSync(join(example, file), join(folder, "sources", file));
    const text = readFileSync(join(example, "mappings/catalogue.yaml"), "utf8");
    const mapping = loadMapping(text, "catalogue.yaml");
    const [mapper] = compileMapping(mapping);
    if (mapper === undefined) throw new Error("no mapper");
    const source = csvSourceType.open(mapping.source as never, folder);
    const signal = AbortSignal.timeout(30_000);
    rows = [];
    for await (const row of source.read("", signal)) rows.push(mapper.map(row));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("keeps all 457 hubs apart, also those that share a name", () => {
    expect(rows).toHaveLength(457);
    expect(new Set(records().map(({ key }) => key)).size).toBe(457);
    const names = centers().map((center) => center["shortName"]);
    expect(new Set(names).size).toBeLessThan(457);
  });

  test("refuses none; publishes 259 without a remark and 198 with one", () => {
    expect(rows.filter(({ type }) => type === "bad")).toEqual([]);
    expect(records().filter(({ remarks }) => remarks === undefined)).toHaveLength(259);
    expect(records().filter(({ remarks }) => remarks !== undefined)).toHaveLength(198);
  });

  test("makes a valid center of each", () => {
    for (const { value } of records()) encodeBody("center", value as never);
  });

  test("takes packed values apart into services with their intensity", () => {
    const intensities = centers()
      .flatMap((center) => (center["services"] ?? []) as { intensity?: number }[])
      .map(({ intensity }) => intensity);
    expect(intensities.length).toBeGreaterThan(2_000);
    expect(intensities.every((one) => one === undefined || (one >= 1 && one <= 5))).toBe(true);
    expect(intensities.filter((one) => one === 5).length).toBeGreaterThan(500);
  });

  test("tells back the 35 websites that are none, and publishes their hubs without", () => {
    const flagged = records().filter(({ remarks }) =>
      remarks?.some(({ rule }) => rule === "url.unreadable"),
    );
    expect(flagged).toHaveLength(35);
    expect(flagged.every(({ value }) => !("website" in value))).toBe(true);
  });

  test("tells back words that are no industry instead of dropping them in silence", () => {
    const words = records().flatMap(({ remarks = [] }) =>
      remarks.filter(({ rule }) => rule === "word.unknown").map(({ message }) => message),
    );
    expect(words.some((message) => message.startsWith("Smart City "))).toBe(true);
    expect(words.some((message) => message.startsWith("Metal working"))).toBe(false);
  });

  test("keeps descriptions with their line breaks", () => {
    const texts = centers().map((center) => String(center["description"] ?? ""));
    expect(texts.filter((text) => text.includes("\n")).length).toBeGreaterThan(20);
  });
});
