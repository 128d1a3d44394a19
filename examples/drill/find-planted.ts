/**
 * Plants bugs, one at a time, and looks whether the simulation finds them: a drill that finds no bug that is there proves
 * nothing.
 *
 * @module
 */

import { type PlantedBug, PlantedCopy } from "../../.tools/planted-copy.ts";
import { simulateSeeds } from "./simulate-seeds.ts";

export interface PlantedResult {
  readonly planted: number;
  readonly found: number;
  /** Names of bugs under which everything held. */
  readonly missed: readonly string[];
}

/** Most seeds for one bug. Most are found by the first three, one by the 157th. */
const SEEDS = 200;

/**
 * @param seconds Most time for all; bugs whose turn does not come are missed.
 * @param tell Hears a line about each.
 */
export async function findPlanted(
  bugs: readonly PlantedBug[],
  seconds: number,
  tell: (line: string) => void,
): Promise<PlantedResult> {
  const missed: string[] = [];
  const untilMs = Date.now() + seconds * 1000;
  const waiting = [...bugs];
  const plantAll = async () => {
    using copy = new PlantedCopy();
    for (let bug = waiting.shift(); bug !== undefined; bug = waiting.shift()) {
      using _ = copy.plant(bug);
      const { seeds, violations } = await simulateSeeds({
        first: 0,
        count: SEEDS,
        seconds: Math.max(0, (untilMs - Date.now()) / 1000),
        stopsAtFirst: true,
        root: copy.root,
        processes: 1,
      });
      const [violation] = violations;
      if (violation === undefined) missed.push(bug.name);
      const how = violation && `seed ${violation.seed}: ${violation.problems[0]?.split("\n")[0]}`;
      if (how) tell(`found  ${bug.name} (${how})`);
      else tell(seeds === 0 ? `NO TIME for ${bug.name}` : `MISSED ${bug.name} (${seeds} seeds)`);
    }
  };
  await Promise.all([plantAll(), plantAll()]);
  return { planted: bugs.length, found: bugs.length - missed.length, missed };
}
