import { createHmac } from "node:crypto";
import {
  bandOf,
  DELTA_BANDS,
  encodeBody,
  type Label,
  sha256Text,
  standardHierarchies,
  toHex,
  utf8,
} from "@tributary/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pseudonymDictionary } from "../../eval/support/attacks/dictionary.ts";
import { differencing } from "../../eval/support/attacks/differencing.ts";
import { Haystack } from "../../eval/support/attacks/haystack.ts";
import { intersectionAttack } from "../../eval/support/attacks/intersection.ts";
import { highestLevelAfter, Knowledge } from "../../eval/support/attacks/knowledge.ts";
import { rowReduced } from "../../eval/support/attacks/modular.ts";
import { possibleValues } from "../../eval/support/attacks/moments.ts";
import type { Cell, PublishedSet } from "../../eval/support/attacks/published.ts";
import { reconstruction } from "../../eval/support/attacks/reconstruction.ts";
import { quartersOf } from "../../eval/support/engagement.ts";
import { generateEngagements } from "../../eval/support/generate-engagements.ts";
import { sealingReleaser } from "../../eval/support/naive/sealing.ts";
import type { SeenBucket } from "../../eval/support/outbox.ts";
import { engagement } from "./engagement-fixture.ts";

const K = 3;
const SALTED = 2000;
/** Record i is of enterprise i. */
const APART = Array.from({ length: 40 }, (_, i) => i);

function sets(...records: readonly (readonly number[])[]): PublishedSet[] {
  return records.map((of, i) => ({ family: `${i}`, records: of }));
}

describe("knowledge", () => {
  test("the waiting rule", () => {
    expect([0, 1, 2, 3, 4, 20].map(highestLevelAfter)).toEqual([2, 3, 5, 6, 7, 7]);
  });

  const bucket = (fields: Partial<SeenBucket>): SeenBucket => ({
    q: 0,
    level: 2,
    label: ["S01", "P001", "C", "*"] as Label,
    n: 5,
    distinct: 5,
    kpis: [],
    cost: [0, 5, 0, 0, 0, 0],
    months: [0, 5, 0, 0],
    voucher: 0,
    satisfied: undefined,
    nullifiers: [],
    ...fields,
  });
  const target = engagement({ q: 1 });

  test.each([
    ["is sealed before the target was served", bucket({ q: 0 }), []],
    ["is as coarse as the target's wait allows", bucket({ q: 1 }), ["A1", "A2", "A3", "A4"]],
    ["is coarser", bucket({ q: 1, level: 3, label: ["A", "P001", "C", "*"] }), []],
    ["is of another sector", bucket({ q: 1, label: ["S01", "P001", "D", "*"] }), []],
    ["is of another scenario", bucket({ q: 1, label: ["S02", "P001", "C", "*"] }), ["A1"]],
    ["is of another provider", bucket({ q: 1, label: ["S01", "P2", "C", "*"] }), ["A1", "A2"]],
    ["has no such cost", bucket({ q: 1, cost: [5, 0, 0, 0, 0, 0] }), ["A1", "A2", "A3"]],
    ["is all vouchers", bucket({ q: 1, voucher: 5 }), ["A1", "A2", "A3"]],
  ])("a bucket that %s", (_, candidate, profiles) => {
    const knowledge = new Knowledge([candidate], standardHierarchies());
    const all = ["A1", "A2", "A3", "A4"] as const;
    const found = all.filter((profile) => knowledge.bucketsFor(profile, target).length > 0);
    expect(found).toEqual(profiles);
  });
});

describe("intersection", () => {
  const cell = (...records: readonly number[]): Cell => ({
    records,
    rows: records.map((record) => `row ${record}`),
  });

  test("keeps what is in every cover", () => {
    const covers = [() => [cell(0, 1, 2)], () => [cell(0, 3, 4)]];
    const { figures } = intersectionAttack([0], covers, APART, K);
    expect(figures).toMatchObject({ below_k: 1, exact: 1 });
  });

  test("goes on through all covers, but for one that leaves nothing", () => {
    const three = [() => [cell(0, 1)], () => [cell(0, 2)], () => [cell(0, 1)]];
    expect(intersectionAttack([0], three, APART, K).figures).toMatchObject({ exact: 1 });
    const stray = [() => [cell(0, 1)], () => [cell(5, 6)], () => [cell(0, 1)]];
    expect(intersectionAttack([0], stray, APART, K).figures).toMatchObject({
      below_k: 1,
      exact: 0,
    });
  });

  test("a single cover leaves its cells, and several records of an enterprise are one candidate", () => {
    const covers = [() => [cell(0, 1), cell(2)]];
    expect(intersectionAttack([0], covers, APART, K).figures).toMatchObject({
      below_k: 0,
      exact: 0,
    });
    expect(
      intersectionAttack(
        [0],
        covers,
        APART.map(() => 0),
        K,
      ).figures,
    ).toMatchObject({
      below_k: 1,
      exact: 0,
    });
  });

  test("who is left with a wrong row has found nothing", () => {
    const covers = [() => [cell(0, 1)], () => [cell(1, 2)]];
    expect(intersectionAttack([0], covers, APART, K).passed).toBe(true);
  });
});

