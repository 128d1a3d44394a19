import { encodeBody, ManualClock, type OverlapAnswer, type OverlapQuery } from "@tributary/proto";
import { beforeEach, describe, expect, test } from "vitest";
import { aBucket, ReleaseChain, usccOf } from "../../test/support/match-world.ts";
import { aRecord, aWithdrawal, SmallLog, START_MS } from "../../test/support/small-log.ts";
import { createMemoryCatalogStore } from "../adapters/memory-catalog-store.ts";
import { createMemoryInsights } from "../adapters/memory-insights.ts";
import { foldEntries } from "../catalog/fold.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import { createInsightApi, type InsightApi } from "./insight-api.ts";
import type { Principal } from "./principal.ts";

const DAY_MS = 86_400_000;
const OPERATOR: Principal = { type: "operator", name: "operator" };

let log: SmallLog;
let catalog: CatalogStore;
let clock: ManualClock;
let heard: Map<string, number>;
let api: InsightApi;

beforeEach(async () => {
  log = new SmallLog();
  log.member("aa");
  log.member("bb");
  log.member("cc", "pending");
  log.batch("aa", [
    aRecord({ key: "1" }),
    aRecord({ key: "2" }),
    aRecord({
      kind: "outcome",
      key: "2025Q4",
      body: new ReleaseChain().next("2025Q4", [aBucket()]),
    }),
  ]);
  log.batch("aa", [aWithdrawal("2", 2n)]);
  catalog = createMemoryCatalogStore();
  clock = new ManualClock(START_MS + 60_000);
  heard = new Map();
  await catchUp();
  api = createInsightApi({
    catalog,
    insights: createMemoryInsights(catalog, clock),
    catalogPosition: () => log.entries.length,
    lastHeardMs: (centerId) => heard.get(centerId),
    clock,
  });
});

/** Brings the catalog to the end of the log. */
async function catchUp(): Promise<void> {
  const entries = log.entries.slice(await catalog.position());
  await catalog.write((await foldEntries(catalog, entries, log.lookup)).change);
}

const asked = (principal: Principal = OPERATOR, centerId = "") =>
  api.listActivity({ centerId }, { principal });

describe("activity", () => {
  test("is judged from the catalog, with the rule and what it rests on", async () => {
    heard.set("aa", START_MS);
    const { rule, centers, coverage } = await asked();
    expect(rule).toMatchObject({ version: "activity/1", dormantAfterDays: 84 });
    expect(coverage.logSize).toBe(5);
    expect(centers.map(({ centerId }) => centerId)).toEqual(["aa", "bb"]);
    expect(centers[0]).toMatchObject({
      centerName: "aa 中心",
      state: "active",
      live: 2,
      recent: 4,
      before: 0,
      releases: 1,
      lastBatchAtMs: START_MS + 4_000,
      lastHeardAtMs: START_MS,
      weeks: [{ batches: 2, records: 4 }],
    });
    expect(centers[1]).toMatchObject({ live: 0, weeks: [], lastBatchAtMs: undefined });
  });

  test("changes with time alone", async () => {
    clock.advance(29 * DAY_MS);
    expect((await asked()).centers[0]).toMatchObject({ state: "slowing", silentDays: 29 });
    clock.advance(56 * DAY_MS);
    expect((await asked()).centers[0]).toMatchObject({ state: "dormant", silentDays: 85 });
  });

  test("shows a center itself and nobody else", async () => {
    const { centers } = await asked({ type: "center", centerId: "bb" });
    expect(centers.map(({ centerId }) => centerId)).toEqual(["bb"]);
    await expect(asked({ type: "center", centerId: "cc" })).rejects.toMatchObject({
      code: "ERR_NOT_FOUND",
    });
  });

  test("of one center is asked for by its identifier, and refused for one that is no member", async () => {
    const { centers } = await asked(OPERATOR, "aa");
    expect(centers.map(({ centerId }) => centerId)).toEqual(["aa"]);
    await expect(asked(OPERATOR, "cc")).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
  });

  test("leaves out who has left", async () => {
    log.member("aa", "left");
    await catchUp();
    expect((await asked()).centers.map(({ centerId }) => centerId)).toEqual(["bb"]);
  });
});

