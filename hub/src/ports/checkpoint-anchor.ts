/**
 * A second place for the newest published checkpoint, outside the log's store.
 *
 * A store that lost its newest writes in one piece looks sound and smaller; only somebody else who remembers can tell.
 * Agents and witnesses do, but they are asked later: the anchor is there at every start.
 *
 * @module
 */

export interface CheckpointAnchor {
  /** The checkpoint that was kept last; undefined before the first. */
  read(): Promise<string | undefined>;
  /** Replaces it: afterwards a reader sees the old or the new one, never a part. */
  write(checkpoint: string): Promise<void>;
}
