/**
 * Vectors of epoch summaries: the digest of a center's records, the rows, and the statements of one epoch.
 *
 * @module
 */

import {
  type CatalogLeaf,
  type CenterSummary,
  catalogLeaf,
  encodeCenterSummary,
  encodeEpochSummary,
  epochParts,
  leafHash,
  MAX_EPOCH_CENTERS,
  merkleRoot,
  openBatch,
} from "@tributary/proto";
import { second } from "./batches.ts";
import { toVector, type VectorFile } from "./json.ts";
import { CENTER_ID } from "./keys.ts";

const LEAVES: readonly CatalogLeaf[] = [
  { position: 3, index: 0, verdict: "live" },
  { position: 3, index: 1, verdict: "quarantined" },
  { position: 4, index: 258, verdict: "withdrawn" },
];

const digestOf = (leaves: readonly CatalogLeaf[]) =>
  merkleRoot(leaves.map(catalogLeaf).map(leafHash));

const { header, headerHash } = openBatch(second.frame);

/** The row of the center of these vectors, behind its second batch. */
export const ROW: CenterSummary = {
  centerId: CENTER_ID,
  feedId: header.feedId.slice(),
  nextSeq: Number(header.seq) + 1,
  lastHash: headerHash,
  accepted: Number(header.firstRecordSeq) + header.recordCount,
  quarantined: 1,
  stale: 0,
  withdrawn: 1,
  erased: 0,
  catalogDigest: digestOf(LEAVES),
};

/** A center that the log names and that never published. */
function silent(centerId: string): CenterSummary {
  const none = new Uint8Array();
  const counts = { accepted: 0, quarantined: 0, stale: 0, withdrawn: 0, erased: 0 };
  return {
    centerId,
    feedId: none,
    nextSeq: 0,
    lastHash: none,
    ...counts,
    catalogDigest: digestOf([]),
  };
}

const many = Array.from({ length: MAX_EPOCH_CENTERS + 1 }, (_, i) =>
  silent(`center-${String(i).padStart(4, "0")}`),
);

/** What a hub states of its centers. */
export function epochVectors(): VectorFile {
  const epochs = [
    ["no center yet", []],
    ["two centers", [silent("aluminium"), ROW]],
    ["more centers than one entry holds", many],
  ] as const;
  return {
    description:
      "Epoch summaries. catalogs: the leaves of a center's catalog digest, in order, and the digest. rows: a CenterSummary and its bytes. epochs: the centers, by name in rows or as many silent ones, lead to catalogDigest and to the parts, each with its range and the bytes of its EpochSummary.",
    catalogs: [[], LEAVES.slice(0, 1), LEAVES].map((leaves) => ({
      leaves: leaves.map((leaf) => ({ ...leaf, bytes: toVector(catalogLeaf(leaf)) })),
      digest: toVector(digestOf(leaves)),
    })),
    rows: [silent("aluminium"), ROW].map((row) => ({
      value: toVector(row),
      bytes: toVector(encodeCenterSummary(row)),
    })),
    epochs: epochs.map(([name, centers], epoch) => {
      const parts = epochParts({ epoch, logSize: 8, periodMs: 21_600_000, centers });
      return {
        name,
        centers: centers.map(({ centerId }) => centerId),
        catalogDigest: toVector(parts[0]?.catalogDigest),
        parts: parts.map((part) => ({
          afterCenterId: part.afterCenterId,
          untilCenterId: part.untilCenterId,
          bytes: toVector(encodeEpochSummary(part)),
        })),
      };
    }),
  };
}
