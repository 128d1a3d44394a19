import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteBudget } from "./byte-budget.ts";

const never = new AbortController().signal;

describe("ByteBudget", () => {
  test("lets as much through as it has, and the rest when something was given back", async () => {
    const budget = new ByteBudget(10);
    const first = await budget.take(6, never);
    let isThrough = false;
    const second = budget.take(6, never).then((giveBack) => {
      isThrough = true;
      return giveBack;
    });
    await Promise.resolve();
    expect(isThrough).toBe(false);
    first();
    (await second)();
    expect(budget.taken).toBe(0);
  });

  test("lets something larger than itself through alone", async () => {
    const budget = new ByteBudget(10);
    const giveBack = await budget.take(25, never);
    expect(budget.taken).toBe(25);
    giveBack();
  });

  test("does not let small ones overtake a large one", async () => {
    const budget = new ByteBudget(10);
    const first = await budget.take(6, never);
    const order: string[] = [];
    const large = budget.take(9, never).then((giveBack) => {
      order.push("large");
      giveBack();
    });
    const small = budget.take(1, never).then((giveBack) => {
      order.push("small");
      giveBack();
    });
    first();
    await Promise.all([large, small]);
    expect(order).toEqual(["large", "small"]);
  });

  test("forgets who gave up, and lets those behind through", async () => {
    const budget = new ByteBudget(10);
    const first = await budget.take(6, never);
    const giveUp = new AbortController();
    const large = budget.take(9, giveUp.signal);
    const small = budget.take(4, never);
    giveUp.abort(new Error("gone"));
    await expect(large).rejects.toThrow("gone");
    (await small)();
    first();
    expect(budget.taken).toBe(0);
  });

  test("never has more taken than its limit, for any takers", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.integer({ min: 1, max: 10 }), { maxLength: 30 }),
        async (scheduler, takers) => {
          const budget = new ByteBudget(10);
          const all = takers.map(async (bytes) => {
            const giveBack = await budget.take(bytes, never);
            expect(budget.taken).toBeLessThanOrEqual(10);
            await scheduler.schedule(Promise.resolve());
            giveBack();
          });
          await scheduler.waitFor(Promise.all(all));
          expect(budget.taken).toBe(0);
        },
      ),
    );
  });

  test("takes parts back, and never more than was taken", async () => {
    const budget = new ByteBudget(10);
    const giveBack = await budget.take(8, never);
    giveBack(3);
    expect(budget.taken).toBe(5);
    giveBack(100);
    giveBack();
    expect(budget.taken).toBe(0);
  });
});
