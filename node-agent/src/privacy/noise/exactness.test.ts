import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const folder = fileURLToPath(new URL(".", import.meta.url));
const sources = globSync("*.ts", { cwd: folder, exclude: ["*.test.ts"] });

const COMMENT_OR_TEXT = /\/\*[\s\S]*?\*\/|\/\/.*|"[^"\n]*"/g;
/** `1/20` between back quotes is a text, `${...}` in it is code. */
const TEMPLATE_TEXT = /(?<=[`}])[^`${}]*(?=\$\{|`)/g;
/** The one division, of two BigInts: its operands are typed, and the compiler lets no number in. */
const QUOTIENT =
  /function quotient\(dividend: bigint, divisor: bigint\): bigint \{\s+return dividend \/ divisor;/;
const INEXACT =
  /\/|\bMath\b|\bNumber\b|\bparse(?:Float|Int)\b|\bDate\b|\bperformance\b|\bas any\b|\d\.\d|\d[eE]-?\d/g;

/** What could make a result depend on rounding, on the time, or on a weak generator. */
function inexactIn(source: string): string[] {
  const code = source.replaceAll(COMMENT_OR_TEXT, '""').replaceAll(TEMPLATE_TEXT, "");
  return code.replace(QUOTIENT, "").match(INEXACT) ?? [];
}

describe("the sources of the noise", () => {
  test("are found", () => {
    expect(sources).toContain("discrete-noise.ts");
    expect(sources.length).toBeGreaterThanOrEqual(4);
  });

  test.each(sources)("%s computes with integers only", (file) => {
    expect(inexactIn(readFileSync(`${folder}${file}`, "utf8"))).toEqual([]);
  });

  test.each([
    "const y = -scale * Math.log(Math.random());",
    "const p = Number(a) * 2;",
    "const half = count / 2;",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a line of source text.
    "const text = `${a / b}`;",
    "const x = y * 0.5;",
    "const x = y * 1e-3;",
    "const now = Date.now();",
  ])("would not be exact with %s", (line) => {
    expect(inexactIn(line)).not.toEqual([]);
  });
});
