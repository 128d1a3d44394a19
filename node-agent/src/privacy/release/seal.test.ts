import { ANY, LADDER, type Label, labelAt, standardHierarchies } from "@tributary/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PendingRecord } from "./engagement.ts";
import { coarsestLevel, MEMBERS_POLICY } from "./policy.ts";
import { type KnownRecord, ProviderView } from "./provider-view.ts";
import { type EarlierBucket, type SealedGroup, sealEpoch } from "./seal.ts";

const hierarchies = standardHierarchies();
const options = { policy: MEMBERS_POLICY, hierarchies };
const PROVIDERS = ["91350100M000100Y43", "91310000MA1FL0UX7X", "91440300MA5DA1CX0Q"];

function aRecord(number: number, changes: Partial<PendingRecord> = {}): PendingRecord {
  return {
    nullifier: String(number).padStart(8, "0"),
    group: `g${number}`,
    isPublic: false,
    facts: { scenario: "S21", provider: PROVIDERS[0] as string, sector: "3670", size: "small" },
    families: [],
    finished: 0,
    entered: 0,
    hasVoucher: false,
    isSatisfied: number % 2 === 0,
    deltas: { ON_TIME_DELIVERY: (number % 5) * 6 - 3 },
    leadKpi: "ON_TIME_DELIVERY",
    ...changes,
  };
}

function records(count: number, changes: Partial<PendingRecord> = {}, from = 0): PendingRecord[] {
  return Array.from({ length: count }, (_, index) => aRecord(from + index, changes));
}

function sealedSizes(groups: readonly SealedGroup[]): [level: number, size: number][] {
  return groups.map(({ level, members }) => [level, members.length]);
}

