import { describe, expect, test } from "vitest";
import { clusterRows, type Link, type PairRules } from "./cluster.ts";

/** Rules over a table of evidence; pairs that are not in it are strangers of -10 bits. */
function rules(
  evidence: Readonly<Record<string, number>>,
  excluded: Readonly<Record<string, "person" | "rule">> = {},
): PairRules {
  const key = (a: number, b: number) => `${Math.min(a, b)}-${Math.max(a, b)}`;
  return {
    evidence: (a, b) => evidence[key(a, b)] ?? -10,
    excludes: (a, b) => excluded[key(a, b)],
    order: (a, b) => a - b,
  };
}

function link(a: number, b: number, bits: number, isAsserted = false): Link {
  return { a, b, bits, isAsserted };
}

describe("clusterRows", () => {
  test("joins what is linked", () => {
    expect(clusterRows([0, 1, 2], [link(0, 1, 9)], rules({ "0-1": 9 }))).toEqual([[0, 1], [2]]);
  });

  test("makes no chain of strangers", () => {
    const links = [link(0, 1, 9), link(1, 2, 8), link(2, 3, 7)];
    const chain = rules({ "0-1": 9, "1-2": 8, "2-3": 7 });
    expect(clusterRows([0, 1, 2, 3], links, chain)).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  test("joins a record that is like the rest on the mean and unlike none as a whole", () => {
    const links = [link(0, 1, 9), link(1, 2, 8)];
    expect(clusterRows([0, 1, 2], links, rules({ "0-1": 9, "1-2": 8, "0-2": -1 }))).toEqual([
      [0, 1, 2],
    ]);
  });

  test("takes in no record that one of the others is a stranger to, all together", () => {
    const links = [link(0, 1, 12), link(0, 2, 20)];
    const odd = rules({ "0-1": 3, "0-2": 20, "1-2": -9 });
    expect(clusterRows([0, 1, 2], [link(0, 1, 30), link(0, 2, 20)], odd)).toEqual([[0, 1], [2]]);
    expect(clusterRows([0, 1, 2], links, odd)).toEqual([[0, 2], [1]]);
  });

  test("wants two bits between two clusters on the mean", () => {
    const links = [link(0, 1, 30), link(0, 2, 9)];
    const thin = (bits: number) => rules({ "0-1": 20, "0-2": 9, "1-2": bits });
    expect(clusterRows([0, 1, 2], links, thin(-6))).toEqual([[0, 1], [2]]);
    expect(clusterRows([0, 1, 2], links, thin(-5))).toEqual([[0, 1, 2]]);
  });

  test("the heavier link wins over what it excludes", () => {
    const links = [link(0, 1, 7), link(1, 2, 9)];
    const even = rules({ "0-1": 7, "1-2": 9, "0-2": 9 }, { "0-2": "rule" });
    expect(clusterRows([0, 1, 2], links, even)).toEqual([[0], [1, 2]]);
  });

  test("what a person links stands against rules and weights, not against another person", () => {
    const asserted = [link(0, 1, 0, true)];
    expect(clusterRows([0, 1], asserted, rules({}, { "0-1": "rule" }))).toEqual([[0, 1]]);
    expect(clusterRows([0, 1], asserted, rules({}, { "0-1": "person" }))).toEqual([[0], [1]]);
  });
});
