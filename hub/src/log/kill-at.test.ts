import { describe, expect, test } from "vitest";
import { killAt } from "./kill-at.ts";
import { STEPS } from "./steps.ts";

describe("killAt", () => {
  test("kills when the step is passed for the given time, and not before", () => {
    let isDead = false;
    const onStep = killAt("sync:2", () => {
      isDead = true;
    });
    for (const step of STEPS) onStep(step);
    expect(isDead).toBe(false);
    onStep("sync");
    expect(isDead).toBe(true);
  });

  test("does nothing without a text", () => {
    const onStep = killAt(undefined, () => {
      throw new Error("killed");
    });
    for (const step of STEPS) onStep(step);
  });

  test.each(["sync", "sync:0", "sync:x", "nothing:1", ""])("refuses %j", (text) => {
    expect(() => killAt(text, () => undefined)).toThrow(
      expect.objectContaining({ code: "ERR_CONFIG_INVALID" }),
    );
  });
});
