/**
 * Witness policies: whose cosignatures a checkpoint needs to be believed (C2SP tlog-policy, all of it).
 *
 * @module
 */

import { toHex } from "../crypto/bytes.ts";
import { TributaryError } from "../errors.ts";
import { type NoteVerifier, parseVkey } from "./note.ts";

/** A policy that was read. */
export interface WitnessPolicy {
  /** Verifier keys of the logs that it is for; empty where the log is known from elsewhere. */
  readonly logs: readonly string[];
  /** By the name that the policy gives it. */
  readonly witnesses: ReadonlyMap<string, NoteVerifier>;
  readonly quorum: Quorum;
}

/** Who has to have cosigned. */
export type Quorum =
  /** Nobody. */
  | { readonly type: "none" }
  | { readonly type: "witness"; readonly name: string }
  | {
      readonly type: "group";
      /** 1 to the number of members. */
      readonly threshold: number;
      readonly members: readonly Quorum[];
    };

const MAX_LENGTH = 64 * 1024;
/** Twice what every reader should take. */
const MAX_OF_A_KIND = 64;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/;

/**
 * Reads a policy.
 *
 * @param text Lines `log VKEY [URL]`, `witness NAME VKEY [URL]`, `group NAME all|any|K NAME...`, `quorum NAME|none`; `#`
 * begins a comment line. URLs are not used.
 * @throws {TributaryError} `ERR_WITNESS_POLICY` with the number of the line that is wrong.
 */
export function parseWitnessPolicy(text: string): WitnessPolicy {
  if (text.length > MAX_LENGTH) {
    throw refused(0, `it is longer than ${MAX_LENGTH} characters`, `超过 ${MAX_LENGTH} 个字符`);
  }
  const reader = new PolicyReader();
  for (const [index, line] of text.split("\n").entries()) {
    if (CONTROL.test(line)) {
      throw refused(index + 1, "it has a control character", "含有控制字符");
    }
    const words = line.split(/[ \t]+/).filter((word) => word !== "");
    if (words.length > 0 && !words[0]?.startsWith("#")) reader.take(index + 1, words);
  }
  return reader.policy();
}

/** True if these witnesses are enough. @param cosigned Names that the policy gives to those who have cosigned. */
export function isQuorum(quorum: Quorum, cosigned: ReadonlySet<string>): boolean {
  switch (quorum.type) {
    case "none":
      return true;
    case "witness":
      return cosigned.has(quorum.name);
    case "group": {
      const met = quorum.members.filter((member) => isQuorum(member, cosigned)).length;
      return met >= quorum.threshold;
    }
  }
}

class PolicyReader {
  readonly #logs = new Map<string, string>();
  readonly #witnesses = new Map<string, NoteVerifier>();
  readonly #witnessKeys = new Set<string>();
  /** Witnesses and groups share their names. */
  readonly #defined = new Map<string, Quorum>();
  readonly #used = new Set<string>();
  #quorum: Quorum | undefined;

  take(line: number, [keyword, ...words]: readonly string[]): void {
    if (keyword === "log") this.#log(line, words);
    else if (keyword === "witness") this.#witness(line, words);
    else if (keyword === "group") this.#group(line, words);
    else if (keyword === "quorum") this.#setQuorum(line, words);
    else {
      throw refused(
        line,
        `it begins with ${keyword}; a line begins with log, witness, group or quorum`,
        `以 ${keyword} 开头；每行应以 log、witness、group 或 quorum 开头`,
      );
    }
  }

