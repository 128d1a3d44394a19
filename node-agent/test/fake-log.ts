import {
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
} from "@tributary/proto";

export const TEST_ORIGIN = "hub.test/tributary";

/** A log of a hub that issues real receipts: everything but the disk. Costs grow with its size; for small logs only. */
export class FakeLog {
  readonly origin = TEST_ORIGIN;
  readonly vkey: string;
  readonly #key: SigningKey;
  readonly #leaves: Uint8Array[] = [];

  static async create(): Promise<FakeLog> {
    return new FakeLog(await generateSigningKey());
  }

  constructor(key: SigningKey) {
    this.#key = key;
    this.vkey = formatVkey(this.origin, key.publicKey);
  }

  get size(): number {
    return this.#leaves.length;
  }

  /** Appends an entry; resolves to the bytes of its receipt. */
  async append(
    statement: Uint8Array,
    signature: Uint8Array,
    type: LogEntryType = "batch",
  ): Promise<Uint8Array> {
    const entry = encodeLogEntry({
      receivedAtMs: 1_770_000_000_000,
      type,
      statement,
      signature,
      detail: new Uint8Array(),
    });
    const index = this.#leaves.push(leafHash(entry)) - 1;
    return encodeReceipt({
      entry,
      index,
      path: inclusionPath(this.#leaves, index),
      checkpoint: await signCheckpoint(
        { origin: this.origin, size: this.#leaves.length, root: merkleRoot(this.#leaves) },
        this.#key,
      ),
    });
  }
}
