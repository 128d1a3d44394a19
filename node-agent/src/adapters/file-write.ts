/**
 * Writing small files so that a crash leaves the old content or the new, never half of one.
 *
 * @module
 */

import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { TributaryError } from "@tributary/proto";

/**
 * Replaces a file; durable on return.
 *
 * @param mode Permissions of the file; the folder is made with the same, and search permission, if it is missing.
 * @throws {TributaryError} `ERR_STORE_FULL` if the disk is full; the earlier file then stays.
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  mode: number,
): Promise<void> {
  const unfinished = `${path}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: mode | 0o100 });
    await rm(unfinished, { force: true });
    {
      await using file = await open(unfinished, "wx", mode);
      await file.writeFile(content);
      await file.sync();
    }
    await rename(unfinished, path);
    await using folder = await open(dirname(path), "r");
    await folder.sync();
  } catch (cause) {
    await rm(unfinished, { force: true });
    throw fileWriteError(path, cause);
  }
}

/**
 * Makes a file where there is none; durable on return. What is there stays as it is, also if somebody else makes it
 * at the same time.
 *
 * @throws {TributaryError} `ERR_STORE_FULL`.
 */
export async function ensureFile(path: string, text: string, mode: number): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: mode | 0o100 });
    await using file = await open(path, "wx", mode);
    await file.writeFile(text);
    await file.sync();
    await using folder = await open(dirname(path), "r");
    await folder.sync();
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "EEXIST")) {
      throw fileWriteError(path, cause);
    }
  }
}

/** The error of this project behind one of writing; other errors unchanged. */
export function fileWriteError(path: string, cause: unknown): unknown {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new TributaryError("ERR_STORE_FULL", `the disk is full: ${path} cannot be written`, {
      messageZh: `磁盘已满，无法写入 ${path}`,
      cause,
    });
  }
  return cause;
}