describe("differencing", () => {
  test("subtracts a set from one that contains it", () => {
    const { figures } = differencing(sets([0, 1, 2, 3, 4], [0, 1, 2]), APART, K);
    expect(figures).toMatchObject({ differences: 1, isolated: 2 });
  });

  test("subtracts all cells of a table from its margin", () => {
    const cells = [
      [0, 1, 2],
      [3, 4, 5],
    ].map((records) => ({ family: "cells", records }));
    const found = differencing([...sets([0, 1, 2, 3, 4, 5, 6]), ...cells], APART, K);
    expect(found.figures).toMatchObject({ differences: 1, isolated: 1 });
  });

  test("leaves alone what is k enterprises or more, and sets that only overlap", () => {
    expect(differencing(sets([0, 1, 2, 3, 4, 5], [0, 1, 2]), APART, K).passed).toBe(true);
    expect(differencing(sets([0, 1, 2, 3], [1, 2, 3, 4]), APART, K).passed).toBe(true);
  });

  test("counts enterprises, not records", () => {
    const one = APART.map((i) => (i > 2 ? 3 : i));
    expect(differencing(sets([0, 1, 2, 3, 4, 5], [0, 1, 2]), one, K).passed).toBe(false);
  });
});

describe("reconstruction", () => {
  test("solves for a record that no single difference gives", () => {
    // (a + b) + (b + c) + (a + c) is twice the sum of all: three unknowns, three equations.
    const found = reconstruction(sets([0, 1], [1, 2], [0, 2]), APART, K);
    expect(found.figures).toMatchObject({ exact: 3, fewest_in_combination: 1 });
  });

  test("finds combinations of few records that are in no reduced row", () => {
    // The rows say 0 + 5 + 6 + 7 and 1 + 5 + 6 + 7; their difference is about two.
    const found = reconstruction(sets([0, 1, 2, 3, 4], [0, 5, 6, 7], [1, 5, 6, 7]), APART, K);
    expect(found.figures).toMatchObject({ below_k: 2, exact: 0, fewest_in_combination: 2 });
  });

  test("sets that share nothing give nothing away", () => {
    const found = reconstruction(sets([0, 1, 2], [3, 4, 5], [6, 7, 8, 9]), APART, K);
    expect(found).toMatchObject({
      passed: true,
      figures: { components: 3, fewest_in_combination: 3 },
    });
  });

  test("a set of too few is found without any algebra", () => {
    expect(reconstruction(sets([0, 1]), APART, K).figures).toMatchObject({ below_k: 2 });
  });
});

describe("rowReduced", () => {
  test("leaves unit vectors where everything is known", () => {
    const rows = rowReduced(
      [
        [0, 1],
        [1, 2],
        [0, 2],
      ],
      3,
    );
    expect(rows.map((row) => [...row].filter((value) => value !== 0))).toEqual([[1], [1], [1]]);
  });

  test("has the rank of exact elimination in rationals", () => {
    const matrix = fc.array(fc.uniqueArray(fc.nat(6), { maxLength: 7 }), { maxLength: 8 });
    fc.assert(
      fc.property(matrix, (rows) => {
        expect(rowReduced(rows, 7)).toHaveLength(rationalRank(rows, 7));
      }),
      { seed: 1 },
    );
  });

  /** Fraction-free elimination (Bareiss) in big integers. */
  function rationalRank(rows: readonly (readonly number[])[], columns: number): number {
    const m: bigint[][] = rows.map((ones) =>
      Array.from({ length: columns }, (_, c) => BigInt(ones.includes(c))),
    );
    let rank = 0;
    for (let c = 0; c < columns; c++) {
      const at = m.findIndex((row, r) => r >= rank && row[c] !== 0n);
      if (at < 0) continue;
      const [pivot] = m.splice(at, 1) as [bigint[]];
      m.splice(rank, 0, pivot);
      for (let r = rank + 1; r < m.length; r++) {
        const row = m[r] as bigint[];
        const factor = row[c] as bigint;
        m[r] = row.map((v, i) => v * (pivot[c] as bigint) - factor * (pivot[i] as bigint));
      }
      rank += 1;
    }
    return rank;
  }
});

