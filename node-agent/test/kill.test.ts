import { decodeBody } from "@tributary/proto";
import { expect, test } from "vitest";
import { STEPS, type Step } from "../src/feed/steps.ts";
import { agent, joinedFolder, writeRows } from "./agent-process.ts";
import { FakeHub } from "./fake-hub.ts";

const ROUNDS = 5;
const ROWS = 1_800;

/** How often a step happens in one run of two batches of records; the mark is written once for several. */
const TIMES_IN_A_RUN: Readonly<Record<Step, number>> = {
  append: 2,
  sign: 2,
  sync: 2,
  mark: 1,
  send: 2,
  receipt: 2,
  truncate: 2,
};

test.each(STEPS)(
  "an agent that is killed after %s loses nothing and doubles nothing",
  async (step) => {
    await using hub = await FakeHub.start();
    const folder = await joinedFolder(hub);
    const expected: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      // Every row changes in every round, so that each round publishes each key once.
      const rows = new Map(
        Array.from({ length: ROWS }, (_, n) => [`k${n}`, `青禾 ${n} 第 ${round} 版`] as const),
      );
      for (const [key, name] of rows) expected.push(`${key} ${name}`);
      writeRows(folder, rows);
      const killAt = `${step}:${1 + (round % TIMES_IN_A_RUN[step])}`;
      const killed = await agent(["run", "--once", "--folder", folder], "", {
        TRIBUTARY_KILL_AT: killAt,
      });
      expect(killed.signal, `${killAt}: ${killed.stderr}`).toBe("SIGKILL");
      const again = await agent(["run", "--once", "--folder", folder]);
      expect(again.status, again.stderr).toBe(0);
    }
    const published = hub.records.map(
      ({ key, kind, body }) => `${key} ${(decodeBody(kind, body) as { name: string }).name}`,
    );
    expect(published.toSorted()).toEqual(expected.toSorted());
    // No position of the feed was ever signed twice, and no new feed was needed.
    expect(hub.feeds.size).toBe(1);
    const verified = await agent(["feed", "verify", "--json", "--folder", folder]);
    expect(JSON.parse(verified.stdout)).toMatchObject({ waiting: 0, faults: [] });
  },
  300_000,
);
