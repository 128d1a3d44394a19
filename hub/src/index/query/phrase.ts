/**
 * The text in which phrases are looked for: words between marks, n-gram runs as they are, everything else gone except
 * that two n-gram runs with something between them stay apart.
 *
 * `MES系统` and `MES 系统` are the same, `数字-化` is not `数字化`, `pump` is not in `pumps`, `half-width` is `half width`.
 *
 * @module
 */

import type { Analyzer } from "../analysis/analyzer.ts";
import { CONNECTOR, classOf } from "../analysis/script.ts";

const WORD = "\u0002";
const GAP = "\u0001";

/** The comparable form of a text; a phrase matches a text if its form is part of the text's. */
export function phraseForm(text: string, analyzer: Analyzer): string {
  let form = "";
  let gramEnd = -1;
  analyzer.runs(text, ({ type, from, to }) => {
    const { codes } = analyzer.folded;
    if (type === "gram") {
      if (gramEnd !== -1) form += GAP;
      for (let i = from; i < to; i++) form += String.fromCodePoint(codes[i] as number);
      gramEnd = to;
      return;
    }
    gramEnd = -1;
    let word = "";
    const flush = () => {
      if (word !== "") form += WORD + word + WORD;
      word = "";
    };
    for (let i = from; i < to; i++) {
      const code = codes[i] as number;
      const isInner = classOf(code) === CONNECTOR && i + 1 < to;
      if (isInner && classOf(codes[i + 1] as number) !== CONNECTOR) flush();
      else word += String.fromCodePoint(code);
    }
    flush();
  });
  return form;
}
