import { type BodyOf, encodeBody, type RecordKind } from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { aBucket, ReleaseChain, usccOf } from "../../../test/support/match-world.ts";
import { aRecord, SmallLog, START_MS } from "../../../test/support/small-log.ts";
import { createMemoryCatalogStore } from "../../adapters/memory-catalog-store.ts";
import { foldEntries } from "../../catalog/fold.ts";
import { readFederation } from "../federation.ts";
import { assess, type ComputedAssessment } from "./assess.ts";
import { ASSESSMENT_RULE } from "./rule.ts";

/** January 2026: the quarters that count are those of 2025. */
const NOW_MS = START_MS + 3_600_000;
const OWN = usccOf(7);
const GAINS = [6, 8, 10, 12, 14, 9];

function recordOf<Kind extends RecordKind>(kind: Kind, key: string, body: BodyOf<Kind>) {
  return aRecord({ kind, key, body: encodeBody(kind, body) });
}

/** A center that does everything, of some type. */
function aCenter(fields: Partial<BodyOf<"center">> = {}): Uint8Array {
  return recordOf("center", "self", {
    name: "示例中心",
    centerType: "region",
    tier: "provincial",
    operationModel: "government_led",
    authority: "示例厅",
    operatorName: "示例公司",
    region: "360100",
    industries: ["36"],
    services: [{ service: "diagnosis" }],
    foundedOn: "2022-05",
    staffFte: 14,
    contactOffice: "合作部",
    ...fields,
  });
}

interface BucketWish {
  readonly provider?: string;
  readonly deltas?: readonly number[];
  readonly sector?: string;
}

function releases(wishes: readonly BucketWish[] = [{}, {}], epochs = ["2025Q3", "2025Q4"]) {
  const chain = new ReleaseChain();
  return epochs.map((epoch) =>
    aRecord({
      kind: "outcome",
      key: epoch,
      body: chain.next(
        epoch,
        wishes.map(({ deltas = GAINS, ...wish }) =>
          aBucket({ ...wish, deltas: { PRODUCTION_EFFICIENCY: deltas } }),
        ),
      ),
    }),
  );
}

const cases = (evidence: string, count = 5, uscc = usccOf(1)) =>
  Array.from({ length: count }, (_, i) =>
    recordOf("case", `c${i}`, {
      title: `案例${i}`,
      stage: "accepted",
      providers: [{ uscc }],
      outcomes: [{ kpi: "PRODUCTION_EFFICIENCY", value: 10, evidence }],
    }),
  );

async function assessed(
  centers: Readonly<Record<string, readonly Uint8Array[]>>,
): Promise<readonly ComputedAssessment[]> {
  const log = new SmallLog();
  for (const [id, records] of Object.entries(centers)) {
    log.member(id);
    log.batch(id, records);
  }
  const catalog = createMemoryCatalogStore();
  await catalog.write((await foldEntries(catalog, log.entries, log.lookup)).change);
  return assess(await readFederation(catalog), NOW_MS);
}

async function one(...records: readonly Uint8Array[]): Promise<ComputedAssessment> {
  const [assessment] = await assessed({ aa: records });
  return assessment as ComputedAssessment;
}

const indicator = (assessment: ComputedAssessment, code: string) =>
  assessment.indicators.find((result) => result.code === code);

describe("the rule", () => {
  test("gives each type of center 100 points", () => {
    for (const type of ["region", "industry", "enterprise", "support"]) {
      const weights = ASSESSMENT_RULE.indicators.flatMap(({ targets }) =>
        targets.filter(({ centerType }) => centerType === type).map(({ weight }) => weight),
      );
      expect([type, weights.reduce((sum, weight) => sum + weight, 0)]).toEqual([type, 100]);
    }
  });
});

