/**
 * {@link Misbehaviour} as a file: JSON with checkpoints as they are and receipts in base64. Who found it, and when, is
 * said and proves nothing.
 *
 * Read by hand, for browsers: what is in it has to be verified anyway.
 *
 * @module
 */

import { fromBase64, toBase64 } from "../crypto/bytes.ts";
import { TributaryError } from "../errors.ts";
import type { TrustedLog } from "./checkpoint.ts";
import type { Misbehaviour } from "./misbehaviour.ts";

/** A file of misbehaviour, read and not verified. */
export interface MisbehaviourFile {
  readonly misbehaviour: Misbehaviour;
  /** The log that is accused, as the finder trusted it. */
  readonly log: TrustedLog;
  /** Who says so, for people. */
  readonly foundBy: string;
  /** Ms since the epoch; the finder's clock. */
  readonly foundAtMs: number;
}

const TYPE = "tributary-misbehaviour/1";
/** Two receipts with their entries, in base64, with room for many signatures; UTF-16 code units. */
const MAX_FILE_LENGTH = 1_048_576;
const KINDS = ["fork", "rewritten", "replaced", "shrunk", "hidden", "overdue"] as const;

/** The text of a file. */
export function formatMisbehaviourFile(file: MisbehaviourFile): string {
  const { misbehaviour, log, foundBy, foundAtMs } = file;
  const text = (part: string | Uint8Array) => (typeof part === "string" ? part : toBase64(part));
  const content = {
    type: TYPE,
    log: { origin: log.origin, vkey: log.vkey },
    kind: misbehaviour.kind,
    first: text(misbehaviour.first),
    second: text(misbehaviour.second),
    foundBy,
    foundAtMs,
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/**
 * Reads a file without verifying it.
 *
 * @param text Attacker-controlled.
 * @throws {TributaryError} `ERR_MISBEHAVIOUR_MALFORMED`.
 */
export function parseMisbehaviourFile(text: string): MisbehaviourFile {
  try {
    if (text.length > MAX_FILE_LENGTH) throw new RangeError("the file is too long");
    const file = JSON.parse(text);
    const log = { origin: textOf(file.log, "origin"), vkey: textOf(file.log, "vkey") };
    if (textOf(file, "type") !== TYPE) throw new TypeError("type is another");
    const misbehaviour = misbehaviourOf(
      textOf(file, "kind"),
      textOf(file, "first"),
      textOf(file, "second"),
    );
    const { foundAtMs } = file;
    if (!Number.isSafeInteger(foundAtMs) || foundAtMs < 0) throw new TypeError("foundAtMs");
    return { misbehaviour, log, foundBy: textOf(file, "foundBy"), foundAtMs };
  } catch (cause) {
    throw new TributaryError(
      "ERR_MISBEHAVIOUR_MALFORMED",
      `text is not a misbehaviour file (${TYPE})`,
      { messageZh: `不是有效的违规证据文件（${TYPE}）`, cause },
    );
  }
}

function misbehaviourOf(named: string, first: string, second: string): Misbehaviour {
  const kind = KINDS.find((known) => known === named);
  switch (kind) {
    case undefined:
      throw new TypeError(`kind ${named} is not known`);
    case "fork":
      return { kind, first, second };
    case "rewritten":
    case "overdue":
      return { kind, first, second: fromBase64(second) };
    default:
      return { kind, first: fromBase64(first), second: fromBase64(second) };
  }
}

function textOf(object: Readonly<Record<string, unknown>>, name: string): string {
  const value = object[name];
  if (typeof value !== "string") throw new TypeError(`${name} is not a text`);
  return value;
}
