/**
 * Records that wait for a curator: those that need an approval, and those that are quarantined.
 *
 * Kept beside the rows, so that a queue of few among millions is read without reading them all. A curator who has seen
 * a record and can do nothing says so with `acknowledge`: it waits again when its center sends another revision.
 * Derived from rows and decisions, so no part of the digest.
 *
 * @module
 */

import { fromUtf8, parseUrn, type RecordRef, urnOf, utf8 } from "@tributary/proto";
import type { CatalogRow } from "../ports/catalog-row.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import { LOCAL_FACTS } from "./digest.ts";

const WAITING_FACTS = `${LOCAL_FACTS}waiting/`;
const ACKNOWLEDGED_FACTS = `${LOCAL_FACTS}acknowledged/`;

/** A record that waits. */
export interface WaitingRecord {
  readonly ref: RecordRef;
  readonly urn: string;
  readonly verdict: "pending" | "quarantined";
  /** When the hub received its newest revision; ms since the epoch. */
  readonly sinceMs: number;
  /** Position of the batch of that revision. */
  readonly logPosition: number;
}

type Stored = Omit<WaitingRecord, "ref" | "urn">;

export function waitingFactName(ref: RecordRef): string {
  return WAITING_FACTS + urnOf(ref);
}

export function acknowledgedFactName(ref: RecordRef): string {
  return ACKNOWLEDGED_FACTS + urnOf(ref);
}

/** The fact of a row; undefined where nobody has to decide about it. */
export function waitingFactOf(row: CatalogRow | undefined): Uint8Array | undefined {
  const verdict = row?.verdict;
  if (row === undefined || (verdict !== "pending" && verdict !== "quarantined")) return undefined;
  const stored: Stored = { verdict, sinceMs: row.receivedAtMs, logPosition: row.logPosition };
  return utf8(JSON.stringify(stored));
}

/** The fact of the newest `acknowledge` that holds; undefined where none does. */
export function acknowledgedFactOf(position: number | undefined): Uint8Array | undefined {
  return position === undefined ? undefined : utf8(String(position));
}

/** Records that wait and were not acknowledged since they came, ascending by URN. */
export async function* waitingRecords(
  catalog: Pick<CatalogStore, "facts">,
): AsyncIterable<WaitingRecord> {
  const acknowledged = new Map<string, number>();
  for await (const [name, value] of catalog.facts(ACKNOWLEDGED_FACTS)) {
    acknowledged.set(name.slice(ACKNOWLEDGED_FACTS.length), Number(fromUtf8(value)));
  }
  for await (const [name, value] of catalog.facts(WAITING_FACTS)) {
    const urn = name.slice(WAITING_FACTS.length);
    const stored = JSON.parse(fromUtf8(value)) as Stored;
    if ((acknowledged.get(urn) ?? -1) > stored.logPosition) continue;
    yield { ref: parseUrn(urn), urn, ...stored };
  }
}
