import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Candidate, chooseDiverse } from "./choose.ts";
import { MEMBERS_POLICY, type ReleasePolicy } from "./policy.ts";

interface Named extends Candidate {
  readonly age: number;
}

const policy: ReleasePolicy = { ...MEMBERS_POLICY, k: 4, l: 2 };

/** Candidates as texts: group, class, oldest first. */
function candidates(...texts: string[]): Named[] {
  return texts.map((text, age) => ({
    age,
    group: text[0] as string,
    outcomeClass: text[1] as string,
  }));
}

function agesOf(chosen: readonly Named[] | undefined): number[] | undefined {
  return chosen?.map(({ age }) => age);
}

describe("chooseDiverse", () => {
  test("takes everybody where they are many and diverse", () => {
    expect(agesOf(chooseDiverse(candidates("ax", "by", "cz", "dx"), policy))).toEqual([0, 1, 2, 3]);
  });

  test("takes one record a group, the oldest", () => {
    const chosen = chooseDiverse(candidates("ax", "ax", "by", "cz", "dx"), policy);
    expect(agesOf(chosen)).toEqual([0, 2, 3, 4]);
  });

  test("needs k groups, not k records", () => {
    expect(chooseDiverse(candidates("ax", "ay", "az", "by", "cx"), policy)).toBeUndefined();
  });

  test("needs l classes", () => {
    expect(chooseDiverse(candidates("ax", "bx", "cx", "dx"), policy)).toBeUndefined();
  });

  test("leaves the newest of a class out whose share would be too large", () => {
    const chosen = chooseDiverse(candidates("ax", "bx", "cx", "dx", "ey", "fy"), policy);
    expect(agesOf(chosen)).toEqual([0, 1, 2, 4, 5]);
  });

  test("takes a group's newer record where only that makes the set diverse", () => {
    const chosen = chooseDiverse(candidates("ax", "bx", "cx", "cy", "dy"), policy);
    expect(agesOf(chosen)).toEqual([0, 1, 3, 4]);
  });

  test("refuses rules under which it would not be exact", () => {
    expect(() => chooseDiverse([], { ...policy, k: 3 })).toThrow(RangeError);
    expect(() => chooseDiverse([], { ...policy, shareCap: [1, 3] })).toThrow(RangeError);
  });

  const arbitrary = fc.array(
    fc.record({
      group: fc.constantFrom("a", "b", "c", "d", "e", "f", "g"),
      outcomeClass: fc.constantFrom("x", "x", "x", "y", "z"),
    }),
    { maxLength: 10 },
  );
  const arbitraryPolicy = fc.record({
    k: fc.integer({ min: 4, max: 5 }),
    l: fc.integer({ min: 1, max: 3 }),
    shareCap: fc.constantFrom<[number, number]>([3, 5], [2, 3]),
  });
  const aged = (list: readonly Candidate[]): Named[] => list.map((one, age) => ({ ...one, age }));

  test("is as large as the largest set that a search through all of them finds", () => {
    fc.assert(
      fc.property(arbitrary, arbitraryPolicy, (list, rules) => {
        const all = { ...policy, ...rules };
        const chosen = chooseDiverse(aged(list), all);
        expect(chosen?.length).toBe(largestByTrying(aged(list), all));
        if (chosen !== undefined) expect(isAllowed(chosen, all)).toBe(true);
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });

  test("does not depend on a record that it leaves out", () => {
    fc.assert(
      fc.property(arbitrary, arbitraryPolicy, (list, rules) => {
        const all = { ...policy, ...rules };
        const chosen = chooseDiverse(aged(list), all);
        for (const out of aged(list)) {
          if (chosen?.some(({ age }) => age === out.age)) continue;
          const without = aged(list).filter(({ age }) => age !== out.age);
          expect(agesOf(chooseDiverse(without, all))).toEqual(agesOf(chosen));
        }
      }),
      { seed: 2, numRuns: 2_000 },
    );
  });
});

function isAllowed(
  set: readonly Named[],
  { k, l, shareCap: [top, bottom] }: ReleasePolicy,
): boolean {
  const counts = [...Map.groupBy(set, ({ outcomeClass }) => outcomeClass).values()];
  return (
    set.length >= k &&
    new Set(set.map(({ group }) => group)).size === set.length &&
    counts.length >= l &&
    counts.every(({ length }) => length * bottom <= top * set.length)
  );
}

/** Size of the largest allowed set; undefined if there is none. */
function largestByTrying(list: readonly Named[], rules: ReleasePolicy): number | undefined {
  let largest: number | undefined;
  for (let mask = 1; mask < 2 ** list.length; mask++) {
    const set = list.filter((_, index) => (mask >> index) & 1);
    if (set.length > (largest ?? 0) && isAllowed(set, rules)) largest = set.length;
  }
  return largest;
}