describe("sealEpoch", () => {
  test("seals k enterprises of one label at the finest level", () => {
    const [group] = sealEpoch(records(5), [], { ...options, epoch: 0 });
    expect(group).toMatchObject({ level: 0, kpi: "ON_TIME_DELIVERY" });
    expect(group?.label).toEqual(["S21", PROVIDERS[0], "36", "SX"]);
    expect(group?.members.map(({ nullifier }) => nullifier)).toEqual(
      records(5).map(({ nullifier }) => nullifier),
    );
  });

  test("does not seal fewer", () => {
    expect(sealEpoch(records(4), [], { ...options, epoch: 0 })).toEqual([]);
  });

  test("counts enterprises, not records", () => {
    const repeated = [...records(4), aRecord(10, { group: "g1" })];
    expect(sealEpoch(repeated, [], { ...options, epoch: 0 })).toEqual([]);
  });

  test("does not count enterprises whose outcome is public, and takes them along", () => {
    const known = aRecord(20, { isPublic: true });
    expect(sealEpoch([...records(4), known], [], { ...options, epoch: 0 })).toEqual([]);
    const [group] = sealEpoch([...records(5), known], [], { ...options, epoch: 0 });
    expect(group?.members).toHaveLength(6);
  });

  test("does not seal outcomes that are alike", () => {
    const alike = records(9, { deltas: { ON_TIME_DELIVERY: 7 } });
    expect(sealEpoch(alike, [], { ...options, epoch: 0 })).toEqual([]);
  });

  test("keeps records apart that state different KPIs first", () => {
    const mixed = [...records(4), ...records(4, { leadKpi: "OEE", deltas: { OEE: 3 } }, 10)];
    expect(sealEpoch(mixed, [], { ...options, epoch: 0 })).toEqual([]);
  });

  test("takes a record from the epoch on in which it entered", () => {
    expect(sealEpoch(records(5, { entered: 3 }), [], { ...options, epoch: 2 })).toEqual([]);
    expect(sealEpoch(records(5, { entered: 3 }), [], { ...options, epoch: 3 })).toHaveLength(1);
  });

  test.each([
    [0, []],
    [1, []],
    [2, [[5, 5]]],
  ])("drops the provider from the label only after waiting: %i epochs", (epoch, expected) => {
    const scattered = records(5).map((record, index) => ({
      ...record,
      facts: { ...record.facts, provider: PROVIDERS[index % 3] as string },
    }));
    // One more size, so that level 4 does not fit either.
    const sizes = scattered.map((record, index) => ({
      ...record,
      facts: { ...record.facts, size: index % 2 === 0 ? "small" : "large" },
    }));
    expect(sealedSizes(sealEpoch(sizes, [], { ...options, epoch }))).toEqual(expected);
  });

  test("lets a repeat customer wait whose provider its buckets together would tell", () => {
    const first = sealEpoch(records(5), [], { ...options, epoch: 0 }).map((group) => ({
      ...group,
      epoch: 0,
    }));
    const again = records(6, { finished: 1, entered: 1 }, 10).map((record, index) => ({
      ...record,
      group: index === 0 ? "g0" : record.group,
    }));
    const [group] = sealEpoch(again, first, { ...options, epoch: 1 });
    expect(group?.members.map(({ group }) => group)).not.toContain("g0");
    expect(group?.members).toHaveLength(5);
  });

  test("counts the bucket that is being sealed among those that a record could be in", () => {
    const first = sealEpoch(records(5), [], { ...options, epoch: 0 }).map((group) => ({
      ...group,
      epoch: 0,
    }));
    const facts = { ...aRecord(0).facts, provider: PROVIDERS[1] as string };
    const late = records(5, { facts, entered: 1 }, 10).map((record, index) => ({
      ...record,
      group: index === 0 ? "g0" : record.group,
    }));
    expect(sealedSizes(sealEpoch(late, first, { ...options, epoch: 1 }))).toEqual([[0, 5]]);
  });

  const arbitraryRecord = fc.record({
    group: fc.integer({ min: 0, max: 11 }),
    scenario: fc.constantFrom("S21", "S22", "S30"),
    provider: fc.integer({ min: 0, max: 2 }),
    sector: fc.constantFrom("3670", "35", "1311"),
    size: fc.constantFrom("small", "large"),
    finished: fc.integer({ min: 0, max: 4 }),
    late: fc.integer({ min: 0, max: 2 }),
    delta: fc.integer({ min: -50, max: 50 }),
    isSatisfied: fc.boolean(),
    isPublic: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
  });
  const arbitraryRecords = fc.array(arbitraryRecord, { minLength: 10, maxLength: 60 }).map((list) =>
    list.map(({ group, scenario, provider, sector, size, finished, late, delta, ...rest }, index) =>
      aRecord(index, {
        ...rest,
        group: `g${group}`,
        facts: { scenario, provider: PROVIDERS[provider] as string, sector, size },
        finished,
        entered: finished + late,
        deltas: { ON_TIME_DELIVERY: delta },
      }),
    ),
  );

  /** Seals epoch after epoch. */
  function history(all: readonly PendingRecord[], epochs: number): (SealedGroup & EarlierBucket)[] {
    const buckets: (SealedGroup & EarlierBucket)[] = [];
    let pending = [...all];
    for (let epoch = 0; epoch < epochs; epoch++) {
      const groups = sealEpoch(pending, buckets, { ...options, epoch });
      const used = new Set(groups.flatMap(({ members }) => members));
      pending = pending.filter((record) => !used.has(record));
      buckets.push(...groups.map((group) => ({ ...group, epoch })));
    }
    return buckets;
  }

  test("keeps I1 to I6 over years, whatever the records", () => {
    fc.assert(
      fc.property(arbitraryRecords, (all) => {
        const buckets = history(all, 9);
        const used = buckets.flatMap(({ members }) => members.map(({ nullifier }) => nullifier));
        expect(new Set(used).size).toBe(used.length);
        for (const { epoch, level, label, members } of buckets) {
          const hidden = members.filter(({ isPublic }) => !isPublic);
          expect(new Set(members.map(({ group }) => group)).size).toBe(members.length);
          expect(hidden.length).toBeGreaterThanOrEqual(MEMBERS_POLICY.k);
          const classes = Map.groupBy(hidden, ({ deltas, isSatisfied }) => {
            const delta = deltas["ON_TIME_DELIVERY"] as number;
            return [delta < 0, delta < 5, delta < 10, delta < 20, isSatisfied].join();
          });
          const sizes = [...classes.values()].map(({ length }) => length);
          expect(sizes.length).toBeGreaterThanOrEqual(MEMBERS_POLICY.l);
          expect(Math.max(...sizes) / hidden.length).toBeLessThanOrEqual(0.6);
          for (const { facts, entered } of members) {
            expect(labelAt(level, facts, hierarchies)).toEqual(label);
            expect(coarsestLevel(epoch - entered)).toBeGreaterThanOrEqual(level);
          }
        }
        expect(providersLeft(buckets)).toBeGreaterThanOrEqual(MEMBERS_POLICY.m);
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  test("a record that stays pending changes nothing that leaves (I10)", () => {
    fc.assert(
      fc.property(arbitraryRecords, fc.nat(), (all, pick) => {
        const buckets = history(all, 6);
        const used = new Set(buckets.flatMap(({ members }) => members));
        const pending = all.filter((record) => !used.has(record));
        const out = pending[pick % Math.max(1, pending.length)];
        fc.pre(out !== undefined);
        expect(
          history(
            all.filter((record) => record !== out),
            6,
          ),
        ).toEqual(buckets);
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  test("does not depend on the order of the records", () => {
    fc.assert(
      fc.property(arbitraryRecords, (all) => {
        expect(history(all.toReversed(), 6)).toEqual(history(all, 6));
      }),
      { seed: 5, numRuns: 100 },
    );
  });
});

/** Fewest providers that any repeat customer could have had, by the definition, from all buckets. */
function providersLeft(buckets: readonly (SealedGroup & EarlierBucket)[]): number {
  const everybody = new Set(PROVIDERS);
  const compatible = ({ facts, finished }: KnownRecord) => {
    const providers = new Set<string>();
    for (const { epoch, level, label } of buckets) {
      if (epoch < finished || coarsestLevel(epoch - finished) < level) continue;
      const own = labelAt(level, { ...facts, provider: "?" }, hierarchies) ?? [];
      const isLike = label.every((part, index) => index === 1 || part === own[index]);
      if (isLike && label[1] === ANY) return everybody;
      if (isLike) providers.add(label[1]);
    }
    return providers;
  };
  const members = buckets.flatMap(({ members }) => members);
  let fewest = Number.POSITIVE_INFINITY;
  for (const own of Map.groupBy(members, ({ group }) => group).values()) {
    if (own.length < 2) continue;
    const sets = own.map(compatible);
    const left = PROVIDERS.filter((provider) => sets.every((set) => set.has(provider)));
    fewest = Math.min(fewest, left.length);
  }
  return fewest;
}

describe("what labels tell of a provider", () => {
  const [A, B, C] = PROVIDERS as [string, string, string];
  const known = (finished = 0, facts = aRecord(0).facts) => ({ facts: { ...facts }, finished });
  const bucketOf = (provider: string): Label => ["S21", provider, "36", "SX"];
  const viewOf = (...buckets: readonly [level: number, label: Label, epoch: number][]) => {
    const view = new ProviderView(hierarchies);
    for (const [level, label, epoch] of buckets) view.add(level, label, epoch);
    return view;
  };

  test("one provider is left by one bucket, two by two", () => {
    expect(viewOf([0, bucketOf(A), 0]).leavesProviders([known()], 2)).toBe(false);
    const both = viewOf([0, bucketOf(A), 0], [0, bucketOf(B), 0]);
    expect(both.leavesProviders([known()], 2)).toBe(true);
    expect(both.leavesProviders([known(), known()], 2)).toBe(true);
    expect(both.leavesProviders([known()], 3)).toBe(false);
  });

  test("a bucket without provider could hold any record of its label, and tells nothing", () => {
    const view = viewOf([0, bucketOf(A), 0], [5, ["S21", ANY, "C7", ANY], 2]);
    expect(view.leavesProviders([known()], 2)).toBe(true);
    const other = { ...aRecord(0).facts, scenario: "S22" };
    expect(view.leavesProviders([known(), known(0, other)], 2)).toBe(false);
  });

  test("a bucket does not count for records that were finished after it, or had not waited long enough", () => {
    const view = viewOf([0, bucketOf(A), 3], [5, ["S21", ANY, "C7", ANY], 2]);
    expect(view.leavesProviders([known(3)], 2)).toBe(false);
    expect(view.leavesProviders([known(1)], 2)).toBe(false);
    expect(view.leavesProviders([known(0)], 2)).toBe(true);
  });

  test("records whose buckets share too few providers leave too few", () => {
    const view = viewOf(
      [0, bucketOf(A), 0],
      [0, bucketOf(B), 0],
      [0, bucketOf(B), 1],
      [0, bucketOf(C), 1],
    );
    expect(view.leavesProviders([known(0)], 3)).toBe(true);
    expect(view.leavesProviders([known(0), known(1)], 2)).toBe(true);
    expect(view.leavesProviders([known(0), known(1)], 3)).toBe(false);
  });

  test("buckets tell the same in whatever order they are added", () => {
    const newer: [number, Label, number] = [0, bucketOf(A), 5];
    const older: [number, Label, number] = [0, bucketOf(A), 1];
    expect(viewOf(older, newer).leavesProviders([known(4)], 1)).toBe(true);
    expect(viewOf(newer, older).leavesProviders([known(4)], 1)).toBe(true);
  });

  test("what is taken back was never there", () => {
    const view = viewOf([0, bucketOf(A), 0], [0, bucketOf(B), 0]);
    const takeBack = view.add(0, bucketOf(B), 4);
    expect(view.leavesProviders([known(4)], 1)).toBe(true);
    takeBack();
    expect(view.leavesProviders([known(4)], 1)).toBe(false);
    expect(view.leavesProviders([known(0)], 2)).toBe(true);
  });

  test("every level of the ladder is reached by waiting", () => {
    expect([0, 1, 2, 3, 4, 99].map(coarsestLevel)).toEqual([2, 3, 5, 6, 7, LADDER.length - 1]);
  });
});
