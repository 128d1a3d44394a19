/**
 * How a failure is told: a sentence and a code to people, an object to programs, a status to the shell.
 *
 * @module
 */

import { errorStatus, isTributaryError, refusalOf, TributaryError } from "@tributary/proto";
import { type CommandIo, type CommonOptions, EXIT, type ExitStatus } from "./io.ts";

/** Tells a failure and answers the exit status for it. */
export function tellFailure(error: unknown, io: CommandIo, options: CommonOptions): ExitStatus {
  const known = isTributaryError(error) ? error : unexpected(error);
  if (options.json) {
    const { code, message, messageZh } = refusalOf(known);
    io.out(JSON.stringify({ error: { code, message, messageZh } }));
  }
  const text = options.language === "zh" ? known.messageZh : known.message;
  io.err(`✖ ${text} [${known.code}]`);
  return statusOf(known);
}

function statusOf(error: TributaryError): ExitStatus {
  if (error.code === "ERR_CONFIG_INVALID" || error.code === "ERR_MODEL_INVALID") return EXIT.usage;
  if (error.code === "ERR_FOLDER_IN_USE") return EXIT.conflict;
  return BY_GRPC_STATUS[errorStatus(error.code).grpc] ?? EXIT.failed;
}

/** By gRPC status number; what is not here is a plain failure. */
const BY_GRPC_STATUS: Readonly<Record<number, ExitStatus>> = {
  3: EXIT.usage,
  4: EXIT.retryLater,
  5: EXIT.notFound,
  6: EXIT.conflict,
  7: EXIT.auth,
  8: EXIT.retryLater,
  9: EXIT.conflict,
  10: EXIT.conflict,
  14: EXIT.unreachable,
  16: EXIT.auth,
} satisfies Record<number, ExitStatus>;

function unexpected(error: unknown): TributaryError {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new TributaryError("ERR_INTERNAL", message, { cause: error });
}
