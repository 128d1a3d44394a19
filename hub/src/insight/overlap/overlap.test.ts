import { type BodyOf, encodeBody } from "@tributary/proto";
import { beforeEach, describe, expect, test } from "vitest";
import { fillCatalog, insightWorld } from "../../../test/support/insight-world.ts";
import {
  aBucket,
  aRelease,
  ReleaseChain,
  seeded,
  usccOf,
} from "../../../test/support/match-world.ts";
import { aRecord, SmallLog } from "../../../test/support/small-log.ts";
import { createMemoryCatalogStore } from "../../adapters/memory-catalog-store.ts";
import { foldEntries } from "../../catalog/fold.ts";
import { readRelease } from "../../match/release.ts";
import { SCENARIO_CODES } from "../../match/taxonomy.ts";
import { readFederation } from "../federation.ts";
import { commonShare, engagementsOf } from "./niche.ts";
import { countsOf, matrixOf, overlapOf, pairsOf } from "./overlap.ts";
import { actionsOf, divisionOf, indexOf } from "./rule.ts";
import { provincesOf, regionsMeet, servedRegions } from "./territory.ts";

const ALL = () => true;

let log: SmallLog;

beforeEach(() => {
  log = new SmallLog();
  log.member("aa");
  log.member("bb");
});

async function overlap() {
  const catalog = createMemoryCatalogStore();
  await catalog.write((await foldEntries(catalog, log.entries, log.lookup)).change);
  return overlapOf(await readFederation(catalog));
}

async function onlyPair() {
  return [...pairsOf(await overlap(), ALL)][0];
}

function aProvider(number: number, fields: Parameters<typeof aRecord>[0] = {}): Uint8Array {
  const body: BodyOf<"provider"> = { name: `服务商${number}`, uscc: usccOf(number) };
  return aRecord({
    kind: "provider",
    key: `p${number}`,
    body: encodeBody("provider", body),
    ...fields,
  });
}

function aCenter(body: Partial<BodyOf<"center">>): Uint8Array {
  return aRecord({
    kind: "center",
    key: "self",
    body: encodeBody("center", { name: "中心", ...body }),
  });
}

function outcomes(scenario: string, count: number, fields: Parameters<typeof aBucket>[0] = {}) {
  const buckets = Array.from({ length: count }, () =>
    aBucket({ scenario, level: 0, provider: usccOf(1), sector: "36", size: "small", ...fields }),
  );
  const body = new ReleaseChain().next("2025Q4", buckets);
  return aRecord({ kind: "outcome", key: "2025Q4", body });
}

describe("overlap of two centers", () => {
  test("has the parts that are known, and no index where none is", async () => {
    log.batch("aa", [aProvider(1), aProvider(2)]);
    expect(await onlyPair()).toBeUndefined();
    log.batch("bb", [aProvider(2), aProvider(3)]);
    expect(await onlyPair()).toMatchObject({
      centerA: "aa",
      centerB: "bb",
      providers: { shared: 1, ofA: 2, ofB: 2, significant: false },
    });
    expect(await onlyPair()).not.toHaveProperty("niche");
  });

  test("counts nothing that some centers only may read", async () => {
    const some = { visibility: "centers", visibleTo: ["bb"] } as const;
    log.batch("aa", [aProvider(1), aProvider(2, some)]);
    log.batch("bb", [aProvider(1), aProvider(2)]);
    expect((await onlyPair())?.providers).toMatchObject({ shared: 1, ofA: 1, ofB: 2 });
  });

  test("counts engagements of buckets of five enterprises and more, that stand", async () => {
    log.batch("aa", [outcomes("S01", 4), aCenter({ region: "360100" })]);
    log.batch("bb", [outcomes("S01", 5), aCenter({ region: "360100" })]);
    const niche = (await onlyPair())?.niche;
    expect(niche).toEqual({ share: 1, engagementsA: 20, engagementsB: 25 });
  });

  test("names who could take a scenario where they do the same in the same region", async () => {
    log.batch("aa", [outcomes("S01", 4), aCenter({ region: "360000" })]);
    log.batch("bb", [outcomes("S01", 8), aCenter({ region: "360100" })]);
    expect(await onlyPair()).toMatchObject({
      sameRegion: true,
      actions: [{ code: "divide_scenarios" }],
      division: [{ scenario: "S01", engagementsA: 20, engagementsB: 40, lead: "bb" }],
    });
  });

  test("is in no text where the center has left", async () => {
    log.batch("aa", [aProvider(1)]);
    log.batch("bb", [aProvider(1)]);
    log.member("bb", "left");
    expect((await overlap()).centers.map(({ id }) => id)).toEqual(["aa"]);
  });
});

