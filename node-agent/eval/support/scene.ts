/**
 * Puts the truth beside an outbox, to score attacks on it.
 *
 * @module
 */

import { toHex } from "@tributary/proto";
import { groupsOf, type Scene } from "./attacks/attack.ts";
import { Knowledge } from "./attacks/knowledge.ts";
import type { EvalEngagement, ReleaserOptions, ReleaserUnderTest } from "./engagement.ts";
import type { Outbox } from "./outbox.ts";

/** The scene of an outbox. @throws {Error} if the outbox has a record that no engagement stands behind. */
export function sceneOf(
  { buckets }: Outbox,
  subject: ReleaserUnderTest,
  engagements: readonly EvalEngagement[],
  { k, hierarchies }: ReleaserOptions,
): Scene {
  const records = new Map(
    engagements.map(({ id }, record) => [toHex(subject.nullifierOf(id)), record]),
  );
  const recordOf = (nullifier: string): number => {
    const record = records.get(nullifier);
    if (record === undefined) throw new Error(`no engagement has the nullifier ${nullifier}`);
    return record;
  };
  return {
    k,
    buckets,
    members: buckets.map(({ nullifiers }) => nullifiers.map(recordOf)),
    engagements,
    groups: groupsOf(engagements),
    knowledge: new Knowledge(buckets, hierarchies),
  };
}
