import { decodeBody } from "@tributary/proto";
import { expect, test } from "vitest";
import { rounds } from "../../hub/test/support/rounds.ts";
import { STEPS, type Step } from "../src/feed/steps.ts";
import { agent, joinedFolder, RunningAgent, writeRows } from "./agent-process.ts";
import { FakeHub } from "./fake-hub.ts";

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

test.for(STEPS)(
  "an agent that is killed after %s loses nothing and doubles nothing",
  async (step, context) => {
    await using hub = await FakeHub.start();
    const center = await Center.join(hub);
    for (const round of rounds(context, 2)) {
      const killAt = `${step}:${1 + (round % TIMES_IN_A_RUN[step])}`;
      center.change(round);
      const killed = await agent(["run", "--once", "--folder", center.folder], "", {
        TRIBUTARY_KILL_AT: killAt,
      });
      expect(killed.signal, `${killAt}: ${killed.stderr}`).toBe("SIGKILL");
      await center.publish();
    }
    await center.check();
  },
);

test("an agent that is killed at any moment loses nothing and doubles nothing", async (context) => {
  await using hub = await FakeHub.start();
  const center = await Center.join(hub);
  for (const round of rounds(context, 2)) {
    center.change(round);
    await using running = new RunningAgent(["run", "--once", "--folder", center.folder]);
    // Between the first batch that comes and a moment after its receipt has left.
    hub.beforeAnswer = async () => {
      setTimeout(() => running.kill(), round * 3);
    };
    await running.ended;
    hub.beforeAnswer = async () => {};
    await center.publish();
  }
  await center.check();
});

/** A center whose rows all change in every round, so that each round publishes each key once. */
class Center {
  readonly folder: string;
  readonly #hub: FakeHub;
  readonly #expected: string[] = [];

  private constructor(hub: FakeHub, folder: string) {
    this.#hub = hub;
    this.folder = folder;
  }

  static async join(hub: FakeHub): Promise<Center> {
    return new Center(hub, await joinedFolder(hub));
  }

  change(round: number): void {
    const rows = new Map(
      Array.from({ length: ROWS }, (_, n) => [`k${n}`, `青禾 ${n} 第 ${round} 版`] as const),
    );
    for (const [key, name] of rows) this.#expected.push(`${key} ${name}`);
    writeRows(this.folder, rows);
  }

  /** Runs the agent to its end. */
  async publish(): Promise<void> {
    const { status, stderr } = await agent(["run", "--once", "--folder", this.folder]);
    expect(status, stderr).toBe(0);
  }

  async check(): Promise<void> {
    const published = this.#hub.records.map(
      ({ key, kind, body }) => `${key} ${(decodeBody(kind, body) as { name: string }).name}`,
    );
    expect(published.toSorted()).toEqual(this.#expected.toSorted());
    // No position of the feed was ever signed twice, and no new feed was needed.
    expect(this.#hub.feeds.size).toBeLessThanOrEqual(1);
    const verified = await agent(["feed", "verify", "--json", "--folder", this.folder]);
    expect(JSON.parse(verified.stdout)).toMatchObject({ waiting: 0, faults: [] });
  }
}
