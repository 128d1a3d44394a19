/**
 * What others have seen of a hub's log, and auditing it from its public files; apart from the client, so that who only asks
 * does not load it.
 *
 * @module
 */

export {
  auditLog,
  type CenterHead,
  type CosignedBy,
  type CosignedCheckpoint,
  httpLogFiles,
  type LogAuditReport,
  type LogProblem,
  openCosigned,
  parseWitnessPolicy,
  type ReadLogFile,
  requireQuorum,
  type WitnessPolicy,
  type WitnessProof,
} from "@tributary/proto";
export {
  followWitnessed,
  verifyWitnessedEvidence,
  type WitnessedLog,
  type WitnessedLook,
  type WitnessedRecord,
} from "./witnessed.ts";
