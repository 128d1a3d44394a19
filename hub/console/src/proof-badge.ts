/**
 * Verifies a record in the browser, step by step: nothing that is shown as proven rests on the hub's word.
 *
 * @module
 */

import {
  isTributaryError,
  type RecordView,
  type TributaryErrorCode,
  type TrustedLog,
  type VerifiedRecord,
  verifyEvidence,
} from "@tributary/sdk";
import { el, icon } from "./dom.ts";
import type { MessageName } from "./language.ts";
import { sameValue } from "./same-value.ts";
import type { View } from "./view.ts";

/** Steps in the order in which a reader follows them. */
const STEPS = [
  "stepRecord",
  "stepPath",
  "stepSignature",
  "stepMembership",
  "stepInclusion",
  "stepCheckpoint",
] as const satisfies readonly MessageName[];

type Step = (typeof STEPS)[number];

/** Which step an error of `verifyEvidence` is about. */
const STEP_OF_CODE: { readonly [code in TributaryErrorCode]?: Step } = {
  ERR_EVIDENCE_MALFORMED: "stepRecord",
  ERR_RECORD_MALFORMED: "stepRecord",
  ERR_BODY_MALFORMED: "stepRecord",
  ERR_EVIDENCE_RECORD: "stepPath",
  ERR_EVIDENCE_SIGNATURE: "stepSignature",
  ERR_EVIDENCE_MEMBERSHIP: "stepMembership",
  ERR_EVIDENCE_LOG: "stepInclusion",
};

/** A button that fetches the evidence, checks it, and shows what was found. */
export function proofBadge(record: RecordView, view: View): HTMLElement {
  const { t } = view;
  const outcome = el("div", { class: "outcome", role: "status" });
  const button = el(
    "button",
    { type: "button", class: "primary", "data-key": "verify", on: { click: () => void run() } },
    icon("shield"),
    el("span", {}, t("verify")),
  );
  const run = async () => {
    button.disabled = true;
    outcome.replaceChildren(el("p", {}, t("verifying")));
    outcome.replaceChildren(...(await verify(record, view)));
    button.disabled = false;
    button.lastElementChild?.replaceChildren(t("verifyAgain"));
  };
  return el("div", { class: "proof" }, el("p", {}, t("verifyIntro")), button, outcome);
}

async function verify(record: RecordView, view: View): Promise<HTMLElement[]> {
  const { t, client } = view;
  // Browsers offer cryptography only to pages from https and localhost.
  if (globalThis.crypto?.subtle === undefined) return [verdict(false, t("verifyImpossible"))];
  let trust: TrustedLog | undefined;
  try {
    trust = await client.trust();
    const evidence = await client.evidence(record.ref);
    const proven = await verifyEvidence(evidence, trust);
    const isShown = isWhatThePageShows(proven, record);
    return [
      verdict(isShown, t(isShown ? "verified" : "notVerified")),
      el(
        "ol",
        { class: "steps" },
        step("done", t("stepFetch", { bytes: evidence.length })),
        ...STEPS.map((name) =>
          step(name === "stepRecord" && !isShown ? "failed" : "done", t(name, factsOf(proven))),
        ),
      ),
      trustRemark(trust, view),
    ];
  } catch (error) {
    return failure(error, trust, view);
  }
}

function failure(error: unknown, trust: TrustedLog | undefined, view: View): HTMLElement[] {
  const { t, language } = view;
  const known = isTributaryError(error) ? error : undefined;
  const failed = known && STEP_OF_CODE[known.code];
  const message =
    known === undefined ? String(error) : language === "zh" ? known.messageZh : known.message;
  return [
    verdict(false, t("notVerified")),
    el("p", {}, el("code", {}, known?.code ?? "ERR_INTERNAL"), ` ${message}`),
    ...(failed === undefined
      ? []
      : [
          el(
            "ol",
            { class: "steps" },
            step("failed", t(failed, { center: "", position: "", size: "" })),
          ),
        ]),
    ...(trust === undefined ? [] : [trustRemark(trust, view)]),
  ];
}

/** A hub could hand out the true evidence of another record, or show other words than were signed. */
function isWhatThePageShows(proven: VerifiedRecord, shown: RecordView): boolean {
  const { record } = proven;
  return (
    proven.centerId === shown.ref.centerId &&
    record.kind === shown.ref.kind &&
    record.key === shown.ref.key &&
    record.revision === BigInt(shown.revision) &&
    sameValue(proven.body?.value, shown.body?.value)
  );
}

function factsOf(proven: VerifiedRecord) {
  return {
    center: proven.centerId,
    position: proven.position,
    size: proven.checkpointSize,
  };
}

function verdict(isProven: boolean, text: string): HTMLElement {
  return el(
    "p",
    { class: `verdict ${isProven ? "verdict-good" : "verdict-bad"}` },
    icon(isProven ? "check" : "cross"),
    text,
  );
}

function step(state: "done" | "failed", text: string): HTMLElement {
  return el("li", { class: `step-${state}` }, icon(state === "done" ? "check" : "cross"), text);
}

function trustRemark({ origin, vkey }: TrustedLog, { t }: View): HTMLElement {
  return el("p", { class: "remark" }, t("verifyTrust", { origin, vkey }));
}
