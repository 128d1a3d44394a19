/**
 * The witness of a hub's log: cosigns a checkpoint only if the log is proven to extend what it cosigned before (C2SP
 * tlog-witness). What it is about to cosign is durable before the signature exists, so that no crash makes it sign two
 * histories.
 *
 * @module
 */

import {
  type CheckpointStore,
  type Clock,
  cosign,
  EMPTY_ROOT,
  equalBytes,
  formatSignatureLine,
  formatVkey,
  formatWitnessSize,
  fromUtf8,
  isTributaryError,
  type OpenedCheckpoint,
  openCheckpoint,
  parseAddCheckpoint,
  parseNote,
  type SigningKey,
  TributaryError,
  type TrustedLog,
  utf8,
  verifyConsistency,
  WITNESS_STATUS,
  type WitnessAnswer,
} from "@tributary/proto";

export interface WitnessOptions {
  readonly log: TrustedLog;
  /** Name of the witness's key. */
  readonly name: string;
  /** Signs cosignatures and nothing else. */
  readonly key: SigningKey;
  /** Keeps the checkpoint that was cosigned last, as a note; {@link NOTHING_COSIGNED} before the first. */
  readonly store: CheckpointStore;
  readonly clock: Clock;
  /** Told of each cosignature. */
  readonly onCosigned: (size: number, atMs: number) => void;
  /** Told of a checkpoint that the log signed and that does not extend what was cosigned. */
  readonly onContradiction: (note: string) => void;
}

/** Kept before the first cosignature. An empty file may be one that has lost everything. */
export const NOTHING_COSIGNED = "nothing was cosigned yet\n";

/** What was cosigned last. */
interface Held {
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/** One witness of one log. */
export class Witness {
  readonly #options: WitnessOptions;
  /** C2SP verifier key of type 0x04. */
  readonly vkey: string;
  #lastAnswer: Promise<unknown> = Promise.resolve();

  constructor(options: WitnessOptions) {
    this.#options = options;
    this.vkey = formatVkey(options.name, options.key.publicKey, "cosignature");
  }

  /**
   * Answers a request to cosign. One after the other: what was compared is what is replaced.
   *
   * @param request Attacker-controlled.
   * @throws {TributaryError} `ERR_STORE_DAMAGED` if what was cosigned last is not known any more, and `ERR_STORE_FULL`;
   * nothing was signed then.
   */
  answer(request: string): Promise<WitnessAnswer> {
    const answer = this.#lastAnswer.then(() => this.#answer(request));
    this.#lastAnswer = answer.catch(() => undefined);
    return answer;
  }

  async #answer(request: string): Promise<WitnessAnswer> {
    try {
      const { oldSize, path, checkpoint: note } = parseAddCheckpoint(request);
      const checkpoint = await this.#open(note);
      if (oldSize > checkpoint.size) throw refusal("malformed", "the old size is the larger one");
      const held = await this.#held();
      if (oldSize !== held.size) throw refusal("conflict", formatWitnessSize(held.size));
      this.#requireExtends(held, checkpoint, path, note);
      return await this.#cosign(checkpoint, note);
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      if (isTributaryError(error, "ERR_ADD_CHECKPOINT_MALFORMED")) {
        return refusal("malformed", error.message).answer;
      }
      throw error;
    }
  }

  async #open(note: string): Promise<OpenedCheckpoint> {
    const { log } = this.#options;
    try {
      const { text } = parseNote(note);
      if (!text.startsWith(`${log.origin}\n`)) throw refusal("unknownLog", "another log");
      return await openCheckpoint(note, log);
    } catch (error) {
      if (isTributaryError(error, "ERR_NOTE_SIGNATURE")) {
        throw refusal("notTheLog", error.message);
      }
      if (isTributaryError(error)) throw refusal("malformed", error.message);
      throw error;
    }
  }

  #requireExtends(
    { size: fromSize, root: fromRoot }: Held,
    { size: toSize, root: toRoot }: OpenedCheckpoint,
    path: readonly Uint8Array[],
    note: string,
  ): void {
    if (verifyConsistency({ fromSize, fromRoot, toSize, toRoot, path })) return;
    const isFork = fromSize === toSize && !equalBytes(fromRoot, toRoot);
    this.#options.onContradiction(note);
    throw isFork
      ? refusal("conflict", formatWitnessSize(fromSize))
      : refusal("inconsistent", `not proven to extend ${fromSize} entries`);
  }

  async #cosign(checkpoint: OpenedCheckpoint, note: string): Promise<WitnessAnswer> {
    const { store, name, key, clock, onCosigned } = this.#options;
    await store.write(utf8(note));
    const nowMs = clock.now();
    const line = await cosign(checkpoint.note.text, { name, key, nowMs });
    onCosigned(checkpoint.size, nowMs);
    return { status: WITNESS_STATUS.ok, body: formatSignatureLine(line) };
  }

  /** What was cosigned last; the empty tree at first. */
  async #held(): Promise<Held> {
    const { store, log } = this.#options;
    const bytes = await store.read();
    try {
      if (bytes === undefined) throw new TypeError("the file is missing");
      const text = fromUtf8(bytes);
      return text === NOTHING_COSIGNED
        ? { size: 0, root: EMPTY_ROOT }
        : await openCheckpoint(text, log);
    } catch (cause) {
      throw witnessForgot(cause);
    }
  }
}

/** An answer that is no cosignature. */
class Refusal extends Error {
  readonly answer: WitnessAnswer;

  constructor(answer: WitnessAnswer) {
    super(answer.body);
    this.answer = answer;
  }
}

function refusal(kind: Exclude<keyof typeof WITNESS_STATUS, "ok">, text: string): Refusal {
  const body = text.endsWith("\n") ? text : `${text}\n`;
  return new Refusal({ status: WITNESS_STATUS[kind], body });
}

/** The error of a key that may have signed what its owner does not know any more. */
export function witnessForgot(cause?: unknown): TributaryError {
  return new TributaryError(
    "ERR_STORE_DAMAGED",
    "data/witness.checkpoint, which says what this witness cosigned last, is missing or damaged: its key signs nothing more. Remove keys/witness.jwk and data/witness.checkpoint, start the agent, and give the hub's operator the new key (tributary-agent keys show)",
    {
      messageZh:
        "记录最近一次联署内容的 data/witness.checkpoint 缺失或已损坏：其密钥不再签名。请删除 keys/witness.jwk 与 data/witness.checkpoint，重启代理，并将新公钥（tributary-agent keys show）交给枢纽管理员",
      cause,
    },
  );
}
