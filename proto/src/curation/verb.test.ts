import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DECISION_VERBS, wordsOfVerb } from "./verb.ts";

const CONTRACT = new URL("../../tributary/v1/log.proto", import.meta.url);

/** The verbs that the contract names, each alone between commas, or behind "and"; what is said of one has more words. */
function verbsOfContract(): readonly string[] {
  const text = readFileSync(CONTRACT, "utf8").replaceAll(/\n\s*\/\//g, "");
  const [, verbs = ""] = /Verb: ([^.]*)\.\s+string action/.exec(text) ?? [];
  return verbs.split(/[,;] (?:and )?/).filter((part) => /^[a-z]+$/.test(part));
}

test("every verb of the contract has words in both languages, and nothing else has", () => {
  expect(Object.keys(DECISION_VERBS).toSorted()).toEqual(verbsOfContract().toSorted());
  for (const [verb, { en, zh }] of Object.entries(DECISION_VERBS)) {
    expect(en, verb).toMatch(/^[a-z][a-z ]+$/);
    expect(zh, verb).toMatch(/^\p{Script=Han}+$/u);
  }
});

test("a verb of a later version, or what is none, is said as it is", () => {
  for (const verb of ["reverse", "toString", ""]) {
    expect(wordsOfVerb(verb)).toEqual({ en: verb, zh: verb });
  }
});
