/**
 * {@link FeedMark} in a file beside the database: one line of JSON with a checksum.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { fromHex, sha256Text, toHex } from "@tributary/proto";
import type { FeedMark, Mark } from "../ports/feed-mark.ts";
import { replaceFile } from "./file-write.ts";

export function fileFeedMark(path: string): FeedMark {
  return {
    async read(): Promise<Mark | undefined> {
      const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return "";
        throw error;
      });
      return parseMark(text);
    },
    write: (mark) => replaceFile(path, formatMark(mark), 0o600),
  };
}

function formatMark({ feedId, seq }: Mark): string {
  const mark = `${toHex(feedId)} ${seq}`;
  return `${mark} ${checksum(mark)}\n`;
}

/** The mark; undefined for a text that is none, since the hub still tells when a feed went back. */
function parseMark(text: string): Mark | undefined {
  const [, mark = "", feedId = "", seq = "", sum] =
    /^(([0-9a-f]{32}) (\d{1,20})) ([0-9a-f]{16})\n$/.exec(text) ?? [];
  return sum !== undefined && sum === checksum(mark)
    ? { feedId: fromHex(feedId), seq: BigInt(seq) }
    : undefined;
}

function checksum(text: string): string {
  return toHex(sha256Text(text)).slice(0, 16);
}
