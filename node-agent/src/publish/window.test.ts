import fc from "fast-check";
import { expect, test } from "vitest";
import { Window } from "./window.ts";

const LIMITS = { batches: 10, bytes: 1000 };

test("has no room before the hub granted credit", () => {
  const window = new Window(LIMITS);
  expect(window.hasRoomFor(1)).toBe(false);
  window.grant({ batches: 1, bytes: 100 });
  expect(window.hasRoomFor(1)).toBe(true);
});

test("lets a single batch through that is larger than the credit, else it never could be sent", () => {
  const window = new Window(LIMITS);
  window.grant({ batches: 4, bytes: 100 });
  expect(window.hasRoomFor(500)).toBe(true);
  window.sent(0n, 500);
  expect(window.hasRoomFor(1)).toBe(false);
});

test("is never above the credit or its own limits, for any order of sending and answers", () => {
  const size = fc.integer({ min: 1, max: 400 });
  const credit = fc.record({ batches: fc.nat(20), bytes: fc.nat(2000) });
  fc.assert(
    fc.property(
      credit,
      fc.array(fc.oneof(size, fc.constant("answer" as const))),
      (credit, events) => {
        const window = new Window(LIMITS);
        window.grant(credit);
        const inFlight: [bigint, number][] = [];
        let seq = 0n;
        for (const event of events) {
          if (event === "answer") {
            const first = inFlight.shift();
            if (first !== undefined) window.answered(first[0]);
          } else if (window.hasRoomFor(event)) {
            window.sent(seq, event);
            inFlight.push([seq++, event]);
          }
          const bytes = inFlight.reduce((sum, [, size]) => sum + size, 0);
          expect(inFlight.length).toBeLessThanOrEqual(Math.min(credit.batches, LIMITS.batches));
          if (inFlight.length > 1) {
            expect(bytes).toBeLessThanOrEqual(Math.min(credit.bytes, LIMITS.bytes));
          }
          expect(window.batchesInFlight).toBe(inFlight.length);
        }
      },
    ),
  );
});
