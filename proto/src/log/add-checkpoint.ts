/**
 * What a log asks of a witness, and what a witness answers: the bodies of C2SP tlog-witness, `add-checkpoint`.
 *
 * @module
 */

import { toBase64 } from "../crypto/bytes.ts";
import { TributaryError } from "../errors.ts";
import { hashOfLine } from "./proof.ts";

/** A checkpoint for a witness. Nothing in it is proven. */
export interface AddCheckpoint {
  /** Size of the checkpoint that the witness signed last, as the log believes; 0 for none. */
  readonly oldSize: number;
  /** RFC 6962 consistency proof from there; 32 bytes each. */
  readonly path: readonly Uint8Array[];
  /** The checkpoint, a signed note. */
  readonly checkpoint: string;
}

/** An answer: the status and the body of the HTTP answer of tlog-witness. */
export interface WitnessAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * Statuses of tlog-witness. `conflict` has the size that the witness signed last in its body; `ok` has signature lines;
 * others may have words for people.
 */
export const WITNESS_STATUS = {
  ok: 200,
  malformed: 400,
  notTheLog: 403,
  unknownLog: 404,
  conflict: 409,
  inconsistent: 422,
} as const;

/** What tlog-witness allows. */
const MAX_PATH = 63;
/** A path of hashes and a note. */
const MAX_LENGTH = 128 * 1024;

/** The body of the request. */
export function formatAddCheckpoint({ oldSize, path, checkpoint }: AddCheckpoint): string {
  const hashes = path.map((hash) => `${toBase64(hash)}\n`).join("");
  return `old ${oldSize}\n${hashes}\n${checkpoint}`;
}

/**
 * Takes a request apart.
 *
 * @param text Attacker-controlled.
 * @throws {TributaryError} `ERR_ADD_CHECKPOINT_MALFORMED` if it is not what {@link formatAddCheckpoint} would write.
 */
export function parseAddCheckpoint(text: string): AddCheckpoint {
  if (text.length > MAX_LENGTH) throw malformed("too long");
  const cut = text.indexOf("\n\n");
  if (cut < 0) throw malformed("no blank line before the checkpoint");
  const [first = "", ...lines] = text.slice(0, cut).split("\n");
  const oldSize = sizeOf(/^old (\d+)$/.exec(first)?.[1] ?? "");
  if (oldSize === undefined) throw malformed("first line");
  if (lines.length > MAX_PATH) throw malformed("proof is too long");
  const path = lines.map((line) => {
    const hash = hashOfLine(line);
    if (hash === undefined) throw malformed("hash is not 32 bytes in base64");
    return hash;
  });
  return { oldSize, path, checkpoint: text.slice(cut + 2) };
}

/** The body of a `conflict`: the size that the witness signed last. */
export function formatWitnessSize(size: number): string {
  return `${size}\n`;
}

/** The size in the body of a `conflict`; undefined if it has none. @param body Attacker-controlled. */
export function parseWitnessSize(body: string): number | undefined {
  return body.endsWith("\n") ? sizeOf(body.slice(0, -1)) : undefined;
}

/** A size in decimal without leading zeros; undefined for another text. */
function sizeOf(digits: string): number | undefined {
  const size = Number(digits);
  return /^(0|[1-9]\d*)$/.test(digits) && Number.isSafeInteger(size) ? size : undefined;
}

function malformed(problem: string): TributaryError {
  return new TributaryError(
    "ERR_ADD_CHECKPOINT_MALFORMED",
    `text is not a request to cosign a checkpoint: ${problem}`,
    { messageZh: "不是有效的检查点联署请求" },
  );
}
