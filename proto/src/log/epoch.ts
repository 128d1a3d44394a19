/**
 * Epoch summaries: what the hub states of every center, so that leaving one out is a signed lie.
 *
 * @module
 */

import { concatBytes } from "../crypto/bytes.ts";
import { RecordState } from "../gen/tributary/v1/query_service_pb.ts";
import type { RecordVerdict } from "../record/record.ts";
import { CompactRange } from "./compact-range.ts";
import { leafHash } from "./merkle.ts";
import { type CenterSummary, type EpochSummary, encodeCenterSummary } from "./statement.ts";

/** Most centers of one part: as many as a log entry holds, whatever their names. */
export const MAX_EPOCH_CENTERS = 256;

/** A summary before it is cut into parts. */
export type WholeEpoch = Pick<EpochSummary, "epoch" | "logSize" | "periodMs" | "centers">;

/** The statements of one epoch, in their order. @param whole Its centers ascending by id. */
export function epochParts(whole: WholeEpoch): EpochSummary[] {
  const { epoch, logSize, periodMs, centers } = whole;
  const catalogDigest = epochDigest(centers);
  const parts: EpochSummary[] = [];
  for (let at = 0; at === 0 || at < centers.length; at += MAX_EPOCH_CENTERS) {
    const part = centers.slice(at, at + MAX_EPOCH_CENTERS);
    const isLast = at + MAX_EPOCH_CENTERS >= centers.length;
    parts.push({
      epoch,
      logSize,
      periodMs,
      catalogDigest,
      centers: part,
      afterCenterId: centers[at - 1]?.centerId ?? "",
      untilCenterId: isLast ? "" : (part.at(-1) as CenterSummary).centerId,
    });
  }
  return parts;
}

/** Root over the rows of all centers. @param centers Of all parts, ascending by id. */
export function epochDigest(centers: readonly CenterSummary[]): Uint8Array {
  const tree = new CompactRange();
  for (const center of centers) tree.append(leafHash(encodeCenterSummary(center)));
  return tree.root();
}

/** True if the part is the one that a center's row belongs into. */
export function isInPart(
  { afterCenterId, untilCenterId }: Pick<EpochSummary, "afterCenterId" | "untilCenterId">,
  centerId: string,
): boolean {
  return afterCenterId < centerId && (untilCenterId === "" || centerId <= untilCenterId);
}

/** Where a record of the catalog is in the log, and what the log says of it. */
export interface CatalogLeaf {
  /** Position of its batch. */
  readonly position: number;
  /** Index in the batch. */
  readonly index: number;
  readonly verdict: RecordVerdict;
}

/** The leaf of a record in its center's catalog digest; 13 bytes. */
export function catalogLeaf({ position, index, verdict }: CatalogLeaf): Uint8Array {
  const place = new Uint8Array(12);
  const view = new DataView(place.buffer);
  view.setBigUint64(0, BigInt(position));
  view.setUint32(8, index);
  const state = RecordState[verdict.toUpperCase() as Uppercase<RecordVerdict>];
  return concatBytes(place, Uint8Array.of(state));
}
