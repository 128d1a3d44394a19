import {
  consistencyPath,
  encodeLogEntry,
  encodeReceipt,
  formatVkey,
  generateSigningKey,
  inclusionPath,
  type LogEntryType,
  leafHash,
  merkleRoot,
  type SigningKey,
  signCheckpoint,
  TributaryError,
} from "@tributary/proto";

export const TEST_ORIGIN = "hub.test/tributary";

/** A log of a hub that issues real receipts: everything but the disk. Costs grow with its size; for small logs only. */
export class FakeLog {
  readonly origin = TEST_ORIGIN;
  readonly vkey: string;
  readonly #key: SigningKey;
  readonly #entries: Uint8Array[] = [];
  /** Time of the next entry; ms since the epoch. */
  nowMs = 1_770_000_000_000;

  static async create(): Promise<FakeLog> {
    return new FakeLog(await generateSigningKey());
  }

  constructor(key: SigningKey) {
    this.#key = key;
    this.vkey = formatVkey(this.origin, key.publicKey);
  }

  get size(): number {
    return this.#entries.length;
  }

  get #leaves(): Uint8Array[] {
    return this.#entries.map(leafHash);
  }

  /** Forgets the entries from `size` on, as a hub does that was restored from a backup. */
  cut(size: number): void {
    this.#entries.length = size;
  }

  checkpoint(): Promise<string> {
    const leaves = this.#leaves;
    return signCheckpoint(
      { origin: this.origin, size: leaves.length, root: merkleRoot(leaves) },
      this.#key,
    );
  }

  consistencyProof(from: number, to: number): Uint8Array[] {
    return consistencyPath(this.#leaves.slice(0, to), from);
  }

  /** Receipt of an entry against the whole log. */
  async receipt(index: number): Promise<Uint8Array> {
    const entry = this.#entries[index];
    if (entry === undefined) throw new TributaryError("ERR_NOT_FOUND", "the log has no such entry");
    const path = inclusionPath(this.#leaves, index);
    return encodeReceipt({ entry, index, path, checkpoint: await this.checkpoint() });
  }

  /** Appends an entry; resolves to the bytes of its receipt. */
  async append(
    statement: Uint8Array,
    signature: Uint8Array,
    type: LogEntryType = "batch",
  ): Promise<Uint8Array> {
    const entry = encodeLogEntry({
      receivedAtMs: this.nowMs,
      type,
      statement,
      signature,
      detail: new Uint8Array(),
    });
    return this.receipt(this.#entries.push(entry) - 1);
  }
}
