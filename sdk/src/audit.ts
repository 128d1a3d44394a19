/**
 * Auditing a hub's log from its public files; apart from the client, so that who only asks does not load it.
 *
 * @module
 */

export {
  auditLog,
  type CenterHead,
  httpLogFiles,
  type LogAuditReport,
  type LogProblem,
  type ReadLogFile,
} from "@tributary/proto";
