/**
 * Every regular expression in the sources is proven to take time that grows no faster than its text, by
 * [recheck](https://makenowjust-labs.github.io/recheck/), or stands in a list of those that are not, with why that is borne.
 *
 * A proof takes up to seconds. So the proven ones are kept in `regular-expressions.json`, and a test proves only what is not
 * there; `TRIBUTARY_PROVE=all` proves all of them anew.
 */

import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { checkSync } from "recheck";
import { parseAst } from "vite";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const MOST_MS = 60_000;

interface Known {
  /** Literals that are proven linear, `/pattern/flags`. */
  readonly linear: readonly string[];
  /** Literals that recheck takes for a polynomial of their text: they see bounded texts, or what operator or owner wrote. */
  readonly bounded: readonly string[];
}

const known = JSON.parse(
  readFileSync(new URL("regular-expressions.json", import.meta.url), "utf8"),
) as Known;
const literals = literalsOf(
  globSync(["{hub,node-agent,proto,sdk}/src/**/*.{ts,tsx}", "hub/console/src/**/*.{ts,tsx}"], {
    cwd: ROOT,
  }).filter((path) => !/\.(test|contract)\.ts$|\/gen\//.test(path)),
);

test("every regular expression is linear, or one of those that are borne over bounded texts", () => {
  const isAll = process.env["TRIBUTARY_PROVE"] === "all";
  const proven = new Set([...(isAll ? [] : known.linear), ...known.bounded]);
  const wrong = [...literals]
    .filter(([literal]) => !proven.has(literal))
    .flatMap(([literal, { path, pattern, flags }]) => {
      // Indices are more to answer, and no more to look for.
      const verdict = checkSync(pattern, flags.replace("d", ""), { timeout: MOST_MS });
      if (verdict.status === "safe") return [];
      const why = verdict.status === "vulnerable" ? verdict.complexity.summary : "not known";
      return [`${path}: ${literal}: ${why}`];
    });
  expect(wrong).toEqual([]);
}, 900_000);

test("the lists name no expression that is gone", () => {
  const gone = [...known.linear, ...known.bounded].filter((literal) => !literals.has(literal));
  expect(gone).toEqual([]);
});

interface Literal {
  readonly path: string;
  readonly pattern: string;
  readonly flags: string;
}

/** Literals of regular expressions, by how they are written; each once. */
function literalsOf(paths: readonly string[]): ReadonlyMap<string, Literal> {
  const found = new Map<string, Literal>();
  for (const path of paths) {
    const code = readFileSync(`${ROOT}/${path}`, "utf8");
    if (!code.includes("/")) continue;
    const walk = (node: unknown): void => {
      if (typeof node !== "object" || node === null) return;
      const { type, regex } = node as { readonly type?: string; readonly regex?: RegexNode };
      if (type === "Literal" && regex) {
        found.set(`/${regex.pattern}/${regex.flags}`, { path, ...regex });
      }
      for (const child of Object.values(node)) walk(child);
    };
    walk(parseAst(code, { lang: path.endsWith("x") ? "tsx" : "ts" }));
  }
  return found;
}

interface RegexNode {
  readonly pattern: string;
  readonly flags: string;
}