  policy(): WitnessPolicy {
    if (this.#quorum === undefined) {
      throw refused(0, "it has no line: quorum NAME", "缺少 quorum 行");
    }
    return {
      logs: [...this.#logs.values()],
      witnesses: this.#witnesses,
      quorum: this.#quorum,
    };
  }

  #log(line: number, words: readonly string[]): void {
    const [vkey = ""] = words;
    if (words.length < 1 || words.length > 2) throw shape(line, "log VKEY [URL]");
    const key = toHex(vkeyOf(line, vkey, "note").publicKey);
    if (this.#logs.has(key)) throw refused(line, "the log is named twice", "日志重复");
    this.#logs.set(key, vkey);
    requireFew(line, this.#logs.size);
  }

  #witness(line: number, words: readonly string[]): void {
    const [name = "", vkey = ""] = words;
    if (words.length < 2 || words.length > 3) throw shape(line, "witness NAME VKEY [URL]");
    const verifier = vkeyOf(line, vkey, "cosignature");
    const key = toHex(verifier.publicKey);
    if (this.#witnessKeys.has(key)) {
      throw refused(line, `the key of ${name} is named twice`, `${name} 的密钥重复`);
    }
    this.#define(line, name, { type: "witness", name });
    this.#witnessKeys.add(key);
    this.#witnesses.set(name, verifier);
    requireFew(line, this.#witnesses.size);
  }

  #group(line: number, words: readonly string[]): void {
    const [name = "", count = "", ...names] = words;
    if (names.length === 0) throw shape(line, "group NAME all|any|K NAME...");
    const members = names.map((member) => this.#member(line, member));
    const threshold = count === "all" ? names.length : count === "any" ? 1 : Number(count);
    const isNumber = /^(all|any|[1-9]\d{0,2})$/.test(count);
    if (!isNumber || threshold > names.length) {
      throw refused(
        line,
        `${count} is not all, any, or a number from 1 to ${names.length}`,
        `${count} 应为 all、any 或 1 至 ${names.length} 的数`,
      );
    }
    this.#define(line, name, { type: "group", threshold, members });
    requireFew(line, this.#defined.size - this.#witnesses.size);
  }

  #setQuorum(line: number, words: readonly string[]): void {
    const [name = ""] = words;
    if (words.length !== 1) throw shape(line, "quorum NAME|none");
    if (this.#quorum !== undefined) throw refused(line, "it is a second quorum", "quorum 重复");
    this.#quorum = name === "none" ? { type: "none" } : this.#known(line, name);
  }

  /** Each may help one group only, so that nobody counts twice. */
  #member(line: number, name: string): Quorum {
    const member = this.#known(line, name);
    if (this.#used.has(name)) {
      throw refused(
        line,
        `${name} is already the member of a group, and can be of one only`,
        `${name} 已属于一个组，且只能属于一个组`,
      );
    }
    this.#used.add(name);
    return member;
  }

  #known(line: number, name: string): Quorum {
    const quorum = this.#defined.get(name);
    if (quorum !== undefined) return quorum;
    throw refused(
      line,
      `${name} is no witness or group of the lines before`,
      `${name} 未在前面的行中定义`,
    );
  }

  #define(line: number, name: string, quorum: Quorum): void {
    if (name === "none" || this.#defined.has(name)) {
      throw refused(line, `the name ${name} is taken`, `名称 ${name} 已被使用`);
    }
    this.#defined.set(name, quorum);
  }
}

function vkeyOf(line: number, vkey: string, type: "note" | "cosignature"): NoteVerifier {
  try {
    return parseVkey(vkey, type);
  } catch (cause) {
    const what = type === "note" ? "a log (type 0x01)" : "a witness (type 0x04)";
    throw refused(line, `${vkey} is not the vkey of ${what}`, `${vkey} 不是有效的校验公钥`, cause);
  }
}

function requireFew(line: number, count: number): void {
  if (count <= MAX_OF_A_KIND) return;
  throw refused(line, `it is more than number ${MAX_OF_A_KIND}`, `同类行超过 ${MAX_OF_A_KIND} 行`);
}

function shape(line: number, wanted: string): TributaryError {
  return refused(line, `it is not: ${wanted}`, `格式应为：${wanted}`);
}

/** @param line 0 where it is about the whole text. */
function refused(line: number, problem: string, problemZh: string, cause?: unknown) {
  const [place, placeZh] = line === 0 ? ["", ""] : [`line ${line}: `, `第 ${line} 行：`];
  return new TributaryError("ERR_WITNESS_POLICY", `the witness policy: ${place}${problem}`, {
    messageZh: `见证策略：${placeZh}${problemZh}`,
    details: { line },
    cause,
  });
}
