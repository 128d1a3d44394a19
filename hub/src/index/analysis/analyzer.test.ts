import { Jieba } from "@node-rs/jieba";
import { dict } from "@node-rs/jieba/dict.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { testAnalyzer } from "../../../test/support/open-test-index.ts";
import { createAnalyzer } from "./analyzer.ts";
import { buildDictionary } from "./build-dictionary.ts";
import { openDictionary } from "./dictionary.ts";

const analyzer = testAnalyzer();

/** Texts in which dictionary words overlap, with characters of all planes. */
const hanText = fc
  .array(
    fc.constantFrom(
      ..."预测性维护 数字化转型 中华人民共和国 研究生命科学 工程师 在建工程 招商引资 有限公司 的 了 𠮷 㐀 設備 臺灣 花".split(
        " ",
      ),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => parts.join(""));

describe("tokens", () => {
  test("says what a text is made of and where", () => {
    const tokens = analyzer.tokens("用ＭＥＳ做預測性");
    expect(tokens.map(({ term, kind, start, end }) => [term, kind, start, end])).toEqual([
      ["用", "unigram", 0, 1],
      ["mes", "whole", 1, 4],
      ["做", "unigram", 4, 5],
      ["做预", "bigram", 4, 6],
      ["预", "unigram", 5, 6],
      ["预测", "bigram", 5, 7],
      ["预测性", "word", 5, 8],
      ["测", "unigram", 6, 7],
      ["测性", "bigram", 6, 8],
      ["性", "unigram", 7, 8],
    ]);
  });

  test("of every part of a Han text are tokens of the text, for any text", () => {
    fc.assert(
      fc.property(hanText, (text) => {
        const characters = [...text];
        const terms = new Set(analyzer.tokens(text).map(({ term }) => term));
        for (let from = 0; from < characters.length; from++) {
          for (let size = 1; size <= 6 && from + size <= characters.length; size++) {
            const part = characters.slice(from, from + size).join("");
            for (const { term } of analyzer.tokens(part)) expect(terms).toContain(term);
          }
        }
      }),
    );
  });

  test("stand where their source characters are, for any text", () => {
    fc.assert(
      fc.property(fc.oneof(hanText, fc.string({ unit: "binary" })), (text) => {
        for (const { start, end, term, kind } of analyzer.tokens(text)) {
          const source = analyzer.tokens(text.slice(start, end));
          if (kind === "unigram" || kind === "bigram" || kind === "word") {
            expect(source.map((token) => token.term)).toContain(term);
          }
        }
      }),
    );
  });

  test("knows the words of the vocabulary", () => {
    const words = analyzer.tokens("数字孪生工厂构建").filter(({ kind }) => kind === "word");
    expect(words.map(({ term }) => term)).toContain("数字孪生工厂构建");
  });
});

describe("a dictionary", () => {
  test("knows what words begin with, and nothing else", () => {
    const { dictionary } = analyzer;
    // The words behind the first character are words: 殍 shares its place in the small table with another beginning.
    for (const rest of ["改良", "内里", "华人"]) {
      const [second = 0, third = 0] = [...rest].map((character) => character.codePointAt(0));
      for (let first = 0x3400; first <= 0x9fff; first++) {
        let node = dictionary.child(0, first);
        if (node !== 0) node = dictionary.child(node, second);
        if (node !== 0) node = dictionary.child(node, third);
        expect(dictionary.beginning(first, second, third)).toBe(node);
      }
    }
  });
});

describe("cut", () => {
  const plain = createAnalyzer(openDictionary(buildDictionary([])));
  const jieba = Jieba.withDict(dict);

  const cutText = (text: string): string[] => {
    const pieces: string[] = [];
    plain.runs(text, ({ type, from, to }) => {
      if (type !== "gram") return;
      let at = from;
      for (const end of plain.dictionary.cut(plain.folded.codes, from, to)) {
        pieces.push(String.fromCodePoint(...plain.folded.codes.subarray(at, end)));
        at = end;
      }
    });
    return pieces;
  };

  test("cuts as jieba does without its hidden Markov model, for any simplified text", () => {
    const words =
      "数字化 转型 的 设备 研究生 命 科学 南京市 长江 大桥 中小 企业 和 平 台 工业互联网 花 结合 成 分子";
    const text = fc
      .array(fc.constantFrom(...words.split(" ")), { minLength: 1, maxLength: 9 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, (sample) => {
        expect(cutText(sample)).toEqual(jieba.cut(sample, false));
      }),
    );
  });

  test("does not take the whole for a word when asked for a finer cut", () => {
    analyzer.runs("预测性维护", ({ from, to }) => {
      const { codes } = analyzer.folded;
      expect(analyzer.dictionary.cut(codes, from, to)).toEqual([5]);
      expect(analyzer.dictionary.cut(codes, from, to, true)).toEqual([3, 5]);
    });
  });
});
