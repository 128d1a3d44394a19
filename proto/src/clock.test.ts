import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { ManualClock, systemClock } from "./clock.ts";

describe("ManualClock", () => {
  test("wakes sleepers when their time has come, earliest first", async () => {
    const clock = new ManualClock(1000);
    const woken: string[] = [];
    const late = clock.sleep(20).then(() => woken.push("late"));
    const early = clock.sleep(10).then(() => woken.push("early"));
    clock.advance(9);
    await Promise.resolve();
    expect(woken).toEqual([]);
    expect(clock.sleeping).toBe(2);
    clock.advance(11);
    await Promise.all([late, early]);
    expect(woken).toEqual(["early", "late"]);
    expect(clock.now()).toBe(1020);
  });

  test("leaves no listener behind when it wakes", async () => {
    const clock = new ManualClock();
    const { signal } = new AbortController();
    const sleep = clock.sleep(10, signal);
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    clock.advance(10);
    await sleep;
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  test("can be set back", () => {
    const clock = new ManualClock(1000);
    clock.advance(-400);
    expect(clock.now()).toBe(600);
  });

  test("forgets a sleeper that is aborted", async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const sleep = clock.sleep(10, controller.signal);
    controller.abort(new Error("enough"));
    await expect(sleep).rejects.toThrow("enough");
    expect(clock.sleeping).toBe(0);
  });
});

describe.each([
  ["systemClock", systemClock],
  ["ManualClock", new ManualClock()],
] as const)("%s", (_, clock) => {
  test("does not sleep under a signal that is aborted already", async () => {
    await expect(clock.sleep(1e9, AbortSignal.abort(new Error("enough")))).rejects.toThrow(
      "enough",
    );
  });

  test("tells whole milliseconds", () => {
    expect(Number.isInteger(clock.now())).toBe(true);
  });
});

describe("systemClock", () => {
  test("sleeps, and leaves no listener behind", async () => {
    const { signal } = new AbortController();
    const sleep = systemClock.sleep(1, signal);
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    await sleep;
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  test("ends a sleep of years when aborted", async () => {
    const controller = new AbortController();
    const sleep = systemClock.sleep(1e12, controller.signal);
    controller.abort(new Error("enough"));
    await expect(sleep).rejects.toThrow("enough");
  });
});
