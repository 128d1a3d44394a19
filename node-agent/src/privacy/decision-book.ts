/**
 * The decisions in force, in memory, and their log.
 *
 * @module
 */

import { sha256Text, toHex } from "@tributary/proto";
import type { DecisionLog } from "../ports/decision-log.ts";
import { type Decision, type PlacedText, verdictOn } from "./decision.ts";
import { DETECTOR_VERSION } from "./free-text.ts";

/** Reads the log. @throws {TributaryError} what {@link DecisionLog.read} throws. */
export async function openDecisionBook(log: DecisionLog): Promise<DecisionBook> {
  const book = new DecisionBook(log);
  for (const decision of await log.read()) book.note(decision);
  return book;
}

/** Of two decisions about one text the later counts. */
export class DecisionBook {
  readonly #log: DecisionLog;
  readonly #decisions = new Map<string, Decision>();

  /** Use {@link openDecisionBook}. */
  constructor(log: DecisionLog) {
    this.#log = log;
  }

  /** Differs whenever the same text may be judged otherwise: rows about clients are then gated again. */
  get revision(): string {
    const decided = [...this.#decisions.values()].map(
      ({ id, verdict, atMs }) => `${id} ${verdict} ${atMs}`,
    );
    return toHex(sha256Text([DETECTOR_VERSION, ...decided.sort()].join("\n"))).slice(0, 16);
  }

  verdictOn(placed: PlacedText): Decision["verdict"] | undefined {
    return verdictOn(placed, this.#decisions);
  }

  /** Durable on return. @throws {TributaryError} what {@link DecisionLog.add} throws. */
  async add(decision: Decision): Promise<void> {
    await this.#log.add(decision);
    this.note(decision);
  }

  /** Takes over a decision that is in the log. */
  note(decision: Decision): void {
    this.#decisions.set(decision.id, decision);
  }
}
