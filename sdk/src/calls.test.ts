import { create } from "@bufbuild/protobuf";
import { ManualClock } from "@tributary/proto";
import {
  AdminService,
  FacetsResponseSchema,
  QueryService,
  WatchResponseSchema,
} from "@tributary/proto/wire";
import { describe, expect, test } from "vitest";
import { Calls } from "./calls.ts";
import { ClientError } from "./errors.ts";
import { RetryBudget } from "./retry.ts";
import type { AttemptOptions, Transport } from "./transport.ts";

const { facets, watch } = QueryService.method;
const ANSWER = create(FacetsResponseSchema);

interface Setup {
  readonly calls: Calls;
  readonly clock: ManualClock;
  readonly attempts: AttemptOptions[];
  readonly delays: number[];
}

/** Calls over a transport that fails as often as it is told. */
function setup(
  fail: (attempt: number) => ClientError | undefined,
  { budget = new RetryBudget(), deadlineMs = 10_000 } = {},
): Setup {
  const clock = new ManualClock();
  const attempts: AttemptOptions[] = [];
  const delays: number[] = [];
  const transport = {
    async unary(_method: unknown, _message: unknown, options: AttemptOptions) {
      attempts.push(options);
      const error = fail(attempts.length);
      if (error !== undefined) throw error;
      return ANSWER;
    },
    stream: () => {
      throw new TypeError("not in this test");
    },
    close() {},
  } as unknown as Transport;
  const calls = new Calls({
    transport,
    clock,
    random: () => 0.5,
    budget,
    token: undefined,
    deadlineMs,
    maxRetries: 2,
    onRetry: ({ delayMs }) => delays.push(delayMs),
  });
  return { calls, clock, attempts, delays };
}

const unavailable = (retryAfterMs?: number) =>
  new ClientError("ERR_UNAVAILABLE", "starting", { retryAfterMs });

/** Moves the clock until the promise settles. */
async function drive<T>(clock: ManualClock, stepMs: number, work: Promise<T>): Promise<T> {
  let isSettled = false;
  const settled = work.finally(() => {
    isSettled = true;
  });
  settled.catch(() => {});
  while (!isSettled) {
    await new Promise((resolve) => setImmediate(resolve));
    if (!isSettled) clock.advance(stepMs);
  }
  return settled;
}

describe("a unary call", () => {
  test("waits with back-off and jitter between its retries", async () => {
    const { calls, clock, delays } = setup((attempt) => (attempt < 3 ? unavailable() : undefined));
    expect(await drive(clock, 10, calls.unary(facets, {}, {}))).toBe(ANSWER);
    expect(delays).toEqual([50, 100]);
  });

  test("adds the jitter to the pause that the hub asks for", async () => {
    const { calls, clock, delays } = setup((n) => (n < 2 ? unavailable(1_000) : undefined));
    await drive(clock, 100, calls.unary(facets, {}, {}));
    expect(delays).toEqual([1_050]);
  });

  test("has one deadline for all its attempts and pauses", async () => {
    const { calls, clock, attempts } = setup(() => unavailable(400), { deadlineMs: 1_000 });
    const call = drive(clock, 1, calls.unary(facets, {}, {}));
    await expect(call).rejects.toMatchObject({ code: "ERR_UNAVAILABLE" });
    expect(attempts.map(({ timeoutMs }) => timeoutMs)).toEqual([1_000, 550, 50]);
  });

  test("uses one name for all attempts of a call", async () => {
    const { calls, clock, attempts } = setup(() => unavailable());
    const failure = await drive(clock, 10, calls.unary(facets, {}, {})).catch((e: unknown) => e);
    const ids = attempts.map(({ headers }) => headers["x-request-id"]);
    expect(new Set(ids).size).toBe(1);
    expect(failure).toMatchObject({ requestId: ids[0] });
  });

  test("makes no retry once the process's budget is used up", async () => {
    const budget = new RetryBudget();
    while (budget.trySpend());
    const { calls, attempts } = setup(() => unavailable(), { budget });
    await expect(calls.unary(facets, {}, {})).rejects.toMatchObject({ code: "ERR_UNAVAILABLE" });
    expect(attempts).toHaveLength(1);
  });

  test("fills the budget with its successes", async () => {
    const budget = new RetryBudget();
    while (budget.trySpend());
    const { calls } = setup(() => undefined, { budget });
    for (let i = 0; i < 100; i += 1) await calls.unary(facets, {}, {});
    expect(budget.trySpend()).toBe(true);
  });

  test("never repeats a method that is not declared free of side effects", async () => {
    const { calls, attempts } = setup(() => unavailable());
    const { createInvitation } = AdminService.method;
    await expect(calls.unary(createInvitation, {}, {})).rejects.toMatchObject({
      code: "ERR_UNAVAILABLE",
    });
    expect(attempts).toHaveLength(1);
  });

  test("passes on an error that is a defect as it is", async () => {
    const { calls } = setup(() => {
      throw new RangeError("defect");
    });
    await expect(calls.unary(facets, {}, {})).rejects.toBeInstanceOf(RangeError);
  });
});

describe("a stream", () => {
  /** Calls over a stream that gives what is pushed. */
  function streaming() {
    const clock = new ManualClock();
    const waiting: ((value: IteratorResult<unknown>) => void)[] = [];
    const message = create(WatchResponseSchema, { change: { case: "caughtUp", value: true } });
    const transport = {
      stream: () => ({
        [Symbol.asyncIterator]: () => ({
          next: () => new Promise((resolve) => waiting.push(resolve)),
        }),
      }),
      close() {},
    } as unknown as Transport;
    const calls = new Calls({
      transport,
      clock,
      random: () => 0.5,
      budget: new RetryBudget(),
      token: undefined,
      deadlineMs: 1_000,
      maxRetries: 0,
      onRetry: undefined,
    });
    const push = () => waiting.shift()?.({ done: false, value: message });
    const events = calls.stream(watch, {}, { signal: undefined, silenceMs: 45_000 });
    return { calls, clock, waiting, push, events };
  }

  const turn = () => new Promise((resolve) => setImmediate(resolve));

  test("ends with ERR_DEADLINE when the hub is silent for too long", async () => {
    const { clock, events } = streaming();
    const next = events.next();
    next.catch(() => {});
    for (let i = 0; i < 4; i += 1) {
      await turn();
      clock.advance(15_000);
    }
    await expect(next).rejects.toMatchObject({ code: "ERR_DEADLINE" });
    expect(clock.sleeping).toBe(0);
  });

  test("lives as long as the hub speaks, and while its consumer is busy", async () => {
    const { clock, events, push, waiting } = streaming();
    for (let i = 0; i < 5; i += 1) {
      const next = events.next();
      for (let s = 0; s < 2; s += 1) {
        await turn();
        clock.advance(15_000);
      }
      await expect.poll(() => waiting.length).toBe(1);
      push();
      expect((await next).done).toBe(false);
      // The consumer takes its time: nobody waits for the hub.
      for (let s = 0; s < 20; s += 1) {
        await turn();
        clock.advance(15_000);
      }
    }
    await events.return();
    await turn();
    expect(clock.sleeping).toBe(0);
  });

  test("ends with the client", async () => {
    const { calls, events } = streaming();
    const next = events.next();
    next.catch(() => {});
    await turn();
    calls[Symbol.dispose]();
    await expect(next).rejects.toMatchObject({ code: "ERR_CANCELLED" });
  });
});
