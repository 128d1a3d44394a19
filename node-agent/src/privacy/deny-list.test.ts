import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { partsOf } from "./client-names.ts";
import { maskClientText } from "./client-text.ts";
import { denyListOf } from "./deny-list.ts";
import { identitiesIn } from "./free-text.ts";

const QINGHE = denyListOf([
  {
    legalName: "赣州青禾智能制造有限公司",
    names: ["青禾", "Qinghe Smart", "GZQH", "qinghe"],
    people: ["张建国"],
    products: ["青穗播种机", "机床"],
    sites: ["虎岗老厂区"],
    phones: ["0797-8123456"],
    uscc: "91360702MA3ABCDE1X",
  },
  { legalName: "江西云山岭泉饮料有限公司" },
  { legalName: "未来科技有限公司" },
]);

function known(text: string): string[] {
  return QINGHE.find(text).map(({ start, end }) => text.slice(start, end));
}

test.each([
  ["赣州青禾智能制造有限公司", "青禾智能制造", "青禾"],
  ["深圳市景诚（江西）精密科技股份有限公司", "景诚精密科技", "景诚"],
  ["江西省赣州市章贡区宏达五金制品厂", "宏达五金制品", "宏达"],
])("the core of %s", (legalName, name, core) => {
  expect(partsOf(legalName)).toEqual({ name, core });
});

describe("denyListOf", () => {
  test.each([
    ["we helped QINGHE last year", "QINGHE"],
    ["客户GZQH的产线", "GZQH"],
    ["青 禾的产线", "青 禾"],
    ["新产品青穗播种机", "青穗播种机"],
    ["在虎岗老厂区试点", "虎岗老厂区"],
    ["找张建国", "张建国"],
    ["拨07978123456", "07978123456"],
    ["Qinghe-Smart 上线", "Qinghe-Smart"],
    ["代码91360702 MA3ABCDE1X", "91360702 MA3ABCDE1X"],
  ])("finds in %j", (text, expected) => {
    expect(known(text)).toContain(expected);
  });

  test.each([
    ["云山岭全饮料", "one character replaced"],
    ["云山岭饮料", "one left out"],
    ["云山大岭泉饮料", "one put in"],
    ["银禾智能制造", "pairs that mostly agree"],
  ])("finds %j: %s", (text) => {
    expect(
      known(`在${text}试点`).some((found) => text.includes(found) || found.includes(text)),
    ).toBe(true);
  });

  test.each(["智能制造的机床", "GZQHX型", "山岭的泉水", "面向未来", "某某智能制造", "禾苗与青草"])(
    "finds nothing in %j",
    (text) => {
      expect(known(text)).toEqual([]);
    },
  );

  test("comes before all other detectors, through full width and invisible characters", () => {
    const text = "由青\u200b禾与ＧＺＱＨ共建";
    expect(
      identitiesIn(text, [QINGHE]).map(({ type, start, end }) => [type, text.slice(start, end)]),
    ).toEqual([
      ["client", "青\u200b禾"],
      ["client", "ＧＺＱＨ"],
    ]);
    expect(maskClientText(text, { known: [QINGHE] }).text).toBe("由〔企业〕与〔企业〕共建");
  });

  test("finds a core with any one slip, wherever it stands", () => {
    const core = "云山岭泉";
    const filler = fc.stringMatching(/^[的在一了]{0,5}$/);
    fc.assert(
      fc.property(
        fc.nat(3),
        fc.constantFrom("replace", "leave out", "put in"),
        filler,
        filler,
        (place, slip, before, behind) => {
          const kept = slip === "put in" ? core.slice(place) : core.slice(place + 1);
          const written = core.slice(0, place) + (slip === "leave out" ? "" : "杏") + kept;
          const [span] = QINGHE.find(`${before}${written}${behind}`);
          expect(span).toBeDefined();
        },
      ),
    );
  });
});
