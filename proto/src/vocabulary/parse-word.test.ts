import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePolicyNumber, parseWebsite, parseYesNo, splitList } from "./parse-word.ts";

describe("parseYesNo", () => {
  test.each(["是", "√", "Y", "yes", " 有 ", "1", true, 1, "ＴＲＵＥ"])(
    "reads %j as yes",
    (value) => {
      expect(parseYesNo(value)).toBe(true);
    },
  );
  test.each(["否", "×", "N", "no", "无", "0", false, 0])("reads %j as no", (value) => {
    expect(parseYesNo(value)).toBe(false);
  });
  test.each(["", "待定", "2", "maybe"])("does not guess for %j", (value) => {
    expect(parseYesNo(value)).toBeUndefined();
  });
});

describe("splitList", () => {
  test.each([
    ["MES、ERP；PLM/WMS", ["MES", "ERP", "PLM", "WMS"]],
    ["1. 诊断咨询；2. 改造实施\n3. 运维。", ["诊断咨询", "改造实施", "运维"]],
    ["①诊断②规划 ③实施", ["诊断", "规划", "实施"]],
    ["· 诊断\n· 规划", ["诊断", "规划"]],
    ["A（含B、C）、D", ["A(含B、C)", "D"]],
    ["1,200家、300家", ["1,200家", "300家"]],
    ["a, b,c|d", ["a", "b", "c", "d"]],
    ["赣州、 赣州 、", ["赣州"]],
    ["（未闭合、的", ["(未闭合、的"]],
    ["", []],
  ])("splits %j", (text, items) => {
    expect(splitList(text)).toEqual(items);
  });

  test("parts at other signs when told to", () => {
    expect(splitList("a / b, c", "/")).toEqual(["a", "b, c"]);
  });

  test("gives no empty and no repeated value, for any text", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const items = splitList(text);
        expect(items).not.toContain("");
        expect(new Set(items).size).toBe(items.length);
      }),
    );
  });
});

describe("parsePolicyNumber", () => {
  test.each([
    ["辽工信明电[2026]3号", "辽工信明电〔2026〕3号", 2026],
    ["（修订 赣工信规字〔2022〕4号）", "赣工信规字〔2022〕4号", 2022],
    ["工信部联企业〔2011〕300号", "工信部联企业〔2011〕300号", 2011],
    ["张政办发[2016]66号（依据）", "张政办发〔2016〕66号", 2016],
    ["赣工信规字(2022) 第 04 号", "赣工信规字〔2022〕4号", 2022],
    ["呼工信发【２０２５】１４号", "呼工信发〔2025〕14号", 2025],
  ])("reads %s as %s", (text, normalised, year) => {
    expect(parsePolicyNumber(text)).toEqual({ normalised, year });
  });

  test.each(["", "无", "2024年第3号公告", "〔2024〕3号", "GB/T 4754-2017"])(
    "finds none in %j",
    (text) => {
      expect(parsePolicyNumber(text)).toBeUndefined();
    },
  );
});

describe("parseWebsite", () => {
  test.each([
    ["www.abc.com", "https://www.abc.com/"],
    ["http://a.cn/x?y=1", "http://a.cn/x?y=1"],
    [" HTTPS://ABC.EU ", "https://abc.eu/"],
    ["某某中心.政务", "https://xn--fiqs8s4ea24e.xn--zfr164b/"],
  ])("reads %s as %s", (text, href) => {
    const parsed = parseWebsite(text);
    if (/^[\x20-\x7e]+$/.test(text)) expect(parsed).toBe(href);
    else expect(parsed).toMatch(/^https:\/\/xn--[\w-]+\.xn--[\w-]+\/$/);
  });

  test.each([
    "Website",
    "",
    "无",
    "javascript:alert(1)",
    "ftp://a.cn",
    "https://u:p@x.com",
    "localhost",
    "http://10.0.0.1/",
    "http://[::1]/",
  ])("refuses %j", (text) => {
    expect(parseWebsite(text)).toBeUndefined();
  });
});
