/**
 * X14: what is not released must not show. A record that stays pending is taken out of the center's data and everything
 * is released again: not one byte may change. And nothing may leave but at the tick of its epoch.
 *
 * @module
 */

import { concatBytes, equalBytes } from "@tributary/proto";
import { epochOf, type Quarter, type Releaser, type ReleaserOptions } from "../engagement.ts";
import type { Outbox } from "../outbox.ts";
import type { AttackResult, Scene } from "./attack.ts";
import { highestLevelAfter } from "./knowledge.ts";

/** What the releases are compared with. */
export interface InterferenceInput {
  readonly release: Releaser;
  readonly options: ReleaserOptions;
  readonly quarters: readonly Quarter[];
  readonly bodies: readonly Uint8Array[];
  readonly outbox: Outbox;
  /** Identifiers of pending engagements to take out, one at a time. */
  readonly withoutEach: readonly string[];
}

/** Releases once more for each pending record, and once more unchanged. */
export async function interference(input: InterferenceInput, scene: Scene): Promise<AttackResult> {
  const { release, options, quarters, withoutEach } = input;
  const bytes = concatBytes(...input.bodies);
  const changes = async (left: readonly Quarter[]) =>
    !equalBytes(bytes, concatBytes(...(await release(left, options))));
  const unstable = (await changes(quarters)) ? 1 : 0;
  let changed = 0;
  for (const id of withoutEach) {
    const left = quarters.map(({ epoch, engagements }) => ({
      epoch,
      engagements: engagements.filter((engagement) => engagement.id !== id),
    }));
    if (await changes(left)) changed += 1;
  }
  const wrongEpochs = wrongEpochsOf(input);
  const early = earlyRecords(scene);
  return {
    id: "X14",
    name: "non-interference and epochs",
    passed: unstable + changed + wrongEpochs + early === 0,
    bar: "byte equal; one release an epoch; nothing early",
    figures: {
      removed: withoutEach.length,
      changed,
      unstable,
      wrong_epochs: wrongEpochs,
      early_or_too_coarse: early,
    },
  };
}

/** Epochs without exactly one whole release, and releases at another epoch or out of order. */
function wrongEpochsOf({ outbox, quarters }: InterferenceInput): number {
  const expected = quarters.map(({ epoch }) => epoch);
  const whole: string[] = [];
  let wrong = 0;
  for (const [i, { q, part, parts }] of outbox.releases.entries()) {
    const before = outbox.releases[i - 1];
    const continues = before?.q === q && before.part + 1 === part && before.parts === parts;
    if (part !== 0 && !continues) wrong += 1;
    if (part === parts - 1) whole.push(epochOf(q));
  }
  for (let i = 0; i < Math.max(expected.length, whole.length); i++) {
    if (expected[i] !== whole[i]) wrong += 1;
  }
  return wrong;
}

/** Records sealed before they were complete, or at a coarser level than their wait allows. */
function earlyRecords({ buckets, members, engagements }: Scene): number {
  let early = 0;
  for (const [i, { q, level }] of buckets.entries()) {
    for (const record of members[i] as readonly number[]) {
      const waited = q - (engagements[record]?.q ?? Number.POSITIVE_INFINITY);
      if (waited < 0 || level > highestLevelAfter(waited)) early += 1;
    }
  }
  return early;
}
