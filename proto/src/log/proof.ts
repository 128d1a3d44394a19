/**
 * Inclusion proofs as text (C2SP tlog-proof): position, audit path and checkpoint in one.
 *
 * @module
 */

import { fromBase64, toBase64 } from "../crypto/bytes.ts";
import { HASH_BYTES } from "../crypto/sha256.ts";
import { TributaryError } from "../errors.ts";

/** An inclusion proof. Nothing in it is proven until the checkpoint and the path are verified. */
export interface TlogProof {
  /** Position of the entry. */
  readonly index: number;
  /** RFC 6962 audit path, leaf side first; 32 bytes each. */
  readonly path: readonly Uint8Array[];
  /** The checkpoint, a signed note, as it is. */
  readonly checkpoint: string;
}

const FIRST_LINE = "c2sp.org/tlog-proof@v1";
/** A tree of 2^53 entries has paths of 53. */
const MAX_PATH = 53;

/** The proof as text. */
export function formatTlogProof({ index, path, checkpoint }: TlogProof): string {
  const hashes = path.map((hash) => `${toBase64(hash)}\n`).join("");
  return `${FIRST_LINE}\nindex ${index}\n${hashes}\n${checkpoint}`;
}

/**
 * Reads a proof. The optional line of unauthenticated extra data is refused: nothing here uses it.
 *
 * @param text Attacker-controlled.
 * @throws {TributaryError} `ERR_PROOF_MALFORMED` if it is not what {@link formatTlogProof} would write.
 */
export function parseTlogProof(text: string): TlogProof {
  const cut = text.indexOf("\n\n");
  if (cut < 0) throw malformed("no blank line before the checkpoint");
  const [first, indexLine = "", ...hashLines] = text.slice(0, cut).split("\n");
  const index = Number(/^index (\d+)$/.exec(indexLine)?.[1] ?? Number.NaN);
  if (first !== FIRST_LINE || !Number.isSafeInteger(index)) throw malformed("first lines");
  if (hashLines.length > MAX_PATH) throw malformed("path is too long");
  const proof = { index, path: hashLines.map(parseHash), checkpoint: text.slice(cut + 2) };
  if (formatTlogProof(proof) !== text) throw malformed("spelling");
  return proof;
}

function parseHash(line: string): Uint8Array {
  const hash = hashOfLine(line);
  if (hash === undefined) throw malformed("hash is not 32 bytes in base64");
  return hash;
}

/** The hash on a line of a proof; undefined if there is none. @param line Without newline. Attacker-controlled. */
export function hashOfLine(line: string): Uint8Array | undefined {
  let hash: Uint8Array;
  try {
    hash = fromBase64(line);
  } catch {
    return undefined;
  }
  return hash.length === HASH_BYTES ? hash : undefined;
}

function malformed(problem: string): TributaryError {
  return new TributaryError("ERR_PROOF_MALFORMED", `text is not a tlog-proof: ${problem}`);
}
