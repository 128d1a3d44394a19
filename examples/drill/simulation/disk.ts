/**
 * A disk that keeps what was synced and nothing else for certain.
 *
 * One append-only file of framed records. What was written and not synced survives the loss of power up to any byte, the
 * rest of the last frame as noise; it survives the end of its process as far as it was handed over. What is found at the
 * next start is the run of whole frames at the beginning.
 *
 * @module
 */

import { deserialize, serialize } from "node:v8";
import { crc32 } from "node:zlib";
import { TributaryError } from "@tributary/proto";
import type { Life, Scheduler } from "./scheduler.ts";

/** How a process ends: alone, or with its machine. */
export type Crash = "kill" | "power";

/** Bytes of a frame before its content: length and CRC-32. */
const FRAME_HEAD_BYTES = 8;

/** The longest that a busy disk takes, ms. */
const STALL_MS = 3_000;

export class Disk {
  readonly #scheduler: Scheduler;
  /** The file: pieces that are safe, and then frames that are not. */
  #synced: Buffer[] = [];
  #unsynced: Buffer[] = [];
  /** How many of the unsynced frames somebody was told about. */
  #acknowledged = 0;
  /** Number of the newest frame, and of the newest that is safe. */
  #writtenNo = 0;
  #syncedNo = 0;
  /** Nothing is written while it is full. */
  isFull = false;
  /** The next write fails, and whether it happened is unknown. */
  failsNext = false;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /**
   * Appends a record; resolves when it is safe, or at once where nobody waits for that.
   *
   * @throws {TributaryError} `ERR_STORE_FULL`: nothing was written; `ERR_STORE_FAILED`: nobody knows.
   */
  append(life: Life, record: unknown, { sync }: { readonly sync: boolean }): Promise<void> {
    if (life.isOver) return new Promise(() => {});
    if (this.isFull) return Promise.reject(full());
    const { random } = this.#scheduler;
    const isFailing = this.failsNext;
    this.failsNext = false;
    const isWritten = !isFailing || random.chance(0.5);
    if (isWritten) {
      this.#unsynced.push(framed(record));
      this.#writtenNo += 1;
    }
    if (isFailing) return Promise.reject(failed());
    if (!sync) {
      this.#acknowledged = this.#unsynced.length;
      return Promise.resolve();
    }
    const frameNo = this.#writtenNo;
    return new Promise((resolve) => {
      const delayMs = random.chance(0.03) ? random.int(50, STALL_MS) : random.int(0, 8);
      this.#scheduler.after(delayMs, () => {
        if (life.isOver) return;
        this.#syncTo(frameNo);
        resolve();
      });
    });
  }

  /** Ends what was being written. */
  crash(kind: Crash): void {
    const { random } = this.#scheduler;
    const unsynced = this.#unsynced;
    const told = unsynced.slice(0, this.#acknowledged).reduce((sum, { length }) => sum + length, 0);
    const bytes = Buffer.concat(unsynced);
    const least = kind === "power" ? 0 : told;
    const end = random.pick([least, bytes.length, random.int(least, bytes.length)]);
    const kept = bytes.subarray(0, end);
    // The end of a file that was being written may hold anything.
    const noise = kind === "power" && random.chance(0.3) ? random.bytes(random.int(1, 40)) : [];
    this.#unsynced = [kept, Buffer.from(noise)];
    this.restore(runOfFrames(this.copy()));
    this.failsNext = false;
  }

  /** All records, for a process that starts. */
  records(): unknown[] {
    const records: unknown[] = [];
    for (const content of framesOf(this.copy())) records.push(deserialize(content));
    return records;
  }

  /** A copy of the file, taken while no process writes. */
  copy(): Buffer {
    return Buffer.concat([...this.#synced, ...this.#unsynced]);
  }

  /** Puts a copy back in the place of the file. */
  restore(copy: Buffer): void {
    this.#synced = [copy];
    this.#unsynced = [];
    this.#acknowledged = 0;
    this.#syncedNo = this.#writtenNo;
  }

  #syncTo(frameNo: number): void {
    const count = frameNo - this.#syncedNo;
    if (count <= 0) return;
    this.#synced.push(...this.#unsynced.splice(0, count));
    this.#acknowledged = Math.max(0, this.#acknowledged - count);
    this.#syncedNo = frameNo;
  }
}

function framed(record: unknown): Buffer {
  const content = serialize(record);
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUInt32BE(content.length, 0);
  head.writeUInt32BE(crc32(content), 4);
  return Buffer.concat([head, content]);
}

function* framesOf(file: Buffer): Iterable<Buffer> {
  for (let at = 0; at + FRAME_HEAD_BYTES <= file.length; ) {
    const end = at + FRAME_HEAD_BYTES + file.readUInt32BE(at);
    if (end > file.length) return;
    const content = file.subarray(at + FRAME_HEAD_BYTES, end);
    if (crc32(content) !== file.readUInt32BE(at + 4)) return;
    yield content;
    at = end;
  }
}

/** The beginning of the file that reads back. */
function runOfFrames(file: Buffer): Buffer {
  let end = 0;
  for (const { length } of framesOf(file)) end += FRAME_HEAD_BYTES + length;
  return file.subarray(0, end);
}

function full(): TributaryError {
  return new TributaryError("ERR_STORE_FULL", "the simulated disk is full");
}

function failed(): TributaryError {
  return new TributaryError("ERR_STORE_FAILED", "the simulated disk failed in mid-write");
}
