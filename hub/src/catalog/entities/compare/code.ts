/**
 * Registration codes: the unified social credit code, and any other.
 *
 * @module
 */

import { checkUscc } from "@tributary/proto/vocabulary";
import { isWithinOneEdit } from "../text-distance.ts";
import { type BlockingKey, type Comparison, type Level, MISSING } from "./comparison.ts";

/**
 * Two valid credit codes that differ are two organisations. An invalid one is missing evidence and never a mismatch; one
 * character from a valid one, it was probably meant.
 */
const LEVELS = [
  { name: "equal", startShare: 0.88, startBits: 20, byFrequency: true, maxBits: 20 },
  { name: "repaired", startShare: 0.05, startBits: 10, maxBits: 10 },
  { name: "different", startShare: 0, startBits: -7.4 },
] as const satisfies readonly Level[];

interface Code {
  readonly text: string;
  /** `credit`: valid by its check digit; `doubtful`: 18 characters that are not; `other`: some other number. */
  readonly kind: "credit" | "doubtful" | "other";
}

/** Compares codes. @param name The field. */
export function codeComparison(name: string): Comparison<Code> {
  return {
    name,
    levels: LEVELS,
    prepare: ([text]) => codeOf(text ?? ""),
    level: (a, b) => {
      if (a.text === b.text) return 0;
      const isRepaired = isWithinOneEdit(a.text, b.text);
      if (a.kind === "other" && b.kind === "other") return isRepaired ? 1 : 2;
      if (a.kind === "credit" && b.kind === "credit") return 2;
      return isRepaired ? 1 : MISSING;
    },
    term: ({ text }) => text,
    keys: function* ({ text }): Iterable<BlockingKey> {
      yield { kind: name, text };
      yield { kind: `${name} start`, text: text.slice(0, text.length >> 1) };
      yield { kind: `${name} end`, text: text.slice(text.length >> 1) };
    },
    veto: (a, b) =>
      a.kind === "credit" && b.kind === "credit" && a.text !== b.text ? "code" : undefined,
    identity: ({ text, kind }) => (kind === "credit" ? text : undefined),
  };
}

function codeOf(written: string): Code | undefined {
  const { status, normalised } = checkUscc(written);
  if (normalised === "" || status === "digits_lost") return undefined;
  if (status === "valid") return { text: normalised, kind: "credit" };
  const isCredit = normalised.length >= 17 && normalised.length <= 19;
  return { text: normalised, kind: isCredit ? "doubtful" : "other" };
}
