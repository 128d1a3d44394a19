import type { BodyOf, MatchDemandInput, RecordRef } from "@tributary/proto";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import {
  aBucket,
  aDemand,
  aRelease,
  type BucketFacts,
  normal,
  seeded,
  usccOf,
} from "../../test/support/match-world.ts";
import { CaseTable } from "./cases.ts";
import type { Knowledge } from "./contenders.ts";
import type { CenterFacts } from "./estimate.ts";
import { EvidenceBase, type View } from "./evidence-base.ts";
import { match } from "./match.ts";
import { plan } from "./plan.ts";
import { ProviderTable } from "./providers.ts";
import { NO_HITS, type Question, type TextHits } from "./question.ts";
import { readRelease } from "./release.ts";

type Provider = BodyOf<"provider">;

/** Twelve providers of S01 with two centers' evidence; 1 is the best and 12 the worst. */
class World {
  readonly base = new EvidenceBase();
  readonly providers = new ProviderTable();
  readonly cases = new CaseTable();
  readonly centers = new Map<string, CenterFacts>();

  constructor() {
    const random = seeded(9);
    for (const center of ["a", "b"]) {
      const buckets = Array.from({ length: 12 }, (_, i) =>
        this.bucket(
          i + 1,
          Array.from({ length: 10 }, () => 20 - 2 * i + 3 * normal(random)),
        ),
      );
      this.release(center, "1", buckets);
    }
    for (let i = 1; i <= 12; i += 1) this.provider(i);
  }

  bucket(provider: number, deltas: readonly number[], facts: BucketFacts = {}) {
    return aBucket({
      provider: usccOf(provider),
      deltas: { UNPLANNED_DOWNTIME: deltas },
      cost: [0, deltas.length, 0, 0, 0, 0],
      satisfied: Math.max(0, 10 - (provider % 4)),
      ...facts,
    });
  }

  release(
    centerId: string,
    key: string,
    buckets: Parameters<typeof aRelease>[0],
    view: View = "public",
  ) {
    this.base.put({
      ref: { kind: "outcome", centerId, key },
      view,
      ...readRelease(aRelease(buckets)),
    });
  }

  provider(i: number, fields: Partial<Provider> = {}, centerId = "a", view: View = "public") {
    this.providers.put({ kind: "provider", centerId, key: String(i) }, view, {
      name: `服务商${i}`,
      uscc: usccOf(i),
      scenarios: ["S01"],
      industries: ["36"],
      region: "360100",
      ...fields,
    });
  }

  get knowledge(): Knowledge {
    return this;
  }

  ask(demand: Partial<MatchDemandInput> = {}, fields: Partial<Question> = {}, limit = 50) {
    return match(this.knowledge, questionOf(demand, fields), limit);
  }

  ids(demand: Partial<MatchDemandInput> = {}, fields: Partial<Question> = {}) {
    return this.ask(demand, fields).providers.map(({ name }) => Number(name.slice(3)));
  }
}

function questionOf(demand: Partial<MatchDemandInput>, fields: Partial<Question>): Question {
  return {
    demand: aDemand(demand),
    view: "members",
    nowMs: Date.UTC(2026, 2, 31),
    hits: NO_HITS,
    ...fields,
  };
}

let world: World;
beforeEach(() => {
  world = new World();
});

