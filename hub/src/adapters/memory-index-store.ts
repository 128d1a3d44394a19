/**
 * {@link IndexStore} in memory, for tests and for an index that need not outlive its process.
 *
 * @module
 */

import { TributaryError } from "@tributary/proto";
import {
  type ArrivingBlob,
  type IndexStore,
  type IndexStoreChange,
  PART_BYTES,
} from "../ports/index-store.ts";
import { PartwiseBlob } from "./partwise-blob.ts";

export class MemoryIndexStore implements IndexStore {
  readonly #blobs = new Map<string, Uint8Array>();
  #manifest: Uint8Array | undefined;

  async readManifest(): Promise<Uint8Array | undefined> {
    return this.#manifest?.slice();
  }

  async readBlob(name: string): Promise<SharedArrayBuffer> {
    const blob = await this.openBlob(name);
    await blob.read(0, blob.buffer.byteLength);
    return blob.buffer;
  }

  async openBlob(name: string): Promise<ArrivingBlob> {
    const bytes = this.#blobs.get(name);
    if (bytes === undefined) {
      throw new TributaryError("ERR_STORE_DAMAGED", `the index has no blob ${name}`);
    }
    return new PartwiseBlob(bytes.length, async (part) =>
      bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES),
    );
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
