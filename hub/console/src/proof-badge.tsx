/**
 * Verifies a record in the browser, step by step: nothing that is shown as proven rests on the hub's word.
 *
 * @module
 */

import { Button } from "@mantine/core";
import {
  type Client,
  isTributaryError,
  type RecordView,
  type TributaryErrorCode,
  type TrustedLog,
  type VerifiedRecord,
  verifyEvidence,
} from "@tributary/sdk";
import { type ReactNode, useState } from "react";
import { Icon } from "./icon.tsx";
import type { MessageName } from "./language.ts";
import { errorCode, errorText } from "./problem.tsx";
import { sameValue } from "./same-value.ts";
import { useView } from "./view.tsx";

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

/** What was found out. */
type Finding =
  | { readonly type: "impossible" }
  | {
      readonly type: "checked";
      readonly trust: TrustedLog;
      readonly bytes: number;
      readonly proven: VerifiedRecord;
      readonly isShown: boolean;
    }
  | { readonly type: "failed"; readonly error: unknown; readonly trust: TrustedLog | undefined };

/** A button that fetches the evidence, checks it, and shows what was found. */
export function ProofBadge({ record }: { readonly record: RecordView }) {
  const { t, client } = useView();
  const [isBusy, setBusy] = useState(false);
  const [finding, setFinding] = useState<Finding>();
  const run = async () => {
    setBusy(true);
    setFinding(await verify(record, client));
    setBusy(false);
  };
  return (
    <div className="proof">
      <p>{t("verifyIntro")}</p>
      <Button
        data-key="verify"
        disabled={isBusy}
        leftSection={<Icon name="shield" />}
        onClick={() => void run()}
      >
        {t(finding === undefined ? "verify" : "verifyAgain")}
      </Button>
      <div className="outcome" role="status">
        {isBusy ? <p>{t("verifying")}</p> : finding && <FindingView finding={finding} />}
      </div>
    </div>
  );
}

async function verify(record: RecordView, client: Client): Promise<Finding> {
  // Browsers offer cryptography only to pages from https and localhost.
  if (globalThis.crypto?.subtle === undefined) return { type: "impossible" };
  let trust: TrustedLog | undefined;
  try {
    trust = await client.trust();
    const evidence = await client.evidence(record.ref);
    const proven = await verifyEvidence(evidence, trust);
    const isShown = isWhatThePageShows(proven, record);
    return { type: "checked", trust, bytes: evidence.length, proven, isShown };
  } catch (error) {
    return { type: "failed", error, trust };
  }
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

function FindingView({ finding }: { readonly finding: Finding }) {
  const { t, language } = useView();
  switch (finding.type) {
    case "impossible":
      return <Verdict isProven={false}>{t("verifyImpossible")}</Verdict>;
    case "checked": {
      const { proven, isShown, bytes, trust } = finding;
      const { centerId: center, position, checkpointSize: size } = proven;
      return (
        <>
          <Verdict isProven={isShown}>{t(isShown ? "verified" : "notVerified")}</Verdict>
          <ol className="steps">
            <StepLine isDone={true}>{t("stepFetch", { bytes })}</StepLine>
            {STEPS.map((name) => (
              <StepLine key={name} isDone={name !== "stepRecord" || isShown}>
                {t(name, { center, position, size })}
              </StepLine>
            ))}
          </ol>
          <TrustRemark trust={trust} />
        </>
      );
    }
    case "failed": {
      const { error, trust } = finding;
      const failed = isTributaryError(error) ? STEP_OF_CODE[error.code] : undefined;
      return (
        <>
          <Verdict isProven={false}>{t("notVerified")}</Verdict>
          <p>
            <code>{errorCode(error)}</code> {errorText(error, language)}
          </p>
          {failed !== undefined && (
            <ol className="steps">
              <StepLine isDone={false}>
                {t(failed, { center: "", position: "", size: "" })}
              </StepLine>
            </ol>
          )}
          {trust !== undefined && <TrustRemark trust={trust} />}
        </>
      );
    }
  }
}

function Verdict({
  isProven,
  children,
}: {
  readonly isProven: boolean;
  readonly children: string;
}) {
  return (
    <p className={`verdict ${isProven ? "verdict-good" : "verdict-bad"}`}>
      <Icon name={isProven ? "check" : "cross"} />
      {children}
    </p>
  );
}

function StepLine({
  isDone,
  children,
}: {
  readonly isDone: boolean;
  readonly children: ReactNode;
}) {
  return (
    <li className={isDone ? "step-done" : "step-failed"}>
      <Icon name={isDone ? "check" : "cross"} />
      {children}
    </li>
  );
}

function TrustRemark({ trust: { origin, vkey } }: { readonly trust: TrustedLog }) {
  const { t } = useView();
  return <p className="remark">{t("verifyTrust", { origin, vkey })}</p>;
}
