import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { organisationCheckDigit, usccCheckDigit } from "@tributary/proto/vocabulary";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Detector } from "./detectors.ts";
import { claimsIn, identitiesIn } from "./free-text.ts";

interface Line {
  readonly text: string;
  readonly spans: readonly {
    readonly start: number;
    readonly end: number;
    readonly type: string;
  }[];
}

/** Synthetic lines; see the eval `redact` for how they count. */
const LINES = readFileSync(
  fileURLToPath(new URL("free-text.corpus.jsonl", import.meta.url)),
  "utf8",
)
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Line);

test("names of towns that hold each other's endings take no time that grows with their number", () => {
  // 40 characters took minutes: each of them doubled the ways to read the rest.
  const hostile = `${"镇".repeat(39)}一${"人".repeat(9)}民路12号`;
  expect(found(hostile)).toEqual([expect.stringMatching(/^address: .*路12号$/)]);
  expect(found(`柳溪镇东湖村人民路12号`)).toEqual(["address: 柳溪镇东湖村人民路12号"]);
});

function found(text: string): string[] {
  return identitiesIn(text).map(({ start, end, type }) => `${type}: ${text.slice(start, end)}`);
}

function typesIn(text: string): string[] {
  return identitiesIn(text).map(({ type }) => type);
}

describe("identitiesIn", () => {
  test.each(LINES.filter(({ spans }) => spans.length > 0))(
    "covers what $text says",
    ({ text, spans }) => {
      const covered = new Set(
        identitiesIn(text).flatMap(({ start, end }) =>
          [...Array(end - start).keys()].map((i) => start + i),
        ),
      );
      for (const { start, end } of spans) {
        for (let i = start; i < end; i++) {
          if (/[\p{L}\p{N}]/u.test(text[i] as string))
            expect(covered, text.slice(start, end)).toContain(i);
        }
      }
    },
  );

  test.each(LINES.filter(({ spans }) => spans.length === 0))("leaves $text alone", ({ text }) => {
    expect(found(text)).toEqual([]);
  });

  test.each([
    ["江铜集团和赣锋锂业都在用", ["company: 江铜集团", "company: 赣锋锂业"]],
    ["江西铜业股份有限公司贵溪冶炼厂", ["company: 江西铜业股份有限公司贵溪冶炼厂"]],
    ["和平电器有限公司", ["company: 和平电器有限公司"]],
    ["未来科技有限公司与某机械有限公司", ["company: 未来科技有限公司"]],
    ["铜箔厂、该厂、一家软件公司、医院", []],
    ["施工、高级工程师、项目经理、车间主任、总装线", []],
    ["王建国（厂长）、小刘说", ["person: 王建国", "person: 小刘"]],
    ["江西省赣州市章贡区的企业", []],
    ["兴国路8号", ["address: 兴国路8号"]],
    ["线路2号、通道3号", []],
    ["赣州市南康区龙华乡的作坊", ["address: 赣州市南康区龙华乡"]],
    ["GPS 28.683,115.892", ["address: 28.683,115.892"]],
    ["版本V2.3.1.5，ASP.NET与Node.js", []],
    ["服务企业：累计超过300家；简称“智改数转”；检测中心2层", []],
    ["负责人：车间主任；主管部门：工信局；联系人：见附件二", []],
    ["供应商代表：Jason Wang", ["person: Jason Wang"]],
    ["服务器10.0.3.7", ["ip_address: 10.0.3.7"]],
  ])("reads %j", (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  test("finds a credit code of any separators, and says that its check digit fails", () => {
    const character = fc.constantFrom(..."0123456789ABCDEFGHJKLMNPQRTUWXY");
    const separators = fc.constantFrom("", " ", "-", " - ", ".", "\u200b", "　");
    fc.assert(
      fc.property(
        fc.array(character, { minLength: 9, maxLength: 9 }),
        fc.array(separators, { minLength: 17, maxLength: 17 }),
        fc.boolean(),
        (inner, between, isFullWidth) => {
          const first17 = `91360702${inner.join("")}`;
          const code = first17 + usccCheckDigit(first17);
          const parted = [...code].map((one, i) => one + (between[i] ?? "")).join("");
          const written = isFullWidth
            ? parted.replace(/[0-9A-Z]/g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0))
            : parted;
          const [span, ...others] = identitiesIn(`代码：${written}。`);
          expect(others).toEqual([]);
          expect(span).toMatchObject({ start: 3, end: 3 + written.length });
        },
      ),
    );
    const wrong = "91360702MA3ABCDE1A";
    expect(usccCheckDigit(wrong.slice(0, 17))).not.toBe("A");
    expect(identitiesIn(wrong)).toEqual([{ start: 0, end: 18, type: "uscc", isWeak: true }]);
  });

  test("an organisation code needs its check digit or its label", () => {
    const code = `MA3ABCDE-${organisationCheckDigit("MA3ABCDE")}`;
    expect(typesIn(`证照 ${code}`)).toEqual(["org_code"]);
    expect(typesIn("物料 A1024BCD-7")).toEqual(
      organisationCheckDigit("A1024BCD") === "7" ? ["org_code"] : [],
    );
    expect(typesIn("组织机构代码 12345678-0")).toEqual(["org_code"]);
  });

  test("what overlaps is one stretch of the surest type", () => {
    const text = "地址：赣州市章贡区兴国路8号13800138000";
    const extra: Detector = {
      type: "client",
      find: (plain) => [{ start: plain.indexOf("兴国"), end: plain.length }],
    };
    expect(identitiesIn(text, [extra])).toEqual([
      { start: 3, end: text.length, type: "client", isWeak: false },
    ]);
  });

  test("spans are in order, inside the text and apart, for any text", () => {
    const piece = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 6 }),
      fc.constantFrom(
        ...LINES.map(({ text }) => text.slice(0, 12)),
        "有限公司",
        "路8号",
        "王总",
        "１３８",
        "。",
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join("");
        let at = 0;
        for (const { start, end } of [...identitiesIn(text)]) {
          expect(start).toBeGreaterThanOrEqual(at);
          expect(end).toBeGreaterThan(start);
          at = end;
        }
        expect(at).toBeLessThanOrEqual(text.length);
      }),
    );
  });

  test("comes to an end with the longest hostile text", () => {
    const units = [
      "1",
      "1 ",
      "91360702MA",
      "a.",
      "a dot ",
      "路",
      "市",
      "章贡区",
      "有限公司",
      "的",
      "王",
      "王 ",
      "总",
      "A ",
      "Co ",
      "“",
      "(",
      "赣B",
      "地址",
      "一",
      "工业园",
      "镇",
      "镇村",
      "许",
      "1-",
      "9,",
      "o1",
    ];
    for (const unit of units) {
      const text = unit.repeat(20_000 / unit.length);
      expect(identitiesIn(text).every(({ start, end }) => start < end)).toBe(true);
      expect(claimsIn(text).every(({ start, end }) => start < end)).toBe(true);
    }
  });
});
