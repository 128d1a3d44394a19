/**
 * How a failure is told: a sentence and a code to people, an object to programs, a status to the shell.
 *
 * @module
 */

import {
  errorStatus,
  isTributaryError,
  TributaryError,
  type TributaryErrorCode,
} from "@tributary/proto";
import { type CommandIo, EXIT, type ExitStatus, type Language } from "./io.ts";

/** Tells a failure and answers the exit status for it. */
export function tellFailure(
  error: unknown,
  io: CommandIo,
  options: { readonly json: boolean; readonly language: Language },
): ExitStatus {
  if (io.signal.aborted) return EXIT.interrupted;
  const { code, message, messageZh } = asTributaryError(error);
  if (options.json) io.out(JSON.stringify({ error: { code, message, messageZh } }));
  io.err(`✖ ${options.language === "zh" ? messageZh : message} [${code}]`);
  return statusOf(code);
}

/** The exit status of an error code; one of a newer hub is a plain failure. */
export function statusOf(code: string): ExitStatus {
  const own = OWN[code as TributaryErrorCode];
  return own ?? BY_GRPC_STATUS[errorStatus(code).grpc] ?? EXIT.failed;
}

const OWN: Readonly<Partial<Record<TributaryErrorCode, ExitStatus>>> = {
  ERR_CONFIG_INVALID: EXIT.usage,
  ERR_FOLDER_MISSING: EXIT.notFound,
  ERR_HUB_IDENTITY: EXIT.auth,
  ERR_KEY_FILE: EXIT.auth,
  ERR_MEMBER_STATE: EXIT.auth,
  ERR_MEMBER_UNKNOWN: EXIT.auth,
  ERR_NOT_JOINED: EXIT.auth,
  ERR_SOURCE_LOCKED: EXIT.retryLater,
  ERR_SOURCE_CHANGED: EXIT.retryLater,
  ERR_SOURCE_UNREADABLE: EXIT.failed,
};

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
};

/** The error itself, or a defect of this program as `ERR_INTERNAL`. */
export function asTributaryError(error: unknown): TributaryError {
  if (isTributaryError(error)) return error;
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new TributaryError("ERR_INTERNAL", message, { cause: error });
}