describe("overlap of all pairs", () => {
  test("finds the planted ones, and no other", async () => {
    const words = [
      ..."设备数据质量能耗订单库存工艺检验物流采集平台模型监测排程预警追溯管理提高下降缩短减少",
    ];
    const world = insightWorld({
      seed: 4,
      centers: 24,
      providers: 2_000,
      cases: 480,
      planted: 3,
      text: (number) => {
        const random = seeded(number);
        return Array.from({ length: 300 }, () => words[Math.floor(random() * 40)]).join("");
      },
    });
    const catalog = createMemoryCatalogStore();
    await fillCatalog(catalog, world);
    const found = overlapOf(await readFederation(catalog));
    const significant = [...pairsOf(found, ALL)].filter(({ providers }) => providers?.significant);
    const ids = significant.map(({ centerA, centerB }) => [centerA, centerB]).sort();
    expect(ids).toEqual(world.planted);
    for (const { documents, actions, niche } of significant) {
      // Six were copied; one with too many changes is no near-duplicate any more.
      expect(documents?.copiesA).toBeGreaterThanOrEqual(5);
      expect(documents).toMatchObject({ copiesB: documents?.copiesA, ofA: 20, ofB: 20 });
      expect(actions.map(({ code }) => code)).toEqual(["divide_scenarios", "syndicate"]);
      expect(niche?.share).toBeCloseTo(1, 9);
    }
    expect(countsOf(found, ALL)).toEqual({ compared: 276, significant: 3 });
    const { centerIds, percent } = matrixOf(found, (a, b) => a === "c001" || b === "c001");
    expect([centerIds.length, percent.length]).toEqual([24, 276]);
    // The pair c000 and c001 is the first; that of c000 and c002 was not wanted.
    expect(percent[0]).toBe(
      Math.round((significant.find(({ centerA }) => centerA === "c000")?.index ?? 0) * 100),
    );
    expect(percent[1]).toBe(255);
  });
});

