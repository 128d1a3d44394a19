import { getEventListeners } from "node:events";
import { ManualClock } from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { CallScope } from "./call-scope.ts";
import { ClientError } from "./errors.ts";

const never = () => new Promise<never>(() => {});

describe("a call's scope", () => {
  test("ends work that never settles at its deadline, not before", async () => {
    const clock = new ManualClock();
    using scope = new CallScope({ clock, deadlineMs: 1_000, signals: [] });
    const work = scope.race(never());
    clock.advance(999);
    expect(scope.error).toBeUndefined();
    expect(scope.remainingMs).toBe(1);
    clock.advance(1);
    await expect(work).rejects.toMatchObject({ code: "ERR_DEADLINE" });
    expect(scope.signal.aborted).toBe(true);
  });

  test("leaves no timer and no listener, however it ends", async () => {
    const clock = new ManualClock();
    const { signal } = new AbortController();
    for (const run of [
      async (scope: CallScope) => scope.race(Promise.resolve(1)),
      async (scope: CallScope) => scope.race(Promise.reject(new Error("no"))).catch(() => {}),
      async (scope: CallScope) => scope.end(new ClientError("ERR_UNAVAILABLE", "x")),
    ]) {
      const scope = new CallScope({ clock, deadlineMs: 1_000, signals: [signal, undefined] });
      expect(getEventListeners(signal, "abort")).toHaveLength(1);
      await run(scope);
      scope[Symbol.dispose]();
      expect(getEventListeners(signal, "abort")).toHaveLength(0);
      expect(clock.sleeping).toBe(0);
    }
  });

  test("the first reason counts", async () => {
    const clock = new ManualClock();
    const caller = new AbortController();
    using scope = new CallScope({ clock, deadlineMs: 10, signals: [caller.signal] });
    caller.abort("enough");
    clock.advance(10);
    expect(scope.error).toMatchObject({ code: "ERR_CANCELLED", cause: "enough" });
    await expect(scope.race(Promise.resolve(1))).rejects.toBe(scope.error);
  });

  test("is over from the start where a signal is", () => {
    const clock = new ManualClock();
    const closed = AbortSignal.abort(new ClientError("ERR_UNAVAILABLE", "closing"));
    using scope = new CallScope({ clock, deadlineMs: undefined, signals: [closed] });
    expect(scope.error).toMatchObject({ code: "ERR_UNAVAILABLE", message: "closing" });
    expect(scope.remainingMs).toBeUndefined();
  });

  test("keeps nothing of work that is done, so that a long stream does not grow", async () => {
    const clock = new ManualClock();
    using scope = new CallScope({ clock, deadlineMs: undefined, signals: [] });
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 200_000; i += 1) await scope.race(Promise.resolve(i));
    globalThis.gc?.();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(50 * 2 ** 20);
  });

  test.each([0, -1, Number.NaN, 2 ** 31])("refuses a deadline of %d ms", (deadlineMs) => {
    const clock = new ManualClock();
    expect(() => new CallScope({ clock, deadlineMs, signals: [] })).toThrow(TypeError);
    expect(clock.sleeping).toBe(0);
  });
});
