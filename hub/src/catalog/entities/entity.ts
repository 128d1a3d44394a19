/**
 * Entities and their ids.
 *
 * Every record has an id that an entity could have: the hash of its own. An entity has that of its oldest record, so it
 * keeps its id as records come and go, and two hubs with the same records name it alike. The ids of its other records lead
 * to it: whatever an entity was called before a merge is found after it, and a merge that is undone gives both their old
 * ids back.
 *
 * @module
 */

import { sha256Text, toHex } from "@tributary/proto";
import { compareIds, type EntityRecord, isOlder } from "./record.ts";

/** Records that describe one thing. */
export interface Entity {
  /** `ent_` and 24 hexadecimal digits. */
  readonly id: string;
  /** Ids of its records, ascending; at least one. */
  readonly members: readonly string[];
  /** Ids that lead here: those of its other records, ascending. */
  readonly redirects: readonly string[];
  /** Larger than a thing is that each source describes a few times: someone should look at it. */
  readonly isLarge: boolean;
}

/** Records that a source may have of one thing before someone should look. */
const RECORDS_PER_SOURCE = 3;
/** Records of one thing from which on someone should look in any case. */
const LARGE = 12;

/** The entity of some records. @throws {TypeError} if there are none. */
export function entityOf(records: readonly EntityRecord[]): Entity {
  const oldest = records.reduce((first, record) => (isOlder(record, first) ? record : first));
  const sources = new Set(records.map(({ source }) => source));
  return {
    id: entityIdOf(oldest.id),
    members: records.map(({ id }) => id).sort(compareIds),
    redirects: records
      .filter((record) => record !== oldest)
      .map(({ id }) => entityIdOf(id))
      .sort(compareIds),
    isLarge: records.length > LARGE || records.length > RECORDS_PER_SOURCE * sources.size,
  };
}

/** The id that an entity has whose oldest record is this one. */
export function entityIdOf(recordId: string): string {
  return `ent_${toHex(sha256Text(recordId)).slice(0, 24)}`;
}

/** An entity that is new, and those whose records it has now. */
export interface EntityChange {
  readonly id: string;
  /** Ids of the entities before, ascending; without its own. */
  readonly supersedes: readonly string[];
}

/** What changed between two resolutions: entities that were merged, split or grew, by id. */
export function changesBetween(
  before: Iterable<Entity>,
  after: Iterable<Entity>,
): readonly EntityChange[] {
  const owner = new Map<string, Entity>();
  for (const entity of before) for (const member of entity.members) owner.set(member, entity);
  const changes: EntityChange[] = [];
  for (const { id, members } of after) {
    const owners = new Set(members.map((member) => owner.get(member)));
    const [only] = owners;
    if (owners.size === 1 && only?.id === id && only.members.length === members.length) continue;
    const supersedes = [...owners].flatMap((entity) =>
      entity === undefined || entity.id === id ? [] : [entity.id],
    );
    changes.push({ id, supersedes: supersedes.sort(compareIds) });
  }
  return changes.sort((a, b) => compareIds(a.id, b.id));
}
