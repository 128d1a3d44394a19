import {
  type BodyOf,
  encodeBody,
  parseMatchQuery,
  parsePlanQuery,
  termStatement,
  termUrnOf,
  type Visibility,
} from "@tributary/proto";
import { beforeEach, describe, expect, test } from "vitest";
import { aBucket, type Bucket, ReleaseChain, usccOf } from "../../test/support/match-world.ts";
import { NEVER, type SmallHub, smallHub } from "../../test/support/small-hub.ts";
import { aCase, aRecord, SmallLog } from "../../test/support/small-log.ts";
import { createMemoryMatcher } from "../adapters/memory-matcher.ts";
import { MatchFollower } from "../match/follower.ts";
import type { Reader } from "../ports/search-index.ts";
import { createMatchApi, type MatchApi } from "./match-api.ts";

const visitor: Reader = { type: "public" };
const member: Reader = { type: "member", centerId: "bb" };

function aProvider(number: number, fields: Partial<BodyOf<"provider">> = {}): Uint8Array {
  return aRecord({
    kind: "provider",
    key: `p${number}`,
    body: encodeBody("provider", {
      name: `服务商${number}`,
      uscc: usccOf(number),
      scenarios: ["S01"],
      ...fields,
    }),
  });
}

/** The record of a release. */
function anOutcome(epoch: string, body: Uint8Array, visibility: Visibility = "public") {
  return aRecord({ kind: "outcome", key: epoch, visibility, body });
}

/** Diverse enough for any mean from 4 to 30. */
function bucketOf(provider: number, around: number): Bucket {
  const deltas = [-12, -4, -2, 0, 0, 2, 4, 4, 4, 4].map((delta) => around + delta);
  return aBucket({ provider: usccOf(provider), deltas: { DEFECT_RATE: deltas } });
}

const STRENGTHS = [4, 6, 8, 10, 12, 14, 16, 18];

/** Eight providers with evidence of two centers, the last the best; a ninth without. */
function aLog(): SmallLog {
  const log = new SmallLog();
  log.member("aa");
  log.member("bb");
  const providers = STRENGTHS.map((_, i) => aProvider(i + 1));
  log.batch("aa", [...providers, anOutcome("2025Q2", aa.next("2025Q2", released.aa))]);
  log.batch("bb", [anOutcome("2025Q2", bb.next("2025Q2", released.bb))]);
  return log;
}

const bucketsFrom = (around: (i: number) => number) =>
  STRENGTHS.map((_, i) => bucketOf(i + 1, around(i)));
const upward = (i: number) => STRENGTHS[i] as number;
const downward = (i: number) => 30 - 3 * i;
const takenBack = (buckets: readonly Bucket[]) => ({
  retracted: buckets.map(({ bucketId }) => ({ bucketId, reason: "error" })),
});

let aa: ReleaseChain;
let bb: ReleaseChain;
/** Buckets of the first releases. */
let released: Readonly<Record<"aa" | "bb", readonly Bucket[]>>;
let log: SmallLog;
let hub: SmallHub;
let api: MatchApi;

beforeEach(async () => {
  aa = new ReleaseChain();
  bb = new ReleaseChain();
  released = { aa: bucketsFrom(upward), bb: bucketsFrom(upward) };
  log = aLog();
  hub = await smallHub(log);
  api = createMatchApi({
    catalog: hub.catalog,
    index: hub.index.reader,
    matcher: createMemoryMatcher(new MatchFollower(hub.catalog)),
    catalogPosition: () => log.entries.length,
    lastHeardMs: () => undefined,
    clock: hub.clock,
  });
});

async function ranked(reader: Reader = visitor, demand: object = {}) {
  const query = parseMatchQuery({ demand: { scenarios: ["S01"], ...demand } });
  return api.match(query, reader, NEVER);
}

