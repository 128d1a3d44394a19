import { TributaryError } from "@tributary/proto";
import { describe, expect, test } from "vitest";
import type { Answer, Courier, CourierSession } from "../ports/courier.ts";
import { switchingCourier } from "./switching-courier.ts";

const never = new AbortController().signal;
const receipt: Answer = {
  type: "receipt",
  feedId: new Uint8Array(16),
  seq: 0n,
  receipt: new Uint8Array(1),
};

/** A courier that tells its name by its member state's reason, and fails while told to. */
function aCourier(name: string, used: string[]) {
  const state = { fails: false, answers: [receipt] as readonly Answer[] };
  const act = async <T>(value: T): Promise<T> => {
    if (state.fails) throw new TributaryError("ERR_UNAVAILABLE", "down");
    return value;
  };
  const courier: Courier = {
    connect: (): CourierSession => {
      used.push(name);
      return {
        membership: () => act({ state: "approved", reason: name, sinceMs: 0, actor: "" }),
        feedHead: () => act(undefined),
        async *answers(signal) {
          await act(undefined);
          signal.throwIfAborted();
          yield* state.answers;
        },
        send: () => act(undefined),
        giveBack: () => act(undefined),
        beat: () => act(undefined),
        async [Symbol.asyncDispose]() {},
      };
    },
  };
  return { state, courier };
}

function two() {
  const used: string[] = [];
  const [a, b] = [aCourier("a", used), aCourier("b", used)];
  return { used, a: a.state, b: b.state, courier: switchingCourier([a.courier, b.courier]) };
}

const attempt = (work: Promise<unknown>) => work.catch(() => undefined);

describe("a switching courier", () => {
  test("stays with the first for as long as it works", async () => {
    const { courier, used } = two();
    for (let i = 0; i < 3; i += 1) {
      await using session = courier.connect();
      await session.membership(never);
      await session.send(new Uint8Array(1));
      await Array.fromAsync(session.answers(never));
    }
    expect(used).toEqual(["a", "a", "a"]);
  });

  test.each([
    ["membership", (s: CourierSession) => s.membership(never)],
    ["feedHead", (s: CourierSession) => s.feedHead(new Uint8Array(16), never)],
    ["answers", (s: CourierSession) => Array.fromAsync(s.answers(never))],
    ["send", (s: CourierSession) => s.send(new Uint8Array(1))],
    [
      "beat",
      (s: CourierSession) =>
        s.beat({ agentVersion: "", outboxBatches: 0, rejectedRows: 0, pausedReason: "" }),
    ],
  ])("goes to the next where %s fails, and back where that does", async (_, call) => {
    const { courier, used, a, b } = two();
    a.fails = true;
    await using first = courier.connect();
    await expect(call(first)).rejects.toThrow("down");
    await using second = courier.connect();
    await call(second);
    b.fails = true;
    await using third = courier.connect();
    await attempt(call(third));
    await using _last = courier.connect();
    expect(used).toEqual(["a", "b", "b", "a"]);
  });

  test("moves on once, however many calls of a session fail", async () => {
    const { courier, used, a } = two();
    a.fails = true;
    {
      await using session = courier.connect();
      for (let i = 0; i < 3; i += 1) await attempt(session.membership(never));
    }
    await using _next = courier.connect();
    expect(used).toEqual(["a", "b"]);
  });

  test("goes to the next where batches are taken and never answered", async () => {
    const { courier, used, a } = two();
    a.answers = [{ type: "credit", batches: 1, bytes: 1 }];
    {
      await using session = courier.connect();
      await session.send(new Uint8Array(1));
      await Array.fromAsync(session.answers(never));
    }
    await using _next = courier.connect();
    expect(used).toEqual(["a", "b"]);
  });

  test("does not blame a courier for what was aborted, nor for what fails after the end", async () => {
    const { courier, used, a } = two();
    const session = courier.connect();
    await expect(Array.fromAsync(session.answers(AbortSignal.abort()))).rejects.toThrow();
    await session[Symbol.asyncDispose]();
    a.fails = true;
    await attempt(session.membership(never));
    await using _next = courier.connect();
    expect(used).toEqual(["a", "a"]);
  });
});
