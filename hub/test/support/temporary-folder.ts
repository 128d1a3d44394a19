/**
 * Folders that are gone when the tests of a file have ended.
 *
 * @module
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A path in a new folder; the path itself does not exist. Call it in a test file's top level or in a hook or test. */
export function temporaryPath(name: string): string {
  return join(newFolder(), name);
}

const folders: string[] = [];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tributary-test-"));
  folders.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
