/**
 * The audit of a releaser: releases a center's engagements, and runs every attack on the bytes.
 *
 * @module
 */

import type { Hierarchies } from "@tributary/proto";
import type { AttackResult, Scene } from "./attacks/attack.ts";
import { coMember } from "./attacks/co-member.ts";
import { pseudonymDictionary } from "./attacks/dictionary.ts";
import { differencing } from "./attacks/differencing.ts";
import { homogeneity } from "./attacks/homogeneity.ts";
import { interference } from "./attacks/interference.ts";
import { intersectionAttack } from "./attacks/intersection.ts";
import { prosecutorLinkage } from "./attacks/prosecutor.ts";
import { coversOf, setsOf } from "./attacks/published.ts";
import { reconstruction } from "./attacks/reconstruction.ts";
import {
  type EvalEngagement,
  quartersOf,
  type RegisterEntry,
  type ReleaserUnderTest,
} from "./engagement.ts";
import { type Outbox, readOutbox } from "./outbox.ts";
import { sceneOf } from "./scene.ts";

/** What is audited. */
export interface AuditInput {
  readonly engagements: readonly EvalEngagement[];
  readonly register: readonly RegisterEntry[];
  readonly hierarchies: Hierarchies;
  readonly k: number;
  /** Pending records that are taken out one at a time; each costs a release of everything. */
  readonly removals: number;
  /** Hashes of enterprises with salts found in the outbox that are tried at most. */
  readonly saltedDigests: number;
}

/** How useful the releases are. */
export interface Utility {
  /** Share of the engagements that were released. */
  readonly released: number;
  /** Share of the released records whose bucket names the provider: levels 0 to 3. */
  readonly providerKept: number;
  /** Mean wait of a released record, in quarters. */
  readonly meanWaitQuarters: number;
  /** Mean records of a bucket. */
  readonly meanBucket: number;
  /** Share of the released records at each level. */
  readonly levels: readonly number[];
}

/** What an audit found. */
export interface Audit {
  readonly attacks: readonly AttackResult[];
  readonly utility: Utility;
}

/** Coarsest level that names a provider. */
const PROVIDER_LEVELS = 3;
const LEVELS = 8;

/** Releases and attacks. @throws {Error} if the outbox has a record that no engagement stands behind. */
export async function audit(subject: ReleaserUnderTest, input: AuditInput): Promise<Audit> {
  const { engagements, register, hierarchies, k } = input;
  const quarters = quartersOf(engagements);
  const options = { k, hierarchies };
  const bodies = await subject.release(quarters, options);
  const outbox = readOutbox(bodies);
  const scene = sceneOf(outbox, subject, engagements, options);
  const { groups, members } = scene;
  const released = new Set(members.flat());
  const covers = coversOf(scene);
  const sets = setsOf(scene);
  const withoutEach = spread(
    [...engagements.keys()].filter((record) => !released.has(record)),
    input.removals,
  ).map((record) => (engagements[record] as EvalEngagement).id);
  const { release } = subject;
  return {
    attacks: [
      prosecutorLinkage(scene),
      intersectionAttack([...released], covers, groups, k),
      differencing(sets, groups, k),
      reconstruction(sets, groups, k),
      homogeneity(scene),
      coMember(scene),
      await interference({ release, options, quarters, bodies, outbox, withoutEach }, scene),
      pseudonymDictionary(bodies, register, engagements, input.saltedDigests),
    ],
    utility: utilityOf(outbox, scene),
  };
}

function utilityOf({ buckets }: Outbox, { members, engagements }: Scene): Utility {
  const atLevel = new Array<number>(LEVELS).fill(0);
  let released = 0;
  let waited = 0;
  for (const [i, { q, level }] of buckets.entries()) {
    for (const record of members[i] as readonly number[]) {
      released += 1;
      waited += q - (engagements[record] as EvalEngagement).q;
      atLevel[level] = (atLevel[level] as number) + 1;
    }
  }
  const share = (part: number) => (released === 0 ? 0 : part / released);
  const named = atLevel.slice(0, PROVIDER_LEVELS + 1).reduce((sum, count) => sum + count, 0);
  return {
    released: engagements.length === 0 ? 0 : released / engagements.length,
    providerKept: share(named),
    meanWaitQuarters: share(waited),
    meanBucket: buckets.length === 0 ? 0 : released / buckets.length,
    levels: atLevel.map(share),
  };
}

/** At most `count` items, evenly from all of them. */
function spread<Item>(items: readonly Item[], count: number): Item[] {
  const taken = Math.min(count, items.length);
  return Array.from(
    { length: taken },
    (_, i) => items[Math.floor((i * items.length) / taken)] as Item,
  );
}
