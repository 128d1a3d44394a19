/**
 * Vectors of questions, which another thread makes: for each text once, for so many at a time, and not for long.
 *
 * A vector that comes too late is kept for who asks again, or for the next page.
 *
 * @module
 */

import type { Clock } from "@tributary/proto";
import type { QuestionVector } from "../index/semantic/semantic.ts";
import type { TextRole } from "../ports/embedding-provider.ts";

/** To the thread that embeds. */
export interface EmbedCommand {
  readonly type: "embed";
  readonly id: number;
  readonly text: string;
  readonly role: TextRole;
}

/** From it. */
export interface EmbeddedReport extends QuestionVector {
  readonly type: "embedded";
  readonly id: number;
}

/** A question waits no longer than this for its vector, ms. */
const DEADLINE_MS = 500;

/** Texts that may be with the thread at once. */
const MAX_WAITING = 32;

/** Vectors that are kept; the oldest go first. */
const MAX_KEPT = 1024;

interface Waiting {
  readonly id: number;
  readonly vector: Promise<QuestionVector | undefined>;
  readonly resolve: (vector: QuestionVector | undefined) => void;
}

export class QuestionVectors {
  readonly #clock: Clock;
  readonly #send: (command: EmbedCommand) => void;
  /** By role and text. */
  readonly #kept = new Map<string, QuestionVector>();
  readonly #waiting = new Map<string, Waiting>();
  #nextId = 1;

  /** @param send Hands a text to the thread. */
  constructor(clock: Clock, send: (command: EmbedCommand) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** The vector, or undefined when it is late or too many wait. Rejects with the reason of the signal alone. */
  async embed(
    text: string,
    role: TextRole,
    signal: AbortSignal,
  ): Promise<QuestionVector | undefined> {
    signal.throwIfAborted();
    const key = `${role} ${text}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const waiting = this.#waiting.get(key) ?? this.#ask(key, text, role);
    if (waiting === undefined) return undefined;
    const isAnswered = new AbortController();
    const late = this.#clock
      .sleep(DEADLINE_MS, AbortSignal.any([signal, isAnswered.signal]))
      .then(() => undefined);
    // Once there is an answer, nobody waits for this.
    late.catch(() => undefined);
    try {
      return await Promise.race([waiting.vector, late]);
    } finally {
      isAnswered.abort();
    }
  }

  /** Takes an answer of the thread. */
  take({ id, providerId, vector }: EmbeddedReport): void {
    for (const [key, waiting] of this.#waiting) {
      if (waiting.id !== id) continue;
      this.#waiting.delete(key);
      this.#kept.set(key, { providerId, vector });
      const [oldest] = this.#kept.keys();
      if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
      waiting.resolve({ providerId, vector });
    }
  }

  /** The thread has ended: the next one may have another model. */
  forget(): void {
    for (const { resolve } of this.#waiting.values()) resolve(undefined);
    this.#waiting.clear();
    this.#kept.clear();
  }

  #ask(key: string, text: string, role: TextRole): Waiting | undefined {
    if (this.#waiting.size >= MAX_WAITING) return undefined;
    const { promise: vector, resolve } = Promise.withResolvers<QuestionVector | undefined>();
    const waiting = { id: this.#nextId++, vector, resolve };
    this.#waiting.set(key, waiting);
    this.#send({ type: "embed", id: waiting.id, text, role });
    return waiting;
  }
}
