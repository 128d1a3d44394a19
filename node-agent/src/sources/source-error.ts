/**
 * The sentences with which reading a source fails.
 *
 * @module
 */

import { TributaryError } from "@tributary/proto";

/** The file or database is not where the configuration says. @param what Path as configured. */
export function sourceMissing(what: string, cause?: unknown): TributaryError {
  return new TributaryError(
    "ERR_SOURCE_MISSING",
    `${what} does not exist; was it moved or renamed? Nothing was withdrawn.`,
    { messageZh: `找不到 ${what}，文件可能被移动或改名；未撤回任何记录。`, cause },
  );
}

/** Another program is writing it. */
export function sourceLocked(what: string, cause?: unknown): TributaryError {
  return new TributaryError(
    "ERR_SOURCE_LOCKED",
    `${what} is being written by another program; it is read when that is done`,
    { messageZh: `${what} 正被其他程序写入，写完后会再次读取`, cause },
  );
}

/** Damaged, unknown encoding, or no permission. */
export function sourceUnreadable(
  what: string,
  { why, whyZh, cause }: { why: string; whyZh: string; cause?: unknown },
): TributaryError {
  return new TributaryError("ERR_SOURCE_UNREADABLE", `${what} cannot be read: ${why}`, {
    messageZh: `无法读取 ${what}：${whyZh}`,
    cause,
  });
}

/** It changed between the first and the last byte. */
export function sourceChanged(what: string): TributaryError {
  return new TributaryError(
    "ERR_SOURCE_CHANGED",
    `${what} changed while it was read; what was read is discarded and it is read again`,
    { messageZh: `${what} 在读取过程中被修改，本次读取作废，稍后重新读取` },
  );
}

/** The source has no such table. @param names Tables that it has. */
export function tableMissing(
  what: string,
  table: string,
  names: readonly string[],
): TributaryError {
  const known = names.slice(0, 20).map((name) => JSON.stringify(name));
  return new TributaryError(
    "ERR_SOURCE_TABLE",
    `${what} has no table ${JSON.stringify(table)}; it has ${known.join(", ") || "none"}`,
    {
      messageZh: `${what} 中没有表“${table}”；现有：${names.slice(0, 20).join("、") || "无"}`,
    },
  );
}
