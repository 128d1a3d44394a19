/**
 * Waits for witnesses: a receipt is final when a checkpoint that enough of them have cosigned is proven to cover it. Until then
 * it is pending: the hub's word stands alone, and the hub could have told somebody else another.
 *
 * @module
 */

import {
  type Clock,
  decodeReceipt,
  equalBytes,
  isTributaryError,
  openCosigned,
  parseWitnessPolicy,
  requirePolicyOf,
  requireQuorum,
  sha256Text,
  type TreeState,
  TributaryError,
  type TrustedLog,
  toHex,
  verifyReceipt,
  verifyWitnessed,
  type WitnessPolicy,
} from "@tributary/proto";
import type { FeedStore } from "../ports/feed-store.ts";
import type { Memo } from "../sync/memo.ts";
import { type Problem, problemOf } from "../sync/problem.ts";
import type { LogWatch } from "./log-watch.ts";
import { firstUnreceipted } from "./receipts.ts";

/** How often witnesses are looked for while receipts wait for them; ms. */
const PENDING_MS = 5_000;
/** In how many such times one look is enough while none do. */
const IDLE_PERIODS = 12;
/** Proofs that one look asks for; the next look goes on. */
const MAX_PROOFS = 1_000;
/** Cosignatures meet on a checkpoint a moment after it was signed: a lack of them is told after this time; ms. */
const PATIENCE_MS = 120_000;

/** What is asked of the hub. Answers are attacker-controlled. */
export interface CosignedView {
  /** The newest checkpoint that witnesses were asked about, with their cosignatures; the newest of all where none were. */
  cosigned(signal: AbortSignal): Promise<string>;
  /** Hashes of the proof of RFC 6962, section 2.1.2. */
  consistencyProof(fromSize: number, toSize: number, signal: AbortSignal): Promise<Uint8Array[]>;
}

/** How far receipts are final. */
export interface Finality {
  /** SHA-256 of the policy, hex; another policy begins anew. */
  readonly policy: string;
  /** Ordinal of the feed of the first batch that is not. */
  readonly feed: number;
  /** Its sequence, decimal. */
  readonly seq: string;
  /** Receipts that are final. */
  readonly final: number;
  /** Size of the newest checkpoint with a quorum; 0 before the first. */
  readonly size: number;
  /** Since when enough witnesses say so; ms since the epoch, by their clocks. Undefined before the first, and where the policy needs nobody. */
  readonly quorumAtMs?: number;
}

/** How receipts stand with the witnesses, now. */
export interface QuorumStanding extends Pick<Finality, "final" | "size" | "quorumAtMs"> {
  /** Receipts that wait for witnesses. */
  readonly pending: number;
  /** Why no more of them become final, once that has lasted two minutes. */
  readonly problem?: Problem;
}

export interface QuorumWatchOptions {
  readonly log: TrustedLog;
  /** Text of a C2SP tlog-policy. */
  readonly policy: string;
  readonly view: CosignedView;
  readonly logWatch: Pick<LogWatch, "check">;
  readonly store: Pick<FeedStore, "feeds" | "receipt">;
  readonly memo: Memo;
  readonly clock: Clock;
}

/** Looks for a quorum on one log. One look at a time. */
export class QuorumWatch {
  readonly #options: QuorumWatchOptions;
  readonly #policy: WitnessPolicy;
  readonly #policyHash: string;

