/**
 * `kill -9` of a whole hub at each step that a batch passes, with a feeder that goes on: nothing is lost, nothing is doubled,
 * and every receipt that was ever issued holds. `core-kill.test.ts` does so more often, without threads and sockets.
 *
 * The tests share one hub: what one of them broke, the next would find.
 */

import { systemClock } from "@tributary/proto";
import { beforeAll, describe, test } from "vitest";
import { STEPS } from "../src/log/steps.ts";
import { Drill } from "./support/drill.ts";
import { rounds } from "./support/rounds.ts";
import { temporaryPath } from "./support/temporary-folder.ts";

/** The first counts are passed while the hub starts, by the entry that says so; the last ones in the middle of work. */
const COUNTS = [1, 11, 3, 6, 2, 4, 5, 8, 16, 24];

let drill: Drill;

beforeAll(async () => {
  drill = await Drill.open(temporaryPath("hub"));
});

describe("a hub", () => {
  test.for(STEPS)("is killed at the step %s", async (step, context) => {
    for (const round of rounds(context, 2)) {
      await drill.killAt(step, COUNTS[round % COUNTS.length] as number);
    }
  });

  test("is killed at any moment", async (context) => {
    for (const round of rounds(context, 2)) {
      const hub = await drill.start();
      const feeding = drill.feed(hub, { untilDead: true, atLeast: 0 });
      const wanted = drill.received + 3 + round * 7;
      while (drill.received < wanted) await systemClock.sleep(5);
      await hub.kill();
      await feeding;
    }
  });

  test("has lost, doubled and changed nothing", async () => {
    await drill.check();
  });
});
