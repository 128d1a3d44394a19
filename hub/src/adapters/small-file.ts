/**
 * Small text files of the hub: read if they are there, replaced by rename.
 *
 * @module
 */

import { open, readFile, rename } from "node:fs/promises";

/** Undefined if there is no such file. */
export async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Durable on return; readers see the old text or the new one. @param mode Of a new file. */
export async function replaceFile(file: string, text: string, mode: number): Promise<void> {
  const next = `${file}.next`;
  // Not `writeFile` with `flush`, which syncs on the event loop.
  const handle = await open(next, "w", mode);
  try {
    await handle.writeFile(text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(next, file);
}
