import { describe, expect, test } from "vitest";
import { toHex } from "../crypto/bytes.ts";
import { bandOf, clipDelta, DELTA_BANDS, deltaBandRange } from "./bands.ts";
import { bucketCommitment, bucketIdOf } from "./commitment.ts";
import { standardHierarchies } from "./hierarchy.ts";
import { isLegalLabel, LADDER, LADDER_HASH, labelAt } from "./ladder.ts";

const hierarchies = standardHierarchies();
const facts = {
  scenario: "S21",
  provider: "91350100M000100Y43",
  sector: "3670",
  size: "medium",
};

describe("the ladder of labels", () => {
  test("goes from fine to coarse", () => {
    expect(LADDER.map((_, level) => labelAt(level, facts, hierarchies)?.join(" "))).toEqual([
      "S21 91350100M000100Y43 36 LM",
      "S21 91350100M000100Y43 C7 *",
      "S21 91350100M000100Y43 C *",
      "E 91350100M000100Y43 C *",
      "S21 * 36 LM",
      "S21 * C7 *",
      "E * C *",
      "* * C *",
    ]);
  });

  test("is the one that hubs know", () => {
    expect(toHex(LADDER_HASH)).toMatchInlineSnapshot(
      `"a392e19985f32461f78594ef0fd6efae62372c79fcff27d42b0a3a7b15e3f9b3"`,
    );
    expect(
      Object.entries(hierarchies.hashes).map(([name, hash]) => `${name} ${toHex(hash)}`),
    ).toMatchInlineSnapshot(`
      [
        "scenario ac6cd15101c168984e960cfbc254b1541c7bec9fbe0f1d4db417d2cbe30f9558",
        "sector 5c0992bea68cb6211f73e3b334294808340d69de0aeb5b2eb003ef1cab1dec87",
        "size d89fc144e14a0f1e1cf5fe239c6e75be4154fa220f42755f21f461a3c8b04fdc",
      ]
    `);
  });

  test("has no label for facts that are not in the hierarchies", () => {
    expect(labelAt(0, { ...facts, size: "" }, hierarchies)).toBeUndefined();
    expect(labelAt(2, { ...facts, size: "" }, hierarchies)).toBeDefined();
    expect(labelAt(2, { ...facts, provider: "" }, hierarchies)).toBeUndefined();
    expect(labelAt(5, { ...facts, provider: "" }, hierarchies)).toBeDefined();
    expect(labelAt(7, { ...facts, sector: "99" }, hierarchies)).toBeUndefined();
    expect(labelAt(7, { ...facts, scenario: "S99" }, hierarchies)).toBeUndefined();
    expect(() => labelAt(8, facts, hierarchies)).toThrow(RangeError);
  });

  test("knows its own labels, each at its level alone", () => {
    for (const level of LADDER.keys()) {
      const label = labelAt(level, facts, hierarchies) ?? [];
      for (const other of LADDER.keys()) {
        expect(isLegalLabel(other, label, hierarchies), `${label} at ${other}`).toBe(
          other === level,
        );
      }
    }
  });

  test.each([
    [0, ["S21", "91350100M000100Y43", "36"]],
    [0, ["S21", "Shenzhen Foo Ltd", "36", "LM"]],
    [0, ["S21", "91350100M000100Y43", "99", "LM"]],
    [0, ["S21", "91350100M000100Y43", "36", "large"]],
    [3, ["S21", "91350100M000100Y43", "C", "*"]],
    [7, ["*", "*", "*", "*"]],
    [8, ["*", "*", "C", "*"]],
    [-1, ["*", "*", "C", "*"]],
  ])("refuses what no record could have at level %i: %j", (level, label) => {
    expect(isLegalLabel(level, label, hierarchies)).toBe(false);
  });

  test("every division of manufacturing has a cluster of its own kind", () => {
    const clusters = hierarchies.values("cluster");
    expect([...clusters].filter((code) => /^C\d$/.test(code))).toHaveLength(8);
    expect(clusters.has("C")).toBe(false);
    expect(hierarchies.sectorOf("6510")).toEqual({ division: "65", cluster: "I", section: "I" });
  });
});

describe("bands", () => {
  test("a value at a lower end is in the band above it", () => {
    expect([-1, 0, 4, 5, 19, 20, 50].map((value) => bandOf(value, DELTA_BANDS))).toEqual([
      0, 1, 1, 2, 3, 4, 4,
    ]);
  });

  test("ranges of the delta bands join without gaps over the clip", () => {
    const ranges = [0, 1, 2, 3, 4].map(deltaBandRange);
    expect(ranges).toEqual([
      [-50, -1],
      [0, 4],
      [5, 9],
      [10, 19],
      [20, 50],
    ]);
  });

  test("a delta is clipped to whole points", () => {
    expect([12.5, -0.4, 99, -99].map(clipDelta)).toEqual([13, 0, 50, -50]);
  });
});

describe("commitment", () => {
  const opening = (byte: number) => ({
    salt: new Uint8Array(32).fill(byte),
    group: new Uint8Array(16).fill(byte),
    nullifier: new Uint8Array(32).fill(byte),
  });

  test("does not depend on the order of the records, and does on each part of each", () => {
    const root = bucketCommitment([opening(1), opening(2)]);
    expect(bucketCommitment([opening(2), opening(1)])).toEqual(root);
    for (const part of ["salt", "group", "nullifier"] as const) {
      const changed = { ...opening(2), [part]: opening(3)[part] };
      expect(bucketCommitment([opening(1), changed])).not.toEqual(root);
    }
  });

  test("identifiers have 16 bytes and depend on every nullifier", () => {
    const [a, b] = [opening(1).nullifier, opening(2).nullifier];
    expect(bucketIdOf([a, b])).toHaveLength(16);
    expect(bucketIdOf([a, b])).not.toEqual(bucketIdOf([a]));
  });
});