describe("a ranking", () => {
  test("puts the best outcomes first and says why, with buckets, interval and what was not counted", () => {
    world.provider(1, { claimedCases: 300 });
    const [first] = world.ask({ industry: "3670", sizeBand: "medium", region: "360100" }).providers;
    expect(first).toMatchObject({ providerId: usccOf(1), place: 1, band: 1, standing: "ranked" });
    const [evidence] = first?.evidence ?? [];
    expect(evidence).toMatchObject({
      scenario: "S01",
      engagements: { least: 20, most: 20 },
      measuredShare: 1,
      centers: 2,
      ownOperator: false,
    });
    expect(evidence?.buckets.map(({ release }) => release.centerId)).toEqual(["a", "b"]);
    const { kpi } = evidence ?? {};
    expect(kpi?.kpi).toBe("UNPLANNED_DOWNTIME");
    expect(kpi?.low).toBeLessThan(kpi?.estimate as number);
    expect(kpi?.high).toBeGreaterThan(kpi?.estimate as number);
    expect(kpi?.estimate).toBeGreaterThan(kpi?.usual as number);
    expect(first?.because.zh).toContain("未计入：自述案例 300。");
    expect(first?.because.zh).toContain(`考虑样本量后估计 ${kpi?.estimate.toFixed(1)} %`);
    expect(first?.because.en).toContain("Not counted: 300 claimed cases.");
    const { outcome, fit, comparable, satisfaction } = first?.parts ?? {
      outcome: 0,
      fit: 0,
      comparable: 0,
      satisfaction: 0,
    };
    expect(outcome + fit + comparable + satisfaction).toBeCloseTo(first?.score as number, 1);
  });

  test("is not changed by what providers say of themselves, nor by cases that only they report", () => {
    const demand = { industry: "36", pains: "停机太多", region: "360100" };
    const before = world.ids(demand);
    const caseRef = (i: number): RecordRef => ({ kind: "case", centerId: "a", key: String(i) });
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 12, maxLength: 12 }), (texts) => {
        texts.forEach((selfDescription, i) => {
          world.provider(i + 1, { selfDescription, claimedCases: i * 50, honours: [`第一 ${i}`] });
          world.cases.put(caseRef(i), "public", {
            title: "案例",
            stage: "accepted",
            providers: [{ uscc: usccOf(i + 1) }],
            outcomes: [{ kpi: "UNPLANNED_DOWNTIME", value: 90, method: "self", evidence: "E4" }],
          });
        });
        const hits: TextHits = {
          cases: texts.map((_, i) => ({ ref: caseRef(i), score: 1 + i })),
          providers: texts.map((_, i) => ({
            ref: { kind: "provider", centerId: "a", key: String(i + 1) },
            score: 1 + i,
          })),
        };
        expect(world.ids(demand, { hits })).toEqual(before);
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  test("is changed by a case like the pains that a center vouches for", () => {
    const ref: RecordRef = { kind: "case", centerId: "a", key: "1" };
    const verified: BodyOf<"case"> = {
      title: "案例",
      stage: "accepted",
      providers: [{ uscc: usccOf(6) }],
      outcomes: [{ kpi: "UNPLANNED_DOWNTIME", value: 12, method: "center", evidence: "E2" }],
    };
    world.cases.put(ref, "public", verified);
    const fit = (hits: TextHits) =>
      world
        .ask({ pains: "停机太多" }, { hits })
        .providers.find(({ providerId }) => providerId === usccOf(6))?.parts.fit;
    expect(fit({ cases: [{ ref, score: 0.4 }], providers: [] })).toBe(0.25);
    expect(fit(NO_HITS)).toBe(0);
  });

  test("changes its order within a band from day to day, and nothing else", () => {
    const twins = new World();
    // The same evidence for all: nobody can be told apart.
    twins.base.clear();
    for (const center of ["a", "b"]) {
      twins.release(
        center,
        "1",
        Array.from({ length: 12 }, (_, i) =>
          twins.bucket(i + 1, [5, 7, 9, 11, 13, 5, 7, 9, 11, 13], { satisfied: 8 }),
        ),
      );
    }
    const on = (day: number) => twins.ask({}, { nowMs: Date.UTC(2026, 2, day) }).providers;
    expect(new Set(on(1).map(({ band }) => band))).toEqual(new Set([1]));
    const ids = (day: number) => on(day).map(({ providerId }) => providerId);
    expect(ids(1)).toEqual(ids(1));
    expect(ids(1)).not.toEqual(ids(2));
    expect(ids(1).toSorted()).toEqual(ids(2).toSorted());
  });

  test("gives one place by lot to a provider with little evidence, labelled", () => {
    for (const i of [20, 21, 22]) world.provider(i, { claimedCases: 999 });
    const { providers, unranked, ranked } = world.ask({}, {}, 10);
    expect([providers.length, ranked]).toEqual([10, 12]);
    const chances = providers.filter(({ standing }) => standing === "chance");
    expect(chances).toHaveLength(1);
    expect(chances[0]).toMatchObject({ place: 10, band: 0, score: 0, evidence: [] });
    expect(chances[0]?.because.zh).toContain("证据较少");
    expect(unranked).toHaveLength(2);
    const drawn = new Set(
      Array.from(
        { length: 20 },
        (_, day) =>
          world.ask({}, { nowMs: Date.UTC(2026, 2, 1 + day) }, 10).providers[9]?.providerId,
      ),
    );
    expect(drawn.size).toBe(3);
  });

  test("tells what would change a place, and the place is that of the changed demand", () => {
    world.provider(1, { region: "110000" });
    world.provider(3, { industries: ["65"] });
    const demand = { industry: "36", region: "360100" };
    const told = world
      .ask(demand)
      .providers.flatMap(({ providerId, counterfactuals }) =>
        counterfactuals.map((one) => ({ providerId, ...one })),
      );
    const regions = told.filter(({ change }) => change === "any_region");
    expect(told.length).toBeGreaterThan(0);
    const without = world.ask({ industry: "36" }).providers;
    for (const { providerId, place, text } of regions) {
      expect(without[place - 1]?.providerId).toBe(providerId);
      expect(text.zh).toContain(`第 ${place} 位`);
    }
  });
});

describe("hard filters", () => {
  test.each<[string, Partial<MatchDemandInput>]>([
    ["excluded", { must: { excluded: [usccOf(1)] } }],
    ["qualifications", { must: { qualifications: ["cmmi 5"] } }],
    ["systems", { must: { systems: ["mes"] } }],
    ["provider_types", { must: { providerTypes: ["integrator"] } }],
    ["delivery_modes", { must: { deliveryModes: ["saas"] } }],
    ["serves_region", { region: "440300", must: { servesRegion: true } }],
  ])("leave out and count who lacks %s", (lacking, demand) => {
    const has: Partial<Provider> = {
      qualifications: [{ name: "CMMI", grade: "5", validUntil: "2030-01-01" }],
      systems: ["mes"],
      providerTypes: ["integrator"],
      products: [{ name: "x", deliveryMode: "saas" }],
      serviceRegions: ["440000"],
    };
    for (let i = 2; i <= 12; i += 1) world.provider(i, has);
    const { providers, leftOut } = world.ask(demand);
    expect(leftOut).toEqual([{ lacking, count: 1 }]);
    expect(providers.map(({ providerId }) => providerId)).not.toContain(usccOf(1));
    expect(providers).toHaveLength(11);
  });

  test("do not take a qualification that has ended", () => {
    for (let i = 1; i <= 12; i += 1) {
      world.provider(i, {
        qualifications: [{ name: "CMMI 5", validUntil: i < 3 ? "2026-03-30" : "2026-03-31" }],
      });
    }
    expect(world.ask({ must: { qualifications: ["CMMI"] } }).leftOut).toEqual([
      { lacking: "qualifications", count: 2 },
    ]);
  });

  test("leave out who never worked within the budget", () => {
    const { leftOut, providers } = world.ask({ budgetCny: 50_000 });
    expect(leftOut).toEqual([{ lacking: "budget", count: 12 }]);
    expect(providers).toEqual([]);
    expect(world.ask({ budgetCny: 100_000 }).leftOut).toEqual([]);
  });
});

describe("the public", () => {
  test("sees counts as bands, nothing of small buckets, and no provider that is for members", () => {
    world.release("c", "small", [world.bucket(1, [9, 9, 9, 9, 9], { satisfied: -1 })]);
    world.provider(2, {}, "a", "members");
    const ten = [20, 20, 20, 20, 20, 20, 20, 20, 20, 20];
    world.release("d", "unmeasured", [world.bucket(1, ten, { n: 17 })]);
    const publicly = world.ask({}, { view: "public" });
    const first = publicly.providers.find(({ providerId }) => providerId === usccOf(1));
    expect(first?.evidence[0]?.engagements).toEqual({ least: 20, most: 49 });
    expect(first?.evidence[0]?.buckets).toHaveLength(3);
    expect(publicly.providers.map(({ providerId }) => providerId)).not.toContain(usccOf(2));
    expect(first?.notCounted).toEqual([{ what: "unmeasured", count: { least: 5, most: 9 } }]);
    const inside = world.ask().providers.find(({ providerId }) => providerId === usccOf(1));
    expect(inside?.evidence[0]?.engagements).toEqual({ least: 42, most: 42 });
    expect(inside?.evidence[0]?.buckets).toHaveLength(4);
  });
});

describe("plans", () => {
  beforeEach(() => {
    for (const center of ["a", "b"]) {
      world.release(
        center,
        "2",
        [1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) =>
          world.bucket(
            i,
            Array.from({ length: 10 }, (_, k) => 2 * i + (k % 5)),
            { scenario: "S13" },
          ),
        ),
      );
    }
  });

  test("cover the scenarios three ways, and name what is not covered", () => {
    const { plans, uncovered } = plan(
      world.knowledge,
      questionOf({ scenarios: ["S01", "S13", "S40"] }, {}),
    );
    expect(uncovered).toEqual(["S40"]);
    expect(plans.map(({ kind }) => kind)).toEqual([
      "best_value",
      "fewest_providers",
      "most_certain",
    ]);
    for (const { assignments, because, exact } of plans) {
      expect(assignments.map(({ scenario }) => scenario)).toEqual(["S01", "S13"]);
      expect(exact).toBe(true);
      expect(because.zh).toContain("覆盖 2 个场景");
    }
    const { providers } = match(world.knowledge, questionOf({ scenarios: ["S01"] }, {}), 50);
    for (const { providerId, buckets } of plans.flatMap(
      ({ assignments }) => assignments[0] ?? [],
    )) {
      expect(buckets).toHaveLength(2);
      const ranked = providers.find((one) => one.providerId === providerId);
      expect(buckets).toEqual(ranked?.evidence[0]?.buckets);
    }
    const providersOf = (i: number) =>
      new Set(plans[i]?.assignments.map(({ providerId }) => providerId));
    expect(providersOf(1).size).toBe(1);
    expect(plans[2]?.assignments.map(({ providerId }) => providerId)).toEqual([
      usccOf(1),
      usccOf(9),
    ]);
    expect(plans[0]?.value).toBeGreaterThanOrEqual(plans[1]?.value as number);
  });

  test("prefer pairs that have worked together, and say so", () => {
    const question = questionOf({ scenarios: ["S01", "S13"] }, {});
    const certain = () => plan(world.knowledge, question).plans[2];
    expect(certain()?.pairs[0]).toMatchObject({ relation: "unknown", joint: 0 });
    const before = certain()?.value as number;
    world.cases.put({ kind: "case", centerId: "a", key: "1" }, "public", {
      title: "联合",
      stage: "followed_up",
      providers: [{ uscc: usccOf(1) }, { uscc: usccOf(9) }],
      outcomes: [{ kpi: "UNPLANNED_DOWNTIME", value: 9, method: "third_party", evidence: "E3" }],
    });
    expect(certain()?.pairs[0]).toMatchObject({ relation: "compatible", joint: 1 });
    expect(certain()?.value).toBeGreaterThan(before + 0.04);
  });

  test("are none where nobody has evidence", () => {
    expect(plan(world.knowledge, questionOf({ scenarios: ["S40"] }, {}))).toEqual({
      plans: [],
      uncovered: ["S40"],
    });
  });
});