  /** @throws {TributaryError} `ERR_WITNESS_POLICY`, also if the policy is for other logs. */
  constructor(options: QuorumWatchOptions) {
    this.#options = options;
    this.#policy = parseWitnessPolicy(options.policy);
    requirePolicyOf(options.log, this.#policy);
    this.#policyHash = toHex(sha256Text(options.policy));
  }

  /** Looks until aborted; rejects with the signal's reason then. */
  async run(signal: AbortSignal): Promise<never> {
    for (;;) {
      await this.look(signal);
      for (let period = 1; period <= IDLE_PERIODS; period += 1) {
        await this.#options.clock.sleep(PENDING_MS, signal);
        if ((await this.standing()).pending > 0) break;
      }
    }
  }

  /** Looks once. What keeps receipts from becoming final goes into the memo. */
  async look(signal: AbortSignal): Promise<void> {
    const { memo, clock } = this.#options;
    try {
      await this.#look(signal);
      if (memo.agent.quorumProblem !== undefined) {
        await memo.updateAgent({ quorumProblem: undefined });
      }
    } catch (error) {
      signal.throwIfAborted();
      if (isTributaryError(error, "ERR_STORE_FULL")) throw error;
      const quorumProblem = problemOf(error, clock.now(), memo.agent.quorumProblem);
      await memo.updateAgent({ quorumProblem });
    }
  }

  /** Counts what is final and what waits. @throws {TributaryError} what the store throws. */
  async standing(): Promise<QuorumStanding> {
    const { memo, clock, store } = this.#options;
    const { final, feed, seq, size, quorumAtMs } = this.#finality;
    let pending = 0n;
    for (const state of await store.feeds()) {
      if (state.ordinal < feed) continue;
      const end = await firstUnreceipted(store, state);
      pending += state.ordinal === feed ? end - BigInt(seq) : end;
    }
    const { quorumProblem: problem } = memo.agent;
    const isLasting = problem !== undefined && clock.now() - problem.sinceMs >= PATIENCE_MS;
    return {
      final,
      pending: Number(pending),
      size,
      ...(quorumAtMs !== undefined && { quorumAtMs }),
      ...(isLasting && { problem }),
    };
  }

  get #finality(): Finality {
    const policy = this.#policyHash;
    const { finality } = this.#options.memo.agent;
    return finality?.policy === policy
      ? finality
      : { policy, feed: 1, seq: "0", final: 0, size: 0 };
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { log, view, logWatch, memo } = this.#options;
    const note = await view.cosigned(signal);
    const found = requireQuorum(await openCosigned(note, log, this.#policy));
    // It has to be of the one log that this agent sees, not only of one that enough witnesses saw.
    if (!(await logWatch.check(note, signal))) throw ofAnotherLog();
    const { quorumAtMs } = found;
    const { size } = found.checkpoint;
    const before = this.#finality;
    if (size < before.size) throw olderQuorum(size, before.size);
    const now: Finality = { ...before, size, ...(quorumAtMs !== undefined && { quorumAtMs }) };
    if (size === before.size) memo.noteAgent({ finality: now });
    else await memo.updateAgent({ finality: now });
    await this.#advance(note, size, signal);
  }

  /** Goes through the receipts in the order of their batches, up to the first that the checkpoint does not cover. */
  async #advance(checkpoint: string, toSize: number, signal: AbortSignal): Promise<void> {
    const { log, memo } = this.#options;
    const before = this.#finality;
    let finality = before;
    let proofs = 0;
    let proven: TreeState | undefined;
    try {
      for await (const { feed, seq, receipt } of this.#receiptsFrom(before)) {
        const { checkpoint: own } = await verifyReceipt(receipt, log);
        if (own.size > toSize) return;
        if (proven?.size !== own.size || !equalBytes(proven.root, own.root)) {
          if (proofs === MAX_PROOFS) return;
          await this.#requireWitnessed(receipt, own, { checkpoint, toSize }, signal);
          proven = own;
          proofs += 1;
        }
        finality = { ...finality, feed, seq: String(seq + 1n), final: finality.final + 1 };
      }
    } finally {
      // What was proven stays so, whatever came after it.
      if (finality !== before) await memo.updateAgent({ finality });
    }
  }

  /** @throws {TributaryError} `ERR_CHECKPOINT_INCONSISTENT`; where the receipt convicts the hub, the log watch has told so then. */
  async #requireWitnessed(
    receipt: Uint8Array,
    own: TreeState,
    { checkpoint, toSize }: { readonly checkpoint: string; readonly toSize: number },
    signal: AbortSignal,
  ): Promise<void> {
    const { log, view, logWatch } = this.#options;
    const path = await view.consistencyProof(own.size, toSize, signal);
    try {
      await verifyWitnessed(own, { checkpoint, path }, log, this.#policy);
    } catch (error) {
      await logWatch.check(decodeReceipt(receipt).checkpoint, signal);
      throw error;
    }
  }

  /** Receipts that are not final yet, feed by feed. In a feed that was replaced, the last batches may have none. */
  async *#receiptsFrom({ feed, seq }: Finality) {
    const { store } = this.#options;
    for (const { ordinal, nextSeq } of await store.feeds()) {
      if (ordinal < feed) continue;
      for (let at = ordinal === feed ? BigInt(seq) : 0n; at < nextSeq; at += 1n) {
        const receipt = await store.receipt(ordinal, at);
        if (receipt === undefined) break;
        yield { feed: ordinal, seq: at, receipt };
      }
    }
  }
}

function ofAnotherLog(): TributaryError {
  return new TributaryError(
    "ERR_QUORUM",
    "what witnesses have cosigned is not proven to be of the log that this agent sees",
    { messageZh: "未能证明见证方联署的日志与本代理所见的日志为同一日志" },
  );
}

function olderQuorum(size: number, seen: number): TributaryError {
  return new TributaryError(
    "ERR_QUORUM",
    `the hub shows cosignatures of ${size} entries after those of ${seen}`,
    {
      messageZh: `枢纽在展示过 ${seen} 条日志的联署之后只展示 ${size} 条的联署`,
      details: { size, seen },
    },
  );
}
