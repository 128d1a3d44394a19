/**
 * A copy of the repository into which bugs are planted, one at a time.
 *
 * @module
 */

import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** One edit that a tired person could make. */
export interface PlantedBug {
  readonly name: string;
  readonly file: string;
  /** Must stand exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** The repository itself. */
export const REPOSITORY = fileURLToPath(new URL("..", import.meta.url));

/** Deleted when disposed. */
export class PlantedCopy implements Disposable {
  readonly root: string = mkdtempSync(join(tmpdir(), "tributary-planted-"));

  constructor() {
    cpSync(REPOSITORY, this.root, {
      recursive: true,
      filter: (path) => !/\/(node_modules|\.git|\.demo[^/]*|dist)$/.test(path),
    });
    linkDependencies(this.root);
  }

  /** Plants a bug; it is gone when the result is disposed. @throws if the text is not there, or more than once. */
  plant({ name, file, find, replace }: PlantedBug): Disposable {
    const path = join(this.root, file);
    const original = readFileSync(path, "utf8");
    if (original.split(find).length !== 2) {
      throw new Error(`${name}: the text to replace must stand once in ${file}`);
    }
    writeFileSync(
      path,
      original.replace(find, () => replace),
    );
    return { [Symbol.dispose]: () => writeFileSync(path, original) };
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true });
  }
}

/** Links every installed package, but our own to the copy: a bug in one must show in the others. */
function linkDependencies(copy: string): void {
  const modules = join(copy, "node_modules");
  mkdirSync(join(modules, "@tributary"), { recursive: true });
  for (const name of readdirSync(join(REPOSITORY, "node_modules"))) {
    if (name !== "@tributary" && !name.startsWith(".")) {
      symlinkSync(join(REPOSITORY, "node_modules", name), join(modules, name));
    }
  }
  for (const name of ["proto", "hub", "node-agent", "sdk", "examples"]) {
    symlinkSync(join(copy, name), join(modules, "@tributary", name));
  }
}
