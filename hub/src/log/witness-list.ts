/**
 * Which centers are asked to cosign checkpoints: an operator's decision, in the log like every other.
 *
 * @module
 */

import {
  encodePolicyChange,
  fromUtf8,
  importVerifyingKey,
  type NoteVerifier,
  type PolicyChange,
  parseVkey,
  TributaryError,
  utf8,
} from "@tributary/proto";
import type { MerkleLog } from "./merkle-log.ts";

/** Name of the rule in the log; its value is a JSON object of verifier keys by center. */
const RULE = "witnesses";
const FACT = "policy/witnesses";
/** So that a note with all their lines stays one that every reader takes. */
const MAX_WITNESSES = 32;

/** A center that cosigns. */
export interface NamedWitness {
  readonly centerId: string;
  /** C2SP verifier key of type 0x04. */
  readonly vkey: string;
  readonly verifier: NoteVerifier;
}

/** The fact that keeps the newest list; none where the change is of another rule. */
export function witnessFact({
  name,
  value,
}: PolicyChange): readonly (readonly [name: string, value: Uint8Array])[] {
  return name === RULE ? [[FACT, utf8(value)]] : [];
}

/** The witnesses of one log. */
export class WitnessList {
  readonly #log: Pick<MerkleLog, "append">;
  #vkeys: ReadonlyMap<string, string>;
  #lastChange: Promise<unknown> = Promise.resolve();

  private constructor(log: Pick<MerkleLog, "append">, vkeys: ReadonlyMap<string, string>) {
    this.#log = log;
    this.#vkeys = vkeys;
  }

  static async load(log: Pick<MerkleLog, "append" | "fact">): Promise<WitnessList> {
    const fact = await log.fact(FACT);
    const value = fact === undefined ? {} : (JSON.parse(fromUtf8(fact)) as Record<string, string>);
    return new WitnessList(log, new Map(Object.entries(value)));
  }

  /** Ascending by center. */
  list(): readonly NamedWitness[] {
    return [...this.#vkeys]
      .map(([centerId, vkey]) => ({
        centerId,
        vkey,
        verifier: parseVkey(vkey, "cosignature"),
      }))
      .sort((a, b) => (a.centerId < b.centerId ? -1 : 1));
  }

  has(centerId: string): boolean {
    return this.#vkeys.has(centerId);
  }

  /**
   * Names a center as a witness or, without a key, names it no more.
   *
   * @returns Position of the decision in the log.
   * @throws {TributaryError} `ERR_VKEY_MALFORMED`, `ERR_KEY_WEAK`; `ERR_ALREADY_EXISTS` if another center has the key or
   * nothing would change; `ERR_NOT_FOUND` if there is none to remove; `ERR_ARGUMENT_INVALID` if there are too many.
   */
  set(centerId: string, vkey: string, actor: string): Promise<number> {
    const change = this.#lastChange.then(() => this.#set(centerId, vkey, actor));
    this.#lastChange = change.catch(() => undefined);
    return change;
  }

  async #set(centerId: string, vkey: string, actor: string): Promise<number> {
    const next = new Map(this.#vkeys);
    if (vkey === "") {
      if (!next.delete(centerId)) throw notNamed(centerId);
    } else {
      await this.#requireNew(centerId, vkey);
      next.set(centerId, vkey);
      if (next.size > MAX_WITNESSES) throw tooMany();
    }
    const value = JSON.stringify(Object.fromEntries([...next].sort()));
    const change: PolicyChange = { name: RULE, value, actor };
    const { position } = await this.#log.append({
      type: "policy",
      statement: encodePolicyChange(change),
      facts: () => witnessFact(change),
    });
    this.#vkeys = next;
    return position;
  }

  async #requireNew(centerId: string, vkey: string): Promise<void> {
    const { publicKey } = parseVkey(vkey, "cosignature");
    await importVerifyingKey(publicKey);
    const owner = [...this.#vkeys].find(([, known]) => keyOf(known) === keyOf(vkey))?.[0];
    // A new name for the key that the center has is a change; the same key for two centers would count twice.
    if (owner === undefined || (owner === centerId && this.#vkeys.get(centerId) !== vkey)) return;
    throw new TributaryError("ERR_ALREADY_EXISTS", `${owner} is a witness with this key already`, {
      messageZh: `${owner} 已以该密钥登记为见证方`,
    });
  }
}

/** The part of a vkey that has the public key. */
function keyOf(vkey: string): string {
  return vkey.slice(vkey.indexOf("+", vkey.indexOf("+") + 1) + 1);
}

function notNamed(centerId: string): TributaryError {
  return new TributaryError("ERR_NOT_FOUND", `${centerId} is no witness`, {
    messageZh: `${centerId} 不是见证方`,
  });
}

function tooMany(): TributaryError {
  return new TributaryError(
    "ERR_ARGUMENT_INVALID",
    `a log has at most ${MAX_WITNESSES} witnesses; remove one first`,
    {
      messageZh: `一个日志最多 ${MAX_WITNESSES} 个见证方，请先移除一个`,
      details: { limitName: "witnesses", limitValue: MAX_WITNESSES },
    },
  );
}
