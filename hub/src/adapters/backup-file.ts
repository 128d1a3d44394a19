/**
 * A backup of the hub as one file.
 *
 * ```text
 * tributary-hub-backup-1 LF
 * { "origin", "vkey", "checkpoint", "key"?, "tls"? } LF one line of JSON
 * then, for each entry of the log from position 0:
 *   3 x (uint32 big-endian length || bytes)             LogEntry, records of a batch, Receipt
 * ```
 *
 * The file carries no checksum of its own: the checkpoint covers every entry, an entry covers its records, and a receipt
 * proves itself, so that whoever restores checks the same hashes as whoever reads the log.
 *
 * @module
 */

import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { TributaryError } from "@tributary/proto";
import { z } from "zod";
import type { BackupEntry } from "../log/log-backup.ts";

const MAGIC = "tributary-hub-backup-1\n";
const MAX_HEAD_BYTES = 64 * 1024;
/** An entry, its records or its receipt; a frame has at most 3.5 MiB. */
const MAX_PART_BYTES = 8 * 2 ** 20;
const CHUNK_BYTES = 2 ** 20;

const backupHead = z.strictObject({
  origin: z.string(),
  vkey: z.string(),
  checkpoint: z.string(),
  /** JWK of the key that signs checkpoints; only where the operator asked for it. */
  key: z.string().optional(),
  /** Certificate and key of the hub's own authority, PEM; likewise. */
  tls: z.strictObject({ certificate: z.string(), key: z.string() }).optional(),
});

/** What a backup says before its entries. */
export type BackupHead = z.infer<typeof backupHead>;

/**
 * Writes a backup that only its owner may read. The file appears when it is complete and synced, or not at all.
 *
 * @returns How many entries it has.
 * @throws {TributaryError} `ERR_ARGUMENT_INVALID` if `file` exists; what `entries` throws.
 */
export async function writeBackup(
  file: string,
  head: BackupHead,
  entries: AsyncIterable<BackupEntry>,
): Promise<number> {
  const part = `${file}.part`;
  await requireAbsent(file);
  const handle = await open(part, "wx", 0o600).catch((cause) => {
    throw cannotWrite(part, cause);
  });
  let count = 0;
  try {
    await handle.write(`${MAGIC}${JSON.stringify(head)}\n`);
    for await (const { entry, records, receipt } of entries) {
      for (const bytes of [entry, records, receipt]) await writePart(handle, bytes);
      count += 1;
    }
    await handle.sync();
    await handle.close();
    await rename(part, file);
    await syncFolder(dirname(file));
  } catch (error) {
    await handle.close();
    await rm(part, { force: true });
    throw error;
  }
  return count;
}

/** A backup that is read. */
export interface OpenBackup extends AsyncDisposable {
  readonly head: BackupHead;
  /** Entries in order; can be read once. Throws `ERR_LOG_DAMAGED` where the file is cut. */
  readonly entries: AsyncIterable<BackupEntry>;
}

/** @throws {TributaryError} `ERR_ARGUMENT_INVALID` if the file is missing or no backup of this version. */
export async function openBackup(file: string): Promise<OpenBackup> {
  const handle = await open(file, "r").catch((cause) => {
    throw notABackup(file, `it cannot be opened: ${messageOf(cause)}`, cause);
  });
  try {
    const reader = new Reader(handle, file);
    if ((await reader.line()) !== MAGIC.trimEnd()) throw notABackup(file, "its first line differs");
    const head = headOf(file, await reader.line());
    return {
      head,
      entries: reader.entries(),
      [Symbol.asyncDispose]: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function headOf(file: string, line: string): BackupHead {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw notABackup(file, "its second line is not JSON", cause);
  }
  const result = backupHead.safeParse(value);
  if (!result.success) throw notABackup(file, z.prettifyError(result.error));
  return result.data;
}

/** Reads in chunks; what it keeps is one chunk and one part. */
class Reader {
  readonly #handle: FileHandle;
  readonly #file: string;
  #buffer = Buffer.alloc(0);
  #at = 0;

  constructor(handle: FileHandle, file: string) {
    this.#handle = handle;
    this.#file = file;
  }

  async line(): Promise<string> {
    for (;;) {
      const end = this.#buffer.indexOf(0x0a, this.#at);
      if (end >= 0) {
        const line = this.#buffer.toString("utf8", this.#at, end);
        this.#at = end + 1;
        return line;
      }
      if (this.#left > MAX_HEAD_BYTES || !(await this.#more(CHUNK_BYTES))) {
        throw notABackup(this.#file, "a line of its head does not end");
      }
    }
  }

  async *entries(): AsyncIterable<BackupEntry> {
    for (let position = 0; ; position += 1) {
      if (this.#left === 0 && !(await this.#more(CHUNK_BYTES))) return;
      const entry = await this.#part(position);
      const records = await this.#part(position);
      const receipt = await this.#part(position);
      yield { position, entry, records, receipt };
    }
  }

  async #part(position: number): Promise<Uint8Array> {
    const length = (await this.#take(4, position)).readUInt32BE();
    if (length > MAX_PART_BYTES) throw cut(this.#file, position);
    return new Uint8Array(await this.#take(length, position));
  }

  async #take(length: number, position: number): Promise<Buffer> {
    while (this.#left < length) {
      if (!(await this.#more(Math.max(CHUNK_BYTES, length)))) throw cut(this.#file, position);
    }
    this.#at += length;
    return this.#buffer.subarray(this.#at - length, this.#at);
  }

  get #left(): number {
    return this.#buffer.length - this.#at;
  }

  /** False at the end of the file. */
  async #more(bytes: number): Promise<boolean> {
    const chunk = Buffer.alloc(bytes);
    const { bytesRead } = await this.#handle.read(chunk, 0, bytes, null);
    this.#buffer = Buffer.concat([this.#buffer.subarray(this.#at), chunk.subarray(0, bytesRead)]);
    this.#at = 0;
    return bytesRead > 0;
  }
}

async function writePart(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  await handle.writev([length, bytes]);
}

/** Without it a file system may forget the new name when the power fails. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function requireAbsent(file: string): Promise<void> {
  let handle: FileHandle;
  try {
    handle = await open(file, "r");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
    throw cannotWrite(file, error);
  }
  await handle.close();
  throw new TributaryError(
    "ERR_ARGUMENT_INVALID",
    `${file} exists; a backup never replaces another, choose a new name`,
    { messageZh: `${file} 已存在；备份不会覆盖已有文件，请另选名称` },
  );
}

function cannotWrite(file: string, cause: unknown): TributaryError {
  const place = join(dirname(file), basename(file));
  return new TributaryError(
    "ERR_ARGUMENT_INVALID",
    `${place} cannot be written: ${messageOf(cause)}`,
    { messageZh: `无法写入 ${place}：${messageOf(cause)}`, cause },
  );
}

function notABackup(file: string, why: string, cause?: unknown): TributaryError {
  return new TributaryError("ERR_ARGUMENT_INVALID", `${file} is no backup of a hub: ${why}`, {
    messageZh: `${file} 不是枢纽备份文件：${why}`,
    cause,
  });
}

function cut(file: string, position: number): TributaryError {
  return new TributaryError(
    "ERR_LOG_DAMAGED",
    `the backup ${file} ends or is damaged within entry ${position}; take another backup`,
    {
      messageZh: `备份 ${file} 在第 ${position} 条处中断或损坏，请换用其他备份`,
      details: { position },
    },
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
