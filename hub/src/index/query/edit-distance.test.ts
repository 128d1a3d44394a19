import { describe, expect, test } from "vitest";
import { isNear } from "./edit-distance.ts";

describe("isNear", () => {
  test.each([
    ["maintenance", "maintenance", 0, true],
    ["maintenence", "maintenance", 1, true],
    ["maintenanc", "maintenance", 1, true],
    ["maintennance", "maintenance", 1, true],
    ["maintenacne", "maintenance", 1, true],
    ["mantenence", "maintenance", 1, false],
    ["mantenence", "maintenance", 2, true],
    ["pump", "pumped", 1, false],
    ["预测型维护", "预测性维护", 1, true],
    ["预型维护", "预测性维护", 1, false],
    ["", "a", 1, true],
    ["", "ab", 1, false],
  ])("says whether %s is %s within %i edits: %s", (a, b, most, isWithin) => {
    expect(isNear(a, b, most)).toBe(isWithin);
    expect(isNear(b, a, most)).toBe(isWithin);
  });
});
