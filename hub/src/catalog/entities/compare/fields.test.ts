import { describe, expect, test } from "vitest";
import { codeComparison } from "./code.ts";
import { type Comparison, MISSING } from "./comparison.ts";
import {
  cityComparison,
  dateComparison,
  domainOf,
  emailComparison,
  phoneComparison,
  websiteComparison,
} from "./contacts.ts";
import { addressComparison, personComparison, textComparison } from "./texts.ts";

/** Name of the level; "missing" where the texts cannot be compared. */
function levelOf<V>(comparison: Comparison<V>, a: readonly string[], b: readonly string[]): string {
  const left = comparison.prepare(a);
  const right = comparison.prepare(b);
  if (left === undefined || right === undefined) return "missing";
  const level = comparison.level(left, right);
  expect(comparison.level(right, left)).toBe(level);
  return level === MISSING ? "missing" : (comparison.levels[level]?.name ?? "none");
}

// Codes of invented organisations, with the check characters of GB 32100-2015 and GB 11714.
const CODE = "9113040057217513XE";
const OTHER = "91640100686819554N";

describe("a code", () => {
  const code = codeComparison("uscc");
  test.each([
    [CODE, ` ${CODE.toLowerCase()}`, "equal"],
    [CODE, OTHER, "different"],
    [CODE, "9113040057217513XF", "repaired"],
    [CODE, "9113040057217531XE", "repaired"],
    [CODE, "91640100686819554A", "missing"],
    [CODE, "", "missing"],
    [CODE, "9.11304E+17", "missing"],
    ["7654321", "7654312", "repaired"],
    ["7654321", "1111111", "different"],
  ])("%s and %s: %s", (a, b, expected) => {
    expect(levelOf(code, [a], [b])).toBe(expected);
  });

  test("forbids a link only if both are valid and differ", () => {
    const value = (text: string) => code.prepare([text]) as never;
    expect(code.veto?.(value(CODE), value(OTHER))).toBe("code");
    expect(code.veto?.(value(CODE), value("91640100686819554A"))).toBeUndefined();
    expect(code.veto?.(value(CODE), value(CODE))).toBeUndefined();
  });
});

test.each([
  ["http://www.huiping.com.cn/about", "huiping.com.cn"],
  ["shop.huiping.com", "huiping.com"],
  ["https://huiping.1688.com", undefined],
  ["www.jiangxi.gov.cn", undefined],
  ["无", undefined],
])("the domain of %s is %s", (text, domain) => {
  expect(domainOf(text)).toBe(domain);
});

test.each([
  [websiteComparison("w"), ["www.huiping.cn"], ["http://huiping.cn/a"], "equal"],
  [websiteComparison("w"), ["www.huiping.cn"], ["huiping.com"], "different"],
  [phoneComparison("p"), ["0797-8123456"], ["(0797) 8123456转8001、13800138000"], "equal"],
  [phoneComparison("p"), ["+86 13800138000"], ["13800138000"], "equal"],
  [phoneComparison("p"), ["13800138000"], ["13900139000"], "different"],
  [phoneComparison("p"), ["12"], ["12"], "missing"],
  [emailComparison("e"), ["a.b@c.cn"], ["A.B@c.cn"], "equal"],
  [emailComparison("e"), ["robert255@smith.net"], ["robert25@smith.net"], "close"],
  [emailComparison("e"), ["robert255@smith.net"], ["robert255@other.org"], "user"],
  [dateComparison("d"), ["1998-06-24"], ["1998年6月24日"], "equal"],
  [dateComparison("d"), ["1998-06-24"], ["1998-05-24"], "close"],
  [dateComparison("d"), ["1998-06-04"], ["1998-04-06"], "close"],
  [dateComparison("d"), ["1998-06-24"], ["1998-11-24"], "part"],
  [dateComparison("d"), ["1998-06-24"], ["2005-01-02"], "different"],
  [cityComparison("c"), ["赣州"], ["江西省赣州市章贡区"], "equal"],
  [cityComparison("c"), ["江西省"], ["赣州市"], "within"],
  [cityComparison("c"), ["深圳"], ["赣州市"], "different"],
  [cityComparison("c"), ["Londn"], ["London"], "within"],
  [textComparison("t"), ["Windermere"], ["windermere "], "equal"],
  [textComparison("t"), ["windermere"], ["windremere"], "close"],
  [textComparison("t"), ["windermere"], ["richlands"], "different"],
  [personComparison("g"), ["Isla", "Hall"], ["isla", ""], "equal"],
  [personComparison("g"), ["Isla", "Hall"], ["Hall", "Isla"], "swapped"],
  [personComparison("g"), ["Isla", "Hall"], ["Hall", "Kelly"], "different"],
  [addressComparison("a"), ["赣州市人民路12号"], ["赣州市 人民路12号"], "equal"],
  [addressComparison("a"), ["赣州市章贡区人民路12号3层"], ["赣州市章贡区人民路12号"], "high"],
  [addressComparison("a"), ["赣州市章贡区人民路12号"], ["赣州市章贡区人民路88号"], "medium"],
  [addressComparison("a"), ["赣州市人民路12号"], ["深圳市创业街7号"], "low"],
] as const)("%#: %o", (comparison, a, b, expected) => {
  expect(levelOf(comparison as Comparison, [...a], [...b])).toBe(expected);
});
