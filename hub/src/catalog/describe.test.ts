import type { Body, BodyOf, RecordKind } from "@tributary/proto";
import { labelOf } from "@tributary/proto/vocabulary";
import { describe, expect, test } from "vitest";
import type { CatalogRow } from "../ports/catalog-row.ts";
import { aRow } from "../ports/catalog-store.contract.ts";
import { describeRecord, documentOf, SUMMARY_LENGTH } from "./describe.ts";

function rowOf(kind: RecordKind, fields: Partial<CatalogRow> = {}): CatalogRow {
  return { ...aRow({ kind, centerId: "jx-copper", key: "1" }), ...fields };
}

function described<K extends RecordKind>(kind: K, value: BodyOf<K>, row = rowOf(kind)) {
  return describeRecord(row, { kind, value } as Body);
}

describe("a record", () => {
  test("is found by the words of its codes in both languages", () => {
    const { text } = described("case", {
      title: "阴极铜电解能耗优化",
      scenarios: ["S01"],
      systems: ["mes"],
      client: { industry: "32", region: "360681", sizeBand: "large" },
      outcomes: [{ kpi: "ON_TIME_DELIVERY" }],
    });
    for (const [scheme, code] of [
      ["scenario", "S01"],
      ["systemType", "mes"],
      ["industry", "32"],
      ["sizeBand", "large"],
      ["kpi", "ON_TIME_DELIVERY"],
    ] as const) {
      expect(text.tags).toContain(labelOf(scheme, code, "zh"));
      expect(text.tags).toContain(labelOf(scheme, code, "en"));
    }
    expect(text.tags).toContain("江西省");
    expect(text.tags).toContain("Jiangxi");
  });

  test("has its codes as facets, hierarchies with what is around them, each once", () => {
    const { facets } = described("case", {
      title: "能耗优化",
      client: { industry: "3211", region: "360681", sizeBand: "large" },
      scenarios: ["S01", "S02", "S01"],
      systems: ["mes"],
      outcomes: [{ kpi: "OEE" }, { kpi: "OEE" }],
      started: "2023Q4",
      finished: "2025",
    });
    expect(facets).toEqual({
      kind: ["case"],
      center: ["jx-copper"],
      region: ["360681", "360600", "360000"],
      industry: ["3211", "321", "32", "C"],
      size_band: ["large"],
      scenario: ["S01", "S02"],
      system: ["mes"],
      kpi: ["OEE"],
      year: ["2023", "2025"],
      language: ["zh"],
    });
  });

  test("has the facets of its envelope and of its curators", () => {
    const row = rowOf("event", { license: "CC0-1.0", labels: ["2026", "标杆"] });
    const value = { title: "现场会", eventType: "site_visit", heldOn: "2026-03-01" };
    expect(described("event", value, row).facets).toMatchObject({
      license: ["CC0-1.0"],
      label: ["2026", "标杆"],
      event_type: ["site_visit"],
      year: ["2026"],
    });
    expect(described("event", value, row).text.tags).toContain("标杆");
  });

  test.each<[string, Body, Record<string, readonly string[]>]>([
    [
      "a center",
      {
        kind: "center",
        value: {
          name: "赣铜中心",
          nameEn: "Copper Center",
          centerType: "industry",
          region: "360000",
          servedRegions: ["350000"],
          services: [{ service: "diagnosis", intensity: 5 }],
        },
      },
      {
        center_type: ["industry"],
        region: ["360000", "350000"],
        service: ["diagnosis"],
        language: ["zh", "en"],
      },
    ],
    [
      "a provider",
      {
        kind: "provider",
        value: {
          name: "云启智造",
          providerTypes: ["integrator"],
          serviceRegions: ["360700"],
          services: ["planning"],
          sizeBand: "small",
        },
      },
      {
        provider_type: ["integrator"],
        region: ["360700", "360000"],
        service: ["planning"],
        size_band: ["small"],
      },
    ],
    [
      "a policy",
      {
        kind: "policy",
        value: {
          title: "办法",
          level: "provincial",
          status: "in_force",
          issuedOn: "2024-09",
          targetSizes: ["small", "micro"],
        },
      },
      {
        policy_level: ["provincial"],
        policy_status: ["in_force"],
        year: ["2024"],
        size_band: ["small", "micro"],
      },
    ],
    [
      "a demand",
      {
        kind: "demand",
        value: {
          title: "求 MES",
          currentSystems: ["erp"],
          regionConstraint: ["360000"],
          publishedOn: "2026",
        },
      },
      { system: ["erp"], region: ["360000"], year: ["2026"] },
    ],
    [
      "a voucher programme",
      { kind: "voucher_programme", value: { title: "转型券", region: "360000" } },
      { region: ["360000"] },
    ],
    [
      "a training",
      { kind: "training", value: { title: "培训", startsOn: "2025-12-30", endsOn: "2026-01-02" } },
      { year: ["2025", "2026"] },
    ],
    [
      "an outcome release",
      {
        kind: "outcome",
        value: {
          epoch: "2026Q1",
          policy: { k: 5 },
          buckets: [
            {
              bucketId: new Uint8Array(16),
              label: ["S01", "*", "C", "*"],
              n: 5,
              distinct: 5,
              nullifiers: [],
              commitment: new Uint8Array(32),
              kpi: { OEE: { n: 5 } },
            },
          ],
        },
      },
      { kpi: ["OEE"], year: ["2026"], language: ["zh", "en"] },
    ],
  ])("that is %s has the facets of its kind", (_, body, facets) => {
    expect(describeRecord(rowOf(body.kind), body).facets).toMatchObject(facets);
  });

  test("joins its titles, and keeps what a provider says of itself out of title, tags and summary", () => {
    const { title, text } = described("provider", {
      name: "云启智造",
      nameEn: "Yunqi",
      aliases: ["云启"],
      selfDescription: "行业领先",
      products: [{ name: "云启 MES" }],
    });
    expect(title).toBe("云启智造 · Yunqi");
    expect(text.tags).toContain("云启");
    expect(text.summary).toBe("云启 MES");
    expect(text.body).toContain("行业领先");
    expect(`${text.title}${text.tags}${text.summary}`).not.toContain("行业领先");
  });

  test("in English has its language, in Chinese with a Latin word not", () => {
    const center = { name: "AI hub", description: "A hub for manufacturing firms." };
    expect(described("center", center).facets["language"]).toEqual(["en"]);
    expect(described("case", { title: "MES 上线" }).facets["language"]).toEqual(["zh"]);
  });

  test("has a summary that ends behind a sentence, or says that it goes on", () => {
    const sentences = "铜冶炼厂的能耗数据散落在三个系统。".repeat(40);
    const cut = described("case", { title: "x", abstract: sentences }).summary;
    expect(cut.length).toBeLessThanOrEqual(SUMMARY_LENGTH);
    expect(cut.endsWith("。")).toBe(true);
    const endless = described("case", { title: "x", abstract: "𠮷".repeat(400) }).summary;
    expect(endless.length).toBeLessThanOrEqual(SUMMARY_LENGTH);
    expect(endless.endsWith("𠮷…")).toBe(true);
    expect(endless.isWellFormed()).toBe(true);
    expect(described("case", { title: "x", abstract: "短。" }).summary).toBe("短。");
    const unmapped = ["outcomes: 返工 12 → 9 次", "systems: 看板"];
    expect(described("case", { title: "x", painPoints: "慢。", unmapped }).summary).toBe(
      "慢。\n返工 12 → 9 次\n看板",
    );
  });

  test("goes to the index with who may read it and until when", () => {
    const row = rowOf("case", {
      visibility: "centers",
      visibleTo: ["bb"],
      validUntilMs: 9,
      receivedAtMs: 7,
    });
    const body: Body = { kind: "case", value: { title: "x" } };
    expect(documentOf(row, body)).toMatchObject({
      ref: row.ref,
      visibility: "centers",
      visibleTo: ["bb"],
      validUntilMs: 9,
      receivedAtMs: 7,
    });
    expect(Object.hasOwn(documentOf(row, body).facets, "state")).toBe(false);
  });
});
