import { describe, expect, test } from "vitest";
import { buildHierarchy, type HierarchyNode, lowestNode } from "./hierarchy.ts";

const EDUCATION = [
  ["Bachelors", "Undergraduate", "Higher", "*"],
  ["11th", "High School", "Secondary", "*"],
  ["Some-college", "Undergraduate", "Higher", "*"],
  ["Doctorate", "Graduate", "Higher", "*"],
];

describe("buildHierarchy", () => {
  const education = buildHierarchy("education", EDUCATION);
  const numberOf = (value: string) => education.numberOf.get(value) as number;
  const lowest = (...values: string[]) => {
    const numbers = values.map(numberOf);
    return lowestNode(education, Math.min(...numbers), Math.max(...numbers));
  };

  test("puts the values of a label side by side, in whatever order the lines are", () => {
    expect(lowest("Bachelors", "Some-college")).toMatchObject({
      label: "Undergraduate",
      loss: 0.5,
    });
    expect(lowest("Bachelors", "Doctorate")).toMatchObject({ label: "Higher", loss: 0.75 });
    expect(lowest("11th", "Doctorate")).toMatchObject({ label: "*", loss: 1 });
    expect(lowest("11th")).toMatchObject({ label: "11th", loss: 0, children: [] });
  });

  test("passes over a level that changes nothing", () => {
    const labels = (node: HierarchyNode): string[] => [
      node.label,
      ...node.children.flatMap(labels),
    ];
    expect(labels(education.root).sort()).toEqual(
      ["*", "11th", "Bachelors", "Doctorate", "Higher", "Some-college", "Undergraduate"].sort(),
    );
  });

  test("of one value is that value", () => {
    const { root } = buildHierarchy("one", [["a", "b", "*"]]);
    expect(root).toEqual({ label: "a", from: 0, to: 1, children: [], loss: 0 });
  });

  test.each<[string, string[][]]>([
    ["no line", []],
    ["an empty line", [[]]],
    [
      "lines of different lengths",
      [
        ["a", "x", "*"],
        ["b", "*"],
      ],
    ],
    [
      "two roots",
      [
        ["a", "*"],
        ["b", "all"],
      ],
    ],
    [
      "a value twice",
      [
        ["a", "x", "*"],
        ["a", "x", "*"],
      ],
    ],
    [
      "a label below two others",
      [
        ["a", "x", "m", "*"],
        ["b", "x", "n", "*"],
      ],
    ],
  ])("refuses %s", (_what, lines) => {
    expect(() => buildHierarchy("bad", lines)).toThrow(
      expect.objectContaining({
        code: "ERR_ARGUMENT_INVALID",
        message: expect.stringContaining("bad"),
      }),
    );
  });
});
