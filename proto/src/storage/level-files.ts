/**
 * Whether files of LevelDB are what LevelDB wrote.
 *
 * LevelDB writes a checksum beside each block of a table, and compares it neither when it answers nor when it merges tables
 * (`paranoid_checks` is off, and `classic-level` has no option for it). A flipped bit can then make a value vanish without
 * a word, or make it end the process: keys that are out of order fail an assertion of the merge, again at every start.
 * What is read from its journal it does compare, and drops what does not match, without a word. So the files are read
 * here, by the formats in LevelDB's `doc/table_format.md` and `doc/log_format.md`.
 *
 * @module
 */

import { crc32c } from "./crc32c.ts";
import { unsnappy } from "./snappy.ts";
import { readVarint } from "./varint.ts";

/** A folder of LevelDB. */
export interface LevelFolder {
  /** Names of its files. */
  names(): Promise<readonly string[]>;
  /** The bytes of one of them; undefined if it is gone. */
  read(name: string): Promise<Uint8Array | undefined>;
}

/** A file that is not what was written. */
export interface DamagedFile {
  readonly name: string;
  /** What is wrong with it, in English: "its block at byte 4096 is damaged". */
  readonly problem: string;
}

/** Reads all tables and journals, one after the other: a file is at most a few dozen MiB. */
export async function damagedLevelFiles(folder: LevelFolder): Promise<readonly DamagedFile[]> {
  const damaged: DamagedFile[] = [];
  for (const name of (await folder.names()).toSorted()) {
    const problemOf = CHECKS.get(name.slice(name.lastIndexOf(".")));
    const bytes = problemOf && (await folder.read(name));
    const problem = bytes && problemOf?.(bytes);
    if (problem !== undefined) damaged.push({ name, problem });
  }
  return damaged;
}

const CHECKS: ReadonlyMap<string, (bytes: Uint8Array) => string | undefined> = new Map([
  [".ldb", problemOfTable],
  [".log", problemOfJournal],
]);

/** Where a block is in a table. */
interface Handle {
  readonly offset: number;
  readonly size: number;
}

const FOOTER_BYTES = 48;
/** The kind of compression, and the checksum. */
const TRAILER_BYTES = 5;
const MAGIC = 0xdb4775248b80fb57n;
const SNAPPY = 1;
/** More than the index of a table of a few hundred MiB has. */
const MOST_INDEX_BYTES = 2 ** 28;
const MASK = 0xa282ead8;

/**
 * What is wrong with a table (`*.ldb`), if anything: a checksum that does not match, or blocks that do not fill the file.
 *
 * @param bytes The whole file.
 */
function problemOfTable(bytes: Uint8Array): string | undefined {
  const footerAt = bytes.length - FOOTER_BYTES;
  if (footerAt < 0) return "it has lost its end";
  const view = viewOf(bytes);
  if (view.getBigUint64(bytes.length - 8, true) !== MAGIC) return "it has lost its end";
  const meta = readHandle(bytes, footerAt);
  if (meta === undefined) return "its footer is damaged";
  const index = readHandle(bytes, meta.end);
  if (index === undefined) return "its footer is damaged";
  const handles = [meta.handle, index.handle];
  for (const block of [meta.handle, index.handle]) {
    const inside = handlesIn(bytes, block, footerAt);
    if (inside === undefined) return `its block at byte ${block.offset} is damaged`;
    handles.push(...inside);
  }
  let end = 0;
  for (const handle of handles.sort((a, b) => a.offset - b.offset)) {
    if (handle.offset !== end || !isBlockWhole(bytes, handle, footerAt)) {
      return `its block at byte ${end} is damaged`;
    }
    end = handle.offset + handle.size + TRAILER_BYTES;
  }
  return end === footerAt ? undefined : `its block at byte ${end} is damaged`;
}

/** The values of a block of handles; undefined if it is damaged. */
function handlesIn(bytes: Uint8Array, block: Handle, end: number): Handle[] | undefined {
  if (!isBlockWhole(bytes, block, end)) return undefined;
  const { offset, size } = block;
  const stored = bytes.subarray(offset, offset + size);
  const isPacked = bytes[offset + size] === SNAPPY;
  const content = isPacked ? unsnappy(stored, MOST_INDEX_BYTES) : stored;
  if (content === undefined || content.length < 4) return undefined;
  const restarts = viewOf(content).getUint32(content.length - 4, true);
  const entriesEnd = content.length - 4 * (1 + restarts);
  const handles: Handle[] = [];
  let at = 0;
  while (at < entriesEnd) {
    const shared = readVarint(content, at);
    const own = shared && readVarint(content, shared.end);
    const length = own && readVarint(content, own.end);
    if (own === undefined || length === undefined) return undefined;
    const valueAt = length.end + own.value;
    const read = readHandle(content, valueAt);
    if (read === undefined || read.end > valueAt + length.value) return undefined;
    handles.push(read.handle);
    at = valueAt + length.value;
  }
  return at === Math.max(0, entriesEnd) ? handles : undefined;
}

function readHandle(
  bytes: Uint8Array,
  at: number,
): { readonly handle: Handle; readonly end: number } | undefined {
  const offset = readVarint(bytes, at);
  const size = offset && readVarint(bytes, offset.end);
  return size && { handle: { offset: offset.value, size: size.value }, end: size.end };
}

function isBlockWhole(bytes: Uint8Array, { offset, size }: Handle, end: number): boolean {
  const sumAt = offset + size + 1;
  if (sumAt + 4 > end) return false;
  return isSum(viewOf(bytes).getUint32(sumAt, true), bytes, offset, sumAt);
}

const JOURNAL_BLOCK_BYTES = 32_768;
const RECORD_HEADER_BYTES = 7;
/** Kinds of records with which a write begins: whole, and the first part. */
const BEGINNINGS: ReadonlySet<number> = new Set([1, 2]);

/**
 * What is wrong with a journal (`*.log`), if anything: a record that does not match its checksum, or is cut, while later writes
 * are whole. A last write of which parts are missing is how a crash leaves a journal, and no problem.
 *
 * @param bytes The whole file.
 */
function problemOfJournal(bytes: Uint8Array): string | undefined {
  const view = viewOf(bytes);
  let damagedAt: number | undefined;
  let at = 0;
  while (at + RECORD_HEADER_BYTES <= bytes.length) {
    const blockEnd = at - (at % JOURNAL_BLOCK_BYTES) + JOURNAL_BLOCK_BYTES;
    if (blockEnd - at < RECORD_HEADER_BYTES) {
      at = blockEnd;
      continue;
    }
    const end = at + RECORD_HEADER_BYTES + view.getUint16(at + 4, true);
    const isWhole =
      end <= Math.min(blockEnd, bytes.length) &&
      isSum(view.getUint32(at, true), bytes, at + RECORD_HEADER_BYTES - 1, end);
    const isBeginning = BEGINNINGS.has(bytes[at + 6] as number);
    if (isWhole && isBeginning && damagedAt !== undefined)
      return `its record at byte ${damagedAt} is damaged`;
    if (!isWhole) damagedAt ??= at;
    // A length that leads out of the block is no length.
    at = Math.min(end, blockEnd);
  }
  return undefined;
}

function isSum(masked: number, bytes: Uint8Array, from: number, to: number): boolean {
  const sum = crc32c(bytes, from, to);
  return masked === (((sum >>> 15) | (sum << 17)) + MASK) >>> 0;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