describe("overlap", () => {
  const overlapOf = (principal: Principal = OPERATOR, fields: Partial<OverlapQuery> = {}) =>
    api.listOverlap(
      { centerId: "", limit: 100, withMatrix: false, ...fields },
      { principal, signal: new AbortController().signal },
    );
  const aList = (numbers: readonly number[]) =>
    numbers.map((number) =>
      aRecord({
        kind: "provider",
        key: `p${number}`,
        body: encodeBody("provider", { name: `服务商${number}`, uscc: usccOf(number) }),
      }),
    );
  const idsOf = ({ pairs }: OverlapAnswer) =>
    pairs.map(({ centerA, centerB }) => `${centerA} ${centerB}`);

  beforeEach(async () => {
    log.member("dd");
    log.batch("aa", aList([1, 2]));
    log.batch("bb", aList([1, 2, 3]));
    log.batch("dd", aList([3]));
    await catchUp();
  });

  test("is told of all pairs that overlap, the largest index first, with names and what it rests on", async () => {
    const answer = await overlapOf();
    // The lighter list of each pair is all in common: the order is that of the pairs.
    expect(idsOf(answer)).toEqual(["aa bb", "bb dd"]);
    expect(answer).toMatchObject({
      rule: { version: "overlap/1", minEnterprises: 5 },
      compared: 3,
      significant: 0,
      documentsComplete: true,
      computedAtMs: START_MS + 60_000,
      coverage: { logSize: 9 },
    });
    expect(answer.pairs[0]).toMatchObject({ nameA: "aa 中心", providers: { shared: 2, share: 1 } });
    expect(answer.matrix).toBeUndefined();
    expect((await overlapOf(OPERATOR, { limit: 1 })).pairs).toHaveLength(1);
  });

  test("is shown to a center where it is one of the pair", async () => {
    const own = await overlapOf({ type: "center", centerId: "dd" }, { withMatrix: true });
    expect(idsOf(own)).toEqual(["bb dd"]);
    expect(own.compared).toBe(2);
    // Of aa and bb it learns nothing.
    expect(own.matrix).toEqual({
      centerIds: ["aa", "bb", "dd"],
      percent: Uint8Array.of(255, 0, 100),
    });
  });

  test("is asked for by a member's identifier", async () => {
    expect(idsOf(await overlapOf(OPERATOR, { centerId: "aa" }))).toEqual(["aa bb"]);
    await expect(overlapOf(OPERATOR, { centerId: "cc" })).rejects.toMatchObject({
      code: "ERR_NOT_FOUND",
    });
  });
});

describe("supply and demand", () => {
  test("is answered by sector or scenario, of one province or all, with what it rests on", async () => {
    const aDemand = (key: string, region: string) =>
      aRecord({
        kind: "demand",
        key,
        body: encodeBody("demand", {
          title: "需求",
          client: { industry: "36", region },
          scenarios: ["S07"],
        }),
      });
    log.batch("bb", [
      ...[1, 2, 3, 4, 5].map((number) => aDemand(`n${number}`, "360000")),
      ...[1, 2, 3, 4, 5, 6].map((number) => aDemand(`s${number}`, "430000")),
    ]);
    await catchUp();
    const { signal } = new AbortController();
    const marketOf = (by: "sector" | "scenario", province: string) =>
      api.listMarket({ by, province }, { principal: { type: "center", centerId: "aa" }, signal });
    // Members know it; a center that is none does not.
    const stranger = { type: "center", centerId: "zz" } as const;
    await expect(
      api.listMarket({ by: "sector", province: "" }, { principal: stranger, signal }),
    ).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
    const all = await marketOf("sector", "");
    expect(all).toMatchObject({ rule: "market/2", minEnterprises: 5, coverage: { logSize: 6 } });
    expect(all.cells.slice(0, 2)).toMatchObject([
      { province: "430000", demands: 6 },
      { province: "360000", demands: 5 },
    ]);
    expect((await marketOf("scenario", "360000")).cells).toMatchObject([
      { topic: "S07", province: "360000", demands: 5 },
    ]);
  });
});
