/**
 * {@link CheckpointAnchor} in memory, for tests.
 *
 * @module
 */

import type { CheckpointAnchor } from "../ports/checkpoint-anchor.ts";

export class MemoryCheckpointAnchor implements CheckpointAnchor {
  #checkpoint: string | undefined;

  async read(): Promise<string | undefined> {
    return this.#checkpoint;
  }

  async write(checkpoint: string): Promise<void> {
    this.#checkpoint = checkpoint;
  }
}
