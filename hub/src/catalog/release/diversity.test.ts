import fc from "fast-check";
import { expect, test } from "vitest";
import { mayKeepShare, mostClasses } from "./diversity.ts";
import { parseFraction } from "./fraction.ts";

/** Every way to split each band into satisfied and not: the sizes of the classes, and how many were satisfied. */
function* splits(bands: readonly number[]): Iterable<{ classes: number[]; satisfied: number }> {
  const [count, ...rest] = bands;
  if (count === undefined) {
    yield { classes: [], satisfied: 0 };
    return;
  }
  for (const { classes, satisfied } of splits(rest)) {
    for (let x = 0; x <= count; x += 1) {
      yield { classes: [x, count - x, ...classes], satisfied: satisfied + x };
    }
  }
}

const anyBands = fc.array(fc.nat(4), { minLength: 1, maxLength: 4 });
const anyRange = fc.tuple(fc.nat(16), fc.nat(16)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);

test("the most classes are those of the best split with so many satisfied", () => {
  fc.assert(
    fc.property(anyBands, anyRange, (bands, range) => {
      const [low, high] = range as [number, number];
      const counts = [...splits(bands)]
        .filter(({ satisfied }) => satisfied >= low && satisfied <= high)
        .map(({ classes }) => classes.filter((size) => size > 0).length);
      expect(mostClasses(bands, [low, high])).toBe(Math.max(0, ...counts));
    }),
    { numRuns: 500, seed: 1 },
  );
});

test("a share can be kept exactly where some split and some choice of k or more records keep it", () => {
  fc.assert(
    fc.property(
      anyBands,
      anyRange,
      fc.constantFrom("3/5", "1/2", "1/3", "1/1"),
      fc.integer({ min: 1, max: 6 }),
      (bands, range, cap, k) => {
        const records = bands.reduce((a, b) => a + b, 0);
        const [low, high] = range as [number, number];
        fc.pre(records >= k && low <= records);
        const share = parseFraction(cap);
        const isPossible = [...splits(bands)].some(({ classes, satisfied }) => {
          if (satisfied < low || satisfied > high) return false;
          for (let counting = k; counting <= records; counting += 1) {
            const most = Math.floor(
              (Number(share.numerator) * counting) / Number(share.denominator),
            );
            if (classes.reduce((sum, size) => sum + Math.min(size, most), 0) >= counting) {
              return true;
            }
          }
          return false;
        });
        expect(mayKeepShare(bands, [low, high], share, k)).toBe(isPossible);
      },
    ),
    { numRuns: 500, seed: 2 },
  );
});
