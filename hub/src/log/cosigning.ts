/**
 * Collects cosignatures: in rounds, all witnesses that have their stream open are asked about one checkpoint, so that their
 * signatures meet on it. The log never waits: a witness that is silent, slow or wrong costs its own line and nothing else.
 *
 * @module
 */

import {
  type Clock,
  findCosignature,
  formatAddCheckpoint,
  formatNote,
  isTributaryError,
  type NoteSignature,
  parseNote,
  parseSignatureLines,
  parseWitnessSize,
  TributaryError,
  WITNESS_STATUS,
  type WitnessAnswer,
  type WitnessStanding,
} from "@tributary/proto";
import type { HubEvents } from "../ports/hub-events.ts";
import type { LogHead } from "./checkpoint-signer.ts";
import type { MerkleLog } from "./merkle-log.ts";
import type { NamedWitness, WitnessList } from "./witness-list.ts";

/** Shortest time from the start of a round to that of the next; ms. */
const ROUND_MS = 1_000;
/** How long the checkpoint of a round waits for cosignatures before it is shown; later ones are added. */
const GATHER_MS = 2_000;
/** How long a witness may take; then its stream is ended. */
const ANSWER_MS = 10_000;
/** Cosignatures are asked for anew after this time although the log has not grown: their age says that it stands still. */
const REFRESH_MS = 60_000;

/** The stream of one witness. */
export interface WitnessLink {
  /** Asks; one question at a time. Rejects when the stream ends or `signal` aborts. */
  ask(addCheckpoint: string, signal: AbortSignal): Promise<WitnessAnswer>;
  /** Ends the stream. */
  close(reason: TributaryError): void;
}

export interface CosigningOptions {
  readonly log: Pick<MerkleLog, "head" | "consistencyProof" | "waitBeyond">;
  readonly witnesses: WitnessList;
  readonly clock: Clock;
  readonly events: Pick<HubEvents, "witnessFailed" | "witnessRecovered">;
}

const UNKNOWN: WitnessStanding = { connected: false, size: 0, cosignedAtMs: 0, problem: "" };

/** One checkpoint, and what witnesses said to it. */
interface Round {
  readonly head: LogHead;
  /** By verifier key. */
  readonly lines: Map<string, { readonly line: NoteSignature; readonly gotAtMs: number }>;
}

/** Asks the witnesses of one log. */
export class Cosigning {
  readonly #options: CosigningOptions;
  readonly #links = new Map<string, WitnessLink>();
  /** Centers that were asked and have not answered. */
  readonly #asked = new Set<string>();
  /** By verifier key: what the hub believes that the witness signed last. */
  readonly #oldSizes = new Map<string, number>();
  /** By verifier key. */
  readonly #standings = new Map<string, WitnessStanding>();
  #shown: Round | undefined;
  #attached = Promise.withResolvers<void>();

  constructor(options: CosigningOptions) {
    this.#options = options;
  }

