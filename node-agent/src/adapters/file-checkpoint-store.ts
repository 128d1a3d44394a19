/**
 * {@link CheckpointStore} as one file beside the database, so that a database that is restored from a backup does not
 * take the largest checkpoint back.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import type { CheckpointStore } from "@tributary/proto";
import { replaceFile } from "./file-write.ts";

export function fileCheckpointStore(path: string): CheckpointStore {
  return {
    async read(): Promise<Uint8Array | undefined> {
      try {
        return new Uint8Array(await readFile(path));
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
        throw error;
      }
    },
    write: (receipt) => replaceFile(path, receipt, 0o600),
  };
}
