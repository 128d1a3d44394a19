import { ManualClock } from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { createPace } from "./pace.ts";

describe("a pace", () => {
  test("rests for as long as its duty says, and not before some work is done", async () => {
    const clock = new ManualClock(0);
    const pace = createPace(clock, 0.25, new AbortController().signal);
    clock.advance(19);
    await pace();
    expect(clock.sleeping).toBe(0);
    clock.advance(1);
    let isOver = false;
    const rest = pace().then(() => {
      isOver = true;
    });
    clock.advance(59);
    await Promise.resolve();
    expect([isOver, clock.sleeping]).toEqual([false, 1]);
    clock.advance(1);
    await rest;
    await pace();
    expect(clock.sleeping).toBe(0);
  });

  test("ends the work when it is aborted, also in its rest", async () => {
    const clock = new ManualClock(0);
    const stopping = new AbortController();
    const pace = createPace(clock, 0.5, stopping.signal);
    clock.advance(100);
    const rest = pace();
    stopping.abort(new Error("stop"));
    await expect(rest).rejects.toThrow("stop");
    await expect(pace()).rejects.toThrow("stop");
  });
});