  /** The checkpoint of the newest round with its cosignatures; undefined without witnesses, and before the first round. */
  get checkpoint(): string | undefined {
    const named = this.#options.witnesses.list();
    if (this.#shown === undefined || named.length === 0) return undefined;
    const { head, lines } = this.#shown;
    const { text, signatures } = parseNote(head.checkpoint);
    const own = named.map(({ vkey }) => lines.get(vkey)?.line).filter((line) => line !== undefined);
    return formatNote({ text, signatures: [...signatures, ...own] });
  }

  /** Size of the newest checkpoint that a witness cosigned; 0 for none. */
  get cosignedSize(): number {
    return Math.max(
      0,
      ...this.#options.witnesses.list().map(({ vkey }) => this.#standings.get(vkey)?.size ?? 0),
    );
  }

  standingOf({ centerId, vkey }: NamedWitness): WitnessStanding {
    const standing = this.#standings.get(vkey) ?? UNKNOWN;
    return { ...standing, connected: this.#links.has(centerId) };
  }

  /** Asks the center over this stream from now on; one that it had before ends. Returns how to stop it. */
  attach(centerId: string, link: WitnessLink): () => void {
    this.#links.get(centerId)?.close(replaced());
    this.#links.set(centerId, link);
    this.#attached.resolve();
    return () => {
      if (this.#links.get(centerId) === link) this.#links.delete(centerId);
    };
  }

  /** Asks until aborted; resolves then. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      try {
        const startedAtMs = clock.now();
        this.#attached = Promise.withResolvers<void>();
        await this.#round(signal);
        const tookMs = Math.max(0, clock.now() - startedAtMs);
        await clock.sleep(Math.max(0, ROUND_MS - tookMs), signal);
        await this.#due(signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
  }

  /** Resolves when the log has grown, a witness has come, or signatures are to be renewed. */
  async #due(signal: AbortSignal): Promise<void> {
    const { log, clock } = this.#options;
    await bounded<unknown>(signal, (over) => [
      log.waitBeyond(this.#shown?.head.size ?? 0, over),
      this.#attached.promise,
      clock.sleep(REFRESH_MS, over),
    ]);
  }

  async #round(signal: AbortSignal): Promise<void> {
    const { log, witnesses, clock } = this.#options;
    const { head } = log;
    if (head === undefined) return;
    const named = witnesses.list();
    this.#endOthers(named);
    const isSame = this.#shown?.head.size === head.size;
    const round: Round = isSame && this.#shown ? this.#shown : { head, lines: new Map() };
    const asking = named
      .filter((witness) => this.#isToBeAsked(witness, round))
      .map((witness) => this.#ask(witness, round, signal));
    await bounded<unknown>(signal, (over) => [Promise.all(asking), clock.sleep(GATHER_MS, over)]);
    this.#shown = round;
  }

  /** Streams of centers that are witnesses no more. */
  #endOthers(named: readonly NamedWitness[]): void {
    const centers = new Set(named.map(({ centerId }) => centerId));
    for (const [centerId, link] of this.#links) {
      if (centers.has(centerId)) continue;
      this.#links.delete(centerId);
      link.close(notNamed(centerId));
    }
  }

  #isToBeAsked({ centerId, vkey }: NamedWitness, { lines }: Round): boolean {
    if (!this.#links.has(centerId) || this.#asked.has(centerId)) return false;
    const gotAtMs = lines.get(vkey)?.gotAtMs;
    return gotAtMs === undefined || this.#options.clock.now() - gotAtMs >= REFRESH_MS / 2;
  }

  /** Never rejects: whatever a witness does is its standing. */
  async #ask(witness: NamedWitness, round: Round, signal: AbortSignal): Promise<void> {
    const { centerId, vkey } = witness;
    const link = this.#links.get(centerId) as WitnessLink;
    this.#asked.add(centerId);
    try {
      const line = await this.#cosignatureOf(witness, link, round.head, signal);
      const { clock } = this.#options;
      round.lines.set(vkey, { line: line.line, gotAtMs: clock.now() });
      this.#oldSizes.set(vkey, round.head.size);
      this.#tell(witness, { size: round.head.size, cosignedAtMs: line.atMs, problem: "" });
    } catch (error) {
      if (signal.aborted) return;
      // A stream that ended is no problem of the witness: it shows as not connected.
      if (this.#links.get(centerId) !== link) return;
      const known = isTributaryError(error) ? error : undefined;
      this.#tell(witness, { problem: known?.message ?? String(error) });
      if (known?.code === "ERR_DEADLINE") link.close(known);
    } finally {
      this.#asked.delete(centerId);
    }
  }

  /** Asks, and once more where the witness says that it signed another size last. */
  async #cosignatureOf(
    { vkey, verifier }: NamedWitness,
    link: WitnessLink,
    head: LogHead,
    signal: AbortSignal,
  ): Promise<{ readonly line: NoteSignature; readonly atMs: number }> {
    let oldSize = this.#oldSizes.get(vkey) ?? 0;
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#answer(link, oldSize, head, signal);
      if (answer.status === WITNESS_STATUS.ok) return await cosignatureIn(answer, head, verifier);
      const size = parseWitnessSize(answer.body);
      if (answer.status !== WITNESS_STATUS.conflict || size === undefined) throw refused(answer);
      if (size > head.size) throw ahead(size, head.size);
      if (size === oldSize || attempt > 1) throw conflict(size);
      oldSize = size;
    }
  }

  async #answer(
    link: WitnessLink,
    oldSize: number,
    head: LogHead,
    signal: AbortSignal,
  ): Promise<WitnessAnswer> {
    const { log, clock } = this.#options;
    const path = await log.consistencyProof(oldSize, head.size);
    const request = formatAddCheckpoint({ oldSize, path, checkpoint: head.checkpoint });
    return await bounded(signal, (over) => [
      link.ask(request, over),
      clock.sleep(ANSWER_MS, over).then(() => {
        throw silent();
      }),
    ]);
  }

