import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCompanyNames } from "./company-name.ts";

/** Parts of the main name: place, brand, trade, legal form, branch. */
function parts(written: string): string {
  const [name] = parseCompanyNames(written);
  if (name === undefined) return "";
  return [name.place, name.brand, name.trade, name.legalForm, name.branch].join("|");
}

describe("parseCompanyNames", () => {
  test.each([
    ["深圳市汇平智能科技有限公司", "440300|汇平|智能科技|有限公司|"],
    ["汇平智能科技（深圳）有限公司", "440300|汇平|智能科技|有限公司|"],
    ["汇平(深圳)智能科技股份有限公司", "440300|汇平|智能科技|股份有限公司|"],
    ["江西省赣州市章贡区开飞远机械制造厂", "360702|开飞远|机械制造厂||"],
    ["广东汇平集团有限公司", "440000|汇平|集团|有限公司|"],
    ["汇平科技", "|汇平|科技||"],
    ["汇平", "|汇平|||"],
    ["汇平股份", "|汇平|||"],
    ["ＡＢＣ　自动化（中国）有限公司", "|abc|自动化|有限公司|"],
    ["深圳市匯平智能科技有限公司", "440300|汇平|智能科技|有限公司|"],
    ["深圳市汇平智能科技有限公司赣州分公司", "440300|汇平|智能科技|有限公司|赣州分公司"],
    ["汇平赣州分公司", "|汇平|||赣州分公司"],
    ["汇平办事处", "|汇平|||办事处"],
    ["非元创电子公司", "|非元创|电子|公司|"],
    ["北京东方国信科技股份有限公司", "110000|东方国信|科技|股份有限公司|"],
    ["上海机电股份有限公司", "310000|上海|机电|股份有限公司|"],
    ["艾浩缝纫机股份有限公司", "|艾浩|缝纫机|股份有限公司|"],
    ["内蒙古坤一实业集团股份有限公司", "150000|坤一|实业集团|股份有限公司|"],
    ["Shenzhen Huiping Technology Co., Ltd.", "440300|huiping||||".slice(0, -1)],
    ["Acme GmbH", "|acme|||"],
    ["江西", "360000|江西|||"],
    ["  ", ""],
  ])("parses %s", (written, expected) => {
    expect(parts(written)).toBe(expected);
  });

  test.each([
    ["泰江网络（原：维泰江网络有限公司）", ["泰江网络", "维泰江网络有限公司"]],
    ["汇平科技有限公司（简称汇平）", ["汇平科技有限公司", "汇平"]],
    ["汇平科技有限公司 (Huiping Tech)", ["汇平科技有限公司", "huipingtech"]],
    ["汇平科技有限公司（有限合伙）", ["汇平科技有限公司有限合伙"]],
  ])("finds the names in %s", (written, expected) => {
    expect(parseCompanyNames(written).map(({ text }) => text)).toEqual(expected);
  });

  test("reads anything without throwing, and nothing but what is there", () => {
    const anyName = fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc
        .array(
          fc.constantFrom(
            "深圳市",
            "汇平",
            "科技",
            "有限公司",
            "分公司",
            "（",
            "）",
            "原",
            ":",
            "A",
          ),
          {
            maxLength: 12,
          },
        )
        .map((words) => words.join("")),
    );
    fc.assert(
      fc.property(anyName, (written) => {
        for (const { text, brand, trade } of parseCompanyNames(written)) {
          expect(text).not.toBe("");
          if (/^\p{Script=Han}+$/u.test(text)) expect(text).toContain(brand + trade);
        }
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});
