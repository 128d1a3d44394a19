import { expect, test } from "vitest";
import { exampleTexts, isHan, openSubstringCheck } from "../../test/support/substrings.ts";
import { seeded } from "./semantic/seeded.ts";

const SAMPLES = 20_000;

test("finds every text of the example by any 1 to 6 characters of it, and marks exactly them", async () => {
  const texts = exampleTexts();
  expect(texts.length).toBeGreaterThan(100);
  await using check = await openSubstringCheck(texts);
  const random = seeded(7);
  let samples = 0;
  while (samples < SAMPLES) {
    const number = Math.floor(random() * texts.length);
    const text = texts[number] as string;
    const size = 1 + Math.floor(random() * 6);
    const part = text.slice(Math.floor(random() * (text.length - size))).slice(0, size);
    if (!isHan(part)) continue;
    samples += 1;
    expect(check.failureOf(number, part)).toBeUndefined();
  }
});