  #tell({ centerId, vkey }: NamedWitness, change: Partial<WitnessStanding>): void {
    const { events } = this.#options;
    const before = this.#standings.get(vkey) ?? UNKNOWN;
    const standing = { ...before, ...change };
    this.#standings.set(vkey, standing);
    if (standing.problem === before.problem) return;
    if (standing.problem === "") events.witnessRecovered(centerId);
    else events.witnessFailed(centerId, standing.problem);
  }
}

/** The first of the tasks to settle; the others are then aborted. */
async function bounded<T>(
  signal: AbortSignal,
  tasks: (over: AbortSignal) => readonly Promise<T>[],
): Promise<T> {
  const end = new AbortController();
  try {
    return await Promise.race(tasks(AbortSignal.any([signal, end.signal])));
  } finally {
    end.abort(new TributaryError("ERR_CANCELLED", "another task ended"));
  }
}

/** The cosignature among the lines of an answer, verified. */
async function cosignatureIn(
  { body }: WitnessAnswer,
  head: LogHead,
  verifier: NamedWitness["verifier"],
): Promise<{ readonly line: NoteSignature; readonly atMs: number }> {
  const { text } = parseNote(head.checkpoint);
  for (const line of parseSignatureLines(body)) {
    const found = await findCosignature({ text, signatures: [line] }, verifier);
    if (found !== undefined) return { line, atMs: found.atMs };
  }
  throw new TributaryError(
    "ERR_NOTE_SIGNATURE",
    `the answer is not signed by ${verifier.name}; its agent may have another key by now`,
  );
}

function refused({ status, body }: WitnessAnswer): TributaryError {
  const said = body.slice(0, 200).trim();
  return new TributaryError("ERR_ARGUMENT_INVALID", `it refuses with ${status}: ${said}`);
}

function conflict(size: number): TributaryError {
  return new TributaryError(
    "ERR_CHECKPOINT_INCONSISTENT",
    `it refuses: of the first ${size} entries it has cosigned another tree`,
  );
}

function ahead(size: number, own: number): TributaryError {
  return new TributaryError(
    "ERR_CHECKPOINT_INCONSISTENT",
    `it has cosigned ${size} entries and the log has ${own}: the log lost entries, or its key signs elsewhere`,
  );
}

function silent(): TributaryError {
  return new TributaryError(
    "ERR_DEADLINE",
    `the witness did not answer within ${ANSWER_MS / 1_000} s`,
    { messageZh: `见证方未在 ${ANSWER_MS / 1_000} 秒内应答` },
  );
}

function replaced(): TributaryError {
  return new TributaryError("ERR_CANCELLED", "the witness has opened another stream", {
    messageZh: "见证方已打开新的数据流",
  });
}

/** For a center that nobody named. */
export function notNamed(centerId: string): TributaryError {
  return new TributaryError(
    "ERR_MEMBER_STATE",
    `${centerId} is no witness of this log; its operator names it with: tributary-hub witness add ${centerId} VKEY`,
    {
      messageZh: `${centerId} 不是该日志的见证方；请枢纽管理员运行：tributary-hub witness add ${centerId} VKEY`,
    },
  );
}