describe("a niche", () => {
  const rows = (...buckets: Parameters<typeof aBucket>[0][]) => {
    const { columns } = readRelease(aRelease(buckets.map((facts) => aBucket(facts))));
    const release = { kind: "outcome", centerId: "aa", key: "2025Q4" } as const;
    return Array.from({ length: columns.size }, (_, row) => ({ release, columns, row }));
  };
  const fine = { scenario: "S01", sector: "36", size: "small", level: 4, n: 10 };
  const here = new Set(["360000"]);

  test("is the same as itself, and in common as far as the smaller share goes", () => {
    const a = engagementsOf(rows(fine, { ...fine, scenario: "S40" }), here);
    const b = engagementsOf(rows(fine), here);
    expect(commonShare(a, a)).toBeCloseTo(1, 12);
    expect(commonShare(a, b)).toBeCloseTo(0.5, 12);
  });

  test("that a label leaves open is spread evenly over what it may be", () => {
    const a = engagementsOf(rows(fine), here);
    // Level 5 leaves the size open, which is one of two.
    expect(commonShare(a, engagementsOf(rows({ ...fine, level: 5 }), here))).toBeCloseTo(0.5, 12);
    const { cells } = engagementsOf(rows({ ...fine, level: 6 }), here);
    expect(cells.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(engagementsOf(rows({ ...fine, level: 6 }), here).total).toBe(10);
  });

  test("is in common as far as the provinces are", () => {
    const one = engagementsOf(rows(fine), here);
    const two = engagementsOf(rows(fine), new Set(["360000", "430000"]));
    const other = engagementsOf(rows(fine), new Set(["110000"]));
    expect(commonShare(one, two)).toBeCloseTo(0.5, 12);
    expect(commonShare(one, other)).toBe(0);
  });
});

describe("a territory", () => {
  test("is what a center serves, and its own region where it names nothing else", () => {
    expect(servedRegions({ region: "360100", servedRegions: ["360000"] })).toEqual(["360000"]);
    expect(servedRegions({ region: "360100" })).toEqual(["360100"]);
    expect([...provincesOf(["360100", "360200", "DE"])]).toEqual(["360000", "DE"]);
    expect([...provincesOf([])]).toEqual(["*"]);
  });

  test("meets another where one is a part of the other", () => {
    expect(regionsMeet(["360000"], ["110000", "360122"])).toBe(true);
    expect(regionsMeet(["360100"], ["360200"])).toBe(false);
    expect(regionsMeet(["361000"], ["360100"])).toBe(false);
    expect(regionsMeet(["DE"], ["DE1"])).toBe(false);
    expect(regionsMeet([], [])).toBe(false);
  });
});

describe("the rule", () => {
  const providers = {
    share: 0.1,
    shared: 3,
    ofA: 30,
    ofB: 30,
    expected: 3,
    pValue: 1,
    qValue: 1,
    significant: false,
  };
  const niche = { share: 0.5, engagementsA: 20, engagementsB: 20 };
  const documents = { share: 0.2, copiesA: 5, copiesB: 5, ofA: 25, ofB: 25 };
  const codes = (parts: Parameters<typeof actionsOf>[0]) =>
    actionsOf(parts).map(({ code }) => code);

  test("proposes what fits the profile, from its bounds on", () => {
    expect(codes({ niche, providers, sameRegion: false })).toEqual(["share_lists"]);
    expect(codes({ niche, sameRegion: true })).toEqual(["divide_scenarios"]);
    expect(codes({ documents, sameRegion: true })).toEqual(["syndicate"]);
    expect(codes({ niche: { ...niche, engagementsB: 19 }, providers, sameRegion: true })).toEqual(
      [],
    );
    expect(codes({ niche: { ...niche, share: 0.49 }, providers, sameRegion: true })).toEqual([]);
    expect(codes({ niche, providers: { ...providers, share: 0.2 }, sameRegion: false })).toEqual(
      [],
    );
    expect(codes({ documents: { ...documents, copiesB: 4 }, sameRegion: true })).toEqual([]);
    expect(codes({ documents: { ...documents, share: 0.19 }, sameRegion: true })).toEqual([]);
  });

  test("takes the geometric mean of the parts; texts alone are no overlap", () => {
    expect(indexOf({ providers, niche, documents, sameRegion: true })).toBeCloseTo(
      (0.1 * 0.5 * 0.6) ** (1 / 3),
      12,
    );
    expect(indexOf({ niche, sameRegion: true })).toBe(0.5);
    expect(indexOf({ documents, sameRegion: true })).toBeUndefined();
  });

  test("gives a scenario to who is far ahead, and to none where neither is", () => {
    const of = (...counts: number[]) => Uint32Array.from(SCENARIO_CODES, (_, i) => counts[i] ?? 0);
    const [a, b] = [of(30, 0, 10), of(20, 9, 14)];
    expect(divisionOf(["aa", a], ["bb", b])).toMatchObject([
      { engagementsA: 30, engagementsB: 20, lead: "aa" },
      { engagementsA: 10, engagementsB: 14, lead: "" },
    ]);
  });
});
