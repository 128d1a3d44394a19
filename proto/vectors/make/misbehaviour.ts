/**
 * Vectors of misbehaviour: files that convict a hub, and files that do not; made with fixed keys.
 *
 * @module
 */

import {
  type CenterSummary,
  type EpochSummary,
  encodeEpochSummary,
  encodeLogEntry,
  encodeReceipt,
  encodeRestart,
  epochParts,
  formatMisbehaviourFile,
  inclusionPath,
  type LogEntryValue,
  leafHash,
  type Misbehaviour,
  merkleRoot,
  openBatch,
  type SigningKey,
  signCheckpoint,
} from "@tributary/proto";
import { second } from "./batches.ts";
import { ROW } from "./epochs.ts";
import type { VectorFile } from "./json.ts";
import { HUB_ORIGIN, HUB_VKEY, hubKey, otherKey } from "./keys.ts";

const START_MS = 1_770_000_000_000;

const NONE = new Uint8Array();

/** A text stands for an entry of that name. */
type Written = readonly [
  what: string | Pick<LogEntryValue, "type" | "statement" | "signature">,
  second: number,
];

const batch = {
  type: "batch",
  statement: second.header,
  signature: openBatch(second.frame).signature.slice(),
} as const;

/** The history of a hub that has the center's batch at position 1 and states this at position 2. */
function summed(logSize: number, centers: readonly CenterSummary[]): History {
  const [summary] = epochParts({ epoch: 0, logSize, periodMs: 60_000, centers });
  const statement = encodeEpochSummary(summary as EpochSummary);
  return new History([
    ["a", 0],
    [batch, 1],
    [{ type: "epoch", statement, signature: NONE }, 2],
  ]);
}

/** A log as its hub would show it; entries are named by a text and a number of seconds. */
class History {
  readonly #entries: readonly Uint8Array[];
  readonly #key: SigningKey;

  constructor(entries: readonly Written[], key = hubKey) {
    this.#key = key;
    this.#entries = entries.map(([what, second]) =>
      encodeLogEntry({
        receivedAtMs: START_MS + second * 1_000,
        signature: NONE,
        detail: NONE,
        ...(typeof what === "string"
          ? { type: "restart", statement: encodeRestart({ version: what, logSize: 0 }) }
          : what),
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

const honest: readonly Written[] = ["a", "b", "c", "d", "e"].map((text, second) => [text, second]);

async function hidden(history: History): Promise<Extract<Misbehaviour, { kind: "hidden" }>> {
  return { kind: "hidden", first: await history.receipt(1), second: await history.receipt(2) };
}

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
    ["a center is left out of an epoch summary", [3, 3], await hidden(summed(2, []))],
    [
      "a batch is left out of an epoch summary",
      [3, 3],
      await hidden(summed(2, [{ ...ROW, nextSeq: ROW.nextSeq - 1 }])),
    ],
    [
      "an epoch summary names another batch in its place",
      [3, 3],
      await hidden(summed(2, [{ ...ROW, lastHash: new Uint8Array(32) }])),
    ],
    [
      "an epoch summary counts fewer records than the batch ends with",
      [3, 3],
      await hidden(summed(2, [{ ...ROW, accepted: ROW.accepted - 1 }])),
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
    ["an epoch summary that tells of the batch", unproven, await hidden(summed(2, [ROW]))],
    ["an epoch summary of the log before the batch", unproven, await hidden(summed(1, []))],
    [
      "an epoch summary with a later feed of the center",
      unproven,
      await hidden(summed(2, [{ ...ROW, feedId: new Uint8Array(16).fill(1), nextSeq: 1 }])),
    ],
    [
      "an entry that is no batch, called hidden",
      unproven,
      { ...(await hidden(summed(2, []))), first: await summed(2, []).receipt(0) },
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