describe("match", () => {
  test("counts the records of one entity as one provider, whatever codes they have", async () => {
    const strong = usccOf(8);
    log.batch("bb", [aProvider(20, { name: "另一名称", uscc: "" })]);
    await hub.catchUp();
    const urns = ["urn:dth:aa:provider:p8", "urn:dth:bb:provider:p20", "urn:dth:aa:provider:p1"];
    const merge = log.decide("merge", urns);
    await hub.catchUp();
    // The least code names it, and the evidence of both counts for it.
    const least = [strong, usccOf(1)].sort()[0] as string;
    const other = least === strong ? usccOf(1) : strong;
    const { providers } = await ranked();
    const merged = providers.find(({ providerId }) => providerId === least);
    expect(merged?.records.map(({ key }) => key).sort()).toEqual(["p1", "p20", "p8"]);
    expect(merged?.evidence[0]?.buckets).toHaveLength(4);
    expect(providers.map(({ providerId }) => providerId)).not.toContain(other);
    const without = await ranked(visitor, { must: { excluded: [other] } });
    expect(without.providers.map(({ providerId }) => providerId)).not.toContain(least);

    log.decide("retract", [], { retracts: merge.id });
    await hub.catchUp();
    const undone = (await ranked()).providers.find(({ providerId }) => providerId === strong);
    expect(undone?.records.map(({ key }) => key)).toEqual(["p8"]);
    expect(undone?.evidence[0]?.buckets).toHaveLength(2);
  });

  test("counts a scenario that was merged into another as that one, in evidence, demands and must-haves", async () => {
    const merge = (scheme: string, code: string, into: string) =>
      log.decide("term", [termUrnOf({ scheme, code })], {
        argument: termStatement.encode({ zh: "", en: "", aliases: [], into }),
      });
    const before = await ranked();
    const one = merge("scenario", "S01", "S02");
    await hub.catchUp();
    for (const scenarios of [["S01"], ["S02"], ["S01", "S02"]]) {
      const { providers } = await ranked(visitor, { scenarios });
      expect(providers.map(({ providerId }) => providerId)).toEqual(
        before.providers.map(({ providerId }) => providerId),
      );
      expect(providers[0]?.evidence.map(({ scenario }) => scenario)).toEqual(["S02"]);
    }
    log.decide("retract", [], { retracts: one.id });
    await hub.catchUp();
    expect(await ranked()).toMatchObject({ providers: before.providers });
    expect((await ranked(visitor, { scenarios: ["S02"] })).ranked).toBe(0);
    const lacking = async () => {
      const { leftOut } = await ranked(visitor, { must: { systems: ["mes"] } });
      return leftOut.reduce((sum, { count }) => sum + count, 0);
    };
    const most = await lacking();
    // Another center's record of the same provider.
    log.batch("bb", [aProvider(1, { systems: ["wms"] })]);
    merge("systemType", "wms", "mes");
    await hub.catchUp();
    expect(await lacking()).toBe(most - 1);
  });

  test("counts an effect that was merged into another as that one, once a bucket", async () => {
    const both = aBucket({
      provider: usccOf(8),
      deltas: { DEFECT_RATE: [10, 12, 14, 16, 18], UNPLANNED_DOWNTIME: [1, 2, 3, 4, 5] },
    });
    log.batch("bb", [anOutcome("2025Q3", bb.next("2025Q3", [both]))]);
    log.decide("term", [termUrnOf({ scheme: "kpi", code: "DEFECT_RATE" })], {
      argument: termStatement.encode({ zh: "", en: "", aliases: [], into: "UNPLANNED_DOWNTIME" }),
    });
    await hub.catchUp();
    const { providers } = await ranked();
    const kpis = providers.flatMap(({ evidence }) => evidence.map(({ kpi }) => kpi?.kpi));
    expect(new Set(kpis)).toEqual(new Set(["UNPLANNED_DOWNTIME"]));
  });

  test("ranks from the releases in the catalog and says what it rests on", async () => {
    const { providers, coverage } = await ranked();
    expect(providers[0]).toMatchObject({ providerId: usccOf(8), name: "服务商8", place: 1 });
    expect(providers[0]?.records).toEqual([{ kind: "provider", centerId: "aa", key: "p8" }]);
    expect(providers[0]?.evidence[0]?.buckets).toHaveLength(2);
    expect(coverage).toMatchObject({ centersFresh: 2, logSize: 4 });
  });

  test("follows the catalog: new releases, buckets taken back and what curators hide", async () => {
    await ranked();
    log.batch("bb", [
      anOutcome("2025Q3", bb.next("2025Q3", bucketsFrom(downward), takenBack(released.bb))),
    ]);
    log.batch("aa", [anOutcome("2025Q3", aa.next("2025Q3", [], takenBack(released.aa)))]);
    await hub.catchUp();
    const alone = await ranked();
    expect(alone.ranked).toBe(0);
    log.batch("aa", [anOutcome("2025Q4", aa.next("2025Q4", bucketsFrom(downward)))]);
    await hub.catchUp();
    const turned = await ranked();
    expect(turned.providers[0]?.providerId).toBe(usccOf(1));
    expect(turned.coverage.logSize).toBe(7);
    log.decide("hide", ["urn:dth:aa:provider:p1"], { reason: "wrong" });
    await hub.catchUp();
    const hidden = await ranked();
    expect(hidden.providers.map(({ providerId }) => providerId)).not.toContain(usccOf(1));
  });

  test("uses for a visitor only what is public", async () => {
    const body = new ReleaseChain().next("2025Q2", [bucketOf(1, 30), bucketOf(1, 30)]);
    log.batch("cc", [anOutcome("2025Q2", body, "members")]);
    await hub.catchUp();
    expect((await ranked(visitor)).providers[0]?.providerId).toBe(usccOf(8));
    expect((await ranked(member)).providers[0]?.providerId).toBe(usccOf(1));
  });

  test("halves what a center says about its own operator", async () => {
    const before = (await ranked(member)).providers.find(({ name }) => name === "服务商8");
    expect(before?.evidence[0]?.ownOperator).toBe(false);
    const body = encodeBody("center", { name: "甲中心", operatorUscc: usccOf(8) });
    log.batch("bb", [aRecord({ kind: "center", key: "self", body })]);
    await hub.catchUp();
    const after = (await ranked(member)).providers.find(({ name }) => name === "服务商8");
    expect(after?.evidence[0]?.ownOperator).toBe(true);
    expect(after?.because.zh).toContain("减半计入");
  });

  test("finds a provider by its pains text, and lets a verified case speak for it", async () => {
    log.batch("aa", [
      aProvider(9, { scenarios: ["S13"], selfDescription: "专治轧机轴承突然停机" }),
      aRecord({
        key: "c1",
        body: aCase("轧机轴承预测性维护", {
          painPoints: "轴承突然停机",
          stage: "accepted",
          providers: [{ uscc: usccOf(3) }],
          outcomes: [{ kpi: "DEFECT_RATE", value: 5, method: "center", evidence: "E2" }],
        }),
      }),
    ]);
    await hub.catchUp();
    const plain = await ranked();
    expect([...plain.unranked, ...plain.providers].map(({ name }) => name)).not.toContain(
      "服务商9",
    );
    const { providers, unranked } = await ranked(visitor, { pains: "轴承突然停机" });
    // Found, without evidence: listed or drawn by lot, never ranked.
    expect([...unranked, ...providers].map(({ name }) => name)).toContain("服务商9");
    expect(providers.find(({ name }) => name === "服务商9")?.standing ?? "chance").toBe("chance");
    expect(providers.find(({ name }) => name === "服务商3")?.parts.fit).toBe(0.25);
    expect(providers.find(({ name }) => name === "服务商4")?.parts.fit).toBe(0);
  });

  test("gives up when the caller has left", async () => {
    const left = AbortSignal.abort(new Error("left"));
    const query = parseMatchQuery({ demand: { scenarios: ["S01"] } });
    await expect(api.match(query, visitor, left)).rejects.toThrow("left");
  });
});

describe("plan", () => {
  test("answers who covers the scenarios", async () => {
    const query = parsePlanQuery({ demand: { scenarios: ["S01", "S40"] } });
    const { plans, uncovered, coverage } = await api.plan(query, visitor, NEVER);
    expect(plans[0]?.assignments).toMatchObject([{ scenario: "S01", providerId: usccOf(8) }]);
    expect(uncovered).toEqual(["S40"]);
    expect(coverage.logSize).toBe(4);
  });
});
