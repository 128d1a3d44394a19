/**
 * `kill -9` of a real hub at each step that a batch passes, five times a step, with a feeder that goes on: nothing is
 * lost, nothing is doubled, and every receipt that was ever issued holds.
 *
 * The tests share one hub: what one of them broke, the next would find.
 */

import { systemClock } from "@tributary/proto";
import { beforeAll, describe, test } from "vitest";
import { STEPS } from "../src/log/steps.ts";
import { Drill } from "./support/drill.ts";
import { temporaryPath } from "./support/temporary-folder.ts";

let drill: Drill;

beforeAll(async () => {
  drill = await Drill.open(temporaryPath("hub"));
});

describe("survives kill -9", () => {
  // The first counts are passed while the hub starts, by the entry that says so; the last ones in the middle of work.
  test.each(STEPS)("five times at the step %s", async (step) => {
    for (const count of [1, 2, 3, 6, 11]) await drill.killAt(step, count);
    await drill.check();
  });

  test("five times at any moment", async () => {
    for (let life = 0; life < 5; life += 1) {
      const hub = await drill.start();
      const feeding = drill.feed(hub, { untilDead: true, atLeast: 0 });
      const wanted = drill.received + 3 + life * 7;
      while (drill.received < wanted) await systemClock.sleep(5);
      await hub.kill();
      await feeding;
    }
    await drill.check();
  });
});
