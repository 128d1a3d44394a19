import { isRecordKey, utf8 } from "@tributary/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { recordKeyOf } from "./key.ts";

describe("recordKeyOf", () => {
  test.each([
    [["甲公司（示例）"], "甲公司(示例)"],
    [["甲公司(示例)"], "甲公司(示例)"],
    [["  甲　公司\n"], "甲 公司"],
    [["Ａ１"], "A1"],
    [["甲\u00ad公\u2060司"], "甲公司"],
    [["赣州", "甲公司"], "赣州/甲公司"],
    [["", "甲公司"], "甲公司"],
    [["甲公司", " "], "甲公司"],
  ])("%j is the key %s", (values, key) => {
    expect(recordKeyOf(values)).toBe(key);
  });

  test("tells names apart that differ in a rare character of an old code page", () => {
    expect(recordKeyOf(["王\ue000"])).not.toBe(recordKeyOf(["王\ue001"]));
  });

  test.each([[[]], [[""]], [["", " ", "\u200b"]]])("finds no key in %j", (values) => {
    expect(recordKeyOf(values)).toBeUndefined();
  });

  test("names what is too long by its hash, and different things differently", () => {
    const [a, b] = ["甲", "乙"].map((end) => recordKeyOf([`${"长".repeat(43)}${end}`]));
    expect(a).toMatch(/^sha256-[0-9a-f]{32}$/);
    expect(a).not.toBe(b);
    expect(recordKeyOf(["长".repeat(42)])).toBe("长".repeat(42));
  });

  test("is a key that a record can have, for any values", () => {
    const value = fc.oneof(fc.string(), fc.string({ unit: "binary", maxLength: 200 }));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 6 }), (values) => {
        const key = recordKeyOf(values);
        if (key === undefined) return;
        expect(isRecordKey(key)).toBe(true);
        expect(utf8(key).length).toBeLessThanOrEqual(128);
        expect(recordKeyOf([key])).toBe(key);
      }),
    );
  });
});
