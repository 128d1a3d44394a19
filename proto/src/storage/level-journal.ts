/**
 * Records of LevelDB's journals, which also its manifests are: LevelDB's `doc/log_format.md`.
 *
 * @module
 */

import { concatBytes } from "../crypto/bytes.ts";
import { isMasked } from "./crc32c.ts";

const BLOCK_BYTES = 32_768;
const HEADER_BYTES = 7;
const FULL = 1;
const FIRST = 2;
const LAST = 4;

/** A piece of a record. */
interface Fragment {
  readonly at: number;
  /** Whole, first, middle or last. */
  readonly kind: number;
  /** Whether its checksum matches. */
  readonly isWhole: boolean;
  readonly content: Uint8Array;
}

/**
 * What is wrong with a journal, if anything: a piece that does not match its checksum, or is cut, while later writes are
 * whole. A last write of which pieces are missing is how a crash leaves a journal, and no problem.
 *
 * @param bytes The whole file.
 * @returns In English.
 */
export function problemOfJournal(bytes: Uint8Array): string | undefined {
  let damagedAt: number | undefined;
  for (const { at, kind, isWhole } of fragmentsOf(bytes)) {
    const isBeginning = kind === FULL || kind === FIRST;
    if (isWhole && isBeginning && damagedAt !== undefined) {
      return `its record at byte ${damagedAt} is damaged`;
    }
    if (!isWhole) damagedAt ??= at;
  }
  return undefined;
}

/** The records of a journal up to the first that is not whole. */
export function* journalRecords(bytes: Uint8Array): Generator<Uint8Array> {
  let pieces: Uint8Array[] = [];
  for (const { kind, isWhole, content } of fragmentsOf(bytes)) {
    if (!isWhole) return;
    if (kind === FULL || kind === FIRST) pieces = [];
    pieces.push(content);
    if (kind === FULL || kind === LAST) yield concatBytes(...pieces);
  }
}

function* fragmentsOf(bytes: Uint8Array): Generator<Fragment> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const blockEnd = at - (at % BLOCK_BYTES) + BLOCK_BYTES;
    if (blockEnd - at < HEADER_BYTES) {
      at = blockEnd;
      continue;
    }
    const end = at + HEADER_BYTES + view.getUint16(at + 4, true);
    const isWhole =
      end <= Math.min(blockEnd, bytes.length) &&
      isMasked(view.getUint32(at, true), bytes, at + HEADER_BYTES - 1, end);
    const content = bytes.subarray(at + HEADER_BYTES, end);
    yield { at, kind: view.getUint8(at + HEADER_BYTES - 1), isWhole, content };
    // A length that leads out of the block is no length.
    at = Math.min(end, blockEnd);
  }
}
