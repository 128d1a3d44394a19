import { describe, expect, test } from "vitest";
import { nearest } from "./nearest.ts";

const KNOWN = ["name", "nameEn", "region", "industries", "selfDescription", "所在地", "服务行业"];

describe("nearest", () => {
  test.each([
    ["nmae", "name"],
    ["Region", "region"],
    ["industires", "industries"],
    ["selfDesciption", "selfDescription"],
    ["服务行页", "服务行业"],
    ["所在市", "所在地"],
  ])("of %s is %s", (word, meant) => {
    expect(nearest(word, KNOWN)).toBe(meant);
  });

  test.each(["", "x", "colour", "统一社会信用代码", "selfDescriptionOfEverything"])(
    "of %s is nothing",
    (word) => {
      expect(nearest(word, KNOWN)).toBeUndefined();
    },
  );

  test("is the one with the fewest changes, and the first of equals", () => {
    expect(nearest("nameE", ["nameEnd", "nameEn"])).toBe("nameEn");
    expect(nearest("abcx", ["abcd", "abce"])).toBe("abcd");
  });
});
