/**
 * A record on its way into the feed: everything but what signing adds (salt, revision).
 *
 * @module
 */

import { type RecordKind, type RecordValue, sha256, type Visibility } from "@tributary/proto";
import type { RecordState } from "../ports/feed-store.ts";

/** What becomes a record. The body is final: it passed the privacy gate. */
export interface RecordDraft {
  readonly kind: RecordKind;
  readonly key: string;
  readonly operation: "upsert" | "withdraw";
  readonly visibility: Visibility;
  /** Center ids, ascending; only with visibility "centers". */
  readonly visibleTo: readonly string[];
  /** SPDX id or URL; may be empty. */
  readonly license: string;
  readonly validUntilMs?: number;
  /** The encoded body; empty with "withdraw". */
  readonly body: Uint8Array;
  readonly provenance?: NonNullable<RecordValue["provenance"]>;
  /** Source that it comes from. */
  readonly sourceId: string;
  /** {@link contentHashOf} the draft. */
  readonly contentHash: Uint8Array;
  /** The record as it was signed before; undefined if it never was. */
  readonly previous: RecordState | undefined;
}

const CONTENT_HASH_BYTES = 16;
const encoder = new TextEncoder();

/**
 * Names what readers would see: two drafts of one key with equal hashes need no new revision. Where the record came
 * from (its provenance) is left out, since a row that only moved is not news.
 */
export function contentHashOf(
  draft: Pick<
    RecordDraft,
    "operation" | "visibility" | "visibleTo" | "license" | "validUntilMs" | "body"
  >,
): Uint8Array {
  const envelope = JSON.stringify([
    draft.operation,
    draft.visibility,
    draft.visibleTo,
    draft.license,
    draft.validUntilMs ?? null,
  ]);
  return sha256(encoder.encode(envelope), draft.body).slice(0, CONTENT_HASH_BYTES);
}
