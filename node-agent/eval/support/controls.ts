/**
 * Negative controls: the same attacks on releasers that are known to be unsafe. An attack that does not break these
 * proves nothing where it finds nothing.
 *
 * @module
 */

import type { AttackResult } from "./attacks/attack.ts";
import { groupsOf } from "./attacks/attack.ts";
import { differencing } from "./attacks/differencing.ts";
import { intersectionAttack } from "./attacks/intersection.ts";
import { coversOf, setsOf } from "./attacks/published.ts";
import { reconstruction } from "./attacks/reconstruction.ts";
import { type EvalEngagement, quartersOf, type ReleaserOptions } from "./engagement.ts";
import { republishedMondrian } from "./naive/mondrian.ts";
import { sealingReleaser } from "./naive/sealing.ts";
import { thresholdedTables } from "./naive/tables.ts";
import { readOutbox } from "./outbox.ts";
import { sceneOf } from "./scene.ts";

/** An attack on an unsafe releaser. */
export interface ControlResult {
  readonly releaser: "mondrian" | "tables" | "recut";
  readonly attack: AttackResult;
}

/** Records that are attacked; the first ones. Row reduction is cubic in them. */
const MAX_RECORDS = 10_000;
const MAX_REDUCED = 360;

/** Attacks the unsafe releasers. */
export async function attackControls(
  engagements: readonly EvalEngagement[],
  options: ReleaserOptions,
): Promise<ControlResult[]> {
  const { k } = options;
  const many = engagements.slice(0, MAX_RECORDS);
  const few = engagements.slice(0, MAX_REDUCED);
  const groups = groupsOf(many);
  const recut = sealingReleaser("recut");
  const outbox = readOutbox(await recut.release(quartersOf(few), options));
  const scene = sceneOf(outbox, recut, few, options);
  const buckets = setsOf(scene);
  return [
    ["mondrian", intersectionAttack([...many.keys()], republishedMondrian(many, k), groups, k)],
    ["tables", differencing(thresholdedTables(many, k), groups, k)],
    ["tables", reconstruction(thresholdedTables(few, k), groups, k)],
    ["recut", intersectionAttack([...few.keys()], coversOf(scene), scene.groups, k)],
    ["recut", differencing(buckets, scene.groups, k)],
    ["recut", reconstruction(buckets, scene.groups, k)],
  ].map(([releaser, attack]) => ({ releaser, attack }) as ControlResult);
}
