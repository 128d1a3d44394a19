/** What `level` is in Node and its types, which are those of browsers too, leave out. */
export interface Compactable {
  /** Writes what is in memory to tables, and rewrites those that have keys of the range. */
  compactRange(start: Uint8Array, end: Uint8Array): Promise<void>;
}
