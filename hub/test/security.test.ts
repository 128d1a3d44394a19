import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const text = readFileSync(`${root}hub/SECURITY.md`, "utf8");

/** Cells of the tables that have a column of proofs. */
const threats = [...text.matchAll(/^\| threat .*\n\|[-|]+\n((?:\|.*\n)+)/gm)].flatMap(
  ([, rows = ""]) =>
    rows
      .trim()
      .split("\n")
      .map((row) => row.slice(1, -1).split(" | ")),
);

test("the threat model has rows", () => {
  expect(threats.length).toBeGreaterThan(25);
});

test.each(threats)("against %s stands a control with tests that exist", (...cells) => {
  expect(cells).toHaveLength(3);
  const [, control = "", proof = ""] = cells;
  expect(control.trim()).not.toBe("");
  const files = [...proof.matchAll(/`([^`]+)`/g)].map(([, file = ""]) => file);
  expect(files).not.toEqual([]);
  for (const file of files) {
    expect(file).toMatch(/\.test\.ts$/);
    expect(existsSync(root + file), file).toBe(true);
  }
});
