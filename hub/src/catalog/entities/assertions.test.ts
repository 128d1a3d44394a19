import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AssertionEntry, type AssertionKind, assertedBy } from "./assertions.ts";

function said(position: number, kind: AssertionKind, a = "a", b = "b"): AssertionEntry {
  return { id: `e${position}`, position, kind, a, b, by: "op", evidence: "", model: "m" };
}

function takeBack(position: number, entry: number): AssertionEntry {
  return {
    id: `e${position}`,
    position,
    kind: "retract",
    entry: `e${entry}`,
    by: "op",
    evidence: "",
  };
}

describe("assertedBy", () => {
  test("different wins over same until it is taken back", () => {
    const both = [said(1, "different"), said(2, "same")];
    expect(assertedBy(both).of("b", "a")).toBe("different");
    expect(assertedBy([...both, takeBack(3, 1)]).of("a", "b")).toBe("same");
  });

  test("a retraction can be taken back", () => {
    const entries = [said(1, "same"), takeBack(2, 1), takeBack(3, 2)];
    expect(assertedBy(entries).of("a", "b")).toBe("same");
    expect(assertedBy(entries).sameAs("b")).toEqual(["a"]);
  });

  test("an entry cannot take back a later one, nor itself", () => {
    expect(assertedBy([takeBack(1, 2), said(2, "same"), takeBack(3, 3)]).of("a", "b")).toBe("same");
  });

  test("the order in which entries are given does not matter", () => {
    const kind = fc.constantFrom<AssertionKind>("same", "different", "related");
    const entries = fc
      .array(fc.oneof(kind, fc.nat(12)), { maxLength: 12 })
      .map((list) =>
        list.map((what, i) => (typeof what === "number" ? takeBack(i, what) : said(i, what))),
      );
    fc.assert(
      fc.property(entries, fc.infiniteStream(fc.nat()), (list, numbers) => {
        const shuffled = list
          .map((entry) => ({ entry, at: numbers.next().value as number }))
          .sort((x, y) => x.at - y.at)
          .map(({ entry }) => entry);
        expect(assertedBy(shuffled).all).toEqual(assertedBy(list).all);
        expect(assertedBy(shuffled).of("a", "b")).toBe(assertedBy(list).of("a", "b"));
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});
