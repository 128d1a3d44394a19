/**
 * Files of a source: found by a path with wildcards, fingerprinted, and watched for changes while they are read.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import {
  sourceChanged,
  sourceLocked,
  sourceMissing,
  sourceUnreadable,
} from "../sources/source-error.ts";

/** Most files that one source has. */
const MAX_FILES = 500;

/** A file as it was when it was looked at. */
export interface FileState {
  readonly size: number;
  /** Changes whenever the file is written or replaced. */
  readonly identity: string;
}

/**
 * The files that a configured path means, in the order of their names. Lock files of office programs (`~$`) are none.
 *
 * @throws {TributaryError} `ERR_SOURCE_MISSING` if there is no such file; `ERR_SOURCE_LOCKED` if the path names a lock
 * file; `ERR_SOURCE_UNREADABLE` if the folder cannot be read or has more than 500 such files.
 */
export async function findFiles(folder: string, path: string): Promise<readonly string[]> {
  const full = resolve(folder, path);
  const name = basename(full);
  if (name.startsWith("~$")) throw sourceLocked(path);
  if (!/[*?]/.test(name)) return [full];
  const matches = wildcard(name);
  const names = await readdir(dirname(full)).catch((error: unknown) => {
    throw fileError(path, error);
  });
  const found = names.filter((entry) => !entry.startsWith("~$") && matches.test(entry)).sort();
  if (found.length === 0) throw sourceMissing(path);
  if (found.length > MAX_FILES) {
    throw sourceUnreadable(path, {
      why: `${found.length} files fit, more than ${MAX_FILES}; name them more exactly`,
      whyZh: `匹配到 ${found.length} 个文件，超过 ${MAX_FILES} 个；请写得更具体`,
    });
  }
  return found.map((entry) => join(dirname(full), entry));
}

function wildcard(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "su");
}

/** @throws {TributaryError} `ERR_SOURCE_MISSING`, `ERR_SOURCE_UNREADABLE` */
export async function stateOf(path: string): Promise<FileState> {
  const found = await stat(path, { bigint: true }).catch((error: unknown) => {
    throw fileError(path, error);
  });
  if (!found.isFile()) {
    throw sourceUnreadable(basename(path), { why: "it is no file", whyZh: "它不是文件" });
  }
  return {
    size: Number(found.size),
    identity: `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}`,
  };
}

/** @throws {TributaryError} `ERR_SOURCE_CHANGED` if the file is no longer what it was, or no longer there. */
export async function assertUnchanged(path: string, before: FileState): Promise<void> {
  const now = await stateOf(path).catch(() => undefined);
  if (now?.identity !== before.identity) throw sourceChanged(basename(path));
}

const hashes = new Map<string, { readonly identity: string; readonly hash: string }>();
const MAX_REMEMBERED = 1000;
const HASH_CHUNK_BYTES = 2 ** 20;

/**
 * Size and SHA-256 of a file's content; computed anew only when the file was touched, so that a program that touches
 * files every night causes no news.
 *
 * @throws {TributaryError} as {@link stateOf}, and `ERR_SOURCE_CHANGED`
 */
export async function fingerprintOf(path: string, signal: AbortSignal): Promise<string> {
  const before = await stateOf(path);
  const known = hashes.get(path);
  if (known?.identity === before.identity) return known.hash;
  const digest = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path, { signal, highWaterMark: HASH_CHUNK_BYTES }))
      digest.update(chunk as Buffer);
  } catch (error) {
    signal.throwIfAborted();
    throw fileError(path, error);
  }
  await assertUnchanged(path, before);
  const hash = `${before.size}:${digest.digest("hex")}`;
  if (hashes.size >= MAX_REMEMBERED) hashes.clear();
  hashes.set(path, { identity: before.identity, hash });
  return hash;
}

/** First bytes of a file. @throws {TributaryError} as {@link stateOf} */
export async function firstBytes(path: string, count: number): Promise<Buffer> {
  try {
    await using handle = await open(path, "r");
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(count), 0, count, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw fileError(path, error);
  }
}

/** The error of this project behind one of the file system; other errors unchanged. */
export function fileError(path: string, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const name = basename(path);
  if (code === "ENOENT" || code === "ENOTDIR") return sourceMissing(name, error);
  if (code === "EBUSY" || code === "ETXTBSY") return sourceLocked(name, error);
  if (code === "EACCES" || code === "EPERM") {
    return sourceUnreadable(name, {
      why: "the agent's user may not read it; grant it read permission",
      whyZh: "运行代理的用户没有读取权限，请授予读取权限",
      cause: error,
    });
  }
  if (code === "EISDIR") {
    return sourceUnreadable(name, { why: "it is a folder", whyZh: "它是文件夹", cause: error });
  }
  if (code === "EIO") {
    return sourceUnreadable(name, {
      why: "the disk reports an error",
      whyZh: "磁盘读取出错",
      cause: error,
    });
  }
  return error;
}