describe("a center", () => {
  test("earns the weight times its figure by the target, and no more than the weight", async () => {
    const assessment = await one(aCenter(), ...releases());
    // 24 engagements of the 150 that a regional center is held to.
    expect(indicator(assessment, "engagements")).toMatchObject({
      judged: true,
      count: 24,
      target: 150,
      weight: 20,
      points: 3.2,
      because: { en: "24; all points from 150 on", zh: "24；满分线 150" },
    });
    expect(indicator(assessment, "followed_up")).toMatchObject({
      count: 24,
      of: 24,
      points: 15,
      because: { en: "24 of 24 (100 %); all points from 80 % on" },
    });
    expect(indicator(assessment, "releases")).toMatchObject({ count: 2, points: 5 });
    expect(indicator(assessment, "description")).toMatchObject({ count: 12, of: 12, points: 5 });
  });

  test("is told which records and buckets each figure counts", async () => {
    const assessment = await one(aCenter(), ...releases(), ...cases("E2"));
    expect(indicator(assessment, "releases")).toMatchObject({
      records: ["urn:dth:aa:outcome:2025Q3", "urn:dth:aa:outcome:2025Q4"],
      recordCount: 2,
    });
    expect(indicator(assessment, "description")).toMatchObject({
      records: ["urn:dth:aa:center:self"],
      recordCount: 1,
    });
    expect(indicator(assessment, "verified_cases")).toMatchObject({ count: 5, recordCount: 5 });
    const { buckets, bucketCount } = indicator(assessment, "engagements") ?? {};
    expect(bucketCount).toBe(4);
    expect(buckets?.[0]).toMatchObject({ release: { centerId: "aa", key: "2025Q3" } });
    expect(buckets?.[0]?.bucketId).toMatch(/^[0-9a-f]{32}$/);
  });

  test("loses nothing by bad results that it reports", async () => {
    const good = await one(aCenter(), ...releases([{}, {}]));
    const bad = await one(aCenter(), ...releases([{ deltas: [-30, -20, -8, -3, 2, 7] }, {}]));
    expect(bad.points).toBe(good.points);
    expect(bad.grade).toBe(good.grade);
  });

  test("is credited with half of what its own operator does, and cannot vouch for it", async () => {
    const own = { operatorIsProvider: true, operatorUscc: OWN };
    const records = [...releases([{ provider: OWN }, {}]), ...cases("E2", 5, OWN)];
    expect(indicator(await one(aCenter(), ...records), "engagements")?.count).toBe(24);
    const assessment = await one(aCenter(own), ...records);
    expect(indicator(assessment, "engagements")?.count).toBe(18);
    expect(indicator(assessment, "verified_cases")).toMatchObject({ count: 0, of: 5 });
    const vouched = await one(aCenter(own), ...cases("E3", 5, OWN));
    expect(indicator(vouched, "verified_cases")).toMatchObject({ count: 5, of: 5 });
  });

  test("is not judged by a share of too few, which counts neither way", async () => {
    const few = await one(aCenter(), ...cases("E0", 4));
    expect(indicator(few, "verified_cases")).toMatchObject({
      judged: false,
      points: 0,
      because: { en: "not judged: 4 are fewer than 5; counts neither way" },
    });
    const many = await one(aCenter(), ...cases("E0", 5));
    expect(indicator(many, "verified_cases")).toMatchObject({ judged: true, points: 0 });
    expect(many.completeness - few.completeness).toBeCloseTo(0.05, 9);
  });

  test("has no grade while too little of it can be judged, or its type is not known", async () => {
    const little = await one(aCenter());
    expect(little.grade).toBe("");
    expect(little.because.en).toBe("no grade: 50 % of the weight can be judged; 60 % are needed");
    const typeless = await one(aCenter({ centerType: undefined }), ...releases());
    expect(typeless).toMatchObject({ grade: "", indicators: [], points: 0, completeness: 0 });
    expect(typeless.because.zh).toContain("未写明");
  });

  test("of a type is judged by what that type is held to", async () => {
    const records = releases([{ sector: "36" }, { sector: "14", provider: OWN }]);
    const industry = await one(aCenter({ centerType: "industry" }), ...records);
    expect(indicator(industry, "focus")).toMatchObject({ count: 12, of: 24, weight: 15 });
    expect(indicator(industry, "openness")).toBeUndefined();
    const led = { operatorIsProvider: true, operatorUscc: OWN };
    const enterprise = await one(aCenter({ centerType: "enterprise", ...led }), ...records);
    expect(indicator(enterprise, "openness")).toMatchObject({ count: 12, of: 24, points: 15 });
    expect(indicator(enterprise, "focus")).toBeUndefined();
  });

  test("is judged by four quarters that are over, and by a year of activities", async () => {
    const old = await one(aCenter(), ...releases([{}], ["2024Q3", "2024Q4", "2025Q1"]));
    // Of releases the quarter before counts too: the newest may be under way.
    expect(indicator(old, "engagements")?.count).toBe(6);
    expect(indicator(old, "releases")?.count).toBe(2);
    const events = ["2025-01-31", "2025-02-01", "2026-01-15", "2026-02-01", "2025"];
    const busy = await one(
      ...events.map((heldOn, i) => recordOf("event", `e${i}`, { title: "活动", heldOn })),
      aCenter(),
    );
    expect(indicator(busy, "activities")).toMatchObject({
      count: 2,
      records: ["urn:dth:aa:event:e1", "urn:dth:aa:event:e2"],
    });
  });

  test("is compared with centers of its type and tier, where there are five", async () => {
    const everyone = (count: number, tier = "provincial") =>
      Object.fromEntries(
        Array.from({ length: count }, (_, i) => [
          `${tier[0]}${i}`,
          [aCenter({ tier }), ...releases(undefined, ["2025Q3", "2025Q4"].slice(0, 1 + (i % 2)))],
        ]),
      );
    const four = await assessed({ ...everyone(4), ...everyone(1, "municipal") });
    expect(four.map(({ peers }) => peers)).toEqual(Array(5).fill(undefined));
    const five = await assessed(everyone(5));
    const points = five.map((assessment) => assessment.points).sort((a, b) => a - b);
    expect(five[0]?.peers).toEqual({
      centers: 5,
      lowerQuartile: points[1],
      median: points[2],
      upperQuartile: points[3],
    });
  });

  test("has another digest when anything that was judged is another", async () => {
    const [a, same, b] = [
      await one(aCenter(), ...releases()),
      await one(aCenter(), ...releases()),
      await one(aCenter(), ...releases([{}])),
    ];
    expect(a?.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(same?.digest).toBe(a?.digest);
    expect(b?.digest).not.toBe(a?.digest);
  });
});
