/**
 * Vectors of misbehaviour: files that convict a hub, and files that do not; made with fixed keys.
 *
 * @module
 */

import {
  encodeLogEntry,
  encodeReceipt,
  encodeRestart,
  formatMisbehaviourFile,
  inclusionPath,
  leafHash,
  type Misbehaviour,
  merkleRoot,
  type SigningKey,
  signCheckpoint,
} from "@tributary/proto";
import type { VectorFile } from "./json.ts";
import { HUB_ORIGIN, HUB_VKEY, hubKey, otherKey } from "./keys.ts";

const START_MS = 1_770_000_000_000;

/** A log as its hub would show it; entries are named by a text and a number of seconds. */
class History {
  readonly #entries: readonly Uint8Array[];
  readonly #key: SigningKey;

  constructor(entries: readonly (readonly [text: string, second: number])[], key = hubKey) {
    this.#key = key;
    this.#entries = entries.map(([version, second]) =>
      encodeLogEntry({
        receivedAtMs: START_MS + second * 1_000,
        type: "restart",
        statement: encodeRestart({ version, logSize: 0 }),
        signature: new Uint8Array(),
        detail: new Uint8Array(),
      }),
    );
  }

  get #leaves(): Uint8Array[] {
    return this.#entries.map(leafHash);
  }

  checkpoint(): Promise<string> {
    const [size, root] = [this.#entries.length, merkleRoot(this.#leaves)];
    return signCheckpoint({ origin: HUB_ORIGIN, size, root }, this.#key);
  }

  async receipt(index: number): Promise<Uint8Array> {
    const entry = this.#entries[index] as Uint8Array;
    const path = inclusionPath(this.#leaves, index);
    return encodeReceipt({ entry, index, path, checkpoint: await this.checkpoint() });
  }
}

const honest: readonly (readonly [text: string, second: number])[] = ["a", "b", "c", "d", "e"].map(
  (text, second) => [text, second],
);

/** What a verifier of files must accept and refuse. */
export async function misbehaviourVectors(): Promise<VectorFile> {
  const three = new History(honest.slice(0, 3));
  const five = new History(honest);
  const edited = new History(honest.with(1, ["edited", 1]));
  const forked = new History([...honest.slice(0, 2), ["other", 2]]);
  const cut = new History([...honest.slice(0, 2), ["later", 9]]);
  const foreign = new History(honest.slice(0, 3), otherKey);

  const valid: readonly (readonly [name: string, sizes: readonly number[], Misbehaviour])[] = [
    [
      "two checkpoints of one size",
      [3, 3],
      { kind: "fork", first: await three.checkpoint(), second: await forked.checkpoint() },
    ],
    [
      "an entry below a checkpoint was edited",
      [3, 5],
      { kind: "rewritten", first: await three.checkpoint(), second: await edited.receipt(2) },
    ],
    [
      "one position, two entries",
      [5, 5],
      { kind: "replaced", first: await five.receipt(1), second: await edited.receipt(1) },
    ],
    [
      "the log was cut and grew again",
      [5, 3],
      { kind: "shrunk", first: await five.receipt(4), second: await cut.receipt(2) },
    ],
  ];
  const unproven = "ERR_MISBEHAVIOUR_UNPROVEN";
  const invalid: readonly (readonly [name: string, code: string, Misbehaviour])[] = [
    [
      "one checkpoint twice",
      unproven,
      { kind: "fork", first: await three.checkpoint(), second: await three.checkpoint() },
    ],
    [
      "a log that grew, called a fork",
      unproven,
      { kind: "fork", first: await three.checkpoint(), second: await five.checkpoint() },
    ],
    [
      "a log that grew, called rewritten",
      unproven,
      { kind: "rewritten", first: await three.checkpoint(), second: await five.receipt(2) },
    ],
    [
      "the receipt of another entry than the last",
      unproven,
      { kind: "rewritten", first: await three.checkpoint(), second: await edited.receipt(3) },
    ],
    [
      "two receipts of one entry",
      unproven,
      { kind: "replaced", first: await three.receipt(1), second: await five.receipt(1) },
    ],
    [
      "an older entry before a younger one",
      unproven,
      { kind: "shrunk", first: await five.receipt(4), second: await three.receipt(2) },
    ],
    [
      "a checkpoint under another key",
      "ERR_NOTE_SIGNATURE",
      { kind: "fork", first: await three.checkpoint(), second: await foreign.checkpoint() },
    ],
  ];
  const log = { origin: HUB_ORIGIN, vkey: HUB_VKEY };
  const file = (misbehaviour: Misbehaviour) =>
    formatMisbehaviourFile({ misbehaviour, log, foundBy: "vectors", foundAtMs: START_MS });
  const good = file(valid[0]?.[2] as Misbehaviour);
  const malformed = [
    ["another type", good.replace("misbehaviour/1", "misbehaviour/2")],
    ["an unknown kind", good.replace('"fork"', '"lie"')],
    ["no second statement", good.replace('"second"', '"third"')],
    ["a time before 1970", good.replace(`${START_MS}`, "-1")],
    ["half a file", good.slice(0, -20)],
  ];
  return {
    description:
      "Misbehaviour files, verified with vkey for origin. valid: proves kind, of trees of sizes. invalid: refused with code.",
    ...log,
    valid: valid.map(([name, sizes, claim]) => ({
      name,
      kind: claim.kind,
      sizes,
      file: file(claim),
    })),
    invalid: [
      ...invalid.map(([name, code, claim]) => ({ name, code, file: file(claim) })),
      ...malformed.map(([name, text]) => ({
        name,
        code: "ERR_MISBEHAVIOUR_MALFORMED",
        file: text,
      })),
    ],
  };
}
