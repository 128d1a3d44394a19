import { expect, test } from "vitest";
import { backOffMs } from "./back-off.ts";

test("doubles from half a second to a minute, and stays there", () => {
  const longest = Array.from({ length: 12 }, (_, failures) => backOffMs(failures, () => 0.999999));
  expect(longest.map((ms) => Math.ceil(ms / 500) * 500)).toEqual([
    500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000, 60_000,
  ]);
});

test("jitters over the whole interval, down to nothing", () => {
  expect(backOffMs(5, () => 0)).toBe(0);
  expect(backOffMs(5, () => 0.5)).toBe(8_000);
});
