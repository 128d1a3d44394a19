/**
 * {@link IndexStore} in memory, for tests and for an index that need not outlive its process.
 *
 * @module
 */

import { TributaryError } from "@tributary/proto";
import type { IndexStore, IndexStoreChange } from "../ports/index-store.ts";

export class MemoryIndexStore implements IndexStore {
  readonly #blobs = new Map<string, Uint8Array>();
  #manifest: Uint8Array | undefined;

  async readManifest(): Promise<Uint8Array | undefined> {
    return this.#manifest?.slice();
  }

  async readBlob(name: string): Promise<SharedArrayBuffer> {
    const blob = this.#blobs.get(name);
    if (blob === undefined) {
      throw new TributaryError("ERR_STORE_DAMAGED", `the index has no blob ${name}`);
    }
    const buffer = new SharedArrayBuffer(blob.length);
    new Uint8Array(buffer).set(blob);
    return buffer;
  }

  async commit({ blobs, removed, manifest }: IndexStoreChange): Promise<void> {
    for (const [name, bytes] of blobs) this.#blobs.set(name, new Uint8Array(bytes));
    for (const name of removed) this.#blobs.delete(name);
    this.#manifest = manifest.slice();
  }

  async clear(): Promise<void> {
    this.#blobs.clear();
    this.#manifest = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
