/**
 * Verifies offline that a center published a record and that the hub logged it.
 *
 * @module
 */

import {
  type Body,
  decodeBodyUnchecked,
  type TrustedLog,
  type VerifiedEvidence,
  verifyEvidence as verifyEvidenceOf,
} from "@tributary/proto";

/** What evidence proves, with the body read. */
export interface VerifiedRecord extends VerifiedEvidence {
  /** What the center says, as it wrote it; undefined where the record takes its key back. */
  readonly body: Body | undefined;
}

/**
 * Verifies evidence without a network: record, Merkle path, batch signature, membership, log inclusion, checkpoint.
 * Every single-byte change of it is refused.
 *
 * It does not prove that the record is still current, nor that the key was not revoked meanwhile.
 *
 * @param evidence From `client.evidence`, a file, anywhere: nothing of it is trusted.
 * @param trust The log's origin and key. Must come from elsewhere than the hub that is being checked.
 * @throws {TributaryError} `ERR_EVIDENCE_MALFORMED`, `ERR_EVIDENCE_RECORD`, `ERR_EVIDENCE_SIGNATURE`,
 * `ERR_EVIDENCE_MEMBERSHIP`, `ERR_EVIDENCE_LOG`, `ERR_VKEY_MALFORMED`; `ERR_BODY_MALFORMED` if the center signed a
 * body that cannot be read.
 */
export async function verifyEvidence(
  evidence: Uint8Array,
  trust: TrustedLog,
): Promise<VerifiedRecord> {
  const verified = await verifyEvidenceOf(evidence, trust);
  const { kind, operation, body } = verified.record;
  const value = operation === "withdraw" ? undefined : decodeBodyUnchecked(kind, body);
  return { ...verified, body: value && ({ kind, value } as Body) };
}
