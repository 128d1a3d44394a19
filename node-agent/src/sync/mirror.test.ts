import { ManualClock, TributaryError, type WatchEvent } from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { openSqliteMirror } from "../adapters/sqlite-mirror.ts";
import { aView } from "../ports/catalog-mirror.contract.ts";
import type { HubView } from "../ports/hub-view.ts";
import { followCatalog } from "./mirror.ts";

const NEVER = new AbortController().signal;
const scope = { hubOrigin: "hub.example/log", filters: [{ field: "kind", values: ["provider"] }] };

/** A copy in memory that follows what `answers` gives, one for each time that the hub is asked. */
function bench(answers: readonly (readonly (WatchEvent | Error)[])[]) {
  const mirror = openSqliteMirror(":memory:", scope);
  const asked: [number, unknown][] = [];
  const told: number[] = [];
  const problems: string[] = [];
  const end = new AbortController();
  const hub = {
    async *watch(from: number, filters: unknown) {
      asked.push([from, filters]);
      const answer = answers[asked.length - 1];
      if (answer === undefined) {
        end.abort(new Error("the end"));
        throw new Error("aborted");
      }
      for (const event of answer) {
        if (event instanceof Error) throw event;
        yield event;
      }
    },
  } as unknown as HubView;
  const clock = new ManualClock();
  clock.sleep = async () => {};
  const options = {
    mirror,
    scope,
    hub,
    clock,
    random: () => 0,
    onWhole: async () => {
      told.push(mirror.position() as number);
    },
    onProblem: ({ message }: Error) => problems.push(message),
  };
  return { mirror, asked, told, problems, options, signal: end.signal };
}

const upserted = (key: string, position: number): WatchEvent => ({
  type: "upserted",
  position,
  record: aView(key),
});
const caughtUp = (position: number): WatchEvent => ({ type: "caught_up", position });
const keysOf = ({ mirror }: ReturnType<typeof bench>) =>
  [...mirror.records()].map(({ ref }) => ref.key);

describe("followCatalog", () => {
  test("once ends when the copy is whole, and goes on behind it the next time", async () => {
    const made = bench([
      [upserted("a", 3), caughtUp(5), upserted("too late", 6)],
      [upserted("b", 7), caughtUp(7)],
    ]);
    await followCatalog(made.options, { once: true }, NEVER);
    expect(keysOf(made)).toEqual(["a"]);
    await followCatalog(made.options, { once: true }, NEVER);
    expect(keysOf(made)).toEqual(["a", "b"]);
    expect(made.asked).toEqual([
      [0, scope.filters],
      [6, scope.filters],
    ]);
    expect(made.told).toEqual([5, 7]);
  });

  test("tells of the copy when it changed, not with every sign of life", async () => {
    const made = bench([[caughtUp(5), caughtUp(6), upserted("a", 7), caughtUp(7), caughtUp(8)]]);
    const following = followCatalog(made.options, { once: false }, made.signal);
    await expect(following).rejects.toThrow("the end");
    expect(made.told).toEqual([5, 7]);
    expect(made.mirror.position()).toBe(8);
  });

  test("goes on after a break where it was, and says why it broke", async () => {
    const gone = new TributaryError("ERR_UNAVAILABLE", "the hub is stopping");
    const made = bench([
      [upserted("a", 3), caughtUp(3), upserted("lost with the break", 4), gone],
      [upserted("b", 4), caughtUp(4)],
    ]);
    await expect(followCatalog(made.options, { once: false }, made.signal)).rejects.toThrow();
    expect(made.asked.map(([from]) => from)).toEqual([0, 4, 5]);
    expect(made.problems).toEqual(["the hub is stopping"]);
    expect(keysOf(made)).toEqual(["a", "b"]);
  });

  test("writes a long answer in parts, so that a break costs one of them", async () => {
    const events = Array.from({ length: 600 }, (_, i) => upserted(`k${i}`, i));
    const made = bench([[...events, new TributaryError("ERR_UNAVAILABLE", "gone")]]);
    await expect(followCatalog(made.options, { once: false }, made.signal)).rejects.toThrow();
    expect(made.asked.map(([from]) => from)).toEqual([0, 500]);
  });

  test.each(["ERR_FORBIDDEN", "ERR_QUERY_INVALID"] as const)(
    "ends with %s, which waiting does not mend",
    async (code) => {
      const made = bench([[new TributaryError(code, "no")]]);
      await expect(followCatalog(made.options, { once: false }, made.signal)).rejects.toMatchObject(
        { code },
      );
    },
  );
});
