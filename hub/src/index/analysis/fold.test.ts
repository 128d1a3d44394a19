import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFolded, foldInto, foldText } from "./fold.ts";

describe("foldText", () => {
  test.each([
    ["ＭＥＳ", "mes", "full width to half width, upper case to lower"],
    ["預測性維護", "预测性维护", "traditional to simplified"],
    ["Košice café ÉCOLE", "kosice cafe ecole", "Latin without diacritics"],
    ["e\u0301", "e", "marks that stand alone"],
    ["㎏ ﬁ ①", "kg fi 1", "compatibility characters"],
    ["ｶﾞ が", "ガ が", "kana with their voice marks"],
    ["각", "각", "jamo composed"],
    ["й", "й", "Cyrillic letters as they are"],
    ["花\ufe0f葛\u{e0100}", "花葛", "without variation selectors"],
    ["soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth", "without what is not seen"],
    ["𠮷野家 𝐀", "𠮷野家 a", "characters beyond the basic plane"],
    ["ΟΔΟΣ οδος", "οδοσ οδοσ", "one sigma"],
    ["a\0b", "ab", "without zero characters"],
  ])("folds %j to %j: %s", (text, folded) => {
    expect(foldText(text)).toBe(folded);
  });

  test("is its own fixed point, for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(foldText(foldText(text))).toBe(foldText(text));
      }),
    );
  });

  test("folds Han characters independently of what stands around them, for any text", () => {
    const han = fc.stringMatching(/^[\u4e00-\u9fff\u{20000}-\u{20200}]{1,12}$/u);
    fc.assert(
      fc.property(han, han, (left, right) => {
        expect(foldText(left + right)).toBe(foldText(left) + foldText(right));
      }),
    );
  });
});

describe("foldInto", () => {
  test("keeps the way back to the source over expanding and joined characters", () => {
    const folded = createFolded();
    foldInto("a㎏e\u0301𠮷", folded);
    const rows = Array.from({ length: folded.length }, (_, i) => [
      String.fromCodePoint(folded.codes[i] as number),
      folded.starts[i],
      folded.ends[i],
    ]);
    expect(rows).toEqual([
      ["a", 0, 1],
      ["k", 1, 2],
      ["g", 1, 2],
      ["e", 2, 4],
      ["𠮷", 4, 6],
    ]);
  });

  test("covers the source from left to right without overlaps, for any text", () => {
    const folded = createFolded();
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        foldInto(text, folded);
        let start = 0;
        let end = 0;
        for (let i = 0; i < folded.length; i++) {
          const isSame = folded.starts[i] === start && folded.ends[i] === end;
          expect(isSame || (folded.starts[i] as number) >= end).toBe(true);
          start = folded.starts[i] as number;
          end = folded.ends[i] as number;
          expect(end).toBeGreaterThan(start);
        }
        expect(end).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});
