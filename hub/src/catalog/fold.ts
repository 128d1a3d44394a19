/**
 * The catalog as a fold of the log.
 *
 * A pure function: the same entries give the same rows and facts, however they are cut into chunks, on every machine,
 * at any time. No clock, no randomness, no order of a map decides anything.
 *
 * @module
 */

import { type Body, isRecordKind, type PolicyChange, utf8 } from "@tributary/proto";
import type { CatalogRow } from "../ports/catalog-row.ts";
import type { CatalogChange, CatalogStore } from "../ports/catalog-store.ts";
import type { StoredEntry } from "../ports/log-store.ts";
import { APPROVAL_POLICY, POLICY_FACTS } from "./accept.ts";
import { EntityFold } from "./entity-fold.ts";
import { type CatalogEntry, decodeEntry } from "./entry.ts";
import { type EntryLookup, foldErasure } from "./erasure.ts";
import { type BodyListener, foldBatch, foldMembership, foldRefusal } from "./fold-batch.ts";
import { foldDecision } from "./fold-curation.ts";
import { RELEASE_POLICY_FACT } from "./release/fold-release.ts";
import { parseReleaseRules, RELEASE_POLICY } from "./release/rules.ts";
import { WorkingSet } from "./working-set.ts";

/** Version of the fold; a catalog that another version made is folded anew. */
export const FOLD_FORMAT = "6";
/** Names the fact that holds the version. */
export const FORMAT_FACT = "format";

/** What a chunk of entries does to the catalog. */
export interface FoldResult {
  readonly change: CatalogChange;
  /** Decoded bodies of rows of `change` that this chunk brought, so that nobody has to decode them again. */
  readonly bodies: ReadonlyMap<CatalogRow, Body>;
}

/**
 * Folds entries that follow what the store covers. Nothing is written: that is `store.write(result.change)`.
 *
 * @param entries Dense, the first at the store's position. One entry may hold thousands of records.
 * @param lookup Finds earlier entries; only erasures need it.
 * @param entities The one that followed the entries before; without it, entities are resolved anew.
 * @throws {TributaryError} `ERR_LOG_DAMAGED` if an entry is not the next one; what `decodeEntry` throws.
 */
export async function foldEntries(
  store: CatalogStore,
  entries: readonly StoredEntry[],
  lookup: EntryLookup,
  entities = new EntityFold(),
): Promise<FoldResult> {
  const work = new WorkingSet(store);
  const bodies = new Map<CatalogRow, Body>();
  const decoded = entries.map(decodeEntry);
  if (entries[0]?.position === 0) work.setFact(FORMAT_FACT, utf8(FOLD_FORMAT));
  await work.load(decoded.flatMap(refsOf));
  const providerOf = (row: CatalogRow) => {
    const body = bodies.get(row);
    return body?.kind === "provider" ? body.value : undefined;
  };
  for (const entry of decoded) {
    await foldEntry(work, entry, lookup, (row, body) => bodies.set(row, body));
    await entities.follow(work, entry, providerOf);
  }
  const last = entries.at(-1);
  const position = last === undefined ? await store.position() : last.position + 1;
  return { change: work.change(position), bodies };
}

function refsOf(entry: CatalogEntry) {
  if (entry.type !== "batch") return [];
  const { centerId } = entry.header;
  return entry.records.flatMap((read) =>
    "record" in read ? [{ kind: read.record.kind, centerId, key: read.record.key }] : [],
  );
}

async function foldEntry(
  work: WorkingSet,
  entry: CatalogEntry,
  lookup: EntryLookup,
  onBody: BodyListener,
): Promise<void> {
  const { position, receivedAtMs } = entry;
  switch (entry.type) {
    case "batch":
      return foldBatch(work, entry, onBody);
    case "refusal":
      return foldRefusal(work, entry.header, entry.refusal, position);
    case "membership":
      return foldMembership(work, entry.change, position, receivedAtMs);
    case "curation":
      return foldDecision(work, entry.decision, position, receivedAtMs);
    case "erasure":
      return foldErasure(work, entry.erasure, position, lookup);
    case "policy":
      return foldPolicy(work, entry.change);
    case "restart":
    case "epoch":
      return;
  }
}

/** Holds for records that come after it. A value that the rule cannot have leaves it as it was. */
function foldPolicy(work: WorkingSet, { name, value }: PolicyChange): void {
  if (name === RELEASE_POLICY && parseReleaseRules(value) !== undefined) {
    work.setFact(RELEASE_POLICY_FACT, utf8(value));
  }
  if (name !== APPROVAL_POLICY) return;
  const kinds = kindsOf(value);
  if (kinds !== undefined) work.setFact(POLICY_FACTS + name, utf8(kinds.join(",")));
}

function kindsOf(json: string): string[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!Array.isArray(value)) return undefined;
  const kinds = value.filter((kind) => typeof kind === "string" && isRecordKind(kind));
  return kinds.length === value.length ? kinds : undefined;
}
