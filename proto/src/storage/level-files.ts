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

import { isMasked } from "./crc32c.ts";
import { problemOfJournal } from "./level-journal.ts";
import { type LiveFiles, readManifest } from "./level-manifest.ts";
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

/**
 * Reads all tables and journals that count, one after the other: a file is at most a few dozen MiB. A store without a
 * manifest that can be read is not judged by its other files: LevelDB does not open it.
 */
export async function damagedLevelFiles(folder: LevelFolder): Promise<readonly DamagedFile[]> {
  const { manifest, live } = await liveFilesOf(folder);
  if (manifest === undefined) return [];
  if (live === undefined) return [{ name: manifest, problem: "it is damaged" }];
  const damaged: DamagedFile[] = [];
  for (const name of (await folder.names()).toSorted()) {
    const problemOf = checkOf(name, live);
    const bytes = problemOf && (await folder.read(name));
    const problem = bytes && problemOf?.(bytes);
    if (problem !== undefined) damaged.push({ name, problem });
  }
  return damaged;
}

/** The manifest in force, and what it says; nothing where there is none, as in a folder of something else. */
async function liveFilesOf(
  folder: LevelFolder,
): Promise<{ readonly manifest?: string; readonly live?: LiveFiles | undefined }> {
  const current = await folder.read("CURRENT");
  const manifest = current && /^(MANIFEST-\d+)\n$/.exec(new TextDecoder().decode(current))?.[1];
  const bytes = manifest && (await folder.read(manifest));
  if (!bytes) return {};
  const isWhole = problemOfJournal(bytes) === undefined;
  return { manifest, live: isWhole ? readManifest(bytes) : undefined };
}

/** How to look at a file; undefined for one that does not count. */
function checkOf(name: string, { tables, firstJournal }: LiveFiles) {
  const [, digits, ending] = /^(\d+)\.(ldb|sst|log)$/.exec(name) ?? [];
  const number = Number(digits);
  if (ending === "log") return number >= firstJournal ? problemOfJournal : undefined;
  return tables.has(number) ? problemOfTable : undefined;
}

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
  return isMasked(viewOf(bytes).getUint32(sumAt, true), bytes, offset, sumAt);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
