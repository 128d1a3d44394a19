import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { massChangeOf } from "./mass-change.ts";

describe("massChangeOf", () => {
  test.each([
    [{ live: 100, vanished: 25, added: 0 }, undefined],
    [{ live: 100, vanished: 26, added: 0 }, "vanished"],
    [{ live: 100, vanished: 90, added: 0 }, "vanished"],
    [{ live: 100, vanished: 60, added: 60 }, "vanished"],
    [{ live: 8, vanished: 2, added: 0 }, undefined],
    [{ live: 8, vanished: 3, added: 0 }, "vanished"],
    [{ live: 7, vanished: 7, added: 0 }, undefined],
    [{ live: 100, vanished: 0, added: 900 }, undefined],
    [{ live: 100, vanished: 20, added: 60 }, undefined],
    [{ live: 100, vanished: 20, added: 61 }, "exchanged"],
  ] as const)("%j -> %s", (change, expected) => {
    expect(massChangeOf(change)).toBe(expected);
  });

  test("lets growth pass, however large", () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e9), (live, added) => {
        expect(massChangeOf({ live, vanished: 0, added })).toBeUndefined();
      }),
    );
  });
});
