import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DocumentSet, MIN_SHINGLES, type ShingledDocuments } from "./documents.ts";
import { nearDuplicates } from "./near-duplicates.ts";

const CENTERS = 4;

/** Sets over few elements, so that many are alike, some of them to the last element. */
const sets = fc.array(
  fc.record({
    center: fc.nat(CENTERS - 1),
    elements: fc.uniqueArray(fc.nat(12), { maxLength: 12 }),
  }),
  { maxLength: 24 },
);

function packed(
  all: readonly { center: number; elements: readonly number[] }[],
): ShingledDocuments {
  const starts = [0];
  for (const { elements } of all) starts.push((starts.at(-1) as number) + elements.length);
  return {
    centers: all.map(({ center }) => center),
    starts,
    shingles: Uint32Array.from(all.flatMap(({ elements }) => elements.toSorted((a, b) => a - b))),
  };
}

/** Each with each. */
function naive(
  all: readonly { center: number; elements: readonly number[] }[],
  minJaccard: number,
): number[] {
  const copies = new Array<number>(CENTERS ** 2).fill(0);
  for (const { center: a, elements } of all) {
    for (let b = 0; b < CENTERS; b += 1) {
      const isCopied = all.some(({ center, elements: others }) => {
        if (center !== b || center === a) return false;
        const both = elements.filter((element) => others.includes(element)).length;
        const either = new Set([...elements, ...others]).size;
        return either > 0 && both / either >= minJaccard - 1e-12;
      });
      if (isCopied) copies[a * CENTERS + b] = (copies[a * CENTERS + b] as number) + 1;
    }
  }
  return copies;
}

describe("near-duplicates", () => {
  test("are those that comparing each with each finds, at any bound", () => {
    fc.assert(
      fc.property(sets, fc.constantFrom(0.3, 0.5, 0.7, 0.75, 1), (all, minJaccard) => {
        const { copies, isComplete } = nearDuplicates(packed(all), {
          centers: CENTERS,
          minJaccard,
        });
        expect([...copies]).toEqual(naive(all, minJaccard));
        expect(isComplete).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("are not looked for without end where all texts are alike, and it is said", () => {
    const all = Array.from({ length: 200 }, (_, i) => ({
      center: i % 2,
      elements: Array.from({ length: 40 }, (_, k) => (k < 33 ? k : 100 * i + k)),
    }));
    const options = { centers: CENTERS, minJaccard: 0.7 };
    expect(nearDuplicates(packed(all), options).isComplete).toBe(true);
    expect(nearDuplicates(packed(all), { ...options, maxSteps: 50 }).isComplete).toBe(false);
  });
});

const TEXT = "该企业设备数据散落在多套系统，统一采集后一次合格率提高百分之十二，交付周期缩短三天。";

describe("documents", () => {
  test("are their pieces of five characters, whatever width, case and punctuation they are written in", () => {
    const set = new DocumentSet();
    set.add(0, TEXT);
    set.add(1, TEXT.replaceAll("，", ", ").replace("。", "．"));
    const { starts, shingles } = set.documents();
    const [first, second] = [shingles.slice(starts[0], starts[1]), shingles.slice(starts[1])];
    expect([...first]).toEqual([...second]);
    expect([...first]).toEqual([...new Set(first)].sort((a, b) => a - b));
    expect(first.length).toBeGreaterThan(MIN_SHINGLES);
  });

  test("of a title's length are left out", () => {
    const set = new DocumentSet();
    set.add(0, "铜加工厂能耗管理案例");
    expect(set.documents().centers).toEqual([]);
  });

  test("beyond what memory holds lose the same pieces, so that copies stay copies", () => {
    const many = (number: number) =>
      Array.from({ length: 60 }, (_, i) => `${number}号${i}`).join("");
    const set = new DocumentSet(300);
    for (let number = 0; number < 6; number += 1) {
      set.add(0, many(number));
      set.add(1, many(number));
    }
    expect(set.halvings).toBeGreaterThan(0);
    const documents = set.documents();
    expect(documents.shingles.length).toBeLessThanOrEqual(300);
    const { copies } = nearDuplicates(documents, { centers: 2, minJaccard: 0.7 });
    expect([...copies]).toEqual([0, 6, 6, 0]);
  });
});