describe("possibleValues", () => {
  const momentsOf = (values: readonly number[]) => ({
    n: values.length,
    sum: values.reduce((sum, value) => sum + value, 0),
    sumOfSquares: values.reduce((sum, value) => sum + value * value, 0),
    histogram: [0, 1, 2, 3, 4].map(
      (band) => values.filter((value) => bandOf(value, DELTA_BANDS) === band).length,
    ),
  });
  const delta = fc.integer({ min: -50, max: 50 });

  test("is the interval of all triples with these moments", () => {
    fc.assert(
      fc.property(fc.tuple(delta, delta, delta), (values) => {
        const moments = momentsOf(values);
        let low = 51;
        let high = -51;
        for (let a = -50; a <= 50; a++) {
          for (let b = -50; b <= 50; b++) {
            const c = moments.sum - a - b;
            if (c < -50 || c > 50 || a * a + b * b + c * c !== moments.sumOfSquares) continue;
            if (`${momentsOf([a, b, c]).histogram}` !== `${moments.histogram}`) continue;
            low = Math.min(low, a, b, c);
            high = Math.max(high, a, b, c);
          }
        }
        expect(possibleValues(moments)).toEqual({ low, high });
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  test("is wider where the sum of squares is withheld", () => {
    const moments = momentsOf([19, 19, 20, 19]);
    expect(possibleValues(moments)).toEqual({ low: 19, high: 20 });
    expect(possibleValues({ ...moments, sumOfSquares: undefined })).toEqual({ low: 10, high: 47 });
    const others = momentsOf([10, 12, 11, 12]);
    expect(possibleValues(others)).toEqual({ low: 10, high: 12 });
    expect(possibleValues({ ...others, sumOfSquares: undefined })).toEqual({ low: 10, high: 15 });
  });

  test("holds every value that is there", () => {
    fc.assert(
      fc.property(fc.array(delta, { minLength: 1, maxLength: 12 }), (values) => {
        const { low, high } = possibleValues(momentsOf(values));
        expect(low).toBeLessThanOrEqual(Math.min(...values));
        expect(high).toBeGreaterThanOrEqual(Math.max(...values));
      }),
      { seed: 1 },
    );
  });
});

describe("Haystack", () => {
  test("has what is there and nothing else", () => {
    const bytes = fc.uint8Array({ minLength: 4, maxLength: 60 });
    fc.assert(
      fc.property(bytes, bytes, fc.nat(), (hay, other, at) => {
        const haystack = new Haystack(hay);
        const from = at % (hay.length - 3);
        expect(haystack.has(hay.subarray(from))).toBe(true);
        expect(haystack.has(other)).toBe(Buffer.from(hay).includes(Buffer.from(other)));
      }),
      { seed: 1 },
    );
  });
});

describe("the pseudonym dictionary", () => {
  const { engagements, register } = generateEngagements({
    seed: 5,
    years: 2,
    perYear: 100,
    enterprises: 100,
  });
  const options = { k: 5, hierarchies: standardHierarchies() };

  test("inverts an unkeyed hash for everybody who was released", async () => {
    const bodies = await sealingReleaser("plain-hash").release(quartersOf(engagements), options);
    const honest = await sealingReleaser().release(quartersOf(engagements), options);
    const found = pseudonymDictionary(bodies, register, engagements, SALTED);
    expect(found.figures["found"]).toBeGreaterThan(40);
    expect(pseudonymDictionary(honest, register, engagements, SALTED)).toMatchObject({
      passed: true,
    });
  });

  const [entry] = register;
  const id = entry?.id ?? "";
  const secret = (text: string) => new Uint8Array(sha256Text(`secret ${text}`));
  const bodyWith = (policyId: string, bucketId: Uint8Array, salt: Uint8Array) =>
    encodeBody("outcome", {
      epoch: "2021Q1",
      policy: { policyId, k: 5, concentration: new Uint8Array(salt) },
      buckets: [
        {
          bucketId: new Uint8Array(bucketId.slice(0, 16)),
          label: ["S01", "P001", "C", "*"],
          n: 1,
          distinct: 1,
          nullifiers: [secret("nullifier")],
          commitment: secret("commitment"),
        },
      ],
    });

  test.each([
    ["a digest cut to 16 bytes", bodyWith("p", sha256Text(id), secret("salt"))],
    ["a code under an empty key", bodyWith("p", hmac(new Uint8Array(), id), secret("salt"))],
    [
      "a code under a key that is published",
      bodyWith("p", hmac(secret("salt"), id), secret("salt")),
    ],
    ["a digest in hex", bodyWith(toHex(sha256Text(`ent\0${id}`)), secret("b"), secret("salt"))],
    ["a digest in base64", bodyWith(base64(sha256Text(id)), secret("b"), secret("salt"))],
    ["the identifier itself", bodyWith(`policy for ${id}`, secret("b"), secret("salt"))],
    ["the name, in base64", bodyWith(base64(utf8(entry?.name ?? "")), secret("b"), secret("salt"))],
  ])("finds %s", (_, body) => {
    expect(pseudonymDictionary([body], register, [], SALTED).figures["found"]).toBe(1);
  });

  test("finds nothing in an honest body", () => {
    const body = bodyWith("p", secret("b"), secret("salt"));
    expect(pseudonymDictionary([body], register, [], SALTED).figures["found"]).toBe(0);
  });

  function hmac(key: Uint8Array, text: string): Uint8Array {
    return createHmac("sha256", Buffer.from(key)).update(text).digest();
  }

  function base64(bytes: Uint8Array): string {
    return Buffer.from(bytes).toString("base64");
  }
});
