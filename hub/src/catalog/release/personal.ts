/**
 * H10: no text of a release points to a person or an enterprise, whatever the agent's own detectors said.
 *
 * @module
 */

import { type RecordFinding, toHex } from "@tributary/proto";
import type { OutcomeRelease, ReceivedRelease, ReleaseContext } from "./context.ts";
import { finding } from "./finding.ts";
import { hasHan, type PersonalText, personalTextIn } from "./personal-text.ts";

const NAMES: Readonly<Record<PersonalText, readonly [en: string, zh: string]>> = {
  phone: ["a phone number", "电话号码"],
  email: ["an e-mail address", "电子邮箱"],
  web_address: ["a web address", "网址"],
  uscc: ["a unified social credit code", "统一社会信用代码"],
  resident_id: ["a resident id", "身份证号"],
};
/** Finest level of a bucket that a narrative may be about: a finer label is nearly a name. */
const NARRATIVE_LEVEL = 2;
/** A number with the unit of a magnitude: bands only. */
const MAGNITUDE = /\d[\d.,]*\s*(?:万元|亿元|元|吨|人|平方米|台|家)/u;

export function* checkPersonal(
  { release }: ReceivedRelease,
  { rules }: ReleaseContext,
): Iterable<RecordFinding> {
  for (const { path, text, isProvider } of textsOf(release)) {
    for (const kind of personalTextIn(text)) {
      // The provider of a label is named by its code; that is what the label is for.
      if (kind === "uscc" && isProvider) continue;
      const [en, zh] = NAMES[kind];
      yield problem(kind, path, `has what looks like ${en}`, `含疑似${zh}`);
    }
    if (!path.startsWith("narratives.") && hasHan(text)) {
      yield problem(
        "han",
        path,
        "has Chinese text where only codes may be",
        "只能是代码，却含中文",
      );
    }
  }
  yield* checkNarratives(release, rules.narratives);
}

function* checkNarratives(
  { narratives = [], buckets = [] }: OutcomeRelease,
  isAllowed: boolean,
): Iterable<RecordFinding> {
  const levels = new Map(buckets.map(({ bucketId, level = 0 }) => [toHex(bucketId), level]));
  for (const [i, { bucketId, text, detectors, approvedBy }] of narratives.entries()) {
    const subject = `narratives ${i}`;
    if (!isAllowed) {
      yield problem("narrative", subject, "this hub takes no narratives", "本枢纽不接收叙述文字");
    }
    if ((levels.get(toHex(bucketId)) ?? -1) < NARRATIVE_LEVEL) {
      yield problem(
        "narrative_bucket",
        subject,
        `is not about a bucket of this release of level ${NARRATIVE_LEVEL} or coarser`,
        `所述桶不在本次发布中，或层级细于 ${NARRATIVE_LEVEL}`,
      );
    }
    if (detectors === undefined || approvedBy === undefined) {
      yield problem(
        "narrative_approval",
        subject,
        "does not say which detectors and who approved it",
        "未说明经何检测、由谁批准",
      );
    }
    if (MAGNITUDE.test(text.normalize("NFKC"))) {
      yield problem(
        "narrative_magnitude",
        subject,
        "has an exact magnitude; bands only",
        "含确切数额，只能用区间",
      );
    }
  }
}

interface Text {
  /** Names of fields and positions, joined by dots. */
  readonly path: string;
  readonly text: string;
  /** True for the provider in a label. */
  readonly isProvider: boolean;
}

/** Every text of a release, names in maps included. */
function* textsOf(value: unknown, path: readonly string[] = []): Iterable<Text> {
  if (typeof value === "string") {
    const [list, , field, position] = path;
    const isProvider = list === "buckets" && field === "label" && position === "1";
    yield { path: path.join("."), text: value, isProvider };
  } else if (typeof value === "object" && value !== null && !(value instanceof Uint8Array)) {
    for (const [name, member] of Object.entries(value)) {
      const inner = [...path, name];
      if (!Array.isArray(value)) yield { path: inner.join("."), text: name, isProvider: false };
      yield* textsOf(member, inner);
    }
  }
}

function problem(code: string, subject: string, message: string, messageZh: string): RecordFinding {
  return finding("H10", code, subject, message, messageZh);
}
