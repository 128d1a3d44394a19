import { expect, test } from "vitest";
import { DEFAULT_RULES, minLevelOf, parseReleaseRules } from "./rules.ts";

test("a policy may make each floor stricter", () => {
  const stricter = {
    k: 10,
    l: 4,
    shareCap: "1/2",
    m: 3,
    kSatisfaction: 20,
    minLevel: 1,
    minLevels: { jinling: 2 },
    capYear: "1/40",
    capLife: "1/8",
    narratives: true,
  };
  expect(parseReleaseRules(JSON.stringify(stricter))).toEqual(stricter);
  expect(parseReleaseRules('{"k":7}')).toEqual({ ...DEFAULT_RULES, k: 7 });
  expect(parseReleaseRules("{}")).toEqual(DEFAULT_RULES);
});

test.each([
  '{"k":4}',
  '{"l":2}',
  '{"shareCap":"2/3"}',
  '{"m":1}',
  '{"kSatisfaction":9}',
  '{"minLevel":-1}',
  '{"minLevel":0.5}',
  '{"minLevels":[1]}',
  '{"minLevels":{"aa":"1"}}',
  '{"capYear":"1/10"}',
  '{"capLife":"1/2"}',
  '{"capLife":0.1}',
  '{"narratives":1}',
  '{"K":5}',
  '{"__proto__":{}}',
  "[]",
  "null",
  "5",
  "k=5",
])("no policy: %s", (json) => {
  expect(parseReleaseRules(json)).toBeUndefined();
});

test("the coarser of the level for all and the level for the center holds", () => {
  const rules = { ...DEFAULT_RULES, minLevel: 1, minLevels: { aa: 3, bb: 0 } };
  expect(["aa", "bb", "cc", "constructor"].map((id) => minLevelOf(rules, id))).toEqual([
    3, 1, 1, 1,
  ]);
});
